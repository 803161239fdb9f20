import {expect} from 'chai'
import type {ChainStage} from '../../../src/filters/chain/chain.js'
import type {ChainOptions} from '../../../src/filters/chain/atom-gaps.js'
import {chainGaps, settled} from '../../../src/filters/chain/chain-gaps.js'
import {twinBlocks} from '../../../src/filters/chain/twins.js'
import {NO_NAMES} from '../../../src/filters/ports.js'
import {parseCidr} from '../../../src/network/cidr.js'
import {setOf} from '../../../src/network/interval-set.js'
import type {Family} from '../../../src/network/ip.js'
import type {PLANS} from './chains.js'
import {gapText, spaceIn, stage} from './chains.js'

const RFC1918 = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16'
/** A chain as policy.networking.k8s.io has it where no NetworkPolicy isolates the pod. */
const admin = (...lines: string[]): ChainStage[] => [stage('next', ...lines)]
/** One whose last word is no. */
const closed = (...lines: string[]): ChainStage[] => [stage('deny', ...lines)]

describe('chainGaps', () => {
  const rows: {name: string; stages: ChainStage[]; plan?: keyof typeof PLANS; provider?: string | null; options?: ChainOptions; gaps: string[]}[] = [
    {name: 'no rule', stages: [], gaps: []},
    {name: 'prototype: Accept 10/8, Deny 0/0 leaves IPv6 fully open', stages: admin('allow 10.0.0.0/8', 'deny 0.0.0.0/0'), gaps: ['S3 v6 high public,metadata,node,private,link-local p']},
    {name: 'prototype: Deny IMDS leaves its IPv6 address open', stages: admin('deny 169.254.169.254/32'), gaps: ['S3 v6 high metadata p']},
    {name: 'prototype: Baseline Deny RFC1918 leaves IPv6 pods open', stages: admin(`deny ${RFC1918}`), gaps: ['S3 v6 medium pod,node,private,service p']},
    {name: '… with unique local addresses for pods', stages: admin(`deny ${RFC1918}`), plan: 'ula', gaps: ['S3 v6 medium pod,node,private,service p']},
    {name: '… without IPv6 in the cluster: private alone', stages: admin(`deny ${RFC1918}`), plan: 'v4', gaps: ['S3 v6 low private p']},
    {name: 'a twin for unique local addresses misses global pods', stages: admin(`deny ${RFC1918}`, 'deny fc00::/7'), provider: 'azure', gaps: ['S3 v6 medium pod,node p']},
    {name: 'a twin for unique local addresses is enough where pods have those', stages: admin(`deny ${RFC1918}`, 'deny fc00::/7'), plan: 'ula', provider: 'azure', gaps: []},
    {name: 'an endpoint among private addresses is left out by the way', stages: admin(`deny ${RFC1918}`, 'deny fc00::/7'), plan: 'ula', gaps: []},
    {name: 'an endpoint that is left out for itself', stages: admin('deny fd00:ec2::/32'), plan: 'ula', gaps: ['S3 v4 high metadata p']},
    {name: 'both families', stages: admin('deny 0.0.0.0/0', 'deny ::/0'), gaps: []},
    {name: 'both families in one rule', stages: admin('deny 0.0.0.0/0,::/0'), gaps: []},
    {name: 'a closing default hides what a denial forgets', stages: closed('deny 169.254.169.254/32'), gaps: []},
    {name: '… not where an allow-all stands before it', stages: closed('deny 169.254.169.254/32', 'allow any'), gaps: ['S3 v6 high metadata p']},
    {name: 'a twin that comes too late', stages: admin('deny 169.254.169.254/32', 'allow any', 'deny fd00:ec2::254/128'), gaps: ['S3 v6 high metadata p']},
    {name: 'the twin of one endpoint', stages: admin('deny 169.254.0.0/16', 'deny fd00:ec2::254/128,fe80::/10'), gaps: ['S3 v6 info metadata p']},
    {name: 'an endpoint closed in IPv6 alone', stages: admin('deny fd00:ec2::254/128'), gaps: ['S3 v4 high metadata p']},
    {name: 'endpoints of a cloud that has no pair', stages: admin('deny 168.63.129.16/32'), provider: 'azure', gaps: []},
    {name: 'nothing tells the cloud', stages: admin('deny 169.254.169.254/32'), provider: null, gaps: ['S3 v6 info metadata p']},
    {name: 'link-local', stages: admin('deny 169.254.0.0/16', 'deny fd00:ec2::/32'), gaps: ['S3 v6 info link-local p']},
    {name: 'a list of public addresses', stages: admin('deny 8.8.8.0/24'), gaps: ['S3 v6 low public p']},
    {name: 'two lists of public addresses', stages: admin('deny 8.8.8.0/24', 'deny 2001:4860:4860::/48'), gaps: []},
    {name: 'a list of IPv6 addresses: nothing of IPv4 to compare', stages: admin('deny 2001:4860:4860::/48'), gaps: []},
    {name: 'IPv6 closed on purpose is no hole in IPv4, and nothing forgotten', stages: admin('deny ::/0'), gaps: []},
    {name: 'IPv6 closed but for a part, and IPv4 forgotten', stages: admin('allow fd00::/8', 'deny ::/0'), gaps: ['S3 v4 high public,pod,node,private,link-local p']},
    {name: '… and IPv4 closed too', stages: admin('allow fd00::/8', 'deny ::/0', 'deny 0.0.0.0/0'), provider: null, gaps: ['A3 v4 low p']},
    {name: '… and IPv4 let through on purpose', stages: admin('allow 0.0.0.0/0,fd00::/8', 'deny 0.0.0.0/0,::/0'), provider: null, gaps: ['A3 v6 low p']},
    {name: 'allow lists of few addresses are not comparable', stages: closed('allow 10.0.0.0/8', 'allow 2600:1f13::/32'), gaps: []},
    {name: 'an allow list of one family', stages: closed('allow 10.0.0.0/8'), gaps: ['A3 v6 low p']},
    {name: 'an allow list of one family, closed by a rule', stages: admin('allow 10.0.0.0/8', 'deny 0.0.0.0/0', 'deny ::/0'), gaps: ['A3 v6 low p']},
    {name: 'what IPv6 alone is allowed before denials of both is meant', stages: admin('allow 8.8.8.8/32,fd00::/8', 'deny 0.0.0.0/0,::/0'), gaps: []},
    {name: 'an allow list that is broad in IPv4', stages: closed('allow 0.0.0.0/0', 'allow 2001:4860:4860::/48'), gaps: ['A3 v6 low p']},
    {name: 'an allow list of link-local addresses is nothing to miss', stages: closed('allow 169.254.20.10/32'), gaps: []},
    {name: 'an endpoint without a twin is nothing to miss', stages: closed('allow 169.254.170.2/32'), gaps: []},
    {name: 'an endpoint with a twin is', stages: closed('allow 169.254.169.254/32'), gaps: ['A3 v6 low p']},
    {name: 'the address of a Service of one family is nothing to miss', stages: closed('allow 10.96.0.10/32 UDP/53'), options: {twinless: setOf([parseCidr('10.96.0.10/32')!])}, gaps: []},
    {name: 'IPv6 wider: few over IPv4, all over IPv6', stages: closed('allow 8.8.8.8/32', 'allow ::/0'), gaps: ['S3 v6 high public p']},
    {name: 'IPv6 alone', stages: closed('allow ::/0'), gaps: ['S3 v6 high public p', 'A3 v4 low p']},
    {name: 'carve-outs in broad allow lists', stages: closed('deny 169.254.169.254/32 of q', 'allow 0.0.0.0/0,::/0'), gaps: ['S3 v6 high metadata q']},
    {name: 'a pass of one family, closed for the other', stages: [stage('next', 'pass 10.0.0.0/8', 'deny 0.0.0.0/0,::/0')], gaps: ['A3 v6 low p']},
    {name: 'a pass of one family past a default', stages: [stage('deny', 'pass 10.0.0.0/8')], gaps: ['A3 v6 low p']},
    {name: 'a denial that a pass of IPv6 goes around', stages: [stage('next', 'pass ::/0 of q', 'deny 0.0.0.0/0,::/0 of p')], gaps: ['S3 v6 high public q', 'A3 v4 low q']},
    {name: 'a pass of IPv4 to where nothing is let in', stages: [stage('allow', 'pass 0.0.0.0/0'), stage('deny')], gaps: ['S3 v6 high public p', 'A3 v4 low p']},
    {name: 'one port', stages: admin('deny 0.0.0.0/0 TCP/443'), gaps: ['S3 v6 high public,metadata,pod,node,private,service,link-local [TCP 443] p']},
    {name: 'ports side by side', stages: admin('deny 169.254.169.254/32 TCP/80', 'deny 169.254.169.254/32 TCP/81-90'), gaps: ['S3 v6 high metadata [TCP 80-90] p']},
    {name: 'what opens no connection is not kept from coming in', stages: admin('deny 169.254.169.254/32,10.96.0.0/12'), options: {direction: 'ingress'}, gaps: []},
    {name: 'one of each per policy', stages: admin('deny 169.254.169.254/32 of imds', 'deny 10.0.0.0/8 of lan', 'deny 172.16.0.0/12 of lan'), gaps: ['S3 v6 high metadata imds', 'S3 v6 medium pod,private,service lan']},
    {name: 'an engine that knows pods by identity', stages: admin('deny 10.0.0.0/8'), options: {unmatched: ['pod', 'node']}, gaps: ['S3 v6 medium private,service p']},
    {name: 'a hole beside another policy\'s', stages: closed('deny 169.254.169.254/32 of imds', 'allow 8.8.8.8/32 of few', 'allow ::/0 of all'), gaps: ['S3 v6 high public all', 'S3 v6 high metadata imds']},
  ]
  for (const {name, stages, plan = 'global', provider = 'aws', options, gaps} of rows) {
    it(name, () => expect(chainGaps(stages, NO_NAMES, spaceIn(plan, provider), options)!.map(gapText)).to.deep.equal(gaps))
  }

  it('resolves named ports', () => {
    const gaps = chainGaps(admin('deny 169.254.169.254/32 TCP/web'), new Map([['TCP/web', 8080]]), spaceIn('global'))!
    expect(gaps.map(gapText)).to.deep.equal(['S3 v6 high metadata [TCP 8080] p'])
  })
})

