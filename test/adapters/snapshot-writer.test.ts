import {execFile, spawn} from 'node:child_process'
import {chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {gunzipSync} from 'node:zlib'
import {expect} from 'chai'
import {openSnapshotFile} from '../../src/adapters/snapshot-writer.js'
import {EnvironmentError, UsageError} from '../../src/errors.js'

describe('the file of a snapshot', () => {
  let directory = ''
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'k121-'))))
  afterEach(() => rmSync(directory, {recursive: true, force: true}))
  const at = (name: string): string => join(directory, name)
  const write = async (path: string, text = 'one\ntwo\n', isForced = false): Promise<void> => {
    const out = await openSnapshotFile(path, {isForced})
    await out.write(text)
    await out.commit()
  }
  const thrown = async (work: Promise<unknown>): Promise<Error> => work.then(() => new Error('nothing was thrown'), (error: Error) => error)

  it('is there whole, for its owner alone, the same bytes each time', async () => {
    const before = process.umask(0)
    try {
      await write(at('a.gz'))
      await write(at('b.gz'))
    } finally {
      process.umask(before)
    }
    expect(gunzipSync(readFileSync(at('a.gz'))).toString()).to.equal('one\ntwo\n')
    expect(statSync(at('a.gz')).mode & 0o777).to.equal(0o600)
    expect(readFileSync(at('a.gz')).equals(readFileSync(at('b.gz')))).to.equal(true)
    expect(readdirSync(directory)).to.deep.equal(['a.gz', 'b.gz'])
  })

  it('is not there before it is whole, and leaves nothing where it is given up', async () => {
    const out = await openSnapshotFile(at('a.gz'), {isForced: false})
    await out.write('one\n')
    expect(existsSync(at('a.gz'))).to.equal(false)
    expect(readdirSync(directory)).to.have.length(1)
    await out.discard()
    expect(readdirSync(directory)).to.deep.equal([])
  })

  it('leaves nothing where somebody interrupts it', async () => {
    const script = `import {openSnapshotFile} from '${new URL('../../src/adapters/snapshot-writer.ts', import.meta.url).href}'
      const out = await openSnapshotFile(process.argv[1], {isForced: false})
      await out.write('one\\n')
      console.log('begun')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, at('a.gz')], {stdio: ['ignore', 'pipe', 'inherit']})
    await new Promise(resolve => child.stdout.once('data', resolve))
    expect(readdirSync(directory)).to.have.length(1)
    child.kill('SIGINT')
    const signal = await new Promise(resolve => child.on('exit', (_, name) => resolve(name)))
    expect([signal, readdirSync(directory)]).to.deep.equal(['SIGINT', []])
  })

  it('takes the place of another only by --force, and then has its own mode', async () => {
    writeFileSync(at('a.gz'), 'old', {mode: 0o644})
    expect(await thrown(write(at('a.gz')))).to.be.instanceOf(UsageError).and.have.property('hint').that.includes('--force')
    expect(readFileSync(at('a.gz'), 'utf8')).to.equal('old')
    await write(at('a.gz'), 'new\n', true)
    expect(gunzipSync(readFileSync(at('a.gz'))).toString()).to.equal('new\n')
    expect(statSync(at('a.gz')).mode & 0o777).to.equal(0o600)
  })

  it('is the one that a link leads to', async () => {
    mkdirSync(at('other'))
    writeFileSync(at('other/a.gz'), 'old')
    symlinkSync('other/a.gz', at('link.gz'))
    await write(at('link.gz'), 'new\n', true)
    expect(lstatSync(at('link.gz')).isSymbolicLink()).to.equal(true)
    expect(gunzipSync(readFileSync(at('other/a.gz'))).toString()).to.equal('new\n')
  })

  it('may be a device, which stays one', async () => {
    await write('/dev/null')
    expect(lstatSync('/dev/null').isCharacterDevice()).to.equal(true)
  })

  it('may be a pipe', async () => {
    await promisify(execFile)('mkfifo', [at('pipe')])
    const reader = spawn('cat', [at('pipe')])
    const parts: Buffer[] = []
    reader.stdout.on('data', (part: Buffer) => parts.push(part))
    const ended = new Promise(resolve => reader.on('close', resolve))
    await write(at('pipe'))
    await ended
    expect(gunzipSync(Buffer.concat(parts)).toString()).to.equal('one\ntwo\n')
  })

  it('that cannot be written is told in words', async () => {
    expect(await thrown(write(at('none/a.gz')))).to.be.instanceOf(EnvironmentError).and.have.property('message').that.matches(/cannot write .*none\/a\.gz \(ENOENT\)/)
    expect(await thrown(write(directory))).to.be.instanceOf(UsageError)
    expect(await thrown(write('/dev/full', 'x'.repeat(1_000_000)))).to.be.instanceOf(EnvironmentError).and.include({message: 'cannot write /dev/full (ENOSPC)', hint: 'make room there'})
    expect(readdirSync(directory)).to.deep.equal([])
  })

  it('whose reader goes away is told in words', async () => {
    await promisify(execFile)('mkfifo', [at('pipe')])
    const reader = spawn('/bin/sh', ['-c', ': < "$1"', 'sh', at('pipe')])
    const ended = new Promise(resolve => reader.on('close', resolve))
    const out = await openSnapshotFile(at('pipe'), {isForced: false})
    await ended
    await out.write('one\n')
    expect(await thrown(out.commit())).to.be.instanceOf(EnvironmentError).and.have.property('hint').that.includes('ended before the end')
    await out.discard()
  })

  it('of a directory that nobody may write is told, and is not there', async function () {
    if (process.getuid?.() === 0) this.skip()
    chmodSync(directory, 0o500)
    expect(await thrown(write(at('a.gz')))).to.be.instanceOf(EnvironmentError)
    chmodSync(directory, 0o700)
  })

  it('may be larger than any buffer', async () => {
    const out = await openSnapshotFile(at('a.gz'), {isForced: false})
    for (let index = 0; index < 300; index++) await out.write(`${index} ${'x'.repeat(20_000)}\n`)
    await out.commit()
    expect(gunzipSync(readFileSync(at('a.gz'))).toString().split('\n')).to.have.length(301)
  })
})
