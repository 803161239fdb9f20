import {expect} from 'chai'
import {FORMS} from '../../../src/admission/pod-security/gatekeeper-forms.js'
import type {Form} from '../../../src/admission/pod-security/gatekeeper-forms.js'
import type {KnownCode} from '../../../src/admission/pod-security/gatekeeper-content.js'
import {controlsOf, knownCodesOf} from '../../../src/admission/pod-security/gatekeeper-content.js'
import {LIBRARY, OTHER_LIBRARY} from '../../../src/admission/pod-security/gatekeeper-library.js'
import type {JsonObject} from '../../../src/kube/json.js'

const OVERRIDDEN = 'a value of the pod that every container overrides'
const ANNOTATIONS = 'profiles in fields: it reads annotations'
const OTHERS = 'volumes of other types than hostPath'
const USERS = 'containers with a runAsUser, whatever runAsNonRoot says'
const SMALL = 'adding what is allowed, in small letters'
const SMALL_ALL = 'a drop of ALL in small letters'
const RESTRICTED = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']

type Controls = Record<string, string[]>
const seccompOf = (baseline: string[], restricted: string[] = baseline): Controls => ({seccompProfile_baseline: baseline, seccompProfile_restricted: restricted})

describe('the code of Gatekeeper\'s library lets through, with its parameters,', () => {
  const rows: [form: Form, parameters: JsonObject, controls: Controls | null, minor?: number][] = [
    ['privileged', {}, {privileged: []}],
    ['escalation', {}, {allowPrivilegeEscalation: []}],
    ['host-process', {}, {windowsHostProcess: []}],
    ['host-namespaces', {}, {hostNamespaces: ['hostNetwork']}],
    ['host-ports', {}, {hostNamespaces: ['hostPID and hostIPC']}],
    ['host-ports', {hostNetwork: true}, {}],
    ['host-ports', {hostNetwork: false, min: 0, max: 0}, {hostNamespaces: ['hostPID and hostIPC'], hostPorts: []}],
    ['host-ports', {hostNetwork: true, max: 0}, {hostPorts: []}],
    ['host-ports', {hostNetwork: true, min: 1, max: 0}, {hostPorts: []}],
    ['host-ports', {hostNetwork: true, min: 70_000}, {hostPorts: []}],
    ['host-ports', {hostNetwork: true, min: 80}, {hostPorts: ['the ports 80 to 65535']}],
    ['host-ports', {hostNetwork: true, max: 9000}, {hostPorts: ['the ports 1 to 9000']}],
    ['host-ports', {hostNetwork: true, min: 0, max: 65_535}, {}],
    ['host-ports-all', {hostNetwork: true, max: 0}, {hostPorts: ['containers with several ports']}],
    ['host-filesystem', {}, {hostPathVolumes: [], restrictedVolumes: [OTHERS]}],
    ['host-filesystem', {allowedHostPaths: []}, {hostPathVolumes: [], restrictedVolumes: [OTHERS]}],
    ['host-filesystem', {allowedHostPaths: [{pathPrefix: '/var/log', readOnly: true}]}, {hostPathVolumes: ['hostPath below /var/log'], restrictedVolumes: ['hostPath below /var/log', OTHERS]}],
    ['host-filesystem-open', {}, {}],
    ['host-filesystem-open', {allowedHostPaths: []}, {}],
    ['host-filesystem-open', {allowedHostPaths: [{pathPrefix: '/a'}]}, {hostPathVolumes: ['hostPath below /a'], restrictedVolumes: ['hostPath below /a', OTHERS]}],
    ['volumes', {}, {}],
    ['volumes', {volumes: ['*']}, {}],
    ['volumes', {volumes: []}, {hostPathVolumes: [], restrictedVolumes: []}],
    ['volumes', {volumes: RESTRICTED}, {hostPathVolumes: [], restrictedVolumes: []}],
    ['volumes', {volumes: ['secret', 'nfs', 'hostPath']}, {restrictedVolumes: ['volumes of type nfs, hostPath']}],
    ['volumes', {volumes: ['image']}, {hostPathVolumes: [], restrictedVolumes: []}],
    ['volumes', {volumes: ['image']}, {hostPathVolumes: [], restrictedVolumes: ['volumes of type image']}, 32],
    ['capabilities-exact', {}, {capabilities_baseline: [], capabilities_restricted: ['no drop of ALL']}],
    ['capabilities-exact', {allowedCapabilities: ['CHOWN'], requiredDropCapabilities: ['ALL']}, {capabilities_baseline: [], capabilities_restricted: ['adding CHOWN']}],
    ['capabilities-exact', {allowedCapabilities: ['NET_BIND_SERVICE'], requiredDropCapabilities: ['ALL', 'KILL']}, {capabilities_baseline: [], capabilities_restricted: []}],
    ['capabilities-exact', {requiredDropCapabilities: ['all']}, {capabilities_baseline: [], capabilities_restricted: [SMALL_ALL]}],
    ['capabilities-folded', {allowedCapabilities: ['NET_BIND_SERVICE'], requiredDropCapabilities: ['ALL']}, {capabilities_baseline: [SMALL], capabilities_restricted: [SMALL, SMALL_ALL]}],
    ['capabilities-folded', {requiredDropCapabilities: ['KILL', 'MKNOD']}, {capabilities_baseline: [], capabilities_restricted: ['a drop of KILL, MKNOD only']}],
    ['capabilities-mixed', {allowedCapabilities: ['NET_RAW'], requiredDropCapabilities: ['ALL']}, {capabilities_baseline: ['adding NET_RAW'], capabilities_restricted: ['adding NET_RAW', SMALL_ALL]}],
    ['capabilities-mixed', {allowedCapabilities: ['*']}, {}],
    ['capabilities-mixed', {allowedCapabilities: ['*'], requiredDropCapabilities: ['ALL']}, {capabilities_restricted: ['adding any', SMALL_ALL]}],
    ['proc-mount', {}, {procMount: [], procMount_restricted: []}],
    ['proc-mount', {procMount: 'default'}, {procMount: [], procMount_restricted: []}],
    ['proc-mount', {procMount: 'Unmasked'}, {}],
    ['proc-mount', {procMount: 'Other'}, null],
    ['proc-mount-exact', {procMount: 'Default'}, {procMount: [], procMount_restricted: []}],
    ['proc-mount-exact', {}, {}],
    ['proc-mount-exact', {procMount: 'default'}, null],
    ['sysctls', {}, {}],
    ['sysctls', {allowedSysctls: ['*']}, {}],
    ['sysctls', {allowedSysctls: []}, {sysctls: []}],
    ['sysctls', {allowedSysctls: ['kernel.shm_rmid_forced', 'net.ipv4.tcp_rmem']}, {sysctls: []}],
    ['sysctls', {allowedSysctls: ['kernel.shm_rmid_forced', 'net.ipv4.tcp_rmem']}, {sysctls: ['the sysctls net.ipv4.tcp_rmem']}, 31],
    ['sysctls', {allowedSysctls: ['kernel.*', 'net.core.somaxconn'], forbiddenSysctls: ['net.core.somaxconn']}, {sysctls: ['the sysctls kernel.*']}],
    ['sysctls', {allowedSysctls: ['*'], forbiddenSysctls: ['*']}, {sysctls: []}],
    ['sysctls', {forbiddenSysctls: ['kernel.*']}, {sysctls: ['sysctls other than kernel.*']}],
    ['sysctls-forbidden', {allowedSysctls: []}, {}],
    ['sysctls-forbidden', {forbiddenSysctls: ['*']}, {sysctls: []}],
    ['probes', {}, {hostProbesAndHostLifecycle: []}],
    ['seccomp-fields', {}, seccompOf([OVERRIDDEN])],
    ['seccomp-fields', {allowedProfiles: ['RuntimeDefault', 'Localhost']}, seccompOf([OVERRIDDEN])],
    ['seccomp-fields', {allowedProfiles: ['RuntimeDefault', 'not configured', 'Unconfined']}, seccompOf([OVERRIDDEN, 'the profiles Unconfined'], [OVERRIDDEN, 'the profiles Unconfined', 'containers without a profile'])],
    ['seccomp-fields', {allowedProfiles: ['*']}, {}],
    ['seccomp', {allowedProfiles: ['runtime/default', 'localhost/*']}, seccompOf([OVERRIDDEN], [OVERRIDDEN, 'containers whose profile stands in an annotation only'])],
    ['seccomp', {allowedProfiles: ['unconfined']}, seccompOf([OVERRIDDEN, 'the profiles unconfined'], [OVERRIDDEN, 'the profiles unconfined', 'containers whose profile stands in an annotation only'])],
    ['seccomp-annotations', {}, {}],
    ['seccomp-annotations', {allowedProfiles: ['runtime/default']}, seccompOf([ANNOTATIONS])],
    ['apparmor', {}, {}],
    ['apparmor', {allowedProfiles: []}, {appArmorProfile: [OVERRIDDEN]}],
    ['apparmor', {allowedProfiles: ['runtime/default', 'localhost/a', 'unconfined']}, {appArmorProfile: [OVERRIDDEN, 'the profiles unconfined']}],
    ['apparmor-annotations', {allowedProfiles: ['runtime/default']}, {appArmorProfile: [ANNOTATIONS]}],
    ['apparmor-any', {allowedProfiles: ['runtime/default']}, {appArmorProfile: [ANNOTATIONS, 'containers beside one with an allowed profile']}],
    ['selinux', {}, {}],
    ['selinux', {allowedSELinuxOptions: []}, {seLinuxOptions: []}],
    ['selinux', {allowedSELinuxOptions: [{level: 's0:c1', type: 'container_t'}]}, {seLinuxOptions: []}],
    ['selinux', {allowedSELinuxOptions: [{type: 'spc_t', user: 'system_u', role: 'system_r'}]}, {seLinuxOptions: ['the type spc_t', 'the user system_u', 'the role system_r']}],
    ['selinux', {allowedSELinuxOptions: [{type: 'container_engine_t'}]}, {seLinuxOptions: []}, 31],
    ['selinux', {allowedSELinuxOptions: [{type: 'container_engine_t'}]}, {seLinuxOptions: ['the type container_engine_t']}, 30],
    ['selinux-one-field', {}, {}],
    ['selinux-one-field', {allowedSELinuxOptions: {level: 's0'}}, {seLinuxOptions: ['options of the pod', 'options of which one field is allowed']}],
    ['users', {}, {}],
    ['users', {runAsUser: {rule: 'RunAsAny'}}, {}],
    ['users', {runAsUser: {rule: 'MustRunAsNonRoot'}}, {runAsNonRoot: [USERS], runAsUser: [OVERRIDDEN]}],
    ['users', {runAsUser: {rule: 'MustRunAs', ranges: [{min: 1000, max: 2000}]}}, {runAsNonRoot: [USERS], runAsUser: [OVERRIDDEN]}],
    ['users', {runAsUser: {rule: 'MustRunAs', ranges: [{min: 0, max: 2000}]}}, {runAsNonRoot: [USERS]}],
    ['users-clash', {runAsUser: {rule: 'MustRunAsNonRoot'}}, {runAsNonRoot: [USERS, 'containers that deny runAsNonRoot in a pod that sets it'], runAsUser: [OVERRIDDEN]}],
  ]
  for (const [form, parameters, controls, minor = 37] of rows)
    it(`${form} ${JSON.stringify(parameters)} on 1.${minor}`, () => {
      const enforced = FORMS[form]({parameters, minor})
      expect(enforced === null ? null : Object.fromEntries(enforced)).to.deep.equal(controls)
    })

  it('and each form has a row and is some code\'s', () => {
    const used = new Set([...LIBRARY.values()].map(({form}) => form))
    expect([...used].sort()).to.deep.equal(Object.keys(FORMS).sort())
    expect([...new Set(rows.map(([form]) => form))].sort()).to.deep.equal(Object.keys(FORMS).sort())
  })
})

