import {expect} from 'chai'
import {streamTable} from '../../src/report/table.js'

describe('a streamed table', () => {
  it('does not pad every row up to one huge cell', () => {
    const rows = [['x'.repeat(100_000), 'a'], ...Array.from({length: 200}, () => ['short', 'b'])]
    const text = [...streamTable(['ONE', 'TWO'], () => rows)].join('')
    expect(text.length).to.be.below(200_000)
    expect(text).to.include('x'.repeat(100_000))
  })
})
