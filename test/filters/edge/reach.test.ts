import {expect} from 'chai'
import {defineFact} from '../../../src/audit/fact.js'
import type {Door, Reach} from '../../../src/filters/edge/door.js'
import {edgeReach} from '../../../src/filters/edge/reach.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import {factOf, object} from '../../support/declared-facts.js'

const lb = (...ingress: Json[]): Json => ({loadBalancer: {ingress}})
const DUALSTACK = {'service.beta.kubernetes.io/aws-load-balancer-ip-address-type': ' dualstack '}
const service = (name: string, spec: Record<string, Json>, status: Json = lb(), rest: Record<string, Json> = {}): KubeObject => object('v1', 'Service', name, {spec: {type: 'LoadBalancer', ...spec}, status, ...rest})

const SERVICES: readonly KubeObject[] = [
  service('a/both', {ipFamilies: ['IPv4', 'IPv6']}, lb({ip: '52.0.0.1'}, {ip: '2600::1'})),
  service('a/six-in-front', {ipFamilies: ['IPv4']}, lb({ip: '52.0.0.2'}, {ip: '2600::2'})),
  service('a/asked-for-both', {ipFamilies: ['IPv4', 'IPv6']}, lb({ip: '52.0.0.3'})),
  service('a/pending', {ipFamilies: ['IPv4', 'IPv6']}),
  service('a/named', {ipFamilies: ['IPv4']}, lb({hostname: 'named.example.com'})),
  service('a/named-both', {ipFamilies: ['IPv4', 'IPv6']}, lb({hostname: 'both.example.com'})),
  service('a/annotated', {ipFamilies: ['IPv4']}, lb({hostname: 'dual.example.com'}), {annotations: DUALSTACK}),
  service('a/mapped', {ipFamilies: ['IPv4']}, lb({ip: '::ffff:52.0.0.4'})),
  service('a/ports', {type: 'NodePort', ipFamilies: ['IPv6'], ports: [{port: 80, nodePort: 30080}]}, lb(), {labels: {'app.kubernetes.io/name': 'traefik'}}),
  service('a/inside', {type: 'ClusterIP', ipFamilies: ['IPv4', 'IPv6']}, lb(), {labels: {app: 'traefik'}}),
  service('b/traefik', {ipFamilies: ['IPv4']}, lb({ip: '52.0.0.5'}), {labels: {app: 'traefik'}}),
]

describe('by which families clients come', () => {
  const status = (...addresses: string[]): Door => ({by: 'status', addresses, isDual: false})
  const rows: [name: string, door: Door, families: string, because?: RegExp][] = [
    ['a Service by its addresses', {by: 'service', key: 'a/both'}, '4 6', /load balancer has the address 2600::1$/],
    ['an address of another family than its own', {by: 'service', key: 'a/six-in-front'}, '4 6'],
    ['an address of one family, and both asked for', {by: 'service', key: 'a/asked-for-both'}, '4 6', /spec\.ipFamilies has IPv6/],
    ['no address yet: what was asked for', {by: 'service', key: 'a/pending'}, '4 6', /spec\.ipFamilies has IPv6/],
    ['a host name says nothing', {by: 'service', key: 'a/named'}, '4'],
    ['a host name, and both asked for', {by: 'service', key: 'a/named-both'}, '4 6'],
    ['a host name and an annotation', {by: 'service', key: 'a/annotated'}, '4 6', /aws-load-balancer-ip-address-type asks for both/],
    ['a mapped address is IPv4', {by: 'service', key: 'a/mapped'}, '4'],
    ['a Service that is not there', {by: 'service', key: 'a/none'}, ''],
    ['a Service without a door', {by: 'service', key: 'a/inside'}, ''],
    ['addresses of the object itself', status('52.9.9.9', '2600::9'), '4 6'],
    ['an address that is a Service\'s', status('52.0.0.2'), '4 6'],
    ['a host name that is a Service\'s', status('dual.example.com'), '4 6'],
    ['a host name that is nobody\'s', status('x.example.com'), ''],
    ['an object that asks for both', {by: 'status', addresses: ['x.example.com'], isDual: true}, '4 6', /the object asks for/],
    ['controllers by their labels', {by: 'controller', names: ['traefik']}, '4 6'],
    ['controllers of one namespace', {by: 'controller', names: ['traefik'], namespace: 'b'}, '4'],
    ['controllers by the name of their Service', {by: 'controller', names: ['both']}, '4 6'],
    ['node ports', {by: 'node-ports'}, '6', /opens node ports of IPv6/],
    ['what the object says itself', {by: 'families', families: [6], because: 'so'}, '6', /^so$/],
  ]
  for (const [name, door, families, because] of rows) it(name, async () => {
    const found = await reachOf(door)
    expect(found.families.join(' ')).to.equal(families)
    if (because !== undefined) expect(found.because[6]).to.match(because)
  })
})

function reachOf(door: Door): Promise<Reach> {
  return factOf(defineFact<never, Reach>({id: 'asked', reads: [], needs: [edgeReach], create: context => ({end: () => context.fact(edgeReach).of(door)})}), {objects: SERVICES})
}
