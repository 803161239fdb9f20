import {filterPaths} from './filter-rows.js'
import type {EndpointKey, PodConstraintKey, ResourceKey} from './resources.js'
import {POD_CONSTRAINT_KEYS} from './resources.js'

/**
 * What a snapshot keeps of each row: everything that checks read, now or with
 * the Pod Security Standards to come, and nothing else. A path keeps all below
 * it; `[]` stands for each item of a list, `{}` for each key, and `!` at the end
 * keeps that something is there, but not what. `metadata` is the same for all.
 */
const CONTAINER = [
  'name', 'image', 'restartPolicy', 'securityContext', 'ports', 'volumeMounts[].name', 'volumeMounts[].mountPath', 'volumeMounts[].readOnly',
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle.postStart', 'lifecycle.preStop'].flatMap(probe => [`${probe}.httpGet.host`, `${probe}.tcpSocket.host`]),
]

const POD_SPEC = [
  'nodeName', 'hostNetwork', 'hostPID', 'hostIPC', 'hostUsers', 'os', 'securityContext', 'serviceAccountName', 'runtimeClassName',
  'dnsConfig.nameservers', 'hostAliases[].ip', 'volumes[].name', 'volumes[].hostPath', 'volumes[].csi.driver', 'volumes[].flexVolume.driver', 'volumes[].{}!',
  ...['initContainers', 'containers', 'ephemeralContainers'].flatMap(list => CONTAINER.map(path => `${list}[].${path}`)),
]

/** A template at a path: what its pods would be judged by. */
function templateAt(path: string): string[] {
  return [`${path}.metadata.annotations`, ...POD_SPEC.map(field => `${path}.spec.${field}`)]
}

const TEMPLATE = templateAt('spec.template')

/** What stands there may be a template, a pod spec, or what has a template in its spec (a job template). */
export function includedAt(path: string): readonly string[] {
  return [...templateAt(path), ...templateAt(`${path}.spec.template`), ...POD_SPEC.map(field => `${path}.${field}`)]
}

const POD = [...POD_SPEC.map(path => `spec.${path}`), 'status.phase', 'status.podIP', 'status.podIPs', 'status.hostIP', 'status.hostIPs']

const WEBHOOKS = ['name', 'rules', 'failurePolicy', 'matchPolicy', 'namespaceSelector', 'objectSelector', 'matchConditions', 'sideEffects', 'timeoutSeconds', 'clientConfig.service'].map(path => `webhooks[].${path}`)

const SERVICE = [
  'type', 'clusterIP', 'clusterIPs', 'externalIPs', 'externalName', 'externalTrafficPolicy', 'internalTrafficPolicy', 'ipFamilies', 'ipFamilyPolicy',
  'loadBalancerIP', 'loadBalancerClass', 'loadBalancerSourceRanges', 'ports', 'selector',
]

const SUBJECTS = ['roleRef', 'subjects']
const RULES = ['rules', 'aggregationRule']
const KUBECONFIG_REF = ['spec.kubeConfig']

/** What mutate and generate rules hold (whole objects, Secrets among them) only shows that they are there. */
const KYVERNO = ['spec.{}', 'spec.rules[].{}!', ...['name', 'match', 'exclude', 'preconditions', 'celPreconditions', 'validate'].map(field => `spec.rules[].${field}`)]

export const METADATA = ['name', 'namespace', 'generateName', 'uid', 'creationTimestamp', 'labels', 'annotations', 'ownerReferences'].map(field => `metadata.${field}`)

/**
 * The annotations that anything here reads. The rest are other programs' notes,
 * among them copies of whole objects (kubectl's last-applied-configuration).
 */
