import type {AuditResult} from '../../audit/audit-report.js'
import type {Finding} from '../../audit/finding.js'
import {compareText} from '../../audit/order.js'
import {assumedText} from './heading.js'
import {asciiJson} from './json.js'
import type {PolicyOutcome, PolicyResult} from './policy-result.js'
import {RESULTS, checkResultOf, findingResult} from './policy-result.js'
import {shownFindings} from './shown.js'
import {yamlItem, yamlMembers} from './yaml-text.js'

export interface PolicyApi {
  apiVersion: string
  kind: string
  clusterKind: string
  /** For the hint how to remove an older set. */
  resources: string
  /** Members of the report beside its results. */
  extra: object
}

export const WGPOLICY: PolicyApi = {apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', clusterKind: 'ClusterPolicyReport', resources: 'policyreports.wgpolicyk8s.io,clusterpolicyreports.wgpolicyk8s.io', extra: {}}
export const OPENREPORTS: PolicyApi = {apiVersion: 'openreports.io/v1alpha1', kind: 'Report', clusterKind: 'ClusterReport', resources: 'reports.openreports.io,clusterreports.openreports.io', extra: {source: 'kubectl-k121'}}

/**
 * Bytes of one report. etcd takes 1.5 MB, but `kubectl apply` keeps a copy of
 * the object in an annotation, and all annotations together may have 256 KiB.
 */
const MOST_BYTES = 200_000

/** Results held at one time while findings are sorted by namespace; a pass over all findings per portion. */
const PORTION = 10_000

const LABEL = {'app.kubernetes.io/managed-by': 'kubectl-k121'}

/** One report per namespace and one for the cluster, each split where it would be too large. Nothing is left out. */
export function* renderPolicyReports(result: AuditResult, api: PolicyApi): Generator<string> {
  yield `# Remove an older set first, it may have more parts: kubectl delete ${api.resources} -A -l app.kubernetes.io/managed-by=kubectl-k121\n`
  const assumed = assumedText(result.report)
  if (assumed !== '') yield `# ${assumed}\n`
  yield* clusterReport(result, api)
  for (const portion of portionsOf(namespaceCounts(result))) {
    // One alone may be of any size: it streams.
    const namespaces = portion.length === 1 ? portion.map(name => ({name, results: resultsIn(result, name)})) : sortedByNamespace(result, portion)
    for (const {name, results} of namespaces) yield* shards(api, name, results)
  }
}

function* clusterReport(result: AuditResult, api: PolicyApi): Generator<string> {
  const unlooked = result.report.checks.flatMap(check => checkResultOf(check) ?? [])
  yield* shards(api, '', chain(unlooked, resultsIn(result, '')))
}

function* chain<T>(...parts: Iterable<T>[]): Generator<T> {
  for (const part of parts) yield* part
}

/** Where a finding is reported: namespaces that no server could have (manifests are not checked) go to the cluster's report. */
function homeOf({object}: Finding): string {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(object.namespace) ? object.namespace : ''
}

function namespaceCounts(result: AuditResult): Map<string, number> {
  const counts = new Map<string, number>()
  for (const finding of result.findings()) {
    const home = homeOf(finding)
    if (home !== '') counts.set(home, (counts.get(home) ?? 0) + 1)
  }
  return counts
}

function portionsOf(counts: ReadonlyMap<string, number>): string[][] {
  const portions: string[][] = []
  let room = 0
  for (const name of [...counts.keys()].sort(compareText)) {
    const count = counts.get(name) ?? 0
    if (count > room) {
      portions.push([])
      room = PORTION
    }
    portions.at(-1)?.push(name)
    room -= count
  }
  return portions
}

function* resultsIn(result: AuditResult, namespace: string): Generator<PolicyResult> {
  for (const finding of shownFindings(result)) if (homeOf(finding) === namespace) yield findingResult(finding, result.metas.get(finding.check))
}

function sortedByNamespace(result: AuditResult, portion: readonly string[]): {name: string; results: PolicyResult[]}[] {
  const lists = new Map(portion.map(name => [name, [] as PolicyResult[]]))
  for (const finding of shownFindings(result)) lists.get(homeOf(finding))?.push(findingResult(finding, result.metas.get(finding.check)))
  return portion.map(name => ({name, results: lists.get(name) ?? []}))
}

/** Written as they come: the summary stands behind the results, when it is known. */
function* shards(api: PolicyApi, namespace: string, results: Iterable<PolicyResult>): Generator<string> {
  let number = 0
  let bytes = MOST_BYTES
  let counts = noCounts()
  for (const result of results) {
    const size = wireSize(result)
    if (bytes + size > MOST_BYTES) {
      if (number > 0) yield ending(counts)
      yield heading(api, namespace, ++number)
      bytes = 0
      counts = noCounts()
    }
    bytes += size
    counts[result.result]++
    yield yamlItem(result, '  ')
  }
  if (number > 0) yield ending(counts)
}

function heading(api: PolicyApi, namespace: string, number: number): string {
  const metadata = {name: `k121-${namespace === '' ? 'cluster' : namespace}-${number}`, ...(namespace === '' ? {} : {namespace}), labels: LABEL}
  return `---\n${yamlMembers({apiVersion: api.apiVersion, kind: namespace === '' ? api.clusterKind : api.kind, metadata, ...api.extra}, '')}results:\n`
}

function ending(counts: Record<PolicyOutcome, number>): string {
  return yamlMembers({summary: counts}, '')
}

function noCounts(): Record<PolicyOutcome, number> {
  return Object.fromEntries(RESULTS.map(result => [result, 0])) as Record<PolicyOutcome, number>
}

/** As kubectl writes it into the annotation: Go's JSON has six bytes for three characters more. */
function wireSize(result: PolicyResult): number {
  const text = asciiJson(result)
  return text.length + 5 * (text.match(/[<>&]/g)?.length ?? 0) + 1
}
