import {expect} from 'chai'
import type {Check} from '../../../src/audit/check.js'
import type {Finding} from '../../../src/audit/finding.js'
import {SEVERITIES} from '../../../src/audit/severity.js'
import {networkPolicyCarveOutLost} from '../../../src/checks/dual-stack/network-policy-carve-out-lost.js'
import {networkPolicyDeadEntry} from '../../../src/checks/dual-stack/network-policy-dead-entry.js'
import {networkPolicyFamilyBlocked} from '../../../src/checks/dual-stack/network-policy-family-blocked.js'
import {networkPolicyIPv6Wider} from '../../../src/checks/dual-stack/network-policy-ipv6-wider.js'
import {networkPolicyNarrower} from '../../../src/checks/dual-stack/network-policy-narrower.js'
import {networkPolicyNotation} from '../../../src/checks/dual-stack/network-policy-notation.js'
import {networkPolicyGaps} from '../../../src/filters/network-policy/network-policy-gaps.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {awsNode} from '../../network/cluster-objects.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {DUAL, LL, RFC, V4, V6, ground, pods, policy} from './policies.js'

const GAPS: readonly Check[] = [networkPolicyCarveOutLost, networkPolicyIPv6Wider, networkPolicyFamilyBlocked, networkPolicyNarrower]
const ALL = [...GAPS, networkPolicyNotation, networkPolicyDeadEntry]
const run = (objects: readonly KubeObject[], more: Partial<Cluster> = {}, checks = GAPS): Promise<Ran> => runChecks(checks, {objects, ...more})
const line = ({severity, state, check, variant, count, path}: Finding): string => [state === 'latent' ? 'latent' : severity, `${check.replace('network-policy-', '')}/${variant}`, count, path].join(' ')

const IMDS = ['0.0.0.0/0 except 169.254.169.254/32', '::/0']
const E0 = 'spec.egress[0].to[0].ipBlock'
const E1 = 'spec.egress[1].to[0].ipBlock'

