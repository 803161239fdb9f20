import {expect} from 'chai'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import {LABEL_PREFIX, LEVELS} from '../../src/pod-security/labels.js'
import type {Level} from '../../src/pod-security/labels.js'
import type {NamespacePlan, Stage, WorkloadPlan} from '../../src/plan/pod-security/plan.js'
import {podIn} from '../../src/pod-security/templates.js'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'
import {namespace} from './cases/case.js'
import type {ServerMinor} from './support/binaries.js'
import {withMachine} from './support/machine.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

/**
 * The plan's own commands on real servers: after each stage the API server does
 * with every workload's pod what the plan says, and the commands that undo it
 * leave the labels as they were.
 */
const good: JsonObject = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}
const goodPod: JsonObject = {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}
const container = (more: JsonObject = {}): JsonObject => ({name: 'main', image: 'registry.example.com/main:1', ...more})

/** A pod's spec by what is the matter with it. */
const SPECS: Readonly<Record<string, JsonObject>> = {
  fine: {securityContext: goodPod, containers: [container({securityContext: good})]},
  silent: {containers: [container()]},
  port: {containers: [container({ports: [{containerPort: 8080, hostPort: 8080}, {containerPort: 53, protocol: 'UDP'}]})]},
  capability: {containers: [container({securityContext: {capabilities: {add: ['NET_ADMIN', 'CHOWN']}}}), {...container(), name: 'second'}]},
  sysctl: {securityContext: {sysctls: [{name: 'kernel.msgmax', value: '1'}]}, containers: [container()]},
  root: {securityContext: goodPod, containers: [container({securityContext: {...good, runAsUser: 0}})]},
  path: {containers: [container()], volumes: [{name: 'logs', hostPath: {path: '/var/log'}}]},
  probe: {securityContext: goodPod, containers: [container({securityContext: good, livenessProbe: {tcpSocket: {host: '127.0.0.1', port: 80}}})]},
}

const labels = {app: 'a'}
const templated = (apiVersion: string, kind: string, spec: JsonObject = {}) => (place: string, pod: JsonObject): KubeObject => {
  const [space, name] = place.split('/') as [string, string]
  return {apiVersion, kind, metadata: {namespace: space, name}, spec: {selector: {matchLabels: labels}, ...spec, template: {metadata: {labels}, spec: pod}}} as unknown as KubeObject
}
const deployment = templated('apps/v1', 'Deployment')
const statefulSet = templated('apps/v1', 'StatefulSet', {serviceName: 'a'})
const daemonSet = templated('apps/v1', 'DaemonSet')
const cronJob = (place: string, pod: JsonObject, minor: number): KubeObject => {
  const [space, name] = place.split('/') as [string, string]
  return {apiVersion: minor < 21 ? 'batch/v1beta1' : 'batch/v1', kind: 'CronJob', metadata: {namespace: space, name}, spec: {schedule: '0 0 * * *', jobTemplate: {spec: {template: {spec: {...pod, restartPolicy: 'Never'}}}}}} as unknown as KubeObject
}
const barePod = (place: string, spec: JsonObject): KubeObject => {
  const [space, name] = place.split('/') as [string, string]
  return {apiVersion: 'v1', kind: 'Pod', metadata: {namespace: space, name}, spec} as unknown as KubeObject
}

const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  open: {}, clean: {team: 'a'}, based: {enforce: 'baseline', warn: 'restricted', 'warn-version': 'v1.23'}, tight: {enforce: 'restricted', 'enforce-version': 'latest', audit: 'baseline'},
  broken: {enforce: 'baseline', 'enforce-version': 'v1.23'}, stuck: {}, probed: {}, empty: {}, typo: {enforced: 'baseline'}, 'cattle-system': {},
}

