import {expect} from 'chai'
import {UsageError} from '../../src/errors.js'
import {cidrsOf} from '../../src/network/interval-set.js'
import type {AssumedFlags} from '../../src/wiring/assumed-flags.js'
import {assumedIn} from '../../src/wiring/assumed-flags.js'

describe('assumedIn', () => {
  const said = (flags: AssumedFlags): string => {
    const assumed = assumedIn(flags)
    if (assumed === null) return 'nothing'
    const texts = Object.entries(assumed.ranges).flatMap(([whose, set]) => cidrsOf(set).map(({text}) => `${whose} ${text}`))
    return [assumed.isDual ? 'dual' : 'as it is', ...texts].join(', ')
  }
  const taken: [string, AssumedFlags, string][] = [
    ['nothing', {}, 'nothing'],
    ['dual', {assume: 'dual'}, 'dual'],
    ['one range', {range: ['pod=fd10:244::/56']}, 'as it is, pods fd10:244::/56'],
    ['both families with a comma, as flags of Kubernetes have them', {range: ['service=10.96.0.0/12, fd00:96::/108']}, 'as it is, services 10.96.0.0/12, services fd00:96::/108'],
    ['several of one', {assume: 'dual', range: ['node=2001:db8:1::/64', 'pod=10.0.0.0/8', 'node=2001:db8:2::/64']}, 'dual, pods 10.0.0.0/8, nodes 2001:db8:1::/64, nodes 2001:db8:2::/64'],
    ['host bits, which Kubernetes masks away', {range: ['pod=fd10:244::1/56']}, 'as it is, pods fd10:244::/56'],
  ]
  for (const [name, flags, expected] of taken) it(`takes ${name}`, () => expect(said(flags)).to.equal(expected))

  const refused: [string, string, RegExp][] = [
    ['no owner', 'fd10::/56', /^--range "fd10::\/56" does not say whose range it is$/],
    ['another owner', 'pods=fd10::/56', /does not say whose/],
    ['an owner of the prototype', 'constructor=fd10::/56', /does not say whose/],
    ['an address', 'pod=fd10::1', /^--range "pod=fd10::1": "fd10::1" is no CIDR$/],
    ['nothing', 'pod=', /^--range "pod=": "" is no CIDR$/],
    ['an item that is empty', 'pod=fd10::/56,', /"" is no CIDR$/],
    ['rubbish', 'node=10.0.0.0/33', /"10\.0\.0\.0\/33" is no CIDR$/],
    ['everything', 'pod=::/0', /^--range "pod=::\/0": "::\/0" holds every address$/],
    ['text that a terminal obeys', 'pod=\u001b[2J', /^--range "pod=\\u\{1b\}\[2J": "\\u\{1b\}\[2J" is no CIDR$/],
  ]
  for (const [name, range, message] of refused) {
    it(`refuses ${name}`, () => {
      expect(() => assumedIn({range: [range]})).to.throw(UsageError, message)
    })
  }
})
