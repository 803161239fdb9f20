import {apiClient} from '../../src/adapters/api-client.js'
import {liveSource} from '../../src/adapters/live-source.js'
import {socketRoad} from '../../src/adapters/socket-road.js'
import type {AuditReport, AuditResult, CheckResult, ResourceOutcome} from '../../src/audit/audit-report.js'
import type {Finding} from '../../src/audit/finding.js'
import {readName} from '../../src/audit/summary.js'
import type {ReadKey, Resource} from '../../src/kube/resources.js'
import {RESOURCES} from '../../src/kube/resources.js'
import {FORMATS, renderAudit} from '../../src/report/audit/formats.js'
import type {AuditFormat} from '../../src/report/audit/formats.js'
import {PLAIN} from '../../src/report/audit/options.js'
import type {PageServer} from '../support/page-server.js'
import {podList, startPageServer, status} from '../support/page-server.js'
import {wholeAudit} from '../support/whole-audit.js'

/** More than two pages. */
export const PODS = 1300
const POD_LIST = podList(PODS)

/** What the small cluster has; every other list is empty. */
const OBJECTS: Partial<Record<string, readonly object[]>> = {
  namespaces: [
    {metadata: {name: 'default'}}, {metadata: {name: 'kube-system', uid: 'u1', labels: {'pod-security.kubernetes.io/enforce': 'privileged'}}},
    {metadata: {name: 'shop', labels: {'pod-security.kubernetes.io/enforced': 'baseline'}}},
  ],
  nodes: [{metadata: {name: 'n1'}, spec: {podCIDRs: ['10.244.0.0/24']}, status: {addresses: [{type: 'InternalIP', address: '10.0.0.1'}], nodeInfo: {kubeletVersion: 'v1.30.0'}}}],
  services: [{metadata: {namespace: 'default', name: 'kubernetes'}, spec: {clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports: [{port: 443}]}}],
  kustomizations: [{metadata: {namespace: 'shop', name: 'k'}, spec: {kubeConfig: {secretRef: {name: 'flux'}}}}],
  helmreleases: [{metadata: {namespace: 'shop', name: 'h'}, spec: {kubeConfig: {configMapRef: {name: 'flux'}}}}],
}

/** It names a ConfigMap, which is asked for by its name. */
const INGRESS_NGINX = {metadata: {namespace: 'shop', name: 'nginx', labels: {'app.kubernetes.io/name': 'ingress-nginx'}}, spec: {template: {spec: {containers: [{name: 'controller', args: ['--configmap=shop/nginx']}]}}}}

/** Of these a cluster has none unless it is an OpenShift. */
export const OTHER_GROUPS = new Set(['security.openshift.io', 'config.openshift.io'])

export interface FaultyRun {
  report: AuditReport
  findings: Finding[]
  check(id: string): CheckResult
  resource(key: ReadKey): ResourceOutcome
  rendered(format: AuditFormat): string
  server: PageServer
}

type Fault = ReturnType<Parameters<PageServer['fault']>[0]>
type Seen = Parameters<Parameters<PageServer['fault']>[0]>

/** A server that has every group that we read, and little in it. Objects that are asked for by name are not there, as a server says it. */
export async function startFaultyCluster(fault: (...seen: Seen) => Fault, port?: number): Promise<PageServer> {
  const server = await startPageServer(port === undefined ? {} : {port})
  server.fault((seen, count) => fault(seen, count) ?? (server.lists.has(seen.resource) || server.documents.has(seen.resource) ? undefined : absent(seen.resource)))
  const rows = (Object.values(RESOURCES) as Resource[]).filter(({group}) => !OTHER_GROUPS.has(group))
  for (const row of rows) {
    const version = row.versions[0] ?? ''
    const own = rows.filter(({group}) => group === row.group)
    const at = `/apis/${row.group}`
    if (row.group !== '') server.documents.set(at, {versions: [...new Set(own.map(({versions: [best]}) => best))].map(one => ({version: one}))})
    if (row.group !== '') server.documents.set(`${at}/${version}`, {resources: own.filter(({versions: [best]}) => best === version).map(({plural}) => ({name: plural}))})
    // Knative has Services too.
    const items = row.group === 'serving.knative.dev' ? [] : OBJECTS[row.plural] ?? []
    const list = row.plural === 'pods' ? POD_LIST : {kind: row.kind, count: items.length, item: (index: number) => items[index] as object}
    server.lists.set(`${row.group === '' ? '/api' : at}/${version}/${row.plural}`, list)
  }
  const kubeSystem = '/api/v1/namespaces/kube-system/pods'
  server.lists.set(kubeSystem, {kind: 'Pod', count: 0, item: () => ({})})
  return server
}

/** The whole audit against that server while `fault` is at work: all checks, the real flow, every format. */
export async function auditDuring(fault: (...seen: Seen) => Fault, {timeoutMs = 0}: {timeoutMs?: number} = {}): Promise<FaultyRun> {
  const server = await startFaultyCluster(fault)
  server.lists.set('/apis/apps/v1/deployments', {kind: 'Deployment', count: 1, item: () => INGRESS_NGINX})
  try {
    const road = socketRoad({socketPath: server.socketPath, userAgent: 'kubectl-k121/0', timeoutMs, isPlain: true, whyGone: () => null, close: () => Promise.resolve()})
    const source = liveSource({client: apiClient(road, {pause: () => Promise.resolve()}), namespaces: [], mayReadSecrets: true})
    const result = await wholeAudit(source, {failOn: 'critical', includeSecrets: true})
    await source.close()
    return runOf(result, server)
  } finally {
    await server.close()
  }
}

function absent(resource: string): Fault {
  const [, parent, name] = /^(.*)\/([^/]+)$/.exec(resource) ?? []
  return parent?.includes('/namespaces/') ? status(404, `${name} not found`, {details: {name}}) : undefined
}

function runOf(result: AuditResult, server: PageServer): FaultyRun {
  const {report} = result
  const found = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`the report has no ${what}`)
    return value
  }
  return {
    report, server, findings: [...result.findings()],
    check: id => found(report.checks.find(check => check.id === id), id),
    resource: key => found(report.completeness.resources.find(({resource}) => resource === readName(key)), key),
    rendered: format => [...renderAudit(format, result, {...PLAIN, showPassed: true})].join(''),
  }
}

export const FORMAT_NAMES = Object.keys(FORMATS) as AuditFormat[]

