import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {LEVELS, minorOfVersion} from '../../src/pod-security/labels.js'
import type {Level} from '../../src/pod-security/labels.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {evaluate, messageOf} from '../../src/pod-security/evaluate.js'
import {withServerDefaults} from '../../src/pod-security/normalise.js'
import {podIn} from '../../src/pod-security/templates.js'
import {randomFrom} from '../differential/random.js'
import type {Random} from '../differential/random.js'
import {namespace} from './cases/case.js'
import type {ApiResponse} from './support/api-client.js'
import type {RealApiServer} from './support/api-server.js'
import {SERVER_MINORS} from './support/binaries.js'
import {validPod} from './support/valid-pods.js'
import {workloadOf} from './support/valid-workloads.js'
import {withServer} from './support/with-server.js'

/**
 * What a real API server says about pods and workloads, byte for byte: its
 * refusals where a level is enforced, its warnings where it is only warned of.
 */
/** `K121_FULL=1` makes it tens of thousands of requests, in two minutes. */
const IS_FULL = process.env['K121_FULL'] === '1'
const PODS = IS_FULL ? 4000 : 250
const WORKLOADS = IS_FULL ? 3000 : 200
const AT_ONCE = 8
/** Of what validation refuses nobody hears what Pod Security would have said. */
const MOST_INVALID = 0.25

const VERSIONS = ['latest', 'v1.0', 'v1.8', 'v1.19', 'v1.22', 'v1.23', 'v1.25', 'v1.27', 'v1.29', 'v1.31', 'v1.34', 'v1.35', 'v1.37', 'v1.99'] as const

interface Policy {
  mode: 'enforce' | 'warn'
  level: Level
  version: string
}

const POLICIES = (['enforce', 'warn'] as const).flatMap(mode => LEVELS.slice(1).flatMap(level => VERSIONS.map<Policy>(version => ({mode, level, version}))))

interface Setting {
  server: () => RealApiServer
  /** The minor that the server is or plays, and that of its build. */
  minor: number
  build: number
}

for (const minor of SERVER_MINORS) describe(`Pod Security of a real API server 1.${minor}`, () => {
  speaksAsWeDo({server: withServer({minor}), minor, build: minor})
})

describe('Pod Security of a real API server 1.37 that emulates 1.34', () => {
  speaksAsWeDo({server: withServer({minor: 37, extraFlags: ['--emulated-version=1.34']}), minor: 34, build: 37})
})

function speaksAsWeDo({server, minor, build}: Setting): void {
  before(() => server().create(...POLICIES.map(policy => namespace(nameOf(policy), {[`pod-security.kubernetes.io/${policy.mode}`]: policy.level, [`pod-security.kubernetes.io/${policy.mode}-version`]: policy.version}))))

  const messageFor = ({level, version}: Policy, pod: Judged): string => messageOf(evaluate(level, {minor: Math.min(minorOfVersion(version) ?? minor, minor), server: build}, pod))

  it('refuses pods in our words', async () => {
    const random = randomFrom(minor)
    const tries = await each(Array.from({length: PODS}, () => ({pod: validPod(random), policy: anyPolicy(random, 'enforce')})), async ({pod, policy}, index) => {
      const name = `p${index}`
      const answer = await create(server(), `/api/v1/namespaces/${nameOf(policy)}/pods`, {apiVersion: 'v1', kind: 'Pod', ...pod, metadata: {name, ...pod.metadata}} as unknown as KubeObject)
      const message = messageFor(policy, withServerDefaults(pod as Judged, 'pod', minor))
      return {answer, said: refusalIn(answer), ours: message === '' ? '' : `pods "${name}" is forbidden: violates PodSecurity "${policy.level}:${policy.version}": ${message}`, pod}
    })
    expectSame(tries)
  })

  it('warns of pods in our words, and what it made of them we read alike', async () => {
    const random = randomFrom(100 + minor)
    const tries = await each(Array.from({length: PODS}, () => ({pod: validPod(random), policy: anyPolicy(random, 'warn')})), async ({pod, policy}, index) => {
      const answer = await create(server(), `/api/v1/namespaces/${nameOf(policy)}/pods`, {apiVersion: 'v1', kind: 'Pod', ...pod, metadata: {name: `p${index}`, ...pod.metadata}} as unknown as KubeObject)
      const ours = messageFor(policy, withServerDefaults(pod as Judged, 'pod', minor))
      const {metadata, spec} = answer.json as Judged
      if (answer.status === 201) expect(messageFor(policy, {metadata, spec}), JSON.stringify(pod)).to.equal(ours)
      return {answer, said: warningIn(answer), ours: warningOf(policy, ours), pod}
    })
    expectSame(tries)
  })

  it('warns of workloads in our words', async () => {
    const random = randomFrom(200 + minor)
    const tries = await each(Array.from({length: WORKLOADS}, (_, index) => ({workload: workloadOf(random, validPod(random), `w${index}`), policy: anyPolicy(random, 'warn')})), async ({workload: {object, path}, policy}) => {
      const answer = await create(server(), path.replace('NAMESPACE', nameOf(policy)), object)
      const pod = podIn(object)
      if (pod === null) throw new Error(`no template is seen in a ${object.kind}`)
      return {answer, said: warningIn(answer), ours: warningOf(policy, messageFor(policy, withServerDefaults(pod, 'template', minor))), pod: object}
    })
    expectSame(tries)
  })

  it('warns of ephemeral containers in our words', async () => {
    for (const policy of POLICIES.filter(({mode}) => mode === 'warn')) {
      const place = `/api/v1/namespaces/${nameOf(policy)}/pods`
      const {json: made} = await server().request('POST', place, {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'main'}, spec: {containers: [{name: 'main', image: 'registry.example.com/app:1'}]}})
      const ephemeralContainers = [{name: 'debug', image: 'registry.example.com/debug:1', securityContext: {privileged: true, runAsUser: 0, capabilities: {add: ['SYS_PTRACE']}}}, {name: 'other', image: 'registry.example.com/debug:1'}]
      const answer = await server().request('PUT', `${place}/main/ephemeralcontainers?dryRun=All`, {...made, spec: {...made.spec, ephemeralContainers}})
      expect(answer.status, answer.text).to.equal(200)
      expect(warningIn(answer)).to.equal(warningOf(policy, messageFor(policy, {metadata: made.metadata, spec: {...made.spec, ephemeralContainers}})))
    }
  })
}

