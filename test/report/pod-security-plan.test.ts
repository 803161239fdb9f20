import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join, normalize} from 'node:path'
import {parseAllDocuments} from 'yaml'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import type {PodSecurityPlan} from '../../src/plan/pod-security/plan.js'
import {planJson} from '../../src/report/pod-security-plan/document.js'
import {planFiles} from '../../src/report/pod-security-plan/files.js'
import {applyCommand, undoCommand} from '../../src/report/pod-security-plan/label-commands.js'
import {planScreen} from '../../src/report/pod-security-plan/screen.js'
import type {PlanFile} from '../../src/report/plan-script.js'
import {planWide} from '../../src/report/pod-security-plan/wide.js'
import {declaredSource} from '../support/declared-source.js'
import type {Schema} from '../support/json-schema.js'
import {violations} from '../support/json-schema.js'
import {barePod, deployment, labelled, planFrom, planOf} from '../support/pod-security-plans.js'
import {sampleObjects} from '../pod-security/sample-workloads.js'

const TOOL = {version: '0', factsAsOf: '2026-01-01'}
const SCREEN = {width: 80, isWritten: false}
const widest = (text: string): number => Math.max(...text.split('\n').map(line => line.length))
const lines = (text: string): number => text.split('\n').length
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/

const SYSTEM = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'kube-system', uid: '5d3f2a10-6f0b-4c55-9d7e-0a1b2c3d4e5f'}} as unknown as KubeObject

