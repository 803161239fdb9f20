import {shortList} from '../../kube/short-list.js'
import {CONTROLS} from '../../pod-security/control.js'
import type {ControlId} from '../../pod-security/control.js'
import type {Broken, Known, Place} from './broken-pods.js'
import {BROKEN, CONTAINER_LISTS} from './broken-pods.js'
import {ERROR, FALSE, TRUE, absent, among, partly} from './cel-value.js'
import type {Fields, Sketch} from './cel-value.js'
import type {PodRequest} from './pod-requests.js'

/** One rule of a policy: a validation, a pattern. */
export interface PodJudge {
  /** All that its author wrote. */
  source: string
  /** Texts in it. */
  texts: readonly string[]
  /** What it says of such a request: true lets it through. Null: it is not understood. */
  judge: ((asked: AskedPod) => Verdict) | null
}

export interface AskedPod {
  request: PodRequest
  object: Fields
}

export interface Verdict {
  may: number
  /** Fields that it read and that are not known: what it says may depend on them. */
  reads: ReadonlySet<string>
  /** False: something in it is not understood, and with that what it says. */
  isUnderstood: boolean
}

/** What a policy refuses of each control, in one kind of request. */
export interface Judged {
  /** With what of each it lets through. */
  controls: ReadonlyMap<ControlId, readonly string[]>
  /** False: it may refuse more than that. */
  isWhole: boolean
}

export interface PolicyRules {
  judges: readonly PodJudge[]
  /** An error lets the request through. */
  isFailOpen: boolean
  minor: number
}

/** Longer lists of texts are none that these controls need; each text is tried in each place. */
const MOST_TEXTS = 300

/** Characters of a policy, times the pods that it is asked about: more are none that a policy needs, and whoever writes it chooses. */
const MOST_WORK = 50_000_000

/** What the rules refuse together: one of them is enough for a pod. */
export function controlsOf(rules: PolicyRules, requests: readonly PodRequest[]): Judged {
  const texts = [...new Set(rules.judges.flatMap(judge => judge.texts))]
  const understood = texts.length > MOST_TEXTS ? [] : rules.judges.filter(({judge}) => judge !== null)
  const doesName = (word: string): boolean => understood.some(({source}) => source.includes(word))
  const doubts = {isWhole: understood.length === rules.judges.length}
  const controls = new Map<ControlId, readonly string[]>()
  const wholesale = new Set(understood.filter(judge => doesRefuseWholesale(judge, rules.isFailOpen, requests)))
  for (const control of CONTROLS) {
    const judges = understood.filter(judge => wholesale.has(judge) || BROKEN[control].words.some(word => judge.source.includes(word)))
    const holes = judges.length === 0 ? null : holesOf(control, {...rules, judges}, requests, {texts, doesName, minor: rules.minor}, doubts)
    if (holes !== null) controls.set(control, holes)
  }
  return {controls, isWhole: doubts.isWhole}
}

/** Pods of which hardly anything is said: every pod, every init container, every security context. */
const WHOLESALE: readonly Readonly<Record<string, Sketch>>[] = [
  {}, {securityContext: {}}, {volumes: among({})},
  ...CONTAINER_LISTS.flatMap(list => [{}, {securityContext: {}}, {securityContext: {capabilities: {}}}, {ports: among({})}, {lifecycle: {}}, {livenessProbe: {}}].map(container => ({[list]: among(container)}))),
]

function doesRefuseWholesale({judge}: PodJudge, isFailOpen: boolean, requests: readonly PodRequest[]): boolean {
  return WHOLESALE.some(spec => requests.every(request => refuses(judge!({request, object: objectOf(request, {spec})}).may, isFailOpen)))
}

function refuses(may: number, isFailOpen: boolean): boolean {
  return (may & (isFailOpen ? TRUE | ERROR : TRUE)) === 0
}

interface Way extends Broken {
  outcome: 'refused' | 'depends' | 'passes'
}

/** Null: it refuses none of the pods that break the control. */
function holesOf(control: ControlId, rules: PolicyRules, requests: readonly PodRequest[], known: Known, doubts: {isWhole: boolean}): string[] | null {
  const all = asked(BROKEN[control].ways(known), requests)
  if (all.length * requests.length * rules.judges.reduce((sum, {source}) => sum + source.length, 0) > MOST_WORK) {
    doubts.isWhole = false
    return null
  }
  const reads = new Set<string>()
  const ways = all.map((broken): Way => {
    const outcomes = requests.map(request => outcomeOf(broken, request, rules, {reads, doubts}))
    return {...broken, outcome: outcomes.includes('passes') ? 'passes' : outcomes.includes('depends') ? 'depends' : 'refused'}
  })
  if (ways.every(({outcome}) => outcome === 'passes')) return null
  return [...passing(ways), ...depending(ways, [...reads].filter(read => !LISTS.includes(read)).toSorted())]
}

/** That there may be others in them settles nothing about those that are. */
const LISTS: readonly string[] = [...CONTAINER_LISTS, 'volumes'].flatMap(list => ['spec', 'spec.template.spec', 'spec.jobTemplate.spec.template.spec'].map(spec => `${spec}.${list}`))

