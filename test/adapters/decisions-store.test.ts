import {expect} from 'chai'
import type {ChildProcess} from 'node:child_process'
import {spawn} from 'node:child_process'
import {chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {build} from 'esbuild'
import {decide, decisionsPath, loadDecisions, pend, pendingUse, record, spend, updateDecisions} from '../../src/adapters/trust-store.js'
import type {Decision} from '../../src/trust/decisions.js'
import {NO_DECISIONS, parseDecisions} from '../../src/trust/decisions.js'

const PIN = {command: 'x', path: '/x', args: [], env: [], script: null, file: '/f', user: 'u', server: 'https://h', ca: ['system'], proxyUrl: '', tlsServerName: ''}
const decision = (id: string): Decision => ({id, date: '2026-11-25T00:00:00.000Z', pin: PIN})

/** In another process: `updates` decisions named `NAME-0`, `NAME-1`, … */
const WRITER = `
import {decide} from './src/adapters/trust-store.ts'
const [stateDir, name, updates] = process.argv.slice(2)
const pin = ${JSON.stringify(PIN)}
for (let index = 0; index < Number(updates); index++) decide(stateDir, {id: name + '-' + index, date: '2026-11-25T00:00:00.000Z', pin})
`

describe('the store of decisions', () => {
  let dir = ''
  let writer = ''
  before(async () => {
    writer = join(mkdtempSync(join(tmpdir(), 'k121-test-')), 'writer.cjs')
    await build({stdin: {contents: WRITER, resolveDir: process.cwd(), loader: 'ts'}, bundle: true, platform: 'node', format: 'cjs', outfile: writer, logLevel: 'error'})
  })
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'k121-test-')))
  })
  afterEach(() => rmSync(dir, {recursive: true, force: true}))

  const ids = (): string[] => loadDecisions(dir).decisions.map(one => one.id)
  const start = (name: string, updates: number): ChildProcess => spawn(process.execPath, [writer, dir, name, String(updates)], {stdio: 'inherit'})
  const end = (child: ChildProcess): Promise<number | null> => new Promise(resolve => child.on('exit', resolve))

  it('is empty where there is no file or no directory', () => {
    expect([loadDecisions(dir), loadDecisions(join(dir, 'none')), loadDecisions(null)]).to.deep.equal([NO_DECISIONS, NO_DECISIONS, NO_DECISIONS])
  })

  it('keeps, replaces, spends', () => {
    decide(dir, decision('a'))
    decide(dir, decision('b'))
    decide(dir, {...decision('a'), once: true})
    expect(ids()).to.deep.equal(['b', 'a'])
    spend(dir, 'a')
    spend(dir, 'none')
    expect(ids()).to.deep.equal(['b'])
    expect(statSync(decisionsPath(dir)).mode & 0o777).to.equal(0o600)
  })

  it('remembers the first authority of a server', () => {
    record(dir, {server: 's', ca: ['one'], date: ''})
    record(dir, {server: 's', ca: ['two'], date: ''})
    expect(loadDecisions(dir).servers.map(({ca}) => ca)).to.deep.equal([['one']])
  })

  const refused: [name: string, make: () => void, says: RegExp][] = [
    ['damage', () => writeFileSync(decisionsPath(dir), '{', {mode: 0o600}), /damaged/],
    ['emptiness', () => writeFileSync(decisionsPath(dir), '', {mode: 0o600}), /damaged/],
    ['a file that others may change', () => {
      decide(dir, decision('a'))
      chmodSync(decisionsPath(dir), 0o666)
    }, /changed by others/],
  ]
  for (const [name, make, says] of refused) {
    it(`refuses ${name}, and overwrites nothing`, () => {
      make()
      const before = readFileSync(decisionsPath(dir), 'utf8')
      expect(() => loadDecisions(dir)).to.throw(says)
      expect(() => decide(dir, decision('b'))).to.throw(says)
      expect(readFileSync(decisionsPath(dir), 'utf8')).to.equal(before)
      expect(readdirSync(dir), 'no lock is left').to.deep.equal(['decisions.json'])
    })
  }

  it('leaves no lock where a change fails', () => {
    expect(() => updateDecisions(dir, () => {
      throw new Error('no')
    })).to.throw('no')
    expect(readdirSync(dir)).to.deep.equal([])
  })

  it('twelve writers at the same time lose nothing, though a dead one left its lock', async function () {
    this.timeout(60_000)
    const dead = spawn(process.execPath, ['-e', '0'])
    await end(dead)
    writeFileSync(`${decisionsPath(dir)}.lock`, `${dead.pid} left`, {mode: 0o600})
    const names = [...'abcdefghijkl']
    expect(await Promise.all(names.map(name => end(start(name, 10))))).to.deep.equal(names.map(() => 0))
    expect(ids().sort()).to.deep.equal(names.flatMap(name => Array.from({length: 10}, (_, index) => `${name}-${index}`)).sort())
    expect(readdirSync(dir)).to.deep.equal(['decisions.json'])
  })

  it('a writer killed at any moment leaves the old file or the new one, and no way is blocked', async function () {
    this.timeout(60_000)
    for (let round = 0; round < 12; round++) {
      const child = start(`r${round}`, 1000)
      await sleep(60 + round * 9)
      child.kill('SIGKILL')
      await end(child)
      const text = readFileSync(decisionsPath(dir), {encoding: 'utf8', flag: 'a+'})
      expect(text === '' ? NO_DECISIONS : parseDecisions(text), `round ${round}`).to.not.equal(null)
      if (text === '') rmSync(decisionsPath(dir))
      decide(dir, decision(`after-${round}`))
    }
    expect(ids().filter(id => id.startsWith('after-'))).to.have.length(12)
  })

  it('keeps refused uses by id, a hundred at most, and trusts no odd name', () => {
    const use = {files: ['/f'], flags: {}}
    for (let index = 0; index < 110; index++) pend(dir, index.toString(16).padStart(12, '0'), use)
    expect(readdirSync(join(dir, 'pending')).length).to.equal(100)
    expect(pendingUse(dir, '00000000006d')).to.deep.equal(use)
    for (const id of ['../decisions', '', 'none', '00000000006D']) expect(pendingUse(dir, id), id).to.equal(null)
    writeFileSync(join(dir, 'pending/00000000006d.json'), '{')
    expect(pendingUse(dir, '00000000006d')).to.equal(null)
  })
})
