import {expect} from 'chai'
import {serviceExternalIP} from '../../../src/checks/external-ips/service-external-ip.js'
import {serviceStatusIP} from '../../../src/checks/external-ips/service-status-ip.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {object} from '../../support/declared-facts.js'
import {CILIUM, KUBERNETES, KUBE_PROXY, QUIET, clusterRole, grant, kubeProxyConfig, node, pod, service} from './cluster.js'

const run = (objects: readonly KubeObject[], outcomes: Cluster['outcomes'] = {}, isQuiet = true, minor = 30): Promise<Ran> => runChecks([serviceExternalIP, serviceStatusIP], {objects: [...(isQuiet ? QUIET : []), ...objects], outcomes, minor})
const told = ({findings}: Ran, check: string): string[] => findings.filter(one => one.check === check)
  .map(({variant, severity, severityWhenActive, object: {namespace, name}, path}) => `${severityWhenActive === null ? severity : `latent ${severityWhenActive}`} ${variant} ${namespace}/${name} ${path}`).toSorted()

const vip = (ips: unknown, fields: Parameters<typeof service>[1] = {}): KubeObject => service('shop/vip', {ips, ...fields})
const lb = (...ips: readonly string[]): KubeObject => service('shop/lb', {type: 'LoadBalancer', status: ips.map(ip => ({ip}))})
const METALLB = [clusterRole('metallb', ['services/status'], ['update']), grant('metallb', 'metallb', {kind: 'ServiceAccount', name: 'controller', namespace: 'metallb-system'})]

