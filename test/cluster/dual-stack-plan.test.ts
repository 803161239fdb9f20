import {expect} from 'chai'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Finding} from '../../src/audit/finding.js'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import type {PlanItem} from '../../src/plan/dual-stack/plan.js'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'
import {namespace} from './cases/case.js'
import type {ServerMinor} from './support/binaries.js'
import {withMachine} from './support/machine.js'
import {withServer} from './support/with-server.js'

/**
 * The plan's own script on real servers, IPv4 alone and dual-stack: what the
 * audit found before it is gone after, nothing else came, and the other script
 * puts every list back.
 */
const RFC1918 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
const LINK = '169.254.0.0/16'
const IMDS = '169.254.169.254/32'

const block = (cidr: string, ...except: string[]): JsonObject => ({ipBlock: {cidr, ...(except.length === 0 ? {} : {except})}})
const DNS = [{protocol: 'UDP', port: 53}, {protocol: 'TCP', port: 53}]

function policy(place: string, spec: JsonObject, metadata: JsonObject = {}): KubeObject {
  const [space, name] = place.split('/') as [string, string]
  return {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace: space, name, ...metadata}, spec: {podSelector: {matchLabels: {app: name}}, policyTypes: ['Egress'], ...spec}} as unknown as KubeObject
}

/** By what is answered to them; each selects a pod of its own. */
const POLICIES: Readonly<Record<string, KubeObject>> = {
  everything: policy('shop/everything', {egress: [{to: [block('0.0.0.0/0')]}]}),
  metadata: policy('shop/metadata', {egress: [{to: [block('0.0.0.0/0', IMDS)], ports: [{port: 443}]}, {to: [block('0.0.0.0/0', IMDS)], ports: DNS}]}),
  private: policy('shop/private', {egress: [{to: [block('0.0.0.0/0', ...RFC1918, LINK)]}]}),
  'private-and-one': policy('shop/private-and-one', {egress: [{to: [block('0.0.0.0/0', ...RFC1918, LINK), block('10.20.0.0/16')]}]}),
  inside: policy('shop/inside', {egress: [{to: RFC1918.map(cidr => block(cidr))}]}),
  halves: policy('shop/halves', {egress: [{to: [block('0.0.0.0/1'), block('128.0.0.0/1')]}]}),
  'carve-out': policy('shop/carve-out', {egress: [{to: [block('0.0.0.0/0', IMDS), block('::/0')]}]}),
  ingress: policy('shop/ingress', {policyTypes: ['Ingress'], ingress: [{from: [block('0.0.0.0/0', '10.0.0.0/8'), {podSelector: {}}], ports: [{port: 8080}]}]}),
  both: policy('shop/both', {policyTypes: ['Ingress', 'Egress'], ingress: [{from: [block('0.0.0.0/0')]}], egress: [{to: [block('0.0.0.0/0', LINK)]}]}),
  // Two policies on the pods of the first.
  union: policy('shop/union', {podSelector: {matchLabels: {app: 'everything'}}, egress: [{to: [block('10.96.0.0/12')], ports: DNS}]}),
  chart: policy('shop/chart', {egress: [{to: [block('0.0.0.0/0')]}]}, {labels: {'app.kubernetes.io/managed-by': 'Helm'}}),
  literal: policy('shop/literal', {egress: [{to: [block('8.8.8.8/32')], ports: DNS}]}),
  wider: policy('shop/wider', {egress: [{to: [block('198.18.0.0/15'), block('::/0')]}]}),
  narrower: policy('shop/narrower', {egress: [{to: [block('0.0.0.0/0'), block('2001:4860:4860::/48')]}]}),
  selectors: policy('shop/selectors', {egress: [{to: [{namespaceSelector: {}}]}]}),
  alike: policy('shop/alike', {egress: [{to: [block('0.0.0.0/0'), block('::/0')]}]}),
}

const RANGES = ['--range', 'pod=10.244.0.0/16,2600:1f13:aa::/64', '--range', 'service=fd12:3456::/108', '--range', 'node=192.168.10.0/24,2600:1f13:bb::/64']
const PATCHED = ['both', 'carve-out', 'chart', 'everything', 'halves', 'ingress', 'inside', 'metadata', 'private', 'private-and-one', 'union']

interface Planned {
  policies: readonly {name: string; manager: string | null; items: readonly PlanItem[]; patch: object | null; left: readonly string[]}[]
  same: {alike: {policies: number}; selectors: {policies: number}}
}

