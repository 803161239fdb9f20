import type {ControlId} from './control.js'

/**
 * Trivy's Kubernetes checks began as AppShield's. Read and run at
 * aquasecurity/trivy-checks 80e53822 (2026-08-21): every pod of test/pods/, as a
 * pod and in a Deployment, and pods made for a single question. All of them look
 * at initContainers and containers, take what a container inherits from its pod
 * as the container's own, and know neither ephemeral containers, Windows pods
 * nor user namespaces; none but KSV-0026 knows versions.
 */
export interface TrivyCheck {
  /** Formerly `AVD-KSV-0017` and `KSV017`, which Trivy knows still. */
  id: `KSV-${string}`
  /** Below checks/kubernetes/ of its repository. */
  file: string
  /** Looks at a part of the control only. */
  part: string | null
  /** What the Standards refuse and it lets pass. */
  misses: readonly string[]
  /** What the Standards allow and it reports. */
  adds: readonly string[]
}

const EPHEMERAL = 'ephemeral containers'
const WINDOWS = 'pods with os.name: windows, which are excused from 1.25 on'
const USER_NAMESPACE = 'pods with hostUsers: false, which are excused from 1.35 on'

export function trivySource({file}: TrivyCheck): string {
  return `https://github.com/aquasecurity/trivy-checks/blob/main/checks/kubernetes/${file}.rego`
}

const PROC_MASKS = {id: 'KSV-0027', file: 'non_default_proc_masks_set', part: null, misses: [EPHEMERAL]} as const

export const TRIVY_CHECKS: Readonly<Record<ControlId, readonly TrivyCheck[]>> = {
  appArmorProfile: [{
    id: 'KSV-0002', file: 'apparmor_policy_disabled', part: null,
    misses: ['the fields: it reads annotations only, and pods of today set securityContext.appArmorProfile', 'annotations for containers that are not in the pod', EPHEMERAL],
    adds: ['profiles of the node (localhost/…) and the empty annotation'],
  }],
  capabilities_baseline: [
    {id: 'KSV-0022', file: 'specific_capabilities_added', part: null, misses: [EPHEMERAL], adds: ['every added capability, the thirteen that baseline allows and NET_BIND_SERVICE included']},
    {id: 'KSV-0005', file: 'SYS_ADMIN_capability', part: 'SYS_ADMIN', misses: ['ALL and the spelling CAP_SYS_ADMIN', EPHEMERAL], adds: []},
    {id: 'KSV-0119', file: 'net_raw_capability', part: 'NET_RAW', misses: ['ALL and the spelling CAP_NET_RAW', EPHEMERAL], adds: []},
    {id: 'KSV-0120', file: 'SYS_MODULE_capability', part: 'SYS_MODULE', misses: ['ALL and the spelling CAP_SYS_MODULE', EPHEMERAL], adds: []},
  ],
  hostNamespaces: [
    {id: 'KSV-0008', file: 'host_ipc', part: 'hostIPC', misses: [], adds: []},
    {id: 'KSV-0009', file: 'host_network', part: 'hostNetwork', misses: [], adds: []},
    {id: 'KSV-0010', file: 'host_pid', part: 'hostPID', misses: [], adds: []},
  ],
  hostPathVolumes: [
    {id: 'KSV-0023', file: 'hostpath_volumes_mounted', part: null, misses: [], adds: []},
    {id: 'KSV-0006', file: 'mounts_docker_socket', part: '/var/run/docker.sock', misses: ['the same socket by another path: /run/docker.sock, /var/run'], adds: []},
    {id: 'KSV-0121', file: 'Kubernetes_resource_with_disallowed_volumes_mounted', part: '/, /boot, /dev, /etc, /lib, /proc, /sys, /usr, /var/lib/docker', misses: ['directories below them'], adds: []},
  ],
  hostPorts: [{id: 'KSV-0024', file: 'access_to_host_ports', part: null, misses: [], adds: ['hostPort: 0, which is the same as not set']}],
  hostProbesAndHostLifecycle: [],
  privileged: [{id: 'KSV-0017', file: 'privileged', part: null, misses: [EPHEMERAL], adds: []}],
  procMount: [{...PROC_MASKS, adds: ['procMount: Default', USER_NAMESPACE]}],
  seLinuxOptions: [{id: 'KSV-0025', file: 'selinux_custom_options_set', part: null, misses: [EPHEMERAL], adds: ['type container_engine_t, which is allowed from 1.31 on', 'empty type, user or role, which are the same as not set']}],
  seccompProfile_baseline: [{
    id: 'KSV-0104', file: 'seccomp_profile_unconfined', part: null,
    misses: ['Unconfined of the pod where each container sets another profile', 'the pod\'s annotation, which counted up to 1.18', EPHEMERAL],
    adds: ['containers without any profile, which baseline allows'],
  }],
  sysctls: [{id: 'KSV-0026', file: 'unsafe_sysctl_options_set', part: null, misses: ['what the version that the namespace pins does not allow yet, where the server\'s own does'], adds: ['net.ipv4.tcp_notsent_lowat and net.ipv4.tcp_slow_start_after_idle, which are allowed from 1.37 on']}],
  windowsHostProcess: [{id: 'KSV-0103', file: 'windows_host_process', part: null, misses: ['hostProcess of a pod template where each container says false', EPHEMERAL], adds: []}],
  allowPrivilegeEscalation: [{id: 'KSV-0001', file: 'can_elevate_its_own_privileges', part: null, misses: [EPHEMERAL], adds: [WINDOWS]}],
  capabilities_restricted: [
    {id: 'KSV-0106', file: 'drop_all_capabilities_only_add_net_bind_service', part: null, misses: ['drop: ["all"] in other letters than ALL', EPHEMERAL], adds: [WINDOWS]},
    {id: 'KSV-0003', file: 'capabilities_no_drop_all', part: 'drop holds ALL', misses: ['drop: ["all"] in other letters than ALL', EPHEMERAL], adds: [WINDOWS]},
    {id: 'KSV-0004', file: 'capabilities_no_drop_at_least_one', part: 'drop holds anything', misses: ['whatever is dropped, if it is not ALL', EPHEMERAL], adds: [WINDOWS]},
  ],
  procMount_restricted: [{...PROC_MASKS, adds: ['procMount: Default']}],
  restrictedVolumes: [{id: 'KSV-0028', file: 'non_core_volume_types', part: null, misses: ['hostPath, which it leaves to KSV-0023', 'cephfs (its list spells it cephFS) and photonPersistentDisk', 'a volume of a type that it does not know: it lists what is refused, the Standards what is allowed'], adds: []}],
  runAsNonRoot: [{
    id: 'KSV-0012', file: 'runs_as_root', part: null,
    misses: ['runAsNonRoot: false of a container where the pod says true', 'runAsNonRoot: false of the pod where each container says true', EPHEMERAL],
    adds: [USER_NAMESPACE],
  }],
  runAsUser: [{id: 'KSV-0105', file: 'runs_with_a_root_uid', part: null, misses: [EPHEMERAL], adds: [USER_NAMESPACE]}],
  seccompProfile_restricted: [{
    id: 'KSV-0030', file: 'runtime_default_seccomp_profile_not_set', part: null,
    misses: ['pods with the annotation seccomp.security.alpha.kubernetes.io/pod: runtime/default, which counts for nothing since 1.19, Unconfined containers among them', 'Unconfined of the pod where each container sets another profile', EPHEMERAL],
    adds: [WINDOWS, 'pods with a valid profile and an old annotation of another value'],
  }],
}
