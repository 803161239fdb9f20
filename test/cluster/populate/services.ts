import type {Json, JsonObject} from '../../../src/kube/json.js'
import {claims, portsOf} from './claims.js'
import type {Random} from '../../differential/random.js'
import type {Size, Surroundings, Write} from './model.js'
import {hex, randomOf} from './model.js'
import {namespaceName} from './namespaces.js'
import {nodeName, podAddress} from './nodes.js'
import {identityOf} from './workloads.js'

const TYPES = [...Array.from({length: 16}, () => 'ClusterIP'), 'Headless', 'NodePort', 'LoadBalancer', 'ExternalName'] as const

/** Written before everything else that needs its address; also tells whether the server is dual-stack. */
export function dnsService(clusterIP: string): Write {
  return {object: {
    apiVersion: 'v1', kind: 'Service',
    metadata: {name: 'kube-dns', namespace: 'kube-system', labels: {'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS'}},
    spec: {
      clusterIP, ipFamilyPolicy: 'PreferDualStack', selector: {'k8s-app': 'kube-dns'},
      ports: [{name: 'dns', port: 53, protocol: 'UDP'}, {name: 'dns-tcp', port: 53, protocol: 'TCP'}, {name: 'metrics', port: 9153, protocol: 'TCP'}],
    },
  }}
}

/** Claims come first and count; where fewer Services are wanted than there are claims, the last claims are left out. */
export function* services(size: Size, around: Surroundings, someServiceAddress: string): Generator<Write> {
  const special = claims(around, someServiceAddress).slice(0, size.services)
  for (const [index, claim] of special.entries()) {
    const {name, externalIPs = [], ingress, spec = {}, labels = {}} = claim
    yield {managers: ['kubectl-client-side-apply', 'cloud-controller-manager'], object: {
      apiVersion: 'v1', kind: 'Service', metadata: {name: `claim-${name}`, namespace: namespaceName(index % size.namespaces), labels},
      spec: {selector: {'app.kubernetes.io/name': 'claim'}, ports: portsOf(claim), ...externalIPs.length > 0 ? {externalIPs: [...externalIPs]} : {}, ...spec},
      ...ingress === undefined ? {} : {status: {loadBalancer: {ingress: [...ingress]}}},
    }}
  }
  for (let index = special.length; index < size.services; index++) yield* ordinary(size, around, index)
}

function* ordinary(size: Size, around: Surroundings, index: number): Generator<Write> {
  const {app, namespace} = identityOf(size, index - 20)
  const random = randomOf(size.seed, 'service', index)
  const type = random.pick(TYPES)
  const metadata = {name: `${app}-svc`, namespace: namespaceName(namespace), labels: {'app.kubernetes.io/name': app, 'app.kubernetes.io/managed-by': 'Helm'}}
  yield {managers: ['helm', 'aws-load-balancer-controller'], object: {apiVersion: 'v1', kind: 'Service', metadata, ...specAndStatus(random, app, type, around)}}
  if (type !== 'ExternalName') yield endpointSlice(random, metadata, around)
}

function specAndStatus(random: Random, app: string, type: typeof TYPES[number], {isDualStack}: Surroundings): JsonObject {
  if (type === 'ExternalName') return {spec: {type, externalName: `${app}.example.com`}}
  const families: JsonObject = isDualStack && random.chance(0.5) ? {ipFamilyPolicy: 'PreferDualStack'} : {}
  const ports: Json[] = [{name: 'http', port: 80, targetPort: 'http', protocol: 'TCP'}, {name: 'metrics', port: 9090, targetPort: 'metrics', protocol: 'TCP'}]
  const spec: JsonObject = {selector: {'app.kubernetes.io/name': app}, ports, ...families, ...type === 'Headless' ? {clusterIP: 'None'} : {type}}
  if (type !== 'LoadBalancer') return {spec}
  const hostname = `k8s-${hex(random, 10)}.elb.eu-central-1.amazonaws.com`
  return {spec, status: {loadBalancer: {ingress: [random.chance(0.7) ? {hostname} : {ip: `3.122.${random.below(256)}.${1 + random.below(250)}`}]}}}
}

function endpointSlice(random: Random, {name, namespace, labels}: {name: string; namespace: string; labels: JsonObject}, {nodeCount}: Surroundings): Write {
  const endpoint = (): JsonObject => {
    const node = random.below(nodeCount)
    return {addresses: [podAddress(node, 2 + random.below(60))], conditions: {ready: true, serving: true, terminating: false}, nodeName: nodeName(node)}
  }
  return {managers: ['kube-controller-manager', ''], object: {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4',
    metadata: {name: `${name}-${hex(random, 5)}`, namespace, labels: {...labels, 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io'}},
    endpoints: Array.from({length: 1 + random.below(3)}, endpoint),
    ports: [{name: 'http', port: 8080, protocol: 'TCP'}, {name: 'metrics', port: 9090, protocol: 'TCP'}],
  }}
}
