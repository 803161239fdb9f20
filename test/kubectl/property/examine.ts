import {expect} from 'chai'
import {comparable} from '../../support/case-table.js'
import type {Outcome} from '../../support/world.js'
import type {Scenario} from '../generators/scenario.js'
import type {Arena} from './arena.js'
import {expectOnlyTrusted, expectSecretsAtHome, expectStopped} from './laws.js'

/** What one scenario came to; counted, so that a campaign that proves nothing shows. */
export interface Result {
  guard: 'let through' | 'denied' | 'refused'
  helperRan: boolean
  /** Null: kubectl alone was not asked. */
  bare: {ran: readonly string[]} | null
  compared: boolean
}

/** Holds the laws for one scenario; throws where one is broken. */
export async function examine(arena: Arena, scenario: Scenario, wantsBare: boolean): Promise<Result> {
  const outcome = await guarded(arena, scenario).catch(unlessLate)
  // What makes kubectl wait for ever may do so behind the guard as well; only a guard that waits alone is a finding.
  if (outcome === null) return expectLateAlone(arena, scenario)
  const isStopped = outcome.status === 125 || outcome.status === 126 || outcome.status === 127
  const isCompared = !isStopped && scenario.swap === 'none' && isPlain(scenario)
  const bare = isCompared || wantsBare ? await alone(arena, scenario).catch(unlessLate) : null
  if (isCompared && bare !== null) await expectAlike(arena, scenario, {outcome, bare})
  return {
    guard: !isStopped ? 'let through' : /^k121: (denied|refused):/.test(outcome.stderr) ? 'denied' : 'refused',
    helperRan: outcome.ranCanaries.includes('helper'),
    bare: bare === null ? null : {ran: bare.ranCanaries},
    compared: isCompared,
  }
}

const PATIENCE = 12_000

function unlessLate(error: unknown): null {
  if (error instanceof Error && error.message.includes('did not end in')) return null
  throw error
}

async function expectLateAlone(arena: Arena, scenario: Scenario): Promise<Result> {
  const bare = await alone(arena, scenario).catch(unlessLate)
  expect(bare, 'the guard did not come to an end, and kubectl alone does').to.equal(null)
  return {guard: 'let through', helperRan: false, bare: null, compared: false}
}

async function guarded(arena: Arena, scenario: Scenario): Promise<Outcome> {
  const {world} = arena
  const argv = scenario.argv.map(arena.fill)
  const options = {timeout: PATIENCE, env: arena.environment(scenario), ...(scenario.swap === 'none' ? {} : {kubectl: arena.swappingKubectl})}
  const run = async (): Promise<Outcome> => {
    const outcome = await world.guarded(argv, options)
    const subject = {world, argv, outcome}
    expectOnlyTrusted(subject)
    expectSecretsAtHome(subject)
    if (outcome.status === 125 || outcome.status === 126 || outcome.status === 127) expectStopped(subject)
    return outcome
  }
  arena.layOut(scenario)
  if (scenario.swap === 'warm') await run()
  if (scenario.swap !== 'none') arena.arm()
  return run()
}

async function alone(arena: Arena, scenario: Scenario): Promise<Outcome> {
  arena.layOut(scenario)
  if (scenario.swap !== 'none') arena.arm()
  return arena.world.bare(scenario.argv.map(arena.fill), {timeout: PATIENCE, env: arena.environment(scenario), ...(scenario.swap === 'none' ? {} : {kubectl: arena.swappingKubectl})})
}

/** Variables and files that the guard keeps from kubectl on purpose: there the two may differ. */
function isPlain({surroundings: {variables, kuberc}}: Scenario): boolean {
  const kept = ['GODEBUG', 'KUBERNETES_MASTER', 'KUBERNETES_EXEC_INFO', 'KUBERNETES_SERVICE_HOST', 'KUBERC', 'KUBECTL_KUBERC', 'HOME']
  const path = variables['PATH'] ?? ''
  return kuberc === null && kept.every(name => !(name in variables)) && path.split(':').every(entry => entry.startsWith('{'))
}

/** Law 6. What differs once and not again was the machine: both are asked a second time. */
async function expectAlike(arena: Arena, scenario: Scenario, {outcome, bare}: {outcome: Outcome; bare: Outcome}): Promise<void> {
  if (JSON.stringify(steady(outcome)) === JSON.stringify(steady(bare))) return
  const again = {outcome: await guarded(arena, scenario), bare: await alone(arena, scenario)}
  expect(steady(again.outcome), 'law 6: behind the guard, compared with kubectl alone').to.deep.equal(steady(again.bare))
}

/**
 * What differs without meaning anything: pointers in printed lists, the order
 * in which contexts are completed (Go's maps), the warning up to 1.27 of missing
 * files in KUBECONFIG, what the certificate watcher logs beside the command (how
 * often and when differs from run to run), and further complaints beside a context that is not there
 * (an entry with an empty name, which kubectl would not have used).
 */
function steady(outcome: Outcome): object {
  const {stdout, stderr: said} = outcome
  const isMissing = /^\S*(?:Error in configuration: |\* )context was not found/m.test(said)
  const stderr = isMissing ? 'no such context' : said.replaceAll(/0x[0-9a-f]{8,}\b/g, '0x…').replaceAll(/^W.*\] Config not found: .*\n/gm, '').replaceAll(/^E.* cert_rotation\.go:\d+\] .*\n/gm, '')
  return comparable({...outcome, stderr, stdout: said.startsWith('Completion ended') ? stdout.split('\n').sort().join('\n') : stdout})
}
