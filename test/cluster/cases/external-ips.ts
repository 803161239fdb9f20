import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {namespace, object} from './case.js'

const RBAC = 'rbac.authorization.k8s.io'
const ADMISSION = 'admissionregistration.k8s.io/v1'

function service(place: string, spec: JsonObject = {}, ingress?: JsonObject): KubeObject {
  const status = ingress === undefined ? {} : {status: {loadBalancer: {ingress: [ingress]}}}
  return object('v1', 'Service', place, {spec: {selector: {app: 'a'}, ports: [{port: 443}], ...spec}, ...status})
}

/** A ClusterRole of its own with one rule on one resource, bound to one subject. */
function granted(name: string, resource: string, verb: string, subject: {kind: 'User' | 'Group'; name: string}): KubeObject[] {
  return [
    object(`${RBAC}/v1`, 'ClusterRole', name, {rules: [{apiGroups: [''], resources: [resource], verbs: [verb]}]}),
    object(`${RBAC}/v1`, 'ClusterRoleBinding', name, {roleRef: {apiGroup: RBAC, kind: 'ClusterRole', name}, subjects: [{apiGroup: RBAC, ...subject}]}),
  ]
}

const EVERYBODY = granted('everybody', 'services', 'create', {kind: 'Group', name: 'system:authenticated'})
const STATUS_WRITER = granted('status-writer', 'services/status', 'patch', {kind: 'User', name: 'jo@example.com'})
const READERS = granted('readers', 'services', 'list', {kind: 'Group', name: 'readers'})

function policy(name: string, resource: string, expression: string): KubeObject {
  return object(ADMISSION, 'ValidatingAdmissionPolicy', name, {spec: {
    failurePolicy: 'Fail', validations: [{expression}],
    matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], resources: [resource], operations: ['CREATE', 'UPDATE']}]},
  }})
}

/** Nothing answers there: every request that it should judge passes. */
const DEAD_WEBHOOK = object(ADMISSION, 'ValidatingWebhookConfiguration', 'externalip-validating-webhook-configuration', {webhooks: [{
  name: 'validate-externalip.webhook.svc', failurePolicy: 'Ignore', timeoutSeconds: 1, sideEffects: 'None', admissionReviewVersions: ['v1'],
  clientConfig: {service: {namespace: 'gone', name: 'webhook'}},
  rules: [{apiGroups: [''], apiVersions: ['v1'], resources: ['services'], operations: ['CREATE', 'UPDATE']}],
}]})

const CLAIM = service('claims/public', {externalIPs: ['8.8.8.8']})

export const EXTERNAL_IP_CASES: readonly CheckCase[] = [
  {
    check: 'service-external-ip',
    bad: [namespace('claims'), CLAIM],
    found: {variant: 'public', kind: 'Service', namespace: 'claims', name: 'public'},
    good: [namespace('no-claims'), service('no-claims/plain')],
  },
  {
    check: 'service-status-ip',
    bad: [namespace('claims'), service('claims/metadata', {type: 'LoadBalancer'}, {ip: '169.254.169.254'})],
    found: {variant: 'metadata', kind: 'Service', namespace: 'claims', name: 'metadata'},
    good: [namespace('no-claims'), service('no-claims/balanced', {type: 'LoadBalancer'}, {hostname: 'a.lb.example.com'})],
  },
  {
    check: 'external-ip-writers',
    bad: EVERYBODY,
    found: {variant: 'everyone', kind: 'Group', name: 'system:authenticated'},
    good: READERS,
    // The plugin refuses whatever they write.
    shut: EVERYBODY,
  },
  {
    check: 'service-status-writers', minors: [24],
    bad: STATUS_WRITER,
    found: {variant: 'subject', kind: 'User', name: 'jo@example.com'},
    good: READERS,
  },
  {
    check: 'service-status-writers', minors: [30, 37],
    bad: STATUS_WRITER,
    found: {variant: 'subject', kind: 'User', name: 'jo@example.com'},
    good: READERS,
    // The policy below refuses whatever they write.
    shut: STATUS_WRITER,
  },
  {
    // Its clean twin is the flag of the other server.
    check: 'deny-service-external-ips',
    bad: [], found: {variant: 'off', kind: 'Component', name: 'kube-apiserver'}, good: [],
  },
  {
    check: 'external-ip-blocker-gap',
    bad: [DEAD_WEBHOOK],
    found: {variant: 'inert', kind: 'ValidatingWebhookConfiguration', name: 'externalip-validating-webhook-configuration'},
    good: [],
  },
  {
    check: 'external-ip-blocker-gap', minors: [30, 37],
    bad: [policy('unbound', 'services', '!has(object.spec.externalIPs)')],
    found: {variant: 'inert', kind: 'ValidatingAdmissionPolicy', name: 'unbound'},
    good: [],
    shut: ['services', 'services/status'].flatMap(resource => {
      const name = `no-new-${resource.replace('/', '-')}`
      const field = resource === 'services' ? 'object.spec.externalIPs' : 'object.status.loadBalancer.ingress'
      return [
        policy(name, resource, resource === 'services' ? `!has(${field})` : `!has(object.status.loadBalancer) || !has(${field})`),
        object(ADMISSION, 'ValidatingAdmissionPolicyBinding', name, {spec: {policyName: name, validationActions: ['Deny']}}),
      ]
    }),
  },
  {
    check: 'external-ip-deprecation',
    bad: [namespace('claims'), CLAIM],
    found: {variant: 'goes-dark', kind: 'Service', namespace: 'claims', name: 'public', state: 'latent'},
    good: [namespace('no-claims'), service('no-claims/plain')],
  },
]
