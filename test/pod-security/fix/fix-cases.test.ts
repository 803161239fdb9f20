import {expect} from 'chai'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {ControlId} from '../../../src/pod-security/control.js'
import type {Change, WorkloadFix} from '../../../src/pod-security/fix/fix.js'
import {fixOf} from '../../../src/pod-security/fix/fix-of.js'
import {isReached} from '../../../src/pod-security/fix/patches.js'
import type {Level} from '../../../src/pod-security/labels.js'

const NEWEST = {minor: 37, server: 37}
const GOOD = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}
const GOOD_POD = {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}

function workload(spec: JsonObject, {kind = 'Deployment', apiVersion = 'apps/v1', annotations = {}}: {kind?: string; apiVersion?: string; annotations?: JsonObject} = {}): KubeObject {
  return {apiVersion, kind, metadata: {name: 'web', namespace: 'shop'}, spec: {template: {metadata: {annotations}, spec}}}
}

function fixed(object: KubeObject, to: Level = 'restricted', rules = NEWEST): WorkloadFix {
  const fix = fixOf(object, to, rules)
  if (fix === null) throw new Error('it passes already')
  return fix
}

/** `containers[0].securityContext.procMount: Unmasked -> null` */
function told({changes}: {changes: readonly Change[]}): string[] {
  return changes.map(({path, before, after}) => `${path.replace(/^spec\.template\.(spec\.)?/, '')}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`)
}

