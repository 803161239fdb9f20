import {expect} from 'chai'
import type {Finding} from '../../../src/audit/finding.js'
import {noPodEnforcement} from '../../../src/checks/pod-security/no-pod-enforcement.js'
import {podSecurityLabelInvalid} from '../../../src/checks/pod-security/pod-security-label-invalid.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {LabelledNamespace} from '../../../src/pod-security/namespace-levels.js'
import {namespaceLevels} from '../../../src/pod-security/namespace-levels.js'
import {podSecurityVerdict} from '../../../src/admission/pod-security/verdict.js'
import type {Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const P = 'pod-security.kubernetes.io/'
const namespace = (name: string, labels: Record<string, string> = {}): object => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}})
const pod = (namespaceName: string, name: string, more: {phase?: string; psp?: string} = {}): object => ({
  apiVersion: 'v1', kind: 'Pod', metadata: {namespace: namespaceName, name, ...(more.psp === undefined ? {} : {annotations: {'kubernetes.io/psp': more.psp}})}, status: {phase: more.phase ?? 'Running'},
})
let servers = 0
const apiServer = (...flags: string[]): object => ({
  apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'kube-system', name: `kube-apiserver-${++servers}`, labels: {component: 'kube-apiserver'}}, status: {phase: 'Running'},
  spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', ...flags]}]},
})
const admissionConfig = (rest: object): KubeObject => ({
  apiVersion: 'k121.dev/v1', kind: 'AdmissionConfig', file: 'psa.yaml',
  document: {apiVersion: 'pod-security.admission.config.k8s.io/v1beta1', kind: 'PodSecurityConfiguration', ...rest},
})
/** Every cluster has them; without them a list of namespaces is not whole. */
const EVERYWHERE = ['default', 'kube-system'].map(name => namespace(name, {[`${P}enforce`]: 'baseline'}))
const lines = (findings: readonly Finding[]): string[] => findings.map(({variant, severity, object, count}) => `${variant} ${severity} ${object.name} ×${count}`)

