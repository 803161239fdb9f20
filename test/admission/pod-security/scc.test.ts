import {expect} from 'chai'
import {controlsOfScc, sccOf} from '../../../src/admission/pod-security/scc-controls.js'
import type {SccPlace} from '../../../src/admission/pod-security/scc-controls.js'
import {sccPodGuards} from '../../../src/admission/pod-security/scc.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {ControlId} from '../../../src/pod-security/control.js'
import {CONTROLS} from '../../../src/pod-security/control.js'
import {NAMESPACES} from '../../support/admission-objects.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {shownGuards} from '../../support/pod-guards.js'

/** The one that OpenShift lets everybody use, field by field. */
const RESTRICTED = {
  allowHostDirVolumePlugin: false, allowHostIPC: false, allowHostNetwork: false, allowHostPID: false, allowHostPorts: false, allowPrivilegeEscalation: false, allowPrivilegedContainer: false,
  allowedCapabilities: ['NET_BIND_SERVICE'], defaultAddCapabilities: null, requiredDropCapabilities: ['ALL'], runAsUser: {type: 'MustRunAsRange'}, seLinuxContext: {type: 'MustRunAs'}, seccompProfiles: ['runtime/default'],
  volumes: ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'], users: [], groups: [],
}
const OPEN = {
  allowHostDirVolumePlugin: true, allowHostIPC: true, allowHostNetwork: true, allowHostPID: true, allowHostPorts: true, allowPrivilegeEscalation: true, allowPrivilegedContainer: true, allowedCapabilities: ['*'],
  allowedUnsafeSysctls: ['*'], runAsUser: {type: 'RunAsAny'}, seLinuxContext: {type: 'RunAsAny'}, seccompProfiles: ['*'], volumes: ['*'], users: ['system:admin', 'system:serviceaccount:openshift-infra:build-controller'], groups: ['system:masters'],
}
const scc = (name: string, fields: object = RESTRICTED): KubeObject => object('security.openshift.io/v1', 'SecurityContextConstraints', name, fields as Record<string, unknown>)
const PLACE: SccPlace = {firstUser: 1, build: 34, hasWindows: false}

