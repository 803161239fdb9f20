import type {Blocker} from '../../admission/engines/blocker.js'
import type {ObjectRef} from '../../audit/finding.js'
import {API_SERVER} from '../api-server-ref.js'

type Kind = Omit<ObjectRef, 'name'>
const cluster = (apiVersion: string, kind: string): Kind => ({apiVersion, kind, namespace: ''})
const WEBHOOK = cluster('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration')

/** What a person would look at and edit, where the blocker itself does not say. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['ValidatingAdmissionPolicy', cluster('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy')],
  ['gatekeeper', cluster('constraints.gatekeeper.sh/v1beta1', 'K8sExternalIPs')],
  ['kyverno', cluster('kyverno.io/v1', 'ClusterPolicy')],
  ['capsule', cluster('capsule.clastix.io/v1beta2', 'Tenant')],
  ['openshift', cluster('config.openshift.io/v1', 'Network')],
  ['cilium', {apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system'}],
  ['externalip-webhook', WEBHOOK], ['webhook', WEBHOOK], ['kubewarden', WEBHOOK], ['k-rail', cluster('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration')],
])

export function blockerRef({engine, name, object}: Blocker): ObjectRef {
  if (object !== undefined) return object
  const kind = KINDS.get(engine)
  if (kind === undefined) return API_SERVER
  return {...kind, name: engine === 'openshift' ? 'cluster' : name}
}
