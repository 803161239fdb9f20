import {join} from 'node:path'
import {expect} from 'chai'
import {parseAllDocuments} from 'yaml'
import {CHECKS} from '../../src/checks/registry.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {ENDPOINTS, RESOURCES, isEndpoint, rowOf} from '../../src/kube/resources.js'
import {readName} from '../../src/audit/summary.js'
import type {AuditEvent, PolicyRule, RealApiServer} from './support/api-server.js'
import {SERVER_MINORS} from './support/binaries.js'
import {installCustomResources} from './support/crds.js'
import type {Audited, Machine} from './support/machine.js'
import {withMachine} from './support/machine.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'
import {writesOf} from './support/writes.js'

type Role = KubeObject & {rules: PolicyRule[]}

/** Nothing here is so grave: an audit that could not look ends with 3, and no finding gets in front of it. */
const QUIET = ['--fail-on', 'critical']

/** By `system:public-info-viewer`, which a cluster may lack: so the role grants it all the same. */
const OPEN_TO_ALL = ['/version']

const AUDITOR = 'auditor'
const SECRET_READER = 'secret-reader'

/** Printed by the program, applied by a real kubectl, as the help says. */
async function applyRoles({kubectl, world}: Machine, server: RealApiServer, user: string, flags: readonly string[]): Promise<Role[]> {
  const printed = await kubectl(['k121', 'rbac', '--subject', `user:${user}`, ...flags])
  expect([printed.status, printed.stderr]).to.deep.equal([0, ''])
  const admin = await server.kubeconfig('admin', join(world.home, 'admin.kubeconfig'))
  const applied = await kubectl(['apply', '--kubeconfig', admin, '-f', '-'], {input: printed.stdout})
  expect(applied.status, applied.stderr).to.equal(0)
  // Authorizers learn of the last of it through a watch.
  await until('the roles are known', async () => (await server.request('GET', '/api/v1/pods?limit=1', undefined, {user})).status === 200)
  return rolesIn(printed.stdout)
}

function rolesIn(text: string): Role[] {
  return parseAllDocuments(text).map(document => document.toJS() as Role).filter(({kind}) => kind === 'ClusterRole' || kind === 'Role')
}

const REMOTE = {
  apiVersion: 'v1', kind: 'Config', clusters: [{name: 'a', cluster: {server: 'https://a.example.com'}}],
  users: [{name: 'a', user: {token: 'x'}}], contexts: [{name: 'a', context: {cluster: 'a', user: 'a'}}],
}

/** A person would write these: what follows a Kustomization is read only where one names it. */
const NAMED: readonly KubeObject[] = [
  {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'remote', namespace: 'default'}, data: {value: Buffer.from(JSON.stringify(REMOTE)).toString('base64')}},
  {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'remote', namespace: 'default'}, data: {provider: 'generic'}},
  {apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: {name: 'a', namespace: 'default'}, spec: {kubeConfig: {secretRef: {name: 'remote'}}}},
  {apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: {name: 'b', namespace: 'default'}, spec: {kubeConfig: {configMapRef: {name: 'remote'}}}},
  // Of ReplicaSets only those are read in full that nothing stands above.
  {apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: {name: 'alone', namespace: 'default'}, spec: {selector: {matchLabels: {app: 'alone'}}, template: {metadata: {labels: {app: 'alone'}}, spec: {containers: [{name: 'main', image: 'registry.example.com/main:1'}]}}}},
] as unknown as KubeObject[]

/** One right, as a role grants it and as the audit log shows its use. */
function rightsOf({metadata, rules}: Role): string[] {
  const where = (metadata as {namespace?: string}).namespace ?? ''
  return rules.flatMap(({verbs, apiGroups = [], resources = [], resourceNames = [''], nonResourceURLs = []}) => verbs.flatMap(verb => [
    ...nonResourceURLs.map(path => `${verb} ${path}`),
    ...apiGroups.flatMap(group => resources.flatMap(resource => resourceNames.map(name => rightNamed({verb, group, resource, namespace: where, name})))),
  ]))
}

function rightNamed({verb, group, resource, namespace, name}: Record<'verb' | 'group' | 'resource' | 'namespace' | 'name', string>): string {
  return `${verb} ${group === '' ? 'core' : group}/${resource}${name === '' ? '' : ` ${namespace}/${name}`}`
}

function rightUsed({verb, requestURI, objectRef}: AuditEvent): string[] {
  if (objectRef?.resource === undefined) return [`${verb} ${requestURI.split('?')[0]}`]
  const {apiGroup: group = '', resource, namespace = '', name = ''} = objectRef
  // A grant for any name, one for this name in any namespace, and one for this.
  return [rightNamed({verb, group, resource, namespace: '', name: ''}), ...[...new Set(['', namespace])].map(where => rightNamed({verb, group, resource, namespace: where, name}))]
}

