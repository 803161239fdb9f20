import type {Form} from '../../src/admission/pod-security/gatekeeper-forms.js'
import type {Json, JsonObject} from '../../src/kube/json.js'
import type {ControlId} from '../../src/pod-security/control.js'

const RESTRICTED_VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']
const SYSCTLS = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']

/** What people give the templates of Gatekeeper's library: as strict as the Standards, nothing at all, and odd things. */
export const PARAMETERS: Readonly<Record<string, readonly JsonObject[]>> = {
  K8sPSPPrivilegedContainer: [{}, {exemptImages: ['other/*']}],
  K8sPSPAllowPrivilegeEscalationContainer: [{}],
  K8sPSPHostNamespace: [{}],
  K8sPSPHostNetworkingPorts: [{}, {hostNetwork: false, min: 0, max: 0}, {hostNetwork: true, min: 1, max: 0}, {min: 80, max: 9000}],
  K8sPSPHostProcess: [{}],
  K8sPSPHostProbesLifecycle: [{}],
  K8sPSPVolumeTypes: [{}, {volumes: RESTRICTED_VOLUMES}, {volumes: []}, {volumes: ['nfs', ...RESTRICTED_VOLUMES]}, {volumes: ['*']}],
  K8sPSPHostFilesystem: [{}, {allowedHostPaths: []}, {allowedHostPaths: [{pathPrefix: '/var/log', readOnly: true}]}],
  K8sPSPForbiddenSysctls: [{}, {forbiddenSysctls: ['*']}, {forbiddenSysctls: [], allowedSysctls: SYSCTLS}, {allowedSysctls: SYSCTLS}, {forbiddenSysctls: ['kernel.*'], allowedSysctls: ['*']}, {forbiddenSysctls: [], allowedSysctls: []}],
  K8sPSPCapabilities: [{}, {requiredDropCapabilities: ['ALL']}, {allowedCapabilities: ['NET_BIND_SERVICE'], requiredDropCapabilities: ['ALL']}, {allowedCapabilities: ['CHOWN', 'SETUID']}, {allowedCapabilities: ['*'], requiredDropCapabilities: ['ALL']}, {requiredDropCapabilities: ['KILL']}],
  K8sPSPProcMount: [{}, {procMount: 'Default'}, {procMount: 'Unmasked'}],
  K8sPSPAppArmor: [{}, {allowedProfiles: ['runtime/default']}, {allowedProfiles: []}, {allowedProfiles: ['runtime/default', 'unconfined']}],
  K8sPSPSELinux: [{}, {allowedSELinuxOptions: {level: 's0'}}],
  K8sPSPSELinuxV2: [{}, {allowedSELinuxOptions: []}, {allowedSELinuxOptions: [{level: 's0:c123,c456', type: 'container_t'}]}, {allowedSELinuxOptions: [{user: 'system_u', type: 'container_t'}]}],
  K8sPSPSeccomp: [{}, {allowedProfiles: ['runtime/default', 'docker/default']}, {allowedProfiles: ['RuntimeDefault', 'Localhost'], allowedLocalhostFiles: ['*']}, {allowedProfiles: ['RuntimeDefault', 'not configured']}],
  K8sPSPSeccompV2: [{}, {allowedProfiles: ['RuntimeDefault']}, {allowedProfiles: ['RuntimeDefault', 'Localhost'], allowedLocalhostFiles: ['*']}, {allowedProfiles: ['RuntimeDefault', 'not configured']}],
  K8sPSPAllowedUsers: [{}, {runAsUser: {rule: 'MustRunAsNonRoot'}}, {runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 65535}]}}, {runAsUser: {rule: 'RunAsAny'}}],
}

export interface WayPast {
  form: Form
  parameters: JsonObject
  control: ControlId
  /** As the matrix says it; null: the control is not judged at all. */
  way: string | null
  spec: JsonObject
  annotations?: JsonObject
}

const container = (securityContext: JsonObject, rest: JsonObject = {}): JsonObject => ({name: 'app', image: 'registry.example.com/shop/web:1.9.0', securityContext, ...rest})
const podOf = (securityContext: JsonObject, own: JsonObject = {}): JsonObject => ({securityContext, containers: [container(own)] as readonly Json[]})
const UNCONFINED = {type: 'Unconfined'}
const DEFAULT = {type: 'RuntimeDefault'}
const OVERRIDDEN = 'a value of the pod that every container overrides'