describe('the smallest change', () => {
  const cases: readonly {name: string; object: KubeObject; to?: Level; rules?: typeof NEWEST; changes: readonly string[]; blocked?: readonly ControlId[]; reached?: Level}[] = [
    {
      name: 'what the pod can say for all is said at the pod', object: workload({containers: [{name: 'a'}], initContainers: [{name: 'i'}]}),
      changes: [
        'initContainers[0].securityContext.allowPrivilegeEscalation: null -> false', 'containers[0].securityContext.allowPrivilegeEscalation: null -> false',
        'initContainers[0].securityContext.capabilities.drop: null -> ["ALL"]', 'containers[0].securityContext.capabilities.drop: null -> ["ALL"]',
        'securityContext.runAsNonRoot: null -> true', 'securityContext.seccompProfile: null -> {"type":"RuntimeDefault"}',
      ],
    },
    {
      name: 'a container that says otherwise says nothing any more',
      object: workload({securityContext: GOOD_POD, containers: [{name: 'a', securityContext: {...GOOD, runAsNonRoot: false, runAsUser: 0, seccompProfile: {type: 'Unconfined'}}}]}),
      changes: ['containers[0].securityContext.runAsNonRoot: false -> null', 'containers[0].securityContext.runAsUser: 0 -> null', 'containers[0].securityContext.seccompProfile: {"type":"Unconfined"} -> null'],
    },
    {
      name: 'a pod that says no where each container says yes', object: workload({securityContext: {...GOOD_POD, runAsNonRoot: false}, containers: [{name: 'a', securityContext: {...GOOD, runAsNonRoot: true}}]}),
      changes: ['securityContext.runAsNonRoot: false -> true'],
    },
    {
      name: 'a file beside another type is refused by the API', object: workload({securityContext: {runAsNonRoot: true, seccompProfile: {type: 'Unconfined', localhostProfile: 'p.json'}}, containers: [{name: 'a', securityContext: GOOD}]}),
      changes: ['securityContext.seccompProfile.type: "Unconfined" -> "RuntimeDefault"', 'securityContext.seccompProfile.localhostProfile: "p.json" -> null'],
    },
    {
      name: 'a profile of one\'s own that an annotation names becomes the field', object: workload({securityContext: {runAsNonRoot: true}, containers: [{name: 'a', securityContext: GOOD}]}, {annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'localhost/p.json'}}),
      changes: ['securityContext.seccompProfile: null -> {"type":"Localhost","localhostProfile":"p.json"}'],
    },
    {
      name: 'an annotation that says otherwise than the field goes: servers up to 1.26 refuse the pair',
      object: workload({securityContext: {runAsNonRoot: true}, containers: [{name: 'a', securityContext: GOOD}]}, {annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'unconfined', 'container.seccomp.security.alpha.kubernetes.io/a': 'unconfined'}}),
      changes: [
        'metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]: "unconfined" -> null', 'metadata.annotations["container.seccomp.security.alpha.kubernetes.io/a"]: "unconfined" -> null',
        'securityContext.seccompProfile: null -> {"type":"RuntimeDefault"}',
      ],
    },
    {
      name: 'baseline asks for no profile', to: 'baseline', object: workload({securityContext: {seccompProfile: {type: 'Unconfined'}}, containers: [{name: 'a', securityContext: {seccompProfile: {type: 'Unconfined'}}}]}),
      changes: ['securityContext.seccompProfile: {"type":"Unconfined"} -> null', 'containers[0].securityContext.seccompProfile: {"type":"Unconfined"} -> null'],
    },
    {
      name: 'capabilities that are only written otherwise are kept', to: 'baseline', object: workload({containers: [{name: 'a', securityContext: {capabilities: {add: ['SYS_TIME', 'CAP_CHOWN', 'chown', 'kill', 'MKNOD']}}}, {name: 'b', securityContext: {capabilities: {add: ['ALL']}}}]}),
      changes: ['containers[0].securityContext.capabilities.add: ["SYS_TIME","CAP_CHOWN","chown","kill","MKNOD"] -> ["CHOWN","KILL","MKNOD"]', 'containers[1].securityContext.capabilities.add: ["ALL"] -> null'],
    },
    {
      name: 'binding low ports may stay', object: workload({securityContext: GOOD_POD, containers: [{name: 'a', securityContext: {...GOOD, capabilities: {drop: ['NET_RAW'], add: ['NET_BIND_SERVICE', 'CHOWN']}}}]}),
      changes: ['containers[0].securityContext.capabilities.drop: ["NET_RAW"] -> ["ALL"]', 'containers[0].securityContext.capabilities.add: ["NET_BIND_SERVICE","CHOWN"] -> ["NET_BIND_SERVICE"]'],
    },
    {
      name: 'CAP_SYS_ADMIN goes by the same patch that forbids escalation', object: workload({securityContext: GOOD_POD, containers: [{name: 'a', securityContext: {capabilities: {drop: ['ALL'], add: ['CAP_SYS_ADMIN']}}}]}),
      changes: ['containers[0].securityContext.allowPrivilegeEscalation: null -> false', 'containers[0].securityContext.capabilities.add: ["CAP_SYS_ADMIN"] -> null'],
    },
    {
      name: 'a privileged container keeps from escalation too; the others are changed', blocked: ['privileged', 'allowPrivilegeEscalation'], reached: 'privileged',
      object: workload({securityContext: GOOD_POD, containers: [{name: 'a', securityContext: {privileged: true}}, {name: 'b'}]}),
      changes: ['containers[1].securityContext.allowPrivilegeEscalation: null -> false', 'containers[0].securityContext.capabilities.drop: null -> ["ALL"]', 'containers[1].securityContext.capabilities.drop: null -> ["ALL"]'],
    },
    {
      name: 'the host network brings host ports back', to: 'baseline', blocked: ['hostNamespaces', 'hostPorts'], reached: 'privileged',
      object: workload({hostNetwork: true, containers: [{name: 'a', ports: [{containerPort: 80}], securityContext: {procMount: 'Unmasked'}}]}), changes: ['containers[0].securityContext.procMount: "Unmasked" -> null'],
    },
    {
      name: 'the level of SELinux options stays', to: 'baseline', object: workload({securityContext: {seLinuxOptions: {type: 'spc_t', user: 'u', level: 's0:c1'}}, containers: [{name: 'a', securityContext: {seLinuxOptions: {role: 'r'}}}]}),
      changes: ['securityContext.seLinuxOptions.type: "spc_t" -> null', 'securityContext.seLinuxOptions.user: "u" -> null', 'containers[0].securityContext.seLinuxOptions: {"role":"r"} -> null'],
    },
    {
      name: 'sysctls of the version asked for stay', to: 'baseline', rules: {minor: 30, server: 37}, object: workload({securityContext: {sysctls: [{name: 'net.ipv4.tcp_rmem', value: '1'}, {name: 'net.ipv4.tcp_fin_timeout', value: '9'}]}, containers: [{name: 'a'}]}),
      changes: ['securityContext.sysctls: [{"name":"net.ipv4.tcp_rmem","value":"1"},{"name":"net.ipv4.tcp_fin_timeout","value":"9"}] -> [{"name":"net.ipv4.tcp_fin_timeout","value":"9"}]'],
    },
    {
      name: 'hosts of probes go', to: 'baseline', object: workload({containers: [{name: 'a', livenessProbe: {httpGet: {host: 'localhost', port: 80}}, lifecycle: {preStop: {tcpSocket: {host: '10.0.0.1', port: 1}}}}]}),
      changes: ['containers[0].livenessProbe.httpGet.host: "localhost" -> null', 'containers[0].lifecycle.preStop.tcpSocket.host: "10.0.0.1" -> null'],
    },
    {
      name: 'a Windows pod is asked for less', object: workload({os: {name: 'windows'}, containers: [{name: 'a'}]}), changes: ['securityContext.runAsNonRoot: null -> true'],
    },
    {
      name: 'before v1.25 it cannot pass: the API takes no such fields', rules: {minor: 24, server: 30}, object: workload({os: {name: 'windows'}, containers: [{name: 'a'}]}), changes: ['securityContext.runAsNonRoot: null -> true'],
      blocked: ['allowPrivilegeEscalation', 'capabilities_restricted', 'seccompProfile_restricted'], reached: 'baseline',
    },
    {
      name: 'Knative takes no security context of the pod', object: workload({containers: [{name: 'a', securityContext: {...GOOD, runAsNonRoot: false}}, {securityContext: {...GOOD, seccompProfile: {type: 'Unconfined'}}}]}, {apiVersion: 'serving.knative.dev/v1', kind: 'Service'}),
      changes: [
        'containers[0].securityContext.runAsNonRoot: false -> true', 'containers[1].securityContext.runAsNonRoot: null -> true',
        'containers[0].securityContext.seccompProfile: null -> {"type":"RuntimeDefault"}', 'containers[1].securityContext.seccompProfile.type: "Unconfined" -> "RuntimeDefault"',
      ],
    },
    {
      name: 'user namespaces spare root from v1.35 on', rules: {minor: 35, server: 37}, object: workload({hostUsers: false, securityContext: {seccompProfile: {type: 'RuntimeDefault'}}, containers: [{name: 'a', securityContext: {runAsUser: 0, allowPrivilegeEscalation: false}}]}),
      changes: ['containers[0].securityContext.capabilities.drop: null -> ["ALL"]'],
    },
    {
      name: 'volumes are not for fields to change', blocked: ['restrictedVolumes', 'restrictedVolumes'], reached: 'privileged', changes: ['securityContext.runAsNonRoot: null -> true'],
      object: workload({securityContext: {seccompProfile: {type: 'RuntimeDefault'}}, containers: [{name: 'a', securityContext: GOOD}], volumes: [{name: 'h', hostPath: {path: '/'}}, {name: 'bare'}, {name: 'n', nfs: {server: 's', path: '/'}}]}),
    },
  ]
  for (const {name, object, to = 'restricted', rules = NEWEST, changes, blocked = [], reached} of cases)
    it(name, () => {
      const fix = fixed(object, to, rules)
      expect(told(fix)).to.deep.equal(changes)
      expect(fix.blocked.map(({control}) => control)).to.deep.equal(blocked)
      expect(isReached(fix)).to.equal(blocked.length === 0)
      if (reached !== undefined) expect(fix.reached).to.equal(reached)
    })

  it('null where it passes, or has no template of its own', () => {
    expect(fixOf(workload({containers: [{name: 'a'}]}), 'baseline', NEWEST)).to.equal(null)
    expect(fixOf({apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: {name: 'r'}, spec: {workloadRef: {name: 'web'}}}, 'restricted', NEWEST)).to.equal(null)
  })

  it('a template that somebody included stands where they say', () => {
    const object = {apiVersion: 'example.com/v1', kind: 'Farm', metadata: {name: 'f'}, spec: {pods: {'a/b~c': {containers: [{name: 'x'}]}}}}
    const fix = fixOf(object, 'restricted', NEWEST, {metadata: undefined, spec: object.spec.pods['a/b~c'], path: 'spec.pods["a/b~c"]', isSpec: true})!
    expect(fix.changes[0]?.path).to.equal('spec.pods["a/b~c"].containers[0].securityContext.allowPrivilegeEscalation')
    expect(fix.patches.json[0]).to.deep.equal({op: 'test', path: '/spec/pods/a~1b~0c/containers/0/name', value: 'x'})
    expect(fix.patches.merge).to.equal(null)
  })
})

