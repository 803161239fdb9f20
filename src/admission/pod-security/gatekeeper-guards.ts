import type {ObjectRef} from '../../audit/finding.js'
import type {ControlId} from '../../pod-security/control.js'
import {both, eachWithEach} from '../coverage.js'
import type {Refuser} from '../coverage.js'
import type {Reach} from '../webhook-reach.js'
import type {PodConstraint} from './gatekeeper-constraint.js'
import {actionNamed} from './gatekeeper-constraint.js'
import type {KnownCode} from './gatekeeper-content.js'
import {controlsOf} from './gatekeeper-content.js'
import type {expansionOf} from './gatekeeper-expansion.js'
import {actionFor} from './gatekeeper-expansion.js'
import {HOST_NETWORK, PID_AND_IPC} from './gatekeeper-forms.js'
import type {InertGuard, PodGuard, PodOperation} from './pod-guard.js'
import {guardsOf, inertKind, refuserFor} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'

export interface Template {
  name: string
  kind: string
  /** Null: what it judges is not known. */
  codes: readonly KnownCode[] | null
  /** Empty: all that the webhook sends. */
  operations: readonly string[]
}

export interface World {
  templates: ReadonlyMap<string, Template>
  areTemplatesWhole: boolean
  reach: Reach<PodRequest>
  requests: PodRequests
  excludedByConfig: readonly string[]
  configGap: readonly string[]
  expansions: readonly ReturnType<typeof expansionOf>[]
  minor: number
}

/** Why a constraint does nothing now to pods that break the Standards; null where it does, or may. */
export function inertOf({inert, kind, parameters}: PodConstraint, {reach, templates, areTemplatesWhole, minor}: World): Pick<InertGuard, 'why' | 'kind'> | null {
  if (inert !== '') return {why: inert, kind: 'other'}
  if (reach.state === 'none' || reach.state === 'down') return {why: reach.gaps.join('; '), kind: inertKind(reach)}
  const template = templates.get(kind)
  if (template === undefined) return areTemplatesWhole ? {why: 'its template is gone', kind: 'no-template'} : null
  const isWithoutEffect = template.codes !== null && controlsOf(template.codes, {parameters, minor})?.size === 0
  return isWithoutEffect ? {why: 'with its parameters it refuses nothing that the Standards refuse', kind: 'other'} : null
}

export function constraintGuards(constraint: PodConstraint, world: World): PodGuard[] {
  const template = world.templates.get(constraint.kind)
  const codes = template?.codes ?? null
  const controls = codes === null ? null : controlsOf(codes, {parameters: constraint.parameters, minor: world.minor})
  return workloadActions(constraint, world).flatMap(({action, kinds, isOfPods}) => {
    const refuser: Refuser<PodRequest> = {
      sees: request => isRun(request, template) && (request.of === 'workload' ? kinds.has(kindOf(request)) : isOfPods && isJudged(request, codes)),
      isIn: constraint.isIn(world.excludedByConfig), gaps: constraint.gaps, holes: [...constraint.holes, ...world.configGap],
    }
    return blindly(guardsOf(throughWebhook(refuser, world), {engine: 'gatekeeper', name: constraint.name, object: constraint.object, action, controls}, world.requests), codes)
  })
}

