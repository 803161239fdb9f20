import {expect} from 'chai'
import {namespaceLabellersCheck} from '../../../src/checks/pod-security/namespace-labellers.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {endpoints, webhook} from '../../support/admission-objects.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {apiServerPod, grant} from '../external-ips/cluster.js'

const RBAC = 'rbac.authorization.k8s.io/v1'
const role = (name: string, verbs: string[], resources = ['namespaces'], rest: object = {}): KubeObject => object(RBAC, 'ClusterRole', name, {rules: [{apiGroups: [''], resources, verbs, ...rest}]})
const group = (name: string): Record<string, unknown> => ({kind: 'Group', name})
const HELD = object('v1', 'Namespace', 'shop', {labels: {'pod-security.kubernetes.io/enforce': 'baseline'}})
const OPEN = object('v1', 'Namespace', 'shop')
const PATCH = role('labels', ['patch'])
const ADMIN = object(RBAC, 'ClusterRole', 'cluster-admin', {rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]})
const SERVER = apiServerPod('--authorization-mode=Node,RBAC')
const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods']}
const BY_LABEL = [webhook('judge.example.com', {rules: [PODS], namespaceSelector: {matchExpressions: [{key: 'open', operator: 'DoesNotExist'}]}}), endpoints()]

describe('namespace-labellers', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: NonNullable<Cluster['outcomes']>; tells: string[]; skip?: string}[] = [
    {name: 'nobody may', objects: [HELD, PATCH], tells: []},
    {name: 'a group may, everywhere', objects: [HELD, PATCH, grant('leads', 'labels', group('leads'))], tells: ['medium subject Group leads']},
    {name: 'a group may, in one namespace', objects: [HELD, PATCH, grant('shop/leads', 'labels', group('leads'))], tells: ['low in-namespaces Group leads']},
    {name: 'a group may by the status', objects: [HELD, role('labels', ['update'], ['namespaces/status']), grant('leads', 'labels', group('leads'))], tells: ['medium subject Group leads']},
    {name: 'everybody may', objects: [HELD, PATCH, grant('all', 'labels', group('system:authenticated'))], tells: ['high everyone Group system:authenticated']},
    {name: 'every workload of a namespace may', objects: [HELD, PATCH, grant('all', 'labels', group('system:serviceaccounts:ci'))], tells: ['high everyone Group system:serviceaccounts:ci']},
    {name: 'an account may', objects: [HELD, PATCH, grant('bot', 'labels', {kind: 'ServiceAccount', namespace: 'ci', name: 'bot'})], tells: ['medium subject ServiceAccount ci/bot']},
    {name: 'a part of the distribution may', objects: [HELD, PATCH, grant('sync', 'labels', {kind: 'ServiceAccount', namespace: 'openshift-infra', name: 'sync'})], tells: ['info part ServiceAccount openshift-infra/sync']},
    {name: 'administrators may', objects: [HELD, ADMIN, grant('a', 'cluster-admin', group('system:masters')), grant('b', 'cluster-admin', group('ops'))], tells: ['info admins ClusterRole cluster-admin']},
    {name: 'whoever only makes namespaces is not told', objects: [HELD, role('labels', ['create']), grant('leads', 'labels', group('leads'))], tells: []},
    {name: 'nothing hangs on a label', objects: [OPEN, PATCH, grant('leads', 'labels', group('leads'))], tells: []},
    {name: 'a webhook hangs on one', objects: [OPEN, ...BY_LABEL, PATCH, grant('leads', 'labels', group('leads'))], tells: ['medium subject Group leads']},
    {name: 'roles forbidden: skipped', objects: [HELD], outcomes: {clusterroles: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'roles forbidden, and nothing to lift', objects: [OPEN], outcomes: {clusterroles: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'RBAC is not all that decides', objects: [HELD, apiServerPod('--authorization-mode=RBAC,Webhook')], tells: [], skip: 'not-observable'},
  ]
  for (const {name, objects, outcomes = {}, tells, skip} of rows)
    it(name, async () => {
      const server = objects.some(({kind}) => kind === 'Pod') ? [] : [SERVER]
      const ran = await runChecks([namespaceLabellersCheck], {objects: [...server, ...objects], outcomes})
      expect(ran.findings.map(({severity, variant, object: {kind, namespace, name: own}}) => `${severity} ${variant} ${kind} ${namespace === '' ? '' : `${namespace}/`}${own}`)).to.deep.equal(tells)
      expect(ran.skips['namespace-labellers']).to.equal(skip ?? null)
    })

  it('says who, where, by what, and what is lifted', async () => {
    const objects = [SERVER, HELD, ...BY_LABEL, PATCH, grant('leads', 'labels', group('leads')), role('some', ['update'], ['namespaces'], {resourceNames: ['a']}), grant('one', 'some', {kind: 'User', name: 'bob'}), grant('shop/dev', 'labels', group('dev'))]
    const {findings} = await runChecks([namespaceLabellersCheck], {objects})
    expect(findings.map(({message}) => message)).to.have.members([
      'Group leads may change labels of every namespace: role labels by ClusterRoleBinding leads; so Pod Security admission, a webhook can be lifted there.',
      'User bob may change labels of some namespaces: role some by ClusterRoleBinding one; so Pod Security admission, a webhook can be lifted there.',
      'Group dev may change labels of the namespace shop: role labels by RoleBinding shop/dev; so Pod Security admission, a webhook can be lifted there.',
    ])
  })
})
