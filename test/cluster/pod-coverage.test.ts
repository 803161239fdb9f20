import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import type {CoverageLine} from '../../src/audit/audit-report.js'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {nameOf} from '../../src/kube/object.js'
import type {ControlId} from '../../src/pod-security/control.js'
import {evaluate} from '../../src/pod-security/evaluate.js'
import type {PodCase} from '../pods/pods.js'
import {POD_CASES, withoutEphemeral} from '../pods/pods.js'
import {object} from '../support/declared-facts.js'
import type {ApiResponse} from './support/api-client.js'
import type {RealApiServer} from './support/api-server.js'
import {withMachine} from './support/machine.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

/** What the audit says becomes of a pod that breaks a control, and what the API server then does with each bad pod of test/pods/. */

type Coverage = readonly CoverageLine[]

/** The answers for what a pod breaks, by control. */
function answersIn(coverage: Coverage, namespace: string, operation: CoverageLine['operation'], controls: readonly ControlId[]): Map<ControlId, CoverageLine['answer']> {
  return new Map(controls.map(control => {
    const own = coverage.filter(line => line.control === control && line.operation === operation && line.namespaces.includes(namespace))
    if (own.length !== 1) throw new Error(`${own.length} lines for ${control} ${operation} in ${namespace}`)
    return [control, own[0]!.answer]
  }))
}

/** Of the strictest level, and of baseline, which it overrides in parts. */
function failing(minor: number, judged: object): ControlId[] {
  const {metadata, spec} = judged as {metadata: JsonObject; spec: JsonObject}
  const pod = {metadata, spec}
  return [...new Set((['baseline', 'restricted'] as const).flatMap(level => evaluate(level, {minor, server: minor}, pod).map(({id}) => id)))]
}

/** Refused, or changed until it breaks nothing of what is said to be refused; a warning in words of Pod Security admission. */
function expectDone(answer: ApiResponse, said: ReadonlyMap<ControlId, CoverageLine['answer']>, left: (object: KubeObject) => readonly ControlId[]): void {
  const refused = [...said].filter(([, one]) => one === 'refused').map(([id]) => id)
  const told = `${answer.status} ${answer.text.slice(0, 300)} ${String(answer.headers['warning'] ?? '')}; said ${[...said].map(([id, one]) => `${id} ${one}`).join(', ')}`
  if ([...said.values()].includes('unknown')) return
  if (refused.length === 0) {
    expect(answer.status, told).to.be.oneOf([200, 201])
    const isWarned = /would violate PodSecurity/.test(String(answer.headers['warning'] ?? ''))
    expect(isWarned, told).to.equal([...said.values()].includes('warned'))
  } else if (answer.status < 300) {
    const still = left(answer.json as KubeObject)
    expect(refused.filter(id => still.includes(id)), told).to.deep.equal([])
  } else expect(answer.status, told).to.equal(403)
}

async function audited(machine: ReturnType<ReturnType<typeof withMachine>>, server: RealApiServer): Promise<Coverage> {
  const file = join(machine.world.home, 'psa.yaml')
  writeFileSync(file, 'apiVersion: pod-security.admission.config.k8s.io/v1beta1\nkind: PodSecurityConfiguration\n')
  const {cluster} = await machine.audit(server, 'admin', ['--topic', 'pod-security', '--admission-config', file])
  return (cluster as unknown as {coverage: Coverage}).coverage
}

const bad = (minor: number): PodCase[] => POD_CASES.filter(one => one.verdict === 'bad' && one.refusedByApi === null && one.from <= minor && (one.until === null || one.until >= minor))

