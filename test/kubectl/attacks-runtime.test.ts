import {expect} from 'chai'
import type {Case} from '../support/case-table.js'
import {bearer, expectRefused, inWorld, onNewestKubectl, table} from '../support/case-table.js'
import {exec, simple} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'

/** An untrusted plugin; whoever runs it is caught. */
async function hostile(world: World): Promise<void> {
  world.canary('touch')
  world.kubeconfig(simple(await world.server('evil'), exec('touch')))
}

/** From 1.22 on a completion runs the helper; it must stay silent when refused. */
const tab = (...line: string[]): Case => ({
  name: `completing ${JSON.stringify(line)} asks the server`,
  when: minor => minor >= 24,
  async arrange(world) {
    await hostile(world)
    return {argv: ['__complete', ...line]}
  },
  bare: {ran: ['touch'], sent: {evil: [bearer('touch')]}},
  guard: 'harmless',
})

table('completion', [
  tab('config', 'view', '-n', ''),
  tab('config', 'use-context', '--namespace='),
  tab('-An', 'config', ''),
  tab('config', '--namespace', 'd'),
  {...tab('kuberc', 'view', '-n', ''), when: minor => minor >= 36},
  {
    name: 'completing the name of a context after config',
    when: minor => minor >= 24,
    async arrange(world) {
      await hostile(world)
      return {argv: ['__complete', 'config', 'use-context', '']}
    },
    bare: {ran: [], sent: {}, check: ({stdout}) => expect(stdout).to.match(/^main$/m)},
    guard: 'same',
  },
])

onNewestKubectl('kuberc and config', minor => {
  inWorld('a verdict on kuberc says nothing about config', minor, async world => {
    await hostile(world)
    world.file('home/.kube/kuberc', {apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference', defaults: [{command: 'view', options: [{name: 'raw', default: 'true'}]}]})
    const before = await world.guarded(['config', 'view'])
    expectRefused(before, {says: /kuberc/})
    expect((await world.guarded(['kuberc', 'view'])).status).to.equal(0)
    expectRefused(await world.guarded(['config', 'view']), {says: /kuberc/})
  })
})

onNewestKubectl('several guards at once', minor => {
  inWorld('a decision for one use lets one command through', minor, async world => {
    world.canary('helper')
    const file = world.kubeconfig(simple(await world.server('home'), exec('helper')))
    for (let round = 0; round < 3; round++) {
      expect((await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--once', '--yes'])).status).to.equal(0)
      const outcomes = await Promise.all(Array.from({length: 5}, () => world.guarded(['get', 'pods'])))
      expect(outcomes.map(({status}) => status).sort()).to.deep.equal([0, 126, 126, 126, 126])
    }
  })

  inWorld('clear away what the same file left before, and none fails', minor, async world => {
    const server = await world.server('home')
    for (let round = 0; round < 4; round++) {
      const namespaces = Array.from({length: 12}, (_, index) => ['get', 'pods', '-n', `n${round}-${index}`])
      world.kubeconfig(simple(server, {token: `hush-${round}`}))
      const outcomes = await Promise.all(namespaces.map(argv => world.guarded(argv)))
      expect(outcomes.map(({status, stderr}) => `${status} ${stderr}`)).to.deep.equal(namespaces.map(() => '0 '))
    }
  })
})

onNewestKubectl('a disk that takes nothing', minor => {
  inWorld('leaves a refusal a refusal', minor, async world => {
    await hostile(world)
    world.canary('unknown')
    world.kubeconfig(simple(world.servers[0]!, exec('unknown')))
    // A file in the place of a directory stops root too.
    world.file('home/.local/state/k121/pending', '')
    const outcome = await world.guarded(['get', 'pods'])
    expectRefused(outcome, {says: /unlisted-program/})
    expect(outcome.stderr).to.not.include('--id')
  })
})
