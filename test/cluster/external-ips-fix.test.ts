import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import type {RealApiServer} from './support/api-server.js'
import {documentsIn, withPerson} from './support/fixing.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

const SERVICES = '/api/v1/namespaces/default/services'
const CONTROLLER = 'system:serviceaccount:metallb-system:controller'
/** `dev` may do to Services, and to their status, whatever can be done. */
const USERS = {dev: ['developers'], [CONTROLLER]: ['system:serviceaccounts', 'system:serviceaccounts:metallb-system']}
const MERGE = 'application/merge-patch+json'
const RIGHTS = [{apiGroups: [''], resources: ['services', 'services/status'], verbs: ['get', 'list', 'create', 'update', 'patch', 'delete']}]

function service(name: string, spec: object = {}, labels: object = {}): KubeObject {
  return {apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: 'default', labels}, spec: {ports: [{port: 80}], ...spec}} as unknown as KubeObject
}

const vip = (name: string, externalIPs: readonly string[]): KubeObject => service(name, {externalIPs})
const ingress = (...entries: readonly object[]): object => ({status: {loadBalancer: {ingress: entries}}})

/** Two Services that hold addresses, a load balancer's controller with its grant, a developer with both rights. */
async function populate(server: RealApiServer): Promise<void> {
  await server.create(vip('held', ['203.0.113.7', '203.0.113.8']), vip('held-v6', ['2001:db8::7']), service('plain'))
  await server.create({...service('balanced', {type: 'LoadBalancer'}), ...ingress({ip: '198.51.100.1'}, {ip: '198.51.100.2', ipMode: 'Proxy'})} as KubeObject)
  await server.create({
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: {name: 'metallb'},
    rules: [{apiGroups: [''], resources: ['services/status'], verbs: ['update', 'patch']}, {apiGroups: [''], resources: ['services'], verbs: ['get', 'list']}],
  } as unknown as KubeObject, {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: {name: 'metallb'},
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'metallb'}, subjects: [{kind: 'ServiceAccount', namespace: 'metallb-system', name: 'controller'}],
  })
  await server.allow('dev', RIGHTS)
  await until('the grants are known', async () => await code(server, 'dev', 'GET', SERVICES) === 200 && await code(server, CONTROLLER, 'GET', SERVICES) === 200)
}

/** The status code of one request; a refusal by anything but a policy or the plugin is shown in full. */
async function code(server: RealApiServer, user: string, method: string, path: string, body?: unknown, contentType?: string): Promise<number | string> {
  const {status, json, text} = await server.request(method, path, body, {user, ...(contentType === undefined ? {} : {contentType})})
  if (status < 400 || isRefusal(String(json?.message))) return status
  return `${status} ${String(json?.message ?? text)}`
}

function isRefusal(message: string): boolean {
  return /CVE-2020-8554|Use of external IPs is denied/.test(message)
}

interface Case {
  name: string
  user?: string
  method: string
  path?: string
  /** A function gets the Service as it stands. */
  body: object | string | ((now: KubeObject) => object)
  of?: string
  type?: string
  isRefused?: boolean
}

const changed = (spec: object) => (now: KubeObject) => ({...now, spec: {...now['spec'] as object, ...spec}})
const applied = (object: KubeObject): string => JSON.stringify(object)

