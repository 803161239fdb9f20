import type {Json} from '../../src/kube/json.js'
import {oddText, textOf} from './pod-text.js'
import type {Random} from './random.js'

/** A pod under construction. */
export interface Draft {
  [field: string]: Json | Draft | Draft[] | undefined
}

/** What each field may hold: what is allowed, what is not, what only looks like either. */
export type Fields = Readonly<Record<string, (random: Random) => Json | Draft>>

const of = (...values: readonly Json[]) => (random: Random): Json => random.pick(values)

const SECCOMP = ['RuntimeDefault', 'Localhost', 'Unconfined', 'runtimeDefault', 'RuntimeDefault ', '', 'Z', '\u{1f600}', '\ufffd']
const profile = (random: Random): Draft => (random.chance(0.1) ? {} : {type: random.chance(0.03) ? null : textOf(random, SECCOMP), ...(random.chance(0.2) ? {localhostProfile: 'p.json'} : {})})

export const SELINUX_TYPES = ['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t', 'spc_t', 'Container_t', '', 'container_t ']
const seLinuxOptions = (random: Random): Draft => ({
  ...(random.chance(0.6) ? {type: random.chance(0.05) ? null : textOf(random, SELINUX_TYPES)} : {}),
  ...(random.chance(0.25) ? {user: textOf(random, ['', 'system_u'])} : {}),
  ...(random.chance(0.25) ? {role: textOf(random, ['', 'system_r'])} : {}),
  ...(random.chance(0.3) ? {level: 's0:c1,c2'} : {}),
})

const windowsOptions = (random: Random): Draft => (random.chance(0.2) ? {} : {hostProcess: random.pick([true, true, false, null]), ...(random.chance(0.3) ? {runAsUserName: 'x'} : {})})

export const SYSCTLS = [
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem', 'net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat',
]
const NOT_SYSCTLS = ['kernel.msgmax', 'net/ipv4/tcp_rmem', 'net.ipv4.tcp_rmem ', 'NET.ipv4.tcp_syncookies', 'net.ipv4.tcp_keepalive_', 'fs.mqueue.msg_max', 'net.ipv4.tcp_mem', '']

const sysctls = (random: Random): Json | Draft[] => Array.from({length: random.below(4)}, () => (random.chance(0.02) ? null as unknown as Draft : {name: random.chance(0.6) ? random.pick(SYSCTLS) : textOf(random, NOT_SYSCTLS), value: '1'}))

export const POD_SECURITY: Fields = {
  runAsNonRoot: of(true, true, false),
  runAsUser: of(0, 1, 1000, 65_534, -1, 2 ** 31, 2 ** 53 - 1),
  runAsGroup: of(0), fsGroup: of(0), supplementalGroups: of([0]), procMount: of('Unmasked'),
  seccompProfile: profile, appArmorProfile: profile, seLinuxOptions, windowsOptions, sysctls: sysctls as (random: Random) => Draft,
}

export const CAPABILITIES = [
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
]
const NOT_CAPABILITIES = ['NET_RAW', 'SYS_ADMIN', 'CAP_CHOWN', 'chown', 'ALL', 'all', 'CAP_NET_BIND_SERVICE', 'NET_ADMIN', '', '\u{1f600}', '\ufffd', '\ue000']
const capabilityList = (random: Random): Json[] => Array.from({length: random.below(4)}, () => (random.chance(0.02) ? null : random.chance(0.6) ? random.pick(CAPABILITIES) : textOf(random, NOT_CAPABILITIES)))
const dropList = (random: Random): Json[] => (random.chance(0.6) ? ['ALL', ...capabilityList(random)] : random.chance(0.3) ? [...capabilityList(random), 'ALL'] : textOf(random, ['all', 'CAP_ALL', 'NET_RAW', 'ALL ']).split(';'))

const capabilities = (random: Random): Draft => ({
  ...(random.chance(0.7) ? {drop: random.chance(0.04) ? null : dropList(random)} : {}),
  ...(random.chance(0.6) ? {add: random.chance(0.04) ? null : capabilityList(random)} : {}),
})

export const CONTAINER_SECURITY: Fields = {
  privileged: of(true, true, false),
  allowPrivilegeEscalation: of(false, false, true),
  runAsNonRoot: of(true, true, false),
  runAsUser: of(0, 0, 1, 1000),
  readOnlyRootFilesystem: of(false), runAsGroup: of(0),
  procMount: random => textOf(random, ['Default', 'Unmasked', 'Unmasked', '', 'default', 'Default ']),
  capabilities, seccompProfile: profile, appArmorProfile: profile, seLinuxOptions, windowsOptions,
}

