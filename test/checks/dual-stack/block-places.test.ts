import {expect} from 'chai'
import type {CheckContext} from '../../../src/audit/check.js'
import {blockPlaces} from '../../../src/checks/dual-stack/network-policy-cases.js'
import {networkPolicyReader} from '../../../src/filters/network-policy/policies.js'
import type {KubeObject} from '../../../src/kube/json.js'

describe('places of blocks in files', () => {
  for (const namespace of ['shop', undefined]) it(namespace === undefined ? 'of a manifest that leaves the namespace to whoever applies it' : 'of a policy with a namespace', () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {name: 'out', ...(namespace === undefined ? {} : {namespace})},
      spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: [{ipBlock: {cidr: '0.0.0.0/0'}}]}]},
    } as unknown as KubeObject
    const place = {file: 'a.yaml', line: 7, column: 3}
    const places = blockPlaces({place: (_: KubeObject, path: string) => (path === 'spec.egress[0].to[0].ipBlock' ? place : null)} as unknown as CheckContext)
    places.add(policy)
    const {policy: read} = networkPolicyReader()(policy)
    const [rule] = read.egress ?? []
    const block = rule !== undefined && rule.peers !== 'all' ? rule.peers.find(peer => peer.kind === 'block') : undefined
    expect(places.of({policy: read, block: block!})).to.deep.equal(place)
  })
})
