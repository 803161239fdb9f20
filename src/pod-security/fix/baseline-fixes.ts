import {SYSCTLS} from '../allowed.js'
import type {BASELINE_CONTROLS} from '../control.js'
import type {JsonObject} from '../../kube/json.js'
import {stepsOf} from '../../kube/field-path.js'
import {containersNamed, quoted} from '../words.js'
import {CAPABILITY_FIXES} from './capability-fixes.js'
import type {Edit} from './edits.js'
import {removing, setting, valueAt} from './edits.js'
import type {Fixer, Fixers} from './remedy.js'
import {blockedBy, edited, presentIn, removeEach} from './remedy.js'
import {SECCOMP_FIXES} from './seccomp-fixes.js'

/** What is said of whatever belongs to a node. */
function agentText(kind: string): string {
  return kind === 'DaemonSet' ? '; an agent of the node belongs in a namespace of its own at level privileged' : ''
}

const OF_HOST: Readonly<Record<string, string>> = {
  hostNetwork: 'hostNetwork: reach it by a Service, or keep it at level privileged',
  hostPID: 'hostPID: no other field shows the processes of the node',
  hostIPC: 'hostIPC: no other field shares memory with processes of the node',
}

const hostNamespaces: Fixer = ({kind}, {violations}) => blockedBy(...violations.map(({path}) => `${OF_HOST[path.replace(/^spec\./, '')] ?? path}${agentText(kind)}`))

const hostPathVolumes: Fixer = ({kind, judged}, {violations}) => {
  const names = violations.map(({path}) => String(valueAt(judged, stepsOf(path.replace(/\.hostPath$/, '.name'))) ?? ''))
  return blockedBy(`hostPath of ${names.length === 1 ? 'volume' : 'volumes'} ${quoted(names)}: emptyDir for scratch space, a PersistentVolumeClaim for data${agentText(kind)}`)
}

const hostPorts: Fixer = (patient, {violations}) => {
  if (patient.pod.spec.hostNetwork === true) return blockedBy('on the network of the node (hostNetwork) the server makes each containerPort a hostPort')
  return removeEach(patient, violations)
}

const privileged: Fixer = ({kind}, {violations}) => {
  const names = violations.map(({container}) => container ?? '')
  return blockedBy(`${containersNamed(names)} ${names.length === 1 ? 'is' : 'are'} privileged: find out what for, as a device plugin, a sysctl of the pod or a CSI driver may do instead${agentText(kind)}`)
}

/** `level` stays; where nothing is left the whole goes, and that of the pod holds. */
const seLinuxOptions: Fixer = (patient, {violations}) => {
  const owners = new Map<string, {container: string | null; bad: string[]}>()
  for (const {path, container} of presentIn(patient, violations)) {
    const owner = path.replace(/\.\w+$/, '')
    const known = owners.get(owner) ?? {container, bad: []}
    owners.set(owner, known)
    known.bad.push(path.slice(owner.length + 1))
  }
  return edited([...owners].flatMap(([owner, {container, bad}]) => {
    const rest = Object.keys(valueAt(patient.judged, stepsOf(owner)) as JsonObject).filter(field => !bad.includes(field))
    return rest.length === 0 ? [removing(owner, container)] : bad.map(field => removing(`${owner}.${field}`, container))
  }))
}

const sysctls: Fixer = ({pod, rules}) => {
  const minor = Math.min(rules.minor, rules.server)
  const allowed = new Set(SYSCTLS.filter(({from}) => from <= minor).flatMap(({names}) => names))
  const kept = (pod.spec.securityContext?.sysctls ?? []).filter(one => allowed.has(one?.name ?? '')) as readonly JsonObject[]
  const field = 'spec.securityContext.sysctls'
  const edit: Edit = kept.length === 0 ? removing(field, null) : setting(field, null, kept)
  return edited([edit])
}

const windowsHostProcess: Fixer = ({kind}) => blockedBy(`hostProcess: no other field gives a program the Windows node${agentText(kind)}`)

export const BASELINE_FIXES: Fixers<(typeof BASELINE_CONTROLS)[number]> = {
  ...CAPABILITY_FIXES, ...SECCOMP_FIXES,
  appArmorProfile: (patient, {violations}) => removeEach(patient, violations, '.type'),
  hostNamespaces, hostPathVolumes, hostPorts,
  hostProbesAndHostLifecycle: (patient, {violations}) => removeEach(patient, violations),
  privileged,
  procMount: (patient, {violations}) => removeEach(patient, violations),
  seLinuxOptions, sysctls, windowsHostProcess,
}
