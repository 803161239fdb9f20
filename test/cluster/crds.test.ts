import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {RESOURCES} from '../../src/kube/resources.js'
import {CUSTOM_ROWS, installCustomResources, installReportResources} from './support/crds.js'
import {withServer} from './support/with-server.js'

for (const minor of [24, 37] as const) describe(`custom resources on 1.${minor}`, () => {
  const server = withServer({minor})

  it('serves every row that is custom, in every version', async () => {
    await installCustomResources(server())
    expect(CUSTOM_ROWS).to.include.members(['constrainttemplates', 'k8sexternalips', 'clusterpolicies', 'validatingpolicies', 'openshift-network', 'ippools', 'tenants', 'helmreleases'])
    for (const key of CUSTOM_ROWS) {
      const {group, versions, plural} = RESOURCES[key]
      for (const version of versions) expect((await server().request('GET', `/apis/${group}/${version}/${plural}`)).status, `${plural} ${version}`).to.equal(200)
    }
  })

  it('keeps fields that no schema names, and status', async () => {
    const [made] = await server().create({
      apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: 'K8sExternalIPs', metadata: {name: 'external-ips'},
      spec: {enforcementAction: 'deny', parameters: {allowedIPs: ['203.0.113.0']}}, status: {totalViolations: 3},
    })
    expect(made).to.deep.include({spec: {enforcementAction: 'deny', parameters: {allowedIPs: ['203.0.113.0']}}, status: {totalViolations: 3}})
  })

  const report = (kind: string, apiVersion: string, result: object): KubeObject => ({
    apiVersion, kind, metadata: {name: 'report'}, summary: {fail: 1}, results: [{policy: 'service-external-ip', ...result}],
  }) as unknown as KubeObject
  const whole = {
    rule: 'public', category: 'external-ips', severity: 'critical', result: 'fail', scored: true, message: 'claims 192.0.2.1', source: 'kubectl-k121',
    timestamp: {seconds: 1_764_000_000, nanos: 0}, resources: [{apiVersion: 'v1', kind: 'Service', namespace: 'a', name: 'b'}], properties: {path: 'spec.externalIPs[0]'},
  }
  const cases = [
    {name: 'a whole result', result: whole, refusal: null},
    {name: 'a severity of another scale', result: {...whole, severity: 'moderate'}, refusal: /severity: Unsupported value/},
    {name: 'an outcome of another scale', result: {...whole, result: 'failed'}, refusal: /result: Unsupported value/},
    {name: 'a property that is no string', result: {...whole, properties: {count: 3}}, refusal: /must be of type string/},
    {name: 'half a timestamp', result: {...whole, timestamp: {seconds: 1}}, refusal: /nanos: Required value/},
    {name: 'a result without a policy', result: {...whole, policy: undefined}, refusal: /policy: Required value/},
  ]
  describe('reports', () => {
    before(() => installReportResources(server()))

    for (const [kind, apiVersion, path] of [
      ['PolicyReport', 'wgpolicyk8s.io/v1alpha2', 'namespaces/default/policyreports'], ['ClusterPolicyReport', 'wgpolicyk8s.io/v1alpha2', 'clusterpolicyreports'],
      ['Report', 'openreports.io/v1alpha1', 'namespaces/default/reports'], ['ClusterReport', 'openreports.io/v1alpha1', 'clusterreports'],
    ] as const)
      for (const {name, result, refusal} of cases)
        it(`${kind}: ${refusal === null ? 'takes' : 'refuses'} ${name}`, async () => {
          const answer = await server().request('POST', `/apis/${apiVersion}/${path}?dryRun=All`, report(kind, apiVersion, result))
          if (refusal === null) return expect(answer.json.results).to.eql([{policy: 'service-external-ip', ...whole}])
          expect(answer.status).to.equal(422)
          return expect(answer.json.message).to.match(refusal)
        })
  })
})