const SPEC_CASES: readonly Case[] = [
  {name: 'a creation with an address', method: 'POST', body: vip('new', ['203.0.113.9']), isRefused: true},
  {name: 'a creation with an address that another Service holds', method: 'POST', body: vip('thief', ['203.0.113.7']), isRefused: true},
  {name: 'a creation without', method: 'POST', body: service('fine')},
  {name: 'an update that adds one', method: 'PUT', of: 'plain', body: changed({externalIPs: ['203.0.113.9']}), isRefused: true},
  {name: 'an update that adds one to those held', method: 'PUT', of: 'held', body: changed({externalIPs: ['203.0.113.7', '203.0.113.8', '203.0.113.9']}), isRefused: true},
  {name: 'a patch that adds one', method: 'PATCH', of: 'plain', type: MERGE, body: {spec: {externalIPs: ['203.0.113.9']}}, isRefused: true},
  {name: 'a JSON patch that adds one', method: 'PATCH', of: 'held', type: 'application/json-patch+json', body: [{op: 'add', path: '/spec/externalIPs/-', value: '203.0.113.9'}], isRefused: true},
  {name: 'a server-side apply that creates', method: 'PATCH', path: `${SERVICES}/applied?fieldManager=me`, type: 'application/apply-patch+yaml', body: applied(vip('applied', ['203.0.113.9'])), isRefused: true},
  {name: 'a server-side apply that adds', method: 'PATCH', path: `${SERVICES}/plain?fieldManager=me&force=true`, type: 'application/apply-patch+yaml', body: applied(vip('plain', ['203.0.113.9'])), isRefused: true},
  {name: 'a dry run', method: 'POST', path: `${SERVICES}?dryRun=All`, body: vip('tried', ['203.0.113.9']), isRefused: true},
  {name: 'an administrator', user: 'admin', method: 'POST', body: vip('admins', ['203.0.113.9']), isRefused: true},
  {name: 'another spelling of the same address', method: 'PATCH', of: 'held-v6', type: MERGE, body: {spec: {externalIPs: ['2001:db8:0::7']}}, isRefused: true},
  {name: 'a label of a Service that holds addresses', method: 'PATCH', of: 'held', type: MERGE, body: {metadata: {labels: {a: 'b'}}}},
  {name: 'its ports', method: 'PUT', of: 'held', body: changed({ports: [{name: 'web', port: 81}]})},
  {name: 'its addresses in another order', method: 'PATCH', of: 'held', type: MERGE, body: {spec: {externalIPs: ['203.0.113.8', '203.0.113.7']}}},
  {name: 'one address taken away', method: 'PATCH', of: 'held', type: MERGE, body: {spec: {externalIPs: ['203.0.113.7']}}},
  {name: 'all of them taken away', method: 'PATCH', of: 'held', type: MERGE, body: {spec: {externalIPs: null}}},
  {name: 'putting it back afterwards', method: 'PATCH', of: 'held', type: MERGE, body: {spec: {externalIPs: ['203.0.113.7']}}, isRefused: true},
  {name: 'a deletion', method: 'DELETE', of: 'held', body: {}},
]

const CONDITION = {type: 'example.com/Ready', status: 'True', reason: 'Ok', message: '', lastTransitionTime: '2026-01-01T00:00:00Z'}
const statusOf = (name: string): string => `${SERVICES}/${name}/status`

const STATUS_CASES: readonly Case[] = [
  {name: 'an address from a developer', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: ingress({ip: '198.51.100.1'}, {ip: '10.96.0.10'}), isRefused: true},
  {name: 'the metadata service\'s address', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: ingress({ip: '169.254.169.254'}), isRefused: true},
  {name: 'an address from an administrator', user: 'admin', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: ingress({ip: '10.96.0.10'}), isRefused: true},
  {name: 'an address by an update of the whole', method: 'PUT', path: statusOf('balanced'), of: 'balanced', body: now => ({...now, ...ingress({ip: '10.96.0.10'})}), isRefused: true},
  {name: 'a server-side apply of the status', method: 'PATCH', path: `${statusOf('balanced')}?fieldManager=me&force=true`, type: 'application/apply-patch+yaml', body: JSON.stringify({apiVersion: 'v1', kind: 'Service', metadata: {name: 'balanced'}, ...ingress({ip: '10.96.0.10'})}), isRefused: true},
  {name: 'a condition from a developer', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: {status: {conditions: [CONDITION]}}},
  {name: 'a condition of a Service without load balancer', method: 'PATCH', path: statusOf('plain'), type: MERGE, body: {status: {conditions: [CONDITION]}}},
  {name: 'the status as it stands', method: 'PUT', path: statusOf('balanced'), of: 'balanced', body: now => now},
  {name: 'a status without anything', method: 'PUT', path: statusOf('plain'), of: 'plain', body: now => ({...now, status: undefined})},
  {name: 'an address from the controller', user: CONTROLLER, method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: ingress({ip: '198.51.100.1'}, {ip: '198.51.100.3'})},
  {name: 'an address of its own from the controller, by an update', user: CONTROLLER, method: 'PUT', path: statusOf('balanced'), of: 'balanced', body: now => ({...now, ...ingress({ip: '198.51.100.3'}, {ip: '198.51.100.4'})})},
  {name: 'addresses in another order from a developer', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: ingress({ip: '198.51.100.4'}, {ip: '198.51.100.3'})},
  {name: 'an address taken away by a developer', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: ingress({ip: '198.51.100.3'})},
  {name: 'all of it taken away', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: {status: {loadBalancer: null}}},
  {name: 'an address when there is none', method: 'PATCH', path: statusOf('balanced'), type: MERGE, body: ingress({ip: '198.51.100.3'}), isRefused: true},
  {name: 'a label of the load balancer', method: 'PATCH', of: 'balanced', type: MERGE, body: {metadata: {labels: {a: 'b'}}}},
]

