import {expect} from 'chai'
import {object} from '../../support/declared-facts.js'
import type {PolicyWorld} from './policy-world.js'
import {gapsIn, pod, policy, textsIn} from './policy-world.js'

const RFC = '10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16'
const LL = '169.254.0.0/16'
const OPEN = policy([[`0.0.0.0/0 except ${RFC}`, '::/0']])
/** Both families, with nothing of the cluster. */
const NARROWED = [`0.0.0.0/0 except ${RFC}, ${LL}`, '::/0 except fc00::/7, fe80::/10, 2600:1f13:aa::/64, 2600:1f13:bb::/64']
const LOST = 'S1/6 medium pod node private service'

const cilium = (mode?: string): object => object('v1', 'ConfigMap', 'kube-system/cilium-config', {data: mode === undefined ? {} : {'policy-cidr-match-mode': mode}})
const service = (spec: object): object => object('v1', 'Service', 'kube-system/dns', {spec})
const nodeLocal = (...args: string[]): object => object('apps/v1', 'DaemonSet', 'kube-system/node-local-dns', {spec: {template: {spec: {containers: [{name: 'node-cache', args}]}}}})

const ROWS: readonly [name: string, world: PolicyWorld, wanted: readonly string[]][] = [
  ['pods on the network of their node', {policies: [OPEN], pods: [pod('a/web', [4, 6], {spec: {hostNetwork: true}})]}, []],
  ['pods that have ended', {policies: [OPEN], pods: [pod('a/web', [4, 6], {status: {phase: 'Succeeded'}})]}, []],
  ['pods without an address', {policies: [OPEN], pods: [pod('a/web', [])]}, []],
  ['policies of another namespace', {policies: [policy([[`0.0.0.0/0 except ${RFC}`, '::/0']], {namespace: 'b'})]}, []],
  ['policies that select other pods', {policies: [policy([[`0.0.0.0/0 except ${RFC}`, '::/0']], {podSelector: {matchLabels: {app: 'db'}}})]}, []],
  ['rules of a direction that the policy does not isolate', {policies: [object('networking.k8s.io/v1', 'NetworkPolicy', 'a/p', {spec: {podSelector: {}, policyTypes: ['Ingress'], egress: [{to: [{ipBlock: {cidr: '0.0.0.0/0'}}]}]}})]}, []],
  ['a rule that opens everything on that port', {policies: [policy([{to: [{ipBlock: {cidr: '0.0.0.0/0'}}], ports: [{port: 443}]}, {ports: [{port: 443}]}])]}, []],
  ['and not on another', {policies: [policy([{to: [{ipBlock: {cidr: '0.0.0.0/0'}}], ports: [{port: 443}]}, {ports: [{port: 53}]}])]}, ['A1/6 medium']],
  ['few addresses in both families', {policies: [policy([['10.0.0.0/8', '2600:1f13::/32']])]}, []],

  ['a Service of one family', {policies: [policy([['10.96.0.10/32']])], others: [service({clusterIP: '10.96.0.10'})]}, []],
  ['a Service of one family, in IPv6', {policies: [policy([['fd12:3456::a/128']])], others: [service({clusterIP: 'fd12:3456::a', ipFamilyPolicy: 'SingleStack'})]}, []],
  ['a Service of both', {policies: [policy([['10.96.0.10/32']])], others: [service({clusterIPs: ['10.96.0.10', 'fd12:3456::a'], clusterIP: '10.96.0.10', ipFamilyPolicy: 'RequireDualStack'})]}, ['A1/6 low']],
  ['a range of Services', {policies: [policy([['10.96.0.0/12']])], others: [service({clusterIP: '10.96.0.10'})]}, ['A1/6 low']],
  ['the API server', {policies: [policy([['10.96.0.1/32']])], others: [object('v1', 'Service', 'default/kubernetes', {spec: {clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack'}})]}, []],
  ['a Service of one family beside the Internet', {policies: [policy([NARROWED, {to: [{ipBlock: {cidr: '10.96.0.10/32'}}], ports: [{protocol: 'UDP', port: 53}]}])], others: [service({clusterIP: '10.96.0.10'})]}, []],
  ['a Service of both beside the Internet', {policies: [policy([NARROWED, ['10.96.0.10/32']])], others: [service({clusterIPs: ['10.96.0.10', 'fd12:3456::a'], clusterIP: '10.96.0.10', ipFamilyPolicy: 'RequireDualStack'})]}, ['S1/4 low service']],
  ['NodeLocal DNS beside the Internet', {policies: [policy([NARROWED, ['169.254.20.10/32']])]}, []],
  ['metadata beside the Internet, and private IPv6 left out', {policies: [policy([NARROWED, ['169.254.169.254/32']])]}, []],
  ['metadata of IPv6 left out for itself', {policies: [policy([[`0.0.0.0/0 except ${RFC}`, '::/0 except fd00:ec2::254/128']])]}, ['S1/4 high metadata(AWS instance metadata)', 'S1/6 medium pod node private service']],
  ['all of the cloud left out in IPv6', {policies: [policy([['0.0.0.0/0', '::/0 except fd00:ec2::/32']])]}, ['S1/4 high metadata(AWS instance metadata, EKS Pod Identity agent)']],
  ['a range of Services beside the Internet', {policies: [policy([NARROWED, ['10.96.0.0/24']])], others: [service({clusterIP: '10.96.0.10'})]}, ['S1/4 low service']],
  ['one with more beside it', {policies: [policy([['10.96.0.10/32', '203.0.113.0/24']])], others: [service({clusterIP: '10.96.0.10'})]}, ['A1/6 low']],
  ['NodeLocal DNS', {policies: [policy([['169.254.20.10/32']])]}, []],
  ['NodeLocal DNS elsewhere', {policies: [policy([['10.1.2.3/32']])], others: [nodeLocal('-localip', '10.1.2.3,10.96.0.10', '-conf', '/etc/Corefile')]}, []],
  ['NodeLocal DNS, in one word', {policies: [policy([['10.1.2.3/32']])], others: [nodeLocal('--localip=10.1.2.3')]}, []],
  ['not NodeLocal DNS', {policies: [policy([['10.1.2.4/32']])], others: [nodeLocal('-localip', '10.1.2.3')]}, ['A1/6 low']],
  ['metadata with a twin', {policies: [policy([['169.254.169.254/32']])]}, ['A1/6 low']],
  ['metadata without a twin', {policies: [policy([['169.254.169.254/32']])], provider: 'azure'}, []],
  ['WireServer', {policies: [policy([['168.63.129.16/32']])], provider: 'azure'}, []],
  ['metadata of who knows what', {policies: [policy([['169.254.169.254/32']])], provider: null}, []],
  ['link-local', {policies: [policy([[LL]])]}, []],
  ['link-local, in IPv6', {policies: [policy([['fe80::/10']])]}, []],
  ['multicast and loopback', {policies: [policy([['224.0.0.0/4', '127.0.0.0/8']])]}, []],
  ['multicast and more', {policies: [policy([['224.0.0.0/4', '203.0.113.0/24']])]}, ['A1/6 low']],

  ['no Cilium', {policies: [OPEN]}, [LOST]],
  ['Cilium', {policies: [OPEN], others: [cilium()]}, ['S1/6 medium private service']],
  ['Cilium that matches nodes', {policies: [OPEN], others: [cilium('nodes')]}, ['S1/6 medium node private service']],
  ['every pod by selector', {policies: [policy([{to: [{ipBlock: {cidr: '0.0.0.0/0', except: RFC.split(', ')}}, {ipBlock: {cidr: '::/0'}}, {namespaceSelector: {}}]}])]}, ['S1/6 medium node private service']],
  ['some pods by selector', {policies: [policy([{to: [{ipBlock: {cidr: '0.0.0.0/0', except: RFC.split(', ')}}, {ipBlock: {cidr: '::/0'}}, {namespaceSelector: {}, podSelector: {matchLabels: {app: 'db'}}}]}])]}, [LOST]],
  ['a network of nodes left out in both families', {policies: [policy([['0.0.0.0/0 except 10.244.0.0/16, 192.168.0.0/20', '::/0 except 2600:1f13:aa::/64, 2600:1f13:bb::/64']])]}, []],

  ['metadata as a source', {policies: [policy([['0.0.0.0/0 except 169.254.169.254/32', '::/0']], {direction: 'ingress'})]}, []],
  ['Services as a source', {policies: [policy([['0.0.0.0/0 except 10.96.0.0/12', '::/0']], {direction: 'ingress'})]}, []],
  ['pods as a source', {policies: [policy([['0.0.0.0/0 except 10.244.0.0/16', '::/0']], {direction: 'ingress'})]}, ['S1/6 medium pod']],
  ['IPv6 wider as a source', {policies: [policy([['203.0.113.0/24', '::/0']], {direction: 'ingress'})]}, ['S2/6 high']],
]

/** What is wrong in other ways than the table of the facts has it. */
const OTHERS: readonly [name: string, world: PolicyWorld, wanted: readonly string[]][] = [
  ['an unknown cloud is a hint', {policies: [policy([['0.0.0.0/0 except 169.254.169.254/32', '::/0']])], provider: null}, ['S1/6 info metadata(AWS instance metadata)']],
  ['Pod Identity alone is information', {policies: [policy([['0.0.0.0/0 except 169.254.170.23/32', '::/0']])]}, ['S1/6 info metadata(EKS Pod Identity agent)']],
  ['OpenStack answers on the link', {policies: [policy([['0.0.0.0/0 except 169.254.169.254/32', '::/0']])], provider: 'openstack'}, ['S1/6 high metadata(OpenStack metadata)']],
  ['link-local alone is information', {policies: [policy([[`0.0.0.0/0 except ${LL}`, '::/0']])], provider: 'azure'}, ['S1/6 info link-local']],
  ['Services alone are low', {policies: [policy([['0.0.0.0/0 except 10.96.0.0/12', '::/0']])]}, ['S1/6 low service']],
  ['all of IPv6 but one network', {policies: [policy([['203.0.113.0/24', '::/0 except 2600:1f13:cc::/64']])]}, ['S2/6 high']],
  ['a part of what the other family leaves out', {policies: [policy([['0.0.0.0/0 except 10.244.0.0/16', '::/0 except 2600:1f13:aa::/65']])]}, ['S1/6 medium pod']],
  ['what IPv6 leaves out and IPv4 does not', {policies: [policy([['0.0.0.0/0', '::/0 except 2600:1f13:aa::/64']])]}, ['S1/4 medium pod']],
  ['pods of a cluster that is assumed to be dual', {policies: [policy([['0.0.0.0/0']])], families: [4], isDual: true}, ['A1/6 medium']],
  ['a hidden family of the VPC CNI', {policies: [policy([['::/0', '203.0.113.0/24']])], families: [4], others: [object('apps/v1', 'DaemonSet', 'kube-system/aws-node', {spec: {template: {spec: {containers: [{name: 'aws-node', env: [{name: 'ENABLE_V6_EGRESS', value: 'true'}]}]}}}})]}, ['S2/6 high']],
  ['an IPv6 cluster has not forgotten IPv4', {policies: [policy([{to: [{ipBlock: {cidr: '::/0'}}], ports: [{port: 443}]}, {ports: [{port: 53, protocol: 'UDP'}]}])], families: [6]}, []],
  ['IPv4 of some pods is latent for those without', {policies: [policy([['2600:1f13::/32']])], pods: [pod('a/old', [4], {labels: {app: 'old'}}), pod('a/new', [6])]}, ['A1/4 low', 'L:A1/4 low']],
]

describe('NetworkPolicy: what is no finding', () => {
  for (const [name, world, wanted] of ROWS) it(name, async () => expect(await textsIn(world)).to.deep.equal([...wanted]))
})

describe('NetworkPolicy: what is a finding', () => {
  for (const [name, world, wanted] of OTHERS) it(name, async () => expect(await textsIn(world)).to.deep.equal([...wanted]))

  it('groups pods by what the policies say to them, whatever else selects them', async () => {
    const pods = [pod('a/one'), pod('a/two'), pod('a/three', [4, 6], {labels: {app: 'db'}}), pod('a/four', [4], {labels: {app: 'db'}})]
    const {groups} = await gapsIn({policies: [policy([['0.0.0.0/0']]), policy([], {name: 'db', podSelector: {matchLabels: {app: 'db'}}})], pods})
    expect(groups.map(({pods: count, names, families}) => [count, names, families])).to.deep.equal([[3, ['one', 'two', 'three'], [4, 6]], [1, ['four'], [4]]])
  })

  it('does not mind what a policy says of the other direction', async () => {
    const pods = [pod('a/one'), pod('a/two'), pod('a/three', [4, 6], {labels: {app: 'db'}}), pod('a/four', [4, 6], {labels: {app: 'db'}})]
    const {groups, looked} = await gapsIn({policies: [policy([['0.0.0.0/0']]), policy([['::/0', '0.0.0.0/0']], {name: 'db', direction: 'ingress', podSelector: {matchLabels: {app: 'db'}}})], pods})
    expect(groups.map(({direction, pods: count, names, policies}) => [direction, count, names, policies.map(({ref}) => ref.name)])).to.deep.equal([['egress', 4, ['one', 'two', 'three'], ['p']]])
    expect(looked).to.equal(2)
  })

  it('keeps pods apart that give a name to different ports', async () => {
    const web = {from: [{ipBlock: {cidr: '0.0.0.0/0'}}], ports: [{port: 'web'}]}
    const v6 = {from: [{ipBlock: {cidr: '::/0'}}], ports: [{port: 8080}]}
    const pods = [[{name: 'web', containerPort: 8080}], [{name: 'web', containerPort: 9090}], []].map((ports, index) => pod(`a/p${index}`, [4, 6], {ports}))
    const {groups} = await gapsIn({policies: [policy([web, v6], {direction: 'ingress'})], pods})
    expect(groups.map(({names, gaps}) => [names[0], ...gaps.map(({gap, atoms}) => `${gap.class} ${atoms.map(({first, name}) => name ?? first).join()}`)])).to.deep.equal([['p1', 'S2 8080', 'A1 9090'], ['p2', 'S2 8080']])
  })

  it('knows that a port of an egress rule is named by the other end', async () => {
    const policies = [policy([{to: [{ipBlock: {cidr: '0.0.0.0/0'}}], ports: [{port: 'web'}]}, {to: [{ipBlock: {cidr: '::/0'}}], ports: [{port: 8080}]}])]
    const {groups: [group]} = await gapsIn({policies, pods: [pod('a/web', [4, 6], {ports: [{name: 'web', containerPort: 8080}]})]})
    expect(group?.gaps.map(({gap, atoms}) => [gap.class, atoms.map(({name, first}) => name ?? first)])).to.deep.equal([['S2', [8080]], ['A1', ['web']]])
  })

  it('says nothing of a group whose blocks it cannot read, and says which', async () => {
    const policies = [policy([['0.0.0.0/0']]), policy([['nonsense']], {name: 'q'}), policy([['10.0.0.0/8']], {name: 'r', direction: 'ingress'})]
    const {groups, notation} = await gapsIn({policies})
    expect(groups.map(({direction, gaps, unread}) => [direction, gaps.length, unread.map(({policy: {ref}, path, text}) => `${ref.name} ${path} ${text}`)])).to.deep.equal([['ingress', 1, []], ['egress', 0, ['q spec.egress[0].to[0].ipBlock.cidr nonsense']]])
    expect(notation.map(({kind, meaning}) => [kind, meaning])).to.deep.equal([['unreadable', null]])
  })

  it('blames the blocks that a person would edit, the widest first, and shows what was meant', async () => {
    const policies = [policy([['2600:1f13:aa::/64', '203.0.113.0/24'], [`0.0.0.0/0 except ${RFC}`]]), policy([['fd00::/8', '::/0 except fc00::/7']], {name: 'q'})]
    const {groups: [group]} = await gapsIn({policies})
    const texts = (list: readonly {policy: {ref: {name: string}}; block: {path: string}}[]): string[] => list.map(({policy: {ref}, block}) => `${ref.name} ${block.path}`)
    expect(group?.gaps.map(({gap, blame, meant}) => [gap.class, gap.addressClasses, texts(blame), texts(meant)])).to.deep.equal([['S1', ['pod', 'node', 'private', 'service'], ['q spec.egress[0].to[1].ipBlock', 'q spec.egress[0].to[0].ipBlock', 'p spec.egress[0].to[0].ipBlock'], ['p spec.egress[1].to[0].ipBlock']]])
  })

  it('names blocks on single ports beside those on all', async () => {
    const policies = [policy([['0.0.0.0/0'], {to: [{ipBlock: {cidr: '8.8.0.0/16'}}], ports: [{port: 53}]}])]
    const {groups: [group]} = await gapsIn({policies})
    expect(group?.gaps[0]?.blame.map(({block}) => block.text)).to.deep.equal(['0.0.0.0/0', '8.8.0.0/16'])
  })

  it('mentions NAT64 where IPv4 leaves something out', async () => {
    const nat64 = async (...blocks: string[]): Promise<boolean[]> => (await gapsIn({policies: [policy([blocks])]})).groups.flatMap(({gaps}) => gaps.map(({hasNat64}) => hasNat64))
    expect(await nat64(`0.0.0.0/0 except ${RFC}`, '::/0')).to.deep.equal([true])
    expect(await nat64(`0.0.0.0/0 except ${RFC}`, '::/0 except 64:ff9b::/96')).to.deep.equal([false])
  })

  it('tells entries of a family that no selected pod has', async () => {
    const policies = [policy([['10.0.0.0/8', 'fd00::/8']]), policy([['192.168.0.0/16', '2600::/12']], {name: 'q', podSelector: {matchLabels: {app: 'db'}}})]
    const pods = [pod('a/web', [4]), pod('a/db', [4, 6], {labels: {app: 'db'}})]
    expect((await gapsIn({policies, pods})).dead.map(({block}) => block.text)).to.deep.equal([])
    expect((await gapsIn({policies, pods: pods.slice(0, 1)})).dead.map(({block, pods: count, families}) => [block.text, count, families])).to.deep.equal([['fd00::/8', 1, [4]]])
  })

  it('grades what comes with the cluster apart', async () => {
    const labels = {'app.kubernetes.io/managed-by': 'Helm'}
    const managed = async (namespace: string, given?: object): Promise<boolean | undefined> => {
      const {groups: [group]} = await gapsIn({policies: [policy([['0.0.0.0/0']], {namespace, ...(given === undefined ? {} : {labels: given})})], pods: [pod(`${namespace}/web`)]})
      return group?.policies[0]?.isManagedSystem
    }
    expect([await managed('kube-system', labels), await managed('kube-system'), await managed('a', labels)]).to.deep.equal([true, false, false])
  })
})
