import {expect} from 'chai'
import {parse} from 'yaml'
import {yamlMembers, yamlScalar} from '../../../src/report/audit/yaml-text.js'

describe('YAML', () => {
  const plain = ['a', 'Service kube-system/kube-dns', 'v1.29.6', 'rbac.authorization.k8s.io/v1', 'not asked for']
  for (const text of plain) it(`writes ${text} as it is`, () => expect(yamlScalar(text)).to.equal(text))

  const quoted = ['', 'yes', 'No', 'null', 'y', '1', '1.5', '0x1', '-a', 'a: b', 'a #b', '- a', '~', 'a ', ' a', '*a', '&a', '!a', '%a', '@a', 'a\nb', '\u0085', '\u2028', 'ä', '漢', '🙂', '"', '\\', '.inf', '1e3', '2026-01-01', '=', '<<']
  for (const text of quoted) it(`quotes ${JSON.stringify(text)}`, () => {
    expect(yamlScalar(text)).to.match(/^"[ -~]*"$/)
    // Both readings that are about: 1.1 of kubectl's parser, 1.2 of others.
    for (const version of ['1.1', '1.2'] as const) expect(parse(yamlScalar(text), {version})).to.equal(text)
  })

  it('writes one escape for a character beyond the first plane, and none for half of one', () => {
    expect([yamlScalar('🙂'), yamlScalar('\ud83d')]).to.deep.equal([String.raw`"\U0001f642"`, String.raw`"\ufffd"`])
    // A backslash before the letter u is text.
    expect(parse(yamlScalar(String.raw`\ud800`))).to.equal(String.raw`\ud800`)
  })

  it('nests lists and mappings, and leaves out what is undefined', () => {
    const value = {a: [], b: {}, c: [[1, 2], [{d: null, e: [{f: 'g'}]}]], h: {i: {j: true}}, k: [{}], l: undefined}
    expect(parse(yamlMembers(value, ''))).to.deep.equal({a: [], b: {}, c: value.c, h: value.h, k: [{}]})
  })
})
