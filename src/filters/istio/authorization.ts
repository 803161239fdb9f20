import type {ObjectRef} from '../../audit/finding.js'
import {OddField, at, listAt, mappingAt, pathOf, textAt, textsAt} from '../../kube/field.js'
import type {Step} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import {annotationsOf, nameOf, namespaceOf} from '../../kube/object.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {intersect, setOf, subtract, unionOf} from '../../network/interval-set.js'
import {EVERYTHING} from '../chain/chain.js'
import {goBlock} from '../go-block.js'

/** Whose address is asked about: the peer's, the client's behind proxies, or the one that was called. */
export const ADDRESS_KINDS = ['source.ip', 'remote.ip', 'destination.ip'] as const
export type AddressKind = (typeof ADDRESS_KINDS)[number]

export type Action = 'ALLOW' | 'DENY' | 'CUSTOM' | 'AUDIT'

/** A list of addresses, as it is written. */
export interface AddressList {
  path: string
  texts: readonly string[]
  /** `notIpBlocks`, `notValues` */
  isNegative: boolean
}

/** What one `from` of a rule asks of addresses of one kind. */
export interface AddressMatch {
  kind: AddressKind
  /** Addresses that match. */
  set: IntervalSet
  lists: readonly AddressList[]
  /** All else that the rule asks: what agrees in it is one list. */
  beside: string
  /** There is nothing else. */
  isAlone: boolean
}

export interface AuthorizationPolicy {
  ref: ObjectRef
  action: Action
  selector: LabelSelector
  /** Gateways, Services and others that it is bound to by name; then it selects no workloads. */
  targets: readonly string[]
  matches: readonly AddressMatch[]
  /** Addresses of each kind that some request may come from, or go to, that it matches. */
  matched: Readonly<Record<AddressKind, IntervalSet>>
  /** As `beside`, of parts of rules that ask for no address of a kind: they take everybody. */
  takesAll: ReadonlySet<string>
  /** One of its rules asks for nothing, and so matches every request. */
  matchesEverything: boolean
}

/** Says what it would do and does nothing. */
const DRY_RUN = 'istio.io/dry-run'
/** As Go's ParseBool has it. */
const TRUE: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True']

/** Null: a dry run. Fields of `AuthorizationPolicy` in istio.io/api, as pilot/pkg/security/authz/model of Istio reads them. */
export function readAuthorization(object: KubeObject): AuthorizationPolicy | null {
  const rules = listAt(object, 'spec', 'rules')
  const parts = rules.flatMap((rule, index) => partsOf(rule, ['spec', 'rules', index]))
  const policy: AuthorizationPolicy = {
    ref: {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)},
    action: actionOf(object), selector: selectorOf(at(object, 'spec', 'selector')), targets: targetsOf(object),
    matches: parts.flatMap(({matches}) => matches), matched: matchedBy(parts),
    takesAll: new Set(parts.flatMap(part => part.takesAll)),
    matchesEverything: rules.some(rule => ['from', 'to', 'when'].every(field => listAt(rule, field).length === 0)),
  }
  return TRUE.includes(annotationsOf(object)[DRY_RUN] ?? '') ? null : policy
}

function actionOf(object: KubeObject): Action {
  const action = textAt(object, 'spec', 'action') ?? 'ALLOW'
  if (action !== 'ALLOW' && action !== 'DENY' && action !== 'CUSTOM' && action !== 'AUDIT') throw new OddField('spec.action', 'an action of Istio')
  return action
}

function targetsOf(object: KubeObject): string[] {
  const one = at(object, 'spec', 'targetRef')
  return [...(one === undefined ? [] : [one]), ...listAt(object, 'spec', 'targetRefs')].map(ref => `${textAt(ref, 'kind') ?? ''} ${textAt(ref, 'name') ?? ''}`).toSorted()
}

/** Of a source, the positive list and the negative one. */
const SOURCE_FIELDS: Readonly<Record<'source.ip' | 'remote.ip', readonly [string, string]>> = {'source.ip': ['ipBlocks', 'notIpBlocks'], 'remote.ip': ['remoteIpBlocks', 'notRemoteIpBlocks']}