describe('which patch says what is meant', () => {
  const port = (containerPort: number, hostPort?: number, protocol?: string): JsonObject => ({containerPort, ...(hostPort === undefined ? {} : {hostPort}), ...(protocol === undefined ? {} : {protocol})})
  const dirty = {securityContext: {procMount: 'Unmasked'}}
  const cases: readonly {name: string; object: KubeObject; hasMerge: boolean; isSafe: boolean}[] = [
    {name: 'all containers of a list', object: workload({containers: [{name: 'a', ...dirty}, {name: 'b', ...dirty}]}), hasMerge: true, isSafe: true},
    {name: 'the first', object: workload({initContainers: [{name: 'a', ...dirty}, {name: 'b'}], containers: [{name: 'c'}]}), hasMerge: true, isSafe: true},
    {name: 'the second: kustomize would put it first', object: workload({initContainers: [{name: 'a'}, {name: 'b', ...dirty}], containers: [{name: 'c'}]}), hasMerge: true, isSafe: false},
    {name: 'an annotation: kustomize would write null', object: workload({containers: [{name: 'a'}]}, {annotations: {'container.apparmor.security.beta.kubernetes.io/a': 'unconfined'}}), hasMerge: true, isSafe: false},
    {name: 'a port', object: workload({containers: [{name: 'a', ports: [port(80, 80), port(81)]}]}), hasMerge: true, isSafe: false},
    {name: 'one port for TCP and UDP', object: workload({containers: [{name: 'a', ports: [port(53, 53, 'TCP'), port(53, 53, 'UDP')]}]}), hasMerge: false, isSafe: false},
    {name: 'two containers of one name', object: workload({containers: [{name: 'a', ...dirty}, {name: 'a'}]}), hasMerge: false, isSafe: true},
    {name: 'a container without a name', object: workload({containers: [dirty]}), hasMerge: false, isSafe: true},
  ]
  for (const {name, object, hasMerge, isSafe} of cases)
    it(name, () => {
      const {patches} = fixed(object, 'baseline')
      expect([patches.merge !== null, patches.isSafeInOverlays]).to.deep.equal([hasMerge, isSafe])
    })
})

