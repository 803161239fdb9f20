import type {Json, JsonObject} from '../../../src/kube/json.js'
import type {Surroundings} from './model.js'
import {externalAddress, internalAddress, podAddress} from './nodes.js'

/** A Service that holds an address which may be somebody else's. The name says whose. */
export interface Claim {
  name: string
  externalIPs?: readonly string[]
  ingress?: readonly JsonObject[]
  /** Laid over the Service's spec. */
  spec?: JsonObject
  labels?: JsonObject
  port?: number
  /** The newest server that accepts it. */
  untilMinor?: number
}

/** One Service at least for each kind of address by which claims are graded, on both roads. */
export function claims(around: Surroundings, someServiceAddress: string): Claim[] {
  return [...external(around, someServiceAddress), ...ignored(), ...status(around)].filter(({untilMinor = Infinity}) => around.minor <= untilMinor)
}

function external({servicePrefix, apiServerAddress, dnsAddress}: Surroundings, someServiceAddress: string): Claim[] {
  return [
    {name: 'cluster-dns', externalIPs: [dnsAddress], port: 53},
    {name: 'other-service', externalIPs: [someServiceAddress]},
    {name: 'service-range', externalIPs: [`${servicePrefix}.201.201`]},
    {name: 'api-server', externalIPs: [apiServerAddress], port: 6443},
    {name: 'node-internal', externalIPs: [internalAddress(1)]},
    {name: 'node-external', externalIPs: [externalAddress(0) ?? '']},
    {name: 'pod-address', externalIPs: [podAddress(0, 2)]},
    {name: 'pod-range', externalIPs: [podAddress(1, 251)]},
    {name: 'platform', externalIPs: ['168.63.129.16', '100.100.100.200', 'fd00:ec2::254']},
    {name: 'documentation', externalIPs: ['203.0.113.7', '2001:db8::7']},
    {name: 'private', externalIPs: ['192.168.40.7', 'fd55:1::7']},
    {name: 'public', externalIPs: ['52.59.10.20', '2a05:d014::20']},
    // The same address and port twice, once in another spelling.
    {name: 'duplicate-a', externalIPs: ['192.168.41.8', 'fd55:1::8'], port: 8443},
    {name: 'duplicate-b', externalIPs: ['fd55:1:0:0:0:0:0:8', '192.168.41.8'], port: 8443},
    {name: 'mapped', externalIPs: ['::ffff:192.168.42.9'], untilMinor: 35},
    {name: 'leading-zeros', externalIPs: ['192.168.042.010'], untilMinor: 35},
  ]
}

function ignored(): Claim[] {
  return [
    {name: 'ignored-headless', externalIPs: ['192.168.43.1'], spec: {clusterIP: 'None'}},
    {name: 'ignored-external-name', externalIPs: ['192.168.43.2'], spec: {type: 'ExternalName', externalName: 'shop.example.com', selector: null}},
  ]
}

function status({dnsAddress}: Surroundings): Claim[] {
  const balancer: JsonObject = {type: 'LoadBalancer'}
  const ips = (...list: readonly string[]): JsonObject[] => list.map(ip => ({ip}))
  return [
    {name: 'status-metadata', spec: balancer, ingress: ips('169.254.169.254'), port: 80},
    {name: 'status-loopback', spec: balancer, ingress: ips('127.0.0.1')},
    {name: 'status-dns', spec: balancer, ingress: ips(dnsAddress), port: 53},
    {name: 'status-nodes', spec: {...balancer, loadBalancerClass: 'example.com/by-hand'}, ingress: ips(internalAddress(0), internalAddress(2))},
    {name: 'status-hostname', spec: balancer, ingress: [{hostname: 'a1b2c3-1234567890.eu-central-1.elb.amazonaws.com'}]},
    {name: 'status-public', spec: balancer, ingress: ips('3.121.9.9'), port: 443},
  ]
}

/** A claim's port, with the protocol that DNS needs. */
export function portsOf({port = 8080}: Claim): Json[] {
  return [{name: 'main', port, targetPort: 8080, protocol: port === 53 ? 'UDP' : 'TCP'}]
}
