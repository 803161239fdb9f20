import {expect} from 'chai'
import {mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {runProcess} from '../support/run-process.js'

const PROGRAM = resolve('bin/run.js')

describe('snapshot of a cluster that cannot be reached', () => {
  let directory = ''
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
    writeFileSync(join(directory, 'old.gz'), 'old')
  })
  afterEach(() => rmSync(directory, {recursive: true, force: true}))

  const rows: [name: string, args: readonly string[], code: number, says: RegExp][] = [
    ['no --out', [], 2, /flag out/],
    ['no kubectl', ['--out', 'a.gz'], 4, /kubectl was not found/],
    ['a kubeconfig that is not there', ['--out', 'a.gz', '--kubeconfig', 'none'], 2, /does not exist/],
    ['a duration that is none', ['--out', 'a.gz', '--request-timeout', 'soon'], 2, /is no duration/],
    ['a check that nobody has', ['--out', 'a.gz', '--check', 'psp-in-us'], 2, /did you mean psp-in-use/],
    ['files instead of a cluster', ['--out', 'a.gz', '-f', 'x'], 2, /-f/],
    ['Secrets', ['--out', 'a.gz', '--include-secrets'], 2, /include-secrets/],
    ['a file that is there, before anything is contacted', ['--out', 'old.gz'], 2, /exists already/],
    ['a directory that is not there, before anything is contacted', ['--out', 'none/a.gz'], 4, /cannot write none\/a\.gz/],
  ]
  for (const [name, args, code, says] of rows)
    it(`tells ${name} in words, and leaves no file`, async () => {
      const {status, stdout, stderr} = await runProcess(process.execPath, [PROGRAM, 'snapshot', ...args], {cwd: directory, env: {PATH: '/var/empty', HOME: directory, TMPDIR: directory}})
      expect(stderr).to.match(says).and.not.match(/\n\s+at /)
      expect([status, stdout]).to.deep.equal([code, ''])
      expect(readdirSync(directory).filter(one => one.includes('.gz'))).to.deep.equal(['old.gz'])
    })
})