describe('no-pod-enforcement', () => {
  const ran = (objects: object[], more: object = {}): Promise<Ran> => runChecks([noPodEnforcement], {objects, ...more})

  it('names namespaces with pods where nothing is enforced', async () => {
    const {findings, skips} = await ran([
      namespace('open'), pod('open', 'a'), pod('open', 'b'), pod('open', 'done', {phase: 'Succeeded'}),
      namespace('closed', {[`${P}enforce`]: 'baseline'}), pod('closed', 'a'),
      namespace('invalid', {[`${P}enforce`]: 'Baseline'}), pod('invalid', 'a'),
      namespace('wished', {[`${P}enforce`]: 'privileged'}), pod('wished', 'a'),
      namespace('typo', {[`${P}enforced`]: 'baseline', [`${P}warn`]: 'restricted'}), pod('typo', 'a'),
      namespace('version', {[`${P}enforce-version`]: 'v1.29'}), pod('version', 'a'),
      namespace('empty'), namespace('finished'), pod('finished', 'a', {phase: 'Failed'}),
      namespace('kube-system'), pod('kube-system', 'a'),
    ])
    expect(lines(findings)).to.deep.equal(['system info kube-system ×1', 'unlabelled medium open ×2', 'unlabelled medium typo ×1', 'unlabelled medium version ×1', 'privileged low wished ×1'])
    expect(findings.find(({object}) => object.name === 'version')?.message).to.include('it has no enforce label')
    expect(findings.find(({object}) => object.name === 'typo')?.message).to.include('misspelt').and.include('warn=restricted')
    expect(skips['no-pod-enforcement']).to.equal(null)
  })

  it('says that labels do nothing where the plugin is switched off', async () => {
    const server = (name: string, flag: string): object => ({
      apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'kube-system', name, labels: {component: 'kube-apiserver'}}, status: {phase: 'Running'},
      spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', flag]}]},
    })
    const labelled = [namespace('a', {[`${P}enforce`]: 'restricted'}), pod('a', 'one'), namespace('kube-system', {[`${P}enforce`]: 'baseline'})]
    const off = await ran([...labelled, server('one', '--disable-admission-plugins=PodSecurity')])
    expect(lines(off.findings)).to.deep.equal(['plugin-off high kube-apiserver ×1'])
    const some = await ran([...labelled, server('one', '--disable-admission-plugins=PodSecurity'), server('two', '--v=2')])
    expect(some.findings[0]?.message).to.match(/^The flags of some API servers/)
    expect((await ran([...labelled, server('one', '--v=2')])).findings).to.deep.equal([])
  })

  it('says it too where a feature gate does that', async () => {
    const labelled = [namespace('a', {[`${P}enforce`]: 'restricted'}), pod('a', 'one')]
    const off = async (minor: number, ...flags: string[]): Promise<string[]> => lines((await ran([...labelled, apiServer(...flags)], {minor})).findings).filter(line => line.startsWith('plugin-off'))
    expect(await off(24, '--feature-gates=PodSecurity=false')).to.deep.equal(['plugin-off high kube-apiserver ×1'])
    expect(await off(23, '--feature-gates=X=true,AllBeta=false')).to.have.length(1)
    expect(await off(24, '--feature-gates=AllBeta=false', '--feature-gates=PodSecurity=true')).to.have.length(0)
    expect(await off(24, '--feature-gates=AllAlpha=false')).to.have.length(0)
    // Locked: a server that is given it does not start, so it is not the one that answers.
    expect(await off(25, '--feature-gates=AllBeta=false')).to.have.length(0)
  })

  it('takes the configuration of the API server in', async () => {
    const objects = [
      namespace('open'), pod('open', 'a'), namespace('labelled', {[`${P}enforce`]: 'restricted'}), pod('labelled', 'a'),
      namespace('looser', {[`${P}enforce`]: 'privileged'}), pod('looser', 'a'), namespace('kube-system'), pod('kube-system', 'a'),
    ]
    const config = admissionConfig({defaults: {enforce: 'baseline'}, exemptions: {namespaces: ['labelled', 'kube-system'], usernames: ['system:serviceaccount:kube-system:replicaset-controller', 'eve']}})
    const {findings} = await ran(objects, {endpoints: {'admission-config': config}})
    expect(lines(findings)).to.deep.equal(['exempt-controller high kube-apiserver ×1', 'system info kube-system ×1', 'exempt medium labelled ×1', 'privileged low looser ×1'])
    expect(findings[0]?.message).to.include('every pod of Deployments and ReplicaSets').and.include('by psa.yaml')
    expect(findings[2]?.message).to.match(/the API server's configuration exempts the namespace, whatever its labels say: 1 pod; all of it fits restricted; nothing else refuses what baseline refuses\.$/)
  })

  it('says what else may hold, and what distributions are known for', async () => {
    const objects = [namespace('open'), pod('open', 'a')]
    const node = {apiVersion: 'v1', kind: 'Node', metadata: {name: 'n'}, status: {nodeInfo: {osImage: 'Talos (v1.9.0)', kubeletVersion: 'v1.30.0'}}}
    const messageOf = async (rest: object[] = []): Promise<string | undefined> => (await ran([...objects, ...rest])).findings[0]?.message
    expect(await messageOf()).to.match(/; whether a default of the API server refuses it is not known\.$/)
    expect(await messageOf([node])).to.match(/; whether a default of the API server \(Talos sets baseline, and exempts kube-system\) refuses it is not known\.$/)
    expect(await messageOf([node, apiServer()])).to.match(/; nothing else refuses what baseline refuses\.$/)
    expect((await ran([...objects, apiServer()], {outcomes: {clusterpolicies: 'forbidden', validatingwebhookconfigurations: 'forbidden'}})).findings[0]?.message).to.match(/; whether .* refuses it is not known\.$/)
  })

  it('fires where a probe was let in against the level', async () => {
    const probe = (status: number, name = 'a'): KubeObject => ({apiVersion: 'k121.dev/v1', kind: 'PodSecurityProbe', namespace: name, status, message: status === 201 ? '' : 'pods "p" is forbidden: violates PodSecurity "baseline:latest": x', warnings: [], exemptions: {asked: true, answered: [], exempt: [], problem: 'no'}})
    const objects = [namespace('a', {[`${P}enforce`]: 'baseline'}), namespace('b', {[`${P}enforce`]: 'privileged'})]
    const linesOf = async (answer: KubeObject): Promise<string[]> => lines((await ran(objects, {endpoints: {'pod-security-probe': answer}})).findings)
    expect(await linesOf(probe(201))).to.deep.equal(['let-in high a ×1'])
    expect(await linesOf(probe(403))).to.deep.equal([])
    expect(await linesOf(probe(201, 'b'))).to.deep.equal([])
    expect((await runChecks([], {objects: [...EVERYWHERE, objects[0]!, apiServer()], endpoints: {'pod-security-probe': probe(201)}}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal('partly')
    const exempt = {...probe(201), exemptions: {asked: true, answered: ['a'], exempt: ['a'], problem: ''}}
    expect(await linesOf(exempt), 'what is exempt is let in').to.deep.equal([])
  })

  it('is not understood where the file is not that of the server', async () => {
    const objects = [namespace('open'), pod('open', 'a')]
    const config = admissionConfig({defaults: {enforce: 'baseline'}, apiVersion: 'pod-security.admission.config.k8s.io/v1'})
    const skipOf = async (more: object, rest: object[] = []): Promise<string | null | undefined> => (await ran([...objects, ...rest], {endpoints: {'admission-config': config}, ...more})).skips['no-pod-enforcement']
    expect(await skipOf({minor: 24})).to.equal('not-understood')
    expect(await skipOf({minor: 25})).to.equal(null)
    expect(await skipOf({}, [apiServer()])).to.equal('not-understood')
    expect(await skipOf({}, [apiServer('--admission-control-config-file=/etc/psa.yaml')])).to.equal(null)
    expect(await skipOf({}, [apiServer('--admission-control-config-file', '/etc/psa.yaml'), apiServer()])).to.equal('not-understood')
    expect(lines((await ran(objects, {endpoints: {'admission-config': config}, minor: 24})).findings), 'the built-in defaults are assumed').to.deep.equal(['unlabelled medium open ×1'])
  })

  it('says that a PodSecurityPolicy still decides', async () => {
    const {findings} = await ran([namespace('a'), pod('a', 'one', {psp: 'r'}), pod('a', 'two')], {minor: 24, outcomes: {podsecuritypolicies: 'forbidden'}})
    expect(findings[0]?.message).to.include('PodSecurityPolicy let 1 of them in')
    expect((await ran([namespace('a'), pod('a', 'one', {psp: 'r'})], {minor: 27})).findings[0]?.message).not.to.include('PodSecurityPolicy')
  })

  it('does not apply to OpenShift, nor before 1.23', async () => {
    const scc = {apiVersion: 'security.openshift.io/v1', kind: 'SecurityContextConstraints', metadata: {name: 'restricted'}}
    const openshift = await ran([scc, namespace('a'), pod('a', 'one')])
    expect(openshift.findings).to.deep.equal([])
    expect(openshift.notApplicable['no-pod-enforcement']).to.include('OpenShift')
    expect((await ran([namespace('a'), pod('a', 'one')], {minor: 22})).notApplicable['no-pod-enforcement']).to.include('1.22')
  })

  it('is skipped without pods, and says nothing of a namespace it could not read', async () => {
    const forbidden = await ran([namespace('a')], {outcomes: {pods: 'forbidden'}})
    expect([forbidden.findings, forbidden.skips['no-pod-enforcement']]).to.deep.equal([[], 'forbidden'])
    const odd = await ran([{...namespace('a'), metadata: {name: 'a', labels: {x: 1}}}, pod('a', 'one')])
    expect(odd.skips['no-pod-enforcement'], 'a namespace with odd labels').to.equal('not-understood')
  })
})

describe('pod-security-label-invalid', () => {
  const ran = (labels: Record<string, string>, minor: number | null = 30): Promise<Ran> => runChecks([podSecurityLabelInvalid], {objects: [namespace('a', labels)], minor})

  const rows: [string, Record<string, string>, string[]][] = [
    ['nothing', {[`${P}enforce`]: 'baseline', [`${P}enforce-version`]: 'v1.30'}, []],
    ['an invalid level', {[`${P}enforce`]: 'Baseline'}, ['invalid medium']],
    ['an invalid version', {[`${P}warn`]: 'baseline', [`${P}warn-version`]: '1.25'}, ['invalid medium']],
    ['a misspelt key', {[`${P}enforced`]: 'baseline'}, ['misspelt medium']],
    ['a version to come', {[`${P}audit-version`]: 'v1.31'}, ['newer-than-server low']],
    ['all three', {[`${P}enforce`]: 'x', [`${P}enforce-version`]: 'v1.31', [`${P}foo`]: 'y'}, ['invalid medium', 'newer-than-server low', 'misspelt medium']],
  ]
  for (const [name, labels, expected] of rows) {
    it(name, async () => expect((await ran(labels)).findings.map(({variant, severity}) => `${variant} ${severity}`)).to.deep.equal(expected))
  }

  it('names the label, what happens and what was meant', async () => {
    const [finding] = (await ran({[`${P}enforce`]: 'Baseline'})).findings
    expect(finding?.path).to.equal('metadata.labels["pod-security.kubernetes.io/enforce"]')
    expect(finding?.message).to.equal('pod-security.kubernetes.io/enforce=Baseline is no level: enforce is restricted; baseline was probably meant.')
  })

  it('compares no pinned version without a server version', async () => {
    expect((await ran({[`${P}enforce-version`]: 'v1.31'}, null)).skips['pod-security-label-invalid']).to.equal('not-in-input')
  })
})

describe('namespaceLevels', () => {
  const levels = async (objects: object[], more: object = {}): Promise<object[]> => (await runChecks([], {objects, ...more}, [namespaceLevels])).fact(namespaceLevels)

  it('counts pods, or says that it did not', async () => {
    const objects = [namespace('b', {[`${P}enforce`]: 'restricted'}), namespace('a'), pod('a', '1'), pod('a', '2', {phase: 'Failed'})]
    expect(await levels(objects)).to.containSubset([{name: 'a', pods: 1, enforce: {level: 'privileged', labels: 'absent'}}, {name: 'b', pods: 0, enforce: {level: 'restricted'}, warn: {level: 'restricted'}, fits: null}])
    expect(await levels(objects, {outcomes: {pods: 'forbidden'}})).to.containSubset([{name: 'a', pods: null}, {name: 'b', pods: null}])
  })

  it('says where a level comes from, and what is exempt', async () => {
    const objects = [namespace('a', {[`${P}enforce`]: 'restricted'}), namespace('b'), namespace('c', {[`${P}audit-version`]: 'v1.25', [`${P}enforce`]: 'baseline'})]
    const config = admissionConfig({defaults: {enforce: 'baseline', 'enforce-version': 'v1.28', audit: 'restricted'}, exemptions: {namespaces: ['c']}})
    const [a, b, c] = await levels(objects, {endpoints: {'admission-config': config}}) as {[field: string]: object}[]
    expect(a).to.deep.include({exempt: false, enforce: {level: 'restricted', version: 'v1.28', labels: 'valid', from: {level: 'label', version: 'default'}}, warn: {level: 'restricted', version: 'v1.28', labels: 'absent', from: {level: 'enforce', version: 'enforce'}}})
    expect(b).to.deep.include({exempt: false, enforce: {level: 'baseline', version: 'v1.28', labels: 'absent', from: {level: 'default', version: 'default'}}, warn: {level: 'privileged', version: 'latest', labels: 'absent', from: {level: 'default', version: 'default'}}})
    expect(c).to.containSubset({exempt: true, enforce: {level: 'privileged'}, audit: {level: 'privileged', version: 'v1.25'}, labels: {levels: {enforce: {level: 'baseline'}}}})
    expect(await levels(objects)).to.containSubset([{name: 'c', exempt: null, enforce: {level: 'baseline'}}])
  })

  it('knows that nothing is exempt where no API server has a configuration', async () => {
    expect(await levels([namespace('a'), apiServer('--v=2')])).to.containSubset([{name: 'a', exempt: false}])
    expect(await levels([namespace('a'), apiServer('--v=2')], {outcomes: {'control-plane-pods': 'partial'}})).to.containSubset([{name: 'a', exempt: null}])
  })

  it('believes a probe', async () => {
    const probe = (message: string, exemptions: object = {}): KubeObject => ({apiVersion: 'k121.dev/v1', kind: 'PodSecurityProbe', namespace: 'default', status: message === '' ? 201 : 403, message, warnings: [], exemptions: {asked: true, answered: ['a', 'default'], exempt: ['b'], problem: '', ...exemptions}})
    const objects = [namespace('a'), namespace('b', {[`${P}enforce`]: 'restricted'}), namespace('default'), namespace('z')]
    const refused = probe('pods "k121-probe-1" is forbidden: violates PodSecurity "baseline:v1.29": host namespaces (hostPID=true)')
    const seen = await levels(objects, {endpoints: {'pod-security-probe': refused}}) as LabelledNamespace[]
    expect(seen.map(({name, exempt, enforce}) => `${name} ${exempt} ${enforce.level}:${enforce.version} ${enforce.from.level}`)).to.deep.equal(['a false baseline:v1.29 default', 'b true privileged:v1.29 label', 'default false baseline:v1.29 default', 'z null baseline:v1.29 default'])
    // Before 1.25 no server says that a namespace is exempt.
    expect(await levels(objects, {endpoints: {'pod-security-probe': refused}, minor: 24})).to.containSubset([{name: 'a', exempt: null}])
    // In a namespace with a label of its own the answer is no default.
    expect(await levels([namespace('a'), namespace('default', {[`${P}enforce`]: 'baseline'})], {endpoints: {'pod-security-probe': refused}})).to.containSubset([{name: 'a', enforce: {level: 'privileged'}}])
    expect(await levels(objects, {endpoints: {'pod-security-probe': probe('')}})).to.containSubset([{name: 'a', exempt: false, enforce: {level: 'privileged'}}])
  })

  it('enforces nothing before 1.23, whatever the labels say', async () => {
    expect(await levels([namespace('a', {[`${P}enforce`]: 'restricted'})], {minor: 22})).to.containSubset([{enforce: {level: 'privileged', labels: 'valid'}}])
  })
})

describe('the verdict of pod-security', () => {
  const scc = {apiVersion: 'security.openshift.io/v1', kind: 'SecurityContextConstraints', metadata: {name: 'restricted'}}
  const rows: [string, object[], string][] = [
    ['every namespace enforces, and no API server has a configuration of its own', [apiServer(), namespace('a', {[`${P}enforce`]: 'baseline'}), namespace('b', {[`${P}enforce`]: 'restricted'})], 'closed'],
    ['every namespace enforces, and nobody knows what the configuration exempts', [namespace('a', {[`${P}enforce`]: 'baseline'})], 'unknown'],
    ['every namespace enforces, and a configuration was not given', [apiServer('--admission-control-config-file=/etc/psa.yaml'), namespace('a', {[`${P}enforce`]: 'baseline'})], 'unknown'],
    ['one API server of two has the plugin off', [apiServer(), apiServer('--disable-admission-plugins=PodSecurity'), namespace('a', {[`${P}enforce`]: 'baseline'})], 'partly'],
    ['the only API server has the plugin off', [apiServer('--disable-admission-plugins=PodSecurity'), namespace('a', {[`${P}enforce`]: 'baseline'})], 'latent'],
    ['an empty namespace enforces nothing', [apiServer(), namespace('a', {[`${P}enforce`]: 'baseline'}), namespace('b')], 'latent'],
    ['a namespace has a default that nobody has seen', [namespace('a', {[`${P}enforce`]: 'baseline'}), namespace('b')], 'unknown'],
    ['constraints of OpenShift decide', [scc, namespace('a', {[`${P}enforce`]: 'baseline'})], 'unknown'],
  ]
  for (const [name, objects, verdict] of rows) {
    it(`is at best ${verdict} where ${name}`, async () => {
      expect((await runChecks([], {objects: [...EVERYWHERE, ...objects]}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal(verdict)
    })
  }

  for (const outcomes of [{namespaces: 'not-in-input'}, {namespaces: 'forbidden'}, {securitycontextconstraints: 'forbidden'}] as const) {
    it(`is unknown with ${JSON.stringify(outcomes)}`, async () => {
      const closed = [...EVERYWHERE, namespace('a', {[`${P}enforce`]: 'baseline'})]
      expect((await runChecks([], {objects: closed, outcomes}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal('unknown')
    })
  }

  const given: [string, object, string][] = [
    ['the configuration exempts nobody', {}, 'closed'],
    ['its default covers what has no label', {defaults: {enforce: 'restricted'}}, 'closed'],
    ['it exempts a namespace', {exemptions: {namespaces: ['a']}}, 'latent'],
    ['it exempts a namespace that is not there', {exemptions: {namespaces: ['z']}}, 'closed'],
    ['it exempts a user', {exemptions: {usernames: ['eve']}}, 'partly'],
    ['it exempts a runtime class, which any pod may name', {exemptions: {runtimeClasses: ['kata']}}, 'partly'],
    ['it is a file that this server would not start with', {apiVersion: 'pod-security.admission.config.k8s.io/v9'}, 'unknown'],
  ]
  for (const [name, config, verdict] of given) {
    it(`is at best ${verdict} where ${name}`, async () => {
      const objects = [...EVERYWHERE, namespace('a', {[`${P}enforce`]: 'baseline'}), ...('defaults' in config ? [namespace('b')] : [])]
      expect((await runChecks([], {objects, endpoints: {'admission-config': admissionConfig(config)}}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal(verdict)
    })
  }

  it('is unknown where a namespace could not be read', async () => {
    const odd = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'a', labels: {x: 1}}}
    expect((await runChecks([], {objects: [...EVERYWHERE, apiServer(), odd]}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal('unknown')
  })
})
