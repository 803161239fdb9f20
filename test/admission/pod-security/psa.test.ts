import {expect} from 'chai'
import {psaPodGuards} from '../../../src/admission/pod-security/psa.js'
import {coveredControls} from '../../../src/admission/pod-security/psa-guards.js'
import {psaWebhookPodGuards} from '../../../src/admission/pod-security/psa-webhook.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {BASELINE_CONTROLS, CONTROLS} from '../../../src/pod-security/control.js'
import type {Level} from '../../../src/pod-security/labels.js'
import {endpoints, namespaceNamed, webhook} from '../../support/admission-objects.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {plainGuards, shownGuards} from '../../support/pod-guards.js'
import {apiServerPod} from '../../checks/external-ips/cluster.js'

const version = (minor: number): NonNullable<DeclaredCluster['endpoints']> => ({version: object('k121.dev/v1', 'Version', 'v', {gitVersion: `v1.${minor}.0`})})
const labelled = (name: string, labels: Record<string, string>): KubeObject => namespaceNamed(name, Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value])))
/** No configuration file: the built-in defaults. */
const API_SERVER = apiServerPod()

describe('the controls that a level judges whole', () => {
  const rows: [level: Level, minor: number, missing: string[]][] = [
    ['privileged', 37, [...CONTROLS]],
    ['restricted', 37, []],
    ['restricted', 30, ['hostProbesAndHostLifecycle']],
    ['restricted', 22, ['hostProbesAndHostLifecycle', 'runAsUser']],
    ['baseline', 37, CONTROLS.filter(id => !(BASELINE_CONTROLS as readonly string[]).includes(id))],
    ['baseline', 35, CONTROLS.filter(id => !(BASELINE_CONTROLS as readonly string[]).includes(id))],
    // Until 1.35 baseline has the stricter rule itself.
    ['baseline', 34, CONTROLS.filter(id => !(BASELINE_CONTROLS as readonly string[]).includes(id) && id !== 'procMount_restricted')],
  ]
  for (const [level, minor, missing] of rows)
    it(`${level} of 1.${minor}`, () => expect(CONTROLS.filter(id => !coveredControls(level, {minor, server: 37}).includes(id))).to.deep.equal(missing))
})