const ANNOTATIONS = [
  /kubernetes\.io\/psp/, /kubernetes\.io\/config\.mirror/, /(?:container\.)?apparmor\.security\.beta\.kubernetes\.io\/.*/, /(?:container\.)?seccomp\.security\.alpha\.kubernetes\.io\/.*/,
  /pod-security\.kubernetes\.io\/[a-z-]+/, /pod-policies\.kyverno\.io\/autogen-controllers/, /openshift\.io\/sa\.scc\.uid-range/,
  // Who writes the object again and again.
  /meta\.helm\.sh\/release-name/, /argocd\.argoproj\.io\/tracking-id/,
  // Filters and families of load balancers and ingresses.
  /service\.beta\.kubernetes\.io\/aws-load-balancer-(?:ip-address-type|security-groups|security-group-prefix-lists)/, /service\.beta\.kubernetes\.io\/load-balancer-source-ranges/,
  /service\.beta\.kubernetes\.io\/azure-(?:allowed-ip-ranges|allowed-service-tags|deny-all-except-load-balancer-source-ranges)/,
  /service\.cilium\.io\/src-ranges-policy/, /alb\.ingress\.kubernetes\.io\/(?:ip-address-type|inbound-cidrs|security-groups|security-group-prefix-lists)/, /kubernetes\.io\/ingress\.class/,
  /(?:nginx\.)?ingress\.kubernetes\.io\/(?:whitelist-source-range|allowlist-source-range|denylist-source-range|limit-whitelist|limit-allowlist)/,
  /haproxy-ingress\.github\.io\/(?:allow|white|deny)list-source-range/, /haproxy\.(?:org|com)\/(?:allow-list|whitelist|deny-list|blacklist)/,
  // Both controllers of HAProxy read theirs with the old prefix too; Traefik read its own in version 1.
  /ingress\.kubernetes\.io\/(?:allow-list|whitelist|deny-list|blacklist)/, /traefik\.ingress\.kubernetes\.io\/whitelist-source-range/,
  /k8s\.apisix\.apache\.org\/(?:allow|block)list-source-range/, /higress\.io\/(?:whitelist|blacklist|denylist)-source-range/, /haproxy\.router\.openshift\.io\/ip_(?:allow|white)list/,
  // Name and labels that an object has in Calico's API, kept in the store's.
  /projectcalico\.org\/metadata/,
  // Pods: what the sidecar takes, and networks beside the first.
  /traffic\.sidecar\.istio\.io\/(?:include|exclude)OutboundIPRanges/, /istio\.io\/dry-run/, /k8s\.v1\.cni\.cncf\.io\/(?:network-status|policy-for)/,
]
export const KEPT_ANNOTATIONS = new RegExp(`^(?:${ANNOTATIONS.map(({source}) => source).join('|')})$`)

/** Variables of the containers aws-node and calico-node that say which families pods have, and which are enforced. */
export const KEPT_VARIABLES = /^(?:ENABLE_.*|FELIX_IPV6SUPPORT|FELIX_BPFENABLED)$/

const FLAGZ = [
  'enable-admission-plugins', 'disable-admission-plugins', 'admission-control', 'admission-control-config-file', 'service-cluster-ip-range', 'feature-gates', 'runtime-config', 'emulated-version', 'authorization-mode', 'authorization-config', 'anonymous-auth',
].map(flag => `flags.${flag}`)

const CONFIG_KEYS = ['ClusterConfiguration', 'config.conf', 'config']
const CILIUM_KEYS = ['enable-ipv4', 'enable-ipv6', 'kube-proxy-replacement', 'disable-external-ip-mitigation', 'bpf-lb-sock-hostns-only', 'policy-cidr-match-mode', 'enable-policy', 'cluster-pool-ipv4-cidr', 'cluster-pool-ipv6-cidr']

const INGRESS_NGINX = ['name', 'command', 'args'].map(field => `spec.template.spec.containers[].${field}`)
const NGINX_KEYS = ['whitelist-source-range', 'denylist-source-range', 'block-cidrs', 'proxy-real-ip-cidr', 'disable-ipv6', 'use-proxy-protocol', 'use-forwarded-headers', 'enable-real-ip']

const DAEMON_VARIABLES = ['spec.template.spec.containers[].name', 'spec.template.spec.containers[].env[].name', 'spec.template.spec.containers[].env[].value', 'status.desiredNumberScheduled']

const POD_CONSTRAINT_PATHS = Object.fromEntries(POD_CONSTRAINT_KEYS.map((key): [string, readonly string[]] => [key, ['spec']])) as Record<PodConstraintKey, readonly string[]>

