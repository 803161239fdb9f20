import {expect} from 'chai'
import {webhookPodGuards} from '../../../src/admission/pod-security/webhook-guards.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {NAMESPACES, endpoints, notInNamespaces, webhook} from '../../support/admission-objects.js'
import {factOf, object} from '../../support/declared-facts.js'
import {shownGuards} from '../../support/pod-guards.js'

const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods']}
const hook = (name: string, fields: object = {}): KubeObject => webhook(name, {rules: [PODS], ...fields})
const warden = (name: string, mode?: string): KubeObject => object('policies.kubewarden.io/v1', 'ClusterAdmissionPolicy', name, {spec: mode === undefined ? {} : {mode}})
const script = (name: string, spec: object = {}): KubeObject => object('policy.jspolicy.com/v1beta1', 'JsPolicy', name, {spec})

describe('webhooks of which only that they are asked is known', () => {
  const rows: [name: string, objects: KubeObject[], guards: string[]][] = [
    ['somebody\'s', [hook('pods.x.io')], ['webhook pods.x.io refused create update *']],
    ['somebody\'s, for some namespaces', [hook('pods.x.io', {namespaceSelector: notInNamespaces('kube-system')})], ['webhook pods.x.io refused create update default shop']],
    ['for Services', [webhook('x.io')], []],
    ['that change pods', [hook('sidecar.x.io', {isMutating: true})], []],
    ['Gatekeeper\'s, read elsewhere', [hook('validation.gatekeeper.sh')], []],
    ['Kyverno\'s, read elsewhere', [hook('validate.kyverno.svc-fail'), hook('vpol.validate.kyverno.svc-fail')], []],
    ['Kyverno\'s for images, which may judge more', [hook('ivpol.validate.kyverno.svc-fail')], ['webhook ivpol.validate.kyverno.svc-fail refused create update *']],
    ['AWS\'s about two annotations', [hook('vpod.vpc.k8s.aws')], []],
    ['Kubewarden\'s', [hook('clusterwide-a.kubewarden.admission'), warden('a')], ['kubewarden clusterwide-a.kubewarden.admission refused create update *']],
    ['Kubewarden\'s that change pods too', [hook('clusterwide-a.kubewarden.admission', {isMutating: true}), warden('a', 'protect')], ['kubewarden clusterwide-a.kubewarden.admission refused create update *']],
    ['Kubewarden\'s that only watch', [hook('clusterwide-a.kubewarden.admission'), warden('a', 'monitor')], ['kubewarden clusterwide-a.kubewarden.admission audited create update *']],
    ['Kubewarden\'s of one namespace', [hook('namespaced-shop-a.kubewarden.admission'), warden('a', 'monitor')], ['kubewarden namespaced-shop-a.kubewarden.admission refused create update *']],
    ['jsPolicy\'s', [hook('a.x.io', {configuration: 'a.x.io-fghij'}), script('a.x.io')], ['jspolicy a.x.io refused create update *']],
    ['jsPolicy\'s that only warn', [hook('a.x.io', {configuration: 'a.x.io-fghij'}), script('a.x.io', {violationPolicy: 'Warn'})], ['jspolicy a.x.io warned create update *']],
    ['jsPolicy\'s dry ones', [hook('a.x.io', {configuration: 'a.x.io-fghij'}), script('a.x.io', {violationPolicy: 'Dry'})], ['jspolicy a.x.io audited create update *']],
    ['jsPolicy\'s that change pods', [hook('a.x.io', {configuration: 'a.x.io-fghij', isMutating: true}), script('a.x.io', {type: 'Mutating'})], []],
    ['a stranger under the name of a JsPolicy', [hook('a.x.io', {configuration: 'other'}), script('a.x.io', {violationPolicy: 'Dry'})], ['webhook a.x.io refused create update *']],
  ]
  for (const [name, objects, guards] of rows)
    it(name, async () => {
      const found = await factOf(shownGuards(webhookPodGuards), {objects: [...NAMESPACES, endpoints(), ...objects]})
      expect(found.guards.map(({who, action, sees, isIn}) => `${who} ${action} ${sees} ${isIn}`)).to.deep.equal(guards)
      expect(found.guards.every(({controls}) => controls === '?')).to.equal(true)
    })

  it('do nothing where nobody answers and they fail open', async () => {
    const {guards, inert} = await factOf(shownGuards(webhookPodGuards), {objects: [...NAMESPACES, endpoints(false), hook('pods.x.io', {failurePolicy: 'Ignore'})]})
    expect([guards, inert]).to.deep.equal([[], ['webhook pods.x.io: its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now']])
  })

  it('may be others where configurations were not read', async () => {
    expect((await factOf(shownGuards(webhookPodGuards), {objects: [], unread: {mutatingwebhookconfigurations: 'forbidden'}})).unread).to.deep.equal(['mutatingwebhookconfigurations'])
  })

  it('may stand in files of the API server', async () => {
    const {guards} = await factOf(shownGuards(webhookPodGuards), {objects: [], endpoints: {metrics: object('k121.dev/v1', 'AdmissionMetrics', 'm', {plugins: [], manifestConfig: true})}})
    expect(guards.map(({who, controls}) => [who, controls])).to.deep.equal([['file-based *.static.k8s.io', '?']])
  })
})
