import {gzipSync} from 'node:zlib'
import {expect} from 'chai'
import {helmReleaseSummary} from '../../../src/adapters/helm-release.js'
import type {Finding} from '../../../src/audit/finding.js'
import {pspInHelmRelease} from '../../../src/checks/pod-security/psp-in-helm-release.js'
import {pspInUse} from '../../../src/checks/pod-security/psp-in-use.js'
import {pspLeftovers} from '../../../src/checks/pod-security/psp-leftovers.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {runChecks} from '../../support/run-checks.js'

const any = {rule: 'RunAsAny'}
const OPEN = {
  privileged: true, hostPID: true, hostIPC: true, hostNetwork: true, hostPorts: [{min: 0, max: 65535}], allowPrivilegeEscalation: true, allowedCapabilities: ['*'], volumes: ['*'],
  runAsUser: any, seLinux: any, fsGroup: any, supplementalGroups: any,
}
const policy = (name: string, spec: object = {}): object => ({apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: {name}, spec})
const pod = (name: string, psp: string | null, more: {created?: string; owner?: string; phase?: string} = {}): object => ({
  apiVersion: 'v1', kind: 'Pod', status: {phase: more.phase ?? 'Running'},
  metadata: {
    namespace: 'ns', name, creationTimestamp: more.created ?? '2026-01-01T00:00:00Z', ...(psp === null ? {} : {annotations: {'kubernetes.io/psp': psp}}),
    ...(more.owner === undefined ? {} : {ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: more.owner, uid: `uid-${more.owner}`, controller: true}]}),
  },
})
const replicaSet = (name: string, deployment: string): object => ({
  apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: {namespace: 'ns', name, uid: `uid-${name}`, ownerReferences: [{apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, uid: `uid-${deployment}`, controller: true}]},
})
const deployment = (name: string): object => ({apiVersion: 'apps/v1', kind: 'Deployment', metadata: {namespace: 'ns', name, uid: `uid-${name}`}})
const line = ({variant, object, count, severity}: Finding): string => `${variant} ${severity} ${object.kind}/${object.name} ×${count}`

describe('psp-in-use', () => {
  it('tells acting policies from those that only exist', async () => {
    const {findings, skips} = await runChecks([pspInUse], {minor: 24, objects: [policy('a'), policy('b'), pod('1', 'a'), pod('2', 'a'), pod('3', 'b', {phase: 'Failed'})]})
    expect(findings.map(line)).to.deep.equal(['acting medium PodSecurityPolicy/a ×2', 'objects low PodSecurityPolicy/b ×1'])
    expect(skips['psp-in-use']).to.equal(null)
  })

  it('does not call a plugin acting that the youngest pod did not meet', async () => {
    const {findings} = await runChecks([pspInUse], {minor: 24, objects: [policy('a'), pod('1', 'a'), pod('2', null, {created: '2026-02-01T00:00:00Z'})]})
    expect(findings.map(line)).to.deep.equal(['objects low PodSecurityPolicy/a ×1'])
    expect(findings[0]?.message).to.include('may be off')
  })

  it('says that the policy of EKS restricts nobody', async () => {
    const {findings} = await runChecks([pspInUse], {minor: 24, objects: [policy('eks.privileged', OPEN), pod('1', 'eks.privileged')]})
    expect(findings[0]).to.include({fixableBy: 'provider', variant: 'acting'})
    expect(findings[0]?.message).to.include('restricts nobody').and.include('every authenticated user')
    const closed = await runChecks([pspInUse], {minor: 24, objects: [policy('eks.privileged', {...OPEN, hostPID: false})]})
    expect(closed.findings[0]?.message).not.to.include('restricts nobody')
  })

  it('the API without a policy; no API; no right to list', async () => {
    const ran = async (outcome?: 'not-served' | 'forbidden'): Promise<[string[], string | null | undefined]> => {
      const {findings, skips} = await runChecks([pspInUse], {minor: 24, objects: [], ...(outcome ? {outcomes: {podsecuritypolicies: outcome}} : {})})
      return [findings.map(line), skips['psp-in-use']]
    }
    expect(await ran()).to.deep.equal([['api-served info Component/kube-apiserver ×1'], null])
    expect(await ran('not-served')).to.deep.equal([[], null])
    expect(await ran('forbidden')).to.deep.equal([[], 'forbidden'])
  })

  it('an odd pod is not clean', async () => {
    const odd = {...pod('1', 'a'), metadata: {namespace: 'ns', name: '1', annotations: {'kubernetes.io/psp': 1}}}
    expect((await runChecks([pspInUse], {minor: 24, objects: [odd]})).skips['psp-in-use']).to.equal('not-understood')
    expect((await runChecks([pspLeftovers], {minor: 27, objects: [odd]})).skips['psp-leftovers']).to.equal('not-understood')
  })

  it('does not apply from 1.25 on', async () => {
    expect((await runChecks([pspInUse], {minor: 25, objects: []})).notApplicable['psp-in-use']).to.be.a('string')
  })
})

