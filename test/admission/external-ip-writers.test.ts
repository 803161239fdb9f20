import {expect} from 'chai'
import type {WriteRoad, Writer, WritersInfo} from '../../src/admission/external-ip-writers.js'
import {externalIPWriters, subjectText} from '../../src/admission/external-ip-writers.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {DeclaredCluster} from '../support/declared-source.js'
import {factOf, object} from '../support/declared-facts.js'

const RBAC = 'rbac.authorization.k8s.io/v1'
type Rule = [verbs: string, resources: string, names?: string, groups?: string]

const rules = (...list: Rule[]): object[] => list.map(([verbs, resources, names = '', groups = '']) => ({
  verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: groups.split(','), ...(names === '' ? {} : {resourceNames: names.split(' ')}),
}))
const clusterRole = (name: string, list: object[], rest: object = {}): KubeObject => object(RBAC, 'ClusterRole', name, {rules: list, ...rest})
const role = (name: string, list: object[]): KubeObject => object(RBAC, 'Role', name, {rules: list})
type SubjectText = string
/** `Group g`, `User u`, `ServiceAccount ns/name`. */
const subjectOf = (text: SubjectText): object => {
  const [kind = '', name = ''] = text.split(' ')
  if (kind !== 'ServiceAccount') return {kind, name, apiGroup: 'rbac.authorization.k8s.io'}
  const [namespace, account] = name.split('/')
  return {kind, name: account, namespace}
}
const bind = (roleName: string, subjects: SubjectText[], {name = `b-${roleName}`, namespace = '', kind = 'ClusterRole', labels}: {name?: string; namespace?: string; kind?: string; labels?: object} = {}): KubeObject =>
  object(RBAC, namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding', namespace === '' ? name : `${namespace}/${name}`, {...(labels === undefined ? {} : {labels}), roleRef: {kind, name: roleName}, subjects: subjects.map(subjectOf)})

const DEFAULTS = {'kubernetes.io/bootstrapping': 'rbac-defaults'}
const WRITE = rules(['create update', 'services'])
const STATUS = rules(['update', 'services/status'])

async function writersOf(objects: KubeObject[], rest: Partial<DeclaredCluster> = {}): Promise<WritersInfo> {
  return factOf(externalIPWriters, {objects, ...rest})
}
const shown = ({subject, class: own, isNameLimited}: Writer): string => `${own}: ${subjectText(subject)}${isNameLimited ? ' (names)' : ''}`

describe('who may write external IPs', () => {
  const rows: [name: string, objects: KubeObject[], road: WriteRoad, wanted: string[]][] = [
    ['by a role for Services', [clusterRole('r', WRITE), bind('r', ['User u'])], 'spec', ['subject: user u']],
    ['which says nothing about the status', [clusterRole('r', WRITE), bind('r', ['User u'])], 'status', []],
    ['by the status', [clusterRole('r', STATUS), bind('r', ['User u'])], 'status', ['subject: user u']],
    ['which says nothing about the spec', [clusterRole('r', STATUS), bind('r', ['User u'])], 'spec', []],
    ['by the status of everything', [clusterRole('r', rules(['patch', '*/status'])), bind('r', ['User u'])], 'status', ['subject: user u']],
    ['by everything of the core group', [clusterRole('r', rules(['*', '*'])), bind('r', ['User u'])], 'status', ['subject: user u']],
    ['not by a star after the slash, which RBAC does not know', [clusterRole('r', rules(['*', 'services/*'])), bind('r', ['User u'])], 'status', []],
    ['not by reading', [clusterRole('r', rules(['get list watch', 'services services/status'])), bind('r', ['User u'])], 'spec', []],
    ['not by deleting', [clusterRole('r', rules(['delete deletecollection', 'services'])), bind('r', ['User u'])], 'spec', []],
    ['not by another group', [clusterRole('r', rules(['create', 'services', '', 'serving.knative.dev'])), bind('r', ['User u'])], 'spec', []],
    ['not by a creation of the status, which there is none of', [clusterRole('r', rules(['create', 'services/status'])), bind('r', ['User u'])], 'status', []],
    ['of some names', [clusterRole('r', rules(['update', 'services', 'web'])), bind('r', ['User u'])], 'spec', ['subject: user u (names)']],
    ['of some names by one role, of all by another', [clusterRole('r', rules(['update', 'services', 'web'])), bind('r', ['User u']), clusterRole('s', WRITE), bind('s', ['User u'])], 'spec', ['subject: user u']],
    ['of some names in one rule, of all in another', [clusterRole('r', rules(['update', 'services', 'web'], ['patch', 'services'])), bind('r', ['User u'])], 'spec', ['subject: user u']],
    ['not by a creation of some names, which no request has', [clusterRole('r', rules(['create', 'services', 'web'])), bind('r', ['User u'])], 'spec', []],

    ['in one namespace, which counts in full', [clusterRole('r', WRITE), bind('r', ['User u'], {namespace: 'shop'})], 'spec', ['subject: user u']],
    ['by a Role', [role('shop/r', WRITE), bind('r', ['User u'], {namespace: 'shop', kind: 'Role'})], 'spec', ['subject: user u']],
    ['by a Role that allows everything', [role('shop/r', rules(['*', '*', '', '*'])), bind('r', ['User u'], {namespace: 'shop', kind: 'Role'})], 'spec', ['subject: user u']],
    ['not by a Role of another namespace', [role('other/r', WRITE), bind('r', ['User u'], {namespace: 'shop', kind: 'Role'})], 'spec', []],
    ['not by a ClusterRole of the name of a Role', [clusterRole('r', WRITE), bind('r', ['User u'], {namespace: 'shop', kind: 'Role'})], 'spec', []],
    ['not by a role that is not there', [bind('r', ['User u'])], 'spec', []],
    ['not by a reference to no role', [clusterRole('r', WRITE), bind('r', ['User u'], {kind: 'Group'})], 'spec', []],
    ['not without a binding', [clusterRole('r', WRITE)], 'spec', []],
    ['a ServiceAccount', [clusterRole('r', WRITE), bind('r', ['ServiceAccount ci/deployer'])], 'spec', ['subject: service account ci/deployer']],
    ['a ServiceAccount by its user name, once', [clusterRole('r', WRITE), bind('r', ['User system:serviceaccount:ci:deployer', 'ServiceAccount ci/deployer'])], 'spec', ['subject: service account ci/deployer']],
    ['a subject of no kind that RBAC knows', [clusterRole('r', WRITE), bind('r', ['Robot x'])], 'spec', []],

    ['summed by the controller', [clusterRole('r', WRITE, {aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: 'b'}}]}}), bind('r', ['User u'])], 'spec', ['subject: user u']],
    ['summed by us, where nobody did', [clusterRole('r', [], {aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: 'b'}}]}}), clusterRole('part', WRITE, {labels: {a: 'b'}}), bind('r', ['User u'])], 'spec', ['subject: user u']],
    ['not summed again, where the controller did', [clusterRole('r', rules(['get', 'pods']), {aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: 'b'}}]}}), clusterRole('part', WRITE, {labels: {a: 'b'}}), bind('r', ['User u'])], 'spec', []],
    ['not summed from others', [clusterRole('r', [], {aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: 'b'}}]}}), clusterRole('part', WRITE, {labels: {a: 'c'}}), bind('r', ['User u'])], 'spec', []],
    ['summed by any of several selectors', [clusterRole('r', [], {aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: 'x'}}, {matchLabels: {a: 'b'}}]}}), clusterRole('part', WRITE, {labels: {a: 'b'}}), bind('r', ['User u'])], 'spec', ['subject: user u']],
    ['summed from a sum', [
      clusterRole('r', [], {aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: 'b'}}]}}), clusterRole('middle', [], {labels: {a: 'b'}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {c: 'd'}}]}}),
      clusterRole('part', WRITE, {labels: {c: 'd'}}), bind('r', ['User u']),
    ], 'spec', ['subject: user u']],
    ['summed in a circle, which ends', [
      clusterRole('r', [], {labels: {c: 'd'}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: 'b'}}]}}), clusterRole('middle', [], {labels: {a: 'b'}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {c: 'd'}}]}}), bind('r', ['User u']),
    ], 'spec', []],

    ['everybody first', [clusterRole('r', WRITE), bind('r', ['User a', 'Group system:authenticated', 'Group system:unauthenticated', 'Group system:serviceaccounts', 'Group system:serviceaccounts:shop', 'User system:anonymous', 'Group devs'])], 'spec', [
      'everyone: group system:authenticated', 'everyone: group system:serviceaccounts', 'everyone: group system:serviceaccounts:shop', 'everyone: group system:unauthenticated', 'everyone: user system:anonymous', 'subject: group devs', 'subject: user a',
    ]],
    ['everybody by a built-in binding all the same', [clusterRole('system:r', WRITE), bind('system:r', ['Group system:authenticated'], {name: 'system:r', labels: DEFAULTS})], 'spec', ['everyone: group system:authenticated']],
    ['administrators', [clusterRole('all', rules(['*', '*', '', '*'])), bind('all', ['User root', 'Group system:masters'])], 'spec', ['admin: group system:masters', 'admin: user root']],
    ['administrators of one namespace are none of the cluster', [clusterRole('all', rules(['*', '*', '', '*'])), bind('all', ['User u'], {namespace: 'shop'})], 'spec', ['subject: user u']],
    ['administrators by another role too', [clusterRole('all', rules(['*', '*', '', '*'])), bind('all', ['User u']), clusterRole('r', WRITE), bind('r', ['User u'], {namespace: 'shop'})], 'spec', ['admin: user u']],
    ['everybody as administrator', [clusterRole('all', rules(['*', '*', '', '*'])), bind('all', ['Group system:serviceaccounts'])], 'spec', ['everyone: group system:serviceaccounts']],
    ['all of the core group is not everything', [clusterRole('r', rules(['*', '*'])), bind('r', ['User u'])], 'spec', ['subject: user u']],
    ['a controller of Kubernetes itself', [clusterRole('system:controller:x', STATUS), bind('system:controller:x', ['ServiceAccount kube-system/x'], {name: 'system:controller:x', labels: DEFAULTS})], 'status', ['built-in: service account kube-system/x']],
    ['a control-plane user', [clusterRole('system:kube-controller-manager', STATUS), bind('system:kube-controller-manager', ['User system:kube-controller-manager'], {name: 'system:kube-controller-manager', labels: DEFAULTS})], 'status', ['built-in: user system:kube-controller-manager']],
    ['a built-in name without its label', [clusterRole('system:controller:x', STATUS), bind('system:controller:x', ['ServiceAccount kube-system/x'], {name: 'system:controller:x'})], 'status', ['subject: service account kube-system/x']],
    ['the label without a built-in name', [clusterRole('x', STATUS), bind('x', ['ServiceAccount kube-system/x'], {name: 'x', labels: DEFAULTS})], 'status', ['subject: service account kube-system/x']],
    ['a stranger in a built-in binding', [clusterRole('system:controller:x', STATUS), bind('system:controller:x', ['User eve', 'ServiceAccount shop/x'], {name: 'system:controller:x', labels: DEFAULTS})], 'status', ['subject: service account shop/x', 'subject: user eve']],
    ['a part of Kubernetes with a binding more', [clusterRole('system:controller:x', STATUS), bind('system:controller:x', ['ServiceAccount kube-system/x'], {name: 'system:controller:x', labels: DEFAULTS}), clusterRole('r', STATUS), bind('r', ['ServiceAccount kube-system/x'])], 'status', ['subject: service account kube-system/x']],
    ['a load-balancer controller', [clusterRole('r', STATUS), bind('r', ['ServiceAccount metallb-system/controller', 'ServiceAccount shop/controller'])], 'status', ['subject: service account shop/controller', 'controller: service account metallb-system/controller']],
    ['the name of a controller with a right in one namespace, which its owner gave away', [clusterRole('r', STATUS), bind('r', ['ServiceAccount shop/metallb-controller', 'ServiceAccount metallb-system/controller'], {namespace: 'shop'})], 'status', [
      'subject: service account metallb-system/controller', 'subject: service account shop/metallb-controller',
    ]],
    ['a controller with a right of one namespace besides', [clusterRole('r', STATUS), bind('r', ['ServiceAccount shop/metallb-controller']), bind('r', ['ServiceAccount shop/metallb-controller'], {namespace: 'shop'})], 'status', ['controller: service account shop/metallb-controller']],
    ['everybody who logged in at OpenShift', [clusterRole('r', WRITE), bind('r', ['Group system:authenticated:oauth', 'Group system:authenticated:x'])], 'spec', ['everyone: group system:authenticated:oauth', 'subject: group system:authenticated:x']],
    ['who passes OpenShift', [clusterRole('r', rules(['create', 'service/externalips', '', 'network.openshift.io'])), bind('r', ['User u'])], 'openshift-bypass', ['subject: user u']],
  ]
  for (const [name, objects, road, wanted] of rows) it(name, async () => expect((await writersOf(objects)).roads[road].map(shown)).to.deep.equal(wanted))

  it('names what grants it: at most ten bindings and five roles, and how many there are', async () => {
    const roles = Array.from({length: 12}, (_, index) => `r${String(index).padStart(2, '0')}`)
    const {roads} = await writersOf(roles.flatMap(name => [clusterRole(name, WRITE), bind(name, ['User u'], {name: `b-${name}`, namespace: name === 'r11' ? 'shop' : ''})]))
    expect(roads.spec[0]).to.deep.include({bindings: 12, roles: ['r00', 'r01', 'r02', 'r03', 'r04']})
    expect(roads.spec[0]?.grantedBy).to.have.length(10)
    expect(roads.spec[0]?.grantedBy[0]).to.deep.equal({kind: 'ClusterRoleBinding', name: 'b-r00'})
  })

  it('names the namespace of a RoleBinding', async () => {
    const {roads} = await writersOf([clusterRole('r', WRITE), bind('r', ['User u'], {namespace: 'shop'})])
    expect(roads.spec[0]?.grantedBy).to.deep.equal([{kind: 'RoleBinding', namespace: 'shop', name: 'b-r'}])
  })

  it('says which rows were not read', async () => {
    const {unread} = await writersOf([], {unread: {rolebindings: 'forbidden', clusterroles: 'not-in-input'}})
    expect(unread.map(({row, outcome}) => [row, outcome])).to.deep.equal([['clusterroles', 'not-in-input'], ['rolebindings', 'forbidden']])
  })

  it('does not take a role that it could not understand for one without rights', async () => {
    const {unread} = await writersOf([clusterRole('r', 'no list' as never), bind('r', ['User u'])])
    expect(unread.map(({row, outcome}) => [row, outcome])).to.deep.equal([['clusterroles', 'not-understood']])
  })
})