describe('coverage, said and done', () => {
  const machine = withMachine()

  describe('1.37: levels of Pod Security admission', () => {
    const minor = 37
    const server = withServer({minor})
    let coverage: Coverage = []
    const NAMESPACES: Readonly<Record<string, Record<string, string>>> = {
      open: {}, base: {enforce: 'baseline'}, older: {enforce: 'baseline', 'enforce-version': 'v1.30'}, strict: {enforce: 'restricted'}, warned: {warn: 'restricted'}, audited: {audit: 'restricted'},
    }

    before(async () => {
      const labels = (own: Record<string, string>): JsonObject => Object.fromEntries(Object.entries(own).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]))
      await server().create(...Object.entries(NAMESPACES).map(([name, own]): KubeObject => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels: labels(own)}})))
      coverage = await audited(machine(), server())
    })

    const pods = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`

    async function ask(namespace: string, {operation, pod}: PodCase): Promise<ApiResponse> {
      if (operation === 'create') return server().request('POST', `${pods(namespace)}?dryRun=All`, pod)
      await server().request('POST', pods(namespace), withoutEphemeral(pod))
      const answer = await server().request('PATCH', `${pods(namespace)}/${nameOf(pod)}/ephemeralcontainers?dryRun=All`, {spec: {ephemeralContainers: pod.spec['ephemeralContainers']}}, {contentType: 'application/strategic-merge-patch+json'})
      await server().request('DELETE', `${pods(namespace)}/${nameOf(pod)}?gracePeriodSeconds=0`)
      return answer
    }

    for (const one of bad(minor))
      it(one.id, async () => {
        const controls = failing(minor, one.pod)
        expect(controls).to.include(one.control)
        for (const namespace of Object.keys(NAMESPACES)) expectDone(await ask(namespace, one), answersIn(coverage, namespace, one.operation, controls), left => failing(minor, left))
      })

    it('a Deployment is let in everywhere, with the warnings that are said', async () => {
      for (const {pod, control} of bad(minor).filter(({operation}) => operation === 'create')) {
        const template = {metadata: {...pod.metadata, labels: {app: 'x'}, name: undefined}, spec: {...pod.spec, restartPolicy: 'Always'}}
        const deployment = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'x'}, spec: {selector: {matchLabels: {app: 'x'}}, template}}
        const plain = await server().request('POST', '/apis/apps/v1/namespaces/open/deployments?dryRun=All', deployment)
        // Not every pod may stand in a template.
        if (plain.status !== 201) continue
        const made = (plain.json as {spec: {template: {metadata: JsonObject; spec: JsonObject}}}).spec.template
        for (const namespace of Object.keys(NAMESPACES)) {
          const answer = await server().request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`, deployment)
          expectDone(answer, answersIn(coverage, namespace, 'workload', failing(minor, made)), () => [])
        }
        expect(control).to.be.a('string')
      }
    })

    it('a change of an image is judged, a resize is not', async () => {
      const one = bad(minor).find(({id}) => id.startsWith('privileged/') && id.includes('container'))!
      const pod = {...withoutEphemeral(one.pod), metadata: {...one.pod.metadata, name: 'there'}}
      const controls = failing(minor, one.pod)
      await server().create({apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'late'}})
      await server().request('POST', pods('late'), pod)
      await server().request('PATCH', '/api/v1/namespaces/late', {metadata: {labels: {'pod-security.kubernetes.io/enforce': 'baseline'}}}, {contentType: 'application/merge-patch+json'})
      coverage = await audited(machine(), server())
      const containers = pod.spec['containers'] as {name: string}[]
      const patch = (fields: object): object => ({spec: {containers: [{name: containers[0]!.name, ...fields}]}})
      const sent = (sub: string, body: object): Promise<ApiResponse> => server().request('PATCH', `${pods('late')}/there${sub}?dryRun=All`, body, {contentType: 'application/strategic-merge-patch+json'})
      const image = await sent('', patch({image: 'registry.example/other:1'}))
      expect([answersIn(coverage, 'late', 'update', controls).get('privileged'), image.status], image.text).to.deep.equal(['refused', 403])
      expect((await sent('', {metadata: {labels: {a: 'b'}}})).status).to.equal(200)
      const resize = await sent('/resize', patch({resources: {requests: {cpu: '10m'}}}))
      expect(answersIn(coverage, 'late', 'resize', controls).get('privileged')).to.equal('ignored')
      expect(resize.text).not.to.include('violates PodSecurity')
    })
  })

  describe('1.24: PodSecurityPolicy, by what workloads may use', () => {
    const minor = 24
    const MAKER = 'system:serviceaccount:kube-system:replicaset-controller'
    const server = withServer({minor, admissionPlugins: ['PodSecurityPolicy'], users: {[MAKER]: ['system:serviceaccounts', 'system:serviceaccounts:kube-system']}})
    let coverage: Coverage = []
    const any = {rule: 'RunAsAny'}
    const psp = (name: string, spec: object, annotations = {}): KubeObject => object('policy/v1beta1', 'PodSecurityPolicy', name, {spec: {supplementalGroups: any, fsGroup: any, ...spec}, annotations})
    const SECCOMP = 'seccomp.security.alpha.kubernetes.io/allowedProfileNames'
    const POLICIES = [
      psp('strict', {
        privileged: false, allowPrivilegeEscalation: false, requiredDropCapabilities: ['ALL'], volumes: ['configMap', 'emptyDir', 'projected', 'secret', 'downwardAPI', 'csi', 'persistentVolumeClaim', 'ephemeral'],
        runAsUser: {rule: 'MustRunAsNonRoot'}, seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0:c1,c2'}},
      }, {[SECCOMP]: 'runtime/default', 'seccomp.security.alpha.kubernetes.io/defaultProfileName': 'runtime/default', 'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'runtime/default', 'apparmor.security.beta.kubernetes.io/defaultProfileName': 'runtime/default'}),
      psp('middle', {privileged: false, volumes: ['*'], allowedCapabilities: ['CHOWN', 'NET_ADMIN'], hostPID: true, runAsUser: any, seLinux: any}),
      psp('open', {privileged: true, allowedCapabilities: ['*'], volumes: ['*'], hostNetwork: true, hostPorts: [{min: 0, max: 65535}], hostIPC: true, hostPID: true, allowedProcMountTypes: ['Default', 'Unmasked'], allowedUnsafeSysctls: ['*'], runAsUser: any, seLinux: any}, {[SECCOMP]: '*'}),
    ]
    const rbac = (kind: string, name: string, rest: object): KubeObject => object('rbac.authorization.k8s.io/v1', kind, name, rest as Record<string, unknown>)
    const role = (policy: string): KubeObject => rbac('ClusterRole', `use-${policy}`, {rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use'], resourceNames: [policy]}]})
    const ref = (name: string): object => ({apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name})
    const account = (namespace: string): object => ({kind: 'ServiceAccount', namespace, name: 'default'})
    const within = (namespace: string, policy: string): KubeObject => rbac('RoleBinding', `${namespace}/use-${policy}`, {roleRef: ref(`use-${policy}`), subjects: [account(namespace)]})

    before(async () => {
      await server().allow(MAKER, [{apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers'], verbs: ['create', 'get', 'patch']}])
      const names = ['tight', 'wide', 'both', 'none']
      await server().create(
        ...POLICIES, ...POLICIES.map(policy => role(nameOf(policy))), ...names.map((name): KubeObject => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
        within('tight', 'strict'), within('wide', 'open'), within('both', 'strict'), within('both', 'middle'),
      )
      await until('the policies are known', async () => (await create('wide', {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'first'}, spec: {containers: [{name: 'a', image: 'a'}]}}, '')).status === 201)
      coverage = await audited(machine(), server())
    })

    const create = (namespace: string, pod: KubeObject & {spec?: unknown}, query = '?dryRun=All'): Promise<ApiResponse> =>
      server().request('POST', `/api/v1/namespaces/${namespace}/pods${query}`, {...pod, spec: {...(pod.spec as JsonObject), serviceAccountName: 'default'}}, {user: MAKER})

    for (const one of bad(minor).filter(({operation}) => operation === 'create'))
      it(one.id, async () => {
        const controls = failing(minor, one.pod)
        for (const namespace of ['tight', 'wide', 'both', 'none']) {
          const said = answersIn(coverage, namespace, 'create', controls)
          const answer = await create(namespace, one.pod)
          if (answer.status === 422) continue
          // More than the Standards ask may be refused: by its choice of a user, by a namespace without a policy.
          if ([...said.values()].includes('refused') || namespace === 'wide') expectDone(answer, said, left => failing(minor, left))
        }
      })

    it('says of each namespace what its weakest policy holds', () => {
      const held = (namespace: string): number => coverage.filter(line => line.operation === 'create' && line.answer === 'refused' && line.namespaces.includes(namespace)).length
      // The server drops allowedProcMountTypes while its gate is off, and with it what the open policy gives away of procMount.
      expect([held('none'), held('tight'), held('wide')]).to.deep.equal([19, 16, 2])
      expect(held('both')).to.be.within(1, 15)
    })
  })
})