describe('psp-leftovers', () => {
  const role = (name: string, rules: object[], kind = 'ClusterRole'): object => ({apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: {name, ...(kind === 'Role' ? {namespace: 'ns'} : {})}, rules})
  const use = (names?: string[], group = 'policy'): object => ({apiGroups: [group], resources: ['podsecuritypolicies'], verbs: ['use'], ...(names ? {resourceNames: names} : {})})

  const rows: [string, object[], string[]][] = [
    ['a rule for one policy', [role('r', [{apiGroups: [''], resources: ['pods'], verbs: ['get']}, use(['a'])])], ['dead-grant low ClusterRole/r ×1']],
    ['the old group, in a Role', [role('r', [use(undefined, 'extensions')], 'Role')], ['dead-grant low Role/r ×1']],
    ['a wildcard is no leftover', [role('r', [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}])], []],
    ['who only looks has no leftover', [role('r', [{...use(), verbs: ['get', 'list', 'watch']}])], []],
    ['who may change them has', [role('r', [{...use(), verbs: ['list', 'update']}])], ['dead-grant low ClusterRole/r ×1']],
    ['another group', [role('r', [use(['a'], 'example.com')])], []],
    ['pods by what owns them', [deployment('web'), replicaSet('web-1', 'web'), pod('1', 'a', {owner: 'web-1'}), pod('2', 'a', {owner: 'web-1'}), pod('3', 'a'), pod('4', 'a', {phase: 'Succeeded'})], ['annotation low Deployment/web ×2', 'annotation low Pod/3 ×1']],
    ['a policy in a file', [policy('a')], ['policy-object medium PodSecurityPolicy/a ×1']],
  ]
  for (const [name, objects, expected] of rows) it(name, async () => expect((await runChecks([pspLeftovers], {objects, minor: 27})).findings.map(line)).to.deep.equal(expected))

  it('names the rule and the provider', async () => {
    const {findings} = await runChecks([pspLeftovers], {objects: [role('eks:podsecuritypolicy:privileged', [use(['eks.privileged'])])], minor: 27})
    expect(findings[0]).to.include({path: 'rules[0]', fixableBy: 'provider'})
  })
})

/** As Helm writes it: JSON, gzip, base64, and the API base64 once more. */
function release(content: {name?: string; version?: number; status?: string; manifest?: string}, more: {raw?: Buffer; plain?: boolean} = {}): KubeObject {
  const {name = 'web', version = 1, status = 'deployed', manifest = ''} = content
  const json = Buffer.from(JSON.stringify({name, version, namespace: 'ns', info: {status}, config: {password: 'hunter2-secret'}, manifest}))
  const stored = (more.raw ?? (more.plain ? json : gzipSync(json))).toString('base64')
  return {
    apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1', data: {release: Buffer.from(stored).toString('base64')},
    metadata: {namespace: 'ns', name: `sh.helm.release.v1.${name}.v${version}`, labels: {owner: 'helm', name, status, version: String(version)}},
  }
}

const DOCUMENT = '# Source: web/templates/psp.yaml\napiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: web-psp\nspec: {}\n'

