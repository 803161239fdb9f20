import type {CheckMeta} from './check.js'
import type {Finding} from './finding.js'
import type {ReadOutcome, SkipReason} from './outcome.js'
import type {Severity, Topic} from './severity.js'

/**
 * Everything that a report says beside its findings, which stream. Every output
 * format is made from this one value, so no two can disagree on a count.
 */
export interface AuditReport {
  tool: {name: 'kubectl-k121'; version: string; factsAsOf: string}
  run: RunInfo
  cluster: ClusterInfo
  completeness: {complete: boolean; resources: readonly ResourceOutcome[]}
  checks: readonly CheckResult[]
  /** Who refuses what, and where; absent where nobody asked. */
  coverage?: readonly CoverageLine[]
  namespaces: readonly NamespaceInfo[]
  exemptions: readonly ExemptionUse[]
  /** What the baseline had and this audit has not; empty without `--baseline`. */
  gone: readonly GoneFinding[]
  /** What stops working in a release to come; absent where nothing does. */
  upgrade?: readonly UpgradeNote[]
  summary: Summary
}

/** `release`: `v1.40`; tentative where no release has it yet. */
export interface UpgradeNote {
  release: string
  isTentative: boolean
  text: string
}

/** `unknown`: its check did not look at everything this time, so nothing proves it fixed. */
export interface GoneFinding {
  check: string
  variant: string
  namespace: string
  subject: string
  severity: string
  fingerprint: string
  state: 'fixed' | 'unknown'
}

export interface RunInfo {
  /** ISO 8601. */
  startedAt: string
  durationMs: number
  source: 'live' | 'files' | 'snapshot'
  exitCode: number
  /** `narrowed`: topics of which only some checks were chosen; `absent`: namespaces that were asked for and are not there. */
  scope: {namespaces: 'all' | readonly string[]; absent?: readonly string[]; excluded: readonly string[]; topics: readonly Topic[]; narrowed: readonly Topic[]}
}

export interface ClusterInfo {
  /** 16 hex digits of SHA-256 over the uid of kube-system; `offline` where there is none. */
  id: string
  /** Context or file name. */
  name: string
  facts: ClusterFacts
}

export interface ClusterFacts {
  server: {gitVersion: string | null; minor: number | null; emulationMinor: number | null; instances: number | 'unknown'; evidence: string}
  kubelets: {minMinor: number; maxMinor: number} | null
  platform: {name: string; evidence: string} | null
  families: FamiliesInfo | null
  denyServiceExternalIPs: DenyPluginInfo | null
  externalIPBlockers: readonly BlockerInfo[]
  engines: readonly EngineInfo[]
  counts: {namespaces: number | null; pods: number | null; services: number | null}
}

export interface FamiliesInfo {
  /** `dual-services`: pods of one family, a Service range of both. */
  state: 'v4' | 'v6' | 'dual' | 'dual-pods' | 'dual-services' | 'mixed' | 'hidden-second-family' | 'edge-dual' | 'unknown'
  primary: 4 | 6 | null
  edge: readonly (4 | 6)[]
  /** What pods reach the outside by without showing an address of it. */
  hidden: 4 | 6 | null
  /** Of the Service range; empty: unknown. */
  services: readonly (4 | 6)[]
  /** Of nodes, which may be dual where pods are not; empty: unknown. */
  nodes: readonly (4 | 6)[]
  /** Objects by the families of their addresses, among those that were seen; null: not readable. */
  counts: {pods: FamilyCounts | null; services: FamilyCounts | null; nodes: FamilyCounts | null}
  /** Signals by their number in the table of evidence, each with what it says. */
  evidence: readonly {signal: number; value: string}[]
  ranges: {pods: readonly string[]; services: readonly string[]; nodes: readonly string[]}
  /** How each range is known: what is only observed may be wider in truth. */
  rangesFrom: {pods: string; services: string; nodes: string}
  /** What somebody said beside what the cluster shows: filters are judged by it, everything above stays what was seen. Absent: nothing. */
  assumed?: {isDual: boolean; ranges: {pods: readonly string[]; services: readonly string[]; nodes: readonly string[]}}
}

export interface FamilyCounts {
  v4: number
  v6: number
  dual: number
}

export interface DenyPluginInfo {
  state: 'on' | 'off' | 'partly' | 'unknown' | 'likely-on' | 'likely-off'
  road: 'flagz' | 'pods' | 'metrics' | 'probe' | 'provider' | 'none'
  strength: 'proof' | 'strong' | 'weak' | 'none'
  tried: readonly {road: string; result: string}[]
}

