import {networkPolicyGaps} from '../../../src/filters/network-policy/network-policy-gaps.js'
import type {GroupGap, NetworkPolicyGaps} from '../../../src/filters/network-policy/network-policy-gaps.js'
import {assume} from '../../../src/network/assumed-families.js'
import {parseCidr} from '../../../src/network/cidr.js'
import type {IntervalSet} from '../../../src/network/interval-set.js'
import {setOf} from '../../../src/network/interval-set.js'
import type {Family} from '../../../src/network/ip.js'
import {object} from '../../support/declared-facts.js'
import {runChecks} from '../../support/run-checks.js'

/** Address plans of the facts: pods, Services and nodes. */
export interface Plan {
  pods: readonly string[]
  services: readonly string[]
  nodes: readonly string[]
}

export const GLOBAL: Plan = {pods: ['10.244.0.0/16', '2600:1f13:aa::/64'], services: ['10.96.0.0/12', 'fd12:3456::/108'], nodes: ['192.168.10.0/24', '2600:1f13:bb::/64']}
export const ULA: Plan = {pods: ['10.244.0.0/16', 'fd10:244::/56'], services: ['10.96.0.0/12', 'fd12:3456::/108'], nodes: ['192.168.10.0/24', 'fd20:1::/64']}

/** As a cluster shows it that was never converted. */
export function withoutV6({pods, services, nodes}: Plan): Plan {
  const own = (texts: readonly string[]): string[] => texts.filter(text => !text.includes(':'))
  return {pods: own(pods), services: own(services), nodes: own(nodes)}
}

export interface PolicyWorld {
  plan?: Plan
  families?: readonly Family[]
  /** Scheme of `spec.providerID`; null: none. */
  provider?: string | null
  policies: readonly object[]
  /** Instead of one pod of these families. */
  pods?: readonly object[]
  others?: readonly object[]
  isDual?: boolean
}

export const setFrom = (texts: readonly string[]): IntervalSet => setOf(texts.map(text => parseCidr(text)!))

export async function gapsIn({plan = GLOBAL, families = [4, 6], provider = 'aws', policies, pods = [pod('a/web', families, {plan})], others = [], isDual = false}: PolicyWorld): Promise<NetworkPolicyGaps> {
  const node = object('v1', 'Node', 'n1', {spec: provider === null ? {} : {providerID: `${provider}:///zone/i-1`}, status: {addresses: []}})
  const ranges = {pods: setFrom(plan.pods), services: setFrom(plan.services), nodes: setFrom(plan.nodes)}
  const {fact} = await runChecks([], {objects: [node, ...policies, ...pods, ...others]}, [assume({isDual, ranges}), networkPolicyGaps])
  return fact(networkPolicyGaps)
}

export function pod(name: string, families: readonly Family[] = [4, 6], rest: {plan?: Plan; labels?: Record<string, string>; ports?: readonly object[]; spec?: object; status?: object} = {}): object {
  const podIPs = families.map(family => ({ip: family === 4 ? '10.244.0.7' : rest.plan === ULA ? 'fd10:244::7' : '2600:1f13:aa::7'}))
  return object('v1', 'Pod', name, {
    labels: rest.labels ?? {app: 'web'}, spec: {containers: [{name: 'main', image: 'web', ports: rest.ports ?? []}], ...rest.spec}, status: {phase: 'Running', podIP: podIPs[0]?.ip, podIPs, ...rest.status},
  })
}

/** `0.0.0.0/0 except 10.0.0.0/8, 172.16.0.0/12` */
export function peerOf(text: string): object {
  const [cidr, except] = text.split(' except ')
  return {ipBlock: {cidr, ...(except === undefined ? {} : {except: except.split(', ')})}}
}

/** A policy on all pods of namespace `a` with rules as they are given: blocks in few words, or a rule in full. */
export function policy(rules: readonly (readonly string[] | object)[], {direction = 'egress', name = 'p', namespace = 'a', ...rest}: {direction?: 'ingress' | 'egress'; name?: string; namespace?: string; podSelector?: object; labels?: object} = {}): object {
  const peers = direction === 'egress' ? 'to' : 'from'
  const {podSelector = {}, labels} = rest
  return object('networking.k8s.io/v1', 'NetworkPolicy', `${namespace}/${name}`, {
    ...(labels === undefined ? {} : {labels}),
    spec: {podSelector, policyTypes: [direction === 'egress' ? 'Egress' : 'Ingress'], [direction]: rules.map(rule => (Array.isArray(rule) ? {[peers]: rule.map(peerOf)} : rule))},
  })
}

/** `L:S1/6 high metadata(AWS instance metadata) pod`: the family is the open or the blocked one. */
export function gapText({gap, isLatent}: GroupGap): string {
  const classes = gap.addressClasses.map(kind => (kind === 'metadata' ? `metadata(${gap.endpoints.map(({name}) => name).join(', ')})` : kind))
  const words = gap.class === 'S1' ? [gap.severity, ...classes] : [gap.severity]
  return `${isLatent ? 'L:' : ''}${gap.class}/${gap.openFamily ?? gap.blockedFamily} ${words.join(' ')}`
}

export async function textsIn(world: PolicyWorld): Promise<string[]> {
  return (await gapsIn(world)).groups.flatMap(({gaps}) => gaps.map(gapText)).toSorted()
}
