import type {LabelSelector} from '../kube/label-selector.js'
import {groupBy} from './group-by.js'
import {labelIndex} from './label-index.js'
import {oncePer} from './once.js'

type Labels = Readonly<Record<string, string>>

export interface Selecting<P> {
  policy: P
  selector: LabelSelector
  /** Null: in every namespace. */
  namespace: string | null
}

/**
 * Which policies select a pod. What they are asked about is the values of the
 * labels that selectors look at there: pods that agree in those share one answer,
 * and one list.
 */
export function selectionOf<P>(all: readonly Selecting<P>[]): (namespace: string, labels: Labels) => readonly P[] {
  const wide = all.filter(({namespace}) => namespace === null)
  const own = groupBy(all.filter(({namespace}) => namespace !== null), ({namespace}) => namespace)
  const anywhere = poolOf(wide)
  const pools = new Map([...own].map(([namespace, list]) => [namespace, poolOf([...list, ...wide])]))
  return (namespace, labels) => (pools.get(namespace) ?? anywhere)(labels)
}

/** An answer of the index is one list, so that of its policies is too. */
function poolOf<P>(candidates: readonly Selecting<P>[]): (labels: Labels) => readonly P[] {
  const index = labelIndex(candidates, ({selector}) => selector)
  const policiesOf = oncePer((selected: readonly Selecting<P>[]) => selected.map(({policy}) => policy))
  return labels => policiesOf(index(labels))
}