/** Where one way passes for sure, nothing is left to depend on anything. */
function depending(ways: readonly Way[], reads: readonly string[]): string[] {
  const passes = new Set(ways.filter(({outcome}) => outcome === 'passes').map(({place, what}) => `${place} ${what}`))
  const open = ways.filter(({outcome, place, what}) => outcome === 'depends' && !passes.has(`${place} ${what}`))
  if (open.length === 0) return []
  return [reads.length === 0 ? `lets through some of: ${shortList([...new Set(open.map(({what}) => what))], 3)}` : `what it refuses depends on ${shortList(reads, 3)}`]
}

/**
 * Ephemeral containers come by their own requests and by no other: those bring
 * nothing else, and no other brings them.
 */
function asked(all: readonly Broken[], requests: readonly PodRequest[]): Broken[] {
  const isEphemeral = ({place}: Broken): boolean => place === 'ephemeralContainers'
  if (requests[0]?.of !== 'ephemeralcontainers') return all.filter(one => !isEphemeral(one))
  return all.some(isEphemeral) ? all.filter(isEphemeral) : [...all]
}

function outcomeOf(broken: Broken, request: PodRequest, {judges, isFailOpen}: PolicyRules, {reads, doubts}: {reads: Set<string>; doubts: {isWhole: boolean}}): Way['outcome'] {
  const object = objectOf(request, broken)
  let outcome: Way['outcome'] = 'passes'
  for (const {judge} of judges) {
    const verdict = judge!({request, object})
    if (refuses(verdict.may, isFailOpen)) return 'refused'
    if (!verdict.isUnderstood) doubts.isWhole = false
    else if (isTurnedBy(judge!, broken, request)) {
      outcome = 'depends'
      for (const read of verdict.reads) reads.add(read)
    }
  }
  return outcome
}

/** Does the break change what it may say, all else alone? Otherwise what it says is about something else. */
function isTurnedBy(judge: (asked: AskedPod) => Verdict, broken: Broken, request: PodRequest): boolean {
  const [bad, good] = [broken, broken.good].map(one => judge({request, object: objectOf(request, {...one, spec: alone(one.spec)})}).may)
  return bad !== good && (bad! & FALSE) !== 0
}

/** The pod with nothing in its lists but what is written: no other container, no other volume. */
function alone(spec: Readonly<Record<string, Sketch>>): Record<string, Sketch> {
  return {...NOTHING_ELSE, ...closed(spec)}
}

const NOTHING_ELSE: Readonly<Record<string, Sketch>> = Object.fromEntries([...CONTAINER_LISTS, 'volumes'].map(list => [list, []]))

function closed<T extends Sketch | Readonly<Record<string, Sketch>>>(sketch: T): T {
  if (typeof sketch !== 'object' || 'hole' in sketch || 'atLeast' in sketch) return sketch
  if ('many' in sketch) return (sketch['many'] as readonly Sketch[]).map(closed) as unknown as T
  if (Array.isArray(sketch)) return (sketch as readonly Sketch[]).map(closed) as unknown as T
  return Object.fromEntries(Object.entries(sketch as Readonly<Record<string, Sketch>>).map(([field, value]) => [field, closed(value)])) as T
}

const PLACES: Readonly<Record<Place, string>> = {
  pod: 'the fields of the pod itself', volumes: 'volumes', annotations: 'annotations',
  containers: 'containers', initContainers: 'init containers', ephemeralContainers: 'ephemeral containers',
}

/** Where it does not look, and what it lets through where it does. */
function passing(ways: readonly Way[]): string[] {
  const places = [...new Set(ways.map(({place}) => place))]
  const passesOf = (place: Place): Way[] => ways.filter(way => way.place === place && way.outcome === 'passes')
  const blind = places.filter(place => isContainerList(place) && passesOf(place).length === ways.filter(way => way.place === place).length)
  const seen = places.filter(place => !blind.includes(place))
  const whats = [...new Set(seen.flatMap(passesOf).map(({what}) => what))]
  const [everywhere, somewhere] = [whats.filter(what => isIn(what, seen, passesOf)), whats.filter(what => !isIn(what, seen, passesOf))]
  return [
    ...blind.map(place => `${PLACES[place]} are not looked at`),
    ...(everywhere.length > 0 ? [`lets through ${shortList(everywhere, 3)}`] : []),
    ...seen.flatMap(place => {
      const own = somewhere.filter(what => passesOf(place).some(way => way.what === what))
      return own.length > 0 ? [`lets through ${shortList(own, 3)} (${PLACES[place]})`] : []
    }),
  ]
}

function isContainerList(place: Place): boolean {
  return (CONTAINER_LISTS as readonly Place[]).includes(place)
}

function isIn(what: string, places: readonly Place[], passesOf: (place: Place) => readonly Way[]): boolean {
  return places.every(place => passesOf(place).some(way => way.what === what))
}

/** The object of such a request, with that pod or template in it. Every pod has containers. */
export function objectOf({group, version, kind}: PodRequest, {spec: own, metadata = {}}: Pick<Broken, 'spec' | 'metadata'>): Fields {
  const spec = {containers: among(), ...own}
  const head = {apiVersion: group === '' ? version : `${group}/${version}`, kind}
  if (kind === 'Pod') return partly({...head, metadata, spec: {template: absent, jobTemplate: absent, ...spec}}, '') as Fields
  const noPod = {containers: absent, initContainers: absent, ephemeralContainers: absent, volumes: absent, securityContext: absent}
  const template = {metadata, spec}
  const holder = kind === 'CronJob' ? {template: absent, jobTemplate: {spec: {template}}} : {jobTemplate: absent, template}
  return partly({...head, spec: {...noPod, ...holder}}, '') as Fields
}
