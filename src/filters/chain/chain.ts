import type {ObjectRef} from '../../audit/finding.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {intersect, isEmpty, subtract, unionOf} from '../../network/interval-set.js'
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
  /** Null: no rule, but what a stage does with the rest. */
  rule: ChainRule | null
  /** Rules that passed them on to where that was decided. */
  passedBy: readonly ChainRule[]
}

export const EVERYTHING: IntervalSet = {4: [[0n, (1n << BigInt(BITS[4])) - 1n]], 6: [[0n, (1n << BigInt(BITS[6])) - 1n]]}

/** What is allowed, per family. */
export function runChain(stages: readonly ChainStage[], atom: Atom): IntervalSet {
  return allowedBy(decisionsOf(stages, atom))
}

export function allowedBy(decisions: readonly Decision[]): IntervalSet {
  return unionOf(decisions.filter(({isAllowed}) => isAllowed).map(({set}) => set))
}

type Part = Pick<Decision, 'set' | 'passedBy'>

export function decisionsOf(stages: readonly ChainStage[], atom: Atom): Decision[] {
  return decisionsIn(stages.map(stage => ({...stage, rules: stage.rules.filter(({ports}) => isOn(ports, atom))})))
}

/** Every address once: what a rule holds is out of reach of the rules behind it; what is passed on, or left over, meets the next stage. All rules speak of the port. */
export function decisionsIn(stages: readonly ChainStage[]): Decision[] {
  const decisions: Decision[] = []
  let parts: readonly Part[] = [{set: EVERYTHING, passedBy: []}]
  for (const {rules, otherwise} of stages) {
    const passed: Part[] = []
    for (const rule of rules) {
      const {held, left} = split(parts, reachOf(rule))
      parts = left
      for (const {set, passedBy} of held) {
        if (rule.action === 'pass') passed.push({set, passedBy: [...passedBy, rule]})
        else decisions.push({set, passedBy, isAllowed: rule.action === 'allow', rule})
      }
    }
    if (otherwise === 'next') parts = [...passed, ...parts]
    else {
      for (const part of parts) decisions.push({...part, isAllowed: otherwise === 'allow', rule: null})
      parts = passed
    }
  }
  return [...decisions, ...parts.map(part => ({...part, isAllowed: true, rule: null}))]
}

function split(parts: readonly Part[], reach: IntervalSet): {held: Part[]; left: Part[]} {
  const held = parts.map(part => ({...part, set: intersect(part.set, reach)})).filter(({set}) => !isEmpty(set))
  if (held.length === 0) return {held, left: [...parts]}
  return {held, left: parts.map(part => ({...part, set: subtract(part.set, reach)})).filter(({set}) => !isEmpty(set))}
}

/** Addresses that the rule holds. */
export function reachOf({addresses, families}: ChainRule): IntervalSet {
  const set = addresses === 'any' ? EVERYTHING : addresses
  return {4: families.includes(4) ? set[4] : [], 6: families.includes(6) ? set[6] : []}
}
