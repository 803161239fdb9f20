import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {failuresOf, fitsOf, injectedIn} from '../../src/pod-security/workload-fits.js'
import type {WorkloadLevel} from '../../src/pod-security/workload-gather.js'
import type {WorkloadLevels} from '../../src/pod-security/workload-levels.js'
import {workloadLevels, workloadLevelsOf} from '../../src/pod-security/workload-levels.js'
import {factOf, object} from '../support/declared-facts.js'
import type {DeclaredCluster} from '../support/declared-source.js'

const NOW = {minor: 37, server: 37}
const VERSION = {version: object('k121.dev/v1', 'Version', '', {gitVersion: 'v1.37.2'})}

/** Passes restricted. */
const hard = (name: string, more: object = {}): object => ({name, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}, ...more}})
const POD = {securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}}
const HARD = {...POD, containers: [hard('main')]}
const SOFT = {containers: [{name: 'main'}]}
const OPEN = {...POD, hostPID: true, containers: [hard('main')]}

const owned = (apiVersion: string, kind: string, name: string): object => ({ownerReferences: [{apiVersion, kind, name, uid: `uid-${kind}-${name}`, controller: true}]})

/** With a uid, and the controller that `owner` names: `apps/v1/ReplicaSet/web-1`. */
function made(apiVersion: string, kind: string, name: string, rest: Record<string, unknown> = {}, owner?: string): KubeObject {
  const made = object(apiVersion, kind, `shop/${name}`, rest)
  const [group, version, ownerKind, ownerName] = owner?.split('/') ?? []
  const controller = owner === undefined ? {} : owned(group === 'v1' ? 'v1' : `${group}/${version}`, ...(group === 'v1' ? [version, ownerKind] : [ownerKind, ownerName]) as [string, string])
  return {...made, metadata: {...made['metadata'] as object, uid: `uid-${kind}-${name}`, ...controller}} as unknown as KubeObject
}

const workload = (apiVersion: string, kind: string, name: string, spec: object, more: Record<string, unknown> = {}, owner?: string): KubeObject =>
  made(apiVersion, kind, name, {...more, spec: {...(more['spec'] as object | undefined), template: {spec}}}, owner)
const pod = (name: string, spec: object, owner?: string, more: Record<string, unknown> = {}): KubeObject => made('v1', 'Pod', name, {spec, ...more}, owner)

function levelsIn(objects: readonly KubeObject[], more: Partial<DeclaredCluster> = {}): Promise<WorkloadLevels> {
  return factOf(workloadLevels, {objects, endpoints: VERSION, ...more})
}

const told = ({workloads}: WorkloadLevels): string[] => workloads.map(one => `${one.owner.kind}/${one.owner.name} ${fitsOf(one, NOW)} ×${one.pods}`)