describe('findings about network policies', () => {
  const rows: {name: string; blocks: readonly string[]; direction?: 'ingress'; ips?: string[]; provider?: string | null; written?: Parameters<typeof policy>[2]; finds: string[]}[] = [
    {name: 'all of IPv4', blocks: ['0.0.0.0/0'], finds: [`medium family-blocked/broad 2 ${E0}`]},
    {name: 'all of IPv4, pods of IPv4', blocks: ['0.0.0.0/0'], ips: V4, finds: [`latent family-blocked/broad 2 ${E0}`]},
    {name: 'some of IPv4', blocks: ['10.0.0.0/8'], finds: [`low family-blocked/narrow 2 ${E0}`]},
    {name: 'some of IPv6', blocks: ['2600:1f13::/32'], ips: V4, finds: [`low family-blocked/narrow 2 ${E0}`]},
    {name: 'both, each as wide', blocks: ['0.0.0.0/0', '::/0'], finds: []},
    {name: 'metadata', blocks: IMDS, finds: [`high carve-out-lost/metadata 2 ${E1}`]},
    {name: 'metadata, pods of IPv4', blocks: IMDS, ips: V4, finds: [`latent carve-out-lost/metadata 2 ${E1}`]},
    {name: 'metadata, pods of IPv6', blocks: IMDS, ips: V6, finds: [`high carve-out-lost/metadata 2 ${E1}`]},
    {name: 'metadata as a source is nobody', blocks: IMDS, direction: 'ingress', finds: []},
    {name: 'metadata, where nothing tells the cloud', blocks: IMDS, provider: null, finds: [`info carve-out-lost/metadata-unknown-cloud 2 ${E1}`]},
    {name: 'metadata, where the cloud has no IPv6 endpoint', blocks: ['0.0.0.0/0 except 168.63.129.16/32', '::/0'], provider: 'azure:///x', finds: []},
    {name: 'metadata and its twin', blocks: ['0.0.0.0/0 except 169.254.169.254/32', '::/0 except fd00:ec2::254/128'], finds: []},
    {name: 'the agent of Pod Identity alone', blocks: ['0.0.0.0/0 except 169.254.170.23/32', '::/0'], finds: [`info carve-out-lost/pod-identity 2 ${E1}`]},
    {name: 'pods and nodes with global addresses', blocks: [`0.0.0.0/0 except ${[...RFC, LL].join(', ')}`, '::/0 except fc00::/7, fe80::/10'], finds: [`medium carve-out-lost/pod 2 ${E1}`]},
    {name: 'pods and nodes left out as well', blocks: [`0.0.0.0/0 except ${[...RFC, LL].join(', ')}`, '::/0 except fc00::/7, fe80::/10, 2600:1f13:aa::/64, 2600:1f13:bb::1/128'], finds: []},
    {name: 'nodes alone', blocks: ['0.0.0.0/0 except 192.168.0.0/16', '::/0'], finds: [`medium carve-out-lost/node 2 ${E1}`]},
    {name: 'private addresses, of which there are none in IPv6', blocks: ['0.0.0.0/0 except 172.16.0.0/12', '::/0'], finds: [`low carve-out-lost/private-not-in-use 2 ${E1}`]},
    {name: 'a public address', blocks: ['0.0.0.0/0 except 8.8.8.8/32', '::/0'], finds: [`low carve-out-lost/public 2 ${E1}`]},
    {name: 'the same of clients', blocks: ['0.0.0.0/0 except 192.168.0.0/16', '::/0'], direction: 'ingress', finds: ['medium carve-out-lost/node 2 spec.ingress[1].from[0].ipBlock']},
    {name: 'metadata, of IPv4', blocks: ['0.0.0.0/0', '::/0 except fd00:ec2::254/128'], ips: V4, finds: [`high carve-out-lost/metadata 2 ${E0}`]},
    {name: 'few of IPv4 and all of IPv6', blocks: ['203.0.113.0/24', '::/0'], finds: [`high ipv6-wider/all-of-ipv6 2 ${E1}`]},
    {name: 'few of IPv4 and all of IPv6, of clients, later', blocks: ['203.0.113.0/24', '::/0'], direction: 'ingress', ips: V4, finds: ['latent ipv6-wider/all-of-ipv6 2 spec.ingress[1].from[0].ipBlock']},
    {name: 'all of IPv6 alone', blocks: ['::/0'], finds: [`high ipv6-wider/all-of-ipv6 2 ${E0}`]},
    {name: 'all of IPv4 and some of IPv6', blocks: ['0.0.0.0/0', '2001:4860:4860::/48'], finds: [`low narrower/part-of-ipv6 2 ${E0}`]},
    {name: 'selectors beside', blocks: ['0.0.0.0/0'], written: {peers: [{podSelector: {}}]}, finds: [`medium family-blocked/broad 2 ${E0}`]},
    {name: 'every pod beside: closed is only the outside', blocks: ['0.0.0.0/0'], written: {peers: [{namespaceSelector: {}}]}, finds: [`medium family-blocked/broad 2 ${E0}`]},
    {name: 'Helm in kube-system', blocks: IMDS, written: {namespace: 'kube-system', labels: {'app.kubernetes.io/managed-by': 'Helm'}}, finds: [`medium carve-out-lost/managed-metadata 2 ${E1}`]},
    {name: 'Helm in kube-system, blocked', blocks: ['0.0.0.0/0'], written: {namespace: 'kube-system', labels: {'app.kubernetes.io/managed-by': 'Helm'}}, finds: [`low family-blocked/managed-broad 2 ${E0}`]},
    {name: 'Helm in kube-system, some blocked', blocks: ['10.0.0.0/8'], written: {namespace: 'kube-system', labels: {'app.kubernetes.io/managed-by': 'Helm'}}, finds: [`info family-blocked/managed-narrow 2 ${E0}`]},
    {name: 'Helm in kube-system, wider', blocks: ['::/0'], written: {namespace: 'kube-system', labels: {'app.kubernetes.io/managed-by': 'Helm'}}, finds: [`medium ipv6-wider/managed-all-of-ipv6 2 ${E0}`]},
    {name: 'Helm in kube-system, narrower', blocks: ['0.0.0.0/0', '2001:4860:4860::/48'], written: {namespace: 'kube-system', labels: {'app.kubernetes.io/managed-by': 'Helm'}}, finds: [`info narrower/managed-part-of-ipv6 2 ${E0}`]},
    {name: 'Helm elsewhere is for its owner', blocks: ['0.0.0.0/0'], written: {labels: {'app.kubernetes.io/managed-by': 'Helm'}}, finds: [`medium family-blocked/broad 2 ${E0}`]},
  ]
  for (const {name, blocks, direction = 'egress', ips = DUAL, provider = 'aws:///a/i-1', written = {}, finds} of rows) it(name, async () => {
    const {findings, skips} = await run([...ground(provider), ...pods(2, ips, written.namespace), policy(direction, blocks, written)])
    expect(findings.map(line)).to.deep.equal(finds)
    expect(Object.values(skips)).to.deep.equal([null, null, null, null])
  })

  it('the severity of a variant is that of what was found, or one lower', async () => {
    let compared = 0
    for (const {blocks, direction = 'egress', provider = 'aws:///a/i-1', written = {}} of rows) {
      const {findings, fact} = await run([...ground(provider), ...pods(1, DUAL, written.namespace), policy(direction, blocks, written)])
      const gaps = fact(networkPolicyGaps).groups.flatMap(group => group.gaps.map(({gap}) => gap))
      for (const {severity, variant, details, check} of findings) {
        expect(details, check).to.include({type: 'filter', direction, ports: 'all'})
        const own = gaps.find(gap => details?.type === 'filter' && gap.class === details.class)!
        expect(SEVERITIES.indexOf(severity) - SEVERITIES.indexOf(own.severity), `${check}/${variant}`).to.equal(variant.startsWith('managed') ? 1 : 0)
        compared++
      }
    }
    expect(compared).to.be.above(20)
  })
})

