import {expect} from 'chai'
import {istioAddressMatch} from '../../../src/checks/dual-stack/istio-address-match.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import type {FamiliesOfPods} from './filter-cluster.js'
import {podOf, ranIn} from './filter-cluster.js'

const entry = (...addresses: string[]): KubeObject => ({apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: {namespace: 'shop', name: 'db'}, spec: {hosts: ['db.example.com'], addresses}})
const route = (kind: 'tcp' | 'tls', ...match: Json[]): KubeObject => ({apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: {namespace: 'shop', name: 'db'}, spec: {hosts: ['*'], [kind]: [{match}]}})

const ROWS: [name: string, object: KubeObject, pods: FamiliesOfPods, lines: string[]][] = [
  ['an entry of IPv4', entry('192.0.2.7'), 'dual', ['service-entry ServiceEntry shop/db spec.addresses[0]']],
  ['pods of IPv4', entry('192.0.2.7'), 'v4', []],
  ['an entry of both', entry('192.0.2.0/24', '2001:db8::7'), 'dual', []],
  ['an entry without addresses', entry(), 'dual', []],
  ['subnets of IPv4', route('tcp', {port: 1}, {destinationSubnets: ['10.0.0.0/8']}), 'dual', ['destination-subnets VirtualService shop/db spec.tcp[0].match[1].destinationSubnets']],
  ['a match for each family', route('tls', {destinationSubnets: ['10.0.0.0/8']}, {destinationSubnets: ['fd00::/8']}), 'dual', []],
  ['a source of IPv6', route('tcp', {sourceSubnet: 'fd00::/8'}), 'dual', ['source-subnet VirtualService shop/db spec.tcp[0].match[0].sourceSubnet']],
]

describe('istio-address-match', () => {
  for (const [name, object, pods, lines] of ROWS) it(name, async () => {
    const ran = await ranIn(istioAddressMatch, [object, podOf(pods)])
    expect([ran.lines, ran.skip]).to.deep.equal([lines, null])
  })

  it('never calls clean what it did not read', async () => {
    expect((await ranIn(istioAddressMatch, [entry('x'), podOf('dual')])).skip).to.equal('not-understood')
    expect((await ranIn(istioAddressMatch, [podOf('dual')], {outcomes: {serviceentries: 'forbidden'}})).skip).to.equal('forbidden')
    expect((await ranIn(istioAddressMatch, [podOf('dual')], {outcomes: {serviceentries: 'not-served', virtualservices: 'not-served'}})).notApplicable['istio-address-match']).to.match(/no networking API/)
  })
})
