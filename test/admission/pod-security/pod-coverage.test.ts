import {expect} from 'chai'
import {podCoverage} from '../../../src/admission/pod-security/pod-coverage.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {apiServerPod} from '../../checks/external-ips/cluster.js'
import {binding, endpoints, namespaceNamed, notInNamespaces, policy, webhook} from '../../support/admission-objects.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'

const BASELINE = {'pod-security.kubernetes.io/enforce': 'baseline'}
const NAMESPACES = [namespaceNamed('default'), namespaceNamed('kube-system'), namespaceNamed('shop', BASELINE)]
const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods']}
const NO_PRIVILEGED = 'object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged) && (!has(object.spec.initContainers) || object.spec.initContainers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)) && (!has(object.spec.ephemeralContainers) || object.spec.ephemeralContainers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged))'
const POLICY = [policy({expressions: [NO_PRIVILEGED], match: {resourceRules: [PODS]}}), binding({match: {namespaceSelector: notInNamespaces('kube-system')}})]
const version = (minor: number): KubeObject => object('k121.dev/v1', 'Version', 'v', {gitVersion: `v1.${minor}.0`})

async function privileged(cluster: Partial<DeclaredCluster> & {objects: KubeObject[]}, minor = 37): Promise<Record<string, string>> {
  const {lines} = await factOf(podCoverage, {endpoints: {version: version(minor)}, ...cluster, objects: [apiServerPod(), ...cluster.objects]})
  const own = lines.filter(({control}) => control === 'privileged')
  const operations = [...new Set(own.map(({operation}) => operation))]
  return Object.fromEntries(operations.map(operation => [operation, own.filter(line => line.operation === operation).map(({namespaces, answer, by}) => `${namespaces.join(' ')} ${answer}${by.length === 0 ? '' : ` by ${by.map(({engine}) => engine).join(' ')}`}`).join(', ')]))
}

