import type {FilterClass} from '../../audit/finding.js'
import {cidrOf} from '../../network/cidr.js'
import {FAMILIES, covers, intersect, ofFamily, setOf, union, unionOf} from '../../network/interval-set.js'
import type {IntervalSet} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import {EVERYTHING} from '../chain/chain.js'
import type {Action, AddressKind, AddressList, AuthorizationPolicy} from './authorization.js'

const PUBLIC_V6 = setOf([cidrOf(6, 0x2000n << 112n, 3)])

export const AUTHORIZATION_VARIANTS = ['deny-all', 'deny-list', 'exclusion', 'wider-ipv6', 'not-asked', 'blocked-by-allow', 'blocked-by-deny'] as const
export type AuthorizationVariant = (typeof AUTHORIZATION_VARIANTS)[number]

/** What the lists of one kind of address do to one family and not to the other. */
export interface AuthorizationGap {
  variant: AuthorizationVariant
  class: Extract<FilterClass, 'S2' | 'S4' | 'A3'>
  openFamily: Family | null
  blockedFamily: Family | null
  kind: AddressKind
  action: Action
  /** Policies that hold the lists; the first with its lists is the one to name. */
  policies: readonly AuthorizationPolicy[]
  lists: readonly AddressList[]
}

/** Lists of policies that select the same workloads, ask for the same beside addresses, and do the same. */
interface Bundle {
  action: Action
  kind: AddressKind
  beside: string
  set: IntervalSet
  policies: AuthorizationPolicy[]
  lists: AddressList[]
}

/**
 * A workload's policies. AUDIT changes nothing; where a rule takes every request,
 * lists beside it decide nothing. What one policy forgets another may close: a
 * denial of the whole family, or rules that allow nobody of it where there are
 * any that allow.
 */
export function judgeAuthorization(policies: readonly AuthorizationPolicy[]): AuthorizationGap[] {
  const takesAll = (action: Action): boolean => policies.some(policy => policy.action === action && policy.matchesEverything)
  if (takesAll('DENY')) return []
  const bundles = bundlesOf(policies.filter(({action}) => action !== 'AUDIT' && !takesAll(action)))
  return bundles.filter(bundle => !isTaken(bundle, policies)).flatMap(bundle => gapsOf(bundle).filter(gap => !isShut(gap, bundle, policies)))
}

/** A rule that asks for the same but for addresses takes all that these lists are about, and one that denies it comes first. */
function isTaken({action, beside}: Bundle, policies: readonly AuthorizationPolicy[]): boolean {
  return policies.some(policy => [action, 'DENY'].includes(policy.action) && policy.takesAll.has(beside))
}

function isShut({openFamily, blockedFamily}: AuthorizationGap, {action, kind, beside, set}: Bundle, policies: readonly AuthorizationPolicy[]): boolean {
  const all = ofFamily(EVERYTHING, openFamily ?? blockedFamily ?? 6)
  const denials = policies.filter(policy => policy.action === 'DENY').flatMap(({matches}) => matches.filter(match => match.kind === kind && (match.isAlone || match.beside === beside)))
  // To spare nobody of a family is to forget it; to name all of it is not.
  const told = openFamily === null ? denials.filter(({lists}) => lists.some(({isNegative}) => !isNegative)) : denials
  const denied = unionOf(told.map(one => one.set))
  if (covers(denied, action === 'ALLOW' && openFamily !== null ? intersect(set, all) : all)) return true
  const allowing = policies.filter(policy => policy.action === 'ALLOW')
  return openFamily !== null && allowing.length > 0 && covers(denied, intersect(unionOf(allowing.map(({matched}) => matched[kind])), all))
}

function bundlesOf(policies: readonly AuthorizationPolicy[]): Bundle[] {
  const bundles = new Map<string, Bundle>()
  for (const policy of policies) for (const {kind, set, lists, beside} of policy.matches) {
    const key = `${policy.action} ${beside}`
    const known = bundles.get(key)
    if (known === undefined) bundles.set(key, {action: policy.action, kind, beside, set, policies: [policy], lists: [...lists]})
    else {
      known.set = union(known.set, set)
      // The first policy is named with its own lists.
      if (known.policies[0] === policy) known.lists.push(...lists)
      if (!known.policies.includes(policy)) known.policies.push(policy)
    }
  }
  return [...bundles.values()].map(bundle => ({...bundle, set: union(bundle.set, aloneSet(policies, bundle))}))
}

/** What asks for addresses alone holds whatever else a request has. */
function aloneSet(policies: readonly AuthorizationPolicy[], {action, kind}: Pick<Bundle, 'action' | 'kind'>): IntervalSet {
  const matches = policies.filter(policy => policy.action === action).flatMap(policy => policy.matches)
  return unionOf(matches.filter(match => match.kind === kind && match.isAlone).map(({set}) => set))
}

function gapsOf(bundle: Bundle): AuthorizationGap[] {
  return FAMILIES.flatMap(family => {
    const other = otherFamilyOf(family)
    const found = bundle.action === 'ALLOW' ? allowGap(bundle, family, other) : denyGap(bundle, family, other)
    return found === null ? [] : [{kind: bundle.kind, action: bundle.action, policies: bundle.policies, lists: bundle.lists, ...found}]
  })
}

type Found = Pick<AuthorizationGap, 'variant' | 'class' | 'openFamily' | 'blockedFamily'>

/** What matches is let in. `named`: the family that the lists speak of. */
function allowGap({set, lists}: Bundle, named: Family, other: Family): Found | null {
  if (set[named].length === 0) return null
  if (set[other].length === 0) return {variant: 'blocked-by-allow', class: 'A3', openFamily: null, blockedFamily: other}
  if (isWhole(set, named)) return null
  if (isWhole(set, other) && lists.some(({isNegative}) => isNegative)) return {variant: 'exclusion', class: 'S4', openFamily: other, blockedFamily: null}
  // IPv6 alone: who names all of IPv4 beside a few of IPv6 has forgotten nothing.
  return other === 6 && covers(set, PUBLIC_V6) ? {variant: 'wider-ipv6', class: 'S2', openFamily: 6, blockedFamily: null} : null
}

/** What matches is denied, or asked about elsewhere. */
function denyGap({action, set, lists}: Bundle, named: Family, other: Family): Found | null {
  if (set[named].length > 0 && set[other].length === 0) {
    if (action === 'CUSTOM') return {variant: 'not-asked', class: 'S4', openFamily: other, blockedFamily: null}
    return {variant: isWhole(set, named) ? 'deny-all' : 'deny-list', class: 'S4', openFamily: other, blockedFamily: null}
  }
  const spares = action === 'DENY' && isWhole(set, other) && !isWhole(set, named) && lists.every(({isNegative}) => isNegative)
  return spares ? {variant: 'blocked-by-deny', class: 'A3', openFamily: null, blockedFamily: other} : null
}

function isWhole(set: IntervalSet, family: Family): boolean {
  return covers(set, ofFamily(EVERYTHING, family))
}