function workloads(minor: number): KubeObject[] {
  const spec = (name: string): JsonObject => SPECS[name] ?? {}
  return [
    deployment('open/web', spec('silent')), cronJob('open/nightly', spec('port'), minor), daemonSet('open/agent', spec('capability')),
    deployment('clean/web', spec('fine')), barePod('clean/shell', spec('fine')),
    deployment('based/web', spec('silent')), statefulSet('based/db', spec('root')),
    deployment('tight/web', spec('fine')),
    // A workload is let in where its pods would be refused.
    deployment('broken/web', spec('port')), statefulSet('broken/db', spec('sysctl')), deployment('broken/fine', spec('fine')),
    daemonSet('stuck/logs', spec('path')), deployment('stuck/web', spec('silent')), barePod('stuck/shell', spec('silent')),
    deployment('probed/web', spec('probe')),
    deployment('typo/web', spec('silent')), deployment('cattle-system/rancher', spec('silent')),
  ]
}

interface Planned {
  namespaces: readonly NamespacePlan[]
  workloads: readonly (Omit<WorkloadPlan, 'owner'> & {namespace: string; apiVersion: string; kind: string; name: string})[]
}

for (const minor of [24, 30, 37] as const satisfies readonly ServerMinor[]) describe(`pod-security plan on a real API server 1.${minor}`, () => {
  const server = withServer({minor})
  const machine = withMachine()
  let kubeconfig = ''

  const typed = (argv: readonly string[]): Promise<ProcessResult> => machine().kubectl(argv, {env: {KUBECONFIG: kubeconfig}})

  async function plan(out: string, flags: readonly string[] = []): Promise<Planned> {
    const directory = join(machine().world.home, out)
    const {status, stdout, stderr} = await typed(['k121', 'pod-security', 'plan', '--out', directory, '-o', 'json', ...flags])
    expect([status, stderr.replace(/wrote \d+ files to .*\n/, '')], stderr + stdout.slice(0, 500)).to.deep.equal([0, ''])
    expect(readFileSync(join(directory, 'plan.json'), 'utf8')).to.equal(stdout)
    return JSON.parse(stdout) as Planned
  }

  function run(out: string, script: string): Promise<ProcessResult> {
    const {world} = machine()
    return runProcess('/bin/sh', [join(world.home, out, script)], {cwd: world.cwd, env: {...world.env, PATH: `${world.bin}:/usr/bin:/bin`, KUBECONFIG: kubeconfig}, timeout: 100_000})
  }

  async function done(out: string, script: string): Promise<void> {
    const {status, stdout, stderr} = await run(out, script)
    expect(status, `${script}: ${stdout}${stderr}`).to.equal(0)
  }

  /** Labels of every namespace of the test, as the server has them. */
  async function labelsNow(): Promise<Record<string, JsonObject>> {
    const {json} = await server().request('GET', '/api/v1/namespaces')
    const items = (json as unknown as {items: {metadata: {name: string; labels?: JsonObject}}[]}).items
    return Object.fromEntries(items.map(({metadata}) => [metadata.name, metadata.labels ?? {}]))
  }

  /** What a pod made of the workload is answered: refused, let in with a warning, or let in. */
  async function answerFor(workload: KubeObject): Promise<string> {
    const {namespace: space} = workload['metadata'] as {namespace: string}
    const place = podIn(workload)!
    const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'try', labels}, spec: place.spec as Json}
    const answer = await server().request('POST', `/api/v1/namespaces/${space}/pods?dryRun=All`, pod)
    if (answer.status === 403) return 'refused'
    expect(answer.status, answer.text).to.equal(201)
    return String(answer.headers['warning'] ?? '').includes('would violate PodSecurity') ? 'warned' : 'let in'
  }

  /** Of every workload as it is on the server now. */
  async function answers(): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const {apiVersion, kind, metadata} of workloads(minor) as unknown as {apiVersion: string; kind: string; metadata: {namespace: string; name: string}}[]) {
      const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
      const {json} = await server().request('GET', `${root}/namespaces/${metadata.namespace}/${kind.toLowerCase()}s/${metadata.name}`)
      found[`${metadata.namespace}/${metadata.name}`] = await answerFor({apiVersion, kind, ...json} as KubeObject)
    }
    return found
  }

  /** What the plan says of the same, once all stages up to this one are done. */
  function expected({namespaces, workloads: planned}: Planned, upTo: readonly Stage[]): Record<string, string> {
    return Object.fromEntries(planned.map(({namespace: space, name, fitsNow}) => {
      const {steps, today} = namespaces.find(one => one.name === space)!
      const levelOf = (mode: 'enforce' | 'warn'): Level => {
        const changes = steps.filter(({stage}) => upTo.includes(stage)).flatMap(step => step.changes).filter(({label}) => label === `${LABEL_PREFIX}${mode}`)
        return (changes.at(-1)?.to ?? today![mode].level) as Level
      }
      const fails = (level: Level): boolean => LEVELS.indexOf(level) > LEVELS.indexOf(fitsNow)
      const enforce = levelOf('enforce')
      const isWarnSaid = steps.some(({stage, changes}) => upTo.includes(stage) && changes.some(({label}) => label === `${LABEL_PREFIX}warn`)) || Object.hasOwn(NAMESPACES[space] ?? {}, 'warn')
      // Since 1.26 warn follows a stricter enforce, but then a refusal comes first.
      return [`${space}/${name}`, fails(enforce) ? 'refused' : fails(isWarnSaid ? levelOf('warn') : today!.warn.level) ? 'warned' : 'let in']
    }))
  }

  before(async () => {
    kubeconfig = await server().kubeconfig('admin', join(machine().world.home, 'admin.kubeconfig'))
    await server().create(...Object.entries(NAMESPACES).map(([name, own]) => namespace(name, Object.fromEntries(Object.entries(own).map(([key, value]) => [key === 'team' ? key : `${LABEL_PREFIX}${key}`, value])))))
    await server().create(...workloads(minor))
  })

  it('after each stage every pod is answered as planned, and each is undone to the letter', async () => {
    const planned = await plan('first')
    const stages = (['observe', 'enforce', 'pin'] as const).filter(stage => planned.namespaces.some(({steps}) => steps.some(step => step.stage === stage)))
    expect(stages).to.deep.equal(minor === 37 ? ['observe', 'enforce'] : ['observe', 'enforce', 'pin'])
    const numbers = {observe: 1, enforce: 3, pin: 4}
    const before: Record<string, JsonObject>[] = []
    expect(await answers()).to.deep.equal(expected(planned, []))
    for (const [index, stage] of stages.entries()) {
      before.push(await labelsNow())
      await done('first', `${numbers[stage]}-${stage}.sh`)
      expect(await answers(), stage).to.deep.equal(expected(planned, stages.slice(0, index + 1)))
    }
    const now = await labelsNow()
    expect(now['clean']?.[`${LABEL_PREFIX}enforce`]).to.equal('restricted')
    expect(now['cattle-system']).to.deep.equal(before[0]?.['cattle-system'])
    for (const stage of stages.toReversed()) {
      await done('first', `${numbers[stage]}-${stage}.undo.sh`)
      expect(await labelsNow(), `${stage} undone`).to.deep.equal(before.pop())
    }
  })

  it('no workload that was let in before is refused by what is enforced without fixes', async () => {
    const planned = await plan('safe')
    const before = await answers()
    await done('safe', '3-enforce.sh')
    const after = await answers()
    for (const [place, answer] of Object.entries(before)) if (answer !== 'refused') expect(after[place], place).not.to.equal('refused')
    expect(planned.namespaces.find(({name}) => name === 'broken')?.enforceable).to.equal('privileged')
    await done('safe', '3-enforce.undo.sh')
  })

  it('stops before anything is changed where a pod came meanwhile that the level refuses', async () => {
    await plan('late')
    await server().create(barePod('clean/late', SPECS['silent']!))
    const before = await labelsNow()
    const {status, stderr} = await run('late', '3-enforce.sh')
    expect(status, stderr).to.equal(1)
    expect(stderr).to.match(/existing pods in namespace "clean" violate/)
    expect(await labelsNow()).to.deep.equal(before)
    await server().request('DELETE', '/api/v1/namespaces/clean/pods/late?gracePeriodSeconds=0')
  })

  it('is not for another cluster', async () => {
    await plan('other')
    const file = join(machine().world.home, 'other', '1-observe.sh')
    const script = readFileSync(file, 'utf8')
    expect(script).to.match(/^\[ "\$uid" = '[0-9a-f-]{36}' \]/m)
    const other = script.replace(/'[0-9a-f-]{36}'/, "'00000000-0000-0000-0000-000000000000'")
    const {world} = machine()
    const {status, stderr} = await runProcess('/bin/sh', ['-c', other], {cwd: world.cwd, env: {...world.env, PATH: `${world.bin}:/usr/bin:/bin`, KUBECONFIG: kubeconfig}})
    expect([status, stderr]).to.deep.equal([1, 'this is another cluster than the one that the plan was made for\n'])
  })

  it('with the patches the next level holds', async () => {
    const planned = await plan('second', ['--target', `1.${minor}`])
    const raised = planned.namespaces.filter(({steps}) => steps.some(({stage}) => stage === 'raise'))
    // `stuck` has what no patch does: its next level is in no script.
    expect(raised.map(({name}) => name)).to.deep.equal(['based', 'open', ...(minor >= 34 ? ['probed'] : []), 'typo'].toSorted())
    for (const stage of ['1-observe.sh', '2-fix.sh', '3-enforce.sh', '5-raise.sh']) await done('second', stage)
    const now = await answers()
    for (const {name, aim} of raised) {
      expect((await labelsNow())[name]?.[`${LABEL_PREFIX}enforce`], name).to.equal(aim)
      for (const [place, answer] of Object.entries(now)) if (place.startsWith(`${name}/`)) expect(answer, place).not.to.equal('refused')
    }
    expect(Object.entries(now).filter(([place]) => place.startsWith('broken/')).map(([, answer]) => answer)).not.to.include('refused')
    expect(existsSync(join(machine().world.home, 'second', '4-pin.sh'))).to.equal(false)
  })
})

