import type {ObjectRef} from '../../audit/finding.js'
import type {Cidr} from '../../network/cidr.js'
import {parseIp} from '../../network/ip.js'
import type {Direction} from '../direction.js'

/**
 * `mapped`: an IPv4 block in the clothes of IPv6; `leading-zero`: decimal for
 * Kubernetes, octal for others; `host-bits`: bits below the mask, which are
 * ignored; `unreadable`: nothing that Kubernetes reads.
 */
export type NotationKind = 'mapped' | 'leading-zero' | 'host-bits' | 'unreadable'

export interface Notation {
  kind: NotationKind
  policy: ObjectRef
  direction: Direction
  /** `spec.egress[0].to[0].ipBlock.cidr` */
  path: string
  /** As it is written. */
  text: string
  /** What Kubernetes takes it for; null: unreadable. */
  meaning: string | null
}

/** What is unusual about how a block is written; null: nothing. Groups of an IPv6 address may have leading zeros. */
export function notationOf(text: string, cidr: Cidr | null): NotationKind | null {
  if (cidr === null) return 'unreadable'
  const [address = '', length = ''] = text.split('/')
  if (address.includes(':') && cidr.family === 4) return 'mapped'
  const last = address.split(':').at(-1) ?? ''
  const decimals = [length, ...(last.includes('.') ? last.split('.') : [])]
  if (decimals.some(word => /^0\d/.test(word))) return 'leading-zero'
  return parseIp(address)?.value === cidr.first ? null : 'host-bits'
}
