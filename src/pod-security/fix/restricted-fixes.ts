import type {RESTRICTED_CONTROLS} from '../control.js'
import {stepsOf} from '../../kube/field-path.js'
import {isMapping} from '../../kube/field.js'
import {isWindows} from '../controls/rule.js'
import type {Container} from '../pod-shape.js'
import {containersNamed, containersThat, namesOf, quoted} from '../words.js'
import {CAPABILITY_FIXES} from './capability-fixes.js'
import type {Edit} from './edits.js'
import {removing, setting, valueAt} from './edits.js'
import type {Fixer, Fixers} from './remedy.js'
import {WINDOWS_NEEDS_LATER_RULES, blockedBy, edited, presentIn, removeEach} from './remedy.js'
import {SECCOMP_FIXES} from './seccomp-fixes.js'

const isPrivileged = ({securityContext}: Container): boolean => securityContext?.privileged === true
const mayEscalate = ({securityContext}: Container): boolean => securityContext?.allowPrivilegeEscalation !== false

/** The API refuses it beside privileged; CAP_SYS_ADMIN, the other thing that it refuses, is gone by the same patch. */
const allowPrivilegeEscalation: Fixer = ({pod}) => {
  if (isWindows(pod)) return blockedBy(WINDOWS_NEEDS_LATER_RULES)
  const stuck = namesOf(containersThat(pod, container => mayEscalate(container) && isPrivileged(container)))
  return {
    edits: containersThat(pod, container => mayEscalate(container) && !isPrivileged(container)).map(({place, name}) => setting(`${place}.securityContext.allowPrivilegeEscalation`, name, false)),
    blocked: stuck.length === 0 ? [] : [`${containersNamed(stuck)} ${stuck.length === 1 ? 'is' : 'are'} privileged, and the API takes no allowPrivilegeEscalation: false beside that`],
  }
}

const restrictedVolumes: Fixer = ({judged, kind}, {violations}) => blockedBy(...violations.map(({path}) => {
  const [, place = path, type = 'of an unknown type'] = /^(spec\.volumes\[\d+\])(?:\.(\w+))?$/.exec(path) ?? []
  const volume = valueAt(judged, stepsOf(place))
  const name = isMapping(volume) ? String(volume['name'] ?? '') : ''
  return `volume ${quoted([name])} is ${type}: ${instead(type, kind)}`
}))

function instead(type: string, kind: string): string {
  if (type === 'gitRepo') return 'an emptyDir that an init container clones into does the same'
  if (type === 'hostPath') return `emptyDir for scratch space, a PersistentVolumeClaim for data${kind === 'DaemonSet' ? '; an agent of the node belongs in a namespace at level privileged' : ''}`
  return 'name it in a PersistentVolume, and use a PersistentVolumeClaim'
}

const says = (value: boolean | null) => ({securityContext}: Container): boolean => (securityContext?.runAsNonRoot ?? null) === value

/** At the pod it holds for each container that says nothing. */
const runAsNonRoot: Fixer = ({pod, isPodContextRefused}) => {
  const field = 'securityContext.runAsNonRoot'
  const refusing = containersThat(pod, says(false))
  const own = pod.spec.securityContext?.runAsNonRoot ?? null
  if (isPodContextRefused && own !== true) {
    const edits = containersThat(pod, container => !says(true)(container)).map(({place, name}) => setting(`${place}.${field}`, name, true))
    return edited([...(own === false ? [removing(`spec.${field}`, null)] : []), ...edits])
  }
  const isNeeded = own === false || !pod.containers.every(says(true))
  const edits: Edit[] = refusing.map(({place, name}) => removing(`${place}.${field}`, name))
  return edited([...(own !== true && isNeeded ? [setting(`spec.${field}`, null, true)] : []), ...edits])
}

export const RESTRICTED_FIXES: Fixers<(typeof RESTRICTED_CONTROLS)[number]> = {
  allowPrivilegeEscalation,
  capabilities_restricted: CAPABILITY_FIXES.capabilities_restricted,
  procMount_restricted: (patient, {violations}) => removeEach(patient, violations),
  restrictedVolumes, runAsNonRoot,
  runAsUser: (patient, {violations}) => edited(presentIn(patient, violations).map(({path, container}) => removing(path, container))),
  seccompProfile_restricted: SECCOMP_FIXES.seccompProfile_restricted,
}
