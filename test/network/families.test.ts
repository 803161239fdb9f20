import {expect} from 'chai'
import type {FamiliesInfo} from '../../src/audit/audit-report.js'
import type {KubeObject} from '../../src/kube/json.js'
import {families} from '../../src/network/families.js'
import {awsNode, configMap, controlPlane, ingress, ipPool, kubernetes, node, pod, service, serviceCidr} from './cluster-objects.js'
import type {Outcomes} from './run-fact.js'
import {runFact} from './run-fact.js'

const V4 = ['10.244.0.5']
const V6 = ['fd10:244::5']
const BOTH = ['10.244.0.6', 'fd10:244::6']
const look = (objects: readonly KubeObject[], outcomes?: Outcomes): FamiliesInfo => runFact(families, objects, outcomes)

/** `DOCUMENT  # comment`, quotes, flow style: as people edit these files. */
const KUBEADM = 'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer: {}\n# changed in 2024\nnetworking:\n  dnsDomain: cluster.local\n  podSubnet: "10.244.0.0/16,fd10:244::/56" # both\n  serviceSubnet: 10.96.0.0/12\n'
const PROXY = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nbindAddress: 0.0.0.0\nclusterCIDR: 10.200.0.0/16\nconntrack:\n  maxPerCore: null\nkind: KubeProxyConfiguration\nnodePortAddresses: null\nconfigSyncPeriod: 0s\n'

describe('family state', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Outcomes; is: FamiliesInfo['state']}[] = [
    {name: 'all IPv4', objects: [kubernetes(), pod(V4), pod(['10.244.0.9'])], is: 'v4'},
    {name: 'all IPv6', objects: [kubernetes('fd00::1'), pod(V6)], is: 'v6'},
    {name: 'dual', objects: [kubernetes(), serviceCidr(['10.96.0.0/12', 'fd12::/108']), pod(BOTH)], is: 'dual'},
    {name: 'dual, known from a Service that has both', objects: [kubernetes(), service(['10.96.0.5', 'fd12::5']), pod(BOTH)], is: 'dual'},
    {name: 'dual pods, Services of one family', objects: [kubernetes(), serviceCidr(['10.96.0.0/12']), pod(BOTH)], is: 'dual-pods'},
    {name: 'Services of both, pods of one', objects: [kubernetes(), serviceCidr(['10.96.0.0/12', 'fd12::/108']), pod(V4)], is: 'dual-services'},
    {name: 'some dual, some not', objects: [kubernetes(), pod(BOTH), pod(V4)], is: 'mixed'},
    {name: 'IPv4 pods beside IPv6 pods', objects: [kubernetes(), pod(V6), pod(V4)], is: 'mixed'},
    {name: 'a mixture holds although not all pods were read', objects: [kubernetes(), pod(BOTH), pod(V4)], outcomes: {pods: 'partial'}, is: 'mixed'},
    {name: 'some pods are not all pods', objects: [kubernetes(), pod(V4)], outcomes: {pods: 'partial'}, is: 'unknown'},
    {name: 'pods forbidden', objects: [kubernetes(), pod(V4)], outcomes: {pods: 'forbidden'}, is: 'unknown'},
    {name: 'no pod with an address', objects: [kubernetes(), pod([])], is: 'unknown'},
    {name: 'Services forbidden: their range is unknown, not absent', objects: [pod(V4)], outcomes: {services: 'forbidden'}, is: 'unknown'},
    {name: 'dual pods, and single Services, as the default is on any cluster', objects: [kubernetes(), service(['10.96.0.5'], {spec: {ipFamilyPolicy: 'SingleStack'}}), pod(BOTH)], is: 'unknown'},
    {name: 'dual pods, and a Service that would take both and got one', objects: [kubernetes(), service(['10.96.0.5'], {spec: {ipFamilyPolicy: 'PreferDualStack'}}), pod(BOTH)], is: 'dual-pods'},
    {name: 'dual pods, and nothing tells of Services', objects: [pod(BOTH)], outcomes: {services: 'forbidden'}, is: 'unknown'},
    {name: 'a Service that has both, before a stale flag', objects: [kubernetes(), service(['10.96.0.5', 'fd12::5']), controlPlane('kube-apiserver', {args: ['--service-cluster-ip-range=10.96.0.0/12']}), pod(BOTH)], is: 'dual'},
    {name: 'Services that were given both, before the ServiceCIDR lost one', objects: [kubernetes(), service(['10.96.0.5', 'fd12::5']), serviceCidr(['10.96.0.0/12']), pod(BOTH)], is: 'dual-pods'},
    {name: 'Services read in part: single ones prove nothing', objects: [kubernetes(), pod(V4)], outcomes: {services: 'partial'}, is: 'unknown'},
    {name: 'Services forbidden, the range told by a flag', objects: [controlPlane('kube-apiserver', {command: ['kube-apiserver', '--service-cluster-ip-range=10.96.0.0/12']}), pod(V4)], outcomes: {services: 'forbidden'}, is: 'v4'},
    {name: 'a flag that is not expanded may name another family', objects: [kubernetes(), controlPlane('kube-apiserver', {args: ['--service-cluster-ip-range=10.96.0.0/12,$(V6)']}), pod(V4)], is: 'unknown'},
    {name: 'evidence that contradicts itself', objects: [kubernetes('fd00::1'), serviceCidr(['fd00::/108']), pod(V4)], is: 'unknown'},
    {name: 'IPv6 in front of IPv4', objects: [kubernetes(), service(['10.96.0.9'], {lb: [{ip: '2600::9'}]}), pod(V4)], is: 'edge-dual'},
    {name: 'IPv4 in front of IPv6 has no state of its own', objects: [kubernetes('fd00::1'), service(['fd00::9'], {lb: [{ip: '52.1.2.3'}]}), pod(V6)], is: 'v6'},
    {name: 'hidden IPv4 of EKS', objects: [kubernetes('fd00::1'), pod(V6), awsNode({ENABLE_IPv6: 'true'})], is: 'hidden-second-family'},
    {name: 'hidden, whatever pods show', objects: [awsNode({ENABLE_IPv6: 'true'})], outcomes: {pods: 'forbidden'}, is: 'hidden-second-family'},
    {name: 'nothing', objects: [], is: 'unknown'},
  ]
  for (const {name, objects, outcomes, is} of rows) it(`${name}: ${is}`, () => expect(look(objects, outcomes).state).to.equal(is))
})