for (const [minor, isDualStack] of [[37, false], [37, true], [30, false]] as const satisfies readonly (readonly [ServerMinor, boolean])[]) describe(`dual-stack plan on a real API server 1.${minor}, ${isDualStack ? 'dual-stack' : 'IPv4'}`, () => {
  const server = withServer({minor, isDualStack})
  const machine = withMachine()
  let kubeconfig = ''

  const typed = (argv: readonly string[]): Promise<ProcessResult> => machine().kubectl(argv, {env: {KUBECONFIG: kubeconfig}})

  async function plan(out: string, flags: readonly string[] = RANGES): Promise<Planned> {
    const {status, stdout, stderr} = await typed(['k121', 'dual-stack', 'plan', '--out', join(machine().world.home, out), '-o', 'json', ...flags])
    expect([status, stderr.replace(/wrote \d+ files to .*\n/, '')], stderr + stdout.slice(0, 500)).to.deep.equal([0, ''])
    return JSON.parse(stdout) as Planned
  }

  function run(out: string, script: string): Promise<ProcessResult> {
    const {world} = machine()
    return runProcess('/bin/sh', [join(world.home, out, script)], {cwd: world.cwd, env: {...world.env, PATH: `${world.bin}:/usr/bin:/bin`, KUBECONFIG: kubeconfig}, timeout: 100_000})
  }

  /** Findings about NetworkPolicies as if the cluster were dual-stack: a line for each policy and rule of the audit. */
  async function found(flags: readonly string[] = RANGES): Promise<Set<string>> {
    const {cluster} = await machine().audit(server(), 'admin', ['--topic', 'dual-stack', '--assume', 'dual', ...flags])
    return new Set(cluster.findings.filter(({object, details}) => object.kind === 'NetworkPolicy' && details?.type === 'filter').map(lineOf))
  }

  function lineOf({check, variant, object, details}: Finding): string {
    const kind = details?.type === 'filter' ? `${details.class} ${details.direction} ${details.openFamily ?? details.blockedFamily}` : ''
    return `${object.name}: ${check}/${variant} ${kind}`
  }

  async function specs(): Promise<Record<string, Json>> {
    const {json} = await server().request('GET', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies')
    const items = (json as unknown as {items: {metadata: {name: string}; spec: JsonObject}[]}).items
    return Object.fromEntries(items.map(({metadata, spec}) => [metadata.name, spec]))
  }

  before(async () => {
    kubeconfig = await server().kubeconfig('admin', join(machine().world.home, 'admin.kubeconfig'))
    await server().create(namespace('shop'), {apiVersion: 'v1', kind: 'Node', metadata: {name: 'n1'}, spec: {providerID: 'aws:///eu-west-1a/i-1'}} as unknown as KubeObject, ...Object.values(POLICIES))
    await server().create(...Object.keys(POLICIES).map(name => ({
      apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'shop', name, labels: {app: name}}, spec: {containers: [{name: 'main', image: 'registry.example.com/main:1'}]},
      status: {phase: 'Running', podIP: '10.244.0.7', podIPs: [{ip: '10.244.0.7'}]},
    }) as unknown as KubeObject))
  })

  it('what was found is gone after the script, nothing else came, and the other script puts the lists back', async () => {
    const before = await found()
    const planned = await plan('first')
    expect(planned.policies.filter(({patch}) => patch !== null).map(({name}) => name)).to.deep.equal(PATCHED)
    expect(planned.same).to.deep.equal({alike: {policies: 1, pods: 1}, selectors: {policies: 1, pods: 1}})
    const old = await specs()
    const {status, stdout, stderr} = await run('first', 'apply.sh')
    expect([status, stderr], stdout).to.deep.equal([0, ''])
    const after = await found()
    expect([...after].filter(line => !before.has(line))).to.deep.equal([])
    const applied = planned.policies.filter(({patch, manager}) => patch !== null && manager === null)
    for (const {name, left} of applied) if (left.length === 0) expect([...after].filter(line => line.startsWith(`${name}:`)), name).to.deep.equal([])
    expect([...before].some(line => line.startsWith('everything:')) && [...before].some(line => line.startsWith('carve-out:')), [...before].join('\n')).to.equal(true)
    expect([...after].map(line => line.split(':')[0]).toSorted()).to.deep.equal(['chart', 'literal', 'narrower', 'wider'])
    expect((await run('first', 'undo.sh')).status).to.equal(0)
    expect(await specs()).to.deep.equal(old)
  })

  it('refuses to touch a policy that somebody changed meanwhile, and any other then', async () => {
    await plan('late')
    const change = async (to: JsonObject[]): Promise<void> => {
      const {status: code, stderr: said} = await typed(['patch', '-n', 'shop', 'networkpolicy', 'private', '--type', 'merge', '-p', JSON.stringify({spec: {egress: [{to}]}})])
      expect(code, said).to.equal(0)
    }
    await change([block('0.0.0.0/0', ...RFC1918)])
    const before = await specs()
    const {status, stderr} = await run('late', 'apply.sh')
    expect([status, /not as it was when the plan was made.*'?private'? .*nothing was changed/.test(stderr)], stderr).to.deep.equal([1, true])
    expect(await specs()).to.deep.equal(before)
    // Nor is anything put back that was not put there.
    const undo = await run('late', 'undo.sh')
    expect([undo.status, /^left as it is: .*private/m.test(undo.stderr)], undo.stderr).to.deep.equal([1, true])
    expect(await specs()).to.deep.equal(before)
    await change([block('0.0.0.0/0', ...RFC1918, LINK)])
  })

  it('asks for the ranges that the cluster does not show, and writes nothing that rests on them', async () => {
    const planned = await plan('unknown', [])
    const needing = planned.policies.filter(({items}) => items.some(({answer}) => answer === 'range'))
    expect(needing.map(({name, patch}) => `${name} ${patch === null}`)).to.deep.equal(['ingress true', 'inside true', 'private true', 'private-and-one true', ...(isDualStack ? [] : ['union true'])])
    const {status, stderr} = await run('unknown', 'apply.sh')
    expect([status, stderr]).to.deep.equal([0, ''])
    expect((await run('unknown', 'undo.sh')).status).to.equal(0)
  })

  it('is an overlay for manifests that are kept in git', async () => {
    await plan('git')
    const folder = join(machine().world.home, 'git/patches')
    const file = join(folder, 'kustomization.yaml')
    writeFileSync(join(folder, 'policies.yaml'), Object.values(POLICIES).map(one => JSON.stringify(one)).join('\n---\n'))
    writeFileSync(file, readFileSync(file, 'utf8').replace('resources: []', 'resources: [policies.yaml]'))
    const {status, stdout, stderr} = await typed(['kustomize', folder])
    expect(status, stderr).to.equal(0)
    expect(stdout.match(/cidr: ::\/0/g)?.length).to.be.above(8)
    expect(existsSync(join(folder, 'shop/chart.json'))).to.equal(true)
  })
})