describe('workloads and their levels', () => {
  const rows: {name: string; objects: KubeObject[]; expected: string[]}[] = [
    {name: 'pods by what stands at the top', objects: [
      workload('apps/v1', 'Deployment', 'web', SOFT), made('apps/v1', 'ReplicaSet', 'web-1', {}, 'apps/v1/Deployment/web'),
      pod('web-1-a', SOFT, 'apps/v1/ReplicaSet/web-1'), pod('web-1-b', SOFT, 'apps/v1/ReplicaSet/web-1'),
    ], expected: ['Deployment/web baseline ×2']},
    {name: 'the least of pods and templates', objects: [workload('apps/v1', 'StatefulSet', 'db', HARD), pod('db-0', HARD, 'apps/v1/StatefulSet/db'), pod('db-1', OPEN, 'apps/v1/StatefulSet/db')], expected: ['StatefulSet/db privileged ×2']},
    {name: 'a template that nothing runs of', objects: [workload('apps/v1', 'Deployment', 'off', OPEN, {spec: {replicas: 0}})], expected: ['Deployment/off privileged ×0']},
    {name: 'earlier revisions of a Deployment not', objects: [workload('apps/v1', 'Deployment', 'web', HARD), workload('apps/v1', 'ReplicaSet', 'web-0', OPEN, {spec: {replicas: 0}}, 'apps/v1/Deployment/web')], expected: ['Deployment/web restricted ×0']},
    {name: 'a ReplicaSet of nobody, and one of somebody unknown', objects: [workload('apps/v1', 'ReplicaSet', 'alone', OPEN), workload('apps/v1', 'ReplicaSet', 'x-1', SOFT, {}, 'example.com/v1/Thing/x')], expected: ['ReplicaSet/alone privileged ×0', 'Thing/x baseline ×0']},
    {name: 'revisions of a DeploymentConfig not, a ReplicationController of nobody', objects: [
      workload('apps.openshift.io/v1', 'DeploymentConfig', 'c', SOFT), workload('v1', 'ReplicationController', 'c-1', OPEN, {}, 'apps.openshift.io/v1/DeploymentConfig/c'), workload('v1', 'ReplicationController', 'old', HARD), made('v1', 'ReplicationController', 'bare', {spec: {}}),
    ], expected: ['DeploymentConfig/c baseline ×0', 'ReplicationController/old restricted ×0']},
    {name: 'a CronJob, and not its Jobs', objects: [made('batch/v1', 'CronJob', 'c', {spec: {jobTemplate: {spec: {template: {spec: SOFT}}}}}), workload('batch/v1', 'Job', 'c-1', OPEN, {}, 'batch/v1/CronJob/c')], expected: ['CronJob/c baseline ×0']},
    {name: 'Jobs until they have ended', objects: [
      workload('batch/v1', 'Job', 'waits', OPEN, {spec: {suspend: true}, status: {conditions: [{type: 'Suspended', status: 'True'}]}}), workload('batch/v1', 'Job', 'done', OPEN, {status: {conditions: [{type: 'Complete', status: 'True'}]}}),
      workload('batch/v1', 'Job', 'lost', OPEN, {status: {conditions: [{type: 'Failed', status: 'True'}]}}), workload('batch/v1', 'Job', 'tried', SOFT, {status: {conditions: [{type: 'Failed', status: 'False'}]}}),
    ], expected: ['Job/tried baseline ×0', 'Job/waits privileged ×0']},
    {name: 'pods that have ended not', objects: [pod('done', OPEN, undefined, {status: {phase: 'Succeeded'}}), pod('runs', HARD, undefined, {status: {phase: 'Running'}})], expected: ['Pod/runs restricted ×1']},
    {name: 'the other kinds', objects: [
      made('v1', 'PodTemplate', 't', {template: {spec: SOFT}}), workload('apps/v1', 'DaemonSet', 'd', OPEN), workload('argoproj.io/v1alpha1', 'Rollout', 'r', SOFT), made('argoproj.io/v1alpha1', 'Rollout', 'of-web', {spec: {workloadRef: {name: 'web'}}}),
      workload('apps.kruise.io/v1alpha1', 'CloneSet', 'c', SOFT), workload('serving.knative.dev/v1', 'Service', 'f', SOFT),
    ], expected: ['CloneSet/c baseline ×0', 'DaemonSet/d privileged ×0', 'PodTemplate/t baseline ×0', 'Rollout/r baseline ×0', 'Service/f baseline ×0']},
    {name: 'annotations of the template, not those of the workload', objects: [
      made('apps/v1', 'Deployment', 'a', {annotations: {'container.apparmor.security.beta.kubernetes.io/main': 'unconfined'}, spec: {template: {spec: HARD}}}),
      made('apps/v1', 'Deployment', 'b', {spec: {template: {metadata: {annotations: {'container.apparmor.security.beta.kubernetes.io/main': 'unconfined'}}, spec: HARD}}}),
    ], expected: ['Deployment/a restricted ×0', 'Deployment/b privileged ×0']},
    {name: 'what the server fills in', objects: [workload('apps/v1', 'Deployment', 'v', {...HARD, volumes: [{name: 'bare'}]})], expected: ['Deployment/v restricted ×0']},
  ]
  for (const {name, objects, expected} of rows) it(name, async () => expect(told(await levelsIn(objects))).to.deep.equal(expected))

  it('names the nodes of static pods, each its own workload', async () => {
    const mirror = (name: string, node: string): KubeObject => pod(name, {...OPEN, nodeName: node}, `v1/Node/${node}`, {annotations: {'kubernetes.io/config.mirror': 'x'}})
    const {workloads} = await levelsIn([mirror('etcd-a', 'a'), mirror('proxy-a', 'a'), mirror('etcd-b', 'b')])
    expect(workloads.map(({owner, nodes}) => [owner.kind, owner.name, nodes])).to.deep.equal([['Pod', 'etcd-a', ['a']], ['Pod', 'etcd-b', ['b']], ['Pod', 'proxy-a', ['a']]])
  })

  it('keeps one verdict for all pods of a kind, and details of it', async () => {
    const {workloads: [web]} = await levelsIn([workload('apps/v1', 'StatefulSet', 'web', SOFT), ...Array.from({length: 50}, (_, index) => pod(`web-${index}`, SOFT, 'apps/v1/StatefulSet/web'))])
    expect(web?.verdicts.map(({of, pods}) => [of, pods])).to.deep.equal([['template', 0], ['pod', 50]])
    const [escalation] = failuresOf(web!, 'restricted', NOW)
    expect(escalation).to.deep.equal({
      control: 'allowPrivilegeEscalation', pods: 50,
      inPods: {control: 'allowPrivilegeEscalation', path: 'spec.containers[0].securityContext.allowPrivilegeEscalation', containers: ['main']},
      inTemplates: {control: 'allowPrivilegeEscalation', path: 'spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation', containers: ['main']},
    })
  })

  it('keeps apart what exemptions and a debug container make another pod', async () => {
    const debugged = {...SOFT, ephemeralContainers: [{name: 'debugger'}]}
    const {workloads: [web]} = await levelsIn([pod('web-0', SOFT, 'apps/v1/StatefulSet/web'), pod('web-1', {...SOFT, runtimeClassName: 'kata'}, 'apps/v1/StatefulSet/web'), pod('web-2', debugged, 'apps/v1/StatefulSet/web'), made('apps/v1', 'StatefulSet', 'web', {spec: {template: {spec: SOFT}}})])
    expect(web?.verdicts.filter(({of}) => of === 'pod').map(({runtimeClass, pods}) => [runtimeClass, pods])).to.deep.equal([[null, 1], ['kata', 1], [null, 1]])
    expect(failuresOf(web!, 'restricted', NOW)[0]?.inPods?.containers).to.deep.equal(['main', 'debugger'])
    expect(injectedIn(web!, 'restricted', NOW)[0]?.containers).to.deep.equal(['debugger'])
  })

  const injected = async (template: object | null, own: object): Promise<unknown[]> => {
    const {workloads: [one]} = await levelsIn([...(template === null ? [] : [workload('apps/v1', 'StatefulSet', 's', template)]), pod('s-0', own, 'apps/v1/StatefulSet/s')], template === null ? {unread: {statefulsets: 'forbidden', 'statefulset-templates': 'forbidden'}} : {})
    return injectedIn(one as WorkloadLevel, 'restricted', NOW).map(({control, containers}) => [control, ...containers])
  }
  it('blames an injector for a container of its own', async () => expect(await injected(HARD, {...HARD, containers: [hard('main'), hard('proxy', {capabilities: {}})]})).to.deep.equal([['capabilities_restricted', 'proxy']]))
  it('blames it beside containers that fail in the template too', async () => expect((await injected(SOFT, {containers: [{name: 'main'}, {name: 'proxy'}]})).flat()).to.include('proxy'))
  it('sees a field that was changed after the template', async () => expect(await injected(HARD, {...HARD, hostIPC: true})).to.deep.equal([['hostNamespaces']]))
  it('blames nobody where template and pod are alike', async () => expect(await injected(OPEN, OPEN)).to.deep.equal([]))
  it('does not take the server for an injector', async () => {
    const host = {...POD, hostNetwork: true, containers: [{...hard('main'), ports: [{containerPort: 80}]}]}
    expect(await injected(host, {...host, containers: [{...hard('main'), ports: [{containerPort: 80, hostPort: 80}]}]})).to.deep.equal([])
  })
  it('blames nobody where no template was seen', async () => expect(await injected(null, {...SOFT, hostIPC: true})).to.deep.equal([]))

  it('says what was not read, and what was odd', async () => {
    const odd = await levelsIn([pod('odd', {...HARD, containers: [{name: 'a', securityContext: {privileged: 'yes'}}]})], {unread: {'deployment-templates': 'forbidden', rollouts: 'not-served'}})
    expect(odd.unread.map(({key, outcome}) => [key, outcome])).to.deep.equal([['deployment-templates', 'forbidden'], ['pods', 'not-understood']])
  })

  it('takes a Deployment without a template as odd', async () => expect((await levelsIn([made('apps/v1', 'Deployment', 'x', {spec: {}})])).unread.map(({key}) => key)).to.deep.equal(['deployment-templates']))

  it('judges by the server, else by the newest version that is known', async () => {
    const {server, isServerKnown} = await levelsIn([])
    expect({server, isServerKnown}).to.deep.equal({server: 37, isServerKnown: true})
    const unknown = await levelsIn([], {endpoints: {}})
    expect([unknown.server, unknown.isServerKnown, unknown.target]).to.deep.equal([37, false, 37])
  })

  it('reads what was included, by the path to its templates', async () => {
    const crd = (name: string, spec: object): KubeObject => made('batch.example.com/v7', 'Cron', name, {spec})
    const at = async (path: string, ...objects: KubeObject[]): Promise<string[]> => told(await factOf(workloadLevelsOf({included: [`crd:batch.example.com/crons=${path}`]}), {objects, endpoints: VERSION}))
    expect(await at('spec.template', crd('a', {template: {spec: OPEN}}))).to.deep.equal(['Cron/a privileged ×0'])
    expect(await at('spec.jobTemplate', crd('a', {jobTemplate: {spec: {template: {spec: SOFT}}}}))).to.deep.equal(['Cron/a baseline ×0'])
    expect(await at('spec.pod', crd('a', {pod: SOFT}))).to.deep.equal(['Cron/a baseline ×0'])
    expect(await at('spec.groups[].template', crd('a', {groups: [{template: {spec: HARD}}, {template: {spec: OPEN}}]}))).to.deep.equal(['Cron/a privileged ×0'])
    expect(await at('spec.replicas.{}.template', crd('a', {replicas: {Master: {template: {spec: HARD}}, Worker: {template: {spec: SOFT}}}}))).to.deep.equal(['Cron/a baseline ×0'])
  })

  it('does not take what stands at a wrong path for a template', async () => {
    for (const spec of [{x: {y: 1}}, {x: {spec: {}}}, {x: 'a'}, {x: []}, {}]) {
      const levels = await factOf(workloadLevelsOf({included: ['crd:batch.example.com/crons=spec.x']}), {objects: [made('batch.example.com/v1', 'Cron', 'a', {spec})], endpoints: VERSION})
      expect(levels.unread.map(({key, outcome}) => [key, outcome]), JSON.stringify(spec)).to.deep.equal([['crd:batch.example.com/crons=spec.x', 'not-understood']])
    }
  })
})
