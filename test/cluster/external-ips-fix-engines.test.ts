import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {blockOf} from '../../src/admission/external-ip-fix/allowed-blocks.js'
import type {FixTarget} from '../../src/admission/external-ip-fix/fix.js'
import {serverVersion} from '../../src/audit/server-version.js'
import {fixExternalIPs} from '../../src/flows/fix-external-ips.js'
import type {ReadKey} from '../../src/kube/resources.js'
import type {SkipReason} from '../../src/audit/outcome.js'
import {fixDocumentText} from '../../src/report/external-ip-fix.js'
import {object} from '../support/declared-facts.js'
import {declaredSource} from '../support/declared-source.js'
import {inDirectory} from '../support/in-directory.js'
import {runProcess} from '../support/run-process.js'
import {gator, kyverno, withGoTool} from './support/go-tools.js'

const CONTROLLER = 'system:serviceaccount:metallb-system:controller'
const RBAC = 'rbac.authorization.k8s.io/v1'
const OBJECTS = [
  object(RBAC, 'ClusterRole', 'lb', {rules: [{apiGroups: [''], resources: ['services/status'], verbs: ['patch']}]}),
  object(RBAC, 'ClusterRoleBinding', 'lb', {roleRef: {kind: 'ClusterRole', name: 'lb'}, subjects: [{kind: 'ServiceAccount', namespace: 'metallb-system', name: 'controller'}]}),
]

async function printed(target: FixTarget, allow: readonly string[] = [], unread: Partial<Record<ReadKey, SkipReason>> = {}): Promise<string[]> {
  const fix = await fixExternalIPs({target, version: serverVersion, controllers: [], allow: allow.map(text => blockOf(text)!)}, {source: declaredSource({objects: OBJECTS, unread}), onRead: () => undefined})
  return fix.documents.map(document => fixDocumentText(document, {warnings: [], notes: []}))
}

interface Request {
  name: string
  operation?: 'CREATE' | 'UPDATE' | 'DELETE'
  isStatus?: boolean
  user?: string
  /** External IPs, or entries of the status. */
  old?: readonly unknown[]
  now: readonly unknown[]
  isRefused?: boolean
}

const proxied = {ip: '198.51.100.9', ipMode: 'Proxy'}
const one = {ip: '198.51.100.1'}

/** What a policy must say of each request, whatever engine it is for. */
const REQUESTS: readonly Request[] = [
  {name: 'creation without', operation: 'CREATE', now: []},
  {name: 'creation with an address', operation: 'CREATE', now: ['203.0.113.7'], isRefused: true},
  {name: 'creation by the controller', operation: 'CREATE', user: CONTROLLER, now: ['203.0.113.7'], isRefused: true},
  {name: 'label of a holder', old: ['203.0.113.7', '2001:db8::7'], now: ['203.0.113.7', '2001:db8::7']},
  {name: 'other order, and twice', old: ['203.0.113.7', '2001:db8::7'], now: ['2001:db8::7', '203.0.113.7', '203.0.113.7']},
  {name: 'taken away', old: ['203.0.113.7'], now: []},
  {name: 'added to none', old: [], now: ['203.0.113.7'], isRefused: true},
  {name: 'added to one', old: ['203.0.113.7'], now: ['203.0.113.7', '203.0.113.8'], isRefused: true},
  {name: 'other spelling', old: ['2001:db8::7'], now: ['2001:db8:0::7'], isRefused: true},
  {name: 'status without', isStatus: true, old: [], now: []},
  {name: 'status as it was', isStatus: true, old: [one, proxied], now: [proxied, one]},
  {name: 'status taken away', isStatus: true, old: [one], now: []},
  {name: 'status added', isStatus: true, old: [one], now: [one, {ip: '10.96.0.10'}], isRefused: true},
  {name: 'status added to none', isStatus: true, old: [], now: [one], isRefused: true},
  {name: 'status turned from Proxy to VIP', isStatus: true, old: [proxied], now: [{...proxied, ipMode: 'VIP'}], isRefused: true},
  {name: 'status by the controller', isStatus: true, user: CONTROLLER, old: [], now: [one]},
  {name: 'status by an account of another namespace', isStatus: true, user: 'system:serviceaccount:evil:controller', old: [], now: [one], isRefused: true},
]

