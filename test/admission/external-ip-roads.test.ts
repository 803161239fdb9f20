import {expect} from 'chai'
import type {DenyPluginInfo} from '../../src/audit/audit-report.js'
import type {Blocker, EngineBlockers, Judgement} from '../../src/admission/engines/blocker.js'
import {externalIPRoads, road, specRoad} from '../../src/admission/external-ip-roads.js'
import type {RoadState} from '../../src/admission/external-ip-roads.js'
import {STATUS_RULE, exceptUsers, specRule} from '../../src/admission/external-ip-fix/cel-rules.js'
import type {ProbeInfo, ProbeMeaning} from '../../src/admission/probe.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import type {DeclaredCluster} from '../support/declared-source.js'
import {factOf, object} from '../support/declared-facts.js'
import {NAMESPACES, STATUS, binding, endpoints, policy, webhook} from '../support/admission-objects.js'

const plugin = (state: DenyPluginInfo['state']): DenyPluginInfo => ({state, road: 'flagz', strength: 'proof', tried: []})
const probe = (meaning: ProbeMeaning): ProbeInfo => ({namespace: 'default', meaning, warnings: []})
const blocker = (name: string, spec: Judgement | null, status: Judgement | null = null): Blocker => ({engine: 'e', name, spec, status})
const of = (blockers: Blocker[], unread: ReadKey[] = []): EngineBlockers => ({blockers, unread: unread.map(row => ({row, outcome: 'forbidden', detail: ''}))})

const WHOLE = blocker('whole', {state: 'enforcing', gaps: []})
const HOLED = blocker('holed', {state: 'enforcing', gaps: ['g']})
const HOLED_TOO = blocker('holed-too', {state: 'enforcing', gaps: ['h']})
const AUDITING = blocker('auditing', {state: 'auditing', gaps: ['a']})
const INERT = blocker('inert', {state: 'inert', gaps: ['i']})
const UNKNOWN = blocker('unknown', {state: 'unknown', gaps: ['u']})
const NOT_ALL = 'not every API server is known to have the plugin on'
const LET = 'a dry run in default was let through'
const no: RoadState = {blocked: 'no', by: [], gaps: []}
const unknown = (...gaps: string[]): RoadState => ({blocked: 'unknown', by: [], gaps})
const DENY = 'DenyServiceExternalIPs'
const notKnown = (likely = ''): string => `whether ${DENY} is on is not known${likely}`

describe('the road of spec.externalIPs', () => {
  const rows: [name: string, plugin: DenyPluginInfo['state'], blockers: EngineBlockers, probe: ProbeMeaning['kind'] | null, wanted: RoadState][] = [
    ['the plugin', 'on', of([]), null, {blocked: 'yes', by: [DENY], gaps: []}],
    ['the plugin, whatever else was not read', 'on', of([UNKNOWN], ['clusterpolicies']), null, {blocked: 'yes', by: [DENY], gaps: []}],
    ['the plugin and another', 'on', of([HOLED]), null, {blocked: 'yes', by: [DENY, 'e holed'], gaps: []}],
    ['the plugin in one instance', 'partly', of([]), null, {blocked: 'partly', by: [DENY], gaps: [NOT_ALL]}],
    ['the plugin in one instance, and a whole blocker', 'partly', of([WHOLE]), null, {blocked: 'yes', by: ['e whole'], gaps: []}],
    ['the plugin in one instance, and one with a gap', 'partly', of([HOLED]), null, {blocked: 'partly', by: [DENY, 'e holed'], gaps: [NOT_ALL, 'e holed: g']}],
    ['the plugin in one instance, and one that is not known', 'partly', of([UNKNOWN]), null, {blocked: 'partly', by: [DENY], gaps: [NOT_ALL, 'e unknown: u']}],
    ['nothing', 'off', of([]), null, no],
    ['a whole blocker', 'off', of([HOLED, WHOLE]), null, {blocked: 'yes', by: ['e whole'], gaps: []}],
    ['one with a gap', 'off', of([HOLED]), null, {blocked: 'partly', by: ['e holed'], gaps: ['e holed: g']}],
    ['two with gaps that may be the same', 'off', of([HOLED, HOLED_TOO]), null, {blocked: 'partly', by: ['e holed', 'e holed-too'], gaps: ['e holed: g', 'e holed-too: h']}],
    ['one that only audits', 'off', of([AUDITING]), null, no],
    ['one that does nothing', 'off', of([INERT]), null, no],
    ['one that is not known', 'off', of([UNKNOWN, INERT]), null, unknown('e unknown: u')],
    ['one with a gap, one that is not known', 'off', of([UNKNOWN, HOLED]), null, {blocked: 'partly', by: ['e holed'], gaps: ['e holed: g']}],
    ['rows that were not read', 'off', of([], ['clusterpolicies']), null, unknown('not read: clusterpolicies')],
    ['rows that were not read, and one that only audits', 'off', of([AUDITING], ['clusterpolicies']), null, unknown('not read: clusterpolicies')],
    ['not known whether the plugin', 'unknown', of([]), null, unknown(notKnown())],
    ['likely the plugin', 'likely-on', of([]), null, unknown(notKnown(', likely on'))],
    ['likely not the plugin', 'likely-off', of([]), null, unknown(notKnown(', likely off'))],
    ['not known whether the plugin, and a whole blocker', 'unknown', of([WHOLE]), null, {blocked: 'yes', by: ['e whole'], gaps: []}],
    ['not known whether the plugin, and one with a gap', 'unknown', of([HOLED]), null, {blocked: 'partly', by: ['e holed'], gaps: ['e holed: g']}],
    ['not known whether the plugin, nor the rest', 'unknown', of([UNKNOWN]), null, unknown(notKnown(), 'e unknown: u')],
    ['a dry run that was let through', 'off', of([]), 'open', no],
    ['a dry run that was let through where nothing was read', 'unknown', of([], ['clusterpolicies']), 'open', no],
    ['a dry run that was let through a whole blocker', 'off', of([WHOLE]), 'open', {blocked: 'partly', by: ['e whole'], gaps: [LET]}],
    ['a dry run that was let through one with a gap', 'off', of([HOLED]), 'open', {blocked: 'partly', by: ['e holed'], gaps: [LET, 'e holed: g']}],
    ['a dry run that was let through by an instance without the plugin', 'on', of([]), 'open', {blocked: 'partly', by: [DENY], gaps: [LET]}],
    ['a dry run that says nothing', 'off', of([WHOLE]), 'unknown', {blocked: 'yes', by: ['e whole'], gaps: []}],
  ]
  for (const [name, state, blockers, kind, wanted] of rows)
    it(name, () => expect(specRoad(plugin(state), blockers, kind === null ? null : probe(kind === 'open' ? {kind} : {kind: 'unknown', why: 'x'}))).to.deep.equal(wanted))
})