/** What nothing on this server could use: the API is not there. */
async function isServed(server: RealApiServer, right: string): Promise<boolean> {
  const [, place = ''] = right.split(' ')
  const [group = '', plural = ''] = place.split('/')
  if (group === '') return (await server.request('GET', place)).status !== 404
  const row = Object.values(RESOURCES).find(one => (one.group || 'core') === group && one.plural === plural)
  if (row === undefined) return true
  const paths = row.versions.map(version => `${row.group === '' ? `/api/${version}` : `/apis/${row.group}/${version}`}/${plural}?limit=1`)
  return (await Promise.all(paths.map(path => server.request('GET', path)))).some(({status}) => status === 200)
}

function expectNothingUnread({status, cluster}: Audited, code: number): void {
  const unread = cluster.completeness.resources.filter(({outcome}) => outcome === 'forbidden')
  expect(unread.map(({resource}) => resource)).to.deep.equal([])
  expect(cluster.checks.filter(({skip}) => skip?.reason === 'forbidden').map(({id}) => id)).to.deep.equal([])
  expect([cluster.completeness.complete, status]).to.deep.equal([true, code])
}

/** No check that cannot do without a row says anything good when the row was not read. */
function expectNothingClean({cluster}: Audited): void {
  const unread = new Set(cluster.completeness.resources.filter(({outcome}) => outcome === 'forbidden').map(({resource}) => resource))
  for (const {id, topic, status} of cluster.checks) {
    const reads: readonly ReadKey[] = CHECKS.find(({meta}) => meta.id === id)?.meta.reads ?? []
    if (!reads.some(key => unread.has(readName(key)))) continue
    expect(status, id).to.not.equal('passed')
    if (status !== 'not-applicable') expect(cluster.summary.verdicts[topic], topic).to.not.equal('closed')
  }
}

interface Planned {
  completeness: {complete: boolean; missing: readonly {resource: string; outcome: string}[]}
  namespaces: readonly object[]
  workloads: readonly {name: string}[]
}

async function planAs({kubectl, world}: Machine, server: RealApiServer, user: string): Promise<{status: number | null; stderr: string; json: Planned}> {
  const kubeconfig = await server.kubeconfig(user, join(world.home, `${user}.kubeconfig`))
  const {status, stdout, stderr} = await kubectl(['k121', 'pod-security', 'plan', '-o', 'json'], {env: {KUBECONFIG: kubeconfig}})
  return {status, stderr, json: JSON.parse(stdout) as Planned}
}

describe('the roles of `kubectl k121 rbac`', () => {
  const machine = withMachine()

  for (const minor of SERVER_MINORS) describe(`on 1.${minor}`, () => {
    const server = withServer({minor, auditLog: true, users: {[AUDITOR]: [], [SECRET_READER]: []}})
    before(async () => {
      await installCustomResources(server())
      await server().create(...NAMED)
    })

    it('make a whole audit possible', async () => {
      await applyRoles(machine(), server(), AUDITOR, [])
      expectNothingUnread(await machine().audit(server(), AUDITOR, QUIET), 0)
    })

    it('make a whole plan possible', async () => {
      const planned = await planAs(machine(), server(), AUDITOR)
      expect([planned.status, planned.json.completeness.missing], planned.stderr).to.deep.equal([0, []])
      expect(planned.json.workloads.map(({name}) => name)).to.deep.equal(['alone'])
    })

    it('make a whole audit of Secrets possible, and hold not one right more than is used', async () => {
      const roles = await applyRoles(machine(), server(), SECRET_READER, ['--include-secrets'])
      const audited = await machine().audit(server(), SECRET_READER, [...QUIET, '--include-secrets'])
      expectNothingUnread(audited, 0)
      const own = (await server().auditEvents()).filter(({user}) => user.username === SECRET_READER)
      expect(own.filter(({responseStatus}) => responseStatus?.code === 403).map(({requestURI}) => requestURI)).to.deep.equal([])
      const used = new Set(own.flatMap(rightUsed))
      for (const right of roles.flatMap(rightsOf).filter(right => !used.has(right)))
        expect(await isServed(server(), right), `${right} is granted and not used`).to.equal(false)
    })

    it('without them nothing is clean', async () => {
      const audited = await machine().audit(server(), 'nobody', [...QUIET, '--include-secrets'])
      const {checks, completeness, summary} = audited.cluster
      expect([audited.status, completeness.complete]).to.deep.equal([3, false])
      expect(checks.filter(({status}) => status === 'passed').map(({id}) => id)).to.deep.equal([])
      expect(checks.some(({skip}) => skip?.reason === 'forbidden')).to.equal(true)
      expect(Object.values(summary.verdicts)).to.not.include('closed')
      expect(audited.cluster.findings.filter(({severity}) => severity === 'critical')).to.deep.equal([])
      expectNothingClean(audited)
    })

    it('without them nothing is planned', async () => {
      const {status, json} = await planAs(machine(), server(), 'nobody')
      expect([status, json.completeness.complete, json.namespaces, json.workloads]).to.deep.equal([3, false, [], []])
      expect(json.completeness.missing.map(({outcome}) => outcome)).to.include('forbidden')
    })

    it('no audit and no plan of any of them has written anything', async () => {
      for (const user of [AUDITOR, SECRET_READER, 'nobody']) expect(await writesOf(server(), user), user).to.deep.equal([])
    })
  })

  // Of the three, the one on which each rule has something that is served.
  describe('with one rule less, on 1.24', () => {
    const server = withServer({minor: 24})
    let cases: Lessened[] = []
    before(async () => {
      await installCustomResources(server())
      await server().create(...NAMED)
      cases = await lessened(machine())
      for (const one of cases) await server().create(...grants(one))
      const {user = ''} = cases.at(-1) ?? {}
      const admin = await server().kubeconfig('admin', join(machine().world.home, 'admin.kubeconfig'))
      await until('the last grant is known', async () => (await machine().kubectl(['auth', 'can-i', 'list', 'namespaces', '--as', user, '--kubeconfig', admin])).stdout === 'yes\n')
    })

    it('say what is forbidden, and exit with 3', async () => {
      expect(cases.length).to.be.above(20)
      const waiting = [...cases]
      const worker = async (): Promise<void> => {
        for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await expectForbidden(one)
      }
      await Promise.all([worker(), worker()])
    }).timeout(300_000)

    async function expectForbidden({rule, user, flags}: Lessened): Promise<void> {
      const audited = await machine().audit(server(), 'admin', [...QUIET, ...flags, '--as', user])
      const what = JSON.stringify(rule)
      if (rule.nonResourceURLs?.every(path => OPEN_TO_ALL.includes(path))) return expectNothingUnread(audited, 0)
      const forbidden = audited.cluster.completeness.resources.filter(({outcome, detail}) => outcome === 'forbidden' || /forbidden/.test(detail)).map(({resource}) => resource)
      expect(forbidden, what).to.satisfy((names: string[]) => names.length > 0 && names.every(name => namesIn(rule).includes(name)))
      // Paths outside the API are one road of several: said, and no reason to call the audit incomplete.
      if (rule.nonResourceURLs !== undefined) return
      expect([audited.status, audited.cluster.completeness.complete], what).to.deep.equal([3, false])
      expectNothingClean(audited)
    }
  })
})

