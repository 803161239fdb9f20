import type {KubeObject} from '../../src/kube/json.js'
import {object} from './declared-facts.js'

/** Objects of admission in few words; what a test does not name is what a good one has. */

export const NAMESPACES: KubeObject[] = [namespaceNamed('default'), namespaceNamed('kube-system'), namespaceNamed('shop', {team: 'a'})]

export function namespaceNamed(name: string, labels: Record<string, string> = {}): KubeObject {
  return object('v1', 'Namespace', name, {labels: {'kubernetes.io/metadata.name': name, ...labels}})
}

export const SERVICES = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services']}
export const STATUS = {...SERVICES, operations: ['UPDATE'], resources: ['services/status']}

export const DENIES = '!has(object.spec.externalIPs) || object.spec.externalIPs.all(ip, oldObject != null && has(oldObject.spec.externalIPs) && ip in oldObject.spec.externalIPs)'

/** A ValidatingAdmissionPolicy; `match` and `spec` beat what is there. */
export function policy({name = 'p', version = 'v1', expressions = [DENIES], match = {}, spec = {}}: {name?: string; version?: string; expressions?: string[]; match?: object; spec?: object} = {}): KubeObject {
  return object(`admissionregistration.k8s.io/${version}`, 'ValidatingAdmissionPolicy', name, {
    spec: {failurePolicy: 'Fail', matchConstraints: {resourceRules: [SERVICES], ...match}, validations: expressions.map(expression => ({expression})), ...spec},
  })
}

let bindings = 0
export function binding({policyName = 'p', version = 'v1', actions = ['Deny'], match, spec = {}}: {policyName?: string; version?: string; actions?: string[]; match?: object; spec?: object} = {}): KubeObject {
  return object(`admissionregistration.k8s.io/${version}`, 'ValidatingAdmissionPolicyBinding', `b${bindings++}`, {
    spec: {policyName, validationActions: actions, ...(match === undefined ? {} : {matchResources: match}), ...spec},
  })
}

/** One configuration with one webhook, reached by a Service of its own. */
export function webhook(name: string, {rules = [SERVICES], configuration = name, isMutating = false, ...rest}: {rules?: object[]; configuration?: string; isMutating?: boolean; [field: string]: unknown} = {}): KubeObject {
  const own = {name, rules, failurePolicy: 'Fail', clientConfig: {service: {namespace: 'engine', name: 'engine'}}, ...rest}
  return object('admissionregistration.k8s.io/v1', isMutating ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration', configuration, {webhooks: [own]})
}

export function endpoints(ready = true, service = 'engine/engine'): KubeObject {
  const [namespace, name] = service.split('/')
  return object('discovery.k8s.io/v1', 'EndpointSlice', `${namespace}/${name}-x`, {labels: {'kubernetes.io/service-name': name}, endpoints: [{addresses: ['10.0.0.1'], conditions: {ready}}]})
}

export function inNamespaces(...values: string[]): object {
  return {matchExpressions: [{key: 'kubernetes.io/metadata.name', operator: 'In', values}]}
}

export function notInNamespaces(...values: string[]): object {
  return {matchExpressions: [{key: 'kubernetes.io/metadata.name', operator: 'NotIn', values}]}
}
