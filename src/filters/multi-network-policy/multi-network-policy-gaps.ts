import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {FilterAddressClass} from '../../audit/finding.js'
import type {KubeObject} from '../../kube/json.js'
import {namespaceOf} from '../../kube/object.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import {FAMILIES} from '../../network/interval-set.js'
import type {AddressSpace} from '../address-space.js'
import {addressSpace} from '../address-space.js'
import {DIRECTIONS} from '../direction.js'
import {labelIndex} from '../label-index.js'
import type {GroupGaps} from '../network-policy/network-policy-gaps.js'
import {judgeAll} from '../network-policy/network-policy-gaps.js'
import type {SideGroup} from '../network-policy/side-groups.js'
import {sideGroups} from '../network-policy/side-groups.js'
import type {Sides} from '../network-policy/sides.js'
import {hasBlock, sidesMaker} from '../network-policy/sides.js'
import {isTwinless, twinlessAddresses} from '../network-policy/twinless.js'
import {groupPods} from '../pod-groups.js'
import type {PodView} from '../pods.js'
import {POD_VIEW_NEEDS, podViews} from '../pods.js'
import type {MultiNetworkPolicies} from './multi-network-policies.js'
import {multiNetworkPolicies} from './multi-network-policies.js'
import {attachmentsOf} from './networks.js'

export interface MultiNetworkPolicyGaps {
  /** Groups with a gap or with a block that cannot be read. */
  groups: readonly GroupGaps[]
  /** Groups of pods that have a network with policies for it. */
  looked: number
  space: AddressSpace
}

/**
 * Such a network leads neither to the pods' first addresses nor to those of
 * Services, which only the first network knows.
 */
const NOT_THERE: readonly FilterAddressClass[] = ['pod', 'service']

/** What these policies do to one family and not to the other, judged as NetworkPolicies are, with the families that pods have on each network. */
export const multiNetworkPolicyGaps: Fact<MultiNetworkPolicyGaps> = defineFact({
  id: 'multi-network-policy-gaps',
  reads: ['pods'],
  needs: [multiNetworkPolicies, addressSpace, twinlessAddresses, assumedFamilies, ...POD_VIEW_NEEDS],
  create(context) {
    const viewOf = podViews(context)
    let grouping: Grouping | null = null
    return {
      pods(pod) {
        grouping ??= groupingFor(context.fact(multiNetworkPolicies), context.fact(assumedFamilies).isDual)
        grouping.add(pod, viewOf)
      },
      end(): MultiNetworkPolicyGaps {
        const space = context.fact(addressSpace)
        const groups = grouping?.groups() ?? []
        const judged = judgeAll(groups, {
          space, engine: {unmatched: NOT_THERE, isCilium: false}, isTwinless: isTwinless(context.fact(twinlessAddresses), space), isV6Only: groups.every(({families}) => !families.includes(4)),
        })
        return {groups: judged.filter(({gaps, unread}) => gaps.length + unread.length > 0), looked: judged.length, space}
      },
    }
  },
})

interface Grouping {
  add(pod: KubeObject, viewOf: (pod: KubeObject) => PodView | null): void
  groups(): SideGroup[]
}

interface Telling {
  sides: Sides
  networks: ReadonlySet<string>
}

/** Each pod once for each of its networks that other policies are for, or where it has other families. */
function groupingFor({byNamespace}: MultiNetworkPolicies, isDual: boolean): Grouping {
  const selectors = selectorsOf(byNamespace)
  const chosen = new WeakMap<PodView, readonly Sides[]>()
  const pods = groupPods<Sides>(view => chosen.get(view) ?? [], ({ingress}) => ingress?.portNames ?? [])
  return {
    add(pod, viewOf) {
      const select = selectors.get(namespaceOf(pod))
      const view = select === undefined ? null : viewOf(pod)
      if (select === undefined || view === null) return
      const selected = select(view.labels)
      const seen = new Set<string>()
      for (const {network, families} of selected.length === 0 ? [] : attachmentsOf(pod)) {
        const own = selected.filter(({networks}) => networks.has(network))
        const key = JSON.stringify([families, own.map(one => selected.indexOf(one))])
        if (own.length === 0 || families.length === 0 || seen.has(key)) continue
        seen.add(key)
        const here: PodView = {...view, families: isDual ? FAMILIES : families}
        chosen.set(here, own.map(({sides}) => sides))
        pods.add(here)
      }
    },
    groups: () => sideGroups(pods.groups()),
  }
}

/** Namespaces whose policies name a block, for networks that they say. */
function selectorsOf(byNamespace: MultiNetworkPolicies['byNamespace']): Map<string, (labels: PodView['labels']) => readonly Telling[]> {
  const sidesOf = sidesMaker()
  return new Map([...byNamespace].flatMap(([namespace, policies]) => {
    const telling = policies.flatMap(({policy, networks}) => {
      const sides = networks.size === 0 ? null : sidesOf(policy)
      return sides === null ? [] : [{policy, sides, networks}]
    })
    if (!hasBlock(telling.flatMap(({sides}) => DIRECTIONS.flatMap(direction => sides[direction] ?? [])))) return []
    return [[namespace, labelIndex(telling, ({policy}) => policy.selector)] as const]
  }))
}
