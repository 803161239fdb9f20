import {expect} from 'chai'
import type {FamiliesInfo} from '../../src/audit/audit-report.js'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {dualStackProbe, readDualStackProbe} from '../../src/network/dual-stack-probe.js'
import {families} from '../../src/network/families.js'
import {controlPlane, kubernetes, pod, service, serviceCidr} from './cluster-objects.js'
import {runFact} from './run-fact.js'

const OWN = 'The Service "k121-probe-1" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'
const answered = (status: number, message = '', made: string[] = []): KubeObject =>
  ({apiVersion: 'k121.dev/v1', kind: 'DualStackProbe', namespace: 'default', status, message, families: made} satisfies JsonObject)

describe('what the dry-run creation of a dual-stack Service says', () => {
  const rows: {name: string; answer: KubeObject; families: 1 | 2 | null; says: RegExp}[] = [
    {name: 'made with both', answer: answered(201, '', ['IPv4', 'IPv6']), families: 2, says: /: both families$/},
    {name: 'made with one, after a webhook', answer: answered(201, '', ['IPv4']), families: null, says: /unknown \(it came back with IPv4: something changed it/},
    {name: 'made, and the answer is not readable', answer: answered(201), families: null, says: /came back with no family/},
    {name: 'the refusal of a single-stack server', answer: answered(422, OWN), families: 1, says: /: one family$/},
    {name: 'its words in the mouth of a webhook', answer: answered(403, `admission webhook "w" denied the request: ${OWN}`), families: null, says: /HTTP 403: admission webhook "w"/},
    {name: 'its words at another status', answer: answered(500, OWN), families: null, says: /HTTP 500/},
    {name: 'its words, and more that is wrong', answer: answered(422, `${OWN}, spec.ports: Required value`), families: null, says: /HTTP 422/},
    {name: 'another refusal', answer: answered(422, 'The Service "x" is invalid: spec.ports: Required value'), families: null, says: /HTTP 422: The Service "x"/},
    {name: 'RBAC', answer: answered(403, 'services is forbidden: User "u" cannot create resource "services" in API group ""'), families: null, says: /may not create Services/},
    {name: 'no namespace', answer: answered(404, 'namespaces "x" not found'), families: null, says: /does not exist/},
    {name: 'no credentials', answer: answered(401, 'Unauthorized'), families: null, says: /does not know these credentials/},
  ]
  for (const {name, answer, families: count, says} of rows) {
    it(name, () => {
      const probe = readDualStackProbe(answer)
      expect(probe.families).to.equal(count)
      expect(probe.evidence.signal).to.equal(10)
      expect(probe.evidence.value).to.match(says)
    })
  }

  it('is no signal where nobody asked, and an unknown one where no answer came', () => {
    expect(runFact(dualStackProbe, [], {'dual-stack-probe': 'not-requested'})).to.equal(null)
    expect(runFact(dualStackProbe, [], {'dual-stack-probe': 'not-in-input'})).to.equal(null)
    expect(runFact(dualStackProbe, [], {'dual-stack-probe': 'unreachable'})?.evidence.value).to.equal('dry run of a dual-stack Service: unknown (unreachable)')
  })
})

describe('families of Services, by the probe', () => {
  const ONE = answered(422, OWN)
  const BOTH = answered(201, '', ['IPv4', 'IPv6'])
  const DUAL_POD = pod(['10.244.0.6', 'fd10:244::6'])
  const flagged = controlPlane('kube-apiserver', {args: ['--service-cluster-ip-range=10.96.0.0/12']})
  const rows: {name: string; objects: KubeObject[]; is: readonly (4 | 6)[]}[] = [
    {name: 'both, where Services happen to have one', objects: [kubernetes(), pod(['10.244.0.5']), BOTH], is: [4, 6]},
    {name: 'both, although a flag of some server has one', objects: [kubernetes(), DUAL_POD, flagged, BOTH], is: [4, 6]},
    {name: 'one, where dual pods leave it open', objects: [kubernetes(), DUAL_POD, ONE], is: [4]},
    {name: 'one, and no Service shows which', objects: [DUAL_POD, ONE], is: []},
    {name: 'the ServiceCIDR comes first', objects: [kubernetes(), serviceCidr(['10.96.0.0/12', 'fd12::/108']), DUAL_POD, ONE], is: [4, 6]},
    {name: 'Services of both come first', objects: [kubernetes(), service(['10.96.0.5', 'fd12::5']), DUAL_POD, ONE], is: [4, 6]},
    {name: 'no answer changes nothing', objects: [kubernetes(), DUAL_POD, answered(404)], is: []},
  ]
  for (const {name, objects, is} of rows) it(name, () => expect(runFact(families, objects).services).to.deep.equal(is))

  it('stands last in the evidence', () => {
    const {evidence}: FamiliesInfo = runFact(families, [kubernetes(), DUAL_POD, ONE])
    expect(evidence.at(-1)).to.deep.equal({signal: 10, value: 'dry run of a dual-stack Service: one family'})
    expect(runFact(families, [kubernetes()]).evidence.map(({signal}) => signal)).not.to.include(10)
  })
})
