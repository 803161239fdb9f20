import {expect} from 'chai'
import {parseCaBundle, renderCaBundle} from '../../src/kubeconfig/pem.js'

const block = (body: string, label = 'CERTIFICATE'): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
const parse = (text: string): ReturnType<typeof parseCaBundle> => parseCaBundle(Buffer.from(text))

describe('parseCaBundle', () => {
  const rows: [name: string, text: string, certificates: string[], plain: boolean][] = [
    ['one block', block('b25l'), ['one'], true],
    ['two blocks', block('b25l') + block('dHdv'), ['one', 'two'], true],
    ['CRLF and blanks', block('b25l').replaceAll('\n', '\r\n') + '\n\n', ['one'], true],
    ['a body in several lines', block('b2\n5l'), ['one'], true],
    ['text around', `# my CA\n${block('b25l')}bye`, ['one'], false],
    ['a key beside it', block('b25l') + block('dHdv', 'EC PRIVATE KEY'), ['one'], false],
    ['a trusted certificate of OpenSSL is none', block('b25l', 'TRUSTED CERTIFICATE'), [], false],
    ['headers inside', block('Proc-Type: 4\n\nb25l'), [], false],
    ['no end', '-----BEGIN CERTIFICATE-----\nb25l', [], false],
    ['nothing', '', [], false],
  ]
  for (const [name, text, certificates, plain] of rows) {
    it(name, () => {
      const bundle = parse(text)
      expect(bundle.certificates.map(der => Buffer.from(der).toString())).to.deep.equal(certificates)
      expect(bundle.plain).to.equal(plain)
    })
  }

  it('writes what it read, in 64 columns', () => {
    const long = Buffer.alloc(200, 7).toString('base64')
    const text = renderCaBundle(parse(block(long) + block('dHdv')))
    expect(parse(text)).to.deep.equal({...parse(block(long) + block('dHdv'))})
    expect(Math.max(...text.split('\n').map(line => line.length))).to.equal(64)
  })

  it('takes no time over half blocks', () => {
    const start = performance.now()
    parse('-----BEGIN CERTIFICATE-----\nAAAA\n'.repeat(30_000))
    parse(`-----BEGIN CERTIFICATE-----${' '.repeat(1_000_000)}`)
    expect(performance.now() - start).to.be.lessThan(2000)
  })
})
