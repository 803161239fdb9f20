import type {ControlId, FailedControl} from './control.js'
import {NEWEST_MINOR} from './control.js'
import type {Plan} from './controls/plan.js'
import {RULE_CHANGES, planFor} from './controls/plan.js'
import type {Level} from './labels.js'
import {LEVELS} from './labels.js'
import type {Judged} from './pod-shape.js'
import {podOf} from './pod-shape.js'
import {suspectsOf} from './suspects.js'

export type {Judged} from './pod-shape.js'
export {RULE_CHANGES}

export interface Rules {
  /** The version asked for; `latest` is the server's own. One that is newer than the server means the server's. */
  minor: number
  /** The server build's own minor: it decides about some words and rules whatever the version. */
  server: number
}

/** The checks that run, in the order in which the server names them. */
export function controlsAt(level: Level, rules: Rules): readonly ControlId[] {
  return planOf(level, rules).steps.map(({id}) => id)
}

/** Empty: allowed. Throws `OddField` where a field has another type than Kubernetes gives it. */
export function evaluate(level: Level, rules: Rules, judged: Judged): readonly FailedControl[] {
  const plan = planOf(level, rules)
  if (plan.mask === 0) return NONE
  const suspects = suspectsOf(judged) & plan.mask
  if (suspects === 0) return NONE
  const pod = podOf(judged)
  const failed: FailedControl[] = []
  for (const {id, bit, rule} of plan.steps)
    if ((suspects & bit) !== 0 && rule.isBroken(pod)) failed.push({id, ...rule.explain(pod)})
  return failed
}

/** The same answer, without the words. */
export function isAllowed(level: Level, rules: Rules, judged: Judged): boolean {
  const plan = planOf(level, rules)
  return plan.mask === 0 || passes(plan, judged, suspectsOf(judged))
}

/** The strictest level that the pod passes. */
export function fits(rules: Rules, judged: Judged): Level {
  const suspects = suspectsOf(judged)
  if (passes(planOf('restricted', rules), judged, suspects)) return 'restricted'
  return passes(planOf('baseline', rules), judged, suspects) ? 'baseline' : 'privileged'
}

/** As a refusal and a warning about one pod have it. */
export function messageOf(failed: readonly FailedControl[]): string {
  return failed.map(({reason, detail}) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}

/** As the warning about many pods has it. */
export function aggregateMessageOf(failed: readonly FailedControl[]): string {
  return failed.map(({reason}) => reason).join(', ')
}

const NONE: readonly FailedControl[] = Object.freeze([])

function passes({mask, steps}: Plan, judged: Judged, suspects: number): boolean {
  const open = suspects & mask
  if (open === 0) return true
  const pod = podOf(judged)
  return !steps.some(({bit, rule}) => (open & bit) !== 0 && rule.isBroken(pod))
}

const plans = new Map<number, Plan>()

function planOf(level: Level, rules: Rules): Plan {
  const server = Math.min(rules.server, NEWEST_MINOR)
  const minor = Math.min(rules.minor, server)
  const key = (LEVELS.indexOf(level) * 256 + server) * 256 + minor
  const known = plans.get(key)
  if (known !== undefined) return known
  const plan = planFor(level, {minor, server})
  plans.set(key, plan)
  return plan
}