const WITH_BLOCKS: readonly Request[] = [
  {name: 'in a block', operation: 'CREATE', now: ['192.0.2.17']},
  {name: 'in a block of IPv6, in any spelling', operation: 'CREATE', now: ['2001:db8:1:0::5']},
  {name: 'added in a block', old: ['203.0.113.7'], now: ['203.0.113.7', '192.0.2.16']},
  {name: 'outside', operation: 'CREATE', now: ['192.0.2.32'], isRefused: true},
  {name: 'one of two outside', operation: 'CREATE', now: ['192.0.2.17', '203.0.113.9'], isRefused: true},
  {name: 'leading zeros', operation: 'CREATE', now: ['192.0.2.017'], isRefused: true},
  {name: 'IPv4 as IPv6', operation: 'CREATE', now: ['::ffff:192.0.2.17'], isRefused: true},
]
const BLOCKS = ['192.0.2.16/28', '2001:db8:1::/64']

function serviceWith(values: readonly unknown[], isStatus: boolean): object {
  const [externalIPs, ingress] = isStatus ? [[], values] : [values, []]
  return {
    apiVersion: 'v1', kind: 'Service', metadata: {name: 'web', namespace: 'default'},
    spec: {ports: [{port: 80}], type: isStatus ? 'LoadBalancer' : 'ClusterIP', ...(externalIPs.length > 0 ? {externalIPs} : {})},
    status: {loadBalancer: ingress.length > 0 ? {ingress} : {}},
  }
}

function admissionRequest({operation = 'UPDATE', isStatus = false, user = 'dev', old, now}: Request): object {
  return {
    uid: '7f1f0b6e-0000-4000-8000-000000000000', kind: {group: '', version: 'v1', kind: 'Service'}, resource: {group: '', version: 'v1', resource: 'services'},
    ...(isStatus ? {subResource: 'status'} : {}), name: 'web', namespace: 'default', operation, userInfo: {username: user},
    object: operation === 'DELETE' ? null : serviceWith(now, isStatus), oldObject: old === undefined ? null : serviceWith(old, isStatus),
  }
}

describe('external-ips fix --to gatekeeper, in gator', () => {
  const program = withGoTool(gator)

  /** Names of the requests that were judged otherwise than they should be, by real Rego. */
  function verify(requests: readonly Request[], allow: readonly string[]): Promise<{passed: number; output: string}> {
    return inDirectory(async directory => {
      const [template = '', constraint = ''] = await printed('gatekeeper', allow)
      const cases = requests.map(({name, isRefused = false}, index) => ({name, object: `${index}.yaml`, assertions: [{violations: isRefused ? 'yes' : 'no'}]}))
      const suite = {apiVersion: 'test.gatekeeper.sh/v1alpha1', kind: 'Suite', metadata: {name: 'fix'}, tests: [{name: 'fix', template: 'template.yaml', constraint: 'constraint.yaml', cases}]}
      const files = [['template', template], ['constraint', constraint], ['suite', JSON.stringify(suite)], ...requests.map((request, index) => [index, JSON.stringify({apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: admissionRequest(request)})])]
      for (const [name, text] of files) await writeFile(join(directory, `${name}.yaml`), String(text))
      const {stdout, stderr} = await runProcess(program('gator'), ['verify', '-v', join(directory, 'suite.yaml')], {cwd: directory, env: {HOME: directory}, timeout: 60_000})
      return {passed: [...stdout.matchAll(/^\s+--- PASS: /gm)].length, output: stdout + stderr}
    })
  }

  it('judges every request as it should', async () => {
    const requests = [...REQUESTS, {name: 'a deletion', operation: 'DELETE' as const, old: ['203.0.113.7'], now: []}]
    const {passed, output} = await verify(requests, [])
    expect(output).to.not.include('FAIL')
    expect(passed, output).to.equal(requests.length)
  })

  it('lets through what --allow names', async () => {
    // Rego reads an IPv4 address that is written as IPv6, as Kubernetes does: it is in the block.
    const requests = WITH_BLOCKS.map(request => ({...request, isRefused: request.isRefused === true && request.name !== 'IPv4 as IPv6'}))
    const {passed, output} = await verify(requests, BLOCKS)
    expect(output).to.not.include('FAIL')
    expect(passed, output).to.equal(requests.length)
  })

  it('lists the present external IPs in an audit, and no load balancer', () => inDirectory(async directory => {
    const documents = await printed('gatekeeper')
    const held = object('v1', 'Service', 'default/held', {spec: {externalIPs: ['203.0.113.7']}})
    const balanced = object('v1', 'Service', 'default/balanced', {spec: {type: 'LoadBalancer'}, status: {loadBalancer: {ingress: [one]}}})
    const file = join(directory, 'all.yaml')
    await writeFile(file, [...documents, JSON.stringify(held), JSON.stringify(balanced)].join('\n---\n'))
    const {stdout} = await runProcess(program('gator'), ['test', '-f', file, '-o', 'json'], {cwd: directory, env: {HOME: directory}, timeout: 60_000})
    const violations = (JSON.parse(stdout) as {msg: string; violatingObject: {metadata: {name: string}}}[]).map(({msg, violatingObject}) => `${violatingObject.metadata.name}: ${msg}`)
    expect(violations).to.deep.equal(['held: A Service may not gain external IPs (CVE-2020-8554): it keeps those that it has: 203.0.113.7'])
  }))
})

