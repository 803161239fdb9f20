import type {CheckContext, Report, Variant} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {Reach} from '../../filters/edge/door.js'
import type {EdgeGap, EdgeVariant} from '../../filters/edge/judge-list.js'
import {judgeList, notationGap} from '../../filters/edge/judge-list.js'
import type {EdgeReach} from '../../filters/edge/reach.js'
import {notationOf} from '../../filters/network-policy/notation.js'
import type {SourceList} from '../../filters/edge/source-list.js'
import {cidrsOfItems} from '../../filters/edge/source-list.js'
import {shortList} from '../../kube/short-list.js'
import type {Family} from '../../network/ip.js'

/** The variants of every check on lists of client addresses; a check may add its own. */
export const EDGE_LIST_VARIANTS: Readonly<Record<EdgeVariant, Variant>> = {
  'open-allow-list': {severity: 'high', title: 'An allow list that lets everybody in over the family that it forgets'},
  'open-deny-all': {severity: 'high', title: 'A deny list that means everybody, and forgets a family'},
  'open-deny-list': {severity: 'medium', title: 'A deny list that denies nobody over the family that it forgets'},
  'wider-ipv6': {severity: 'high', title: 'An allow list that lets few in over IPv4 and everybody over IPv6'},
  'unknown-default': {severity: 'medium', title: 'An allow list of one family, and nothing tells what happens to the other'},
  'blocked-family': {severity: 'low', title: 'An allow list that lets nobody in over the family that it forgets'},
  'unreadable-opens': {severity: 'medium', title: 'An entry that is not understood, for which the whole list may be dropped'},
  unreadable: {severity: 'info', title: 'An entry that is not understood'},
  notation: {severity: 'info', title: 'An entry in a spelling that readers take in different ways'},
}

/** Judges the lists that a check has gathered, and reports what is wrong with them. */
export function reportLists(context: CheckContext, lists: readonly SourceList[], reach: EdgeReach): void {
  for (const list of lists) for (const report of listReports(list, reach.of(list.door))) context.report(report)
}

/** All that is wrong with one list: a family that it forgets, an entry that is none, a spelling. */
export function listReports(list: SourceList, reach: Reach): Report[] {
  return [judgeList(list, reach), notationGap(list)].filter(gap => gap !== null).map(gap => edgeReport(list, gap, reach))
}

/** A report of one list; who knows more of its object puts words of its own after these. */
export function edgeReport(list: SourceList, gap: EdgeGap, reach: Reach): Report {
  const {kind, object, place, path, items} = list
  const cidrs = cidrsOfItems(items).map(({text}) => text).toSorted()
  return {
    object, variant: gap.variant, path, source: place, isLatent: gap.isLatent,
    // A list for each field of one object: two of them may hold the same.
    key: `${gap.class} ${path.replaceAll(/\[\d+\]/g, '[]')} ${[...new Set(cidrs)].join(' ')}`,
    confidence: gap.variant === 'unknown-default' ? 'weak' : kind.isDerived === true ? 'derived' : 'certain',
    message: `${said(list, gap)}${gap.class === 'N' ? '' : whenText(gap, reach, object)}.`,
    details: {type: 'filter', class: gap.class, direction: null, ports: 'all', openFamily: gap.openFamily, blockedFamily: gap.blockedFamily, addressClass: null},
    fix: {text: fixText(list, gap)},
  }
}

