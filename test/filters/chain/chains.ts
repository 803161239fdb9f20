import type {AddressSpace} from '../../../src/filters/address-space.js'
import {spaceOf} from '../../../src/filters/address-space.js'
import type {ChainRule, ChainStage} from '../../../src/filters/chain/chain.js'
import type {ChainGap} from '../../../src/filters/chain/chain-gaps.js'
import type {PortMatch} from '../../../src/filters/ports.js'
import {portsText} from '../../../src/filters/ports.js'
import {parseCidr} from '../../../src/network/cidr.js'
import type {Range} from '../../../src/network/family-ranges.js'
import {FAMILIES, setOf} from '../../../src/network/interval-set.js'

/**
 * `deny 10.0.0.0/8,fc00::/7 TCP/443-444 of lock`: action, blocks or `any`, ports,
 * policy. The path is the place in the list.
 */
export function rules(...lines: readonly string[]): ChainRule[] {
  return lines.map((line, index) => {
    const [, action, blocks = '', ports, policy = 'p'] = /^(allow|deny|pass) (\S+)(?: ((?:TCP|UDP)\S*))?(?: of (\S+))?$/.exec(line) ?? []
    if (action === undefined) throw new Error(`${line} is no rule`)
    return {
      action: action as ChainRule['action'], addresses: blocks === 'any' ? 'any' : setOf(blocks.split(',').map(text => parseCidr(text)!)), families: FAMILIES,
      ports: ports === undefined ? 'all' : [portOf(ports)], policy: {apiVersion: 'x/v1', kind: 'Policy', namespace: '', name: policy},
      entries: blocks === 'any' ? [] : blocks.split(',').map((text, at) => ({path: `spec.egress[${index}].to[${at}]`, text})),
    }
  })
}

function portOf(text: string): PortMatch {
  const [protocol = '', range = '1-65535'] = text.split('/')
  const [first = '', last = first] = range.split('-')
  return /^\d/.test(first) ? {protocol, first: Number(first), last: Number(last)} : {protocol, name: range}
}

export function stage(otherwise: ChainStage['otherwise'], ...lines: readonly string[]): ChainStage {
  return {name: 'a stage', rules: rules(...lines), otherwise}
}

/** The two plans of addresses that the fixtures use; `v4`: no IPv6 anywhere. */
export const PLANS = {
  global: {pods: ['10.244.0.0/16', '2600:1f13:aa::/64'], services: ['10.96.0.0/12', 'fd12:3456::/108'], nodes: ['192.168.10.0/24', '2600:1f13:bb::/64']},
  ula: {pods: ['10.244.0.0/16', 'fd10:244::/56'], services: ['10.96.0.0/12', 'fd12:3456::/108'], nodes: ['192.168.10.0/24', 'fd20:1::/64']},
  v4: {pods: ['10.244.0.0/16'], services: ['10.96.0.0/12'], nodes: ['192.168.10.0/24']},
} as const

export function spaceIn(plan: keyof typeof PLANS, provider: string | null = 'aws'): AddressSpace {
  const {pods, services, nodes} = PLANS[plan]
  return spaceOf({pods: told(pods), services: told(services), nodes: told(nodes)}, provider)
}

function told(texts: readonly string[]): Range {
  const set = setOf(texts.map(text => parseCidr(text)!))
  return {set, told: set, from: 'flags'}
}

/** `S3 v6 high metadata,pod [TCP 443] p,q` */
export function gapText({gap, atoms, rules: blamed}: ChainGap): string {
  const ports = portsText(atoms)
  const parts = [gap.class, `v${gap.openFamily ?? gap.blockedFamily}`, gap.severity, gap.addressClasses.join(','), ports === 'all' ? '' : `[${ports}]`, [...new Set(blamed.map(({policy}) => policy.name))].join(',')]
  return parts.filter(text => text !== '').join(' ')
}
