import type {KubeObject} from '../kube/json.js'
import {isSelected} from '../kube/label-selector.js'
import type {LabelSelector} from '../kube/label-selector.js'
import {labelsOf} from '../kube/object.js'
import {aggregationOf, doesAllow, isAllPowerful, rulesOf} from '../kube/rbac.js'
import type {PolicyRule, Right} from '../kube/rbac.js'

/** What is asked of roles, by a name of one's own. */
export type Rights<W extends string> = Readonly<Record<W, Right>>

export interface Power {
  isNameLimited: boolean
}

/** What the rules of a role allow of each right. */
export interface Powers<W extends string> {
  of: Readonly<Partial<Record<W, Power>>>
  isAdmin: boolean
}

export interface Role<W extends string> {
  powers: Powers<W>
  labels: Readonly<Record<string, string>>
  aggregation: readonly LabelSelector[]
}

export const NO_POWERS: Powers<never> = {of: {}, isAdmin: false}

export function namesOf<W extends string>(rights: Rights<W>): W[] {
  return Object.keys(rights) as W[]
}

export function roleOf<W extends string>(role: KubeObject, rights: Rights<W>): Role<W> {
  const rules = rulesOf(role)
  const aggregation = aggregationOf(role)
  return {powers: powersOf(rules, rights), labels: labelsOf(role), aggregation: rules.length === 0 ? aggregation : []}
}

export function powersOf<W extends string>(rules: readonly PolicyRule[], rights: Rights<W>): Powers<W> {
  const of: Partial<Record<W, Power>> = {}
  for (const name of namesOf(rights)) {
    const granting = rules.filter(rule => doesAllow(rule, rights[name]))
    if (granting.length > 0) of[name] = {isNameLimited: granting.every(rule => rule.resourceNames.length > 0)}
  }
  return {of, isAdmin: rules.some(isAllPowerful)}
}

export function hasPower<W extends string>({of}: Powers<W>): boolean {
  return Object.keys(of).length > 0
}

/**
 * The controller writes the sum of an aggregated ClusterRole into its `rules`;
 * in files, and where no controller runs, they are empty and the sum is made here.
 */
export function summed<W extends string>(name: string, all: ReadonlyMap<string, Role<W>>, seen: Set<string>): Powers<W> {
  const role = all.get(name)
  if (role === undefined || seen.has(name)) return NO_POWERS
  seen.add(name)
  if (role.aggregation.length === 0) return role.powers
  const parts = [...all].filter(([, other]) => role.aggregation.some(selector => isSelected(selector, other.labels)))
  return parts.map(([other]) => summed(other, all, seen)).reduce(joined, role.powers)
}

function joined<W extends string>(a: Powers<W>, b: Powers<W>): Powers<W> {
  const of: Partial<Record<W, Power>> = {...a.of}
  for (const name of Object.keys(b.of) as W[]) {
    const [one, other] = [a.of[name], b.of[name]!]
    of[name] = one === undefined ? other : {isNameLimited: one.isNameLimited && other.isNameLimited}
  }
  return {of, isAdmin: a.isAdmin || b.isAdmin}
}