/** A sentence about it, without the full stop. */
function said({kind, items}: SourceList, {variant, openFamily, blockedFamily, isLatent}: EdgeGap): string {
  const [gets, comes] = isLatent ? ['would get', 'would come'] : ['gets', 'comes']
  const other = familyName(openFamily ?? blockedFamily ?? 6)
  const named = familyName(openFamily === 4 || blockedFamily === 4 ? 6 : 4)
  const listed = shortList(items.map(({text}) => text), 3)
  const odd = shortList(items.filter(({cidr}) => cidr === null).map(({text}) => JSON.stringify(text)), 3)
  const sloppy = shortList(items.filter(({text, cidr}) => cidr !== null && notationOf(text, cidr) !== null).map(({text}) => text), 3)
  const names = `${kind.words} ${kind.mode === 'deny' ? 'denies' : 'allows'} ${named} addresses only (${listed})`
  const but = (kind.butFor ?? '') === '' ? '' : ` but ${kind.butFor}`
  switch (variant) {
    case 'open-allow-list': return `${names}: over ${other} everybody ${gets} in, because ${kind.because}`
    case 'open-deny-all': return `${kind.words} denies all of ${named} (${listed}), which reads as nobody: over ${other} everybody ${gets} in, because ${kind.because}`
    case 'open-deny-list': return `${names}: who is shut out ${comes} back over ${other}, because ${kind.because}`
    case 'wider-ipv6': return `${kind.words} keeps to a few addresses over IPv4 and allows all of IPv6 (${listed}): who is shut out ${comes} back over IPv6${kind.isOneForBoth === true ? ', and over IPv4 too, because one block of length 0 opens both families here' : ''}`
    case 'unknown-default': return `${names}: whether ${other} is open to everybody or closed is not known here, because ${kind.because}`
    case 'blocked-family': return `${names}: over ${other} nobody${but} ${gets} in, because ${kind.because}`
    case 'unreadable-opens': return `${kind.words} holds what is no address block (${odd}), for which the whole list may be dropped and everybody let in: ${kind.because}`
    case 'unreadable': return `${kind.words} holds what is no address block (${odd}); whom it lets in is not known${kind.whenUnreadable === 'closes' ? ', and may be nobody' : ''}`
    case 'notation': return `${kind.words} holds spellings that readers take in different ways (${sloppy}), and from Kubernetes 1.36 on the next edit of it is refused`
  }
}

function whenText({openFamily, blockedFamily, isLatent, class: kind}: EdgeGap, {because, seenAt}: Reach, object: ObjectRef): string {
  const family = openFamily ?? blockedFamily ?? 6
  const name = familyName(family)
  if (isLatent) return `; no client is seen to come over ${name} now, and this becomes ${kind === 'A3' ? 'an outage for those that do' : 'a hole'} when the load balancer gets it`
  const why = because[family]
  return why === undefined ? '' : `; clients come over ${name}: ${why}${placeText(seenAt[family], object)}`
}

function placeText(seenAt: ObjectRef | undefined, own: ObjectRef): string {
  const isOwn = seenAt !== undefined && seenAt.kind === own.kind && seenAt.namespace === own.namespace && seenAt.name === own.name
  return seenAt === undefined || isOwn ? '' : ` (${seenAt.kind} ${seenAt.namespace}/${seenAt.name})`
}

function fixText({kind, path}: SourceList, {variant, openFamily, blockedFamily}: EdgeGap): string {
  const other = openFamily ?? blockedFamily ?? 6
  const twin = other === 6 ? (kind.example ?? EXAMPLES[6]) : EXAMPLES[4]
  switch (variant) {
    case 'open-deny-all': return `Add ${other === 6 ? '::/0' : '0.0.0.0/0'} to ${path}.`
    case 'open-deny-list': return `Add the ${familyName(other)} ranges of the same clients to ${path}, for example ${twin}; an allow list does not rest on knowing all of them.`
    case 'wider-ipv6': return `Put the IPv6 ranges of the same clients into ${path} in the place of ::/0, for example ${twin}.`
    case 'open-allow-list': case 'unknown-default': case 'blocked-family':
      return `Add the ${familyName(other)} ranges of the same clients to ${path}, for example ${twin}; ${other === 6 ? '::/0' : '0.0.0.0/0'} if all of ${familyName(other)} may come${variant === 'blocked-family' ? '' : `, or ${NOBODY[other]}, which nobody has, if nobody may`}.`
    case 'unreadable-opens': case 'unreadable': return `Write each entry of ${path} as a block, 10.0.0.0/8 or 2001:db8::/32.`
    case 'notation': return `Write each entry of ${path} as Kubernetes prints it: no leading zeros, no bits beyond the prefix, IPv4 as IPv4.`
  }
}

/** Ranges for documentation: an example must be replaced. */
const EXAMPLES: Readonly<Record<Family, string>> = {4: '203.0.113.0/24', 6: '2001:db8:1::/48'}
/** One address at which nobody is. */
const NOBODY: Readonly<Record<Family, string>> = {4: '192.0.2.1/32', 6: '100::1/128'}

export function familyName(family: Family): string {
  return `IPv${family}`
}
