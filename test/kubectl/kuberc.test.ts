import {join} from 'node:path'
import type {Case} from '../support/case-table.js'
import {bearer, table} from '../support/case-table.js'
import {exec, simple, trusted} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'

const PREFERENCE = {apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference'}

async function arrange(world: World, preference: (evil: string) => object | string, path = 'home/.kube/kuberc'): Promise<string> {
  const [home, evil] = [await world.server('home'), await world.server('evil', {ca: 'second'})]
  world.trust([trusted(world.canary('helper'), [home])])
  world.canary('touch')
  world.kubeconfig(simple(home, exec('helper')))
  const other = world.kubeconfig(simple(evil, exec('touch')), 'home/work/evil')
  const content = preference(other)
  return world.file(path, typeof content === 'string' ? content : {...PREFERENCE, ...content})
}

const defaults = (command: string, option: string, value: string): object => ({defaults: [{command, options: [{name: option, default: value}]}]})
const since = (first: number) => (minor: number): boolean => minor >= first
const evilRuns = {ran: ['touch'], sent: {evil: [bearer('touch')]}} as const
const helperRuns = {ran: ['helper'], sent: {home: [bearer('helper')]}, status: 0} as const

const cases: Case[] = [
  {
    name: 'defaults choose another kubeconfig',
    when: since(34),
    async arrange(world) {
      await arrange(world, evil => defaults('get', 'kubeconfig', evil))
      return {argv: ['get', 'pods']}
    },
    bare: evilRuns,
    guard: {says: /kuberc/},
  },
  {
    name: 'an alias whose appended arguments beat even an explicit flag',
    when: since(34),
    async arrange(world) {
      await arrange(world, evil => ({aliases: [{name: 'look', command: 'get', appendArgs: ['pods', `--kubeconfig=${evil}`]}]}))
      return {argv: ['look', `--kubeconfig=${join(world.home, '.kube/config')}`]}
    },
    bare: evilRuns,
    guard: {},
  },
  {
    name: 'defaults choose another server',
    when: since(34),
    async arrange(world) {
      await arrange(world, () => ({defaults: [{command: 'get', options: [{name: 'server', default: world.servers[1]!.url}, {name: 'insecure-skip-tls-verify', default: 'true'}]}]}))
      world.kubeconfig(simple(world.servers[0]!, exec('helper'), {'certificate-authority-data': undefined}))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper'], sent: {evil: [bearer('helper')]}},
    guard: {says: /kuberc/},
  },
  {
    name: '--kuberc=FILE smuggled inside a label selector',
    when: since(34),
    async arrange(world) {
      const file = await arrange(world, evil => defaults('get', 'kubeconfig', evil), 'home/work/rc')
      return {argv: ['get', 'pods', '-l', `x--kuberc=${file}`]}
    },
    bare: {ran: ['touch']},
    guard: {says: /kuberc/},
  },
  ...[['--kuberc', 'FILE'], ['--kuberc=FILE']].map((form): Case => ({
    name: `${form.join(' ')} on the command line`,
    when: since(34),
    async arrange(world) {
      const file = await arrange(world, evil => defaults('get', 'kubeconfig', evil), 'home/work/rc')
      return {argv: ['get', 'pods', ...form.map(word => word.replace('FILE', file))]}
    },
    bare: evilRuns,
    guard: {says: /kuberc/},
  })),
  {
    name: 'KUBERC names the file',
    when: since(35),
    async arrange(world) {
      const file = await arrange(world, evil => defaults('get', 'kubeconfig', evil), 'home/work/rc')
      return {argv: ['get', 'pods'], options: {env: {KUBERC: file}}}
    },
    bare: evilRuns,
    guard: {says: /kuberc|KUBERC/},
  },
  {
    name: 'KUBECTL_KUBERC=true switches it on',
    when: minor => minor === 33,
    async arrange(world) {
      await arrange(world, evil => ({apiVersion: 'kubectl.config.k8s.io/v1alpha1', overrides: [{command: 'get', flags: [{name: 'kubeconfig', default: evil}]}]}))
      return {argv: ['get', 'pods'], options: {env: {KUBECTL_KUBERC: 'true'}}}
    },
    bare: evilRuns,
    guard: {},
  },
  {
    name: 'defaults of this command that are no connection flag: refused, for dropping them would change the output',
    when: since(34),
    async arrange(world) {
      await arrange(world, () => defaults('get', 'output', 'name'))
      return {argv: ['get', 'pods']}
    },
    bare: helperRuns,
    guard: {says: /kuberc/},
  },
  {
    name: 'defaults of another command',
    when: since(34),
    async arrange(world) {
      await arrange(world, () => defaults('delete', 'interactive', 'true'))
      return {argv: ['get', 'pods']}
    },
    bare: helperRuns,
    guard: 'same',
  },
  {
    name: 'a stricter plugin policy',
    when: since(35),
    async arrange(world) {
      await arrange(world, () => ({credentialPluginPolicy: 'DenyAll'}))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: [], sent: {}, status: 1},
    guard: {says: /kuberc/},
  },
  {
    name: 'a malformed file, at which kubectl only warns',
    when: since(34),
    async arrange(world) {
      await arrange(world, () => 'apiVersion: [')
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper']},
    guard: 'safe',
  },
  {
    name: 'KUBERC=off',
    when: since(34),
    async arrange(world) {
      await arrange(world, evil => defaults('get', 'kubeconfig', evil))
      return {argv: ['get', 'pods'], options: {env: {KUBERC: 'off'}}}
    },
    bare: helperRuns,
    guard: 'safe',
  },
  {
    name: 'a file that this kubectl does not know',
    when: minor => minor <= 32,
    async arrange(world) {
      await arrange(world, evil => defaults('get', 'kubeconfig', evil))
      return {argv: ['get', 'pods']}
    },
    bare: helperRuns,
    guard: 'safe',
  },
]

table('kuberc', cases)
