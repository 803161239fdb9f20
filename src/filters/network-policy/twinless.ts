import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {OddField, listAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import type {Cidr} from '../../network/cidr.js'
import {parseCidr, pointOf} from '../../network/cidr.js'
import {setOf, covers} from '../../network/interval-set.js'
import {BITS, parseIp} from '../../network/ip.js'
import {singleFamilyAddress} from '../../network/service-families.js'
import {KNOWN_BLOCKS, blocksOf} from '../../network/well-known.js'
import type {AddressSpace} from '../address-space.js'
import {addressOf} from '../endpoint-pairs.js'
import {once} from '../once.js'
import {networkPolicies} from './policies.js'

export interface TwinlessAddresses {
  /** Canonical. */
  addresses: ReadonlySet<string>
  outcome: ReadOutcome
}

/** Where NodeLocal DNS listens if nobody chose another address: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/ */
const NODE_LOCAL_DNS = '169.254.20.10'

/**
 * Addresses that policies name and that have no counterpart in the other family:
 * those of Services of one family, and of NodeLocal DNS. Of all Services only
 * what some policy names is kept.
 */
export const twinlessAddresses = defineFact({
  id: 'twinless-addresses',
  reads: ['services', 'node-local-dns'],
  needs: [networkPolicies],
  create(context) {
    const found = new Set([NODE_LOCAL_DNS])
    const named = once(() => context.fact(networkPolicies).points)
    return {
      'node-local-dns': daemonSet => localAddresses(daemonSet).forEach(address => found.add(address)),
      services(service) {
        const ip = singleFamilyAddress(service)
        if (ip !== null && named().has(ip.text)) found.add(ip.text)
      },
      end: (): TwinlessAddresses => ({addresses: found, outcome: context.outcome('services')}),
    }
  },
})

/** `-localip 169.254.20.10,10.96.0.10`: the second is the address of the Service that it stands in for. */
function localAddresses(daemonSet: KubeObject): string[] {
  const containers = listAt(daemonSet, 'spec', 'template', 'spec', 'containers')
  const words = containers.flatMap(container => textsAt(container, 'args'))
  const values = words.flatMap((word, index) => /^--?localip(?:=(.*))?$/.exec(word)?.slice(1).map(value => value ?? words[index + 1] ?? '') ?? [])
  return values.flatMap(value => value.split(',')).filter(text => text !== '').map(text => {
    const ip = parseIp(text)
    if (ip === null) throw new OddField('spec.template.spec.containers.args', 'a list of addresses behind -localip')
    return ip.text
  })
}

const ALONE = setOf(blocksOf('link-local', 'loopback', 'multicast'))
const METADATA: ReadonlySet<string> = new Set(KNOWN_BLOCKS.filter(({kind}) => kind === 'metadata').map(({cidr}) => cidr.text))

/**
 * Does nobody miss this block if the other family has none? So with what has no
 * meaning beyond a link, with addresses without a counterpart, and with metadata
 * of a cloud that has one family, or that may not be here at all.
 */
export function isTwinless({addresses}: TwinlessAddresses, {endpoints}: AddressSpace): (cidr: Cidr) => boolean {
  const twins = new Set(endpoints.filter(({ipv6, isGuess}) => ipv6 !== null && !isGuess).flatMap(pair => ([4, 6] as const).flatMap(family => addressOf(pair, family) ?? [])).map(ip => pointOf(ip).text))
  const alone = new Set([...addresses].map(text => parseCidr(`${text}/${text.includes(':') ? BITS[6] : BITS[4]}`)?.text))
  return cidr => {
    if (twins.has(cidr.text)) return false
    return alone.has(cidr.text) || METADATA.has(cidr.text) || covers(ALONE, setOf([cidr]))
  }
}
