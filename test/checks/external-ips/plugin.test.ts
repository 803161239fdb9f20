import {expect} from 'chai'
import {denyServiceExternalIPsCheck} from '../../../src/checks/external-ips/deny-service-external-ips.js'
import {externalIPBlockerGap} from '../../../src/checks/external-ips/external-ip-blocker-gap.js'
import {externalIPDeprecation} from '../../../src/checks/external-ips/external-ip-deprecation.js'
import {externalIPUpgrade} from '../../../src/admission/external-ip-upgrade.js'
import {externalIPVerdict} from '../../../src/admission/external-ip-verdict.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {object} from '../../support/declared-facts.js'
import {CILIUM, KUBE_PROXY, apiServerPod, clusterRole, grant, kubeProxyConfig, node, service} from './cluster.js'

const OFF = apiServerPod('--enable-admission-plugins=NodeRestriction')
const ON = apiServerPod('--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs')
const other = (pod: KubeObject): KubeObject => ({...pod, metadata: {...(pod['metadata'] as object), name: 'kube-apiserver-cp2'}} as KubeObject)

const SEMANTICS = '!has(object.spec.externalIPs) || object.spec.externalIPs.all(ip, oldObject != null && has(oldObject.spec.externalIPs) && ip in oldObject.spec.externalIPs)'
function policy(operations: readonly string[]): KubeObject {
  return object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'no-external-ips', {
    spec: {failurePolicy: 'Fail', matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations, resources: ['services']}]}, validations: [{expression: SEMANTICS}]},
  })
}
function binding(...actions: readonly string[]): KubeObject {
  return object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', 'no-external-ips', {spec: {policyName: 'no-external-ips', validationActions: actions}})
}
const WHOLE = [policy(['CREATE', 'UPDATE']), binding('Deny')]

const told = (findings: readonly {variant: string; severity: string; severityWhenActive: string | null; object: {name: string}}[]): string[] =>
  findings.map(({variant, severity, severityWhenActive, object: {name}}) => `${severityWhenActive === null ? severity : `latent ${severityWhenActive}`} ${variant} ${name}`)

describe('deny-service-external-ips', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: string | null}[] = [
    {name: 'on', objects: [ON], tells: []},
    {name: 'off', objects: [OFF], tells: ['medium off kube-apiserver']},
    {name: 'on in one of two', objects: [ON, other(OFF)], tells: ['medium partly kube-apiserver']},
    {name: 'off, and a whole policy in its place', objects: [OFF, ...WHOLE], tells: ['info replaced kube-apiserver']},
    {name: 'off, and kube-proxy ignores the field', objects: [OFF, kubeProxyConfig('featureGates: {AllowServiceExternalIPs: false}\n'), KUBE_PROXY], tells: ['info replaced kube-apiserver']},
    {name: 'off, and Cilium, which refuses nothing and takes addresses of nodes', objects: [OFF, ...CILIUM], tells: ['medium off kube-apiserver']},
    {name: 'off, and a policy with a gap', objects: [OFF, policy(['CREATE']), binding('Deny')], tells: ['medium off kube-apiserver']},
    {name: 'no road open: unknown, never off', objects: [], tells: [], skip: 'not-observable'},
    {name: 'a provider\'s list is no look at this cluster', objects: [node('n', '10.0.0.1', {kubelet: 'v1.30.2-eks-1'})], tells: [], skip: 'not-observable'},
    {name: 'forbidden roads do not make the audit incomplete', objects: [], outcomes: {flagz: 'forbidden', metrics: 'forbidden'}, tells: [], skip: 'not-observable'},
  ]
  for (const {name, objects, outcomes = {}, tells, skip = null} of rows) {
    it(name, async () => {
      const ran = await runChecks([denyServiceExternalIPsCheck], {objects, outcomes})
      expect(told(ran.findings)).to.deep.equal(tells)
      expect(ran.skips['deny-service-external-ips']).to.equal(skip)
    })
  }
  it('says what shows it', async () => {
    const said = async (...objects: KubeObject[]): Promise<string | undefined> => (await runChecks([denyServiceExternalIPsCheck], {objects})).findings[0]?.message
    expect(await said(OFF)).to.equal('DenyServiceExternalIPs is off (the API server pods: 0 of 1 instance names the plugin).')
    expect(await said(ON, other(OFF))).to.match(/on, in every API server \(the API server pods: 1 of 2 instances name the plugin\)\.$/)
    expect(await said(OFF, ...WHOLE)).to.match(/; ValidatingAdmissionPolicy no-external-ips refuses new external IPs\.$/)
  })
  it('there is no such plugin before 1.21', async () => {
    expect((await runChecks([denyServiceExternalIPsCheck], {objects: [OFF], minor: 20})).notApplicable['deny-service-external-ips']).to.match(/from 1\.21 on/)
  })
  it('there is none any more from 1.46 on, and nobody is told to name it', async () => {
    const at = (minor: number): Promise<Ran> => runChecks([denyServiceExternalIPsCheck], {objects: [OFF], minor})
    expect((await at(46)).notApplicable['deny-service-external-ips']).to.match(/1\.45/)
    expect(told((await at(45)).findings)).to.deep.equal(['medium off kube-apiserver'])
  })
  it('the flags of a managed control plane are the provider\'s', async () => {
    const {findings} = await runChecks([denyServiceExternalIPsCheck], {objects: [OFF, node('n', '10.0.0.1', {kubelet: 'v1.30.2-eks-1'})]})
    expect(findings[0]?.fixableBy).to.equal('provider')
  })
})

