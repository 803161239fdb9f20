import {expect} from 'chai'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {parseAllDocuments} from 'yaml'
import type {Fix, FixTarget} from '../../src/admission/external-ip-fix/fix.js'
import {blockOf} from '../../src/admission/external-ip-fix/allowed-blocks.js'
import type {RoadsInfo} from '../../src/admission/external-ip-roads.js'
import {externalIPRoads} from '../../src/admission/external-ip-roads.js'
import {SPEC_TARGET, STATUS_TARGET, shapeOf} from '../../src/admission/cel-shapes.js'
import {fixedServerVersion, serverVersion} from '../../src/audit/server-version.js'
import {fixExternalIPs} from '../../src/flows/fix-external-ips.js'
import type {KubeObject} from '../../src/kube/json.js'
import {fixText} from '../../src/report/external-ip-fix.js'
import {factOf, object} from '../support/declared-facts.js'
import type {DeclaredCluster} from '../support/declared-source.js'
import {declaredSource} from '../support/declared-source.js'

const RBAC = 'rbac.authorization.k8s.io/v1'
const grant = (name: string, ...subjects: object[]): KubeObject[] => [
  object(RBAC, 'ClusterRole', name, {rules: [{apiGroups: [''], resources: ['services/status'], verbs: ['patch']}]}),
  object(RBAC, 'ClusterRoleBinding', name, {roleRef: {kind: 'ClusterRole', name}, subjects}),
]
const METALLB = {kind: 'ServiceAccount', namespace: 'metallb-system', name: 'controller'}
const vip = object('v1', 'Service', 'payments/vip', {spec: {externalIPs: ['203.0.113.7', '2001:db8::7']}})
const balanced = object('v1', 'Service', 'payments/web', {spec: {type: 'LoadBalancer'}, status: {loadBalancer: {ingress: [{ip: '198.51.100.1'}]}}})
const writtenBy = (manager: string): KubeObject => ({
  ...balanced, metadata: {name: 'web', namespace: 'payments', managedFields: [{manager: 'kubectl', fieldsV1: {'f:spec': {}}}, {manager, subresource: 'status', fieldsV1: {'f:status': {'f:loadBalancer': {'f:ingress': {}}}}}]},
})
const OWN_USER = '"system:serviceaccount:kube-system:service-controller"'
/** As every API server writes it when it starts. */
const OWN_GRANT = grant('system:controller:service-controller', {kind: 'ServiceAccount', namespace: 'kube-system', name: 'service-controller'})
  .map(one => ({...one, metadata: {...one['metadata'] as object, labels: {'kubernetes.io/bootstrapping': 'rbac-defaults'}}}) as unknown as KubeObject)
const apiServer = (name: string, ...flags: string[]): KubeObject => object('v1', 'Pod', `kube-system/${name}`, {
  labels: {component: 'kube-apiserver'}, spec: {containers: [{name: 'kube-apiserver', image: 'registry.k8s.io/kube-apiserver:v1.33.1', command: ['kube-apiserver', ...flags]}]},
})
const webhook = (...resources: string[]): KubeObject => object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'gatekeeper', {
  webhooks: [{name: 'validation.gatekeeper.sh', failurePolicy: 'Ignore', rules: [{apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources}]}],
})

const CLUSTER: DeclaredCluster = {objects: [vip, balanced, ...grant('lb', METALLB), ...grant('others', {kind: 'User', name: 'bob'}), apiServer('kube-apiserver-cp1', '--enable-admission-plugins=NodeRestriction,PodNodeSelector'), webhook('*', 'services/status')]}

interface Asked extends DeclaredCluster {
  minor?: number | null
  allow?: readonly string[]
  controllers?: readonly string[]
}

function fixOf(target: FixTarget, {minor = 33, allow = [], controllers = [], ...cluster}: Asked = CLUSTER): Promise<Fix> {
  const version = minor === null ? serverVersion : fixedServerVersion(`1.${minor}`)!
  return fixExternalIPs({target, version, controllers, allow: allow.map(text => blockOf(text)!)}, {source: declaredSource(cluster), onRead: () => undefined})
}

