import type {AuditReport, AuditResult, ClusterFacts, CoverageLine, DenyPluginInfo, EngineInfo, FamiliesInfo, BlockerInfo, NamespaceInfo, UpgradeNote, Verdict, WorkloadInfo} from '../audit/audit-report.js'
import type {Baseline} from '../audit/baseline.js'
import {comparing} from '../audit/baseline.js'
import {askedNamespaces} from '../audit/absent-namespaces.js'
import type {Check} from '../audit/check.js'
import {clusterId} from '../audit/cluster-id.js'
import type {FindingSpool} from '../audit/collect.js'
import {collector} from '../audit/collect.js'
import type {Evaluation} from '../audit/engine.js'
import {evaluate} from '../audit/engine.js'
import type {Exemption} from '../audit/exemptions.js'
import {exempting} from '../audit/exemptions.js'
import {exitCodeOf} from '../audit/exit.js'
import type {Fact} from '../audit/fact.js'
import type {Finding} from '../audit/finding.js'
import type {Scope} from '../audit/scope.js'
import {inScope} from '../audit/scope.js'
import type {ServerVersion} from '../audit/server-version.js'
import type {Severity, Topic} from '../audit/severity.js'
import type {ClusterSource} from '../audit/source.js'
import {checkResult, isComplete, readName, summarise} from '../audit/summary.js'
import {minorOf} from '../kube/version.js'
import type {ReadKey} from '../kube/resources.js'
import {isEndpoint, rowOf} from '../kube/resources.js'
import type {AssumedFamilies} from '../network/assumed-families.js'
import type {IntervalSet} from '../network/interval-set.js'
import {cidrsOf} from '../network/interval-set.js'

export interface AuditOptions {
  checks: readonly Check[]
  /** The facts that the report shows, by the topics that were chosen. */
  facts: ReportFacts
  topics: readonly Topic[]
  /** Those of which only some checks were chosen. */
  narrowed: readonly Topic[]
  scope: Scope
  failOn: Severity
  minSeverity: Severity
  allowIncomplete: boolean
  includeSecrets: boolean
  exemptions: readonly Exemption[]
  baseline: Baseline | null
  /** Of the context, or of the files. */
  clusterName: string
  toolVersion: string
}

/** What the head of the report is made of. Null: not asked for. */
export interface ReportFacts {
  version: Fact<ServerVersion>
  kubelets: Fact<ClusterFacts['kubelets']>
  platform: Fact<ClusterFacts['platform']>
  families: Fact<FamiliesInfo> | null
  /** In the place of the fact that assumes nothing: `--assume`, `--range`. */
  assumed: Fact<AssumedFamilies> | null
  denyPlugin: Fact<DenyPluginInfo> | null
  blockers: Fact<readonly BlockerInfo[]> | null
  engines: Fact<readonly EngineInfo[]> | null
  namespaces: Fact<readonly NamespaceInfo[]> | null
  /** What becomes of a pod that breaks a control. */
  coverage: Fact<{lines: readonly CoverageLine[]}> | null
  /** What stops working in a release to come. */
  upgrade: readonly Fact<readonly UpgradeNote[]>[]
  /** Everything that makes pods, with what was asked for besides, and the list of it. */
  workloads: {levels: Fact<unknown>; list: Fact<() => Iterable<WorkloadInfo>>} | null
  /** The best that may be said of a topic, where that is not just a matter of counting findings. */
  verdicts: Partial<Record<Topic, Fact<Verdict>>>
}

export interface AuditPorts {
  source: ClusterSource
  spool: FindingSpool
  /** Milliseconds since 1970. */
  now(): number
  onRead(key: ReadKey): void
  onFinding(finding: Finding): void
}

/** The day on which the facts about Kubernetes in this version were last checked. */
export const FACTS_AS_OF = '2026-11-24'

