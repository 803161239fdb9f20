import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {tar} from '../../scripts/package/tar.js'
import {tarEntries} from '../support/archives.js'

const file = (name: string, size = 3): {name: string; bytes: Buffer; isProgram: boolean} => ({name, bytes: Buffer.alloc(size, 'x'), isProgram: name.endsWith('.sh')})

describe('tar', () => {
  const deep = `${'directory/'.repeat(12)}file-with-a-long-name.txt`
  const files = [file('b.txt'), file(deep), file('a/one.sh', 512), file('empty', 0), file('a/two', 1025)]
  const packed = tar(files, 1_000_000_000)

  it('is whole blocks, with two empty ones at the end', () => {
    expect(packed.length % 512).to.equal(0)
    expect(packed.subarray(-1024).every(byte => byte === 0)).to.equal(true)
  })

  it('does not depend on the order it was given', () => expect(tar(files.toReversed(), 1_000_000_000).equals(packed)).to.equal(true))

  it('is read back by a reader of its own', () => {
    expect(tarEntries(gzipSync(packed)).map(({name, type, mode, bytes}) => [name, type, mode.toString(8), bytes.length])).to.deep.equal([
      ['a/one.sh', '0', '755', 512], ['a/two', '0', '644', 1025], ['b.txt', '0', '644', 3], [deep, '0', '644', 3], ['empty', '0', '644', 0],
    ])
  })

  it("is read by the system's tar without a word", function () {
    const directory = mkdtempSync(join(tmpdir(), 'k121-tar-'))
    try {
      writeFileSync(join(directory, 'x.tar'), packed)
      const listed = execFileSync('tar', ['-tf', join(directory, 'x.tar')], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']})
      expect(listed.trim().split('\n')).to.deep.equal(['a/one.sh', 'a/two', 'b.txt', deep, 'empty'])
    } catch (error) {
      if ((error as {code?: string}).code === 'ENOENT') return this.skip()
      throw error
    } finally {
      rmSync(directory, {recursive: true, force: true})
    }
  })

  for (const name of ['../up', 'a..b', '/root', 'x'.repeat(101), `${'d'.repeat(156)}/${'x'.repeat(90)}`]) {
    it(`refuses ${name.slice(0, 20)}`, () => expect(() => tar([file(name)], 0)).to.throw(/cannot stand|too long/))
  }
})
