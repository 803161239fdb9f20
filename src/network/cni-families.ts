import {defineFact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {flagAt, listAt, numberAt, textAt, textsAt} from '../kube/field.js'
import type {Json, KubeObject} from '../kube/json.js'
import {nameOf} from '../kube/object.js'
import type {Named} from './configured-ranges.js'
import {addTo, namedText, nothing} from './configured-ranges.js'
import type {Evidence} from './evidence.js'
import {evidenceOf} from './evidence.js'
import type {Family} from './ip.js'

export interface CniFamilies {
  evidence: readonly Evidence[]
  podRanges: Named
  hidden: HiddenFamily | null
  /** How the DaemonSet was read that alone tells a hidden family. */
  outcome: ReadOutcome
}

/** A family that pods reach the outside by, over an interface that shows in no status. */
export interface HiddenFamily {
  family: Family
  /** Where the addresses of that interface come from. */
  range: string
  /** Why it is on: an environment variable of `aws-node`, or its default. */
  because: string
}

/** Signal 8: what the network plugins say, Calico, Cilium and the AWS VPC CNI. */
export const cniFamilies = defineFact({
  id: 'cni-families',
  reads: ['ippools', 'felixconfigurations', 'network-configmaps', 'aws-node'],
  create(context) {
    const podRanges = nothing()
    const words: Record<'ippools' | 'felixconfigurations' | 'network-configmaps' | 'aws-node', string[]> = {ippools: [], felixconfigurations: [], 'network-configmaps': [], 'aws-node': []}
    let hidden: HiddenFamily | null = null
    return {
      ippools(pool) {
        // Pools for tunnels or load balancers alone give no pod an address.
        const uses = textsAt(pool, 'spec', 'allowedUses')
        if (uses.length === 0 || uses.includes('Workload')) addTo(podRanges, textAt(pool, 'spec', 'cidr') ?? '')
      },
      felixconfigurations(object) {
        const isOn = flagAt(object, 'spec', 'ipv6Support')
        if (isOn !== undefined) words.felixconfigurations.push(`${nameOf(object)} ipv6Support ${isOn}`)
      },
      'network-configmaps'(map) {
        if (nameOf(map) === 'cilium-config') words['network-configmaps'].push(...ciliumWords(map))
      },
      'aws-node'(daemonSet) {
        hidden = hiddenFamilyOf(daemonSet)
        words['aws-node'].push(hidden === null ? 'no hidden family' : `hidden v${hidden.family} out of ${hidden.range} (${hidden.because})`)
      },
      end(): CniFamilies {
        if (podRanges.cidrs.length + podRanges.odd.length > 0) words.ippools.push(namedText(podRanges))
        const says = (row: keyof typeof words, what: string): Evidence => evidenceOf(8, context.outcome(row), `${what}: ${words[row].join(', ') || 'says nothing'}`)
        return {
          podRanges, hidden, outcome: context.outcome('aws-node'),
          evidence: [says('ippools', 'Calico IPPools'), says('felixconfigurations', 'FelixConfiguration'), says('network-configmaps', 'cilium-config'), says('aws-node', 'DaemonSet aws-node')],
        }
      },
    }
  },
})

function ciliumWords(map: KubeObject): string[] {
  return ['enable-ipv4', 'enable-ipv6'].flatMap(key => {
    const value = textAt(map, 'data', key)
    return value === undefined ? [] : [`${key} ${value}`]
  })
}

/** Ranges of the egress interfaces, as the plugin has them built in. */
const EGRESS_RANGES: Readonly<Record<Family, string>> = {4: '169.254.172.0/22', 6: 'fd00::ac:0/118'}

/**
 * An IPv6 cluster on EKS gives each pod a way out over IPv4 unless told not to;
 * an IPv4 one gives a way out over IPv6 when told to, on nodes that have an
 * IPv6 address.
 */
export function hiddenFamilyOf(daemonSet: KubeObject): HiddenFamily | null {
  // Another CNI in its place is commonly installed by a selector that no node matches.
  if (numberAt(daemonSet, 'status', 'desiredNumberScheduled') === 0) return null
  const container = listAt(daemonSet, 'spec', 'template', 'spec', 'containers').find(one => textAt(one, 'name') === 'aws-node')
  if (container === undefined) return null
  if (isOn(container, 'ENABLE_IPv6', false)) {
    if (!isOn(container, 'ENABLE_V4_EGRESS', true)) return null
    return {family: 4, range: EGRESS_RANGES[4], because: `ENABLE_V4_EGRESS is ${valueOf(container, 'ENABLE_V4_EGRESS') ?? 'not set, which means true'}`}
  }
  if (!isOn(container, 'ENABLE_V6_EGRESS', false)) return null
  return {family: 6, range: EGRESS_RANGES[6], because: `ENABLE_V6_EGRESS is ${valueOf(container, 'ENABLE_V6_EGRESS') ?? 'true'}`}
}

/** The plugin reads its switches with Go's ParseBool; what that does not read is the default. */
const TRUE: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True']
const FALSE: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False']

function isOn(container: Json, name: string, byDefault: boolean): boolean {
  const value = valueOf(container, name) ?? ''
  return byDefault ? !FALSE.includes(value) : TRUE.includes(value)
}

/** The last entry holds where a name is repeated. */
function valueOf(container: Json, name: string): string | undefined {
  const entry = listAt(container, 'env').findLast(one => textAt(one, 'name') === name)
  return entry === undefined ? undefined : textAt(entry, 'value')
}
