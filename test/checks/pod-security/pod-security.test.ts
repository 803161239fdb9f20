import {expect} from 'chai'
import type {Finding} from '../../../src/audit/finding.js'
import {noPodEnforcement} from '../../../src/checks/pod-security/no-pod-enforcement.js'
import {podSecurityLabelInvalid} from '../../../src/checks/pod-security/pod-security-label-invalid.js'
import {namespaceLevels} from '../../../src/pod-security/namespace-levels.js'
import {podSecurityVerdict} from '../../../src/pod-security/verdict.js'
import type {Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const P = 'pod-security.kubernetes.io/'
const namespace = (name: string, labels: Record<string, string> = {}): object => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}})
const pod = (namespaceName: string, name: string, more: {phase?: string; psp?: string} = {}): object => ({
  apiVersion: 'v1', kind: 'Pod', metadata: {namespace: namespaceName, name, ...(more.psp === undefined ? {} : {annotations: {'kubernetes.io/psp': more.psp}})}, status: {phase: more.phase ?? 'Running'},
})
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

  it('says that a PodSecurityPolicy still decides', async () => {
    const {findings} = await ran([namespace('a'), pod('a', 'one', {psp: 'r'}), pod('a', 'two')], {minor: 24})
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

  it('enforces nothing before 1.23, whatever the labels say', async () => {
    expect(await levels([namespace('a', {[`${P}enforce`]: 'restricted'})], {minor: 22})).to.containSubset([{enforce: {level: 'privileged', labels: 'valid'}}])
  })
})

describe('the verdict of pod-security', () => {
  const scc = {apiVersion: 'security.openshift.io/v1', kind: 'SecurityContextConstraints', metadata: {name: 'restricted'}}
  const rows: [string, object[], string][] = [
    ['every namespace enforces', [namespace('a', {[`${P}enforce`]: 'baseline'}), namespace('b', {[`${P}enforce`]: 'restricted'})], 'closed'],
    ['an empty namespace enforces nothing', [namespace('a', {[`${P}enforce`]: 'baseline'}), namespace('b')], 'latent'],
    ['constraints of OpenShift decide', [scc, namespace('a', {[`${P}enforce`]: 'baseline'})], 'unknown'],
  ]
  for (const [name, objects, verdict] of rows) {
    it(`is at best ${verdict} where ${name}`, async () => {
      expect((await runChecks([], {objects}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal(verdict)
    })
  }

  for (const outcomes of [{namespaces: 'not-in-input'}, {namespaces: 'forbidden'}, {securitycontextconstraints: 'forbidden'}] as const) {
    it(`is unknown with ${JSON.stringify(outcomes)}`, async () => {
      const closed = [namespace('a', {[`${P}enforce`]: 'baseline'})]
      expect((await runChecks([], {objects: closed, outcomes}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal('unknown')
    })
  }

  it('is unknown where a namespace could not be read', async () => {
    const odd = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'a', labels: {x: 1}}}
    expect((await runChecks([], {objects: [odd]}, [podSecurityVerdict])).fact(podSecurityVerdict)).to.equal('unknown')
  })
})
