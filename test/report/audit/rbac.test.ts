import {expect} from 'chai'
import {renderRbac, rolesFor} from '../../../src/report/audit/rbac.js'

describe('the roles of an audit', () => {
  it('list what is listed, in one rule a group, and get paths outside the API', () => {
    const [role] = rolesFor(['services', 'nodes', 'validatingadmissionpolicies', 'metrics', 'flagz', 'external-ip-probe'], false)
    expect(role?.rules).to.deep.equal([
      {apiGroups: [''], resources: ['nodes', 'services'], verbs: ['list']},
      {apiGroups: ['admissionregistration.k8s.io'], resources: ['validatingadmissionpolicies'], verbs: ['list']},
      {nonResourceURLs: ['/flagz', '/metrics'], verbs: ['get']},
    ])
  })

  it('get by name, in the one namespace, what is wanted by name', () => {
    const roles = rolesFor(['network-configmaps', 'aws-node', 'openshift-network'], false)
    expect(roles.map(({kind, namespace}) => `${kind} ${namespace}`)).to.deep.equal(['ClusterRole null', 'Role kube-system'])
    expect(roles[1]?.rules.map(({resources, resourceNames, verbs}) => `${resources} ${resourceNames} ${verbs}`)).to.deep.equal(['configmaps cilium-config,kube-proxy,kube-proxy-config,kubeadm-config get', 'daemonsets aws-node get'])
    expect(roles[0]?.rules.map(({resources, resourceNames, verbs}) => `${resources} ${resourceNames} ${verbs}`)).to.deep.equal(['networks cluster get'])
  })

  it('get by name in all namespaces what is in one that a cluster need not have', () => {
    const roles = rolesFor(['psa-webhook-config', 'network-configmaps'], false)
    expect(roles.map(({kind, namespace}) => `${kind} ${namespace}`)).to.deep.equal(['ClusterRole null', 'Role kube-system'])
    expect(roles[0]?.rules).to.deep.equal([{apiGroups: [''], resources: ['configmaps'], resourceNames: ['pod-security-webhook'], verbs: ['get']}])
  })

  it('grant no right of its own for a part of what is listed as a whole', () => {
    expect(rolesFor(['control-plane-pods', 'pods'], false)).to.have.length(1)
    expect(rolesFor(['control-plane-pods'], false)[1]).to.deep.include({kind: 'Role', namespace: 'kube-system', rules: [{apiGroups: [''], resources: ['pods'], verbs: ['list']}]})
  })

  it('keep Secrets apart, and out unless asked for', () => {
    const without = rolesFor(['services', 'argocd-secrets', 'flux-secrets', 'flux-configmaps'], false)
    expect(JSON.stringify(without)).to.not.match(/secrets|configmaps/)
    const roles = rolesFor(['services', 'argocd-secrets', 'flux-secrets', 'flux-configmaps'], true)
    expect(roles.map(({name}) => name)).to.deep.equal(['k121-audit', 'k121-audit-secrets'])
    expect(roles[1]?.rules.map(({resources, verbs}) => `${resources} ${verbs}`)).to.deep.equal(['configmaps,secrets get', 'secrets list'])
  })

  it('are bound to subjects, whose names are quoted', () => {
    const text = renderRbac(rolesFor(['services'], false), [{kind: 'ServiceAccount', name: 'k121', namespace: 'audit'}, {kind: 'Group', name: 'a: "b"\nc', namespace: ''}])
    expect(text).to.include('kind: ClusterRoleBinding').and.to.include('name: "a: \\"b\\"\\nc"').and.to.include('namespace: "audit"')
  })
})
