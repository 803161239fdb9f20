import {expect} from 'chai'
import {cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'

/** What npm writes about a package that it packed. */
interface PackReport {
  filename: string
  files: Array<{path: string; mode: number}>
}

const env = {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false', npm_config_prefer_offline: 'true'}

function npm(args: readonly string[], cwd: string): Promise<ProcessResult> {
  return runProcess('npm', args, {cwd, env, timeout: 280_000})
}

/** Installed programs get an empty home directory and no help from npm's environment. */
function start(program: string, argv: readonly string[], home: string): Promise<ProcessResult> {
  return runProcess(program, argv, {cwd: home, env: {PATH: `${dirname(program)}:${dirname(process.execPath)}`, HOME: home}})
}

describe('installed by npm', () => {
  let scratch = ''
  beforeEach(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'k121-npm-')))
  })
  afterEach(() => rmSync(scratch, {recursive: true, force: true}))

  it('the package holds the program, its documents and the sample for the plan, and nothing else', async () => {
    const {status, stdout, stderr} = await npm(['pack', '--ignore-scripts', '--dry-run', '--json'], process.cwd())
    expect(status, stderr).to.equal(0)
    const [{files} = {files: []}] = JSON.parse(stdout) as PackReport[]
    const paths = files.map(file => file.path)
    expect(paths).to.include.members(['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json', 'oclif.manifest.json', 'bin/run.js', 'bin/package.json', 'dist/guard.cjs', 'dist/guard-cold.cjs', 'dist/cli.js', 'dist/pod-security.js', 'dist/pod-security.d.ts', 'docs/findings.md', 'samples/workloads/cluster.yaml'])
    expect(paths.filter(path => !/^(bin|dist|docs|samples\/workloads)\/|^(LICENSE|README\.md|CHANGELOG\.md|package\.json|oclif\.manifest\.json)$/.test(path))).to.deep.equal([])
    expect(files.find(file => file.path === 'bin/run.js')?.mode).to.equal(0o755)
  })

  it('npm i -g of the packed file', async () => {
    const {stdout} = await npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', scratch], process.cwd())
    const installed = await npm(['install', '--global', '--prefix', scratch, join(scratch, stdout.trim().split('\n').at(-1) ?? '')], scratch)
    expect(installed.status, installed.stderr).to.equal(0)
    await expectToWork(join(scratch, 'bin/kubectl-k121'))
    expect(await askLibrary(join(scratch, 'lib/node_modules'))).to.equal('false\n')
    const {stdout: taken} = await start(join(scratch, 'bin/kubectl-k121'), ['guard', 'init', 'bash'], scratch)
    expect(taken).to.include(`'${scratch}/lib/node_modules/kubectl-k121/bin/run.js'`)
  })

  it('npm i -g . in a fresh clone, which has neither packages nor a build', async () => {
    const clone = await freshClone(join(scratch, 'clone'))
    expect([existsSync(join(clone, 'dist')), existsSync(join(clone, 'node_modules'))]).to.deep.equal([false, false])
    const installed = await npm(['install', '--global', '--prefix', join(scratch, 'prefix'), '.'], clone)
    expect(installed.status, installed.stderr).to.equal(0)
    await expectToWork(join(scratch, 'prefix/bin/kubectl-k121'))
  })

  /** By the package's name, from a program beside it: as ES module and as CommonJS. */
  async function askLibrary(modules: string): Promise<string> {
    const asks = `const {allowed} = evaluatePod({level: 'baseline', minor: 'latest', spec: {hostPID: true}}); console.log(allowed)`
    const run = (type: string, load: string): Promise<ProcessResult> => runProcess(process.execPath, [`--input-type=${type}`, '-e', `${load}; ${asks}`], {cwd: modules, env})
    const [module, common] = await Promise.all([run('module', "import {evaluatePod} from 'kubectl-k121/pod-security'"), run('commonjs', "const {evaluatePod} = require('kubectl-k121/pod-security')")])
    expect([module.status, module.stderr, common.stdout]).to.deep.equal([0, '', module.stdout])
    return module.stdout
  }

  async function expectToWork(program: string): Promise<void> {
    const version = await start(program, ['--version'], scratch)
    expect([version.status, version.stderr]).to.deep.equal([0, ''])
    expect(version.stdout).to.match(/^kubectl-k121\/\d/)
    expect((await start(program, ['kubeconfig', 'trusted'], scratch)).status).to.equal(0)
  }
})

/** The files that git knows or would take, as they are now. */
async function freshClone(directory: string): Promise<string> {
  const {stdout} = await runProcess('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {cwd: process.cwd(), env})
  for (const file of stdout.split('\0').filter(name => name !== '' && existsSync(name) && !/^(test\/|node_modules$)/.test(name))) {
    mkdirSync(dirname(join(directory, file)), {recursive: true})
    cpSync(file, join(directory, file))
  }
  return directory
}
