import {expect} from 'chai'
import {spaceOf} from '../../src/filters/address-space.js'
import {bandOf} from '../../src/filters/bands.js'
import {endpointsOf} from '../../src/filters/endpoint-pairs.js'
import type {Gap} from '../../src/filters/gap.js'
import {isActive, mergeGaps} from '../../src/filters/gap.js'
import {parseCidr} from '../../src/network/cidr.js'
import {EMPTY, contains, setOf} from '../../src/network/interval-set.js'
import type {IntervalSet} from '../../src/network/interval-set.js'
import {parseIp} from '../../src/network/ip.js'

const setFrom = (...texts: string[]): IntervalSet => setOf(texts.map(text => parseCidr(text)!))
const range = (...texts: string[]): {set: IntervalSet; told: IntervalSet; from: string} => ({set: setFrom(...texts), told: EMPTY, from: ''})
const SPACE = spaceOf({pods: range('10.244.0.0/16', 'fd10:244::/56'), services: range('10.96.0.0/12'), nodes: range('10.244.9.9/32', '192.168.10.1/32', '2600::1/128')}, 'aws')

describe('what addresses mean', () => {
  const rows: [address: string, kind: string | null][] = [
    ['169.254.169.254', 'metadata'], ['fd00:ec2::254', 'metadata'], ['fd20:ce::254', 'private'], ['168.63.129.16', 'public'], ['10.244.9.9', 'pod'], ['fd10:244::1', 'pod'], ['10.96.0.1', 'service'], ['192.168.10.1', 'node'], ['2600::1', 'node'],
    ['127.0.0.1', 'loopback'], ['::1', 'loopback'], ['169.254.1.1', 'link-local'], ['fe80::1', 'link-local'], ['224.0.0.1', 'multicast'], ['ff02::1', 'multicast'], ['172.16.0.1', 'private'], ['fc00::1', 'private'],
    ['100.64.0.1', 'shared'], ['203.0.113.7', 'special'], ['2001:db8::1', 'special'], ['64:ff9b::8.8.8.8', 'special'], ['0.0.0.0', 'special'], ['::', 'special'], ['8.8.8.8', 'public'], ['2606:4700::1', 'public'], ['8000::1', null],
  ]
  for (const [address, kind] of rows) it(address, () => {
    const found = Object.entries(SPACE.sets).filter(([, set]) => contains(set, parseIp(address)!)).map(([name]) => name)
    expect(found).to.deep.equal(kind === null ? [] : [kind])
  })

  it('says whether a ULA is in use', () => {
    expect(SPACE.isUlaInUse).to.equal(true)
    expect(spaceOf({pods: range('10.244.0.0/16', '2600::/64'), services: range(), nodes: range()}, null).isUlaInUse).to.equal(false)
  })

  const endpoints: [provider: string | null, names: readonly string[]][] = [
    ['aws', ['AWS instance metadata 169.254.169.254 fd00:ec2::254 high', 'EKS Pod Identity agent 169.254.170.23 fd00:ec2::23 info', 'AWS ECS task metadata 169.254.170.2 - info']],
    ['gce', ['Google Cloud metadata 169.254.169.254 fd20:ce::254 high', 'GKE metadata server 169.254.169.252 - info']],
    ['openstack', ['OpenStack metadata 169.254.169.254 fe80::a9fe:a9fe high']],
    ['scaleway', ['Scaleway metadata 169.254.42.42 fd00:42::42 high']],
    ['azure', ['Azure instance metadata 169.254.169.254 - info', 'Azure platform (WireServer) 168.63.129.16 - info']],
    ['alicloud', ['Alibaba Cloud metadata 100.100.100.200 - info']],
    ['digitalocean', []],
    [null, ['AWS instance metadata 169.254.169.254 fd00:ec2::254 info']],
  ]
  for (const [provider, names] of endpoints) it(`endpoints of ${provider ?? 'who knows whom'}`, () =>
    expect(endpointsOf(provider).map(({name, ipv4, ipv6, severity}) => `${name} ${ipv4.text} ${ipv6?.text ?? '-'} ${severity}`)).to.deep.equal(names))

  it('says under which condition an address answers that is not sure to', () => {
    const conditions = ['aws', 'gce', 'openstack', 'scaleway', null].map(provider => endpointsOf(provider)[0]!).map(({onlyIf}) => onlyIf)
    expect(conditions.every(text => text.startsWith('if ')), conditions.join('; ')).to.equal(true)
  })
})

describe('bands', () => {
  const rows: [allowed: readonly string[], kind: keyof typeof SPACE.sets, family: 4 | 6, band: string][] = [
    [['0.0.0.0/0'], 'pod', 4, 'all'], [['10.244.0.0/17'], 'pod', 4, 'some'], [['10.244.0.0/17', '10.244.128.0/18', '10.244.192.0/19', '10.244.224.0/20', '10.244.240.0/21', '10.244.248.0/22', '10.244.252.0/23', '10.244.254.0/24'], 'pod', 4, 'most'],
    [['10.244.0.0/17', '10.244.128.0/18', '10.244.192.0/19', '10.244.224.0/20', '10.244.240.0/21', '10.244.248.0/22', '10.244.252.0/23'], 'pod', 4, 'some'],
    [['::/0'], 'pod', 4, 'none'], [['::/0'], 'service', 6, 'n/a'], [['2000::/3'], 'public', 6, 'all'], [['::/0'], 'public', 6, 'all'], [['0.0.0.0/1'], 'public', 4, 'some'], [[], 'public', 4, 'none'],
  ]
  for (const [allowed, kind, family, band] of rows) it(`${allowed.slice(0, 2).join(', ') || 'nothing'}${allowed.length > 2 ? `, ${allowed.length - 2} more` : ''} of ${kind} in IPv${family}: ${band}`, () =>
    expect(bandOf(setFrom(...allowed), SPACE, kind, family)).to.equal(band))
})

describe('gaps', () => {
  const gap = (name: Gap['class'], rest: Partial<Gap>): Gap => ({class: name, openFamily: null, blockedFamily: null, addressClasses: [], endpoints: [], severity: 'low', ...rest})
  const atom = (first: number): {protocol: string; first: number; last: number; name: null} => ({protocol: 'TCP', first, last: first, name: null})

  it('are one per class and family, with the gravest first', () => {
    const [one, two] = [atom(1), atom(2)]
    const merged = mergeGaps([
      {gap: gap('S1', {openFamily: 6, addressClasses: ['service']}), atom: one}, {gap: gap('S1', {openFamily: 6, addressClasses: ['metadata', 'service'], severity: 'high'}), atom: two},
      {gap: gap('S1', {openFamily: 4, addressClasses: ['pod']}), atom: two}, {gap: gap('A1', {blockedFamily: 6}), atom: one}, {gap: gap('A1', {blockedFamily: 6}), atom: one},
    ])
    expect(merged.map(({gap: {class: name, openFamily, blockedFamily, addressClasses, severity}, atoms}) => [name, openFamily ?? blockedFamily, addressClasses, severity, atoms.length])).to.deep.equal([['S1', 6, ['metadata', 'service'], 'high', 2], ['S1', 4, ['pod'], 'low', 1], ['A1', 6, [], 'low', 1]])
  })

  it('are active with the open family, or the blocked one', () => {
    expect([isActive(gap('S1', {openFamily: 6}), [6]), isActive(gap('S1', {openFamily: 6}), [4]), isActive(gap('A1', {blockedFamily: 4}), [4, 6]), isActive(gap('A1', {blockedFamily: 4}), [6]), isActive(gap('N', {}), [4])]).to.deep.equal([true, false, true, false, true])
  })
})