describe('signals and their traps', () => {
  const evidence = (info: FamiliesInfo, signal: number): string[] => info.evidence.filter(one => one.signal === signal).map(({value}) => value)
  const rows: {name: string; objects: KubeObject[]; outcomes?: Outcomes; signal: number; says: string | RegExp; at?: number}[] = [
    {name: '1 counts pods by family', objects: [pod(V4), pod(V4), pod(BOTH), pod(V6)], signal: 1, says: 'pods: 2 v4, 1 v6, 1 dual'},
    {name: '1 leaves out pods on the network of their node', objects: [pod(BOTH, {hostNetwork: true}), pod(V4)], signal: 1, says: 'pods: 1 v4'},
    {name: '1 leaves out pods that do not run', objects: [pod(BOTH, {phase: 'Succeeded'}), pod(V6, {phase: 'Pending'}), pod(V4)], signal: 1, says: 'pods: 1 v4'},
    {name: '1 takes podIP where podIPs is missing', objects: [pod([], {status: {podIP: '10.244.0.7'}})], signal: 1, says: 'pods: 1 v4'},
    {name: '1 takes a mapped address for IPv4', objects: [pod(['::ffff:10.244.0.7', '10.244.0.7'])], signal: 1, says: 'pods: 1 v4'},
    {name: '1 unknown is not absent', objects: [], outcomes: {pods: 'forbidden'}, signal: 1, says: 'unknown (forbidden)'},
    {name: '1 says what part was read', objects: [pod(V4)], outcomes: {pods: 'partial'}, signal: 1, says: 'pods: 1 v4; not all was read (partial)'},
    {name: '2 reads the ServiceCIDR kubernetes', objects: [serviceCidr(['10.96.0.0/12', 'fd12::/108'])], signal: 2, says: 'ServiceCIDR kubernetes: 10.96.0.0/12, fd12::/108'},
    {name: '2 takes no other ServiceCIDR for proof', objects: [serviceCidr(['fd12::/108'], 'more')], signal: 2, says: 'ServiceCIDR kubernetes: not there'},
    {name: '2 before 1.31', objects: [], outcomes: {servicecidrs: 'not-served'}, signal: 2, says: 'not served'},
    {name: '3 counts Services', objects: [kubernetes(), service(['10.96.0.5', 'fd12::5'])], signal: 3, says: 'Services: 1 v4, 1 dual'},
    {name: '3 skips headless ones, which get both families anywhere', objects: [kubernetes(), service([], {spec: {ipFamilies: ['IPv4', 'IPv6']}})], signal: 3, says: 'Services: 1 v4'},
    {name: '3 says who would take both and got one', objects: [service(['10.96.0.5'], {spec: {ipFamilyPolicy: 'PreferDualStack'}})], signal: 3, says: 'Services: 1 v4; 1 would take both families and got one'},
    {name: '3 skips manifests without an address', objects: [{apiVersion: 'v1', kind: 'Service', metadata: {name: 'a'}, spec: {ports: []}}], signal: 3, says: 'Services: none has a cluster IP'},
    {name: '4 counts nodes', objects: [node([['InternalIP', '192.168.0.1'], ['InternalIP', '2600::1'], ['Hostname', 'n']]), node([['InternalIP', '192.168.0.2']])], signal: 4, says: 'nodes: 1 v4, 1 dual'},
    {name: '4 asks the pods where nodes are forbidden', objects: [pod(V4, {hostIPs: ['192.168.0.1', '2600::1']})], outcomes: {nodes: 'forbidden'}, signal: 4, at: 1, says: 'Pod status.hostIPs: v4 and v6'},
    {name: '5 merges the ranges of nodes', objects: [node([], {podCIDRs: ['10.244.0.0/24']}), node([], {podCIDR: '10.244.1.0/24'})], signal: 5, says: 'Node spec.podCIDRs: 10.244.0.0/23'},
    {name: '5 empty where the CNI owns addresses', objects: [node([['InternalIP', '192.168.0.1']])], signal: 5, says: /^nodes carry no podCIDRs/},
    {name: '6 reads flags as one word', objects: [controlPlane('kube-apiserver', {command: ['kube-apiserver', '--service-cluster-ip-range=10.96.0.0/12,fd12::/108']})], signal: 6, says: 'control plane flags: services 10.96.0.0/12, fd12::/108'},
    {name: '6 reads flags as two words, in args', objects: [controlPlane('kube-controller-manager', {command: ['kube-controller-manager'], args: ['--cluster-cidr', '10.42.0.0/16', '--service_cluster_ip_range', '10.43.0.0/16']})], signal: 6, says: 'control plane flags: services 10.43.0.0/16; pods 10.42.0.0/16'},
    {name: '6 reads flags behind a shell', objects: [controlPlane('kube-apiserver', {command: ['/bin/sh', '-c', 'exec kube-apiserver --service-cluster-ip-range="10.0.0.0/20" 1>>/var/log/a 2>&1']})], signal: 6, says: 'control plane flags: services 10.0.0.0/20'},
    {name: '6 the last of a repeated flag holds', objects: [controlPlane('kube-apiserver', {args: ['--service-cluster-ip-range=10.1.0.0/16', '--service-cluster-ip-range=10.2.0.0/16']})], signal: 6, says: 'control plane flags: services 10.2.0.0/16'},
    {name: '6 says what is no range', objects: [controlPlane('kube-apiserver', {args: ['--service-cluster-ip-range=$(RANGE)']})], signal: 6, says: 'control plane flags: services $(RANGE) (not understood)'},
    {name: '6 leaves out a pod that ended', objects: [controlPlane('kube-apiserver', {args: ['--service-cluster-ip-range=10.1.0.0/16']}, 'Failed')], signal: 6, says: 'control plane flags: none seen'},
    {name: '7 reads kubeadm-config', objects: [configMap('kubeadm-config', {ClusterConfiguration: KUBEADM})], signal: 7, says: 'kubeadm-config and kube-proxy: services 10.96.0.0/12; pods 10.244.0.0/16, fd10:244::/56'},
    {name: '7 reads flow style', objects: [configMap('kubeadm-config', {ClusterConfiguration: '{networking: {podSubnet: 10.1.0.0/16}}'})], signal: 7, says: 'kubeadm-config and kube-proxy: pods 10.1.0.0/16'},
    {name: '7 reads kube-proxy', objects: [configMap('kube-proxy', {'config.conf': PROXY})], signal: 7, says: 'kubeadm-config and kube-proxy: pods 10.200.0.0/16'},
    {name: '7 knows an empty clusterCIDR', objects: [configMap('kube-proxy', {'config.conf': 'clusterCIDR: ""\n'})], signal: 7, says: 'kubeadm-config and kube-proxy: name no range'},
    {name: '7 does not guess at a file that it cannot read', objects: [configMap('kube-proxy', {'config.conf': 'clusterCIDR: [10.1.0.0/16\n'})], signal: 7, says: 'kubeadm-config and kube-proxy: pods ConfigMap kube-proxy (not understood)'},
    {name: '7 takes no comment for a value', objects: [configMap('kube-proxy', {'config.conf': '# clusterCIDR: 10.9.0.0/16\nmode: ipvs\n'})], signal: 7, says: 'kubeadm-config and kube-proxy: name no range'},
    {name: '8 reads IPPools', objects: [ipPool({cidr: '10.1.0.0/16'}), ipPool({cidr: 'fd10::/56', allowedUses: ['Workload', 'Tunnel']}), ipPool({cidr: '10.2.0.0/16', allowedUses: ['LoadBalancer']})], signal: 8, says: 'Calico IPPools: 10.1.0.0/16, fd10::/56'},
    {name: '8 reads FelixConfiguration', objects: [{apiVersion: 'crd.projectcalico.org/v1', kind: 'FelixConfiguration', metadata: {name: 'default'}, spec: {ipv6Support: false}}], signal: 8, at: 1, says: 'FelixConfiguration: default ipv6Support false'},
    {name: '8 reads cilium-config', objects: [configMap('cilium-config', {'enable-ipv4': 'true', 'enable-ipv6': 'false'})], signal: 8, at: 2, says: 'cilium-config: enable-ipv4 true, enable-ipv6 false'},
    {name: '8 aws-node forbidden', objects: [], outcomes: {'aws-node': 'forbidden'}, signal: 8, at: 3, says: 'unknown (forbidden)'},
    {name: '9 looks no name up', objects: [service(['10.96.0.9'], {lb: [{hostname: 'x.elb.amazonaws.com'}]})], signal: 9, says: 'Service load balancers: 1 host names not looked up'},
    {name: '9 reads Ingresses', objects: [ingress([{ip: '2600::1'}])], signal: 9, at: 1, says: 'Ingress load balancers: v6'},
  ]
  for (const {name, objects, outcomes, signal, says, at = 0} of rows) {
    it(name, () => {
      const value = evidence(look(objects, outcomes), signal)[at]
      if (typeof says === 'string') expect(value).to.equal(says)
      else expect(value).to.match(says)
    })
  }

  it('names every signal from 1 to 9, in order', () => {
    const signals = look([]).evidence.map(({signal}) => signal)
    expect([...new Set(signals)]).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(signals).to.deep.equal(signals.toSorted((a, b) => a - b))
  })
})

