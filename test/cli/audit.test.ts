import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'

const PROGRAM = resolve('bin/run.js')
const namespace = (name: string, labels: Record<string, string>): object => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}})
const LABEL = 'pod-security.kubernetes.io/'
const MISSPELT = [namespace('shop', {[`${LABEL}enforced`]: 'baseline'}), namespace('bank', {[`${LABEL}enforced`]: 'restricted'})]
const CLEAN = [namespace('shop', {[`${LABEL}enforce`]: 'baseline'})]
/** The one check that namespaces alone can answer. */
const ONE = ['--check', 'pod-security-label-invalid', '--server-version', '1.30']

/** Holds a program called kubectl that nobody gets as far as to start. */
const KUBECTL = mkdtempSync(join(tmpdir(), 'k121-kubectl-'))
writeFileSync(join(KUBECTL, 'kubectl'), '#!/bin/sh\nexit 1\n', {mode: 0o755})
after(() => rmSync(KUBECTL, {recursive: true, force: true}))

interface Machine {
  file(name: string, content: object | string): string
  run(args: readonly string[], more?: {env?: Record<string, string>; input?: string}): Promise<ProcessResult>
  directory: string
}

async function onMachine(body: (machine: Machine) => Promise<void>): Promise<void> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
  try {
    await body({
      directory,
      file(name, content) {
        writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content))
        return join(directory, name)
      },
      run: (args, {env = {HOME: directory}, input} = {}) => runProcess(process.execPath, [PROGRAM, ...args], {cwd: directory, env: {PATH: '/usr/bin:/bin', TMPDIR: directory, ...env}, ...(input === undefined ? {} : {input})}),
    })
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

const listOf = (items: readonly object[]): object => ({apiVersion: 'v1', kind: 'List', items})
const summaryOf = (json: string): Record<string, unknown> => (JSON.parse(json) as {clusters: [{summary: Record<string, unknown>}]}).clusters[0].summary