describe('pod-security plan with few rights on a real API server 1.30', () => {
  const server = withServer({minor: 30, users: {dev: ['developers']}})
  const machine = withMachine()

  before(async () => {
    await server().create(namespace('shop'), deployment('shop/web', SPECS['fine']!), barePod('shop/shell', SPECS['port']!))
    await server().allow('dev', [{apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'get']}, {apiGroups: ['apps'], resources: ['deployments'], verbs: ['list']}])
  })

  async function planned(flags: readonly string[]): Promise<ProcessResult> {
    const file = await server().kubeconfig('dev', join(machine().world.home, 'dev.kubeconfig'))
    return machine().kubectl(['k121', 'pod-security', 'plan', '--kubeconfig', file, ...flags])
  }

  it('enforces nothing where pods were not read, says so and exits 3', async () => {
    const {status, stdout} = await planned([])
    expect(status).to.equal(3)
    expect(stdout).to.match(/^INCOMPLETE: not permitted: pods,/m).and.match(/kubectl k121\s+rbac/).and.include('nothing that was seen is newly refused').and.match(/^\d+: default, shop +privileged +unknown +warn; what fits is not known$/m)
    const document = await planned(['-o', 'json', '--allow-incomplete'])
    expect(document.status, document.stderr).to.equal(0)
    const {namespaces} = JSON.parse(document.stdout) as Planned
    expect(namespaces.flatMap(({steps}) => steps.map(({stage}) => stage)).filter(stage => stage !== 'observe')).to.deep.equal([])
  })

  it('is complete with the role that is printed', async () => {
    const role = await machine().kubectl(['k121', 'rbac', '--topic', 'pod-security', '--subject', 'user:dev'])
    expect(role.status, role.stderr).to.equal(0)
    const admin = await server().kubeconfig('admin', join(machine().world.home, 'admin.kubeconfig'))
    const applied = await machine().kubectl(['apply', '-f', '-'], {env: {KUBECONFIG: admin}, input: role.stdout})
    expect(applied.status, applied.stderr).to.equal(0)
    await until('the role is known', async () => (await server().request('GET', '/api/v1/pods', undefined, {user: 'dev'})).status === 200)
    const {status, stdout, stderr} = await planned([])
    expect(status, stdout + stderr).to.equal(0)
    expect(stdout).to.match(/^shop +privileged +privileged +change 1 by hand: baseline$/m)
  })
})
