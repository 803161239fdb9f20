import type {ControlId} from '../../pod-security/control.js'
import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import {at, flagAt, listAt, textAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {Refuser} from '../coverage.js'
import {FAIL_OPEN, both, eachWithEach} from '../coverage.js'
import {isOldKyvernos} from '../engine-webhooks.js'
import {enforcing, overridesOf} from '../engines/kyverno-action.js'
import type {Override} from '../engines/kyverno-action.js'
import {losesEnforceWithOverrides} from '../engines/kyverno-version.js'
import {named, reachBy} from '../engines/kyverno-world.js'
import {conditionsOf} from '../match-conditions.js'
import {minorOf} from './broken-pods.js'
import {autogenOf} from './kyverno-autogen.js'
import {ruleJudges} from './kyverno-judge.js'
import {podFilters} from './kyverno-match-pods.js'
import {podSecurityControls} from './kyverno-pod-security.js'
import {podScopesOf} from './kyverno-pods.js'
import type {KyvernoPods} from './kyverno-pods.js'
import type {InertGuard, PodGuards, PodOperation} from './pod-guard.js'
import {POD_OPERATIONS} from './pod-guard.js'
import {inertKind, podConditions, podReachOf} from './pod-reach.js'
import type {PodRequest} from './pod-requests.js'
import type {PodJudge} from './policy-controls.js'
import {contentGuards, contentsOf, doubtful} from './policy-guards.js'
import type {Content, Reasons} from './policy-guards.js'

/** A ClusterPolicy or Policy that judges something. */
export interface OldPolicy {
  object: ObjectRef
  name: string
  /** Empty: the whole cluster. */
  namespace: string
  isAdmission: boolean
  isFailOpen: boolean
  action: string
  overrides: readonly Override[]
  /** Ways past all its rules. */
  ways: Pick<Refuser<PodRequest>, 'gaps' | 'holes'>
  autogen: ReadonlySet<string>
  parts: readonly Part[]
}

/** Rules that are asked about the same requests and do the same with what breaks them: they refuse together. */
interface Part {
  filters: readonly Refuser<PodRequest>[]
  action: string | null
  overrides: readonly Override[]
  /** What already broke the rule may be changed, and break it again: `no`, `yes`, or nobody knows. */
  stays: 'no' | 'yes' | 'perhaps'
  judges: readonly PodJudge[]
  podSecurity: readonly Json[]
}

export function oldPolicyOf(policy: KubeObject): OldPolicy {
  const spec = at(policy, 'spec')
  const autogen = autogenOf(policy)
  return {
    object: refOf(policy), name: nameOf(policy), namespace: namespaceOf(policy), autogen,
    isAdmission: flagAt(spec, 'admission') !== false,
    isFailOpen: (textAt(spec, 'webhookConfiguration', 'failurePolicy') ?? textAt(spec, 'failurePolicy')) === 'Ignore',
    action: (textAt(spec, 'validationFailureAction') ?? 'audit').toLowerCase(),
    overrides: overridesOf(spec, 'validationFailureActionOverrides'),
    ways: waysPast(spec),
    parts: partsOf(listAt(spec, 'rules').filter(rule => at(rule, 'validate') !== undefined), autogen),
  }
}

function waysPast(spec: Json | undefined): OldPolicy['ways'] {
  const {gaps, holes} = podConditions(conditionsOf(spec, 'webhookConfiguration', 'matchConditions'))
  const isOne = textAt(spec, 'applyRules') === 'One' && listAt(spec, 'rules').length > 1
  return {gaps, holes: [...holes, ...(isOne ? ['applyRules One: another rule may take its place'] : [])]}
}

function partsOf(rules: readonly Json[], autogen: ReadonlySet<string>): Part[] {
  const parts = new Map<string, Part>()
  for (const rule of rules) {
    const validate = at(rule, 'validate')
    const podSecurity = at(validate, 'podSecurity')
    const stays = staysOf(rule)
    const key = JSON.stringify([at(rule, 'match'), at(rule, 'exclude'), at(validate, 'failureAction'), at(validate, 'failureActionOverrides'), stays])
    const before = parts.get(key)
    parts.set(key, {
      filters: podFilters(rule, autogen), action: textAt(validate, 'failureAction')?.toLowerCase() ?? null, overrides: overridesOf(validate, 'failureActionOverrides'), stays,
      judges: [...(before?.judges ?? []), ...(podSecurity === undefined ? ruleJudges(rule) : [])],
      podSecurity: [...(before?.podSecurity ?? []), ...(podSecurity === undefined ? [] : [podSecurity])],
    })
  }
  return [...parts.values()]
}

/** It is the default, and CEL is not asked about it. Of rules with preconditions Kyverno 1.19.1 was seen to refuse such updates all the same. */
function staysOf(rule: Json): Part['stays'] {
  const validate = at(rule, 'validate')
  if (flagAt(validate, 'allowExistingViolations') === false || at(validate, 'cel') !== undefined) return 'no'
  return at(rule, 'preconditions') === undefined ? 'yes' : 'perhaps'
}

export function oldPolicyGuards(policy: OldPolicy, world: KyvernoPods): PodGuards {
  const judged = policy.parts.map(part => ({part, contents: contentsOfPart(part, policy, world)})).filter(({contents}) => contents.length > 0)
  if (judged.length === 0) return {guards: [], inert: []}
  const inert = (why: string, kind: InertGuard['kind'] = 'other'): PodGuards => ({guards: [], inert: [{engine: 'kyverno', name: named(policy), object: policy.object, why, kind}]})
  if (!policy.isAdmission) return inert('admission is false: it only reports')
  const isOwn = isOldKyvernos
  const reach = reachBy(world.info, isOwn, policy, {what: 'pods', reach: own => podReachOf(world.info, own, world.requests)})
  if (reach.state === 'none' || reach.state === 'down') return inert(reach.gaps.join('; '), inertKind(reach))
  const isDoubtful = reach.state === 'unknown'
  const reaching: readonly Refuser<PodRequest>[] = isDoubtful ? [{sees: () => true, isIn: null, gaps: reach.gaps}] : reach.refusers
  return {guards: judged.flatMap(({part, contents}) => guardsOfPart(part, isDoubtful ? doubtful(contents) : contents, reaching, policy, world)), inert: []}
}

/** Only ephemeral containers can bring what was not there: an update of a pod that breaks the rule breaks it before and after. */
const CHANGES: readonly PodOperation[] = ['update', 'resize']

function contentsOfPart({filters, judges, podSecurity, ...part}: Part, policy: OldPolicy, world: KyvernoPods): Content[] {
  const stays = whereEnforced(part, policy) === null ? 'no' : part.stays
  const doesSee = (request: PodRequest): boolean => !(stays === 'yes' && CHANGES.includes(request.of)) && filters.some(({sees}) => sees(request))
  // The rules that autogen writes are those for pods, about the template; a rule that names a workload itself is asked about it as it is.
  const isForPods = world.requests.create.every(request => filters.some(({sees}) => sees(request)))
  const asAsked = (request: PodRequest): PodRequest => (isForPods && policy.autogen.has(request.kind) ? asPod(request) : request)
  const contents = judges.length === 0 ? [] : contentsOf({judges, isFailOpen: policy.isFailOpen, minor: minorOf(world.minor)}, world.requests, doesSee, {asked: world.asked, asAsked})
  const operations = POD_OPERATIONS.filter(operation => world.requests[operation].length > 0 && world.requests[operation].every(doesSee))
  const known = podSecurity.map((one): Content => ({operations, isWhole: true, controls: podSecurityControls(one, {version: world.version, minor: minorOf(world.minor)})}))
  const all = [...contents, ...(operations.length === 0 ? [] : known)]
  const lasting = stays === 'no' ? all : all.flatMap(withoutPodFields)
  return stays === 'perhaps' ? lasting.flatMap(doubtfulChanges) : lasting
}

/** What is no matter of containers an ephemeral one cannot bring: who has it had it before. */
function withoutPodFields(content: Content): Content[] {
  if (!content.operations.includes('ephemeralcontainers') || !OF_THE_POD.some(control => content.controls.has(control))) return [content]
  const controls = new Map([...content.controls].filter(([control]) => !OF_THE_POD.includes(control)))
  const others = content.operations.filter(operation => operation !== 'ephemeralcontainers')
  return [...(others.length === 0 ? [] : [{...content, operations: others}]), ...(controls.size === 0 && content.isWhole ? [] : [{...content, controls, operations: ['ephemeralcontainers' as const]}])]
}

function doubtfulChanges(content: Content): Content[] {
  const [changes, others] = [content.operations.filter(one => CHANGES.includes(one)), content.operations.filter(one => !CHANGES.includes(one))]
  return [...(others.length === 0 ? [] : [{...content, operations: others}]), ...(changes.length === 0 ? [] : doubtful([{...content, operations: changes}]))]
}

const OF_THE_POD: readonly ControlId[] = ['hostNamespaces', 'hostPathVolumes', 'restrictedVolumes', 'sysctls']

function asPod(request: PodRequest): PodRequest {
  return {...request, group: '', version: 'v1', resource: 'pods', kind: 'Pod', equivalents: []}
}

function guardsOfPart(part: Part, contents: readonly Content[], reaching: readonly Refuser<PodRequest>[], policy: OldPolicy, world: KyvernoPods): PodGuards['guards'] {
  const own: Refuser<PodRequest> = {sees: () => true, isIn: null, holes: policy.ways.holes ?? [], gaps: [...policy.ways.gaps, ...(policy.isFailOpen ? [FAIL_OPEN] : []), ...(part.stays === 'no' ? [] : [EXISTING])]}
  const refusers = eachWithEach(eachWithEach(reaching, part.filters), podScopesOf(policy, world.excepted.old).map(scope => both(scope, own)))
  const about = {engine: 'kyverno', name: named(policy), object: policy.object}
  const reasons: Reasons = part.stays === 'yes' ? {update: STAYS, resize: STAYS} : {}
  const audited = contentGuards(contents, refusers, {...about, action: 'audited'}, world.requests, reasons)
  const where = whereEnforced(part, policy)
  if (where === null) return audited
  const there = refusers.map(one => both(one, {sees: () => true, ...where} as Refuser<PodRequest>))
  const hasOverrides = policy.overrides.length > 0 || part.overrides.length > 0
  const isLost = hasOverrides && losesEnforceWithOverrides(world.version) !== false
  const refused = contentGuards(isLost ? doubtful(contents) : contents, isLost ? there.map(one => ({...one, gaps: [...one.gaps, lostGap(world.version)]})) : there, {...about, action: 'refused'}, world.requests, reasons)
  return where.isIn === null && !isLost ? refused : [...refused, ...audited]
}

function whereEnforced({action, overrides}: Pick<Part, 'action' | 'overrides'>, policy: OldPolicy): ReturnType<typeof enforcing> {
  return enforcing({rule: action, ruleOverrides: overrides, policy: policy.action, policyOverrides: policy.overrides})
}

const STAYS = 'what already breaks the rule may be changed (allowExistingViolations)'
const EXISTING = 'a pod that already breaks the rule may be given more that breaks it (allowExistingViolations)'

function lostGap(version: string | null): string {
  return `Enforce with overrides: Kyverno 1.13.0 to 1.13.2 were reported not to enforce it, and this is ${version ?? 'an unknown version'}`
}
