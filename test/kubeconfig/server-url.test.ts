import {expect} from 'chai'
import fc from 'fast-check'
import {parseServerUrl} from '../../src/kubeconfig/server-url.js'

describe('parseServerUrl', () => {
  const read: [text: string, canonical: string, port: number][] = [
    ['https://api.example.com', 'https://api.example.com', 443],
    ['https://api.example.com:443/', 'https://api.example.com', 443],
    ['HTTPS://API.Example.COM:6443', 'https://api.example.com:6443', 6443],
    ['http://localhost:8080', 'http://localhost:8080', 8080],
    ['http://localhost:80', 'http://localhost', 80],
    ['https://localhost:80', 'https://localhost:80', 80],
    ['https://127.0.0.1:6443', 'https://127.0.0.1:6443', 6443],
    ['https://[::1]:6443', 'https://[::1]:6443', 6443],
    ['https://[2001:DB8::a]', 'https://[2001:db8::a]', 443],
    ['https://[::ffff:10.0.0.1]', 'https://[::ffff:10.0.0.1]', 443],
    ['https://h/k8s/clusters/c-m-AbC/', 'https://h/k8s/clusters/c-m-AbC', 443],
    ['https://h/v1:get;x/a@b', 'https://h/v1:get;x/a@b', 443],
    ['https://a_b.example.com', 'https://a_b.example.com', 443],
    ['https://xn--mnchen-3ya.example', 'https://xn--mnchen-3ya.example', 443],
  ]
  for (const [text, canonical, port] of read) {
    it(`reads ${text}`, () => expect(parseServerUrl(text)).to.include({canonical, port}))
  }

  const refused = [
    '', 'api.example.com', '//api.example.com', 'ftp://h', 'https:/h', 'https:h', 'https://', ' https://h', 'https://h ', 'https://h\n', 'https://h\t/',
    // Two parsers, two hosts.
    'https://trusted@evil', 'https://u:p@h', 'https://127.0.0.1:6443#.trusted.example', 'https://h?x', 'https://h\\.trusted.example', 'https://evil\\@h',
    'https://h%2f.example', 'https://h/%2e%2e', 'https://h/..', 'https://h/a/../b', 'https://h/./a', 'https://h/..;x/a', 'https://h//a', 'https://h/a//',
    // Addresses in other notations.
    'https://127.1', 'https://0x7f.0.0.1', 'https://0177.0.0.1', 'https://2130706433', 'https://1.2.3.4.5', 'https://256.1.1.1', 'https://01.2.3.4', 'https://a.1', 'https://a.0x1',
    'https://[::1', 'https://::1', 'https://[1:2:3]', 'https://[::1%25eth0]', 'https://[::1::]', 'https://[1:2:3:4:5:6:7:8:9]', 'https://[12345::]', 'https://[::1.2.3]', 'https://[]',
    // Hosts and ports.
    'https://h.', 'https://.h', 'https://a..b', 'https://-a.b', 'https://a-.b', 'https://h:0', 'https://h:65536', 'https://h:', 'https://h:+1', 'https://h:1:2',
    `https://${'a'.repeat(64)}.b`, `https://${'a.'.repeat(127)}bc`,
    // Letters of other scripts, full-width forms, invisible characters.
    'https://\u0435xample.com', 'https://\uff48.example', 'https://h\u200b.example', 'https://h\u3002example', 'https://\u212aubernetes',
  ]
  for (const text of refused) it(`refuses ${JSON.stringify(text)}`, () => expect(parseServerUrl(text)).to.equal(null))

  it('has one canonical form, which Node reads as the same host', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9._~:@[\]\\/?#%-]{0,12}$/)
    fc.assert(fc.property(fc.constantFrom('https://', 'http://', 'HTTPS://'), part, part, (scheme, host, rest) => {
      const url = parseServerUrl(`${scheme}${host}${rest}`)
      if (url === null) return
      expect(parseServerUrl(url.canonical)).to.deep.equal(url)
      const theirs = new URL(url.canonical)
      if (!url.host.startsWith('[')) expect(theirs.hostname).to.equal(url.host)
      expect(theirs.pathname).to.equal(url.path === '' ? '/' : url.path)
    }), {numRuns: 2000})
  })
})
