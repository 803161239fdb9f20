import {flagValues} from './command-flags.js'
import {OddField, listAt, textAt} from './field.js'
import {filterRows} from './filter-rows.js'
import {crdOf, isCrdKey, isPluralOf} from './included-crd.js'
import type {CrdKey} from './included-crd.js'
import type {KubeObject} from './json.js'
import {controllerOf, groupOf, labelsOf, nameOf, namespaceOf} from './object.js'

/**
 * Everything that checks may read, one row each. A check names rows; the union
 * of the rows of the chosen checks is what an audit asks for, what a snapshot
 * holds and what the printed ClusterRole grants.
 */
export interface Resource {
  /** API group, empty for core. */
  group: string
  /** Best first: the first that the server serves is read. Empty: whatever is served. */
  versions: readonly string[]
  /** As in the URL. */
  plural: string
  /** Empty: only the server knows. */
  kind: string
  isNamespaced: boolean
  /** `metadata`: labels, annotations and owners are enough, and half the bytes. */
  form: 'full' | 'metadata'
  /** Order of reading: 1 policies and configuration, 2 cluster-wide inputs, 3 Services, 4 pods. */
  stage: 1 | 2 | 3 | 4
  /** Only these, where the whole is too much to ask for. */
  only?: readonly Only[]
  /** Only objects that other rows name; `refs` says which. */
  follows?: Follow
  /** The same list with more of each object: where both are asked for, this one alone is read and answers for both. */
  widens?: string
  /** Never read unless asked for by name: `--include-secrets`. */
  optIn?: 'secrets'
}

export interface Only {
  namespace?: string
  name?: string
  /** `key=value`, one term. */
  label?: string
  /** `type=…` on Secrets. */
  field?: string
}

export interface Follow {
  rows: readonly string[]
  refs(object: KubeObject): readonly {namespace: string; name: string}[]
}

/** Paths outside the API's resources. Each answer arrives as one object of the kind given here. */
export interface Endpoint {
  /** Empty: not a path that is asked. */
  path: string
  /** What it is, where it is no path. */
  words?: string
  kind: string
  stage: 0
}

const core = {group: '', versions: ['v1']} as const
const admission = {group: 'admissionregistration.k8s.io', isNamespaced: false, form: 'full', stage: 1} as const
const rbac = {group: 'rbac.authorization.k8s.io', versions: ['v1'], form: 'full', stage: 2} as const
const apps = {group: 'apps', versions: ['v1'], isNamespaced: true} as const

/** Flux names its kubeconfig Secrets in the objects that use them. */
function fluxSecrets(object: KubeObject): {namespace: string; name: string}[] {
  const name = textAt(object, 'spec', 'kubeConfig', 'secretRef', 'name')
  return name === undefined ? [] : [{namespace: namespaceOf(object), name}]
}

function fluxConfigMaps(object: KubeObject): {namespace: string; name: string}[] {
  const name = textAt(object, 'spec', 'kubeConfig', 'configMapRef', 'name')
  return name === undefined ? [] : [{namespace: namespaceOf(object), name}]
}

/** What `--configmap` of a controller names; its manifests leave its own namespace to a variable. */
function nginxConfigMaps(controller: KubeObject): {namespace: string; name: string}[] {
  const containers = listAt(controller, 'spec', 'template', 'spec', 'containers')
  return containers.flatMap(container => flagValues(container, 'configmap')).flatMap(value => {
    const [namespace = '', name] = value.replace('$(POD_NAMESPACE)', namespaceOf(controller)).split('/')
    return name === undefined || name === '' ? [] : [{namespace, name}]
  })
}

/** Kinds whose template is read from themselves: what they control carries a copy of it, and of the ones before. */
const TEMPLATE_OWNERS: ReadonlySet<string> = new Set(['apps/Deployment', 'argoproj.io/Rollout', 'apps.openshift.io/DeploymentConfig', 'batch/CronJob'])

/** Does this object carry the template of an owner that is read itself? */
export function isCopyOfTemplate(object: KubeObject): boolean {
  const controller = controllerOf(object)
  return controller !== null && TEMPLATE_OWNERS.has(`${groupOf(controller)}/${controller.kind}`)
}

/** Ten old ReplicaSets a Deployment, each as large as it: only those that nothing stands above are read in full. */
function replicaSetsOfTheirOwn(object: KubeObject): {namespace: string; name: string}[] {
  if (isCopyOfTemplate(object)) return []
  if (nameOf(object) === '') throw new OddField('metadata.name', 'there')
  return [{namespace: namespaceOf(object), name: nameOf(object)}]
}

