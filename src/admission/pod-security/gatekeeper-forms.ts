import {at, listAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {shortList} from '../../kube/short-list.js'
import {ALLOWED_VOLUMES, DEFAULT_CAPABILITIES, IMAGE_VOLUME_SINCE, RESTRICTED_CAPABILITY, SELINUX_TYPES, SYSCTLS} from '../../pod-security/allowed.js'
import type {ControlId} from '../../pod-security/control.js'

/** Code of the library with the same effect, whatever it is written in. */
export type Form =
  | 'privileged' | 'escalation' | 'host-namespaces' | 'host-ports' | 'host-ports-all' | 'host-process' | 'host-filesystem' | 'host-filesystem-open' | 'volumes'
  | 'capabilities-exact' | 'capabilities-folded' | 'capabilities-mixed' | 'proc-mount' | 'proc-mount-exact' | 'sysctls' | 'sysctls-forbidden' | 'probes'
  | 'seccomp' | 'seccomp-fields' | 'seccomp-annotations' | 'apparmor' | 'apparmor-annotations' | 'apparmor-any' | 'selinux' | 'selinux-one-field' | 'users' | 'users-clash'

/** A control that is judged, and which pods that break it get through all the same. */
export type Enforced = readonly [ControlId, readonly string[]]

export interface Given {
  parameters: Json | undefined
  /** Of the server: what the Standards allow grows. */
  minor: number
}

/**
 * What a code refuses with these parameters, held against the Standards of
 * today's pods: annotations for seccomp, which servers read until 1.26, count as
 * nothing. Null: parameters with which it is not known. Rego refuses nothing
 * where a parameter that its message names is left out: the message is
 * undefined, and so is the violation.
 */
export const FORMS: Readonly<Record<Form, (given: Given) => readonly Enforced[] | null>> = {
  privileged: () => [['privileged', []]],
  escalation: () => [['allowPrivilegeEscalation', []]],
  'host-namespaces': () => [['hostNamespaces', [HOST_NETWORK]]],
  'host-ports': given => hostPorts(given, []),
  // `ports.all(…)`: one port that is allowed excuses the others.
  'host-ports-all': given => hostPorts(given, ['containers with several ports']),
  'host-process': () => [['windowsHostProcess', []]],
  'host-filesystem': ({parameters}) => hostPaths(parameters),
  // An empty list allows all.
  'host-filesystem-open': ({parameters}) => (listAt(parameters, 'allowedHostPaths').length === 0 ? [] : hostPaths(parameters)),
  volumes,
  'capabilities-exact': given => capabilities(given, {areAddedFolded: false, areDroppedFolded: false}),
  'capabilities-folded': given => capabilities(given, {areAddedFolded: true, areDroppedFolded: true}),
  'capabilities-mixed': given => capabilities(given, {areAddedFolded: false, areDroppedFolded: true}),
  'proc-mount': ({parameters}) => procMount((textAt(parameters, 'procMount') ?? 'default').toLowerCase()),
  'proc-mount-exact': ({parameters}) => procMount({Default: 'default', Unmasked: 'unmasked'}[textAt(parameters, 'procMount') ?? 'Unmasked'] ?? ''),
  sysctls,
  'sysctls-forbidden': ({parameters}) => forbiddenSysctls(textsAt(parameters, 'forbiddenSysctls')),
  // In Rego two probes that differ are two results of one function: an error, which is a violation of its own since Gatekeeper 3.8.
  probes: () => [['hostProbesAndHostLifecycle', []]],
  seccomp: given => seccomp(given, ['containers whose profile stands in an annotation only']),
  'seccomp-fields': given => seccomp(given, []),
  'seccomp-annotations': ({parameters}) => (isOpen(parameters, 'allowedProfiles') ? [] : [['seccompProfile_baseline', [ONLY_ANNOTATIONS]], ['seccompProfile_restricted', [ONLY_ANNOTATIONS]]]),
  apparmor: given => appArmor(given, [OVERRIDDEN]),
  'apparmor-annotations': given => appArmor(given, [ONLY_ANNOTATIONS]),
  'apparmor-any': given => appArmor(given, [ONLY_ANNOTATIONS, 'containers beside one with an allowed profile']),
  selinux,
  'selinux-one-field': ({parameters}) => (at(parameters, 'allowedSELinuxOptions') === undefined ? [] : [['seLinuxOptions', ['options of the pod', 'options of which one field is allowed']]]),
  users: given => users(given, []),
  // The same error, in a template that is older than that.
  'users-clash': given => users(given, ['containers that deny runAsNonRoot in a pod that sets it']),
}

export const HOST_NETWORK = 'hostNetwork'
export const PID_AND_IPC = 'hostPID and hostIPC'
const OVERRIDDEN = 'a value of the pod that every container overrides'
const ONLY_ANNOTATIONS = 'profiles in fields: it reads annotations'
const OTHER_VOLUMES = 'volumes of other types than hostPath'
const LAST_PORT = 65535

function gap(words: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${words} ${shortList(values, 3)}`]
}

/** Absent, or anything goes. */
function isOpen(parameters: Json | undefined, field: string): boolean {
  return at(parameters, field) === undefined || textsAt(parameters, field).includes('*')
}

/** An absent bound binds nothing. */
function hostPorts({parameters}: Given, gaps: readonly string[]): Enforced[] {
  const [min, max] = [numberAt(parameters, 'min') ?? 1, numberAt(parameters, 'max') ?? LAST_PORT]
  const [first, last] = [Math.max(min, 1), Math.min(max, LAST_PORT)]
  const isNothing = first === 1 && last === LAST_PORT
  const allowed = first > last ? [] : [`the ports ${first} to ${last}`]
  return [
    ...(at(parameters, 'hostNetwork') === true ? [] : [['hostNamespaces', [PID_AND_IPC]] as const]),
    ...(isNothing ? [] : [['hostPorts', [...allowed, ...gaps]] as const]),
  ]
}

function hostPaths(parameters: Json | undefined): Enforced[] {
  const allowed = gap('hostPath below', listAt(parameters, 'allowedHostPaths').map(entry => textAt(entry, 'pathPrefix') ?? '/'))
  return [['hostPathVolumes', allowed], ['restrictedVolumes', [...allowed, OTHER_VOLUMES]]]
}

function volumes({parameters, minor}: Given): Enforced[] {
  if (isOpen(parameters, 'volumes')) return []
  const allowed = textsAt(parameters, 'volumes')
  const good: readonly string[] = [...ALLOWED_VOLUMES, ...(minor >= IMAGE_VOLUME_SINCE ? ['image'] : [])]
  return [
    ...(allowed.includes('hostPath') ? [] : [['hostPathVolumes', []] as const]),
    ['restrictedVolumes', gap('volumes of type', allowed.filter(type => !good.includes(type)))],
  ]
}

/** `chown` is another name than `CHOWN` for the Standards, and the same for whoever folds the letters. */
function capabilities({parameters}: Given, {areAddedFolded, areDroppedFolded}: Record<'areAddedFolded' | 'areDroppedFolded', boolean>): Enforced[] {
  const allowed = textsAt(parameters, 'allowedCapabilities')
  const required = textsAt(parameters, 'requiredDropCapabilities')
  const isAddOpen = allowed.includes('*')
  const added = (good: ReadonlySet<string>): string[] => [
    ...gap('adding', allowed.filter(one => !good.has(one))),
    ...(areAddedFolded && allowed.length > 0 ? ['adding what is allowed, in small letters'] : []),
  ]
  const restricted = [...(isAddOpen ? ['adding any'] : added(new Set([RESTRICTED_CAPABILITY]))), ...dropGaps(required, areDroppedFolded)]
  return [
    ...(isAddOpen ? [] : [['capabilities_baseline', added(DEFAULT_CAPABILITIES)] as const]),
    ...(isAddOpen && required.length === 0 ? [] : [['capabilities_restricted', restricted] as const]),
  ]
}

function dropGaps(required: readonly string[], isFolded: boolean): string[] {
  if (required.includes('ALL')) return isFolded ? ['a drop of ALL in small letters'] : []
  if (required.some(one => one.toUpperCase() === 'ALL')) return ['a drop of ALL in small letters']
  return required.length === 0 ? ['no drop of ALL'] : [`a drop of ${shortList(required, 3)} only`]
}

function procMount(allowed: string): Enforced[] | null {
  if (allowed === 'default') return [['procMount', []], ['procMount_restricted', []]]
  return allowed === 'unmasked' ? [] : null
}

function sysctls({parameters, minor}: Given): Enforced[] {
  const forbidden = textsAt(parameters, 'forbiddenSysctls')
  if (isOpen(parameters, 'allowedSysctls') || forbidden.includes('*')) return forbiddenSysctls(forbidden)
  const safe = new Set(SYSCTLS.flatMap(({from, names}) => (from <= minor ? names : [])))
  return [['sysctls', gap('the sysctls', textsAt(parameters, 'allowedSysctls').filter(name => !safe.has(name) && !forbidden.includes(name)))]]
}

function forbiddenSysctls(forbidden: readonly string[]): Enforced[] {
  if (forbidden.length === 0) return []
  return [['sysctls', forbidden.includes('*') ? [] : gap('sysctls other than', forbidden)]]
}

const GOOD_SECCOMP = /^(?:RuntimeDefault|Localhost|runtime\/default|docker\/default|localhost(?:\/.*)?)$/
const NO_PROFILE = 'not configured'

function seccomp({parameters}: Given, restrictedOnly: readonly string[]): Enforced[] {
  const allowed = textsAt(parameters, 'allowedProfiles')
  if (allowed.includes('*')) return []
  const baseline = [OVERRIDDEN, ...gap('the profiles', allowed.filter(one => one !== NO_PROFILE && !GOOD_SECCOMP.test(one)))]
  return [
    ['seccompProfile_baseline', baseline],
    ['seccompProfile_restricted', [...baseline, ...restrictedOnly, ...(allowed.includes(NO_PROFILE) ? ['containers without a profile'] : [])]],
  ]
}

function appArmor({parameters}: Given, gaps: readonly string[]): Enforced[] {
  if (at(parameters, 'allowedProfiles') === undefined) return []
  const bad = textsAt(parameters, 'allowedProfiles').filter(one => one !== '' && one !== 'runtime/default' && !one.startsWith('localhost/'))
  return [['appArmorProfile', [...gaps, ...gap('the profiles', bad)]]]
}

function selinux({parameters, minor}: Given): Enforced[] {
  if (at(parameters, 'allowedSELinuxOptions') === undefined) return []
  const types = SELINUX_TYPES.flatMap(window => (window.from <= minor ? window.types : []))
  const bad = listAt(parameters, 'allowedSELinuxOptions').flatMap(entry => [
    ...gap('the type', [textAt(entry, 'type') ?? ''].filter(type => !types.includes(type))),
    ...(['user', 'role'] as const).flatMap(field => gap(`the ${field}`, [textAt(entry, field) ?? ''].filter(value => value !== ''))),
  ])
  return [['seLinuxOptions', bad]]
}

/** It judges the user that a container ends up with; the Standards ask for `runAsNonRoot` itself. */
function users({parameters}: Given, gaps: readonly string[]): Enforced[] {
  const rule = textAt(parameters, 'runAsUser', 'rule')
  if (rule !== 'MustRunAsNonRoot' && rule !== 'MustRunAs') return []
  const mayBeRoot = rule === 'MustRunAs' && listAt(parameters, 'runAsUser', 'ranges').some(range => (numberAt(range, 'min') ?? 1) <= 0 && (numberAt(range, 'max') ?? -1) >= 0)
  return [
    ['runAsNonRoot', ['containers with a runAsUser, whatever runAsNonRoot says', ...gaps]],
    ...(mayBeRoot ? [] : [['runAsUser', [OVERRIDDEN]] as const]),
  ]
}
