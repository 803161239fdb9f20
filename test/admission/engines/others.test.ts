import {expect} from 'chai'
import type {EngineBlockers} from '../../../src/admission/engines/blocker.js'
import {infoOf} from '../../../src/admission/engines/blocker.js'
import {capsuleBlockers} from '../../../src/admission/engines/capsule.js'
import {ciliumBlockers} from '../../../src/admission/engines/cilium.js'
import {externalIPWebhookBlockers} from '../../../src/admission/engines/externalip-webhook.js'
import {fileBasedBlockers} from '../../../src/admission/engines/file-based.js'
import {openShiftBlockers} from '../../../src/admission/engines/openshift.js'
import {otherWebhookBlockers} from '../../../src/admission/engines/other-webhooks.js'
import type {Fact} from '../../../src/audit/fact.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {NAMESPACES, SERVICES, STATUS, endpoints, inNamespaces, notInNamespaces, webhook} from '../../support/admission-objects.js'

type Row = [name: string, objects: KubeObject[], state: string | undefined, gaps?: string[], rest?: Partial<DeclaredCluster>]

function judgements(fact: Fact<EngineBlockers>, rows: readonly Row[]): void {
  for (const [name, objects, state, gaps = [], rest] of rows)
    it(name, async () => {
      const {blockers} = await factOf(fact, {objects: [...NAMESPACES, ...objects], ...rest})
      expect(blockers[0]?.spec ?? undefined).to.deep.equal(state === undefined ? undefined : {state, gaps})
    })
}

const set = (name: string, labels = {}): KubeObject => object('apps/v1', 'DaemonSet', name, {labels})
const FORBIDDEN = {unread: {daemonsets: 'forbidden' as const}}

describe('Cilium in place of kube-proxy', () => {
  const settings = (data: object = {}): KubeObject => object('v1', 'ConfigMap', 'kube-system/cilium-config', {data: {'kube-proxy-replacement': 'true', ...data}})
  const agent = set('kube-system/cilium')
  const node = (kubeletVersion: string): KubeObject => object('v1', 'Node', 'n', {spec: {}, status: {nodeInfo: {kubeletVersion}}})
  const NODES = 'an address of a node is taken all the same, there and by whatever reaches that node'
  judgements(ciliumBlockers, [
    ['that runs', [settings(), agent], 'enforcing', [NODES]],
    ['strictly, as older releases call it', [settings({'kube-proxy-replacement': 'strict'}), agent], 'enforcing', [NODES]],
    ['in another namespace, where the configuration is another one and anybody may use its name', [settings(), set('shop/cilium', {'k8s-app': 'cilium'})], 'inert', ['no DaemonSet of Cilium: its configuration is a leftover']],
    ['under GKE\'s name', [settings(), set('kube-system/anetd', {'k8s-app': 'cilium'})], 'enforcing', [NODES]],
    ['that is gone: its configuration is left', [settings()], 'inert', ['no DaemonSet of Cilium: its configuration is a leftover']],
    ['of which only the operator is there', [settings(), set('kube-system/cilium-node-init')], 'inert', ['no DaemonSet of Cilium: its configuration is a leftover']],
    ['whose DaemonSets were not read', [settings()], 'unknown', ['whether Cilium runs is not known'], FORBIDDEN],
    ['whose DaemonSets are not in the files', [settings()], 'unknown', ['whether Cilium runs is not known'], {unread: {daemonsets: 'not-in-input'}}],
    ['that does not replace it', [settings({'kube-proxy-replacement': 'false'}), agent], 'inert', ['it does not replace kube-proxy']],
    ['that says nothing', [settings({'kube-proxy-replacement': undefined}), agent], 'inert', ['it does not replace kube-proxy']],
    ['in part', [settings({'kube-proxy-replacement': 'partial'}), agent], 'unknown', ['it replaces kube-proxy in part (partial)']],
    ['with the mitigation off', [settings({'disable-external-ip-mitigation': 'true'}), agent], 'inert', ['disable-external-ip-mitigation is true']],
    ['that leaves sockets of pods alone', [settings({'bpf-lb-sock-hostns-only': 'true'}), agent], 'enforcing', [NODES, 'bpf-lb-sock-hostns-only is true: whether it holds for pods is not known']],
    ['beside kube-proxy', [settings(), agent, set('kube-system/kube-proxy')], 'enforcing', [NODES, 'kube-proxy is installed beside it']],
    ['beside kube-proxy of another name', [settings(), agent, set('proxy/main', {'k8s-app': 'kube-proxy'})], 'enforcing', [NODES, 'kube-proxy is installed beside it']],
    ['on k3s, which has kube-proxy inside', [settings(), agent, node('v1.30.1+k3s1')], 'enforcing', [NODES, 'whether kube-proxy runs beside it is not known']],
    ['without a configuration', [agent], undefined],
  ])

  it('says that its configuration was not read', async () => {
    const {unread} = await factOf(ciliumBlockers, {objects: [], unread: {'network-configmaps': 'forbidden'}})
    expect(unread.map(({row}) => row)).to.deep.equal(['network-configmaps'])
  })
})

