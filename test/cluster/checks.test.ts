import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {CHECKS} from '../../src/checks/registry.js'
import type {Finding} from '../../src/audit/finding.js'
import {listAt, textAt} from '../../src/kube/field.js'
import {FILTER_KEYS} from '../../src/kube/filter-rows.js'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {nameOf, namespaceOf} from '../../src/kube/object.js'
import {RESOURCES, isOf} from '../../src/kube/resources.js'
import {violations} from '../support/json-schema.js'
import {sarifSchema} from '../support/sarif-schema.js'
import type {CheckCase} from './cases/case.js'
import {UID_OF_OWNER, pod} from './cases/case.js'
import {DUAL_STACK_CASES} from './cases/dual-stack.js'
import {EXEC_CASES} from './cases/exec-credentials.js'
import {EXTERNAL_IP_CASES} from './cases/external-ips.js'
import {CAREFUL_GRANT, CAREFUL_POLICY, POD_SECURITY_CASES} from './cases/pod-security.js'
import type {RealApiServer} from './support/api-server.js'
import type {ServerMinor} from './support/binaries.js'
import {SERVER_MINORS} from './support/binaries.js'
import {CUSTOM_ROWS, installCustomResources} from './support/crds.js'
import type {Audited, Machine} from './support/machine.js'
import {withMachine} from './support/machine.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'
import {writesOf} from './support/writes.js'

const CASES: readonly CheckCase[] = [...POD_SECURITY_CASES, ...DUAL_STACK_CASES, ...EXEC_CASES, ...EXTERNAL_IP_CASES]

/** An administrator who only audits, so that the server's log tells what audits wrote. */
const AUDITOR = 'auditor'
const AUDITED = {auditLog: true, users: {[AUDITOR]: ['system:masters']}} as const

/** On any server: its administrators, the plugin that is right today, and what no API shows of a mesh. */
const NORMAL = ['admins', 'plugin-flag', 'dual-stack-not-seen', 'ipv6-not-seen']

function serversOf(check: string): readonly ServerMinor[] {
  const meta = CHECKS.find(one => one.meta.id === check)?.meta
  if (meta === undefined) return []
  const {since = 0, until: last = Infinity} = meta
  return SERVER_MINORS.filter(minor => minor >= since && minor <= last)
}

function casesOn(minor: ServerMinor): CheckCase[] {
  return CASES.filter(({check, minors}) => serversOf(check).includes(minor) && (minors ?? SERVER_MINORS).includes(minor))
}

/** Several cases share a namespace, or are about one object. */
function unique(objects: readonly KubeObject[]): KubeObject[] {
  return [...new Map(objects.map(one => [`${one.kind}/${namespaceOf(one)}/${nameOf(one)}`, one])).values()]
}

async function prepare(server: RealApiServer, objects: readonly KubeObject[]): Promise<void> {
  const filters = FILTER_KEYS.filter(key => CUSTOM_ROWS.includes(key) && objects.some(one => isOf(RESOURCES[key], one)))
  await installCustomResources(server, ['kustomizations', 'helmreleases', 'constrainttemplates', 'k8spspprivilegedcontainer', 'k8spsphostfilesystem', ...filters])
  await until('kube-public is there', async () => (await server.request('GET', '/api/v1/namespaces/kube-public')).status === 200)
  const uids = new Map<string, string>()
  for (const one of unique(objects)) {
    const [made] = await server.create(withOwner(one, uids))
    uids.set(ownerKey(one.kind, namespaceOf(one), nameOf(one)), textAt(made, 'metadata', 'uid') ?? '')
  }
}

function ownerKey(...parts: readonly string[]): string {
  return parts.join('/')
}

function withOwner(one: KubeObject, uids: ReadonlyMap<string, string>): KubeObject {
  const owners = listAt(one, 'metadata', 'ownerReferences').map(owner => owner as JsonObject)
  if (!owners.some(owner => owner['uid'] === UID_OF_OWNER)) return one
  const ownerReferences = owners.map(owner => ({...owner, uid: uids.get(ownerKey(textAt(owner, 'kind') ?? '', namespaceOf(one), textAt(owner, 'name') ?? '')) ?? ''}))
  return {...one, metadata: {...one['metadata'] as JsonObject, ownerReferences}}
}

