import {expect} from 'chai'
import {engines} from '../../src/admission/engines.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {DeclaredCluster} from '../support/declared-source.js'
import {factOf, object} from '../support/declared-facts.js'
import {binding, endpoints, webhook} from '../support/admission-objects.js'

const deployment = (name: string, version = 'v3.18.0'): KubeObject => object('apps/v1', 'Deployment', name, {labels: {'app.kubernetes.io/version': version}})
const kubewarden = (mode?: string): KubeObject => object('policies.kubewarden.io/v1', 'ClusterAdmissionPolicy', mode ?? 'none', {spec: mode === undefined ? {} : {mode}})
const template = object('templates.gatekeeper.sh/v1', 'ConstraintTemplate', 't', {spec: {}})
const GATEKEEPER = 'validation.gatekeeper.sh'

describe('the engines of a cluster', () => {
  const rows: [name: string, objects: KubeObject[], wanted: [name: string, state: string, version?: string | null][], rest?: Partial<DeclaredCluster>][] = [
    ['none', [], []],
    ['one that answers', [webhook(GATEKEEPER), endpoints(), deployment('gatekeeper-system/gatekeeper-controller-manager')], [['gatekeeper', 'acting', '3.18.0']]],
    ['one with nobody behind it', [webhook(GATEKEEPER), endpoints(false)], [['gatekeeper', 'down']]],
    ['one of which the endpoints were not read', [webhook(GATEKEEPER)], [['gatekeeper', 'unknown']], {unread: {endpointslices: 'forbidden'}}],
    ['one without a webhook', [deployment('gatekeeper-system/gatekeeper-controller-manager')], [['gatekeeper', 'installed', '3.18.0']]],
    ['one that left its objects', [template], [['gatekeeper', 'leftover']]],
    ['one whose webhooks were not read', [template], [['gatekeeper', 'unknown']], {unread: {validatingwebhookconfigurations: 'forbidden'}}],
    ['one that only changes objects is not the one that judges', [webhook(GATEKEEPER, {isMutating: true}), endpoints()], []],
    ['both generations of Kyverno are one', [webhook('validate.kyverno.svc-fail'), webhook('vpol.validate.kyverno.svc-fail'), endpoints()], [['kyverno', 'acting']]],
    ['Kubewarden in monitor mode', [webhook('x.kubewarden.admission'), endpoints(), kubewarden('monitor')], [['kubewarden', 'auditing']]],
    ['Kubewarden in both modes', [webhook('x.kubewarden.admission'), endpoints(), kubewarden('monitor'), kubewarden()], [['kubewarden', 'acting']]],
    ['k-rail, by its mutating webhook', [webhook('k-rail.cruise-automation.github.com', {isMutating: true}), endpoints()], [['k-rail', 'acting']]],
    ['jsPolicy, by its Service', [webhook('deny-latest.example.com', {clientConfig: {service: {namespace: 'jspolicy', name: 'jspolicy'}}}), endpoints(true, 'jspolicy/jspolicy')], [['jspolicy', 'acting']]],
    ['Capsule', [webhook('cordoning.tenant.projectcapsule.dev'), endpoints()], [['capsule', 'acting']]],
    ['the webhook externalip', [webhook('validate-externalip.webhook.svc'), endpoints()], [['externalip-webhook', 'acting']]],
    ['what is built in, once it is bound', [binding()], [['ValidatingAdmissionPolicy', 'acting']]],
  ]
  for (const [name, objects, wanted, rest] of rows)
    it(name, async () => {
      const found = await factOf(engines, {objects, ...rest})
      expect(found.map(one => [one.name, one.state, one.version])).to.deep.equal(wanted.map(([engine, state, version = null]) => [engine, state, version]))
    })

  it('fail as their webhooks do, and differ where these differ', async () => {
    const policiesOf = async (...hooks: KubeObject[]): Promise<unknown> => (await factOf(engines, {objects: [...hooks, endpoints()]}))[0]?.failurePolicy
    expect(await policiesOf(webhook(GATEKEEPER, {failurePolicy: 'Ignore'}))).to.equal('Ignore')
    expect(await policiesOf(webhook('validate.kyverno.svc-fail'), webhook('validate.kyverno.svc-ignore', {failurePolicy: 'Ignore'}))).to.equal('mixed')
  })
})
