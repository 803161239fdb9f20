import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join, normalize} from 'node:path'
import {writeNewDirectory} from '../../src/adapters/new-directory.js'
import {CHECKS} from '../../src/checks/registry.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {DualStackPlan} from '../../src/plan/dual-stack/plan.js'
import {planJson} from '../../src/report/dual-stack-plan/document.js'
import {planFiles} from '../../src/report/dual-stack-plan/files.js'
import {planScreen} from '../../src/report/dual-stack-plan/screen.js'
import {planWide} from '../../src/report/dual-stack-plan/wide.js'
import {object} from '../support/declared-facts.js'
import {dualPlanOf, nodeOf} from '../support/dual-stack-plans.js'
import {inDirectory} from '../support/in-directory.js'
import type {Schema} from '../support/json-schema.js'
import {violations} from '../support/json-schema.js'
import {SAMPLE_RANGES, samplePolicies} from '../support/sample-policies.js'

const TOOL = {version: '0', factsAsOf: '2026-01-01'}
const widest = (text: string): number => Math.max(...text.split('\n').map(line => line.length))
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/
const checks = CHECKS.filter(({meta}) => meta.topic === 'dual-stack' && meta.isOnRequest !== true)

const sample = (options: Parameters<typeof dualPlanOf>[1] = {}): Promise<DualStackPlan> => dualPlanOf({objects: samplePolicies()}, options)

describe('the plan for the sample of policies', () => {
  const GOLDEN = 'test/cli/dual-stack-plan.golden.txt'
  it('is that of the golden file', async () => {
    const [bare, plan] = [await sample({checks}), await sample({checks, range: SAMPLE_RANGES})]
    const files = planFiles(plan, TOOL).filter(({path}) => path !== 'plan.json')
    const parts = [{path: 'screen without ranges', text: planScreen(bare, {width: 80, out: null})}, {path: 'screen', text: planScreen(plan, {width: 80, out: './k121-dual'})}, ...files]
    const now = parts.map(({path, text}) => `==> ${path} <==\n${text}\n`).join('')
    const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
    if (isUpdate) writeFileSync(GOLDEN, now)
    expect(isUpdate, 'golden file rewritten: read the diff, then run without UPDATE_GOLDEN').to.equal(false)
    expect(now).to.equal(readFileSync(GOLDEN, 'utf8'))
  })

  it('names on its page what a patch lets through that nobody would look for', async () => {
    const out = object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/out', {spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: [{ipBlock: {cidr: '169.254.169.254/32'}}]}]}})
    const plan = await dualPlanOf({objects: [out, nodeOf('aws', '10.0.0.1')]}, {range: SAMPLE_RANGES})
    const page = planFiles(plan, TOOL).find(({path}) => path === 'README.md')?.text ?? ''
    expect(page).to.match(/\n## Look twice\n\n[^]*`shop\/networkpolicy\/out`[^\n]*`fd00:ec2::254\/128`[^\n]*AWS instance metadata stays open because IPv4 lets it through/)
  })

  it('is described by its schema, and is the same twice', async () => {
    const schema = JSON.parse(readFileSync('docs/schemas/dual-stack-plan.json', 'utf8')) as Schema
    const text = planJson(await sample({checks}), TOOL)
    expect(violations(schema, JSON.parse(text))).to.deep.equal([])
    expect(violations(schema, {...JSON.parse(text) as object, more: 1})).to.have.length(1)
    expect(planJson(await sample({checks}), TOOL)).to.equal(text)
  })
})

describe('the screen of a dual-stack plan', () => {
  const broad = (place: string): KubeObject => object('networking.k8s.io/v1', 'NetworkPolicy', place, {spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: [{ipBlock: {cidr: '0.0.0.0/0', except: ['10.0.0.0/8']}}]}]}})

  it('is one screen of 80 columns for hundreds of policies', async () => {
    const names = Array.from({length: 300}, (_, index) => `team-${String(index).padStart(3, '0')}-with-a-name-that-is-rather-long`)
    const plan = await dualPlanOf({page: 100, objects: [...names.map(name => broad(`${name}/out`)), ...samplePolicies()]}, {checks})
    const text = planScreen(plan, {width: 80, out: null})
    expect([widest(text) <= 80, text.split('\n').length <= 30], text).to.deep.equal([true, true])
    expect(text).to.match(/^A1 {6}family blocked {8}305 /m).and.match(/^301 policies need a range that the cluster does not show: --range pod=CIDR/m)
  })

  it('says in whole that nothing was applied, however long the name of the cluster', async () => {
    const plan = {...await sample(), cluster: {id: 'offline', name: `arn:aws:eks:eu-west-1:000000000000:cluster/${'long-'.repeat(9)}`, uid: null}}
    const lines = planScreen(plan, {width: 80, out: null}).split('\n')
    expect([lines[0], lines[2], widest(lines.join('\n')) <= 80]).to.deep.equal(['DUAL-STACK PLAN', 'now IPv4   assumed dual   nothing applied', true])
  })

  it('says what was not read, before all else', async () => {
    const plan = await dualPlanOf({objects: samplePolicies(), unread: {pods: 'forbidden', services: 'partial'}})
    expect(planScreen(plan, {width: 80, out: null})).to.match(/^DUAL-STACK PLAN[^\n]*\nINCOMPLETE: not permitted: pods \(pods: forbidden\); only in part: services/)
    expect(planScreen(plan, {width: 400, out: null})).to.include('rbac --topic dual-stack').and.include('Pods were not seen: each policy is judged by itself')
    expect(plan.policies.map(({pods}) => pods)).to.deep.equal(plan.policies.map(() => 0))
    // Without pods no union is known, so each policy answers for itself.
    expect(plan.policies.map(({policy}) => policy.name)).to.include('internet').and.include('backup')
  })

  it('says that nothing is to be done where nothing is', async () => {
    const plan = await dualPlanOf({objects: [object('v1', 'Namespace', 'shop')]})
    expect(planScreen(plan, {width: 80, out: null})).to.match(/^Patches: none\.$/m).and.not.include('Next:')
    expect(planFiles(plan, TOOL).map(({path}) => path)).to.deep.equal(['README.md', 'plan.json'])
    expect(planFiles(plan, TOOL)[0]?.text).to.include('There is nothing to add.')
  })

  it('counts the findings of other filters, and not those of policies twice', async () => {
    const service = object('v1', 'Service', 'shop/lb', {spec: {type: 'LoadBalancer', clusterIP: '10.96.0.77', clusterIPs: ['10.96.0.77'], ipFamilies: ['IPv4'], loadBalancerSourceRanges: ['198.18.0.0/15'], ports: [{port: 80}]}})
    const plan = await dualPlanOf({objects: [...samplePolicies(), service]}, {checks})
    expect(plan.others.length, JSON.stringify(plan.others)).to.be.above(0)
    expect(plan.others.filter(({check}) => check.startsWith('network-policy-'))).to.deep.equal([])
    expect(planScreen(plan, {width: 80, out: null})).to.match(/^CLASS {3}OTHER FILTERS/m).and.include('kubectl k121 audit --topic dual-stack --assume dual')
  })

  it('reports only the namespaces that were asked for', async () => {
    const one = await sample({scope: {namespaces: ['bank'], excluded: []}})
    expect(new Set(one.policies.map(({policy}) => policy.namespace))).to.deep.equal(new Set(['bank']))
    const rest = await sample({scope: {namespaces: [], excluded: ['ba*']}})
    expect(new Set(rest.policies.map(({policy}) => policy.namespace))).to.deep.equal(new Set(['shop']))
    expect((await sample({scope: {namespaces: ['bnak'], excluded: []}})).incomplete).to.deep.equal([{resource: 'namespace bnak', outcome: 'not-found', detail: 'there is none of this name'}])
  })
})