function resources<K extends string>(rows: Record<K, Resource>): Record<K, Resource> {
  return rows
}

/** Kinds of constraints that are about the Pod Security Standards: Gatekeeper's library's, and our own. The rest of its folder pod-security-policy (FSGroup, FlexVolumes, ReadOnlyRootFilesystem) is about nothing in them. */
const POD_CONSTRAINTS = {
  k8spspallowedusers: 'K8sPSPAllowedUsers', k8spspallowprivilegeescalationcontainer: 'K8sPSPAllowPrivilegeEscalationContainer', k8spspapparmor: 'K8sPSPAppArmor',
  k8spspcapabilities: 'K8sPSPCapabilities', k8spspforbiddensysctls: 'K8sPSPForbiddenSysctls', k8spsphostfilesystem: 'K8sPSPHostFilesystem',
  k8spsphostnamespace: 'K8sPSPHostNamespace', k8spsphostnetworkingports: 'K8sPSPHostNetworkingPorts', k8spsphostprobeslifecycle: 'K8sPSPHostProbesLifecycle',
  k8spsphostprocess: 'K8sPSPHostProcess', k8spspprivilegedcontainer: 'K8sPSPPrivilegedContainer', k8spspprocmount: 'K8sPSPProcMount', k8spspseccomp: 'K8sPSPSeccomp',
  k8spspseccompv2: 'K8sPSPSeccompV2', k8spspselinux: 'K8sPSPSELinux', k8spspselinuxv2: 'K8sPSPSELinuxV2', k8spspvolumetypes: 'K8sPSPVolumeTypes',
  // What `explain --rego` prints.
  k121allowprivilegeescalation: 'K121AllowPrivilegeEscalation', k121apparmorprofile: 'K121AppArmorProfile', k121capabilitiesbaseline: 'K121CapabilitiesBaseline',
  k121capabilitiesrestricted: 'K121CapabilitiesRestricted', k121hostnamespaces: 'K121HostNamespaces', k121hostpathvolumes: 'K121HostPathVolumes', k121hostports: 'K121HostPorts',
  k121hostprobesandhostlifecycle: 'K121HostProbesAndHostLifecycle', k121privileged: 'K121Privileged', k121procmount: 'K121ProcMount', k121procmountrestricted: 'K121ProcMountRestricted',
  k121restrictedvolumes: 'K121RestrictedVolumes', k121runasnonroot: 'K121RunAsNonRoot', k121runasuser: 'K121RunAsUser', k121selinuxoptions: 'K121SeLinuxOptions',
  k121seccompprofilebaseline: 'K121SeccompProfileBaseline', k121seccompprofilerestricted: 'K121SeccompProfileRestricted', k121sysctls: 'K121Sysctls', k121windowshostprocess: 'K121WindowsHostProcess',
} as const

export type PodConstraintKey = keyof typeof POD_CONSTRAINTS
export const POD_CONSTRAINT_KEYS = Object.keys(POD_CONSTRAINTS) as PodConstraintKey[]

function podConstraints(): Record<PodConstraintKey, Resource> {
  const row = ([plural, kind]: [string, string]): [string, Resource] => [plural, {group: 'constraints.gatekeeper.sh', versions: ['v1beta1'], plural, kind, isNamespaced: false, form: 'full', stage: 1}]
  return Object.fromEntries(Object.entries(POD_CONSTRAINTS).map(row)) as Record<PodConstraintKey, Resource>
}

