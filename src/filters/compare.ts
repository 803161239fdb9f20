import type {FilterAddressClass} from '../audit/finding.js'
import type {IntervalSet} from '../network/interval-set.js'
import type {AddressSpace} from './address-space.js'
import type {Gap} from './gap.js'

/**
 * S1, S2, A1 and A2 of one atom.
 *
 * @param unmatched classes that the engine knows by identity and never by address
 */
export declare function compareAllowed(allowed: IntervalSet, space: AddressSpace, unmatched?: readonly FilterAddressClass[]): Gap[]
