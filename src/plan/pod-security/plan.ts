import type {UpgradeNote} from '../../audit/audit-report.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {ControlId} from '../../pod-security/control.js'
import type {WorkloadFix} from '../../pod-security/fix/fix.js'
import type {Level, LevelVersion, Mode} from '../../pod-security/labels.js'
import type {Forecast} from '../../pod-security/workload-fits.js'

/**
 * The way to the level that everything fits, as one value that every output is
 * made of. Nothing in it was applied.
 */
export interface PodSecurityPlan {
  cluster: {id: string; name: string; uid: string | null}
  server: {gitVersion: string | null; minor: number | null; evidence: string}
  /** The minor whose rules everything is judged by, besides the server's own. */
  target: number
  /** True of every namespace, so that no row says it. */
  remarks: readonly string[]
  namespaces: readonly NamespacePlan[]
  workloads: readonly WorkloadPlan[]
  inTheWay: readonly InTheWay[]
  enforcers: readonly EnforcerSum[]
  upgrade: readonly UpgradeNote[]
  /** What was asked for and not read whole: there may be more. */
  incomplete: readonly {resource: string; outcome: string; detail: string}[]
}

/** No label is planned there. `unseen`: its labels are not in the input, and could not be put back. */
export type HeldBy = 'owner' | 'label-sync' | 'exempt' | 'invalid' | 'unseen'

export interface NamespacePlan {
  name: string
  /** Null: not all of them were read. */
  pods: number | null
  workloads: number
  /** In force now. Null: its labels were not seen. */
  today: Readonly<Record<Mode, LevelVersion>> | null
  held: {by: HeldBy; why: string} | null
  /** By the rules of the server and of the target. Null: not known. */
  fitsNow: Level | null
  fits: Level | null
  /** The strictest level that lets in all that is there now, on this server and, pinned to its version, on each up to the target. Null: not known. */
  enforceable: Level | null
  /** Running pods that what is enforced today would refuse at their next restart. */
  refusedToday: number
  /** What the fixes are for, by what was seen. Null: nothing is left to fix. */
  aim: Level | null
  /** Workloads that the aim refuses by the rules of the target; of them those that a patch lifts there. */
  toFix: number
  patched: number
  inTheWay: readonly InTheWay[]
  enforcers: readonly Enforcer[]
  /** False: something may refuse more than that; its content is not known, or was not read. */
  isEnforcementKnown: boolean
  steps: readonly Step[]
  /** Why there are fewer steps than one would expect. */
  remarks: readonly string[]
}

/** In their order; between the first two the fixes may be made. `pin`: the same level by the rules of the target. */
export const STAGES = ['observe', 'enforce', 'pin', 'raise'] as const
export type Stage = (typeof STAGES)[number]
/** What must be done before a step. */
export type Need = 'fixes' | 'upgrade'

/** Labels that are set together. */
export interface Step {
  stage: Stage
  needs: readonly Need[]
  level: Level
  version: string
  changes: readonly LabelChange[]
}

/** Null: there is no such label. */
export interface LabelChange {
  label: string
  from: string | null
  to: string | null
}

export type Patchable = 'yes' | 'in part' | 'no'

export interface InTheWay {
  control: ControlId
  workloads: number
  patch: Patchable
}

/** Who refuses a pod that breaks one of so many controls. */
export interface Enforcer {
  engine: string
  controls: number
}

export interface EnforcerSum {
  engine: string
  /** In which it refuses something now. */
  namespaces: number
  /** Of its objects: such as do nothing, each with why. */
  inert: readonly {name: string; why: string}[]
}

export interface WorkloadPlan {
  owner: ObjectRef
  pods: number
  fitsNow: Level
  fits: Level
  /** The level that the fix is for; null: there is none above. */
  to: Level | null
  /** Its namespace's aim refuses it. */
  isNeeded: boolean
  failing: readonly {control: ControlId; path: string; containers: readonly string[]; in: 'pods' | 'templates' | 'both'; patch: Patchable}[]
  patch: Patchable
  /** What a person has to do, or know. */
  remarks: readonly string[]
  fix: WorkloadFix | null
  /** What servers up to the target newly refuse. */
  forecast: readonly (Forecast & {isEnforced: boolean})[]
}