export const RESOURCES = resources({
  namespaces: {...core, plural: 'namespaces', kind: 'Namespace', isNamespaced: false, form: 'metadata', stage: 1},
  // Policies and webhooks.
  validatingadmissionpolicies: {...admission, versions: ['v1', 'v1beta1', 'v1alpha1'], plural: 'validatingadmissionpolicies', kind: 'ValidatingAdmissionPolicy'},
  validatingadmissionpolicybindings: {...admission, versions: ['v1', 'v1beta1', 'v1alpha1'], plural: 'validatingadmissionpolicybindings', kind: 'ValidatingAdmissionPolicyBinding'},
  validatingwebhookconfigurations: {...admission, versions: ['v1'], plural: 'validatingwebhookconfigurations', kind: 'ValidatingWebhookConfiguration'},
  mutatingwebhookconfigurations: {...admission, versions: ['v1'], plural: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration'},
  constrainttemplates: {group: 'templates.gatekeeper.sh', versions: ['v1', 'v1beta1'], plural: 'constrainttemplates', kind: 'ConstraintTemplate', isNamespaced: false, form: 'full', stage: 1},
  k8sexternalips: {group: 'constraints.gatekeeper.sh', versions: ['v1beta1'], plural: 'k8sexternalips', kind: 'K8sExternalIPs', isNamespaced: false, form: 'full', stage: 1},
  /** What `external-ips fix --to gatekeeper` prints. */
  k121externalips: {group: 'constraints.gatekeeper.sh', versions: ['v1beta1'], plural: 'k121externalips', kind: 'K121ExternalIPs', isNamespaced: false, form: 'full', stage: 1},
  ...podConstraints(),
  gatekeeperexpansions: {group: 'expansion.gatekeeper.sh', versions: ['v1beta1', 'v1alpha1'], plural: 'expansiontemplate', kind: 'ExpansionTemplate', isNamespaced: false, form: 'full', stage: 1},
  gatekeeperconfigs: {group: 'config.gatekeeper.sh', versions: ['v1alpha1'], plural: 'configs', kind: 'Config', isNamespaced: true, form: 'full', stage: 1},
  clusterpolicies: {group: 'kyverno.io', versions: ['v1', 'v2', 'v2beta1'], plural: 'clusterpolicies', kind: 'ClusterPolicy', isNamespaced: false, form: 'full', stage: 1},
  kyvernopolicies: {group: 'kyverno.io', versions: ['v1', 'v2', 'v2beta1'], plural: 'policies', kind: 'Policy', isNamespaced: true, form: 'full', stage: 1},
  policyexceptions: {group: 'kyverno.io', versions: ['v2', 'v2beta1', 'v2alpha1'], plural: 'policyexceptions', kind: 'PolicyException', isNamespaced: true, form: 'full', stage: 1},
  validatingpolicies: {group: 'policies.kyverno.io', versions: ['v1', 'v1beta1', 'v1alpha1'], plural: 'validatingpolicies', kind: 'ValidatingPolicy', isNamespaced: false, form: 'full', stage: 1},
  namespacedvalidatingpolicies: {group: 'policies.kyverno.io', versions: ['v1', 'v1beta1', 'v1alpha1'], plural: 'namespacedvalidatingpolicies', kind: 'NamespacedValidatingPolicy', isNamespaced: true, form: 'full', stage: 1},
  celpolicyexceptions: {group: 'policies.kyverno.io', versions: ['v1', 'v1beta1', 'v1alpha1'], plural: 'policyexceptions', kind: 'PolicyException', isNamespaced: true, form: 'full', stage: 1},
  clusteradmissionpolicies: {group: 'policies.kubewarden.io', versions: ['v1'], plural: 'clusteradmissionpolicies', kind: 'ClusterAdmissionPolicy', isNamespaced: false, form: 'full', stage: 1},
  jspolicies: {group: 'policy.jspolicy.com', versions: ['v1beta1'], plural: 'jspolicies', kind: 'JsPolicy', isNamespaced: false, form: 'full', stage: 1},
  /** Where k-rail's own instructions install it. */
  'k-rail-configmaps': {...core, plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true, form: 'full', stage: 1, only: [{namespace: 'k-rail', name: 'k-rail-config'}, {namespace: 'k-rail', name: 'k-rail-exemptions'}]},
  /** Pod Security admission as a webhook: its configuration, where its own manifests put it. */
  'psa-webhook-config': {...core, plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true, form: 'full', stage: 1, only: [{namespace: 'pod-security-webhook', name: 'pod-security-webhook'}]},
  podsecuritypolicies: {group: 'policy', versions: ['v1beta1'], plural: 'podsecuritypolicies', kind: 'PodSecurityPolicy', isNamespaced: false, form: 'full', stage: 1},
  securitycontextconstraints: {group: 'security.openshift.io', versions: ['v1'], plural: 'securitycontextconstraints', kind: 'SecurityContextConstraints', isNamespaced: false, form: 'full', stage: 1},
  'openshift-network': {group: 'config.openshift.io', versions: ['v1'], plural: 'networks', kind: 'Network', isNamespaced: false, form: 'full', stage: 1, only: [{name: 'cluster'}]},
  ...filterRows(),
  tenants: {group: 'capsule.clastix.io', versions: ['v1beta2', 'v1beta1', 'v1alpha1'], plural: 'tenants', kind: 'Tenant', isNamespaced: false, form: 'full', stage: 1},
  // The cluster itself.
  nodes: {...core, plural: 'nodes', kind: 'Node', isNamespaced: false, form: 'full', stage: 2},
  servicecidrs: {group: 'networking.k8s.io', versions: ['v1', 'v1beta1'], plural: 'servicecidrs', kind: 'ServiceCIDR', isNamespaced: false, form: 'full', stage: 2},
  'control-plane-pods': {
    ...core, plural: 'pods', kind: 'Pod', isNamespaced: true, form: 'full', stage: 2,
    only: [{namespace: 'kube-system', label: 'component=kube-apiserver'}, {namespace: 'kube-system', label: 'component=kube-controller-manager'}],
  },
  'network-configmaps': {
    ...core, plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true, form: 'full', stage: 2,
    only: [{namespace: 'kube-system', name: 'kubeadm-config'}, {namespace: 'kube-system', name: 'kube-proxy'}, {namespace: 'kube-system', name: 'kube-proxy-config'}, {namespace: 'kube-system', name: 'cilium-config'}],
  },
  'aws-node': {...apps, plural: 'daemonsets', kind: 'DaemonSet', form: 'full', stage: 2, only: [{namespace: 'kube-system', name: 'aws-node'}]},
  /** Agents that enforce network policies, as far as one says which families it does. */
  'policy-agents': {
    ...apps, plural: 'daemonsets', kind: 'DaemonSet', form: 'full', stage: 2,
    only: [{namespace: 'kube-system', name: 'azure-npm'}, {namespace: 'kube-system', name: 'calico-node'}, {namespace: 'calico-system', name: 'calico-node'}, {namespace: 'kube-system', name: 'canal'}, {namespace: 'kube-system', name: 'rke2-canal'}],
  },
  'ip-masq-agent': {...core, plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true, form: 'full', stage: 2, only: [{namespace: 'kube-system', name: 'ip-masq-agent'}]},
  'node-local-dns': {...apps, plural: 'daemonsets', kind: 'DaemonSet', form: 'full', stage: 2, only: [{namespace: 'kube-system', name: 'node-local-dns'}]},
  /** The controllers of ingress-nginx, by the label that its own manifests and its chart give them. */
  'ingress-nginx-deployments': {...apps, plural: 'deployments', kind: 'Deployment', form: 'full', stage: 2, only: [{label: 'app.kubernetes.io/name=ingress-nginx'}]},
  'ingress-nginx-daemonsets': {...apps, plural: 'daemonsets', kind: 'DaemonSet', form: 'full', stage: 2, only: [{label: 'app.kubernetes.io/name=ingress-nginx'}]},
  // Its place is the controller's to name: a right to any ConfigMap, as for those of Flux.
  'ingress-nginx-configmaps': {...core, plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true, form: 'full', stage: 3, optIn: 'secrets', follows: {rows: ['ingress-nginx-deployments', 'ingress-nginx-daemonsets'], refs: nginxConfigMaps}},
  ippools: {group: 'crd.projectcalico.org', versions: ['v1'], plural: 'ippools', kind: 'IPPool', isNamespaced: false, form: 'full', stage: 2},
  felixconfigurations: {group: 'crd.projectcalico.org', versions: ['v1'], plural: 'felixconfigurations', kind: 'FelixConfiguration', isNamespaced: false, form: 'full', stage: 2},
  clusterroles: {...rbac, plural: 'clusterroles', kind: 'ClusterRole', isNamespaced: false},
  clusterrolebindings: {...rbac, plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', isNamespaced: false},
  roles: {...rbac, plural: 'roles', kind: 'Role', isNamespaced: true},
  rolebindings: {...rbac, plural: 'rolebindings', kind: 'RoleBinding', isNamespaced: true},
  kustomizations: {group: 'kustomize.toolkit.fluxcd.io', versions: ['v1', 'v1beta2', 'v1beta1'], plural: 'kustomizations', kind: 'Kustomization', isNamespaced: true, form: 'full', stage: 2},
  helmreleases: {group: 'helm.toolkit.fluxcd.io', versions: ['v2', 'v2beta2', 'v2beta1'], plural: 'helmreleases', kind: 'HelmRelease', isNamespaced: true, form: 'full', stage: 2},
  // Owners, for roll-up: metadata is enough but for the replica count.
  deployments: {...apps, plural: 'deployments', kind: 'Deployment', form: 'metadata', stage: 2},
  daemonsets: {...apps, plural: 'daemonsets', kind: 'DaemonSet', form: 'metadata', stage: 2},
  statefulsets: {...apps, plural: 'statefulsets', kind: 'StatefulSet', form: 'metadata', stage: 2},
  replicasets: {...apps, plural: 'replicasets', kind: 'ReplicaSet', form: 'metadata', stage: 2},
  jobs: {group: 'batch', versions: ['v1'], plural: 'jobs', kind: 'Job', isNamespaced: true, form: 'metadata', stage: 2},
  cronjobs: {group: 'batch', versions: ['v1', 'v1beta1'], plural: 'cronjobs', kind: 'CronJob', isNamespaced: true, form: 'metadata', stage: 2},
  // What pods are made from.
  'deployment-templates': {...apps, plural: 'deployments', kind: 'Deployment', form: 'full', stage: 2, widens: 'deployments'},
  'daemonset-templates': {...apps, plural: 'daemonsets', kind: 'DaemonSet', form: 'full', stage: 2, widens: 'daemonsets'},
  'statefulset-templates': {...apps, plural: 'statefulsets', kind: 'StatefulSet', form: 'full', stage: 2, widens: 'statefulsets'},
  'replicaset-templates': {...apps, plural: 'replicasets', kind: 'ReplicaSet', form: 'full', stage: 2, follows: {rows: ['replicasets'], refs: replicaSetsOfTheirOwn}},
  'job-templates': {group: 'batch', versions: ['v1'], plural: 'jobs', kind: 'Job', isNamespaced: true, form: 'full', stage: 2, widens: 'jobs'},
  'cronjob-templates': {group: 'batch', versions: ['v1', 'v1beta1'], plural: 'cronjobs', kind: 'CronJob', isNamespaced: true, form: 'full', stage: 2, widens: 'cronjobs'},
  replicationcontrollers: {...core, plural: 'replicationcontrollers', kind: 'ReplicationController', isNamespaced: true, form: 'full', stage: 2},
  podtemplates: {...core, plural: 'podtemplates', kind: 'PodTemplate', isNamespaced: true, form: 'full', stage: 2},
  rollouts: {group: 'argoproj.io', versions: ['v1alpha1'], plural: 'rollouts', kind: 'Rollout', isNamespaced: true, form: 'full', stage: 2},
  clonesets: {group: 'apps.kruise.io', versions: ['v1beta1', 'v1alpha1'], plural: 'clonesets', kind: 'CloneSet', isNamespaced: true, form: 'full', stage: 2},
  deploymentconfigs: {group: 'apps.openshift.io', versions: ['v1'], plural: 'deploymentconfigs', kind: 'DeploymentConfig', isNamespaced: true, form: 'full', stage: 2},
  'knative-services': {group: 'serving.knative.dev', versions: ['v1'], plural: 'services', kind: 'Service', isNamespaced: true, form: 'full', stage: 2},
  // Traffic.
  endpointslices: {group: 'discovery.k8s.io', versions: ['v1', 'v1beta1'], plural: 'endpointslices', kind: 'EndpointSlice', isNamespaced: true, form: 'full', stage: 2},
  ingresses: {group: 'networking.k8s.io', versions: ['v1'], plural: 'ingresses', kind: 'Ingress', isNamespaced: true, form: 'full', stage: 3},
  services: {...core, plural: 'services', kind: 'Service', isNamespaced: true, form: 'full', stage: 3},
  pods: {...core, plural: 'pods', kind: 'Pod', isNamespaced: true, form: 'full', stage: 4},
  // Kubeconfigs that programs in the cluster use.
  'argocd-secrets': {...core, plural: 'secrets', kind: 'Secret', isNamespaced: true, form: 'full', stage: 3, optIn: 'secrets', only: [{label: 'argocd.argoproj.io/secret-type=cluster'}]},
  'capi-secrets': {...core, plural: 'secrets', kind: 'Secret', isNamespaced: true, form: 'full', stage: 3, optIn: 'secrets', only: [{field: 'type=cluster.x-k8s.io/secret'}]},
  'flux-secrets': {...core, plural: 'secrets', kind: 'Secret', isNamespaced: true, form: 'full', stage: 3, optIn: 'secrets', follows: {rows: ['kustomizations', 'helmreleases'], refs: fluxSecrets}},
  'helm-secrets': {...core, plural: 'secrets', kind: 'Secret', isNamespaced: true, form: 'full', stage: 3, optIn: 'secrets', only: [{field: 'type=helm.sh/release.v1'}]},
  // Any ConfigMap could be named, so reading them is as wide a right as reading Secrets.
  'flux-configmaps': {...core, plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true, form: 'full', stage: 3, optIn: 'secrets', follows: {rows: ['kustomizations', 'helmreleases'], refs: fluxConfigMaps}},
  'kubeconfig-configmaps': {
    ...core, plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true, form: 'full', stage: 3,
    only: [{namespace: 'kube-public', name: 'cluster-info'}, {namespace: 'kube-system', name: 'kube-proxy'}],
  },
})

function endpoints<K extends string>(rows: Record<K, Endpoint>): Record<K, Endpoint> {
  return rows
}

export const ENDPOINTS = endpoints({
  version: {path: '/version', kind: 'Version', stage: 0},
  flagz: {path: '/flagz', kind: 'Flagz', stage: 0},
  metrics: {path: '/metrics', kind: 'AdmissionMetrics', stage: 0},
  /** The dry-run creation of a Service with an external IP; answered only with `--probe`. */
  'external-ip-probe': {path: '', words: 'external-ip-probe (only with --probe)', kind: 'ExternalIPProbe', stage: 0},
  /** The dry-run creation of a pod, and dry-run changes of a label on namespaces; answered only with `--probe`. */
  'pod-security-probe': {path: '', words: 'pod-security-probe (only with --probe)', kind: 'PodSecurityProbe', stage: 0},
  /** The dry-run creation of a Service that requires both IP families; answered only with `--probe`. */
  'dual-stack-probe': {path: '', words: 'dual-stack-probe (only with --probe)', kind: 'DualStackProbe', stage: 0},
  /** The file of `--admission-config`: what no API shows of the API server's configuration. */
  'admission-config': {path: '', words: 'the admission configuration of the API server (only with --admission-config)', kind: 'AdmissionConfig', stage: 0},
  /** Where the kubeconfig leads; nothing is asked for it. */
  connection: {path: '', words: 'the address of the server, from the kubeconfig', kind: 'Connection', stage: 0},
})

export type ResourceKey = keyof typeof RESOURCES
export type EndpointKey = keyof typeof ENDPOINTS
/** Rows of the table, and those that were included by hand. */
export type RowKey = ResourceKey | CrdKey
export type ReadKey = RowKey | EndpointKey

export const READ_KEYS: readonly ReadKey[] = [...(Object.keys(ENDPOINTS) as EndpointKey[]), ...(Object.keys(RESOURCES) as ResourceKey[])]

export function isEndpoint(key: ReadKey): key is EndpointKey {
  return Object.hasOwn(ENDPOINTS, key)
}

export function rowOf(key: RowKey): Resource {
  if (!isCrdKey(key)) return RESOURCES[key]
  const {group, plural} = crdOf(key)
  return {group, plural, versions: [], kind: '', isNamespaced: true, form: 'full', stage: 2}
}

const WIDER: ReadonlyMap<string, ResourceKey> = new Map((Object.entries(RESOURCES) as [ResourceKey, Resource][]).flatMap(([key, {widens}]) => (widens === undefined ? [] : [[widens, key]])))

/** The row that answers for this one where both are asked for. */
export function widerOf(key: ReadKey): ResourceKey | undefined {
  return WIDER.get(key)
}

/** `services`, `networkpolicies.networking.k8s.io`: as kubectl and RBAC name it. */
export function resourceName({group, plural}: Resource): string {
  return group === '' ? plural : `${plural}.${group}`
}

/**
 * Does a row speak of this object? Files hold everything in one heap; a live
 * server is asked the same question by selectors. Rows that follow others are
 * decided by the references, not here.
 */
export function isOf(resource: Resource, object: KubeObject): boolean {
  const isOfKind = resource.kind === '' ? isPluralOf(resource.plural, object.kind) : object.kind === resource.kind
  if (!isOfKind || groupOf(object) !== resource.group) return false
  return resource.only === undefined || resource.only.some(only => isMatch(only, object))
}

function isMatch({namespace, name, label, field}: Only, object: KubeObject): boolean {
  if (namespace !== undefined && namespaceOf(object) !== namespace) return false
  if (name !== undefined && nameOf(object) !== name) return false
  if (label !== undefined) {
    const [key = '', value = ''] = label.split('=')
    if (labelsOf(object)[key] !== value) return false
  }
  return field === undefined || textAt(object, 'type') === field.slice('type='.length)
}
