import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {annotationsOf} from '../../src/kube/object.js'
import {namespace, object} from './cases/case.js'
import type {RealApiServer} from './support/api-server.js'
import {installReportResources} from './support/crds.js'
import {withMachine} from './support/machine.js'
import {withServer} from './support/with-server.js'

/** `kubectl apply` keeps the object in an annotation, and all of them together may have 256 KiB. */
const MOST_ANNOTATIONS = 262_144
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const MANY = 2000

const FORMATS = [
  {format: 'policyreport', namespaced: 'policyreports.wgpolicyk8s.io', cluster: 'clusterpolicyreports.wgpolicyk8s.io'},
  {format: 'openreports', namespaced: 'reports.openreports.io', cluster: 'clusterreports.openreports.io'},
] as const

interface Report extends KubeObject {
  results: {policy: string; result: string; properties?: Record<string, string>}[]
  summary: Record<string, number>
}

function deadGrant(place: string): KubeObject {
  // Characters that JSON in Go writes with six bytes each count as six.
  return object('rbac.authorization.k8s.io/v1', 'Role', place, {rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use'], resourceNames: ['<a>&<b>']}]})
}

const FEW = [namespace('few', {'pod-security.kubernetes.io/enforced': 'baseline'}), deadGrant('few/one'), deadGrant('few/two'), deadGrant('many/one')]

describe('policy reports on real API servers', () => {
  const machine = withMachine()

  for (const minor of [30, 37] as const) describe(`1.${minor}`, () => {
    const server = withServer({minor})
    let admin = ''
    before(async () => {
      admin = await server().kubeconfig('admin', join(machine().world.home, 'admin.kubeconfig'))
      await installReportResources(server())
      await server().create(namespace('many'), ...FEW)
    })

    for (const kinds of FORMATS) {
      it(`${kinds.format}: a live audit applies, and again without a change`, async () => {
        await expectApplied(server(), kinds, ['--kubeconfig', admin], 3)
      })

      it(`${kinds.format}: thousands of findings apply in parts, and again without a change`, async () => {
        const items = Array.from({length: MANY}, (_, index) => deadGrant(`${index % 4 === 0 ? 'few' : 'many'}/grant-${index}`))
        const file = machine().world.file('many.json', JSON.stringify({apiVersion: 'v1', kind: 'List', items}))
        const parts = await expectApplied(server(), kinds, ['-f', file, '--server-version', `1.${minor}`], MANY)
        expect(parts).to.be.above(5)
      })
    }

    async function expectApplied(to: RealApiServer, {format, namespaced, cluster}: typeof FORMATS[number], input: readonly string[], least: number): Promise<number> {
      const {kubectl, world} = machine()
      const quiet = ['--fail-on', 'critical', '--allow-incomplete']
      const [yaml, json] = [join(world.cwd, `${format}.yaml`), join(world.cwd, `${format}.json`)]
      const audited = await kubectl(['k121', 'audit', ...input, ...quiet, '-o', `${format}=${yaml}`, '-o', `json=${json}`])
      expect(audited.status, audited.stderr).to.equal(0)
      const {clusters: [{findings}]} = JSON.parse(readFileSync(json, 'utf8')) as {clusters: [{findings: {fingerprint: string}[]}]}
      expect(findings.length).to.be.at.least(least)

      const apply = async (): Promise<string[]> => {
        const {status, stdout, stderr} = await kubectl(['apply', '--kubeconfig', admin, '-f', yaml])
        expect([status, stderr]).to.deep.equal([0, ''])
        return stdout.trimEnd().split('\n')
      }
      const first = await apply()
      expect(first.filter(line => !line.endsWith(' created'))).to.deep.equal([])
      const second = await apply()
      expect(second.filter(line => !line.endsWith(' unchanged'))).to.deep.equal([])

      const reports = (await Promise.all([namespaced, cluster].map(resource => listOf(to, resource)))).flat()
      expect(reports.length).to.equal(first.length)
      expectWhole(reports, findings)
      await removeAsTold(readFileSync(yaml, 'utf8'), to, [namespaced, cluster])
      return first.length
    }

    /** The file says how to remove a set that may have had more parts. */
    async function removeAsTold(text: string, from: RealApiServer, resources: readonly string[]): Promise<void> {
      const [, command = ''] = /^# .*: kubectl (.*)$/m.exec(text) ?? []
      const removed = await machine().kubectl([...command.split(' '), '--kubeconfig', admin])
      expect(removed.status, removed.stderr).to.equal(0)
      for (const resource of resources) expect(await listOf(from, resource)).to.deep.equal([])
    }
  })
})

/** Every finding once, counted in the summary of its report, and no report at the limit. */
function expectWhole(reports: readonly Report[], findings: readonly {fingerprint: string}[]): void {
  const kept = reports.flatMap(({results}) => results.flatMap(({properties}) => properties?.['fingerprint'] ?? []))
  expect(kept.toSorted()).to.deep.equal(findings.map(({fingerprint}) => fingerprint).toSorted())
  for (const report of reports) {
    const counts = report.results.reduce<Record<string, number>>((sum, {result}) => ({...sum, [result]: (sum[result] ?? 0) + 1}), {})
    expect(report.summary).to.deep.include(counts)
    expect(Buffer.byteLength(annotationsOf(report)[LAST_APPLIED] ?? '')).to.be.within(1, MOST_ANNOTATIONS - 1)
  }
}

async function listOf(server: RealApiServer, resource: string): Promise<Report[]> {
  const [plural = '', ...group] = resource.split('.')
  const version = group[0] === 'openreports' ? 'v1alpha1' : 'v1alpha2'
  return (await server.request('GET', `/apis/${group.join('.')}/${version}/${plural}`)).json.items as Report[]
}
