import type {JsonObject} from '../../kube/json.js'
import type {Cidr} from '../../network/cidr.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import type {AdmissionFlagsInfo} from '../../audit/admission-flags.js'
import {switchedOff} from '../../audit/admission-flags.js'
import {STATUS_RULE, exceptUsers, servicesRule, specRule} from './cel-rules.js'
import {SPELLING, butFor, claimsNotes, claimsText, claimsWarnings, writersText} from './described.js'
import type {Fix, FixDocument} from './fix.js'
import {POLICY_NAMES, SPEC_MESSAGE, STATUS_MESSAGE} from './fix.js'
import type {PresentClaims} from './present-claims.js'
import type {StatusWriters} from './status-writers.js'

export interface VapWorld {
  /** The effective minor of the oldest API server; null: nothing tells it. */
  minor: number | null
  /** How the list of policies was answered. */
  served: ReadOutcome
  flags: AdmissionFlagsInfo
  claims: PresentClaims
  writers: StatusWriters
  allow: readonly Cidr[]
}

const ENGINE = 'ValidatingAdmissionPolicy'
const GROUP = 'admissionregistration.k8s.io'
/** v1beta1 of 1.28 and 1.29 has to be turned on by a feature gate and a flag. */
const [SINCE, SINCE_V1] = [28, 30]
/** `isIP` and `cidr` came with 1.30, and new functions are taken in new policies one release later. */
const SINCE_IP_LIBRARY = 31

/** Two ValidatingAdmissionPolicies with their bindings, judged by the API server itself: nothing to install, and no way round by namespace. */
export function vapFix(world: VapWorld): Fix {
  const {minor, claims, writers} = world
  const missing = missingHere(world)
  if (missing !== null) return {documents: [], warnings: [missing], notes: []}
  const version = minor !== null && minor < SINCE_V1 ? 'v1beta1' : 'v1'
  const {expression, allowed, lost} = specRule(world.allow, minor !== null && minor >= SINCE_IP_LIBRARY)
  return {
    documents: [specPolicy({...world, allow: allowed}, version, expression), bindingOf('spec', version), statusPolicy(writers, version), bindingOf('status', version)],
    warnings: [
      ...(minor === null ? [`the version of the API server is not known: ${GROUP}/v1 is served from 1.${SINCE_V1} on`] : []),
      ...(version === 'v1beta1' ? [`1.${minor} evaluates ${GROUP}/v1beta1 only with --feature-gates=ValidatingAdmissionPolicy=true on every API server`] : []),
      ...(lost.length === 0 ? [] : [`--allow ${lost.join(', ')}: policies of this server have no functions for IPv6 blocks (1.${SINCE_IP_LIBRARY} has them), so these stay refused`]),
      ...(switchedOff(world.flags, ENGINE) === 'some' ? [`an API server has the admission plugin ${ENGINE} switched off by its flags: there the policies do nothing`] : []),
      ...claimsWarnings(claims), ...writers.warnings,
    ],
    notes: claimsNotes(claims),
  }
}

/** Why no such policy can act here; null: it can. */
function missingHere({minor, served, flags}: VapWorld): string | null {
  const others = 'what is possible here: --to deny-plugin, gatekeeper or kyverno'
  if (minor !== null && minor < SINCE) return `not on this server: 1.${minor} has no ${ENGINE} beyond an alpha (beta from 1.${SINCE}, stable from 1.${SINCE_V1}); ${others}`
  if (served.outcome === 'not-served') return `not on this server: it does not serve ${ENGINE}${minor !== null && minor < SINCE_V1 ? ` (1.${minor} does with --runtime-config=${GROUP}/v1beta1=true and --feature-gates=${ENGINE}=true)` : ''}; ${others}`
  if (switchedOff(flags, ENGINE) === 'all') return `not on this server: the admission plugin ${ENGINE} is switched off by its flags, so policies do nothing; ${others}`
  return null
}

function specPolicy({claims, allow}: VapWorld, version: string, expression: string): FixDocument {
  return {
    file: `${POLICY_NAMES.spec}.policy.yaml`,
    does: `Refuses new spec.externalIPs of Services${butFor(allow)}: on create, update, patch and apply, in every namespace, for everybody. With its binding it acts; alone it does nothing.`,
    leavesOpen: [
      ...claimsText(claims), SPELLING,
      'The status of load balancers: that is the other policy.',
      'Administrators: whoever may write ValidatingAdmissionPolicies or their bindings may take it away.',
    ],
    advice: [], undo: undo('spec'),
    body: policy('spec', version, {
      matchConstraints: servicesRule(['CREATE', 'UPDATE'], 'services'),
      validations: [{expression, message: SPEC_MESSAGE, reason: 'Forbidden'}],
    }),
  }
}

function statusPolicy(writers: StatusWriters, version: string): FixDocument {
  return {
    file: `${POLICY_NAMES.status}.policy.yaml`,
    does: 'Refuses new entries of status.loadBalancer.ingress of Services (services/status) from everybody but load-balancer controllers. Entries that are there stay; other parts of the status, and taking entries away, are nobody\'s loss.',
    leavesOpen: [...writersText(writers), 'spec.loadBalancerIP: it is a wish that the load-balancer controller may grant.'],
    advice: [], undo: undo('status'),
    body: policy('status', version, {
      matchConstraints: servicesRule(['UPDATE'], 'services/status'),
      ...(writers.users.length === 0 ? {} : {matchConditions: exceptUsers(writers.users)}),
      validations: [{expression: STATUS_RULE, message: STATUS_MESSAGE, reason: 'Forbidden'}],
    }),
  }
}

function policy(road: 'spec' | 'status', version: string, spec: JsonObject): JsonObject {
  return {apiVersion: `${GROUP}/${version}`, kind: ENGINE, metadata: {name: POLICY_NAMES[road]}, spec: {failurePolicy: 'Fail', ...spec}}
}

function bindingOf(road: 'spec' | 'status', version: string): FixDocument {
  const name = POLICY_NAMES[road]
  return {
    file: `${name}.binding.yaml`,
    does: `Makes the policy ${name} act, in every namespace. "Warn" and "Audit" in the place of "Deny" let requests through and say so: a trial.`,
    leavesOpen: ['What the policy leaves open.'], advice: [],
    undo: `kubectl delete validatingadmissionpolicybinding ${name}`,
    body: {apiVersion: `${GROUP}/${version}`, kind: `${ENGINE}Binding`, metadata: {name}, spec: {policyName: name, validationActions: ['Deny']}},
  }
}

function undo(road: 'spec' | 'status'): string {
  const name = POLICY_NAMES[road]
  return `kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy ${name}`
}
