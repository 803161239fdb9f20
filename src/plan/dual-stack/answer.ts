import type {FilterAddressClass} from '../../audit/finding.js'
import type {Block} from '../../filters/network-policy/blocks.js'
import type {NetworkPolicyRule} from '../../filters/network-policy/policies.js'
import {portsText} from '../../filters/ports.js'
import type {Cidr} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {covers, intersect, isEmpty, ofFamily, setOf, unionOf} from '../../network/interval-set.js'
import type {Exclusion, Setting, Whose} from './carve-outs.js'
import {WHOSE, exclusionsOf, keptBy} from './carve-outs.js'
import type {RuleChange} from './changes.js'
import {blockText, placeOf} from './changes.js'
import type {Answer, PlanItem} from './plan.js'
import type {RuleGap} from './rule-gaps.js'
import type {PlannedBlock, Twin} from './twin.js'
import {leftOutOf, twinsOf} from './twin.js'

/** What to do about one gap of one rule: for people, and for the patch. */
export interface Answered {
  item: PlanItem
  /** Null: nothing can be written without asking. */
  change: RuleChange | null
}

export function answersTo(gap: RuleGap, setting: Setting): Answered[] {
  const {class: kind, family} = gap
  if (family === 4) return [said(gap, gap.blocks, 'today', TODAY[kind === 'S1' ? 'open' : 'blocked'])]
  if (kind === 'A1') return twinAnswers(gap, setting)
  if (kind === 'S1') return [carveOutAnswer(gap, setting)]
  return [said(gap, gap.blocks, 'choice', kind === 'S2' ? 'All of IPv6 is let through, and of IPv4 few addresses or none: narrow the IPv6 blocks, unless that is meant.' : 'All of IPv4 is let through, and a part of IPv6: widen the IPv6 blocks, unless that is meant.')]
}

const TODAY = {
  open: 'IPv6 leaves out what IPv4 lets through: this is so today, and the audit says it.',
  blocked: 'IPv4 is blocked where IPv6 is let through: this is so today, and the audit says it.',
}

interface Said {
  lines?: readonly string[]
  needs?: readonly Whose[]
}

function itemOf({class: kind, family, direction, atoms}: RuleGap, blocks: readonly Block[], answer: Answer, why: string, {lines = [], needs = []}: Said = {}): PlanItem {
  return {class: kind, family, direction, ports: portsText(atoms), answer, blocks: blocks.map(({path, text}) => ({path, text})), lines, needs, why}
}

function said(gap: RuleGap, blocks: readonly Block[], answer: Answer, why: string, more: Said = {}): Answered {
  return {item: itemOf(gap, blocks, answer, why, more), change: null}
}

/** A1: a twin for each IPv4 block. */
function twinAnswers(gap: RuleGap, setting: Setting): Answered[] {
  const there = unionOf(blocksOfRule(gap).filter(({cidr}) => cidr.family === 6).map(({set}) => set))
  return twinsOf(gap.blocks, setting).map(({of, twin}) => twinAnswer(gap, of, twin, block => covers(there, setOf([block.cidr]))))
}

function twinAnswer(gap: RuleGap, of: readonly Block[], twin: Twin, isThere: (block: PlannedBlock) => boolean): Answered {
  if (twin.answer === 'range') return said(gap, of, 'range', '', {needs: twin.needs})
  if (twin.answer === 'none') return said(gap, of, 'none', `${upperFirst(twin.why)}.`)
  if (twin.answer === 'hand') return said(gap, of, 'hand', handText(of, twin.literals))
  const add = twin.blocks.filter(block => !isThere(block))
  const change: RuleChange = {direction: gap.direction, rule: gap.rule, add, except: new Map()}
  return {item: itemOf(gap, of, 'add', twin.why, {lines: add.map(blockText)}), change: add.length === 0 ? null : change}
}

function handText(of: readonly Block[], literals: readonly string[]): string {
  const isWhole = of.length === 1 && literals.length === 1 && literals[0] === of[0]?.text
  return `No twin of ${literals.join(', ')} can be told: name the IPv6 address of that peer yourself${isWhole ? '' : ', as an exception of ::/0'}.`
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function blocksOfRule({policy, direction, rule}: RuleGap): Block[] {
  const peers: NetworkPolicyRule['peers'] = policy[direction]?.[rule]?.peers ?? []
  return peers === 'all' ? [] : peers.filter(peer => peer.kind === 'block')
}

/** S1: exceptions of the IPv6 blocks for what IPv4 leaves out. */
function carveOutAnswer(gap: RuleGap, setting: Setting): Answered {
  const outs = gap.allowed.map(allowed => exclusionsOf(gap.addressClasses, gap.endpoints, {allowed, left: leftOutOf(allowed)}, setting))
  const needs = WHOSE.filter(whose => outs.some(out => out.needs.includes(whose)))
  if (needs.length > 0) return said(gap, gap.blocks, 'range', '', {needs})
  const wanted = once(outs.flatMap(({exclusions}) => exclusions))
  const closed = setOf(wanted.map(({cidr}) => cidr))
  const untold = gap.addressClasses.filter(kind => !isTold(kind, wanted, closed, setting))
  if (untold.length > 0) return said(gap, gap.blocks, 'hand', `IPv4 leaves out ${leftText(gap, setting, untold)}: name the same over IPv6 yourself, as an exception.`)
  const inside = gap.blocks.map(block => ({block, cidrs: wanted.map(({cidr}) => cidr).filter(cidr => isOpen(block, cidr))}))
  const whole = inside.filter(({block, cidrs}) => cidrs.some(cidr => covers(setOf([cidr]), setOf([block.cidr]))))
  if (whole.length > 0) return said(gap, whole.map(({block}) => block), 'hand', 'The block holds nothing but what IPv4 leaves out: take it away, unless that is meant.')
  const add = [...new Map(gap.allowed.flatMap(allowed => keptBy(wanted, allowed, setting)).map(cidr => [cidr.text, cidr])).values()].map((cidr): PlannedBlock => ({cidr, except: []}))
  const edited = inside.filter(({cidrs}) => cidrs.length > 0)
  const change: RuleChange = {direction: gap.direction, rule: gap.rule, add, except: new Map(edited.map(({block, cidrs}) => [placeOf(block.path).peer, cidrs]))}
  const lines = [...new Set([...edited.flatMap(({cidrs}) => cidrs.map(({text}) => `except ${text}`)), ...add.map(blockText)])]
  return {item: itemOf(gap, edited.map(({block}) => block), 'except', '', {lines}), change}
}

function once(exclusions: readonly Exclusion[]): Exclusion[] {
  return [...new Map(exclusions.map(one => [one.cidr.text, one])).values()]
}

/** By an exclusion of its own, or by a wider one that holds all of it. */
function isTold(kind: FilterAddressClass, wanted: readonly Exclusion[], closed: IntervalSet, {space}: Setting): boolean {
  const own = ofFamily(space.sets[kind], 6)
  return wanted.some(one => one.kind === kind) || (!isEmpty(own) && covers(closed, own))
}

/** Is anything of it let through by this block? */
function isOpen({set}: Block, cidr: Cidr): boolean {
  return !isEmpty(intersect(set, setOf([cidr])))
}

function leftText({allowed}: RuleGap, {space}: Setting, untold: readonly FilterAddressClass[]): string {
  const left = allowed.flatMap(set => leftOutOf(set)).filter(cidr => untold.some(kind => !isEmpty(intersect(setOf([cidr]), space.sets[kind]))))
  return [...new Set(left.map(({text}) => text))].join(', ')
}