describe('service-external-ip', () => {
  const rows: {name: string; objects: KubeObject[]; tells: string[]}[] = [
    {name: 'nothing to say about an ordinary cluster', objects: [], tells: []},
    {name: 'cluster DNS', objects: [vip(['10.96.0.10'], {ports: ['53/UDP']})], tells: ['critical cluster-dns shop/vip spec.externalIPs[0]']},
    {name: 'the address of DNS on another port is another Service\'s', objects: [vip(['10.96.0.10'], {ports: ['80/TCP']})], tells: ['high service shop/vip spec.externalIPs[0]']},
    {name: 'DNS of RKE2, by its label', objects: [service('kube-system/rke2-coredns', {clusterIP: '10.96.0.11', ports: ['53/UDP'], labels: {'k8s-app': 'kube-dns'}}), vip(['10.96.0.11'], {ports: ['53/UDP']})], tells: ['critical cluster-dns shop/vip spec.externalIPs[0]']},
    {name: 'DNS by its name', objects: [service('kube-system/kube-dns', {clusterIP: '10.96.0.12', ports: ['53/UDP']}), vip(['10.96.0.12'], {ports: ['53/UDP']})], tells: ['critical cluster-dns shop/vip spec.externalIPs[0]']},
    {name: 'DNS of OpenShift', objects: [service('openshift-dns/dns-default', {clusterIP: '10.96.0.13', ports: ['53/UDP']}), vip(['10.96.0.13'], {ports: ['53/UDP']})], tells: ['critical cluster-dns shop/vip spec.externalIPs[0]']},
    {name: 'another Service beside DNS', objects: [service('kube-system/metrics', {clusterIP: '10.96.0.14', ports: ['53/UDP']}), vip(['10.96.0.14'], {ports: ['53/UDP']})], tells: ['high service shop/vip spec.externalIPs[0]']},
    {name: 'what calls itself DNS elsewhere', objects: [service('pay/kube-dns', {clusterIP: '10.96.0.15', ports: ['53/UDP'], labels: {'k8s-app': 'kube-dns'}}), vip(['10.96.0.15'], {ports: ['53/UDP']})], tells: ['high service shop/vip spec.externalIPs[0]']},
    {name: 'one port of several is enough', objects: [vip(['10.96.0.10'], {ports: ['8080/TCP', '53/UDP']})], tells: ['critical cluster-dns shop/vip spec.externalIPs[0]']},
    {name: 'a port of the other protocol is another one', objects: [vip(['192.168.0.10'], {ports: ['6443/UDP']})], tells: ['medium private shop/vip spec.externalIPs[0]']},
    {name: 'a pod that has no node yet', objects: [vip(['172.20.1.1']), object('v1', 'Pod', 'shop/new', {status: {phase: 'Pending'}})], tells: ['medium private shop/vip spec.externalIPs[0]']},
    {name: 'any port of it under IPVS', objects: [vip(['10.96.0.10'], {ports: ['80/TCP']}), kubeProxyConfig('mode: ipvs\n')], tells: ['critical cluster-dns shop/vip spec.externalIPs[0]']},
    {name: 'the Service of the API server', objects: [vip(['10.96.0.1'], {ports: ['443/TCP']})], tells: ['critical api-server shop/vip spec.externalIPs[0]']},
    {name: 'an endpoint of the API server', objects: [vip(['192.168.0.10'], {ports: ['6443/TCP']})], tells: ['critical api-server shop/vip spec.externalIPs[0]']},
    {name: 'its leading zeros are decimal', objects: [vip(['192.168.000.010'], {ports: ['6443/TCP']})], tells: ['critical api-server shop/vip spec.externalIPs[0]']},
    {name: 'its IPv4-mapped spelling', objects: [vip(['::ffff:192.168.0.10'], {ports: ['6443/TCP']})], tells: ['critical api-server shop/vip spec.externalIPs[0]']},
    {name: 'another Service', objects: [vip(['10.96.7.7'])], tells: ['high service shop/vip spec.externalIPs[0]']},
    {name: 'its own cluster IP is odd, and no clash', objects: [vip(['10.96.9.9'], {clusterIP: '10.96.9.9'})], tells: ['medium private shop/vip spec.externalIPs[0]']},
    {name: 'a free address of the Service range', objects: [vip(['10.100.1.1'])], tells: ['medium service-range shop/vip spec.externalIPs[0]']},
    {name: 'a free IPv6 address of the Service range', objects: [vip(['FD12:0:0::9'])], tells: ['medium service-range shop/vip spec.externalIPs[0]']},
    {name: 'a node', objects: [vip(['192.168.0.21'])], tells: ['high node shop/vip spec.externalIPs[0]']},
    {name: 'a node under IPVS: nodes lose each other', objects: [vip(['192.168.0.21']), kubeProxyConfig('mode: "ipvs"\n')], tells: ['critical node-ipvs shop/vip spec.externalIPs[0]']},
    {name: 'a pod', objects: [vip(['10.244.0.7'])], tells: ['high pod shop/vip spec.externalIPs[0]']},
    {name: 'a free address of the pods\' range', objects: [vip(['10.244.0.99'])], tells: ['medium pod-range shop/vip spec.externalIPs[0]']},
    {name: 'metadata over IPv6, which the API server takes', objects: [vip(['fd00:ec2::254'])], tells: ['critical metadata shop/vip spec.externalIPs[0]']},
    {name: 'metadata of Alibaba Cloud', objects: [vip(['100.100.100.200'])], tells: ['critical metadata shop/vip spec.externalIPs[0]']},
    {
      name: 'the same address, port and protocol twice', objects: [vip(['172.20.1.1']), service('pay/vip', {ips: ['172.20.1.1']})],
      tells: ['medium duplicate pay/vip spec.externalIPs[0]', 'medium duplicate shop/vip spec.externalIPs[0]'],
    },
    {
      name: 'a public address twice is no lesser matter than once', objects: [vip(['203.0.114.5']), service('shop/vip2', {ips: ['203.0.114.5']})],
      tells: ['high public shop/vip spec.externalIPs[0]', 'high public shop/vip2 spec.externalIPs[0]'],
    },
    {name: 'an address for documentation twice', objects: [vip(['192.0.2.10']), service('shop/vip2', {ips: ['192.0.2.10']})], tells: ['medium duplicate shop/vip spec.externalIPs[0]', 'medium duplicate shop/vip2 spec.externalIPs[0]']},
    {
      name: 'the same address on another port is no duplicate', objects: [vip(['203.0.114.5']), service('pay/vip', {ips: ['203.0.114.5'], ports: ['443/TCP']})],
      tells: ['high public pay/vip spec.externalIPs[0]', 'high public shop/vip spec.externalIPs[0]'],
    },
    {name: 'an ignored claim is no duplicate of another', objects: [vip(['203.0.114.5']), service('pay/vip', {ips: ['203.0.114.5'], clusterIP: 'None'})], tells: ['high public shop/vip spec.externalIPs[0]', 'latent high ignored pay/vip spec.externalIPs[0]']},
    {name: 'documentation', objects: [vip(['192.0.2.10'])], tells: ['low documentation shop/vip spec.externalIPs[0]']},
    {name: 'private', objects: [vip(['172.20.1.1'])], tells: ['medium private shop/vip spec.externalIPs[0]']},
    {name: 'public', objects: [vip(['8.8.8.8'])], tells: ['high public shop/vip spec.externalIPs[0]']},
    {name: 'what stands for a public address behind NAT64', objects: [vip(['64:ff9b::808:808'])], tells: ['high public shop/vip spec.externalIPs[0]']},
    {name: 'headless', objects: [vip(['8.8.8.8'], {clusterIP: 'None'})], tells: ['latent high ignored shop/vip spec.externalIPs[0]']},
    {name: 'ExternalName', objects: [vip(['8.8.8.8'], {type: 'ExternalName'})], tells: ['latent high ignored shop/vip spec.externalIPs[0]']},
    {name: 'no address at all', objects: [vip(['10.0.0.0/8'])], tells: ['low unreadable shop/vip spec.externalIPs[0]']},
    {name: 'each address of a Service once, whatever its spelling', objects: [vip(['8.8.8.8', '10.96.7.7', '8.8.8.8', '::ffff:8.8.8.8'])], tells: ['high public shop/vip spec.externalIPs[0]', 'high service shop/vip spec.externalIPs[1]']},
    {name: 'latent where the gate of kube-proxy is off', objects: [vip(['8.8.8.8']), kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n'), KUBE_PROXY], tells: ['latent high public shop/vip spec.externalIPs[0]']},
    {name: 'not latent where kube-proxy left its configuration behind', objects: [vip(['8.8.8.8']), kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n')], tells: ['high public shop/vip spec.externalIPs[0]']},
    {
      name: 'latent by the gate where Cilium leaves the work to kube-proxy',
      objects: [vip(['8.8.8.8']), kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n'), KUBE_PROXY, object('v1', 'ConfigMap', 'kube-system/cilium-config', {data: {'kube-proxy-replacement': 'false'}}), ...CILIUM.slice(1)],
      tells: ['latent high public shop/vip spec.externalIPs[0]'],
    },
    {
      name: 'and where Cilium, which left its configuration behind, is gone',
      objects: [vip(['8.8.8.8']), kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n'), KUBE_PROXY, ...CILIUM.slice(0, 1)],
      tells: ['latent high public shop/vip spec.externalIPs[0]'],
    },
    {name: 'latent where Cilium leaves it alone', objects: [vip(['8.8.8.8']), ...CILIUM], tells: ['latent high public shop/vip spec.externalIPs[0]']},
    {name: 'not latent under Cilium where the address is a node\'s', objects: [vip(['192.168.0.21']), ...CILIUM], tells: ['high node shop/vip spec.externalIPs[0]']},
    {name: 'nor where the node is an API server', objects: [vip(['192.168.0.10'], {ports: ['6443/TCP']}), node('cp', '192.168.0.10'), ...CILIUM], tells: ['critical api-server shop/vip spec.externalIPs[0]']},
    {name: 'nor where it may not hold for pods', objects: [vip(['8.8.8.8']), object('v1', 'ConfigMap', 'kube-system/cilium-config', {data: {'kube-proxy-replacement': 'true', 'bpf-lb-sock-hostns-only': 'true'}}), ...CILIUM.slice(1)], tells: ['high public shop/vip spec.externalIPs[0]']},
    {name: 'not latent where kube-proxy runs beside Cilium', objects: [vip(['8.8.8.8']), ...CILIUM, KUBE_PROXY], tells: ['high public shop/vip spec.externalIPs[0]']},
    {name: 'nor where Cilium does not do as the configuration that kube-proxy left says', objects: [vip(['192.168.0.21']), ...CILIUM, KUBE_PROXY, kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n')], tells: ['high node shop/vip spec.externalIPs[0]']},
  ]
  for (const {name, objects, tells} of rows) {
    it(name, async () => {
      const ran = await run(objects)
      expect(told(ran, 'service-external-ip')).to.deep.equal(tells)
      expect(ran.skips['service-external-ip']).to.equal(null)
    })
  }

  it('says what the address is, which traffic goes there, and a patch that takes only it away', async () => {
    const {findings: [finding]} = await run([vip(['8.8.8.8', '10.96.0.10'], {ports: ['53/UDP', '53/TCP']})].reverse())
    const {findings} = await run([vip(['8.8.8.8', '10.96.0.10'], {ports: ['53/UDP', '53/TCP']})])
    expect(finding?.check).to.equal('service-external-ip')
    const dns = findings.find(({variant}) => variant === 'cluster-dns')
    expect(dns?.message).to.equal('It claims 10.96.0.10, the address of cluster DNS (kube-system/kube-dns), and gets the traffic on 53/UDP, 53/TCP.')
    expect(dns?.fix?.patch).to.equal('[{"op":"test","path":"/spec/externalIPs/1","value":"10.96.0.10"},{"op":"remove","path":"/spec/externalIPs/1"}]')
    expect(dns?.details).to.deep.equal({type: 'external-ip', address: '10.96.0.10', addressClass: 'cluster-dns', road: 'spec', clashesWith: ['kube-system/kube-dns'], blocked: 'unknown'})
  })

  const messages: [objects: KubeObject[], message: RegExp][] = [
    [[vip(['198.18.0.1'])], /a reserved address \(benchmarking\), and gets/],
    [[vip(['192.168.0.10'], {ports: ['6443/TCP']})], /, an address of the API server, and gets/],
    [[vip(['10.96.0.1'], {ports: ['443/TCP']})], /, the address of the API server \(default\/kubernetes\), and gets/],
    [[vip(['100.64.0.1'])], /a shared address, and gets/],
    [[vip(['8.8.8.8'], {clusterIP: 'None'})], /while the Service is headless: who may write it/],
    [[vip(['8.8.8.8'], {type: 'ExternalName'})], /while the Service is of type ExternalName: who may write it/],
    [[vip(['8.8.8.8']), ...CILIUM], /a public address; nothing happens now, as Cilium in place of kube-proxy sends no traffic/],
    [[vip(['192.168.0.21']), ...CILIUM], /an address of the node n1, and gets the traffic on 80\/TCP; in IPVS mode/],
    [[service('shop/vip', {clusterIP: 'None', status: [{ip: '8.8.8.8'}]})], /kube-proxy ignores: the Service is headless\.$/],
    [[service('shop/vip', {type: 'ExternalName', status: [{ip: '8.8.8.8'}]})], /kube-proxy ignores: the Service is of type ExternalName\.$/],
    [[lb('192.168.0.21'), ...METALLB], /^Its status names the address of a node, as is normal for MetalLB\.$/],
    [[lb('192.168.0.21', '192.168.0.22'), node('n2', '192.168.0.22'), ...METALLB], /^Its status names the addresses of 2 nodes, as is normal for MetalLB\.$/],
  ]
  for (const [objects, message] of messages) it(`says ${message.source}`, async () => expect((await run(objects)).findings[0]?.message).to.match(message))

  it('is sure of what an address is, and derives what a range may become', async () => {
    const confidence = async (ip: string): Promise<unknown> => (await run([vip([ip])])).findings[0]?.confidence
    expect([await confidence('8.8.8.8'), await confidence('10.96.7.7'), await confidence('10.100.1.1'), await confidence('10.244.0.99')]).to.deep.equal(['certain', 'certain', 'derived', 'derived'])
  })

  it('names who else claims a public address', async () => {
    const {findings} = await run([vip(['8.8.8.8']), service('pay/vip', {ips: ['8.8.8.8']})])
    const finding = findings.find(({object: {namespace}}) => namespace === 'shop')
    expect(finding?.message).to.equal('It claims 8.8.8.8, a public address, which pay/vip also claims on the same port, and gets the traffic on 80/TCP.')
    expect(finding?.details).to.deep.include({addressClass: 'public', clashesWith: ['pay/vip']})
  })

  it('names few of the many who claim one address, and counts all', async () => {
    const many = Array.from({length: 3000}, (_, index) => service(`pay/s${String(index).padStart(4, '0')}`, {ips: ['172.20.1.1']}))
    const started = performance.now()
    const {findings} = await run(many)
    const first = findings.find(({object}) => object.name === 's0000' )
    expect(findings).to.have.length(3000)
    expect(first?.message).to.equal('It claims 172.20.1.1, which pay/s0001, pay/s0002, pay/s0003 and 2996 more also claim on the same port, and gets the traffic on 80/TCP.')
    expect(first?.details).to.have.property('clashesWith').with.length(19)
    // Each against each would be nine million.
    expect(performance.now() - started).to.be.below(10_000)
  })

  describe('what was not seen is not called clean', () => {
    const unseen: {name: string; objects: KubeObject[]; outcomes: Cluster['outcomes']; skip: string | null}[] = [
      {name: 'Services forbidden', objects: [], outcomes: {services: 'forbidden'}, skip: 'forbidden'},
      {name: 'nodes forbidden and a claim: its class may be another', objects: [vip(['8.8.8.8'])], outcomes: {nodes: 'forbidden'}, skip: 'forbidden'},
      {name: 'nodes forbidden and no claim: nothing is missed', objects: [], outcomes: {nodes: 'forbidden'}, skip: null},
      {name: 'nodes forbidden and only an ignored claim', objects: [vip(['8.8.8.8'], {clusterIP: 'None'})], outcomes: {nodes: 'forbidden'}, skip: null},
      {name: 'EndpointSlices forbidden: where API servers answer is not known', objects: [vip(['8.8.8.8'])], outcomes: {endpointslices: 'forbidden'}, skip: 'forbidden'},
      {name: 'pods in part', objects: [vip(['8.8.8.8'])], outcomes: {pods: 'partial'}, skip: 'partial'},
      {name: 'a pod with an odd address', objects: [vip(['8.8.8.8']), pod('shop/odd', 'rubbish')], outcomes: {}, skip: 'not-understood'},
      {name: 'an odd Service', objects: [vip('8.8.8.8')], outcomes: {}, skip: 'not-understood'},
    ]
    for (const {name, objects, outcomes, skip} of unseen) it(name, async () => expect((await run(objects, outcomes)).skips['service-external-ip']).to.equal(skip))

    it('where nodes are not seen, Cilium may take any address for one of theirs', async () => {
      expect(told(await run([vip(['8.8.8.8']), ...CILIUM], {nodes: 'forbidden'}), 'service-external-ip')).to.deep.equal(['high public shop/vip spec.externalIPs[0]'])
    })

    it('a cluster that shows no nodes (vcluster) has some', async () => {
      const ran = await run([KUBERNETES, vip(['8.8.8.8'])], {}, false)
      expect(ran.skips['service-external-ip']).to.equal('not-observable')
      expect(told(ran, 'service-external-ip')).to.deep.equal(['high public shop/vip spec.externalIPs[0]'])
    })
  })
})

describe('service-status-ip', () => {
  const rows: {name: string; objects: KubeObject[]; tells: string[]}[] = [
    {name: 'an address of a controller that we know', objects: [lb('8.8.8.8'), ...METALLB], tells: []},
    {name: 'an address that nobody we know gave', objects: [lb('8.8.8.8')], tells: ['low unexplained shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'cluster DNS', objects: [service('shop/lb', {type: 'LoadBalancer', ports: ['53/UDP'], status: [{ip: '10.96.0.10'}]}), ...METALLB], tells: ['critical cluster-dns shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'metadata, which only this road takes', objects: [lb('169.254.169.254'), ...METALLB], tells: ['critical metadata shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'loopback of every node', objects: [lb('127.0.0.1'), ...METALLB], tells: ['high node shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'another Service', objects: [lb('10.96.7.7'), ...METALLB], tells: ['high service shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'a pod', objects: [lb('10.244.0.7'), ...METALLB], tells: ['high pod shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'a node, and nobody who hands out nodes', objects: [lb('192.168.0.21')], tells: ['high node shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'nodes, handed out by a controller: one line', objects: [lb('192.168.0.21', '192.168.0.22'), node('n2', '192.168.0.22'), ...METALLB], tells: ['info node-of-controller shop/lb status.loadBalancer.ingress']},
    {name: 'nodes of k3s, which shows no account', objects: [lb('192.168.0.22'), node('n2', '192.168.0.22', {kubelet: 'v1.30.4+k3s1'})], tells: ['info node-of-controller shop/lb status.loadBalancer.ingress']},
    {
      name: 'a node of k3s that is an API server too', objects: [service('shop/lb', {type: 'LoadBalancer', ports: ['443/TCP'], status: [{ip: '192.168.0.10'}]}), node('cp', '192.168.0.10', {kubelet: 'v1.30.4+k3s1'})],
      tells: ['info node-of-controller shop/lb status.loadBalancer.ingress'],
    },
    {
      name: 'the port of the API server on it: no load balancer gets that one', objects: [service('shop/lb', {type: 'LoadBalancer', ports: ['6443/TCP'], status: [{ip: '192.168.0.10'}]}), node('cp', '192.168.0.10', {kubelet: 'v1.30.4+k3s1'})],
      tells: ['critical api-server shop/lb status.loadBalancer.ingress[0].ip'],
    },
    {
      name: 'a node of a cloud whose load balancers have addresses of their own',
      objects: [lb('10.0.0.5'), node('n2', '10.0.0.5', {kubelet: 'v1.30.4-eks-1'}), node('n3', '10.0.0.6', {kubelet: 'v1.30.4-eks-1'}), clusterRole('ccm', ['services/status'], ['patch']), grant('ccm', 'ccm', {kind: 'User', name: 'eks:cloud-controller-manager'})],
      tells: ['high node shop/lb status.loadBalancer.ingress[0].ip'],
    },
    {
      name: 'a node of such a cloud where MetalLB runs too', objects: [lb('10.0.0.5'), node('n2', '10.0.0.5', {kubelet: 'v1.30.4-eks-1'}), node('n3', '10.0.0.6', {kubelet: 'v1.30.4-eks-1'}), ...METALLB],
      tells: ['info node-of-controller shop/lb status.loadBalancer.ingress'],
    },
    {name: 'another address at such a cloud', objects: [lb('10.0.0.9'), node('n2', '10.0.0.5', {kubelet: 'v1.30.4-eks-1'}), node('n3', '10.0.0.6', {kubelet: 'v1.30.4-eks-1'})], tells: []},
    {name: 'on a Service that is no LoadBalancer', objects: [service('shop/lb', {status: [{ip: '8.8.8.8'}]}), ...METALLB], tells: ['medium stray shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'two load balancers with one address and port', objects: [lb('8.8.8.8'), service('pay/lb', {type: 'LoadBalancer', status: [{ip: '8.8.8.8'}]}), ...METALLB], tells: ['medium duplicate pay/lb status.loadBalancer.ingress[0].ip', 'medium duplicate shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'one address, two ports: shared on purpose', objects: [lb('8.8.8.8'), service('pay/lb', {type: 'LoadBalancer', ports: ['443/TCP'], status: [{ip: '8.8.8.8'}]}), ...METALLB], tells: []},
    {name: 'a host name is not captured', objects: [service('shop/lb', {type: 'LoadBalancer', status: [{hostname: 'lb.example.com'}]})], tells: []},
    {name: 'ipMode Proxy is not captured', objects: [service('shop/lb', {type: 'LoadBalancer', status: [{ip: '10.96.7.7', ipMode: 'Proxy'}]})], tells: []},
    {name: 'but where a node is older than that', objects: [service('shop/lb', {type: 'LoadBalancer', status: [{ip: '10.96.7.7', ipMode: 'Proxy'}]}), node('old', '192.168.0.30', {kubelet: 'v1.29.9'})], tells: ['high service shop/lb status.loadBalancer.ingress[0].ip']},
    {name: 'nor does it hide the same address without it', objects: [service('shop/lb', {type: 'LoadBalancer', status: [{ip: '10.96.7.7', ipMode: 'Proxy'}, {ip: '10.96.7.7'}]})], tells: ['high service shop/lb status.loadBalancer.ingress[1].ip']},
    {name: 'ipMode VIP is', objects: [service('shop/lb', {type: 'LoadBalancer', status: [{ip: '10.96.7.7', ipMode: 'VIP'}]})], tells: ['high service shop/lb status.loadBalancer.ingress[0].ip']},
  ]
  for (const {name, objects, tells} of rows) {
    it(name, async () => {
      const ran = await run(objects)
      expect(told(ran, 'service-status-ip')).to.deep.equal(tells)
      expect(ran.skips['service-status-ip']).to.equal(null)
    })
  }

  const viaProxy = service('shop/lb', {type: 'LoadBalancer', status: [{ip: '10.96.7.7', ipMode: 'Proxy'}]})
  it('nodes forbidden: whether they heed ipMode Proxy is not known', async () => {
    const ran = await run([viaProxy], {nodes: 'forbidden'})
    expect(told(ran, 'service-status-ip')).to.deep.equal([])
    expect(ran.skips['service-status-ip']).to.equal('forbidden')
  })

  it('no node was seen, and the server is too old for ipMode: nodes are no newer', async () => {
    const ran = await run([viaProxy], {nodes: 'forbidden'}, true, 29)
    expect(told(ran, 'service-status-ip')).to.deep.equal(['high service shop/lb status.loadBalancer.ingress[0].ip'])
  })

  it('roles forbidden: who gave an address is not known, and nothing is made up', async () => {
    const ran = await run([lb('8.8.8.8')], {clusterroles: 'forbidden'})
    expect(told(ran, 'service-status-ip')).to.deep.equal([])
    expect(ran.skips['service-status-ip']).to.equal('forbidden')
  })

  it('roles forbidden and nobody has an address: nothing is missed', async () => {
    expect((await run([service('shop/lb', {type: 'LoadBalancer'})], {clusterroles: 'forbidden'})).skips['service-status-ip']).to.equal(null)
  })

  it('an account of one namespace is no controller, whatever its owner calls it', async () => {
    const ran = await run([lb('192.168.0.21'), clusterRole('r', ['services/status'], ['patch']), grant('shop/b', 'r', {kind: 'ServiceAccount', name: 'metallb-controller', namespace: 'shop'})])
    expect(told(ran, 'service-status-ip')).to.deep.equal(['high node shop/lb status.loadBalancer.ingress[0].ip'])
  })

  it('the account of a controller in another namespace is no controller', async () => {
    const ran = await run([lb('8.8.8.8'), clusterRole('r', ['services/status'], ['patch']), object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'b', {roleRef: {kind: 'ClusterRole', name: 'r'}, subjects: [{kind: 'ServiceAccount', name: 'controller', namespace: 'shop'}]})])
    expect(told(ran, 'service-status-ip')).to.deep.equal(['low unexplained shop/lb status.loadBalancer.ingress[0].ip'])
  })
})
