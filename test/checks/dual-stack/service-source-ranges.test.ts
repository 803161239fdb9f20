import {expect} from 'chai'
import {assume} from '../../../src/network/assumed-families.js'
import {EMPTY} from '../../../src/network/interval-set.js'
import {serviceSourceRanges} from '../../../src/checks/dual-stack/service-source-ranges.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import {configMap, node} from '../../network/cluster-objects.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const V4 = ['10.1.0.0/16', '198.18.5.0/24']
const BOTH = ['IPv4', 'IPv6']
const IN_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const AZURE_RANGES = 'service.beta.kubernetes.io/azure-allowed-ip-ranges'
const AZURE_TAGS = 'service.beta.kubernetes.io/azure-allowed-service-tags'
const DUALSTACK = {'service.beta.kubernetes.io/aws-load-balancer-ip-address-type': 'dualstack'}

interface Balanced {
  ranges?: string[]
  families?: string[]
  status?: Json[]
  annotations?: Record<string, string>
  spec?: Record<string, Json>
}

function service({ranges, families = BOTH, status = [{ip: '52.1.2.3'}, {ip: '2600::1'}], annotations = {}, spec = {}}: Balanced): KubeObject {
  return object('v1', 'Service', 'shop/web', {annotations, spec: {type: 'LoadBalancer', ipFamilies: families, ...(ranges === undefined ? {} : {loadBalancerSourceRanges: ranges}), ...spec}, status: {loadBalancer: {ingress: status}}})
}

const on = (providerID: string, ...more: KubeObject[]): KubeObject[] => [node([['InternalIP', '10.0.0.1']], {providerID}), ...more]
const BARE = [node([['InternalIP', '10.0.0.1']])]
const AWS = on('aws:///a/i-1')
const AZURE = on('azure:///subscriptions/x')
const GKE = on('gce://p/z/n')
const CILIUM = [object('apps/v1', 'DaemonSet', 'kube-system/cilium', {}), configMap('cilium-config', {'kube-proxy-replacement': 'true'})]
const POOL = object('metallb.io/v1beta1', 'IPAddressPool', 'metallb-system/pool', {spec: {addresses: ['192.0.2.0/24']}})

const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([serviceSourceRanges], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({variant, state, severity, severityWhenActive, path, confidence}) => `${state === 'latent' ? `L ${severityWhenActive}` : severity} ${variant} ${path} ${confidence}`)

const FIELD = 'spec.loadBalancerSourceRanges'