describe('edge families', () => {
  const dual = {'service.beta.kubernetes.io/aws-load-balancer-ip-address-type': 'dualstack'}
  const rows: {name: string; objects: KubeObject[]; is: (4 | 6)[]}[] = [
    {name: 'an address with a colon', objects: [service([], {lb: [{ip: '2600::1'}]})], is: [6]},
    {name: 'a mapped address is IPv4', objects: [service([], {lb: [{ip: '::ffff:52.1.2.3'}]})], is: [4]},
    {name: 'both', objects: [service([], {lb: [{ip: '2600::1'}, {ip: '52.1.2.3'}]})], is: [4, 6]},
    {name: 'a dual-stack annotation with its load balancer', objects: [service([], {lb: [{hostname: 'x.elb.amazonaws.com'}], annotations: dual})], is: [4, 6]},
    {name: 'a dual-stack annotation that nobody has acted on', objects: [service([], {annotations: dual})], is: []},
    {name: 'an annotation that says ipv4', objects: [ingress([{hostname: 'x'}], {'alb.ingress.kubernetes.io/ip-address-type': 'ipv4'})], is: []},
    {name: 'an Ingress without public IPv4', objects: [ingress([{hostname: 'x'}], {'alb.ingress.kubernetes.io/ip-address-type': 'dualstack-without-public-ipv4'})], is: [4, 6]},
    {name: 'a host name alone', objects: [service([], {lb: [{hostname: 'x'}]})], is: []},
  ]
  for (const {name, objects, is} of rows) it(name, () => expect(look(objects).edge).to.deep.equal(is))
})