describe('settled', () => {
  const rows: {name: string; stages: ChainStage[]; told: Readonly<Record<'4' | '6' | '46', string[]>>}[] = [
    {name: 'a hole is live with the open family', stages: admin('deny 169.254.169.254/32'), told: {4: ['latent S3'], 6: ['S3'], 46: ['S3']}},
    {name: 'a hole in IPv4', stages: admin('deny fd00:ec2::254/128'), told: {4: ['S3'], 6: [], 46: ['S3']}},
    {name: 'a blocked family is missed once it is there', stages: closed('allow 10.0.0.0/8'), told: {4: ['latent A3'], 6: ['A3'], 46: ['A3']}},
    {name: 'blocked IPv4', stages: closed('allow fd00::/8'), told: {4: ['A3'], 6: [], 46: ['A3']}},
    {name: 'IPv6 alone is a hole where IPv4 is, and tells nothing where it is not', stages: closed('allow ::/0'), told: {4: ['latent S3', 'A3'], 6: [], 46: ['S3']}},
    {name: 'IPv4 is denied: that says what was meant', stages: admin('deny 0.0.0.0/0'), told: {4: ['latent S3'], 6: ['S3'], 46: ['S3']}},
  ]
  for (const {name, stages, told} of rows) {
    it(name, () => {
      const gaps = chainGaps(stages, NO_NAMES, spaceIn('ula'))!
      const of = (...families: Family[]): string[] => settled(gaps, families).map(({gap, isLatent}) => `${isLatent ? 'latent ' : ''}${gap.class}`)
      expect({4: of(4), 6: of(6), 46: of(4, 6)}).to.deep.equal(told)
    })
  }
})

