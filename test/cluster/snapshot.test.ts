import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {FORMATS} from '../../src/report/audit/formats.js'
import {runProcess} from '../support/run-process.js'
import type {ServerMinor} from './support/binaries.js'
import type {Audited} from './support/machine.js'
import {withMachine} from './support/machine.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

/** Stands wherever somebody could have put a secret. */
const C = 'CANARY-d41d8c'
const NOTES = {annotations: {'example.com/note': C, 'kubectl.kubernetes.io/last-applied-configuration': `{"spec":"${C}"}`}}
const VARIABLES = [{name: 'PASSWORD', value: C}]

const named = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => {
  const [namespace, own] = name.includes('/') ? name.split('/') : [undefined, name]
  const {metadata = {}, ...fields} = rest as {metadata?: {annotations?: object; labels?: object}}
  return {apiVersion, kind, ...fields, metadata: {...metadata, name: own, ...(namespace === undefined ? {} : {namespace}), annotations: {...NOTES.annotations, ...metadata.annotations}}} as unknown as KubeObject
}
const container = {name: 'main', image: 'registry.example.com/main:1', env: VARIABLES, command: ['main', `--token=${C}`], args: [C], securityContext: {privileged: true}}
const running = (podIP: string): object => ({phase: 'Running', podIP, podIPs: [{ip: podIP}]})
const RELEASE = {name: 'web', version: 1, info: {status: 'deployed'}, config: {password: C}, manifest: '---\napiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: web\n'}
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: https://a.example.com}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
users: [{name: a, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: /tmp/x, interactiveMode: Never}}}]
`

function clusterOf(minor: ServerMinor, caBundle: string): KubeObject[] {
  return [
    named('v1', 'Namespace', 'shop', {metadata: {labels: {'pod-security.kubernetes.io/enforced': 'baseline'}}}),
    named('v1', 'Node', 'n1', {spec: {podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'], providerID: 'kind://docker/kind/n1'}, status: {addresses: [{type: 'InternalIP', address: '192.0.2.10'}]}}),
    named('v1', 'Pod', 'kube-system/kube-apiserver-n1', {
      metadata: {labels: {component: 'kube-apiserver'}}, status: running('192.0.2.10'),
      spec: {containers: [{name: 'kube-apiserver', image: `registry.k8s.io/kube-apiserver:v1.${minor}.0`, env: VARIABLES, command: ['kube-apiserver', '--enable-admission-plugins=NodeRestriction', `--oidc-client-secret=${C}`, '--service-cluster-ip-range=10.96.0.0/12']}]},
    }),
    named('v1', 'Pod', 'shop/web', {spec: {containers: [container], initContainers: [{...container, name: 'init'}], volumes: [{name: 's', secret: {secretName: 's'}}]}, status: running('10.244.0.5'), metadata: {annotations: {'kubernetes.io/psp': 'open'}}}),
    named('v1', 'Secret', 'shop/plain', {stringData: {password: C}}),
    named('v1', 'Secret', 'shop/argo', {metadata: {labels: {'argocd.argoproj.io/secret-type': 'cluster'}}, stringData: {name: C, server: 'https://a.example.com', config: `{"bearerToken":"${C}"}`}}),
    named('v1', 'Secret', 'shop/sh.helm.release.v1.web.v1', {type: 'helm.sh/release.v1', data: {release: Buffer.from(gzipSync(JSON.stringify(RELEASE)).toString('base64')).toString('base64')}}),
    named('v1', 'ConfigMap', 'shop/other', {data: {note: C}}),
    named('v1', 'ConfigMap', 'kube-system/kube-proxy', {data: {note: C, 'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n'}}),
    named('v1', 'ConfigMap', 'kube-public/cluster-info', {data: {kubeconfig: KUBECONFIG}}),
    named('v1', 'Service', 'shop/web', {spec: {selector: {app: 'web'}, ports: [{port: 443}], clusterIP: '10.96.0.77'}}),
    named('v1', 'Service', 'shop/hijack', {spec: {selector: {app: 'web'}, ports: [{port: 443}], externalIPs: ['10.96.0.77']}}),
    named('v1', 'Service', 'shop/balanced', {spec: {type: 'LoadBalancer', selector: {app: 'web'}, ports: [{port: 80}]}, status: {loadBalancer: {ingress: [{ip: '198.51.100.7'}]}}}),
    named('apps/v1', 'DaemonSet', 'kube-system/aws-node', {spec: {
      selector: {matchLabels: {a: 'b'}},
      template: {metadata: {labels: {a: 'b'}, ...NOTES}, spec: {containers: [{name: 'aws-node', image: 'aws-node:1', env: [...VARIABLES, {name: 'ENABLE_IPv4', value: 'true'}]}]}},
    }}),
    named('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'guard', {webhooks: [{
      name: 'guard.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore', clientConfig: {service: {name: 'guard', namespace: 'shop'}, caBundle},
      rules: [{apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things']}],
    }]}),
    ...minor < 25 ? [named('policy/v1beta1', 'PodSecurityPolicy', 'open', {spec: {privileged: true, runAsUser: {rule: 'RunAsAny'}, fsGroup: {rule: 'RunAsAny'}, seLinux: {rule: 'RunAsAny'}, supplementalGroups: {rule: 'RunAsAny'}, volumes: ['*']}})] : [],
  ]
}

/** All but the advice, which for a file is another one. */
function told({cluster}: Audited): object {
  return {...cluster, checks: cluster.checks.map(check => ({...check, skip: check.skip === null ? null : {...check.skip, unblock: ''}}))}
}

/** When and how long, and by which road. */
function timeless(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replace(/(durationMs"?: )\d+/g, '$10').replace(/\b\d+(?:\.\d+)? s\b/g, 'N s').replace(/ time="[\d.]+"/g, '').replace(/"?source"?: "?(?:live|snapshot)"?/g, 'source')
    .replace(/kubectl k121 rbac --include-secrets|(?:audit the cluster itself with )?(?:--include-secrets|--probe)/g, 'ADVICE')
}

describe('a snapshot of a real API server', () => {
  const machine = withMachine()

  for (const minor of [24, 37] as const) describe(`1.${minor}`, () => {
    const server = withServer({minor, users: {part: [], tenant: []}})
    let config = ''
    const at = (name: string): string => join(machine().world.home, `${minor}-${name}`)
    const configOf = (user: string): Promise<string> => server().kubeconfig(user, at(`${user}.kubeconfig`))
    const snapshot = async (user: string, name: string, flags: readonly string[] = []) => machine().kubectl(['k121', 'snapshot', '--out', at(name), '--kubeconfig', await configOf(user), ...flags])
    const again = async (name: string, flags: readonly string[] = []): Promise<Audited> => {
      const {status, stdout, stderr} = await machine().kubectl(['k121', 'audit', '-f', at(name), '-o', 'json', ...flags])
      return {status, stderr, cluster: (JSON.parse(stdout) as {clusters: [Audited['cluster']]}).clusters[0]}
    }

    before(async () => {
      config = readFileSync(server().caFile).toString('base64')
      await until('the namespaces of the system are there', async () => (await server().request('GET', '/api/v1/namespaces/kube-public')).status === 200)
      await until('default/kubernetes has its EndpointSlice', async () => JSON.stringify((await server().request('GET', '/apis/discovery.k8s.io/v1/endpointslices')).json).includes('10.0.0.10'))
      await server().create(...clusterOf(minor, config))
    })

    it('is audited as the cluster itself was: findings, verdicts, fingerprints, what was not read', async () => {
      const {status, stdout, stderr} = await snapshot('admin', 'all.gz')
      expect([status, stdout], stderr).to.deep.equal([0, ''])
      expect(stderr).to.match(/^\d+ objects written to .*all\.gz, none of them a Secret\.\n$/)
      expect(statSync(at('all.gz')).mode & 0o777).to.equal(0o600)
      const [live, later] = [await machine().audit(server(), 'admin'), await again('all.gz')]
      expect(later.stderr).to.match(/^note: a snapshot of test, begun 20\S+Z; it holds no Secrets\n$/)
      expect(live.cluster.findings.length).to.be.above(4)
      expect([told(later), later.status]).to.deep.equal([told(live), live.status])
    })

    it('is audited so in every format', async () => {
      const formats = Object.keys(FORMATS).filter(format => format !== 'sarif')
      const outputs = (side: string): string[] => formats.flatMap(format => ['-o', `${format}=${at(`${side}.${format}`)}`])
      await machine().kubectl(['k121', 'audit', '--kubeconfig', await configOf('admin'), ...outputs('live')])
      await machine().kubectl(['k121', 'audit', '-f', at('all.gz'), ...outputs('later')])
      for (const format of formats) expect(timeless(readFileSync(at(`later.${format}`), 'utf8')), format).to.equal(timeless(readFileSync(at(`live.${format}`), 'utf8')))
    })

    it('holds nothing that anybody could have hidden', () => {
      // The header names what is left out.
      const text = gunzipSync(readFileSync(at('all.gz'))).toString('utf8').replace(/^.*\n/, '')
      expect(text.split('\n').filter(line => line.includes(C)).map(line => line.slice(0, 200))).to.deep.equal([])
      expect(text).to.not.include('"kind":"Secret"').and.not.include('managedFields').and.not.include(config.slice(100, 160)).and.not.include('last-applied-configuration":')
      expect(text).to.include('--enable-admission-plugins=NodeRestriction').and.include('ENABLE_IPv4')
    })

    it('says of what was forbidden that it was, and is never clean', async () => {
      await server().allow('part', [{apiGroups: [''], resources: ['namespaces', 'pods'], verbs: ['list']}])
      await until('the grant is known', async () => (await server().request('GET', '/api/v1/pods', undefined, {user: 'part'})).status === 200)
      const {status, stderr} = await snapshot('part', 'part.gz')
      expect(status).to.equal(3)
      expect(stderr).to.match(/^incomplete: services: forbidden: /m).and.include('kubectl k121 rbac')
      expect((await snapshot('part', 'part2.gz', ['--allow-incomplete'])).status).to.equal(0)
      const [live, later] = [await machine().audit(server(), 'part', ['--fail-on', 'critical']), await again('part.gz')]
      expect(told(later)).to.deep.equal(told(live))
      expect(later.cluster.completeness.resources.find(({resource}) => resource === 'services')).to.include({outcome: 'forbidden'})
      expect(Object.values(later.cluster.summary.verdicts)).to.not.include('closed')
    })

    it('of a user with rights in one namespace holds that namespace, and says that it is a part', async () => {
      const group = 'rbac.authorization.k8s.io'
      await server().create(
        {apiVersion: `${group}/v1`, kind: 'Role', metadata: {name: 'own', namespace: 'shop'}, rules: [{apiGroups: [''], resources: ['pods', 'services'], verbs: ['list']}]} as unknown as KubeObject,
        {apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata: {name: 'own', namespace: 'shop'}, roleRef: {apiGroup: group, kind: 'Role', name: 'own'}, subjects: [{apiGroup: group, kind: 'User', name: 'tenant'}]},
      )
      await until('the grant is known', async () => (await server().request('GET', '/api/v1/namespaces/shop/pods', undefined, {user: 'tenant'})).status === 200)
      expect((await snapshot('tenant', 'own.gz', ['-n', 'shop'])).status).to.equal(3)
      const [live, later] = [await machine().audit(server(), 'tenant', ['-n', 'shop']), await again('own.gz', ['-n', 'shop'])]
      expect(told(later)).to.deep.equal(told(live))
      expect(later.cluster.completeness.resources.find(({resource}) => resource === 'pods')).to.include({outcome: 'partial', scope: 'namespaces', items: 1})
    })

    it('with --probe keeps the answer', async () => {
      await snapshot('admin', 'probe.gz', ['--probe'])
      const [live, later] = [await machine().audit(server(), 'admin', ['--probe']), await again('probe.gz')]
      expect(told(later)).to.deep.equal(told(live))
      expect(later.cluster.facts.denyServiceExternalIPs).to.deep.include({tried: live.cluster.facts.denyServiceExternalIPs?.tried})
      expect(later.cluster.completeness.resources.find(({resource}) => resource === 'external-ip-probe')).to.include({outcome: 'complete'})
    })

    it('reads no more than the chosen topic needs, and is the same bytes but for the time', async () => {
      expect((await snapshot('admin', 'topic.gz', ['--topic', 'exec-credentials'])).status).to.equal(0)
      const rows = gunzipSync(readFileSync(at('topic.gz'))).toString('utf8').split('\n').flatMap(line => /^\{"row":"([^"]+)"/.exec(line)?.[1] ?? [])
      expect(rows).to.include('kubeconfig-configmaps').and.not.include('services')
      await snapshot('admin', 'topic2.gz', ['--topic', 'exec-credentials'])
      const body = (name: string): string => gunzipSync(readFileSync(at(name))).toString('utf8').replace(/^.*\n/, '')
      expect(body('topic.gz')).to.equal(body('topic2.gz'))
    })

    it('goes to standard output, and from there into an audit', async () => {
      // Bytes in a pipe are no text: the shell carries them.
      const line = `kubectl k121 snapshot --out - --kubeconfig '${await configOf('admin')}' | kubectl k121 audit -f - -o name`
      writeFileSync(at('pipe.sh'), line)
      const {stdout} = await runProcess('/bin/sh', [at('pipe.sh')], {cwd: machine().world.cwd, env: machine().world.env})
      expect(stdout).to.include('namespace/shop')
    })

    it('a live audit unpacks Helm releases, and shows nothing of them', async () => {
      const live = await machine().audit(server(), 'admin', ['--check', 'psp-in-helm-release', '--include-secrets'])
      expect(live.cluster.findings.map(({check, state, object}) => [check, state, object.name])).to.deep.equal([['psp-in-helm-release', minor < 25 ? 'latent' : 'active', 'sh.helm.release.v1.web.v1']])
      expect(JSON.stringify(live.cluster)).to.not.include(C)
      expect(live.cluster.completeness.complete).to.equal(true)
    })
  })
})