/** Rows of Secrets have no paths: nothing of them is ever kept. */
export const KEPT: Readonly<Record<Exclude<ResourceKey | EndpointKey, 'argocd-secrets' | 'capi-secrets' | 'flux-secrets' | 'helm-secrets'>, readonly string[]>> = {
  version: ['gitVersion', 'major', 'minor', 'emulationMajor', 'emulationMinor', 'minCompatibilityMajor', 'minCompatibilityMinor'],
  flagz: FLAGZ,
  metrics: ['plugins', 'manifestConfig'],
  'external-ip-probe': ['namespace', 'status', 'message', 'warnings'],
  'pod-security-probe': ['namespace', 'status', 'message', 'warnings', 'exemptions'],
  'dual-stack-probe': ['namespace', 'status', 'message', 'families'],
  // Given beside a snapshot, never kept in one; named so that its reader runs on what a snapshot would hold.
  'admission-config': ['file', 'document', 'included'],
  connection: ['host', 'port'],
  namespaces: [],
  validatingadmissionpolicies: ['spec'],
  validatingadmissionpolicybindings: ['spec'],
  validatingwebhookconfigurations: WEBHOOKS,
  mutatingwebhookconfigurations: WEBHOOKS,
  constrainttemplates: ['spec.crd.spec.names.kind', 'spec.targets'],
  k8sexternalips: ['spec'],
  k121externalips: ['spec'],
  ...POD_CONSTRAINT_PATHS,
  gatekeeperexpansions: ['spec'],
  gatekeeperconfigs: ['spec.match'],
  clusterpolicies: KYVERNO,
  kyvernopolicies: KYVERNO,
  policyexceptions: ['spec'],
  validatingpolicies: ['spec'],
  namespacedvalidatingpolicies: ['spec'],
  celpolicyexceptions: ['spec'],
  clusteradmissionpolicies: ['spec.mode', 'spec.rules', 'spec.module', 'spec.namespaceSelector', 'spec.objectSelector'],
  jspolicies: ['spec.type', 'spec.violationPolicy'],
  'k-rail-configmaps': ['data["config.yml"]'],
  'psa-webhook-config': ['data["podsecurityconfiguration.yaml"]'],
  podsecuritypolicies: ['spec'],
  securitycontextconstraints: [
    ...['PrivilegedContainer', 'HostDirVolumePlugin', 'HostNetwork', 'HostPID', 'HostIPC', 'HostPorts', 'PrivilegeEscalation'].map(what => `allow${what}`),
    'volumes', 'allowedCapabilities', 'defaultAddCapabilities', 'requiredDropCapabilities', 'seLinuxContext', 'runAsUser', 'seccompProfiles', 'allowedUnsafeSysctls', 'users', 'groups',
  ],
  'openshift-network': ['spec', 'status.clusterNetwork', 'status.serviceNetwork', 'status.networkType'],
  ...filterPaths(),
  tenants: ['spec.externalServiceIPs', 'spec.serviceOptions.externalIPs', 'status.namespaces'],
  nodes: ['spec.podCIDR', 'spec.podCIDRs', 'spec.providerID', 'status.addresses', 'status.nodeInfo.kubeletVersion', 'status.nodeInfo.osImage', 'status.nodeInfo.operatingSystem'],
  servicecidrs: ['spec.cidrs', 'status.conditions'],
  'control-plane-pods': [...POD, 'spec.containers[].command', 'spec.containers[].args'],
  'network-configmaps': [...CONFIG_KEYS, ...CILIUM_KEYS].map(key => `data["${key}"]`),
  'aws-node': DAEMON_VARIABLES,
  'policy-agents': DAEMON_VARIABLES,
  'ip-masq-agent': ['data.config'],
  'ingress-nginx-deployments': INGRESS_NGINX,
  'ingress-nginx-daemonsets': INGRESS_NGINX,
  'ingress-nginx-configmaps': NGINX_KEYS.map(key => `data["${key}"]`),
  'node-local-dns': ['spec.template.spec.containers[].args'],
  ippools: ['spec.cidr', 'spec.allowedUses', 'spec.disabled'],
  felixconfigurations: ['spec.ipv6Support', 'spec.bpfEnabled'],
  clusterroles: RULES,
  clusterrolebindings: SUBJECTS,
  roles: RULES,
  rolebindings: SUBJECTS,
  kustomizations: KUBECONFIG_REF,
  helmreleases: KUBECONFIG_REF,
  deployments: ['spec.replicas'],
  daemonsets: [],
  statefulsets: ['spec.replicas'],
  replicasets: ['spec.replicas'],
  jobs: [],
  cronjobs: [],
  'deployment-templates': ['spec.replicas', ...TEMPLATE],
  'daemonset-templates': TEMPLATE,
  'statefulset-templates': ['spec.replicas', ...TEMPLATE],
  'replicaset-templates': ['spec.replicas', ...TEMPLATE],
  'job-templates': ['spec.suspend', 'status.conditions[].type', 'status.conditions[].status', ...TEMPLATE],
  'cronjob-templates': ['spec.suspend', ...templateAt('spec.jobTemplate.spec.template')],
  replicationcontrollers: ['spec.replicas', ...TEMPLATE],
  podtemplates: templateAt('template'),
  rollouts: ['spec.replicas', 'spec.workloadRef', ...TEMPLATE],
  clonesets: ['spec.replicas', ...TEMPLATE],
  deploymentconfigs: ['spec.replicas', ...TEMPLATE],
  'knative-services': TEMPLATE,
  endpointslices: ['addressType', 'endpoints[].addresses', 'endpoints[].conditions', 'endpoints[].nodeName', 'endpoints[].targetRef', 'ports'],
  ingresses: ['spec.ingressClassName', 'status.loadBalancer'],
  services: [...SERVICE.map(field => `spec.${field}`), 'status.loadBalancer'],
  pods: POD,
  'flux-configmaps': ['data', 'binaryData'],
  'kubeconfig-configmaps': ['data', 'binaryData'],
}
