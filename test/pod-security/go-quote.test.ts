import {expect} from 'chai'
import {createHash} from 'node:crypto'
import {goQuote} from '../../src/pod-security/go-quote.js'

/**
 * SHA-256 over `strconv.Quote(string(r))` of all characters but surrogates, one
 * after the other, written by Go 1.26.8 (Unicode 15.0.0).
 */
const ALL_BY_GO = 'a2094d1b9931beae7c277a835f74b96670d49c8654a66ddfc24199cb11f4956a'

describe('goQuote', () => {
  const rows: [string, string][] = [
    ['', '""'], ['unconfined', '"unconfined"'], ['"\\', '"\\"\\\\"'], ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\u0000\u0001\u001f\u007f', '"\\x00\\x01\\x1f\\x7f"'], ['\u0080\u00a0\u00ad', '"\\u0080\\u00a0\\u00ad"'], ['\u200b\u2028\ufeff', '"\\u200b\\u2028\\ufeff"'],
    ['<é&😀>', '"<é&😀>"'], ['\u{e0001}\u{10ffff}', '"\\U000e0001\\U0010ffff"'], ['\ud800x\udc00', '"\ufffdx\ufffd"'],
    // Printable from Unicode 15.1, 16 and 17 on, which some Node versions know and Go 1.26 does not.
    ['\u2ffc\u1c89\u088f', '"\\u2ffc\\u1c89\\u088f"'],
  ]
  for (const [text, quote] of rows) it(`writes ${JSON.stringify(text)}`, () => expect(goQuote(text)).to.equal(quote))

  it('writes every character as Go does', () => {
    const hash = createHash('sha256')
    for (let point = 0; point <= 0x10ffff; point++) if (point < 0xd800 || point > 0xdfff) hash.update(goQuote(String.fromCodePoint(point)))
    expect(hash.digest('hex')).to.equal(ALL_BY_GO)
  })
})
