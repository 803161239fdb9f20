import {expect} from 'chai'
import fc from 'fast-check'
import {asciiQuote, hasUnprintable, hideSecrets, placeText, printable, printableJson, quote} from '../../src/printable.js'

describe('printable', () => {
  const shown: [text: string, wanted: string][] = [
    ['plain ä 漢 🙂', 'plain ä 漢 🙂'], ['\u001b[31m', '\\u{1b}[31m'], ['\u009b31m', '\\u{9b}31m'], ['a\nb\r\tc', 'a\\u{a}b\\u{d}\\u{9}c'], ['\u007f\u0000', '\\u{7f}\\u{0}'],
    ['\u202eabc\u2066', '\\u{202e}abc\\u{2066}'], ['\u200b\u200d\ufeff', '\\u{200b}\\u{200d}\\u{feff}'], ['\u{e0041}', '\\u{e0041}'], ['\ud800x', '\\u{d800}x'], ['\u2028', '\\u{2028}'], ['\u00ad', '\\u{ad}'],
  ]
  for (const [text, wanted] of shown) {
    it(JSON.stringify(text), () => {
      expect(printable(text)).to.equal(wanted)
      expect(hasUnprintable(text)).to.equal(text !== wanted)
    })
  }

  it('leaves nothing that a terminal obeys, in any text', () => {
    fc.assert(fc.property(fc.string({unit: 'binary'}), text => {
      // oxlint-disable-next-line no-control-regex
      for (const one of [printable(text), quote(text), printableJson(text)]) expect(one).to.not.match(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/)
      expect(JSON.parse(printableJson(text))).to.equal(text)
    }), {numRuns: 1000})
  })
})

describe('quote', () => {
  it('marks where the text ends', () => expect(quote('a "b" c')).to.equal('"a \\"b\\" c"'))
  it('cuts what is long', () => expect(quote('x'.repeat(100), 10)).to.equal(`"${'x'.repeat(9)}…"`))
  it('cuts between characters', () => expect(quote('🙂'.repeat(10), 3)).to.equal('"🙂🙂…"'))
})

describe('asciiQuote', () => {
  const rows: [text: string, wanted: string][] = [['a "b"', '"a \\"b\\""'], ['\u001b\u007f\n', '"\\u001b\\u007f\\n"'], ['аws', '"\\u0430ws"'], ['🙂\ud800', '"\\ud83d\\ude42\\ud800"']]
  for (const [text, wanted] of rows) it(wanted, () => expect(asciiQuote(text)).to.equal(wanted))
})

describe('placeText', () => {
  it('is what editors open', () => expect(placeText({file: '/f', line: 2, column: 3})).to.equal('/f:2:3'))
  it('shows the name so that no terminal obeys it', () => expect(placeText({file: '/\u001b[31m', line: 1, column: 1})).to.equal('/\\u{1b}[31m:1:1'))
})

describe('hideSecrets', () => {
  const jwt = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`
  const hidden = [jwt, `--token=${jwt}`, 'Authorization: Bearer hush-hush', 'basic aHVzaA==hush', 'https://user:hush@host/', 'PASSWORD=hush', '--client-secret hush', '{"token": "hush"}']
  for (const text of hidden) {
    it(text.slice(0, 40), () => {
      expect(hideSecrets(text)).to.include('<redacted>')
      expect(hideSecrets(text)).to.not.match(/hush|eyJa/)
    })
  }

  const kept = ['eks get-token --cluster-name x', 'https://host:6443/path', 'arn:aws:eks:eu-west-1:123456789012:cluster/c', '/home/me/.kube/config', 'oidc-login', 'image@sha256:abc']
  for (const text of kept) it(`keeps ${text}`, () => expect(hideSecrets(text)).to.equal(text))

  it('takes no time over long text', () => {
    const start = performance.now()
    for (const piece of ['eyJ', 'token', '://a:', 'Bearer ', 'a:b', '--secret ', '-----BEGIN ']) hideSecrets(piece.repeat(30_000))
    expect(performance.now() - start).to.be.lessThan(3000)
  })
})
