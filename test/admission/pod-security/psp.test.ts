import {expect} from 'chai'
import {pspPodGuards} from '../../../src/admission/pod-security/psp.js'
import {controlsOfPsp} from '../../../src/admission/pod-security/psp-controls.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {ControlId} from '../../../src/pod-security/control.js'
import {CONTROLS} from '../../../src/pod-security/control.js'
import {NAMESPACES} from '../../support/admission-objects.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {shownGuards} from '../../support/pod-guards.js'
import {apiServerPod} from '../../checks/external-ips/cluster.js'

const ANY = {rule: 'RunAsAny'}
const SECCOMP = 'seccomp.security.alpha.kubernetes.io/'
const APPARMOR = 'apparmor.security.beta.kubernetes.io/'
/** The policy of the Kubernetes documentation that restricts most, without its ways of choosing a user. */
const STRICT = {
  privileged: false, allowPrivilegeEscalation: false, requiredDropCapabilities: ['ALL'], volumes: ['configMap', 'emptyDir', 'projected', 'secret', 'downwardAPI', 'csi', 'persistentVolumeClaim', 'ephemeral'],
  hostNetwork: false, hostIPC: false, hostPID: false, runAsUser: {rule: 'MustRunAsNonRoot'}, seLinux: ANY, supplementalGroups: ANY, fsGroup: ANY, readOnlyRootFilesystem: false,
}
const OPEN = {privileged: true, allowPrivilegeEscalation: true, allowedCapabilities: ['*'], volumes: ['*'], hostNetwork: true, hostPorts: [{min: 0, max: 65535}], hostIPC: true, hostPID: true, allowedProcMountTypes: ['Default', 'Unmasked'], allowedUnsafeSysctls: ['*'], runAsUser: ANY, seLinux: ANY, supplementalGroups: ANY, fsGroup: ANY}
function psp(name: string, spec: object = STRICT, annotations: Record<string, string> = {}): KubeObject {
  return object('policy/v1beta1', 'PodSecurityPolicy', name, {spec, annotations})
}

