import {expect} from 'chai'
import {denyServiceExternalIPs} from '../../src/admission/deny-plugin.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {factOf, object} from '../support/declared-facts.js'

const flagz = (value: string, flag = 'enable-admission-plugins'): KubeObject => ({apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags: {[flag]: value, port: '6443'}})
const metrics = (...plugins: string[]): KubeObject => ({apiVersion: 'k121.dev/v1', kind: 'AdmissionMetrics', plugins, manifestConfig: false})
const probe = (status: number, message = ''): KubeObject => ({apiVersion: 'k121.dev/v1', kind: 'ExternalIPProbe', namespace: 'default', status, message, warnings: []})

let pods = 0
function apiServer(command: string[], args: string[] = [], extra: Record<string, unknown> = {}): KubeObject {
  return object('v1', 'Pod', `kube-system/kube-apiserver-${pods++}`, {
    labels: {component: 'kube-apiserver'}, spec: {containers: [{name: 'kube-apiserver', command, args}]}, status: {phase: 'Running'}, ...extra,
  })
}
const node = (kubeletVersion: string, labels = {}): KubeObject => object('v1', 'Node', 'n1', {labels, spec: {}, status: {nodeInfo: {kubeletVersion}}})

/** As the API servers themselves write it. */
function servers(count: number, addressType = 'IPv4'): KubeObject {
  const endpoints = Array.from({length: count}, (_, index) => ({addresses: [addressType === 'IPv4' ? `192.168.0.${10 + index}` : `fd00::${10 + index}`]}))
  return object('discovery.k8s.io/v1', 'EndpointSlice', `default/kubernetes-${addressType}`, {labels: {'kubernetes.io/service-name': 'kubernetes'}, addressType, endpoints})
}

const ON = '--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs'
const OFF = '--enable-admission-plugins=NodeRestriction'

interface Given {
  endpoints?: Partial<Record<ReadKey, KubeObject>>
  objects?: KubeObject[]
}

