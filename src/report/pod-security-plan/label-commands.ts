import type {LabelChange, NamespacePlan, Stage, Step} from '../../plan/pod-security/plan.js'
import {shellQuoted} from '../shell-quote.js'

/** `'shop' pod-security.kubernetes.io/enforce=baseline …`, as a shell gives it to `kubectl label --overwrite namespace`. */
export function labelWords(namespace: string, changes: readonly LabelChange[]): string {
  return [shellQuoted(namespace), ...changes.map(({label, to}) => plainOrQuoted(to === null ? `${label}-` : `${label}=${to}`))].join(' ')
}

/** The labels of before, to the letter: a label that was not there goes. */
export function undone(changes: readonly LabelChange[]): LabelChange[] {
  return changes.toReversed().map(({label, from, to}) => ({label, from: to, to: from}))
}

export function applyCommand(namespace: string, {changes}: Step): string {
  return `kubectl label --overwrite namespace ${labelWords(namespace, changes)}`
}

export function undoCommand(namespace: string, {changes}: Step): string {
  return `kubectl label --overwrite namespace ${labelWords(namespace, undone(changes))}`
}

/** Labels and levels read better without quotes; what is of other letters gets them. */
function plainOrQuoted(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9./_=-]*$/.test(text) ? text : shellQuoted(text)
}

export interface NamespaceStep extends Step {
  namespace: string
}

export function stepsAt(namespaces: readonly NamespacePlan[], stage: Stage): NamespaceStep[] {
  return namespaces.flatMap(({name, steps}) => steps.filter(step => step.stage === stage).map(step => ({namespace: name, ...step})))
}