describe('the road of the status', () => {
  const rows: [name: string, blockers: EngineBlockers, wanted: RoadState][] = [
    ['nothing', of([]), no],
    ['blockers of the other road', of([WHOLE]), no],
    ['a whole blocker', of([blocker('s', null, {state: 'enforcing', gaps: []})]), {blocked: 'yes', by: ['e s'], gaps: []}],
    ['one that is not known', of([blocker('s', null, {state: 'unknown', gaps: ['u']})]), unknown('e s: u')],
    ['rows of engines that look at the other road only', of([], ['tenants', 'openshift-network', 'network-configmaps', 'gatekeeperconfigs', 'k8sexternalips']), no],
    ['rows of engines that may look at it', of([], ['tenants', 'clusterpolicies', 'constrainttemplates']), unknown('not read: clusterpolicies, constrainttemplates')],
  ]
  for (const [name, blockers, wanted] of rows) it(name, () => expect(road(blockers, 'status')).to.deep.equal(wanted))
})

describe('both roads of a cluster', () => {
  const flagz = (...names: string[]): KubeObject => ({apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags: {'enable-admission-plugins': `[${names.join(',')}]`, port: '6443'}})
  const OWN_STATUS = (users: string[]): KubeObject => policy({name: 's', expressions: [STATUS_RULE], match: {resourceRules: [STATUS]}, spec: {matchConditions: exceptUsers(users)}})
  const OFF: Partial<DeclaredCluster> = {endpoints: {flagz: flagz('NodeRestriction')}}
  const rows: [name: string, objects: KubeObject[], rest: Partial<DeclaredCluster>, spec: RoadState['blocked'], status: RoadState['blocked']][] = [
    ['bare', [], OFF, 'no', 'no'],
    ['with the plugin', [], {endpoints: {flagz: flagz('DenyServiceExternalIPs')}}, 'yes', 'no'],
    ['with a bound policy', [policy(), binding()], OFF, 'yes', 'no'],
    ['with a policy for some names', [policy({match: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['services'], resourceNames: ['a']}]}}), binding()], OFF, 'partly', 'no'],
    ['with a policy for each road', [policy(), binding(), policy({name: 's', expressions: ['!has(object.status.loadBalancer.ingress)'], match: {resourceRules: [STATUS]}}), binding({policyName: 's'})], OFF, 'yes', 'yes'],
    ['with the policies that we print', [policy({expressions: [specRule([], true).expression]}), binding(), OWN_STATUS(['system:serviceaccount:metallb-system:controller']), binding({policyName: 's'})], OFF, 'yes', 'yes'],
    ['with the policies that we print, and somebody more', [policy(), binding(), OWN_STATUS(['eve']), binding({policyName: 's'})], OFF, 'yes', 'partly'],
    ['with a webhook that we cannot read', [webhook('a.example.com'), endpoints()], OFF, 'unknown', 'no'],
    ['with policies from files', [], {endpoints: {flagz: flagz('X'), metrics: {apiVersion: 'k121.dev/v1', kind: 'AdmissionMetrics', plugins: ['X'], manifestConfig: true}}}, 'unknown', 'unknown'],
    ['of which nothing tells the plugins', [], {}, 'unknown', 'no'],
    ['with API servers of which one hides its flags', [
      object('v1', 'Pod', 'kube-system/kube-apiserver-a', {labels: {component: 'kube-apiserver'}, spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', '--enable-admission-plugins=$(X)']}]}, status: {phase: 'Running'}}),
    ], {endpoints: {flagz: flagz('DenyServiceExternalIPs')}}, 'partly', 'no'],
  ]
  for (const [name, objects, rest, spec, status] of rows)
    it(name, async () => {
      const roads = await factOf(externalIPRoads, {objects: [...NAMESPACES, ...objects], ...rest})
      expect({spec: roads.spec.blocked, status: roads.status.blocked}).to.deep.equal({spec, status})
    })
})