function itAnswers(cases: readonly Case[], server: () => RealApiServer): void {
  for (const {name, user = 'dev', method, path, body, of, type, isRefused = false} of cases)
    it(`${isRefused ? 'refuses' : 'lets through'} ${name}`, async () => {
      const target = path ?? (of === undefined ? SERVICES : `${SERVICES}/${of}`)
      const sent = typeof body === 'function' ? body((await server().request('GET', `${SERVICES}/${of}`)).json as KubeObject) : body
      const answer = await code(server(), user, method, target, sent, type)
      expect(answer).to.be.oneOf(isRefused ? [403, 422] : [200, 201])
    })
}

/** The policies are known to the server when what they refuse is refused. */
async function untilActing(server: RealApiServer): Promise<void> {
  await until('the spec policy acts', async () => await code(server, 'dev', 'POST', `${SERVICES}?dryRun=All`, vip('probe', ['192.0.2.1'])) !== 201)
  await until('the status policy acts', async () => await code(server, 'dev', 'PATCH', `${statusOf('balanced')}?dryRun=All`, ingress({ip: '192.0.2.1'}), MERGE) !== 200)
}

describe('external-ips fix --to vap', () => {
  for (const minor of [30, 37] as const) describe(`on 1.${minor}`, () => {
    const server = withServer({minor, isDualStack: true, users: USERS})
    const person = withPerson(server)
    let printed = ''

    it('prints policies that a real kubectl applies', async () => {
      await populate(server())
      const {status, stdout, stderr} = await person().fix('vap')
      expect([status, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.include(CONTROLLER).and.to.include('default/held (203.0.113.7, 203.0.113.8)').and.to.include('refused from now on: user dev')
      printed = stdout
      const applying = await person().kubectl('admin', ['apply', '-f', '-'], stdout)
      expect([applying.status, applying.stderr]).to.deep.equal([0, ''])
      await untilActing(server())
    })

    it('prints the same from a snapshot', async () => {
      expect((await person().kubectl('admin', ['k121', 'snapshot', '--out', 'cluster.jsonl.gz'])).status).to.equal(0)
      for (const target of ['vap', 'deny-plugin', 'gatekeeper', 'kyverno']) {
        const {stdout, status} = await person().fix(target, ['-f', 'cluster.jsonl.gz'])
        const live = await person().fix(target)
        expect([status, stdout], target).to.deep.equal([live.status, live.stdout])
      }
    })

    itAnswers(SPEC_CASES, server)
    itAnswers(STATUS_CASES, server)

    it('is found in order by the server\'s own type checking', async () => {
      for (const {kind, metadata} of documentsIn(printed).filter(({kind}) => kind === 'ValidatingAdmissionPolicy')) {
        const {json} = await server().request('GET', `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${(metadata as {name: string}).name}`)
        expect(json.kind).to.equal(kind)
        expect(json.status?.typeChecking?.expressionWarnings ?? []).to.deep.equal([])
      }
    })

    it('lets through what --allow names, and nothing beside it', async () => {
      const blocks = minor === 30 ? ['192.0.2.16/28', '198.18.0.9', '2001:db8:1::5'] : ['192.0.2.16/28', '198.18.0.9', '2001:db8:1::/64']
      const {status, stdout} = await person().fix('vap', blocks.flatMap(block => ['--allow', block]))
      expect(status).to.equal(0)
      expect((await person().kubectl('admin', ['apply', '-f', '-'], stdout)).status).to.equal(0)
      const tried = (address: string): Promise<number | string> => code(server(), 'dev', 'POST', `${SERVICES}?dryRun=All`, vip('probe', [address]))
      await until('the new policy acts', async () => await tried('192.0.2.16') === 201)
      const allowed = ['192.0.2.16', '192.0.2.31', '198.18.0.9', '2001:db8:1::5']
      const refused = ['192.0.2.15', '192.0.2.32', '198.18.0.10', '198.18.0.90', '2001:db8:2::5']
      expect(await Promise.all(allowed.map(tried))).to.deep.equal(allowed.map(() => 201))
      for (const address of refused) expect(await tried(address), address).to.be.oneOf([403, 422])
      const mixed = await code(server(), 'dev', 'POST', `${SERVICES}?dryRun=All`, vip('probe', ['192.0.2.16', '203.0.113.9']))
      expect(mixed).to.be.oneOf([403, 422])
    })

    if (minor === 30) it('says which blocks its CEL cannot speak of', async () => {
      const {status, stderr} = await person().fix('vap', ['--allow', '2001:db8:1::/64'])
      expect(status).to.equal(3)
      expect(stderr).to.match(/^warning: --allow 2001:db8:1::\/64: .*so these stay refused\n$/)
    })

    it('is taken back as its comment says', async () => {
      const lines = printed.replace(/\n# {6,}/g, ' ').split('\n').filter(line => line.startsWith('# To undo: kubectl delete'))
      for (const line of lines.filter(one => one.includes(','))) expect((await person().kubectl('admin', line.slice('# To undo: kubectl '.length).split(' '))).status).to.equal(0)
      await until('nothing refuses any more', async () => await code(server(), 'dev', 'POST', `${SERVICES}?dryRun=All`, vip('probe', ['203.0.113.9'])) === 201)
    })
  })

  describe('on 1.24', () => {
    const server = withServer({minor: 24, users: USERS})
    const person = withPerson(server)

    it('says that there are no such policies, and what is possible', async () => {
      const {status, stdout} = await person().fix('vap')
      expect(status).to.equal(3)
      expect(documentsIn(stdout).filter(Boolean)).to.deep.equal([])
      expect(stdout).to.match(/not on this server: 1\.24 .*\n?.*deny-plugin/)
    })
  })
})

describe('external-ips fix --to deny-plugin', () => {
  /** As kubeadm shows them: with the flags that this very server was started with. */
  const serverPod = (flags: readonly string[]): KubeObject => ({
    apiVersion: 'v1', kind: 'Pod', metadata: {name: 'kube-apiserver-cp1', namespace: 'kube-system', labels: {component: 'kube-apiserver'}},
    spec: {nodeName: 'cp1', containers: [{name: 'kube-apiserver', image: 'registry.k8s.io/kube-apiserver:v1.30.14', command: ['kube-apiserver', ...flags]}]},
    status: {phase: 'Running'},
  } as unknown as KubeObject)
  const flagsIn = (text: string): string[] => text.split('\n').filter(line => line.startsWith('--'))
  let printed: string[] = []

  describe('on a server with plugins of its own choice', () => {
    const server = withServer({minor: 30, admissionPlugins: ['NodeRestriction', 'AlwaysPullImages'], users: USERS})
    const person = withPerson(server)

    it('keeps the list that it finds', async () => {
      await populate(server())
      await server().create(serverPod(['--enable-admission-plugins=NodeRestriction,AlwaysPullImages']))
      const {status, stdout, stderr} = await person().fix('deny-plugin')
      expect([status, stderr]).to.deep.equal([0, ''])
      printed = flagsIn(stdout)
      expect(printed).to.deep.equal(['--enable-admission-plugins=NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs'])
    })
  })

  describe('on a server that was started with the printed line', () => {
    const server = withServer({minor: 30, isDualStack: true, get extraFlags() { return printed }, users: {...USERS, 'system:node:n1': ['system:nodes']}})
    const person = withPerson(server)

    it('has the plugins that were there before', async () => {
      await server().allow('system:node:n1', [{apiGroups: [''], resources: ['nodes'], verbs: ['create', 'patch']}])
      await until('the node\'s grant is known', async () => {
        const {json} = await server().request('POST', '/api/v1/nodes', {apiVersion: 'v1', kind: 'Node', metadata: {name: 'n2'}}, {user: 'system:node:n1'})
        return String(json?.message).includes('is not allowed to modify node "n2"')
      })
      const [pod] = await server().create({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'puller', namespace: 'default'}, spec: {containers: [{name: 'main', image: 'example.com/a:1', imagePullPolicy: 'Never'}]}} as unknown as KubeObject)
      expect((pod as unknown as {spec: {containers: {imagePullPolicy: string}[]}}).spec.containers[0]?.imagePullPolicy).to.equal('Always')
    })

    it('says that it is on, once pods show it', async () => {
      await server().create(serverPod(printed))
      const {status, stdout} = await person().fix('deny-plugin')
      expect([status, flagsIn(stdout)]).to.deep.equal([0, []])
      expect(stdout).to.include('DenyServiceExternalIPs is on already')
    })

    it('refuses new external IPs to everybody', async () => {
      await server().create(service('plain'))
      for (const user of ['admin']) expect(await code(server(), user, 'POST', SERVICES, vip('new', ['203.0.113.9']))).to.equal(403)
      expect(await code(server(), 'admin', 'PATCH', `${SERVICES}/plain`, {spec: {externalIPs: ['203.0.113.9']}}, MERGE)).to.equal(403)
    })
  })

  describe('on 1.37, which shows its flags by itself', () => {
    const server = withServer({minor: 37, admissionPlugins: ['NodeRestriction', 'AlwaysPullImages'], users: {auditor: []}})
    const person = withPerson(server)

    it('takes the list from /flagz, and says that it speaks for one instance', async () => {
      const {status, stdout, stderr} = await person().fix('deny-plugin')
      expect(flagsIn(stdout)).to.deep.equal(['--enable-admission-plugins=NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs'])
      expect(status).to.equal(3)
      expect(stderr).to.include('there may be more API servers')
    })

    it('guesses at no list for whoever may not see it', async () => {
      await server().allow('viewer', [{apiGroups: [''], resources: ['services'], verbs: ['list']}])
      await until('the grant is known', async () => await code(server(), 'viewer', 'GET', '/api/v1/services') === 200)
      const {status, stdout, stderr} = await person().kubectl('viewer', ['k121', 'external-ips', 'fix', '--to', 'deny-plugin'])
      expect([status, flagsIn(stdout)]).to.deep.equal([3, ['--enable-admission-plugins=<the plugins that stand there>,DenyServiceExternalIPs']])
      expect(stderr).to.include('the present list of admission plugins could not be read')
    })

    it('needs no right that the roles of `kubectl k121 rbac --topic external-ips` lack', async () => {
      const roles = await person().kubectl('admin', ['k121', 'rbac', '--topic', 'external-ips', '--subject', 'user:auditor'])
      expect((await person().kubectl('admin', ['apply', '-f', '-'], roles.stdout)).status).to.equal(0)
      await until('the grant is known', async () => await code(server(), 'auditor', 'GET', '/api/v1/services') === 200)
      for (const target of ['deny-plugin', 'vap', 'gatekeeper', 'kyverno']) {
        const {stderr} = await person().kubectl('auditor', ['k121', 'external-ips', 'fix', '--to', target])
        expect(stderr, target).to.not.match(/forbidden|could not be read|error/)
      }
      const {status, stderr} = await person().kubectl('auditor', ['k121', 'external-ips', 'fix', '--to', 'vap'])
      expect([status, stderr]).to.deep.equal([0, ''])
    })
  })
})
