import {expect} from 'chai'
import type {FilterAddressClass} from '../../../src/audit/finding.js'
import {spaceOf} from '../../../src/filters/address-space.js'
import type {AddressSpace} from '../../../src/filters/address-space.js'
import {networkPolicyReader, blocksIn} from '../../../src/filters/network-policy/policies.js'
import type {Block} from '../../../src/filters/network-policy/blocks.js'
import type {Ranges} from '../../../src/network/family-ranges.js'
import {parseCidr} from '../../../src/network/cidr.js'
import {setOf} from '../../../src/network/interval-set.js'
import {twinsOf} from '../../../src/plan/dual-stack/twin.js'

const setOfTexts = (texts: readonly string[]) => setOf(texts.map(text => parseCidr(text)!))
const told = (...texts: string[]) => ({set: setOfTexts(texts), told: setOfTexts(texts), from: 'test'})
const seen = (...texts: string[]) => ({...told(...texts), told: setOfTexts([])})

function ranges(pods: readonly string[], services: readonly string[], nodes: readonly string[]): Ranges {
  return {pods: told(...pods), services: told(...services), nodes: told(...nodes)}
}

const V4 = {pods: ['10.244.0.0/16'], services: ['10.96.0.0/12'], nodes: ['192.168.10.0/24']}
const SERVICES = [...V4.services, 'fd12:3456::/108']
const SPACES: Readonly<Record<string, AddressSpace>> = {
  global: spaceOf(ranges([...V4.pods, '2600:1f13:aa::/64'], SERVICES, [...V4.nodes, '2600:1f13:bb::/64']), 'aws'),
  ula: spaceOf(ranges([...V4.pods, 'fd10:244::/56'], SERVICES, [...V4.nodes, 'fd20:1::/64']), 'aws'),
  bare: spaceOf(ranges([...V4.pods, 'fd10:244::/56'], SERVICES, [...V4.nodes, 'fd20:1::/64']), 'openstack'),
  azure: spaceOf(ranges([...V4.pods, 'fd10:244::/56'], SERVICES, [...V4.nodes, 'fd20:1::/64']), 'azure'),
  /** Today's cluster, before anybody chose ranges of IPv6. */
  v4: spaceOf(ranges(V4.pods, V4.services, V4.nodes), 'aws'),
  /** Pods out of the shared range of carriers, and unique local ones. */
  shared: spaceOf(ranges(['100.64.0.0/16', 'fd10:244::/56'], SERVICES, [...V4.nodes, 'fd20:1::/64']), 'aws'),
  /** Addresses of nodes are only seen. */
  seen: spaceOf({...ranges([...V4.pods, 'fd10:244::/56'], SERVICES, []), nodes: seen('192.168.10.4/32', '2600:1f13:bb::4/128')}, 'aws'),
}

function blocks(...texts: string[]): Block[] {
  const to = texts.map(text => {
    const [cidr = '', ...except] = text.split(/ except |, /)
    return {ipBlock: {cidr, ...(except.length === 0 ? {} : {except})}}
  })
  const {policy} = networkPolicyReader()({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace: 'shop', name: 'a'}, spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to}]}})
  return blocksIn(policy.egress)
}

function said(texts: readonly string[], space: string, unmatched: readonly FilterAddressClass[] = []): string {
  return twinsOf(blocks(...texts), {space: SPACES[space]!, unmatched}).map(({of, twin}) => {
    const head = of.length > 1 ? `${of.length} together: ` : ''
    if (twin.answer === 'add') return head + twin.blocks.map(({cidr, except}) => [cidr.text, ...(except.length === 0 ? [] : [`except ${except.map(({text}) => text).join(', ')}`])].join(' ')).join(' + ')
    if (twin.answer === 'range') return `${head}needs ${twin.needs.join(', ')}`
    return head + (twin.answer === 'hand' ? `by hand: ${twin.literals.join('; ')}` : twin.why)
  }).join(' | ')
}

const RFC = '0.0.0.0/0 except 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16'
const LL = `${RFC}, 169.254.0.0/16`
const IMDS = '0.0.0.0/0 except 169.254.169.254/32'

