import {OddField} from '../kube/field.js'
import type {Json, JsonObject} from '../kube/json.js'
import {ALLOWED_VOLUMES, APP_ARMOR_ANNOTATION, DEFAULT_CAPABILITIES, OTHER_VOLUMES, RESTRICTED_CAPABILITY, SECCOMP_CONTAINER_ANNOTATION, SECCOMP_POD_ANNOTATION, SELINUX_TYPES, SYSCTLS, isAllowedAppArmorAnnotation, isAllowedAppArmorType, isAllowedSeccompAnnotation, isAllowedSeccompType} from './allowed.js'
import {integerOf, isList, isObject, isThere, isTrue, objectOf, oddField, textOf} from './checked-fields.js'
import type {ControlId} from './control.js'
import {CONTROLS} from './control.js'
import type {Judged} from './pod-shape.js'

/**
 * One look over a pod, before any control: types are checked, and each control
 * that could refuse the pod under its strictest window gets a bit. A control
 * whose bit is not set passes at every version; one whose bit is set is asked.
 * Most pods of most clusters need no more than this, so nothing is allocated
 * here, and fields are read as they are: no name among them is one that every
 * object inherits.
 */
export function suspectsOf({metadata, spec}: Judged): number {
  return annotationSuspects(metadata) | specSuspects(spec)
}

export function bitOf(id: ControlId): number {
  return 1 << CONTROLS.indexOf(id)
}

const APP_ARMOR = bitOf('appArmorProfile')
const CAPABILITIES = bitOf('capabilities_baseline')
const HOST_NAMESPACES = bitOf('hostNamespaces')
const HOST_PATH = bitOf('hostPathVolumes')
const HOST_PORTS = bitOf('hostPorts')
const HOSTS = bitOf('hostProbesAndHostLifecycle')
const PRIVILEGED = bitOf('privileged')
const PROC_MOUNT = bitOf('procMount') | bitOf('procMount_restricted')
const SELINUX = bitOf('seLinuxOptions')
const SECCOMP = bitOf('seccompProfile_baseline') | bitOf('seccompProfile_restricted')
const SECCOMP_UNSET = bitOf('seccompProfile_restricted')
const SYSCTL = bitOf('sysctls')
const HOST_PROCESS = bitOf('windowsHostProcess')
const ESCALATION = bitOf('allowPrivilegeEscalation')
const CAPABILITIES_KEPT = bitOf('capabilities_restricted')
const VOLUMES = bitOf('restrictedVolumes')
const NON_ROOT = bitOf('runAsNonRoot')
const USER = bitOf('runAsUser')
const BARE_CONTAINER = ESCALATION | CAPABILITIES_KEPT

const OLDEST_TYPES: ReadonlySet<string> = new Set(SELINUX_TYPES[0]?.types)
const OLDEST_SYSCTLS: ReadonlySet<string> = new Set(SYSCTLS[0]?.names)

function annotationSuspects(metadata: Json | undefined): number {
  if (metadata === undefined || metadata === null) return 0
  if (!isObject(metadata)) throw new OddField('metadata', 'an object')
  const annotations = metadata['annotations']
  if (annotations === undefined || annotations === null) return 0
  if (!isObject(annotations)) throw new OddField('metadata.annotations', 'an object')
  let suspects = 0
  for (const key in annotations) {
    const isAppArmor = key.startsWith(APP_ARMOR_ANNOTATION)
    if (!isAppArmor && key !== SECCOMP_POD_ANNOTATION && !key.startsWith(SECCOMP_CONTAINER_ANNOTATION)) continue
    const value = annotations[key] ?? ''
    if (typeof value !== 'string') throw new OddField(`metadata.annotations[${JSON.stringify(key)}]`, 'a string')
    if (isAppArmor) suspects |= isAllowedAppArmorAnnotation(value) ? 0 : APP_ARMOR
    else suspects |= isAllowedSeccompAnnotation(value) ? 0 : SECCOMP
  }
  return suspects
}

function specSuspects(spec: Json | undefined): number {
  if (spec === undefined || spec === null) return 0
  if (!isObject(spec)) throw new OddField('spec', 'an object')
  // All three are asked, whatever the first says: each may be odd.
  let suspects = 0
  if (isTrue(spec['hostNetwork'], 'spec', -1, 'hostNetwork')) suspects |= HOST_NAMESPACES
  if (isTrue(spec['hostPID'], 'spec', -1, 'hostPID')) suspects |= HOST_NAMESPACES
  if (isTrue(spec['hostIPC'], 'spec', -1, 'hostIPC')) suspects |= HOST_NAMESPACES
  isTrue(spec['hostUsers'], 'spec', -1, 'hostUsers')
  const os = objectOf(spec['os'], 'spec', -1, 'os')
  if (os !== null) textOf(os['name'], 'spec', -1, 'os.name')
  const context = objectOf(spec['securityContext'], 'spec', -1, 'securityContext')
  let unset = NON_ROOT | SECCOMP_UNSET
  if (context !== null) {
    suspects |= contextSuspects(context, 'spec', -1) | sysctlSuspects(context['sysctls'])
    if (context['runAsNonRoot'] === true) unset &= ~NON_ROOT
    if (isThere(context['seccompProfile'])) unset &= ~SECCOMP_UNSET
  }
  const containers = containersSuspects(spec['initContainers'], 'spec.initContainers') | containersSuspects(spec['containers'], 'spec.containers') | containersSuspects(spec['ephemeralContainers'], 'spec.ephemeralContainers')
  return suspects | settled(containers, unset) | volumeSuspects(spec['volumes'])
}