describe('external-ip-blocker-gap', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: string | null}[] = [
    {name: 'no policy', objects: [OFF], tells: []},
    {name: 'a whole one', objects: [OFF, ...WHOLE], tells: []},
    {name: 'Cilium, which takes addresses of nodes', objects: [OFF, ...CILIUM], tells: ['medium gap cilium-config']},
    {name: 'no UPDATE', objects: [OFF, policy(['CREATE']), binding('Deny')], tells: ['medium gap no-external-ips']},
    {name: 'only audited', objects: [OFF, policy(['CREATE', 'UPDATE']), binding('Audit')], tells: ['medium auditing no-external-ips']},
    {name: 'no binding', objects: [OFF, policy(['CREATE', 'UPDATE'])], tells: ['low inert no-external-ips']},
    {name: 'the plugin is on: its gaps do not matter', objects: [ON, policy(['CREATE']), binding('Deny')], tells: []},
    {name: 'policies forbidden', objects: [OFF], outcomes: {validatingadmissionpolicies: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'Gatekeeper not installed', objects: [OFF], outcomes: {k8sexternalips: 'not-served', constrainttemplates: 'not-served'}, tells: []},
  ]
  for (const {name, objects, outcomes = {}, tells, skip = null} of rows) {
    it(name, async () => {
      const ran = await runChecks([externalIPBlockerGap], {objects, outcomes})
      expect(told(ran.findings)).to.deep.equal(tells)
      expect(ran.skips['external-ip-blocker-gap']).to.equal(skip)
    })
  }
  it('says what each does, on its road', async () => {
    const said = async (...objects: KubeObject[]): Promise<(string | undefined)[]> => (await runChecks([externalIPBlockerGap], {objects: [OFF, ...objects]})).findings.map(({message}) => message)
    const STATUS = {...policy(['UPDATE']), spec: {failurePolicy: 'Ignore', validations: [{expression: '!has(object.status.loadBalancer.ingress)'}], matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['services/status']}]}}} as unknown as KubeObject
    expect((await said(policy(['CREATE']), binding('Deny')))[0]).to.match(/^ValidatingAdmissionPolicy no-external-ips refuses new external IPs, but not always: UPDATE is not matched/)
    expect((await said(STATUS, binding('Deny')))[0]).to.match(/ refuses new addresses in services\/status, but not always: /)
    expect((await said(...CILIUM))[0]).to.match(/^cilium cilium-config keeps traffic away from external IPs, but not always: an address of a node is taken all the same/)
  })
  it('rules that cannot be read are neither a protection nor none', async () => {
    const odd = policy(['CREATE', 'UPDATE'])
    const ran = await runChecks([externalIPBlockerGap], {objects: [OFF, {...odd, spec: {...(odd['spec'] as object), validations: [{expression: 'object.spec.externalIPs.size() < 3'}]}} as unknown as KubeObject, binding('Deny')]})
    expect([told(ran.findings), ran.skips['external-ip-blocker-gap']]).to.deep.equal([[], 'not-observable'])
  })
})

