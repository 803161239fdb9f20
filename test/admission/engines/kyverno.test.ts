import {expect} from 'chai'
import type {Blocker} from '../../../src/admission/engines/blocker.js'
import {kyvernoBlockers} from '../../../src/admission/engines/kyverno.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {DENIES, NAMESPACES, SERVICES, STATUS, endpoints, notInNamespaces, webhook} from '../../support/admission-objects.js'

const MAP = 'what its ConfigMap leaves out (as shipped kube-system, kube-public, kube-node-lease and its own namespace) was not read'
const EXISTING = 'a Service that already has external IPs may get others (allowExistingViolations)'
const UNKNOWN = 'its expressions are none that we know: what they refuse is not known'
const PATTERN = {pattern: {spec: {'X(externalIPs)': 'null'}}}

/** What the library publishes, set to Enforce and without its default for what is there already. */
const rule = (rest: object = {}, validate: object = {}): object => ({
  name: 'check-ips', match: {any: [{resources: {kinds: ['Service']}}]}, validate: {failureAction: 'Enforce', allowExistingViolations: false, message: 'externalIPs are not allowed.', ...PATTERN, ...validate}, ...rest,
})
const policy = (rules: object[] = [rule()], spec: object = {}): KubeObject => object('kyverno.io/v1', 'ClusterPolicy', 'p', {spec: {rules, ...spec}})
const matching = (match: object): KubeObject => policy([rule({match})])
const filter = (resources: object, rest: object = {}): KubeObject => matching({any: [{resources: {kinds: ['Service'], ...resources}, ...rest}]})
const validating = (validate: object): KubeObject => policy([rule({}, validate)])
const content = (validate: object): KubeObject => policy([{...rule(), validate: {failureAction: 'Enforce', allowExistingViolations: false, ...validate}}])
const exception = (policyName: string): KubeObject => object('kyverno.io/v2', 'PolicyException', 'kyverno/e', {spec: {exceptions: [{policyName, ruleNames: ['*']}]}})
const version = (text: string): KubeObject => object('apps/v1', 'Deployment', 'kyverno/kyverno-admission-controller', {labels: {'app.kubernetes.io/part-of': 'kyverno', 'app.kubernetes.io/version': text}})
const hook = (name = 'validate.kyverno.svc-fail', rest: object = {}): KubeObject => webhook(name, {configuration: `cfg-${name}`, ...rest})
const READY = [hook(), endpoints()]

async function blockerOf(objects: readonly KubeObject[], rest: Partial<DeclaredCluster> = {}): Promise<Blocker | undefined> {
  return (await factOf(kyvernoBlockers, {objects: [...NAMESPACES, ...objects], ...rest})).blockers[0]
}

