import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {ReadNetworkPolicy} from '../../src/filters/network-policy/policies.js'
import {networkPolicyReader} from '../../src/filters/network-policy/policies.js'
import {atomsOf, isOn, rulesOnAtoms} from '../../src/filters/ports.js'
import {isSelected} from '../../src/kube/label-selector.js'
import type {KubeObject} from '../../src/kube/json.js'
import {contains} from '../../src/network/interval-set.js'
import {parseIp} from '../../src/network/ip.js'
import {bordersOf, randomPod, randomPolicies} from '../filters/network-policy/random-policies.js'
import type {SlowPolicy} from '../filters/network-policy/slow-evaluator.js'
import type {Random} from './random.js'

/** One question about traffic between a pod and an address outside of the cluster. */
export interface Query {
  isIngress: boolean
  namespace: string
  labels: Readonly<Record<string, string>>
  ip: string
  protocol: string
  port: number
  /** What the pod calls the port; empty: nothing. */
  portName: string
}

export interface Problem {
  policies: readonly SlowPolicy[]
  queries: readonly Query[]
}

const PORTS: readonly {protocol: string; port: number}[] = [
  {protocol: 'TCP', port: 443}, {protocol: 'TCP', port: 442}, {protocol: 'UDP', port: 53}, {protocol: 'UDP', port: 443}, {protocol: 'SCTP', port: 7}, {protocol: 'TCP', port: 8000},
  {protocol: 'TCP', port: 8080}, {protocol: 'TCP', port: 9000}, {protocol: 'TCP', port: 9001}, {protocol: 'TCP', port: 1}, {protocol: 'UDP', port: 65_535}, {protocol: 'TCP', port: 65_535},
]

/** IPv4 alone; addresses at the borders of blocks, where a verdict may change. */
export function randomProblem(random: Random): Problem {
  const policies = randomPolicies(random, {families: [4], hasSelectors: true})
  const pod = randomPod(random, [4])
  return {
    policies: policies.map(policy => ({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...policy})),
    queries: Array.from({length: 40}, (): Query => {
      const isIngress = random.chance(0.5)
      const {protocol, port} = random.pick(PORTS)
      // Of a port's name in an egress rule it is the pod at the other end that tells the number, and there is none.
      const name = isIngress && pod.named[`${protocol}/web`] === port ? 'web' : ''
      return {isIngress, namespace: random.chance(0.9) ? 'shop' : 'other', labels: pod.labels, ip: nearBorder(random), protocol, port, portName: name}
    }),
  }
}

function nearBorder(random: Random): string {
  const [address = '', length = ''] = random.pick(bordersOf(4)).split('/')
  const first = address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
  const last = first + (1n << BigInt(32 - Number(length))) - 1n
  const value = random.pick([first, last, first - 1n, last + 1n, first + BigInt(random.below(1000))])
  const wrapped = (value + (1n << 32n)) % (1n << 32n)
  return [24n, 16n, 8n, 0n].map(shift => wrapped >> shift & 255n).join('.')
}

/** The same problem, with all of IPv4 moved below one IPv6 prefix. */
export function embedded({policies, queries}: Problem): Problem {
  const address = (text: string): string => `2001:db8:1::${text}`
  const block = (text: string): string => {
    const [ip = '', length = ''] = text.split('/')
    return `${address(ip)}/${96 + Number(length)}`
  }
  const moved = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map(item => moved(item, key))
    if (typeof value === 'string') return key === 'cidr' || key === 'except' ? block(value) : value
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, moved(child, name)]))
  }
  return {policies: moved(policies) as SlowPolicy[], queries: queries.map(query => ({...query, ip: address(query.ip)}))}
}

/** What our reading of the policies says to each. */
export function ourAnswers({policies, queries}: Problem): boolean[] {
  const read = networkPolicyReader()
  const all = policies.map(policy => read(policy as unknown as KubeObject).policy)
  return queries.map(query => isAllowed(all, query))
}

function isAllowed(policies: readonly ReadNetworkPolicy[], {isIngress, namespace, labels, ip, protocol, port, portName}: Query): boolean {
  const selecting = policies.filter(({ref, selector}) => ref.namespace === namespace && isSelected(selector, labels)).flatMap(policy => {
    const rules = isIngress ? policy.ingress : policy.egress
    return rules === null ? [] : [rules]
  })
  if (selecting.length === 0) return true
  const rules = selecting.flat()
  const ports = rules.map(rule => rule.ports)
  const atoms = atomsOf(ports, new Map(portName === '' ? [] : [[`${protocol}/${portName}`, port]]))
  const index = atoms.findIndex(atom => atom.protocol === protocol && atom.name === null && atom.first <= port && port <= atom.last)
  const atom = atoms[index]
  // No rule speaks of the protocol.
  if (atom === undefined) return false
  const on = new Set(rulesOnAtoms(ports, atoms)![index])
  const address = parseIp(ip)!
  return rules.some((rule, position) => {
    if (on.has(position) !== isOn(rule.ports, atom)) throw new Error('two answers to whether a rule speaks of an atom')
    return on.has(position) && (rule.peers === 'all' || rule.peers.some(peer => peer.kind === 'block' && contains(peer.set, address)))
  })
}

/** Builds the judge, which is written in Go; a minute where nothing of it is cached. */
export function buildJudge(): {answers(problems: readonly Problem[]): boolean[][]; remove(): void} {
  const directory = mkdtempSync(join(tmpdir(), 'network-policy-'))
  const binary = join(directory, 'judge')
  execFileSync('go', ['build', '-o', binary, '.'], {cwd: fileURLToPath(new URL('network-policy', import.meta.url)), stdio: 'inherit'})
  return {
    answers: problems => execFileSync(binary, {input: problems.map(problem => JSON.stringify(problem)).join('\n'), maxBuffer: 1 << 28}).toString().trimEnd().split('\n').map(line => JSON.parse(line) as boolean[]),
    remove: () => rmSync(directory, {recursive: true, force: true}),
  }
}