describe('the controls that a PodSecurityPolicy holds', () => {
  const held = (spec: object, annotations: Record<string, string> = {}): ControlId[] => {
    const {refused, filled} = controlsOfPsp(psp('p', spec, annotations))
    return [...refused, ...filled]
  }

  it('are few of one that lets everything in', () => {
    expect(held(OPEN, {[`${SECCOMP}allowedProfileNames`]: '*'})).to.deep.equal([])
  })

  it('are most of a strict one: hosts of probes and users in their own words are none that it knows', () => {
    const most = held({...STRICT, seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0:c1'}}}, {[`${SECCOMP}allowedProfileNames`]: 'runtime/default', [`${APPARMOR}allowedProfileNames`]: 'runtime/default'})
    expect(CONTROLS.filter(id => !most.includes(id))).to.deep.equal(['hostProbesAndHostLifecycle', 'runAsNonRoot', 'runAsUser'])
  })

  // One field of a strict policy, and what it gives away.
  const rows: [name: string, spec: object, annotations: Record<string, string>, lost: ControlId[]][] = [
    ['privileged', {privileged: true}, {}, ['privileged']],
    ['hostPID', {hostPID: true}, {}, ['hostNamespaces']],
    ['hostIPC', {hostIPC: true}, {}, ['hostNamespaces']],
    ['hostNetwork, without which no container is the host\'s', {hostNetwork: true}, {}, ['hostNamespaces', 'windowsHostProcess']],
    ['hostPath', {volumes: ['hostPath']}, {}, ['hostPathVolumes', 'restrictedVolumes']],
    ['all volumes', {volumes: ['*']}, {}, ['hostPathVolumes', 'restrictedVolumes']],
    ['another volume', {volumes: ['nfs']}, {}, ['restrictedVolumes']],
    ['no volume', {volumes: undefined}, {}, []],
    ['ports', {hostPorts: [{min: 80, max: 80}]}, {}, ['hostPorts']],
    ['port 0, which is none', {hostPorts: [{min: 0, max: 0}]}, {}, []],
    ['a plain capability', {allowedCapabilities: ['CHOWN']}, {}, ['capabilities_restricted']],
    ['a capability by default', {defaultAddCapabilities: ['SYS_ADMIN']}, {}, ['capabilities_baseline', 'capabilities_restricted']],
    ['every capability', {allowedCapabilities: ['*']}, {}, ['capabilities_baseline', 'capabilities_restricted']],
    ['the one that restricted allows', {allowedCapabilities: ['NET_BIND_SERVICE']}, {}, []],
    ['fewer capabilities to drop', {requiredDropCapabilities: ['KILL', 'MKNOD']}, {}, ['capabilities_restricted']],
    ['process tables', {allowedProcMountTypes: ['Unmasked']}, {}, ['procMount', 'procMount_restricted']],
    ['sysctls', {allowedUnsafeSysctls: ['kernel.msg*']}, {}, ['sysctls']],
    ['escalation', {allowPrivilegeEscalation: undefined}, {}, ['allowPrivilegeEscalation']],
    ['seccomp, where none may be set', {}, {}, []],
    ['seccomp unconfined', {}, {[`${SECCOMP}allowedProfileNames`]: 'runtime/default,unconfined'}, ['seccompProfile_baseline']],
    ['any seccomp', {}, {[`${SECCOMP}allowedProfileNames`]: '*'}, ['seccompProfile_baseline']],
  ]
  const all = held(STRICT)
  for (const [name, spec, annotations, lost] of rows)
    it(`are lost by ${name}`, () => {
      const kept = held({...STRICT, ...spec}, annotations)
      expect(all.filter(id => !kept.includes(id))).to.deep.equal([...CONTROLS].filter(id => lost.includes(id)))
    })

  const profiles: [name: string, annotations: Record<string, string>, id: ControlId, isHeld: boolean][] = [
    ['a list of profiles', {[`${SECCOMP}allowedProfileNames`]: 'runtime/default,localhost/a'}, 'seccompProfile_restricted', true],
    ['a list with nothing on it', {[`${SECCOMP}allowedProfileNames`]: 'runtime/default,'}, 'seccompProfile_restricted', false],
    ['nothing, filled in by a default', {[`${SECCOMP}allowedProfileNames`]: 'runtime/default,', [`${SECCOMP}defaultProfileName`]: 'runtime/default'}, 'seccompProfile_restricted', true],
    ['no list', {}, 'seccompProfile_restricted', false],
    ['a list of AppArmor profiles', {[`${APPARMOR}allowedProfileNames`]: 'runtime/default'}, 'appArmorProfile', true],
    ['a list with AppArmor off', {[`${APPARMOR}allowedProfileNames`]: 'runtime/default,unconfined'}, 'appArmorProfile', false],
    ['no list of AppArmor profiles: any', {}, 'appArmorProfile', false],
  ]
  for (const [name, annotations, id, isHeld] of profiles)
    it(`are ${isHeld ? 'held' : 'lost'} by ${name}`, () => expect(held(STRICT, annotations).includes(id)).to.equal(isHeld))

  const seLinux: [name: string, rule: object, isHeld: boolean][] = [
    ['RunAsAny', ANY, false], ['a plain type', {rule: 'MustRunAs', seLinuxOptions: {type: 'container_t'}}, true], ['a type that may more', {rule: 'MustRunAs', seLinuxOptions: {type: 'spc_t'}}, false],
    ['a user', {rule: 'MustRunAs', seLinuxOptions: {user: 'root'}}, false], ['no options', {rule: 'MustRunAs'}, false],
  ]
  for (const [name, rule, isHeld] of seLinux)
    it(`are ${isHeld ? 'held' : 'lost'} by SELinux with ${name}`, () => expect(held({...STRICT, seLinux: rule}).includes('seLinuxOptions')).to.equal(isHeld))
})

const rbac = (kind: string, name: string, rest: object): KubeObject => object('rbac.authorization.k8s.io/v1', kind, name, rest as Record<string, unknown>)
const uses = (name: string, policies: string[], apiGroups = ['policy']): KubeObject => rbac('ClusterRole', name, {rules: [{apiGroups, resources: ['podsecuritypolicies'], verbs: ['use'], ...(policies.length === 0 ? {} : {resourceNames: policies})}]})
const group = (name: string): object => ({kind: 'Group', name})
const account = (namespace: string, name: string): object => ({kind: 'ServiceAccount', namespace, name})
const everywhere = (role: string, ...subjects: object[]): KubeObject => rbac('ClusterRoleBinding', `${role}-everywhere`, {roleRef: {kind: 'ClusterRole', name: role}, subjects})
const within = (namespace: string, role: string, ...subjects: object[]): KubeObject => rbac('RoleBinding', `${namespace}/${role}`, {roleRef: {kind: 'ClusterRole', name: role}, subjects})

describe('PodSecurityPolicy', () => {
  const ON = apiServerPod('--enable-admission-plugins=NodeRestriction,PodSecurityPolicy')
  const BOTH = [ON, psp('strict'), psp('open', OPEN, {[`${SECCOMP}allowedProfileNames`]: '*'}), uses('use-strict', ['strict']), uses('use-open', ['open'])]
  const ALL = 'default kube-system shop'
  /** Of the guards that hold privileged: who, and where. */
  const rows: [name: string, objects: KubeObject[], guards: string[]][] = [
    ['holds what the only policy holds', [...BOTH, everywhere('use-strict', group('system:authenticated'))], [`strict: ${ALL}`]],
    ['holds nothing where an open one may be used too', [...BOTH, everywhere('use-strict', group('system:serviceaccounts')), within('shop', 'use-open', account('shop', 'ci'))], ['strict: default kube-system']],
    ['holds nothing where all workloads of a namespace may use an open one', [...BOTH, everywhere('use-strict', group('system:authenticated')), everywhere('use-open', group('system:serviceaccounts:shop'))], ['strict: default kube-system']],
    ['is open everywhere by a right of the controllers', [...BOTH, everywhere('use-strict', group('system:authenticated')), everywhere('use-open', group('system:serviceaccounts:kube-system'))], []],
    ['is open in one namespace by a right of the controllers there', [...BOTH, everywhere('use-strict', group('system:authenticated')), within('kube-system', 'use-open', group('system:serviceaccounts:kube-system'))], ['strict: default shop']],
    ['is not open by a right of people', [...BOTH, everywhere('use-strict', group('system:authenticated')), everywhere('use-open', group('admins'), {kind: 'User', name: 'bob'})], [`strict: ${ALL}`]],
    ['is open for an account of a namespace that may everywhere', [...BOTH, everywhere('use-strict', group('system:authenticated')), everywhere('use-open', account('shop', 'ci'))], ['strict: default kube-system']],
    ['is not open for an account of another namespace', [...BOTH, everywhere('use-strict', group('system:authenticated')), within('shop', 'use-open', account('default', 'ci'))], [`strict: ${ALL}`]],
    ['is open where a strict one may be used besides', [...BOTH, everywhere('use-open', group('system:authenticated')), within('shop', 'use-strict', account('shop', 'ci'))], []],
    ['is open by every policy at once', [...BOTH, uses('all', []), everywhere('all', group('system:authenticated'))], []],
    ['is open by the older group', [...BOTH, uses('old', ['open'], ['extensions']), everywhere('old', group('system:authenticated'))], []],
    ['is not open by a policy that is gone', [...BOTH, uses('gone', ['gone', 'strict']), everywhere('gone', group('system:authenticated'))], [`strict: ${ALL}`]],
    ['refuses everything where no policy may be used', [...BOTH, within('shop', 'use-strict', group('system:authenticated'))], ['no policy that workloads may use: default kube-system', 'strict: shop']],
    ['refuses everything without a policy', [ON], [`no policy that workloads may use: ${ALL}`]],
    ['is told for an aggregated role by its parts', [...BOTH, rbac('ClusterRole', 'sum', {aggregationRule: {clusterRoleSelectors: [{matchLabels: {psp: 'y'}}]}, rules: []}), rbac('ClusterRole', 'part', {labels: {psp: 'y'}, rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use'], resourceNames: ['strict']}]}), everywhere('sum', group('system:authenticated'))], [`strict: ${ALL}`]],
  ]
  for (const [name, objects, guards] of rows)
    it(name, async () => {
      const found = await factOf(shownGuards(pspPodGuards), {objects: [...NAMESPACES, ...objects]})
      expect(found.guards.filter(({controls}) => controls.split(' ').includes('privileged')).map(({who, isIn}) => `${who.replace('psp ', '')}: ${isIn}`)).to.deep.equal(guards)
      expect(found.guards.every(({sees, action}) => sees === 'create update' && action === 'refused')).to.equal(true)
    })

  it('holds only what all usable policies hold', async () => {
    const found = await factOf(shownGuards(pspPodGuards), {objects: [...NAMESPACES, ON, psp('a', {...STRICT, hostPID: true}), psp('b', {...STRICT, privileged: true}), uses('ab', ['a', 'b']), everywhere('ab', group('system:authenticated'))]})
    const held = found.guards.flatMap(({controls}) => controls.split(' '))
    expect(CONTROLS.filter(id => !held.includes(id))).to.deep.equal(['appArmorProfile', 'hostNamespaces', 'hostProbesAndHostLifecycle', 'privileged', 'seLinuxOptions', 'runAsNonRoot', 'runAsUser', 'seccompProfile_restricted'])
    expect(found.guards.filter(({gaps}) => gaps.some(gap => gap.includes('filled in'))).map(({controls}) => controls)).to.deep.equal(['allowPrivilegeEscalation capabilities_restricted'])
  })

  const USED = object('v1', 'Pod', 'shop/a', {annotations: {'kubernetes.io/psp': 'strict'}, spec: {containers: []}})
  const GRANTED = [psp('strict'), uses('use-strict', ['strict']), everywhere('use-strict', group('system:authenticated'))]
  const states: [name: string, cluster: Partial<DeclaredCluster> & {objects: KubeObject[]}, answer: string, gap?: string][] = [
    ['that young pods show', {objects: [...GRANTED, USED]}, 'strict'],
    ['that nothing shows', {objects: GRANTED}, '1 PodSecurityPolicies?'],
    ['that is off', {objects: [...GRANTED, apiServerPod()]}, 'inert'],
    ['that one of two API servers has', {objects: [...GRANTED, ON, {...apiServerPod(), metadata: {name: 'second', namespace: 'kube-system', labels: {component: 'kube-apiserver'}}} as never]}, 'strict', 'not every API server has the plugin on'],
    ['whose roles were not read', {objects: [...GRANTED, ON], unread: {rolebindings: 'forbidden'}}, '1 PodSecurityPolicies?'],
    ['whose policies were not read', {objects: [...GRANTED, ON], unread: {podsecuritypolicies: 'forbidden'}}, 'unread'],
    ['that is gone', {objects: GRANTED, endpoints: {version: object('k121.dev/v1', 'Version', 'v', {gitVersion: 'v1.25.0'})}}, ''],
  ]
  for (const [name, cluster, answer, gap] of states)
    it(name, async () => {
      const {guards, inert, unread} = await factOf(shownGuards(pspPodGuards), {...cluster, objects: [...NAMESPACES, ...cluster.objects]})
      const first = guards[0]
      expect(first === undefined ? (unread.length > 0 ? 'unread' : inert.length > 0 ? 'inert' : '') : `${first.who.replace('psp ', '')}${first.controls === '?' ? '?' : ''}`).to.equal(answer)
      if (gap !== undefined) expect(first?.gaps).to.include(gap)
    })
})
