import {expect} from 'chai'
import {isLabelGap, optOutGap} from '../../../src/admission/coverage.js'
import {unreadGap} from '../../../src/admission/engines/blocker.js'
import {CONFIG_MAP} from '../../../src/admission/engines/kyverno-world.js'
import {isDoubt} from '../../../src/admission/pod-security/pod-guard.js'
import {SOME_CHANGES} from '../../../src/admission/pod-security/psa-guards.js'
import {WEBHOOK_FAILS_OPEN} from '../../../src/admission/webhook-reach.js'

describe('what a guard says of itself', () => {
  const rows: [text: string, isDoubt: boolean][] = [
    [CONFIG_MAP, true],
    [unreadGap({outcome: 'forbidden', scope: 'cluster', oneSnapshot: true, items: 0, detail: ''}, 'PolicyExceptions, which may name it, were')[0]!, true],
    ['its bindings could not be read', true],
    ['what match.name leaves out is not known', true],
    ['whom its configuration exempts was not seen', true],
    [WEBHOOK_FAILS_OPEN, false],
    [SOME_CHANGES, false],
    [optOutGap('team'), false],
    ['not every API server has the plugin on', false],
  ]
  for (const [text, expected] of rows) it(`${text}: ${expected ? 'not known' : 'known'}`, () => expect(isDoubt(text)).to.equal(expected))
  it('tells ways past by labels apart', () => expect([optOutGap('team'), WEBHOOK_FAILS_OPEN].map(isLabelGap)).to.deep.equal([true, false]))
})
