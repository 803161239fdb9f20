import type {Severity, Topic} from './severity.js'

/** What a finding is about, as kubectl would name it. */
export interface ObjectRef {
  apiVersion: string
  kind: string
  /** Empty for cluster-scoped objects. */
  namespace: string
  name: string
}

/** Where the object was read: files only. 1-based. */
export interface SourcePlace {
  file: string
  line: number
  column: number
}

export const ADDRESS_CLASSES = [
  'cluster-dns', 'api-server', 'service', 'service-range', 'node', 'pod', 'metadata', 'duplicate', 'documentation', 'private', 'public',
] as const
export type AddressClass = (typeof ADDRESS_CLASSES)[number]

/** `yes`: every road that we know of refuses it. */
export type Blocked = 'yes' | 'no' | 'unknown'

export interface SubjectRef {
  kind: 'User' | 'Group' | 'ServiceAccount'
  name: string
  namespace?: string
}

/** What is wrong with a filter; docs/findings.md says it in words. */
export const FILTER_CLASSES = ['S1', 'S2', 'S3', 'S4', 'S5', 'A1', 'A2', 'A3', 'N', 'D'] as const
export type FilterClass = (typeof FILTER_CLASSES)[number]

/** What a set of addresses means to a filter: pairs of these are compared between the families. */
export const FILTER_ADDRESS_CLASSES = ['metadata', 'pod', 'service', 'node', 'loopback', 'link-local', 'multicast', 'private', 'shared', 'special', 'public'] as const
export type FilterAddressClass = (typeof FILTER_ADDRESS_CLASSES)[number]

export interface FilterDetails {
  type: 'filter'
  class: FilterClass
  /** Null: the filter has none, as lists of client addresses. */
  direction: 'ingress' | 'egress' | null
  /** `all`, `TCP 443, UDP 53` */
  ports: string
  /** The family that is wrongly open (S classes). */
  openFamily: 4 | 6 | null
  /** The family that is wrongly blocked (A classes). */
  blockedFamily: 4 | 6 | null
  /** The gravest of the classes that it is about; null: none in particular. */
  addressClass: FilterAddressClass | null
}

export type Details =
  | FilterDetails
  | {type: 'external-ip'; address: string; addressClass: AddressClass; road: 'spec' | 'status'; clashesWith: readonly string[]; blocked: Blocked}
  | {type: 'writers'; road: 'spec' | 'status' | 'labels'; subjects: readonly SubjectRef[]; grantedBy: readonly {kind: string; namespace?: string; name: string}[]}
  | {type: 'pod-security'; level: string; control: string; version: string; mode: string; reason: string; detail: string; current: string | null; wanted: string | null}
  | {type: 'exec'; verdict: 'trusted' | 'unknown' | 'dangerous'; reasons: readonly string[]}

export type Confidence = 'certain' | 'derived' | 'weak'
export type FixableBy = 'you' | 'provider' | 'distribution'
export type BaselineState = 'new' | 'fixed' | 'unchanged' | 'unknown'

/** One line of the report: the contract's `findings[]`. */
export interface Finding {
  check: string
  /** Empty where the check has no variants. */
  variant: string
  topic: Topic
  /** `info` for latent findings. */
  severity: Severity
  state: 'active' | 'latent'
  severityWhenActive: Severity | null
  confidence: Confidence
  object: ObjectRef
  /** The top live owner, where it is another object. */
  owner: ObjectRef | null
  /** Objects that this line stands for. */
  count: number
  /** `spec.externalIPs[0]`; empty: the object as a whole. */
  path: string
  /** One sentence. Text from the cluster is in it as it stands: reports print it through `printable`. */
  message: string
  source: SourcePlace | null
  details: Details | null
  fix: {text: string; patch: string | null; risk: string | null} | null
  fixableBy: FixableBy
  exemption: string | null
  baseline: BaselineState | null
  fingerprint: string
}
