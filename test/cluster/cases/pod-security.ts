import {gzipSync} from 'node:zlib'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {UID_OF_OWNER, base64, endpointsOf, inNamespace, namespace, object, pod, podWebhook} from './case.js'

const ENFORCED = {'pod-security.kubernetes.io/enforce': 'baseline'}
const RBAC = 'rbac.authorization.k8s.io/v1'
const any = {rule: 'RunAsAny'}

/** Where the plugin is on, no pod is let in without one. */
export const CAREFUL_POLICY = object('policy/v1beta1', 'PodSecurityPolicy', 'careful', {
  spec: {privileged: false, volumes: ['*'], runAsUser: any, fsGroup: any, supplementalGroups: any, seLinux: any},
}, {annotations: {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'}})

/** To everything that runs: what makes pods of workloads may use it. */
export const CAREFUL_GRANT = [
  object(RBAC, 'ClusterRole', 'careful', {rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use'], resourceNames: ['careful']}]}),
  object(RBAC, 'ClusterRoleBinding', 'careful', {roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'careful'}, subjects: [{kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts'}]}),
]

/** JSON, gzip, base64, and once more base64 by the API. */
function release(place: string, manifest: string): KubeObject {
  const stored = gzipSync(JSON.stringify({name: 'web', version: 1, info: {status: 'deployed'}, manifest})).toString('base64')
  const labels = {owner: 'helm', name: 'web', status: 'deployed', version: '1'}
  return object('v1', 'Secret', place, {type: 'helm.sh/release.v1', data: {release: base64(stored)}}, {labels})
}

function role(place: string, resource: string): KubeObject {
  return object(RBAC, 'Role', place, {rules: [{apiGroups: ['policy'], resources: [resource], verbs: ['use'], resourceNames: ['careful']}]})
}

/** Breaks baseline, and the policy lets it in. */
const HOST_PATH: JsonObject = {volumes: [{name: 'host', hostPath: {path: '/var/log'}}], containers: [{name: 'main', image: 'registry.example.com/main:1'}]}
const podWith = (place: string, spec: JsonObject, metadata: JsonObject = {}): KubeObject => object('v1', 'Pod', place, {spec}, metadata)
const staticPodWith = (place: string, spec: JsonObject): KubeObject => podWith(place, {...spec, nodeName: 'n1'}, {annotations: {'kubernetes.io/config.mirror': 'x'}})

const HARD = {name: 'main', image: 'registry.example.com/main:1', securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}}
const HARD_POD: JsonObject = {securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}, containers: [HARD]}
const LABELS = {app: 'web'}
const daemonSet = (place: string): KubeObject => object('apps/v1', 'DaemonSet', place, {spec: {selector: {matchLabels: LABELS}, template: {metadata: {labels: LABELS}, spec: HARD_POD}}})
const podOf = (place: string, owner: string, ...more: JsonObject[]): KubeObject =>
  podWith(place, {...HARD_POD, containers: [HARD, ...more]}, {labels: LABELS, ownerReferences: [{apiVersion: 'apps/v1', kind: 'DaemonSet', name: owner, uid: UID_OF_OWNER, controller: true}]})

const NO_PRIVILEGED = ['containers', 'initContainers', 'ephemeralContainers'].map(list => ({expression: `!has(object.spec.${list}) || object.spec.${list}.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)`}))
const ADMISSION = 'admissionregistration.k8s.io/v1'
const podPolicy = (name: string, operations: string[], resources: string[]): KubeObject => object(ADMISSION, 'ValidatingAdmissionPolicy', name, {
  spec: {failurePolicy: 'Fail', matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations, resources}]}, validations: NO_PRIVILEGED},
})
const bound = (policyName: string, selected: string, action: string): KubeObject => object(ADMISSION, 'ValidatingAdmissionPolicyBinding', policyName, {spec: {policyName, validationActions: [action], matchResources: {namespaceSelector: inNamespace(selected)}}})
/** By the status, which brings labels as well. */
function mayPatch(name: string, resource: string): KubeObject[] {
  return [
    object(RBAC, 'ClusterRole', name, {rules: [{apiGroups: [''], resources: [resource], verbs: ['patch']}]}),
    object(RBAC, 'ClusterRoleBinding', name, {roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name}, subjects: [{kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name}]}),
  ]
}
const EVERY_CHANGE: [string[], string[]] = [['CREATE', 'UPDATE'], ['pods', 'pods/ephemeralcontainers']]

/** A policy of k-rail that nobody names only reports. */
const OFF = ['pod_no_privileged_container', 'pod_no_host_pid', 'pod_no_host_network', 'pod_no_docker_sock', 'pod_no_new_capabilities', 'pod_no_root_user']

/** k-rail's own names, asked about one namespace. */
const K_RAIL = [
  namespace('k-rail'), namespace('railed'), endpointsOf('k-rail/k-rail'),
  object('v1', 'ConfigMap', 'k-rail/k-rail-config', {data: {'config.yml': 'policies:\n- {name: pod_no_bind_mounts, enabled: true}\n- {name: pod_deny_unconfined_apparmor_policy, enabled: true, report_only: true}\n' + OFF.map(name => `- {name: ${name}, enabled: false}\n`).join('')}}),
  object('v1', 'ConfigMap', 'k-rail/k-rail-exemptions', {data: {'config.yml': '[]'}}),
  object(ADMISSION, 'MutatingWebhookConfiguration', 'k-rail', {webhooks: [{
    name: 'k-rail.cruise-automation.github.com', failurePolicy: 'Ignore', sideEffects: 'None', admissionReviewVersions: ['v1'], namespaceSelector: inNamespace('railed'),
    clientConfig: {service: {namespace: 'k-rail', name: 'k-rail'}}, rules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods']}],
  }]}),
]
const RAIL = {kind: 'MutatingWebhookConfiguration', name: 'k-rail'}

const constraintTemplate = (kind: string): KubeObject => object('templates.gatekeeper.sh/v1', 'ConstraintTemplate', kind.toLowerCase(), {
  spec: {crd: {spec: {names: {kind}}}, targets: [{target: 'admission.k8s.gatekeeper.sh', rego: 'package x\nviolation[{"msg": "no"}] { input.review.object.x }'}]},
})

export const POD_SECURITY_CASES: readonly CheckCase[] = [
  {
    check: 'no-pod-enforcement',
    bad: [namespace('unlabelled'), pod('unlabelled/one')],
    found: {variant: 'unlabelled', kind: 'Namespace', name: 'unlabelled'},
    good: [namespace('enforced', ENFORCED), pod('enforced/one')],
  },
  {
    check: 'pod-security-label-invalid',
    bad: [namespace('misspelt', {'pod-security.kubernetes.io/enforced': 'baseline'})],
    found: {variant: 'misspelt', kind: 'Namespace', name: 'misspelt'},
    good: [namespace('spelt', {...ENFORCED, 'pod-security.kubernetes.io/enforce-version': 'v1.24'})],
  },
  {
    check: 'pod-security-label-invalid',
    bad: [namespace('from-the-future', {...ENFORCED, 'pod-security.kubernetes.io/enforce-version': 'v1.99'})],
    found: {variant: 'newer-than-server', kind: 'Namespace', name: 'from-the-future'},
    good: [],
  },
  {
    check: 'psp-in-helm-release', minors: [24],
    bad: [namespace('helm-old'), release('helm-old/sh.helm.release.v1.web.v1', 'kind: PodSecurityPolicy\nmetadata:\n  name: web\n')],
    found: {variant: 'current', kind: 'Secret', namespace: 'helm-old', name: 'sh.helm.release.v1.web.v1', state: 'latent'},
    good: [namespace('helm-new'), release('helm-new/sh.helm.release.v1.web.v1', 'kind: Service\nmetadata:\n  name: web\n')],
  },
  {
    check: 'psp-in-helm-release', minors: [30, 37],
    bad: [namespace('helm-old'), release('helm-old/sh.helm.release.v1.web.v1', 'kind: PodSecurityPolicy\nmetadata:\n  name: web\n')],
    found: {variant: 'current', kind: 'Secret', namespace: 'helm-old', name: 'sh.helm.release.v1.web.v1'},
    good: [namespace('helm-new'), release('helm-new/sh.helm.release.v1.web.v1', 'kind: Service\nmetadata:\n  name: web\n')],
  },
  {
    // Its clean twin is a server that does not serve the API.
    check: 'psp-in-use', minors: [24],
    bad: [namespace('psp-user'), pod('psp-user/one')],
    found: {variant: 'acting', kind: 'PodSecurityPolicy', name: 'careful'},
    good: [],
  },
  {
    check: 'namespace-labellers',
    bad: [namespace('labelled', ENFORCED), ...mayPatch('labellers', 'namespaces/status')],
    found: {variant: 'subject', kind: 'Group', name: 'labellers'},
    good: [namespace('enforced', ENFORCED), ...mayPatch('pod-writers', 'pods')],
  },
  {
    check: 'psp-leftovers', minors: [30, 37],
    bad: [namespace('dead-grant'), role('dead-grant/psp', 'podsecuritypolicies')],
    found: {variant: 'dead-grant', kind: 'Role', namespace: 'dead-grant', name: 'psp'},
    good: [namespace('live-grant'), role('live-grant/pdb', 'poddisruptionbudgets')],
  },
  {
    check: 'psp-leftovers', minors: [30, 37],
    bad: [namespace('annotated'), pod('annotated/one', [], {annotations: {'kubernetes.io/psp': 'careful'}})],
    found: {variant: 'annotation', kind: 'Pod', namespace: 'annotated', name: 'one'},
    good: [namespace('plain', ENFORCED), pod('plain/one')],
  },
  {
    check: 'webhook-fail-open',
    bad: K_RAIL,
    found: {variant: 'alone', ...RAIL},
    good: [namespace('judged-well'), endpointsOf('judged-well/judge'), podWebhook('judge-well', 'judged-well', {service: 'judged-well/judge'})],
  },
  {
    check: 'webhook-without-endpoints',
    bad: [namespace('unanswered'), podWebhook('unanswered', 'unanswered', {service: 'unanswered/gone'})],
    found: {variant: 'closed', kind: 'ValidatingWebhookConfiguration', name: 'unanswered'},
    good: [namespace('judged-well'), endpointsOf('judged-well/judge'), podWebhook('judge-well', 'judged-well', {service: 'judged-well/judge'})],
  },
  {
    check: 'webhook-without-endpoints',
    bad: [namespace('unanswered'), podWebhook('unanswered-open', 'unanswered', {service: 'unanswered/gone', failurePolicy: 'Ignore'})],
    found: {variant: 'open-unknown', kind: 'ValidatingWebhookConfiguration', name: 'unanswered-open'},
    good: [],
  },
  {
    check: 'pod-operation-not-covered', minors: [24],
    bad: K_RAIL,
    found: {variant: 'ephemeralcontainers', ...RAIL},
    good: [],
  },
  {
    check: 'pod-operation-not-covered', minors: [30, 37],
    bad: [namespace('new-alone'), podPolicy('new-alone', ['CREATE'], ['pods']), bound('new-alone', 'new-alone', 'Deny')],
    found: {variant: 'ephemeralcontainers', kind: 'ValidatingAdmissionPolicy', name: 'new-alone'},
    good: [namespace('every-change'), podPolicy('every-change', ...EVERY_CHANGE), bound('every-change', 'every-change', 'Deny')],
  },
  {
    check: 'policy-audit-only', minors: [24],
    bad: K_RAIL,
    found: {variant: 'k-rail', ...RAIL},
    good: [],
  },
  {
    check: 'policy-audit-only', minors: [30, 37],
    bad: [namespace('audited'), podPolicy('audited', ...EVERY_CHANGE), bound('audited', 'audited', 'Audit')],
    found: {variant: 'vap', kind: 'ValidatingAdmissionPolicy', name: 'audited'},
    good: [namespace('refused-too', ENFORCED), podPolicy('audited-too', ...EVERY_CHANGE), bound('audited-too', 'refused-too', 'Audit')],
  },
  {
    check: 'policy-without-binding', minors: [30, 37],
    bad: [podPolicy('pods-unbound', ...EVERY_CHANGE)],
    found: {variant: 'policy', kind: 'ValidatingAdmissionPolicy', name: 'pods-unbound'},
    good: [namespace('every-change'), podPolicy('every-change', ...EVERY_CHANGE), bound('every-change', 'every-change', 'Deny')],
  },
  {
    check: 'policy-without-binding',
    bad: [constraintTemplate('K8sPSPPrivilegedContainer')],
    found: {variant: 'template', kind: 'ConstraintTemplate', name: 'k8spspprivilegedcontainer'},
    good: [constraintTemplate('K8sPSPHostFilesystem'), object('constraints.gatekeeper.sh/v1beta1', 'K8sPSPHostFilesystem', 'no-host', {spec: {match: {kinds: [{apiGroups: [''], kinds: ['Pod']}]}}})],
  },
  {
    check: 'static-pod',
    bad: [namespace('static'), staticPodWith('static/miner-n1', HOST_PATH)],
    found: {variant: 'baseline', kind: 'Pod', namespace: 'static', name: 'miner-n1'},
    good: [namespace('static-well', ENFORCED), staticPodWith('static-well/web-n1', HARD_POD)],
  },
  {
    check: 'pod-refused-at-restart',
    bad: [namespace('labelled-later'), podWith('labelled-later/log', HOST_PATH)],
    later: [namespace('labelled-later', ENFORCED)],
    found: {variant: 'today', kind: 'Pod', namespace: 'labelled-later', name: 'log'},
    good: [namespace('enforced', ENFORCED), pod('enforced/one')],
  },
  {
    check: 'injected-container',
    bad: [namespace('injected', ENFORCED), daemonSet('injected/web'), podOf('injected/web-a', 'web', {name: 'proxy', image: 'registry.example.com/proxy:1'})],
    found: {variant: 'restricted', kind: 'Namespace', name: 'injected'},
    good: [namespace('as-written', ENFORCED), daemonSet('as-written/web'), podOf('as-written/web-a', 'web')],
  },
]
