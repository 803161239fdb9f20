import {expect} from 'chai'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Case} from '../support/case-table.js'
import {bearer, expectOurWords, expectRefused, forEachKubectl, inWorld, onNewestKubectl, table} from '../support/case-table.js'
import {shellQuote} from '../support/canary.js'
import {exec, HUSH, simple, trusted} from '../support/kubeconfigs.js'
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
