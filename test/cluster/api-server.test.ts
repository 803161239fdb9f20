import {execFile} from 'node:child_process'
import {mkdtemp, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {annotationsOf} from '../../src/kube/object.js'
import {kubectlBinary} from '../support/kubectl-binaries.js'
import type {ServerMinor} from './support/binaries.js'
import {SERVER_MINORS} from './support/binaries.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

const run = promisify(execFile)

const pod: KubeObject = {
  apiVersion: 'v1', kind: 'Pod', metadata: {name: 'plain', namespace: 'default'},
  spec: {containers: [{name: 'main', image: 'registry.example.com/main:1'}]},
}

function service(name: string, spec: Record<string, string | string[]>): KubeObject {
  return {apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: 'default'}, spec: {ports: [{port: 80}], ...spec}} as unknown as KubeObject
}

describe('real API servers', () => {
  const VERSIONS: Record<ServerMinor, string> = {24: 'v1.24.17', 30: 'v1.30.14', 37: 'v1.37.2'}

  for (const minor of SERVER_MINORS) describe(`1.${minor}`, () => {
    const server = withServer({minor, auditLog: true, users: {ada: ['team-a', 'team-b']}})

    it('says its version', async () => {
      expect((await server().request('GET', '/version')).json).to.include({gitVersion: VERSIONS[minor], major: '1', minor: String(minor)})
    })

    it('lets users do what is allowed, and no more', async () => {
      const list = (user: string | null): Promise<number> => server().request('GET', '/api/v1/pods', undefined, {user}).then(({status}) => status)
      await server().allow('viewer', [{apiGroups: [''], resources: ['pods'], verbs: ['list']}])
      // Authorizers learn of a binding through a watch.
      await until('the grant is known', async () => await list('viewer') === 200)
      expect([await list('admin'), await list('viewer'), await list('nobody'), await list('ada'), await list(null)]).to.eql([200, 200, 403, 403, 403])
    })

    it('writes status through the subresource, and leaves it out of a create', async () => {
      const [made] = await server().create({...pod, status: {phase: 'Running', podIP: '10.244.0.9', podIPs: [{ip: '10.244.0.9'}]}})
      expect(made?.['status']).to.deep.include({phase: 'Running', podIPs: [{ip: '10.244.0.9'}]})
    })

    it('keeps a record in which a dry run can be told from a write', async () => {
      await server().request('POST', '/api/v1/namespaces/default/services?dryRun=All', service('tried', {}))
      // The server itself has created default/kubernetes.
      const writes = (await server().auditEvents()).filter(({verb, user, objectRef}) => verb === 'create' && user.username !== 'system:apiserver' && objectRef?.resource === 'services')
      expect(writes.map(({requestURI, user, responseStatus}) => [requestURI, user.username, responseStatus?.code])).to.eql([['/api/v1/namespaces/default/services?dryRun=All', 'admin', 201]])
      expect((await server().request('GET', '/api/v1/namespaces/default/services/tried')).status).to.equal(404)
    })

    it('writes kubeconfigs that a real kubectl can use', async () => {
      const file = await server().kubeconfig('viewer', join(await mkdtemp(join(tmpdir(), 'k121-kubeconfig-')), 'config'))
      try {
        expect((await stat(file)).mode & 0o777).to.equal(0o600)
        const {stdout, stderr} = await run(await kubectlBinary(36), ['get', 'pods', '-n', 'default', '-o', 'name', '--kubeconfig', file], {env: {HOME: '/nonexistent'}})
        expect([stdout, stderr]).to.eql(['pod/plain\n', ''])
      } finally {
        await rm(dirname(file), {recursive: true})
      }
    })

    it('throws with the words of the server when it refuses an object', async () => {
      const error = await server().create(service('loopback', {externalIPs: ['127.0.0.1']})).catch(String)
      expect(error).to.match(/create Service loopback: 422 .*may not be in the loopback range/)
    })
  })

  describe('1.24 with PodSecurityPolicy', () => {
    const server = withServer({minor: 24, admissionPlugins: ['PodSecurityPolicy']})

    it('refuses a pod that no policy admits, and marks one that a policy changed', async () => {
      expect(await server().create(pod).catch(String)).to.match(/403 .*no providers available to validate pod request/)
      const any = {rule: 'RunAsAny'}
      await server().create({
        apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: {name: 'careful'},
        spec: {volumes: ['*'], runAsUser: {rule: 'MustRunAsNonRoot'}, fsGroup: {rule: 'MustRunAs', ranges: [{min: 1000, max: 2000}]}, supplementalGroups: any, seLinux: any},
      })
      let made: KubeObject | undefined
      await until('the policy is known', async () => {
        const answer = await server().request('POST', '/api/v1/namespaces/default/pods', pod)
        made = answer.json as KubeObject
        return answer.status === 201
      })
      expect(annotationsOf(made!)).to.include({'kubernetes.io/psp': 'careful'})
      expect((made as unknown as {spec: {securityContext: object}}).spec.securityContext).to.include({fsGroup: 1000})
    })
  })

  describe('1.37 with two families and DenyServiceExternalIPs', () => {
    const server = withServer({minor: 37, isDualStack: true, admissionPlugins: ['DenyServiceExternalIPs']})

    it('gives a dual-stack Service an address of each family', async () => {
      const [made] = await server().create(service('both', {ipFamilyPolicy: 'RequireDualStack'}))
      const {clusterIPs} = (made as unknown as {spec: {clusterIPs: string[]}}).spec
      expect(clusterIPs).to.have.lengthOf(2)
      expect(clusterIPs[0]).to.match(/^10\.(?:9[6-9]|10\d|11[01])\./)
      expect(clusterIPs[1]).to.match(/^fd12:3456::/)
    })

    it('refuses external IPs, in a dry run too', async () => {
      const answer = await server().request('POST', '/api/v1/namespaces/default/services?dryRun=All', service('probe', {externalIPs: ['192.0.2.1']}))
      expect([answer.status, answer.json.message]).to.eql([403, 'services "probe" is forbidden: Use of external IPs is denied by admission control'])
    })

    it('shows its flags, in the structured form only to those who ask for it', async () => {
      const accept = 'application/json;as=Flagz;v=v1beta1;g=config.k8s.io'
      const answer = await server().request('GET', '/flagz', undefined, {accept})
      expect(answer.json).to.include({kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1'})
      expect(answer.json.flags).to.include({
        'enable-admission-plugins': '[DenyServiceExternalIPs]', 'disable-admission-plugins': '[ServiceAccount]', 'service-cluster-ip-range': '10.96.0.0/12,fd12:3456::/108',
      })
      expect((await server().request('GET', '/flagz')).status).to.equal(406)
      expect((await server().request('GET', '/flagz', undefined, {accept, user: 'nobody'})).status).to.equal(403)
    })
  })

  for (const minor of SERVER_MINORS) describe(`1.${minor} with a controller`, () => {
    const server = withServer({minor, controllers: ['clusterrole-aggregation']})

    it('fills in an aggregated role', async () => {
      const rules = async (): Promise<number> => ((await server().request('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/edit')).json.rules as unknown[] | null)?.length ?? 0
      await until('the role edit has rules', async () => await rules() > 0)
    })
  })

  describe('1.37 without a controller', () => {
    const server = withServer({minor: 37})

    it('leaves an aggregated role without rules', async () => {
      expect((await server().request('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/edit')).json.rules).to.equal(null)
    })
  })
})
