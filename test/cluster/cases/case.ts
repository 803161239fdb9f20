import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {ServerMinor} from '../support/binaries.js'

/** What a check must find on a real server, and what it must not. */
export interface CheckCase {
  check: string
  /** The servers on which this can be; all that the check knows where absent. */
  minors?: readonly ServerMinor[]
  bad: readonly KubeObject[]
  /** Of the bad: written over what is there when all of it is; a label that came after the pods. */
  later?: readonly KubeObject[]
  found: {variant: string; kind: string; namespace?: string; name: string; state?: 'latent'}
  /** Clean twins: beside the others on the server of the bad, and alone on one where nothing is bad. */
  good: readonly KubeObject[]
  /** Only where nothing is bad: it would be in the way of the bad. */
  shut?: readonly KubeObject[]
}

export function object(apiVersion: string, kind: string, place: string, rest: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  const [name = '', namespace] = place.split('/').toReversed()
  return {apiVersion, kind, metadata: {name, ...(namespace === undefined ? {} : {namespace}), ...metadata}, ...rest}
}

export function namespace(name: string, labels: Record<string, string> = {}): KubeObject {
  return object('v1', 'Namespace', name, {}, {labels})
}

/** With addresses it is running, as a kubelet would report it. */
export function pod(place: string, ips: readonly string[] = [], metadata: JsonObject = {}): KubeObject {
  const status = ips[0] === undefined ? {} : {status: {phase: 'Running', podIP: ips[0], podIPs: ips.map(ip => ({ip}))}}
  return object('v1', 'Pod', place, {spec: {containers: [{name: 'main', image: 'registry.example.com/main:1'}]}, ...status}, metadata)
}

/** A webhook that is asked about pods of one namespace. Nobody answers for it here, so none of them may be made after it. */
export function podWebhook(name: string, selected: string, {service, ...rest}: {service: string; [field: string]: Json}): KubeObject {
  const [namespace = '', own = ''] = service.split('/')
  const rules = [{apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods']}]
  return object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', name, {webhooks: [{
    name: `${name}.example.com`, rules, failurePolicy: 'Fail', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig: {service: {namespace, name: own}}, namespaceSelector: inNamespace(selected), ...rest,
  }]})
}

export function inNamespace(name: string): JsonObject {
  return {matchLabels: {'kubernetes.io/metadata.name': name}}
}

/** Ready, as a controller would write it. */
export function endpointsOf(service: string): KubeObject {
  const [, name = ''] = service.split('/')
  return object('discovery.k8s.io/v1', 'EndpointSlice', `${service}-a`, {addressType: 'IPv4', endpoints: [{addresses: ['10.244.7.7'], conditions: {ready: true}}], ports: []}, {labels: {'kubernetes.io/service-name': name}})
}

/** Stands for the uid that the owner gets when it is created, before. */
export const UID_OF_OWNER = 'of the owner'

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Two cases are about this one ConfigMap: what kube-proxy is told of node ports, and its kubeconfig. */
export function kubeProxy(data: JsonObject, nodePortAddresses = '[10.0.0.0/8]'): KubeObject {
  const file = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nnodePortAddresses: ${nodePortAddresses}\n`
  return object('v1', 'ConfigMap', 'kube-system/kube-proxy', {data: {'config.conf': file, ...data}})
}
