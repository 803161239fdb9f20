import {expect} from 'chai'
import {cluster, exec, kubeconfig, simple, trusted} from '../support/kubeconfigs.js'
import type {Case} from '../support/case-table.js'
import {bearer, table} from '../support/case-table.js'
import type {World} from '../support/world.js'

/** One server `home`, one canary, the usual file. */
async function arrangeOne(world: World, command: string, rest: object = {}): Promise<void> {
  const server = await world.server('home')
  world.kubeconfig(simple(server, {exec: {...exec(command, ['/tmp/lorem']).exec, ...rest}}))
}

async function arrangeTrusted(world: World, rest: object = {}): Promise<void> {
  const server = await world.server('home')
  world.trust([trusted(world.canary('helper'), [server], rest)])
  world.kubeconfig(simple(server, exec('helper', ['get-token'])))
}

const commands = [
  ['version'],
  ['get', 'pods'],
  ['get', 'ns', '-o', 'json'],
  ['api-resources'],
  ['auth', 'can-i', 'list', 'pods'],
  ['get', 'pods', '-A', '--as=alice'],
  ['create', 'configmap', 'a', '--from-literal=k=v', '-o', 'yaml'],
]

const cases: Case[] = [
  {
    name: 'the classic touch stanza',
    async arrange(world) {
      world.canary('touch')
      await arrangeOne(world, 'touch')
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['touch'], sent: {home: [bearer('touch')]}},
    guard: {says: /touch/},
  },
  {
    name: 'an unknown helper in PATH',
    async arrange(world) {
      world.canary('company-login')
      await arrangeOne(world, 'company-login')
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['company-login']},
    guard: {says: /company-login[^]*kubeconfig trust --id \S+/},
  },
  {
    name: 'a helper beside the kubeconfig',
    async arrange(world) {
      world.directory('home/.kube')
      world.canary('helper', {directory: `${world.home}/.kube`})
      await arrangeOne(world, './helper')
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper']},
    guard: {},
  },
  {
    name: 'a catalogue name at an absolute path of the attacker',
    async arrange(world) {
      world.directory('home/checkout')
      await arrangeOne(world, world.canary('aws', {directory: `${world.home}/checkout`}))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['aws']},
    guard: {says: /aws/},
  },
  {
    name: 'a shell with a script in its arguments',
    async arrange(world) {
      const server = await world.server('home')
      const helper = world.canary('hidden')
      world.kubeconfig(simple(server, exec('/bin/sh', ['-c', helper])))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['hidden']},
    guard: {},
  },
  {
    name: 'a trusted helper whose environment loads a library',
    async arrange(world) {
      await arrangeTrusted(world, {env: ['LD_PRELOAD']})
      const [server] = world.servers
      world.kubeconfig(simple(server!, exec('helper', [], {env: [{name: 'LD_PRELOAD', value: '/nonexistent.so'}]})))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper'], check: ({runs}) => expect(runs[0]?.env['LD_PRELOAD']).to.equal('/nonexistent.so')},
    guard: {says: /LD_PRELOAD/},
  },
  {
    name: 'a loader variable hidden in the name of another',
    async arrange(world) {
      await arrangeTrusted(world)
      const [server] = world.servers
      world.kubeconfig(simple(server!, exec('helper', [], {env: [{name: 'LD_PRELOAD=/nonexistent.so:', value: ''}]})))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper'], check: ({runs}) => expect(runs[0]?.env['LD_PRELOAD']).to.match(/^\/nonexistent\.so/)},
    guard: {},
  },
  {
    name: 'a file of a nameless user and cluster without contexts',
    async arrange(world) {
      const server = await world.server('home')
      world.canary('touch')
      world.kubeconfig(kubeconfig({clusters: {'': cluster(server)}, users: {'': exec('touch')}}))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['touch'], sent: {home: [bearer('touch')]}},
    guard: {says: /touch/},
  },
  {
    name: 'the helper of an unreachable server',
    async arrange(world) {
      const server = await world.server('home')
      world.canary('touch')
      world.kubeconfig(simple(server, exec('touch'), {server: 'https://127.0.0.1:1'}))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['touch'], sent: {}},
    guard: {},
  },
  {
    name: '-s https:// over an http file, which alone would run nothing',
    async arrange(world) {
      const server = await world.server('home', {plain: true})
      world.canary('touch')
      world.kubeconfig(simple(server, exec('touch')))
      return {argv: ['get', 'pods', '-s', 'https://127.0.0.1:1']}
    },
    bare: {ran: ['touch'], sent: {}},
    guard: {},
  },
  {
    name: 'an unlisted server for a trusted helper',
    async arrange(world) {
      await arrangeTrusted(world)
      const evil = await world.server('evil', {ca: 'second'})
      world.kubeconfig(simple(evil, exec('helper', ['get-token'])))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper'], sent: {evil: [bearer('helper')]}},
    guard: {},
  },
  {
    name: 'a trusted script with another digest',
    async arrange(world) {
      await arrangeTrusted(world, {sha256: 'a'.repeat(64)})
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper']},
    guard: {},
  },
  {
    name: 'credentialPluginPolicy DenyAll',
    async arrange(world) {
      await arrangeTrusted(world)
      world.trust([], {credentialPluginPolicy: 'DenyAll'})
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper']},
    guard: {},
  },
  {
    name: 'a misspelt key in trust.yaml denies and names the line',
    async arrange(world) {
      await arrangeTrusted(world)
      world.file(`${world.xdg.config}/k121/trust.yaml`, 'apiVersion: k121.dev/v1\nkind: TrustPolicy\nplugin:\n  - command: helper\n')
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper']},
    guard: {says: /trust\.yaml.*3/s},
  },
  ...commands.map((argv): Case => ({
    name: `a trusted helper and its server: ${argv.join(' ')}`,
    async arrange(world) {
      await arrangeTrusted(world)
      return {argv}
    },
    bare: {ran: ['helper'], status: 0, sent: {home: [bearer('helper')]}},
    guard: 'same',
  })),
  {
    name: 'a trusted helper that is a static binary',
    async arrange(world) {
      const server = await world.server('home')
      // Without a C compiler the script does.
      world.trust([trusted(world.nativeCanary('helper') ?? world.canary('helper'), [server])])
      world.kubeconfig(simple(server, exec('helper', ['get-token', 'ä b'])))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper'], status: 0, sent: {home: [bearer('helper')]}},
    guard: 'same',
  },
  {
    name: 'a static token beside its server',
    async arrange(world) {
      world.kubeconfig(simple(await world.server('home'), {token: 'hush-static'}))
      return {argv: ['get', 'pods']}
    },
    bare: {status: 0, sent: {home: ['Bearer hush-static']}},
    guard: 'same',
  },
  {
    name: 'an inline client certificate (kind, k3s)',
    async arrange(world) {
      const server = await world.server('home')
      const {certificate, key} = server.ca.client
      const data = (pem: string): string => Buffer.from(pem).toString('base64')
      world.kubeconfig(simple(server, {'client-certificate-data': data(certificate), 'client-key-data': data(key)}))
      return {argv: ['get', 'pods']}
    },
    bare: {status: 0, check: ({requests}) => expect(requests[0]?.clientCertificate).to.equal('visitor')},
    guard: 'same',
  },
  {
    name: 'impersonation set in the file',
    async arrange(world) {
      world.kubeconfig(simple(await world.server('home'), {token: 'hush-static', as: 'alice'}))
      return {argv: ['get', 'pods']}
    },
    bare: {status: 0, check: ({requests}) => expect(requests[0]?.impersonateUser).to.equal('alice')},
    guard: 'same',
  },
  {
    name: 'the answer 401 of a trusted server',
    async arrange(world) {
      const server = await world.server('home', {unauthorized: true})
      world.trust([trusted(world.canary('helper'), [server])])
      world.kubeconfig(simple(server, exec('helper')))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper'], status: 1},
    guard: 'same',
  },
]

table('credential plugins', cases)
