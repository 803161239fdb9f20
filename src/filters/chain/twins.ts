import type {FilterAddressClass} from '../../audit/finding.js'
import {pointOf} from '../../network/cidr.js'
import {cidrsOf, ofFamily} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {blocksOf} from '../../network/well-known.js'
import type {AddressSpace} from '../address-space.js'
import type {EndpointPair} from '../endpoint-pairs.js'
import {addressOf} from '../endpoint-pairs.js'
import type {ChainGap} from './chain-gaps.js'

const ALL: Readonly<Record<Family, string>> = {4: '0.0.0.0/0', 6: '::/0'}

/** Blocks that say for one family what a rule says of these classes for the other; empty: the cluster does not show them. */
export function twinBlocks({isWide, gap: {addressClasses, endpoints}}: Pick<ChainGap, 'isWide' | 'gap'>, family: Family, space: AddressSpace): string[] {
  if (isWide) return [ALL[family]]
  return [...new Set(addressClasses.flatMap(kind => blocksOfClass(kind, endpoints, family, space)))]
}

function blocksOfClass(kind: FilterAddressClass, endpoints: readonly EndpointPair[], family: Family, {ranges}: AddressSpace): string[] {
  switch (kind) {
    case 'metadata': return endpoints.flatMap(pair => addressOf(pair, family) ?? []).map(ip => pointOf(ip).text)
    case 'pod': return cidrsOf(ofFamily(ranges.pods.set, family)).map(({text}) => text)
    case 'service': return cidrsOf(ofFamily(ranges.services.set, family)).map(({text}) => text)
    case 'node': return cidrsOf(ofFamily(ranges.nodes.set, family)).map(({text}) => text)
    case 'private': case 'link-local': return blocksOf(kind).filter(cidr => cidr.family === family).map(({text}) => text)
    // Which hosts a public block stands for, and where they are in the other family, only its writer knows.
    default: return []
  }
}