/** Labels of namespaces. */
async function writeOver(server: RealApiServer, namespaces: readonly KubeObject[]): Promise<void> {
  for (const {metadata} of namespaces) {
    const {name, labels} = metadata as {name: string; labels: JsonObject}
    expect((await server.request('PATCH', `/api/v1/namespaces/${name}`, {metadata: {labels}}, {contentType: 'application/merge-patch+json'})).status).to.equal(200)
  }
}

interface Sarif {
  runs: {tool: {driver: {rules: {id: string}[]}}; results: {ruleId: string; partialFingerprints: {primaryLocationLineHash: string}}[]}[]
}

/** One audit, and beside it one of the checks that run on request alone. */
interface WholeAudit extends Audited {
  sarif: Sarif
  findings: readonly Finding[]
  checks: Audited['cluster']['checks']
}

const ON_REQUEST = CHECKS.filter(({meta}) => meta.isOnRequest === true).flatMap(({meta}) => ['--check', meta.id])

async function auditOf({audit, world}: Machine, server: RealApiServer): Promise<WholeAudit> {
  const file = join(world.cwd, 'k121.sarif')
  const audited = await audit(server, AUDITOR, ['--include-secrets', '-o', `sarif=${file}`])
  const {cluster} = await audit(server, AUDITOR, ON_REQUEST)
  return {
    ...audited, sarif: JSON.parse(readFileSync(file, 'utf8')) as Sarif,
    findings: [...audited.cluster.findings, ...cluster.findings], checks: [...audited.cluster.checks, ...cluster.checks],
  }
}

/** The same findings, each with its rule. */
function expectSarif({sarif, cluster}: Audited & {sarif: Sarif}): void {
  expect(violations(sarifSchema(), sarif)).to.deep.equal([])
  const results = sarif.runs.flatMap(run => run.results)
  expect(results.map(({partialFingerprints}) => partialFingerprints.primaryLocationLineHash).toSorted()).to.deep.equal(cluster.findings.map(({fingerprint}) => fingerprint).toSorted())
  for (const {tool, results: own} of sarif.runs) expect(tool.driver.rules.map(({id}) => id)).to.include.members(own.map(({ruleId}) => ruleId))
}

function isAbout({object, owner}: Finding, one: KubeObject): boolean {
  return [object, owner].some(ref => ref !== null && ref.kind === one.kind && ref.namespace === namespaceOf(one) && ref.name === nameOf(one))
}

function line({check, variant, object: {kind, namespace, name}}: Finding): string {
  return `${check}/${variant} ${kind} ${namespace}/${name}`
}

