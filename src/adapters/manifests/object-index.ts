import {groupOf} from '../../kube/object.js'
import type {CrdKey} from '../../kube/included-crd.js'
import {isPluralOf} from '../../kube/included-crd.js'
import type {Resource} from '../../kube/resources.js'
import {RESOURCES, rowOf} from '../../kube/resources.js'
import type {FoundObject} from './json-objects.js'
import type {Store} from './store.js'
import type {YamlOrigin} from './yaml-objects.js'

/** One kind's objects, as columns of numbers: a dump has millions of bytes an object and a few numbers here. */
export interface Column {
  kind: string
  /** Of the first of them. */
  apiVersion: string
  /** Where the JSON of each lies: a file of the input, or our copy of what was YAML. */
  stores: Store[]
  offsets: number[]
  lengths: number[]
  /** Of the object's first byte. */
  lines: number[]
  lineStarts: number[]
  namespaces: string[]
  /** By `namespace/name`. */
  keys: Map<string, number>
  /** Objects that were YAML: where to read them again with places. */
  yaml: Map<number, YamlOrigin>
  /** Earlier objects of the same name. */
  superseded: Set<number>
}

export interface Duplicate {
  kind: string
  key: string
  earlier: {file: string; line: number}
  later: {file: string; line: number}
}

export interface ObjectIndex {
  add(object: FoundObject, store: Store, yaml?: YamlOrigin): void
  /** What a row may speak of; of a resource that only its plural is known of, perhaps of several kinds. */
  columnsOf(resource: Resource): Column[]
  duplicates: readonly Duplicate[]
  duplicateCount(): number
}

/** Duplicates that are told one by one. */
const TOLD = 20

/** Kinds that stood in another API group once: its objects are not read, and that is said. */
export const LEGACY: Readonly<Record<string, string>> = {
  Deployment: 'extensions', DaemonSet: 'extensions', ReplicaSet: 'extensions', Ingress: 'extensions', PodSecurityPolicy: 'extensions', NetworkPolicy: 'extensions',
}

const KNOWN = new Set(Object.values(RESOURCES).flatMap(({group, kind}) => [`${group}/${kind}`, ...(LEGACY[kind] === undefined ? [] : [`${LEGACY[kind]}/${kind}`])]))

/** Does any check read this kind, or was it included by hand? */
export type IsRead = (apiVersion: string, kind: string) => boolean

export function readsKinds(mayReadSecrets: boolean, included: readonly CrdKey[]): IsRead {
  const more = included.map(rowOf)
  return (apiVersion, kind) => {
    const group = groupOf({apiVersion})
    return (KNOWN.has(`${group}/${kind}`) && (mayReadSecrets || kind !== 'Secret')) || more.some(row => row.group === group && isPluralOf(row.plural, kind))
  }
}

/**
 * What the input holds, without the objects themselves. Of two objects with one
 * name the later is kept, in the order of the command line and of the files:
 * `kubectl apply` of the same input leaves the cluster with that one, and both
 * at once would be a Service that takes its own address away from itself.
 */
export function objectIndex(isRead: IsRead): ObjectIndex {
  const columns = new Map<string, Column>()
  const duplicates: Duplicate[] = []
  let count = 0
  return {
    duplicates,
    duplicateCount: () => count,
    columnsOf: ({group, kind, plural}) => (kind === ''
      ? [...columns].flatMap(([id, column]) => (id === `${group}/${column.kind}` && isPluralOf(plural, column.kind) ? [column] : []))
      : [columns.get(`${group}/${kind}`)].filter(column => column !== undefined)),
    add(object, store, yaml) {
      const id = `${groupOf(object)}/${object.kind}`
      if (!isRead(object.apiVersion, object.kind)) return
      const column = columns.get(id) ?? emptyColumn(object)
      columns.set(id, column)
      const place = append(column, object, store, yaml)
      // `generateName`: each of them becomes an object of its own.
      if (object.name === '') return
      const key = `${object.namespace}/${object.name}`
      const earlier = column.keys.get(key)
      column.keys.set(key, place)
      if (earlier === undefined) return
      column.superseded.add(earlier)
      count++
      if (duplicates.length < TOLD) duplicates.push({kind: object.kind, key, earlier: lineOf(column, earlier), later: lineOf(column, place)})
    },
  }
}

function emptyColumn({kind, apiVersion}: FoundObject): Column {
  return {kind, apiVersion, stores: [], offsets: [], lengths: [], lines: [], lineStarts: [], namespaces: [], keys: new Map(), yaml: new Map(), superseded: new Set()}
}

function append(column: Column, object: FoundObject, store: Store, yaml: YamlOrigin | undefined): number {
  const place = column.stores.push(store) - 1
  column.offsets.push(object.offset)
  column.lengths.push(object.length)
  column.lines.push(object.line)
  column.lineStarts.push(object.lineStart)
  column.namespaces.push(object.namespace)
  if (yaml !== undefined) column.yaml.set(place, yaml)
  return place
}

function lineOf(column: Column, place: number): {file: string; line: number} {
  return {file: column.yaml.get(place)?.store.file ?? column.stores[place]!.file, line: column.lines[place]!}
}
