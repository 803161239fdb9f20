import {expect} from 'chai'
import {mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'

const PROGRAM = resolve('bin/run.js')
const CRD = 'batch.example.com/crons=spec.template'
const INPUT = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: batch.example.com/v3
kind: Cron
metadata: {name: nightly, namespace: shop}
spec: {template: {spec: {hostPID: true, containers: [{name: main}]}}}
`

describe('--include-crd', () => {
  let directory = ''
  beforeEach(() => void (directory = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))))
  afterEach(() => rmSync(directory, {recursive: true, force: true}))
  const run = (...args: string[]): Promise<ProcessResult> => runProcess(process.execPath, [PROGRAM, ...args], {cwd: directory, env: {PATH: '/usr/bin:/bin', HOME: directory, TMPDIR: directory}})

  interface Cluster {
    namespaces: readonly {name: string; fits: string}[]
    workloads?: readonly {kind: string; name: string; fits: string; failing: readonly {control: string; path: string}[]}[]
  }
  const audit = async (...args: string[]): Promise<Cluster> => {
    writeFileSync(join(directory, 'in.yaml'), INPUT)
    const {stdout} = await run('audit', '-f', 'in.yaml', '--topic', 'pod-security', '--server-version', '1.30', '-o', 'json', ...args)
    return (JSON.parse(stdout) as {clusters: [Cluster]}).clusters[0]
  }

  it('judges the templates in it', async () => {
    const {namespaces, workloads} = await audit('--include-crd', CRD, '--full')
    expect(namespaces.map(({name, fits}) => [name, fits])).to.deep.equal([['shop', 'privileged']])
    expect(workloads?.map(({kind, name, fits, failing}) => [kind, name, fits, failing[0]])).to.deep.equal([
      ['Cron', 'nightly', 'privileged', {control: 'hostNamespaces', level: 'baseline', path: 'spec.template.spec.hostPID', containers: [], in: 'templates'}],
    ])
  })

  it('looks at nothing that nobody named, and lists workloads only where all is asked for', async () => {
    const {namespaces, workloads} = await audit()
    expect([namespaces.map(({fits}) => fits), workloads]).to.deep.equal([['restricted'], undefined])
  })

  it('is a right of its own', async () => {
    const own = 'apiGroups: ["batch.example.com"]\n  resources: ["crons"]\n  verbs: ["list"]'
    expect((await run('rbac', '--topic', 'pod-security', '--include-crd', CRD)).stdout).to.include(own)
    expect((await run('rbac', '--topic', 'pod-security')).stdout).to.not.include('batch.example.com')
  })

  for (const [text, words] of [['crons=spec.template', 'names no resource'], ['argoproj.io/rollouts=spec.template', 'rollouts.argoproj.io are read anyway']] as const)
    it(`${text} is a mistake`, async () => {
      const {status, stderr} = await run('rbac', '--include-crd', text)
      expect([status, stderr.includes(words)]).to.deep.equal([2, true])
    })
})
