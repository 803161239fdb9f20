import {stepsOf} from '../../kube/field-path.js'
import {flagAt, listAt, numberAt, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {BASELINE_PAGES} from '../catalogue-baseline.js'
import {RESTRICTED_PAGES} from '../catalogue-restricted.js'
import type {ControlId} from '../control.js'
import {containersNamed, inOrder, plural} from '../words.js'
import {addedBy, plainName} from './capability-fixes.js'
import type {ControlEdit} from './edits.js'
import {valueAt} from './edits.js'
import type {Risk} from './fix.js'
import type {Patient} from './remedy.js'
import {rootRisks, unsure, userRisks} from './root-risks.js'
import {containersIn, sentenceOf} from './seen-container.js'

type Risky = (patient: Patient, edits: readonly ControlEdit[]) => readonly string[]

/**
 * What a change may break, from what the object shows: images are not looked
 * into. In the order of the changes.
 */
export function risksOf(patient: Patient, edits: readonly ControlEdit[]): Risk[] {
  const controls = [...new Set(edits.map(({control}) => control))]
  return controls.flatMap(control => RISKS[control](patient, edits.filter(edit => edit.control === control)).map(text => ({control, text})))
}

const who = (edits: readonly ControlEdit[]): string => {
  const names = [...new Set(edits.flatMap(({container}) => container ?? []))]
  return names.length === 0 ? 'the pod' : containersNamed(names)
}

const inWords = (text: string): Risky => () => [text]
const SECCOMP = RESTRICTED_PAGES.seccompProfile_restricted.risk

const hostPorts: Risky = ({judged, kind}, edits) => {
  const ports = inOrder(edits.map(({steps}) => String(valueAt(judged, steps))))
  const whole = kind === 'DaemonSet' ? ' It may be what every node offers at this port: then a Service with internalTrafficPolicy: Local keeps callers on their node.' : ''
  return [`Whoever calls ${plural('port', 'ports', ports.length)} ${ports.join(', ')} at the address of the node reaches ${who(edits)} no more: a Service (NodePort, LoadBalancer) takes its place.${whole}`]
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i

const probeHosts: Risky = ({judged}, edits) => {
  const hosts = inOrder(edits.map(({steps}) => String(valueAt(judged, steps))))
  const loops = hosts.filter(host => LOOPBACK.test(host))
  const others = hosts.filter(host => !LOOPBACK.test(host))
  return [
    ...(loops.length === 0 ? [] : [`The kubelet asks the address of the pod instead of ${loops.join(', ')}: if ${who(edits)} listens on the loopback address alone, it must listen there too, or be probed by exec.`]),
    ...(others.length === 0 ? [] : [`The kubelet asks the address of the pod instead of ${others.join(', ')}: a probe of another machine says no more what it said, and a site chosen by name needs httpHeaders with name Host.`]),
  ]
}

/** Beyond the capabilities: what a drop of all takes from a program that starts as root. */
const dropsAll = ({steps}: ControlEdit): boolean => steps.at(-1) === 'drop'

const capabilities: Risky = (patient, edits) => [...lostCapabilities(patient, edits), ...(edits.some(dropsAll) ? [...rootCapabilities(patient, edits), ...lowPorts(patient, edits)] : [])]

function lostCapabilities({judged}: Patient, edits: readonly ControlEdit[]): string[] {
  return edits.filter(({steps}) => steps.at(-1) === 'add').flatMap(({steps, container, after}) => {
    const before = addedBy({securityContext: {capabilities: {add: valueAt(judged, steps) as readonly string[]}}})
    const kept = (after ?? []) as readonly string[]
    const lost = before.filter(one => !kept.includes(plainName(one)))
    return lost.length === 0 ? [] : [`${sentenceOf([container ?? ''])} loses ${lost.join(', ')}, which somebody asked for: what needs it fails with "operation not permitted".`]
  })
}

/** The usual entrypoints that begin as root and go on as somebody else. */
function rootCapabilities(patient: Patient, edits: readonly ControlEdit[]): string[] {
  const names = new Set(edits.filter(dropsAll).flatMap(({container}) => container ?? []))
  const mayBeRoot = unsure(patient).filter(({name}) => names.has(name)).map(({name}) => name)
  return mayBeRoot.length === 0 ? [] : [`Without capabilities an entrypoint of ${containersNamed(mayBeRoot)} that changes owners of files or its own user (chown, gosu, su-exec) fails.`]
}

const FREE_PORTS = 'net.ipv4.ip_unprivileged_port_start'
const FIRST_FREE_PORT = 1024

/**
 * containerd lets every user bind low ports since 2.0 unless configured otherwise
 * (`enable_unprivileged_ports`). NET_BIND_SERVICE would be allowed, but a user
 * above 0 has it only by file capabilities, which allowPrivilegeEscalation: false
 * turns off.
 */
function lowPorts(patient: Patient, edits: readonly ControlEdit[]): string[] {
  const names = new Set(edits.filter(dropsAll).flatMap(({container}) => container ?? []))
  const free = freePort(patient.judged.spec)
  return containersIn(patient).flatMap(({name, place, container}) => {
    const isKept = addedBy(container).some(one => plainName(one) === 'NET_BIND_SERVICE')
    const low = listAt({...patient.judged}, ...stepsOf(`${place}.ports`)).map(port => numberAt(port, 'containerPort') ?? 0).filter(port => port > 0 && port < free)
    if (!names.has(name) || isKept || low.length === 0) return []
    const advice = patient.isPodContextRefused || flagAt(patient.judged.spec, 'hostNetwork') === true ? 'let it listen above 1023' : `let it listen above 1023, or set the pod's sysctl ${FREE_PORTS} to "0", which every level allows`
    return [`${sentenceOf([name])} names ${plural('port', 'ports', low.length)} ${low.join(', ')}, below ${FIRST_FREE_PORT}: without capabilities it listens there only where the runtime lets everybody (containerd since 2.0 does): ${advice}.`]
  })
}

function freePort(spec: Json | undefined): number {
  const set = listAt(spec, 'securityContext', 'sysctls').find(one => textAt(one, 'name') === FREE_PORTS)
  const value = set === undefined ? FIRST_FREE_PORT : Number(textAt(set, 'value') ?? '')
  return Number.isInteger(value) ? value : FIRST_FREE_PORT
}

const escalation: Risky = (_, edits) => [`Programs with the setuid bit or file capabilities (sudo, su, ping) get no more rights by them in ${who(edits)}.`]

/** Only a word that there be no profile goes: what then holds is the kubelet's choice. */
const seccompRemoved: Risky = () => [`Where a kubelet gives its default profile to pods without one (seccompDefault), it holds here too. ${SECCOMP}`]

const seccompSet: Risky = (_, edits) => {
  const file = edits.map(({after}) => textOf(after)).find(one => one !== null)
  return file == null ? [SECCOMP] : [`The profile ${file}, which so far only an annotation names, becomes a field. Servers since 1.27 ignore the annotation: look whether the file is on every node, or the pod does not start there.`]
}

function textOf(after: Json | undefined): string | null {
  return typeof after === 'object' && after !== null && !Array.isArray(after) ? textAt(after, 'localhostProfile') ?? null : null
}

/** Those without a change have none: nothing is asked of them. */
const RISKS: Readonly<Record<ControlId, Risky>> = {
  appArmorProfile: inWords(BASELINE_PAGES.appArmorProfile.risk),
  capabilities_baseline: capabilities, capabilities_restricted: capabilities,
  hostNamespaces: () => [], hostPathVolumes: () => [], privileged: () => [], windowsHostProcess: () => [], restrictedVolumes: () => [],
  hostPorts, hostProbesAndHostLifecycle: probeHosts,
  procMount: inWords(BASELINE_PAGES.procMount.risk), procMount_restricted: inWords(RESTRICTED_PAGES.procMount_restricted.risk),
  seLinuxOptions: inWords(BASELINE_PAGES.seLinuxOptions.risk),
  seccompProfile_baseline: seccompRemoved, seccompProfile_restricted: seccompSet,
  sysctls: inWords(BASELINE_PAGES.sysctls.risk),
  allowPrivilegeEscalation: escalation, runAsNonRoot: rootRisks, runAsUser: userRisks,
}