describe('coverage of a cluster', () => {
  it('sums what its engines do', async () => {
    expect(await privileged({objects: [...NAMESPACES, ...POLICY]})).to.deep.equal({
      create: 'default refused by ValidatingAdmissionPolicy, kube-system ignored, shop refused by pod-security-admission ValidatingAdmissionPolicy',
      update: 'default refused by ValidatingAdmissionPolicy, kube-system ignored, shop refused by ValidatingAdmissionPolicy pod-security-admission',
      ephemeralcontainers: 'default ignored by ValidatingAdmissionPolicy, kube-system ignored, shop refused by pod-security-admission',
      resize: 'default ignored by ValidatingAdmissionPolicy, kube-system ignored, shop ignored by pod-security-admission ValidatingAdmissionPolicy',
      workload: 'default ignored by ValidatingAdmissionPolicy, kube-system ignored, shop warned by pod-security-admission pod-security-admission ValidatingAdmissionPolicy',
    })
  })

  it('has the operations that the server serves', async () => {
    expect(Object.keys(await privileged({objects: NAMESPACES}, 32))).to.deep.equal(['create', 'update', 'ephemeralcontainers', 'workload'])
  })

  it('is not known where somebody judges in an unknown way', async () => {
    const {create} = await privileged({objects: [...NAMESPACES, webhook('pods.x.io', {rules: [PODS], namespaceSelector: notInNamespaces('kube-system')}), endpoints()]})
    expect(create).to.equal('default unknown by webhook, kube-system ignored, shop refused by pod-security-admission')
  })

  for (const row of ['validatingwebhookconfigurations', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'securitycontextconstraints'] as const)
    for (const reason of ['forbidden', 'unreachable', 'partial', 'not-in-input'] as const)
      it(`is not known without ${row}: ${reason}`, async () => {
        const {create} = await privileged({objects: NAMESPACES, unread: {[row]: reason}})
        expect(create).to.match(/^default kube-system unknown by [\w-]+, shop refused by pod-security-admission$/)
      })

  it('is known without the objects of an engine that no webhook asks', async () => {
    const {create} = await privileged({objects: NAMESPACES, unread: {constrainttemplates: 'forbidden', clusterpolicies: 'forbidden', validatingpolicies: 'not-in-input'}})
    expect(create).to.equal('default kube-system ignored, shop refused by pod-security-admission')
  })

  it('is not known without the policies of Kyverno, where it is asked', async () => {
    const {create} = await privileged({objects: [...NAMESPACES, webhook('validate.kyverno.svc-fail', {rules: [PODS]}), endpoints()], unread: {clusterpolicies: 'forbidden'}})
    expect(create).to.equal('default kube-system unknown by kyverno, shop refused by pod-security-admission')
  })

  const KYVERNO = [webhook('validate.kyverno.svc-fail', {rules: [PODS], namespaceSelector: notInNamespaces('kube-system')}), endpoints()]
  const lacking: [name: string, unread: DeclaredCluster['unread'], create: string][] = [
    ['policies of the generation that is asked', {kyvernopolicies: 'not-in-input'}, 'default unknown by kyverno, kube-system ignored'],
    ['exceptions, which refuse nothing', {policyexceptions: 'not-in-input', celpolicyexceptions: 'forbidden'}, 'default kube-system ignored'],
    ['policies of a generation that no webhook asks', {validatingpolicies: 'not-in-input', namespacedvalidatingpolicies: 'not-in-input'}, 'default kube-system ignored'],
    ['policies and webhooks', {kyvernopolicies: 'not-in-input', validatingwebhookconfigurations: 'partial'}, 'default kube-system unknown by kyverno webhook'],
  ]
  for (const [name, unread = {}, create] of lacking)
    it(`tells where it matters that Kyverno lacks ${name}`, async () => {
      const found = await privileged({objects: [...NAMESPACES, ...KYVERNO], unread})
      expect(found['create']).to.equal(`${create}, shop refused by pod-security-admission`)
      // Its webhook is not asked about those.
      if (unread.validatingwebhookconfigurations === undefined) expect(found['ephemeralcontainers']).to.equal('default kube-system ignored, shop refused by pod-security-admission')
    })

  it('is known without an API that is not served', async () => {
    const {create} = await privileged({objects: NAMESPACES, unread: {constrainttemplates: 'not-served', clusterpolicies: 'not-served', podsecuritypolicies: 'not-served'}})
    expect(create).to.equal('default kube-system ignored, shop refused by pod-security-admission')
  })

  it('is not known before 1.25 without PodSecurityPolicies, and is after', async () => {
    expect((await privileged({objects: NAMESPACES, unread: {podsecuritypolicies: 'forbidden'}}, 24))['create']).to.equal('default kube-system ignored, shop refused by pod-security-admission')
    const unseen = await factOf(podCoverage, {objects: NAMESPACES, endpoints: {version: version(24)}, unread: {podsecuritypolicies: 'forbidden'}})
    expect(unseen.lines.filter(({control, operation, answer}) => control === 'privileged' && operation === 'create' && answer === 'unknown').flatMap(({by}) => by.map(({engine}) => engine))).to.include('psp')
  })

  it('is known before 1.26 without the policies that came then', async () => {
    const unread = {validatingadmissionpolicies: 'not-in-input', validatingadmissionpolicybindings: 'not-in-input'} as const
    expect((await privileged({objects: NAMESPACES, unread}, 25))['create']).to.equal('default kube-system ignored, shop refused by pod-security-admission')
    expect((await privileged({objects: NAMESPACES, unread}, 26))['create']).to.match(/^default kube-system unknown by ValidatingAdmissionPolicy/)
  })

  it('is shared by two policies that each see some of what makes pods', async () => {
    const rules = (apiGroups: string[], ...resources: string[]): object => ({resourceRules: [{apiGroups, apiVersions: ['*'], operations: ['CREATE'], resources}]})
    const never = (name: string, match: object): KubeObject[] => [policy({name, expressions: ['false'], match}), binding({policyName: name})]
    const both = [...never('apps', rules(['apps'], '*')), ...never('batch', rules(['batch'], 'jobs', 'cronjobs'))]
    const {workload} = await privileged({objects: [...NAMESPACES, ...both]})
    expect(workload).to.match(/^default kube-system shop refused by ValidatingAdmissionPolicy ValidatingAdmissionPolicy$/)
    expect((await privileged({objects: [...NAMESPACES, ...both.slice(0, 2)]}))['workload']).to.match(/^default kube-system ignored by ValidatingAdmissionPolicy, shop warned/)
  })

  const RBAC = 'rbac.authorization.k8s.io/v1'
  const LEADS = [
    object(RBAC, 'ClusterRole', 'labels', {rules: [{apiGroups: [''], resources: ['namespaces'], verbs: ['patch']}]}),
    object(RBAC, 'ClusterRoleBinding', 'labels', {roleRef: {kind: 'ClusterRole', name: 'labels'}, subjects: [{kind: 'Group', name: 'leads'}]}),
  ]
  const WHO = 'labels of namespaces may be changed by 1 beside administrators: group leads'
  const UNREAD = 'who may change labels of namespaces was not read'
  const labelled = {matchExpressions: [{key: 'open', operator: 'DoesNotExist'}]}
  const asked: [name: string, objects: KubeObject[], unread: DeclaredCluster['unread'], shop: string[]][] = [
    ['whoever changes labels, where a level is one', LEADS, {}, [`pod-security-admission: ${WHO}`]],
    ['whoever changes labels, where a policy leaves out by one', [...LEADS, POLICY[0]!, binding({match: {namespaceSelector: labelled}})], {}, [`ValidatingAdmissionPolicy: a namespace gets past it by its label open; ${WHO}`, `pod-security-admission: ${WHO}`]],
    ['whoever changes labels, where a policy asks for one', [...LEADS, POLICY[0]!, binding({match: {namespaceSelector: {matchLabels: {'pod-security.kubernetes.io/enforce': 'baseline'}}}})], {}, [`ValidatingAdmissionPolicy: a namespace gets past it without its label pod-security.kubernetes.io/enforce; ${WHO}`, `pod-security-admission: ${WHO}`]],
    ['nobody, where a policy goes by names', [...LEADS, ...POLICY], {}, ['ValidatingAdmissionPolicy: ', `pod-security-admission: ${WHO}`]],
    ['nobody beside administrators', [], {}, ['pod-security-admission: ']],
    ['that roles were not read', LEADS.slice(0, 1), {clusterrolebindings: 'forbidden'}, [`pod-security-admission: ${UNREAD}`]],
  ]
  for (const [name, objects, unread = {}, shop] of asked)
    it(`names ${name}`, async () => {
      const {lines} = await factOf(podCoverage, {endpoints: {version: version(37)}, unread, objects: [apiServerPod(), ...NAMESPACES, ...objects]})
      const line = lines.find(({control, operation, namespaces}) => control === 'privileged' && operation === 'create' && namespaces.includes('shop'))
      expect(line?.by.map(({engine, why}) => `${engine}: ${why}`).toSorted()).to.deep.equal(shop)
    })

  it('says nothing of namespaces that were not read', async () => {
    const {lines, isWhole} = await factOf(podCoverage, {objects: [], unread: {namespaces: 'forbidden'}})
    expect([lines.length, isWhole]).to.deep.equal([0, false])
  })

  it('names what does nothing now', async () => {
    const {inert} = await factOf(podCoverage, {objects: [...NAMESPACES, POLICY[0]!, apiServerPod('--disable-admission-plugins=PodSecurity')], endpoints: {version: version(37)}})
    expect(inert.map(({engine, name}) => `${engine} ${name}`)).to.include.members(['ValidatingAdmissionPolicy p', 'pod-security-admission PodSecurity'])
  })
})