describe('the controls that SecurityContextConstraints hold', () => {
  const holdings = (fields: object, place: Partial<SccPlace> = {}): ReturnType<typeof controlsOfScc> => controlsOfScc(sccOf(scc('s', fields)), {...PLACE, ...place})
  const held = (fields: object, place: Partial<SccPlace> = {}): ControlId[] => CONTROLS.filter(id => holdings(fields, place).has(id))

  it('are few of the one that lets everything in', () => expect(held(OPEN)).to.deep.equal([]))

  it('are most of the strictest: AppArmor, procMount, hosts of probes and Windows are none that they know', () => {
    expect(CONTROLS.filter(id => !held(RESTRICTED).includes(id))).to.deep.equal(['appArmorProfile', 'hostProbesAndHostLifecycle', 'procMount', 'windowsHostProcess', 'procMount_restricted'])
    expect(CONTROLS.filter(id => holdings(RESTRICTED).get(id)?.isFilled)).to.deep.equal(['allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot', 'seccompProfile_restricted'])
    expect(CONTROLS.filter(id => (holdings(RESTRICTED).get(id)?.holes ?? []).length > 0)).to.deep.equal(['runAsNonRoot', 'runAsUser'])
  })

  // One field of the strictest, and what it gives away.
  const rows: [name: string, fields: object, lost: ControlId[], place?: Partial<SccPlace>][] = [
    ['privileged', {allowPrivilegedContainer: true}, ['privileged']],
    ['the network of the host', {allowHostNetwork: true}, ['hostNamespaces']],
    ['its processes', {allowHostPID: true}, ['hostNamespaces']],
    ['its memory', {allowHostIPC: true}, ['hostNamespaces']],
    ['its ports', {allowHostPorts: true}, ['hostPorts']],
    ['its directories', {allowHostDirVolumePlugin: true}, ['hostPathVolumes', 'restrictedVolumes']],
    ['its directories by the list', {volumes: ['hostPath']}, ['hostPathVolumes', 'restrictedVolumes']],
    ['all volumes', {volumes: ['*']}, ['hostPathVolumes', 'restrictedVolumes']],
    ['no list of volumes', {volumes: null}, ['hostPathVolumes', 'restrictedVolumes']],
    ['another volume', {volumes: ['secret', 'nfs']}, ['restrictedVolumes']],
    ['no volume', {volumes: ['none']}, []],
    ['images as volumes', {volumes: ['image']}, []],
    ['images as volumes, where the rules do not know them', {volumes: ['image']}, ['restrictedVolumes'], {build: 32}],
    ['a plain capability', {allowedCapabilities: ['CHOWN']}, ['capabilities_restricted']],
    ['a capability by default', {defaultAddCapabilities: ['SYS_ADMIN']}, ['capabilities_baseline', 'capabilities_restricted']],
    ['every capability', {allowedCapabilities: ['*']}, ['capabilities_baseline', 'capabilities_restricted']],
    ['fewer capabilities to drop', {requiredDropCapabilities: ['KILL']}, ['capabilities_restricted']],
    ['escalation', {allowPrivilegeEscalation: true}, ['allowPrivilegeEscalation']],
    ['silence about escalation', {allowPrivilegeEscalation: null}, ['allowPrivilegeEscalation']],
    ['a default of escalation, which is refused then', {defaultAllowPrivilegeEscalation: true}, []],
    ['sysctls', {allowedUnsafeSysctls: ['kernel.msg*']}, ['sysctls']],
    ['any SELinux', {seLinuxContext: {type: 'RunAsAny'}}, ['seLinuxOptions']],
    ['a plain SELinux type', {seLinuxContext: {type: 'MustRunAs', seLinuxOptions: {type: 'container_t', level: 's0'}}}, []],
    ['a SELinux type that may more', {seLinuxContext: {type: 'MustRunAs', seLinuxOptions: {type: 'spc_t'}}}, ['seLinuxOptions']],
    ['the SELinux type of engines', {seLinuxContext: {type: 'MustRunAs', seLinuxOptions: {type: 'container_engine_t'}}}, []],
    ['the SELinux type of engines, before the rules knew it', {seLinuxContext: {type: 'MustRunAs', seLinuxOptions: {type: 'container_engine_t'}}}, ['seLinuxOptions'], {build: 30}],
    ['a SELinux user', {seLinuxContext: {type: 'MustRunAs', seLinuxOptions: {user: 'root'}}}, ['seLinuxOptions']],
    ['a SELinux role', {seLinuxContext: {type: 'MustRunAs', seLinuxOptions: {role: 'r'}}}, ['seLinuxOptions']],
    ['any seccomp profile', {seccompProfiles: ['runtime/default', '*']}, ['seccompProfile_baseline', 'seccompProfile_restricted']],
    ['an unconfined one', {seccompProfiles: ['unconfined']}, ['seccompProfile_baseline', 'seccompProfile_restricted']],
    ['no profile, so that none may be set', {seccompProfiles: null}, ['seccompProfile_restricted']],
    ['an empty name of a profile', {seccompProfiles: ['runtime/default', '']}, ['seccompProfile_restricted']],
    ['an end of a range alone', {runAsUser: {type: 'MustRunAsRange', uidRangeMax: 9}}, ['runAsNonRoot', 'runAsUser']],
    ['a file as a profile', {seccompProfiles: ['localhost/a.json']}, []],
    ['any user', {runAsUser: {type: 'RunAsAny'}}, ['runAsNonRoot', 'runAsUser']],
    ['root as the user', {runAsUser: {type: 'MustRunAs', uid: 0}}, ['runAsNonRoot', 'runAsUser']],
    ['another user', {runAsUser: {type: 'MustRunAs', uid: 7}}, []],
    ['a range from root on', {runAsUser: {type: 'MustRunAsRange', uidRangeMin: 0, uidRangeMax: 9}}, ['runAsNonRoot', 'runAsUser']],
    ['a range above root', {runAsUser: {type: 'MustRunAsRange', uidRangeMin: 1, uidRangeMax: 9}}, []],
    ['a range of the namespace from root on', {}, ['runAsNonRoot', 'runAsUser'], {firstUser: 0}],
    ['whoever is not root', {runAsUser: {type: 'MustRunAsNonRoot'}}, []],
  ]
  for (const [name, fields, lost, place] of rows)
    it(`are lost by ${name}`, () => {
      const kept = held({...RESTRICTED, ...fields}, place)
      expect(held(RESTRICTED).filter(id => !kept.includes(id))).to.deep.equal(lost)
    })

  it('have a hole where a namespace does not show its users, and where pods may be for Windows', () => {
    expect(holdings(RESTRICTED, {firstUser: null}).get('runAsUser')?.holes).to.include('the users of the namespace are not known')
    const {hasWindows} = {hasWindows: true}
    expect(CONTROLS.filter(id => holdings(RESTRICTED, {hasWindows}).get(id)?.holes.some(hole => hole.includes('Windows')))).to.deep.equal(['hostNamespaces', 'hostPathVolumes', 'hostPorts', 'restrictedVolumes', 'runAsNonRoot'])
  })
})

