import {expect} from 'chai'
import {readdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {findingSpool} from '../../src/adapters/finding-spool.js'
import {compareFindings} from '../../src/audit/order.js'
import {findingNamed} from '../support/findings.js'

const directories = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith('k121-'))
const NONE = new Set<string>()

describe('the spool of findings', () => {
  for (const {count, run} of [{count: 0, run: 10}, {count: 9, run: 10}, {count: 10, run: 10}, {count: 1003, run: 10}, {count: 5000, run: 600}]) {
    it(`gives ${count} findings back in order, ${run} a run, as often as asked`, () => {
      const before = directories().length
      const spool = findingSpool(run)
      const given = Array.from({length: count}, (_, index) => findingNamed({message: `m${index}`, object: {apiVersion: 'v1', kind: 'Service', namespace: `n${(index * 7919) % 101}`, name: `s${index}\n"é`}}))
      given.forEach(spool.add)
      const wanted = given.toSorted(compareFindings)
      expect([...spool.sorted(NONE)]).to.deep.equal(wanted)
      expect([...spool.sorted(NONE)].length).to.equal(count)
      // Nothing with a name: a killed audit leaves no findings behind.
      expect(directories().length - before).to.equal(0)
      spool.remove()
      expect(directories().length).to.equal(before)
    })
  }

  it('leaves out checks that turned out not to apply', () => {
    const spool = findingSpool(2)
    for (const check of ['a', 'b', 'a', 'b', 'c']) spool.add(findingNamed({check}))
    expect([...spool.sorted(new Set(['b']))].map(finding => finding.check)).to.deep.equal(['a', 'a', 'c'])
    spool.remove()
  })
})