/** Bits of containers that say nothing of their own, above those of controls; what the pod says settles them. */
const SILENT_NON_ROOT = 1 << CONTROLS.length
const SILENT_SECCOMP = 1 << (CONTROLS.length + 1)

function settled(suspects: number, unset: number): number {
  let open = suspects & ~(SILENT_NON_ROOT | SILENT_SECCOMP)
  if ((suspects & SILENT_NON_ROOT) !== 0) open |= unset & NON_ROOT
  if ((suspects & SILENT_SECCOMP) !== 0) open |= unset & SECCOMP_UNSET
  return open
}

function containersSuspects(list: Json | undefined, place: string): number {
  if (list === undefined || list === null) return 0
  if (!isList(list)) throw new OddField(place, 'a list')
  let suspects = 0
  for (let index = 0; index < list.length; index++) {
    const container = list[index]
    suspects |= container === null || container === undefined ? BARE : containerSuspects(container, place, index)
  }
  return suspects
}

const BARE = BARE_CONTAINER | SILENT_NON_ROOT | SILENT_SECCOMP

function containerSuspects(container: Json, place: string, index: number): number {
  if (!isObject(container)) throw new OddField(`${place}[${index}]`, 'an object')
  textOf(container['name'], place, index, 'name')
  const context = objectOf(container['securityContext'], place, index, 'securityContext')
  let suspects = context === null ? BARE : contextSuspects(context, place, index) | containerContextSuspects(context, place, index)
  const ports = container['ports']
  if (isThere(ports)) suspects |= portSuspects(ports, place, index)
  suspects |= hostSuspects(container['livenessProbe'], place, index, 'livenessProbe') | hostSuspects(container['readinessProbe'], place, index, 'readinessProbe') | hostSuspects(container['startupProbe'], place, index, 'startupProbe')
  const lifecycle = objectOf(container['lifecycle'], place, index, 'lifecycle')
  if (lifecycle !== null) suspects |= hostSuspects(lifecycle['postStart'], place, index, 'lifecycle.postStart') | hostSuspects(lifecycle['preStop'], place, index, 'lifecycle.preStop')
  return suspects
}

/** What pods and containers both have. */
function contextSuspects(context: JsonObject, place: string, index: number): number {
  let suspects = 0
  const armor = objectOf(context['appArmorProfile'], place, index, 'securityContext.appArmorProfile')
  if (armor !== null && !isAllowedAppArmorType(textOf(armor['type'], place, index, 'securityContext.appArmorProfile.type'))) suspects |= APP_ARMOR
  const seccomp = objectOf(context['seccompProfile'], place, index, 'securityContext.seccompProfile')
  if (seccomp !== null && !isAllowedSeccompType(textOf(seccomp['type'], place, index, 'securityContext.seccompProfile.type'))) suspects |= SECCOMP
  const selinux = objectOf(context['seLinuxOptions'], place, index, 'securityContext.seLinuxOptions')
  if (selinux !== null && isOtherSeLinux(selinux, place, index)) suspects |= SELINUX
  const windows = objectOf(context['windowsOptions'], place, index, 'securityContext.windowsOptions')
  if (windows !== null && isTrue(windows['hostProcess'], place, index, 'securityContext.windowsOptions.hostProcess')) suspects |= HOST_PROCESS
  const nonRoot = context['runAsNonRoot']
  if (isThere(nonRoot) && !isTrue(nonRoot, place, index, 'securityContext.runAsNonRoot')) suspects |= NON_ROOT
  const user = context['runAsUser']
  if (isThere(user) && integerOf(user, place, index, 'securityContext.runAsUser') === 0) suspects |= USER
  return suspects
}

function isOtherSeLinux(options: JsonObject, place: string, index: number): boolean {
  const type = textOf(options['type'], place, index, 'securityContext.seLinuxOptions.type')
  const user = textOf(options['user'], place, index, 'securityContext.seLinuxOptions.user')
  const role = textOf(options['role'], place, index, 'securityContext.seLinuxOptions.role')
  return !OLDEST_TYPES.has(type) || user !== '' || role !== ''
}

