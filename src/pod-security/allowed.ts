/**
 * The values that the controls allow, each with the version that added it. What
 * is not listed for the oldest version is looked at again by the control itself.
 */

export const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'
export const SECCOMP_POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod'
export const SECCOMP_CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/'

type Value = string | null | undefined

export function isAllowedAppArmorType(type: Value): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost'
}

export function isAllowedAppArmorAnnotation(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/')
}

export function isAllowedSeccompType(type: Value): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost'
}

/** Here, unlike for AppArmor, the empty string is bad. */
export function isAllowedSeccompAnnotation(value: string): boolean {
  return value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')
}

/** Exact bytes: neither `CAP_CHOWN` nor `chown`. */
export const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
])
export const RESTRICTED_CAPABILITY = 'NET_BIND_SERVICE'

export const SELINUX_TYPES: readonly {from: number; types: readonly string[]}[] = [
  {from: 0, types: ['', 'container_t', 'container_init_t', 'container_kvm_t']},
  {from: 31, types: ['container_engine_t']},
]

export const SYSCTLS: readonly {from: number; names: readonly string[]}[] = [
  {from: 0, names: ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']},
  {from: 27, names: ['net.ipv4.ip_local_reserved_ports']},
  {from: 29, names: ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']},
  {from: 32, names: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']},
  {from: 37, names: ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']},
]

/** A volume with one of these passes, whatever else it has. The commonest first: the search ends at the first. */
export const ALLOWED_VOLUMES = ['projected', 'configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'downwardAPI', 'csi', 'ephemeral'] as const
/** Judged by server builds from 1.33 on: for those before, it is no type that they know. */
export const IMAGE_VOLUME_SINCE = 33

/** In the order in which the server looks for them: the first that is there names the volume's type. */
export const OTHER_VOLUMES = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'fc',
  'azureFile', 'vsphereVolume', 'quobyte', 'azureDisk', 'photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos',
] as const
