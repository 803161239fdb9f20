import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import type {Gap} from '../gap.js'
import type {Atom} from '../ports.js'
import type {ChainRule, ChainStage} from './chain.js'

/** A difference between the families after the run, the ports that it is on, and the rules to blame, the most telling first. */
export interface ChainGap {
  gap: Gap
  atoms: Atom[]
  rules: ChainRule[]
}

/** A gap as it stands for pods of these families. */
export interface SettledGap extends ChainGap {
  isLatent: boolean
}

/** S3 and A3 of one chain. */
export declare function chainGaps(stages: readonly ChainStage[], named: ReadonlyMap<string, number>, space: AddressSpace): ChainGap[]

/** What of it is worth saying where pods have these families: nothing of IPv4 where only IPv6 is, and no blocked family beside a live hole that says more. */
export declare function settled(gaps: readonly ChainGap[], families: readonly Family[]): SettledGap[]
