import type {FilterAddressClass} from '../../audit/finding.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {addressOf} from '../../filters/endpoint-pairs.js'
import type {Block} from '../../filters/network-policy/blocks.js'
import {shortList} from '../../kube/short-list.js'
import {parseCidr, pointOf} from '../../network/cidr.js'
import type {Cidr} from '../../network/cidr.js'
import {cidrsOf, covers, intersect, isEmpty, ofFamily, setOf, subtract} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import {blocksOf} from '../../network/well-known.js'
import type {PolicyCase} from './network-policy-cases.js'
import {andText, className} from './network-policy-words.js'

/** Stands for an address of somebody else's, which no cluster shows. */
const EXAMPLE: Readonly<Record<Family, string>> = {4: '203.0.113.0/24', 6: '2001:db8:1::/48'}
export const EVERYTHING: Readonly<Record<Family, string>> = {4: '0.0.0.0/0', 6: '::/0'}
/** A cluster without an own network for each node has many points as a range. */
const MOST = 4

/** Blocks of one family that a class of addresses stands for in this cluster; empty: not known. */
export function blocksOfClass(kind: FilterAddressClass, family: Family, space: AddressSpace): Cidr[] {
  switch (kind) {
    case 'pod': return cidrsOf(ofFamily(space.ranges.pods.set, family))
    case 'service': return cidrsOf(ofFamily(space.ranges.services.set, family))
    case 'node': return cidrsOf(ofFamily(space.ranges.nodes.set, family))
    case 'private': case 'link-local': return blocksOf(kind).filter(cidr => cidr.family === family)
    default: return []
  }
}

/** `Add to spec.egress[0].to[1].ipBlock (::/0): except: [fd00:ec2::254/128].` */
export function exceptText({gap, blame: [first]}: PolicyCase, space: AddressSpace): string {
  const family = gap.openFamily ?? 6
  const block = first?.block
  const points = gap.endpoints.flatMap(pair => addressOf(pair, family) ?? []).map(pointOf)
  const wanted = [...points, ...gap.addressClasses.flatMap(kind => blocksOfClass(kind, family, space))]
  const inside = block === undefined ? [] : wanted.filter(cidr => isWithin(cidr, block.cidr))
  const where = block === undefined ? 'the open block' : `${block.path} (${block.cidr.text})`
  const listed = `Put the IPv${family} addresses of what IPv${otherFamilyOf(family)} leaves out into \`except\` of ${where}`
  if (inside.length === 0) return block !== undefined && wanted.some(cidr => covers(setOf([cidr]), setOf([block.cidr]))) ? `Where ${where} is meant, let its like through over IPv${otherFamilyOf(family)} too; else take it away, or name the part of it that is meant.` : `${listed}, or name narrower blocks there.`
  const more = gap.addressClasses.includes('public') ? `; ${listed.replace(/^P/, 'p')} likewise` : ''
  return `Add to \`except\` of ${where}: ${shortList(inside.map(({text}) => text), MOST)}${more}.${seenText(gap.addressClasses, family, space)}`
}

/** An exception must be smaller than its block. */
function isWithin(inner: Cidr, outer: Cidr): boolean {
  return inner.family === outer.family && inner.first >= outer.first && inner.last <= outer.last && inner.text !== outer.text
}

/**
 * The line to add where one family is forgotten.
 *
 * @param isPlanned the plan speaks of this kind of policy
 */
export function twinText({gap, blame}: PolicyCase, space: AddressSpace, isPlanned = true): string {
  const family = gap.blockedFamily ?? 6
  const [first] = blame
  const twin = first === undefined ? null : twinOf(first.block, family, space)
  const beside = first === undefined ? 'there' : `beside ${first.block.path}`
  const separate = 'the two families need an ipBlock item each'
  const plan = family === 6 && isPlanned ? '; `kubectl k121 dual-stack plan` has the lines for every policy' : ''
  if (twin === null) return `Add an item ${beside} with the IPv${family} addresses of the same peers, such as - ipBlock: {cidr: ${quoted(EXAMPLE[family])}}; ${separate}${plan}.`
  return `Add an item ${beside}, such as - ipBlock: {cidr: ${quoted(twin.cidr)}${twin.except.length === 0 ? '' : `, except: [${twin.except.map(quoted).join(', ')}]`}}${twin.more === 0 ? '' : `, with ${twin.more} more exceptions for addresses of this cluster`}; ${separate}${plan}.${seenText(twin.classes, family, space)}`
}