describe('how an object is changed', () => {
  const pod = (annotations: JsonObject = {}): KubeObject => ({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p', annotations}, spec: {containers: [{name: 'a'}], ephemeralContainers: [{name: 'debug'}]}})
  it('by a patch', () => expect(fixed(workload({containers: [{name: 'a'}]})).how).to.equal('patch'))
  it('a Job is created anew', () => expect(fixed({...workload({containers: [{name: 'a'}]}, {apiVersion: 'batch/v1', kind: 'Job'})}).how).to.equal('recreate'))
  it('a pod too, without what was added to debug it', () => {
    const fix = fixed(pod())
    expect(fix.how).to.equal('recreate')
    expect(told(fix)).to.include('spec.ephemeralContainers: null -> null')
    expect(JSON.stringify(fix)).not.to.include('"debug"')
    expect(told(fix).filter(line => line.includes('ephemeralContainers[0]'))).to.deep.equal([])
  })
  it('a static pod on its node', () => expect(fixed(pod({'kubernetes.io/config.mirror': 'x'})).how).to.equal('node-file'))
})

describe('what a change may break', () => {
  const said = (spec: JsonObject, more: {to?: Level; kind?: string; rules?: typeof NEWEST} = {}): string[] => fixed(workload(spec, {kind: more.kind ?? 'Deployment'}), more.to, more.rules).risks.map(({control, text}) => `${control}: ${text}`)
  const cases: readonly {name: string; spec: JsonObject; more?: Parameters<typeof said>[1]; says?: readonly RegExp[]; not?: readonly RegExp[]}[] = [
    {name: 'an image that may run as root', spec: {containers: [{name: 'a', image: 'nginx:1.25'}]}, says: [/^runAsNonRoot: Container "a" \(nginx:1\.25\) does not start .* unless the image names a numeric user above 0/, /^runAsNonRoot: .*root file system/, /chown, gosu/, /hostUsers: false/]},
    {name: 'none where the object names a user', spec: {securityContext: {runAsUser: 1000}, containers: [{name: 'a'}]}, not: [/CreateContainerConfigError/, /chown/, /root file system/]},
    {name: 'none where it never was root', spec: {securityContext: {runAsNonRoot: true}, containers: [{name: 'a', securityContext: {allowPrivilegeEscalation: false}}]}, not: [/CreateContainerConfigError/, /chown/, /hostUsers/]},
    {name: 'Windows knows no numbers', spec: {os: {name: 'windows'}, containers: [{name: 'a'}]}, says: [/^runAsNonRoot: Container "a" does not start where .* ContainerAdministrator/], not: [/numeric/, /root file system/, /hostUsers/]},
    {name: 'one whose root is read only', spec: {containers: [{name: 'a', securityContext: {readOnlyRootFilesystem: true}}]}, not: [/root file system/]},
    {name: 'user namespaces are no way before v1.35', spec: {containers: [{name: 'a'}]}, more: {rules: {minor: 34, server: 37}}, not: [/hostUsers/]},
    {name: 'nor beside the host\'s namespaces', spec: {hostPID: true, containers: [{name: 'a'}]}, not: [/hostUsers/]},
    {name: 'a port below 1024', spec: {containers: [{name: 'a', ports: [{containerPort: 80}, {containerPort: 8080}, {containerPort: 443}]}]}, says: [/Container "a" names ports 80, 443, below 1024/]},
    {name: 'not where the pod frees it', spec: {securityContext: {sysctls: [{name: 'net.ipv4.ip_unprivileged_port_start', value: '80'}]}, containers: [{name: 'a', ports: [{containerPort: 80}]}]}, not: [/below 1024/]},
    {name: 'nor where it dropped all before', spec: {containers: [{name: 'a', ports: [{containerPort: 80}], securityContext: GOOD}]}, not: [/below 1024/]},
    {name: 'a claim without fsGroup', spec: {containers: [{name: 'a'}], volumes: [{name: 'data', persistentVolumeClaim: {claimName: 'd'}}, {name: 'tmp', emptyDir: {}}]}, says: [/volume "data" may belong to root: fsGroup/]},
    {name: 'with fsGroup', spec: {securityContext: {fsGroup: 5}, containers: [{name: 'a'}], volumes: [{name: 'data', persistentVolumeClaim: {claimName: 'd'}}]}, not: [/belong to root/]},
    {name: 'programs that become root', spec: {securityContext: GOOD_POD, containers: [{name: 'a', securityContext: {capabilities: {drop: ['ALL']}}}]}, says: [/^allowPrivilegeEscalation: Programs with the setuid bit .*sudo, su, ping.* container "a"\.$/]},
    {name: 'capabilities that are lost', spec: {containers: [{name: 'a', securityContext: {capabilities: {add: ['NET_ADMIN', 'cap_chown']}}}]}, more: {to: 'baseline'}, says: [/^capabilities_baseline: Container "a" loses NET_ADMIN, which/]},
    {name: 'clients of a host port', spec: {containers: [{name: 'a', ports: [{containerPort: 80, hostPort: 8080}]}]}, more: {to: 'baseline', kind: 'DaemonSet'}, says: [/port 8080 at the address of the node.*internalTrafficPolicy/]},
    {name: 'a probe of the loopback address', spec: {containers: [{name: 'a', livenessProbe: {httpGet: {host: '127.0.0.1', port: 80}}, readinessProbe: {httpGet: {host: 'shop.example.com', port: 80}}}]}, more: {to: 'baseline'}, says: [/instead of 127\.0\.0\.1: if container "a" listens/, /instead of shop\.example\.com:.*Host/]},
    {name: 'root that was asked for', spec: {securityContext: {...GOOD_POD, runAsUser: 7}, containers: [{name: 'a', securityContext: {...GOOD, runAsUser: 0}}]}, says: [/^runAsUser: Container "a" ran as root on purpose: now it runs as user 7/]},
  ]
  for (const {name, spec, more, says = [], not = []} of cases)
    it(name, () => {
      const lines = said(spec, more)
      for (const pattern of says) expect(lines.some(line => pattern.test(line)), `${String(pattern)} in\n${lines.join('\n')}`).to.equal(true)
      for (const pattern of not) expect(lines.some(line => pattern.test(line)), `${String(pattern)} in\n${lines.join('\n')}`).to.equal(false)
    })

  it('an agent of the node has its place named', () => {
    const {blocked} = fixed(workload({hostNetwork: true, containers: [{name: 'a', securityContext: {privileged: true}}], volumes: [{name: 'root', hostPath: {path: '/'}}]}, {kind: 'DaemonSet'}), 'baseline')
    expect(blocked.map(({control}) => control)).to.deep.equal(['hostNamespaces', 'hostPathVolumes', 'privileged'])
    for (const {why} of blocked) expect(why).to.contain('a namespace')
  })
})
