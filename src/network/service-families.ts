import type {FamilyCounts} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {textAt, textsAt} from '../kube/field.js'
import {API_SERVER_SERVICE} from '../kube/endpoint-slice.js'
import type {KubeObject} from '../kube/json.js'
import {keyOf} from '../kube/object.js'
import type {Evidence} from './evidence.js'
import {addressAt, count, countsText, evidenceOf, isSomeSeen, noCounts} from './evidence.js'
import type {Family, Ip} from './ip.js'
import type {Observed} from './observed.js'
import {observe} from './observed.js'

export interface ServiceFamilies {
  evidence: Evidence
  /** Null: Services are not readable. */
  counts: FamilyCounts | null
  outcome: ReadOutcome
  addresses: Observed
  /** Of `default/kubernetes`, which is single-stack on every cluster; null: it was not seen. */
  primary: Family | null
  /** Services that would take both families and got one: the range has one. */
  wantedBoth: number
}

/** Signal 3. Headless Services are left out: without a selector they get both families on any cluster. */
export const serviceFamilies = defineFact({
  id: 'service-families',
  reads: ['services'],
  create(context) {
    const counts = noCounts()
    const addresses = observe()
    let primary: Family | null = null
    let wantedBoth = 0
    return {
      services(service) {
        const ips = clusterAddresses(service)
        if (ips.length === 0) return
        ips.forEach(ip => addresses.add(ip))
        count(counts, ips.map(({family}) => family))
        if (keyOf(service) === API_SERVER_SERVICE) primary = ips[0]?.family ?? null
        if (ips.length === 1 && textAt(service, 'spec', 'ipFamilyPolicy') === 'PreferDualStack') wantedBoth++
      },
      end(): ServiceFamilies {
        const outcome = context.outcome('services')
        const wanted = wantedBoth === 0 ? '' : `; ${wantedBoth} would take both families and got one`
        const evidence = evidenceOf(3, outcome, `Services: ${countsText(counts) || 'none has a cluster IP'}${wanted}`)
        return {evidence, counts: isSomeSeen(outcome.outcome) ? counts : null, outcome, addresses, primary, wantedBoth}
      },
    }
  },
})

/** The cluster IP of a Service that has one family because it wants one; null: it has both, would take both, or has none. */
export function singleFamilyAddress(service: KubeObject): Ip | null {
  const [ip, ...others] = clusterAddresses(service)
  if (ip === undefined || others.length > 0) return null
  return (textAt(service, 'spec', 'ipFamilyPolicy') ?? 'SingleStack') === 'SingleStack' ? ip : null
}

/** Cluster IPs in their order: the first is of the Service's primary family. Empty for headless ones, and for manifests that have none yet. */
export function clusterAddresses(service: KubeObject): Ip[] {
  const one = textAt(service, 'spec', 'clusterIP') ?? ''
  const many = textsAt(service, 'spec', 'clusterIPs')
  const texts = many.length > 0 ? many : [one]
  if (texts[0] === 'None') return []
  return texts.filter(text => text !== '').map((text, index) => addressAt(text, `spec.clusterIPs[${index}]`))
}
