import {NEWEST_MINOR} from './control.js'
import type {ControlId} from './control.js'
import type {Plan} from './controls/plan.js'
import {RULE_CHANGES, planFor} from './controls/plan.js'
import type {Rule} from './controls/rule.js'
import {CONTROL_TABLE} from './controls/table.js'
import type {Rules} from './evaluate.js'
import type {Level} from './labels.js'
import {LEVELS} from './labels.js'
import type {Judged} from './pod-shape.js'
import {podOf} from './pod-shape.js'
import {bitOf, suspectsOf} from './suspects.js'

/**
 * Which rules of the table a pod breaks, one bit each. What any version of any
 * server says of the pod at any level follows from it, so a cluster of pods is
 * looked at once, before anybody knows which versions will be asked about.
 */
export type Broken = number

const RULES = numbered()

/** Two windows that ask the same question are one rule. */
function numbered(): readonly {suspect: number; isBroken: Rule['isBroken']; bit: number}[] {
  const questions = new Map<Rule['isBroken'], number>()
  for (const {id, windows, builds = []} of CONTROL_TABLE)
    for (const {isBroken} of [...windows, ...builds.flatMap(build => build.windows)]) questions.set(isBroken, bitOf(id) | (questions.get(isBroken) ?? 0))
  // Beyond it a sum of powers of two is no exact number any more.
  if (questions.size > 52) throw new Error('there are more rules than a number has bits')
  return [...questions].map(([isBroken, suspect], index) => ({suspect, isBroken, bit: 2 ** index}))
}

const BITS: ReadonlyMap<Rule['isBroken'], number> = new Map(RULES.map(({isBroken, bit}) => [isBroken, bit]))

/** Throws `OddField` where a field has another type than Kubernetes gives it. */
export function brokenRules(judged: Judged): Broken {
  const suspects = suspectsOf(judged)
  if (suspects === 0) return 0
  const pod = podOf(judged)
  let broken = 0
  for (const {suspect, isBroken, bit} of RULES) if ((suspects & suspect) !== 0 && isBroken(pod)) broken += bit
  return broken
}

const NONE: readonly ControlId[] = []

/** In the order in which the server names them; empty: allowed. */
export function failedAt(broken: Broken, level: Level, rules: Rules): readonly ControlId[] {
  if (broken === 0) return NONE
  const plan = planOf(level, rules)
  const known = plan.answers.get(broken) ?? plan.steps.filter(({rule}) => isIn(broken, rule)).map(({id}) => id)
  plan.answers.set(broken, known)
  return known
}

/** The rules that are broken at any of these versions, at any level, each once; with two wordings the later version's. */
export function failingRules(broken: Broken, versions: readonly Rules[]): ReadonlyMap<ControlId, Rule> {
  const failing = new Map<ControlId, Rule>()
  for (const rules of versions)
    for (const level of ['baseline', 'restricted'] as const)
      for (const {id, rule} of planOf(level, rules).steps) if (isIn(broken, rule)) failing.set(id, rule)
  return failing
}

/** The strictest level that the pod passes. */
export function fitsAt(broken: Broken, rules: Rules): Level {
  if (failedAt(broken, 'restricted', rules).length === 0) return 'restricted'
  return failedAt(broken, 'baseline', rules).length === 0 ? 'baseline' : 'privileged'
}

function isIn(broken: Broken, {isBroken}: Rule): boolean {
  return Math.floor(broken / (BITS.get(isBroken) ?? 1)) % 2 === 1
}

/** Clusters have thousands of pods and a few dozen ways to break rules. */
const plans = new Map<number, Plan & {answers: Map<Broken, readonly ControlId[]>}>()

function planOf(level: Level, rules: Rules): Plan & {answers: Map<Broken, readonly ControlId[]>} {
  const server = Math.min(rules.server, NEWEST_MINOR)
  const minor = Math.min(rules.minor, server)
  const key = (LEVELS.indexOf(level) * 256 + minor) * 256 + server
  const known = plans.get(key)
  if (known !== undefined) return known
  const plan = {...planFor(level, {minor, server}), answers: new Map<Broken, readonly ControlId[]>()}
  plans.set(key, plan)
  return plan
}

/** Minors of servers with which any verdict may change: by the rules' versions, or by the build alone. */
export const SERVER_CHANGES: readonly number[] = [...new Set([...RULE_CHANGES, ...CONTROL_TABLE.flatMap(({builds = []}) => builds.map(({until}) => until + 1))])].toSorted((left, right) => left - right)
