import {expect} from 'chai'
import type {Reach} from '../../../src/filters/edge/door.js'
import {judgeList, notationGap} from '../../../src/filters/edge/judge-list.js'
import type {ListKind, SourceList} from '../../../src/filters/edge/source-list.js'
import {itemsIn} from '../../../src/filters/edge/source-list.js'
import type {Family} from '../../../src/network/ip.js'

function listed(text: string, kind: Partial<ListKind>): SourceList {
  return {
    kind: {words: 'The list', mode: 'allow', otherFamily: 'closed', because: 'so it is', whenUnreadable: 'unknown', ...kind},
    object: {apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web'}, place: null, path: 'spec.list', items: itemsIn(text), door: {by: 'node-ports'},
  }
}

const reach = (...families: Family[]): Reach => ({families, because: {}, seenAt: {}})

function said(list: SourceList, over: Reach): string {
  const gap = judgeList(list, over)
  return gap === null ? '' : `${gap.isLatent ? 'L:' : ''}${gap.class} ${gap.variant}${gap.openFamily === null ? '' : ` open ${gap.openFamily}`}${gap.blockedFamily === null ? '' : ` blocked ${gap.blockedFamily}`}`
}

const FEW = '10.0.0.0/8, 192.0.2.1'
const OPEN = {otherFamily: 'open'} as const
const UNKNOWN = {otherFamily: 'unknown'} as const
const DENY = {mode: 'deny', otherFamily: 'open'} as const

describe('a list of client addresses', () => {
  const rows: [items: string, kind: Partial<ListKind>, families: Family[], said: string][] = [
    [FEW, OPEN, [4, 6], 'S4 open-allow-list open 6'],
    [FEW, OPEN, [4], 'L:S4 open-allow-list open 6'],
    [FEW, OPEN, [], 'L:S4 open-allow-list open 6'],
    [FEW, {}, [4, 6], 'A3 blocked-family blocked 6'],
    [FEW, {}, [4], 'L:A3 blocked-family blocked 6'],
    [FEW, UNKNOWN, [4, 6], 'S4 unknown-default open 6'],
    [FEW, DENY, [4, 6], 'S4 open-deny-list open 6'],
    ['0.0.0.0/0', DENY, [4, 6], 'S4 open-deny-all open 6'],
    ['0.0.0.0/1, 128.0.0.0/1', DENY, [4], 'L:S4 open-deny-all open 6'],
    // Who lets everybody of one family in keeps nobody out of the other.
    ['0.0.0.0/0', OPEN, [4, 6], ''],
    ['0.0.0.0/1, 128.0.0.0/1', OPEN, [4, 6], ''],
    ['0.0.0.0/0', {}, [4, 6], 'A3 blocked-family blocked 6'],
    ['0.0.0.0/0', UNKNOWN, [4, 6], 'A3 blocked-family blocked 6'],
    ['0.0.0.0/0', {isOneForBoth: true}, [4, 6], ''],
    ['0.0.0.0/1, 128.0.0.0/1', {isOneForBoth: true}, [4, 6], 'A3 blocked-family blocked 6'],
    // The other way round; and IPv4 in front of what IPv6 alone reaches is nobody's plan.
    ['2001:db8::/32', OPEN, [4, 6], 'S4 open-allow-list open 4'],
    ['2001:db8::/32', OPEN, [6], ''],
    ['2001:db8::/32', OPEN, [], 'L:S4 open-allow-list open 4'],
    ['::/0', DENY, [4, 6], 'S4 open-deny-all open 4'],
    // Both families: narrow ones are not comparable.
    [`${FEW}, 2001:db8::/32`, OPEN, [4, 6], ''],
    [`${FEW}, ::/0`, {}, [4, 6], 'S2 wider-ipv6 open 6'],
    [`${FEW}, 2000::/3`, OPEN, [4], 'L:S2 wider-ipv6 open 6'],
    [`${FEW}, ::/1`, {}, [4, 6], 'S2 wider-ipv6 open 6'],
    [`${FEW}, 2000::/4`, {}, [4, 6], ''],
    ['0.0.0.0/0, ::/0', OPEN, [4, 6], ''],
    [`${FEW}, ::/0`, DENY, [4, 6], ''],
    // A mapped block is IPv4.
    ['::ffff:10.0.0.0/104', OPEN, [4, 6], 'S4 open-allow-list open 6'],
    // What is not understood leaves the list unknown, never empty.
    [`${FEW}, office`, OPEN, [4, 6], 'N unreadable'],
    [`office, 2001:db8::/32`, DENY, [4, 6], 'N unreadable'],
    [`${FEW}, 10.0.0.0/33`, {...OPEN, whenUnreadable: 'opens'}, [4], 'N unreadable-opens'],
    ['', OPEN, [4, 6], ''],
  ]
  for (const [items, kind, families, wanted] of rows)
    it(`${kind.mode ?? 'allow'} ${items || 'nothing'}, ${kind.otherFamily ?? 'closed'}${kind.isOneForBoth ? ', one for both' : ''}, clients over ${families.join(' and ') || 'nothing known'}: ${wanted || 'nothing'}`, () =>
      expect(said(listed(items, kind), reach(...families))).to.equal(wanted))

  it('is sloppy only where the API server will refuse it', () => {
    const isSloppy = (text: string, isCore = true): boolean => notationGap(listed(text, {isCore})) !== null
    expect(['10.1.2.3/8', '010.0.0.0/8', '::ffff:10.0.0.0/104'].map(text => isSloppy(text))).to.deep.equal([true, true, true])
    expect([isSloppy('10.0.0.0/8, 2001:DB8::/32'), isSloppy('office'), isSloppy('10.1.2.3/8', false)]).to.deep.equal([false, false, false])
  })
})
