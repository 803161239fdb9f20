import type {AuditReport, AuditResult, CheckResult} from '../../../src/audit/audit-report.js'
import type {CheckMeta} from '../../../src/audit/check.js'
import type {Finding} from '../../../src/audit/finding.js'
import {compareFindings} from '../../../src/audit/order.js'
import type {Severity, Topic} from '../../../src/audit/severity.js'
import {SEVERITIES} from '../../../src/audit/severity.js'
import {count, newTally} from '../../../src/audit/tally.js'

/** Control characters, bidi override, markup of every format, a path, a link, a mention, a secret. */
export const HOSTILE = 'x\u001b[31m\u202e</failure>]]>&<script>|`[a](https://evil.example){0}@all#1\ud800\ufffe'

const meta = (id: string, topic: Topic, severity: Severity, more: Partial<CheckMeta> = {}): CheckMeta => ({
  id, topic, severity, title: `Title of ${id}`, reads: ['services'], why: `Why ${id} matters.`, remediation: `Undo ${id}.`,
  references: [{title: 'KEP-1', url: 'https://example.org/kep-1'}], ...more,
})

export const METAS: readonly CheckMeta[] = [
  meta('service-external-ip', 'external-ips', 'low', {
    reads: ['services', 'nodes'], alsoReads: ['control-plane-pods', 'metrics'], since: 7, until: 42, aliases: ['external-ip'],
    crossReferences: [{source: 'CIS', id: '1.8 5.7.1'}, {source: 'Trivy', id: 'KSV-0108'}],
    variants: {'cluster-dns': {severity: 'critical', title: 'A Service claims the address of the cluster DNS'}, node: {severity: 'high', title: 'A Service claims a node address'}, private: {severity: 'low', title: 'A Service claims a private address'}},
  }),
  meta('external-ip-writers', 'external-ips', 'high'),
  meta('deny-plugin-off', 'external-ips', 'medium', {reads: ['flagz', 'external-ip-probe']}),
  meta('no-pod-enforcement', 'pod-security', 'medium', {reads: ['namespaces', 'pods']}),
  meta('psp-leftovers', 'pod-security', 'info', {isPreview: true}),
  meta('policy-carve-out', 'dual-stack', 'high'),
  meta('exec-argocd', 'exec-credentials', 'high', {reads: ['argocd-secrets', 'flux-secrets', 'version']}),
  meta('exec-flux', 'exec-credentials', 'high'),
]

export function finding(check: string, more: Partial<Finding> = {}): Finding {
  const own = METAS.find(one => one.id === check)
  if (own === undefined) throw new Error(`no check ${check}`)
  const severity = own.variants?.[more.variant ?? '']?.severity ?? own.severity
  const isLatent = more.state === 'latent'
  return {
    check, variant: '', topic: own.topic, severity: isLatent ? 'info' : severity, state: 'active', severityWhenActive: isLatent ? severity : null, confidence: 'certain',
    object: {apiVersion: 'v1', kind: 'Service', namespace: 'payments', name: 'cache-vip'}, owner: null, count: 1, path: '', message: `Says ${check}.`,
    source: null, details: null, fix: {text: own.remediation, patch: null, risk: null}, fixableBy: 'you', exemption: null, baseline: 'unchanged', fingerprint: '', ...more,
  }
}