const bodies = (fix: Fix): Record<string, any>[] => fix.documents.map(({body}) => body as Record<string, any>) // oxlint-disable-line typescript/no-explicit-any
const flagLines = ({documents}: Fix): string[] => documents.flatMap(({body}) => String(body).split('\n'))

describe('external-ips fix', () => {
  const goldens: {file: string; target: FixTarget; asked?: Asked}[] = [
    {file: 'deny-plugin', target: 'deny-plugin'},
    {file: 'vap', target: 'vap'},
    {file: 'vap-old-with-blocks', target: 'vap', asked: {...CLUSTER, minor: 29, allow: ['192.0.2.0/24', '198.51.100.9', '2001:db8::/64'], controllers: ['kube-lb']}},
    {file: 'gatekeeper', target: 'gatekeeper', asked: {...CLUSTER, allow: ['192.0.2.0/24']}},
    {file: 'kyverno', target: 'kyverno'},
    {file: 'kyverno-old', target: 'kyverno', asked: {...CLUSTER, unread: {validatingpolicies: 'not-served'}, allow: ['192.0.2.0/24']}},
    {file: 'vap-nothing-to-apply', target: 'vap', asked: {...CLUSTER, minor: 24}},
  ]
  for (const {file, target, asked} of goldens)
    it(`prints what ${file}.yaml says`, async () => {
      const text = fixText(await fixOf(target, asked))
      const golden = `test/flows/fix-external-ips/${file}.yaml`
      const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
      if (isUpdate) {
        mkdirSync('test/flows/fix-external-ips', {recursive: true})
        writeFileSync(golden, text)
      }
      expect(isUpdate, 'golden file rewritten: read the diff, then run without UPDATE_GOLDEN').to.equal(false)
      expect(text).to.equal(readFileSync(golden, 'utf8'))
    })

  for (const target of ['vap', 'gatekeeper', 'kyverno'] as const)
    it(`prints YAML for ${target} that is the objects, each under a comment of its own`, async () => {
      const fix = await fixOf(target, {...CLUSTER, allow: ['192.0.2.0/24']})
      const text = fixText(fix)
      expect(parseAllDocuments(text).map(document => document.toJS() as object)).to.deep.equal(bodies(fix))
      for (const part of text.split('---\n')) expect(part).to.match(/^# [^]*# What it does: [^]*# What it does not close:[^]*# To undo: |^# What it does: [^]*# What it does not close:[^]*# To undo: /)
    })

  it('reads no row that it has no use for', async () => {
    const rows = async (target: FixTarget): Promise<string[]> => {
      const source = declaredSource(CLUSTER)
      await fixExternalIPs({target, version: serverVersion, controllers: [], allow: []}, {source, onRead: () => undefined})
      return source.asked
    }
    expect(await rows('deny-plugin')).to.not.include.members(['clusterroles'])
    for (const target of ['deny-plugin', 'vap', 'gatekeeper', 'kyverno'] as const) expect(await rows(target), target).to.not.include('pods')
  })

  it('cannot be made to print a line of its own by a name in the cluster', async () => {
    const fix = await fixOf('vap', {objects: [
      object('v1', 'Service', 'a/b', {spec: {externalIPs: ['203.0.113.7\nkind: Evil']}}), ...grant('x', {kind: 'User', name: 'eve\n---\nkind: Evil'}, METALLB),
    ]})
    const lines = fixText(fix).split('\n')
    expect(lines.filter(line => /Evil/.test(line)).every(line => line.startsWith('# '))).to.equal(true)
    expect(lines.join('\n')).to.include('Evil')
  })
})

describe('external-ips fix --to vap', () => {
  it('prints rules that an audit knows to refuse', async () => {
    const [spec, , status] = bodies(await fixOf('vap'))
    expect(shapeOf(spec!['spec'].validations[0].expression, SPEC_TARGET).kind).to.equal('denies')
    expect(shapeOf(status!['spec'].validations[0].expression, STATUS_TARGET).kind).to.equal('denies')
  })

  const versions: {name: string; asked: Asked; apiVersion: string | null; warning?: RegExp}[] = [
    {name: '1.27', asked: {...CLUSTER, minor: 27}, apiVersion: null, warning: /^not on this server: 1\.27 has no/},
    {name: '1.28', asked: {...CLUSTER, minor: 28}, apiVersion: 'v1beta1', warning: /1\.28 evaluates .*feature-gates/},
    {name: '1.29 that does not serve it', asked: {...CLUSTER, minor: 29, unread: {validatingadmissionpolicies: 'not-served'}}, apiVersion: null, warning: /--runtime-config=/},
    {name: '1.30', asked: {...CLUSTER, minor: 30}, apiVersion: 'v1'},
    {name: '1.30 that does not serve it', asked: {...CLUSTER, minor: 30, unread: {validatingadmissionpolicies: 'not-served'}}, apiVersion: null, warning: /does not serve/},
    {name: 'who may not list policies', asked: {...CLUSTER, unread: {validatingadmissionpolicies: 'forbidden'}}, apiVersion: 'v1'},
    {name: 'a version that nothing tells', asked: {objects: grant('lb', METALLB), minor: null}, apiVersion: 'v1', warning: /version of the API server is not known/},
    {name: 'the plugin switched off', asked: {objects: [apiServer('a', '--disable-admission-plugins=ValidatingAdmissionPolicy')]}, apiVersion: null, warning: /switched off/},
    {name: 'the plugin switched off in one place', asked: {objects: [apiServer('a', '--disable-admission-plugins=ValidatingAdmissionPolicy'), apiServer('b')]}, apiVersion: 'v1', warning: /an API server has .* switched off/},
  ]
  for (const {name, asked, apiVersion, warning} of versions)
    it(`answers for ${name}`, async () => {
      const fix = await fixOf('vap', asked)
      const apiVersions = new Set(bodies(fix).map(body => body['apiVersion']))
      expect([...apiVersions]).to.deep.equal(apiVersion === null ? [] : [`admissionregistration.k8s.io/${apiVersion}`])
      if (warning === undefined) expect(fix.warnings).to.deep.equal([])
      else expect(fix.warnings.join('\n')).to.match(warning)
    })

  const writers: {name: string; objects: readonly KubeObject[]; unread?: DeclaredCluster['unread']; controllers?: string[]; users: string | null; warning?: RegExp; text?: RegExp}[] = [
    {name: 'the recognised one', objects: grant('lb', METALLB), users: '"system:serviceaccount:metallb-system:controller"'},
    {name: 'one that is named besides', objects: grant('lb', METALLB), controllers: ['kube-lb'], users: '"kube-lb",\n  "system:serviceaccount:metallb-system:controller"'},
    {name: 'a name with quotes and other letters', objects: [], controllers: ['o\'k"é'], users: '"o\'k\\"\\u00e9"'},
    {name: 'nobody', objects: grant('lb', {kind: 'User', name: 'bob'}), users: null, text: /refused from now on: user bob/},
    {name: 'an account in what can be no namespace', objects: grant('lb', {kind: 'ServiceAccount', namespace: 'a b', name: 'metallb-controller'}), users: null},
    {name: 'somebody who cannot be seen, where load balancers have addresses', objects: [balanced], users: null, warning: /1 Service has a load-balancer address .* name it with --controller/},
    {name: 'somebody who cannot be seen, and is named', objects: [balanced], controllers: ['kube-lb'], users: '"kube-lb"'},
    {name: 'Kubernetes\' own, which has its grant everywhere', objects: OWN_GRANT, users: OWN_USER},
    {name: 'Kubernetes\' own, where somebody else wrote', objects: [...OWN_GRANT, writtenBy('cloud-thing')], users: OWN_USER, warning: /somebody wrote \(it called itself cloud-thing\)/},
    {name: 'Kubernetes\' own, where nothing tells who wrote', objects: [...OWN_GRANT, balanced], users: OWN_USER, warning: /somebody wrote, and no account/},
    {name: 'Kubernetes\' own, which wrote', objects: [...OWN_GRANT, writtenBy('kube-controller-manager')], users: OWN_USER},
    {name: 'who may not be read', objects: grant('lb', METALLB), unread: {rolebindings: 'forbidden'}, users: '"system:serviceaccount:metallb-system:controller"', warning: /rolebindings \(forbidden\)/},
    {name: 'nobody, and Services unread', objects: [], unread: {services: 'forbidden'}, users: null, warning: /services: forbidden[^]*could not be read \(forbidden\)/},
  ]
  for (const {name, objects, unread = {}, controllers = [], users, warning, text} of writers)
    it(`lets through ${name}`, async () => {
      const fix = await fixOf('vap', {objects, unread, controllers})
      const status = bodies(fix)[2]!['spec']
      expect(status.matchConditions?.[0].expression ?? null).to.equal(users === null ? null : `!(request.userInfo.username in [\n  ${users}\n])`)
      if (warning === undefined) expect(fix.warnings).to.deep.equal([])
      else expect(fix.warnings.join('\n')).to.match(warning)
      if (text !== undefined) expect(fix.documents[2]?.leavesOpen.join('\n')).to.match(text)
    })
})

describe('an audit after external-ips fix --to vap', () => {
  const audited = async (asked: Asked): Promise<RoadsInfo> => factOf(externalIPRoads, {objects: bodies(await fixOf('vap', asked)) as KubeObject[]})

  const rows: {name: string; asked: Asked; blocked: readonly string[]; gaps: readonly RegExp[]}[] = [
    {name: 'finds both roads blocked', asked: {objects: []}, blocked: ['yes', 'yes'], gaps: []},
    {name: 'finds nothing in the recognised controllers', asked: CLUSTER, blocked: ['yes', 'yes'], gaps: []},
    {name: 'says who else gets through', asked: {...CLUSTER, controllers: ['kube-lb']}, blocked: ['yes', 'partly'], gaps: [/let through whatever kube-lb does/]},
    {name: 'says which addresses get through', asked: {...CLUSTER, allow: ['192.0.2.0/24']}, blocked: ['partly', 'yes'], gaps: [/lets through 192\.0\.2\.0\/24/]},
  ]
  for (const {name, asked, blocked, gaps} of rows)
    it(name, async () => {
      const {spec, status} = await audited(asked)
      expect([spec.blocked, status.blocked]).to.deep.equal(blocked)
      const found = [...spec.gaps, ...status.gaps]
      expect(found, found.join()).to.have.lengthOf(gaps.length)
      for (const [index, gap] of gaps.entries()) expect(found[index]).to.match(gap)
    })
})

describe('external-ips fix --to deny-plugin', () => {
  const rows: {name: string; asked: Asked; lines: readonly string[]; warning?: RegExp; says?: RegExp}[] = [
    {name: 'keeps the list', asked: {objects: [apiServer('a', '--enable-admission-plugins=NodeRestriction,My')]}, lines: ['--enable-admission-plugins=NodeRestriction,My,DenyServiceExternalIPs']},
    {name: 'adds up a repeated flag', asked: {objects: [apiServer('a', '--enable-admission-plugins=A', '--enable-admission-plugins', 'B,A')]}, lines: ['--enable-admission-plugins=A,B,DenyServiceExternalIPs']},
    {name: 'starts a list where there is none', asked: {objects: [apiServer('a')]}, lines: ['--enable-admission-plugins=DenyServiceExternalIPs']},
    {name: 'has one line for each list', asked: {objects: [apiServer('a', '--enable-admission-plugins=A'), apiServer('b', '--enable-admission-plugins=B'), apiServer('c', '--enable-admission-plugins=A')]}, lines: ['--enable-admission-plugins=A,DenyServiceExternalIPs', '--enable-admission-plugins=B,DenyServiceExternalIPs'], says: /of a, c:/},
    {name: 'takes it out of the other list', asked: {objects: [apiServer('a', '--disable-admission-plugins=DenyServiceExternalIPs,PodNodeSelector')]}, lines: ['--enable-admission-plugins=DenyServiceExternalIPs', '--disable-admission-plugins=PodNodeSelector'], says: /does not start with a name in both lists/},
    {name: 'says that a list with nothing else goes away', asked: {objects: [apiServer('a', '--disable-admission-plugins=DenyServiceExternalIPs')]}, lines: ['--enable-admission-plugins=DenyServiceExternalIPs'], says: /take --disable-admission-plugins=DenyServiceExternalIPs away/},
    {name: 'says nothing to do where it is on', asked: {objects: [apiServer('a', '--enable-admission-plugins=DenyServiceExternalIPs')]}, lines: [], says: /on already/},
    {name: 'goes on where it is on in one place', asked: {objects: [apiServer('a', '--enable-admission-plugins=DenyServiceExternalIPs'), apiServer('b')]}, lines: ['--enable-admission-plugins=DenyServiceExternalIPs']},
    {name: 'does not guess at a list that is not there', asked: {objects: []}, lines: ['--enable-admission-plugins=<the plugins that stand there>,DenyServiceExternalIPs'], warning: /could not be read \(no API server pods\)/},
    {name: 'does not guess at a list that may not be read', asked: {objects: [], unread: {'control-plane-pods': 'forbidden'}}, lines: ['--enable-admission-plugins=<the plugins that stand there>,DenyServiceExternalIPs'], warning: /forbidden/},
    {name: 'says that flags from the environment cannot be told', asked: {objects: [apiServer('a', '--enable-admission-plugins=A'), apiServer('b', '--enable-admission-plugins=$(LIST)')]}, lines: ['--enable-admission-plugins=A,DenyServiceExternalIPs'], warning: /the flags of b cannot be told/},
    {name: 'prints no line beside the older flag', asked: {objects: [apiServer('a', '--admission-control=A,B')]}, lines: [], warning: /a uses the older flag --admission-control/},
    {name: 'is too new for 1.20', asked: {objects: [apiServer('a')], minor: 20}, lines: [], warning: /1\.20 has no DenyServiceExternalIPs/},
    {name: 'is taken out of 1.46', asked: {objects: [apiServer('a')], minor: 46}, lines: ['--enable-admission-plugins=DenyServiceExternalIPs'], warning: /this server is 1\.46/},
    {name: 'is the provider\'s on EKS', asked: {objects: [object('v1', 'Node', 'n', {labels: {'eks.amazonaws.com/nodegroup': 'a'}})]}, lines: [], warning: /EKS has no way/},
    {name: 'has a place on k3s', asked: {objects: [object('v1', 'Node', 'n', {status: {nodeInfo: {kubeletVersion: 'v1.33.1+k3s1'}}})]}, lines: ['--enable-admission-plugins=<the plugins that stand there>,DenyServiceExternalIPs'], warning: /could not be read/, says: /kube-apiserver-arg/},
  ]
  for (const {name, asked, lines, warning, says} of rows)
    it(name, async () => {
      const fix = await fixOf('deny-plugin', asked)
      expect(flagLines(fix)).to.deep.equal(lines)
      if (warning === undefined) expect(fix.warnings).to.deep.equal([])
      else expect(fix.warnings.join('\n')).to.match(warning)
      if (says !== undefined) expect(fixText(fix).replace(/\n# +/g, ' ')).to.match(says)
    })
})

describe('external-ips fix --to gatekeeper and kyverno', () => {
  const webhooks: {name: string; objects: readonly KubeObject[]; unread?: DeclaredCluster['unread']; warning?: RegExp}[] = [
    {name: 'a webhook that gets both', objects: [webhook('*', 'services/status')]},
    {name: 'a webhook without the status', objects: [webhook('*')], warning: /does not get services\/status/},
    {name: 'no webhook', objects: [], warning: /no webhook brings/},
    {name: 'webhooks that may not be read', objects: [webhook('*', 'services/status')], unread: {validatingwebhookconfigurations: 'forbidden'}, warning: /could not be read/},
    {name: 'no Gatekeeper', objects: [], unread: {constrainttemplates: 'not-served'}, warning: /not installed here/},
  ]
  for (const {name, objects, unread = {}, warning} of webhooks)
    it(`Gatekeeper: ${name}`, async () => {
      const fix = await fixOf('gatekeeper', {objects, unread})
      expect(fix.documents).to.have.lengthOf(2)
      if (warning === undefined) expect(fix.warnings).to.deep.equal([])
      else expect(fix.warnings.join('\n')).to.match(warning)
    })

  const version = (text: string): KubeObject => object('apps/v1', 'Deployment', 'kyverno/kyverno-admission-controller', {labels: {'app.kubernetes.io/part-of': 'kyverno', 'app.kubernetes.io/version': text}})
  const generations: {name: string; objects?: readonly KubeObject[]; unread?: DeclaredCluster['unread']; kind: string; warning?: RegExp}[] = [
    {name: '1.19', objects: [version('v1.19.1')], kind: 'policies.kyverno.io/v1 ValidatingPolicy'},
    {name: '1.16', objects: [version('1.16.0')], kind: 'policies.kyverno.io/v1beta1 ValidatingPolicy'},
    {name: '1.14', objects: [version('1.14.4')], kind: 'policies.kyverno.io/v1alpha1 ValidatingPolicy'},
    {name: '1.12', objects: [version('1.12.5')], unread: {validatingpolicies: 'not-served'}, kind: 'kyverno.io/v1 ClusterPolicy'},
    {name: '1.10', objects: [version('1.10.1')], unread: {validatingpolicies: 'not-served'}, kind: 'kyverno.io/v1 ClusterPolicy', warning: /has no CEL/},
    {name: 'of an unknown version', kind: 'policies.kyverno.io/v1 ValidatingPolicy', warning: /version of Kyverno is not known/},
    {name: 'absent', unread: {validatingpolicies: 'not-served', clusterpolicies: 'not-served'}, kind: 'policies.kyverno.io/v1 ValidatingPolicy', warning: /not installed here/},
    {name: 'in files that do not tell', unread: {validatingpolicies: 'not-in-input', clusterpolicies: 'not-in-input'}, kind: 'policies.kyverno.io/v1 ValidatingPolicy', warning: /not known \(not-in-input\)/},
  ]
  for (const {name, objects = [], unread = {}, kind, warning} of generations)
    it(`Kyverno ${name}`, async () => {
      const fix = await fixOf('kyverno', {objects, unread})
      expect([...new Set(bodies(fix).map(body => `${body['apiVersion']} ${body['kind']}`))]).to.deep.equal([kind])
      if (warning === undefined) expect(fix.warnings).to.deep.equal([])
      else expect(fix.warnings.join('\n')).to.match(warning)
    })

  it('gives a Kyverno before 1.13 no field that it does not know', async () => {
    const rules = async (text: string): Promise<object> => bodies(await fixOf('kyverno', {objects: [version(text)], unread: {validatingpolicies: 'not-served'}}))[0]!['spec'].rules[0].validate as object
    expect(await rules('1.12.5')).to.not.have.any.keys('failureAction', 'allowExistingViolations')
    expect(await rules('1.13.4')).to.include({failureAction: 'Enforce', allowExistingViolations: false})
  })
})