describe('a template with several codes', () => {
  const code = (form: Form, rest: Partial<KnownCode> = {}): KnownCode => ({enforced: FORMS[form], seesEphemeral: true, seesUpdates: true, hasExemptions: true, ...rest})
  const rows: [name: string, codes: KnownCode[], parameters: JsonObject, controls: Controls | null][] = [
    ['refuses what all refuse', [code('host-ports'), code('host-ports-all')], {hostNetwork: true, max: 0}, {hostPorts: ['containers with several ports']}],
    ['of different controls refuses nothing for sure', [code('privileged'), code('escalation')], {}, {}],
    ['of which one is not understood is not understood', [code('privileged'), code('proc-mount')], {procMount: 'x'}, null],
    ['leaves out images', [code('privileged'), code('privileged', {hasExemptions: false})], {exemptImages: ['a/*', 'b']}, {privileged: ['containers of the images a/*, b']}],
    ['older than exemptions leaves out none', [code('privileged', {hasExemptions: false})], {exemptImages: ['a/*']}, {privileged: []}],
    ['leaves out every image', [code('privileged')], {exemptImages: ['*']}, {}],
    ['leaves out every image, but not the pod', [code('host-process')], {exemptImages: ['*']}, {windowsHostProcess: ['containers of the images *']}],
    ['judges the pod as a whole, whatever its images', [code('host-ports')], {exemptImages: ['a']}, {hostNamespaces: ['hostPID and hostIPC']}],
    ['with a parameter of another type', [code('volumes')], {volumes: 'secret'}, null],
  ]
  for (const [name, codes, parameters, controls] of rows)
    it(name, () => {
      const found = controlsOf(codes, {parameters, minor: 37})
      expect(found === null ? null : Object.fromEntries(found)).to.deep.equal(controls)
    })
})

describe('the table of the library', () => {
  it('has digests only, each once', () => {
    const all = [...LIBRARY.keys(), ...OTHER_LIBRARY]
    expect(all.filter(digest => !/^[0-9a-f]{64}$/.test(digest))).to.deep.equal([])
    expect(new Set(all).size).to.equal(all.length)
    expect([LIBRARY.size, OTHER_LIBRARY.size]).to.deep.equal([102, 91])
  })

  it('knows a template by all of its codes', () => {
    const [known = '', other = ''] = [[...LIBRARY.keys()][0], [...OTHER_LIBRARY][0]]
    const codesOf = (...digests: (string | null)[]): number | null => knownCodesOf({kind: 'X', digests, operations: []})?.length ?? null
    expect([codesOf(known), codesOf(other), codesOf(known, other), codesOf(known, 'x'), codesOf(known, null), codesOf()]).to.deep.equal([1, 0, 1, null, null, null])
  })
})
