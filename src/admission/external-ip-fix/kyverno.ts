import type {Outcome, ReadOutcome} from '../../audit/outcome.js'
import type {JsonObject} from '../../kube/json.js'
import type {Cidr} from '../../network/cidr.js'
import {STATUS_RULE, creationRule, exceptUsers, servicesRule, specRule} from './cel-rules.js'
import {SPELLING, butFor, claimsNotes, claimsText, claimsWarnings, writersText} from './described.js'
import type {Fix, FixDocument} from './fix.js'
import {POLICY_NAMES, SPEC_MESSAGE, STATUS_MESSAGE} from './fix.js'
import type {PresentClaims} from './present-claims.js'
import type {StatusWriters} from './status-writers.js'

export interface KyvernoWorld {
  /** How the lists of the two generations were answered. */
  cel: ReadOutcome
  old: ReadOutcome
  /** Of its admission controller; null: nothing tells it. */
  version: string | null
  claims: PresentClaims
  writers: StatusWriters
  allow: readonly Cidr[]
}

interface Generation {
  kind: 'ValidatingPolicy' | 'ClusterPolicy'
  apiVersion: string
  /** Fields that a rule has from 1.13 on; an older API server refuses them as unknown. */
  hasRuleActions: boolean
}

/** ValidatingPolicies where they are served, else ClusterPolicies with CEL, which Kyverno has from 1.11 on. */
export function kyvernoFix(world: KyvernoWorld): Fix {
  const {claims, writers, allow} = world
  const generation = generationOf(world)
  // The older kind is there for Kyvernos whose CEL has no functions for addresses.
  const {expression, allowed, lost} = specRule(allow, generation.kind === 'ValidatingPolicy')
  return {
    documents: [specPolicy({...world, allow: allowed}, generation, expression), statusPolicy(world, generation)],
    warnings: [
      ...installedWarnings(world), ...versionWarnings(world, generation),
      ...(lost.length === 0 ? [] : [`--allow ${lost.join(', ')}: a ClusterPolicy has no functions for IPv6 blocks that every version knows, so these stay refused`]),
      ...claimsWarnings(claims), ...writers.warnings,
    ],
    notes: [...claimsNotes(claims), ...(generation.kind === 'ClusterPolicy' ? ['Kyverno is to drop ClusterPolicies; run this again after the upgrade'] : [])],
  }
}

function generationOf({cel, old, version}: KyvernoWorld): Generation {
  const minor = minorOf(version)
  const isOld = cel.outcome === 'not-served' ? old.outcome !== 'not-served' : !isThere(cel.outcome) && minor !== null && minor < 14
  const hasRuleActions = minor === null || minor >= 13
  if (isOld) return {kind: 'ClusterPolicy', apiVersion: 'kyverno.io/v1', hasRuleActions}
  // 1.14 and 1.15 have the alpha, 1.16 the beta beside it.
  const stage = minor === null || minor >= 17 ? 'v1' : minor === 16 ? 'v1beta1' : 'v1alpha1'
  return {kind: 'ValidatingPolicy', apiVersion: `policies.kyverno.io/${stage}`, hasRuleActions}
}

/** It answered, or said that it may not: the API is there. */
function isThere(outcome: Outcome): boolean {
  return outcome === 'complete' || outcome === 'partial' || outcome === 'forbidden'
}

function minorOf(version: string | null): number | null {
  const minor = /^1\.(\d+)/.exec(version ?? '')?.[1]
  return minor === undefined ? null : Number(minor)
}

function installedWarnings({cel, old}: KyvernoWorld): string[] {
  if (cel.outcome === 'not-served' && old.outcome === 'not-served') return ['Kyverno is not installed here: the API server knows none of its policies until it is']
  const isKnown = isThere(cel.outcome) || isThere(old.outcome)
  return isKnown ? [] : [`whether Kyverno is installed, and which kinds of policies it has, is not known (${cel.outcome})`]
}

function versionWarnings({version}: KyvernoWorld, {kind, apiVersion}: Generation): string[] {
  const minor = minorOf(version)
  if (kind === 'ClusterPolicy') return minor !== null && minor < 11 ? [`Kyverno ${version} has no CEL in ClusterPolicies (1.11 has): the policies are refused until it is upgraded`] : []
  return version === null ? [`the version of Kyverno is not known: ${apiVersion} is served from 1.17 on`] : []
}

