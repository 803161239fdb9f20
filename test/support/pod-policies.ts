import type {ControlId} from '../../src/pod-security/control.js'

/** Expressions about pods, as people write them, and what each of them is. */
export interface PodPolicy {
  name: string
  /** What it refuses whole when a pod is created, and when ephemeral containers are added. */
  whole: readonly ControlId[]
  ephemeral: readonly ControlId[]
  validations: readonly string[]
  variables?: Readonly<Record<string, string>>
}

const ALL = 'object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])'
const HAS_ALL = '(object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : []) + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers : []))'
const CAPABILITIES = "['AUDIT_WRITE','CHOWN','DAC_OVERRIDE','FOWNER','FSETID','KILL','MKNOD','NET_BIND_SERVICE','SETFCAP','SETGID','SETPCAP','SETUID','SYS_CHROOT']"
const SYSCTLS = "['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']"
const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'].map(type => `has(v.${type})`).join(' || ')
const TYPES = "['RuntimeDefault', 'Localhost']"

const row = (name: string, whole: readonly ControlId[], ephemeral: readonly ControlId[], ...validations: readonly string[]): PodPolicy => ({name, whole, ephemeral, validations, variables: {all: ALL}})
const both = (name: string, whole: readonly ControlId[], ...validations: readonly string[]): PodPolicy => row(name, whole, whole, ...validations)

/** One list of containers after the other, with `has` and without variables. */
const eachList = (test: string, lists: readonly string[] = ['containers', 'initContainers', 'ephemeralContainers']): string[] =>
  lists.map(list => `!has(object.spec.${list}) || object.spec.${list}.all(c, ${test})`)

const hasPath = (root: string, ...fields: readonly string[]): string => fields.map((_, index) => `!has(${[root, ...fields.slice(0, index + 1)].join('.')})`).join(' || ')

