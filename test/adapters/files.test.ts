import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileSource, readCapped, readTrustFile} from '../../src/adapters/files.js'

describe('files', () => {
  let dir = ''
  const at = (name: string): string => join(dir, name)
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'k121-test-')))
  })
  afterEach(() => rmSync(dir, {recursive: true, force: true}))

  function reasonFor(path: string, cap?: number): string {
    const outcome = readCapped(path, cap)
    return outcome.ok ? `read ${outcome.bytes.length}` : outcome.reason
  }

  it('reads a file whole, an empty one too', () => {
    writeFileSync(at('a'), 'hello')
    writeFileSync(at('empty'), '')
    expect([reasonFor(at('a')), reasonFor(at('empty'))]).to.deep.equal(['read 5', 'read 0'])
  })

  it('never reads more than the cap', () => {
    writeFileSync(at('a'), 'hello')
    writeFileSync(at('sparse'), '')
    truncateSync(at('sparse'), 2 ** 40)
    expect([reasonFor(at('a'), 5), reasonFor(at('a'), 4), reasonFor(at('sparse')), reasonFor('/dev/zero', 1 << 20)]).to.deep.equal(['read 5', 'too-large', 'too-large', 'too-large'])
  })

  it('a trust file is missing only where nobody named it and not even a link is there', () => {
    symlinkSync('gone', at('link'))
    const rows = [[at('none'), false], [at('none'), true], [at('link'), false], [at('link'), true]] as const
    expect(rows.map(([path, isNamed]) => {
      const outcome = readTrustFile(path, isNamed)
      return outcome.ok ? 'read' : `${outcome.reason}: ${outcome.detail}`
    })).to.deep.equal(['missing: does not exist', 'unreadable: does not exist', 'unreadable: is a link to nothing', 'unreadable: is a link to nothing'])
  })

  it('reads what has no size', () => expect(reasonFor('/proc/self/status')).to.match(/^read [1-9]/))

  it('says why not', () => {
    symlinkSync('loop', at('loop'))
    writeFileSync(at('a'), '')
    mkdirSync(at('d'))
    expect([at('none'), at('d'), at('loop'), at('a/b'), at('x'.repeat(300))].map(path => reasonFor(path))).to.deep.equal(['missing', 'directory', 'unreadable', 'unreadable', 'unreadable'])
  })

  it('knows a file that others may change', () => {
    writeFileSync(at('a'), 'x')
    const isLoose = (mode: number): boolean => {
      chmodSync(at('a'), mode)
      const outcome = readCapped(at('a'))
      return outcome.ok && outcome.isLoose
    }
    expect([isLoose(0o600), isLoose(0o644), isLoose(0o666), isLoose(0o602)]).to.deep.equal([false, false, true, true])
  })

  describe('as the judge asks', () => {
    it('sees through links, and what a path leads to', () => {
      writeFileSync(at('a'), 'x')
      symlinkSync('a', at('link'))
      symlinkSync('nowhere', at('dangling'))
      mkdirSync(at('d'))
      execFileSync('mkfifo', [at('fifo')])
      const {look} = fileSource()
      expect(['a', 'link', 'dangling', 'd', 'fifo', 'none'].map(name => [name, look(at(name)).kind, look(at(name)).real])).to.deep.equal([
        ['a', 'file', at('a')], ['link', 'file', at('a')], ['dangling', 'missing', null], ['d', 'other', at('d')], ['fifo', 'other', at('fifo')], ['none', 'missing', null],
      ])
    })

    it('reads regular files only: a FIFO\'s content would be gone for kubectl', () => {
      execFileSync('mkfifo', [at('fifo')])
      const files = fileSource()
      expect([files.read(at('fifo'), 10), files.digest(at('fifo')), files.read('/dev/zero', 10), files.read(dir, 10), files.read(at('none'), 10)]).to.deep.equal([null, null, null, null, null])
    })

    it('gives one answer during one judgement', () => {
      writeFileSync(at('a'), 'one')
      const files = fileSource()
      const before = [files.digest(at('a')), files.look(at('a'))]
      writeFileSync(at('b'), 'another')
      rmSync(at('a'))
      linkSync(at('b'), at('a'))
      expect([files.digest(at('a')), files.look(at('a'))]).to.deep.equal(before)
      expect(Buffer.from(files.read(at('a'), 100) ?? []).toString()).to.equal('one')
      expect(readFileSync(at('a'), 'utf8')).to.equal('another')
    })
  })
})