describe('hidden families', () => {
  const rows: {env: Record<string, string>; status?: Record<string, number>; is: 4 | 6 | null}[] = [
    {env: {}, is: null},
    {env: {ENABLE_IPv6: 'true'}, is: 4},
    {env: {ENABLE_IPv6: 'true', ENABLE_V4_EGRESS: 'true'}, is: 4},
    {env: {ENABLE_IPv6: 'true', ENABLE_V4_EGRESS: 'false'}, is: null},
    {env: {ENABLE_IPv6: 'true', ENABLE_V4_EGRESS: ''}, is: 4},
    {env: {ENABLE_IPv6: 'false', ENABLE_V4_EGRESS: 'true'}, is: null},
    {env: {ENABLE_V6_EGRESS: 'true'}, is: 6},
    {env: {ENABLE_IPv6: 'false', ENABLE_V6_EGRESS: '1'}, is: 6},
    {env: {ENABLE_V6_EGRESS: 'false'}, is: null},
    {env: {ENABLE_V6_EGRESS: 'yes'}, is: null},
    {env: {ENABLE_IPv6: 'true', ENABLE_V4_EGRESS: 'false', ENABLE_V6_EGRESS: 'true'}, is: null},
    {env: {ENABLE_IPv6: 'true'}, status: {desiredNumberScheduled: 0}, is: null},
  ]
  for (const {env, status, is} of rows) {
    it(`${JSON.stringify(env)}${status === undefined ? '' : ' on no node'}: ${is ?? 'none'}`, () => expect(look([awsNode(env, status)]).hidden).to.equal(is))
  }
  it('a manifest without status acts', () => expect(look([awsNode({ENABLE_IPv6: 'true'}, {})]).hidden).to.equal(4))
})

