import {expect} from 'chai'
import {vapPodGuards} from '../../../src/admission/pod-security/vap.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {ReadKey} from '../../../src/kube/resources.js'
import type {SkipReason} from '../../../src/audit/outcome.js'
import {binding, inNamespaces, notInNamespaces, policy} from '../../support/admission-objects.js'
import {factOf, object} from '../../support/declared-facts.js'
import type {PlainGuard, PlainGuards} from '../../support/pod-guards.js'
import {plainGuards} from '../../support/pod-guards.js'

const LABELS = {default: {'kubernetes.io/metadata.name': 'default'}, shop: {'kubernetes.io/metadata.name': 'shop', team: 'a'}}
const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods', 'pods/ephemeralcontainers']}
const WORKLOADS = {apiGroups: ['apps', 'batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['*']}
const DENIES = ['containers', 'initContainers', 'ephemeralContainers'].map(list => `object.spec.?${list}.orValue([]).all(c, !c.?securityContext.?privileged.orValue(false))`)
const NO_EPHEMERAL = DENIES.slice(0, 2)
/** Whatever it is that holds the pod. */
const TEMPLATE = 'object.kind == \'Pod\' ? object.spec : object.kind == \'CronJob\' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec'
const OF_TEMPLATE = '(variables.spec.containers + variables.spec.?initContainers.orValue([]) + variables.spec.?ephemeralContainers.orValue([])).all(c, !c.?securityContext.?privileged.orValue(false))'

const NO_PARAMETERS = 'parameterNotFoundAction Allow: without its parameters it refuses nothing'
const GATEKEEPERS = 'gatekeeper-k8spspprivilegedcontainer'

interface Given {
  policy?: {expressions?: string[]; match?: object; spec?: object; version?: string; name?: string}
  bindings?: KubeObject[]
  minor?: number
  unread?: Partial<Record<ReadKey, SkipReason>>
  flags?: object
}

function guardsOf({policy: own = {}, bindings = [binding()], minor = 37, unread = {}, flags}: Given): Promise<PlainGuards> {
  const {match, ...rest} = own
  const made = policy({expressions: DENIES, match: {resourceRules: [PODS], ...match}, ...rest})
  const version = object('version', 'Version', '', {major: '1', minor: String(minor), gitVersion: `v1.${minor}.0`})
  return factOf(plainGuards(vapPodGuards, LABELS), {objects: [made, ...bindings], unread, endpoints: {version, ...(flags === undefined ? {} : {flagz: flags as KubeObject})}})
}

const REFUSES: PlainGuard = {name: 'p', action: 'refused', operations: ['create', 'update', 'ephemeralcontainers'], namespaces: 'all', controls: {privileged: []}, gaps: [], blind: {}}

type Row = [what: string, given: Given, guards: readonly Partial<PlainGuard>[], inert?: readonly string[]]

const ROWS: readonly Row[] = [
  ['refuses by its binding', {}, [REFUSES]],
  ['warns', {bindings: [binding({actions: ['Warn', 'Audit']})]}, [{action: 'warned'}]],
  ['audits', {bindings: [binding({actions: ['Audit']})]}, [{action: 'audited'}]],
  ['does nothing without a binding', {bindings: []}, [], ['p: no binding']],
  ['does nothing by the binding of another', {bindings: [binding({policyName: 'q'})]}, [], ['p: no binding']],
  ['does nothing by a binding for other resources', {bindings: [binding({match: {resourceRules: [{...PODS, resources: ['services']}]}})]}, [], ['p: no binding matches pods, or none has an action']],
  ['by each of two bindings', {bindings: [binding({match: {namespaceSelector: inNamespaces('shop')}}), binding({actions: ['Warn'], match: {namespaceSelector: notInNamespaces('shop')}})]}, [{namespaces: ['shop'], action: 'refused'}, {namespaces: ['default'], action: 'warned'}]],
  ['not of what is bound is known where bindings were not read', {bindings: [], unread: {validatingadmissionpolicybindings: 'forbidden'}}, [{controls: null, gaps: ['its bindings could not be read']}]],
  ['no ephemeral containers, where it does not look at them', {policy: {expressions: NO_EPHEMERAL}}, [{operations: ['create', 'update'], controls: {privileged: []}}]],
  ['no ephemeral containers, where their requests are not matched', {policy: {match: {resourceRules: [{...PODS, resources: ['pods']}]}}}, [{operations: ['create', 'update']}]],
  ['no updates, where they are not matched', {policy: {match: {resourceRules: [{...PODS, operations: ['CREATE']}]}}}, [{operations: ['create']}]],
  ['no updates, where they are excluded', {policy: {match: {excludeResourceRules: [{...PODS, operations: ['UPDATE']}]}}}, [{operations: ['create']}]],
  ['no updates, where its expression leaves them out', {policy: {expressions: [`request.operation == 'UPDATE' || (${DENIES.join(' && ')})`]}}, [{operations: ['create']}]],
  ['no updates but of ephemeral containers, by a condition', {policy: {spec: {matchConditions: [{name: 'a', expression: 'request.operation == \'CREATE\' || has(request.subResource)'}]}}}, [{operations: ['create', 'ephemeralcontainers'], controls: {privileged: []}}]],
  // Without a subresource the request has no such field: the condition is an error, and that refuses.
  ['every update, by a condition that fails there', {policy: {spec: {matchConditions: [{name: 'a', expression: 'request.operation == \'CREATE\' || request.subResource == \'ephemeralcontainers\''}]}}}, [REFUSES]],
  ['every request by its subresources', {policy: {match: {resourceRules: [{...PODS, resources: ['pods', 'pods/*']}]}}}, [{operations: ['create', 'update', 'ephemeralcontainers', 'resize']}]],
  ['no workload by an expression that looks at pods', {policy: {match: {resourceRules: [PODS, WORKLOADS]}, expressions: DENIES.map(one => `!has(object.spec.containers) || (${one})`)}}, [{operations: ['create', 'update', 'ephemeralcontainers']}]],
  ['workloads by one that looks at the template', {policy: {match: {resourceRules: [PODS, WORKLOADS]}, expressions: [OF_TEMPLATE], spec: {variables: [{name: 'spec', expression: TEMPLATE}]}}}, [{operations: ['create', 'update', 'ephemeralcontainers', 'workload']}]],
  ['not all pods, by names', {policy: {match: {resourceRules: [{...PODS, resourceNames: ['web']}]}}}, [{controls: {privileged: ['it matches pods of some names only']}}]],
  ['not all pods, by labels', {policy: {match: {objectSelector: {matchLabels: {a: 'b'}}}}}, [{controls: {privileged: ['an objectSelector: whoever writes the pod chooses its labels']}}]],
  ['not what some users make', {policy: {spec: {matchConditions: [{name: 'a', expression: '!(request.userInfo.username in [\'eve\'])'}]}}}, [{controls: {privileged: []}, gaps: ['matchConditions let through whatever eve does']}]],
  ['not what a condition leaves out', {policy: {spec: {matchConditions: [{name: 'a', expression: 'object.metadata.name.startsWith(\'web\')'}]}}}, [{controls: {privileged: ['what it refuses depends on metadata.name']}}]],
  ['what it can, where it may fail open', {policy: {spec: {failurePolicy: 'Ignore'}}}, [{gaps: ['failurePolicy Ignore: an error in the evaluation lets the request through']}]],
  ['by parameters of which nothing is known', {policy: {expressions: ['params.isAllowed || object.spec.containers.all(c, !c.?securityContext.?privileged.orValue(false))'], spec: {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}, bindings: [binding({spec: {paramRef: {name: 'x', parameterNotFoundAction: 'Allow'}}})]},
    [{operations: ['create', 'update'], controls: {privileged: ['init containers are not looked at', 'what it refuses depends on params.isAllowed', NO_PARAMETERS]}}]],
  ['nothing for sure where its parameters may be missing, whatever it asks of them', {policy: {spec: {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}, bindings: [binding({spec: {paramRef: {name: 'x', parameterNotFoundAction: 'Allow'}}})]}, [{controls: {privileged: [NO_PARAMETERS]}}]],
  ['nor where that is an error that it ignores', {policy: {spec: {failurePolicy: 'Ignore', paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}, bindings: [binding({spec: {paramRef: {name: 'x', parameterNotFoundAction: 'Deny'}}})]}, [{controls: {privileged: ['failurePolicy Ignore: without its parameters it refuses nothing']}}]],
  ['all the same where that refuses', {policy: {spec: {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}, bindings: [binding({spec: {paramRef: {name: 'x', parameterNotFoundAction: 'Deny'}}})]}, [REFUSES]],
  ['nothing for sure where a gate may be off', {policy: {version: 'v1beta1'}, minor: 29, bindings: [binding({version: 'v1beta1'})]}, [{controls: {privileged: ['admissionregistration.k8s.io/v1beta1 acts only where its feature gate is on']}, gaps: []}]],
  ['not what is not understood', {policy: {expressions: ['object.spec.containers.all(c, c.securityContext.privileged.isFine())']}}, [{controls: null}]],
  ['nothing that is known, by what is no CEL', {policy: {expressions: ['object.spec.containers.all(c,']}}, [{controls: null}]],
  ['both what is known and what is not', {policy: {expressions: [...DENIES, 'object.spec.containers.all(c,']}}, [{controls: {privileged: []}}, {controls: null}]],
  ['nothing about pods', {policy: {expressions: ['has(object.metadata.labels)']}}, []],
  ['everything, where it refuses every pod', {policy: {expressions: ['false'], match: {resourceRules: [{...PODS, operations: ['CREATE']}]}}}, [{operations: ['create']}]],
  ['one that only bears such a name as Gatekeeper gives', {policy: {name: GATEKEEPERS}, bindings: [binding({policyName: GATEKEEPERS})]}, [{name: GATEKEEPERS}]],
]

describe('ValidatingAdmissionPolicies about pods', () => {
  for (const [what, given, guards, inert = []] of ROWS)
    it(what, async () => {
      const found = await guardsOf(given)
      expect(found.inert).to.deep.equal(inert)
      expect(found.guards, JSON.stringify(found.guards)).to.have.lengthOf(guards.length)
      for (const [index, wanted] of guards.entries()) expect(found.guards[index]).to.deep.include(wanted)
    })

  it('nothing twice that Gatekeeper has made of a template', async () => {
    const made = policy({name: GATEKEEPERS, expressions: DENIES, match: {resourceRules: [PODS]}})
    const owner = {apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate', name: 'k8spspprivilegedcontainer', uid: '1', controller: true}
    const owned = {...made, metadata: {...(made['metadata'] as object), ownerReferences: [owner]}} as unknown as KubeObject
    expect(await factOf(plainGuards(vapPodGuards), {objects: [owned, binding({policyName: GATEKEEPERS})]})).to.deep.equal({guards: [], inert: []})
  })

  it('why it has nothing against what it is asked', async () => {
    const blind = async (given: Given): Promise<PlainGuard['blind']> => (await guardsOf(given)).guards[0]!.blind
    expect(await blind({policy: {expressions: NO_EPHEMERAL}})).to.deep.equal({ephemeralcontainers: 'ephemeral containers are not looked at'})
    expect(await blind({policy: {expressions: [`request.operation == 'UPDATE' || (${DENIES.join(' && ')})`], match: {resourceRules: [{...PODS, resources: ['pods']}]}}})).to.deep.equal({update: 'its rules let them through'})
  })

  it('refuses every control, where it refuses every pod', async () => {
    const {guards: [guard]} = await guardsOf({policy: {expressions: ['false']}})
    expect(Object.values(guard!.controls!)).to.have.lengthOf(19)
    expect(Object.values(guard!.controls!).flat()).to.deep.equal([])
  })
})
