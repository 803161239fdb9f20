import {expect} from 'chai'
import {istioAuthorizationFamilyGap} from '../../../src/checks/dual-stack/istio-authorization-family-gap.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {FamiliesOfPods} from './filter-cluster.js'
import {podOf, ranIn} from './filter-cluster.js'

const SIDECAR: JsonObject = {containers: [{name: 'main'}, {name: 'istio-proxy'}]}

function policy(action: string | null, rules: Json[], rest: {name?: string; namespace?: string; spec?: JsonObject; annotations?: Record<string, string>} = {}): KubeObject {
  const {name = 'authz', namespace = 'shop', spec = {}, annotations = {}} = rest
  return {apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: {namespace, name, annotations}, spec: {...(action === null ? {} : {action}), rules, ...spec}}
}

const from = (...sources: JsonObject[]): JsonObject => ({from: sources.map(source => ({source}))})
const V4 = ['203.0.113.0/24']
const BOTH = ['203.0.113.0/24', '2001:db8:1::/48']
const P = 'AuthorizationPolicy shop/authz'
const AT = 'spec.rules[0].from[0].source'

interface Row {
  name: string
  objects: KubeObject[]
  lines: string[]
  pods?: FamiliesOfPods
}

/**
 * Sources: pilot/pkg/security/authz/model/{model,generator}.go and
 * builder/builder.go, pilot/pkg/model/authorization.go of Istio (1.28 line);
 * `CidrRange::isInRange` of Envoy, false for an address of another version.
 */
