import type {ObjectRef} from '../../audit/finding.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import type {Cidr} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import type {Ports} from '../ports.js'
import type {Notation} from './notation.js'

export type Direction = 'ingress' | 'egress'

/** One `ipBlock`. */
export interface Block {
  kind: 'block'
  /** `spec.egress[2].to[0].ipBlock` */
  path: string
  /** As it is written: `0.0.0.0/0 except 10.0.0.0/8`. */
  text: string
  cidr: Cidr
  except: readonly Cidr[]
  /** What it lets through. Equal blocks share it. */
  set: IntervalSet
}

/** Pods and namespaces by label: they follow the pod, and have no family. */
export interface SelectorPeer {
  kind: 'selector'
}

/** A block that cannot be read: what the rule lets through is not known. */
export interface UnreadBlock {
  kind: 'unread'
  path: string
  text: string
}

export type Peer = Block | SelectorPeer | UnreadBlock

export interface NetworkPolicyRule {
  ports: Ports
  /** `all`: missing or empty, everything in both families. */
  peers: 'all' | readonly Peer[]
}

export interface ReadNetworkPolicy {
  ref: ObjectRef
  selector: LabelSelector
  /** Null: it does not isolate in that direction. */
  ingress: readonly NetworkPolicyRule[] | null
  egress: readonly NetworkPolicyRule[] | null
  /** Of Helm or an operator in kube-system: no one here wrote it, so what it lacks is graded one lower. */
  isManagedSystem: boolean
}

export interface NetworkPolicies {
  byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>
  /** Values that are written in a way that programs read differently, or not at all. */
  notation: readonly Notation[]
  outcome: ReadOutcome
}
