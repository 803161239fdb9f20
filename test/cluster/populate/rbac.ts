import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {Size, Write} from './model.js'
import {namespaceName} from './namespaces.js'

const GROUP = 'rbac.authorization.k8s.io'

/** What a grown cluster has: deployers per namespace, a load-balancer controller, people with too much, and one grant to everybody. */
export function* rbac({namespaces}: Size): Generator<Write> {
  yield* clusterWide()
  for (let index = 0; index < namespaces; index++) {
    const namespace = namespaceName(index)
    yield write('ServiceAccount', {name: 'deployer', namespace}, {}, 'v1')
    yield write('Role', {name: 'deployer', namespace}, {rules: [
      {apiGroups: [''], resources: ['services', 'configmaps', 'pods'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']},
      {apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['*']},
    ]})
    yield bind('RoleBinding', {name: 'deployer', namespace}, {kind: 'Role', name: 'deployer'}, [{kind: 'ServiceAccount', name: 'deployer', namespace}])
    yield bind('RoleBinding', {name: 'team', namespace}, {kind: 'ClusterRole', name: index % 4 === 0 ? 'admin' : 'edit'}, [group(`team-${namespace}`)])
    yield bind('RoleBinding', {name: 'readers', namespace}, {kind: 'ClusterRole', name: 'view'}, [group('everyone-in-engineering')])
  }
}

function* clusterWide(): Generator<Write> {
  yield write('ServiceAccount', {name: 'lb-controller', namespace: 'kube-system'}, {}, 'v1')
  yield write('ClusterRole', {name: 'lb-controller'}, {rules: [
    {apiGroups: [''], resources: ['services'], verbs: ['get', 'list', 'watch']}, {apiGroups: [''], resources: ['services/status'], verbs: ['update', 'patch']},
  ]})
  yield bind('ClusterRoleBinding', {name: 'lb-controller'}, {kind: 'ClusterRole', name: 'lb-controller'}, [{kind: 'ServiceAccount', name: 'lb-controller', namespace: 'kube-system'}])
  yield write('ClusterRole', {name: 'legacy-service-writer'}, {rules: [{apiGroups: [''], resources: ['services'], verbs: ['create', 'update']}]})
  yield bind('ClusterRoleBinding', {name: 'legacy-everybody'}, {kind: 'ClusterRole', name: 'legacy-service-writer'}, [group('system:authenticated')])
  yield bind('ClusterRoleBinding', {name: 'platform-admins'}, {kind: 'ClusterRole', name: 'cluster-admin'}, [group('platform-admins'), {kind: 'User', apiGroup: GROUP, name: 'jo@example.com'}])
  // Aggregated, so that its rules are empty where no controller runs.
  yield write('ClusterRole', {name: 'support'}, {aggregationRule: {clusterRoleSelectors: [{matchLabels: {'example.com/aggregate-to-support': 'true'}}]}, rules: []})
  yield write('ClusterRole', {name: 'support-services', labels: {'example.com/aggregate-to-support': 'true'}}, {rules: [{apiGroups: [''], resources: ['services', 'services/status'], verbs: ['patch']}]})
  yield bind('ClusterRoleBinding', {name: 'support'}, {kind: 'ClusterRole', name: 'support'}, [group('support')])
}

function group(name: string): JsonObject {
  return {kind: 'Group', apiGroup: GROUP, name}
}

function write(kind: string, metadata: JsonObject, rest: JsonObject, apiVersion = `${GROUP}/v1`): Write {
  return {object: {apiVersion, kind, metadata, ...rest} as KubeObject}
}

function bind(kind: string, metadata: JsonObject, role: {kind: string; name: string}, subjects: readonly Json[]): Write {
  return write(kind, metadata, {roleRef: {apiGroup: GROUP, ...role}, subjects})
}
