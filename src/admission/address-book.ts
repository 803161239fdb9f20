import {defineFact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {at, listAt, numberAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {keyOf, labelsOf, nameOf, namespaceOf} from '../kube/object.js'
import {isFinished} from '../kube/pod.js'
import type {Cidr} from '../network/cidr.js'
import {parseCidr} from '../network/cidr.js'
import {configuredRanges} from '../network/configured-ranges.js'
import type {IntervalSet} from '../network/interval-set.js'
import {setOf} from '../network/interval-set.js'
import {parseIp} from '../network/ip.js'
import {claimsOf, clusterIPsOf, portsOf} from './service-claims.js'
import type {Claim} from './service-claims.js'

/** An address of the cluster, and the ports that matter there; none: all do. */
export interface Owner {
  name: string
  ports: readonly string[]
}

/** Whose address is it? By canonical text. */
export interface AddressBook {
  dns: ReadonlyMap<string, Owner>
  apiServer: ReadonlyMap<string, Owner>
  services: ReadonlyMap<string, string>
  nodes: ReadonlyMap<string, string>
  /** Only those that somebody claims. */
  pods: ReadonlyMap<string, string>
  serviceRange: IntervalSet
  podRange: IntervalSet
  /** Services by `IP PORT`, where more than one claims it. */
  claimants: ReadonlyMap<string, ReadonlySet<string>>
  claims: readonly Claim[]
  /** What was not looked at, so that "no clash" cannot be said: `node addresses`, `pod addresses` … */
  unknown: readonly string[]
  isServicesWhole: boolean
}

const DNS_NAMESPACES: readonly string[] = ['kube-system', 'openshift-dns']

/** Every claim, and everything that it could clash with. Pods are compared with the claims, never kept. */
export const addressBook = defineFact({
  id: 'address-book',
  reads: ['nodes', 'servicecidrs', 'endpointslices', 'services', 'pods'],
  needs: [configuredRanges],
  create(context) {
    const book = newBook()
    const ranges: {services: Cidr[]; pods: Cidr[]} = {services: [], pods: []}
    const claimed = new Set<string>()
    return {
      nodes(node) {
        for (const address of listAt(node, 'status', 'addresses')) keep(book.nodes, textAt(address, 'address'), nameOf(node))
        ranges.pods.push(...cidrsIn(textsAt(node, 'spec', 'podCIDRs')))
      },
      servicecidrs: range => void ranges.services.push(...cidrsIn(textsAt(range, 'spec', 'cidrs'))),
      endpointslices: slice => readSlice(slice, book.apiServer),
      services(service) {
        readService(service, book)
        for (const claim of claimsOf(service)) {
          book.claims.push(claim)
          if (claim.ip === null) continue
          claimed.add(claim.ip.text)
          if (claim.ignored === null) for (const port of claim.ports) addClaimant(book.claimants, `${claim.ip.text} ${port}`, keyOf(service))
        }
      },
      pods(pod) {
        if (claimed.size > 0) readPod(pod, claimed, book)
      },
      end(): AddressBook {
        const configured = context.fact(configuredRanges)
        const services = [...ranges.services, ...configured.serviceCidr.cidrs, ...configured.flags.services.cidrs, ...configured.files.services.cidrs]
        const pods = [...ranges.pods, ...configured.flags.pods.cidrs, ...configured.files.pods.cidrs]
        const isWhole = (outcome: ReadOutcome): boolean => outcome.outcome === 'complete'
        const unknown = [
          // A cluster that shows no nodes (vcluster) has some all the same.
          ...(isWhole(context.outcome('nodes')) && book.nodes.size > 0 ? [] : ['node addresses']),
          ...(isWhole(context.outcome('services')) ? [] : ['addresses of other Services']),
          ...(isWhole(context.outcome('pods')) ? [] : ['pod addresses']),
          ...(book.apiServer.size > 0 && isWhole(context.outcome('endpointslices')) ? [] : ['API server addresses']),
          ...(services.length > 0 ? [] : ['the Service range']),
        ]
        return {...book, serviceRange: setOf(services), podRange: setOf(pods), unknown, isServicesWhole: isWhole(context.outcome('services'))}
      },
    }
  },
})

function newBook() {
  return {
    dns: new Map<string, Owner>(), apiServer: new Map<string, Owner>(), services: new Map<string, string>(), nodes: new Map<string, string>(),
    pods: new Map<string, string>(), claimants: new Map<string, Set<string>>(), claims: [] as Claim[],
  }
}
type Book = ReturnType<typeof newBook>

/** Host names among the addresses of a node are no addresses. */
function keep<V>(map: Map<string, V>, text: string | undefined, value: V): void {
  const ip = text === undefined ? null : parseIp(text)
  if (ip !== null && !map.has(ip.text)) map.set(ip.text, value)
}

function cidrsIn(texts: readonly string[]): Cidr[] {
  return texts.map(parseCidr).filter(cidr => cidr !== null)
}

function readSlice(slice: KubeObject, apiServer: Map<string, Owner>): void {
  if (namespaceOf(slice) !== 'default' || labelsOf(slice)['kubernetes.io/service-name'] !== 'kubernetes') return
  const ports = listAt(slice, 'ports').map(port => `${numberAt(port, 'port') ?? 0}/${textAt(port, 'protocol') ?? 'TCP'}`)
  for (const endpoint of listAt(slice, 'endpoints')) for (const address of textsAt(endpoint, 'addresses')) keep(apiServer, address, {name: 'the API server', ports})
}

function readService(service: KubeObject, book: Book): void {
  const key = keyOf(service)
  const isDns = DNS_NAMESPACES.includes(namespaceOf(service)) && (labelsOf(service)['k8s-app'] === 'kube-dns' || nameOf(service) === 'kube-dns' || key === 'openshift-dns/dns-default')
  for (const ip of clusterIPsOf(service)) {
    book.services.set(ip.text, key)
    if (isDns) book.dns.set(ip.text, {name: key, ports: portsOf(service)})
    if (key === 'default/kubernetes') book.apiServer.set(ip.text, {name: 'default/kubernetes', ports: portsOf(service)})
  }
}

/** A pod on the host network has its node's address; `hostIP` tells it even where nodes cannot be read. */
function readPod(pod: KubeObject, claimed: ReadonlySet<string>, book: Book): void {
  if (isFinished(pod)) return
  const match = (text: string | undefined, map: Map<string, string>, name: string): void => {
    const ip = text === undefined ? null : parseIp(text)
    if (ip !== null && claimed.has(ip.text) && !map.has(ip.text)) map.set(ip.text, name)
  }
  const node = textAt(pod, 'spec', 'nodeName') ?? 'a node'
  match(textAt(pod, 'status', 'hostIP'), book.nodes, node)
  if (at(pod, 'spec', 'hostNetwork') === true) return
  for (const entry of listAt(pod, 'status', 'podIPs')) match(textAt(entry, 'ip'), book.pods, keyOf(pod))
  match(textAt(pod, 'status', 'podIP'), book.pods, keyOf(pod))
}

function addClaimant(claimants: Map<string, Set<string>>, key: string, service: string): void {
  const known = claimants.get(key)
  if (known === undefined) claimants.set(key, new Set([service]))
  else known.add(service)
}
