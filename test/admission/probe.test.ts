import {expect} from 'chai'
import type {ProbeMeaning} from '../../src/admission/probe.js'
import {externalIPProbe, readProbe} from '../../src/admission/probe.js'
import {factOf} from '../support/declared-facts.js'

const FORBIDDEN = 'services "k121-probe-1" is forbidden: '
const unknown = (why: string): ProbeMeaning => ({kind: 'unknown', why})

describe('what the dry run says', () => {
  const rows: [name: string, status: number, message: string, meaning: ProbeMeaning][] = [
    ['let through', 201, '', {kind: 'open'}],
    ['the plugin', 403, `${FORBIDDEN}Use of external IPs is denied by admission control`, {kind: 'plugin'}],
    ['OpenShift', 403, `${FORBIDDEN}spec.externalIPs: Forbidden: externalIPs have been disabled`, {kind: 'openshift'}],
    ['a policy, as kubectl prints Invalid', 422, 'The services "k121-probe-1" is invalid: : ValidatingAdmissionPolicy \'no-ips\' with binding \'everywhere\' denied request: no external IPs', {kind: 'policy', policy: 'no-ips', binding: 'everywhere'}],
    ['a policy that says Forbidden', 403, `${FORBIDDEN}ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`, {kind: 'policy', policy: 'p', binding: 'b'}],
    ['a policy that says Unauthorized', 401, `error: You must be logged in to the server (${FORBIDDEN}ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no)`, {kind: 'policy', policy: 'p', binding: 'b'}],
    ['a policy that says RequestEntityTooLarge', 413, `${FORBIDDEN}ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`, {kind: 'policy', policy: 'p', binding: 'b'}],
    ['a webhook', 400, 'admission webhook "w.example.com" denied the request: no', {kind: 'webhook', webhook: 'w.example.com'}],
    ['a webhook without a word', 400, 'admission webhook "w.example.com" denied the request without explanation', {kind: 'webhook', webhook: 'w.example.com'}],
    ['a webhook with a code of its own', 403, 'admission webhook "w.example.com" denied the request: no', {kind: 'webhook', webhook: 'w.example.com'}],
    ['a webhook that cannot tell a dry run', 400, 'admission webhook "w" does not support dry run', unknown('the webhook w does not support dry runs')],
    ['a webhook that is down', 500, 'Internal error occurred: failed calling webhook "w": failed to call webhook: Post "https://x": dial tcp: refused', unknown('the webhook w could not be asked, and refuses while that is so')],
    ['the quota', 403, `${FORBIDDEN}exceeded quota: q, requested: services=1, used: services=5, limited: services=5`, {kind: 'open'}],
    ['RBAC', 403, 'services is forbidden: User "u" cannot create resource "services" in API group "" in the namespace "default"', unknown('these credentials may not create Services there')],
    ['RBAC, with what the authorizer adds', 403, 'services is forbidden: User "u" cannot create resource "services" in API group "" in the namespace "default": RBAC: role not found', unknown('these credentials may not create Services there')],
    ['a namespace on its way out', 403, `${FORBIDDEN}unable to create new content in namespace x because it is being terminated`, unknown('the namespace is being deleted')],
    ['another plugin', 403, `${FORBIDDEN}no such thing here`, unknown(`something else refused it: ${FORBIDDEN}no such thing here`)],
    ['no such namespace', 404, 'namespaces "x" not found', unknown('the namespace does not exist')],
    ['validation', 422, 'The Service "k121-probe-1" is invalid: spec.externalIPs[0]: Invalid value', unknown('the API server found the probe itself invalid')],
    ['credentials', 401, 'error: You must be logged in to the server (Unauthorized)', unknown('the API server does not know these credentials')],
    ['a server in trouble', 503, 'the server is currently unable to handle the request', unknown('the answer was HTTP 503')],

    ['a webhook that uses the plugin\'s words', 403, 'admission webhook "w" denied the request: Use of external IPs is denied by admission control', {kind: 'webhook', webhook: 'w'}],
    ['a policy that uses the plugin\'s words', 403, `${FORBIDDEN}ValidatingAdmissionPolicy 'p' with binding 'b' denied request: Use of external IPs is denied by admission control`, {kind: 'policy', policy: 'p', binding: 'b'}],
    ['a webhook that uses a policy\'s words', 400, 'admission webhook "w" denied the request: ValidatingAdmissionPolicy \'p\' with binding \'b\' denied request: no', {kind: 'webhook', webhook: 'w'}],
    ['a webhook that uses the quota\'s words', 403, 'admission webhook "w" denied the request: x is forbidden: exceeded quota: q', {kind: 'webhook', webhook: 'w'}],
    ['a policy that uses OpenShift\'s words', 422, 'The services "x" is invalid: : ValidatingAdmissionPolicy \'p\' with binding \'b\' denied request: spec.externalIPs: Forbidden: externalIPs have been disabled', {kind: 'policy', policy: 'p', binding: 'b'}],
    ['the plugin\'s words with another code', 500, 'Use of external IPs is denied by admission control', unknown('the answer was HTTP 500')],
  ]
  for (const [name, status, message, meaning] of rows)
    it(name, () => expect(readProbe({apiVersion: 'k121.dev/v1', kind: 'ExternalIPProbe', namespace: 'default', status, message, warnings: ['w']})).to.deep.equal({namespace: 'default', meaning, warnings: ['w']}))

  it('is null where nobody asked', async () => {
    expect(await factOf(externalIPProbe, {objects: [], unread: {'external-ip-probe': 'not-requested'}})).to.equal(null)
  })
})
