import {expect} from 'chai'
import {normalised} from '../../src/admission/cel-shapes.js'

describe('a CEL expression without its outer brackets', () => {
  const rows: [string, string][] = [
    ['a', 'a'], ['(a)', 'a'], ['((a))', 'a'], ['(a)&&(b)', '( a ) && ( b )'], ['((a)&&(b))', '( a ) && ( b )'],
    ['()', ''], ['', ''], ['f(a)', 'f ( a )'], ["('(')", '"("'],
  ]
  for (const [given, wanted] of rows) it(`${given || 'nothing'} is ${wanted || 'nothing'}`, () => expect(normalised(given)).to.equal(wanted))

  it('is found in one pass, however many brackets there are', () => {
    const many = 200_000
    expect(normalised(`${'('.repeat(many)}true${')'.repeat(many)}`)).to.equal('true')
  }).timeout(3000)
})