describe('audit -f', () => {
  const codes: {name: string; objects: readonly object[]; args: readonly string[]; code: number}[] = [
    {name: 'nothing found', objects: CLEAN, args: ONE, code: 0},
    {name: 'a finding below the threshold', objects: MISSPELT, args: ONE, code: 0},
    {name: 'a finding at the threshold', objects: MISSPELT, args: [...ONE, '--fail-on', 'medium'], code: 1},
    {name: 'the same, not listed', objects: MISSPELT, args: [...ONE, '--fail-on', 'medium', '--min-severity', 'critical'], code: 1},
    {name: 'the same, in another namespace than asked for', objects: MISSPELT, args: [...ONE, '--fail-on', 'medium', '--exclude-namespace', '*'], code: 0},
    {name: 'kinds that the input lacks', objects: CLEAN, args: [], code: 0},
  ]
  for (const {name, objects, args, code} of codes)
    it(`exits ${code} for ${name}`, () => onMachine(async ({file, run}) => {
      const {status, stderr} = await run(['audit', '-f', file('in.json', listOf(objects)), ...args])
      expect([status, stderr]).to.deep.equal([code, ''])
    }))

  it('is incomplete, never clean, for a file that ends too soon', () => onMachine(async ({file, run}) => {
    const cut = file('cut.json', JSON.stringify(listOf(CLEAN)).slice(0, -4))
    const {status, stdout, stderr} = await run(['audit', '-f', cut, ...ONE])
    expect(status).to.equal(3)
    expect(stderr).to.match(/^error: .*cut\.json/)
    expect(stdout).to.include('INCOMPLETE').and.not.match(/pod-security +closed/)
    expect((await run(['audit', '-f', cut, ...ONE, '--allow-incomplete'])).status).to.equal(0)
    const named = await run(['audit', '-f', cut, ...ONE, '--allow-incomplete', '-o', 'name'])
    expect([named.status, named.stdout]).to.deep.equal([0, ''])
    expect(named.stderr).to.match(/^INCOMPLETE: 0 of 1 check ran/m)
  }))

  it('reads standard input', () => onMachine(async ({run}) => {
    const {status, stdout} = await run(['audit', '-f', '-', ...ONE, '-o', 'name'], {input: JSON.stringify(listOf(MISSPELT))})
    expect([status, stdout]).to.deep.equal([0, 'namespace/bank\nnamespace/shop\n'])
  }))

  it('writes several formats, whole, and counts alike in all', () => onMachine(async ({directory, file, run}) => {
    const formats = ['json', 'yaml', 'sarif', 'junit', 'markdown', 'policyreport', 'openreports', 'wide', 'name']
    const {status, stdout} = await run(['audit', '-f', file('in.json', listOf(MISSPELT)), ...ONE, '-o', 'table', ...formats.flatMap(format => ['-o', `${format}=out.${format}`])])
    expect(status).to.equal(0)
    expect(stdout).to.include('pod-security-label-invalid/misspelt')
    expect(readdirSync(directory).filter(name => name.startsWith('out.')).toSorted()).to.deep.equal(formats.map(format => `out.${format}`).toSorted())
    expect(readdirSync(directory).filter(name => name.endsWith('.tmp'))).to.deep.equal([])
    expect(summaryOf(readFileSync(join(directory, 'out.json'), 'utf8'))).to.include({medium: 2, high: 0})
  }))

  it('writes through links and into pipes, and replaces neither', () => onMachine(async ({directory, file, run}) => {
    const input = file('in.json', listOf(MISSPELT))
    file('report.json', 'old')
    symlinkSync('report.json', join(directory, 'link.json'))
    execFileSync('mkfifo', [join(directory, 'pipe')])
    const reading = runProcess('/bin/cat', ['pipe'], {cwd: directory, env: {}})
    expect((await run(['audit', '-f', input, ...ONE, '-o', 'json=link.json', '-o', 'name=pipe', '-o', 'yaml=/dev/null'])).status).to.equal(0)
    expect((await reading).stdout).to.equal('namespace/bank\nnamespace/shop\n')
    expect([lstatSync(join(directory, 'link.json')).isSymbolicLink(), lstatSync(join(directory, 'pipe')).isFIFO(), lstatSync('/dev/null').isCharacterDevice()]).to.deep.equal([true, true, true])
    expect(readFileSync(join(directory, 'report.json'), 'utf8')).to.include('AuditReport')
    mkdirSync(join(directory, 'folder'))
    const refused = await run(['audit', '-f', input, ...ONE, '-o', 'json=folder'])
    expect([refused.status, refused.stdout]).to.deep.equal([4, ''])
    expect(refused.stderr).to.include('is a directory')
  }))

  it('tells that its report has no room, and is not taken for an audit with findings', function () {
    if (!existsSync('/dev/full')) return this.skip()
    return onMachine(async ({directory, file}) => {
      const {status, stderr} = await runProcess('/bin/sh', ['-c', '"$@" > /dev/full', 'sh', process.execPath, PROGRAM, 'audit', '-f', file('in.json', listOf(CLEAN)), ...ONE], {cwd: directory, env: {HOME: directory}})
      expect([status, stderr]).to.deep.equal([4, 'error: cannot write to standard output (ENOSPC)\n  make room there: what was printed is not the whole\n'])
    })
  })

  it('ends quietly when its reader has seen enough', () => onMachine(async ({directory, file, run}) => {
    const many = Array.from({length: 2000}, (_, index) => namespace(`shop-${index}`, {[`${LABEL}enforced`]: 'baseline'}))
    const input = file('in.json', listOf(many))
    const cut = await runProcess(process.execPath, [PROGRAM, 'audit', '-f', input, ...ONE, '-o', 'json', '--full'], {cwd: directory, env: {HOME: directory}, closeStdoutAfter: 1000})
    expect([cut.status, cut.stderr]).to.deep.equal([0, ''])
    const whole = await run(['audit', '-f', input, ...ONE, '-o', 'json', '--full'])
    expect([whole.stderr, whole.stdout.length > 500_000]).to.deep.equal(['', true])
    expect(summaryOf(whole.stdout)).to.include({medium: 2000})
  }))

  it('says the same bytes for the same input, but for what stands in run', () => onMachine(async ({file, run}) => {
    const input = file('in.json', listOf(MISSPELT))
    const [first, second] = await Promise.all([0, 1].map(async () => (await run(['audit', '-f', input, ...ONE, '-o', 'json'])).stdout.replace(/"run": \{[^}]*\}[^}]*\}/, '')))
    expect(first).to.equal(second).and.include('"fingerprint"')
  }))

  it('takes exemptions with an end date, and says which are used, unused or over', () => onMachine(async ({file, run}) => {
    const entry = {check: 'pod-security-label-invalid', reason: 'agreed', until: '2999-12-31'}
    const exemptions = file('accepted.yaml', {
      apiVersion: 'k121.dev/v1', kind: 'Exemptions',
      exemptions: [{...entry, id: 'used', namespaces: ['sh*'], kind: 'Namespace', name: 'shop'}, {...entry, id: 'unused', name: 'none'}, {...entry, id: 'over', until: '2020-01-01'}],
    })
    const input = file('in.json', listOf(MISSPELT))
    const {stdout} = await run(['audit', '-f', input, ...ONE, '--exemptions', exemptions, '-o', 'json'])
    const {clusters: [{exemptions: uses}]} = JSON.parse(stdout) as {clusters: [{exemptions: {id: string; status: string}[]}]}
    expect(uses.map(({id, status}) => `${id} ${status}`)).to.deep.equal(['used active', 'unused unused', 'over expired'])
  }))

  it('fails with a baseline only for what is new', () => onMachine(async ({file, run}) => {
    const input = file('in.json', listOf(MISSPELT.slice(0, 1)))
    const strict = [...ONE, '--fail-on', 'medium']
    expect((await run(['audit', '-f', input, ...strict, '-o', 'json=before.json'])).status).to.equal(1)
    expect((await run(['audit', '-f', input, ...strict, '--baseline', 'before.json'])).status).to.equal(0)
    const more = file('more.json', listOf(MISSPELT))
    const {status, stdout} = await run(['audit', '-f', more, ...strict, '--baseline', 'before.json', '-o', 'json'])
    expect(status).to.equal(1)
    expect(summaryOf(stdout)['baseline']).to.deep.equal({new: 1, unchanged: 1, fixed: 0, unknown: 0})
  }))

  const mistakes: {name: string; args: readonly string[]; code: number; says: RegExp}[] = [
    {name: 'a check that nobody has', args: ['--check', 'psp-in-us'], code: 2, says: /did you mean psp-in-use/},
    {name: 'no check left', args: ['--check', 'psp-in-use', '--topic', 'dual-stack'], code: 2, says: /no check is left/},
    {name: 'two formats on standard output', args: ['-o', 'json', '-o', 'table'], code: 2, says: /two formats/},
    {name: 'two formats in one file', args: ['-o', 'json=x', '-o', 'sarif=x'], code: 2, says: /two formats for the file/},
    {name: 'a format that there is not', args: ['-o', 'xml'], code: 2, says: /there is no format xml/},
    {name: 'a format without its file', args: ['-o', 'json='], code: 2, says: /names no file/},
    {name: 'a directory that there is not', args: ['-o', 'json=none/x'], code: 4, says: /cannot write none\/x/},
    {name: 'a version that there is not', args: ['--server-version', 'new'], code: 2, says: /no version of Kubernetes/},
    {name: 'a connection beside files', args: ['--context', 'x'], code: 2, says: /--context has no meaning with -f/},
    {name: 'a baseline that is none', args: ['--baseline', 'in.json'], code: 2, says: /is no AuditReport/},
    {name: 'a baseline without an end', args: ['--baseline', '/dev/zero'], code: 2, says: /dev\/zero/},
    {name: 'exemptions that are none', args: ['--exemptions', 'in.json'], code: 2, says: /in\.json:1:1: is no Exemptions document/},
    {name: 'a probe of files', args: ['--probe'], code: 2, says: /--probe/},
  ]
  for (const {name, args, code, says} of mistakes)
    it(`tells ${name} in words, and audits nothing`, () => onMachine(async ({directory, file, run}) => {
      const {status, stdout, stderr} = await run(['audit', '-f', file('in.json', listOf(CLEAN)), ...args])
      expect([status, stdout]).to.deep.equal([code, ''])
      expect(stderr).to.match(says).and.not.match(/\n\s+at /)
      expect(existsSync(join(directory, 'x'))).to.equal(false)
    }))

  it('shows names as they are, harmless to a terminal', () => onMachine(async ({file, run}) => {
    const evil = '\u001b]0;gone\u0007\u202ex'
    const {stdout} = await run(['audit', '-f', file('in.json', listOf([namespace(evil, {[`${LABEL}enforced`]: 'baseline'})])), ...ONE])
    // oxlint-disable-next-line no-control-regex
    expect(stdout).to.include('\\u{7}').and.not.match(/[\u001b\u0007\u202e]/)
  }))

  for (const [name, args, input] of [['what came through a pipe', ['-f', '-'], true], ['many findings', ['-f', 'many.json'], false]] as const)
    it(`tells that there is no room for ${name}, and calls it no bug`, () => onMachine(async ({directory, file, run}) => {
      const many = listOf(Array.from({length: 4500}, (_, index) => namespace(`n${index}`, {[`${LABEL}enforced`]: 'baseline'})))
      file('many.json', many)
      const {status, stdout, stderr} = await run(['audit', ...args, ...ONE], {env: {HOME: directory, TMPDIR: '/dev/null/none'}, ...(input ? {input: JSON.stringify(many)} : {})})
      expect([status, stdout]).to.deep.equal([4, ''])
      expect(stderr).to.match(/^error: cannot write temporary files to \/dev\/null\/none \(ENOTDIR\)\n {2}make room there, or set TMPDIR/)
    }))

  it('needs no home directory', () => onMachine(async ({file, run}) => {
    expect((await run(['audit', '-f', file('in.json', listOf(CLEAN)), ...ONE], {env: {}})).status).to.equal(0)
  }))
})