export const POD_POLICIES: readonly PodPolicy[] = [
  both('privileged', ['privileged'], 'variables.all.all(c, !c.?securityContext.?privileged.orValue(false))'),
  both('privileged-has', ['privileged'], ...eachList('!has(c.securityContext) || !has(c.securityContext.privileged) || c.securityContext.privileged == false')),
  both('privileged-exists', ['privileged'], `!${HAS_ALL}.exists(c, has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged)`),
  both('privileged-filter', ['privileged'], 'variables.all.filter(c, c.?securityContext.?privileged.orValue(false)).size() == 0'),
  both('privileged-map', ['privileged'], '!(true in variables.all.map(c, c.?securityContext.?privileged.orValue(false)))'),
  row('privileged-without-ephemeral', ['privileged'], [], ...eachList('!has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged', ['containers', 'initContainers'])),
  row('privileged-containers-only', [], [], 'object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)'),
  row('privileged-first-container', [], [], '!object.spec.containers[0].?securityContext.?privileged.orValue(false)'),
  row('privileged-some-images', [], [], "variables.all.all(c, c.image.startsWith('registry.example/system/') || !c.?securityContext.?privileged.orValue(false))"),
  row('privileged-by-label', [], [], "object.metadata.?labels[?'role'].orValue('') == 'system' || variables.all.all(c, !c.?securityContext.?privileged.orValue(false))"),
  both('host-namespaces', ['hostNamespaces'], '!object.spec.?hostPID.orValue(false)', '!object.spec.?hostIPC.orValue(false)', '!object.spec.?hostNetwork.orValue(false)'),
  both('host-namespaces-has', ['hostNamespaces'], '!(has(object.spec.hostNetwork) && object.spec.hostNetwork) && !(has(object.spec.hostPID) && object.spec.hostPID) && !(has(object.spec.hostIPC) && object.spec.hostIPC)'),
  row('host-namespaces-two', [], [], '!object.spec.?hostPID.orValue(false) && !object.spec.?hostIPC.orValue(false)'),
  both('host-ports', ['hostPorts'], 'variables.all.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))'),
  both('host-ports-has', ['hostPorts'], ...eachList('!has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0)')),
  row('host-ports-range', [], [], 'variables.all.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0 || (p.hostPort >= 8000 && p.hostPort <= 8080)))'),
  both('host-path', ['hostPathVolumes'], '!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))'),
  row('host-path-some', [], [], "object.spec.?volumes.orValue([]).all(v, !has(v.hostPath) || v.hostPath.path.startsWith('/var/log/'))"),
  both('volumes', ['hostPathVolumes', 'restrictedVolumes'], `object.spec.?volumes.orValue([]).all(v, ${VOLUMES})`),
  both('escalation', ['allowPrivilegeEscalation'], 'variables.all.all(c, !c.?securityContext.?allowPrivilegeEscalation.orValue(true))'),
  both('escalation-has', ['allowPrivilegeEscalation'], ...eachList('has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && c.securityContext.allowPrivilegeEscalation == false')),
  row('escalation-when-set', [], [], 'variables.all.all(c, !c.?securityContext.?allowPrivilegeEscalation.orValue(false))'),
  both('capabilities', ['capabilities_baseline'], `variables.all.all(c, c.?securityContext.?capabilities.?add.orValue([]).all(x, x in ${CAPABILITIES}))`),
  both('capabilities-has', ['capabilities_baseline'], ...eachList(`${hasPath('c', 'securityContext', 'capabilities', 'add')} || c.securityContext.capabilities.add.all(x, x in ${CAPABILITIES})`)),
  row('capabilities-net-raw', [], [], `variables.all.all(c, c.?securityContext.?capabilities.?add.orValue([]).all(x, x == 'NET_RAW' || x in ${CAPABILITIES}))`),
  both('capabilities-strict', ['capabilities_baseline', 'capabilities_restricted'], "variables.all.all(c, 'ALL' in c.?securityContext.?capabilities.?drop.orValue([]))", "variables.all.all(c, c.?securityContext.?capabilities.?add.orValue([]).all(x, x == 'NET_BIND_SERVICE'))"),
  row('drop-all-alone', [], [], "variables.all.all(c, ['ALL'].all(x, x in c.?securityContext.?capabilities.?drop.orValue([])))"),
  both('selinux', ['seLinuxOptions'],
    "object.spec.?securityContext.?seLinuxOptions.?type.orValue('') in ['', 'container_t', 'container_init_t', 'container_kvm_t']",
    "variables.all.all(c, c.?securityContext.?seLinuxOptions.?type.orValue('') in ['', 'container_t', 'container_init_t', 'container_kvm_t'])",
    "([object.spec] + variables.all).all(s, s.?securityContext.?seLinuxOptions.?user.orValue('') == '' && s.?securityContext.?seLinuxOptions.?role.orValue('') == '')"),
  row('selinux-type', [], [], "variables.all.all(c, c.?securityContext.?seLinuxOptions.?type.orValue('') in ['', 'container_t'])"),
  both('proc-mount', ['procMount', 'procMount_restricted'], "variables.all.all(c, c.?securityContext.?procMount.orValue('Default') in ['Default'])"),
  both('seccomp', ['seccompProfile_baseline'], `([object.spec] + variables.all).all(s, s.?securityContext.?seccompProfile.?type.orValue('Localhost') in ${TYPES})`),
  both('seccomp-strict', ['seccompProfile_baseline', 'seccompProfile_restricted'],
    `object.spec.?securityContext.?seccompProfile.?type.orValue('Localhost') in ${TYPES}`,
    `variables.all.all(c, c.?securityContext.?seccompProfile.?type.orValue(object.spec.?securityContext.?seccompProfile.?type.orValue('')) in ${TYPES})`),
  both('sysctls', ['sysctls'], `object.spec.?securityContext.?sysctls.orValue([]).all(s, s.name in ${SYSCTLS})`),
  row('sysctls-net', [], [], `object.spec.?securityContext.?sysctls.orValue([]).all(s, s.name in ${SYSCTLS} || s.name.startsWith('net.core.'))`),
  both('non-root', ['runAsNonRoot'],
    'object.spec.?securityContext.?runAsNonRoot.orValue(true) == true',
    'variables.all.all(c, c.?securityContext.?runAsNonRoot.orValue(object.spec.?securityContext.?runAsNonRoot.orValue(false)))'),
  row('non-root-either', [], ['runAsNonRoot'],
    '(object.spec.?securityContext.?runAsNonRoot.orValue(false) && variables.all.all(c, c.?securityContext.?runAsNonRoot.orValue(true))) || variables.all.all(c, c.?securityContext.?runAsNonRoot.orValue(false))'),
  both('user', ['runAsUser'], '([object.spec] + variables.all).all(s, s.?securityContext.?runAsUser.orValue(1) > 0)'),
  both('user-not-zero', ['runAsUser'], 'object.spec.?securityContext.?runAsUser.orValue(1) != 0', ...eachList('!has(c.securityContext) || !has(c.securityContext.runAsUser) || c.securityContext.runAsUser != 0')),
  both('host-process', ['windowsHostProcess'], '([object.spec] + variables.all).all(s, !s.?securityContext.?windowsOptions.?hostProcess.orValue(false))'),
  row('host-process-containers', [], ['windowsHostProcess'], 'variables.all.all(c, !c.?securityContext.?windowsOptions.?hostProcess.orValue(false))'),
  both('probe-hosts', ['hostProbesAndHostLifecycle'],
    "variables.all.all(c, [c.?livenessProbe, c.?readinessProbe, c.?startupProbe, c.?lifecycle.?postStart, c.?lifecycle.?preStop].all(h, h.?httpGet.?host.orValue('') == '' && h.?tcpSocket.?host.orValue('') == ''))"),
  row('probe-hosts-liveness', [], [], "variables.all.all(c, c.?livenessProbe.?httpGet.?host.orValue('') == '')"),
  row('apparmor-field', [], ['appArmorProfile'], `([object.spec] + variables.all).all(s, s.?securityContext.?appArmorProfile.?type.orValue('Localhost') in ${TYPES})`),
  row('limits', [], [], 'variables.all.all(c, has(c.resources.limits))'),
]
