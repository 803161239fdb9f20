import {at, flagAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import type {ControlId} from '../../pod-security/control.js'
import {PLAIN_CAPABILITIES, PLAIN_VOLUMES, SELINUX_TYPES, isPlainProfile} from './psp-controls.js'
import type {Holding} from './usable-guards.js'

/** What of a cluster and a namespace changes what constraints hold. */
export interface SccPlace {
  /** The first user that OpenShift gave the namespace; null: not known. */
  firstUser: number | null
  /** Minor of the server's build; null: not known, as one of today. */
  build: number | null
  /** May a node of this cluster run Windows pods? */
  hasWindows: boolean
}

/** The rules of the Standards take these as plain from that minor on. */
const ENGINE_TYPE_MINOR = 31
const IMAGE_VOLUME_MINOR = 33

/** It leaves pods with `os.name: windows` alone. What else breaks these controls, validation refuses for such pods. */
const WINDOWS = 'pods that say that they are for Windows are not looked at'
const OPEN_TO_WINDOWS: readonly ControlId[] = ['hostNamespaces', 'hostPathVolumes', 'restrictedVolumes', 'hostPorts', 'runAsNonRoot']

/** What is kept of constraints: what they let through, as they say it. */
export interface Scc {
  allows: Readonly<Record<(typeof FLAGS)[number], boolean>>
  mayEscalate: boolean
  volumes: readonly string[]
  addable: readonly string[]
  dropped: readonly string[]
  unsafeSysctls: readonly string[]
  seccomp: readonly string[]
  /** Null: any. */
  seLinux: {type: string; user: string; role: string} | null
  user: {type: string; uid: number | null; min: number | null; max: number | null}
}

const FLAGS = ['PrivilegedContainer', 'HostDirVolumePlugin', 'HostNetwork', 'HostPID', 'HostIPC', 'HostPorts'] as const

export function sccOf(scc: KubeObject): Scc {
  const context = at(scc, 'seLinuxContext')
  const option = (name: string): string => textAt(context, 'seLinuxOptions', name) ?? ''
  const user = at(scc, 'runAsUser')
  const number = (name: string): number | null => numberAt(user, name) ?? null
  return {
    allows: Object.fromEntries(FLAGS.map(flag => [flag, flagAt(scc, `allow${flag}`) === true])) as Scc['allows'],
    mayEscalate: flagAt(scc, 'allowPrivilegeEscalation') !== false,
    volumes: [...textsAt(scc, 'volumes')], dropped: [...textsAt(scc, 'requiredDropCapabilities')], unsafeSysctls: [...textsAt(scc, 'allowedUnsafeSysctls')], seccomp: [...textsAt(scc, 'seccompProfiles')],
    addable: [...textsAt(scc, 'allowedCapabilities'), ...textsAt(scc, 'defaultAddCapabilities')],
    seLinux: textAt(context, 'type') === 'MustRunAs' ? {type: option('type'), user: option('user'), role: option('role')} : null,
    user: {type: textAt(user, 'type') ?? '', uid: number('uid'), min: number('uidRangeMin'), max: number('uidRangeMax')},
  }
}

/**
 * The controls of the Pod Security Standards that SecurityContextConstraints
 * hold (openshift/apiserver-library-go sccmatching, read at a8019f39). Nothing
 * looks at AppArmor, at procMount, at hosts of probes.
 */
export function controlsOfScc(scc: Scc, place: SccPlace): ReadonlyMap<ControlId, Holding> {
  const {allows, addable} = scc
  const held: [ControlId, boolean][] = [
    ['privileged', !allows.PrivilegedContainer],
    ['hostNamespaces', !allows.HostNetwork && !allows.HostPID && !allows.HostIPC],
    ['hostPathVolumes', hasVolumes(scc, volume => volume !== 'hostPath')],
    ['restrictedVolumes', hasVolumes(scc, volume => RESTRICTED_VOLUMES.includes(volume) || (volume === 'image' && isSince(IMAGE_VOLUME_MINOR, place)))],
    ['hostPorts', !allows.HostPorts],
    ['capabilities_baseline', addable.every(one => PLAIN_CAPABILITIES.includes(one))],
    ['sysctls', scc.unsafeSysctls.length === 0],
    ['seLinuxOptions', hasPlainSeLinux(scc, place)],
    ['seccompProfile_baseline', scc.seccomp.every(isPlainProfile)],
  ]
  const filled: [ControlId, boolean][] = [
    ['capabilities_restricted', scc.dropped.includes('ALL') && addable.every(one => one === 'NET_BIND_SERVICE')],
    ['allowPrivilegeEscalation', !scc.mayEscalate],
    ['seccompProfile_restricted', scc.seccomp.length > 0 && scc.seccomp.every(isNamedProfile)],
  ]
  const whole = (isFilled: boolean, controls: readonly [ControlId, boolean][]): [ControlId, Holding][] => controls.flatMap(([id, isHeld]) => (isHeld ? [[id, {isFilled, holes: []}]] : []))
  const holdings = [...whole(false, held), ...whole(true, filled), ...userHoldings(scc, place)]
  return new Map(holdings.map(([id, {isFilled, holes}]) => [id, {isFilled, holes: place.hasWindows && OPEN_TO_WINDOWS.includes(id) ? [...holes, WINDOWS] : holes}]))
}

/** Where no node runs Windows, whoever says that a pod is for it gets past, and gets nothing by it: no kubelet takes the pod. */
export const WINDOWS_IN_VAIN = `${WINDOWS}, and no node here runs them`

const RESTRICTED_VOLUMES: readonly string[] = [...PLAIN_VOLUMES, 'none', 'serviceAccountToken']

/** `allowHostDirVolumePlugin` is folded into the list where constraints are stored; files may have either. No list is every volume where it is written, and none where it is asked: then nothing is told. */
function hasVolumes({allows, volumes}: Scc, isPlain: (volume: string) => boolean): boolean {
  return volumes.length > 0 && !allows.HostDirVolumePlugin && volumes.every(volume => volume !== '*' && isPlain(volume))
}

function isSince(minor: number, {build}: SccPlace): boolean {
  return build === null || build >= minor
}

/** Whatever a pod or a container says must be this, but for the level. */
function hasPlainSeLinux({seLinux}: Scc, place: SccPlace): boolean {
  if (seLinux === null || seLinux.user !== '' || seLinux.role !== '') return false
  return SELINUX_TYPES.includes(seLinux.type) || (seLinux.type === 'container_engine_t' && isSince(ENGINE_TYPE_MINOR, place))
}

/** The first of the list is filled in. */
function isNamedProfile(profile: string): boolean {
  return isPlainProfile(profile) && profile !== '' && profile !== 'localhost/'
}

const POD_USER = 'a runAsUser 0 at the pod passes where every container has another'
const POD_FALSE = 'a runAsNonRoot false at the pod passes where every container says true'
const ANY_FALSE = 'a runAsNonRoot false passes with a user that it allows'
const NO_RANGE = 'the users of the namespace are not known'

/** What it asks of users it asks of each container, with what the pod says where the container says nothing. */
function userHoldings({user: {type, uid, min, max}}: Scc, {firstUser}: SccPlace): [ControlId, Holding][] {
  const both = (nonRoot: string, ...more: readonly string[]): [ControlId, Holding][] => [['runAsNonRoot', {isFilled: true, holes: [nonRoot, ...more]}], ['runAsUser', {isFilled: false, holes: [POD_USER, ...more]}]]
  if (type === 'MustRunAsNonRoot') return both(POD_FALSE)
  if (type === 'MustRunAs') return (uid ?? 0) > 0 ? both(ANY_FALSE) : []
  if (type !== 'MustRunAsRange') return []
  // Where neither end is given, it is the range of the namespace.
  const first = min ?? (max === null ? firstUser : 0)
  return first === null ? both(ANY_FALSE, NO_RANGE) : first > 0 ? both(ANY_FALSE) : []
}
