import type {ObjectRef} from '../../audit/finding.js'
import {listAt, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {annotationsOf} from '../../kube/object.js'
import {covers, familiesOf, intersect, isEmpty, setOf} from '../../network/interval-set.js'
import {blocksOf} from '../../network/well-known.js'
import {notationOf} from '../network-policy/notation.js'
import {BUT_PREFIX_LISTS} from './aws-load-balancer-controller.js'
import type {Places} from './list-of.js'
import {annotationPath, refOf} from './list-of.js'
import {isDualType, serviceDoor} from './reach.js'
import type {Balanced, EnforcerInfo, Surroundings} from './service-enforcer.js'
import {enforcerOf} from './service-enforcer.js'
import type {ListKind, SourceItem, SourceList} from './source-list.js'
import {blockItemOf, setOfItems} from './source-list.js'

const ANY = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const AZURE_RANGES = 'service.beta.kubernetes.io/azure-allowed-ip-ranges'
const AZURE_TAGS = 'service.beta.kubernetes.io/azure-allowed-service-tags'
const AZURE_DENY = 'service.beta.kubernetes.io/azure-deny-all-except-load-balancer-source-ranges'
const AWS_ADDRESSES = 'service.beta.kubernetes.io/aws-load-balancer-ip-address-type'
const AWS_PREFIX_LISTS = 'service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists'
const AWS_GROUPS = 'service.beta.kubernetes.io/aws-load-balancer-security-groups'
/** From Cilium 1.18 on: `deny` makes a deny list of the ranges. */
const CILIUM_POLICY = 'service.cilium.io/src-ranges-policy'

/** One place where ranges are written. */
interface Written extends Pick<SourceList, 'path' | 'place'> {
  items: readonly SourceItem[]
  /** As they stand, with their blanks. */
  texts: readonly string[]
}

/** What is kept of a Service with source ranges. */
export interface RangedService extends Balanced {
  object: ObjectRef
  door: SourceList['door']
  field: Written | null
  annotation: Written | null
  azure: Written | null
  azureTags: readonly string[]
  isAzureDenyAll: boolean
  isAwsDual: boolean
  hasOwnGroups: boolean
  hasPrefixLists: boolean
  isDenyList: boolean
  takesIPv6: boolean
}

/** Null: no load balancer, or no list. */
export function rangedServiceOf(service: KubeObject, places: Places): RangedService | null {
  if (textAt(service, 'spec', 'type') !== 'LoadBalancer') return null
  const notes = annotationsOf(service)
  const written = (texts: readonly string[], path: string): Written | null =>
    (texts.length === 0 ? null : {texts, path, place: places.place(service, path), items: texts.map(blockItemOf)})
  const listIn = (name: string): Written | null => written(partsOf(notes[name] ?? ''), annotationPath(name))
  const ranged: RangedService = {
    object: refOf(service), door: serviceDoor(service), loadBalancerClass: textAt(service, 'spec', 'loadBalancerClass') ?? '', hasVip: hasVip(service),
    field: written(textsAt(service, 'spec', 'loadBalancerSourceRanges'), 'spec.loadBalancerSourceRanges'), annotation: listIn(ANY), azure: listIn(AZURE_RANGES),
    azureTags: partsOf(notes[AZURE_TAGS] ?? '').map(tag => tag.trim()), isAzureDenyAll: notes[AZURE_DENY]?.toLowerCase() === 'true',
    isAwsDual: isDualType(notes[AWS_ADDRESSES]), hasOwnGroups: (notes[AWS_GROUPS] ?? '') !== '', hasPrefixLists: (notes[AWS_PREFIX_LISTS] ?? '') !== '', isDenyList: notes[CILIUM_POLICY]?.trim().toLowerCase() === 'deny',
    takesIPv6: textsAt(service, 'spec', 'ipFamilies').includes('IPv6'),
  }
  return ranged.field === null && ranged.annotation === null && ranged.azure === null ? null : ranged
}

function partsOf(text: string): string[] {
  return text.split(',').filter(part => part.trim() !== '')
}

/** kube-proxy captures addresses, and leaves those alone that a proxying load balancer answers for itself. */
function hasVip(service: KubeObject): boolean {
  return listAt(service, 'status', 'loadBalancer', 'ingress').some(entry => (textAt(entry, 'ip') ?? '') !== '' && textAt(entry, 'ipMode') !== 'Proxy')
}

export interface JudgedService {
  service: RangedService
  enforcer: EnforcerInfo
  /** Null: nobody acts on a list here. */
  list: SourceList | null
  texts: readonly string[]
}

/** The list that whoever filters goes by: the field before the annotation, and on Azure both together. */
export function judgedService(service: RangedService, around: Surroundings): JudgedService {
  const enforcer = enforcerOf(service, around)
  const written = enforcer.by === 'azure' ? joined([service.field, service.azure, service.annotation]) : (service.field ?? service.annotation)
  // Security groups of somebody's own take the place of the list.
  if (written === null || (enforcer.by === 'aws' && service.hasOwnGroups)) return {service, enforcer, list: null, texts: []}
  // kube-proxy and Cilium read the field alone.
  const isRead = written !== service.annotation || !['kube-proxy', 'cilium'].includes(enforcer.by)
  const {object, door} = service
  const list: SourceList | null = isRead ? {kind: kindOf(written, service, enforcer), object, door, path: written.path, place: written.place, items: itemsFor(written, enforcer)} : null
  return {service, enforcer, list, texts: written.texts}
}

function joined(lists: readonly (Written | null)[]): Written | null {
  const [first, ...rest] = lists.filter(list => list !== null)
  return first === undefined ? null : {...first, items: [first, ...rest].flatMap(({items}) => items), texts: [first, ...rest].flatMap(({texts}) => texts)}
}

/** cloud-provider-azure refuses a block with bits below its mask, and then denies all. */
function itemsFor({items}: Written, {by}: EnforcerInfo): readonly SourceItem[] {
  return by === 'azure' ? items.map(item => (notationOf(item.text, item.cidr) === 'host-bits' ? {...item, cidr: null} : item)) : items
}

function kindOf({path}: Written, service: RangedService, {by, otherFamily, because, whenUnreadable, isDerived}: EnforcerInfo): ListKind {
  const words = path.startsWith('spec') ? 'loadBalancerSourceRanges' : `The annotation ${path.slice('metadata.annotations["'.length, -2)}`
  const isCore = path.startsWith('spec')
  if (service.isDenyList && by === 'cilium') return {words, mode: 'deny', otherFamily: 'open', because: `${CILIUM_POLICY} makes a deny list of it, and Cilium lets in what no entry holds`, whenUnreadable, isCore, isDerived}
  const extra = by === 'azure' ? {isOneForBoth: true, butFor: azureOthers(service)} : by === 'aws' && service.hasPrefixLists ? {butFor: BUT_PREFIX_LISTS} : {}
  return {words, mode: 'allow', otherFamily, because, whenUnreadable, isCore, isDerived, ...extra}
}

/** The rules of a network security group that come before the list's: tags, and the virtual network. */
function azureOthers({azureTags, isAzureDenyAll}: RangedService): string {
  const tags = azureTags.length === 0 ? [] : [`the service tags ${azureTags.join(', ')}`]
  return [...tags, ...(isAzureDenyAll ? [] : ['the virtual network'])].join(' and ')
}

/**
 * An NLB that turns IPv6 into IPv4 shows its own private address as the source,
 * so a list with a private range in it passes every client of the other family.
 * It does so where it has both families and its targets have no IPv6.
 */
export function isTranslated({service, enforcer, list}: JudgedService): boolean {
  if (enforcer.by !== 'aws' || list === null || !service.isAwsDual || service.takesIPv6) return false
  return !isEmpty(intersect(setOfItems(list.items), PRIVATE_V4)) && !covers(setOfItems(list.items), ALL_V4)
}

const PRIVATE_V4 = {...setOf(blocksOf('private')), 6: []}
const ALL_V4 = setOfItems([blockItemOf('0.0.0.0/0')])

/** Why the controller does nothing for this Service until the list is changed; empty: it does. */
export function refusal({service, enforcer, list}: JudgedService): string {
  if (enforcer.by === 'azure' && service.field !== null && (service.azure !== null || service.annotation !== null)) return 'the cloud provider of Azure refuses a Service with ranges in the field and in an annotation'
  if (enforcer.by !== 'aws' || list === null || service.isAwsDual || !familiesOf(setOfItems(list.items)).includes(6)) return ''
  return 'AWS refuses an IPv6 range for a load balancer that has IPv4 alone'
}
