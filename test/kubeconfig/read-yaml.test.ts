import {expect} from 'chai'
import {readFileSync, readdirSync} from 'node:fs'
import {entryOf} from '../../src/kubeconfig/node.js'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import type {ReadFailure} from '../../src/kubeconfig/read-yaml.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import {READ, REFUSED} from './read-yaml.rows.js'

const SAMPLES = new URL('samples/', import.meta.url)

function json(bytes: Uint8Array): unknown {
  const read = readYaml(bytes)
  if (!read.ok) throw new Error(`${read.failure.line}:${read.failure.column} ${read.failure.message}`)
  // Through text: jsonOf makes objects without a prototype, and -0 is 0 in Go.
  return JSON.parse(JSON.stringify(jsonOf(read.root)))
}

function failure(bytes: Uint8Array | string): ReadFailure {
  const read = readYaml(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
  if (read.ok) throw new Error(`was read: ${JSON.stringify(jsonOf(read.root)).slice(0, 200)}`)
  return read.failure
}

function utf16(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return isBigEndian ? bytes.swap16() : bytes
}

describe('readYaml', () => {
  describe('reads', () => {
    for (const [name, text, expected] of READ) {
      it(name, () => expect(json(Buffer.from(text))).to.deep.equal(expected))
      it(`${name}, in UTF-16`, () => {
        const marked = `\ufeff${text.replace(/^\ufeff/, '')}`
        expect(json(utf16(marked, false))).to.deep.equal(expected)
        expect(json(utf16(marked, true))).to.deep.equal(expected)
      })
    }
  })

  describe('refuses', () => {
    for (const [name, text, line, column, message] of REFUSED) {
      it(name, () => {
        const found = failure(text)
        expect({line: found.line, column: found.column}).to.deep.equal({line, column}, found.message)
        expect(found.message).to.match(message)
        expect(found.message + found.hint).not.to.match(/[\n\r]/)
        expect(found.hint).not.to.equal('')
      })
    }
  })

  describe('refuses bytes', () => {
    const rows: [string, number[], number, number][] = [
      ['a lone continuation byte', [0x61, 0x3a, 0x20, 0x80], 1, 4],
      ['an overlong form', [0x61, 0x0a, 0xc0, 0xaf], 2, 1],
      ['an overlong form of three bytes', [0xe0, 0x80, 0xaf], 1, 1],
      ['a surrogate in UTF-8', [0xc3, 0xa9, 0xed, 0xa0, 0xbd], 1, 2],
      ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80], 1, 1],
      ['a cut character', [0x61, 0xf0, 0x9f, 0x98], 1, 2],
      ['Latin-1', [0x61, 0x3a, 0x20, 0xfc, 0x0a], 1, 4],
      ['an unpaired surrogate in UTF-16', [0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0x61, 0], 1, 2],
      ['half a unit of UTF-16', [0xff, 0xfe, 0x61, 0, 0x62], 1, 2],
      ['UTF-16 without a BOM', [0x61, 0, 0x3a, 0, 0x20, 0, 0x62, 0], 1, 2],
      ['UTF-32', [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0], 1, 1],
    ]
    for (const [name, bytes, line, column] of rows) {
      it(name, () => expect(failure(Uint8Array.from(bytes))).to.include({line, column}))
    }
    it('names the BOM that UTF-16 needs', () => expect(failure(utf16('a: b', false)).hint).to.match(/byte order mark/))
  })

  it('reads only the bytes of a view', () => {
    expect(json(Buffer.from('x: ya: bz').subarray(4, 8))).to.deep.equal({a: 'b'})
  })

  it('tells where nodes and keys are', () => {
    const read = readYaml(Buffer.from('# c\r\nusers:\r\n- name: "a"\r\n  "é": {x: [y]}\r\nempty:\r\n'))
    if (!read.ok) throw new Error(read.failure.message)
    const users = entryOf(read.root, 'users')!
    expect([users.line, users.column, users.value.line, users.value.column]).to.deep.equal([2, 1, 3, 1])
    const user = users.value.kind === 'sequence' ? users.value.items[0] : undefined
    expect([user?.line, user?.column]).to.deep.equal([3, 3])
    const inner = entryOf(user, 'é')!
    expect([inner.line, inner.column, inner.value.column]).to.deep.equal([4, 3, 8])
    expect(entryOf(read.root, 'empty')!.value).to.include({type: 'null', line: 5, column: 7})
  })

  it('keeps the text of numbers and the type of words', () => {
    const read = readYaml(Buffer.from('[1_0, +7, yes, ~, 1e3, "1"]'))
    if (!read.ok || read.root.kind !== 'sequence') throw new Error('not read')
    expect(read.root.items.map(item => item.kind === 'scalar' && [item.type, item.value])).to.deep.equal([
      ['int', '1_0'], ['int', '+7'], ['bool', 'true'], ['null', ''], ['float', '1e3'], ['string', '1'],
    ])
  })

  it('shares aliased nodes', () => {
    const read = readYaml(Buffer.from('a: &x {b: c}\nd: *x'))
    if (!read.ok) throw new Error(read.failure.message)
    expect(entryOf(read.root, 'a')!.value).to.equal(entryOf(read.root, 'd')!.value)
  })

  describe('withstands', () => {
    const levels = Array.from({length: 30}, (_, i) => `a${i}: &a${i} [${Array(9).fill(i === 0 ? 'x' : `*a${i - 1}`).join(', ')}]`)
    const refused: [string, string, RegExp][] = [
      ['an alias bomb', levels.join('\n'), /aliases expand/],
      ['many aliases of a large node', `a: &a [${'x,'.repeat(9000)}]\nb: [*a, *a, *a]`, /aliases expand/],
      ['deep brackets', '['.repeat(100_000), /64 levels/],
      ['deep braces', '{"a":'.repeat(100_000), /64 levels/],
      ['deep dashes', '- '.repeat(100_000), /64 levels/],
      ['deep mappings', Array.from({length: 200}, (_, i) => `${' '.repeat(i)}a:\n`).join(''), /64 levels/],
      ['anchors in a row', '&a '.repeat(100_000), /another anchor/],
      ['open quotes', `a: ${'"'.repeat(99_999)}`, /unexpected text/],
      ['zeros', '\0'.repeat(1_000_000), /U\+0000/],
      ['random bytes', Buffer.from(Array.from({length: 4096}, (_, i) => i * 7919 % 256)).toString('latin1'), /./],
    ]
    for (const [name, text, message] of refused) {
      it(name, () => expect(failure(text).message).to.match(message))
    }

    it('64 levels but not 65', () => {
      expect(json(Buffer.from(`${'['.repeat(64)}${']'.repeat(64)}`))).to.be.an('array')
      expect(failure(`${'['.repeat(65)}${']'.repeat(65)}`)).to.include({line: 1, column: 65})
    })

    it('more bytes than it takes', () => expect(failure(new Uint8Array(64 * 1024 * 1024 + 1)).message).to.match(/64 MB/))

    const large: [string, string][] = [
      ['a string', `a: ${'x'.repeat(20_000_000)}`],
      ['a quoted string', `a: "${' '.repeat(20_000_000)}"`],
      ['blank lines in quotes', `a: "${'\n'.repeat(10_000_000)}"`],
      ['blank lines behind plain text', `a: b${'\n'.repeat(10_000_000)}`],
      ['blanks behind plain text', `a: b${' '.repeat(10_000_000)}`],
      ['words', `a: ${'é '.repeat(2_000_000)}`],
      ['digits', `a: 1${'0'.repeat(10_000_000)}`],
      ['binary digits', `a: 0b${'1'.repeat(10_000_000)}`],
      ['a comment', '#'.repeat(10_000_000)],
      ['literal lines', `a: |\n${'  x\n'.repeat(1_000_000)}`],
      ['keys', Array.from({length: 200_000}, (_, i) => `k${i}: v\n`).join('')],
      ['aliases', `a: &a x\nb: [${'*a, '.repeat(15_000)}]`],
      ['items', '- a\n'.repeat(500_000)],
    ]
    for (const [name, text] of large) {
      it(`many megabytes: ${name}`, () => {
        expect(readYaml(Buffer.from(text)).ok).to.equal(true)
      }).timeout(20_000)
    }
  })

  // The golden was written by go-yaml itself (test/differential/write-golden.ts).
  describe('reads the files of real tools as kubectl does', () => {
    const golden = JSON.parse(readFileSync(new URL('samples.golden.json', import.meta.url), 'utf8')) as Record<string, unknown>
    for (const name of readdirSync(SAMPLES)) {
      it(name, () => expect(json(readFileSync(new URL(name, SAMPLES)))).to.deep.equal(golden[name]))
    }
    it('all of them', () => expect(Object.keys(golden)).to.deep.equal(readdirSync(SAMPLES).toSorted()))
  })
})
