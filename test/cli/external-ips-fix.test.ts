import {expect} from 'chai'
import {mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'

const PROGRAM = resolve('bin/run.js')
const RBAC = 'rbac.authorization.k8s.io'
const grant = (kind: 'Role' | 'ClusterRole'): object[] => {
  const metadata = {name: 'lb', ...(kind === 'Role' ? {namespace: 'default'} : {})}
  return [
    {apiVersion: `${RBAC}/v1`, kind, metadata, rules: [{apiGroups: [''], resources: ['services/status'], verbs: ['patch']}]},
    {apiVersion: `${RBAC}/v1`, kind: `${kind}Binding`, metadata, roleRef: {apiGroup: RBAC, kind, name: 'lb'}, subjects: [{kind: 'ServiceAccount', namespace: 'metallb-system', name: 'controller'}]},
  ]
}
const SERVICE = {apiVersion: 'v1', kind: 'Service', metadata: {name: 'vip', namespace: 'default'}, spec: {externalIPs: ['203.0.113.7']}}
const SERVER = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'kube-apiserver-cp1', namespace: 'kube-system', labels: {component: 'kube-apiserver'}}, spec: {containers: [{name: 'kube-apiserver', image: 'registry.k8s.io/kube-apiserver:v1.33.1', command: ['kube-apiserver', '--enable-admission-plugins=NodeRestriction']}]}}
/** Every row that a policy of the API server rests on. */
const WHOLE = [...grant('Role'), ...grant('ClusterRole'), SERVICE, SERVER]

interface Machine {
  directory: string
  run(args: readonly string[]): Promise<ProcessResult>
}

async function onMachine(objects: readonly object[], body: (machine: Machine) => Promise<void>): Promise<void> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
  try {
    writeFileSync(join(directory, 'in.json'), JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects}))
    await body({directory, run: args => runProcess(process.execPath, [PROGRAM, 'external-ips', 'fix', ...args], {cwd: directory, env: {HOME: directory, PATH: '/usr/bin:/bin', TMPDIR: directory}})})
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

describe('external-ips fix -f', () => {
  const rows: {name: string; objects?: readonly object[]; args: readonly string[]; code: number; out?: RegExp; err?: RegExp}[] = [
    {name: 'policies of the API server', args: ['--to', 'vap'], code: 0, out: /^# What it does: [^]*kind: ValidatingAdmissionPolicyBinding/},
    {name: 'the same, as YAML by name', args: ['--to', 'vap', '-o', 'yaml'], code: 0, out: /kind: ValidatingAdmissionPolicy/},
    {name: 'the flag line', args: ['--to', 'deny-plugin'], code: 0, out: /^--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs$/m},
    {name: 'blocks', args: ['--to', 'vap', '--allow', '192.0.2.0/24', '--allow', '2001:db8::1'], code: 0, out: /cidr\('192\.0\.2\.0\/24'\)[^]*cidr\('2001:db8::1\/128'\)/},
    {name: 'a controller that is named', args: ['--to', 'vap', '--controller', 'kube-lb'], code: 0, out: /"kube-lb"|- kube-lb/},
    {name: 'another version of the server', args: ['--to', 'vap', '--server-version', '1.29'], code: 3, out: /admissionregistration.k8s.io\/v1beta1/, err: /^warning: 1\.29 evaluates/},
    {name: 'a version without policies', args: ['--to', 'vap', '--server-version', '1.24'], code: 3, out: /^# WARNING: not on this server[^]*$/, err: /^warning: not on this server/},
    {name: 'unknown writers', objects: [SERVICE, SERVER], args: ['--to', 'vap'], code: 3, out: /kind: ValidatingAdmissionPolicy/, err: /^warning: who writes load-balancer statuses is not known/},
    {name: 'unknown writers, accepted', objects: [SERVICE, SERVER], args: ['--to', 'vap', '--allow-incomplete'], code: 0, err: /^warning: who writes/},
    {name: 'no target', args: [], code: 2, err: /to/},
    {name: 'an unknown target', args: ['--to', 'magic'], code: 2, err: /magic/},
    {name: 'what is no block', args: ['--to', 'vap', '--allow', '192.0.2.0/33'], code: 2, err: /^error: --allow "192\.0\.2\.0\/33" is neither an address nor a block/},
    {name: 'blocks for the plugin', args: ['--to', 'deny-plugin', '--allow', '192.0.2.0/24'], code: 2, err: /^error: --allow has no meaning with --to deny-plugin/},
    {name: 'a controller for the plugin', args: ['--to', 'deny-plugin', '--controller', 'a'], code: 2, err: /^error: --controller has no meaning/},
    {name: 'what is no user name', args: ['--to', 'vap', '--controller', 'a\nb'], code: 2, err: /^error: --controller "a\\u\{a\}b" is no user name/},
    {name: 'what is no version', args: ['--to', 'vap', '--server-version', 'new'], code: 2, err: /^error: --server-version "new" is no version/},
    {name: 'a connection besides', args: ['--to', 'vap', '--context', 'prod'], code: 2, err: /^error: --context has no meaning with -f/},
  ]
  for (const {name, objects = WHOLE, args, code, out, err} of rows)
    it(`exits ${code} for ${name}`, () => onMachine(objects, async ({run}) => {
      const {status, stdout, stderr} = await run([...args, '-f', 'in.json'])
      expect(status, stderr).to.equal(code)
      if (out !== undefined) expect(stdout).to.match(out)
      if (err === undefined) expect(stderr).to.equal('')
      else expect(stderr).to.match(err)
    }))

  it('writes a file for each document into --out, and they are those that it prints', () => onMachine(WHOLE, async ({directory, run}) => {
    const printed = await run(['--to', 'vap', '-f', 'in.json'])
    const {status, stdout, stderr} = await run(['--to', 'vap', '-f', 'in.json', '--out', 'new/fix'])
    const files = ['k121-external-ips.policy.yaml', 'k121-external-ips.binding.yaml', 'k121-load-balancer-status.policy.yaml', 'k121-load-balancer-status.binding.yaml']
    expect([status, stdout, stderr]).to.deep.equal([0, '', files.map(file => `wrote new/fix/${file}\n`).join('')])
    expect(readdirSync(join(directory, 'new/fix')).toSorted()).to.deep.equal(files.toSorted())
    expect(files.map(file => readFileSync(join(directory, 'new/fix', file), 'utf8')).join('---\n')).to.equal(printed.stdout)
  }))

  it('makes no directory where nothing can be written into it, and says why once', () => onMachine(WHOLE, async ({directory, run}) => {
    const {status, stdout, stderr} = await run(['--to', 'vap', '--server-version', '1.24', '-f', 'in.json', '--out', 'new'])
    expect([status, stdout]).to.deep.equal([3, ''])
    expect(stderr).to.match(/^warning: not on this server: [^\n]*\nno document was written\n$/)
    expect(readdirSync(directory)).to.deep.equal(['in.json'])
  }))

  it('says why it cannot write', () => onMachine(WHOLE, async ({run}) => {
    const {status, stderr} = await run(['--to', 'vap', '-f', 'in.json', '--out', 'in.json/fix'])
    expect([status, stderr]).to.deep.equal([4, 'error: cannot make the directory in.json/fix (ENOTDIR)\n  name one that you may write\n'])
  }))
})