describe('Pod Security admission', () => {
  const UNSEEN = 'the configuration of the API server was not seen (--admission-config gives it, --probe asks)'
  const ENFORCE = 'of changes it judges those of images and of the number of containers'
  const WARNS = (name: string): string[][] => [[name, 'create ephemeralcontainers workload', 'a'], [name, 'update', 'a', ENFORCE]]
  const BASELINE = {'pod-security.kubernetes.io/enforce': 'baseline'}
  const SYNC = 'security.openshift.io/scc.podSecurityLabelSync'
  it('does not judge seccomp profiles by rules of before 1.19, which read annotations alone', async () => {
    const holesAt = async (pinned: string): Promise<unknown> => {
      const {guards} = await factOf(plainGuards(psaPodGuards), {objects: [API_SERVER, labelled('old', {enforce: 'baseline', 'enforce-version': pinned})], endpoints: version(37)})
      return guards.find(({name}) => name.startsWith('enforce='))!.controls!.seccompProfile_baseline
    }
    expect(await holesAt('v1.18')).to.deep.equal(['by the rules of that version seccomp profiles in fields are not looked at'])
    expect(await holesAt('v1.19')).to.deep.equal([])
  })

  it('has levels that OpenShift writes, there alone', async () => {
    const names = [['shop', {}], ['asked', {[SYNC]: 'true'}], ['kept', {[SYNC]: 'false'}], ['default', {}], ['openshift-x', {}], ['openshift-y', {[SYNC]: 'true'}]] as const
    const namespaces = names.map(([name, labels]) => namespaceNamed(name, {...BASELINE, ...labels}))
    const told = async (...more: KubeObject[]): Promise<string[]> => (await factOf(shownGuards(psaPodGuards), {objects: [API_SERVER, ...namespaces, ...more], endpoints: version(30)})).guards
      .filter(({who, sees}) => who.includes('enforce=') && sees.startsWith('create')).map(({isIn, gaps}) => `${isIn}: ${gaps.filter(gap => gap.startsWith('OpenShift')).map(gap => gap.split(' ')[1]).join(' ')}`)
    expect(await told(object('config.openshift.io/v1', 'Network', 'cluster'))).to.have.members(['shop openshift-y: may', 'asked: writes', 'kept default openshift-x: '])
    expect(await told()).to.deep.equal(['shop asked kept default openshift-x openshift-y: '])
  })

  const rows: [name: string, objects: KubeObject[], guards: string[][], inert?: string[], cluster?: Partial<DeclaredCluster>][] = [
    ['without a label', [API_SERVER, labelled('a', {})], []],
    ['enforces on pods alone, and warns of what makes them', [API_SERVER, labelled('a', {enforce: 'baseline'})], [
      ['enforce=baseline:latest', 'create ephemeralcontainers', 'a'], ['enforce=baseline:latest', 'update', 'a', ENFORCE], ...WARNS('warn=baseline:latest'),
    ]],
    ['only warns', [API_SERVER, labelled('a', {warn: 'restricted', 'warn-version': 'v1.28'})], WARNS('warn=restricted:v1.28')],
    ['only audits', [API_SERVER, labelled('a', {audit: 'restricted'})], WARNS('audit=restricted:latest')],
    ['of an invalid level is restricted', [API_SERVER, labelled('a', {enforce: 'none'})], [['enforce=restricted:latest', 'create ephemeralcontainers', 'a'], ['enforce=restricted:latest', 'update', 'a', ENFORCE]]],
    ['has one guard for all namespaces of a level', [API_SERVER, labelled('a', {audit: 'baseline'}), labelled('b', {audit: 'baseline'})], [['audit=baseline:latest', 'create ephemeralcontainers workload', 'a b'], ['audit=baseline:latest', 'update', 'a b', ENFORCE]]],
    ['has one guard for each version', [API_SERVER, labelled('a', {audit: 'baseline'}), labelled('b', {audit: 'baseline', 'audit-version': 'v1.25'})], [...WARNS('audit=baseline:latest'), ['audit=baseline:v1.25', 'create ephemeralcontainers workload', 'b'], ['audit=baseline:v1.25', 'update', 'b', ENFORCE]]],
    ['that is switched off', [apiServerPod('--disable-admission-plugins=PodSecurity'), labelled('a', {enforce: 'baseline'})], [], ['pod-security-admission PodSecurity: no API server has it on']],
    ['before 1.23', [API_SERVER, labelled('a', {enforce: 'baseline'})], [], ['pod-security-admission PodSecurity: no API server has it on'], {endpoints: version(21)}],
    ['whose configuration was not seen: who is exempt is not known, nor the default', [labelled('a', {audit: 'baseline'})], [
      ['audit=baseline:latest', 'create ephemeralcontainers workload', 'a', 'whom its configuration exempts was not seen'], ['audit=baseline:latest', 'update', 'a', 'whom its configuration exempts was not seen', ENFORCE],
      ['default of enforce', 'create update ephemeralcontainers', 'a', UNSEEN], ['default of warn', 'create update ephemeralcontainers workload', 'a', UNSEEN],
    ]],
  ]
  for (const [name, objects, guards, inert = [], cluster = {}] of rows)
    it(name, async () => {
      const found = await factOf(shownGuards(psaPodGuards), {objects, endpoints: version(30), ...cluster})
      expect(found.guards.map(({who, sees, isIn, gaps}) => [who.replace('pod-security-admission ', ''), sees, isIn, ...gaps])).to.deep.equal(guards)
      expect(found.inert).to.deep.equal(inert)
      for (const {who, action, controls} of found.guards) expect([who, action, controls === '?']).to.deep.equal([who, who.includes('enforce') ? 'refused' : who.includes('warn') ? 'warned' : 'audited', who.includes('default of')])
    })

  const asked: [name: string, namespace: string, status: number, message: string, told: string][] = [
    ['let in', 'a', 201, '', '; the probe was let in: no default refuses it, or who asked is exempt'],
    ['where a label holds', 'b', 403, 'pods "k121-probe" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)', '; the probe asked b, which is held to a label'],
    ['hidden by another plugin', 'a', 403, 'pods "k121-probe" is forbidden: PodSecurityPolicy: unable to validate against any pod security policy: []', '; the probe told nothing: PodSecurityPolicy refused it first'],
  ]
  for (const [name, namespace, status, message, told] of asked)
    it(`does not send to a probe that was asked: ${name}`, async () => {
      const probe = object('k121.dev/v1', 'PodSecurityProbe', 'probe', {namespace, status, message})
      const {guards} = await factOf(shownGuards(psaPodGuards), {objects: [labelled('a', {}), labelled('b', {enforce: 'baseline'})], endpoints: {...version(30), 'pod-security-probe': probe}})
      const gapsOf = (mode: string): string[] => guards.filter(({who}) => who.endsWith(`default of ${mode}`)).flatMap(({gaps}) => gaps)
      const seen = 'the configuration of the API server was not seen (--admission-config gives it)'
      expect([gapsOf('enforce'), gapsOf('warn')]).to.deep.equal([[seen + told], [seen]])
    })

  it('judges by the version that is pinned, and not by one that the server does not have', async () => {
    const labels = (version: string): Record<string, string> => ({audit: 'baseline', 'audit-version': version})
    const found = await factOf(shownGuards(psaPodGuards), {objects: [API_SERVER, labelled('a', labels('v1.30')), labelled('b', labels('latest')), labelled('c', labels('v1.99'))], endpoints: version(34)})
    const hasProbes = found.guards.filter(({sees}) => sees.startsWith('create')).map(({isIn, controls}) => [isIn, controls.includes('hostProbesAndHostLifecycle')])
    expect(hasProbes).to.deep.equal([['a', false], ['b', true], ['c', true]])
  })

  it('sees ephemeral containers and resizes as the server has them', async () => {
    const found = await factOf(shownGuards(psaPodGuards), {objects: [API_SERVER, labelled('a', {warn: 'baseline'})], endpoints: version(35)})
    expect(found.guards.map(({sees}) => sees)).to.deep.equal(['create ephemeralcontainers workload', 'update'])
  })

  const config = (exemptions: object): KubeObject => object('k121.dev/v1', 'AdmissionConfig', 'c', {file: 'psa.yaml', document: {apiVersion: 'pod-security.admission.config.k8s.io/v1', kind: 'PodSecurityConfiguration', exemptions}})
  const exempting: [name: string, exemptions: object, isIn: string, gaps: string[], holes: string[]][] = [
    ['a namespace', {namespaces: ['a']}, 'b', [], []],
    ['users', {usernames: ['bob', 'ann']}, 'a b', ['exempt: the users ann, bob'], []],
    ['whoever makes the pods of Deployments', {usernames: ['system:serviceaccount:kube-system:replicaset-controller']}, 'a b', [], ['exempt: the pods of Deployments and ReplicaSets']],
    ['a runtime class, which any pod may name', {runtimeClasses: ['kata']}, 'a b', [], ['exempt: pods with the runtimeClassName kata']],
  ]
  for (const [name, exemptions, isIn, gaps, holes] of exempting)
    it(`exempts ${name}`, async () => {
      const objects = [apiServerPod('--admission-control-config-file=/etc/psa.yaml'), labelled('a', {audit: 'baseline'}), labelled('b', {audit: 'baseline'})]
      const {guards} = await factOf(shownGuards(psaPodGuards), {objects, endpoints: {...version(30), 'admission-config': config(exemptions)}})
      expect(guards.slice(0, 1).map(guard => [guard.isIn, guard.gaps, guard.holes])).to.deep.equal([[isIn, gaps, holes]])
    })
})

