import {at, listAt, mappingAt, pathOf, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {PodView} from '../pods.js'
import type {NamespaceLabels, PodTarget} from './applied-to.js'
import {isTarget, keysOf, targetOf} from './applied-to.js'
import type {IPBlock} from './blocks.js'
import {blockAt} from './blocks.js'

/** A ClusterGroup or a Group. */
export interface Group {
  /** `ClusterGroup partners`, `Group shop/partners` */
  words: string
  blocks: readonly IPBlock[]
  target: PodTarget | null
  /** Pods behind a Service: which these are is not looked up. */
  isOfService: boolean
  children: readonly string[]
}

/** Groups by `namespace/name`, of the cluster by `/name`. */
export type Groups = ReadonlyMap<string, Group>

/** A group lists children, which must not have any: Antrea refuses more. */
const DEEPEST = 2

export function readGroup(object: KubeObject): Group {
  const namespace = namespaceOf(object)
  const spec = at(object, 'spec') ?? {}
  return {
    words: `${object.kind} ${namespace === '' ? '' : `${namespace}/`}${nameOf(object)}`,
    blocks: listAt(spec, 'ipBlocks').map((block, index) => blockAt(block, pathOf(['spec', 'ipBlocks', index]))),
    target: targetOf(spec, namespace), isOfService: Object.keys(mappingAt(spec, 'serviceReference')).length > 0, children: textsAt(spec, 'childGroups'),
  }
}

/** Blocks of a group and of its children, each with the group that has it. */
export function blocksOf(groups: Groups, namespace: string, name: string, depth = 1): {block: IPBlock; group: Group}[] {
  const group = groups.get(`${namespace}/${name}`)
  if (group === undefined || depth > DEEPEST) return []
  return [...group.blocks.map(block => ({block, group})), ...group.children.flatMap(child => blocksOf(groups, namespace, child, depth + 1))]
}

/** Is the pod in the group? One with blocks of its own applies to nothing (`createAppliedToGroupForGroup`); one that does not exist selects nobody. */
export function isInGroup(groups: Groups, {namespace, name}: {namespace: string; name: string}, pod: PodView, labelsOf: NamespaceLabels, depth = 1): boolean | null {
  const group = groups.get(`${namespace}/${name}`)
  if (group === undefined || depth > DEEPEST || group.blocks.length > 0) return false
  const answers = [
    group.isOfService ? null : group.target === null ? false : isTarget(group.target, pod, labelsOf),
    ...group.children.map(child => isInGroup(groups, {namespace, name: child}, pod, labelsOf, depth + 1)),
  ]
  return answers.includes(true) ? true : answers.includes(null) ? null : false
}

export function groupKeys(groups: Groups): string[] {
  return [...groups.values()].flatMap(({target}) => (target === null ? [] : keysOf(target)))
}
