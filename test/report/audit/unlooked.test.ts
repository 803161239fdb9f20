import {expect} from 'chai'
import type {CheckResult} from '../../../src/audit/audit-report.js'
import type {SkipReason} from '../../../src/audit/outcome.js'
import {brieflyUnlooked, unlookedOf} from '../../../src/report/audit/unlooked.js'

const skipped = (id: string, reason: SkipReason, resource: string): CheckResult => ({
  id, topic: 'dual-stack', status: 'skipped', looked: 0, detail: '', isPreview: false, skip: {reason, resource, detail: `${resource} is missing`, unblock: 'x'},
})

describe('what was not looked at, briefly', () => {
  const lacking = ['a', 'b', 'c', 'd'].map(id => skipped(id, 'not-in-input', `${id}.example.com`))

  it('tells kinds that the input lacks in one row, last', () => {
    const [first, second, ...none] = brieflyUnlooked([...lacking.slice(0, 2), skipped('e', 'forbidden', 'services'), ...lacking.slice(2)])
    expect([first?.checks, first?.reason]).to.deep.equal([['e'], 'forbidden'])
    expect([second?.checks, second?.why]).to.deep.equal([['a', 'b', 'c', 'd'], 'not in the input: 4 resources, a.example.com, b.example.com, c.example.com and 1 more'])
    expect(none).to.deep.equal([])
  })
  it('leaves two as they are', () => expect(brieflyUnlooked(lacking.slice(0, 2))).to.deep.equal(unlookedOf(lacking.slice(0, 2))))
  it('joins nothing that somebody can change by asking again', () => {
    const forbidden = ['a', 'b', 'c', 'd'].map(id => skipped(id, 'forbidden', `${id}.example.com`))
    expect(brieflyUnlooked(forbidden)).to.have.length(4)
  })
})
