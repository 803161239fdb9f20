import type {Report, Variant} from '../../audit/check.js'
import type {ChainRule} from '../../filters/chain/chain.js'
import type {SettledGap} from '../../filters/chain/chain-gaps.js'
import type {PodGroup} from '../../filters/pod-groups.js'
import type {Family} from '../../network/ip.js'

/** The gaps of one chain, and the pods that it holds for. */
export interface ChainCase {
  direction: 'ingress' | 'egress'
  gaps: readonly SettledGap[]
  group: Pick<PodGroup<unknown>, 'namespace' | 'families' | 'pods' | 'names'>
  /** A sentence that holds for this chain alone: an order that is not defined. */
  note?: string
}

export interface ChainWords {
  /** `AdminNetworkPolicy`, `Calico`: who decides. */
  engine: string
  /** Where the twin of a block is to be written: `the same networks list`, `a second rule, as Calico refuses both families in one`. */
  whereToAdd(rule: ChainRule, family: Family): string
}

/** One per class of addresses, so that each has one severity: `metadata`, `pod`, …, `blocked` for A3. */
export declare function chainVariants(isPreview?: boolean): Record<string, Variant>

/** One report per set of blamed rules, class and direction; pods are summed. */
export declare function chainReports(cases: readonly ChainCase[], words: ChainWords): Report[]
