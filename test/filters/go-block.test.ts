import {expect} from 'chai'
import {goBlock} from '../../src/filters/go-block.js'
import {OddField} from '../../src/kube/field.js'

describe('a block as engines written in Go read it', () => {
  const rows: [text: string, mayBeAddress: boolean, expected: string | null][] = [
    ['10.1.2.3/8', false, '10.0.0.0/8'],
    ['fd00:0:0::/48', false, 'fd00::/48'],
    ['10.1.2.3', true, '10.1.2.3/32'],
    ['fd00::1', true, 'fd00::1/128'],
    ['10.1.2.3', false, null],
    ['010.0.0.0/8', false, null],
    ['10.0.0.08', true, null],
    ['10.0.0.0/33', true, null],
    ['example.org', true, null],
    ['', true, null],
  ]
  for (const [text, mayBeAddress, expected] of rows)
    it(`${JSON.stringify(text)}${mayBeAddress ? ', or an address alone,' : ''} is ${expected ?? 'not understood'}`, () => {
      if (expected === null) expect(() => goBlock(text, 'spec.cidr', mayBeAddress)).to.throw(OddField, 'spec.cidr')
      else expect(goBlock(text, 'spec.cidr', mayBeAddress).text).to.equal(expected)
    })
})
