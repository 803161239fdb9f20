import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {startLeashed} from './support/leashed.js'
import {until} from './support/until.js'

const SLEEPER = 'echo $$ >"$1/pid.new"; mv "$1/pid.new" "$1/pid"; exec sleep 60'
const SUPPORT = fileURLToPath(new URL('support/leashed.ts', import.meta.url))

function isAlive(pid: number): boolean {
  // A zombie that nobody has collected yet is dead for our purposes.
  return existsSync(`/proc/${pid}/stat`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

async function pidIn(directory: string): Promise<number> {
  await until('the server runs', async () => existsSync(join(directory, 'pid')))
  return Number(readFileSync(join(directory, 'pid'), 'utf8'))
}

describe('a server on a leash', () => {
  before(function () {
    if (!existsSync('/proc/self/stat')) this.skip()
  })

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)
    it(`ends, and its directory with it, when the process that started it gets ${signal}`, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'k121-leash-'))
      const start = `const {startLeashed} = await import(process.argv[1]); startLeashed('/bin/sh', ['-c', process.argv[3], 'sh', process.argv[2]], process.argv[2])`
      const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', start, SUPPORT, directory, SLEEPER], {stdio: 'ignore'})
      const pid = await pidIn(directory)
      expect(isAlive(pid)).to.equal(true)
      owner.kill(signal)
      await once(owner, 'exit')
      await until('the server is dead', async () => !isAlive(pid))
      await until('the directory is gone', async () => !existsSync(directory))
    })

  it('ends on stop(), and tells what it wrote when it ends by itself', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'k121-leash-'))
    const server = startLeashed('/bin/sh', ['-c', SLEEPER, 'sh', directory], directory)
    const pid = await pidIn(directory)
    await server.stop()
    expect([server.hasEnded(), isAlive(pid)]).to.eql([true, false])

    const failing = startLeashed('/bin/sh', ['-c', 'echo no such flag >&2; exit 3'], directory)
    await failing.ended
    expect(failing.tail()).to.equal('no such flag\n')
    await failing.stop()
  })
})