/** A user who has all the roles but for one rule. */
interface Lessened {
  user: string
  rule: PolicyRule
  roles: readonly Role[]
  flags: readonly string[]
}

/** The role for Secrets makes a rule of the others superfluous, so those are lessened without it. */
async function lessened({kubectl}: Machine): Promise<Lessened[]> {
  const printed = async (flags: readonly string[]): Promise<Role[]> => rolesIn((await kubectl(['k121', 'rbac', ...flags])).stdout)
  const without = async (flags: readonly string[], isLessened: (role: Role) => boolean): Promise<Omit<Lessened, 'user'>[]> => {
    const roles = await printed(flags)
    return roles.filter(isLessened).flatMap(role => role.rules.map(rule => ({
      rule, flags, roles: roles.map(other => (other === role ? {...role, rules: role.rules.filter(one => one !== rule)} as Role : other)),
    })))
  }
  const isSecrets = ({metadata}: Role): boolean => (metadata as {name: string}).name.endsWith('-secrets')
  const all = [...await without([], () => true), ...await without(['--include-secrets'], isSecrets)]
  return all.map((one, index) => ({...one, user: `without-${index}`}))
}

function grants({roles, user}: Lessened): KubeObject[] {
  const group = 'rbac.authorization.k8s.io'
  return roles.flatMap((role, index) => {
    const {namespace} = role.metadata as {namespace?: string}
    const metadata = {name: `${user}-${index}`, ...(namespace === undefined ? {} : {namespace})}
    return [
      {...role, metadata},
      {apiVersion: `${group}/v1`, kind: `${role.kind}Binding`, metadata, roleRef: {apiGroup: group, kind: role.kind, name: metadata.name}, subjects: [{apiGroup: group, kind: 'User', name: user}]},
    ] as KubeObject[]
  })
}

/** How the report names the rows that this rule is for, and those that cannot be known without them. */
function namesIn({apiGroups = [], resources = [], nonResourceURLs = []}: PolicyRule): string[] {
  const keys = [...Object.keys(ENDPOINTS), ...Object.keys(RESOURCES)] as ReadKey[]
  const own = keys.filter(key => (isEndpoint(key) ? nonResourceURLs.includes(ENDPOINTS[key].path) : apiGroups.includes(rowOf(key).group) && resources.includes(rowOf(key).plural)))
  const followers = keys.filter(key => !isEndpoint(key) && rowOf(key).follows?.rows.some(row => (own as string[]).includes(row)))
  return [...own, ...followers].map(readName)
}