const HOSTS = ['', '', 'localhost', '127.0.0.1', '::1', 'example.com', 'b', 'a', ' ']
const handler = (random: Random): Draft => ({
  ...(random.chance(0.5) ? {httpGet: random.chance(0.05) ? null : {port: 80, ...(random.chance(0.7) ? {host: random.chance(0.05) ? null : textOf(random, HOSTS)} : {})}} : {}),
  ...(random.chance(0.4) ? {tcpSocket: {port: random.pick<Json>([80, 'http']), ...(random.chance(0.7) ? {host: textOf(random, HOSTS)} : {})}} : {}),
  ...(random.chance(0.1) ? {exec: {command: ['true']}} : {}),
  ...(random.chance(0.1) ? {grpc: {port: 80, service: 'host'}} : {}),
})

const port = (random: Random): Draft => (random.chance(0.02) ? null as unknown as Draft : {
  containerPort: random.pick([80, 8080]),
  ...(random.chance(0.6) ? {hostPort: random.pick([null, 0, 0, 80, 9, 10, 8080, 443, 65_535, -1])} : {}),
  ...(random.chance(0.2) ? {hostIP: '127.0.0.1', protocol: 'UDP'} : {}),
})

export const CONTAINER_FIELDS: Fields = {
  image: of('registry.example.com/app:1', ''),
  ports: random => Array.from({length: random.below(4)}, () => port(random)) as unknown as Draft,
  livenessProbe: handler, readinessProbe: handler, startupProbe: handler,
  lifecycle: random => ({...(random.chance(0.6) ? {postStart: random.chance(0.05) ? null : handler(random)} : {}), ...(random.chance(0.6) ? {preStop: handler(random)} : {}), ...(random.chance(0.1) ? {stopSignal: 'SIGTERM'} : {})}),
  restartPolicy: of('Always'), env: of([{name: 'hostPath', value: 'hostNetwork'}]), volumeMounts: of([{name: 'v', mountPath: '/v'}]),
}

export const POD_FIELDS: Fields = {
  hostNetwork: of(true, true, false), hostPID: of(true, true, false), hostIPC: of(true, true, false), hostUsers: of(true, false, false),
  os: random => random.pick<Draft>([{name: 'windows'}, {name: 'windows'}, {name: 'linux'}, {name: 'Windows'}, {name: ''}, {}, {name: null}]),
  nodeSelector: of({'kubernetes.io/os': 'windows'}), hostname: of('host'), hostAliases: of([{ip: '127.0.0.1', hostnames: ['host']}]),
  serviceAccountName: of('default'), runtimeClassName: of('kata'), shareProcessNamespace: of(true), restartPolicy: of('Never'), enableServiceLinks: of(false),
}

export const FREE_SOURCES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']
export const OTHER_SOURCES = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'fc', 'azureFile',
  'vsphereVolume', 'quobyte', 'azureDisk', 'photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos',
]

/** None, one or several sources; none of the kinds that Go knows, or one that it does not. */
export function volume(random: Random, index: number): Draft {
  if (random.chance(0.01)) return null as unknown as Draft
  const made: Draft = random.chance(0.97) ? {name: random.chance(0.05) ? oddText(random) : `v${index}`} : {}
  for (let count = random.pick([0, 1, 1, 1, 1, 2, 3]); count > 0; count--) {
    const source = random.chance(0.05) ? random.pick(['unheardOf', 'hostpath', 'EmptyDir2']) : random.chance(0.25) ? 'hostPath' : random.pick(random.chance(0.5) ? FREE_SOURCES : OTHER_SOURCES)
    made[source] = random.chance(0.06) ? null : source === 'hostPath' ? {path: '/'} : {}
  }
  return made
}

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'

export const ANNOTATION_KEYS = [
  ...['a', 'b', 'c0', 'ghost', '', 'x/y'].map(name => APPARMOR + name), APPARMOR.slice(0, -1), APPARMOR.toUpperCase(), `x${APPARMOR}a`,
  'seccomp.security.alpha.kubernetes.io/pod', 'seccomp.security.alpha.kubernetes.io/pods', ...['a', 'b', 'c', 'main', 'c0', 'i0', 'debug', 'ghost', ''].map(name => SECCOMP_CONTAINER + name),
  'example.com/note', 'constructor', 'toString',
]

export const ANNOTATION_VALUES = ['', 'runtime/default', 'docker/default', 'localhost/', 'localhost/p', 'localhost', 'unconfined', 'runtime/Default', 'runtime/default ', 'a', 'Z']
