import type {KubeObject} from '../../src/kube/json.js'
import {object} from './declared-facts.js'
import type {PodPolicy} from './pod-policies.js'

/** Policies of Kyverno's older generation in the shapes in which people write them. */

const LISTS = ['ephemeralContainers', 'initContainers'] as const

/** The same for every container, where there is one. */
export function everyContainer(test: object): object {
  return {...Object.fromEntries(LISTS.map(list => [`=(${list})`, [test]])), containers: [test]}
}

const CAPABILITIES = ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']
const PROFILES = 'RuntimeDefault | Localhost'
const ALL = 'request.object.spec.[ephemeralContainers, initContainers, containers][]'

const pattern = (spec: object): object => ({pattern: {spec}})
const deny = (...all: object[]): object => ({deny: {conditions: {all}}})
const each = (test: object): object => ({foreach: [{list: ALL, ...test}]})
const anyNotIn = (key: string, value: unknown): object => ({key, operator: 'AnyNotIn', value})

export const VALIDATIONS: Readonly<Record<string, object[]>> = {
  privileged: [pattern(everyContainer({'=(securityContext)': {'=(privileged)': 'false'}}))],
  'privileged-flag': [pattern(everyContainer({'=(securityContext)': {'=(privileged)': false}}))],
  'privileged-not-true': [pattern(everyContainer({'=(securityContext)': {'=(privileged)': '!true'}}))],
  'privileged-containers-only': [pattern({containers: [{'=(securityContext)': {'=(privileged)': 'false'}}]})],
  'privileged-some-container': [pattern({'^(containers)': [{'=(securityContext)': {'=(privileged)': 'false'}}]})],
  'host-namespaces': [pattern({'=(hostPID)': 'false', '=(hostIPC)': 'false', '=(hostNetwork)': 'false'})],
  'host-pid': [pattern({'=(hostPID)': 'false'})],
  'host-path': [pattern({'=(volumes)': [{'X(hostPath)': 'null'}]})],
  'host-ports': [pattern(everyContainer({'=(ports)': [{'=(hostPort)': 0}]}))],
  'host-ports-range': [pattern(everyContainer({'=(ports)': [{'=(hostPort)': '8000-8080'}]}))],
  capabilities: [deny(anyNotIn(`{{ ${ALL}.securityContext.capabilities.add[] }}`, CAPABILITIES))],
  'capabilities-strict': [
    each(deny(anyNotIn('ALL', '{{ element.securityContext.capabilities.drop[] || `[]` }}'))),
    each(deny(anyNotIn('{{ element.securityContext.capabilities.add[] || `[]` }}', ['NET_BIND_SERVICE', '']))),
  ],
  'drop-all-pattern': [pattern(everyContainer({securityContext: {capabilities: {drop: ['ALL']}}}))],
  volumes: [deny(anyNotIn('{{ request.object.spec.volumes[].keys(@)[] || \'\' }}', ['name', 'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'image', '']))],
  escalation: [pattern(everyContainer({securityContext: {allowPrivilegeEscalation: 'false'}}))],
  'escalation-when-set': [pattern(everyContainer({'=(securityContext)': {'=(allowPrivilegeEscalation)': 'false'}}))],
  selinux: [
    pattern({'=(securityContext)': {'=(seLinuxOptions)': {'=(type)': 'container_t | container_init_t | container_kvm_t'}}, ...everyContainer({'=(securityContext)': {'=(seLinuxOptions)': {'=(type)': 'container_t | container_init_t | container_kvm_t'}}})}),
    pattern({'=(securityContext)': {'=(seLinuxOptions)': {'X(user)': 'null', 'X(role)': 'null'}}, ...everyContainer({'=(securityContext)': {'=(seLinuxOptions)': {'X(user)': 'null', 'X(role)': 'null'}}})}),
  ],
  'proc-mount': [pattern(everyContainer({'=(securityContext)': {'=(procMount)': 'Default'}}))],
  seccomp: [pattern({'=(securityContext)': {'=(seccompProfile)': {'=(type)': PROFILES}}, ...everyContainer({'=(securityContext)': {'=(seccompProfile)': {'=(type)': PROFILES}}})})],
  'seccomp-strict': [{anyPattern: [
    {spec: {securityContext: {seccompProfile: {type: PROFILES}}, ...everyContainer({'=(securityContext)': {'=(seccompProfile)': {'=(type)': PROFILES}}})}},
    {spec: everyContainer({securityContext: {seccompProfile: {type: PROFILES}}})},
  ]}],
  sysctls: [pattern({'=(securityContext)': {'=(sysctls)': [{'=(name)': 'kernel.shm_rmid_forced | net.ipv4.ip_local_port_range | net.ipv4.ip_unprivileged_port_start | net.ipv4.tcp_syncookies | net.ipv4.ping_group_range'}]}})],
  'non-root': [{anyPattern: [
    {spec: {securityContext: {runAsNonRoot: 'true'}, ...everyContainer({'=(securityContext)': {'=(runAsNonRoot)': 'true'}})}},
    {spec: everyContainer({securityContext: {runAsNonRoot: 'true'}})},
  ]}],
  user: [pattern({'=(securityContext)': {'=(runAsUser)': '>0'}, ...everyContainer({'=(securityContext)': {'=(runAsUser)': '>0'}})})],
  'host-process': [pattern({'=(securityContext)': {'=(windowsOptions)': {'=(hostProcess)': 'false'}}, ...everyContainer({'=(securityContext)': {'=(windowsOptions)': {'=(hostProcess)': 'false'}}})})],
  'apparmor-annotation': [{pattern: {'=(metadata)': {'=(annotations)': {'=(container.apparmor.security.beta.kubernetes.io/*)': 'runtime/default | localhost/*'}}}}],
  apparmor: [
    {pattern: {'=(metadata)': {'=(annotations)': {'=(container.apparmor.security.beta.kubernetes.io/*)': 'runtime/default | localhost/*'}}}},
    pattern({'=(securityContext)': {'=(appArmorProfile)': {type: PROFILES}}, ...everyContainer({'=(securityContext)': {'=(appArmorProfile)': {type: PROFILES}}})}),
  ],
  'labels': [{pattern: {metadata: {labels: {team: '?*'}}}}],
  baseline: [{podSecurity: {level: 'baseline', version: 'latest'}}],
  restricted: [{podSecurity: {level: 'restricted', version: 'latest'}}],
  'restricted-1.24': [{podSecurity: {level: 'restricted', version: 'v1.24'}}],
  'restricted-but': [{podSecurity: {level: 'restricted', version: 'latest', exclude: [{controlName: 'Capabilities', images: ['*']}, {controlName: 'Volume Types'}, {controlName: 'HostPath Volumes'}]}}],
  'restricted-but-seccomp': [{podSecurity: {level: 'restricted', version: 'latest', exclude: [{controlName: 'Seccomp', images: ['*']}]}}],
  'baseline-but-images': [{podSecurity: {level: 'baseline', version: 'latest', exclude: [{controlName: 'Privileged Containers', images: ['registry.example/system/*']}]}}],
}

const MATCH = {any: [{resources: {kinds: ['Pod']}}]}

export function clusterPolicy(name: string, validations: readonly object[], {spec = {}, annotations = {}, rule = {}}: {spec?: object; annotations?: object; rule?: object} = {}): KubeObject {
  const rules = validations.map((validate, index) => ({name: `r${index}`, match: MATCH, ...rule, validate: {message: 'no', failureAction: 'Enforce', ...validate}}))
  return object('kyverno.io/v1', 'ClusterPolicy', name, {annotations, spec: {background: true, rules, ...spec}})
}

export function validatingPolicy({name, validations, variables = {}}: Pick<PodPolicy, 'name' | 'validations' | 'variables'>, {spec = {}, resources = ['pods', 'pods/ephemeralcontainers', 'pods/resize']}: {spec?: object; resources?: readonly string[]} = {}): KubeObject {
  return object('policies.kyverno.io/v1beta1', 'ValidatingPolicy', name, {
    spec: {
      validationActions: ['Deny'], matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources}]},
      variables: Object.entries(variables).map(([of, expression]) => ({name: of, expression})), validations: validations.map(expression => ({expression, message: 'no'})), ...spec,
    },
  })
}
