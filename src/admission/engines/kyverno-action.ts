import {at, listAt, textAt, textsAt} from '../../kube/field.js'
import {isGlobMatch} from '../../kube/glob.js'
import type {Json} from '../../kube/json.js'
import type {Refuser} from '../coverage.js'

export interface Override {
  action: string
  namespaces: readonly string[]
  hasSelector: boolean
}

export function overridesOf(value: Json | undefined, field: string): Override[] {
  return listAt(value, field).map(one => ({
    action: (textAt(one, 'action') ?? '').toLowerCase(), namespaces: textsAt(one, 'namespaces'), hasSelector: at(one, 'namespaceSelector') !== undefined,
  }))
}

/** The actions that a rule may have: its own and its policy's. */
export interface Actions {
  /** Null: the rule says nothing, and its policy's holds. */
  rule: string | null
  ruleOverrides: readonly Override[]
  policy: string
  policyOverrides: readonly Override[]
}

/**
 * Where Kyverno refuses by this rule. Releases differ in which list beats which,
 * so a namespace counts only where every reading of the four enforces. Overrides
 * by labels of the namespace were reported not to work (policies issue 1360).
 */
export function enforcing({rule, ruleOverrides, policy, policyOverrides}: Actions): Omit<Refuser, 'sees'> | null {
  const base = rule ?? policy
  const all = [...ruleOverrides, ...policyOverrides]
  const enforcingOverrides = rule === null ? all : ruleOverrides
  if (base !== 'enforce' && !enforcingOverrides.some(isEnforce)) return null
  if (all.length === 0) return {isIn: null, gaps: []}
  const gaps = all.some(({hasSelector}) => hasSelector) ? ['its failure action differs by labels of the namespace'] : []
  const isLoosened = (name: string): boolean => all.some(override => !isEnforce(override) && doesName(override, name))
  const isTightened = (name: string): boolean => enforcingOverrides.some(override => isEnforce(override) && !override.hasSelector && doesName(override, name))
  return {gaps, isIn: name => !isLoosened(name) && (base === 'enforce' || isTightened(name))}
}

function isEnforce({action}: Override): boolean {
  return action === 'enforce'
}

/** One without names speaks of every namespace that its selector may select. */
function doesName({namespaces}: Override, name: string): boolean {
  return namespaces.length === 0 || namespaces.some(pattern => isGlobMatch(pattern, name))
}