/** One `from` of a rule, with what the rule asks besides. */
interface RulePart {
  matches: AddressMatch[]
  takesAll: string[]
}

/** Whoever matches one `from`, and all of `when`, matches. Without a `from` everybody does. */
function partsOf(rule: Json, steps: readonly Step[]): RulePart[] {
  const from = listAt(rule, 'from')
  const sources: {source: Json | undefined; steps: Step[]}[] = from.length === 0 ? [{source: undefined, steps: [...steps]}] : from.map((entry, index) => ({source: at(entry, 'source'), steps: [...steps, 'from', index, 'source']}))
  return sources.map(one => partOf(rule, steps, one))
}

function partOf(rule: Json, steps: readonly Step[], {source, steps: own}: {source: Json | undefined; steps: Step[]}): RulePart {
  const part: RulePart = {matches: [], takesAll: []}
  for (const kind of ADDRESS_KINDS) {
    const pairs = [...sourcePairs(source, own, kind), ...whenPairs(rule, steps, kind)]
    const lists = pairs.flatMap(pair => pair.lists)
    const beside = besideOf(rule, source, kind)
    if (lists.length === 0) part.takesAll.push(beside)
    else part.matches.push({kind, lists, set: pairs.reduce((set, pair) => intersect(set, pair.set), EVERYTHING), beside, isAlone: beside === besideOf({}, undefined, kind)})
  }
  return part
}

function matchedBy(parts: readonly RulePart[]): Record<AddressKind, IntervalSet> {
  const of = (kind: AddressKind): IntervalSet => unionOf(parts.map(({matches}) => matches.find(one => one.kind === kind)?.set ?? EVERYTHING))
  return {'source.ip': of('source.ip'), 'remote.ip': of('remote.ip'), 'destination.ip': of('destination.ip')}
}

/** A positive list and a negative one that stand together. */
interface Pair {
  set: IntervalSet
  lists: AddressList[]
}

function sourcePairs(source: Json | undefined, steps: readonly Step[], kind: AddressKind): Pair[] {
  return kind === 'destination.ip' ? [] : [pairOf(source, steps, SOURCE_FIELDS[kind])]
}

function whenPairs(rule: Json, steps: readonly Step[], kind: AddressKind): Pair[] {
  return listAt(rule, 'when').flatMap((condition, index) => (textAt(condition, 'key') === kind ? [pairOf(condition, [...steps, 'when', index], ['values', 'notValues'])] : []))
}

/** An address of the other family is in no block: so it matches no positive list, and every negative one. */
function pairOf(holder: Json | undefined, steps: readonly Step[], [positive, negative]: readonly [string, string]): Pair {
  const setAt = (field: string): IntervalSet => setOf(textsAt(holder, field).map((text, index) => goBlock(text, pathOf([...steps, field, index]), true)))
  const listAtField = (field: string, isNegative: boolean): AddressList[] => {
    const texts = textsAt(holder, field)
    return texts.length === 0 ? [] : [{path: pathOf([...steps, field]), texts, isNegative}]
  }
  const wanted = textsAt(holder, positive).length === 0 ? EVERYTHING : setAt(positive)
  return {set: subtract(wanted, setAt(negative)), lists: [...listAtField(positive, false), ...listAtField(negative, true)]}
}

function besideOf(rule: Json, source: Json | undefined, kind: AddressKind): string {
  const own: readonly string[] = kind === 'destination.ip' ? [] : SOURCE_FIELDS[kind]
  const when = listAt(rule, 'when').filter(condition => textAt(condition, 'key') !== kind)
  return JSON.stringify([
    kind, listsOf(source).filter(([field]) => !own.includes(field)),
    listAt(rule, 'to').map(to => listsOf(at(to, 'operation'))),
    when.map(condition => [textAt(condition, 'key') ?? '', textsAt(condition, 'values').toSorted(), textsAt(condition, 'notValues').toSorted()]),
  ])
}

/** Every field of a `Source` and of an `Operation` is a list of text, whose order tells nothing. */
function listsOf(value: Json | undefined): [field: string, texts: string[]][] {
  return Object.keys(mappingAt(value)).toSorted().map(field => [field, textsAt(value, field).toSorted()])
}
