import type {ObjectRef} from '../../audit/finding.js'
import type {Direction} from './policies.js'

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
