import type {Blocker} from '../../admission/engines/blocker.js'
import type {ObjectRef} from '../../audit/finding.js'
import {API_SERVER} from '../api-server-ref.js'

type Kind = Omit<ObjectRef, 'name'>
const cluster = (apiVersion: string, kind: string): Kind => ({apiVersion, kind, namespace: ''})

/** What a person would look at and edit, where the blocker itself does not say. A webhook whose configuration was not seen has only the name by which the API server calls it. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['ValidatingAdmissionPolicy', cluster('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy')],
  ['capsule', cluster('capsule.clastix.io/v1beta2', 'Tenant')],
  ['openshift', cluster('config.openshift.io/v1', 'Network')],
  ['cilium', {apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system'}],
  ['externalip-webhook', cluster('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration')],
])

export function blockerRef({engine, name, object}: Blocker): ObjectRef {
  if (object !== undefined) return object
  const kind = KINDS.get(engine)
  if (kind === undefined) return API_SERVER
  return {...kind, name: engine === 'openshift' ? 'cluster' : name}
}
