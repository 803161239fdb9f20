import type {LabelSelector, Requirement} from '../kube/label-selector.js'
import {isSelected} from '../kube/label-selector.js'

type Labels = Readonly<Record<string, string>>

/**
 * Which of many selectors take a set of labels, without asking each: most want
 * one label to have one value. Sets that agree in the labels that selectors look
 * at share one answer, and one list.
 */
export function labelIndex<P>(items: readonly P[], selectorOf: (item: P) => LabelSelector): (labels: Labels) => readonly P[] {
  const looked = new Set(items.flatMap(item => selectorOf(item).map(({key}) => key)))
  const {byLabel, others} = indexed(items, selectorOf)
  const answers = new Map<string, readonly P[]>()
  return labels => {
    const asked = Object.entries(labels).filter(([key]) => looked.has(key))
    const signature = JSON.stringify(asked.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const known = answers.get(signature)
    if (known !== undefined) return known
    const candidates = new Set([...others, ...asked.flatMap(([key, value]) => byLabel.get(key)?.get(value) ?? [])])
    const found = [...candidates].filter(index => isSelected(selectorOf(items[index]!), labels)).toSorted((a, b) => a - b).map(index => items[index]!)
    answers.set(signature, found)
    return found
  }
}

/** By position. */
interface Indexed {
  byLabel: Map<string, Map<string, number[]>>
  others: number[]
}

function indexed<P>(items: readonly P[], selectorOf: (item: P) => LabelSelector): Indexed {
  const byLabel: Indexed['byLabel'] = new Map()
  const others: number[] = []
  for (const [index, item] of items.entries()) {
    const wanted = mostTelling(selectorOf(item))
    if (wanted === undefined) others.push(index)
    else for (const value of new Set(wanted.values)) listAt(byLabel, wanted.key, value).push(index)
  }
  return {byLabel, others}
}

/** The one that fewest values fulfil, out of those that want a value at all. */
function mostTelling(selector: LabelSelector): Requirement | undefined {
  return selector.filter(({operator}) => operator === 'In').toSorted((a, b) => a.values.length - b.values.length)[0]
}

function listAt(byLabel: Indexed['byLabel'], key: string, value: string): number[] {
  const values = byLabel.get(key) ?? new Map<string, number[]>()
  const list = values.get(value) ?? []
  byLabel.set(key, values.set(value, list))
  return list
}