export async function audit(options: AuditOptions, ports: AuditPorts): Promise<AuditResult> {
  const started = ports.now()
  const exemptions = exempting(options.exemptions, new Date(started).toISOString().slice(0, 10))
  const compare = options.baseline === null ? null : comparing(options.baseline)
  const collected = collector({
    spool: ports.spool, scope: options.scope, exempting: exemptions, comparing: compare,
    failOn: options.failOn, minSeverity: options.minSeverity, placeOf: (object, path) => ports.source.placeOf(object, path),
    onFinding: finding => ports.onFinding(finding),
  })
  const asked = askedNamespaces(ports.source, options.scope.namespaces)
  const evaluation = await evaluate({
    checks: options.checks, facts: [...factsOf(options.facts), asked.fact], version: options.facts.version,
    source: asked.source,
    onReport: (check, report) => collected.onReport(check.meta, report),
    onRead: ports.onRead, mayReadSecrets: options.includeSecrets,
  })
  const isByNamespace = [...evaluation.outcomes.values()].some(({scope}) => scope === 'namespaces')
  const checks = evaluation.endings.map(ending => checkResult(ending, collected, (reason, key) => wayOut(reason, key, ports.source.kind, isByNamespace)))
  const absent = asked.absent(evaluation)
  const complete = isComplete(checks, evaluation.outcomes) && absent.length === 0
  const isAnswered = (check: string, namespace: string): boolean => inScope(namespace, options.scope) && checks.some(({id, skip, status}) => id === check && skip === null && status !== 'not-applicable')
  // Their findings are none: where they were reported before that was clear, nothing counts them.
  const leftOut = new Set(checks.filter(check => check.status === 'not-applicable').map(check => check.id))
  const gone = compare?.gone(isAnswered, leftOut) ?? []
  const failing = checks.reduce((sum, {id, status}) => sum + (status === 'not-applicable' ? 0 : collected.failingOf(id)), 0)
  const report: AuditReport = {
    tool: {name: 'kubectl-k121', version: options.toolVersion, factsAsOf: FACTS_AS_OF},
    run: {
      startedAt: new Date(started).toISOString(), durationMs: ports.now() - started, source: ports.source.kind,
      exitCode: exitCodeOf({failing, complete, allowIncomplete: options.allowIncomplete}),
      scope: {namespaces: options.scope.namespaces.length === 0 ? 'all' : options.scope.namespaces, ...(absent.length === 0 ? {} : {absent}), excluded: options.scope.excluded, topics: options.topics, narrowed: options.narrowed},
    },
    cluster: {id: evaluation.fact(clusterId), name: options.clusterName, facts: clusterFacts(options.facts, evaluation)},
    completeness: {complete, resources: [...evaluation.outcomes].map(([key, outcome]) => ({resource: readName(key), ...outcome}))},
    checks, exemptions: exemptions.uses(leftOut), gone,
    ...coverageIn(options, evaluation),
    namespaces: namespacesOf(options, evaluation),
    ...upgradeOf(options.facts, evaluation),
    summary: summarise({checks, collector: collected, gone, known: compare?.known(leftOut) ?? null, verdicts: ownVerdicts(options.facts, evaluation), narrowed: absent.length === 0 ? options.narrowed : options.topics}),
  }
  return {report, metas: new Map(options.checks.map(({meta}) => [meta.id, meta])), findings: () => ports.spool.sorted(leftOut), ...workloadsOf(options, evaluation)}
}

export function factsOf({version, kubelets, platform, assumed, families, denyPlugin, blockers, engines, namespaces, coverage, upgrade, workloads, verdicts}: ReportFacts): Fact<unknown>[] {
  return [clusterId, version, kubelets, platform, assumed, families, denyPlugin, blockers, engines, namespaces, coverage, ...upgrade, workloads?.levels ?? null, workloads?.list ?? null, ...Object.values(verdicts)].filter(fact => fact !== null)
}

