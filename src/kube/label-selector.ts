import {OddField, listAt, mappingAt, textAt, textsAt} from './field.js'
import type {Json} from './json.js'

export interface Requirement {
  key: string
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  values: readonly string[]
}

/** All must hold; empty selects everything. */
export type LabelSelector = readonly Requirement[]

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/** A `metav1.LabelSelector`; absent reads as empty, which is what it means in admission. */
export function selectorOf(value: Json | undefined): LabelSelector {
  const labels = Object.entries(mappingAt(value, 'matchLabels')).map(([key, wanted]): Requirement => {
    if (typeof wanted !== 'string') throw new OddField(`matchLabels.${key}`, 'a string')
    return {key, operator: 'In', values: [wanted]}
  })
  const expressions = listAt(value, 'matchExpressions').map((expression): Requirement => {
    const operator = textAt(expression, 'operator') ?? ''
    if (!OPERATORS.includes(operator)) throw new OddField('matchExpressions.operator', 'an operator of label selectors')
    return {key: textAt(expression, 'key') ?? '', operator: operator as Requirement['operator'], values: textsAt(expression, 'values')}
  })
  return [...labels, ...expressions]
}

export function isSelected(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every(({key, operator, values}) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    if (operator === 'In') return value !== undefined && values.includes(value)
    // As the API server has it: a label that is absent is not in any list.
    if (operator === 'NotIn') return value === undefined || !values.includes(value)
    return (value !== undefined) === (operator === 'Exists')
  })
}