describe('what a finding about a network policy says', () => {
  const only = async (objects: readonly KubeObject[], more: Partial<Cluster> = {}, checks = GAPS): Promise<Finding> => {
    const {findings} = await run(objects, more, checks)
    expect(findings.map(line)).to.have.length(1)
    return findings[0]!
  }
  const rows: {name: string; blocks: readonly string[]; direction?: 'ingress'; ips?: string[]; written?: Parameters<typeof policy>[2]; says: RegExp[]; not?: RegExp; fix: RegExp}[] = [
    {name: 'what somebody gets', blocks: IMDS, says: [/^Over IPv4 2 pods \(p\d+, p\d+\) may not reach AWS instance metadata \(169\.254\.169\.254\); over IPv6 ::\/0 lets them: .*credentials of the node at fd00:ec2::254, if the IPv6 endpoint is enabled/], fix: /^Add to `except` of spec\.egress\[1\]\.to\[0\]\.ipBlock \(::\/0\): fd00:ec2::254\/128\.$/},
    {name: 'what is latent', blocks: IMDS, ips: V4, says: [/no such pod has IPv6 today, and this becomes high when IPv6 is enabled\./], fix: /fd00:ec2::254\/128/},
    {name: 'that IPv4 needs no switch', blocks: ['0.0.0.0/0', '::/0 except fd00:ec2::254/128'], says: [/credentials of the node at 169\.254\.169\.254\.$/], not: /if the IPv6 endpoint/, fix: /169\.254\.169\.254\/32/},
    {name: 'the ranges of this cluster', blocks: [`0.0.0.0/0 except ${RFC.join(', ')}`, '::/0'], says: [/may not reach pods, nodes and private networks; over IPv6/], fix: /2600:1f13:aa::\/64, 2600:1f13:bb::1\/128, fc00::\/7\. The nodes are those that were seen: write their range\.$/},
    {name: 'which pods are not meant', blocks: [`0.0.0.0/0 except ${RFC.join(', ')}`, '::/0'], written: {peers: [{podSelector: {}}]}, says: [/may not reach pods that no selector matches, nodes/], fix: /Add to/},
    {name: 'NAT64, on the way out', blocks: IMDS, says: [/Through NAT64 \(64:ff9b::\/96\)/], fix: /./},
    {name: 'that sources may be rewritten', blocks: ['203.0.113.0/24', '::/0'], direction: 'ingress', says: [/may have been rewritten/, /anybody who has a route reaches 2 pods/], not: /NAT64/, fix: /in the place of spec\.ingress\[1\]\.from\[0\]\.ipBlock \(::\/0\)/},
    {name: 'that nothing is open where a family is blocked', blocks: ['0.0.0.0/0'], says: [/^The policy allows IPv4 blocks only \(0\.0\.0\.0\/0\): over IPv6 2 pods .* reach nothing, so connections to hosts with an IPv6 address fail/], not: /bypass|open/, fix: /^Add an item beside spec\.egress\[0\]\.to\[0\]\.ipBlock, such as - ipBlock: \{cidr: "::\/0"\}; the two families need an ipBlock item each/},
    {name: 'exceptions in the other family', blocks: [`0.0.0.0/0 except ${[...RFC, LL].join(', ')}`], says: [/\(0\.0\.0\.0\/0 except 10\.0\.0\.0\/8 and 3 more\)/], fix: /except: \["fc00::\/7", "fe80::\/10", "2600:1f13:aa::\/64", "2600:1f13:bb::1\/128"\]\}/},
    {name: 'the twin of a range of this cluster', blocks: ['10.244.0.0/24'], says: [/IPv4 blocks only \(10\.244\.0\.0\/24\)/], fix: /ipBlock: \{cidr: "2600:1f13:aa::\/64"\}/},
    {name: 'that somebody else knows the twin', blocks: ['10.9.0.0/16'], says: [/./], fix: /with the IPv6 addresses of the same peers, such as - ipBlock: \{cidr: "2001:db8:1::\/48"\}/},
    {name: 'whom selectors still allow', blocks: ['0.0.0.0/0'], written: {peers: [{podSelector: {}}]}, says: [/reach nothing but pods that a selector matches, so/], fix: /./},
    {name: 'that clients are shut out', blocks: ['0.0.0.0/0'], direction: 'ingress', says: [/over IPv6 nobody gets in to 2 pods .*, so clients that come over IPv6 are shut out/], fix: /spec\.ingress\[0\]\.from\[0\]/},
    {name: 'that pods have nothing else', blocks: ['0.0.0.0/0'], ips: V6, says: [/and these pods have IPv6 alone/], fix: /./},
    {name: 'the other way round', blocks: ['2600:1f13::/32'], ips: V4, says: [/allows IPv6 blocks only .* over IPv4 2 pods .* reach nothing, and these pods have IPv4 alone/], not: /dual-stack plan/, fix: /cidr: "203\.0\.113\.0\/24"/},
    {name: 'on which ports', blocks: ['0.0.0.0/0'], written: {ports: [{port: 443}, {protocol: 'UDP', port: 53}]}, says: [/\(0\.0\.0\.0\/0\) on TCP 443, UDP 53: over IPv6/], fix: /./},
    {name: 'that a block is wrong as a whole', blocks: [`0.0.0.0/0 except ${[...RFC, LL].join(', ')}`, '::/0 except fc00::/7, fe80::/10, 2600:1f13:aa::/64, 2600:1f13:bb::1/128', '2600:1f13:aa::/64'], says: [/may not reach pods; over IPv6 2600:1f13:aa::\/64 lets them/], fix: /^Where spec\.egress\[2\]\.to\[0\]\.ipBlock \(2600:1f13:aa::\/64\) is meant, let its like through over IPv4 too; else take it away/},
    {name: 'that some pods are not every pod', blocks: [`0.0.0.0/0 except ${[...RFC, LL].join(', ')}`, '::/0 except fc00::/7, fe80::/10, 2600:1f13:aa::/64, 2600:1f13:bb::1/128', '2600:1f13:aa::/80'], says: [/they get to those pods there whose own policies let them in/], fix: /./},
    {name: 'no exception that the block does not hold', blocks: [`0.0.0.0/0 except ${[...RFC, LL].join(', ')}`, '2000::/3'], says: [/may not reach pods and nodes/], fix: /: 2600:1f13:aa::\/64, 2600:1f13:bb::1\/128\. The nodes are/},
    {name: 'what is narrower', blocks: ['0.0.0.0/0', '2001:4860:4860::/48'], says: [/allows 0\.0\.0\.0\/0 of IPv4 and only 2001:4860:4860::\/48 of IPv6/], fix: /not meant/},
    {name: 'that no IPv4 is named', blocks: ['::/0'], says: [/allows no IPv4 block and all of IPv6 \(::\/0\)/], fix: /./},
  ]
  for (const {name, blocks, direction = 'egress', ips = DUAL, written = {}, says, not, fix} of rows) it(name, async () => {
    const found = await only([...ground(), ...pods(2, ips), policy(direction, blocks, written)])
    for (const words of says) expect(found.message).to.match(words)
    if (not !== undefined) expect(`${found.message} ${found.fix?.text}`).to.not.match(not)
    expect(found.fix?.text).to.match(fix)
    expect(found.object).to.deep.include({kind: 'NetworkPolicy', namespace: 'shop', name: 'p'})
  })

  it('names a single pod', async () => expect((await only([...ground(), ...pods(1, DUAL), policy('egress', ['0.0.0.0/0'])])).message).to.match(/over IPv6 the pod p\d+ reaches nothing/))

  it('does not list a hundred nodes', async () => {
    const nodes = Array.from({length: 100}, (_, index) => ({...ground()[1]!, metadata: {name: `n${index}`}, status: {addresses: [{type: 'InternalIP', address: `192.168.10.${index}`}, {type: 'InternalIP', address: `2600:1f13:bb::${index * 2 + 1}`}]}}))
    const {fix} = await only([...ground(), ...nodes, ...pods(1, DUAL), policy('egress', [`0.0.0.0/0 except ${[...RFC, LL].join(', ')}`])])
    expect(fix?.text).to.match(/, with \d+ more exceptions for addresses of this cluster/)
    expect(fix!.text.length).to.be.below(400)
  })

  it('is less sure of what was only observed', async () => {
    const found = await only([...ground(), ...pods(1, DUAL), policy('egress', ['0.0.0.0/0 except 192.168.0.0/16', '::/0'])])
    expect(found.confidence).to.equal('derived')
    expect((await only([...ground(), ...pods(1, DUAL), policy('egress', ['0.0.0.0/0 except 10.244.0.0/24', '::/0'])])).confidence).to.equal('certain')
    expect((await only([...ground('gce://p/z/i'), ...pods(1, DUAL), policy('egress', ['0.0.0.0/0 except 169.254.169.254/32', '::/0'])])).confidence).to.equal('weak')
  })
})

