import type {FamilyCounts} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {flagAt, listAt, textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {namespaceOf} from '../kube/object.js'
import type {Evidence} from './evidence.js'
import {addressAt, count, countsText, evidenceOf, familiesText, isSomeSeen, noCounts} from './evidence.js'
import {FAMILIES} from './interval-set.js'
import type {Family, Ip} from './ip.js'
import type {Observed} from './observed.js'
import {observe} from './observed.js'

export interface PodFamilies {
  evidence: Evidence
  /** Null: pods are not readable. */
  counts: FamilyCounts | null
  /** How pods were read, this fact's own understanding included. */
  outcome: ReadOutcome
  /** By namespace: counts of what runs there. */
  byNamespace: ReadonlyMap<string, FamilyCounts>
  addresses: Observed
  /** Of the nodes that pods run on, where nodes themselves are not readable. */
  hosts: {families: readonly Family[]; addresses: Observed; evidence: Evidence}
}

/** Signal 1, and the part of signal 4 that pods tell. */
export const podFamilies = defineFact({
  id: 'pod-families',
  reads: ['pods'],
  create(context) {
    const counts = noCounts()
    const byNamespace = new Map<string, FamilyCounts>()
    const addresses = observe()
    const hosts = hostsSeen()
    return {
      pods(pod) {
        if (textAt(pod, 'status', 'phase') !== 'Running') return
        hosts.add(pod)
        // A pod on the network of its node has the node's addresses.
        if (flagAt(pod, 'spec', 'hostNetwork') === true) return
        const ips = podAddresses(pod)
        ips.forEach(ip => addresses.add(ip))
        const families = ips.map(({family}) => family)
        count(counts, families)
        count(countsOf(byNamespace, namespaceOf(pod)), families)
      },
      end(): PodFamilies {
        const outcome = context.outcome('pods')
        const text = countsText(counts)
        const evidence = evidenceOf(1, outcome, text === '' ? 'no running pod has an address of its own' : `pods: ${text}`)
        const families = hosts.families()
        const hostEvidence = evidenceOf(4, outcome, families.length === 0 ? 'pods name no host address' : `Pod status.hostIPs: ${familiesText(families)}`)
        return {
          evidence, addresses, byNamespace, counts: isSomeSeen(outcome.outcome) ? counts : null, outcome,
          hosts: {families, addresses: hosts.addresses, evidence: hostEvidence},
        }
      },
    }
  },
})

function countsOf(byNamespace: Map<string, FamilyCounts>, namespace: string): FamilyCounts {
  const known = byNamespace.get(namespace)
  if (known !== undefined) return known
  const fresh = noCounts()
  byNamespace.set(namespace, fresh)
  return fresh
}

/** Addresses that the pod shows; a CNI's private second interface is not among them. */
export function podAddresses(pod: KubeObject): Ip[] {
  return addressesOf(pod, 'podIPs', 'podIP')
}

function addressesOf(pod: KubeObject, many: string, one: string): Ip[] {
  const texts = listAt(pod, 'status', many).map(entry => textAt(entry, 'ip') ?? '')
  const all = texts.length > 0 ? texts : [textAt(pod, 'status', one) ?? '']
  return all.filter(text => text !== '').map((text, index) => addressAt(text, `status.${many}[${index}].ip`))
}

/** Many pods share a host: an address is parsed once, until there are too many to remember. */
const MOST_REMEMBERED = 10_000

function hostsSeen(): {add(pod: KubeObject): void; addresses: Observed; families(): Family[]} {
  const remembered = new Set<string>()
  const families = new Set<Family>()
  const addresses = observe(1024)
  return {
    addresses,
    families: () => FAMILIES.filter(family => families.has(family)),
    add(pod) {
      const key = listAt(pod, 'status', 'hostIPs').map(entry => textAt(entry, 'ip') ?? '').join(' ') || (textAt(pod, 'status', 'hostIP') ?? '')
      if (key === '' || remembered.has(key)) return
      if (remembered.size < MOST_REMEMBERED) remembered.add(key)
      for (const ip of addressesOf(pod, 'hostIPs', 'hostIP')) {
        families.add(ip.family)
        addresses.add(ip)
      }
    },
  }
}
