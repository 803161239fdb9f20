import {expect} from 'chai'
import {kRailPodGuards} from '../../../src/admission/pod-security/k-rail.js'
import {readKRailConfig, readKRailExemptions} from '../../../src/admission/pod-security/k-rail-config.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {NAMESPACES, endpoints, webhook} from '../../support/admission-objects.js'
import {factOf, object} from '../../support/declared-facts.js'
import {shownGuards} from '../../support/pod-guards.js'

const RULE = {apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'DELETE', 'UPDATE', 'CONNECT'], resources: ['cronjobs', 'daemonsets', 'deployments', 'jobs', 'pods', 'pods/exec', 'replicasets', 'statefulsets']}
const hook = (fields: object = {}): KubeObject => webhook('k-rail.cruise-automation.github.com', {
  configuration: 'k-rail', isMutating: true, rules: [RULE], clientConfig: {service: {namespace: 'k-rail', name: 'k-rail'}}, ...fields,
})
const map = (name: string, text: string): KubeObject => object('v1', 'ConfigMap', `k-rail/${name}`, {data: {'config.yml': text}})
const NONE = 'exemptions: []'.replace('exemptions: ', '')

/** All of its policies are off but for those that are given. */
const ALL = ['pod_no_privileged_container', 'pod_no_host_pid', 'pod_no_host_network', 'pod_no_bind_mounts', 'pod_no_docker_sock', 'pod_no_new_capabilities', 'pod_no_root_user', 'pod_deny_unconfined_apparmor_policy']
function config(on: Record<string, string> = {pod_no_bind_mounts: 'enabled: true'}, head = ''): KubeObject {
  return map('k-rail-config', `cluster_name: prod\n${head}policies:\n${ALL.map(name => `  - name: ${name}\n    ${on[name] ?? 'enabled: false'}\n`).join('')}`)
}

