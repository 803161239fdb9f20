import {expect} from 'chai'
import {externalIPBlockerGap} from '../../../src/checks/external-ips/external-ip-blocker-gap.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import {runChecks} from '../../support/run-checks.js'

describe('the object of external-ip-blocker-gap', () => {
  const validating = (match: object): object => ({validations: [{expression: '!has(object.spec.externalIPs)'}], validationActions: ['Audit'], matchConstraints: match})
  const SERVICES = {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['services']}]}
  const rule = {name: 'r', match: {any: [{resources: {kinds: ['Service']}}]}, validate: {pattern: {spec: {'X(externalIPs)': 'null'}}}}

  const rows: [kind: string, given: ReturnType<typeof object>, wanted: object][] = [
    ['ClusterPolicy', object('kyverno.io/v1', 'ClusterPolicy', 'p', {spec: {rules: [rule]}}), {apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', namespace: '', name: 'p'}],
    ['Policy', object('kyverno.io/v1', 'Policy', 'shop/p', {spec: {rules: [rule]}}), {apiVersion: 'kyverno.io/v1', kind: 'Policy', namespace: 'shop', name: 'p'}],
    ['ValidatingPolicy', object('policies.kyverno.io/v1', 'ValidatingPolicy', 'p', {spec: validating(SERVICES)}), {apiVersion: 'policies.kyverno.io/v1', kind: 'ValidatingPolicy', namespace: '', name: 'p'}],
    ['K8sExternalIPs', object('constraints.gatekeeper.sh/v1beta1', 'K8sExternalIPs', 'c', {spec: {enforcementAction: 'warn'}}), {apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: 'K8sExternalIPs', namespace: '', name: 'c'}],
  ]
  for (const [kind, given, wanted] of rows)
    it(`is the ${kind}`, async () => {
      const {findings} = await runChecks([externalIPBlockerGap], {objects: [given]})
      expect(findings.map(finding => finding.object)).to.deep.equal([wanted])
    })

  it('is the API server, where it named a webhook whose configuration was not seen', async () => {
    const probe = {apiVersion: 'k121.dev/v1', kind: 'ExternalIPProbe', namespace: 'shop', status: 400, message: 'admission webhook "w" denied the request: no', warnings: []} as unknown as KubeObject
    const {findings} = await runChecks([externalIPBlockerGap], {objects: [], outcomes: {validatingwebhookconfigurations: 'forbidden'}, endpoints: {'external-ip-probe': probe}})
    expect(findings.map(({object: {kind, name}, message}) => [kind, name, message])).to.deep.equal([
      ['Component', 'kube-apiserver', 'webhook w refuses new external IPs, but not always: seen only in a dry run in shop.'],
    ])
  })
})
