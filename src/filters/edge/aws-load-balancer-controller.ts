import {at, textAt, textsAt, listAt} from '../../kube/field.js'
import {annotationsOf} from '../../kube/object.js'
import {familiesOf} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import type {Door} from './door.js'
import type {ListReader} from './list-of.js'
import {annotationPath, listOf} from './list-of.js'
import {isDualType, statusDoor} from './reach.js'
import type {ListKind, SourceList} from './source-list.js'
import {blockItemOf, isReadable, itemsIn, setOfItems} from './source-list.js'

/**
 * The AWS Load Balancer Controller makes a rule of a security group for each
 * range, and none for a family without one; `inbound-cidrs` that is left out
 * means both families (`model_build_managed_sg.go`, `model_build_listener.go`).
 * A range that is none is an error: the load balancer stays as it was.
 */
function kindOf(words: string, butFor = ''): ListKind {
  return {words, mode: 'allow', otherFamily: 'closed', because: 'the security group of the load balancer has no rule for it', whenUnreadable: 'unknown', butFor}
}

const CIDRS = 'alb.ingress.kubernetes.io/inbound-cidrs'
const TYPE = 'alb.ingress.kubernetes.io/ip-address-type'
/** Somebody's own groups take the place of the list. */
const GROUPS = 'alb.ingress.kubernetes.io/security-groups'
/** Lists of ranges that the cluster does not show, of either family, beside the list. */
const PREFIX_LISTS = 'alb.ingress.kubernetes.io/security-group-prefix-lists'
export const BUT_PREFIX_LISTS = 'whom the prefix lists of another annotation hold'

export const albIngressLists: ListReader = (ingress, places) => {
  const notes = annotationsOf(ingress)
  if ((notes[GROUPS] ?? '') !== '') return []
  return listOf(ingress, places, {kind: kindOf(`The annotation ${CIDRS}`, (notes[PREFIX_LISTS] ?? '') === '' ? '' : BUT_PREFIX_LISTS), path: annotationPath(CIDRS), items: itemsIn(notes[CIDRS] ?? '', ',', blockItemOf), door: statusDoor(ingress, isDualType(notes[TYPE]))})
}

/** Ingresses of one group share a load balancer, whose rules are those of all of them: what one of them names is let in. */
export function judgedByGroup(lists: readonly SourceList[]): SourceList[] {
  const named = new Map<string, Set<Family>>()
  const addressesOf = ({door}: SourceList): readonly string[] => (door.by === 'status' ? door.addresses : [])
  for (const list of lists) for (const address of addressesOf(list)) named.set(address, new Set([...(named.get(address) ?? []), ...familiesOf(setOfItems(list.items))]))
  return lists.filter(list => !isReadable(list) || !addressesOf(list).some(address => named.get(address)?.size === 2) || familiesOf(setOfItems(list.items)).length === 2)
}

export const ingressClassParamsLists: ListReader = (params, places) =>
  listOf(params, places, {kind: kindOf('inboundCIDRs of this class of Ingresses'), path: 'spec.inboundCIDRs', items: textsAt(params, 'spec', 'inboundCIDRs').map(blockItemOf), door: typeDoor(textAt(params, 'spec', 'ipAddressType'))})

export const loadBalancerConfigurationLists: ListReader = (config, places) =>
  listOf(config, places, {kind: kindOf('sourceRanges of this load balancer configuration'), path: 'spec.sourceRanges', items: textsAt(config, 'spec', 'sourceRanges').map(blockItemOf), door: typeDoor(textAt(config, 'spec', 'ipAddressType'))})

/** Where the type is left out, whoever uses the object may give one: no client is known then. */
function typeDoor(type: string | undefined): Door {
  return {by: 'families', families: isDualType(type) ? [4, 6] : [], because: `spec.ipAddressType is ${type ?? 'not set'}`}
}

/**
 * A target group has one family, and gets traffic of that one: a list of blocks
 * is wrong only where it lacks it. Groups in the place of blocks have no family.
 */
export const targetGroupBindingLists: ListReader = (binding, places) => {
  const family: Family = textAt(binding, 'spec', 'ipAddressType') === 'ipv6' ? 6 : 4
  return listAt(binding, 'spec', 'networking', 'ingress').flatMap((rule, index) => {
    const peers = listAt(rule, 'from')
    const blocks = peers.filter(peer => at(peer, 'ipBlock') !== undefined).map(peer => textAt(peer, 'ipBlock', 'cidr') ?? '')
    const items = blocks.map(blockItemOf)
    const isWhole = items.every(({cidr}) => cidr !== null) && familiesOf(setOfItems(items)).includes(family)
    if (blocks.length < peers.length || isWhole) return []
    return listOf(binding, places, {kind: {...kindOf('networking of this target group'), example: '- ipBlock: {cidr: "2001:db8:1::/48"}'}, path: `spec.networking.ingress[${index}].from`, items, door: {by: 'families', families: [family], because: `the target group has IPv${family} alone`}})
  })
}
