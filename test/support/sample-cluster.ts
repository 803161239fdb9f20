import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {FILTER_KEYS} from '../../src/kube/filter-rows.js'
import type {FilterKey} from '../../src/kube/filter-rows.js'
import {POD_CONSTRAINT_KEYS, RESOURCES} from '../../src/kube/resources.js'
import type {EndpointKey, PodConstraintKey, Resource, ResourceKey} from '../../src/kube/resources.js'
import {FILTER_SAMPLES} from './sample-filters.js'

type Sample = JsonObject & {metadata?: JsonObject}

const named = (name: string, rest: JsonObject = {}, namespace = 'shop'): Sample => ({...rest, metadata: {namespace, name, uid: `uid-${name}`, ...(rest['metadata'] as JsonObject | undefined)}})
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: a
clusters: [{name: a, cluster: {server: https://a.example.com, insecure-skip-tls-verify: true}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
users: [{name: a, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: /tmp/x, args: [-c, id]}}}]
`
const SERVICE_RULE = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services', 'services/status'], scope: '*'}
const SELECTOR = {matchLabels: {a: 'b'}, matchExpressions: [{key: 'a', operator: 'In', values: ['b']}]}
const NO_EXTERNAL_IPS = '!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0'
const CEL_SPEC = {
  failurePolicy: 'Fail', matchConstraints: {resourceRules: [SERVICE_RULE], excludeResourceRules: [{...SERVICE_RULE, resources: ['pods']}], namespaceSelector: SELECTOR, objectSelector: {}},
  validations: [{expression: NO_EXTERNAL_IPS, message: 'no'}], variables: [{name: 'ips', expression: 'object.spec.externalIPs'}], matchConditions: [{name: 'm', expression: 'true'}],
}
const KYVERNO_SPEC = {
  validationFailureAction: 'Enforce', admission: true, background: true, validationFailureActionOverrides: [{action: 'Audit', namespaces: ['dev-*'], namespaceSelector: SELECTOR}],
  rules: [{
    name: 'no-external-ips', match: {any: [{resources: {kinds: ['Service'], operations: ['CREATE'], namespaces: ['shop']}}], all: []}, exclude: {any: [{resources: {namespaces: ['kube-system'], kinds: ['Service']}}]},
    preconditions: {all: []}, celPreconditions: [], validate: {failureAction: 'Enforce', allowExistingViolations: true, message: 'no', pattern: {spec: {'=(externalIPs)': 'null'}}, cel: {expressions: [{expression: NO_EXTERNAL_IPS}]}},
  }],
}
const webhooks = (name: string, service: string): JsonObject[] => [{
  name, failurePolicy: 'Ignore', rules: [SERVICE_RULE], namespaceSelector: SELECTOR, objectSelector: {}, matchConditions: [], sideEffects: 'None',
  clientConfig: {service: {namespace: 'shop', name: service, path: '/'}}, admissionReviewVersions: ['v1'],
}]
const owned = (kind: string, name: string): JsonObject => ({ownerReferences: [{apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true}]})
const container = (name: string, more: JsonObject = {}): JsonObject => ({name, image: `registry.k8s.io/${name}:v1.30.0`, command: [name], args: ['--x=y'], env: [{name: 'A', value: 'b'}], ...more})
/** What is filled in before a template is judged copies containers whole: a copy is no reading. */
const judged = (name: string, more: JsonObject): JsonObject => ({name, image: 'registry.k8s.io/x:1', ...more})
const TEMPLATE = {
  metadata: {annotations: {'container.apparmor.security.beta.kubernetes.io/main': 'unconfined', 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined'}},
  spec: {
    hostPID: true, securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}, sysctls: [{name: 'kernel.msgmax', value: '1'}]}, volumes: [{name: 'a', hostPath: {path: '/x'}}, {name: 'b', emptyDir: {}}],
    containers: [judged('main', {ports: [{containerPort: 80, hostPort: 80}], livenessProbe: {httpGet: {host: '10.0.0.1', port: 80}}, lifecycle: {preStop: {tcpSocket: {host: '10.0.0.1', port: 80}}}, securityContext: {privileged: true, capabilities: {add: ['NET_ADMIN'], drop: ['ALL']}}})],
    initContainers: [judged('first', {restartPolicy: 'Always', securityContext: {allowPrivilegeEscalation: false, procMount: 'Unmasked'}})],
  },
}
const ROLE_RULES = [
  {apiGroups: ['policy'], resources: ['podsecuritypolicies'], resourceNames: ['open'], verbs: ['use']},
  {apiGroups: [''], resources: ['services', 'services/status'], verbs: ['create', 'update', 'patch']},
]
const binding = (kind: string): JsonObject => ({roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind, name: 'writers'}, subjects: [{kind: 'User', name: 'eve', apiGroup: 'rbac.authorization.k8s.io'}, {kind: 'ServiceAccount', name: 'sa', namespace: 'shop'}]})

const POD_CONSTRAINT = {
  enforcementAction: 'scoped', scopedEnforcementActions: [{action: 'deny', enforcementPoints: [{name: 'validation.gatekeeper.sh'}]}],
  match: {kinds: [{apiGroups: [''], kinds: ['Pod']}], source: 'All', scope: 'Namespaced', namespaces: ['shop'], excludedNamespaces: ['dev'], namespaceSelector: SELECTOR, labelSelector: SELECTOR, name: 'x'},
  parameters: {exemptImages: ['a/*'], volumes: ['secret'], allowedProfiles: ['RuntimeDefault'], runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 2}]}},
}
const POD_CONSTRAINTS = Object.fromEntries(POD_CONSTRAINT_KEYS.map((key): [string, Sample[]] => [key, [named(`psp-${key}`, {spec: POD_CONSTRAINT})]])) as Record<PodConstraintKey, Sample[]>

const FILTERS = Object.fromEntries(FILTER_KEYS.map((key): [string, Sample[]] => [key, [named(`filter-${key}`, FILTER_SAMPLES[key])]])) as Record<FilterKey, Sample[]>

const SAMPLES: Record<ResourceKey, readonly Sample[]> = {
  namespaces: [{metadata: {name: 'shop', uid: 'u1', labels: {'pod-security.kubernetes.io/enforced': 'baseline', a: 'b'}, annotations: {'pod-security.kubernetes.io/warn': 'baseline'}}}, {metadata: {name: 'kube-system', uid: 'u2', labels: {'pod-security.kubernetes.io/enforce': 'privileged'}}}],
  validatingadmissionpolicies: [named('vap', {spec: {...CEL_SPEC, paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}})],
  validatingadmissionpolicybindings: [named('vapb', {spec: {policyName: 'vap', validationActions: ['Deny', 'Audit'], matchResources: {resourceRules: [SERVICE_RULE], namespaceSelector: SELECTOR}, paramRef: {name: 'p', parameterNotFoundAction: 'Deny'}}})],
  validatingwebhookconfigurations: [named('gatekeeper', {metadata: {labels: {a: 'b'}}, webhooks: webhooks('validation.gatekeeper.sh', 'hook')}), named('kyverno', {webhooks: webhooks('validate.kyverno.svc-fail', 'hook')})],
  mutatingwebhookconfigurations: [named('mutating', {webhooks: webhooks('capsule.example', 'hook')})],
  constrainttemplates: [named('k8sexternalips', {spec: {crd: {spec: {names: {kind: 'K8sExternalIPs'}}}, targets: [{target: 'admission.k8s.gatekeeper.sh', rego: 'package x\n externalIPs', code: [{engine: 'Rego', source: {rego: 'package y'}}]}]}})],
  k121externalips: [named('fix', {spec: {match: {kinds: [{apiGroups: [''], kinds: ['Service']}]}, parameters: {allowedCIDRs: ['192.0.2.0/24'], controllers: ['system:serviceaccount:metallb-system:controller']}}})],
  k8sexternalips: [named('ext', {spec: {enforcementAction: 'scoped', scopedEnforcementActions: [{action: 'deny', enforcementPoints: [{name: 'validation.gatekeeper.sh'}]}], match: {kinds: [{apiGroups: [''], kinds: ['Service']}], namespaces: ['shop'], excludedNamespaces: ['dev'], namespaceSelector: SELECTOR, labelSelector: SELECTOR, name: 'x'}, parameters: {allowedIPs: ['192.0.2.1']}}})],
  ...POD_CONSTRAINTS,
  ...FILTERS,
  gatekeeperexpansions: [named('expand-deployments', {spec: {applyTo: [{groups: ['apps'], versions: ['v1'], kinds: ['Deployment']}], templateSource: 'spec.template', generatedGVK: {group: '', version: 'v1', kind: 'Pod'}, enforcementAction: 'warn'}})],
  gatekeeperconfigs: [named('config', {spec: {match: [{excludedNamespaces: ['kube-system'], processes: ['webhook']}]}})],
  clusterpolicies: [named('kyv', {spec: KYVERNO_SPEC})],
  kyvernopolicies: [named('kyv-shop', {spec: KYVERNO_SPEC})],
  policyexceptions: [named('px', {spec: {exceptions: [{policyName: 'other', ruleNames: ['x']}], match: {}}})],
  validatingpolicies: [named('vpol', {spec: {...CEL_SPEC, validationActions: ['Deny'], evaluation: {admission: {enabled: true}}}})],
  namespacedvalidatingpolicies: [named('nvpol', {spec: {...CEL_SPEC, validationActions: ['Deny']}})],
  celpolicyexceptions: [named('cpx', {spec: {policyRefs: [{name: 'other', kind: 'ValidatingPolicy'}]}})],
  'psa-webhook-config': [named('pod-security-webhook', {data: {'podsecurityconfiguration.yaml': 'apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n'}}, 'pod-security-webhook')],
  clusteradmissionpolicies: [named('kw', {spec: {mode: 'protect', module: 'x'}})],
  jspolicies: [named('js', {spec: {type: 'Validating', violationPolicy: 'Warn', javascript: 'deny()'}})],
  'k-rail-configmaps': [named('k-rail-config', {data: {'config.yml': 'policies: [{name: pod_no_host_pid, enabled: true, report_only: false}]\n'}}, 'k-rail'), named('k-rail-exemptions', {data: {'config.yml': '- namespace: kube-system\n'}}, 'k-rail')],
  podsecuritypolicies: [named('open', {spec: {privileged: true, allowPrivilegeEscalation: true, readOnlyRootFilesystem: false, hostPID: true, hostIPC: true, hostNetwork: true, volumes: ['*'], allowedCapabilities: ['*'], hostPorts: [{min: 0, max: 65_535}], ...Object.fromEntries(['runAsUser', 'runAsGroup', 'seLinux', 'supplementalGroups', 'fsGroup'].map(field => [field, {rule: 'RunAsAny'}]))}})],
  securitycontextconstraints: [{
    ...named('restricted-v2'), allowPrivilegedContainer: false, allowHostDirVolumePlugin: false, allowHostNetwork: false, allowHostPID: false, allowHostIPC: false, allowHostPorts: false, allowPrivilegeEscalation: false,
    volumes: ['configMap', 'secret'], allowedCapabilities: ['NET_BIND_SERVICE'], defaultAddCapabilities: ['CHOWN'], requiredDropCapabilities: ['ALL'], seLinuxContext: {type: 'MustRunAs', seLinuxOptions: {type: 'container_t', user: '', role: '', level: 's0'}},
    runAsUser: {type: 'MustRunAsRange', uid: 1, uidRangeMin: 1, uidRangeMax: 2}, seccompProfiles: ['runtime/default'], allowedUnsafeSysctls: ['kernel.msgmax'], users: ['bob'], groups: ['system:authenticated'],
  }],
  'openshift-network': [named('cluster', {spec: {externalIP: {policy: {allowedCIDRs: ['192.0.2.0/24'], rejectedCIDRs: []}, autoAssignCIDRs: []}}})],
  tenants: [named('oil', {spec: {serviceOptions: {externalIPs: {allowed: ['192.0.2.0/24']}}}, status: {namespaces: ['shop']}})],
  nodes: [named('n1', {spec: {podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'], providerID: 'kind://x'}, status: {addresses: [{type: 'InternalIP', address: '10.0.0.1'}, {type: 'Hostname', address: 'n1'}], nodeInfo: {kubeletVersion: 'v1.30.0', osImage: 'Debian'}}})],
  servicecidrs: [named('kubernetes', {spec: {cidrs: ['10.96.0.0/12']}})],
  'control-plane-pods': ['kube-apiserver', 'kube-controller-manager'].map(name => named(name, {metadata: {labels: {component: name}}, spec: {containers: [container(name, {command: [name, '--enable-admission-plugins=NodeRestriction', '--service-cluster-ip-range=10.96.0.0/12', '--cluster-cidr=10.244.0.0/16', '--admission-control-config-file=/etc/psa.yaml']})], hostNetwork: true, nodeName: 'n1'}, status: {phase: 'Running', podIPs: [{ip: '10.0.0.1'}]}}, 'kube-system')),
  'network-configmaps': [
    named('kubeadm-config', {data: {ClusterConfiguration: 'networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}\n'}}, 'kube-system'), named('kube-proxy', {data: {'config.conf': 'mode: ipvs\nclusterCIDR: 10.244.0.0/16\nnodePortAddresses: [10.0.0.0/8]\n'}}, 'kube-system'),
    named('cilium-config', {data: {'enable-ipv4': 'true', 'enable-ipv6': 'false', 'kube-proxy-replacement': 'true', 'disable-external-ip-mitigation': 'false', 'cluster-pool-ipv4-cidr': '10.0.0.0/8', 'policy-cidr-match-mode': 'nodes'}}, 'kube-system'),
  ],
  'aws-node': [named('aws-node', {spec: {template: {spec: {containers: [container('aws-node', {env: [{name: 'ENABLE_V6_EGRESS', value: 'true'}, {name: 'ENABLE_IPv4', value: 'true'}]})], initContainers: [container('init')]}}}, status: {desiredNumberScheduled: 3}}, 'kube-system')],
  'ip-masq-agent': [named('ip-masq-agent', {data: {config: 'nonMasqueradeCIDRs: [10.0.0.0/8]\nmasqLinkLocal: false\n'}}, 'kube-system')],
  'node-local-dns': [named('node-local-dns', {spec: {template: {spec: {containers: [container('node-cache', {args: ['-localip', '169.254.20.10,10.96.0.10']})]}}}, status: {desiredNumberScheduled: 3}}, 'kube-system')],
  ...Object.fromEntries((['ingress-nginx-deployments', 'ingress-nginx-daemonsets'] as const).map((key): [string, Sample[]] => [key, [named(key, {
    metadata: {labels: {'app.kubernetes.io/name': 'ingress-nginx'}}, spec: {template: {spec: {containers: [container('controller', {args: ['/nginx-ingress-controller', '--configmap=$(POD_NAMESPACE)/nginx', '--annotations-prefix=nginx.ingress.kubernetes.io']})]}}},
  })]])) as Record<'ingress-nginx-deployments' | 'ingress-nginx-daemonsets', Sample[]>,
  'ingress-nginx-configmaps': [named('nginx', {data: {'whitelist-source-range': '10.0.0.0/8', 'denylist-source-range': '192.0.2.0/24', 'block-cidrs': '192.0.2.0/24', 'proxy-real-ip-cidr': '10.0.0.0/8', 'disable-ipv6': 'false', 'use-proxy-protocol': 'true', 'use-forwarded-headers': 'false', 'enable-real-ip': 'false'}})],
  ippools: [named('pool', {spec: {cidr: '10.244.0.0/16', disabled: false, allowedUses: ['Workload']}})],
  'policy-agents': [named('calico-node', {spec: {template: {spec: {containers: [container('calico-node', {env: [{name: 'FELIX_IPV6SUPPORT', value: 'false'}]})]}}}, status: {desiredNumberScheduled: 3}}, 'kube-system')],
  felixconfigurations: [named('default', {spec: {bpfEnabled: false, ipv6Support: false}})],
  clusterroles: [named('writers', {rules: ROLE_RULES, aggregationRule: {clusterRoleSelectors: [SELECTOR]}}), named('use-psp', {rules: ROLE_RULES, metadata: {labels: {a: 'b'}}})],
  clusterrolebindings: [named('writers', binding('ClusterRole'))],
  roles: [named('writers', {rules: ROLE_RULES})],
  rolebindings: [named('writers', binding('Role'))],
  kustomizations: [named('k', {spec: {kubeConfig: {secretRef: {name: 'flux', key: 'value'}}}})],
  helmreleases: [named('h', {spec: {kubeConfig: {configMapRef: {name: 'flux-map'}}}})],
  deployments: [named('web', {metadata: {labels: {'app.kubernetes.io/version': '1.0'}}}), named('kyverno-admission-controller', {metadata: {labels: {'app.kubernetes.io/version': 'v1.13.4'}}})],
  daemonsets: [named('metallb-speaker', {metadata: {labels: {app: 'metallb', component: 'speaker'}}})],
  statefulsets: [named('db')],
  replicasets: [named('web-1', {metadata: owned('Deployment', 'web')})],
  jobs: [named('job-1', {metadata: owned('CronJob', 'cron')})],
  cronjobs: [named('cron')],
  'deployment-templates': [named('web', {spec: {replicas: 2, template: TEMPLATE}})],
  'daemonset-templates': [named('metallb-speaker', {spec: {template: TEMPLATE}})],
  'statefulset-templates': [named('db', {spec: {replicas: 1, template: TEMPLATE}})],
  'replicaset-templates': [named('alone', {spec: {replicas: 1, template: TEMPLATE}})],
  'job-templates': [named('once', {spec: {suspend: true, template: TEMPLATE}, status: {conditions: [{type: 'Suspended', status: 'True'}]}}), named('job-1', {metadata: owned('CronJob', 'cron'), spec: {template: TEMPLATE}})],
  'cronjob-templates': [named('cron', {spec: {suspend: false, jobTemplate: {spec: {template: TEMPLATE}}}})],
  replicationcontrollers: [named('old', {spec: {replicas: 1, template: TEMPLATE}})],
  podtemplates: [named('shape', {template: TEMPLATE})],
  rollouts: [named('canary', {spec: {replicas: 1, template: TEMPLATE}}), named('canary-of-web', {spec: {workloadRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'web'}}})],
  clonesets: [named('clones', {spec: {replicas: 1, template: TEMPLATE}})],
  deploymentconfigs: [named('config', {spec: {replicas: 1, template: TEMPLATE}})],
  'knative-services': [named('function', {spec: {template: TEMPLATE}})],
  endpointslices: [
    named('hook-1', {metadata: {labels: {'kubernetes.io/service-name': 'hook'}}, addressType: 'IPv4', endpoints: [{addresses: ['10.244.0.9'], conditions: {ready: true}, targetRef: {kind: 'Pod', name: 'web-1-a', namespace: 'shop'}}], ports: [{name: 'main', port: 443, protocol: 'TCP'}]}),
    named('kubernetes', {metadata: {labels: {'kubernetes.io/service-name': 'kubernetes'}}, addressType: 'IPv4', endpoints: [{addresses: ['10.0.0.1'], conditions: {ready: true}}], ports: [{name: 'https', port: 6443, protocol: 'TCP'}]}, 'default'),
  ],
  ingresses: [named('edge', {spec: {ingressClassName: 'x'}, status: {loadBalancer: {ingress: [{ip: '52.1.2.3', hostname: 'a.example.com'}]}}}), named('filtered', {
    metadata: {annotations: {'nginx.ingress.kubernetes.io/allowlist-source-range': '10.0.0.0/8', 'nginx.ingress.kubernetes.io/denylist-source-range': '10.1.0.0/16', 'nginx.ingress.kubernetes.io/limit-allowlist': '10.2.0.0/16', 'ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8', 'alb.ingress.kubernetes.io/inbound-cidrs': '10.0.0.0/8', 'alb.ingress.kubernetes.io/ip-address-type': 'dualstack'}},
    spec: {ingressClassName: 'nginx'}, status: {loadBalancer: {ingress: [{ip: '52.1.2.4'}]}},
  })],
  services: [
    named('kubernetes', {spec: {type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{port: 443, protocol: 'TCP', targetPort: 6443}]}}, 'default'),
    named('vip', {metadata: {labels: {a: 'b'}, annotations: {a: 'b'}, finalizers: ['service.kubernetes.io/load-balancer-cleanup']}, spec: {type: 'LoadBalancer', loadBalancerClass: 'x/y', clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', externalIPs: ['10.96.0.1', '198.51.100.7'], selector: {a: 'b'}, ports: [{name: 'a', port: 53, protocol: 'UDP', targetPort: 53}]}, status: {loadBalancer: {ingress: [{ip: '10.0.0.1', ipMode: 'VIP', hostname: 'lb.example.com'}]}}}),
    named('ranged', {metadata: {annotations: {'service.beta.kubernetes.io/load-balancer-source-ranges': '10.1.0.0/16', 'service.beta.kubernetes.io/aws-load-balancer-ip-address-type': 'dualstack'}}, spec: {type: 'LoadBalancer', clusterIP: '10.96.0.21', clusterIPs: ['10.96.0.21'], ipFamilies: ['IPv4'], loadBalancerSourceRanges: ['10.1.0.0/16'], ports: [{port: 80, nodePort: 30080}]}, status: {loadBalancer: {ingress: [{ip: '192.0.2.7', ipMode: 'VIP'}]}}}),
  ],
  pods: [
    named('web-1-a', {metadata: {...owned('ReplicaSet', 'web-1'), creationTimestamp: '2026-01-01T00:00:00Z', generateName: 'web-1-', labels: {a: 'b'}, annotations: {'kubernetes.io/psp': 'open', 'kubernetes.io/config.mirror': 'x'}}, spec: {hostNetwork: false, nodeName: 'n1', containers: [container('web', {securityContext: {privileged: true}})]}, status: {phase: 'Running', podIP: '10.244.0.9', podIPs: [{ip: '10.244.0.9'}], hostIP: '10.0.0.1', hostIPs: [{ip: '10.0.0.1'}]}}),
    named('web-1-b', {metadata: {creationTimestamp: '2026-01-02T00:00:00Z'}, spec: {containers: [container('web')]}, status: {phase: 'Running', podIP: '10.244.0.10', podIPs: [{ip: '10.244.0.10'}]}}),
  ],
  'argocd-secrets': [named('argo', {metadata: {labels: {'argocd.argoproj.io/secret-type': 'cluster'}}, type: 'Opaque', data: {server: base64('https://a.example.com'), name: base64('a'), config: base64(JSON.stringify({execProviderConfig: {command: 'aws', args: ['eks'], env: {A: 'b'}, apiVersion: 'client.authentication.k8s.io/v1'}, tlsClientConfig: {insecure: true}}))}})],
  'capi-secrets': [named('c-kubeconfig', {type: 'cluster.x-k8s.io/secret', data: {value: base64(KUBECONFIG)}})],
  'flux-secrets': [named('flux', {data: {value: base64(KUBECONFIG)}})],
  'helm-secrets': [
    // As the sources hand it on.
    named('sh.helm.release.v1.r.v1', {type: 'helm.sh/release.v1', release: {name: 'r', revision: 1, status: 'deployed', policies: ['open']}}),
  ],
  'flux-configmaps': [named('flux-map', {data: {provider: 'aws', address: 'https://a.example.com', cluster: 'arn:aws:eks:eu-west-1:1:cluster/a'}})],
  'kubeconfig-configmaps': [named('cluster-info', {data: {kubeconfig: KUBECONFIG}}, 'kube-public')],
}

/** A small cluster in which every row has something, with the fields that checks look at. */
export const SAMPLE_ROWS = Object.fromEntries(Object.entries(SAMPLES).map(([key, samples]) => {
  const {group, versions, kind} = RESOURCES[key as ResourceKey] as Resource
  const apiVersion = group === '' ? versions[0] : `${group}/${versions[0]}`
  return [key, samples.map(sample => ({apiVersion, kind, ...sample}) as KubeObject)]
})) as unknown as Readonly<Record<ResourceKey, readonly KubeObject[]>>

export const SAMPLE_ENDPOINTS: Readonly<Record<EndpointKey, KubeObject>> = {
  version: {apiVersion: 'k121.dev/v1', kind: 'Version', gitVersion: 'v1.30.2', major: '1', minor: '30', emulationMinor: '30'},
  flagz: {apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags: {'enable-admission-plugins': '[NodeRestriction]', 'service-cluster-ip-range': '10.96.0.0/12', 'admission-control-config-file': '/etc/psa.yaml'}},
  metrics: {apiVersion: 'k121.dev/v1', kind: 'AdmissionMetrics', plugins: ['NodeRestriction'], manifestConfig: false},
  'external-ip-probe': {apiVersion: 'k121.dev/v1', kind: 'ExternalIPProbe', status: 403, message: 'denied', namespace: 'default', warnings: ['w']},
  'pod-security-probe': {apiVersion: 'k121.dev/v1', kind: 'PodSecurityProbe', status: 403, message: 'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)', namespace: 'default', warnings: ['w'], exemptions: {asked: true, answered: ['shop'], exempt: [], problem: ''}},
  'dual-stack-probe': {apiVersion: 'k121.dev/v1', kind: 'DualStackProbe', status: 201, message: 'm', namespace: 'default', families: ['IPv4', 'IPv6']},
  'admission-config': {apiVersion: 'k121.dev/v1', kind: 'AdmissionConfig', file: 'psa.yaml', document: {apiVersion: 'pod-security.admission.config.k8s.io/v1', kind: 'PodSecurityConfiguration', defaults: {enforce: 'baseline'}, exemptions: {namespaces: ['shop']}}, included: null},
  connection: {apiVersion: 'k121.dev/v1', kind: 'Connection', host: 'k8s.example.com', port: 6443},
}
