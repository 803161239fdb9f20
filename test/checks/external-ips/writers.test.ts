import {expect} from 'chai'
import {externalIPWritersCheck} from '../../../src/checks/external-ips/external-ip-writers.js'
import {serviceStatusWriters} from '../../../src/checks/external-ips/service-status-writers.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {object} from '../../support/declared-facts.js'
import {CILIUM, KUBE_PROXY, apiServerPod, clusterRole, grant, kubeProxyConfig, node} from './cluster.js'

const OFF = apiServerPod('--enable-admission-plugins=NodeRestriction')
const ON = apiServerPod('--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs')
const EDIT = clusterRole('edit', ['services'])
const STATUS = clusterRole('lb', ['services/status'], ['update', 'patch'])
const ADMIN = object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'cluster-admin', {rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]})
const MASTERS = grant('cluster-admin', 'cluster-admin', {kind: 'Group', name: 'system:masters'})

const run = (objects: readonly KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([externalIPWritersCheck, serviceStatusWriters], {objects, outcomes})
const told = ({findings}: Ran, check: string): string[] => findings.filter(one => one.check === check)
  .map(({variant, severity, severityWhenActive, object: {kind, namespace, name}, count}) => `${severityWhenActive === null ? severity : `latent ${severityWhenActive}`} ${variant} ${kind} ${namespace === '' ? '' : `${namespace}/`}${name} ${count}`)

describe('external-ip-writers', () => {
  const group = (name: string): Record<string, unknown> => ({kind: 'Group', name})
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: string | null}[] = [
    {name: 'nobody may', objects: [OFF], tells: []},
    {name: 'a user, by a binding in one namespace', objects: [OFF, EDIT, grant('shop/dev', 'edit', {kind: 'User', name: 'dev'})], tells: ['medium subject User dev 1']},
    {name: 'every user', objects: [OFF, EDIT, grant('all', 'edit', group('system:authenticated'))], tells: ['high everyone Group system:authenticated 1']},
    {name: 'anybody at all', objects: [OFF, EDIT, grant('all', 'edit', group('system:unauthenticated')), grant('any', 'edit', {kind: 'User', name: 'system:anonymous'})], tells: ['critical anonymous Group system:unauthenticated 1', 'critical anonymous User system:anonymous 1']},
    {name: 'every workload, of the cluster and of a namespace', objects: [OFF, EDIT, grant('sa', 'edit', group('system:serviceaccounts')), grant('shop/sa', 'edit', group('system:serviceaccounts:shop'))], tells: ['high everyone Group system:serviceaccounts 1', 'medium namespace-accounts Group system:serviceaccounts:shop 1']},
    {name: 'one subject, many bindings: one finding', objects: [OFF, EDIT, ...['a', 'b', 'c'].map(ns => grant(`${ns}/dev`, 'edit', group('dev')))], tells: ['medium subject Group dev 3']},
    {name: 'a load-balancer controller', objects: [OFF, EDIT, grant('ccm', 'edit', {kind: 'ServiceAccount', name: 'controller', namespace: 'metallb-system'})], tells: ['info controller ServiceAccount metallb-system/controller 1']},
    {name: 'administrators and parts of Kubernetes: one line', objects: [OFF, ADMIN, MASTERS, grant('ops', 'cluster-admin', group('ops'))], tells: ['info admins ClusterRole cluster-admin 2']},
    {name: 'the plugin is on: the road is closed', objects: [ON, EDIT, grant('all', 'edit', group('system:authenticated')), ADMIN, MASTERS], tells: []},
    {name: 'latent where kube-proxy ignores the field', objects: [OFF, EDIT, grant('shop/dev', 'edit', {kind: 'User', name: 'dev'}), kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n'), KUBE_PROXY], tells: ['latent medium subject User dev 1']},
    {name: 'not latent where kube-proxy left its configuration behind', objects: [OFF, EDIT, grant('shop/dev', 'edit', {kind: 'User', name: 'dev'}), kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n')], tells: ['medium subject User dev 1']},
    {name: 'not latent where Cilium takes its place: addresses of nodes are taken', objects: [OFF, EDIT, grant('shop/dev', 'edit', {kind: 'User', name: 'dev'}), ...CILIUM], tells: ['medium subject User dev 1']},
    {name: 'roles forbidden: skipped', objects: [OFF, EDIT, grant('shop/dev', 'edit', {kind: 'User', name: 'dev'})], outcomes: {roles: 'forbidden'}, tells: ['medium subject User dev 1'], skip: 'forbidden'},
    {name: 'a built-in role that files lack may grant it', objects: [OFF, STATUS, grant('shop/dev', 'edit', {kind: 'User', name: 'dev'})], tells: [], skip: 'not-in-input'},
    {name: 'one that a whole list lacks is gone', objects: [OFF, ADMIN, MASTERS, grant('shop/dev', 'gone', {kind: 'User', name: 'dev'})], tells: ['info admins ClusterRole cluster-admin 1']},
    {name: 'nobody may by RBAC, which is not all that decides', objects: [apiServerPod('--authorization-mode=RBAC,Webhook')], tells: [], skip: 'not-observable'},
    {name: 'and where nobody decides', objects: [apiServerPod('--authorization-mode=AlwaysAllow'), EDIT, grant('shop/dev', 'edit', {kind: 'User', name: 'dev'})], tells: ['medium subject User dev 1'], skip: 'not-observable'},
    {name: 'and at a cloud with rights of its own', objects: [node('n', '10.0.0.1', {kubelet: 'v1.30.2-gke.1'})], tells: [], skip: 'not-observable'},
    {name: 'all the same where the road is closed', objects: [apiServerPod('--authorization-mode=RBAC,Webhook', '--enable-admission-plugins=DenyServiceExternalIPs')], tells: []},
    {name: 'view grants nothing', objects: [OFF, clusterRole('view', ['services'], ['get', 'list', 'watch']), grant('shop/dev', 'view', {kind: 'User', name: 'dev'})], tells: []},
    {name: '`services/*` is no form of RBAC', objects: [OFF, clusterRole('odd', ['services/*']), grant('shop/dev', 'odd', {kind: 'User', name: 'dev'})], tells: []},
  ]
  for (const {name, objects, outcomes, tells, skip = null} of rows) {
    it(name, async () => {
      const ran = await run(objects, outcomes)
      expect(told(ran, 'external-ip-writers')).to.deep.equal(tells)
      expect(ran.skips['external-ip-writers']).to.equal(skip)
    })
  }

  it('says by which role and binding, and that nothing refuses it', async () => {
    const {findings} = await run([OFF, EDIT, ...['a', 'b'].map(ns => grant(`${ns}/dev`, 'edit', group('dev')))])
    expect(findings[0]?.message).to.equal('Group dev may write spec.externalIPs of Services: role edit by RoleBinding a/dev and 1 more; nothing refuses it.')
    expect(findings[0]?.details).to.deep.equal({type: 'writers', road: 'spec', subjects: [{kind: 'Group', name: 'dev'}], grantedBy: [{kind: 'RoleBinding', namespace: 'a', name: 'dev'}, {kind: 'RoleBinding', namespace: 'b', name: 'dev'}]})
  })

  it('folds administrators and parts of Kubernetes, and tells them apart', async () => {
    const PART = [clusterRole('system:controller:x', ['services']), {...grant('system:controller:x', 'system:controller:x', {kind: 'ServiceAccount', name: 'x', namespace: 'kube-system'}), metadata: {name: 'system:controller:x', labels: {'kubernetes.io/bootstrapping': 'rbac-defaults'}}} as unknown as KubeObject]
    const said = async (...objects: KubeObject[]): Promise<string | undefined> => (await run([OFF, ...objects])).findings.find(({check, variant}) => check === 'external-ip-writers' && variant === 'admins')?.message
    expect(await said(ADMIN, MASTERS, ...PART)).to.equal('1 administrator (group system:masters) and 1 part of Kubernetes itself can write spec.externalIPs too; that is their work.')
    expect(await said(...PART)).to.equal('1 part of Kubernetes itself can write spec.externalIPs too; that is their work.')
    expect(await said(ADMIN, MASTERS, grant('ops', 'cluster-admin', group('ops')))).to.equal('2 administrators (group ops, group system:masters) can write spec.externalIPs too; that is their work.')
  })

  it('says that it is not known whether anything refuses it', async () => {
    const {findings} = await run([EDIT, grant('a/dev', 'edit', group('dev'))])
    expect(findings[0]?.message).to.match(/; whether anything refuses it is not known \(whether DenyServiceExternalIPs is on is not known\)\.$/)
    expect(findings[0]?.confidence).to.equal('derived')
  })
})

describe('service-status-writers', () => {
  it('the plugin does not look at the status', async () => {
    expect(told(await run([ON, STATUS, grant('x', 'lb', {kind: 'ServiceAccount', name: 'app', namespace: 'shop'})]), 'service-status-writers')).to.deep.equal(['medium subject ServiceAccount shop/app 1'])
  })
  it('a star over all statuses grants it', async () => {
    expect(told(await run([clusterRole('all', ['*/status'], ['patch']), grant('x', 'all', {kind: 'User', name: 'dev'})]), 'service-status-writers')).to.deep.equal(['medium subject User dev 1'])
  })
  it('a controller is named as one', async () => {
    expect(told(await run([STATUS, grant('x', 'lb', {kind: 'ServiceAccount', name: 'speaker', namespace: 'metallb-system'})]), 'service-status-writers')).to.deep.equal(['info controller ServiceAccount metallb-system/speaker 1'])
  })
  it('create on services/status grants nothing', async () => {
    expect(told(await run([clusterRole('odd', ['services/status'], ['create']), grant('x', 'odd', {kind: 'User', name: 'dev'})]), 'service-status-writers')).to.deep.equal([])
  })
})
