import {defineFact} from '../audit/fact.js'
import type {Outcome, ReadOutcome} from '../audit/outcome.js'
import {API_SERVER_SERVICE, serviceOfSlice} from '../kube/endpoint-slice.js'
import {flagAt, listAt, numberAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {keyOf, labelsOf, nameOf, namespaceOf} from '../kube/object.js'
import {isFinished} from '../kube/pod.js'
import type {ReadKey} from '../kube/resources.js'
import {parseCidr} from '../network/cidr.js'
import type {Cidr} from '../network/cidr.js'
import {clusterRanges} from '../network/families.js'
import type {IntervalSet} from '../network/interval-set.js'
import {setOf, union} from '../network/interval-set.js'
import {parseIp} from '../network/ip.js'
import {nodeAddresses} from '../network/node-families.js'
import {podAddresses} from '../network/pod-families.js'
import {clusterAddresses} from '../network/service-families.js'
import {claimsOf, portsOf} from './service-claims.js'
import type {Claim} from './service-claims.js'

/** An address of the cluster, and the ports that matter there; none: all do. */
export interface Owner {
  name: string
  ports: readonly string[]
}

/** A row without which "no clash" cannot be said. */
export interface Unseen {
  row: ReadKey
  outcome: Outcome
  detail: string
  /** `node addresses` */
  what: string
}

/** Services that claim one address and port. Whoever writes Services chooses how many there are, so few are named. */
export interface Claimants {
  count: number
  /** The first of them. */
  names: readonly string[]
}

const MOST_NAMED = 20

/** Whose address is it? By canonical text. */
export interface AddressBook {
  dns: ReadonlyMap<string, Owner>
  apiServer: ReadonlyMap<string, Owner>
  services: ReadonlyMap<string, string>
  nodes: ReadonlyMap<string, string>
  /** Only those that somebody claims. */
  pods: ReadonlyMap<string, string>
  /** What was configured; addresses that were only seen are in the maps, one by one. */
  serviceRange: IntervalSet
  podRange: IntervalSet
  /** Services by `IP PORT`, of those that kube-proxy takes notice of. */
  claimants: ReadonlyMap<string, Claimants>
  claims: readonly Claim[]
  /** What was not seen, the gravest first. */
  unseen: readonly Unseen[]
}

const DNS_NAMESPACES: readonly string[] = ['kube-system', 'openshift-dns']

/** Every claim, and everything that it could clash with. Pods are compared with the claims, never kept. */
export const addressBook = defineFact({
  id: 'address-book',
  reads: ['connection', 'nodes', 'servicecidrs', 'endpointslices', 'services', 'pods'],
  needs: [clusterRanges],
  create(context) {
    const book = newBook()
    const serviceCidrs: Cidr[] = []
    const claimed = new Set<string>()
    return {
      connection: object => keep(book.apiServer, textAt(object, 'host'), {name: 'the API server', ports: [`${numberAt(object, 'port') ?? 443}/TCP`]}),
      nodes(node) {
        for (const ip of nodeAddresses(node)) keepIp(book.nodes, ip.text, nameOf(node))
      },
      // Any of them may give the next Service its address, not only the one that the server was started with.
      servicecidrs: range => void serviceCidrs.push(...textsAt(range, 'spec', 'cidrs').map(parseCidr).filter(cidr => cidr !== null)),
      endpointslices: slice => readSlice(slice, book.apiServer),
      services(service) {
        readService(service, book)
        const key = keyOf(service)
        for (const claim of claimsOf(service)) {
          book.claims.push(claim)
          if (claim.ip === null) continue
          claimed.add(claim.ip.text)
          if (claim.ignored === null) for (const port of claim.ports) addClaimant(book.claimants, `${claim.ip.text} ${port}`, key)
        }
      },
      pods(pod) {
        if (claimed.size > 0) readPod(pod, claimed, book)
      },
      end(): AddressBook {
        const ranges = context.fact(clusterRanges)
        // Free addresses of a range that nothing tells are nobody's yet: no clash is missed without it.
        const serviceRange = union(ranges.services.told, setOf(serviceCidrs))
        return {...book, serviceRange, podRange: ranges.pods.told, unseen: unseenOf(book, key => context.outcome(key))}
      },
    }
  },
})

function newBook() {
  return {
    dns: new Map<string, Owner>(), apiServer: new Map<string, Owner>(), services: new Map<string, string>(), nodes: new Map<string, string>(),
    pods: new Map<string, string>(), claimants: new Map<string, {count: number; names: string[]; last: string}>(), claims: [] as Claim[],
  }
}
type Book = ReturnType<typeof newBook>

type ClashRow = 'nodes' | 'services' | 'pods' | 'endpointslices'

function unseenOf(book: Book, outcomeOf: (key: ClashRow) => ReadOutcome): Unseen[] {
  const notWhole = (row: ClashRow, what: string, isThere: boolean): Unseen[] => {
    const {outcome, detail} = outcomeOf(row)
    if (outcome !== 'complete') return [{row, outcome, detail, what}]
    // A cluster that shows none (vcluster: no nodes) has some all the same.
    return isThere ? [] : [{row, outcome: 'not-observable', detail: `the cluster shows no ${what}`, what}]
  }
  return [
    ...notWhole('services', 'addresses of other Services', true),
    ...notWhole('nodes', 'node addresses', book.nodes.size > 0),
    ...notWhole('pods', 'pod addresses', true),
    // The cluster IP of default/kubernetes, which any list of Services has, is not where the servers themselves answer.
    ...notWhole('endpointslices', 'API server addresses', book.apiServer.size > 0),
  ]
}

function keep<V>(map: Map<string, V>, text: string | undefined, value: V): void {
  const ip = text === undefined ? null : parseIp(text)
  if (ip !== null) keepIp(map, ip.text, value)
}

function keepIp<V>(map: Map<string, V>, ip: string, value: V): void {
  if (!map.has(ip)) map.set(ip, value)
}

function readSlice(slice: KubeObject, apiServer: Map<string, Owner>): void {
  if (serviceOfSlice(slice) !== API_SERVER_SERVICE) return
  const ports = listAt(slice, 'ports').map(port => `${numberAt(port, 'port') ?? 0}/${textAt(port, 'protocol') ?? 'TCP'}`)
  for (const endpoint of listAt(slice, 'endpoints')) for (const address of textsAt(endpoint, 'addresses')) keep(apiServer, address, {name: 'the API server', ports})
}

function readService(service: KubeObject, book: Book): void {
  const key = keyOf(service)
  const isDns = DNS_NAMESPACES.includes(namespaceOf(service)) && (labelsOf(service)['k8s-app'] === 'kube-dns' || nameOf(service) === 'kube-dns' || key === 'openshift-dns/dns-default')
  for (const {text} of clusterAddresses(service)) {
    book.services.set(text, key)
    if (isDns) book.dns.set(text, {name: key, ports: portsOf(service)})
    if (key === API_SERVER_SERVICE) book.apiServer.set(text, {name: key, ports: portsOf(service)})
  }
}

/** A pod on the host network has its node's address; `hostIP` tells it even where nodes cannot be read. */
function readPod(pod: KubeObject, claimed: ReadonlySet<string>, book: Book): void {
  if (isFinished(pod)) return
  const host = parseIp(textAt(pod, 'status', 'hostIP') ?? '')
  if (host !== null && claimed.has(host.text)) keepIp(book.nodes, host.text, textAt(pod, 'spec', 'nodeName') ?? 'that a pod runs on')
  if (flagAt(pod, 'spec', 'hostNetwork') === true) return
  for (const {text} of podAddresses(pod)) if (claimed.has(text)) keepIp(book.pods, text, keyOf(pod))
}

/** Claims of one Service come one after the other: the last name tells whether it was counted. */
function addClaimant(claimants: Book['claimants'], key: string, service: string): void {
  const known = claimants.get(key)
  if (known === undefined) claimants.set(key, {count: 1, names: [service], last: service})
  else if (known.last !== service) {
    known.count++
    known.last = service
    if (known.names.length < MOST_NAMED) known.names.push(service)
  }
}