const ROWS: Row[] = [
  {name: 'DENY ipBlocks: open', objects: [policy('DENY', [from({ipBlocks: V4})])], lines: [`deny-list ${P} ${AT}.ipBlocks S4 open 6`]},
  {name: 'DENY everybody over IPv4', objects: [policy('DENY', [from({ipBlocks: ['0.0.0.0/0']})])], lines: [`deny-all ${P} ${AT}.ipBlocks S4 open 6`]},
  {name: 'DENY notIpBlocks: closed', objects: [policy('DENY', [from({notIpBlocks: V4})])], lines: [`blocked-by-deny ${P} ${AT}.notIpBlocks A3 blocked 6`]},
  {name: 'ALLOW ipBlocks: closed; ALLOW is what an action left out means', objects: [policy(null, [from({ipBlocks: V4})])], lines: [`blocked-by-allow ${P} ${AT}.ipBlocks A3 blocked 6`]},
  {name: 'ALLOW notIpBlocks: open', objects: [policy('ALLOW', [from({notIpBlocks: V4})])], lines: [`exclusion ${P} ${AT}.notIpBlocks S4 open 6`]},
  {name: 'ALLOW few of IPv4 and all of IPv6', objects: [policy('ALLOW', [from({ipBlocks: [...V4, '2000::/3']})])], lines: [`wider-ipv6 ${P} ${AT}.ipBlocks S2 open 6`]},
  {name: 'CUSTOM never asks', objects: [policy('CUSTOM', [from({ipBlocks: V4})], {spec: {provider: {name: 'opa'}}})], lines: [`not-asked ${P} ${AT}.ipBlocks S4 open 6`]},
  {name: 'AUDIT changes nothing', objects: [policy('AUDIT', [from({ipBlocks: V4})])], lines: []},
  {name: 'a dry run changes nothing', objects: [policy('DENY', [from({ipBlocks: V4})], {annotations: {'istio.io/dry-run': 'true'}})], lines: []},
  {name: 'IPv6 alone forgets IPv4', objects: [policy('DENY', [from({ipBlocks: ['2001:db8:1::/48']})])], lines: [`deny-list ${P} ${AT}.ipBlocks S4 open 4`]},
  {name: 'latent without IPv6', objects: [policy('DENY', [from({ipBlocks: V4})])], pods: 'v4', lines: [`L:deny-list ${P} ${AT}.ipBlocks S4 open 6`]},
  {name: 'nobody waits for IPv4', objects: [policy('DENY', [from({ipBlocks: ['2001:db8:1::/48']})])], pods: 'v6', lines: []},
  ...(['DENY', 'ALLOW', 'CUSTOM'] as const).flatMap((action): Row[] => [
    {name: `${action}, both families in one list`, objects: [policy(action, [from({ipBlocks: BOTH})])], lines: []},
    {name: `${action}, both families left out`, objects: [policy(action, [from({notIpBlocks: BOTH})])], lines: []},
    {name: `${action}, each family in a source of its own`, objects: [policy(action, [from({ipBlocks: V4}, {ipBlocks: ['2001:db8:1::/48']})])], lines: []},
    {name: `${action}, each family in a rule of its own`, objects: [policy(action, [from({ipBlocks: V4}), from({ipBlocks: ['2001:db8:1::/48']})])], lines: []},
    {name: `${action}, each family in a policy of its own`, objects: [policy(action, [from({ipBlocks: V4})]), policy(action, [from({ipBlocks: ['2001:db8:1::/48']})], {name: 'second'})], lines: []},
  ]),
  {name: 'the other family for one port only: what is denied for all counts there too', objects: [policy('DENY', [from({ipBlocks: V4}), {...from({ipBlocks: ['2001:db8:1::/48']}), to: [{operation: {ports: ['80']}}]}])], lines: [`deny-list ${P} ${AT}.ipBlocks S4 open 6`]},
  {name: 'a rule that allows everything', objects: [policy('ALLOW', [from({ipBlocks: V4})]), policy('ALLOW', [{}], {name: 'all'})], lines: []},
  {name: 'a rule that denies everything', objects: [policy('DENY', [{}]), policy('ALLOW', [from({ipBlocks: V4})], {name: 'b'})], lines: []},
  {name: 'by condition', objects: [policy('DENY', [{when: [{key: 'source.ip', values: V4}]}])], lines: [`deny-list ${P} spec.rules[0].when[0].values S4 open 6`]},
  {name: 'a condition narrows the source', objects: [policy('DENY', [{...from({ipBlocks: ['0.0.0.0/0', '::/0']}), when: [{key: 'source.ip', notValues: ['::/0']}]}])], lines: [`deny-all ${P} ${AT}.ipBlocks S4 open 6`]},
  {name: 'the address behind proxies', objects: [policy('ALLOW', [from({notRemoteIpBlocks: V4})])], lines: [`exclusion ${P} ${AT}.notRemoteIpBlocks S4 open 6`]},
  {name: 'the address that was called', objects: [policy('DENY', [{when: [{key: 'destination.ip', values: ['10.244.0.0/16']}]}])], lines: [`deny-list ${P} spec.rules[0].when[0].values S4 open 6`]},
  {name: 'an address alone', objects: [policy('DENY', [from({ipBlocks: ['203.0.113.7']})])], lines: [`deny-list ${P} ${AT}.ipBlocks S4 open 6`]},
  {name: 'no address at all', objects: [policy('DENY', [from({namespaces: ['x']})]), policy('ALLOW', [], {name: 'none'})], lines: []},
  {name: 'of the root namespace: everywhere', objects: [policy('DENY', [from({ipBlocks: V4})], {namespace: 'istio-system'})], lines: [`deny-list AuthorizationPolicy istio-system/authz ${AT}.ipBlocks S4 open 6`]},
  {name: 'of another namespace, and of other workloads', objects: [policy('DENY', [from({ipBlocks: V4})], {namespace: 'other'}), policy('DENY', [from({ipBlocks: V4})], {spec: {selector: {matchLabels: {app: 'db'}}}})], lines: []},
  {name: 'bound to a gateway by name', objects: [policy('DENY', [from({ipBlocks: V4})], {spec: {targetRefs: [{group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge'}]}})], lines: [`deny-list ${P} ${AT}.ipBlocks S4 open 6`]},
]

describe('istio-authorization-family-gap', () => {
  for (const {name, objects, lines, pods = 'dual'} of ROWS) it(name, async () => {
    const ran = await ranIn(istioAuthorizationFamilyGap, [...objects, podOf(pods, {app: 'web'}, {spec: SIDECAR})])
    expect(ran.lines).to.deep.equal(lines.toSorted())
    expect(ran.skip).to.equal(null)
  })

  const meshes: [name: string, objects: KubeObject[], isJudged: boolean][] = [
    ['a pod without a sidecar', [podOf('dual')], false],
    ['a sidecar among the init containers', [podOf('dual', {app: 'web'}, {spec: {containers: [{name: 'main'}], initContainers: [{name: 'istio-proxy', restartPolicy: 'Always'}]}})], true],
    ['ambient by the pod', [podOf('dual', {'istio.io/dataplane-mode': 'ambient'})], true],
    ['ambient by the namespace', [{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'calm', labels: {'istio.io/dataplane-mode': 'ambient'}}}, podOf('dual', {}, {namespace: 'calm'})], true],
    ['a pod that is out of the ambient mesh of its namespace', [{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'calm', labels: {'istio.io/dataplane-mode': 'ambient'}}}, podOf('dual', {'istio.io/dataplane-mode': 'none'}, {namespace: 'calm'})], false],
  ]
  for (const [name, objects, isJudged] of meshes) it(`in the mesh: ${name}`, async () => {
    const ran = await ranIn(istioAuthorizationFamilyGap, [policy('DENY', [from({ipBlocks: V4})], {namespace: 'istio-system'}), ...objects])
    expect(ran.lines.length).to.equal(isJudged ? 1 : 0)
  })

  it('is one line for a policy, told of the pods that have the family', async () => {
    const objects = [policy('DENY', [from({ipBlocks: V4})]), podOf('dual', {app: 'web'}, {spec: SIDECAR}), podOf('v4', {app: 'web'}, {spec: SIDECAR}), podOf('dual', {app: 'db'}, {spec: SIDECAR})]
    const {findings} = await ranIn(istioAuthorizationFamilyGap, objects)
    expect(findings.map(({count, severity, confidence}) => [count, severity, confidence])).to.deep.equal([[2, 'medium', 'derived']])
    expect(findings[0]?.message).to.match(/^DENY with ipBlocks \(203\.0\.113\.0\/24\) names no IPv6: who is denied comes back over IPv6; the address that a proxy sees may have been rewritten before; this is about 2 pods\.$/)
    expect(findings[0]?.fix?.text).to.match(/2001:db8:1::\/48/)
  })

  const unread: [name: string, objects: KubeObject[], outcomes: object, skip: string | null][] = [
    ['a block that is none', [policy('DENY', [from({ipBlocks: ['10.0.0/8']})])], {}, 'not-understood'],
    ['an action that nobody knows', [policy('REFUSE', [])], {}, 'not-understood'],
    ['not permitted', [], {authorizationpolicies: 'forbidden'}, 'forbidden'],
  ]
  for (const [name, objects, outcomes, skip] of unread) it(`never calls it clean: ${name}`, async () => {
    expect((await ranIn(istioAuthorizationFamilyGap, [...objects, podOf('dual')], {outcomes})).skip).to.equal(skip)
  })

  it('does not apply where Istio is not', async () => {
    const ran = await ranIn(istioAuthorizationFamilyGap, [podOf('dual')], {outcomes: {authorizationpolicies: 'not-served'}})
    expect(ran.notApplicable['istio-authorization-family-gap']).to.match(/serves no/)
  })
})
