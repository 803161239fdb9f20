import {expect} from 'chai'
import {parseServerUrl} from '../../src/kubeconfig/server-url.js'
import {matchesServer, parseServerPattern} from '../../src/trust/server-pattern.js'

function matches(pattern: string, server: string): boolean {
  const [wanted, url] = [parseServerPattern(pattern), parseServerUrl(server)]
  if (wanted === null || url === null) throw new Error('no pattern or no URL')
  return matchesServer(wanted, url)
}

describe('server patterns', () => {
  const rows: [pattern: string, server: string, isMatch: boolean][] = [
    ['https://h.example', 'https://h.example', true],
    ['https://h.example', 'https://h.example:443/', true],
    ['https://h.example', 'https://H.EXAMPLE/any/path', true],
    ['https://h.example', 'https://h.example:6443', false],
    ['https://h.example', 'http://h.example:443', false],
    ['https://h.example', 'https://evil-h.example', false],
    ['https://h.example', 'https://h.example.evil', false],
    ['https://*.example.com', 'https://a.example.com', true],
    ['https://*.example.com', 'https://a.b.example.com', true],
    ['https://*.example.com', 'https://example.com', false],
    ['https://*.example.com', 'https://evilexample.com', false],
    ['https://*.example.com', 'https://a.example.com.evil', false],
    ['https://*.example.com:6443', 'https://a.example.com:6443', true],
    ['https://*.example.com:6443', 'https://a.example.com', false],
    ['https://h.example/k8s', 'https://h.example/k8s', true],
    ['https://h.example/k8s', 'https://h.example/k8s/c-1', true],
    ['https://h.example/k8s/', 'https://h.example/k8s/c-1', true],
    ['https://h.example/k8s', 'https://h.example/k8sevil', false],
    ['https://h.example/k8s', 'https://h.example', false],
    ['https://h.example/k8s', 'https://h.example/K8S', false],
    ['https://10.0.0.1:6443', 'https://10.0.0.1:6443', true],
    ['https://[::1]:6443', 'https://[::1]:6443', true],
  ]
  for (const [pattern, server, isMatch] of rows) {
    it(`${pattern} ${isMatch ? 'is' : 'is not'} ${server}`, () => expect(matches(pattern, server)).to.equal(isMatch))
  }

  const refused = ['', '*', 'https://*', 'https://*.com', 'https://*.', 'https://a*.example.com', 'https://*.*.example.com', 'https://a.*.com', 'https://h:*', 'http://h', 'h.example', 'https://*.0.0.1', 'https://*.127.0.0.1', 'https://u@h', 'https://h?x', '*.example.com']
  for (const text of refused) it(`refuses ${JSON.stringify(text)}`, () => expect(parseServerPattern(text)).to.equal(null))
})
