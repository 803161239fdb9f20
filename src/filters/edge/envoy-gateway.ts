import {at, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, covers, familiesOf, intersect, isEmpty, ofFamily, setOf, subtract, union} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import {EVERYTHING} from '../chain/chain.js'
import type {ListReader, Places} from './list-of.js'
import {listOf, strictItemOf} from './list-of.js'
import type {ListKind, SourceItem, SourceList} from './source-list.js'
import {cidrsOfItems, setOfItems} from './source-list.js'

interface Rule {
  isAllow: boolean
  /** Empty: the rule is about something else than addresses. */
  items: readonly SourceItem[]
  path: string
}

const ALLOW: ListKind = {
  words: 'The list of allowed clientCIDRs of this SecurityPolicy', mode: 'allow', otherFamily: 'closed', whenUnreadable: 'closes',
  because: 'no rule holds such an address, and the default is Deny',
}
const DENY: ListKind = {
  words: 'The list of denied clientCIDRs of this SecurityPolicy', mode: 'deny', otherFamily: 'open', whenUnreadable: 'closes',
  because: 'no rule holds such an address back, and what comes after allows it',
}

/**
 * Source: `buildRBACPerRoute` of Envoy Gateway: the first rule that matches
 * decides, else the default, which is Deny unless it says Allow. Where a block is
 * none the policy is not accepted and its routes answer 500.
 *
 * A rule may ask for more than an address (a method, a token, a header); it is
 * taken for the requests that it is about. A rule without addresses that allows
 * may let in either family.
 */
export const envoyGatewayLists: ListReader = (policy, places) => {
  const rules = listAt(policy, 'spec', 'authorization', 'rules').map(ruleOf)
  const isOpen = textAt(policy, 'spec', 'authorization', 'defaultAction') === 'Allow'
  const [allow, deny] = [true, false].map(isAllow => rules.filter(rule => rule.isAllow === isAllow && rule.items.length > 0))
  const odd = rules.filter(({items}) => items.some(({cidr}) => cidr === null))
  if (odd.length > 0) return lists(policy, places, ALLOW, odd)
  const allowed = outcomeOf(rules, isOpen)
  return [
    ...(isOpen || missing(allow!).some(family => !isEmpty(ofFamily(allowed, family))) ? [] : lists(policy, places, ALLOW, allow!)),
    ...(missing(deny!).every(family => covers(allowed, ofFamily(EVERYTHING, family))) ? lists(policy, places, DENY, deny!) : []),
  ]
}

function ruleOf(rule: Json, index: number): Rule {
  const principal = at(rule, 'principal')
  return {
    isAllow: textAt(rule, 'action') === 'Allow', path: `spec.authorization.rules[${index}].principal.clientCIDRs`,
    items: textsAt(principal, 'clientCIDRs').map(text => (text.includes('/') ? strictItemOf(text) : {text, cidr: null})),
  }
}

/** All rules of one action are one list, which names the first of them. */
function lists(policy: KubeObject, places: Places, kind: ListKind, rules: readonly Rule[]): SourceList[] {
  return listOf(policy, places, {kind, path: rules[0]?.path ?? '', items: rules.flatMap(({items}) => items), door: {by: 'controller', names: ['envoy']}})
}

/** The family that these rules forget; none where they name both. */
function missing(rules: readonly Rule[]): Family[] {
  const named = familiesOf(setOf(rules.flatMap(({items}) => cidrsOfItems(items))))
  return named.length === 1 ? named.map(otherFamilyOf) : []
}

/** Who gets in, by rules of addresses and those that may allow anybody. */
function outcomeOf(rules: readonly Rule[], isOpen: boolean): IntervalSet {
  let rest = EVERYTHING
  let allowed = EMPTY
  for (const {isAllow, items} of rules) {
    if (items.length === 0 && !isAllow) continue
    const held = intersect(rest, items.length === 0 ? EVERYTHING : setOfItems(items))
    rest = subtract(rest, held)
    if (isAllow) allowed = union(allowed, held)
  }
  return isOpen ? union(allowed, rest) : allowed
}