describe('Capsule', () => {
  const tenant = (allowed: string[] | null, ...namespaces: string[]): KubeObject => object('capsule.clastix.io/v1beta2', 'Tenant', 't', {spec: allowed === null ? {} : {serviceOptions: {externalIPs: {allowed}}}, status: {namespaces}})
  const hook = (rest: object = {}): KubeObject => webhook('services.projectcapsule.dev', {configuration: 'capsule-validating-webhook-configuration', namespaceSelector: notInNamespaces('kube-system'), ...rest})
  judgements(capsuleBlockers, [
    ['refuses in its tenant\'s namespaces', [tenant([], 'shop'), hook(), endpoints()], 'enforcing', ['2 namespaces default, kube-system are left out']],
    ['with an allow-list', [tenant(['192.0.2.0/24'], 'shop', 'default'), hook(), endpoints()], 'enforcing', ['the namespace kube-system is left out', 'lets through 192.0.2.0/24']],
    ['of old', [object('capsule.clastix.io/v1alpha1', 'Tenant', 't', {spec: {externalServiceIPs: {allowed: []}}, status: {namespaces: ['shop']}}), hook({name: 'services.capsule.clastix.io'}), endpoints()], 'enforcing', ['2 namespaces default, kube-system are left out']],
    ['says nothing', [tenant(null, 'shop'), hook(), endpoints()], 'inert', ['the tenant does not restrict external IPs']],
    ['has no namespace', [tenant([]), hook(), endpoints()], 'inert', ['it covers no namespace that exists']],
    ['in a namespace that its webhook leaves out', [tenant([], 'kube-system'), hook(), endpoints()], 'inert', ['it covers no namespace that exists']],
    ['is asked about creations', [tenant([], 'default', 'kube-system', 'shop'), hook({namespaceSelector: {}, rules: [{...SERVICES, operations: ['CREATE']}]}), endpoints()], 'enforcing', ['UPDATE is not matched', 'a namespace made later is left out']],
    ['has a webhook about other things', [tenant([], 'shop'), hook({name: 'cordoning.tenant.projectcapsule.dev', rules: [{...SERVICES, resources: ['*']}]}), endpoints()], 'inert', ['no webhook sends Services to it']],
    ['is not whoever has its name in a configuration', [tenant([], 'shop'), hook({name: 'x.example.com'}), endpoints()], 'inert', ['no webhook sends Services to it']],
    ['is not whoever judges Services', [tenant([], 'shop'), hook({name: 'services.example.com'}), endpoints()], 'inert', ['no webhook sends Services to it']],
    ['of which the webhooks were not read', [tenant([], 'shop')], 'unknown', ['webhook configurations could not be read'], {unread: {validatingwebhookconfigurations: 'forbidden'}}],
  ])
})

describe('the webhook externalip', () => {
  const hook = (rest: object = {}): KubeObject => webhook('validate-externalip.webhook.svc', {configuration: 'validate-externalip', ...rest})
  const ARGUMENTS = 'addresses, users and groups that its program\'s arguments let through are not known'
  judgements(externalIPWebhookBlockers, [
    ['refuses, but for what we cannot read', [hook(), endpoints()], 'enforcing', [ARGUMENTS]],
    ['is asked about creations', [hook({rules: [{...SERVICES, operations: ['CREATE']}]}), endpoints()], 'enforcing', ['UPDATE is not matched', ARGUMENTS]],
    ['for namespaces', [hook({namespaceSelector: inNamespaces('shop')}), endpoints()], 'enforcing', ['2 namespaces default, kube-system are left out', ARGUMENTS]],
    ['has nobody behind it and fails open', [hook({failurePolicy: 'Ignore'}), endpoints(false)], 'inert', ['its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now']],
    ['has one of two alive', [hook({failurePolicy: 'Ignore', clientConfig: {service: {namespace: 'gone', name: 'gone'}}}), hook({rules: [{...SERVICES, operations: ['CREATE']}]}), endpoints()], 'enforcing', ['UPDATE is not matched', ARGUMENTS]],
    ['is not there', [webhook('other'), endpoints()], undefined],
  ])
})

