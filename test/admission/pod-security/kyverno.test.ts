import {expect} from 'chai'
import {kyvernoPodGuards} from '../../../src/admission/pod-security/kyverno.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {ReadKey} from '../../../src/kube/resources.js'
import type {SkipReason} from '../../../src/audit/outcome.js'
import {NAMESPACES, binding, endpoints, inNamespaces, policy as admissionPolicy, webhook} from '../../support/admission-objects.js'
import {factOf, object} from '../../support/declared-facts.js'
import {clusterPolicy, everyContainer, validatingPolicy} from '../../support/kyverno-pod-policies.js'
import type {PlainGuard, PlainGuards} from '../../support/pod-guards.js'
import {plainGuards} from '../../support/pod-guards.js'

const LABELS = {default: {'kubernetes.io/metadata.name': 'default'}, shop: {'kubernetes.io/metadata.name': 'shop', team: 'a'}}
const CONFIG_MAP = 'what its ConfigMap leaves out (as shipped kube-system, kube-public, kube-node-lease and its own namespace) was not read'
const EXISTING = 'a pod that already breaks the rule may be given more that breaks it (allowExistingViolations)'
const EVERYTHING = {apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*']}
const SERVICE = {clientConfig: {service: {namespace: 'kyverno', name: 'kyverno-svc'}}}
const PRIVILEGED = {pattern: {spec: everyContainer({'=(securityContext)': {'=(privileged)': 'false'}})}}
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']
const CONTAINERS = everyContainer({'=(securityContext)': {'=(privileged)': 'false'}})
const HOST_PID = {pattern: {spec: {'=(hostPID)': 'false'}}}
const DENIES = '(object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])).all(c, !c.?securityContext.?privileged.orValue(false))'

const hook = (name: string, rest: object = {}): KubeObject => webhook(name, {rules: [EVERYTHING], ...SERVICE, ...rest})
const HOOKS = ['validate.kyverno.svc-fail', 'vpol.validate.kyverno.svc-fail', 'nvpol.validate.kyverno.svc-fail'].map(name => hook(name))
const version = (text: string): KubeObject => object('apps/v1', 'Deployment', 'kyverno/kyverno-admission-controller', {labels: {'app.kubernetes.io/part-of': 'kyverno', 'app.kubernetes.io/version': text}})
const SERVER = object('version', 'Version', '', {major: '1', minor: '37', gitVersion: 'v1.37.0'})

interface Given {
  objects: readonly KubeObject[]
  hooks?: readonly KubeObject[]
  engine?: string
  unread?: Partial<Record<ReadKey, SkipReason>>
}

/** Those that are in one of the namespaces. */
async function guardsOf({objects, hooks = HOOKS, engine = 'v1.19.1', unread = {}}: Given, labels: Parameters<typeof plainGuards>[1] = LABELS): Promise<PlainGuards> {
  const {guards, inert} = await factOf(plainGuards(kyvernoPodGuards, labels), {objects: [...NAMESPACES, endpoints(true, 'kyverno/kyverno-svc'), version(engine), ...hooks, ...objects], unread, endpoints: {version: SERVER}})
  return {inert, guards: guards.filter(({namespaces}) => namespaces.length > 0)}
}

const old = (options: Parameters<typeof clusterPolicy>[2] = {}, ...validations: object[]): KubeObject => clusterPolicy('p', validations.length === 0 ? [PRIVILEGED] : validations, options)
const cel = (spec: object = {}, resources: readonly string[] = ['pods']): KubeObject => validatingPolicy({name: 'p', validations: [DENIES]}, {spec, resources})
const REFUSES: Partial<PlainGuard> = {name: 'p', action: 'refused', operations: ['create', 'ephemeralcontainers', 'workload'], namespaces: ['default', 'shop'], controls: {privileged: []}, gaps: [CONFIG_MAP, EXISTING]}

type Row = [what: string, given: Given, guards: readonly Partial<PlainGuard>[], inert?: readonly string[]]

const ROWS: readonly Row[] = [
  ['a pattern', {objects: [old()]}, [REFUSES]],
  ['no update of what broke it before', {objects: [old({}, {...PRIVILEGED, allowExistingViolations: false})]}, [{operations: ['create', 'update', 'ephemeralcontainers', 'workload'], gaps: [CONFIG_MAP]}]],
  ['an audit, which tells of updates too', {objects: [old({}, {...PRIVILEGED, failureAction: 'Audit'})]}, [{action: 'audited', operations: ['create', 'update', 'ephemeralcontainers', 'workload']}]],
  ['the action of the policy', {objects: [clusterPolicy('p', [{...PRIVILEGED, failureAction: undefined}], {spec: {validationFailureAction: 'enforce'}})]}, [REFUSES]],
  ['an override for a namespace', {objects: [old({}, {...PRIVILEGED, failureActionOverrides: [{action: 'Audit', namespaces: ['shop']}]})]}, [{action: 'refused', namespaces: ['default']}, {action: 'audited', namespaces: ['default', 'shop']}]],
  ['overrides in an engine that loses them', {objects: [old({}, {...PRIVILEGED, failureActionOverrides: [{action: 'Audit', namespaces: ['shop']}]})], engine: 'v1.13.1'}, [{action: 'refused', controls: null}, {action: 'audited'}]],
  ['admission that is off', {objects: [old({spec: {admission: false}})]}, [], ['p: admission is false: it only reports']],
  ['no rules for workloads', {objects: [old({annotations: {'pod-policies.kyverno.io/autogen-controllers': 'none'}})]}, [{operations: ['create', 'ephemeralcontainers']}]],
  ['rules for some workloads', {objects: [old({annotations: {'pod-policies.kyverno.io/autogen-controllers': 'Deployment,Job'}})]}, [{operations: ['create', 'ephemeralcontainers']}]],
  ['rules that cannot be written for workloads', {objects: [old({rule: {match: {any: [{resources: {kinds: ['Pod'], selector: {matchLabels: {a: 'b'}}}}]}}})]}, [{operations: ['create', 'ephemeralcontainers'], controls: {privileged: ['it matches only some pods (selector)']}}]],
  ['workloads that it names, by their templates', {objects: [old({rule: {match: {any: [{resources: {kinds: WORKLOADS}}]}}}, {pattern: {spec: {'=(template)': {spec: CONTAINERS}, '=(jobTemplate)': {spec: {template: {spec: CONTAINERS}}}}}})]}, [{operations: ['workload'], controls: {privileged: []}}]],
  ['no workload that it names, by the fields of a pod', {objects: [old({rule: {match: {any: [{resources: {kinds: WORKLOADS}}]}}}, {pattern: {spec: {'=(containers)': [{'=(securityContext)': {'=(privileged)': 'false'}}]}}})]}, []],
  ['the ephemeral containers that a rule names', {objects: [old({rule: {match: {any: [{resources: {kinds: ['Pod/ephemeralcontainers']}}]}}})]}, [{operations: ['ephemeralcontainers']}]],
  ['some operations', {objects: [old({rule: {match: {any: [{resources: {kinds: ['Pod'], operations: ['CREATE']}}]}}})]}, [{operations: ['create', 'workload']}]],
  ['some namespaces', {objects: [old({rule: {match: {any: [{resources: {kinds: ['Pod'], namespaces: ['sh*']}}]}}})]}, [{namespaces: ['shop']}]],
  ['namespaces by labels', {objects: [old({rule: {match: {any: [{resources: {kinds: ['Pod'], namespaceSelector: inNamespaces('shop')}}]}}})]}, [{namespaces: ['shop']}]],
  ['all but a namespace', {objects: [old({rule: {exclude: {any: [{resources: {namespaces: ['shop']}}]}}})]}, [{namespaces: ['default'], controls: {privileged: []}}]],
  ['all but some pods', {objects: [old({rule: {exclude: {any: [{resources: {kinds: ['Pod'], names: ['a']}}]}}})]}, [{controls: {privileged: ['it excludes some pods']}}]],
  ['all but some users', {objects: [old({rule: {exclude: {any: [{subjects: [{kind: 'User', name: 'eve'}]}]}}})]}, [{gaps: ['it excludes some users', CONFIG_MAP, EXISTING]}]],
  ['not what a controller makes', {objects: [old({rule: {exclude: {any: [{subjects: [{kind: 'ServiceAccount', namespace: 'kube-system', name: 'replicaset-controller'}]}]}}})]}, [{controls: {privileged: ['it excludes users, who may be any']}}]],
  ['not what a group makes, which may be everybody', {objects: [old({rule: {exclude: {any: [{subjects: [{kind: 'Group', name: 'system:authenticated'}]}]}}})]}, [{controls: {privileged: ['it excludes users, who may be any']}}]],
  ['not what others make than some users', {objects: [old({rule: {match: {any: [{resources: {kinds: ['Pod']}, subjects: [{kind: 'User', name: 'eve'}]}]}}})]}, [{controls: {privileged: ['it matches only some users']}}]],
  ['what a precondition leaves', {objects: [old({rule: {preconditions: {all: [{key: '{{ request.operation || \'BACKGROUND\' }}', operator: 'NotEquals', value: 'DELETE'}]}}})]}, [REFUSES, {operations: ['update'], controls: null}]],
  ['not what a precondition leaves out', {objects: [old({rule: {preconditions: {all: [{key: '{{ request.object.metadata.name }}', operator: 'NotEquals', value: 'a'}]}}})]}, [{controls: {privileged: ['what it refuses depends on metadata.name']}}, {operations: ['update'], controls: null}]],
  ['not what an unknown precondition leaves out', {objects: [old({rule: {preconditions: {all: [{key: '{{ images.containers.*.registry | [0] }}', operator: 'Equals', value: 'a'}]}}})]}, [{controls: null}, {operations: ['update'], controls: null}]],
  ['not a condition in a pattern', {objects: [old({}, {pattern: {spec: {containers: [{'(image)': '*', '=(securityContext)': {'=(privileged)': 'false'}}]}}})]}, [{controls: null}]],
  ['rules of a policy together', {objects: [old({}, PRIVILEGED, HOST_PID)]}, [{operations: ['create', 'workload'], controls: {hostNamespaces: ['lets through hostNetwork, hostIPC'], privileged: []}}, {operations: ['ephemeralcontainers'], controls: {privileged: []}}]],
  ['rules with actions of their own apart', {objects: [old({}, PRIVILEGED, {...HOST_PID, failureAction: 'Audit'})]}, [{action: 'refused', controls: {privileged: []}}, {action: 'audited'}, ]],
  ['one of its rules at most', {objects: [old({spec: {applyRules: 'One'}}, PRIVILEGED, {...PRIVILEGED})]}, [{controls: {privileged: ['applyRules One: another rule may take its place']}}]],
  ['a policy of one namespace', {objects: [{...old(), kind: 'Policy', metadata: {name: 'p', namespace: 'shop'}} as unknown as KubeObject]}, [{name: 'shop/p', namespaces: ['shop']}]],
  ['an exception', {objects: [old(), object('kyverno.io/v2', 'PolicyException', 'shop/e', {spec: {exceptions: [{policyName: 'p', ruleNames: ['r0']}]}})]}, [{controls: {privileged: ['a PolicyException names it']}}]],
  ['exceptions that were not read', {objects: [old()], unread: {policyexceptions: 'forbidden'}}, [{controls: {privileged: ['PolicyExceptions, which may name it, were not read']}}]],
  ['no webhook', {objects: [old()], hooks: []}, [], ['p: no webhook sends pods to it']],
  ['a webhook for creations alone', {objects: [old()], hooks: [hook('validate.kyverno.svc-fail', {rules: [{...EVERYTHING, operations: ['CREATE']}]})]}, [{operations: ['create', 'workload']}]],
  ['a webhook for pods alone', {objects: [old()], hooks: [hook('validate.kyverno.svc-fail', {rules: [{...EVERYTHING, apiGroups: [''], resources: ['pods']}]})]}, [{operations: ['create']}]],
  ['a webhook that fails open, with nobody there', {objects: [old({spec: {failurePolicy: 'Ignore'}})], hooks: [hook('validate.kyverno.svc-ignore', {failurePolicy: 'Ignore', clientConfig: {service: {namespace: 'kyverno', name: 'gone'}}})]}, [], ['p: its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now']],
  ['webhooks that were not read', {objects: [old()], hooks: [], unread: {validatingwebhookconfigurations: 'forbidden'}}, [{controls: null}]],
  ['nothing about pods', {objects: [old({}, {pattern: {metadata: {labels: {team: '?*'}}}})]}, []],
  ['a ValidatingPolicy', {objects: [cel()]}, [{action: 'refused', operations: ['create', 'update', 'workload'], controls: {privileged: []}, gaps: [CONFIG_MAP]}]],
  ['one that matches their ephemeral containers', {objects: [cel({}, ['pods', 'pods/ephemeralcontainers'])]}, [{operations: ['create', 'update', 'ephemeralcontainers']}]],
  ['one without workloads', {objects: [cel({autogen: {podControllers: {controllers: ['deployments']}}})]}, [{operations: ['create', 'update']}]],
  ['one that warns', {objects: [cel({validationActions: ['Warn']})]}, [{action: 'warned'}]],
  ['one that audits', {objects: [cel({validationActions: ['Audit']})]}, [{action: 'audited'}]],
  ['one without actions', {objects: [cel({validationActions: []})]}, [{action: 'refused'}]],
  ['one that is off', {objects: [cel({evaluation: {admission: {enabled: false}}})]}, [], ['p: admission evaluation is off: it only reports']],
  ['one for files', {objects: [cel({evaluation: {mode: 'JSON'}})]}, [], ['p: its mode is JSON: it judges no requests of the API server']],
  ['one of one namespace', {objects: [{...cel(), kind: 'NamespacedValidatingPolicy', metadata: {name: 'p', namespace: 'shop'}} as unknown as KubeObject]}, [{name: 'shop/p', namespaces: ['shop']}]],
  ['one with an exception', {objects: [cel(), object('policies.kyverno.io/v1', 'PolicyException', 'shop/e', {spec: {policyRefs: [{name: 'p', kind: 'ValidatingPolicy'}]}})]}, [{controls: {privileged: ['a PolicyException names it']}}]],
  ['one that the API server judges by', {objects: [cel(), admissionPolicy({name: 'vpol-p', expressions: [DENIES]}), binding({policyName: 'vpol-p'})]}, [], ['p: the ValidatingAdmissionPolicy vpol-p, which Kyverno makes of it, judges in its place']],
  ['one of which a leftover bears the name', {objects: [cel(), admissionPolicy({name: 'vpol-p', expressions: [DENIES]})]}, [{name: 'p'}]],
]

describe('Kyverno\'s policies about pods', () => {
  for (const [what, given, guards, inert = []] of ROWS)
    it(what, async () => {
      const found = await guardsOf(given)
      expect(found.inert).to.deep.equal(inert)
      expect(found.guards, JSON.stringify(found.guards)).to.have.lengthOf(guards.length)
      for (const [index, wanted] of guards.entries()) expect(found.guards[index]).to.deep.include(wanted)
    })

  it('is not sure of the namespaces that it leaves out as it is shipped', async () => {
    for (const made of [old(), cel()]) {
      const {guards} = await guardsOf({objects: [made]}, {'kube-system': {}, 'kube-public': {}, kyverno: {}})
      expect(guards.map(({controls, namespaces}) => ({controls, namespaces}))).to.deep.equal([{controls: {privileged: [CONFIG_MAP]}, namespaces: ['kube-system', 'kube-public', 'kyverno']}])
    }
  })

  it('podSecurity: rules of before 1.19 read annotations of seccomp alone', async () =>
    expect((await levelOf({level: 'baseline', version: 'v1.18'})).seccompProfile_baseline).to.have.lengthOf(1))

  it('says why it has nothing against a change', async () =>
    expect((await guardsOf({objects: [old()]})).guards[0]!.blind).to.deep.equal(Object.fromEntries(['update'].map(operation => [operation, 'what already breaks the rule may be changed (allowExistingViolations)']))))

  const levelOf = async (podSecurity: object, engine = 'v1.19.1'): Promise<NonNullable<PlainGuard['controls']>> => (await guardsOf({objects: [old({}, {podSecurity})], engine})).guards[0]!.controls!

  it('podSecurity: a level is its controls', async () => {
    expect(Object.keys(await levelOf({level: 'baseline'}))).to.have.lengthOf(13)
    expect(Object.keys(await levelOf({level: 'restricted', version: 'latest'}))).to.have.lengthOf(19)
    expect(Object.values(await levelOf({level: 'restricted', version: 'v1.24'})).flat()).to.deep.equal([])
  })

  it('podSecurity: an older version pinned is no laxer, also where it had no such check', async () =>
    expect((await levelOf({level: 'baseline', version: 'v1.24'})).hostProbesAndHostLifecycle).to.deep.equal([]))

  it('podSecurity: an older engine may lack a check', async () =>
    expect((await levelOf({level: 'baseline'}, 'v1.12.4')).hostProbesAndHostLifecycle).to.deep.equal(['Kyverno before 1.17 may not know it, and this is 1.12.4']))

  it('podSecurity: what is excluded', async () => {
    const exclude = [{controlName: 'Capabilities', images: ['*']}, {controlName: 'Volume Types'}, {controlName: 'Seccomp', images: ['*']}, {controlName: 'Sysctls', restrictedField: 'spec.securityContext.sysctls[*].name', values: ['kernel.msgmax']}]
    const controls = await levelOf({level: 'restricted', exclude})
    expect(controls).to.not.have.any.keys('capabilities_restricted', 'capabilities_baseline', 'restrictedVolumes')
    expect(controls.seccompProfile_restricted).to.deep.equal(['it is excluded for images *'])
    expect(controls.sysctls).to.deep.equal(['spec.securityContext.sysctls[*].name of kernel.msgmax is excluded'])
  })
})