describe('the screen of a plan', () => {
  it('is one screen for hundreds of namespaces', async () => {
    const names = Array.from({length: 300}, (_, index) => `team-${String(index).padStart(3, '0')}-with-a-name-that-is-rather-long`)
    const specs = ['fine', 'silent', 'port', 'path', 'probe'] as const
    const levels = [{}, {enforce: 'baseline'}, {enforce: 'restricted', 'enforce-version': 'v1.25'}]
    const plan = await planOf({page: 100, objects: [SYSTEM, ...names.flatMap((name, index) => [labelled(name, levels[index % 3]), deployment(`${name}/web`, specs[index % 5]!)])]})
    const text = planScreen(plan, SCREEN)
    expect([widest(text) <= 80, lines(text) <= 48], text).to.deep.equal([true, true])
    expect(text.split('\n')[0]).to.equal('POD SECURITY PLAN   test   v1.30.2 -> v1.37   nothing applied')
    expect(text).to.match(/^20: team-/m).and.match(/namespaces more: -o wide/)
  })

  it('of nothing says so', async () => {
    const text = planScreen(await planOf({objects: []}), SCREEN)
    expect(text).to.match(/^POD SECURITY PLAN {3}test/).and.not.include('IN THE WAY')
  })

  it('says first what was not read', async () => {
    const plan = await planOf({objects: [labelled('shop'), deployment('shop/web', 'fine')], unread: {pods: 'forbidden'}})
    expect(planScreen(plan, SCREEN).split('\n')[1]).to.match(/^INCOMPLETE: not permitted: pods \(/)
    expect(planScreen(plan, SCREEN)).to.match(/shop +privileged +unknown +warn; what fits is not known/)
    expect([...planWide(plan, 80)].join('')).to.match(/^INCOMPLETE: not permitted: pods/m)
    expect(planFiles(plan, TOOL).find(({path}) => path === 'README.md')?.text).to.include('**Incomplete**: pods forbidden')
  })

  it('says who refuses only where it is known', async () => {
    const refusers = async (enforce: Record<string, string>): Promise<string> => [...planWide(await planOf({objects: [labelled('shop', enforce)], unread: {validatingwebhookconfigurations: 'forbidden'}}), 80)].join('')
    expect(await refusers({})).to.match(/^shop .* {3}not known(?: |$)/m).and.not.include('more is')
    expect(await refusers({enforce: 'baseline'})).to.match(/^shop .* {3}Pod Security admission, more is not known(?: |$)/m)
  })

  const rows: readonly {name: string; objects: readonly KubeObject[]; row: RegExp}[] = [
    {name: 'a level that everything passes', objects: [deployment('shop/web', 'silent')], row: /shop +privileged +baseline +enforce baseline/},
    {name: 'patches', objects: [deployment('shop/web', 'port')], row: /shop +privileged +privileged +patch 1, for baseline/},
    {name: 'work by hand', objects: [deployment('shop/web', 'path')], row: /shop +privileged +privileged +change 1 by hand: baseline/},
    {name: 'both', objects: [deployment('shop/web', 'path'), deployment('shop/api', 'port')], row: /shop +privileged +privileged +fix 2 \(1 by hand\): baseline/},
  ]
  for (const {name, objects, row} of rows)
    it(`names the next step: ${name}`, async () => expect(planScreen(await planOf({objects: [labelled('shop'), ...objects]}), SCREEN)).to.match(row))

  it('says what is refused already', async () => {
    const plan = await planOf({objects: [labelled('shop', {enforce: 'baseline'}), barePod('shop/a', 'port')]})
    expect(planScreen(plan, SCREEN)).to.match(/shop +baseline +privileged +fix 1; pods refused already/)
  })

  it('names who is left alone', async () => expect(planScreen(await planOf({objects: [SYSTEM, labelled('cattle-fleet-system')]}), SCREEN)).to.match(/^cattle-fleet-system +Rancher$/m).and.match(/^kube-system +Kubernetes$/m))
})

describe('the document of a plan', () => {
  const schema = JSON.parse(readFileSync('docs/schemas/pod-security-plan.json', 'utf8')) as Schema
  const parsed = (plan: PodSecurityPlan): Record<string, unknown> => JSON.parse(planJson(plan, TOOL)) as Record<string, unknown>

  it('is what the schema describes, with the same bytes for the same input', async () => {
    const plans = [await planFrom(declaredSource({objects: sampleObjects()})), await planFrom(declaredSource({objects: sampleObjects()}))]
    expect(violations(schema, parsed(plans[0]!))).to.deep.equal([])
    expect(planJson(plans[0]!, TOOL)).to.equal(planJson(plans[1]!, TOOL))
    expect(violations(schema, {...parsed(plans[0]!), more: 1})).to.deep.equal(['$ has the unknown key more'])
  })

  it('also of what was not read', async () => {
    const plan = await planOf({objects: [deployment('shop/web', 'silent'), labelled('bank', {enforce: 'no'})], unread: {pods: 'partial', clusterpolicies: 'forbidden'}}, {scope: {namespaces: ['shop', 'gone'], excluded: []}})
    expect(violations(schema, parsed(plan))).to.deep.equal([])
  })

  it('holds nothing of the environment of a debug container', async () => {
    const pod = barePod('shop/shell', 'fine')
    const debugged = {...pod, spec: {...(pod['spec'] as JsonObject), ephemeralContainers: [{name: 'debug', env: [{name: 'TOKEN', value: 'hunter2'}]}]}} as unknown as KubeObject
    const plan = await planOf({objects: [labelled('shop'), debugged]})
    expect(plan.workloads[0]?.fix?.changes.map(({path}) => path)).to.deep.equal(['spec.ephemeralContainers'])
    expect(planJson(plan, TOOL) + planFiles(plan, TOOL).map(({text}) => text).join('')).not.to.include('hunter2')
  })
})

/** Names that only files can hold. */
const HOSTILE = ['../../x', 'a;touch HACKED;b', "it's", '$(touch HACKED)', '`touch HACKED`', 'a\ntouch HACKED\n', '-n', 'a b', '\u001b[31mred', '\u202egpj.exe', '.', '..', '']

function inDirectory<T>(files: readonly PlanFile[], body: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'k121-plan-'))
  try {
    for (const {path, text, isProgram} of files) {
      mkdirSync(dirname(join(directory, path)), {recursive: true})
      writeFileSync(join(directory, path), text, {flag: 'wx'})
      if (isProgram) chmodSync(join(directory, path), 0o755)
    }
    return body(directory)
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

describe('the files of a plan', () => {
  const hostile = async (): Promise<PodSecurityPlan> => ({
    ...await planOf({objects: [
      SYSTEM, labelled('shop'), ...HOSTILE.flatMap(name => [{...deployment('shop/x', 'port'), metadata: {namespace: 'shop', name}}, {...deployment('x/x', 'port'), metadata: {namespace: name, name: 'web'}}] as unknown as KubeObject[]),
      ...HOSTILE.map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}}) as unknown as KubeObject),
    ]}),
    cluster: {id: 'offline', name: 'prod\nrm -rf ~ #', uid: "'; touch HACKED; '"},
    server: {gitVersion: 'v1.30.2-\u001b[2J\n# [x](http://x.example) <img>\ntouch HACKED\n', minor: 30, evidence: 'GET /version'},
  })

  it('stand below the directory, each of its own name', async () => {
    const files = planFiles(await hostile(), TOOL)
    for (const {path} of files) {
      expect(normalize(path), path).to.equal(path)
      expect(path.startsWith('/') || path.split('/').includes('..') || OBEYED.test(path), path).to.equal(false)
    }
    const names = files.map(({path}) => path.toLowerCase())
    expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([])
  })

  it('hold no command but their own, whatever things are called', async () => {
    const files = planFiles(await hostile(), TOOL)
    inDirectory(files, directory => {
      writeFileSync(join(directory, 'kubectl'), '#!/bin/sh\necho "$@" >>"$LOG"\ncase "$*" in *jsonpath*) printf %s "$UID_OF";; esac\n', {mode: 0o755})
      for (const {path} of files.filter(one => one.isProgram)) {
        const {status, stderr} = spawnSync('/bin/sh', [join(directory, path)], {cwd: directory, env: {PATH: `${directory}:/usr/bin:/bin`, LOG: join(directory, 'log'), UID_OF: "'; touch HACKED; '"}, encoding: 'utf8'})
        expect([path, status, stderr]).to.deep.equal([path, 0, ''])
      }
      const log = readFileSync(join(directory, 'log'), 'utf8').trim().split('\n')
      expect(log.filter(line => !/^(?:label|patch|-n shop patch|get namespace kube-system) /.test(line))).to.deep.equal([])
      expect(log.some(line => line.startsWith('label'))).to.equal(true)
      expect(spawnSync('find', [directory, '-name', 'HACKED*'], {encoding: 'utf8'}).stdout).to.equal('')
    })
    for (const {path, text} of files) expect(OBEYED.test(text), path).to.equal(false)
  })

  it('and screens obey nothing that a server calls its version', async () => {
    const plan = await hostile()
    for (const text of [planScreen(plan, {width: 400, isWritten: false}), [...planWide(plan, 400)].join('')]) expect(OBEYED.test(text)).to.equal(false)
    expect(planFiles(plan, TOOL)[0]?.text.split('\n')[2]).to.equal('`v1.30.2-\\u{1b}[2J\\u{a}# [x](http://x.example) <img>\\u{a}touch HACKED\\u{a}` -> v1.37. Nothing of this was applied.')
  })

  it('patch from their own folder, wherever CDPATH leads', async () => {
    const plan = await planOf({objects: [labelled('shop'), deployment('shop/web', 'port')]})
    inDirectory(planFiles(plan, TOOL).map(file => ({...file, path: `plan/${file.path}`})), directory => {
      mkdirSync(join(directory, 'elsewhere/plan'), {recursive: true})
      writeFileSync(join(directory, 'kubectl'), '#!/bin/sh\npwd >>"$LOG"\n', {mode: 0o755})
      const {status, stderr} = spawnSync('/bin/sh', ['plan/2-fix.sh'], {cwd: directory, env: {PATH: `${directory}:/usr/bin:/bin`, LOG: join(directory, 'log'), CDPATH: join(directory, 'elsewhere')}, encoding: 'utf8'})
      expect([status, stderr]).to.deep.equal([0, ''])
      expect(new Set(readFileSync(join(directory, 'log'), 'utf8').trim().split('\n'))).to.deep.equal(new Set([join(directory, 'plan')]))
    })
  })

  it('are YAML where they are called so', async () => {
    for (const plan of [await hostile(), await planFrom(declaredSource({objects: sampleObjects()}))])
      for (const {path, text} of planFiles(plan, TOOL).filter(file => file.path.endsWith('.yaml')))
        for (const document of parseAllDocuments(text)) expect(document.errors.map(({message}) => message), path).to.deep.equal([])
  })

  it('are none but the page and the document where nothing is to be done', async () => {
    const own = {enforce: 'restricted', 'enforce-version': 'v1.37', warn: 'restricted', audit: 'restricted'}
    const files = planFiles(await planOf({minor: 37, objects: [labelled('shop', own), deployment('shop/web', 'fine')]}), TOOL)
    expect(files.map(({path}) => path)).to.deep.equal(['README.md', 'plan.json'])
    expect(files[0]?.text).to.include('There is nothing to do.')
  })

  it('put a workload without a namespace into the overlay, and into no script', async () => {
    const files = planFiles(await planOf({objects: [{...deployment('x/web', 'port'), metadata: {name: 'web'}} as unknown as KubeObject]}), TOOL)
    expect(files.map(({path}) => path)).to.include.members(['patches/kustomization.yaml', 'patches/_none/deployment-web.yaml']).and.not.include('2-fix.sh')
  })
})

describe('label commands', () => {
  const step = {stage: 'observe', needs: [], level: 'baseline', version: 'latest', changes: [{label: 'a.io/x', from: null, to: 'b'}, {label: 'a.io/y', from: "it's", to: 'c'}]} as const
  it('undo to the letter', () => {
    expect(applyCommand('shop', step)).to.equal("kubectl label --overwrite namespace 'shop' a.io/x=b a.io/y=c")
    expect(undoCommand('shop', step)).to.equal(String.raw`kubectl label --overwrite namespace 'shop' 'a.io/y=it'\''s' a.io/x-`)
  })
})