describe('audit of a cluster that cannot be reached', () => {
  const rows: {name: string; args: readonly string[]; env?: Record<string, string>; code: number; says: RegExp}[] = [
    {name: 'a kubeconfig that is not there', args: ['--kubeconfig', 'none'], code: 2, says: /does not exist/},
    {name: 'a kubeconfig that is a directory', args: ['--kubeconfig', '.'], env: {PATH: `${KUBECTL}:/usr/bin:/bin`}, code: 4, says: /is a directory/},
    {name: 'a trust file that is not there', args: ['--trust-file', 'none'], env: {PATH: `${KUBECTL}:/usr/bin:/bin`}, code: 4, says: /none/},
    {name: 'no place for the socket', args: [], env: {PATH: `${KUBECTL}:/usr/bin:/bin`, TMPDIR: '/dev/null/none'}, code: 4, says: /cannot write temporary files to \/dev\/null\/none/},
    {name: 'no kubectl', args: [], env: {PATH: '/var/empty'}, code: 4, says: /kubectl was not found/},
    {name: 'a version for a live server', args: ['--server-version', '1.30'], code: 2, says: /is for files/},
    {name: 'a name that no namespace has', args: ['-n', 'a,b'], code: 2, says: /-n "a,b": no namespace can have this name/},
    {name: 'a duration that is none', args: ['--request-timeout', 'soon'], code: 2, says: /is no duration/},
  ]
  for (const {name, args, env = {}, code, says} of rows)
    for (const mode of [[], ['--preflight']])
      it(`tells ${name} in words${mode.length === 0 ? '' : ', in the preflight too'}`, () => onMachine(async ({directory, run}) => {
        // What --preflight ignores it must not refuse.
        if (mode.length > 0 && args.includes('--server-version')) return
        const {status, stdout, stderr} = await run(['audit', ...mode, ...args], {env: {HOME: directory, ...env}})
        expect([status, stdout]).to.deep.equal([code, ''])
        expect(stderr).to.match(says).and.not.match(/\n\s+at /)
      }))
})

