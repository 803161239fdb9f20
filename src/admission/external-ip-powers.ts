import type {KubeObject} from '../kube/json.js'
import {isSelected} from '../kube/label-selector.js'
import type {LabelSelector} from '../kube/label-selector.js'
import {labelsOf} from '../kube/object.js'
import {aggregationOf, doesAllow, isAllPowerful, rulesOf} from '../kube/rbac.js'
import type {PolicyRule, Right} from '../kube/rbac.js'

/** The two roads of CVE-2020-8554, and the right that OpenShift's ExternalIPRanger lets pass. */
export type WriteRoad = 'spec' | 'status' | 'openshift-bypass'

const RIGHTS: Readonly<Record<WriteRoad, Right>> = {
  spec: {group: '', resource: 'services', verbs: ['create', 'update', 'patch']},
  status: {group: '', resource: 'services', subresource: 'status', verbs: ['update', 'patch']},
  'openshift-bypass': {group: 'network.openshift.io', resource: 'service', subresource: 'externalips', verbs: ['create']},
}
export const ROADS = Object.keys(RIGHTS) as WriteRoad[]

export interface Power {
  isNameLimited: boolean
}
/** What the rules of a role allow of each road. */
export type Powers = Partial<Record<WriteRoad, Power>> & {isAdmin?: boolean}

export interface Role {
  powers: Powers
  labels: Readonly<Record<string, string>>
  aggregation: readonly LabelSelector[]
}

export function roleOf(role: KubeObject): Role {
  const rules = rulesOf(role)
  const aggregation = aggregationOf(role)
  return {powers: powersOf(rules), labels: labelsOf(role), aggregation: rules.length === 0 ? aggregation : []}
}

export function powersOf(rules: readonly PolicyRule[]): Powers {
  const powers: Powers = {}
  for (const road of ROADS) {
    const granting = rules.filter(rule => doesAllow(rule, RIGHTS[road]))
    if (granting.length > 0) powers[road] = {isNameLimited: granting.every(rule => rule.resourceNames.length > 0)}
  }
  return rules.some(isAllPowerful) ? {...powers, isAdmin: true} : powers
}

export function hasPower(powers: Powers): boolean {
  return ROADS.some(road => powers[road] !== undefined)
}

/**
 * The controller writes the sum of an aggregated ClusterRole into its `rules`;
 * in files, and where no controller runs, they are empty and the sum is made here.
 */
export function summed(name: string, all: ReadonlyMap<string, Role>, seen: Set<string>): Powers {
  const role = all.get(name)
  if (role === undefined || seen.has(name)) return {}
  seen.add(name)
  if (role.aggregation.length === 0) return role.powers
  const parts = [...all].filter(([, other]) => role.aggregation.some(selector => isSelected(selector, other.labels)))
  return parts.map(([other]) => summed(other, all, seen)).reduce(joined, role.powers)
}

function joined(a: Powers, b: Powers): Powers {
  const powers: Powers = {}
  for (const road of ROADS) {
    const [one, other] = [a[road], b[road]]
    const power = one === undefined ? other : other === undefined ? one : {isNameLimited: one.isNameLimited && other.isNameLimited}
    if (power !== undefined) powers[road] = power
  }
  return a.isAdmin || b.isAdmin ? {...powers, isAdmin: true} : powers
}
