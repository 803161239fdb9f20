import {at, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {selectorOf} from '../../kube/label-selector.js'
import {nameOf} from '../../kube/object.js'
import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import type {Refuser} from '../coverage.js'
import {optInGaps, optOutGaps} from '../coverage.js'
import {GATEKEEPER_WEBHOOK} from '../engine-webhooks.js'
import {doesMatchKind, strangeFields, whereMatched} from '../engines/gatekeeper-constraint.js'
import type {PodGuard} from './pod-guard.js'

/** Of a constraint on pods: what it matches, what it then does, and with what. */
export interface PodConstraint {
  /** `K8sPSPPrivilegedContainer/no-privileged`: one name is often given to constraints of many kinds. */
  name: string
  kind: string
  object: ObjectRef
  action: PodGuard['action'] | null
  /** Why it does nothing to pods; empty where it does. */
  inert: string
  parameters: Json | undefined
  /** Pods themselves, and pods that expansion makes of workloads. */
  sources: readonly ('Original' | 'Generated')[]
  isIn(excludedByConfig: readonly string[]): Refuser['isIn']
  gaps: readonly string[]
  holes: readonly string[]
}

export function podConstraintOf(constraint: KubeObject): PodConstraint {
  const match = at(constraint, 'spec', 'match')
  const object = refOf(constraint)
  const namespaceSelector = selectorOf(at(match, 'namespaceSelector'))
  const where = {namespaces: textsAt(match, 'namespaces'), excluded: textsAt(match, 'excludedNamespaces'), namespaceSelector}
  const {action, why} = actionOf(constraint)
  return {
    name: `${object.kind}/${nameOf(constraint)}`, kind: object.kind, object, action, inert: whyNoPods(match) || why, parameters: at(constraint, 'spec', 'parameters'),
    sources: sourcesOf(match), isIn: excludedByConfig => whereMatched(where, excludedByConfig), gaps: [...optOutGaps(namespaceSelector), ...optInGaps(namespaceSelector)], holes: holesOf(match),
  }
}

function whyNoPods(match: Json | undefined): string {
  if (!doesMatchKind(match, 'Pod')) return 'it does not match Pods'
  return textAt(match, 'scope') === 'Cluster' ? 'it matches cluster-scoped objects only' : ''
}

function sourcesOf(match: Json | undefined): PodConstraint['sources'] {
  const source = textAt(match, 'source')
  return source === 'Original' || source === 'Generated' ? [source] : ['Original', 'Generated']
}

function holesOf(match: Json | undefined): string[] {
  const name = textAt(match, 'name') ?? ''
  const [strange] = strangeFields(match)
  return [
    ...(selectorOf(at(match, 'labelSelector')).length > 0 ? ['pods that its labelSelector leaves out: whoever writes the pod chooses its labels'] : []),
    ...(name !== '' && name !== '*' ? ['pods of other names than it matches'] : []),
    ...(strange === undefined ? [] : [`what match.${strange} leaves out, which is not known`]),
  ]
}

type ActionOf = Pick<PodConstraint, 'action'> & {why: string}

const ACTIONS: Readonly<Record<string, PodGuard['action']>> = {deny: 'refused', warn: 'warned', dryrun: 'audited'}
const STRICTEST_FIRST = ['refused', 'warned', 'audited'] as const

/** An action that it does not know is logged and skipped (pkg/webhook/policy.go). */
function actionOf(constraint: KubeObject): ActionOf {
  const action = textAt(constraint, 'spec', 'enforcementAction') || 'deny'
  if (action === 'scoped') return scopedActionOf(constraint)
  return knownAction(action) ?? {action: null, why: `its enforcementAction ${action} is none that Gatekeeper knows`}
}

/** As its own, or as an expansion replaces it. */
export function actionNamed(word: string): PodGuard['action'] | null {
  return Object.hasOwn(ACTIONS, word) ? ACTIONS[word]! : null
}

function knownAction(word: string): ActionOf | null {
  const action = actionNamed(word)
  return action === null ? null : {action, why: ''}
}

/** The webhook is one point of enforcement of several; what a policy of the API server does is that policy's account. */
function scopedActionOf(constraint: KubeObject): ActionOf {
  const scoped = listAt(constraint, 'spec', 'scopedEnforcementActions').map(entry => ({action: actionNamed(textAt(entry, 'action') ?? ''), points: listAt(entry, 'enforcementPoints').map(point => textAt(point, 'name') ?? '')}))
  const atWebhook = scoped.filter(({points}) => points.some(point => point === GATEKEEPER_WEBHOOK || point === '*')).map(({action}) => action)
  const action = STRICTEST_FIRST.find(one => atWebhook.includes(one))
  if (action !== undefined) return {action, why: ''}
  const isPolicy = scoped.some(({points}) => points.includes('vap.k8s.io'))
  return {action: null, why: isPolicy ? 'it acts by the ValidatingAdmissionPolicy that Gatekeeper makes of it' : 'its scoped actions name nothing at admission'}
}
