import type {JsonObject} from '../../kube/json.js'
import type {ControlPage} from '../catalogue.js'
import {NEWEST_MINOR} from '../control.js'
import type {ControlId} from '../control.js'
import {BASELINE_REGO} from './baseline.js'
import {FUNCTIONS, RULE} from './parts.js'
import type {FunctionName} from './parts.js'
import {RESTRICTED_REGO} from './restricted.js'

const RULES: Readonly<Record<ControlId, string>> = {...BASELINE_REGO, ...RESTRICTED_REGO}

/** A manifest with what its reader has to know: printed as comments above it. */
export interface RegoDocument {
  does: string
  leavesOpen: readonly string[]
  undo: string
  body: JsonObject
}

/** `K121HostPorts`, `K121SeccompProfileBaseline` */
export function kindOf(control: ControlId): string {
  return `K121${control.split('_').map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`
}

/** Gatekeeper takes a template only by the name of its kind in lower case. */
function templateNameOf(control: ControlId): string {
  return kindOf(control).toLowerCase()
}

export function regoOf(control: ControlId): string {
  const own = RULES[control]
  const called = calledBy(own)
  return [`package ${templateNameOf(control)}`, RULE, own, ...called.map(name => FUNCTIONS[name])].join('\n\n')
}

/** With those that the called ones call. */
function calledBy(text: string): FunctionName[] {
  const names = (Object.keys(FUNCTIONS) as FunctionName[]).filter(name => text.includes(`${name}(`))
  const all = names.reduce((wanted, name) => new Set([...wanted, name, ...(name === 'holders' ? ['containers' as const] : [])]), new Set<FunctionName>())
  return (Object.keys(FUNCTIONS) as FunctionName[]).filter(name => all.has(name))
}

export function regoDocuments(page: ControlPage): RegoDocument[] {
  return [template(page), constraint(page)]
}

const VERSION = `v1.${NEWEST_MINOR}`

/** Which rules these are: the Standards change, a template does not. */
const annotations = ({id, level}: ControlPage): JsonObject => ({'k121.dev/control': id, 'k121.dev/level': level, 'k121.dev/pod-security-standards': VERSION})

function template(page: ControlPage): RegoDocument {
  return {
    does: `Teaches Gatekeeper the control ${page.id} (${page.title}) of the Pod Security Standards, level ${page.level}, by the rules of ${VERSION}. Without a constraint it does nothing.`,
    leavesOpen: ['Everything, until the constraint is there.'],
    undo: `kubectl delete constrainttemplate ${templateNameOf(page.id)} (its constraints go with it)`,
    body: {
      apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate', metadata: {name: templateNameOf(page.id), annotations: annotations(page)},
      spec: {crd: {spec: {names: {kind: kindOf(page.id)}}}, targets: [{target: 'admission.k8s.gatekeeper.sh', rego: regoOf(page.id)}]},
    },
  }
}

/** What a cluster itself runs on breaks many of these controls. */
const LEFT_OUT = ['kube-system']

function constraint(page: ControlPage): RegoDocument {
  return {
    does: `Refuses pods that break ${page.id} when they are created, when a change breaks it in a further place, and when an ephemeral container is added to a pod that breaks it. All containers are looked at: init containers, sidecars and ephemeral ones too.`,
    leavesOpen: [
      'Requests that Gatekeeper is not asked about: its webhook must match CREATE and UPDATE of pods and of pods/ephemeralcontainers (validation.gatekeeper.sh; Helm value validatingWebhookSubResources).',
      'Requests while Gatekeeper does not answer, where the failurePolicy of its webhook is Ignore: that is what it is installed with.',
      `Namespaces that are left out: ${LEFT_OUT.join(', ')} by this constraint, and by Gatekeeper its own, those with the label admission.gatekeeper.sh/ignore and those that its Config excludes.`,
      'What broke the control before: a pod keeps it, and its labels and images can be changed. An audit lists it as a violation.',
      'Deployments and whatever else makes pods: they are accepted, and their pods refused. Static pods: the kubelet runs them whatever the API server says.',
    ],
    undo: `kubectl delete ${templateNameOf(page.id)} ${constraintNameOf(page.id)}`,
    body: {
      apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: kindOf(page.id), metadata: {name: constraintNameOf(page.id), annotations: annotations(page)},
      spec: {enforcementAction: 'deny', match: {kinds: [{apiGroups: [''], kinds: ['Pod']}], excludedNamespaces: LEFT_OUT}},
    },
  }
}

function constraintNameOf(control: ControlId): string {
  return `k121-${control.replace(/_/g, '-').replace(/[A-Z]/g, capital => `-${capital.toLowerCase()}`)}`
}

export const REGO_NOTES: readonly string[] = [
  'apply the template first; the constraint is accepted a moment later, when its kind is served',
  'with enforcementAction: dryrun the constraint only lists what it would refuse, with warn it says so to whoever asks',
]
