import {expect} from 'chai'
import type {Report} from '../../../src/audit/check.js'
import type {ChainCase} from '../../../src/checks/dual-stack/chain-report.js'
import {chainReports, chainVariants} from '../../../src/checks/dual-stack/chain-report.js'
import {chainGaps, settled} from '../../../src/filters/chain/chain-gaps.js'
import type {ChainStage} from '../../../src/filters/chain/chain.js'
import {NO_NAMES} from '../../../src/filters/ports.js'
import type {Family} from '../../../src/network/ip.js'
import {spaceIn, stage} from '../../filters/chain/chains.js'

const space = spaceIn('global')
const BOTH: readonly Family[] = [4, 6]

interface Group {
  namespace?: string
  families?: readonly Family[]
  pods?: number
  direction?: ChainCase['direction']
  note?: string
}

function caseOf(stages: readonly ChainStage[], {namespace = 'shop', families = BOTH, pods = 12, direction = 'egress', note}: Group = {}): ChainCase {
  const gaps = settled(chainGaps(stages, NO_NAMES, space, {direction})!, families)
  return {direction, gaps, group: {namespace, families, pods, names: ['p1']}, ...(note !== undefined && {note})}
}

const reportsOf = (...cases: ChainCase[]): Report[] => chainReports(cases, {whereToAdd: () => 'to the same list'}, space)
const open = (...lines: string[]): ChainStage[] => [stage('next', ...lines)]
const closed = (...lines: string[]): ChainStage[] => [stage('deny', ...lines)]

describe('chainReports', () => {
  const rows: {name: string; cases: ChainCase[]; variant: string; message: string; fix: string; path?: string}[] = [
    {
      name: 'everything over IPv6', cases: [caseOf(open('allow 10.0.0.0/8', 'deny 0.0.0.0/0'))], variant: 'public-open', path: 'spec.egress[1].to[0]',
      message: 'Egress to 0.0.0.0/0 is denied, which leaves public addresses by and large open over IPv6: code in 12 pods in shop may send data anywhere on the Internet over IPv6.',
      fix: 'Deny the same over IPv6: add - ::/0 to the same list. Each block is of one family, so each family needs items of its own.',
    },
    {
      name: 'one port, one pod', cases: [caseOf(open('deny 10.0.0.0/8 TCP/443'), {pods: 1})], variant: 'pod',
      message: 'Egress to 10.0.0.0/8 on TCP 443 is denied, which leaves pods, private networks and Services open over IPv6: 1 pod in shop may connect over IPv6 to what is shut over IPv4.',
      fix: 'Deny the same over IPv6: add - 2600:1f13:aa::/64, - fc00::/7, - fd12:3456::/108 to the same list. Each block is of one family, so each family needs items of its own.',
    },
    {
      name: 'not yet', cases: [caseOf(open('deny 169.254.169.254/32'), {families: [4]})], variant: 'metadata',
      message: 'Egress to 169.254.169.254/32 is denied, which leaves AWS instance metadata at fd00:ec2::254 open over IPv6: code in 12 pods in shop may ask there for what the node is trusted with, if the IPv6 endpoint is enabled on the instance; none of these pods has IPv6 now, and it becomes high when that is enabled.',
      fix: 'Deny the same over IPv6: add - fd00:ec2::254/128 to the same list. Each block is of one family, so each family needs items of its own.',
    },
    {
      name: 'live for some pods: told of those', cases: [caseOf(open('deny 8.8.8.0/24'), {families: [4], pods: 90}), caseOf(open('deny 8.8.8.0/24'), {namespace: 'bank', pods: 3})], variant: 'public-list',
      message: 'Egress to 8.8.8.0/24 is denied, which leaves public addresses open over IPv6: 3 pods in bank may connect over IPv6 to what is shut over IPv4.',
      fix: 'Deny the same over IPv6: add the IPv6 addresses of the same, which the cluster does not show, to the same list. Each block is of one family, so each family needs items of its own.',
    },
    {
      name: 'of two policies', cases: [caseOf(open('deny 10.244.0.0/17 of a', 'deny 10.244.128.0/17 of b'), {note: 'and more'})], variant: 'pod',
      message: 'Egress to 10.244.0.0/17, 10.244.128.0/17 is denied, which leaves pods open over IPv6: 12 pods in shop may connect over IPv6 to what is shut over IPv4 (also by Policy b); and more.',
      fix: 'Deny the same over IPv6: add - 2600:1f13:aa::/64 to the same list. Each block is of one family, so each family needs items of its own.',
    },
    {
      name: 'on the way in', cases: [caseOf(open('deny 10.0.0.0/8'), {direction: 'ingress'})], variant: 'pod',
      message: 'Ingress from 10.0.0.0/8 is denied, which lets pods and private networks in over IPv6: who is shut out comes back to 12 pods in shop over IPv6; what a policy sees as the source may have been rewritten before.',
      fix: 'Deny the same over IPv6: add - 2600:1f13:aa::/64, - fc00::/7 to the same list. Each block is of one family, so each family needs items of its own.',
    },
    {
      name: 'let through over IPv6 beside a few IPv4 addresses', cases: [caseOf(closed('allow 8.8.8.8/32', 'allow ::/0'))], variant: 'public-open', path: 'spec.egress[1].to[0]',
      message: 'Egress to ::/0 is let through, public addresses by and large included, and IPv4 is kept to less: code in 12 pods in shop may send data anywhere on the Internet over IPv6.',
      fix: 'Narrow ::/0 to what is meant to be open over IPv6.',
    },
    {
      name: 'a family that nothing lets through: an outage', cases: [caseOf(closed('allow 10.0.0.0/8'))], variant: 'blocked',
      message: 'Egress to 10.0.0.0/8 is let through and its like over IPv6 is not: connections of 12 pods in shop that try IPv6 are refused, and get through over IPv4 if they try that too.',
      fix: 'Where these pods are to use IPv6, add the IPv6 addresses of what they reach to the same list; which these are the cluster does not show.',
    },
  ]
  for (const {name, cases, variant, message, fix, path = 'spec.egress[0].to[0]'} of rows) it(name, () => {
    const [report, ...others] = reportsOf(...cases)
    expect([report?.message, report?.fix?.text, report?.variant, others]).to.deep.equal([message, fix, variant, []])
    expect(report?.path).to.equal(path)
  })

  it('knows the same finding by its blocks, wherever the rule stands', () => {
    const [before, after] = [reportsOf(caseOf(open('deny 10.0.0.0/8'))), reportsOf(caseOf(open('allow 9.9.9.9/32', 'deny 10.0.0.0/8'), {pods: 5}))]
    expect(after[0]?.key).to.equal(before[0]?.key)
    expect(before[0]?.key).to.equal('egress S3 IPv6 10.0.0.0/8')
  })

  it('has a variant for every gap, and previews where asked', () => {
    expect(Object.values(chainVariants(true)).every(({isPreview}) => isPreview === true)).to.equal(true)
    expect(Object.values(chainVariants()).some(({isPreview}) => isPreview === true)).to.equal(false)
  })

  it('never calls a closed family a bypass', () => {
    for (const {message, variant} of reportsOf(caseOf(closed('allow 0.0.0.0/0')), caseOf(closed('allow fd00::/8')))) {
      expect(variant).to.equal('blocked')
      expect(message).to.not.match(/bypass|hole|open|attack/i)
    }
  })
})
