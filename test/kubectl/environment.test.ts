import {expect} from 'chai'
import {join} from 'node:path'
import type {Case} from '../support/case-table.js'
import {bearer, expectRefused, forEachKubectl, inWorld, table} from '../support/case-table.js'
import {cluster, exec, kubeconfig, simple, trusted} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'

/** `helper` is trusted by its bare name, as a person would write it; a file of the same name lies in the working directory. */
async function planted(world: World): Promise<void> {
  const server = await world.server('home')
  world.trust([trusted('helper', [server])])
  world.canary('helper')
  world.file('home/work/helper', '')
  world.script('helper', `printf '%s\\037%s\\037\\036\\037' planted "$PWD" >> '${world.log}'`, world.cwd)
  world.kubeconfig(simple(server, exec('helper')))
}

const paths = {
  'PATH starts with .': (bin: string) => `.:${bin}`,
  'PATH starts with an empty entry': (bin: string) => `:${bin}`,
  'PATH starts with a relative directory': (bin: string) => `../work:${bin}`,
}

forEachKubectl('a helper planted in the working directory', minor => {
  for (const [name, path] of Object.entries(paths)) {
    for (const godebug of [undefined, 'execerrdot=0', 'http2client=1,execerrdot=0']) {
      const options = (world: World) => ({env: {PATH: path(world.bin), GODEBUG: godebug}})
      // Go 1.19 (1.25 and later) refuses the find, unless GODEBUG says otherwise.
      const falls = minor <= 24 || godebug !== undefined
      inWorld(`bare: ${name}, GODEBUG ${godebug ?? 'unset'}`, minor, async world => {
        await planted(world)
        const {ranCanaries} = await world.bare(['get', 'pods'], options(world))
        expect(ranCanaries).to.deep.equal(falls ? ['planted'] : [])
      })
      inWorld(`guard: ${name}, GODEBUG ${godebug ?? 'unset'}`, minor, async world => {
        await planted(world)
        const outcome = await world.guarded(['get', 'pods'], options(world))
        expect(outcome.ranCanaries).to.not.include('planted')
        if (outcome.status !== 0) expectRefused(outcome)
      })
    }
  }
})

const cases: Case[] = [
  {
    name: 'HOME unset: the file of the working directory',
    async arrange(world) {
      const server = await world.server('evil')
      world.canary('touch')
      world.kubeconfig(simple(server, exec('touch')), 'home/work/.kube/config')
      return {argv: ['get', 'pods'], options: {env: {HOME: undefined}}}
    },
    bare: {ran: ['touch']},
    guard: {says: /HOME/},
  },
  {
    name: 'HOME empty: the file of the working directory',
    async arrange(world) {
      const server = await world.server('evil')
      world.canary('touch')
      world.kubeconfig(simple(server, exec('touch')), 'home/work/.kube/config')
      return {argv: ['get', 'pods'], options: {env: {HOME: ''}}}
    },
    bare: {ran: ['touch']},
    guard: {says: /HOME/},
  },
  {
    name: 'KUBERNETES_MASTER gives a server to a cluster that has none',
    async arrange(world) {
      const [home, evil] = [await world.server('home'), await world.server('evil')]
      world.trust([trusted(world.canary('helper'), [home])])
      world.kubeconfig(simple(home, exec('helper'), {server: undefined}))
      return {argv: ['get', 'pods', '--request-timeout=5s'], options: {env: {KUBERNETES_MASTER: evil.url}}}
    },
    bare: {ran: ['helper'], sent: {evil: [bearer('helper')]}},
    guard: 'harmless',
  },
  {
    name: 'KUBERNETES_MASTER beside a file that names its server',
    async arrange(world) {
      const home = await world.server('home')
      world.trust([trusted(world.canary('helper'), [home])])
      world.kubeconfig(simple(home, exec('helper')))
      return {argv: ['get', 'pods'], options: {env: {KUBERNETES_MASTER: 'https://127.0.0.1:1'}}}
    },
    bare: {ran: ['helper'], sent: {home: [bearer('helper')]}},
    guard: 'same',
  },
  {
    name: 'an inherited KUBERNETES_EXEC_INFO is replaced',
    async arrange(world) {
      const home = await world.server('home')
      world.trust([trusted(world.canary('helper'), [home])])
      world.kubeconfig(simple(home, exec('helper')))
      return {argv: ['get', 'pods'], options: {env: {KUBERNETES_EXEC_INFO: '{"kind":"ExecCredential","apiVersion":"x/v1alpha1"}'}}}
    },
    bare: {ran: ['helper'], status: 0},
    guard: 'same',
  },
  {
    name: 'no kubeconfig at all',
    arrange: () => ({argv: ['get', 'pods', '--request-timeout=2s']}),
    bare: {ran: [], sent: {}, status: 1},
    guard: 'same',
  },
  {
    name: 'an old ~/.kube/.kubeconfig that kubectl would move into place',
    async arrange(world) {
      world.canary('touch')
      world.file('home/.kube/.kubeconfig', simple(await world.server('evil'), exec('touch')))
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['touch']},
    guard: {},
  },
  {
    name: 'the migration also with KUBECONFIG set',
    async arrange(world) {
      const home = await world.server('home')
      world.trust([trusted(world.canary('helper'), [home])])
      const file = world.kubeconfig(kubeconfig({clusters: {'': cluster(home)}, users: {'': exec('helper')}}), 'home/work/own')
      return {argv: ['get', 'pods'], options: {env: {KUBECONFIG: file}}}
    },
    bare: {ran: ['helper'], status: 0},
    guard: 'same',
  },
]

table('environment', cases)

forEachKubectl('what the helper is given', minor => {
  inWorld('guard: no GODEBUG execerrdot, no KUBERNETES_MASTER, a PATH of absolute entries', minor, async world => {
    const home = await world.server('home')
    world.trust([trusted(world.canary('helper'), [home])])
    world.kubeconfig(simple(home, exec('helper')))
    const env = {PATH: `${world.bin}:.::bin`, GODEBUG: 'execerrdot=0', KUBERNETES_MASTER: 'https://127.0.0.1:1'}
    const {runs, status} = await world.guarded(['get', 'pods'], {env})
    expect(status).to.equal(0)
    expect(runs[0]?.env['PATH']).to.equal(world.bin)
    expect(runs[0]?.env['GODEBUG']).to.not.include('execerrdot')
    expect(runs[0]?.env['KUBERNETES_MASTER']).to.equal('')
    expect(runs[0]?.argv[0]).to.equal(join(world.bin, 'helper'))
  })
})
