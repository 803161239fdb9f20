import {expect} from 'chai'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'
import {SAMPLE_RANGES, samplePolicies} from '../support/sample-policies.js'

const PROGRAM = resolve('bin/run.js')

interface Machine {
  directory: string
  run(args: readonly string[], more?: {env?: Record<string, string>; input?: string; closeStdoutAfter?: number}): Promise<ProcessResult>
}

async function onMachine(body: (machine: Machine) => Promise<void>, objects: readonly object[] = samplePolicies()): Promise<void> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
  try {
    writeFileSync(join(directory, 'in.json'), JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects}))
    await body({
      directory,
      run: (args, {env = {}, ...rest} = {}) => runProcess(process.execPath, [PROGRAM, ...args], {cwd: directory, env: {HOME: directory, PATH: '/usr/bin:/bin', TMPDIR: directory, ...env}, ...rest}),
    })
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

const PLAN = ['dual-stack', 'plan']
const FILES = [...PLAN, '-f', 'in.json']
const RANGES = SAMPLE_RANGES.flatMap(range => ['--range', range])
const ODD = {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace: 'shop', name: 'odd'}, spec: {policyTypes: 'Egress'}}

describe('dual-stack plan -f', () => {
  const rows: {name: string; objects?: readonly object[]; args: readonly string[]; code: number; out?: RegExp; err?: RegExp}[] = [
    {name: 'the screen', args: FILES, code: 0, out: /^DUAL-STACK PLAN {3}in\.json {3}now IPv4 {3}assumed dual {3}nothing applied\n/},
    {name: 'the same by name', args: [...FILES, '-o', 'table'], code: 0, out: /^DUAL-STACK PLAN/},
    {name: 'everything', args: [...FILES, '-o', 'wide'], code: 0, out: /^shop\/networkpolicy\/web-out +2 +A1 +egress +TCP 443 +add +::\/0 except fd00:ec2::254\/128 /m},
    {name: 'a document', args: [...FILES, '-o', 'json'], code: 0, out: /^\{\n {2}"apiVersion": "k121\.dev\/v1",\n {2}"kind": "DualStackPlan"/},
    {name: 'ranges', args: [...FILES, ...RANGES], code: 0, out: /^IPv6 ranges: pods 2001:db8:a::\/64, Services fd12:3456::\/108, nodes$/m},
    {name: 'what is no range', args: [...FILES, '--range', 'pod'], code: 2, err: /^error: --range "pod" does not say whose range it is\n {2}such as pod=/},
    {name: 'one namespace', args: [...FILES, '-n', 'bank', '-o', 'wide'], code: 0, out: /^(?![^]*^shop\/)[^]*^bank\/networkpolicy\/wide/m},
    {name: 'all but one', args: [...FILES, '--exclude-namespace', 'b*', '-o', 'wide'], code: 0, out: /^(?![^]*^bank\/)[^]*^shop\/networkpolicy\/web-in/m},
    {name: 'what no namespace can be called', args: [...FILES, '-n', 'a,b'], code: 2, err: /^error: -n "a,b"/},
    {name: 'a connection besides', args: [...FILES, '--context', 'prod'], code: 2, err: /^error: --context has no meaning with -f/},
    {name: 'an unknown format', args: [...FILES, '-o', 'yaml'], code: 2, err: /yaml/},
    {name: 'manifests alone: each policy for itself', objects: samplePolicies().filter(({kind}) => kind === 'NetworkPolicy'), args: FILES, code: 0, out: /Pods were not seen: each policy is judged by itself/},
    {name: 'files without a policy, which are not called clean', objects: samplePolicies().filter(({kind}) => kind !== 'NetworkPolicy'), args: FILES, code: 0, out: /^The input holds no NetworkPolicy: what those of the cluster lack is not known\.$(?![^]*selectors only)/m},
    {name: 'what is not understood', objects: [...samplePolicies(), ODD], args: FILES, code: 3, out: /^INCOMPLETE: not understood: networkpolicies/m},
    {name: 'the same, accepted', objects: [...samplePolicies(), ODD], args: [...FILES, '--allow-incomplete'], code: 0, out: /^INCOMPLETE: not understood: networkpolicies/m},
  ]
  for (const {name, objects, args, code, out, err} of rows)
    it(`exits ${code} for ${name}`, () => onMachine(async ({run}) => {
      const {status, stdout, stderr} = await run(args)
      expect(status, stderr).to.equal(code)
      if (out !== undefined) expect(stdout).to.match(out)
      else expect(stdout).to.equal('')
      if (err === undefined) expect(stderr).to.equal('')
      else expect(stderr).to.match(err)
    }, objects))

  it('reads standard input, has no colour and no more than 80 columns', () => onMachine(async ({directory, run}) => {
    const input = readFileSync(join(directory, 'in.json'), 'utf8')
    const {status, stdout} = await run([...PLAN, '-f', '-'], {input, env: {FORCE_COLOR: '1', TERM: 'xterm-256color'}})
    expect([status, stdout.includes('\u001b'), Math.max(...stdout.split('\n').map(line => line.length)) <= 80]).to.deep.equal([0, false, true])
  }))

  it('lets the reader of a pipe go away', () => onMachine(async ({run}) => {
    const {status, stderr} = await run([...FILES, '-o', 'wide'], {closeStdoutAfter: 10})
    expect([status, stderr]).to.deep.equal([0, ''])
  }))
})

describe('dual-stack plan --out', () => {
  it('writes scripts, patches, a page and the document into a new directory', () => onMachine(async ({directory, run}) => {
    const {status, stdout, stderr} = await run([...FILES, '--out', 'plan'])
    expect([status, stderr]).to.match(/^0,wrote \d+ files to plan: begin with its README\.md\n$/)
    expect(stdout).to.match(/^Patches: 4 in plan, 1 of them /m).and.not.include('Next:')
    expect(readdirSync(join(directory, 'plan')).toSorted()).to.deep.equal(['README.md', 'apply.sh', 'patches', 'plan.json', 'undo', 'undo.sh'])
    expect(statSync(join(directory, 'plan/apply.sh')).mode & 0o777).to.equal(0o755)
    expect(readFileSync(join(directory, 'plan/plan.json'), 'utf8')).to.equal((await run([...FILES, '-o', 'json'])).stdout)
  }))

  it('leaves alone what is there', () => onMachine(async ({directory, run}) => {
    mkdirSync(join(directory, 'plan/x'), {recursive: true})
    const {status, stdout, stderr} = await run([...FILES, '--out', 'plan'])
    expect([status, stdout, stderr.startsWith('error: --out plan is not empty\n')]).to.deep.equal([2, '', true])
  }))

  it('starts no plugin that is not trusted, and contacts nobody', () => onMachine(async ({directory, run}) => {
    writeFileSync(join(directory, 'login'), `#!/bin/sh\ntouch ${directory}/ran\n`, {mode: 0o755})
    const user = {exec: {apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: join(directory, 'login')}}
    writeFileSync(join(directory, 'config'), JSON.stringify({
      apiVersion: 'v1', kind: 'Config', 'current-context': 'a', contexts: [{name: 'a', context: {cluster: 'a', user: 'a'}}],
      clusters: [{name: 'a', cluster: {server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true}}], users: [{name: 'a', user}],
    }))
    mkdirSync(join(directory, 'bin'))
    writeFileSync(join(directory, 'bin/kubectl'), `#!/bin/sh\ntouch ${directory}/ran\n`, {mode: 0o755})
    const {status, stdout, stderr} = await run([...PLAN, '--kubeconfig', 'config', '--out', 'plan'], {env: {PATH: `${directory}/bin:/usr/bin:/bin`}})
    expect([status, stdout, existsSync(join(directory, 'ran')), existsSync(join(directory, 'plan'))], stderr).to.deep.equal([1, '', false, false])
  }))
})

describe('audit --assume and --range', () => {
  const AUDIT = ['audit', '-f', 'in.json', '--topic', 'dual-stack']
  const rows: {name: string; args: readonly string[]; code: number; out?: RegExp; err?: RegExp}[] = [
    {name: 'as it is, latent', args: [...AUDIT, '--allow-incomplete'], code: 0, out: /^(?![^]*Assumed)/},
    {name: 'as if it were dual', args: [...AUDIT, '--assume', 'dual', '--allow-incomplete'], code: 1, out: /^in\.json[^\n]*IPv4[^]*Assumed dual-stack/},
    {name: 'with ranges', args: [...AUDIT, ...RANGES, '--allow-incomplete'], code: 0, out: /^Ranges given: pod=2001:db8:a::\/64/m},
    {name: 'another assumption', args: [...AUDIT, '--assume', 'v6'], code: 2, err: /--assume/},
    {name: 'what is no range', args: [...AUDIT, '--range', 'pod=all'], code: 2, err: /^error: --range "pod=all": "all" is no CIDR\n/},
    {name: 'a topic that does not read it', args: ['audit', '-f', 'in.json', '--topic', 'pod-security', '--assume', 'dual'], code: 2, err: /^error: --assume is read for the topic dual-stack only\n/},
    {name: 'beside a preflight', args: ['audit', '--preflight', '--assume', 'dual'], code: 2, err: /--assume/},
  ]
  for (const {name, args, code, out, err} of rows)
    it(`exits ${code} for ${name}`, () => onMachine(async ({run}) => {
      const {status, stdout, stderr} = await run(args)
      expect(status, stderr + stdout).to.equal(code)
      if (out !== undefined) expect(stdout).to.match(out)
      if (err !== undefined) expect(stderr).to.match(err)
    }))
})