describe('external-ips fix --to kyverno, in Kyverno\'s engine', () => {
  const program = withGoTool(kyverno)

  interface Verdict {
    policy: string
    status: string
    message: string
  }

  function judge(requests: readonly Request[], allow: readonly string[], unread: Partial<Record<ReadKey, SkipReason>>): Promise<Verdict[][]> {
    return inDirectory(async directory => {
      const documents = await printed('kyverno', allow, unread)
      const files = documents.map((_, index) => join(directory, `${index}.yaml`))
      for (const [index, text] of documents.entries()) await writeFile(files[index]!, text)
      const input = requests.map(request => `${JSON.stringify(admissionRequest(request))}\n`).join('')
      const {status, stdout, stderr} = await runProcess(program('kyverno'), files, {cwd: directory, env: {HOME: directory}, input, timeout: 60_000})
      expect([status, stderr]).to.deep.equal([0, ''])
      return stdout.trim().split('\n').map(line => JSON.parse(line) as Verdict[])
    })
  }

  const kinds: {kind: string; unread: Partial<Record<ReadKey, SkipReason>>; blocks: readonly Request[]}[] = [
    {kind: 'ValidatingPolicies', unread: {}, blocks: WITH_BLOCKS},
    // Without functions for addresses there are no blocks of IPv6.
    {kind: 'ClusterPolicies', unread: {validatingpolicies: 'not-served'}, blocks: WITH_BLOCKS.map(request => ({...request, isRefused: request.isRefused === true || /IPv6/.test(request.name)}))},
  ]
  for (const {kind, unread, blocks} of kinds) for (const [what, requests, allow] of [['judge every request as they should', REQUESTS, []], ['let through what --allow names', blocks, BLOCKS]] as const)
    it(`${kind} ${what}`, async () => {
      const verdicts = await judge(requests, allow, unread)
      expect(verdicts).to.have.lengthOf(requests.length)
      for (const [index, {name, isRefused = false, isStatus = false}] of requests.entries()) {
        const [verdict, ...more] = verdicts[index]!
        // One policy each: a request that none looked at would be let through unseen.
        expect([verdict?.policy, more], name).to.deep.equal([isStatus ? 'k121-load-balancer-status' : 'k121-external-ips', []])
        expect(verdict?.status, `${name}: ${verdict?.message}`).to.be.oneOf(isRefused ? ['fail'] : ['pass', 'skip'])
      }
    })
})
