import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {shortList} from '../../kube/short-list.js'
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
import {policiesOf} from './applied.js'
import type {AntreaObjects} from './objects.js'
import {antreaObjects} from './objects.js'
import {stagesOf} from './stages.js'

export interface AntreaCase {
  direction: Direction
  gaps: readonly SettledGap[]
  group: PodGroup<Applied>
  note?: string
}

export interface AntreaGaps {
  cases: readonly AntreaCase[]
  /** What could not be compared, in words, each once. */
  unknown: readonly string[]
  /** Namespaces with pods whose policies are too much to compare. */
  tooMuch: readonly string[]
  outcomes: Readonly<Record<'pods' | 'networkpolicies', ReadOutcome>>
}

/** Where policies of Antrea treat the families of a pod differently, per group of pods and direction. */
export const antreaGaps = defineFact({
  id: 'antrea-gaps',
  reads: ['pods'],
  needs: [antreaObjects, networkPolicies, addressSpace, singleFamilyServices, ...POD_VIEW_NEEDS],
  create(context) {
    const pods = podStream(context, () => policiesOf(context.fact(antreaObjects), context.fact(networkPolicies).byNamespace), portNames)
    return {
      pods: pods.visit,
      end(): AntreaGaps {
        const judging = {objects: context.fact(antreaObjects), space: context.fact(addressSpace), twinless: context.fact(singleFamilyServices), unknown: new Set<string>(), tooMuch: new Set<string>(), effort: newEffort()}
        const cases = pods.groups().flatMap(group => casesOf(group, judging))
        return {cases, unknown: [...judging.unknown], tooMuch: [...judging.tooMuch], outcomes: {pods: context.outcome('pods'), networkpolicies: context.fact(networkPolicies).outcome}}
      },
    }
  },
})

interface Judging {
  objects: AntreaObjects
  space: AddressSpace
  twinless: IntervalSet
  /** Filled with what could not be compared. */
  unknown: Set<string>
  tooMuch: Set<string>
  effort: Effort
}

function casesOf(group: PodGroup<Applied>, {objects, space, twinless, unknown, tooMuch, effort}: Judging): AntreaCase[] {
  for (const one of group.policies) if (one.kind === 'unknown') unknown.add(one.why)
  if (group.policies.some(({kind}) => kind === 'unknown')) return []
  return DIRECTIONS.flatMap(direction => {
    const chain = stagesOf(group.policies, direction, objects)
    chain.unknown.forEach(why => unknown.add(why))
    if (chain.unknown.length > 0 || chain.stages.length === 0) return []
    const found = chainGaps(chain.stages, group.namedPorts, space, {twinless, direction}, effort)
    if (found === null) tooMuch.add(group.namespace)
    const gaps = settled(ownGaps(found ?? [], chain.exempt), group.families)
    const note = chain.tied.length === 0 ? {} : {note: `the order of ${shortList(chain.tied, 3)} is not defined, as they have one tier and priority`}
    return gaps.length === 0 ? [] : [{direction, gaps, group, ...note}]
  })
}

export function portNames(one: Applied): string[] {
  return one.kind === 'unknown' ? [] : portNamesOf([...one.policy.ingress ?? [], ...one.policy.egress ?? []])
}