describe('twinsOf', () => {
  const rows: [name: string, blocks: readonly string[], space: string, expected: string][] = [
    ['everything', ['0.0.0.0/0'], 'global', '::/0'],
    ['everything, before there are ranges', ['0.0.0.0/0'], 'v4', '::/0'],
    ['all but the metadata of the cloud', [IMDS], 'v4', '::/0 except fd00:ec2::254/128'],
    ['all but that of another cloud', [IMDS], 'bare', '::/0 except fe80::a9fe:a9fe/128'],
    ['all but that of a cloud without one over IPv6', [IMDS], 'azure', '::/0'],
    ['all but the platform address of Azure', ['0.0.0.0/0 except 168.63.129.16/32'], 'azure', '::/0'],
    ['all but a link', ['0.0.0.0/0 except 169.254.0.0/16'], 'v4', '::/0 except fe80::/10, fd00:ec2::254/128, fd00:ec2::23/128'],
    ['what answers on the link is on it', ['0.0.0.0/0 except 169.254.0.0/16'], 'bare', '::/0 except fe80::/10'],
    ['all but private, with global pods and nodes', [LL], 'global', '::/0 except fc00::/7, fe80::/10, 2600:1f13:aa::/64, 2600:1f13:bb::/64'],
    ['all but private, with unique local ones', [LL], 'ula', '::/0 except fc00::/7, fe80::/10'],
    ['all but private, and nobody knows the ranges', [LL], 'v4', 'needs pod, service, node'],
    ['all but private, and nodes that are only seen', [LL], 'seen', 'needs node'],
    ['metadata is not let in, though IPv4 does not leave it out', [RFC], 'ula', '::/0 except fc00::/7'],
    ['a part of private: the part that is assigned', ['0.0.0.0/0 except 10.0.0.0/8, 169.254.0.0/16'], 'bare', '::/0 except fd00::/8, fe80::/10 + fd20:1::/64'],
    ['exactly the pods', ['0.0.0.0/0 except 10.244.0.0/16'], 'global', '::/0 except 2600:1f13:aa::/64'],
    ['exactly the pods, unknown over IPv6', ['0.0.0.0/0 except 10.244.0.0/16'], 'v4', 'needs pod'],
    ['the Services', ['0.0.0.0/0 except 10.96.0.0/12'], 'v4', 'needs service'],
    ['the network around the nodes', ['0.0.0.0/0 except 192.168.8.0/22'], 'global', '::/0 except 2600:1f13:bb::/64'],
    ['private, but pods that are not', [LL], 'shared', '::/0 except fc00::/7, fe80::/10 + fd10:244::/56'],
    ['multicast and loopback', ['0.0.0.0/0 except 224.0.0.0/4, 127.0.0.0/8'], 'v4', '::/0 except ff00::/8, ::1/128'],
    ['what IPv6 has nothing for', ['0.0.0.0/0 except 100.64.0.0/10, 198.18.0.0/15, 240.0.0.0/4'], 'v4', '::/0'],
    ['one private address', ['0.0.0.0/0 except 10.1.2.3/32'], 'global', 'by hand: 10.1.2.3/32'],
    ['one of many', ['0.0.0.0/0 except 10.0.0.0/8, 192.168.77.0/24'], 'ula', 'by hand: 192.168.77.0/24'],
    ['one public address', ['0.0.0.0/0 except 8.8.8.8/32'], 'global', 'by hand: 8.8.8.8/32'],
    ['a part of the pods', ['0.0.0.0/0 except 10.244.1.0/24'], 'global', 'by hand: 10.244.1.0/24'],
    ['halves that are all together', ['0.0.0.0/1', '128.0.0.0/1 except 169.254.169.254/32'], 'v4', '2 together: ::/0 except fd00:ec2::254/128'],
    ['halves beside a literal', ['0.0.0.0/1', '10.96.0.10/32', '128.0.0.0/1'], 'v4', '2 together: ::/0 | by hand: 10.96.0.10/32'],
    ['half of it', ['0.0.0.0/1'], 'v4', 'by hand: 0.0.0.0/1'],
    ['an IPv4-mapped everything', ['::ffff:0:0/96'], 'v4', '::/0'],
    ['the pods', ['10.244.0.0/16'], 'global', '2600:1f13:aa::/64'],
    ['the Services, unknown over IPv6', ['10.96.0.0/12'], 'v4', 'needs service'],
    ['the network around the nodes', ['192.168.8.0/22'], 'ula', 'fd20:1::/64'],
    ['a private block whole, with what it holds of the cluster', ['10.0.0.0/8'], 'global', 'fd00::/8 except fd00:ec2::254/128, fd00:ec2::23/128 + 2600:1f13:aa::/64'],
    ['a private block without its Services', ['10.0.0.0/8 except 10.96.0.0/12'], 'bare', 'fd00::/8 except fd12:3456::/108, fd20:1::/64'],
    ['a private block with a hole that nobody can tell', ['10.0.0.0/8 except 10.1.2.0/24'], 'v4', 'needs pod, service'],
    ['a private block that has nothing of the cluster', ['172.16.0.0/12'], 'bare', 'fd00::/8 except fd10:244::/56, fd12:3456::/108, fd20:1::/64'],
    ['the same, before there are ranges', ['172.16.0.0/12'], 'v4', 'needs pod, service, node'],
    ['all private blocks, with what they hold of the cluster', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], 'global', '3 together: fc00::/7 except fd00:ec2::254/128, fd00:ec2::23/128 + 2600:1f13:aa::/64 + 2600:1f13:bb::/64'],
    ['metadata', ['169.254.169.254/32'], 'v4', 'fd00:ec2::254/128'],
    ['metadata that IPv6 has not', ['169.254.169.254/32'], 'azure', 'what answers there has no IPv6 address that is known'],
    ['a link', ['169.254.0.0/16'], 'v4', 'fe80::/10 + fd00:ec2::254/128 + fd00:ec2::23/128'],
    ['NodeLocal DNS', ['169.254.20.10/32'], 'v4', 'what answers there has no IPv6 address that is known'],
    ['loopback', ['127.0.0.0/8'], 'v4', 'no policy is asked about loopback or multicast'],
    ['a public address', ['8.8.8.8/32'], 'global', 'by hand: 8.8.8.8/32'],
    ['a private address', ['10.1.2.3/32'], 'global', 'by hand: 10.1.2.3/32'],
  ]
  for (const [name, texts, space, expected] of rows) it(`${name} (${space})`, () => expect(said(texts, space)).to.equal(expected))

  it('leaves out nothing that no block matches, and asks for no range of it', () => {
    expect(said([LL], 'v4', ['pod', 'node', 'service'])).to.equal('::/0 except fc00::/7, fe80::/10')
    expect(said([LL], 'global', ['pod'])).to.equal('::/0 except fc00::/7, fe80::/10, 2600:1f13:bb::/64')
    // Metadata endpoints open no connections.
    expect(said([IMDS], 'v4', ['metadata'])).to.equal('::/0')
    expect(said([RFC], 'ula', ['metadata'])).to.equal('::/0 except fc00::/7')
    expect(said(['10.0.0.0/8'], 'v4', ['pod', 'node', 'service'])).to.equal('fd00::/8 except fd00:ec2::254/128, fd00:ec2::23/128')
  })
})
