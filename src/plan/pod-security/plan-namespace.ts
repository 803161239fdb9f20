import type {Level, LevelVersion, Mode} from '../../pod-security/labels.js'
import {LABEL_PREFIX, LEVELS, isStricter} from '../../pod-security/labels.js'
import type {LabelledNamespace} from '../../pod-security/namespace-levels.js'
import type {Policy} from '../../pod-security/workload-fits.js'
import {refusedOf} from '../../pod-security/workload-fits.js'
import type {WorkloadLevel} from '../../pod-security/workload-gather.js'
import type {WorkloadLevels} from '../../pod-security/workload-levels.js'
import {namespaceFits, policyOf} from '../../pod-security/workload-namespaces.js'
import type {PodSecurityState} from '../../pod-security/psa-config-fact.js'
import {SERVER_CHANGES} from '../../pod-security/workload-verdict.js'
import type {NamespaceStrings} from './namespace-strings.js'
import {inTheWayOf} from './in-the-way.js'
import {nextLevel, workloadPlan} from './plan-workload.js'
import type {Enforcer, NamespacePlan, WorkloadPlan} from './plan.js'
import {stepsOf} from './steps.js'
import type {WorkloadFixes} from './workload-fixes.js'

/** What holds for the whole cluster. */
export interface Setting {
  levels: WorkloadLevels
  state: PodSecurityState
  fixes: WorkloadFixes
  isOpenShift: boolean
}

export interface NamespaceInput {
  name: string
  /** Null: the namespace itself is not in the input. */
  seen: LabelledNamespace | null
  strings: NamespaceStrings | null
  workloads: readonly WorkloadLevel[]
  enforcers: readonly Enforcer[]
  isEnforcementKnown: boolean
}

export function planNamespace(input: NamespaceInput, setting: Setting): {namespace: NamespacePlan; workloads: readonly WorkloadPlan[]} {
  const {name, seen, workloads} = input
  const {levels, state, fixes} = setting
  const {server, target} = levels
  const policy = seen === null ? null : policyOf(seen, state)
  const today = seen === null ? null : levelsOf(seen)
  const fitsNow = namespaceFits(server, workloads, levels)
  const known = knownToPass(workloads, setting)
  // What was not seen may pass less; less than privileged there is not.
  const enforceable = levels.isServerKnown && (fitsNow !== null || known === 'privileged') ? known : null
  const base = today !== null && isStricter(today.enforce.level, known) ? today.enforce.level : known
  const held = heldBy(input, setting)
  const refusing = (level: Level): WorkloadLevel[] => workloads.filter(workload => refusedOf(workload, policyAt(level, target, state), target) !== null)
  const aim = refusing(base).length > 0 ? base : nextLevel(base)
  const needed = new Set(aim === null || (held !== null && held.by !== 'unseen') ? [] : refusing(aim))
  const plans = workloads.map(workload => workloadPlan(workload, {server, target, fixes, policy: policy ?? undefined, aim: needed.has(workload) ? aim : null}))
  const neededPlans = plans.filter(plan => plan.isNeeded)
  const patched = neededPlans.filter(({patch}) => patch === 'yes').length
  const canPlan = held === null && today !== null && state.off !== 'all'
  return {
    workloads: plans,
    namespace: {
      name, pods: seen?.pods ?? null, workloads: workloads.length, today, held, fitsNow, fits: namespaceFits(target, workloads, levels), enforceable,
      refusedToday: policy === null ? 0 : workloads.reduce((sum, workload) => sum + (refusedOf(workload, policy, server)?.pods ?? 0), 0),
      aim, toFix: neededPlans.length, patched, inTheWay: inTheWayOf(neededPlans), enforcers: input.enforcers, isEnforcementKnown: input.isEnforcementKnown,
      steps: canPlan ? stepsOf({
        labels: input.strings?.labels ?? {}, today, enforceable, observe: aim ?? base, aim,
        isFixNeeded: neededPlans.length > 0, isFixed: patched === neededPlans.length, server, target,
      }) : [],
      remarks: remarksOf(input, setting, {base, enforceable}),
    },
  }
}

function levelsOf({enforce, audit, warn}: LabelledNamespace): Record<Mode, LevelVersion> {
  const plain = ({level, version}: LevelVersion): LevelVersion => ({level, version})
  return {enforce: plain(enforce), audit: plain(audit), warn: plain(warn)}
}

function policyAt(level: Level, minor: number, {exemptions}: PodSecurityState): Policy {
  return {level, minor, exemptRuntimeClasses: exemptions.runtimeClasses}
}

/** Everything that was seen passes it on this server, and goes on to where the pin stays and the server grows newer. */
function knownToPass(workloads: readonly WorkloadLevel[], {levels, state}: Setting): Level {
  const servers = [levels.server, ...SERVER_CHANGES.filter(minor => minor > levels.server && minor <= levels.target)]
  const passes = (level: Level): boolean => servers.every(server => workloads.every(workload => refusedOf(workload, policyAt(level, levels.server, state), server) === null))
  return LEVELS.toReversed().find(passes) ?? 'privileged'
}

function heldBy({name, seen, strings}: NamespaceInput, {isOpenShift}: Setting): NamespacePlan['held'] {
  // Only files can hold such a name, and no command could be written for it.
  if (!/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return {by: 'unseen', why: name === '' ? 'the files leave the namespace to whoever applies them' : 'no namespace can have this name'}
  if (seen === null || strings === null) return {by: 'unseen', why: 'its labels are not in the input, and could not be put back'}
  if (strings.owner !== null) return {by: 'owner', why: strings.owner}
  if (strings.labelSync === 'does' || (isOpenShift && strings.labelSync === 'may'))
    return {by: 'label-sync', why: 'OpenShift writes its labels by its SCCs'}
  if (seen.exempt === true) return {by: 'exempt', why: 'exempt by the API server\'s configuration: labels do nothing there'}
  const invalid = seen.labels.problems.find(({kind}) => kind === 'invalid')
  // The API server refuses to put such a value back.
  return invalid?.kind === 'invalid' ? {by: 'invalid', why: `mend its label first: ${invalid.label.slice(LABEL_PREFIX.length)}=${invalid.value} is invalid, ${invalid.effect}`} : null
}

function remarksOf({workloads}: NamespaceInput, {levels}: Setting, {base, enforceable}: {base: Level; enforceable: Level | null}): string[] {
  return [
    ...(levels.isServerKnown && enforceable === null ? ['not all of it was read, or not all understood: nothing is said to fit'] : []),
    ...(enforceable !== null && isStricter(base, enforceable) ? [`what is there fails ${base}, which is enforced: pods are refused when they are made anew`] : []),
    ...(workloads.length === 0 && enforceable !== null ? ['nothing runs there, and nothing would: any level fits'] : []),
  ]
}