const DEPLOYMENT = {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web'}

export const FINDINGS: readonly Finding[] = [
  finding('service-external-ip', {variant: 'cluster-dns', path: 'spec.externalIPs[0]', message: 'Claims 10.96.0.10, the address of the cluster DNS, so every name that pods look up is answered by it.', baseline: 'new', details: {type: 'external-ip', address: '10.96.0.10', addressClass: 'cluster-dns', road: 'spec', clashesWith: ['Service kube-system/kube-dns'], blocked: 'no'}}),
  finding('service-external-ip', {variant: 'private', source: {file: './dumps/prod eu#1.yaml', line: 12, column: 5}, object: {apiVersion: 'v1', kind: 'Service', namespace: HOSTILE, name: HOSTILE}, path: HOSTILE, message: `Claims ${HOSTILE}`}),
  finding('service-external-ip', {variant: 'node', object: {apiVersion: 'v1', kind: 'Service', namespace: 'payments', name: 'old'}, exemption: 'e1'}),
  finding('external-ip-writers', {object: {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Group', namespace: '', name: 'system:authenticated'}, fixableBy: 'provider', count: 11, message: 'May write spec.externalIPs in 11 namespaces.', details: {type: 'writers', road: 'spec', subjects: [{kind: 'Group', name: 'system:authenticated'}], grantedBy: [{kind: 'ClusterRoleBinding', name: 'all'}]}}),
  ...Array.from({length: 5}, (_, index) => finding('no-pod-enforcement', {object: {apiVersion: 'v1', kind: 'Namespace', namespace: '', name: `team-${index}`}})),
  finding('psp-leftovers', {object: {apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', namespace: '', name: 'restricted'}}),
  finding('policy-carve-out', {state: 'latent', object: {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'allow-web'}, owner: DEPLOYMENT}),
  finding('exec-flux', {object: {apiVersion: 'v1', kind: 'Secret', namespace: 'flux', name: 'kc'}, message: 'Runs aws-iam-authenticator --token hunter2hunter2 for https://api.example.org.', details: {type: 'exec', verdict: 'unknown', reasons: ['--token hunter2hunter2 is an argument']}}),
].map((one, index) => ({...one, fingerprint: `k1:${String(index).padStart(32, '0')}`})).sort(compareFindings)

export const check = (id: string, status: CheckResult['status'], more: Partial<CheckResult> = {}): CheckResult => ({
  id, topic: METAS.find(one => one.id === id)?.topic ?? 'dual-stack', status, looked: 7, skip: null, detail: '', isPreview: METAS.find(one => one.id === id)?.isPreview === true, ...more,
})

const CHECKS: readonly CheckResult[] = [
  check('no-pod-enforcement', 'failed'), check('psp-leftovers', 'failed'),
  check('service-external-ip', 'failed'), check('external-ip-writers', 'failed'),
  check('deny-plugin-off', 'skipped', {skip: {reason: 'not-observable', resource: '', detail: 'no road to the list of plugins is open', unblock: '--probe, or the right to get /metrics'}}),
  check('policy-carve-out', 'failed'),
  check('exec-argocd', 'skipped', {skip: {reason: 'forbidden', resource: 'secrets', detail: 'the server answered 403', unblock: 'kubectl k121 rbac --include-secrets'}}),
  check('exec-flux', 'failed'),
]

export function reportOf(checks: readonly CheckResult[], findings: readonly Finding[], more: Partial<AuditReport> = {}): AuditReport {
  const tally = newTally()
  for (const one of findings) count(tally, one)
  const topics: AuditReport['summary']['topics'] = {}
  for (const {topic} of checks) {
    const own = newTally()
    for (const one of findings) if (one.topic === topic) count(own, one)
    topics[topic] = {...(Object.fromEntries(SEVERITIES.map(severity => [severity, own[severity]])) as Record<Severity, number>), latent: own.latent, skipped: checks.filter(one => one.topic === topic && one.skip !== null).length}
  }
  return {
    tool: {name: 'kubectl-k121', version: '0.1.0', factsAsOf: '2026-11-24'},
    run: {startedAt: '2026-11-25T10:00:00.000Z', durationMs: 41_000, source: 'live', exitCode: 1, scope: {namespaces: 'all', excluded: ['kube-*'], topics: ['pod-security', 'external-ips', 'dual-stack', 'exec-credentials'], narrowed: []}},
    cluster: {
      id: '0123456789abcdef', name: 'prod-eu-1', facts: {
        server: {gitVersion: 'v1.29.6', minor: 29, emulationMinor: null, instances: 'unknown', evidence: '/version'}, kubelets: {minMinor: 28, maxMinor: 29},
        platform: {name: 'eks', evidence: 'Node spec.providerID'},
        families: {state: 'edge-dual', primary: 4, edge: [4, 6], hidden: null, services: [4], nodes: [4], counts: {pods: {v4: 8000, v6: 0, dual: 0}, services: null, nodes: null}, rangesFrom: {pods: '', services: 'ServiceCIDR', nodes: ''}, evidence: [{signal: 1, value: 'v4'}], ranges: {pods: [], services: ['10.100.0.0/16'], nodes: []}},
        denyServiceExternalIPs: {state: 'unknown', road: 'none', strength: 'none', tried: [{road: 'flagz', result: '404'}]},
        externalIPBlockers: [{engine: 'gatekeeper', name: 'k8sexternalips', state: 'auditing', coversStatus: false, gaps: ['UPDATE not matched']}],
        engines: [{name: 'gatekeeper', version: '3.20', state: 'auditing', endpointsReady: 3, failurePolicy: 'Ignore'}],
        counts: {namespaces: 312, pods: 8120, services: 900},
      },
    },
    completeness: {complete: false, resources: [
      {resource: 'services', outcome: 'complete', scope: 'cluster', oneSnapshot: false, items: 900, detail: ''},
      {resource: 'secrets', outcome: 'forbidden', scope: 'cluster', oneSnapshot: true, items: 0, detail: 'the server answered 403'},
    ]},
    checks,
    namespaces: [{name: 'a', enforce: {level: 'baseline', version: 'v1.29', labels: 'valid'}, audit: {level: '', version: '', labels: 'absent'}, warn: {level: 'x', version: '', labels: 'misspelt'}, fits: null, pods: 12}],
    exemptions: [{id: 'e1', status: 'active', until: '2027-10-01', matches: 1, reason: 'moves | in March'}, {id: 'e2', status: 'expired', until: '2026-10-01', matches: 0, reason: 'old'}, {id: 'e3', status: 'unused', until: '2027-01-01', matches: 0, reason: 'typo'}],
    gone: [{check: 'exec-flux', variant: '', namespace: 'flux', subject: 'Secret flux/old', severity: 'high', fingerprint: 'k1:ff', state: 'fixed'}],
    upgrade: [{release: 'v1.40', isTentative: true, text: '7 Services stop answering on their external addresses: spec.externalIPs is ignored.'}],
    summary: {...tally, verdicts: {'pod-security': 'partly', 'external-ips': 'open', 'dual-stack': 'latent', 'exec-credentials': 'unknown'}, topics, baseline: {new: 1, fixed: 1, unchanged: 12, unknown: 0}},
    ...more,
  }
}

export function resultOf(checks: readonly CheckResult[] = CHECKS, findings: readonly Finding[] = FINDINGS, more: Partial<AuditReport> = {}): AuditResult {
  return {report: reportOf(checks, findings, more), metas: new Map(METAS.map(one => [one.id, one])), findings: () => findings}
}
