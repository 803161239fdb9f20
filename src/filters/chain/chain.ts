import type {ObjectRef} from '../../audit/finding.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, intersect, isEmpty, subtract, union} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {BITS} from '../../network/ip.js'
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
  /** The rule that decided; else the last that passed them on to whatever became of them there. Null: no rule, but what stages do with the rest. */
  rule: ChainRule | null
}

export const EVERYTHING: IntervalSet = {4: [[0n, (1n << BigInt(BITS[4])) - 1n]], 6: [[0n, (1n << BigInt(BITS[6])) - 1n]]}

/** What is allowed, per family. */
export function runChain(stages: readonly ChainStage[], atom: Atom): IntervalSet {
  return allowedBy(decisionsOf(stages, atom))
}

export function allowedBy(decisions: readonly Decision[]): IntervalSet {
  return decisions.reduce((sum, {set, isAllowed}) => (isAllowed ? union(sum, set) : sum), EMPTY)
}

interface Part {
  set: IntervalSet
  /** The rule that sent it here. */
  by: ChainRule | null
}

/** Every address once: what a rule holds is out of reach of the rules behind it; what is passed on, or left over, meets the next stage. */
export function decisionsOf(stages: readonly ChainStage[], atom: Atom): Decision[] {
  const decisions: Decision[] = []
  let parts: Part[] = [{set: EVERYTHING, by: null}]
  for (const {rules, otherwise} of stages) {
    const passed: Part[] = []
    for (const rule of rules) {
      if (!isOn(rule.ports, atom)) continue
      const reach = reachOf(rule)
      const held = parts.reduce((sum, {set}) => union(sum, intersect(set, reach)), EMPTY)
      if (isEmpty(held)) continue
      parts = parts.map(({set, by}) => ({set: subtract(set, held), by})).filter(({set}) => !isEmpty(set))
      if (rule.action === 'pass') passed.push({set: held, by: rule})
      else decisions.push({set: held, isAllowed: rule.action === 'allow', rule})
    }
    if (otherwise === 'next') parts = [...passed, ...parts]
    else {
      decisions.push(...parts.map(({set, by}) => ({set, isAllowed: otherwise === 'allow', rule: by})))
      parts = passed
    }
  }
  return [...decisions, ...parts.map(({set, by}) => ({set, isAllowed: true, rule: by}))]
}

/** Addresses that the rule holds. */
export function reachOf({addresses, families}: ChainRule): IntervalSet {
  const set = addresses === 'any' ? EVERYTHING : addresses
  return {4: families.includes(4) ? set[4] : [], 6: families.includes(6) ? set[6] : []}
}