describe('primary family', () => {
  it('is that of default/kubernetes', () => expect(look([service(['10.0.0.1', 'fd00::1']), kubernetes('fd12::1')]).primary).to.equal(6))
  it('is not that of a namesake', () => expect(look([service(['10.0.0.1'], {name: 'kubernetes', namespace: 'other'})]).primary).to.equal(null))
  it('is unknown where Services are not read', () => expect(look([kubernetes()], {services: 'forbidden'}).primary).to.equal(null))
})

describe('ranges', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Outcomes; of: 'pods' | 'services' | 'nodes'; are: string[]; from: string}[] = [
    {name: 'pods: configured', objects: [node([], {podCIDRs: ['10.244.0.0/24']}), controlPlane('kube-controller-manager', {args: ['--cluster-cidr=10.244.0.0/16']}), pod(V4)], of: 'pods', are: ['10.244.0.0/16'], from: 'Node spec.podCIDRs, --cluster-cidr'},
    {name: 'pods: a configured range that the CNI does not follow', objects: [configMap('kubeadm-config', {ClusterConfiguration: KUBEADM}), pod(['10.0.1.7'])], of: 'pods', are: ['10.0.1.7/32', '10.244.0.0/16', 'fd10:244::/56'], from: 'kubeadm-config or kube-proxy; outside of it observed pod addresses'},
    {name: 'pods: observed', objects: [pod(V4), pod(['10.244.0.4'])], of: 'pods', are: ['10.244.0.4/31'], from: 'observed pod addresses'},
    {name: 'pods: unknown', objects: [pod(V4)], outcomes: {pods: 'forbidden'}, of: 'pods', are: [], from: ''},
    {name: 'services: the ServiceCIDR before a stale file', objects: [serviceCidr(['10.96.0.0/16']), configMap('kubeadm-config', {ClusterConfiguration: KUBEADM})], of: 'services', are: ['10.96.0.0/16'], from: 'ServiceCIDR kubernetes'},
    {name: 'services: a further ServiceCIDR in use', objects: [serviceCidr(['10.96.0.0/16']), serviceCidr(['10.7.0.0/24'], 'more'), service(['10.7.0.5'])], of: 'services', are: ['10.7.0.5/32', '10.96.0.0/16'], from: 'ServiceCIDR kubernetes; outside of it observed cluster IPs'},
    {name: 'services: observed', objects: [kubernetes()], of: 'services', are: ['10.96.0.1/32'], from: 'observed cluster IPs'},
    {name: 'nodes', objects: [node([['InternalIP', '192.168.0.1'], ['ExternalIP', '52.1.2.3']])], of: 'nodes', are: ['52.1.2.3/32', '192.168.0.1/32'], from: 'observed node addresses'},
    {name: 'nodes by their pods', objects: [pod(V4, {hostIPs: ['192.168.0.1']})], outcomes: {nodes: 'forbidden'}, of: 'nodes', are: ['192.168.0.1/32'], from: 'observed host addresses of pods'},
  ]
  for (const {name, objects, outcomes, of, are, from} of rows) {
    it(name, () => {
      const info = look(objects, outcomes)
      expect(info.ranges[of]).to.deep.equal(are)
      expect(info.rangesFrom[of]).to.equal(from)
    })
  }

  it('stay few whatever the number of pods, and say that they were rounded up', () => {
    const pods = Array.from({length: 20_000}, (_, index) => pod([`10.${index >> 12}.${index >> 4 & 255}.${index & 15}`, `fd00:${(index % 700).toString(16)}::${index.toString(16)}`]))
    const info = look([kubernetes(), ...pods])
    expect(info.ranges.pods.length).to.be.lessThan(600)
    expect(info.rangesFrom.pods).to.match(/^observed pod addresses, rounded up to \/16 and \/\d+$/)
    expect(info.counts.pods).to.deep.equal({v4: 0, v6: 0, dual: 20_000})
  })
})

