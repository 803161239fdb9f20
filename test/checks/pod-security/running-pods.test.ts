import {expect} from 'chai'
import type {Finding} from '../../../src/audit/finding.js'
import {injectedContainer} from '../../../src/checks/pod-security/injected-container.js'
import {podRefusedAtRestart} from '../../../src/checks/pod-security/pod-refused-at-restart.js'
import {staticPod} from '../../../src/checks/pod-security/static-pod.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {inNamespaces, namespaceNamed, webhook} from '../../support/admission-objects.js'
import {object} from '../../support/declared-facts.js'
import {runChecks} from '../../support/run-checks.js'

const P = 'pod-security.kubernetes.io/'
const SERVER = object('v1', 'Pod', 'kube-system/kube-apiserver-n', {labels: {component: 'kube-apiserver'}, spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver']}]}, status: {phase: 'Running'}})
const shop = (labels: Record<string, string> = {}): KubeObject => namespaceNamed('shop', labels)
const enforced = (level: string, version?: string): KubeObject => shop({[`${P}enforce`]: level, ...(version === undefined ? {} : {[`${P}enforce-version`]: version})})

interface More {
  owner?: [kind: string, name: string, apiVersion?: string]
  node?: string
  phase?: string
  namespace?: string
}

function pod(name: string, spec: object, {owner, node, phase = 'Running', namespace = 'shop'}: More = {}): KubeObject {
  const made = object('v1', 'Pod', `${namespace}/${name}`, {spec: {containers: [{name: 'main'}], ...spec, ...(node === undefined ? {} : {nodeName: node})}, status: {phase}, ...(node === undefined ? {} : {annotations: {'kubernetes.io/config.mirror': 'x'}})})
  if (owner === undefined) return made
  const [kind, ownerName, apiVersion = 'apps/v1'] = owner
  return {...made, metadata: {...made['metadata'] as object, ownerReferences: [{apiVersion, kind, name: ownerName, uid: '', controller: true}]}} as unknown as KubeObject
}
const daemonSet = (name: string, spec: object = {}): KubeObject => object('apps/v1', 'DaemonSet', `shop/${name}`, {spec: {template: {spec: {containers: [{name: 'main'}], ...spec}}}})
const line = ({variant, severity, state, object: {kind, name}, count}: Finding): string => `${state === 'latent' ? 'latent ' : ''}${variant} ${severity} ${kind}/${name} ×${count}`

describe('pod-refused-at-restart', () => {
  const ran = (objects: KubeObject[], more: object = {}): ReturnType<typeof runChecks> => runChecks([podRefusedAtRestart], {objects: [SERVER, ...objects], minor: 37, ...more})
  const linesOf = async (objects: KubeObject[], more: object = {}): Promise<string[]> => (await ran(objects, more)).findings.map(line)
  const OF_AGENT: More = {owner: ['DaemonSet', 'agent']}

  it('names what runs and would not come back, with the words of the server', async () => {
    const {findings, skips} = await ran([enforced('baseline', 'v1.30'), daemonSet('agent', {hostPID: true}), pod('agent-a', {hostPID: true}, OF_AGENT), pod('agent-b', {hostPID: true}, OF_AGENT), pod('agent-c', {hostPID: true}, {...OF_AGENT, phase: 'Failed'}), pod('web', {})])
    expect(findings.map(line)).to.deep.equal(['today medium DaemonSet/agent ×2'])
    expect(findings[0]?.message).to.equal('2 running pods would be refused when made anew: violates PodSecurity "baseline:v1.30": host namespaces (hostPID=true)')
    expect(findings[0]?.details).to.deep.equal({type: 'pod-security', level: 'baseline', control: 'hostNamespaces', version: 'v1.30', mode: 'enforce', reason: 'host namespaces', detail: 'host namespaces (hostPID=true)', current: 'true', wanted: 'false'})
    expect(skips['pod-refused-at-restart']).to.equal(null)
  })

  const rows: [name: string, objects: KubeObject[], lines: string[]][] = [
    ['where the level is privileged', [enforced('privileged'), pod('a', {hostPID: true})], []],
    ['a pod that nothing makes anew', [enforced('baseline'), pod('a', {hostPID: true})], ['today medium Pod/a ×1']],
    ['pods of one owner that fail differently, once', [enforced('baseline'), pod('a', {hostPID: true}, OF_AGENT), pod('b', {hostPID: true, hostIPC: true, volumes: [{name: 'v', hostPath: {path: '/'}}]}, OF_AGENT), daemonSet('agent')], ['today medium DaemonSet/agent ×2']],
    ['what only an ephemeral container breaks, not', [enforced('baseline'), pod('a', {ephemeralContainers: [{name: 'debug', securityContext: {privileged: true}}]})], []],
    ['a static pod, not', [enforced('baseline'), pod('a-n1', {hostPID: true}, {node: 'n1'})], []],
    ['what only a version to come refuses, as latent', [enforced('baseline'), pod('a', {containers: [{name: 'main', livenessProbe: {httpGet: {host: '10.0.0.1'}}}]})], ['latent upgrade info Pod/a ×1']],
    ['nothing of that with a version that is pinned', [enforced('baseline', 'v1.30'), pod('a', {containers: [{name: 'main', livenessProbe: {httpGet: {host: '10.0.0.1'}}}]})], []],
    ['an unlabelled namespace, by nothing', [shop(), pod('a', {hostPID: true})], []],
  ]
  for (const [name, objects, lines] of rows) it(name, async () => expect(await linesOf(objects, {minor: 30})).to.deep.equal(lines))

  it('knows no future without the version of the server', async () => {
    expect((await ran([enforced('baseline'), pod('a', {})], {minor: null})).skips['pod-refused-at-restart']).to.equal('not-in-input')
  })

  it('follows the configuration of the API server', async () => {
    const config = (exemptions: object): object => ({endpoints: {'admission-config': {apiVersion: 'k121.dev/v1', kind: 'AdmissionConfig', file: 'f', document: {apiVersion: 'pod-security.admission.config.k8s.io/v1', kind: 'PodSecurityConfiguration', defaults: {enforce: 'baseline'}, exemptions}, included: null}}})
    const objects = [shop(), daemonSet('agent'), pod('agent-a', {hostPID: true, runtimeClassName: 'kata'}, OF_AGENT)]
    const found = async (exemptions: object): Promise<string[]> => (await runChecks([podRefusedAtRestart], {objects, ...config(exemptions)})).findings.map(line)
    expect(await found({})).to.deep.equal(['today medium DaemonSet/agent ×1'])
    expect(await found({namespaces: ['shop']})).to.deep.equal([])
    expect(await found({runtimeClasses: ['kata']})).to.deep.equal([])
    expect(await found({usernames: ['system:serviceaccount:kube-system:daemon-set-controller']})).to.deep.equal([])
    expect(await found({usernames: ['system:serviceaccount:kube-system:job-controller']})).to.have.length(1)
    expect(await found({usernames: ['system:kube-controller-manager']})).to.deep.equal([])
    const bare = await runChecks([podRefusedAtRestart], {objects: [shop(), pod('bare', {hostPID: true})], ...config({usernames: ['system:kube-controller-manager']})})
    expect(bare.findings.map(line), 'nobody makes it').to.deep.equal(['today medium Pod/bare ×1'])
  })

  it('says where an exemption is not known', async () => {
    const {findings} = await runChecks([podRefusedAtRestart], {objects: [enforced('baseline'), pod('a', {hostPID: true})]})
    expect(findings[0]?.message).to.include('(unless the configuration of the API server, which was not seen, exempts them)')
  })

  it('is skipped without pods', async () => expect((await ran([], {outcomes: {pods: 'forbidden'}})).skips['pod-refused-at-restart']).to.equal('forbidden'))
})

describe('static-pod', () => {
  const ran = async (objects: KubeObject[]): Promise<Finding[]> => (await runChecks([staticPod], {objects: [...objects, namespaceNamed('kube-system')], minor: 37})).findings
  const HOST = {hostNetwork: true}
  const rows: [name: string, objects: KubeObject[], lines: string[]][] = [
    ['one that baseline refuses', [shop(), pod('miner-n1', HOST, {node: 'n1'})], ['baseline low Pod/miner-n1 ×1']],
    ['one that the level of its namespace refuses', [enforced('restricted'), pod('web-n1', {}, {node: 'n1'})], ['refused medium Pod/web-n1 ×1']],
    ['one that passes', [enforced('baseline'), pod('web-n1', {}, {node: 'n1'})], []],
    ['the same on many nodes, once', [shop(), pod('miner-n1', HOST, {node: 'n1'}), pod('miner-n2', HOST, {node: 'n2'})], ['baseline low Pod/miner-n1 ×2']],
    ['the control plane', [pod('kube-apiserver-n1', HOST, {node: 'n1', namespace: 'kube-system'})], ['control-plane info Pod/kube-apiserver-n1 ×1']],
    ['something else beside the control plane', [pod('miner-n1', HOST, {node: 'n1', namespace: 'kube-system'})], ['baseline low Pod/miner-n1 ×1']],
    ['the name of the control plane elsewhere', [shop(), pod('etcd-n1', HOST, {node: 'n1'})], ['baseline low Pod/etcd-n1 ×1']],
    ['a pod that is not static', [shop(), pod('web', HOST)], []],
  ]
  for (const [name, objects, lines] of rows) it(name, async () => expect((await ran(objects)).map(line)).to.deep.equal(lines))

  it('says what it breaks, and where', async () => {
    expect((await ran([shop(), pod('miner-n1', HOST, {node: 'n1'}), pod('miner-n2', HOST, {node: 'n2'})]))[0]?.message)
      .to.equal('The static pod miner on 2 nodes (n1, n2) breaks baseline (hostNamespaces) and runs all the same: no admission judges what a kubelet runs from a file.')
  })
})

describe('injected-container', () => {
  const NEW_PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods']}
  const injector = (name: string, fields: object = {}): KubeObject => webhook(name, {rules: [NEW_PODS], isMutating: true, ...fields})
  const PROXY = {initContainers: [{name: 'proxy-init', securityContext: {capabilities: {add: ['NET_ADMIN']}}}]}
  const HARD = {securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}, containers: [{name: 'main', securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}}]}
  const WHOLE = [shop(), namespaceNamed('default'), namespaceNamed('kube-system')]
  const OF_WEB: More = {owner: ['DaemonSet', 'web']}
  const ran = async (objects: KubeObject[]): Promise<Finding[]> => (await runChecks([injectedContainer], {objects: [...WHOLE, ...objects], minor: 37})).findings

  const rows: [name: string, objects: KubeObject[], lines: string[], message?: RegExp][] = [
    ['a container that breaks baseline, with the one who may do it', [daemonSet('web'), pod('web-a', PROXY, OF_WEB), injector('mesh')], ['baseline low Namespace/shop ×1'], /^The container proxy-init in pods of DaemonSet web is in none of their templates and breaks capabilities_baseline.*; the mutating webhook configuration mesh may do it\.$/],
    ['two who may', [daemonSet('web'), pod('web-a', PROXY, OF_WEB), injector('a'), injector('b')], ['baseline low Namespace/shop ×1'], /; one of the mutating webhook configurations a, b may do it\.$/],
    ['nobody who may', [daemonSet('web'), pod('web-a', PROXY, OF_WEB), injector('a', {namespaceSelector: inNamespaces('default')})], ['baseline low Namespace/shop ×1'], /; no mutating webhook is asked about pods there:/],
    ['the same in two workloads, once', [daemonSet('web'), pod('web-a', PROXY, OF_WEB), daemonSet('api'), pod('api-a', PROXY, {owner: ['DaemonSet', 'api']})], ['baseline low Namespace/shop ×2'], /pods of DaemonSet api, DaemonSet web is/],
    ['a container that breaks restricted', [daemonSet('web', HARD), pod('web-a', {...HARD, containers: [...HARD.containers, {name: 'proxy'}]}, OF_WEB)], ['restricted info Namespace/shop ×1'], /^The container proxy /],
    ['a field of what the template has', [daemonSet('web'), pod('web-a', {hostPID: true}, OF_WEB)], ['changed info Namespace/shop ×1'], /^spec\.hostPID of pods of DaemonSet web is not so in their templates and breaks hostNamespaces/],
    ['two fields, once', [daemonSet('web'), pod('web-a', {hostPID: true, volumes: [{name: 'v', hostPath: {path: '/'}}]}, OF_WEB)], ['changed info Namespace/shop ×1'], /^Something of pods of DaemonSet web is not so in their templates and breaks hostNamespaces, hostPathVolumes/],
    ['a container of the template', [daemonSet('web', PROXY), pod('web-a', PROXY, OF_WEB)], []],
    ['an injected container that breaks nothing', [daemonSet('web', HARD), pod('web-a', {...HARD, containers: [...HARD.containers, {...HARD.containers[0], name: 'proxy'}]}, OF_WEB)], []],
    ['an ephemeral container, which a person puts in', [daemonSet('web'), pod('web-a', {ephemeralContainers: [{name: 'debug', securityContext: {privileged: true}}]}, OF_WEB)], []],
    ['a pod without a template', [pod('a', PROXY)], []],
  ]
  for (const [name, objects, lines, message] of rows)
    it(name, async () => {
      const findings = await ran(objects)
      expect(findings.map(line), findings.map(one => one.message).join('\n')).to.deep.equal(lines)
      if (message !== undefined) expect(findings[0]?.message).to.match(message)
      expect(findings.every(({object: {kind}}) => kind === 'Namespace'), 'the workload is not blamed').to.equal(true)
    })

  it('is skipped where webhooks were not read', async () => {
    expect((await runChecks([injectedContainer], {objects: WHOLE, outcomes: {mutatingwebhookconfigurations: 'forbidden'}})).skips['injected-container']).to.equal('forbidden')
  })
})