describe('a command line that is wrong', () => {
  const rows: [string, readonly string[], string][] = [
    ['a flag', ['audit', '--bogus'], 'error: unknown flag: --bogus\n  kubectl k121 audit --help says what there is\n'],
    ['a command', ['audit', 'dif'], 'error: there is no command audit dif\n  kubectl k121 audit --help says what there is\n'],
    ['an argument that is missing', ['explain'], 'error: Missing 1 required arg: check  CHECK, CHECK/VARIANT or CONTROL as reports name it.\n  kubectl k121 explain --help says what there is\n'],
    ['two flags of which one is too much', ['audit', '-A', '-n', 'a'], 'error: --namespace=a cannot also be provided when using --all-namespaces\n  kubectl k121 audit --help says what there is\n'],
    ['a word that is harmful', ['checks', 'list', '--\u001b[31m'], 'error: unknown flag: --\\u{1b}[31m\n  kubectl k121 checks list --help says what there is\n'],
    ['a file that is harmful', ['audit', '-f', 'no\u001b[31m'], 'error: no\\u{1b}[31m does not exist\n  Name a file or directory that does, or - for standard input.\n'],
  ]
  for (const [name, args, says] of rows)
    it(`is told in one line and a hint: ${name}`, () => onMachine(async ({run}) => {
      const {status, stdout, stderr} = await run(args)
      expect([status, stdout, stderr]).to.deep.equal([2, '', says])
    }))
})