export interface BlockerInfo {
  engine: string
  name: string
  state: 'enforcing' | 'auditing' | 'inert' | 'unknown'
  coversStatus: boolean
  gaps: readonly string[]
}

export interface EngineInfo {
  name: string
  version: string | null
  state: 'acting' | 'auditing' | 'down' | 'installed' | 'leftover' | 'unknown'
  endpointsReady: number | null
  failurePolicy: 'Ignore' | 'Fail' | 'mixed' | null
}

export interface ResourceOutcome extends ReadOutcome {
  /** `services`, `constrainttemplates.templates.gatekeeper.sh`, `/metrics` */
  resource: string
}

export interface CheckResult {
  id: string
  topic: Topic
  status: 'passed' | 'failed' | 'skipped' | 'not-applicable'
  /** Objects that it looked at. */
  looked: number
  /** Also beside `failed`: what it could not look at. */
  skip: {reason: SkipReason; resource: string; detail: string; unblock: string} | null
  /** Why it does not apply. */
  detail: string
  isPreview: boolean
}

export interface NamespaceLevel {
  level: string
  version: string
  labels: 'valid' | 'invalid' | 'misspelt' | 'newer-than-server' | 'absent'
  /** Whether the label says it, or the default of the API server; `enforce`: warn follows it. */
  from?: Record<'level' | 'version', 'label' | 'default' | 'enforce'>
}

export interface NamespaceInfo {
  name: string
  enforce: NamespaceLevel
  audit: NamespaceLevel
  warn: NamespaceLevel
  /** By the configuration of the API server, and then nothing is in force here; null: not known. */
  exempt?: boolean | null
  /** Not judged yet: null. */
  fits: string | null
  pods: number | null
}

/** What a person would edit, with the levels that it fits; listed only where everything is asked for. */
export interface WorkloadInfo {
  namespace: string
  apiVersion: string
  kind: string
  name: string
  /** Not finished. */
  pods: number
  /** By the rules of the server, as pods and as templates. */
  fits: string
  /** By those of the version to come that the forecast ends with. */
  fitsAt: {minor: number; fits: string}
  /** Pods that would not come back under what their namespace enforces today. */
  refusedPods: number
  /** What keeps it from restricted, by the rules of that version. */
  failing: readonly WorkloadFailing[]
}

export interface WorkloadFailing {
  control: string
  level: 'baseline' | 'restricted'
  /** The first place, in the object. */
  path: string
  containers: readonly string[]
  /** `pods`: its templates, where any was seen, pass. */
  in: 'pods' | 'templates' | 'both'
}

/** Namespaces in which the same becomes of a request that breaks a control of the Pod Security Standards. */
export interface CoverageLine {
  namespaces: readonly string[]
  control: string
  operation: 'create' | 'update' | 'ephemeralcontainers' | 'resize' | 'workload'
  answer: 'refused' | 'warned' | 'audited' | 'ignored' | 'unknown'
  /** Who does, with the ways past it; for the rest who might, or would if it saw the request. */
  by: readonly CoverageBy[]
}

export interface CoverageBy {
  engine: string
  name: string
  /** Empty: nothing to add. */
  why: string
}

export interface ExemptionUse {
  id: string
  status: 'active' | 'expired' | 'unused'
  until: string
  matches: number
  reason: string
}

export type Verdict = 'closed' | 'partly' | 'open' | 'latent' | 'unknown'

export interface Summary extends Record<Severity, number> {
  latent: number
  exempted: number
  verdicts: Partial<Record<Topic, Verdict>>
  /** Per topic and severity; latent ones apart. */
  topics: Partial<Record<Topic, Record<Severity | 'latent' | 'skipped', number>>>
  /** Present with `--baseline`. */
  baseline: {new: number; fixed: number; unchanged: number; unknown: number} | null
}

/** What reporters get: the report, the meta of every check in it, and the findings in their order, as often as asked. */
export interface AuditResult {
  report: AuditReport
  metas: ReadonlyMap<string, CheckMeta>
  /** Order: topic, severity, check, variant, namespace, kind, name, path. */
  findings(): Iterable<Finding>
  /** Order: namespace, kind, name. Absent where nobody asked about pods. */
  workloads?(): Iterable<WorkloadInfo>
}