describe('denyServiceExternalIPs', () => {
  const rows: [name: string, given: Given, state: string, road: string, strength: string][] = [
    ['nothing answers', {}, 'unknown', 'none', 'none'],
    ['flagz of a live server', {endpoints: {flagz: flagz('[DenyServiceExternalIPs,NodeRestriction]')}}, 'on', 'flagz', 'proof'],
    ['flagz without it', {endpoints: {flagz: flagz('[NodeRestriction]')}}, 'off', 'flagz', 'proof'],
    ['flagz with a longer name', {endpoints: {flagz: flagz('[XDenyServiceExternalIPs,DenyServiceExternalIPsToo]')}}, 'off', 'flagz', 'proof'],
    ['flagz by the old flag', {endpoints: {flagz: flagz('[DenyServiceExternalIPs]', 'admission-control')}}, 'on', 'flagz', 'proof'],
    ['flagz without any flag', {endpoints: {flagz: {apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags: {}}}}, 'unknown', 'none', 'none'],
    ['one pod', {objects: [apiServer(['kube-apiserver', ON])]}, 'on', 'pods', 'strong'],
    ['one pod, flags in args as RKE2 has them', {objects: [apiServer(['kube-apiserver'], [ON])]}, 'on', 'pods', 'strong'],
    ['the flag in two words', {objects: [apiServer(['kube-apiserver', '--enable-admission-plugins', 'DenyServiceExternalIPs'])]}, 'on', 'pods', 'strong'],
    ['a repeated flag adds up', {objects: [apiServer(['kube-apiserver', ON, OFF])]}, 'on', 'pods', 'strong'],
    ['the old form', {objects: [apiServer(['kube-apiserver', '--admission-control=DenyServiceExternalIPs'])]}, 'on', 'pods', 'strong'],
    ['underscores', {objects: [apiServer(['kube-apiserver', '--enable_admission_plugins=DenyServiceExternalIPs'])]}, 'on', 'pods', 'strong'],
    ['a shell around it', {objects: [apiServer(['/bin/sh', '-c', `exec /usr/local/bin/kube-apiserver ${ON} --v=2`])]}, 'on', 'pods', 'strong'],
    ['no flag at all', {objects: [apiServer(['kube-apiserver', '--v=2'])]}, 'off', 'pods', 'strong'],
    ['only disabled', {objects: [apiServer(['kube-apiserver', '--disable-admission-plugins=DenyServiceExternalIPs'])]}, 'off', 'pods', 'strong'],
    ['part of another name', {objects: [apiServer(['kube-apiserver', '--enable-admission-plugins=NotDenyServiceExternalIPs'])]}, 'off', 'pods', 'strong'],
    ['instances that disagree', {objects: [apiServer(['kube-apiserver', ON]), apiServer(['kube-apiserver', ON]), apiServer(['kube-apiserver', OFF])]}, 'partly', 'pods', 'strong'],
    ['a value from the environment', {objects: [apiServer(['kube-apiserver', '--enable-admission-plugins=$(PLUGINS)'])]}, 'unknown', 'none', 'none'],
    ['one instance that cannot be told', {objects: [apiServer(['kube-apiserver', ON]), apiServer(['kube-apiserver', '--enable-admission-plugins=$(PLUGINS)'])]}, 'unknown', 'none', 'none'],
    ['a finished pod is no instance', {objects: [apiServer(['kube-apiserver', ON]), apiServer(['kube-apiserver', OFF], [], {status: {phase: 'Failed'}})]}, 'on', 'pods', 'strong'],
    ['flagz of one of three', {endpoints: {flagz: flagz('[DenyServiceExternalIPs]')}, objects: [servers(3)]}, 'partly', 'flagz', 'proof'],
    ['flagz of the only one', {endpoints: {flagz: flagz('[DenyServiceExternalIPs]')}, objects: [servers(1)]}, 'on', 'flagz', 'proof'],
    ['flagz of one of three without it', {endpoints: {flagz: flagz('[NodeRestriction]')}, objects: [servers(3)]}, 'off', 'flagz', 'proof'],
    ['flagz of one of three, and the pods of all', {endpoints: {flagz: flagz('[DenyServiceExternalIPs]')}, objects: [servers(3), ...[1, 2, 3].map(() => apiServer(['kube-apiserver', ON]))]}, 'on', 'flagz', 'proof'],
    ['pods of two of three', {objects: [servers(3), apiServer(['kube-apiserver', ON]), apiServer(['kube-apiserver', ON])]}, 'partly', 'pods', 'strong'],
    ['one with two families is one', {endpoints: {flagz: flagz('[DenyServiceExternalIPs]')}, objects: [servers(1), servers(1, 'IPv6')]}, 'on', 'flagz', 'proof'],
    ['metrics with its line', {endpoints: {metrics: metrics('NodeRestriction', 'DenyServiceExternalIPs')}}, 'on', 'metrics', 'strong'],
    ['metrics with others only', {endpoints: {metrics: metrics('NodeRestriction')}}, 'off', 'metrics', 'strong'],
    ['metrics without admission lines', {endpoints: {metrics: metrics()}}, 'unknown', 'none', 'none'],
    ['the probe refused by it', {endpoints: {'external-ip-probe': probe(403, 'services "probe" is forbidden: Use of external IPs is denied by admission control')}}, 'on', 'probe', 'strong'],
    ['the probe let through', {endpoints: {'external-ip-probe': probe(201)}}, 'off', 'probe', 'strong'],
    ['the probe stopped by the quota, which comes later', {endpoints: {'external-ip-probe': probe(403, 'services "probe" is forbidden: exceeded quota: q, requested: services=1')}}, 'off', 'probe', 'strong'],
    ['the probe refused by a policy, which comes later', {endpoints: {'external-ip-probe': probe(422, 'ValidatingAdmissionPolicy \'p\' with binding \'b\' denied request: no')}}, 'off', 'probe', 'strong'],
    ['the probe refused by a webhook, which may come earlier', {endpoints: {'external-ip-probe': probe(400, 'admission webhook "w" denied the request: no')}}, 'unknown', 'none', 'none'],
    ['the probe refused by RBAC', {endpoints: {'external-ip-probe': probe(403, 'services is forbidden: User "u" cannot create resource "services" in API group "" in the namespace "default"')}}, 'unknown', 'none', 'none'],
    ['the probe into a dead webhook', {endpoints: {'external-ip-probe': probe(500, 'Internal error occurred: failed calling webhook "w"')}}, 'unknown', 'none', 'none'],
    ['a webhook without dry run', {endpoints: {'external-ip-probe': probe(400, 'admission webhook "w" does not support dry run')}}, 'unknown', 'none', 'none'],
    ['flagz first, the others agree', {endpoints: {flagz: flagz('[DenyServiceExternalIPs]'), metrics: metrics('DenyServiceExternalIPs')}}, 'on', 'flagz', 'proof'],
    ['roads that contradict each other', {endpoints: {flagz: flagz('[DenyServiceExternalIPs]'), metrics: metrics('NodeRestriction')}}, 'partly', 'flagz', 'proof'],
    ['GKE', {objects: [node('v1.30.1-gke.100')]}, 'likely-on', 'provider', 'weak'],
    ['EKS', {objects: [node('v1.30.1-eks-1')]}, 'likely-off', 'provider', 'weak'],
    ['AKS', {objects: [node('v1.30.1', {'kubernetes.azure.com/cluster': 'c'})]}, 'likely-off', 'provider', 'weak'],
    ['a provider never beats an answer', {objects: [node('v1.30.1-gke.100')], endpoints: {metrics: metrics('NodeRestriction')}}, 'off', 'metrics', 'strong'],
  ]

  for (const [name, {endpoints = {}, objects = []}, state, road, strength] of rows) {
    it(name, async () => {
      const info = await factOf(denyServiceExternalIPs, {objects, endpoints})
      expect({state: info.state, road: info.road, strength: info.strength}).to.deep.equal({state, road, strength})
      expect(info.tried.map(one => one.road)).to.deep.equal(['flagz', 'pods', 'metrics', 'probe', 'provider'])
    })
  }

  it('says how each road ended', async () => {
    const {tried} = await factOf(denyServiceExternalIPs, {objects: [], unread: {metrics: 'forbidden', 'external-ip-probe': 'not-requested'}})
    expect(tried.map(({result}) => result.split(':')[0])).to.deep.equal(['not-served', 'no API server pods', 'forbidden', 'not-requested', 'not known'])
  })

  it('never calls half a list of pods the whole', async () => {
    const info = await factOf(denyServiceExternalIPs, {objects: [apiServer(['kube-apiserver', OFF])], unread: {'control-plane-pods': 'partial'}})
    expect(info.state).to.equal('unknown')
  })

  it('one instance that has it on says nothing of others that may not be counted', async () => {
    const stateOf = async (cluster: Given): Promise<string> => (await factOf(denyServiceExternalIPs, {objects: [], ...cluster, unread: {endpointslices: 'forbidden'}})).state
    expect(await stateOf({endpoints: {flagz: flagz('[DenyServiceExternalIPs]')}})).to.equal('partly')
    expect(await stateOf({endpoints: {metrics: metrics('DenyServiceExternalIPs')}})).to.equal('partly')
    expect(await stateOf({objects: [apiServer(['kube-apiserver', ON])]})).to.equal('on')
  })

  it('one flag from metrics cut short is no proof of absence', async () => {
    const info = await factOf(denyServiceExternalIPs, {objects: [], endpoints: {metrics: metrics('NodeRestriction')}, unread: {metrics: 'partial'}})
    expect(info.state).to.equal('unknown')
  })
})
