import type {ObjectRef} from '../../audit/finding.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, FAMILIES, intersect, isEmpty, subtract, union} from '../../network/interval-set.js'
import {BITS} from '../../network/ip.js'
import type {Family} from '../../network/ip.js'
import type {Atom, Ports} from '../ports.js'
import {isOn} from '../ports.js'

export interface ChainRule {
  action: 'allow' | 'deny' | 'pass'
  /** `any`: every address of the families below. */
  addresses: IntervalSet | 'any'
  /** The rule does nothing in a family that is not here, nor in one that it has no addresses of. */
  families: readonly Family[]
  ports: Ports
  policy: ObjectRef
  /** The blocks as they are written; empty where the rule names no address. */
  entries: readonly {path: string; text: string}[]
}

/** Rules in their order: the first that holds an address decides. Rules whose peers are selectors alone are left out, as these follow the pod in both families. */
export interface ChainStage {
  /** `the Admin tier`, `tier security`: for messages. */
  name: string
  rules: readonly ChainRule[]
  /** What happens to an address that no rule holds. What goes past the last stage is allowed. */
  otherwise: 'allow' | 'deny' | 'next'
}

/** Addresses that share a fate, and who decided it. */
export interface Decision {
  set: IntervalSet
  isAllowed: boolean
  /** Null: no rule, but what a stage does with the rest. */
  rule: ChainRule | null
}

export const EVERYTHING: IntervalSet = {4: [[0n, (1n << BigInt(BITS[4])) - 1n]], 6: [[0n, (1n << BigInt(BITS[6])) - 1n]]}

/** What is allowed, per family. */
export function runChain(stages: readonly ChainStage[], atom: Atom): IntervalSet {
  return decisionsOf(stages, atom).reduce((sum, {set, isAllowed}) => (isAllowed ? union(sum, set) : sum), EMPTY)
}

/** Every address once. `rest` shrinks by what each rule holds; what is passed on meets the next stage, as does what is left over there. */
export function decisionsOf(stages: readonly ChainStage[], atom: Atom): Decision[] {
  const decisions: Decision[] = []
  const decide = (set: IntervalSet, isAllowed: boolean, rule: ChainRule | null): void => {
    if (!isEmpty(set)) decisions.push({set, isAllowed, rule})
  }
  let coming = EVERYTHING
  for (const {rules, otherwise} of stages) {
    let rest = coming
    let passed = EMPTY
    for (const rule of rules) {
      if (!isOn(rule.ports, atom)) continue
      const held = intersect(rest, reachOf(rule))
      if (isEmpty(held)) continue
      rest = subtract(rest, held)
      if (rule.action === 'pass') passed = union(passed, held)
      else decide(held, rule.action === 'allow', rule)
    }
    if (otherwise !== 'next') decide(rest, otherwise === 'allow', null)
    coming = otherwise === 'next' ? union(rest, passed) : passed
  }
  decide(coming, true, null)
  return decisions
}

/** Addresses that the rule holds. */
export function reachOf({addresses, families}: ChainRule): IntervalSet {
  const set = addresses === 'any' ? EVERYTHING : addresses
  return {4: families.includes(4) ? set[4] : [], 6: families.includes(6) ? set[6] : []}
}

/** Is the rule restricted to some addresses or to one family? */
export function isAimed({addresses, families}: ChainRule): boolean {
  return addresses !== 'any' || FAMILIES.some(family => !families.includes(family))
}
