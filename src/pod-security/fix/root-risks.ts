import {at, listAt, numberAt, textAt} from '../../kube/field.js'
import {hasUserNamespace, isWindows} from '../controls/rule.js'
import {quoted} from '../words.js'
import type {ControlEdit} from './edits.js'
import type {Patient} from './remedy.js'
import type {SeenContainer} from './seen-container.js'
import {containersIn, sentenceOf} from './seen-container.js'

/** Their user may be root, and from the change on may not. */
export function unsure(patient: Patient): SeenContainer[] {
  const own = patient.pod.spec.securityContext?.runAsNonRoot ?? false
  return containersIn(patient).filter(({user, container}) => (user === null || user === 0) && (container.securityContext?.runAsNonRoot ?? own) === false)
}

/** What running as somebody else than root may break. A user above 0 in the object says that nobody was root before. */
export function rootRisks(patient: Patient): string[] {
  if (isWindows(patient.pod)) return [administratorRisk(containersIn(patient))]
  const own = unsure(patient)
  return own.length === 0 ? [] : [imageRisk(own), ...writableRisk(own), ...volumeRisk(patient), ...userNamespace(patient)]
}

/** The kubelet looks when it starts the container (pkg/kubelet/kuberuntime, security_context_others.go). */
function imageRisk(own: readonly SeenContainer[]): string {
  const images = [...new Set(own.map(({image}) => image))].filter(image => image !== '')
  const isOne = own.length === 1
  const what = images.length === 0 ? '' : ` (${images.slice(0, 3).join(', ')}${images.length > 3 ? ', …' : ''})`
  return `${sentenceOf(own.map(({name}) => name))}${what} ${isOne ? 'does' : 'do'} not start (CreateContainerConfigError) unless the image names a numeric user above 0: else set runAsUser to the number of its user.`
}

/** On Windows the kubelet compares names (security_context_windows.go). */
function administratorRisk(own: readonly SeenContainer[]): string {
  return `${sentenceOf(own.map(({name}) => name))} ${own.length === 1 ? 'does' : 'do'} not start where windowsOptions.runAsUserName, or else the image, names ContainerAdministrator: set runAsUserName to ContainerUser.`
}

function writableRisk(own: readonly SeenContainer[]): string[] {
  const writing = own.filter(({isRootReadOnly}) => !isRootReadOnly).map(({name}) => name)
  if (writing.length === 0) return []
  return [`${sentenceOf(writing)} may write to its root file system now: as another user than root it can only where the image lets it (caches, pid files, logs): an emptyDir mounted there helps.`]
}

const KEPT = ['persistentVolumeClaim', 'ephemeral', 'csi', 'nfs'] as const

/** An emptyDir may be written by everybody, configuration is read only: files of the others keep their owner. */
function volumeRisk({judged: {spec}}: Patient): string[] {
  const names = listAt(spec, 'volumes').filter(volume => KEPT.some(source => at(volume, source) !== undefined)).map(volume => textAt(volume, 'name') ?? '')
  if (names.length === 0 || numberAt(spec, 'securityContext', 'fsGroup') !== undefined) return []
  return [`Files in ${names.length === 1 ? 'volume' : 'volumes'} ${quoted(names)} may belong to root: fsGroup of the pod gives them to a group that it is in, where the volume can.`]
}

const USER_NAMESPACE_SPARES = 35

/** The gentler way where the rules know it; the API refuses it beside the namespaces of the node. */
function userNamespace({pod, rules, isPodContextRefused}: Patient): string[] {
  const isOpen = Math.min(rules.minor, rules.server) >= USER_NAMESPACE_SPARES && !hasUserNamespace(pod) && !isPodContextRefused && !isWindows(pod)
  const isShared = pod.spec.hostNetwork === true || pod.spec.hostPID === true || pod.spec.hostIPC === true
  if (!isOpen || isShared) return []
  return ['A program that must be root inside keeps it by hostUsers: false of the pod in place of this change, from the rules of v1.35 on; nodes need a kernel and a runtime that can (idmapped mounts).']
}

/** A 0 that goes leaves the user of the pod, or that of the image. */
export function userRisks(patient: Patient, edits: readonly ControlEdit[]): string[] {
  const own = patient.pod.spec.securityContext?.runAsUser ?? 0
  const names = [...new Set(edits.flatMap(({container}) => container ?? []))]
  const whom = names.length === 0 ? 'The pod' : sentenceOf(names)
  const then = own === 0 ? 'whom the image names' : `user ${own}, as the pod says`
  const asks = `${whom} ran as root on purpose: now it runs as ${then}, and what only root may read, write or do fails.`
  return [asks, ...(unsure(patient).length === 0 ? userNamespace(patient) : [])]
}
