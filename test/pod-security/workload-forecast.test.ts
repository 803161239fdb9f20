import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import type {Policy} from '../../src/pod-security/workload-fits.js'
import {forecast, refusedOf} from '../../src/pod-security/workload-fits.js'
import type {WorkloadLevel} from '../../src/pod-security/workload-gather.js'
import {infoOf} from '../../src/pod-security/workload-list.js'
import {fittedNamespaces, namespaceFits} from '../../src/pod-security/workload-namespaces.js'
import {podUpgrade, upgradeNotes} from '../../src/pod-security/workload-upgrade.js'
import {brokenRules} from '../../src/pod-security/workload-verdict.js'
import {factOf, object} from '../support/declared-facts.js'

const hard = (more: object = {}): object => ({securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}, containers: [{name: 'a', securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}}], ...more})
const PROBE = {containers: [{name: 'a', livenessProbe: {httpGet: {host: '10.0.0.1', port: 80}}, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}}]}
/** Fields of AppArmor are judged by builds from 1.30 on. */
const ARMOR = {securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}, appArmorProfile: {type: 'Unconfined'}}}

interface Made {
  spec: object
  pods?: number
  of?: 'pod' | 'template'
  runtimeClass?: string
}

function workload(name: string, ...made: Made[]): WorkloadLevel {
  const verdicts = made.map(({spec, pods = 1, of = 'pod', runtimeClass = null}) => ({of, pods: of === 'pod' ? pods : 0, runtimeClass, broken: brokenRules({metadata: undefined, spec: spec as never}), details: []}))
  return {owner: {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name}, pods: verdicts.reduce((sum, {pods}) => sum + pods, 0), templateContainers: null, nodes: [], verdicts}
}

describe('the forecast of a workload', () => {
  const told = (specs: Made[], from: number, to: number, policy?: Policy): string[] => forecast(workload('w', ...specs), from, to, policy).map(({minor, level, controls, pods}) => `${minor} ${level} ${controls.join(',')} ×${pods}`)
  const latest = (level: Policy['level'], more: Partial<Policy> = {}): Policy => ({level, minor: null, ...more})

  const rows: {name: string; made: Made[]; from?: number; to?: number; policy?: Policy; expected: string[]}[] = [
    {name: 'a probe with a host, at every level that it passed', made: [{spec: hard(PROBE), pods: 3}], expected: ['34 baseline hostProbesAndHostLifecycle ×3', '34 restricted hostProbesAndHostLifecycle ×3']},
    {name: 'at the level that is asked about', made: [{spec: hard(PROBE), pods: 3}], policy: latest('baseline'), expected: ['34 baseline hostProbesAndHostLifecycle ×3']},
    {name: 'nothing for whom the server refuses today', made: [{spec: hard({...PROBE, hostPID: true})}], expected: []},
    {name: 'pods one by one', made: [{spec: hard({...PROBE, hostPID: true}), pods: 5}, {spec: hard(PROBE), pods: 2}], policy: latest('restricted'), expected: ['34 restricted hostProbesAndHostLifecycle ×2']},
    {name: 'a template that nothing runs of', made: [{spec: hard(PROBE), of: 'template'}], policy: latest('baseline'), expected: ['34 baseline hostProbesAndHostLifecycle ×0']},
    {name: 'nothing past the version that was named', made: [{spec: hard(PROBE)}], to: 33, expected: []},
    {name: 'nothing that has been so already', made: [{spec: hard(PROBE)}], from: 34, expected: []},
    {name: 'a label that pins a version keeps its rules', made: [{spec: hard(PROBE)}], policy: latest('baseline', {minor: 33}), expected: []},
    {name: 'what the build alone changes, also under such a label', made: [{spec: hard(ARMOR)}], from: 29, policy: latest('baseline', {minor: 25}), expected: ['30 baseline appArmorProfile ×1']},
    {name: 'not the runtime classes that are exempt', made: [{spec: hard(PROBE), runtimeClass: 'kata'}], policy: latest('baseline', {exemptRuntimeClasses: ['kata']}), expected: []},
    {name: 'what a version lets in that the one before refused is nothing', made: [{spec: hard({hostUsers: false, securityContext: {runAsUser: 0, seccompProfile: {type: 'RuntimeDefault'}}})}], expected: []},
  ]
  for (const {name, made, from = 30, to = 37, policy, expected} of rows) it(name, () => expect(told(made, from, to, policy)).to.deep.equal(expected))

  it('counts what a policy would refuse today', () => {
    const both = workload('w', {spec: hard({hostPID: true}), pods: 2}, {spec: hard(), pods: 4}, {spec: hard({hostIPC: true}), of: 'template'})
    expect(refusedOf(both, latest('baseline'), 30)).to.deep.equal({pods: 2, isTemplate: true, controls: ['hostNamespaces']})
    expect(refusedOf(workload('w', {spec: hard()}), latest('restricted'), 30)).to.equal(null)
  })
})