describe('clouds', () => {
  const rows: {name: string; objects: KubeObject[]; is: Partial<FamiliesInfo>}[] = [
    {name: 'EKS, IPv4', objects: [kubernetes('172.20.0.1'), node([['InternalIP', '10.0.1.5'], ['InternalDNS', 'ip-10-0-1-5']]), pod(['10.0.1.77']), awsNode({ENABLE_IPv6: 'false', ENABLE_V4_EGRESS: 'true', ENABLE_V6_EGRESS: 'false'})], is: {state: 'v4', primary: 4, hidden: null, nodes: [4]}},
    {name: 'EKS, IPv6', objects: [kubernetes('fd5c:1::1'), node([['InternalIP', '2600:1f13::5']]), pod(['2600:1f13::77']), awsNode({ENABLE_IPv6: 'true', ENABLE_V4_EGRESS: 'true'})], is: {state: 'hidden-second-family', primary: 6, hidden: 4, nodes: [6]}},
    {name: 'GKE, dual', objects: [kubernetes('10.8.0.1'), service(['10.8.0.9', '2600:2d00:0:4::9']), node([['InternalIP', '10.0.0.2'], ['InternalIP', '2600:1900::2']], {podCIDRs: ['10.4.0.0/24', '2600:1900:1::/112']}), pod(['10.4.0.5', '2600:1900:1::5'])], is: {state: 'dual', primary: 4, hidden: null, nodes: [4, 6]}},
    {name: 'AKS, IPv4 with a dual-stack front', objects: [kubernetes('10.0.0.1'), service(['10.0.0.9'], {lb: [{ip: '20.1.2.3'}, {ip: '2603:1030::1'}]}), node([['InternalIP', '10.224.0.4']], {podCIDRs: ['10.244.0.0/24']}), pod(['10.244.0.8'])], is: {state: 'edge-dual', edge: [4, 6]}},
    {name: 'nodes dual, pods not', objects: [kubernetes(), node([['InternalIP', '10.0.0.2'], ['InternalIP', '2600::2']]), pod(V4)], is: {state: 'v4', nodes: [4, 6], services: [4]}},
  ]
  for (const {name, objects, is} of rows) it(name, () => expect(look(objects)).to.deep.include(is))
})
