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
  it('tells what is not permitted in one row for each way out, first', () => {
    const forbidden = ['a', 'b', 'c', 'd'].map(id => skipped(id, 'forbidden', `${id}.example.com`))
    const secrets = skipped('s', 'forbidden', 'secrets')
    const other = {...secrets, skip: {...secrets.skip!, unblock: 'y'}}
    const [first, second, ...rest] = brieflyUnlooked([...lacking.slice(0, 1), ...forbidden, other])
    expect([first?.checks, first?.why, first?.unblock]).to.deep.equal([['a', 'b', 'c', 'd'], 'not permitted: 4 resources, a.example.com, b.example.com, c.example.com and 1 more; each with the answer of the server: --full', 'x'])
    expect([second?.checks, second?.unblock]).to.deep.equal([['s'], 'y'])
    expect(rest.map(({reason}) => reason)).to.deep.equal(['not-in-input'])
  })
  it('joins nothing that each has its own reason', () => {
    const partial = ['a', 'b', 'c', 'd'].map(id => skipped(id, 'partial', `${id}.example.com`))
    expect(brieflyUnlooked(partial)).to.have.length(4)
  })
})
