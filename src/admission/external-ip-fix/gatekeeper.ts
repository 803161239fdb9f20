import type {ReadOutcome} from '../../audit/outcome.js'
import type {JsonObject} from '../../kube/json.js'
import type {Cidr} from '../../network/cidr.js'
import type {Asked} from './asked.js'
import {SPELLING, claimsNotes, claimsText, claimsWarnings, writersText} from './described.js'
import type {Fix, FixDocument} from './fix.js'
import {POLICY_NAMES} from './fix.js'
import {KIND, REGO, TEMPLATE} from './gatekeeper-rego.js'
import type {PresentClaims} from './present-claims.js'
import type {StatusWriters} from './status-writers.js'

export interface GatekeeperWorld {
  /** How the list of templates was answered. */
  served: ReadOutcome
  asked: Asked
  claims: PresentClaims
  writers: StatusWriters
  allow: readonly Cidr[]
}

export function gatekeeperFix(world: GatekeeperWorld): Fix {
  const {served, asked, claims, writers} = world
  return {
    documents: [template(), constraint(world)],
    warnings: [
      ...(served.outcome === 'not-served' ? ['Gatekeeper is not installed here: the API server knows no ConstraintTemplate until it is'] : askedWarnings(asked)),
      ...claimsWarnings(claims), ...writers.warnings,
    ],
    notes: [...claimsNotes(claims), 'apply the template first; the constraint is accepted a moment later, when its kind is served'],
  }
}

function askedWarnings({isWhole, aboutServices, aboutStatus}: Asked): string[] {
  const value = 'among the resources of the webhook validation.gatekeeper.sh (Helm value validatingWebhookSubResources)'
  if (!isWhole) return [`which webhooks the API server calls could not be read: see that services and services/status are ${value}`]
  if (!aboutServices) return ['no webhook brings both creations and changes of Services to Gatekeeper: the constraint acts on what one brings']
  return aboutStatus ? [] : [`Gatekeeper does not get services/status: the second rule acts only when it is ${value}`]
}

function template(): FixDocument {
  const texts = {type: 'array', items: {type: 'string'}}
  return {
    file: `${TEMPLATE}.template.yaml`,
    does: 'Teaches Gatekeeper the two rules against external IPs that nobody gave out (CVE-2020-8554). Without a constraint it does nothing.',
    leavesOpen: ['Everything, until the constraint is there.'], advice: [],
    undo: `kubectl delete constrainttemplate ${TEMPLATE} (its constraints go with it)`,
    body: {
      apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate', metadata: {name: TEMPLATE},
      spec: {
        crd: {spec: {names: {kind: KIND}, validation: {openAPIV3Schema: {type: 'object', properties: {allowedCIDRs: texts, controllers: texts}}}}},
        targets: [{target: 'admission.k8s.gatekeeper.sh', rego: REGO}],
      },
    },
  }
}

function constraint({asked, claims, writers, allow}: GatekeeperWorld): FixDocument {
  return {
    file: `${POLICY_NAMES.spec}.constraint.yaml`,
    does: 'Refuses new spec.externalIPs of Services on create, update, patch and apply, and new entries of status.loadBalancer.ingress (services/status) from everybody but load-balancer controllers.',
    leavesOpen: [
      ...claimsText(claims), SPELLING, ...writersText(writers),
      'Namespaces that Gatekeeper leaves out: its own, those with the label admission.gatekeeper.sh/ignore, and those that its Config excludes.',
      `Requests while Gatekeeper does not answer, where the failurePolicy of its webhook is Ignore: ${asked.isFailOpen ? 'here it is' : 'that is what it is installed with'}.`,
      'Its audit lists the external IPs that are there now as violations of this constraint; it takes nothing away.',
    ],
    advice: [], undo: `kubectl delete ${TEMPLATE} ${POLICY_NAMES.spec}`,
    body: constraintBody(allow.map(({text}) => text), writers.users),
  }
}

function constraintBody(allowedCIDRs: readonly string[], controllers: readonly string[]): JsonObject {
  return {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: KIND, metadata: {name: POLICY_NAMES.spec},
    spec: {
      enforcementAction: 'deny',
      match: {kinds: [{apiGroups: [''], kinds: ['Service']}]},
      parameters: {allowedCIDRs, controllers},
    },
  }
}