/** Its constraints are not read: they may judge anything that the webhook sends. */
export function foreignGuards({name, operations}: Template, world: World): PodGuard[] {
  if (world.reach.state === 'none' || world.reach.state === 'down') return []
  const object: ObjectRef = {apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate', namespace: '', name}
  return guardsOf(throughWebhook(refuserFor(request => isRun(request, {operations})), world), {engine: 'gatekeeper', name, object, action: 'refused', controls: null}, world.requests)
}

/** Where the webhooks themselves are not known, anything may get to it. */
function throughWebhook(refuser: Refuser<PodRequest>, {reach}: World): Refuser<PodRequest>[] {
  return reach.state === 'calls' ? eachWithEach(reach.refusers, [refuser]) : [both({...refuserFor(() => true), holes: reach.gaps}, refuser)]
}

function isRun({operation}: PodRequest, template: Pick<Template, 'operations'> | undefined): boolean {
  const operations = template?.operations ?? []
  return operations.length === 0 || operations.includes(operation) || operations.includes('*')
}

/** Which of several codes is run is not known: all must look at it. */
function isJudged({of, operation}: PodRequest, codes: readonly KnownCode[] | null): boolean {
  if (codes === null) return true
  return (operation !== 'UPDATE' || codes.every(({seesUpdates}) => seesUpdates)) && (of !== 'ephemeralcontainers' || codes.every(({seesEphemeral}) => seesEphemeral))
}

function kindOf({group, version, kind}: PodRequest): string {
  return `${group}/${version}/${kind}`
}

interface Part {
  action: PodGuard['action']
  /** Of workloads whose pods are judged with this action. */
  kinds: ReadonlySet<string>
  isOfPods: boolean
}

/** An expansion may put its own action in the place of the constraint's, so one constraint may be two guards. */
function workloadActions({action: own, sources}: PodConstraint, {requests, expansions}: World): Part[] {
  if (own === null) return []
  const kinds = sources.includes('Generated') ? requests.workload.map(kindOf) : []
  const actions = kinds.flatMap(kind => {
    const word = actionFor(kind, expansions)
    const action = word === null ? null : word === '' ? own : actionNamed(word)
    return action === null ? [] : [{kind, action}]
  })
  const withAction = (wanted: PodGuard['action']): ReadonlySet<string> => new Set(actions.filter(({action}) => action === wanted).map(({kind}) => kind))
  const others = [...new Set(actions.map(({action}) => action))].filter(action => action !== own)
  return [{action: own, kinds: withAction(own), isOfPods: sources.includes('Original')}, ...others.map(action => ({action, kinds: withAction(action), isOfPods: false}))]
}

/** In words, where it is the template's code that does not look. */
function blindly(guards: readonly PodGuard[], codes: readonly KnownCode[] | null): PodGuard[] {
  const stops = codes?.some(({seesUpdates}) => !seesUpdates) ?? false
  const misses = codes?.some(({seesEphemeral}) => !seesEphemeral) ?? false
  const noUpdates = 'the code of its template stops at every UPDATE'
  const blind: Partial<Record<PodOperation, string>> = {
    ...(stops ? {update: noUpdates, ephemeralcontainers: noUpdates, resize: noUpdates} : misses ? {ephemeralcontainers: 'the code of its template does not look at ephemeral containers'} : {}),
    workload: 'no ExpansionTemplate makes pods of every kind of workload for it',
  }
  return guards.map(guard => ({...guard, blind}))
}

/**
 * The library has the host's namespaces in two kinds. Two constraints that are
 * in one namespace refuse together what each of them lets through.
 */
export function withPairs(guards: readonly PodGuard[]): PodGuard[] {
  const refusing = guards.filter(({action}) => action === 'refused')
  const forNetwork = refusing.filter(guard => gapsOf(guard).includes(PID_AND_IPC))
  const pairs = refusing.filter(guard => gapsOf(guard).includes(HOST_NETWORK)).flatMap(one => forNetwork.map(other => pairOf(one, other)))
  return [...guards, ...pairs]
}

function gapsOf({controls}: PodGuard): readonly string[] {
  return controls?.get('hostNamespaces') ?? []
}

function pairOf(one: PodGuard, other: PodGuard): PodGuard {
  const gaps = [...gapsOf(one), ...gapsOf(other)].filter(gap => gap !== HOST_NETWORK && gap !== PID_AND_IPC)
  const controls: [ControlId, readonly string[]][] = [['hostNamespaces', [...new Set(gaps)]]]
  const {isIn} = both({...refuserFor(() => true), isIn: one.isIn}, {...refuserFor(() => true), isIn: other.isIn})
  return {
    engine: 'gatekeeper', name: `${one.name} with ${other.name}`, object: one.object, action: 'refused', controls: new Map(controls),
    sees: operation => one.sees(operation) && other.sees(operation), isIn, gaps: [...new Set([...one.gaps, ...other.gaps])], blind: {...one.blind, ...other.blind},
  }
}