describe('commands about checks', () => {
  it('list them as table, names and JSON', () => onMachine(async ({run}) => {
    const names = (await run(['checks', 'list', '-o', 'name'])).stdout.trimEnd().split('\n')
    expect(names).to.include.members(['psp-in-use', 'exec-argocd', 'family-state'])
    const {checks} = JSON.parse((await run(['checks', 'list', '-o', 'json'])).stdout) as {checks: {id: string}[]}
    expect(checks.map(({id}) => id)).to.deep.equal(names)
    const table = (await run(['checks', 'list', '--topic', 'dual-stack'])).stdout
    expect(table).to.match(/^TOPIC +CHECK/).and.include('family-state').and.not.include('psp-in-use')
  }))

  it('explain some of them and of their variants within 80 columns', () => onMachine(async ({run}) => {
    const {checks} = JSON.parse((await run(['checks', 'list', '-o', 'json'])).stdout) as {checks: {id: string; variants?: object}[]}
    const subjects = checks.flatMap(({id, variants = {}}) => [id, ...Object.keys(variants).map(variant => `${id}/${variant}`)]).filter((_, index) => index % 20 === 0)
    for (const subject of subjects) {
      const {status, stdout} = await run(['explain', subject])
      expect([subject, status]).to.deep.equal([subject, 0])
      for (const line of stdout.split('\n')) if (!line.includes('http')) expect(line.length, line).to.be.at.most(80)
    }
    expect((await run(['explain', 'psp-in-use', '-o', 'markdown'])).stdout).to.match(/^# psp-in-use/)
  }))

  it('tell an unknown check or variant', () => onMachine(async ({run}) => {
    for (const subject of ['psp-in-us', 'psp-in-use/none', 'PSP-in-us', 'hostport']) {
      const {status, stderr} = await run(['explain', subject])
      expect(status).to.equal(2)
      expect(stderr).to.match(/did you mean (psp-in-use|hostPorts)\?|has no variant/)
    }
  }))

  it('explain controls of the Pod Security Standards, however they are spelt', () => onMachine(async ({run}) => {
    for (const subject of ['hostPorts', 'HOSTPORTS', 'host-ports']) {
      const {status, stdout} = await run(['explain', subject])
      expect([status, stdout.split('\n')[0]]).to.deep.equal([0, 'hostPorts   baseline   pod-security'])
    }
    expect((await run(['explain', 'hostPorts', '-o', 'markdown'])).stdout).to.match(/^# hostPorts\n/)
  }))

  it('print a Gatekeeper template for a control, and for nothing else', () => onMachine(async ({run}) => {
    const {status, stdout} = await run(['explain', '--rego', 'capabilities_restricted'])
    expect(status).to.equal(0)
    expect(stdout).to.match(/^kind: ConstraintTemplate$/m).and.match(/^kind: K121CapabilitiesRestricted$/m).and.include('k121.dev/pod-security-standards: v1.37')
    for (const [name, hint] of [['privilegd', 'did you mean privileged? the controls: appArmorProfile, '], ['psp-in-use', 'the controls: appArmorProfile, ']] as const) {
      const wrong = await run(['explain', '--rego', name])
      expect([wrong.status, wrong.stdout, wrong.stderr.startsWith(`error: there is no control ${name}\n  ${hint}`)], wrong.stderr).to.deep.equal([2, '', true])
    }
    expect((await run(['explain', '--rego', 'privileged', '-o', 'markdown'])).status).to.equal(2)
  }))

  it('print roles, with bindings where subjects are named', () => onMachine(async ({run}) => {
    const {stdout} = await run(['rbac', '--include-secrets', '--subject', 'serviceaccount:audit:k121', '--subject', 'group:system:masters'])
    expect(stdout).to.include('name: k121-audit-secrets').and.include('kind: ClusterRoleBinding').and.include('name: "system:masters"')
    const plain = await run(['rbac', '--topic', 'dual-stack'])
    expect(plain.stdout).to.not.match(/secrets|Binding|watch|create|\*/)
    for (const wrong of ['serviceaccount:k121', 'serviceaccount:a:b:c', 'user:', '\u009b31m']) {
      const {status, stderr} = await run(['rbac', '--subject', wrong])
      expect([wrong, status]).to.deep.equal([wrong, 2])
      expect(stderr).to.not.include('\u009b')
    }
    expect((await run(['rbac', '--subject', 'user:a\u009b31m'])).stdout).to.not.include('\u009b')
  }))
})
