import {expect} from 'chai'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {planFiles} from '../../src/report/pod-security-plan/files.js'
import {planScreen} from '../../src/report/pod-security-plan/screen.js'
import {sampleObjects} from '../pod-security/sample-workloads.js'
import {declaredSource} from '../support/declared-source.js'
import {barePod, deployment, labelled, planFrom} from '../support/pod-security-plans.js'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'

const PROGRAM = resolve('bin/run.js')
const OBJECTS = [labelled('shop', {enforce: 'baseline'}), labelled('bank'), deployment('shop/web', 'silent'), deployment('bank/web', 'path'), barePod('bank/shell', 'port')]

interface Machine {
  directory: string
  run(args: readonly string[], more?: {env?: Record<string, string>; input?: string; closeStdoutAfter?: number}): Promise<ProcessResult>
}

async function onMachine(body: (machine: Machine) => Promise<void>, objects: readonly object[] = OBJECTS): Promise<void> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
  try {
    writeFileSync(join(directory, 'in.json'), JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects}))
    await body({
      directory,
      run: (args, {env = {}, ...rest} = {}) => runProcess(process.execPath, [PROGRAM, 'pod-security', 'plan', ...args], {cwd: directory, env: {HOME: directory, PATH: '/usr/bin:/bin', TMPDIR: directory, ...env}, ...rest}),
    })
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

const PSA = 'apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\nexemptions: {namespaces: [shop]}\n'
const CRON = {apiVersion: 'batch.example.com/v1', kind: 'Cron', metadata: {namespace: 'shop', name: 'nightly'}, spec: {template: {spec: {hostNetwork: true, containers: [{name: 'a'}]}}}}

