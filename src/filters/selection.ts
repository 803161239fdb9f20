import type {LabelSelector} from '../kube/label-selector.js'
import {isSelected} from '../kube/label-selector.js'

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
  const own = new Map<string, Selecting<P>[]>()
  for (const one of all) {
    if (one.namespace === null) continue
    const known = own.get(one.namespace)
    if (known === undefined) own.set(one.namespace, [one])
    else known.push(one)
  }
  const anywhere = poolOf(wide)
  const pools = new Map([...own].map(([namespace, list]) => [namespace, poolOf([...list, ...wide])]))
  return (namespace, labels) => (pools.get(namespace) ?? anywhere)(labels)
}

function poolOf<P>(candidates: readonly Selecting<P>[]): (labels: Labels) => readonly P[] {
  const keys = [...new Set(candidates.flatMap(({selector}) => selector.map(({key}) => key)))]
  const answers = new Map<string, readonly P[]>()
  return labels => {
    const asked = keys.map(key => (Object.hasOwn(labels, key) ? `=${labels[key]}` : '')).join('\n')
    const known = answers.get(asked)
    if (known !== undefined) return known
    const found = candidates.filter(({selector}) => isSelected(selector, labels)).map(({policy}) => policy)
    answers.set(asked, found)
    return found
  }
}