describe('service-source-ranges', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: string}[] = [
    // kubernetes/pkg/proxy/serviceport.go keeps the ranges of its own family; usesFWChain of iptables and nftables, and the set of ipvs, need one.
    {name: 'kube-proxy alone: open', objects: [...BARE, service({ranges: V4})], tells: [`high open-allow-list ${FIELD} derived`]},
    {name: 'kube-proxy alone, the load balancer has IPv4: latent', objects: [...BARE, service({ranges: V4, families: ['IPv4'], status: [{ip: '52.1.2.3'}]})], tells: [`L high open-allow-list ${FIELD} derived`]},
    {name: 'both families, and the load balancer shows IPv4 alone: what is asked for counts', objects: [...BARE, service({ranges: V4, status: [{ip: '52.1.2.3'}]})], tells: [`high open-allow-list ${FIELD} derived`]},
    {name: 'an address of IPv6 in front of a Service of IPv4', objects: [...BARE, service({ranges: V4, families: ['IPv4']})], tells: [`high open-allow-list ${FIELD} derived`]},
    {name: 'IPv6 only, clients over IPv4', objects: [...BARE, service({ranges: ['2001:db8:1::/48']})], tells: [`high open-allow-list ${FIELD} derived`]},
    {name: 'IPv6 only in front of IPv6', objects: [...BARE, service({ranges: ['2001:db8:1::/48'], families: ['IPv6'], status: [{ip: '2600::1'}]})], tells: []},
    {name: 'everybody of IPv4: nobody was to be kept out', objects: [...BARE, service({ranges: ['0.0.0.0/0']})], tells: []},
    {name: 'both families', objects: [...BARE, service({ranges: [...V4, '2001:db8:1::/48']})], tells: []},
    {name: 'a few of IPv4 and all of IPv6', objects: [...BARE, service({ranges: [...V4, '::/0']})], tells: [`high wider-ipv6 ${FIELD} derived`]},
    {name: 'blanks are trimmed', objects: [...BARE, service({ranges: [' 10.1.0.0/16 ', ' 2001:db8:1::/48']})], tells: []},
    {name: 'no list', objects: [...BARE, service({})], tells: []},
    {name: 'no load balancer', objects: [...BARE, service({ranges: V4, spec: {type: 'NodePort'}})], tells: []},
    {name: 'bits below the mask', objects: [...BARE, service({ranges: ['10.1.2.3/16', '2001:db8:1::/48']})], tells: [`info notation ${FIELD} derived`]},
    {name: 'an entry that is none', objects: [...BARE, service({ranges: ['10.1.0.0/16', '10.0.0.1']})], tells: [`info unreadable ${FIELD} derived`]},
    {name: 'MetalLB in front of VMs', objects: [...on('vsphere://x', POOL), service({ranges: V4})], tells: [`high open-allow-list ${FIELD} derived`]},
    {name: 'a cloud that shows nothing', objects: [...on('digitalocean://1'), service({ranges: V4})], tells: [`medium unknown-default ${FIELD} weak`]},
    {name: 'a load balancer that answers for itself (ipMode: Proxy)', objects: [...BARE, service({ranges: V4, status: [{ip: '52.1.2.3', ipMode: 'Proxy'}, {ip: '2600::1', ipMode: 'Proxy'}]})], tells: [`medium unknown-default ${FIELD} weak`]},
    {name: 'nodes that could not be read: unknown', objects: [service({ranges: V4})], outcomes: {nodes: 'forbidden'}, tells: [`medium unknown-default ${FIELD} weak`], skip: 'forbidden'},
    {name: 'OpenShift sends the traffic itself: unknown', objects: [...BARE, POOL, object('config.openshift.io/v1', 'Network', 'cluster', {}), service({ranges: V4})], tells: [`medium unknown-default ${FIELD} weak`]},
    {name: 'k3s has a load balancer of its own: unknown', objects: [...on('k3s://a'), service({ranges: V4})], tells: [`medium unknown-default ${FIELD} weak`]},
    {name: 'another class of load balancer', objects: [...BARE, service({ranges: V4, spec: {loadBalancerClass: 'example.com/lb'}})], tells: [`medium unknown-default ${FIELD} weak`]},
    {name: 'kube-vip announces only', objects: [...BARE, service({ranges: V4, spec: {loadBalancerClass: 'kube-vip.io/kube-vip-class'}})], tells: [`high open-allow-list ${FIELD} derived`]},
    {name: 'the annotation, which kube-proxy does not read', objects: [...BARE, service({annotations: {[IN_ANNOTATION]: '10.1.0.0/16,2001:db8:1::/48'}})], tells: [`high ignored-annotation metadata.annotations["${IN_ANNOTATION}"] derived`]},
    // kubernetes/ingress-gce/pkg/l4/utils/sourceranges.go, IPv6ServiceSourceRanges.
    {name: 'GKE: open', objects: [...GKE, service({ranges: V4})], tells: [`high open-allow-list ${FIELD} certain`]},
    {name: 'GKE: the annotation counts', objects: [...GKE, service({annotations: {[IN_ANNOTATION]: '10.1.0.0/16, 198.18.5.0/24'}})], tells: [`high open-allow-list metadata.annotations["${IN_ANNOTATION}"] certain`]},
    {name: 'GKE: the field wins', objects: [...GKE, service({ranges: [...V4, '2001:db8:1::/48'], annotations: {[IN_ANNOTATION]: '10.1.0.0/16'}})], tells: []},
    {name: 'GKE with Cilium on the nodes: unknown', objects: [...GKE, ...CILIUM, service({ranges: V4})], tells: [`medium unknown-default ${FIELD} weak`]},
    // aws-load-balancer-controller/pkg/service/model_build_managed_sg.go, buildCIDRsFromSourceRanges.
    {name: 'AWS: closed', objects: [...AWS, service({ranges: V4, annotations: DUALSTACK, status: [{hostname: 'a.elb.amazonaws.com'}]})], tells: [`low blocked-family ${FIELD} certain`]},
    {name: 'AWS: everybody of IPv4 is closed over IPv6', objects: [...AWS, service({ranges: ['0.0.0.0/0'], annotations: DUALSTACK, status: [{hostname: 'a.elb.amazonaws.com'}]})], tells: [`low blocked-family ${FIELD} certain`]},
    {name: 'AWS: a host name and IPv4 alone: latent', objects: [...AWS, service({ranges: V4, families: ['IPv4'], status: [{hostname: 'a.elb.amazonaws.com'}]})], tells: [`L low blocked-family ${FIELD} certain`]},
    {name: 'AWS: an IPv6 range before the load balancer has IPv6', objects: [...AWS, service({ranges: [...V4, '::/0'], families: ['IPv4'], status: [{hostname: 'a.elb.amazonaws.com'}]})], tells: [`low refused-by-provider ${FIELD} derived`, `L high wider-ipv6 ${FIELD} certain`]},
    {name: 'AWS: groups of somebody\'s own take the place of the list', objects: [...AWS, service({ranges: V4, annotations: {...DUALSTACK, 'service.beta.kubernetes.io/aws-load-balancer-security-groups': 'sg-1'}})], tells: []},
    {name: 'AWS: IPv6 is turned into IPv4, and a private range passes it', objects: [...AWS, service({ranges: ['10.0.0.0/8', '2001:db8:1::/48'], families: ['IPv4'], annotations: DUALSTACK, status: [{hostname: 'a'}]})], tells: [`info translated-clients ${FIELD} derived`]},
    {name: 'AWS: no translation where the targets have IPv6', objects: [...AWS, service({ranges: ['10.0.0.0/8', '2001:db8:1::/48'], annotations: DUALSTACK, status: [{hostname: 'a'}]})], tells: []},
    {name: 'AWS, by the class of the Service', objects: [...BARE, service({ranges: V4, annotations: DUALSTACK, spec: {loadBalancerClass: 'service.k8s.aws/nlb'}, status: [{hostname: 'a'}]})], tells: [`low blocked-family ${FIELD} certain`]},
    // cloud-provider-azure/pkg/provider/loadbalancer/{accesscontrol,configuration}.go.
    {name: 'Azure: closed', objects: [...AZURE, service({ranges: V4})], tells: [`low blocked-family ${FIELD} certain`]},
    {name: 'Azure: ranges of the annotation', objects: [...AZURE, service({annotations: {[AZURE_RANGES]: '10.1.0.0/16'}})], tells: [`low blocked-family metadata.annotations["${AZURE_RANGES}"] certain`]},
    {name: 'Azure: two annotations are one list', objects: [...AZURE, service({annotations: {[AZURE_RANGES]: '10.1.0.0/16', [IN_ANNOTATION]: '2001:db8:1::/48'}})], tells: []},
    {name: 'Azure: one block of length 0 opens both families', objects: [...AZURE, service({ranges: ['0.0.0.0/0']})], tells: []},
    {name: 'Azure: ::/0 opens IPv4 too', objects: [...AZURE, service({ranges: [...V4, '::/0']})], tells: [`high wider-ipv6 ${FIELD} certain`]},
    {name: 'Azure: bits below the mask are refused, and all clients', objects: [...AZURE, service({ranges: ['10.1.2.3/16']})], tells: [`info unreadable ${FIELD} certain`]},
    {name: 'Azure: ranges in the field and in an annotation', objects: [...AZURE, service({ranges: [...V4, '2001:db8:1::/48'], annotations: {[AZURE_RANGES]: '10.1.0.0/16'}})], tells: [`low refused-by-provider ${FIELD} derived`]},
    {name: 'elsewhere the annotation of Azure is nothing', objects: [...BARE, service({annotations: {[AZURE_RANGES]: '10.1.0.0/16'}})], tells: []},
    // cilium/pkg/loadbalancer/reconciler/bpf_reconciler.go, CheckSourceRange; older releases differ.
    {name: 'Cilium in the place of kube-proxy: unknown', objects: [...BARE, ...CILIUM, service({ranges: V4})], tells: [`medium unknown-default ${FIELD} weak`]},
    {name: 'Cilium behind a load balancer that only announces', objects: [...BARE, ...CILIUM, service({ranges: V4, spec: {loadBalancerClass: 'kube-vip.io/kube-vip-class'}})], tells: [`medium unknown-default ${FIELD} weak`]},
    {name: 'kube-proxy knows no ranges that deny', objects: [...BARE, service({ranges: V4, annotations: {'service.cilium.io/src-ranges-policy': 'deny'}})], tells: [`high open-allow-list ${FIELD} derived`]},
    {name: 'Cilium: ranges that deny', objects: [...BARE, ...CILIUM, service({ranges: V4, annotations: {'service.cilium.io/src-ranges-policy': 'deny'}})], tells: [`medium open-deny-list ${FIELD} derived`]},
    {name: 'Cilium: all of IPv4 denied', objects: [...BARE, ...CILIUM, service({ranges: ['0.0.0.0/0'], annotations: {'service.cilium.io/src-ranges-policy': 'deny'}})], tells: [`high open-deny-all ${FIELD} derived`]},
    {name: 'Services that could not be read', objects: [...BARE], outcomes: {services: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'a Service whose ranges are no texts', objects: [...BARE, service({spec: {loadBalancerSourceRanges: [7]}})], tells: [], skip: 'not-understood'},
  ]
  for (const {name, objects, outcomes, tells, skip} of rows) {
    it(name, async () => {
      const ran = await run(objects, outcomes)
      expect(told(ran)).to.deep.equal(tells)
      expect(ran.skips['service-source-ranges']).to.equal(skip ?? null)
    })
  }

  it('judges a cluster of IPv4 as if it had both, with --assume dual', async () => {
    const dual = assume({isDual: true, ranges: {pods: EMPTY, services: EMPTY, nodes: EMPTY}})
    const objects = [...BARE, service({ranges: V4, families: ['IPv4'], status: [{ip: '52.1.2.3'}]})]
    expect(told(await runChecks([serviceSourceRanges], {objects}, [dual]))).to.deep.equal([`high open-allow-list ${FIELD} derived`])
  })

  it('says who acts on the list, who comes in, and what to add', async () => {
    const {findings: [finding]} = await run([...GKE, service({ranges: V4})])
    expect(finding?.message).to.equal('loadBalancerSourceRanges allows IPv4 addresses only (10.1.0.0/16, 198.18.5.0/24): over IPv6 everybody gets in, because the load balancer of GKE admits all of a family of which the list has no entry; clients come over IPv6: the load balancer has the address 2600::1.')
    expect(finding?.fix?.text).to.match(/^Add the IPv6 ranges of the same clients to spec\.loadBalancerSourceRanges, for example 2001:db8:1::\/48; ::\/0 if all of IPv6 may come/)
    expect(finding?.fix?.risk).to.match(/node ports and external IPs of the Service are not covered/)
    expect(finding?.details).to.deep.equal({type: 'filter', class: 'S4', direction: null, ports: 'all', openFamily: 6, blockedFamily: null, addressClass: null})
  })

  it('never calls a closed list a hole', async () => {
    const {findings: [finding]} = await run([...AZURE, service({ranges: V4, annotations: {[AZURE_TAGS]: 'AzureCloud'}})])
    expect(finding?.message).to.match(/over IPv6 nobody but the service tags AzureCloud and the virtual network gets in/)
    expect(finding?.details).to.include({class: 'A3', openFamily: null, blockedFamily: 6})
  })

  it('warns of what AWS does with an IPv6 range', async () => {
    const {findings: [finding]} = await run([...AWS, service({ranges: V4, families: ['IPv4'], status: [{hostname: 'a'}]})])
    expect(finding?.fix?.text).to.match(/AWS refuses an IPv6 range until the load balancer has both families/)
  })

  it('has one fingerprint whatever the order of the ranges', async () => {
    const print = async (ranges: string[]): Promise<string | undefined> => (await run([...GKE, service({ranges})])).findings[0]?.fingerprint
    expect(await print(V4)).to.equal(await print(V4.toReversed()))
    expect(await print(V4)).not.to.equal(await print(['10.1.0.0/16']))
  })
})
