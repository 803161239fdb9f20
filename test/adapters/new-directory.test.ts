import {expect} from 'chai'
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {NewFile} from '../../src/adapters/new-directory.js'
import {proveEmpty, writeNewDirectory} from '../../src/adapters/new-directory.js'
import {EnvironmentError, UsageError} from '../../src/errors.js'

const file = (path: string, text = path): NewFile => ({path, text, isProgram: path.endsWith('.sh')})
const FILES = [file('README.md'), file('1.sh'), file('patches/shop/web.yaml')]

describe('where a plan is written', () => {
  let place = ''
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'k121-'))
  })
  afterEach(() => rmSync(place, {recursive: true, force: true}))

  const all = (): string[] => readdirSync(place, {recursive: true}).map(String).toSorted()
  const at = (name: string): string => join(place, name)

  function inDirectory<T>(directory: string, body: () => T): T {
    const before = process.cwd()
    process.chdir(directory)
    try {
      return body()
    } finally {
      process.chdir(before)
    }
  }

  describe('a new directory', () => {
    it('holds every file, and nothing is beside it', () => {
      writeNewDirectory(at('a/plan'), FILES)
      expect(all()).to.deep.equal(['a', 'a/plan', 'a/plan/1.sh', 'a/plan/README.md', 'a/plan/patches', 'a/plan/patches/shop', 'a/plan/patches/shop/web.yaml'])
      expect([statSync(at('a/plan/1.sh')).mode & 0o111, statSync(at('a/plan/README.md')).mode & 0o111]).to.deep.equal([0o111, 0])
    })

    it('may have the longest name that there is', () => {
      writeNewDirectory(at('x'.repeat(255)), FILES)
      expect(readdirSync(place)).to.deep.equal(['x'.repeat(255)])
    })
  })

  describe('an empty directory that is there', () => {
    it('stays what it is: closed to others, and the same for who stands in it', () => {
      mkdirSync(at('plan'))
      chmodSync(at('plan'), 0o700)
      const {ino} = statSync(at('plan'))
      inDirectory(at('plan'), () => {
        writeNewDirectory('.', FILES)
        expect(readFileSync('README.md', 'utf8')).to.equal('README.md')
      })
      expect([statSync(at('plan')).ino, statSync(at('plan')).mode & 0o777, readdirSync(at('plan')).toSorted()]).to.deep.equal([ino, 0o700, ['1.sh', 'README.md', 'patches']])
    })
  })

  describe('what is no empty directory', () => {
    const rows: readonly {name: string; out: string; prepare(): void; says: RegExp}[] = [
      {name: 'no name', out: '', prepare: () => undefined, says: /^--out names no directory$/},
      {name: 'a link', out: 'link', prepare: () => symlinkSync('other', at('link')), says: /is a link$/},
      {name: 'a link, with a slash at its end', out: 'link/', prepare: () => symlinkSync('other', at('link')), says: /is a link$/},
      {name: 'a link to nothing, with a slash at its end', out: 'link/', prepare: () => symlinkSync('nowhere', at('link')), says: /is a link$/},
      {name: 'a full one', out: '..', prepare: () => undefined, says: /is not empty$/},
      {name: 'a file', out: 'file', prepare: () => writeFileSync(at('file'), ''), says: /is no directory$/},
    ]
    for (const {name, out, prepare, says} of rows)
      it(`${name}: is left alone`, () => {
        mkdirSync(at('other'))
        mkdirSync(at('stand'))
        prepare()
        const before = all()
        inDirectory(out === '..' ? at('stand') : out === '' ? at('other') : place, () => {
          for (const attempt of [() => proveEmpty(out), () => writeNewDirectory(out, FILES)]) expect(attempt).to.throw(UsageError, says)
        })
        expect(all()).to.deep.equal(before)
      })
  })

  describe('what goes wrong on the way', () => {
    const rows: readonly [name: string, files: readonly NewFile[], error: typeof EnvironmentError | typeof Error, says: RegExp][] = [
      ['a name that is too long', [...FILES, file('x'.repeat(300))], EnvironmentError, /^cannot write the directory .* \(ENAMETOOLONG\)$/],
      ['two files of one name', [...FILES, file('1.sh')], EnvironmentError, /\(EEXIST\)$/],
      ['a name that leads out', [...FILES, file('patches/../../out')], Error, /leads out of the directory$/],
      ['a name that leads beside', [...FILES, file('../k121')], Error, /leads out of the directory$/],
    ]
    for (const [name, files, error, says] of rows)
      for (const isThere of [false, true])
        it(`${name}: nothing stays, ${isThere ? 'and what was there is as it was' : 'not even a draft'}`, () => {
          if (isThere) mkdirSync(at('plan'))
          expect(() => writeNewDirectory(at('plan'), files)).to.throw(error, says)
          expect(all()).to.deep.equal(isThere ? ['plan'] : [])
        })

    it('a file system that has no such file in a directory that is there is told of, and not asked for ever', function () {
      if (process.platform !== 'linux') this.skip()
      expect(() => writeNewDirectory('/proc/k121-plan', FILES)).to.throw(EnvironmentError, /^cannot write the directory \/proc\/k121-plan \(ENOENT\)$/)
    })

    it('a disk that is full is called so', () => {
      const full = Object.assign(new Error('write'), {code: 'ENOSPC', syscall: 'write'})
      const files = [{path: 'a', isProgram: false, get text(): string {
        throw full
      }}]
      expect(() => writeNewDirectory(at('plan'), files)).to.throw(EnvironmentError, /\(ENOSPC\)$/).with.property('hint', 'make room there')
      expect(all()).to.deep.equal([])
    })
  })
})
