import {expect} from 'chai'
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {writePrivate} from '../../src/adapters/private-directory.js'
import type {CachedVerdict} from '../../src/adapters/verdict-cache.js'
import {identityOf, isUnchanged, ownerOf, readVerdict, writeVerdict} from '../../src/adapters/verdict-cache.js'

const UID = process.geteuid?.() ?? 0
const KEY = 'a'.repeat(64)
const verdict = (more: Partial<CachedVerdict> = {}): CachedVerdict => (
  {snapshot: '/s', snapshotDigest: 'd', identities: [], places: [], lookups: [], touches: [], notices: [], expires: null, ...more}
)

describe('the cache of verdicts', () => {
  let path = ''
  beforeEach(() => {
    path = realpathSync(mkdtempSync(join(tmpdir(), 'k121-test-')))
  })
  afterEach(() => rmSync(path, {recursive: true, force: true}))

  const directory = (): {path: string; ephemeral: boolean} => ({path, ephemeral: false})
  const read = (key = KEY, uid = UID): CachedVerdict | null => readVerdict(directory(), key, uid)
  const file = (key = KEY): string => join(path, 'cache', `${key}.json`)
  const stored = (): string => readFileSync(file(), 'utf8')

  it('gives back what was put in', () => {
    writeVerdict(directory(), KEY, verdict({expires: 5}), UID)
    expect(read()).to.deep.equal(verdict({expires: 5}))
    expect(read('b'.repeat(64))).to.equal(null)
  })

  const tampered: [name: string, tamper: () => void][] = [
    ['another body', () => writePrivate(file(), stored().replace('"/s"', '"/t"'))],
    ['another MAC', () => writePrivate(file(), stored().replace(/^./, first => (first === '0' ? '1' : '0')))],
    ['no MAC', () => writePrivate(file(), stored().slice(65))],
    ['half of it', () => writePrivate(file(), stored().slice(0, 70))],
    ['nothing', () => writePrivate(file(), '')],
    ['a file that others may read', () => chmodSync(file(), 0o644)],
    ['a link', () => {
      renameSync(file(), join(path, 'moved'))
      symlinkSync(join(path, 'moved'), file())
    }],
    ['another key', () => writePrivate(join(path, 'key'), Buffer.alloc(32, 7))],
    ['a short key', () => writePrivate(join(path, 'key'), 'short')],
    ['an empty key', () => writePrivate(join(path, 'key'), '')],
    ['no key', () => rmSync(join(path, 'key'))],
    ['a key that others may read', () => chmodSync(join(path, 'key'), 0o640)],
  ]
  for (const [name, tamper] of tampered) {
    it(`believes nothing with ${name}`, () => {
      writeVerdict(directory(), KEY, verdict(), UID)
      tamper()
      expect(read()).to.equal(null)
    })
  }

  it('believes no record under another name', () => {
    writeVerdict(directory(), KEY, verdict(), UID)
    writePrivate(file('b'.repeat(64)), stored())
    expect(read('b'.repeat(64))).to.equal(null)
  })

  it('believes nothing of another user', () => {
    writeVerdict(directory(), KEY, verdict(), UID)
    expect(read(KEY, UID + 1)).to.equal(null)
  })

  it('makes a lost key anew', () => {
    writeVerdict(directory(), KEY, verdict(), UID)
    rmSync(join(path, 'key'))
    writeVerdict(directory(), KEY, verdict(), UID)
    expect(read()).to.deep.equal(verdict())
  })

  describe('isUnchanged', () => {
    const program = (): string => join(path, 'program')
    const place = (): string => join(path, 'place')
    const judged = (): CachedVerdict => verdict({identities: [[program(), identityOf(program()) ?? '']], places: [[place(), ownerOf(place()) ?? '']]})
    beforeEach(() => {
      writeFileSync(program(), 'one')
      mkdirSync(place(), {mode: 0o700})
    })

    const changes: [name: string, change: () => void, isStill: boolean][] = [
      ['nothing', () => undefined, true],
      ['another file in the directory', () => writeFileSync(join(place(), 'x'), ''), true],
      ['the content', () => writeFileSync(program(), 'two'), false],
      ['the content, with the old times put back', () => {
        writeFileSync(program(), 'two')
        utimesSync(program(), 1, 1)
      }, false],
      ['another file of the same content', () => {
        writeFileSync(join(path, 'other'), 'one')
        renameSync(join(path, 'other'), program())
      }, false],
      ['its mode', () => chmodSync(program(), 0o777), false],
      ['its end', () => rmSync(program()), false],
      ['the mode of a directory on the way', () => chmodSync(place(), 0o777), false],
      ['a link in place of the directory', () => {
        renameSync(place(), join(path, 'moved'))
        symlinkSync(join(path, 'moved'), place())
      }, false],
    ]
    for (const [name, change, isStill] of changes) {
      it(`after ${name}: ${isStill ? 'still' : 'no longer'}`, () => {
        const before = judged()
        change()
        expect(isUnchanged(before, 0)).to.equal(isStill)
      })
    }

    it('until a decision expires', () => {
      expect([isUnchanged(verdict({expires: 10}), 9), isUnchanged(verdict({expires: 10}), 10)]).to.deep.equal([true, false])
    })

    it('never for what was not there', () => expect(isUnchanged(verdict({identities: [[join(path, 'none'), '']]}), 0)).to.equal(false))
  })
})
