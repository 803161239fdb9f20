import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {FAMILIES} from '../../network/interval-set.js'
import type {AddressSpace} from '../address-space.js'
import {addressSpace} from '../address-space.js'
import type {SettledGap} from '../chain/chain-gaps.js'
import {chainGaps, settled} from '../chain/chain-gaps.js'
import {ownGaps} from '../chain/own-gaps.js'
import type {Direction} from '../direction.js'
import {DIRECTIONS} from '../direction.js'
import type {Effort} from '../effort.js'
import {newEffort} from '../effort.js'
import {networkPolicies} from '../network-policy/policies.js'
import type {PodGroup} from '../pod-groups.js'
import {podStream} from '../pod-stream.js'
import {POD_VIEW_NEEDS} from '../pods.js'
import {portNamesOf} from '../port-names.js'
import {singleFamilyServices} from '../single-family-services.js'
import type {Applied} from './applied.js'
import {policiesOf, rulesIn} from './applied.js'
import type {CalicoObjects} from './objects.js'
import {calicoObjects} from './objects.js'
import {stagesOf} from './stages.js'

export interface CalicoCase {
  direction: Direction
  gaps: readonly SettledGap[]
  group: PodGroup<Applied>
}

export interface CalicoGaps {
  cases: readonly CalicoCase[]
  /** What could not be compared, in words, each once. */
  unknown: readonly string[]
  /** Namespaces with pods whose policies are too much to compare. */
  tooMuch: readonly string[]
  objects: CalicoObjects
  space: AddressSpace
  pods: ReadOutcome
  networkPolicies: ReadOutcome
}

/** Where policies of Calico treat the families of a pod differently, per group of pods and direction. */
export const calicoGaps = defineFact({
  id: 'calico-gaps',
  reads: ['pods'],
  needs: [calicoObjects, networkPolicies, addressSpace, singleFamilyServices, ...POD_VIEW_NEEDS],
  create(context) {
    const pods = podStream(context, () => policiesOf(context.fact(calicoObjects), context.fact(networkPolicies).byNamespace), portNames)
    return {
      pods: pods.visit,
      end(): CalicoGaps {
        const objects = context.fact(calicoObjects)
        const space = context.fact(addressSpace)
        const judging = {objects, space, twinless: context.fact(singleFamilyServices), unknown: new Set<string>(), tooMuch: new Set<string>(), effort: newEffort()}
        const cases = pods.groups().flatMap(group => casesOf(group, judging))
        return {cases, unknown: [...judging.unknown], tooMuch: [...judging.tooMuch], objects, space, pods: context.outcome('pods'), networkPolicies: context.fact(networkPolicies).outcome}
      },
    }
  },
})

interface Judging {
  objects: CalicoObjects
  space: AddressSpace
  twinless: IntervalSet
  /** Filled with what could not be compared. */
  unknown: Set<string>
  tooMuch: Set<string>
  effort: Effort
}

function casesOf(group: PodGroup<Applied>, {objects, space, twinless, unknown, tooMuch, effort}: Judging): CalicoCase[] {
  for (const one of group.policies) if (one.kind === 'unknown') unknown.add(one.why)
  if (group.policies.length === 0 || group.policies.some(({kind}) => kind === 'unknown')) return []
  return DIRECTIONS.flatMap(direction => {
    const chain = stagesOf(group.policies, direction, {...objects, pods: space.ranges.pods.set})
    for (const {policy, path, onlyIf} of chain.uncompared) unknown.add(`${path} of ${policy.ref.kind} ${policy.namespace === '' ? '' : `${policy.namespace}/`}${policy.name} also looks at ${onlyIf}`)
    if (chain.unknown !== '') unknown.add(chain.unknown)
    if (chain.isTooMuch) tooMuch.add(group.namespace)
    // A rule that is left out may be the one that closes the gap.
    if (chain.isTooMuch || chain.unknown !== '' || chain.uncompared.length > 0 || chain.stages.length === 0) return []
    const found = chainGaps(chain.stages, group.namedPorts, space, {twinless, direction}, effort)
    if (found === null) tooMuch.add(group.namespace)
    const gaps = settled(ownGaps(found ?? [], chain.exempt), group.families)
    return gaps.length === 0 ? [] : [{direction, gaps, group}]
  })
}

export function portNames(one: Applied): string[] {
  if (one.kind === 'unknown') return []
  return portNamesOf(one.kind === 'kubernetes' ? [...one.policy.ingress ?? [], ...one.policy.egress ?? []] : DIRECTIONS.flatMap(direction => rulesIn(one, direction) ?? []))
}

/** Policies that apply to hosts, alone or too, and that name blocks of one family: nothing here looks at hosts. */
export function hostPolicies({policies, hosts}: CalicoObjects): {ref: CalicoObjects['policies'][number]['ref']; why: string}[] {
  return policies.flatMap(policy => {
    const isOfHost = policy.namespace === '' && hosts.some(labels => policy.selector.matches(label => (Object.hasOwn(labels, label) ? labels[label] : undefined)) === true)
    const why = policy.ofHosts !== '' ? policy.ofHosts : isOfHost ? 'HostEndpoints' : ''
    return why !== '' && isOneSided(policy) ? [{ref: policy.ref, why}] : []
  })
}

function isOneSided({ingress, egress}: CalicoObjects['policies'][number]): boolean {
  return [...ingress ?? [], ...egress ?? []].some(rule => !rule.isOneFamilyOnPurpose && rule.families.length < FAMILIES.length)
}