describe('one mistake is one finding', () => {
  const APP = (app: string): object => ({selector: {matchLabels: {app}}})
  it('whatever else selects the pods', async () => {
    const objects = ['a', 'b', 'c'].flatMap(app => [...pods(2, DUAL, 'shop', {app}), policy('egress', [], {name: app, ...APP(app), peers: [{podSelector: {matchLabels: {app}}}]})])
    expect((await run([...ground(), ...objects, policy('egress', ['0.0.0.0/0'])])).findings.map(line)).to.deep.equal([`medium family-blocked/broad 6 ${E0}`])
  })

  it('for pods that have it and pods that will', async () => {
    const {findings: [found, ...more]} = await run([...ground(), ...pods(2, DUAL), ...pods(3, V4), policy('egress', ['0.0.0.0/0'])])
    expect(more).to.deep.equal([])
    expect(line(found!)).to.equal(`medium family-blocked/broad 2 ${E0}`)
    expect(found!.message).to.match(/3 further pods of one family will join them when IPv6 is enabled there\.$/)
  })

  it('and two policies are two, with a name each', async () => {
    const {findings} = await run([...ground(), ...['a', 'b'].flatMap(app => [...pods(1, DUAL, 'shop', {app}), policy('egress', ['0.0.0.0/0'], {name: app, ...APP(app)})])])
    expect(findings.map(({object}) => object.name)).to.deep.equal(['a', 'b'])
    expect(new Set(findings.map(({fingerprint}) => fingerprint)).size).to.equal(2)
  })

  it('of two policies that are wrong together', async () => {
    const {findings: [found, ...more]} = await run([...ground(), ...pods(1, DUAL), policy('egress', ['10.0.0.0/8'], {name: 'a'}), policy('egress', ['0.0.0.0/0'], {name: 'b'})])
    expect(more).to.deep.equal([])
    expect(found!.object.name).to.equal('b')
    expect(found!.message).to.match(/^The 2 policies of these pods allow IPv4 blocks only/).and.match(/Also a spec\.egress\[0\]\.to\[0\]\.ipBlock\./)
  })

  it('keeps its name when rules move, pods come and severities change', async () => {
    const nameOf = async (...objects: KubeObject[]): Promise<string | undefined> => (await run([...ground(), ...objects])).findings[0]?.fingerprint
    const first = await nameOf(...pods(1, DUAL), policy('egress', ['0.0.0.0/0', '10.0.0.0/8']))
    expect(first).to.match(/^k1:/)
    expect(await nameOf(...pods(5, DUAL), policy('egress', ['10.0.0.0/8', '0.0.0.0/0']))).to.equal(first)
    expect(await nameOf(...pods(1, V4), policy('egress', ['10.0.0.0/8', '0.0.0.0/0']))).to.equal(first)
    expect(await nameOf(...pods(1, DUAL), policy('egress', ['0.0.0.0/0', '10.0.0.0/9']))).to.not.equal(first)
    expect(await nameOf(...pods(1, DUAL), policy('ingress', ['0.0.0.0/0', '10.0.0.0/8']))).to.not.equal(first)
  })
})