describe('the files of a dual-stack plan', () => {
  const HOSTILE = ['../../etc', 'x\n- y: z', "'; touch HACKED; '", '$(touch HACKED)', '-rf', 'a\u001b[2Jb', '`touch HACKED`', 'con', 'aux', 'kustomization.yaml', 'apply.sh']
  const hostile = async (): Promise<DualStackPlan> => {
    const spec = {podSelector: {}, policyTypes: ['Egress'], egress: [{to: [{ipBlock: {cidr: '0.0.0.0/0'}}]}]}
    const policies = HOSTILE.flatMap(name => [{metadata: {namespace: 'shop', name}}, {metadata: {namespace: name, name: 'web'}}]).map(metadata => ({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...metadata, spec}) as unknown as KubeObject)
    return {...await dualPlanOf({objects: [...policies, ...samplePolicies()]}), cluster: {id: 'offline', name: 'prod\nrm -rf ~ #', uid: "'; touch HACKED; '"}}
  }

  it('stand below the directory, each of its own name, and obey nothing', async () => {
    const files = planFiles(await hostile(), TOOL)
    for (const {path, text} of files) {
      expect([normalize(path), path.startsWith('/') || path.split('/').includes('..'), OBEYED.test(path), OBEYED.test(text)], path).to.deep.equal([path, false, false, false])
    }
    const names = files.map(({path}) => path.toLowerCase())
    expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([])
    expect(names).to.include('patches/shop/%63on.json')
    for (const text of [planScreen(await hostile(), {width: 400, out: null}), [...planWide(await hostile(), 400, null)].join('')]) expect(OBEYED.test(text)).to.equal(false)
  })

  it('hold no command but their own, whatever things are called', async () => {
    const files = planFiles(await hostile(), TOOL)
    await inDirectory(async directory => {
      writeNewDirectory(join(directory, 'plan'), files)
      writeFileSync(join(directory, 'kubectl'), '#!/bin/sh\necho "$@" >>"$LOG"\ncase "$*" in *jsonpath*) printf %s "$UID_OF";; esac\n', {mode: 0o755})
      const shells = ['sh', 'dash', 'bash', 'zsh'].filter(shell => spawnSync('/bin/sh', ['-c', `command -v ${shell}`]).status === 0)
      for (const [shell, {path}] of shells.flatMap(one => files.filter(file => file.isProgram).map(file => [one, file] as const))) {
        const {status, stderr} = spawnSync('/usr/bin/env', [shell, join(directory, 'plan', path)], {cwd: '/', env: {PATH: `${directory}:/usr/bin:/bin`, LOG: join(directory, 'log'), UID_OF: "'; touch HACKED; '"}, encoding: 'utf8'})
        expect([shell, path, status, stderr]).to.deep.equal([shell, path, 0, ''])
      }
      const log = readFileSync(join(directory, 'log'), 'utf8').trim().split('\n')
      expect(log.filter(line => !/^(?:patch (?:--dry-run=server )?--type json -n \S+ networkpolicy\.v1\.networking\.k8s\.io \S+ --patch-file (?:patches|undo)\/\S+\.json|get namespace kube-system -o .*)$/.test(line))).to.deep.equal([])
      expect(log.some(line => line.startsWith('patch --type'))).to.equal(true)
      expect(spawnSync('find', [directory, '-name', 'HACKED*'], {encoding: 'utf8'}).stdout).to.equal('')
    })
  })
})