describe('psp-in-helm-release', () => {
  const ran = (secrets: readonly KubeObject[], more: object = {}) => runChecks([pspInHelmRelease], {objects: secrets.map(helmReleaseSummary), ...more})

  const rows: [string, readonly KubeObject[], string[]][] = [
    ['in the deployed revision', [release({manifest: `---\n${DOCUMENT}---\nkind: Service\n`})], ['current medium Secret/sh.helm.release.v1.web.v1 ×1']],
    ['stored before there was compression', [release({manifest: DOCUMENT}, {plain: true})], ['current medium Secret/sh.helm.release.v1.web.v1 ×1']],
    ['only in older ones', [release({manifest: DOCUMENT, status: 'superseded'}), release({version: 2, manifest: DOCUMENT, status: 'superseded'}), release({version: 3})], ['history low Secret/sh.helm.release.v1.web.v2 ×2']],
    ['a failed upgrade on top of it', [release({manifest: DOCUMENT}), release({version: 2, status: 'failed'})], ['current medium Secret/sh.helm.release.v1.web.v1 ×1']],
    ['none deployed: the last counts', [release({status: 'superseded'}), release({version: 2, status: 'failed', manifest: DOCUMENT})], ['current medium Secret/sh.helm.release.v1.web.v2 ×1']],
    ['a list', [release({manifest: 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: policy/v1beta1\n  kind: PodSecurityPolicy\n  metadata: {name: x}\n'})], ['current medium Secret/sh.helm.release.v1.web.v1 ×1']],
    ['JSON', [release({manifest: `---\n# Source: x\n${JSON.stringify({kind: 'PodSecurityPolicy', metadata: {name: 'x'}})}`})], ['current medium Secret/sh.helm.release.v1.web.v1 ×1']],
    ['quoted and indented', [release({manifest: '  "kind": "PodSecurityPolicy" # old\n  apiVersion: policy/v1beta1\n'})], ['current medium Secret/sh.helm.release.v1.web.v1 ×1']],
    ['text in a ConfigMap is none', [release({manifest: `apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    kind: PodSecurityPolicy\n`})], []],
    ['nothing', [release({manifest: 'kind: Service\n'})], []],
  ]
  for (const [name, secrets, expected] of rows) it(name, async () => expect((await ran(secrets)).findings.map(line)).to.deep.equal(expected))

  it('names release and policy, and is the same finding after the next upgrade', async () => {
    const [one] = (await ran([release({manifest: DOCUMENT})])).findings
    const [two] = (await ran([release({manifest: DOCUMENT, version: 2})])).findings
    expect(one?.message).to.include('release web (revision 1)').and.include('web-psp')
    expect(two?.fingerprint).to.equal(one?.fingerprint)
  })

  it('is latent before 1.25', async () => {
    expect((await ran([release({manifest: DOCUMENT})], {minor: 24})).findings[0]).to.include({state: 'latent', severity: 'info'})
  })

  it('keeps nothing of a release but names', () => {
    const text = JSON.stringify(helmReleaseSummary(release({manifest: DOCUMENT})))
    expect(text).to.include('web-psp').and.not.include('hunter2').and.not.include('"data"')
  })

  const hostile: [string, KubeObject][] = [
    ['a gzip bomb', release({}, {raw: gzipSync(Buffer.alloc(64 * 1024 * 1024))})],
    ['a release that would be read, were it not so large', release({name: 'x'.repeat(17 * 1024 * 1024)})],
    ['no gzip, no JSON', release({}, {raw: Buffer.from('hello')})],
    ['gzip cut short', release({}, {raw: gzipSync(Buffer.from('{"name":"x"}')).subarray(0, 15)})],
    ['no base64', {...release({}), data: {release: '%%%'}}],
    ['no data', {...release({}), data: {}}],
    ['a manifest that only a YAML parser reads', release({manifest: '? kind\n: PodSecurityPolicy\n'})],
    ['a manifest that is a list', release({manifest: ['x'] as unknown as string})],
    ['a Secret that nobody unpacked', {...release({}), metadata: {namespace: 'ns', name: 'x'}}],
  ]
  for (const [name, secret] of hostile) {
    it(`${name} is not understood`, async () => {
      const {findings, skips} = name.includes('nobody') ? await runChecks([pspInHelmRelease], {objects: [secret]}) : await ran([secret])
      expect([findings, skips['psp-in-helm-release']]).to.deep.equal([[], 'not-understood'])
    })
  }

  it('is not asked for without --include-secrets', async () => {
    expect((await ran([release({manifest: DOCUMENT})], {mayReadSecrets: false})).skips['psp-in-helm-release']).to.equal('not-requested')
  })
})