describe('twinBlocks', () => {
  const rows: {name: string; stages: ChainStage[]; plan?: keyof typeof PLANS; blocks: string[]}[] = [
    {name: 'the other address of an endpoint', stages: admin('deny 169.254.169.254/32'), blocks: ['fd00:ec2::254/128']},
    {name: '… in IPv4', stages: admin('deny fd00:ec2::254/128'), blocks: ['169.254.169.254/32']},
    {name: 'ranges of the cluster, and private networks', stages: admin(`deny ${RFC1918}`), blocks: ['2600:1f13:aa::/64', '2600:1f13:bb::/64', 'fc00::/7', 'fd12:3456::/108']},
    {name: 'private networks of a cluster without IPv6', stages: admin(`deny ${RFC1918}`), plan: 'v4', blocks: ['fc00::/7']},
    {name: 'everything', stages: admin('deny 0.0.0.0/0'), blocks: ['::/0']},
    {name: 'hosts that only the writer knows', stages: admin('deny 8.8.8.0/24'), blocks: []},
  ]
  for (const {name, stages, plan = 'global', blocks} of rows) it(name, () => {
    const space = spaceIn(plan)
    const [gap] = chainGaps(stages, NO_NAMES, space)!
    expect(twinBlocks(gap!, gap?.gap.openFamily ?? 6, space)).to.deep.equal(blocks)
  })
})
