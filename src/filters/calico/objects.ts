import type {FactContext} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {numberAt, pathOf, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceLabelsOf, namespaceOf} from '../../kube/object.js'
import {goBlock} from '../go-block.js'
import type {NamespaceLabels} from './labels.js'
import {setLookup} from './labels.js'
import type {CalicoPolicy} from './read-policy.js'
import {calicoLabels, readPolicy} from './read-policy.js'
import type {Net} from './rule.js'
import type {Lookup} from './selector.js'

/** Each kind in Calico's own store, and in its API where that is served: the same objects, seen twice where both are. */
export const CALICO_ROWS = {
  networkpolicies: ['calico-networkpolicies', 'calico-v3-networkpolicies'],
  globalnetworkpolicies: ['calico-globalnetworkpolicies', 'calico-v3-globalnetworkpolicies'],
  networksets: ['calico-networksets', 'calico-v3-networksets'],
  globalnetworksets: ['calico-globalnetworksets', 'calico-v3-globalnetworksets'],
  tiers: ['calico-tiers', 'calico-v3-tiers'],
} as const

export type CalicoKind = keyof typeof CALICO_ROWS
export type CalicoRow = (typeof CALICO_ROWS)[CalicoKind][number]
export const ALL_CALICO_ROWS: readonly CalicoRow[] = Object.values(CALICO_ROWS).flat()

export interface NetworkSet {
  /** `GlobalNetworkSet trusted`, `NetworkSet shop/partners` */
  words: string
  nets: readonly Net[]
  lookup: Lookup
}

export interface Tier {
  /** Infinity: it has none, and comes last. */
  order: number
  isPass: boolean
}

export interface CalicoObjects {
  policies: readonly CalicoPolicy[]
  sets: readonly NetworkSet[]
  tiers: ReadonlyMap<string, Tier>
  /** Labels by which HostEndpoints are selected. */
  hosts: readonly Readonly<Record<string, string>>[]
  namespaces: NamespaceLabels
  /** Namespaces with a policy that was not understood; empty: a global one. What else applies there is not known. */
  unknownIn: ReadonlySet<string>
  /** Were sets, and tiers, all seen and understood? */
  isEverySetKnown: boolean
  isEveryTierKnown: boolean
  outcomes: Readonly<Record<CalicoRow, ReadOutcome>>
}

type Row = CalicoRow | 'calico-hostendpoints' | 'namespaces'

/** What Calico has, each object once: the one of its API where both are there, as that is what people edit. */
export const calicoObjects = defineFact<Row, CalicoObjects>({
  id: 'calico-objects',
  reads: [...ALL_CALICO_ROWS, 'calico-hostendpoints', 'namespaces'],
  create(context) {
    const namespaces = new Map<string, Readonly<Record<string, string>>>()
    const policies = new Map<string, CalicoPolicy>()
    const unknownIn = new Set<string>()
    const sets = new Map<string, Omit<NetworkSet, 'lookup'> & {labels: Readonly<Record<string, string>>; namespace: string}>()
    const tiers = new Map<string, Tier>()
    const hosts: Readonly<Record<string, string>>[] = []
    const takePolicy = (object: KubeObject): void => {
      if (isForeign(object)) return
      remember(object, unknownIn, () => {
        const policy = readPolicy(object)
        policies.set(`${policy.namespace}/${policy.name}`, policy)
      })
    }
    const takeSet = (object: KubeObject): void => void sets.set(`${namespaceOf(object)}/${nameOf(object)}`, readSet(object))
    const takeTier = (object: KubeObject): void => void tiers.set(nameOf(object), {order: numberAt(object, 'spec', 'order') ?? Infinity, isPass: textAt(object, 'spec', 'defaultAction') === 'Pass'})
    return {
      namespaces: object => void namespaces.set(nameOf(object), namespaceLabelsOf(object)),
      'calico-networkpolicies': takePolicy, 'calico-v3-networkpolicies': takePolicy, 'calico-globalnetworkpolicies': takePolicy, 'calico-v3-globalnetworkpolicies': takePolicy,
      'calico-networksets': takeSet, 'calico-v3-networksets': takeSet, 'calico-globalnetworksets': takeSet, 'calico-v3-globalnetworksets': takeSet,
      'calico-tiers': takeTier, 'calico-v3-tiers': takeTier,
      'calico-hostendpoints': object => void hosts.push(calicoLabels(object)),
      end(): CalicoObjects {
        const labels: NamespaceLabels = namespace => namespaces.get(namespace) ?? null
        return {
          policies: [...policies.values()], tiers, hosts, namespaces: labels, unknownIn,
          sets: [...sets.values()].map(({words, nets, labels: own, namespace}) => ({words, nets, lookup: setLookup(own, namespace, labels)})),
          isEverySetKnown: isWhole(context, 'networksets') && isWhole(context, 'globalnetworksets'), isEveryTierKnown: isWhole(context, 'tiers'),
          outcomes: Object.fromEntries(ALL_CALICO_ROWS.map(row => [row, context.outcome(row)])) as CalicoObjects['outcomes'],
        }
      },
    }
  },
})

/** Calico's API also lists what it made of policies of Kubernetes, which are read themselves. */
function isForeign(object: KubeObject): boolean {
  return /^(?:knp\.default|kcnp|kanp|kbanp)\./.test(nameOf(object))
}

/** Whom an odd policy selects is not known either: the engine tells what is odd, and this tells whose verdict hangs on it. */
function remember(object: KubeObject, unknownIn: Set<string>, read: () => void): void {
  let isRead = false
  try {
    read()
    isRead = true
  } finally {
    if (!isRead) unknownIn.add(scopeOf(object))
  }
}

function scopeOf(object: KubeObject): string {
  try {
    return namespaceOf(object)
  } catch {
    // Not even its namespace can be read.
    return ''
  }
}

function readSet(object: KubeObject) {
  const namespace = namespaceOf(object)
  const name = nameOf(object)
  const nets = textsAt(object, 'spec', 'nets').map((text, index): Net => {
    const path = pathOf(['spec', 'nets', index])
    return {cidr: goBlock(text, path, true), path, text}
  })
  return {words: `${object.kind} ${namespace === '' ? name : `${namespace}/${name}`}`, nets, labels: calicoLabels(object), namespace}
}

/** One of the two lists is enough; where neither is served there is none. */
function isWhole(context: Pick<FactContext, 'outcome'>, kind: CalicoKind): boolean {
  const outcomes = CALICO_ROWS[kind].map(row => context.outcome(row).outcome)
  return outcomes.some(outcome => outcome === 'complete') ? !outcomes.includes('not-understood') : outcomes.every(outcome => outcome === 'not-served')
}