describe('external-ip-deprecation', () => {
  const run = (objects: readonly KubeObject[], minor = 36): ReturnType<typeof runChecks> => runChecks([externalIPDeprecation], {objects, minor}, [externalIPUpgrade])
  const user = service('shop/vip', {ips: ['8.8.8.8']})

  it('a Service that uses the field, long before', async () => {
    const ran = await run([user, service('shop/none'), service('shop/headless', {ips: ['8.8.8.8'], clusterIP: 'None'})])
    expect(told(ran.findings)).to.deep.equal(['latent medium goes-dark vip'])
    expect(ran.findings[0]?.message).to.match(/in 1\.40 \(tentative\), without an error/)
    expect(ran.fact(externalIPUpgrade)).to.deep.equal([
      {release: 'v1.40', isTentative: true, text: '1 Service with external IPs goes dark: kube-proxy stops serving the field, and the API shows nothing of it'},
      {release: 'v1.43', isTentative: true, text: '1 Service with external IPs: the gate that brings them back is gone'},
    ])
  })
  it('promises nothing of Cilium in the place of kube-proxy', async () => {
    const ran = await run([user, ...CILIUM])
    expect(ran.findings.map(({message}) => message)).to.deep.equal(['kube-proxy stops serving its external IP in 1.40 (tentative); Cilium does its work here, and what it does then is not known.'])
    expect(ran.fact(externalIPUpgrade)[0]?.text).to.equal('kube-proxy stops serving the external IPs that 1 Service has; what Cilium in its place does then is not known')
  })
  it('it is dark where the gate is off', async () => {
    expect(told((await run([user, kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n'), KUBE_PROXY])).findings)).to.deep.equal(['medium goes-dark vip'])
  })
  it('not where kube-proxy left its configuration behind', async () => {
    expect(told((await run([user, kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n')])).findings)).to.deep.equal(['latent medium goes-dark vip'])
  })
  it('and where every node is of a release that ignores it, kube-proxy being three releases older at most', async () => {
    const at = async (kubelet: string, ...others: KubeObject[]): Promise<string[]> => told((await run([user, node('n', '10.0.0.1', {kubelet}), ...others], 43)).findings)
    expect(await at('v1.43.0', KUBE_PROXY)).to.deep.equal(['medium goes-dark vip'])
    expect(await at('v1.42.0', KUBE_PROXY)).to.deep.equal(['latent medium goes-dark vip'])
    expect(await at('v1.43.0')).to.deep.equal(['latent medium goes-dark vip'])
    // Inside the program of the distribution both are of one release.
    expect(await at('v1.40.0+k3s1')).to.deep.equal(['medium goes-dark vip'])
  })
  it('not while one node still serves it', async () => {
    expect(told((await run([user, KUBE_PROXY, node('n', '10.0.0.1', {kubelet: 'v1.42.0'}), node('m', '10.0.0.2', {kubelet: 'v1.43.0'})], 43)).findings)).to.deep.equal(['latent medium goes-dark vip'])
  })
  it('the plugin that will be removed', async () => {
    const ran = await run([ON])
    expect(told(ran.findings)).to.deep.equal(['latent low plugin-flag kube-apiserver'])
    expect(ran.fact(externalIPUpgrade).map(({release}) => release)).to.deep.equal(['v1.46'])
  })
  it('counts the API server that answers at /flagz and has a pod once', async () => {
    const flagz = {apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags: {'enable-admission-plugins': '[DenyServiceExternalIPs]'}} as unknown as KubeObject
    const counts = async (objects: readonly KubeObject[]): Promise<number[]> => (await runChecks([externalIPDeprecation], {objects, minor: 36, endpoints: {flagz}})).findings.map(({count}) => count)
    expect([await counts([]), await counts([ON]), await counts([ON, other(ON)])]).to.deep.equal([[1], [1], [2]])
  })
  it('the plugin where it is gone: such a server does not start', async () => {
    expect(told((await run([ON], 45)).findings)).to.deep.equal(['latent low plugin-flag kube-apiserver'])
    expect(told((await run([ON], 46)).findings)).to.deep.equal(['low plugin-flag kube-apiserver'])
  })
  it('nothing in use, nothing to say', async () => {
    const ran = await run([service('shop/none')])
    expect([ran.findings, ran.fact(externalIPUpgrade)]).to.deep.equal([[], []])
  })
})

describe('the verdict on external IPs needs both halves', () => {
  const EDIT = [clusterRole('edit', ['services']), grant('shop/dev', 'edit', {kind: 'User', name: 'dev'})]
  const LB = [clusterRole('lb', ['services/status'], ['patch'])]
  const CONTROLLER = grant('lb', 'lb', {kind: 'ServiceAccount', name: 'controller', namespace: 'metallb-system'})
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; verdict: string}[] = [
    {name: 'nothing in the way and somebody may', objects: [OFF, ...EDIT], verdict: 'open'},
    {name: 'nothing in the way and nobody may', objects: [OFF], verdict: 'closed'},
    {name: 'nothing in the way, and who may is not told by RBAC alone', objects: [apiServerPod('--authorization-mode=Node,RBAC,Webhook')], verdict: 'unknown'},
    {name: 'nothing in the way, and a cloud decides who may', objects: [node('n', '10.0.0.1', {kubelet: 'v1.30.2-eks-1'})], verdict: 'unknown'},
    {name: 'nothing in the way, and somebody may, whatever else decides', objects: [OFF, ...EDIT, node('n', '10.0.0.1', {kubelet: 'v1.30.2-eks-1'})], verdict: 'open'},
    {name: 'closed on one road, nobody on the other', objects: [ON, ...EDIT], verdict: 'closed'},
    {name: 'closed on one road, a controller on the other', objects: [ON, ...EDIT, ...LB, CONTROLLER], verdict: 'closed'},
    {name: 'closed on one road, somebody on the other', objects: [ON, ...EDIT, ...LB, grant('x', 'lb', {kind: 'User', name: 'dev'})], verdict: 'open'},
    {name: 'nobody knows what is in the way', objects: EDIT, verdict: 'unknown'},
    {name: 'a policy with a gap', objects: [OFF, ...EDIT, policy(['CREATE']), binding('Deny')], verdict: 'partly'},
    {name: 'roles forbidden', objects: [OFF], outcomes: {rolebindings: 'forbidden'}, verdict: 'unknown'},
    {name: 'roles forbidden, and what was read is enough', objects: [OFF, ...EDIT], outcomes: {roles: 'forbidden'}, verdict: 'open'},
    {name: 'kube-proxy ignores the field', objects: [OFF, ...EDIT, kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n'), KUBE_PROXY], verdict: 'latent'},
    {name: 'kube-proxy left its configuration behind', objects: [OFF, ...EDIT, kubeProxyConfig('featureGates:\n  AllowServiceExternalIPs: false\n')], verdict: 'open'},
    {name: 'Cilium leaves all but addresses of nodes alone', objects: [OFF, ...EDIT, ...CILIUM], verdict: 'partly'},
  ]
  for (const {name, objects, outcomes = {}, verdict} of rows) {
    it(name, async () => expect((await runChecks([], {objects, outcomes}, [externalIPVerdict])).fact(externalIPVerdict)).to.equal(verdict))
  }
})