/** YAML reads `::/0` plain, and people are not sure of it. */
function quoted(text: string): string {
  return `"${text}"`
}

interface Twin {
  cidr: string
  except: readonly string[]
  /** Exceptions that are not listed, because there are too many. */
  more: number
  /** Of addresses, that it is made of. */
  classes: readonly FilterAddressClass[]
}

/** Null: only whoever wrote the block knows the other addresses of what it names. */
function twinOf(block: Block, family: Family, space: AddressSpace): Twin | null {
  if (block.cidr.prefix === 0) {
    const classes = leftOutBy(block, space)
    const except = exceptionsOf(block, classes, family, space)
    return {cidr: EVERYTHING[family], except: except.slice(0, MOST), more: Math.max(0, except.length - MOST), classes}
  }
  const [only, ...more] = classRange(block.cidr, family, space)
  return only === undefined || more.length > 0 ? null : {cidr: only.text, except: [], more: 0, classes: []}
}

const RANGES = ['pod', 'service', 'node'] as const

/** A block that is a range of this cluster has the range of the other family for its twin. */
function classRange(cidr: Cidr, family: Family, space: AddressSpace): Cidr[] {
  const kind = RANGES.find(one => {
    const own = blocksOfClass(one, cidr.family, space)
    return own.length === 1 && own[0]?.text === cidr.text
  })
  return kind === undefined ? [] : blocksOfClass(kind, family, space)
}

function leftOutBy({cidr, except}: Block, space: AddressSpace): FilterAddressClass[] {
  const left = setOf(except)
  return (['private', 'link-local', ...RANGES] as const).filter(kind => {
    const own = ofFamily(space.sets[kind], cidr.family)
    return !isEmpty(own) && covers(left, own)
  })
}

/** What the exceptions of a block say of the classes of addresses, said in the other family. */
function exceptionsOf({cidr, except}: Block, classes: readonly FilterAddressClass[], family: Family, space: AddressSpace): string[] {
  const left = setOf(except)
  const points = space.endpoints.filter(pair => {
    const address = addressOf(pair, cidr.family)
    return address !== null && covers(left, setOf([pointOf(address)]))
  }).flatMap(pair => addressOf(pair, family) ?? []).map(pointOf)
  return withoutInner([...classes.flatMap(kind => blocksOfClass(kind, family, space)), ...points]).map(({text}) => text)
}

/** Blocks that another holds say nothing more. */
function withoutInner(cidrs: readonly Cidr[]): Cidr[] {
  const everything = parseCidr('::/0')
  return cidrs.filter((one, index) => one.text !== everything?.text && !cidrs.some((other, at) => at !== index && (isWithin(one, other) || (other.text === one.text && at < index))))
}

/** Tomorrow's pods and nodes have other addresses than those that were seen. */
export function seenText(kinds: readonly FilterAddressClass[], family: Family, space: AddressSpace): string {
  const seen = kinds.filter(kind => isObserved(kind, family, space))
  return seen.length === 0 ? '' : ` The ${andText(seen.map(className))} are those that were seen: write their range.`
}

/** Blocks of the cluster's ranges that nobody configured are what happens to run there. */
export function isObserved(kind: FilterAddressClass | undefined, family: Family, {ranges, sets}: AddressSpace): boolean {
  if (kind !== 'pod' && kind !== 'service' && kind !== 'node') return false
  const {told} = ranges[`${kind}s`]
  return !isEmpty(subtract(intersect(ofFamily(sets[kind], family), sets[kind]), told))
}