describe('pod-security plan -f', () => {
  const files = ['-f', 'in.json', '--server-version', '1.30']
  const rows: {name: string; objects?: readonly object[]; args: readonly string[]; code: number; out?: RegExp; err?: RegExp; config?: string}[] = [
    {name: 'the screen', args: files, code: 0, out: /^POD SECURITY PLAN {3}in\.json {3}v1\.30 -> v1\.37 {3}nothing applied\n/},
    {name: 'the same by name', args: [...files, '-o', 'table'], code: 0, out: /^POD SECURITY PLAN/},
    {name: 'everything', args: [...files, '-o', 'wide'], code: 0, out: /^kubectl label --overwrite namespace 'shop' /m},
    {name: 'a document', args: [...files, '-o', 'json'], code: 0, out: /^\{\n {2}"apiVersion": "k121\.dev\/v1",\n {2}"kind": "PodSecurityPlan"/},
    {name: 'an earlier target', args: [...files, '--target', 'v1.33'], code: 0, out: /v1\.30 -> v1\.33/},
    {name: 'the server\'s own version as the target', args: [...files, '--target', '1.30'], code: 0, out: /v1\.30 -> v1\.30/},
    {name: 'a target behind the server', args: [...files, '--target', '1.29'], code: 2, err: /^error: --target 1\.29 is older than the server, v1\.30\n {2}name one from 1\.30 to 1\.37\n$/},
    {name: 'a target that nobody knows', args: [...files, '--target', '1.38'], code: 2, err: /^error: --target "1\.38" is newer than what is known: rules are known up to v1\.37\n/},
    {name: 'what is no target', args: [...files, '--target', 'new'], code: 2, err: /^error: --target "new" is no version of Kubernetes\n/},
    {name: 'a server that nobody knows', args: ['-f', 'in.json', '--server-version', '1.41'], code: 2, err: /^error: the server is v1\.41, and rules are known up to v1\.37\n/},
    {name: 'what is no version', args: ['-f', 'in.json', '--server-version', 'old'], code: 2, err: /^error: --server-version "old" is no version/},
    {name: 'no version at all', args: ['-f', 'in.json'], code: 0, out: /Nothing tells the version of the server/},
    {name: 'one namespace', args: [...files, '-n', 'bank', '-o', 'wide'], code: 0, out: /^(?![^]*namespace 'shop')[^]*bank/},
    {name: 'all but one', args: [...files, '--exclude-namespace', 'b*', '-o', 'wide'], code: 0, out: /^(?![^]*bank)[^]*namespace 'shop'/},
    {name: 'what no namespace can be called', args: [...files, '-n', 'a,b'], code: 2, err: /^error: -n "a,b"/},
    {name: 'an exempt namespace', args: [...files, '--admission-config', 'psa.yaml'], config: PSA, code: 0, out: /^shop +exempt by/m},
    {name: 'a configuration that no server takes', args: [...files, '--admission-config', 'psa.yaml'], config: 'kind: x\n', code: 2, err: /^error: psa\.yaml:1:/},
    {name: 'a custom resource', objects: [...OBJECTS, CRON], args: [...files, '--include-crd', 'batch.example.com/crons=spec.template', '-o', 'wide'], code: 0, out: /^shop\/cron\/nightly +0 +privileged +baseline +no +hostNamespaces/m},
    {name: 'what is no custom resource', args: [...files, '--include-crd', 'crons'], code: 2, err: /^error: --include-crd "crons"/},
    {name: 'namespaces alone, of which nothing follows', objects: [labelled('shop')], args: files, code: 0, out: /^Not in the input: pods, [^]*^shop +privileged +unknown +warn; what fits is not known$/m},
    {name: 'a connection besides', args: [...files, '--context', 'prod'], code: 2, err: /^error: --context has no meaning with -f/},
    {name: 'an unknown format', args: [...files, '-o', 'yaml'], code: 2, err: /yaml/},
    {name: 'what is not understood', objects: [...OBJECTS, {apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: {namespace: 'shop', name: 'x'}, spec: {template: 1}}], args: files, code: 3, out: /^INCOMPLETE: not understood: rollouts/m},
    {name: 'the same, accepted', objects: [...OBJECTS, {apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: {namespace: 'shop', name: 'x'}, spec: {template: 1}}], args: [...files, '--allow-incomplete'], code: 0, out: /^INCOMPLETE: not understood: rollouts/m},
  ]
  for (const {name, objects = OBJECTS, args, code, out, err, config} of rows)
    it(`exits ${code} for ${name}`, () => onMachine(async ({directory, run}) => {
      if (config !== undefined) writeFileSync(join(directory, 'psa.yaml'), config)
      const {status, stdout, stderr} = await run(args)
      expect(status, stderr).to.equal(code)
      if (out !== undefined) expect(stdout).to.match(out)
      else expect(stdout).to.equal('')
      if (err === undefined) expect(stderr).to.equal('')
      else expect(stderr).to.match(err)
    }, objects))

  it('reads standard input, has no colour and no more than 80 columns', () => onMachine(async ({directory, run}) => {
    const input = readFileSync(join(directory, 'in.json'), 'utf8')
    const {status, stdout} = await run(['-f', '-', '--server-version', '1.30'], {input, env: {FORCE_COLOR: '1', TERM: 'xterm-256color'}})
    expect([status, stdout.includes('\u001b'), Math.max(...stdout.split('\n').map(line => line.length)) <= 80]).to.deep.equal([0, false, true])
  }))

  it('lets the reader of a pipe go away', () => onMachine(async ({run}) => {
    const {status, stderr} = await run([...files, '-o', 'wide'], {closeStdoutAfter: 10})
    expect([status, stderr]).to.deep.equal([0, ''])
  }))
})

describe('pod-security plan --out', () => {
  const args = ['-f', 'in.json', '--server-version', '1.30', '--out', 'plan']
  const NAMES = ['1-observe.sh', '1-observe.undo.sh', '2-fix.sh', '3-enforce.sh', '3-enforce.undo.sh', '4-pin.sh', '4-pin.undo.sh', '5-raise.sh', '5-raise.undo.sh', 'README.md', 'forecast.md', 'labels', 'patches', 'plan.json']

  it('writes scripts, patches, a page and the document into a new directory', () => onMachine(async ({directory, run}) => {
    const {status, stdout, stderr} = await run(args)
    expect([status, stderr]).to.match(/^0,wrote \d+ files to plan: begin with its README\.md\n$/)
    expect(stdout).to.match(/^POD SECURITY PLAN/).and.not.include('Next:')
    expect(readdirSync(join(directory, 'plan')).toSorted()).to.deep.equal(NAMES)
    expect(readdirSync(directory).filter(name => name.startsWith('.'))).to.deep.equal([])
    for (const name of NAMES.filter(one => one.endsWith('.sh'))) expect(statSync(join(directory, 'plan', name)).mode & 0o777, name).to.equal(0o755)
    expect(readFileSync(join(directory, 'plan/plan.json'), 'utf8')).to.equal((await run(['-f', 'in.json', '--server-version', '1.30', '-o', 'json'])).stdout)
  }))

  it('writes into an empty one, and the same again', () => onMachine(async ({directory, run}) => {
    mkdirSync(join(directory, 'plan'))
    expect((await run(args)).status).to.equal(0)
    expect((await run([...args.slice(0, -1), 'again'])).status).to.equal(0)
    for (const name of NAMES.filter(one => one.includes('.'))) expect(readFileSync(join(directory, 'plan', name), 'utf8'), name).to.equal(readFileSync(join(directory, 'again', name), 'utf8'))
  }))

  const refused: {name: string; prepare(directory: string): void; out: string; code: number; err: RegExp}[] = [
    {name: 'one with something in it', prepare: directory => mkdirSync(join(directory, 'plan/x'), {recursive: true}), out: 'plan', code: 2, err: /^error: --out plan is not empty\n/},
    {name: 'a file', prepare: directory => writeFileSync(join(directory, 'plan'), ''), out: 'plan', code: 2, err: /^error: --out plan is no directory\n/},
    {name: 'below a file', prepare: () => undefined, out: 'in.json/plan', code: 2, err: /^error: --out in\.json\/plan is no directory\n/},
    {name: 'a link to nothing', prepare: directory => symlinkSync('nowhere', join(directory, 'plan')), out: 'plan', code: 2, err: /^error: --out plan is a link\n/},
  ]
  for (const {name, prepare, out, code, err} of refused)
    it(`leaves alone ${name}`, () => onMachine(async ({directory, run}) => {
      prepare(directory)
      const before = readdirSync(directory).toSorted()
      const {status, stdout, stderr} = await run([...args.slice(0, -1), out])
      expect([status, stdout]).to.deep.equal([code, ''])
      expect(stderr).to.match(err)
      expect(readdirSync(directory).toSorted()).to.deep.equal(before)
    }))
})

describe('pod-security plan of a cluster', () => {
  it('starts no plugin that is not trusted, and contacts nobody', () => onMachine(async ({directory, run}) => {
    const plugin = join(directory, 'login')
    writeFileSync(plugin, `#!/bin/sh\ntouch ${directory}/ran\n`, {mode: 0o755})
    const user = {exec: {apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: plugin}}
    writeFileSync(join(directory, 'config'), JSON.stringify({
      apiVersion: 'v1', kind: 'Config', 'current-context': 'a', contexts: [{name: 'a', context: {cluster: 'a', user: 'a'}}],
      clusters: [{name: 'a', cluster: {server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true}}], users: [{name: 'a', user}],
    }))
    mkdirSync(join(directory, 'bin'))
    writeFileSync(join(directory, 'bin/kubectl'), `#!/bin/sh\ntouch ${directory}/ran\n`, {mode: 0o755})
    const {status, stdout, stderr} = await run(['--kubeconfig', 'config', '--out', 'plan'], {env: {PATH: `${directory}/bin:/usr/bin:/bin`}})
    expect([status, stdout, existsSync(join(directory, 'ran')), existsSync(join(directory, 'plan'))], stderr).to.deep.equal([1, '', false, false])
    expect(stderr).to.match(/refused|will not/)
  }))

  it('has no --server-version', () => onMachine(async ({run}) => {
    const {status, stderr} = await run(['--server-version', '1.30'])
    expect([status, stderr]).to.match(/^2,error: --server-version is for files/)
  }))
})

describe('the plan for the sample of workloads', () => {
  const GOLDEN = 'test/cli/pod-security-plan.golden.txt'
  it('is that of the golden file', async () => {
    const plan = await planFrom(declaredSource({objects: sampleObjects()}), {clusterName: 'samples/workloads'})
    const files = planFiles(plan, {version: '0', factsAsOf: '2026-01-01'}).filter(({path}) => path !== 'plan.json')
    const parts = [{path: 'screen', text: planScreen(plan, {width: 80, isWritten: false})}, ...files]
    const now = parts.map(({path, text}) => `==> ${path} <==\n${text}\n`).join('')
    const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
    if (isUpdate) writeFileSync(GOLDEN, now)
    expect(isUpdate, 'golden file rewritten: read the diff, then run without UPDATE_GOLDEN').to.equal(false)
    expect(now).to.equal(readFileSync(GOLDEN, 'utf8'))
  })
})