const rbac = (kind: string, name: string, rest: object): KubeObject => object('rbac.authorization.k8s.io/v1', kind, name, rest as Record<string, unknown>)
const uses = (name: string, ...resourceNames: string[]): KubeObject => rbac('ClusterRole', name, {rules: [{apiGroups: ['security.openshift.io'], resources: ['securitycontextconstraints'], verbs: ['use'], resourceNames}]})
const everywhere = (role: string, ...subjects: object[]): KubeObject => rbac('ClusterRoleBinding', role, {roleRef: {kind: 'ClusterRole', name: role}, subjects})
const within = (namespace: string, role: string, ...subjects: object[]): KubeObject => rbac('RoleBinding', `${namespace}/${role}`, {roleRef: {kind: 'ClusterRole', name: role}, subjects})
const space = (name: string, range = '1000680000/10000', labels: Record<string, string> = {}): KubeObject => object('v1', 'Namespace', name, {labels, annotations: range === '' ? {} : {'openshift.io/sa.scc.uid-range': range}})
const node = (name: string, fields: object = {}, labels: Record<string, string> = {'node.openshift.io/os_id': 'rhel'}): KubeObject => object('v1', 'Node', name, {labels, status: {nodeInfo: {kubeletVersion: 'v1.33.1', operatingSystem: 'linux', ...fields}}})
const ALL = {kind: 'Group', name: 'system:authenticated'}
const CI = {kind: 'ServiceAccount', namespace: 'shop', name: 'ci'}

