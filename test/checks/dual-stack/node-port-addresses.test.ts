import {expect} from 'chai'
import {nodePortAddresses} from '../../../src/checks/dual-stack/node-port-addresses.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {NOTHING_ASSUMED, assume} from '../../../src/network/assumed-families.js'
import {configMap} from '../../network/cluster-objects.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const service = (ipFamilies: string[], type = 'NodePort', nodePort = 30080): KubeObject => object('v1', 'Service', 'shop/web', {spec: {type, ipFamilies, ports: [{port: 80, ...(nodePort > 0 ? {nodePort} : {})}]}})
const proxy = (yaml: string): KubeObject => configMap('kube-proxy', {'config.conf': `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n${yaml}`})
const CILIUM = [object('apps/v1', 'DaemonSet', 'kube-system/cilium', {}), configMap('cilium-config', {'kube-proxy-replacement': 'true'})]
const KUBE_PROXY = object('apps/v1', 'DaemonSet', 'kube-system/kube-proxy', {})

const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([nodePortAddresses], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({variant, state, severity, severityWhenActive, details}) => `${state === 'latent' ? `L ${severityWhenActive}` : severity} ${variant} ${details?.type === 'filter' ? `open ${details.openFamily}` : ''}`)

// kubernetes/pkg/proxy/util/nodeport_addresses.go, NewNodePortAddresses.
describe('node-port-addresses', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: string; isElsewhere?: boolean}[] = [
    {name: 'IPv4 alone, a node port of both', objects: [proxy('nodePortAddresses: [10.0.0.0/8, 192.168.0.0/16]'), service(['IPv4', 'IPv6'])], tells: ['high open-allow-list open 6']},
    {name: 'a node port of a load balancer', objects: [proxy('nodePortAddresses:\n- 10.0.0.0/8\n'), service(['IPv4', 'IPv6'], 'LoadBalancer')], tells: ['high open-allow-list open 6']},
    {name: 'a load balancer without node ports', objects: [proxy('nodePortAddresses: [10.0.0.0/8]'), service(['IPv4', 'IPv6'], 'LoadBalancer', 0)], tells: ['L high open-allow-list open 6']},
    {name: 'a node port of IPv4: latent', objects: [proxy('nodePortAddresses: [10.0.0.0/8]'), service(['IPv4'])], tells: ['L high open-allow-list open 6']},
    {name: 'no node port: latent', objects: [proxy('nodePortAddresses: [10.0.0.0/8]'), service(['IPv4', 'IPv6'], 'ClusterIP')], tells: ['L high open-allow-list open 6']},
    {name: 'IPv6 alone, a node port of both', objects: [proxy('nodePortAddresses: ["fd00::/8"]'), service(['IPv4', 'IPv6'])], tells: ['high open-allow-list open 4']},
    {name: 'IPv6 alone on a cluster of IPv6', objects: [proxy('nodePortAddresses: ["fd00::/8"]'), service(['IPv6'])], tells: []},
    {name: 'both families', objects: [proxy('nodePortAddresses: [10.0.0.0/8, "fd00::/8"]'), service(['IPv4', 'IPv6'])], tells: []},
    {name: 'a few of IPv4 and all of IPv6 is what somebody wrote', objects: [proxy('nodePortAddresses: [10.0.0.0/8, "::/0"]'), service(['IPv4', 'IPv6'])], tells: []},
    {name: 'all of IPv4 is no filter', objects: [proxy('nodePortAddresses: [0.0.0.0/0]'), service(['IPv4', 'IPv6'])], tells: []},
    {name: 'primary', objects: [proxy('nodePortAddresses: [primary]'), service(['IPv4', 'IPv6'])], tells: []},
    {name: 'localhost', objects: [proxy('nodePortAddresses: ["localhost"]'), service(['IPv4', 'IPv6'])], tells: []},
    {name: 'not set', objects: [proxy('mode: nftables'), service(['IPv4', 'IPv6'])], tells: []},
    {name: 'null', objects: [proxy('nodePortAddresses: null'), service(['IPv4', 'IPv6'])], tells: []},
    {name: 'an entry that is none', objects: [proxy('nodePortAddresses: [10.0.0.1]'), service(['IPv4', 'IPv6'])], tells: ['info unreadable open null']},
    {name: 'a ConfigMap of another name', objects: [configMap('kubeadm-config', {'config.conf': 'nodePortAddresses: [10.0.0.0/8]'}), service(['IPv4', 'IPv6'])], tells: [], skip: 'not-observable'},
    {name: 'no configuration to be seen, and node ports of one family', objects: [service(['IPv4'])], tells: []},
    {name: 'the configuration of EKS', objects: [configMap('kube-proxy-config', {config: 'nodePortAddresses: ["fd00::/8"]'}), service(['IPv4', 'IPv6'])], tells: ['high open-allow-list open 4']},
    {name: 'Cilium in the place of kube-proxy, and its file left behind', objects: [...CILIUM, proxy('nodePortAddresses: [10.0.0.0/8]'), service(['IPv4', 'IPv6'])], tells: [], isElsewhere: true},
    {name: 'Cilium beside kube-proxy', objects: [...CILIUM, KUBE_PROXY, proxy('nodePortAddresses: [10.0.0.0/8]'), service(['IPv4', 'IPv6'])], tells: ['high open-allow-list open 6']},
    {name: 'a file that is no YAML: not understood', objects: [proxy('nodePortAddresses: [10.0.0.0/8'), service(['IPv4', 'IPv6'])], tells: [], skip: 'not-understood'},
    {name: 'a list that is none: not understood', objects: [proxy('nodePortAddresses: {a: b}'), service(['IPv4', 'IPv6'])], tells: [], skip: 'not-understood'},
    {name: 'ConfigMaps forbidden', objects: [service(['IPv4', 'IPv6'])], outcomes: {'network-configmaps': 'forbidden'}, tells: [], skip: 'forbidden'},
  ]
  for (const {name, objects, outcomes, tells, skip, isElsewhere} of rows) {
    it(name, async () => {
      const ran = await run(objects, outcomes)
      expect(told(ran)).to.deep.equal(tells)
      expect(ran.skips['node-port-addresses']).to.equal(skip ?? null)
      expect(ran.notApplicable['node-port-addresses'] !== null).to.equal(isElsewhere === true)
    })
  }

  for (const [type, wanted] of [['ClusterIP', null], ['NodePort', 'not-observable']] as const)
    it(`assumed to be dual, without a configuration to be seen, a Service of type ${type}`, async () => {
      const {skips} = await runChecks([nodePortAddresses], {objects: [service(['IPv4'], type, 0)]}, [assume({...NOTHING_ASSUMED, isDual: true})])
      expect(skips['node-port-addresses']).to.equal(wanted)
    })

  it('says where node ports are open, and what to add', async () => {
    const {findings: [finding]} = await run([proxy('nodePortAddresses: [10.0.0.0/8]'), service(['IPv4', 'IPv6'])])
    expect(finding?.message).to.equal('nodePortAddresses names IPv4 blocks only (10.0.0.0/8): over IPv6 kube-proxy serves node ports on every address of a node, those on the Internet too; a Service opens node ports of IPv6 (shop/web).')
    expect(finding?.object).to.deep.equal({apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'kube-proxy'})
    expect(finding?.path).to.equal('data["config.conf"].nodePortAddresses')
  })
})
