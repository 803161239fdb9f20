import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {OddField, listAt, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {labelsOf, namespaceOf} from '../../kube/object.js'
import type {Cidr} from '../../network/cidr.js'
import {pointOf} from '../../network/cidr.js'
import {parseIp} from '../../network/ip.js'
import type {Firewall} from './read-firewall.js'
import {readFirewall} from './read-firewall.js'

export const FIREWALL_ROWS = ['egressfirewalls', 'egressnetworkpolicies'] as const

export interface Firewalls {
  byNamespace: ReadonlyMap<string, readonly Firewall[]>
  /** Namespaces with one that was not understood. */
  unknownIn: ReadonlySet<string>
  /** Only where a firewall selects nodes; null: they were not all seen. */
  nodes: readonly {labels: Readonly<Record<string, string>>; points: readonly Cidr[]}[] | null
  outcomes: Readonly<Record<(typeof FIREWALL_ROWS)[number] | 'nodes', ReadOutcome>>
}

/** Firewalls for what leaves the cluster, by namespace: all of its pods but those on the network of their node. */
export const firewalls = defineFact<(typeof FIREWALL_ROWS)[number] | 'nodes', Firewalls>({
  id: 'egress-firewalls',
  reads: [...FIREWALL_ROWS, 'nodes'],
  create(context) {
    const byNamespace = new Map<string, Firewall[]>()
    const unknownIn = new Set<string>()
    const nodes: NonNullable<Firewalls['nodes']>[number][] = []
    let areNodesAsked = false
    const take = (engine: Firewall['engine']) => (object: KubeObject): void => {
      const namespace = namespaceOf(object)
      try {
        const firewall = readFirewall(object, engine)
        if (firewall === null) return
        areNodesAsked ||= firewall.rules.some(({target}) => target.kind === 'nodes')
        byNamespace.set(namespace, [...byNamespace.get(namespace) ?? [], firewall])
      } catch (error) {
        unknownIn.add(namespace)
        throw error
      }
    }
    return {
      egressfirewalls: take('ovn'), egressnetworkpolicies: take('sdn'),
      nodes(node) {
        if (areNodesAsked) nodes.push({labels: labelsOf(node), points: pointsOf(node)})
      },
      end: () => ({
        byNamespace, unknownIn, nodes: context.outcome('nodes').outcome === 'complete' ? nodes : null,
        outcomes: {egressfirewalls: context.outcome('egressfirewalls'), egressnetworkpolicies: context.outcome('egressnetworkpolicies'), nodes: context.outcome('nodes')},
      }),
    }
  },
})

function pointsOf(node: KubeObject): Cidr[] {
  return listAt(node, 'status', 'addresses').flatMap((entry, index) => {
    if (!['InternalIP', 'ExternalIP'].includes(textAt(entry, 'type') ?? '')) return []
    const ip = parseIp(textAt(entry, 'address') ?? '')
    if (ip === null) throw new OddField(`status.addresses[${index}].address`, 'an IP address')
    return [pointOf(ip)]
  })
}
