import {expect} from 'chai'
import {labellersText, namespaceLabellers, strangers} from '../../src/admission/namespace-labellers.js'
import {subjectText} from '../../src/admission/right-holders.js'
import type {KubeObject} from '../../src/kube/json.js'
import {factOf, object} from '../support/declared-facts.js'

const RBAC = 'rbac.authorization.k8s.io/v1'
const role = (resources: string, verbs: string, {kind = 'ClusterRole', name = 'r', names}: {kind?: string; name?: string; names?: string[]} = {}): KubeObject =>
  object(RBAC, kind, name, {rules: [{apiGroups: [''], resources: resources.split(' '), verbs: verbs.split(' '), ...(names === undefined ? {} : {resourceNames: names})}]})
const group = (name: string): object => ({kind: 'Group', name})
const account = (place: string): object => ({kind: 'ServiceAccount', namespace: place.split('/')[0], name: place.split('/')[1]})
const everywhere = (...subjects: object[]): KubeObject => object(RBAC, 'ClusterRoleBinding', 'b', {roleRef: {kind: 'ClusterRole', name: 'r'}, subjects})
const within = (namespace: string, kind: string, ...subjects: object[]): KubeObject => object(RBAC, 'RoleBinding', `${namespace}/b`, {roleRef: {kind, name: 'r'}, subjects})

describe('who may change labels of namespaces', () => {
  const LEADS = group('leads')
  const rows: [name: string, objects: KubeObject[], change: string[], create?: string[]][] = [
    ['whoever may patch them', [role('namespaces', 'get patch'), everywhere(LEADS)], ['subject group leads']],
    ['whoever may update them', [role('namespaces', 'update'), everywhere(LEADS)], ['subject group leads']],
    ['whoever may update their status', [role('namespaces/status', 'update'), everywhere(LEADS)], ['subject group leads']],
    ['whoever may patch their status', [role('namespaces/status', 'patch'), everywhere(LEADS)], ['subject group leads']],
    ['whoever may finalize them', [role('namespaces/finalize', 'update'), everywhere(LEADS)], ['subject group leads']],
    ['nobody by a patch of what has none', [role('namespaces/finalize', 'patch'), everywhere(LEADS)], []],
    ['whoever may do both, once', [role('namespaces namespaces/status', 'update'), everywhere(LEADS)], ['subject group leads']],
    ['nobody who only looks or deletes', [role('namespaces', 'get list watch delete'), everywhere(LEADS)], []],
    ['not whoever may make them, who chooses labels of new ones', [role('namespaces', 'create'), everywhere(LEADS)], [], ['subject group leads']],
    ['whoever may by a role in a namespace', [role('namespaces', 'patch create', {kind: 'Role', name: 'shop/r'}), within('shop', 'Role', LEADS)], ['subject group leads in shop'], []],
    ['whoever may by a cluster role in a namespace', [role('namespaces', 'patch create'), within('shop', 'ClusterRole', LEADS)], ['subject group leads in shop'], []],
    ['whoever may for some of them', [role('namespaces', 'patch', {names: ['a']}), everywhere(LEADS)], ['subject group leads (some)']],
    ['parts of a distribution by the namespace of their account', [role('namespaces', 'patch'), everywhere(account('openshift-infra/podsecurity-admission-label-syncer-controller'), account('ci/bot'))], ['subject service account ci/bot', 'controller service account openshift-infra/podsecurity-admission-label-syncer-controller']],
    ['not such parts that somebody let in within a namespace', [role('namespaces', 'patch'), within('shop', 'ClusterRole', account('openshift-x/y'))], ['subject service account openshift-x/y in shop']],
    ['administrators', [object(RBAC, 'ClusterRole', 'r', {rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}), everywhere(group('ops'))], ['admin group ops'], ['admin group ops']],
    ['not administrators of a namespace alone', [object(RBAC, 'ClusterRole', 'r', {rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}), within('shop', 'ClusterRole', group('ops'))], ['subject group ops in shop'], []],
    ['everybody', [role('namespaces', 'patch'), everywhere(group('system:authenticated'))], ['everyone group system:authenticated']],
  ]
  for (const [name, objects, change, create] of rows)
    it(`are ${name}`, async () => {
      const found = await factOf(namespaceLabellers, {objects})
      const shown = (holders: typeof found.change): string[] => holders.map(one => `${one.class} ${subjectText(one.subject)}${one.namespaces === null ? '' : ` in ${one.namespaces.join(' ')}`}${one.isNameLimited ? ' (some)' : ''}`)
      expect(shown(found.change)).to.deep.equal(change)
      if (create !== undefined) expect(shown(found.create)).to.deep.equal(create)
      expect(strangers(found.change).length).to.equal(change.filter(one => /^(?:everyone|subject)/.test(one)).length)
    })

  it('are told in few words', async () => {
    const text = async (subjects: object[], unread = {}): Promise<string> => labellersText(await factOf(namespaceLabellers, {objects: [role('namespaces', 'patch'), ...(subjects.length === 0 ? [] : [everywhere(...subjects)])], unread}))
    expect(await text([])).to.equal('')
    expect(await text(['a', 'b', 'c', 'd'].map(group))).to.equal('labels of namespaces may be changed by 4 beside administrators: group a, group b, group c and 1 more')
    expect(await text([], {roles: 'forbidden'})).to.equal('who may change labels of namespaces was not read')
  })
})