interface Try {
  answer: ApiResponse
  said: string
  ours: string
  pod: unknown
}

/** All that differ at once: one difference seldom comes alone. */
function expectSame(tries: readonly Try[]): void {
  const heard = tries.filter(({answer}) => answer.status !== 422)
  const odd = heard.find(({answer}) => answer.status !== 201 && answer.status !== 403)
  expect(odd?.answer.text).to.equal(undefined)
  const wrong = heard.filter(({said, ours}) => said !== ours)
  expect(wrong.map(({said, ours, pod}) => `\n  server: ${said}\n  ours:   ${ours}\n  ${JSON.stringify(pod)}`).join('\n')).to.equal('')
  expect(1 - heard.length / tries.length, tries.filter(({answer}) => answer.status === 422).map(({answer}) => String(answer.json.message)).join('\n')).to.be.below(MOST_INVALID)
  // Where all are let through, nothing was compared.
  expect(heard.filter(({said}) => said !== '').length).to.be.above(heard.length / 4)
}

function nameOf({mode, level, version}: Policy): string {
  return `${mode}-${level}-${version.replace('.', '-')}`
}

function anyPolicy(random: Random, mode: Policy['mode']): Policy {
  // The newest rules twice as often as all others together need them.
  const version = random.chance(0.3) ? 'latest' : random.pick(VERSIONS)
  return {mode, level: random.pick(['baseline', 'restricted']), version}
}

function create(server: RealApiServer, path: string, object: KubeObject): Promise<ApiResponse> {
  return server.request('POST', `${path}?dryRun=All`, object)
}

function refusalIn({status, json}: ApiResponse): string {
  return status === 403 ? String(json.message) : ''
}

/** A text with a control character cannot stand in a header: the server keeps the whole warning to itself (apimachinery util/net, NewWarningHeader). */
function warningOf({level, version}: Policy, message: string): string {
  return message === '' || /\p{Cc}/u.test(message) ? '' : `would violate PodSecurity "${level}:${version}": ${message}`
}

/** Servers warn of deprecated fields as well. Node reads headers as Latin-1. */
function warningIn({headers}: ApiResponse): string {
  const header = Buffer.from([headers['warning'] ?? []].flat().join(', '), 'latin1').toString('utf8')
  const texts = [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => (text ?? '').replaceAll(/\\(.)/g, '$1'))
  return texts.filter(text => text.startsWith('would violate PodSecurity')).join('\n')
}

async function each<T, R>(items: readonly T[], run: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const made: R[] = []
  for (let start = 0; start < items.length; start += AT_ONCE)
    made.push(...await Promise.all(items.slice(start, start + AT_ONCE).map((item, index) => run(item, start + index))))
  return made
}
