import type {FamiliesInfo} from '../../audit/audit-report.js'
import type {FilterClass, ObjectRef} from '../../audit/finding.js'
import type {Direction} from '../../filters/direction.js'
import type {Json} from '../../kube/json.js'
import type {Family} from '../../network/ip.js'
import type {Whose} from './carve-outs.js'

/**
 * What filters lack before IPv6 is switched on, as one value that every output
 * is made of. Nothing in it was applied.
 */
export interface DualStackPlan {
  cluster: {id: string; name: string; uid: string | null}
  /** As the cluster is. Everything below is judged as if pods, Services and load balancers had both. */
  families: Pick<FamiliesInfo, 'state' | 'primary'>
  /** Of IPv6, as they may be written into policies; empty: unknown. */
  ranges: Readonly<Record<Whose, RangeOfPlan>>
  /** True of the plan as a whole. */
  remarks: readonly string[]
  classes: readonly ClassSum[]
  /** Policies in which nothing has to be done, and pods that no other policy selects. */
  same: Readonly<Record<'alike' | 'selectors', Sum>>
  /** Those with a gap, or of which something is not known, by namespace and name. */
  policies: readonly PolicyPlan[]
  /** What the audit says of every other kind of filter. */
  others: readonly OtherSum[]
  /** The files hold no NetworkPolicy, which says nothing of those in the cluster. */
  isWithoutPolicies: boolean
  /** What was asked for and not read whole: there may be more. */
  incomplete: readonly {resource: string; outcome: string; detail: string}[]
}

export interface RangeOfPlan {
  cidrs: readonly string[]
  /** Who says so; empty: nobody. */
  from: string
  /** Addresses were seen outside of what is configured, or nothing is. */
  isUnknown: boolean
}

export interface Sum {
  policies: number
  pods: number
}

export interface ClassSum extends Sum {
  class: FilterClass
  /** That is wrongly open, or wrongly blocked. */
  family: Family
}

export interface OtherSum {
  check: string
  class: FilterClass
  findings: number
  /** Of filters that nothing reaches over the other family, dual-stack or not. */
  latent: number
  /** Shown only, not counted: what is known of the kind rests on others' words. */
  isPreview: boolean
}

/**
 * `add`, `except`: by the patch. `range`: once a range is known that the
 * cluster does not show. `none`: nobody misses anything. `hand`: only a person
 * knows what to name. `choice`: what is there may be meant. `today`: it is
 * about IPv4, which pods have, so it waits for nothing.
 */
export type Answer = 'add' | 'except' | 'range' | 'none' | 'hand' | 'choice' | 'today'

/** One gap of one rule. */
export interface PlanItem {
  class: FilterClass
  family: Family
  direction: Direction
  /** `all`, `TCP 443, UDP 53` */
  ports: string
  answer: Answer
  /** That it is about: `spec.egress[2].to[0].ipBlock`, and as they are written. */
  blocks: readonly {path: string; text: string}[]
  /** What goes into the list of peers, or into the exceptions of the blocks: `::/0 except fc00::/7`. */
  lines: readonly string[]
  needs: readonly Whose[]
  /** A sentence for the person; empty where the lines say it. */
  why: string
}

export interface PolicyPlan {
  policy: ObjectRef
  /** Running pods that it selects. */
  pods: number
  /** Who writes it again and again; null: nothing tells of any. */
  manager: string | null
  items: readonly PlanItem[]
  /** Blocks that nobody can read, or more of them than can be compared. */
  unread: readonly {path: string; text: string}[]
  /** Null: there is nothing that could be written without asking. */
  patch: Patch | null
  /** Classes that remain where the patches of all policies are applied. */
  left: readonly FilterClass[]
}

/** JSON patches. Both fail where the lists are no longer what they were. */
export interface Patch {
  apply: readonly PatchOperation[]
  undo: readonly PatchOperation[]
}

export type PatchOperation = {op: 'test' | 'add' | 'replace'; path: string; value: Json}
