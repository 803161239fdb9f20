import type {FilterAddressClass} from '../../audit/finding.js'
import type {ChainRule} from '../../filters/chain/chain.js'
import type {SettledGap} from '../../filters/chain/chain-gaps.js'
import type {Direction} from '../../filters/direction.js'
import type {EndpointPair} from '../../filters/endpoint-pairs.js'
import {addressOf} from '../../filters/endpoint-pairs.js'
import {portsText} from '../../filters/ports.js'
import {shortList} from '../../kube/short-list.js'
import {parseCidr, pointOf} from '../../network/cidr.js'
import type {Family} from '../../network/ip.js'
import {parseIp} from '../../network/ip.js'

/** What a sentence about a gap is made of. */
export interface Said {
  direction: Direction
  one: SettledGap
  /** `12 pods in shop` */
  pods: string
}

/** One sentence, without the full stop: which blocks, what of the other family, what somebody notices. */
export function chainSentence({direction, one, pods}: Said): string {
  const blocks = `${direction === 'egress' ? 'Egress to' : 'Ingress from'} ${blocksText(one)}${onPorts(one)}`
  const isDenial = one.rules[0]?.action === 'deny'
  const said = one.gap.class === 'A3' ? closedText(one, isDenial, direction, pods) : openText(one, isDenial, direction, pods)
  return `${blocks} is ${isDenial ? 'denied' : 'let through'}${said}${direction === 'ingress' ? '; what a policy sees as the source may have been rewritten before' : ''}`
}

function openText({gap, isWide}: SettledGap, isDenial: boolean, direction: Direction, pods: string): string {
  const open = gap.openFamily ?? 6
  const left = isWide ? 'public addresses by and large' : listText(gap.addressClasses.map(kind => wordOf(kind, gap.endpoints, open)))
  const isEgress = direction === 'egress'
  const contrast = isDenial ? `, which ${isEgress ? `leaves ${left} open` : `lets ${left} in`} over IPv${open}` : `, ${left} included, and IPv${open === 6 ? 4 : 6} is kept to less`
  return `${contrast}: ${isEgress ? egressText(gap.addressClasses[0], isWide, gap.endpoints, open, pods) : `who is shut out comes back to ${pods} over IPv${open}`}`
}

function egressText(kind: FilterAddressClass | undefined, isWide: boolean, endpoints: readonly EndpointPair[], open: Family, pods: string): string {
  if (isWide) return `code in ${pods} may send data anywhere on the Internet over IPv${open}`
  if (kind === 'metadata') return `code in ${pods} may ask there for what the node is trusted with${endpoints.map(({onlyIf}) => onlyIf).filter(text => text !== '').slice(0, 1).map(text => `, ${text}`).join('')}`
  return `${pods} may connect over IPv${open} to what is shut over IPv${open === 6 ? 4 : 6}`
}

function closedText({gap}: SettledGap, isDenial: boolean, direction: Direction, pods: string): string {
  const closed = gap.blockedFamily ?? 6
  const other = closed === 6 ? 4 : 6
  const contrast = isDenial ? ` and IPv${other} is not` : ` and its like over IPv${closed} is not`
  const whose = direction === 'egress' ? `connections of ${pods}` : `clients of ${pods}`
  return `${contrast}: ${whose} that try IPv${closed} are refused, and get through over IPv${other} if they try that too`
}

/** Classes in words that take a plural verb. */
function wordOf(kind: FilterAddressClass, endpoints: readonly EndpointPair[], family: Family): string {
  switch (kind) {
    case 'metadata': return shortList(endpoints.map(pair => `${pair.name} at ${addressOf(pair, family)?.text ?? ''}`), 2)
    case 'pod': return 'pods'
    case 'node': return 'nodes'
    case 'service': return 'Services'
    case 'private': return 'private networks'
    case 'link-local': return 'link-local addresses'
    default: return `${kind} addresses`
  }
}

function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function onPorts({atoms}: SettledGap): string {
  const text = portsText(atoms)
  return text === 'all' ? '' : ` on ${shortList(text.split(', '), 3)}`
}

/** Blocks of the family that the rule is about; where it names none, whatever it names. */
function blocksText(one: SettledGap): string {
  const texts = [...new Set(one.rules.flatMap(rule => entriesFor(rule, one)).map(({text}) => text))]
  return texts.length === 0 ? 'anywhere' : shortList(texts, 3)
}

/** A denial is about the closed family, what lets in about the open one. */
export function entriesFor(rule: ChainRule, {gap}: Pick<SettledGap, 'gap'>): ChainRule['entries'] {
  const open = gap.openFamily ?? (gap.blockedFamily === 4 ? 6 : 4)
  const family = rule.action === 'deny' ? (open === 4 ? 6 : 4) : open
  const own = rule.entries.filter(({text}) => familyOf(text) === family)
  return own.length > 0 ? own : rule.entries
}

function familyOf(text: string): Family | null {
  const [block = ''] = text.split(' ')
  const ip = parseIp(block)
  return (ip === null ? parseCidr(block) : pointOf(ip))?.family ?? null
}