function clusterFacts(facts: ReportFacts, {fact, outcomes}: Evaluation): ClusterFacts {
  const orNull = <T>(wanted: Fact<T> | null): T | null => (wanted === null ? null : fact(wanted))
  const countOf = (key: ReadKey): number | null => (outcomes.get(key)?.outcome === 'complete' ? (outcomes.get(key)?.items ?? null) : null)
  return {
    server: fact(facts.version), kubelets: fact(facts.kubelets), platform: fact(facts.platform),
    families: withAssumption(orNull(facts.families), orNull(facts.assumed)), denyServiceExternalIPs: orNull(facts.denyPlugin),
    externalIPBlockers: orNull(facts.blockers) ?? [], engines: orNull(facts.engines) ?? [],
    counts: {namespaces: countOf('namespaces'), pods: countOf('pods'), services: countOf('services')},
  }
}

/** Ranges that were given are in those of the cluster too, where they belong; here they stand apart. */
function withAssumption(families: FamiliesInfo | null, assumed: AssumedFamilies | null): FamiliesInfo | null {
  if (families === null || assumed === null) return families
  const textsOf = (set: IntervalSet): string[] => cidrsOf(set).map(({text}) => text)
  const {isDual, ranges: {pods, services, nodes}} = assumed
  return {...families, assumed: {isDual, ranges: {pods: textsOf(pods), services: textsOf(services), nodes: textsOf(nodes)}}}
}

function namespacesOf({facts, scope}: AuditOptions, {fact}: Evaluation): readonly NamespaceInfo[] {
  if (facts.namespaces === null) return []
  // What else the fact knows of a namespace is for checks, and no part of the report.
  return fact(facts.namespaces).filter(({name}) => inScope(name, scope)).map(({name, enforce, audit: audited, warn, exempt, fits, pods}) => ({name, enforce, audit: audited, warn, ...(exempt === undefined ? {} : {exempt}), fits, pods}))
}

function coverageIn({facts: {coverage}, scope}: AuditOptions, {fact}: Evaluation): Pick<AuditReport, 'coverage'> {
  if (coverage === null) return {}
  const lines = fact(coverage).lines.map(line => ({...line, namespaces: line.namespaces.filter(name => inScope(name, scope))}))
  return {coverage: lines.filter(({namespaces}) => namespaces.length > 0)}
}

function upgradeOf({upgrade}: ReportFacts, {fact}: Evaluation): Pick<AuditReport, 'upgrade'> {
  const notes = upgrade.flatMap(one => fact(one)).toSorted((a, b) => minorOfRelease(a) - minorOfRelease(b))
  return notes.length === 0 ? {} : {upgrade: notes}
}

function minorOfRelease({release}: UpgradeNote): number {
  return minorOf(release) ?? 0
}

function workloadsOf({facts: {workloads}, scope}: AuditOptions, {fact}: Evaluation): Pick<AuditResult, 'workloads'> {
  if (workloads === null) return {}
  const all = fact(workloads.list)
  return {
    *workloads() {
      for (const workload of all()) if (inScope(workload.namespace, scope)) yield workload
    },
  }
}

function ownVerdicts({verdicts}: ReportFacts, {fact}: Evaluation): Partial<Record<Topic, Verdict>> {
  return Object.fromEntries(Object.entries(verdicts).map(([topic, verdict]) => [topic, fact(verdict)]))
}

/** What changes an answer that is missing. Empty: nothing that a person could type. */
function wayOut(reason: string, key: ReadKey | null, source: ClusterSource['kind'], isByNamespace: boolean): string {
  const isSecret = key !== null && !isEndpoint(key) && rowOf(key).optIn !== undefined
  // What was listed in some namespaces only is forbidden as a whole.
  if (reason === 'forbidden' || reason === 'partial' && source === 'live' && isByNamespace) return `kubectl k121 rbac${isSecret ? ' --include-secrets' : ''}`
  if (reason === 'unreachable' && source === 'live') return 'the same again, perhaps with a longer --request-timeout'
  if (reason === 'not-requested') return `${source === 'snapshot' ? 'audit the cluster itself with ' : ''}${isSecret ? '--include-secrets' : '--probe'}`
  if (reason === 'not-in-input') return {files: 'add these objects to the files', snapshot: 'take the snapshot without --topic, --check and --skip', live: ''}[source]
  return ''
}