/** Pods that break a control and get through, each for what the matrix names as a way past. */
export const WAYS_PAST: readonly WayPast[] = [
  {form: 'host-ports-all', parameters: {hostNetwork: true, min: 1, max: 0}, control: 'hostPorts', way: 'containers with several ports', spec: {containers: [container({}, {ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81}]})]}},
  {form: 'host-ports', parameters: {hostNetwork: true, max: 9000}, control: 'hostPorts', way: 'the ports 1 to 9000', spec: {containers: [container({}, {ports: [{containerPort: 80, hostPort: 80}]})]}},
  {form: 'host-namespaces', parameters: {}, control: 'hostNamespaces', way: 'hostNetwork', spec: {hostNetwork: true, containers: [container({})]}},
  {form: 'host-ports', parameters: {}, control: 'hostNamespaces', way: 'hostPID and hostIPC', spec: {hostPID: true, containers: [container({})]}},
  {form: 'host-filesystem', parameters: {allowedHostPaths: [{pathPrefix: '/var/log'}]}, control: 'hostPathVolumes', way: 'hostPath below /var/log', spec: {volumes: [{name: 'logs', hostPath: {path: '/var/log/pods'}}], containers: [container({})]}},
  {form: 'host-filesystem-open', parameters: {allowedHostPaths: []}, control: 'hostPathVolumes', way: null, spec: {volumes: [{name: 'all', hostPath: {path: '/'}}], containers: [container({})]}},
  {form: 'volumes', parameters: {}, control: 'hostPathVolumes', way: null, spec: {volumes: [{name: 'all', hostPath: {path: '/'}}], containers: [container({})]}},
  {form: 'seccomp-fields', parameters: {allowedProfiles: ['RuntimeDefault']}, control: 'seccompProfile_baseline', way: OVERRIDDEN, spec: podOf({seccompProfile: UNCONFINED}, {seccompProfile: DEFAULT})},
  {form: 'seccomp', parameters: {allowedProfiles: ['RuntimeDefault', 'runtime/default']}, control: 'seccompProfile_restricted', way: 'containers whose profile stands in an annotation only', spec: podOf({}), annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default'}},
  {form: 'seccomp-annotations', parameters: {allowedProfiles: ['runtime/default']}, control: 'seccompProfile_baseline', way: 'profiles in fields: it reads annotations', spec: podOf({}, {seccompProfile: UNCONFINED}), annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default'}},
  {form: 'apparmor', parameters: {allowedProfiles: ['runtime/default']}, control: 'appArmorProfile', way: OVERRIDDEN, spec: podOf({appArmorProfile: UNCONFINED}, {appArmorProfile: DEFAULT})},
  {form: 'apparmor-annotations', parameters: {allowedProfiles: ['runtime/default']}, control: 'appArmorProfile', way: 'profiles in fields: it reads annotations', spec: podOf({}, {appArmorProfile: UNCONFINED}), annotations: {'container.apparmor.security.beta.kubernetes.io/app': 'runtime/default'}},
  {form: 'selinux', parameters: {}, control: 'seLinuxOptions', way: null, spec: podOf({}, {seLinuxOptions: {type: 'spc_t'}})},
  {form: 'selinux-one-field', parameters: {allowedSELinuxOptions: {level: 's0'}}, control: 'seLinuxOptions', way: 'options of the pod', spec: podOf({seLinuxOptions: {type: 'spc_t'}})},
  {form: 'users', parameters: {runAsUser: {rule: 'MustRunAsNonRoot'}}, control: 'runAsUser', way: OVERRIDDEN, spec: podOf({runAsUser: 0}, {runAsUser: 1000})},
  {form: 'users', parameters: {runAsUser: {rule: 'MustRunAsNonRoot'}}, control: 'runAsNonRoot', way: 'containers with a runAsUser, whatever runAsNonRoot says', spec: podOf({}, {runAsUser: 1000, runAsNonRoot: false})},
  {form: 'capabilities-folded', parameters: {allowedCapabilities: ['CHOWN']}, control: 'capabilities_baseline', way: 'adding what is allowed, in small letters', spec: podOf({}, {capabilities: {add: ['chown']}})},
  {form: 'capabilities-mixed', parameters: {requiredDropCapabilities: ['ALL']}, control: 'capabilities_restricted', way: 'a drop of ALL in small letters', spec: podOf({}, {capabilities: {drop: ['all']}})},
  {form: 'sysctls', parameters: {}, control: 'sysctls', way: null, spec: podOf({sysctls: [{name: 'kernel.msgmax', value: '1'}]})},
]
