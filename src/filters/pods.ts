import {flagAt, listAt, numberAt, textAt} from '../kube/field.js'
import type {Json, KubeObject} from '../kube/json.js'
import {labelsOf, nameOf, namespaceOf} from '../kube/object.js'
import type {FactContext} from '../audit/fact.js'
import {assumedFamilies} from '../network/assumed-families.js'
import {cniFamilies} from '../network/cni-families.js'
import {FAMILIES} from '../network/interval-set.js'
import type {Family} from '../network/ip.js'
import {podAddresses} from '../network/pod-families.js'

/** What filters look at in a pod. */
export interface PodView {
  namespace: string
  name: string
  labels: Readonly<Record<string, string>>
  serviceAccount: string
  /** With the one that shows in no status; both where dual-stack is assumed. */
  families: readonly Family[]
  /** `TCP/web` to its number. */
  namedPorts: ReadonlyMap<string, number>
}

/** Facts that whoever calls `podViews` must name in `needs`. */
export const POD_VIEW_NEEDS = [assumedFamilies, cniFamilies] as const

type Asking = Pick<FactContext, 'fact'>

/**
 * Null for pods that no filter of pods applies to: on the network of their
 * node, not running, or without an address. The facts are asked with the first
 * pod, when all that they rest on is read.
 */
export function podViews(context: Asking): (pod: KubeObject) => PodView | null {
  let extra: readonly Family[] | null = null
  return pod => {
    extra ??= unshown(context)
    if (last?.pod === pod && last.extra.join() === extra.join()) return last.view
    const view = viewOf(pod, extra)
    last = {pod, extra, view}
    return view
  }
}

/** A dozen facts look at each pod in turn. */
let last: {pod: KubeObject; extra: readonly Family[]; view: PodView | null} | null = null

function viewOf(pod: KubeObject, extra: readonly Family[]): PodView | null {
  if (textAt(pod, 'status', 'phase') !== 'Running' || flagAt(pod, 'spec', 'hostNetwork') === true) return null
  const shown = podAddresses(pod).map(({family}) => family)
  if (shown.length === 0) return null
  return {
    namespace: namespaceOf(pod), name: nameOf(pod), labels: labelsOf(pod), families: familiesIn([...shown, ...extra]),
    serviceAccount: textAt(pod, 'spec', 'serviceAccountName') ?? 'default', namedPorts: namedPortsOf(pod),
  }
}

function unshown(context: Asking): readonly Family[] {
  if (context.fact(assumedFamilies).isDual) return FAMILIES
  const {hidden} = context.fact(cniFamilies)
  return hidden === null ? [] : [hidden.family]
}

/** Four lists serve all pods. */
const LISTS: readonly (readonly Family[])[] = [[], [4], [6], [4, 6]]

function familiesIn(found: readonly Family[]): readonly Family[] {
  return LISTS[(found.includes(4) ? 1 : 0) + (found.includes(6) ? 2 : 0)] ?? FAMILIES
}

const NO_PORTS: ReadonlyMap<string, number> = new Map()

/** Sidecars are init containers that restart; of two ports with one name the first counts. */
function namedPortsOf(pod: KubeObject): ReadonlyMap<string, number> {
  const ports = new Map<string, number>()
  const sidecars = listAt(pod, 'spec', 'initContainers').filter(container => textAt(container, 'restartPolicy') === 'Always')
  for (const container of [...listAt(pod, 'spec', 'containers'), ...sidecars]) for (const port of listAt(container, 'ports')) addPort(ports, port)
  return ports.size === 0 ? NO_PORTS : ports
}

function addPort(ports: Map<string, number>, port: Json): void {
  const name = textAt(port, 'name') ?? ''
  const number = numberAt(port, 'containerPort')
  const key = `${textAt(port, 'protocol') ?? 'TCP'}/${name}`
  if (name !== '' && number !== undefined && !ports.has(key)) ports.set(key, number)
}