describe('OpenShift\'s constraints', () => {
  const CLUSTER = [space('default'), space('kube-system'), space('shop'), space('web'), space('early', '1/2', {'openshift.io/run-level': '1'}), space('openshift-infra'), node('a')]
  const BOTH = [...CLUSTER, scc('restricted-v2'), scc('privileged', OPEN), uses('use-restricted', 'restricted-v2'), uses('use-privileged', 'privileged'), everywhere('use-restricted', ALL)]
  /** Of the guards that hold privileged: who, and where. */
  const rows: [name: string, objects: KubeObject[], guards: string[]][] = [
    ['hold what the one for everybody holds, but in namespaces that start first', BOTH, ['restricted-v2: shop web']],
    ['hold nothing where an account may use an open one', [...BOTH, within('shop', 'use-privileged', CI)], ['restricted-v2: web']],
    ['hold nothing where an open one names an account', [...CLUSTER, scc('restricted-v2'), everywhere('use-restricted', ALL), uses('use-restricted', 'restricted-v2'), scc('open', {...OPEN, users: ['system:serviceaccount:shop:ci']})], ['restricted-v2: web']],
    ['hold nothing where an open one names all accounts of a namespace', [...CLUSTER, scc('restricted-v2', {...RESTRICTED, groups: ['system:authenticated']}), scc('open', {...OPEN, groups: ['system:serviceaccounts:web']})], ['restricted-v2: shop']],
    ['hold nothing where an open one is for everybody', [...BOTH, scc('open', {...OPEN, groups: ['system:authenticated']})], []],
    ['hold what they hold whatever people may use', [...BOTH, everywhere('use-privileged', {kind: 'User', name: 'bob'}, {kind: 'Group', name: 'system:cluster-admins'})], ['restricted-v2: shop web']],
    ['refuse everything where none may be used', [...CLUSTER, scc('restricted-v2')], ['no constraint that workloads may use: shop web']],
    ['are not PodSecurityPolicies: their rights are others', [...BOTH, rbac('ClusterRole', 'psp', {rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']}]}), everywhere('psp', ALL)], ['restricted-v2: shop web']],
  ]
  for (const [name, objects, guards] of rows)
    it(name, async () => {
      const found = await factOf(shownGuards(sccPodGuards), {objects})
      expect(found.guards.filter(({controls}) => controls.split(' ').includes('privileged')).map(({who, isIn}) => `${who.replace('openshift-scc ', '')}: ${isIn}`)).to.deep.equal(guards)
      expect(found.guards.every(({sees, action}) => sees === 'create update ephemeralcontainers resize' && action === 'refused')).to.equal(true)
    })

  it('hold by what users OpenShift gave each namespace', async () => {
    const objects = [space('a'), space('b', '2000-2999'), space('c', '0/10'), space('d', ''), space('e', 'odd'), node('n'), scc('s', {...RESTRICTED, groups: ['system:authenticated']})]
    const {guards} = await factOf(shownGuards(sccPodGuards), {objects})
    expect(guards.filter(({controls}) => controls.includes('runAsUser')).map(({isIn, holes}) => [isIn, holes.includes('the users of the namespace are not known')])).to.deep.equal([['a b', false], ['d e', true]])
  })

  const windows: [name: string, nodes: KubeObject[], unread: NonNullable<DeclaredCluster['unread']>, controls: string][] = [
    ['is a way past by name alone without such nodes', [node('a')], {}, 'hostPathVolumes'],
    ['is a hole with such nodes', [node('a'), node('w', {operatingSystem: 'windows'})], {}, '(hostPathVolumes)'],
    ['is a hole where nodes were not all read', [node('a')], {nodes: 'partial'}, '(hostPathVolumes)'],
    ['is a hole without a node', [], {}, '(hostPathVolumes)'],
    ['is a hole where a node does not say', [node('a', {operatingSystem: undefined})], {}, '(hostPathVolumes)'],
  ]
  for (const [name, nodes, unread, control] of windows)
    it(`let pods in that are for Windows, which ${name}`, async () => {
      const {guards} = await factOf(shownGuards(sccPodGuards), {objects: [space('shop'), ...nodes, scc('s', {...RESTRICTED, groups: ['system:authenticated']})], unread})
      expect(guards[0]!.controls.split(' ')).to.include(control)
      expect(guards[0]!.gaps.some(gap => gap.includes('no node here runs them'))).to.equal(!control.startsWith('('))
    })

  const PLAIN = [...NAMESPACES, node('a', {}, {})]
  const states: [name: string, cluster: Partial<DeclaredCluster> & {objects: KubeObject[]}, answer: string][] = [
    ['not known without all roles', {objects: BOTH, unread: {clusterrolebindings: 'forbidden'}}, 'shop web?'],
    ['not known where not all of them were read', {objects: BOTH, unread: {securitycontextconstraints: 'partial'}}, 'shop web? unread'],
    ['not known where nothing tells that this is OpenShift', {objects: [...NAMESPACES, scc('s')]}, 'shop?'],
    ['leftovers where the nodes are of another', {objects: [...PLAIN, scc('s')]}, 'inert'],
    ['not there elsewhere', {objects: NAMESPACES}, ''],
    ['not there where they are not served', {objects: NAMESPACES, unread: {securitycontextconstraints: 'not-served'}}, ''],
    ['unread where nothing tells it', {objects: NAMESPACES, unread: {securitycontextconstraints: 'not-in-input'}}, ' unread'],
    ['not there where a dump has nodes and namespaces of another', {objects: PLAIN, unread: {securitycontextconstraints: 'not-in-input'}}, ''],
    ['unread where they are forbidden, whatever the nodes are', {objects: PLAIN, unread: {securitycontextconstraints: 'forbidden'}}, ' unread'],
    ['unread where a dump has nodes alone', {objects: [node('a', {}, {})], unread: {securitycontextconstraints: 'not-in-input'}}, ' unread'],
    ['unread where a node is OpenShift\'s by its label', {objects: [...PLAIN, node('b')], unread: {securitycontextconstraints: 'not-in-input'}}, ' unread'],
    ['unread where a node is OpenShift\'s by its version', {objects: [...PLAIN, node('b', {kubeletVersion: 'v1.29.6+aba1e8d'}, {})], unread: {securitycontextconstraints: 'not-in-input'}}, ' unread'],
    ['not there where nodes are k3s\'s', {objects: [...PLAIN, node('b', {kubeletVersion: 'v1.29.6+k3s1'}, {})], unread: {securitycontextconstraints: 'not-in-input'}}, ''],
    ['unread where a namespace is OpenShift\'s', {objects: [...PLAIN, space('x')], unread: {securitycontextconstraints: 'not-in-input'}}, ' unread'],
    ['unread where the network is OpenShift\'s', {objects: [...PLAIN, object('config.openshift.io/v1', 'Network', 'cluster')], unread: {securitycontextconstraints: 'not-in-input'}}, ' unread'],
    ['unread where the server is OpenShift\'s', {objects: PLAIN, endpoints: {version: object('k121.dev/v1', 'Version', 'v', {gitVersion: 'v1.29.6+aba1e8d'})}, unread: {securitycontextconstraints: 'not-in-input'}}, ' unread'],
  ]
  for (const [name, cluster, answer] of states)
    it(`are ${name}`, async () => {
      const {guards, inert, unread} = await factOf(shownGuards(sccPodGuards), cluster)
      expect(`${guards.map(({isIn, controls}) => `${isIn}${controls === '?' ? '?' : ''}`).join(', ')}${inert.length > 0 ? 'inert' : ''}${unread.length > 0 ? ' unread' : ''}`).to.equal(answer)
    })
})