describe('Pod Security admission as a webhook', () => {
  const SERVICE = {clientConfig: {service: {namespace: 'pod-security-webhook', name: 'webhook'}}}
  const rule = (group: string, ...resources: string[]): object => ({apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources})
  const PODS = webhook('pod-security-webhook.kubernetes.io', {rules: [rule('', 'namespaces', 'pods', 'pods/ephemeralcontainers')], ...SERVICE})
  const WORKLOADS = webhook('advisory.pod-security-webhook.kubernetes.io', {rules: [rule('apps', 'deployments', 'statefulsets', 'daemonsets'), rule('batch', 'jobs', 'cronjobs')], failurePolicy: 'Ignore', ...SERVICE})
  const READY = endpoints(true, 'pod-security-webhook/webhook')
  const config = (text: string): KubeObject => object('v1', 'ConfigMap', 'pod-security-webhook/pod-security-webhook', {data: {'podsecurityconfiguration.yaml': text}})
  const PLAIN = config('')
  const STRICT = config('apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\ndefaults: {enforce: baseline}\nexemptions: {namespaces: [b]}\n')
  const a = labelled('a', {})
  const b = labelled('b', {enforce: 'restricted'})

  const rows: [name: string, objects: KubeObject[], guards: string[]][] = [
    ['by labels', [PODS, WORKLOADS, READY, PLAIN, a, b], ['enforce=restricted:latest refused create ephemeralcontainers b', 'enforce=restricted:latest refused update b', 'warn=restricted:latest warned create ephemeralcontainers b', 'warn=restricted:latest warned update b', 'warn=restricted:latest warned workload b']],
    ['by the defaults and exemptions of its ConfigMap', [PODS, READY, STRICT, a, b], ['enforce=baseline:latest refused create ephemeralcontainers a', 'enforce=baseline:latest refused update a']],
    ['whose ConfigMap is not there', [PODS, READY, a], ['pod-security-webhook.kubernetes.io refused create update ephemeralcontainers a']],
    ['whose Service is another one', [webhook('pod-security-webhook.kubernetes.io', {rules: [rule('', 'pods')]}), endpoints(), PLAIN, b], ['pod-security-webhook.kubernetes.io refused create update b']],
    ['that is not there', [PLAIN, b], []],
  ]
  for (const [name, objects, guards] of rows)
    it(name, async () => {
      const found = await factOf(shownGuards(psaWebhookPodGuards), {objects, endpoints: version(30)})
      expect(found.guards.map(({who, action, sees, isIn}) => `${who.replace('pod-security-webhook ', '')} ${action} ${sees} ${isIn === '*' ? objects.at(-1) === a ? 'a' : 'b' : isIn}`)).to.deep.equal(guards)
    })
})
