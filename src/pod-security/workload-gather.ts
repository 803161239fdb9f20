import type {ObjectRef} from '../audit/finding.js'
import {compareText} from '../audit/order.js'
import type {OwnerLink, Owners} from '../audit/owners.js'
import {topOwner} from '../audit/owners.js'
import type {FailureDetail} from './workload-details.js'
import type {Broken} from './workload-verdict.js'

/** Pods, or templates, of one workload that break the same rules. */
export interface WorkloadVerdict {
  of: 'pod' | 'template'
  broken: Broken
  /** Pods that are not finished; 0 for a template. */
  pods: number
  /** Exemptions go by it. */
  runtimeClass: string | null
  details: readonly FailureDetail[]
}

/** What a person would edit, with all that runs of it and would be made of it. */
export interface WorkloadLevel {
  owner: ObjectRef
  /** Not finished. */
  pods: number
  /** Names of the containers of its templates; null: no template of it was seen, as of a bare pod. */
  templateContainers: readonly string[] | null
  /** Nodes whose kubelets run it from a file: no admission keeps it from running. */
  nodes: readonly string[]
  verdicts: readonly WorkloadVerdict[]
}

export interface Sighting extends Omit<WorkloadVerdict, 'details' | 'pods'> {
  /** Of the controller, where its uid tells it apart; empty: ask `link`. */
  key: string
  link(): OwnerLink
  /** Names of a template's containers. */
  containers: readonly string[]
  /** Of a static pod. */
  node: string | null
  /** How many containers of each kind: a debug container makes it another pod. */
  shape: string
  /** Asked only for what was not seen before. */
  detail(): readonly FailureDetail[]
}

interface Entry {
  link: OwnerLink
  /** A CronJob has a template in each Job that is kept, with the same names. */
  containers: Set<string> | null
  nodes: string[]
  verdicts: (WorkloadVerdict & {shape: string})[]
}

export interface Gathering {
  add(sighting: Sighting): void
  /** Sorted by namespace, kind and name. Once: what was gathered is given away. */
  workloads(owners: Owners): WorkloadLevel[]
}

/** One entry for each controller, not for each pod: who stands above it is known at the end. */
export function gathering(): Gathering {
  const entries = new Map<string, Entry>()
  return {
    add(sighting) {
      record(entries.get(sighting.key) ?? entryFor(sighting, entries), sighting)
    },
    workloads(owners) {
      const workloads = mergedByTop(entries.values(), owners)
      entries.clear()
      return workloads
    },
  }
}

function entryFor({key, link: linkOf}: Sighting, entries: Map<string, Entry>): Entry {
  const link = linkOf()
  const id = key === '' ? keyOf(link.controller?.ref ?? link.object) : key
  const entry = entries.get(id) ?? {link, containers: null, nodes: [], verdicts: []}
  entries.set(id, entry)
  return entry
}

function record(entry: Entry, {of, broken, runtimeClass, containers, node, shape, detail}: Sighting): void {
  if (of === 'template') {
    entry.containers ??= new Set()
    for (const name of containers) entry.containers.add(name)
  }
  if (node !== null) entry.nodes.push(node)
  const known = entry.verdicts.find(one => one.of === of && one.broken === broken && one.runtimeClass === runtimeClass && one.shape === shape)
  const pods = of === 'pod' ? 1 : 0
  if (known === undefined) entry.verdicts.push({of, broken, pods, runtimeClass, shape, details: broken === 0 ? [] : detail()})
  else known.pods += pods
}

function mergedByTop(entries: Iterable<Entry>, owners: Owners): WorkloadLevel[] {
  const tops = new Map<string, {owner: ObjectRef; entries: Entry[]}>()
  for (const entry of entries) {
    const owner = topOwner(owners, entry.link)
    const key = keyOf(owner)
    const top = tops.get(key) ?? {owner, entries: []}
    tops.set(key, top)
    top.entries.push(entry)
  }
  return [...tops.values()].map(({owner, entries: below}) => levelOf(owner, below)).toSorted(byPlace)
}

function levelOf(owner: ObjectRef, entries: readonly Entry[]): WorkloadLevel {
  const verdicts: WorkloadVerdict[] = entries.flatMap(entry => entry.verdicts)
  const templates = entries.flatMap(({containers}) => (containers === null ? [] : [containers]))
  return {
    owner, verdicts, pods: verdicts.reduce((sum, {pods}) => sum + pods, 0),
    templateContainers: templates.length === 0 ? null : [...new Set(templates.flatMap(names => [...names]))],
    nodes: [...new Set(entries.flatMap(({nodes}) => nodes))].toSorted(),
  }
}

/** With the group: a StatefulSet is not always that of Kubernetes. */
function keyOf({apiVersion, kind, namespace, name}: ObjectRef): string {
  return `${namespace}/${kind}/${name}/${apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))}`
}

function byPlace({owner: a}: WorkloadLevel, {owner: b}: WorkloadLevel): number {
  return compareText(a.namespace, b.namespace) || compareText(a.kind, b.kind) || compareText(a.name, b.name) || compareText(a.apiVersion, b.apiVersion)
}