describe('what checks of network policies do not know', () => {
  const POLICY = policy('egress', ['0.0.0.0/0'])
  const rows: {name: string; outcomes: Cluster['outcomes']; skipped: (string | null)[]}[] = [
    {name: 'policies', outcomes: {networkpolicies: 'forbidden'}, skipped: ['forbidden', 'forbidden', 'forbidden', 'forbidden']},
    {name: 'pods', outcomes: {pods: 'partial'}, skipped: ['partial', 'partial', 'partial', 'partial']},
    {name: 'nodes', outcomes: {nodes: 'forbidden'}, skipped: ['forbidden', null, null, null]},
    {name: 'Services', outcomes: {services: 'forbidden'}, skipped: ['forbidden', null, 'forbidden', null]},
    {name: 'DNS on the nodes', outcomes: {'node-local-dns': 'unreachable'}, skipped: [null, null, 'unreachable', null]},
    {name: 'a hidden family', outcomes: {'aws-node': 'forbidden'}, skipped: ['forbidden', 'forbidden', 'forbidden', 'forbidden']},
    {name: 'a dump without DaemonSets and ConfigMaps, elsewhere than on EKS', outcomes: {'aws-node': 'not-in-input', 'node-local-dns': 'not-in-input', 'network-configmaps': 'not-in-input'}, skipped: [null, null, null, null]},
    {name: 'a dump without nodes and Services', outcomes: {nodes: 'not-in-input', services: 'not-in-input'}, skipped: ['not-in-input', null, 'not-in-input', null]},
    {name: 'ServiceCIDRs of an old server', outcomes: {servicecidrs: 'not-served'}, skipped: [null, null, null, null]},
  ]
  for (const {name, outcomes = {}, skipped} of rows) it(name, async () => {
    const {skips} = await run([...ground(), ...pods(1, DUAL), POLICY], {outcomes})
    expect(GAPS.map(({meta}) => skips[meta.id])).to.deep.equal(skipped)
  })

  it('a dump of EKS without the DaemonSet that tells a hidden family', async () => {
    const eks = {...ground()[1]!, metadata: {name: 'n', labels: {'eks.amazonaws.com/nodegroup': 'a'}}} as KubeObject
    const {skips} = await run([eks, ...pods(1, V6), POLICY], {outcomes: {'aws-node': 'not-in-input'}})
    expect(new Set(Object.values(skips))).to.deep.equal(new Set(['not-in-input']))
  })

  it('a block that nobody can read, of which nothing is said', async () => {
    const {findings, skips} = await run([...ground(), ...pods(1, DUAL), policy('egress', ['0.0.0.0/0', 'rubbish'])], {}, ALL)
    expect(findings.map(line)).to.deep.equal(['info notation/unreadable 1 spec.egress[1].to[0].ipBlock.cidr'])
    expect(new Set(Object.values(skips))).to.deep.equal(new Set(['not-understood']))
  })

  it('policies do not reach a hidden family, and say nothing of it', async () => {
    const hidden = awsNode({ENABLE_IPv6: 'true'})
    expect((await run([...ground(), hidden, ...pods(1, V6), policy('egress', ['2600:1f13::/32'])])).findings.map(line)).to.deep.equal([])
    expect((await run([...ground(), hidden, ...pods(1, V6), policy('egress', IMDS)])).findings.map(line)).to.deep.equal([`high carve-out-lost/metadata 1 ${E1}`])
  })
})