function containerContextSuspects(context: JsonObject, place: string, index: number): number {
  let suspects = (isThere(context['runAsNonRoot']) ? 0 : SILENT_NON_ROOT) | (isThere(context['seccompProfile']) ? 0 : SILENT_SECCOMP)
  if (isTrue(context['privileged'], place, index, 'securityContext.privileged')) suspects |= PRIVILEGED
  const escalation = context['allowPrivilegeEscalation']
  if (!isThere(escalation) || isTrue(escalation, place, index, 'securityContext.allowPrivilegeEscalation')) suspects |= ESCALATION
  const mount = context['procMount']
  if (isThere(mount) && textOf(mount, place, index, 'securityContext.procMount') !== 'Default') suspects |= PROC_MOUNT
  const capabilities = objectOf(context['capabilities'], place, index, 'securityContext.capabilities')
  return suspects | (capabilities === null ? CAPABILITIES_KEPT : capabilitySuspects(capabilities, place, index))
}

function capabilitySuspects({add, drop}: JsonObject, place: string, index: number): number {
  let suspects = CAPABILITIES_KEPT
  if (isThere(drop)) {
    if (!isList(drop)) throw oddField(place, index, 'securityContext.capabilities.drop', 'a list')
    for (let entry = 0; entry < drop.length; entry++)
      if (textOf(drop[entry], place, index, 'securityContext.capabilities.drop', entry) === 'ALL') suspects = 0
  }
  if (!isThere(add)) return suspects
  if (!isList(add)) throw oddField(place, index, 'securityContext.capabilities.add', 'a list')
  for (let entry = 0; entry < add.length; entry++) {
    const capability = textOf(add[entry], place, index, 'securityContext.capabilities.add', entry)
    if (capability === RESTRICTED_CAPABILITY) continue
    suspects |= DEFAULT_CAPABILITIES.has(capability) ? CAPABILITIES_KEPT : CAPABILITIES_KEPT | CAPABILITIES
  }
  return suspects
}

function portSuspects(ports: Json, place: string, index: number): number {
  if (!isList(ports)) throw oddField(place, index, 'ports', 'a list')
  let suspects = 0
  for (let entry = 0; entry < ports.length; entry++) {
    const port = ports[entry]
    if (port === null || port === undefined) continue
    if (!isObject(port)) throw oddField(place, index, `ports[${entry}]`, 'an object')
    const hostPort = port['hostPort']
    if (isThere(hostPort) && integerOf(hostPort, place, index, 'ports', entry) !== 0) suspects = HOST_PORTS
  }
  return suspects
}

/** Of a probe or a lifecycle handler. */
function hostSuspects(handler: Json | undefined, place: string, index: number, field: string): number {
  if (!isThere(handler)) return 0
  if (!isObject(handler)) throw oddField(place, index, field, 'an object')
  const http = handler['httpGet']
  const tcp = handler['tcpSocket']
  return (isThere(http) ? actionSuspects(http, place, index, field, 'httpGet') : 0) | (isThere(tcp) ? actionSuspects(tcp, place, index, field, 'tcpSocket') : 0)
}

function actionSuspects(action: Json, place: string, index: number, field: string, name: string): number {
  if (!isObject(action)) throw oddField(place, index, `${field}.${name}`, 'an object')
  const host = action['host'] ?? ''
  if (typeof host !== 'string') throw oddField(place, index, `${field}.${name}.host`, 'a string')
  return host === '' ? 0 : HOSTS
}

function sysctlSuspects(sysctls: Json | undefined): number {
  if (!isThere(sysctls)) return 0
  if (!isList(sysctls)) throw new OddField('spec.securityContext.sysctls', 'a list')
  let suspects = 0
  for (const [index, sysctl] of sysctls.entries()) {
    if (isThere(sysctl) && !isObject(sysctl)) throw new OddField(`spec.securityContext.sysctls[${index}]`, 'an object')
    const name = textOf(sysctl?.['name'], 'spec.securityContext.sysctls', index, 'name')
    if (!OLDEST_SYSCTLS.has(name)) suspects = SYSCTL
  }
  return suspects
}

function volumeSuspects(volumes: Json | undefined): number {
  if (!isThere(volumes)) return 0
  if (!isList(volumes)) throw new OddField('spec.volumes', 'a list')
  let suspects = 0
  for (let index = 0; index < volumes.length; index++) {
    const volume = volumes[index]
    if (!isThere(volume)) suspects |= VOLUMES
    else if (!isObject(volume)) throw new OddField(`spec.volumes[${index}]`, 'an object')
    else {
      textOf(volume['name'], 'spec.volumes', index, 'name')
      if (objectOf(volume['hostPath'], 'spec.volumes', index, 'hostPath') !== null) suspects |= HOST_PATH
      if (!hasAllowedSource(volume, index)) suspects |= VOLUMES
    }
  }
  return suspects
}

function hasAllowedSource(volume: JsonObject, index: number): boolean {
  for (const source of ALLOWED_VOLUMES) if (objectOf(volume[source], 'spec.volumes', index, source) !== null) return true
  // The control looks again at `image` and at what names the type.
  objectOf(volume['image'], 'spec.volumes', index, 'image')
  for (const source of OTHER_VOLUMES) objectOf(volume[source], 'spec.volumes', index, source)
  return false
}
