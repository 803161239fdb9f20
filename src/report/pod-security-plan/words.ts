import type {NamespacePlan, Need, PodSecurityPlan} from '../../plan/pod-security/plan.js'
import {thousands} from '../audit/naming.js'

export function serverText({server: {gitVersion, minor}}: Pick<PodSecurityPlan, 'server'>): string {
  return gitVersion ?? (minor === null ? 'version unknown' : `v1.${minor}`)
}

/** `v1.30.14 -> v1.37` */
export function roadText(plan: Pick<PodSecurityPlan, 'server' | 'target'>): string {
  return `${serverText(plan)} -> v1.${plan.target}`
}

export function todayText({today}: NamespacePlan): string {
  return today === null ? 'not seen' : today.enforce.level
}

export function fitsText({fits}: NamespacePlan): string {
  return fits ?? 'unknown'
}

/** What to do first there, apart from watching. Namespaces of one kind are one row: their workloads are counted together. */
export function nextStep({steps, aim, toFix, patched, held, enforceable, today, refusedToday}: NamespacePlan, target: number): {kind: string; text(toFix: number, patched: number): string} {
  const plain = (text: string): ReturnType<typeof nextStep> => ({kind: text, text: () => text})
  if (held !== null && held.by !== 'unseen') return plain('left alone')
  const enforce = steps.find(({stage}) => stage === 'enforce')
  if (enforce !== undefined) return plain(enforce.level === today?.enforce.level ? `pin ${enforce.level} to ${enforce.version}` : `enforce ${enforce.level}`)
  if (toFix > 0 && refusedToday > 0) return {kind: `refused ${aim}`, text: count => `fix ${thousands(count)}; pods refused already`}
  if (toFix > 0) return {kind: `fix ${aim} ${patched === 0 ? 'by hand' : patched === toFix ? 'by patch' : 'in part'}`, text: (count, byPatch) => fixText(count, byPatch, aim ?? '')}
  const later = steps.find(({stage}) => stage === 'pin' || stage === 'raise')
  if (later !== undefined) return plain(later.stage === 'pin' ? `pin v1.${target} after upgrade` : `enforce ${later.level}${later.needs.includes('upgrade') ? ' after upgrade' : ''}`)
  if (steps.length > 0) return plain(enforceable === null ? 'warn; what fits is not known' : 'warn and audit')
  return plain(enforceable === null || today === null ? '-' : 'nothing')
}

function fixText(toFix: number, patched: number, aim: string): string {
  if (patched === 0) return `change ${thousands(toFix)} by hand: ${aim}`
  return patched === toFix ? `patch ${thousands(toFix)}, for ${aim}` : `fix ${thousands(toFix)} (${thousands(toFix - patched)} by hand): ${aim}`
}

export function nextText(namespace: NamespacePlan, target: number): string {
  return nextStep(namespace, target).text(namespace.toFix, namespace.patched)
}

export function needsText(needs: readonly Need[], target: number): string {
  const words = needs.map(need => (need === 'fixes' ? 'the fixes' : `the upgrade to v1.${target}`))
  return words.length === 0 ? 'now' : `after ${words.join(' and ')}`
}

export const STAGE_TEXTS = {
  observe: 'warn and audit: nothing is refused',
  enforce: 'enforce what everything there passes now, pinned to the version of the server',
  pin: 'the same level by the rules of the target',
  raise: 'the next level',
} as const

export const ENGINE_NAMES: ReadonlyMap<string, string> = new Map([['pod-security-admission', 'Pod Security admission'], ['psp', 'PodSecurityPolicy'], ['openshift-scc', 'SecurityContextConstraints']])