function specPolicy({claims, allow}: KyvernoWorld, generation: Generation, expression: string): FixDocument {
  return {
    ...sharedBy('spec', generation),
    does: `Refuses new spec.externalIPs of Services${butFor(allow)}, on create, update, patch and apply.`,
    leavesOpen: [...claimsText(claims), SPELLING, ...ENGINE_GAPS, 'The status of load balancers: that is the other policy.'],
    body: bodyOf('spec', generation, {creation: creationRule(allow), expression, message: SPEC_MESSAGE}, []),
  }
}

function statusPolicy({writers}: KyvernoWorld, generation: Generation): FixDocument {
  return {
    ...sharedBy('status', generation),
    does: 'Refuses new entries of status.loadBalancer.ingress of Services (services/status) from everybody but load-balancer controllers. Entries that are there stay.',
    leavesOpen: [...writersText(writers), ...ENGINE_GAPS, 'spec.loadBalancerIP: it is a wish that the load-balancer controller may grant.'],
    body: bodyOf('status', generation, {expression: STATUS_RULE, message: STATUS_MESSAGE}, writers.users),
  }
}

function sharedBy(road: 'spec' | 'status', {kind}: Generation): Pick<FixDocument, 'file' | 'undo' | 'advice'> {
  return {file: `${POLICY_NAMES[road]}.${kind.toLowerCase()}.yaml`, undo: `kubectl delete ${kind.toLowerCase()} ${POLICY_NAMES[road]}`, advice: []}
}

/** What no policy of Kyverno's can change. Its webhooks it makes itself, from what its policies match. */
const ENGINE_GAPS: readonly string[] = [
  'Namespaces that Kyverno leaves out: its own and kube-system by the selector of its webhooks, those of resourceFilters in its ConfigMap, and what a PolicyException names.',
  'Requests while Kyverno does not answer, where it is told to ignore failures (forceFailurePolicyIgnore).',
]

interface Rule {
  /** Judges creations before the other does; only the newer kind needs it. */
  creation?: string
  expression: string
  message: string
}

function bodyOf(road: 'spec' | 'status', {kind, apiVersion, hasRuleActions}: Generation, rule: Rule, users: readonly string[]): JsonObject {
  const spec = kind === 'ValidatingPolicy' ? celSpec(road, rule, users) : oldSpec(road, rule, users, hasRuleActions)
  return {apiVersion, kind, metadata: {name: POLICY_NAMES[road]}, spec}
}

function celSpec(road: 'spec' | 'status', {creation, expression, message}: Rule, users: readonly string[]): JsonObject {
  return {
    validationActions: ['Deny'], failurePolicy: 'Fail',
    // A background scan knows no user: it would take the controllers' own entries for somebody else's.
    evaluation: {background: {enabled: road === 'spec'}},
    matchConstraints: road === 'spec' ? servicesRule(['CREATE', 'UPDATE'], 'services') : servicesRule(['UPDATE'], 'services/status'),
    ...(users.length === 0 ? {} : {matchConditions: exceptUsers(users)}),
    validations: [...(creation === undefined ? [] : [{expression: creation, message}]), {expression, message}],
  }
}

function oldSpec(road: 'spec' | 'status', {expression, message}: Rule, users: readonly string[], hasRuleActions: boolean): JsonObject {
  const kinds = road === 'spec' ? ['v1/Service'] : ['v1/Service/status']
  const operations = road === 'spec' ? ['CREATE', 'UPDATE'] : ['UPDATE']
  // Where Kyverno asks what was there before, a broken rule may be broken further unless this says no; for CEL 1.19 does not ask.
  const actions = hasRuleActions ? {failureAction: 'Enforce', allowExistingViolations: false} : {}
  return {
    validationFailureAction: 'Enforce', background: road === 'spec', failurePolicy: 'Fail',
    rules: [{
      name: POLICY_NAMES[road],
      match: {any: [{resources: {kinds, operations}}]},
      ...(users.length === 0 ? {} : {celPreconditions: exceptUsers(users)}),
      validate: {...actions, message, cel: {expressions: [{expression, message}]}},
    }],
  }
}