describe('the upgrade, for people', () => {
  const levels = (workloads: WorkloadLevel[], more: object = {}): Parameters<typeof upgradeNotes>[0] => ({workloads, server: 30, isServerKnown: true, target: 37, unread: [], ...more})
  const texts = (...given: Parameters<typeof upgradeNotes>): string[] => upgradeNotes(...given).map(({release, text}) => `${release}: ${text}`)
  const baseline = new Map<string, Policy>([['shop', {level: 'baseline', minor: null}]])

  it('counts what is refused apart from what loses a level', () => {
    const own = [workload('a', {spec: hard(PROBE), pods: 60}), workload('b', {spec: hard(PROBE), pods: 1}), workload('c', {spec: hard(), pods: 9})]
    expect(texts(levels(own), baseline)).to.deep.equal(['v1.34: 61 pods of 2 workloads newly refused by the level of their namespace (hostProbesAndHostLifecycle)'])
    expect(texts(levels(own.slice(1)), new Map())).to.deep.equal(['v1.34: 1 workload with 1 pod no longer fits the level of today (hostProbesAndHostLifecycle)'])
  })
  it('counts no pods where there is only a template', () => expect(texts(levels([workload('a', {spec: hard(PROBE), of: 'template'})]), baseline)).to.deep.equal(['v1.34: pods of 1 workload (none seen) newly refused by the level of their namespace (hostProbesAndHostLifecycle)']))
  it('says that there may be more', () => expect(texts(levels([workload('a', {spec: hard(PROBE)})], {unread: [{key: 'pods', outcome: 'partial', detail: ''}]}), baseline)[0]).to.match(/^v1\.34: at least 1 pod of 1 workload /))
  it('tells nothing without a version to start from', () => expect(texts(levels([workload('a', {spec: hard(PROBE)})], {isServerKnown: false}), baseline)).to.deep.equal([]))
})

const VERSION = {version: object('k121.dev/v1', 'Version', '', {gitVersion: 'v1.30.2'})}
const pod = (name: string, spec: object): KubeObject => object('v1', 'Pod', name, {spec})

describe('namespaces and what fits them', () => {
  const namespace = (name: string, labels: object = {}): KubeObject => object('v1', 'Namespace', name, {labels})
  const fit = async (objects: KubeObject[], unread: object = {}): Promise<Record<string, string | null>> =>
    Object.fromEntries((await factOf(fittedNamespaces, {objects: [namespace('shop'), namespace('other'), ...objects], endpoints: VERSION, unread})).map(({name, fits}) => [name, fits]))

  it('is the least that anything there passes; all where there is nothing', async () => expect(await fit([pod('shop/a', hard()), pod('shop/b', {containers: [{name: 'x'}]})])).to.deep.equal({shop: 'baseline', other: 'restricted'}))
  it('counts templates', async () => expect(await fit([pod('shop/a', hard()), object('apps/v1', 'Deployment', 'shop/d', {spec: {replicas: 0, template: {spec: hard({hostPID: true})}}})])).to.deep.equal({shop: 'privileged', other: 'restricted'}))
  for (const row of ['pods', 'deployment-templates', 'replicasets'])
    it(`is not known where ${row} were not read, but where it could be no less`, async () => expect(await fit([pod('shop/a', hard()), object('apps/v1', 'DaemonSet', 'other/d', {spec: {template: {spec: hard({hostPID: true})}}})], {[row]: 'forbidden'})).to.deep.equal({shop: null, other: 'privileged'}))
  it('is not known where something is odd', async () => expect(await fit([pod('shop/a', {containers: 'x'})])).to.deep.equal({shop: null, other: null}))
  it('is known of an API that is not there', async () => expect(await fit([], {rollouts: 'not-served', podtemplates: 'not-in-input'})).to.deep.equal({shop: 'restricted', other: 'restricted'}))
  it('is a judgement by the rules of one minor', () => {
    const probes = [workload('a', {spec: hard(PROBE)})]
    expect([33, 34].map(minor => namespaceFits(minor, probes, {unread: []}))).to.deep.equal(['restricted', 'privileged'])
  })

  it('gives the upgrade of the whole, by the labels of namespaces', async () => {
    const objects = [namespace('shop', {'pod-security.kubernetes.io/enforce': 'baseline'}), namespace('pinned', {'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/enforce-version': 'v1.30'}), pod('shop/a', hard(PROBE)), pod('pinned/a', hard(PROBE))]
    expect((await factOf(podUpgrade, {objects, endpoints: VERSION})).map(({release, text}) => `${release}: ${text}`)).to.deep.equal(['v1.34: 1 pod of 1 workload newly refused by the level of their namespace (hostProbesAndHostLifecycle); 1 workload with 1 pod no longer fits the level of today (hostProbesAndHostLifecycle)'])
  })
})

describe('a workload in the report', () => {
  it('says what it fits, what keeps it from more, and what would not come back', () => {
    const info = infoOf(workload('w', {spec: hard({...PROBE, hostPID: true}), pods: 2}, {spec: hard(PROBE), of: 'template'}), {server: 30, target: 37, policy: {level: 'baseline', minor: null}})
    expect(info).to.deep.include({namespace: 'shop', kind: 'Deployment', name: 'w', pods: 2, fits: 'privileged', fitsAt: {minor: 37, fits: 'privileged'}, refusedPods: 2})
    expect(info.failing.map(({control, level, in: where}) => [control, level, where])).to.deep.equal([['hostNamespaces', 'baseline', 'pods'], ['hostProbesAndHostLifecycle', 'baseline', 'both']])
  })
})
