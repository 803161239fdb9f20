import {expect} from 'chai'
import type {SkipReason} from '../../src/audit/outcome.js'
import {CHECKS} from '../../src/checks/registry.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {assumedIn} from '../../src/wiring/assumed-flags.js'
import {reportFacts} from '../../src/wiring/report-facts.js'
import {kubernetes, node, pod, service, serviceCidr} from '../network/cluster-objects.js'
import {object} from '../support/declared-facts.js'
import {declaredSource} from '../support/declared-source.js'
import {wholeAudit} from '../support/whole-audit.js'

const checks = CHECKS.filter(({meta}) => meta.topic === 'dual-stack' && meta.isOnRequest !== true)

const egress = (...blocks: object[]): KubeObject => object('networking.k8s.io/v1', 'NetworkPolicy', 'default/out', {spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: blocks.map(ipBlock => ({ipBlock}))}]}})
const V4 = [kubernetes(), serviceCidr(['10.96.0.0/12']), pod(['10.244.0.5']), node([['InternalIP', '192.168.10.4']])]
const DUAL = [kubernetes(), serviceCidr(['10.96.0.0/12', 'fd12:3456::/108']), pod(['10.244.0.5', 'fd10:244::5']), node([['InternalIP', '192.168.10.4'], ['InternalIP', 'fd20:1::4']])]
const ANY = {cidr: '0.0.0.0/0'}
const NOT_RFC1918 = {cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']}

interface Row {
  name: string
  objects: readonly KubeObject[]
  unread?: Partial<Record<ReadKey, SkipReason>>
  isAssumed?: boolean
  verdict: string
}

/** What the counts alone say of the topic; no fact of its own is needed to keep it true. */
const ROWS: readonly Row[] = [
  {name: 'no filter', objects: V4, verdict: 'closed'},
  {name: 'no filter, dual', objects: DUAL, verdict: 'closed'},
  {name: 'both families alike', objects: [...DUAL, egress(ANY, {cidr: '::/0'})], verdict: 'closed'},
  {name: 'IPv4 alone in an IPv4 cluster', objects: [...V4, egress(ANY)], verdict: 'latent'},
  {name: 'the same, assumed dual', objects: [...V4, egress(ANY)], isAssumed: true, verdict: 'partly'},
  {name: 'IPv4 alone in a dual cluster', objects: [...DUAL, egress(ANY)], verdict: 'partly'},
  {name: 'all of IPv6 beside a few addresses', objects: [...DUAL, egress({cidr: '52.0.0.0/8'}, {cidr: '::/0'})], verdict: 'open'},
  {name: 'the same in an IPv4 cluster', objects: [...V4, egress({cidr: '52.0.0.0/8'}, {cidr: '::/0'})], verdict: 'latent'},
  {name: 'a carve-out of private addresses that IPv6 lacks', objects: [...DUAL, egress(NOT_RFC1918, {cidr: '::/0'})], verdict: 'partly'},
  {name: 'policies that nobody may read', objects: V4, unread: {networkpolicies: 'forbidden'}, verdict: 'unknown'},
  {name: 'policies that the input lacks', objects: V4, unread: {networkpolicies: 'not-in-input'}, verdict: 'unknown'},
  {name: 'pods that nobody may read', objects: [...V4, egress(ANY)], unread: {pods: 'forbidden'}, verdict: 'unknown'},
  {name: 'Services that nobody may read', objects: V4, unread: {services: 'forbidden'}, verdict: 'unknown'},
  {name: 'policies of an engine that nobody may read', objects: V4, unread: {ciliumnetworkpolicies: 'forbidden'}, verdict: 'unknown'},
  {name: 'policies of an engine that is not there', objects: V4, unread: {ciliumnetworkpolicies: 'not-served'}, verdict: 'closed'},
  {name: 'no pod that shows its families', objects: [kubernetes(), serviceCidr(['10.96.0.0/12']), service(['10.96.0.7'])], verdict: 'unknown'},
  {name: 'found is found, whatever else was not read', objects: [...DUAL, egress(ANY)], unread: {ingresses: 'forbidden'}, verdict: 'partly'},
]

describe('the verdict on dual-stack', () => {
  for (const {name, objects, unread = {}, isAssumed = false, verdict} of ROWS)
    it(`${verdict}: ${name}`, async () => {
      const facts = reportFacts(new Set(['dual-stack']), '1.30', {assumed: isAssumed ? assumedIn({assume: 'dual'}) : null})
      const {report, findings} = await wholeAudit(declaredSource({objects, unread}), {checks, facts, topics: ['dual-stack']})
      const context = JSON.stringify([report.checks.filter(({skip}) => skip !== null).map(({id, skip}) => `${id}: ${skip?.reason} ${skip?.resource}`), [...findings()].map(({check, variant, state, severity}) => `${check}/${variant} ${state} ${severity}`)])
      expect(report.summary.verdicts['dual-stack'], context).to.equal(verdict)
      expect(report.cluster.facts.families?.state).to.be.oneOf(['v4', 'dual', 'unknown'])
    })
})
