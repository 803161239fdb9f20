import {expect} from 'chai'
import type {PodProbeMeaning} from '../../src/pod-security/psa-probe.js'
import {readPodSecurityProbe} from '../../src/pod-security/psa-probe.js'
import {exemptionsIn} from '../../src/adapters/kubectl/pod-security-probe.js'

const answer = (status: number, message = '', warnings: string[] = []): ReturnType<typeof readPodSecurityProbe> => readPodSecurityProbe({apiVersion: 'k121.dev/v1', kind: 'PodSecurityProbe', namespace: 'default', status, message, warnings})
const OWN = 'pods "k121-probe-1" is forbidden: violates PodSecurity "restricted:v1.29": host namespaces (hostPID=true), allowPrivilegeEscalation != false (container "probe" must set securityContext.allowPrivilegeEscalation=false)'

describe('what the dry-run creation of a pod says of Pod Security', () => {
  const rows: [string, number, string, Partial<PodProbeMeaning> | RegExp][] = [
    ['made', 201, '', {kind: 'let-in', by: null}],
    ['refused by it', 403, OWN, {kind: 'refused', level: 'restricted', version: 'v1.29'}],
    ['refused at latest', 403, OWN.replace('v1.29', 'latest'), {kind: 'refused', version: 'latest'}],
    ['its words in the mouth of its webhook', 403, `admission webhook "pod-security-webhook.kubernetes.io" denied the request: ${OWN}`, /webhook pod-security-webhook/],
    ['its words in the mouth of another', 403, `pods "x" is forbidden: something violates PodSecurity "baseline:latest": x`, /something else refused it/],
    ['a level that there is not', 403, OWN.replace('restricted', 'strict'), /something else refused it/],
    ['another status', 500, OWN, /HTTP 500/],
    ['the quota, which comes later', 403, 'pods "x" is forbidden: exceeded quota: q, requested: pods=1', {kind: 'let-in', by: 'a quota'}],
    ['a policy, which comes later', 422, `pods "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: violates PodSecurity "baseline:latest": `, {kind: 'let-in', by: 'the ValidatingAdmissionPolicy p'}],
    ['a webhook, which may come earlier', 403, 'admission webhook "w" denied the request: is forbidden: exceeded quota: no', /webhook w refused it/],
    ['a webhook without dry runs', 400, 'admission webhook "w" does not support dry run', /does not support dry runs/],
    ['a dead webhook', 500, 'Internal error occurred: failed calling webhook "w": x', /could not be asked/],
    ['RBAC', 403, 'pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "default"', /may not create pods/],
    ['no service account', 403, 'pods "x" is forbidden: error looking up service account default/default: serviceaccount "default" not found', /no service account/],
    ['PodSecurityPolicy', 403, 'pods "x" is forbidden: PodSecurityPolicy: unable to validate against any pod security policy: []', /PodSecurityPolicy refused it first/],
    ['OpenShift', 403, 'pods "x" is forbidden: unable to validate against any security context constraint: []', /security context constraints/],
    ['no namespace', 404, 'namespaces "x" not found', /does not exist/],
    ['no credentials', 401, 'Unauthorized', /does not know these credentials/],
  ]
  for (const [name, status, message, expected] of rows) {
    it(name, () => {
      const {meaning} = answer(status, message)
      if (expected instanceof RegExp) expect(meaning.kind === 'unknown' ? meaning.why : meaning.kind).to.match(expected)
      else expect(meaning).to.include(expected)
    })
  }

  it('keeps what was warned of', () => {
    expect(answer(201, '', ['would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)', 'unknown field "x"', 'says would violate PodSecurity "restricted:latest": x']).warned).to.deep.equal([{level: 'baseline', version: 'latest'}])
  })

  it('knows of no exemption where nobody asked', () => {
    expect(answer(201).exemptions).to.deep.equal({answered: [], exempt: [], problem: 'not asked'})
  })
})

describe('what dry-run labels say of exemptions', () => {
  const stdout = 'namespace/a labeled (server dry run)\nnamespace/b labeled (server dry run)\nnamespace/c not labeled\n'
  const stderr = 'Warning: existing pods in namespace "a" violate the new PodSecurity enforce level "restricted:v1.0"\nWarning: p: privileged\nWarning: namespace "b" is exempt from Pod Security, and the policy (enforce=restricted:v1.0) will be ignored\n'

  it('names those that answered, and those that are exempt', () => {
    expect(exemptionsIn({code: 0, stdout, stderr})).to.deep.equal({answered: ['a', 'b'], exempt: ['b'], problem: ''})
  })

  it('understands kubectl before 1.26, which does not call it a dry run', () => {
    expect(exemptionsIn({code: 0, stdout: stdout.replaceAll(' (server dry run)', ''), stderr})).to.deep.equal({answered: ['a', 'b'], exempt: ['b'], problem: ''})
  })

  it('counts no namespace that gave no answer', () => {
    expect(exemptionsIn({code: 0, stdout: 'namespace/a unlabeled\nnamespace/b not labeled\n', stderr}).answered).to.deep.equal([])
    expect(exemptionsIn({code: 1, stdout: 'namespace/a labeled (server dry run)\n', stderr: `${stderr}Error from server (Forbidden): namespaces "b" is forbidden\n`})).to.deep.equal({answered: ['a'], exempt: [], problem: 'Error from server (Forbidden): namespaces "b" is forbidden'})
    expect(exemptionsIn({code: null, stdout: '', stderr: ''}).problem).to.match(/no answer within/)
    expect(exemptionsIn('refused by the guard')).to.deep.equal({answered: [], exempt: [], problem: 'refused by the guard'})
  })
})