describe('a ClusterPolicy of Kyverno', () => {
  const rows: [name: string, objects: KubeObject[], state: string, gaps: string[], rest?: Partial<DeclaredCluster>][] = [
    ['as published, enforcing', [policy(), ...READY], 'enforcing', [MAP]],
    ['as published', [policy([rule({}, {failureAction: undefined})], {validationFailureAction: 'Audit'}), ...READY], 'auditing', ['its failure action is audit']],
    ['that says nothing', [policy([rule({}, {failureAction: undefined})]), ...READY], 'auditing', ['its failure action is audit']],
    ['that enforces as a whole', [policy([rule({}, {failureAction: undefined})], {validationFailureAction: 'enforce'}), ...READY], 'enforcing', [MAP]],
    ['whose rule audits against its policy', [policy([rule({}, {failureAction: 'Audit'})], {validationFailureAction: 'Enforce'}), ...READY], 'auditing', ['its failure action is audit']],
    ['that lets old violations be', [validating({allowExistingViolations: undefined}), ...READY], 'enforcing', [EXISTING, MAP]],
    ['with another rule of another action', [policy([rule(), {name: 'x', match: {}, validate: {failureAction: 'Audit', pattern: {}}}]), ...READY], 'enforcing', [MAP, 'its rules have different failure actions, and not every release goes by each rule\'s own']],
    ['where one rule takes another\'s place', [policy([{name: 'x', match: {}, mutate: {}}, rule()], {applyRules: 'One'}), ...READY], 'enforcing', [MAP, 'applyRules One: another rule may take its place']],
    ['that judges no requests', [policy([rule()], {admission: false}), ...READY], 'inert', ['admission is false: it only reports']],
    ['without a scan of what is there', [policy([rule()], {background: false}), ...READY], 'enforcing', [MAP]],
    ['with matchConditions', [policy([rule()], {webhookConfiguration: {matchConditions: [{name: 'x', expression: 'true'}]}}), ...READY], 'enforcing', [MAP, 'matchConditions leave some requests out']],

    // Content.
    ['with the pattern and another anchor', [validating({pattern: {spec: {'X(externalIPs)': 'null', '(type)': 'LoadBalancer'}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with a condition outside', [validating({pattern: {'(metadata)': {}, spec: {'X(externalIPs)': 'null'}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with the condition on the way', [validating({pattern: {'(spec)': {'X(externalIPs)': 'null'}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with an optional way', [validating({pattern: {'=(spec)': {'X(externalIPs)': 'null'}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with the list that the library hints at', [validating({pattern: {spec: {'=(externalIPs)': ['192.0.2.1']}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with a conditional anchor', [validating({pattern: {spec: {'(externalIPs)': 'null'}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with an existence anchor', [validating({pattern: {spec: {'^(externalIPs)': ['?*']}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with an addition anchor', [validating({pattern: {spec: {'+(externalIPs)': 'null'}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with a plain key', [validating({pattern: {spec: {externalIPs: 'null'}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with a choice of patterns', [content({anyPattern: [PATTERN.pattern, {spec: {type: 'ClusterIP'}}]}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with a pattern for each of something', [content({foreach: [{list: 'request.object.spec.externalIPs', ...PATTERN}]}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with deny', [content({deny: {conditions: {any: [{key: '{{ request.object.spec.externalIPs }}', operator: 'NotEquals', value: ''}]}}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['with the pattern beside deny', [content({...PATTERN, deny: {}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['in CEL', [content({cel: {expressions: [{expression: DENIES}]}}), ...READY], 'enforcing', [MAP]],
    ['in CEL, which knows no old violations', [content({allowExistingViolations: undefined, cel: {expressions: [{expression: DENIES}]}}), ...READY], 'enforcing', [MAP]],
    ['in CEL, with an allow-list', [content({cel: {expressions: [{expression: '!has(object.spec.externalIPs) || object.spec.externalIPs.all(ip, ip in ["192.0.2.1"])'}]}}), ...READY], 'enforcing', ['lets through 192.0.2.1', MAP]],
    ['in CEL that we do not know', [content({cel: {expressions: [{expression: 'size(object.spec.externalIPs) < 2'}]}}), ...READY], 'unknown', [UNKNOWN, MAP]],
    ['in CEL with parameters', [content({cel: {paramKind: {kind: 'ConfigMap'}, expressions: [{expression: DENIES}]}}), ...READY], 'unknown', [UNKNOWN, MAP]],

    // Match and exclude.
    ['with the flat form', [matching({resources: {kinds: ['Service']}}), ...READY], 'enforcing', [MAP]],
    ['for Services among others', [matching({any: [{resources: {kinds: ['Pod', 'Service']}}]}), ...READY], 'enforcing', [MAP]],
    ['for all of one', [matching({all: [{resources: {kinds: ['Service']}}]}), ...READY], 'enforcing', [MAP]],
    ['for all of two that agree', [matching({all: [{resources: {kinds: ['Service']}}, {resources: {kinds: ['*']}}]}), ...READY], 'enforcing', [MAP]],
    ['for all of two that exclude each other', [matching({all: [{resources: {kinds: ['Service']}}, {resources: {kinds: ['Pod']}}]}), ...READY], 'inert', ['no such request gets to it']],
    ['for CREATE', [filter({operations: ['CREATE']}), ...READY], 'enforcing', ['UPDATE is not matched', MAP]],
    ['for CREATE of Services and all of pods', [matching({any: [{resources: {kinds: ['Service'], operations: ['CREATE']}}, {resources: {kinds: ['Pod'], operations: ['CREATE', 'UPDATE']}}]}), ...READY], 'enforcing', ['UPDATE is not matched', MAP]],
    ['for CREATE by one filter and UPDATE by another', [matching({any: [{resources: {kinds: ['Service'], operations: ['CREATE']}}, {resources: {kinds: ['Service'], operations: ['UPDATE']}}]}), ...READY], 'enforcing', [MAP]],
    ['for DELETE', [filter({operations: ['DELETE']}), ...READY], 'inert', ['no such request gets to it']],
    ['for namespaces by a pattern', [filter({namespaces: ['*-s*m', 'sh?p']}), ...READY], 'enforcing', ['the namespace default is left out', MAP]],
    ['for namespaces by labels', [filter({namespaceSelector: {matchLabels: {a: 'b'}}}), ...READY], 'enforcing', ['it matches only some Services (namespaceSelector)', MAP]],
    ['for names', [filter({names: ['web']}), ...READY], 'enforcing', ['it matches only some Services (names)', MAP]],
    ['for labels', [filter({selector: {matchLabels: {a: 'b'}}}), ...READY], 'enforcing', ['it matches only some Services (selector)', MAP]],
    ['for annotations', [filter({annotations: {a: 'b'}}), ...READY], 'enforcing', ['it matches only some Services (annotations)', MAP]],
    ['for users', [filter({}, {subjects: [{kind: 'User', name: 'u'}]}), ...READY], 'enforcing', ['it matches only some users', MAP]],
    ['for roles', [filter({}, {clusterRoles: ['edit']}), ...READY], 'enforcing', ['it matches only some users', MAP]],
    ['with a field of match that we do not know', [filter({when: 'never'}), ...READY], 'enforcing', ['what match.when leaves out is not known', MAP]],
    ['narrow by one filter, wide by another', [matching({any: [{resources: {kinds: ['Service'], names: ['a']}}, {resources: {kinds: ['Service']}}]}), ...READY], 'enforcing', [MAP]],
    ['that excludes something', [policy([rule({exclude: {any: [{subjects: [{kind: 'Group', name: 'g'}]}]}})]), ...READY], 'enforcing', ['it excludes some Services or users', MAP]],
    ['with preconditions', [policy([rule({preconditions: {all: []}})]), ...READY], 'enforcing', ['preconditions leave some requests out', MAP]],
    ['with preconditions in CEL', [policy([rule({celPreconditions: [{name: 'x', expression: 'true'}]})]), ...READY], 'enforcing', ['preconditions leave some requests out', MAP]],
    ['by two rules, one for each operation', [policy([rule({match: {any: [{resources: {kinds: ['Service'], operations: ['CREATE']}}]}}), rule({match: {any: [{resources: {kinds: ['Service'], operations: ['UPDATE']}}]}})]), ...READY], 'enforcing', [MAP]],

    // Failure actions by namespace.
    ['enforcing but for one namespace', [policy([rule()], {validationFailureActionOverrides: [{action: 'Audit', namespaces: ['shop']}]}), version('v1.12.0'), ...READY], 'enforcing', ['the namespace shop is left out', MAP]],
    ['enforcing but for a pattern with a star inside', [policy([rule()], {validationFailureActionOverrides: [{action: 'Audit', namespaces: ['s*p']}]}), version('v1.12.0'), ...READY], 'enforcing', ['the namespace shop is left out', MAP]],
    ['auditing but for one namespace', [policy([rule({}, {failureAction: 'Audit', failureActionOverrides: [{action: 'Enforce', namespaces: ['shop']}]})]), version('v1.14.0'), ...READY], 'enforcing', ['2 namespaces default, kube-system are left out', MAP]],
    ['auditing but for its policy\'s list, which a rule\'s own action beats in newer releases', [policy([rule({}, {failureAction: 'Audit'})], {validationFailureActionOverrides: [{action: 'Enforce', namespaces: ['*']}]}), version('v1.14.0'), ...READY], 'auditing', ['its failure action is audit']],
    ['enforcing but for one namespace, with another list beside it', [policy([rule()], {validationFailureActionOverrides: [{action: 'Enforce', namespaces: ['default']}, {action: 'Audit', namespaces: ['shop']}]}), version('v1.12.0'), ...READY], 'enforcing', ['the namespace shop is left out', MAP]],
    ['auditing but for two lists', [policy([rule({}, {failureAction: 'Audit', failureActionOverrides: [{action: 'Enforce', namespaces: ['shop']}, {action: 'Enforce', namespaces: ['default']}]})]), version('v1.14.0'), ...READY], 'enforcing', ['the namespace kube-system is left out', MAP]],
    ['by labels of namespaces', [policy([rule({}, {failureAction: 'Audit', failureActionOverrides: [{action: 'Enforce', namespaceSelector: {matchLabels: {team: 'a'}}}]})]), version('v1.14.0'), ...READY], 'inert', ['it covers no namespace that exists']],
    ['enforcing but for labels of namespaces', [policy([rule({}, {failureActionOverrides: [{action: 'Audit', namespaces: ['shop'], namespaceSelector: {matchLabels: {team: 'a'}}}]})]), version('v1.14.0'), ...READY], 'enforcing', ['the namespace shop is left out', 'its failure action differs by labels of the namespace', MAP]],
    ...['1.13.0', 'v1.13.1', 'v1.13.2-rc.1'].map((text): [string, KubeObject[], string, string[]] => [`enforcing with overrides in ${text}`, [policy([rule()], {validationFailureActionOverrides: [{action: 'Audit', namespaces: ['x']}]}), version(text), ...READY], 'unknown', [`Enforce with overrides: Kyverno 1.13.0 to 1.13.2 were reported not to enforce it, and this is ${text.replace('v', '')}`]]),
    ['enforcing with overrides in 1.13.3', [policy([rule()], {validationFailureActionOverrides: [{action: 'Audit', namespaces: ['x']}]}), version('1.13.3'), ...READY], 'enforcing', [MAP]],
    ['enforcing with overrides in an unknown version', [policy([rule()], {validationFailureActionOverrides: [{action: 'Audit', namespaces: ['x']}]}), ...READY], 'unknown', ['Enforce with overrides: Kyverno 1.13.0 to 1.13.2 were reported not to enforce it, and this is an unknown version']],
    ['enforcing without overrides in 1.13.1', [policy(), version('1.13.1'), ...READY], 'enforcing', [MAP]],

    // Webhooks.
    ['without a webhook', [policy()], 'inert', ['no webhook sends Services to it']],
    ['whose webhook leaves a namespace out', [policy(), hook('validate.kyverno.svc-fail', {namespaceSelector: notInNamespaces('kube-system')}), endpoints()], 'enforcing', ['the namespace kube-system is left out', MAP]],
    ['that fails open, by its webhook', [policy([rule()], {failurePolicy: 'Ignore'}), hook('validate.kyverno.svc-ignore', {failurePolicy: 'Ignore'}), endpoints()], 'enforcing', ['failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through', MAP, 'failurePolicy Ignore: an error in the evaluation lets the request through']],
    ['that fails open, and another\'s webhook does not', [policy([rule()], {webhookConfiguration: {failurePolicy: 'Ignore'}}), ...READY], 'unknown', ['no webhook of its failure policy sends Services to it, others do']],
    ['that fails closed, and another\'s webhook does not', [policy(), hook('validate.kyverno.svc-ignore', {failurePolicy: 'Ignore'}), endpoints()], 'unknown', ['no webhook of its failure policy sends Services to it, others do']],
    ['with a webhook of its own', [policy(), hook('validate.kyverno.svc-fail-finegrained-p', {rules: [{...SERVICES, operations: ['CREATE']}]}), ...READY], 'enforcing', ['UPDATE is not matched', MAP]],
    ['with another policy\'s webhook', [policy(), hook('validate.kyverno.svc-fail-finegrained-q'), endpoints()], 'unknown', ['no webhook of its failure policy sends Services to it, others do']],
    ['with the one webhook of old', [policy(), hook('validate.kyverno.svc'), endpoints()], 'enforcing', [MAP]],
    ['with the webhook of the other generation', [policy(), hook('vpol.validate.kyverno.svc-fail'), endpoints()], 'inert', ['no webhook sends Services to it']],

    // Exceptions.
    ['with an exception', [policy(), exception('p'), ...READY], 'enforcing', ['a PolicyException names it', MAP]],
    ['with an exception by a pattern', [policy(), exception('*'), ...READY], 'enforcing', ['a PolicyException names it', MAP]],
    ['with an exception from another', [policy(), exception('q'), ...READY], 'enforcing', [MAP]],
    ['whose exceptions were not read', [policy(), ...READY], 'enforcing', ['PolicyExceptions, which may name it, were not read', MAP], {unread: {policyexceptions: 'forbidden'}}],
    ['where the other generation\'s exceptions were not read', [policy(), ...READY], 'enforcing', [MAP], {unread: {celpolicyexceptions: 'forbidden'}}],
    ['where no exception can exist', [policy(), ...READY], 'enforcing', [MAP], {unread: {policyexceptions: 'not-served'}}],
  ]
  for (const [name, objects, state, gaps, rest] of rows) it(name, async () => expect((await blockerOf(objects, rest))?.spec).to.deep.equal({state, gaps}))

  const kinds: [kind: string, isOurs: boolean][] = [
    ['Service', true], ['v1/Service', true], ['*/Service', true], ['*', true], ['*/*', true], ['Serv*', true],
    ['Pod', false], ['v1/Pod', false], ['Services', false], ['apps/v1/Service', false], ['serving.knative.dev/v1/Service', false], ['v1beta1/Service', false], ['Service/proxy', false], ['Service/status', false], ['Service.status', false], ['*/status', false],
    // A star in front is a version: what follows is a kind and a subresource.
    ['*/*/Service', false], ['*/v1/Service', false],
  ]
  for (const [kind, isOurs] of kinds)
    it(`for ${kind} ${isOurs ? 'is' : 'is not'} about Services`, async () => expect((await blockerOf([filter({kinds: [kind]}), ...READY]))?.spec?.state).to.equal(isOurs ? 'enforcing' : undefined))

  it('of one namespace', async () => {
    const own = {...policy(), kind: 'Policy', metadata: {name: 'p', namespace: 'shop'}} as KubeObject
    expect(await blockerOf([own, ...READY])).to.deep.equal({engine: 'kyverno', name: 'shop/p', object: {apiVersion: 'kyverno.io/v1', kind: 'Policy', namespace: 'shop', name: 'p'}, spec: {state: 'enforcing', gaps: ['2 namespaces default, kube-system are left out', MAP]}, status: null})
  })

  it('about the status is unknown where the webhook sends it', async () => {
    const status = policy([rule({match: {any: [{resources: {kinds: ['Service/status']}}]}}, {pattern: {status: {'X(loadBalancer)': 'null'}}})])
    expect(await blockerOf([status, hook('validate.kyverno.svc-fail', {rules: [STATUS]}), endpoints()])).to.deep.include({spec: null, status: {state: 'unknown', gaps: ['what it refuses of services/status is not known']}})
    expect(await blockerOf([status, ...READY])).to.deep.include({spec: null})
  })
})

describe('a ValidatingPolicy of Kyverno', () => {
  const cel = (spec: object = {}, namespace = ''): KubeObject => object('policies.kyverno.io/v1', namespace === '' ? 'ValidatingPolicy' : 'NamespacedValidatingPolicy', `${namespace}${namespace && '/'}p`, {
    spec: {matchConstraints: {resourceRules: [SERVICES]}, validations: [{expression: DENIES}], validationActions: ['Deny'], ...spec},
  })
  const ready = [hook('vpol.validate.kyverno.svc-fail'), endpoints()]
  const celException = object('policies.kyverno.io/v1', 'PolicyException', 'x/e', {spec: {policyRefs: [{name: 'p', kind: 'ValidatingPolicy'}]}})

  const rows: [name: string, objects: KubeObject[], state: string, gaps: string[], rest?: Partial<DeclaredCluster>][] = [
    ['that denies', [cel(), ...ready], 'enforcing', [MAP]],
    ['that says nothing: deny', [cel({validationActions: undefined}), ...ready], 'enforcing', [MAP]],
    ['as published', [cel({validationActions: ['Audit']}), ...ready], 'auditing', ['its actions are Audit']],
    ['that warns', [cel({validationActions: ['Warn', 'Audit']}), ...ready], 'auditing', ['its actions are Warn and Audit']],
    ['that judges no requests', [cel({evaluation: {admission: {enabled: false}}}), ...ready], 'inert', ['admission evaluation is off: it only reports']],
    ['for payloads of others', [cel({evaluation: {mode: 'JSON'}}), ...ready], 'inert', ['its mode is JSON: it judges no requests of the API server']],
    ['with matchConditions', [cel({matchConditions: [{name: 'x', expression: 'true'}]}), ...ready], 'enforcing', ['matchConditions leave some requests out', MAP]],
    ['for some names', [cel({matchConstraints: {resourceRules: [{...SERVICES, resourceNames: ['web']}]}}), ...ready], 'enforcing', ['it matches Services of some names only', MAP]],
    ['for CREATE, and its webhook for UPDATE', [cel({matchConstraints: {resourceRules: [{...SERVICES, operations: ['CREATE']}]}}), hook('vpol.validate.kyverno.svc-fail', {rules: [{...SERVICES, operations: ['UPDATE']}]}), endpoints()], 'inert', ['no such request gets to it']],
    ['with an exception', [cel(), celException, ...ready], 'enforcing', ['a PolicyException names it', MAP]],
    ['with an exception of the other generation', [cel(), exception('p'), ...ready], 'enforcing', [MAP]],
    ['whose exceptions were not read', [cel(), ...ready], 'enforcing', ['PolicyExceptions, which may name it, were not read', MAP], {unread: {celpolicyexceptions: 'forbidden'}}],
    ['with expressions that we do not know', [cel({validations: [{expression: 'variables.externalIPs == []'}]}), ...ready], 'unknown', [UNKNOWN, MAP]],
    ['with the webhook of the other generation', [cel(), ...READY], 'inert', ['no webhook sends Services to it']],
    ['that fails open', [cel({failurePolicy: 'Ignore'}), hook('vpol.validate.kyverno.svc-ignore', {failurePolicy: 'Ignore'}), endpoints()], 'enforcing', ['failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through', 'failurePolicy Ignore: an error in the evaluation lets the request through', MAP]],
    ['of one namespace', [cel({}, 'shop'), hook('nvpol.validate.kyverno.svc-fail'), endpoints()], 'enforcing', ['2 namespaces default, kube-system are left out', MAP]],
    ['of one namespace, with the webhook of the others', [cel({}, 'shop'), ...ready], 'inert', ['no webhook sends Services to it']],
  ]
  for (const [name, objects, state, gaps, rest] of rows) it(name, async () => expect((await blockerOf(objects, rest))?.spec).to.deep.equal({state, gaps}))

  it('about the status needs a webhook that sends it', async () => {
    const status = cel({matchConstraints: {resourceRules: [STATUS]}, validations: [{expression: '!has(object.status.loadBalancer.ingress)'}]})
    expect((await blockerOf([status, ...ready]))?.status).to.deep.equal({state: 'inert', gaps: ['no webhook sends services/status to it']})
    expect((await blockerOf([status, hook('vpol.validate.kyverno.svc-fail', {rules: [STATUS]}), endpoints()]))?.status).to.deep.equal({state: 'enforcing', gaps: [MAP]})
  })

  it('does not see the status by a webhook of another policy', async () => {
    const status = cel({matchConstraints: {resourceRules: [STATUS]}, validations: [{expression: '!has(object.status.loadBalancer.ingress)'}]})
    expect((await blockerOf([status, hook('vpol.validate.kyverno.svc-fail-finegrained-q', {rules: [STATUS]}), endpoints()]))?.status?.state).to.equal('unknown')
  })
})