describe('OpenShift', () => {
  const network = (spec: object = {}): KubeObject => object('config.openshift.io/v1', 'Network', 'cluster', {spec})
  const role = object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'r', {rules: [{apiGroups: ['network.openshift.io'], resources: ['service/externalips'], verbs: ['create']}]})
  const bound = object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'b', {roleRef: {kind: 'ClusterRole', name: 'r'}, subjects: [{kind: 'User', name: 'u'}]})
  judgements(openShiftBlockers, [
    ['allows none', [network()], 'enforcing'],
    ['allows none, in so many words', [network({externalIP: {policy: {}}})], 'enforcing'],
    ['opens ranges', [network({externalIP: {policy: {allowedCIDRs: ['192.0.2.0/24']}}})], 'enforcing', ['lets through 192.0.2.0/24']],
    ['lets somebody pass', [network(), role, bound], 'enforcing', ['1 may create service/externalips in network.openshift.io, and pass']],
    ['without roles', [network()], 'enforcing', ['who may create service/externalips, and pass, is not known'], {unread: {clusterrolebindings: 'forbidden'}}],
    ['elsewhere', [], undefined],
  ])
})

describe('policies from files', () => {
  const metrics = (manifestConfig: boolean): Partial<DeclaredCluster> => ({endpoints: {metrics: {apiVersion: 'k121.dev/v1', kind: 'AdmissionMetrics', plugins: [], manifestConfig}}})
  const UNREADABLE = {state: 'unknown', gaps: ['the API server reads policies from files: some may exist that the API does not show']}

  it('may stand on either road, and cover none for sure', async () => {
    const [blocker] = (await factOf(fileBasedBlockers, {objects: [], ...metrics(true)})).blockers
    expect(blocker).to.deep.include({spec: UNREADABLE, status: UNREADABLE})
    expect(infoOf(blocker!).coversStatus).to.equal(false)
  })

  it('are not there without their line', async () => {
    expect((await factOf(fileBasedBlockers, {objects: [], ...metrics(false)})).blockers).to.deep.equal([])
  })
})

describe('webhooks whose rules we cannot read', () => {
  const found = async (hook: KubeObject, others: KubeObject[] = [endpoints()]): Promise<unknown> => (await factOf(otherWebhookBlockers, {objects: [hook, ...others]})).blockers[0]
  const UNREADABLE = {state: 'unknown', gaps: ['what it refuses cannot be read']}
  const rows: [name: string, hook: KubeObject, engine: string | null, spec: unknown, status: unknown][] = [
    ['about Services', webhook('a.example.com'), 'webhook', UNREADABLE, null],
    ['about the status alone', webhook('a.example.com', {rules: [STATUS]}), 'webhook', null, UNREADABLE],
    ['about everything', webhook('a.example.com', {rules: [{...SERVICES, resources: ['*/*']}]}), 'webhook', UNREADABLE, UNREADABLE],
    ['about cluster-scoped objects', webhook('a.example.com', {rules: [{...SERVICES, resources: ['*'], scope: 'Cluster'}]}), null, null, null],
    ['of Kubewarden', webhook('clusterwide-x.kubewarden.admission'), 'kubewarden', UNREADABLE, null],
    ['of k-rail', webhook('k-rail.cruise-automation.github.com', {isMutating: true}), 'k-rail', UNREADABLE, null],
    ['that change objects', webhook('a.example.com', {isMutating: true}), null, null, null],
    ['of Capsule, about other things', webhook('cordoning.tenant.projectcapsule.dev'), 'webhook', UNREADABLE, null],
    ['with Capsule in the name of the configuration', webhook('a.example.com', {configuration: 'capsule'}), 'webhook', UNREADABLE, null],
    ['of Gatekeeper, which has facts of its own', webhook('validation.gatekeeper.sh'), null, null, null],
  ]
  for (const [name, hook, engine, spec, status] of rows)
    it(name, async () => {
      const {name: configuration} = hook['metadata'] as {name: string}
      const [own] = (hook as unknown as {webhooks: {name: string}[]}).webhooks
      const object = {apiVersion: 'admissionregistration.k8s.io/v1', kind: hook.kind, namespace: '', name: configuration}
      expect(await found(hook)).to.deep.equal(engine === null ? undefined : {engine, name: own!.name, object, spec, status})
    })

  it('with nobody behind them let everything through', async () => {
    expect(await found(webhook('a', {failurePolicy: 'Ignore'}), [])).to.have.nested.property('spec.state', 'inert')
  })

  it('may exist where they were not read', async () => {
    expect((await factOf(otherWebhookBlockers, {objects: [], unread: {mutatingwebhookconfigurations: 'forbidden'}})).unread.map(({row, outcome}) => [row, outcome])).to.deep.equal([['mutatingwebhookconfigurations', 'forbidden']])
  })
})
