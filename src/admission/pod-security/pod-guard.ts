import type {ObjectRef} from '../../audit/finding.js'
import type {ControlId} from '../../pod-security/control.js'
import type {Labels} from '../coverage.js'
import type {UnreadRow} from '../engines/blocker.js'

/** What somebody may ask of the API server about a pod or what makes pods. */
export const POD_OPERATIONS = ['create', 'update', 'ephemeralcontainers', 'resize', 'workload'] as const
export type PodOperation = (typeof POD_OPERATIONS)[number]

/** Worst first for whoever wants a pod kept out. */
export const ANSWERS = ['ignored', 'unknown', 'audited', 'warned', 'refused'] as const
export type Answer = (typeof ANSWERS)[number]

/**
 * One thing that judges pods: a policy by one binding, a constraint, a level of
 * Pod Security admission. Whatever engine it belongs to, the coverage matrix
 * asks it the same questions.
 */
export interface PodGuard {
  /** `pod-security-admission`, `ValidatingAdmissionPolicy`, `gatekeeper`, `kyverno`, `openshift-scc`, `psp`, `k-rail`, `kubewarden`, … */
  engine: string
  name: string
  /** What a person would look at and edit. */
  object: ObjectRef | null
  /** What becomes of a request that breaks one of its controls. */
  action: 'refused' | 'warned' | 'audited'
  /**
   * The controls that it judges, each with what of it it lets through (`images
   * of some names`, `init containers`); an empty list: every pod that breaks the
   * control. Null: its content is none that we know.
   */
  controls: ReadonlyMap<ControlId, readonly string[]> | null
  /** Whether such a request gets to it at all, with everything that decides on that (webhook rules, policy match). */
  sees(operation: PodOperation): boolean
  /** Of what makes pods, which kinds get to it, where some do and some do not: guards that share them add up. */
  kinds?: ReadonlyMap<string, boolean>
  /** Why it does not see an operation, where more can be told than that it does not. */
  blind?: Readonly<Partial<Record<PodOperation, string>>>
  /** Null: every namespace, also those that were not seen. */
  isIn: ((name: string, labels: Labels) => boolean) | null
  /** Ways past it that do not lie in the pod: it fails open, a label takes a namespace out. It acts now all the same. One that nobody knows of is written as `isDoubt` has it. */
  gaps: readonly string[]
}

/** Of gaps, holes and reasons: what is told is no way past that is known, but something that was not read. The verdict goes by it, as these texts are all that reports keep. */
export function isDoubt(text: string): boolean {
  return /\bnot (?:be )?(?:read|seen|known)\b/.test(text)
}

/** An object that does nothing now. */
export interface InertGuard {
  engine: string
  name: string
  object: ObjectRef | null
  /** For people. */
  why: string
  /** `unbound`: no binding makes it act on pods. `no-template`: its template is gone. `down`: nobody answers, and the API server goes on without. */
  kind: 'unbound' | 'no-template' | 'down' | 'other'
}

/** What one engine brings, and where it could not be read. */
export interface PodGuards {
  guards: readonly PodGuard[]
  inert: readonly InertGuard[]
  /** Rows that were not read whole, so there may be more; where it is left out, every row that the fact reads counts. */
  unread?: readonly UnreadRow[]
}