describe('k-rail', () => {
  const rows: [name: string, objects: KubeObject[], guards: string[][]][] = [
    ['refuses what a policy judges whole', [hook(), config(), map('k-rail-exemptions', NONE)], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', 'hostPathVolumes']]],
    ['judges half a control by half a policy', [hook(), config({pod_no_host_pid: 'enabled: true'}), map('k-rail-exemptions', NONE)], [['k-rail pod_no_host_pid', 'refused', 'default kube-system shop', '(hostNamespaces)', 'it looks at hostPID alone']]],
    ['only reports, by policy', [hook(), config({pod_no_bind_mounts: 'enabled: true\n    report_only: true'}), map('k-rail-exemptions', NONE)], [['k-rail pod_no_bind_mounts', 'audited', 'default kube-system shop', 'hostPathVolumes']]],
    ['only reports, as a whole', [hook(), config(undefined, 'global_report_only: true\n'), map('k-rail-exemptions', NONE)], [['k-rail pod_no_bind_mounts', 'audited', 'default kube-system shop', 'hostPathVolumes']]],
    ['only reports what its configuration does not name', [hook(), map('k-rail-config', 'policies: []'), map('k-rail-exemptions', NONE)], ALL.map(name => [`k-rail ${name}`, 'audited'])],
    ['leaves namespaces alone', [hook(), config(undefined, 'blacklisted_namespaces: [shop]\n'), map('k-rail-exemptions', NONE)], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system', 'hostPathVolumes']]],
    ['exempts a namespace, as it ships', [hook(), config(), map('k-rail-exemptions', '- namespace: kube-system\n  resource_name: "*"\n  username: "*"\n  group: "*"\n  exempt_policies: ["*"]\n')], [['k-rail pod_no_bind_mounts', 'refused', 'default shop', 'hostPathVolumes']]],
    ['exempts from another policy', [hook(), config(), map('k-rail-exemptions', '- namespace: kube-system\n  exempt_policies: [pod_no_exec]\n')], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', 'hostPathVolumes']]],
    ['exempts in another cluster', [hook(), config(), map('k-rail-exemptions', '- namespace: kube-system\n  cluster_name: staging\n')], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', 'hostPathVolumes']]],
    ['exempts by a pattern that may match', [hook(), config(), map('k-rail-exemptions', '- namespace: "{kube,x}-*"\n')], [['k-rail pod_no_bind_mounts', 'refused', '', 'hostPathVolumes']]],
    ['exempts names, which anybody may choose', [hook(), config(), map('k-rail-exemptions', '- resource_name: proxy\n')], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', '(hostPathVolumes)', 'exempt: what is called proxy*']]],
    ['exempts a user', [hook(), config(), map('k-rail-exemptions', '- username: bob\n')], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', 'hostPathVolumes', '+exempt: bob']]],
    ['exempts who makes the pods of workloads', [hook(), config(), map('k-rail-exemptions', '- username: "system:serviceaccount:kube-system:*"\n')], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', '(hostPathVolumes)', 'exempt: the controllers, which make the pods of workloads']]],
    ['exempts everybody who logged in', [hook(), config(), map('k-rail-exemptions', '- group: "system:auth*"\n')], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', '(hostPathVolumes)', 'exempt: the controllers, which make the pods of workloads']]],
    ['fails open', [hook({failurePolicy: 'Ignore'}), config(), map('k-rail-exemptions', NONE)], [['k-rail pod_no_bind_mounts', 'refused', 'default kube-system shop', 'hostPathVolumes', '+failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through']]],
    ['without a configuration that is seen', [hook()], [['k-rail k-rail.cruise-automation.github.com', 'refused', '*', '?']]],
    ['in another namespace than its instructions say', [hook({clientConfig: {service: {namespace: 'security', name: 'k-rail'}}}), config(), map('k-rail-exemptions', NONE), endpoints(true, 'security/k-rail')], [['k-rail k-rail.cruise-automation.github.com', 'refused', '*', '?']]],
    ['with a configuration that is none', [hook(), map('k-rail-config', 'policies: 5'), map('k-rail-exemptions', NONE)], [['k-rail k-rail.cruise-automation.github.com', 'refused', '*', '?']]],
    ['that is gone, and has left its configuration', [config(), map('k-rail-exemptions', NONE)], []],
  ]
  for (const [name, objects, guards] of rows)
    it(name, async () => {
      const found = await factOf(shownGuards(kRailPodGuards), {objects: [...NAMESPACES, endpoints(true, 'k-rail/k-rail'), ...objects]})
      const shown = found.guards.map(({who, action, isIn, controls, holes, gaps}) => [who, action, isIn, controls, ...holes, ...gaps.map(gap => `+${gap}`)])
      expect(name.includes('does not name') ? shown.map(([who, action]) => [who, action]) : shown).to.deep.equal(guards)
      if (!name.includes('configuration') && !name.includes('another namespace')) expect(found.guards.every(({sees}) => sees === 'create update')).to.equal(true)
    })

  it('that nobody answers, and that fails open, does nothing', async () => {
    const {guards, inert} = await factOf(shownGuards(kRailPodGuards), {objects: [...NAMESPACES, hook({failurePolicy: 'Ignore'}), config(), map('k-rail-exemptions', NONE)]})
    expect([guards.length, inert.length]).to.deep.equal([0, 1])
  })

  it('has each of its policies counted once, as the stronger of two', () => {
    const read = readKRailConfig('policies: [{name: a, enabled: true}, {name: a, enabled: true, report_only: true}, {name: b, enabled: false}]')
    expect(['a', 'b', 'c'].map(policy => read?.action(policy))).to.deep.equal(['refused', 'off', 'audited'])
  })

  it('has exemptions with a star at the end of names', () => {
    expect(readKRailExemptions('- resource_name: a\n')).to.deep.equal([{cluster: '*', resource: 'a*', namespace: '*', user: '*', group: '*', policies: ['*']}])
    expect(readKRailExemptions('a: b')).to.equal(null)
  })
})