describe('how blocks are written', () => {
  const rows: [string, string, RegExp][] = [
    ['::ffff:10.0.0.0/104', 'mapped', /is the IPv4 block 10\.0\.0\.0\/8 to Kubernetes/],
    ['010.0.0.0/8', 'leading-zero', /reads 010\.0\.0\.0\/8 as 10\.0\.0\.0\/8/],
    ['10.1.2.3/8', 'host-bits', /Of 10\.1\.2\.3\/8 all of 10\.0\.0\.0\/8 counts/],
    ['0.0.0.0/0 except 010.0.0.0/8', 'leading-zero', /010\.0\.0\.0\/8/],
  ]
  for (const [text, variant, says] of rows) it(text, async () => {
    const of = async (minor: number | null): Promise<Finding> => (await run([policy('egress', [text])], {minor}, [networkPolicyNotation])).findings[0]!
    const found = await of(37)
    expect([found.variant, found.severity, found.object.name]).to.deep.equal([variant, 'info', 'p'])
    expect(found.message).to.match(says).and.match(/; the next edit of this field will be refused\.$/)
    expect((await of(30)).message).to.match(/; from 1\.36 on the next edit of this field will be refused\.$/)
    expect((await of(null)).message).to.match(/; from 1\.36 on/)
    expect((await run([policy('egress', [text])], {minor: 37}, [networkPolicyNotation])).skips['network-policy-notation']).to.equal(null)
  })

  it('one line for a policy with many', async () => {
    const {findings} = await run([policy('egress', ['010.0.0.0/8', '011.0.0.0/8', '::ffff:10.0.0.0/104'])], {}, [networkPolicyNotation])
    expect(findings.map(({variant}) => variant)).to.deep.equal(['leading-zero', 'mapped'])
    expect(findings[0]!.message).to.match(/Also spec\.egress\[1\]\.to\[0\]\.ipBlock\.cidr \(011\.0\.0\.0\/8\)\./)
  })

  it('an unreadable one ends the check', async () => {
    const {findings, skips} = await run([policy('egress', ['rubbish'])], {}, [networkPolicyNotation])
    expect(findings[0]!.message).to.equal('rubbish is no address block: what the rule allows is not known.')
    expect(skips['network-policy-notation']).to.equal('not-understood')
  })

  it('quiet on what Kubernetes prints', async () => expect((await run([policy('egress', ['10.0.0.0/8 except 10.1.0.0/16', '::/0 except fc00::/7', '2001:db8::/32'])], {}, [networkPolicyNotation])).findings).to.deep.equal([]))
})

describe('dead entries', () => {
  it('are of a family that no pod of the policy has', async () => {
    const {findings: [found, ...more]} = await run([...ground(), ...pods(2, V4), policy('egress', ['10.0.0.0/8', '2600:1f13::/32', 'fd00::/8'])], {}, [networkPolicyDeadEntry])
    expect(more).to.deep.equal([])
    expect(found!.message).to.equal('2600:1f13::/32, fd00::/8 do nothing today: the 2 pods that this policy selects have no IPv6 address; also spec.egress[2].to[0].ipBlock.')
    expect([found!.severity, found!.path, found!.count]).to.deep.equal(['info', E1, 2])
  })

  it('not where one pod has it', async () => expect((await run([...ground(), ...pods(2, V4), ...pods(1, DUAL), policy('egress', ['10.0.0.0/8', '2600:1f13::/32'])], {}, [networkPolicyDeadEntry])).findings).to.deep.equal([]))

  it('runs on request alone', () => expect(networkPolicyDeadEntry.meta.isOnRequest).to.equal(true))
})
