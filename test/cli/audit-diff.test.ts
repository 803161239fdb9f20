import {expect} from 'chai'
import {mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'

const PROGRAM = resolve('bin/run.js')
const LABEL = 'pod-security.kubernetes.io/'
const namespace = (name: string, labels: Record<string, string>): object => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}})
const misspelt = (name: string): object => namespace(name, {[`${LABEL}enforced`]: 'baseline'})
const CLEAN = namespace('shop', {[`${LABEL}enforce`]: 'baseline'})
/** The one check that namespaces alone can answer. */
const ONE = ['--check', 'pod-security-label-invalid', '--server-version', '1.30']

describe('audit diff', () => {
  let directory = ''
  const run = (args: readonly string[], input?: string): Promise<ProcessResult> =>
    runProcess(process.execPath, [PROGRAM, ...args], {cwd: directory, env: {PATH: '/usr/bin:/bin', HOME: directory, TMPDIR: directory}, ...(input === undefined ? {} : {input})})
  const audited = async (name: string, objects: readonly object[], args: readonly string[] = ONE): Promise<void> => {
    writeFileSync(join(directory, 'in.json'), JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects}))
    const {status, stderr} = await run(['audit', '-f', 'in.json', ...args, '-o', `json=${name}`, '--allow-incomplete'])
    expect([status, stderr], name).to.deep.equal([0, ''])
  }

  before(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
    await audited('clean.json', [CLEAN])
    await audited('one.json', [CLEAN, misspelt('bank')])
    await audited('two.json', [CLEAN, misspelt('bank'), misspelt('pay')])
    await audited('other.json', [CLEAN], ['--check', 'psp-in-use', '--server-version', '1.30'])
    await audited('narrow.json', [CLEAN], [...ONE, '-n', 'shop'])
    writeFileSync(join(directory, 'odd.json'), '{"apiVersion":"k121.dev/v1","kind":"AuditReport"}')
    writeFileSync(join(directory, 'text.json'), 'text')
  })
  after(() => rmSync(directory, {recursive: true, force: true}))

  const codes: [name: string, args: readonly string[], code: number, says: RegExp, note: RegExp][] = [
    ['the same twice', ['one.json', 'one.json'], 0, /^0 new, 0 fixed, 1 unchanged, 0 unknown\.$/m, /^$/],
    ['something new below the threshold', ['one.json', 'two.json'], 0, /^new +MEDIUM .*pay$/m, /^$/],
    ['something new at the threshold', ['one.json', 'two.json', '--fail-on', 'medium'], 1, /^1 new, 0 fixed, 1 unchanged/m, /^$/],
    ['something fixed', ['two.json', 'clean.json', '--fail-on', 'medium'], 0, /^0 new, 2 fixed/m, /^$/],
    ['unchanged ones in full', ['one.json', 'one.json', '--full'], 0, /^unchanged +MEDIUM/m, /^$/],
    ['another check in the second', ['one.json', 'other.json'], 3, /^unknown +MEDIUM/m, /^incomplete: the second report lacks .*pod-security-label-invalid\n$/],
    ['one namespace in the second', ['one.json', 'narrow.json'], 3, /0 fixed, 0 unchanged, 1 unknown/, /^incomplete: .*fewer namespaces/],
    ['the same, allowed', ['one.json', 'narrow.json', '--allow-incomplete'], 0, /^unknown/m, /^incomplete: /],
    ['a report that is none', ['one.json', 'odd.json'], 2, /^$/, /odd\.json: is no AuditReport/],
    ['a file that is no JSON', ['text.json', 'one.json'], 2, /^$/, /text\.json: is no JSON/],
    ['a file that is not there', ['one.json', 'none.json'], 2, /^$/, /none\.json: does not exist/],
    ['one file', ['one.json'], 2, /^$/, /after/],
    ['standard input twice', ['-', '-'], 2, /^$/, /standard input/],
  ]
  for (const [name, args, code, says, note] of codes)
    it(`exits ${code} for ${name}`, async () => {
      const {status, stdout, stderr} = await run(['audit', 'diff', ...args])
      expect(stdout).to.match(says)
      expect(stderr).to.match(note).and.not.match(/\n\s+at /)
      expect(status).to.equal(code)
    })

  it('reads one report from standard input and prints a document', async () => {
    const report = (await run(['audit', '-f', 'in.json', ...ONE, '-o', 'json'])).stdout
    const {status, stdout} = await run(['audit', 'diff', 'two.json', '-', '-o', 'json'], report)
    expect(status).to.equal(0)
    expect(JSON.parse(stdout)).to.deep.include({kind: 'AuditComparison', summary: {new: 0, fixed: 2, unchanged: 0, unknown: 0}})
    expect(JSON.parse(stdout)).to.have.nested.property('after.complete', true)
  })

  it('leaves no word of a name to the terminal', async () => {
    await audited('evil.json', [CLEAN, misspelt('\u001b]0;x\u0007')])
    const {stdout} = await run(['audit', 'diff', 'clean.json', 'evil.json'])
    // oxlint-disable-next-line no-control-regex
    expect(stdout).to.include('1 new').and.not.match(/[\u001b\u0007]/)
  })
})
