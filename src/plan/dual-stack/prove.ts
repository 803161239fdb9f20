import type {FilterAddressClass} from '../../audit/finding.js'
import type {Direction} from '../../filters/direction.js'
import type {ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import {networkPolicyReader} from '../../filters/network-policy/policies.js'
import type {PodGroup} from '../../filters/pod-groups.js'
import type {Answered} from './answer.js'
import {answersTo} from './answer.js'
import type {Setting} from './carve-outs.js'
import {mergeChanges, patchOf} from './changes.js'
import type {Judged, World} from './judge.js'
import {judge, keyOfPolicy, newGaps} from './judge.js'
import type {PolicySource} from './policy-sources.js'
import type {RuleGap} from './rule-gaps.js'

/** What is answered to all gaps of one policy, and written where it can be. */
export interface Draft {
  answers: readonly Answered[]
  /** Null: nothing can be written without asking. */
  written: ReturnType<typeof patchOf> | null
  /** What it would bring, and so it is not to be written; null: it is. */
  refused: string | null
}

export interface Proving {
  sources: ReadonlyMap<string, PolicySource>
  groups: readonly PodGroup<ReadNetworkPolicy>[]
  judged: readonly Judged[]
  gaps: ReadonlyMap<string, readonly RuleGap[]>
  world: World
}

/** Tried in this order: private addresses left out as IPv4 does, or half of them, or nothing written. */
const CHOICES = ['whole', 'in part', 'none'] as const

interface Chosen {
  choice: number
  found: string
}

/**
 * All patches together, judged as the audit would judge them: one that would
 * bring anything new is written in another way, or not at all. Policies that
 * speak for the same pods are taken together.
 */
export function prove(proving: Proving): {drafts: ReadonlyMap<string, Draft>; after: readonly Judged[]} {
  const chosen = new Map<string, Chosen>([...proving.gaps.keys()].map(key => [key, {choice: 0, found: ''}]))
  const settings = settingsOf(proving.world)
  let drafts: ReadonlyMap<string, Draft> = new Map()
  let changed: ReadonlySet<string> = new Set(chosen.keys())
  for (;;) {
    drafts = new Map([...chosen].map(([key, one]) => [key, (changed.has(key) ? undefined : drafts.get(key)) ?? draftOf(key, one, settings, proving)]))
    const after = judgeWith(drafts, proving)
    const fresh = newGaps(proving.judged, after)
    if (fresh.length === 0) return {drafts, after}
    const found = new Map<string, string>(fresh.flatMap(({judged, gaps}) => judged.policies.map(policy => [keyOfPolicy(policy), gaps.join(', ')] as const)))
    const changeable = [...found].filter(([key]) => drafts.get(key)?.written != null && drafts.get(key)?.refused === null)
    if (changeable.length === 0) throw new Error('without a patch something is wrong that was not wrong before')
    changed = new Set(changeable.map(([key]) => key))
    for (const [key, text] of changeable) {
      const {choice, found: first} = chosen.get(key) ?? {choice: 0, found: ''}
      chosen.set(key, {choice: choice + 1, found: first === '' ? text : first})
    }
  }
}

function draftOf(key: string, {choice, found}: Chosen, settings: Settings, {gaps, sources}: Proving): Draft {
  const isPrivateInPart = CHOICES[choice] === 'in part'
  const answers = (gaps.get(key) ?? []).flatMap(gap => answersTo(gap, settings(gap.direction, isPrivateInPart)))
  const changes = mergeChanges(answers.flatMap(({change}) => change ?? []))
  const object = sources.get(key)?.object
  return {answers, written: changes.length === 0 || object === undefined ? null : patchOf(object, changes), refused: CHOICES[choice] === 'none' ? found : null}
}

/** Neither metadata endpoints nor Services open connections. */
const NEVER_A_SOURCE: readonly FilterAddressClass[] = ['metadata', 'service']

/** One for each direction and choice: what was told of a block is told again. */
function settingsOf({space, unmatched}: World): Settings {
  const make = (isIngress: boolean, isPrivateInPart: boolean): Setting => ({space, unmatched: [...unmatched, ...(isIngress ? NEVER_A_SOURCE : [])], isPrivateInPart})
  const whole = {ingress: make(true, false), egress: make(false, false)}
  const inPart = {ingress: make(true, true), egress: make(false, true)}
  return (direction, isPrivateInPart) => (isPrivateInPart ? inPart : whole)[direction]
}

type Settings = (direction: Direction, isPrivateInPart: boolean) => Setting

function judgeWith(drafts: ReadonlyMap<string, Draft>, {sources, groups, world}: Proving): Judged[] {
  // One reader for all: blocks are told apart by its numbers.
  const read = networkPolicyReader()
  const objectOf = (key: string, {object}: PolicySource): PolicySource['object'] => {
    const draft = drafts.get(key)
    return draft === undefined || draft.written === null || draft.refused !== null ? object : draft.written.changed
  }
  return judge(groups, world, new Map([...sources].map(([key, source]) => [key, read(objectOf(key, source)).policy])))
}
