import {expect} from 'chai'
import {blockersPerRoad, externalIPBlockers} from '../../src/admission/external-ip-blockers.js'
import type {KubeObject} from '../../src/kube/json.js'
import {factOf, object} from '../support/declared-facts.js'
import {NAMESPACES, STATUS, binding, endpoints, policy, webhook} from '../support/admission-objects.js'

const refused = (message: string, status = 403): {endpoints: Record<string, KubeObject>} => ({endpoints: {'external-ip-probe': {apiVersion: 'k121.dev/v1', kind: 'ExternalIPProbe', namespace: 'shop', status, message, warnings: []}}})
const byWebhook = (name: string): ReturnType<typeof refused> => refused(`admission webhook "${name}" denied the request: no`, 400)
const byPolicy = (name: string): ReturnType<typeof refused> => refused(`services "x" is forbidden: ValidatingAdmissionPolicy '${name}' with binding 'b' denied request: no`)
const SEEN = 'seen only in a dry run in shop'

describe('a blocker that refused the dry run', () => {
  const unreadable = policy({expressions: ['size(object.spec.externalIPs) < 1']})
  const constraint = object('constraints.gatekeeper.sh/v1beta1', 'K8sExternalIPs', 'p', {spec: {enforcementAction: 'warn'}})
  const gatekeeper = [webhook('validation.gatekeeper.sh'), endpoints()]
  const rows: [name: string, objects: KubeObject[], answer: ReturnType<typeof refused>, wanted: [engine: string, name: string, state: string | undefined, firstGap: string | undefined][]][] = [
    ['a policy that we do not know', [], byPolicy('p'), [['ValidatingAdmissionPolicy', 'p', 'enforcing', SEEN]]],
    ['a policy whose words we do not know', [unreadable, binding()], byPolicy('p'), [['ValidatingAdmissionPolicy', 'p', 'enforcing', SEEN]]],
    ['a policy that we know keeps its judgement', [policy(), binding()], byPolicy('p'), [['ValidatingAdmissionPolicy', 'p', 'enforcing', undefined]]],
    ['a policy with the name of a constraint is not the constraint', [constraint], byPolicy('p'), [['ValidatingAdmissionPolicy', 'p', 'enforcing', SEEN], ['gatekeeper', 'p', 'auditing', 'enforcementAction warn']]],
    ['a webhook that we do not know', [], byWebhook('w'), [['webhook', 'w', 'enforcing', SEEN]]],
    ['a webhook whose rules we cannot read', [webhook('w'), endpoints()], byWebhook('w'), [['webhook', 'w', 'enforcing', SEEN]]],
    ['a webhook of Kubewarden', [webhook('x.kubewarden.admission'), endpoints()], byWebhook('x.kubewarden.admission'), [['kubewarden', 'x.kubewarden.admission', 'enforcing', SEEN]]],
    ['Gatekeeper, by a policy that is not read', gatekeeper, byWebhook('validation.gatekeeper.sh'), [['gatekeeper', 'validation.gatekeeper.sh', 'enforcing', SEEN]]],
    ['Gatekeeper, while the constraint that we know only warns', [constraint, ...gatekeeper], byWebhook('validation.gatekeeper.sh'), [['gatekeeper', 'p', 'auditing', 'enforcementAction warn'], ['gatekeeper', 'validation.gatekeeper.sh', 'enforcing', SEEN]]],
    ['externalip-webhook keeps its judgement', [webhook('validate-externalip.webhook.svc', {configuration: 'c'}), endpoints()], byWebhook('validate-externalip.webhook.svc'), [['externalip-webhook', 'c', 'enforcing', 'addresses, users and groups that its program\'s arguments let through are not known']]],
    ['a name that only sounds like an engine', [webhook('not-gatekeeper.example.com'), endpoints()], byWebhook('not-gatekeeper.example.com'), [['webhook', 'not-gatekeeper.example.com', 'enforcing', SEEN]]],
    ['nobody', [unreadable, binding()], refused('', 201), [['ValidatingAdmissionPolicy', 'p', 'unknown', 'its expressions are none that we know: what they refuse is not known']]],
  ]
  for (const [name, objects, answer, wanted] of rows)
    it(name, async () => {
      const {blockers} = await factOf(blockersPerRoad, {objects: [...NAMESPACES, ...objects], ...answer})
      expect(blockers.map(one => [one.engine, one.name, one.spec?.state, one.spec?.gaps[0]])).to.deep.equal(wanted)
    })
})

describe('a webhook that refused the dry run', () => {
  it('is looked up in its configuration, not among the policies of its engine', async () => {
    const {blockers} = await factOf(blockersPerRoad, {objects: [webhook('validation.gatekeeper.sh', {configuration: 'c'}), endpoints()], ...byWebhook('validation.gatekeeper.sh')})
    expect(blockers[0]?.object).to.deep.equal({apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', namespace: '', name: 'c'})
  })
})

describe('blockers in the report', () => {
  it('are sorted, and say which look at the status', async () => {
    const status = policy({name: 'a-status', expressions: ['!has(object.status.loadBalancer.ingress)'], match: {resourceRules: [STATUS]}})
    const infos = await factOf(externalIPBlockers, {objects: [...NAMESPACES, policy(), binding(), status, binding({policyName: 'a-status'}), webhook('w', {rules: [STATUS]}), endpoints()]})
    expect(infos.map(one => [one.engine, one.name, one.state, one.coversStatus])).to.deep.equal([
      ['ValidatingAdmissionPolicy', 'a-status', 'enforcing', true], ['ValidatingAdmissionPolicy', 'p', 'enforcing', false], ['webhook', 'w', 'unknown', false],
    ])
  })
})