describe('every check on real API servers', () => {
  const machine = withMachine()

  for (const {meta} of CHECKS) it(`${meta.id} has a case on each server that it knows`, () => {
    const covered = SERVER_MINORS.filter(minor => casesOn(minor).some(({check}) => check === meta.id))
    expect(covered).to.deep.equal(serversOf(meta.id))
  })

  it('no case is of a check that does not exist', () => {
    const ids = CHECKS.map(({meta}) => meta.id)
    expect(CASES.map(({check}) => check).filter(check => !ids.includes(check))).to.deep.equal([])
  })

  for (const minor of SERVER_MINORS) describe(`1.${minor}, where things are wrong`, () => {
    const server = withServer({minor, ...AUDITED, admissionPlugins: minor === 24 ? ['PodSecurityPolicy'] : [], ...(minor === 37 ? {extraFlags: ['--feature-gates=StrictIPCIDRValidation=false']} : {})})
    const cases = casesOn(minor)
    let audited: Awaited<ReturnType<typeof auditOf>>
    before(async () => {
      if (minor === 24) {
        await server().create(CAREFUL_POLICY, ...CAREFUL_GRANT)
        await until('the policy is known', async () => (await server().request('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod('default/x'))).status === 201)
      }
      await prepare(server(), cases.flatMap(({bad, good}) => [...bad, ...good]))
      await writeOver(server(), cases.flatMap(({later = []}) => later))
      audited = await auditOf(machine(), server())
    })

    for (const {check, found: {variant, kind, namespace = '', name, state = 'active'}, good} of cases) {
      it(`${check} finds ${variant} ${kind} ${name}, and nothing in its clean twin`, () => {
        const own = audited.findings.filter(one => one.check === check)
        const hits = own.filter(one => one.variant === variant && one.object.kind === kind && one.object.namespace === namespace && one.object.name === name)
        expect(hits.map(one => one.state), own.map(line).join('\n')).to.deep.equal([state])
        expect(own.filter(one => good.some(twin => isAbout(one, twin))).map(line)).to.deep.equal([])
      })
    }

    it('says of a pod that would not come back what the server says', async () => {
      const refused = await server().request('POST', '/api/v1/namespaces/labelled-later/pods?dryRun=All', {...cases.find(({check}) => check === 'pod-refused-at-restart')?.bad[1], metadata: {name: 'again'}})
      const found = audited.cluster.findings.find(({check}) => check === 'pod-refused-at-restart')
      expect(refused.status).to.equal(403)
      const words = (text: string): string => text.slice(text.indexOf('violates PodSecurity'))
      expect(words(found?.message ?? '')).to.equal(words((refused.json as {message: string}).message))
    })

    it('is the same in SARIF, and valid', () => expectSarif(audited))

    it('is read whole, and nothing is written', async () => {
      expect([audited.cluster.completeness.complete, audited.status]).to.deep.equal([true, 1])
      expect(await writesOf(server(), AUDITOR)).to.deep.equal([])
    })
  })

  for (const minor of SERVER_MINORS) describe(`1.${minor}, where nothing is wrong`, () => {
    // Of PodSecurityPolicy nothing is left once its API is off, as on 1.25.
    const server = withServer({minor, ...AUDITED, isDualStack: true, admissionPlugins: ['DenyServiceExternalIPs'], ...(minor === 24 ? {extraFlags: ['--runtime-config=policy/v1beta1=false']} : {})})
    let audited: Awaited<ReturnType<typeof auditOf>>
    before(async () => {
      await prepare(server(), casesOn(minor).flatMap(({good}) => good))
      await server().create(...unique(casesOn(minor).flatMap(({shut = []}) => shut)))
      audited = await auditOf(machine(), server())
    })

    for (const id of new Set(casesOn(minor).map(({check}) => check))) it(`${id} looks, and finds nothing`, () => {
      const own = audited.findings.filter(({check, variant}) => check === id && !NORMAL.includes(variant))
      expect(own.map(line)).to.deep.equal([])
      const result = audited.checks.find(check => check.id === id)
      expect(result?.skip, JSON.stringify(result)).to.equal(null)
      expect(result?.status).to.not.equal('not-applicable')
    })

    it('refuses indeed what the audit calls closed, and no more', async () => {
      const service = {apiVersion: 'v1', kind: 'Service', metadata: {name: 'x'}, spec: {ports: [{port: 80}], externalIPs: ['8.8.8.8']}}
      expect((await server().request('POST', '/api/v1/namespaces/default/services?dryRun=All', service)).status).to.equal(403)
      const claim = {status: {loadBalancer: {ingress: [{ip: '8.8.8.8'}]}}}
      const answer = async (): Promise<number> => (await server().request('PATCH', '/api/v1/namespaces/no-claims/services/balanced/status?dryRun=All', claim, {contentType: 'application/merge-patch+json'})).status
      if (minor === 24) return expect(await answer()).to.equal(200)
      return until('the policy is in force', async () => await answer() === 422)
    })

    it('is the same in SARIF, and valid', () => expectSarif(audited))

    it('is read whole, exits with 0, and nothing is written', async () => {
      expect([audited.cluster.completeness.complete, audited.status]).to.deep.equal([true, 0])
      expect(await writesOf(server(), AUDITOR)).to.deep.equal([])
    })
  })
})
