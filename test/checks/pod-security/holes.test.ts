import {expect} from 'chai'
import type {Check} from '../../../src/audit/check.js'
import type {Finding} from '../../../src/audit/finding.js'
import {noPodEnforcement} from '../../../src/checks/pod-security/no-pod-enforcement.js'
import {podOperationNotCovered} from '../../../src/checks/pod-security/pod-operation-not-covered.js'
import {policyAuditOnly} from '../../../src/checks/pod-security/policy-audit-only.js'
import {policyWithoutBinding} from '../../../src/checks/pod-security/policy-without-binding.js'
import {webhookFailOpen} from '../../../src/checks/pod-security/webhook-fail-open.js'
import {webhookWithoutEndpoints} from '../../../src/checks/pod-security/webhook-without-endpoints.js'
import {podSecurityVerdict} from '../../../src/admission/pod-security/verdict.js'
import type {ReadKey} from '../../../src/kube/resources.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {kindOf, regoOf} from '../../../src/pod-security/rego/template.js'
import {binding, endpoints, inNamespaces, namespaceNamed, notInNamespaces, policy, webhook} from '../../support/admission-objects.js'
import {object} from '../../support/declared-facts.js'
import {clusterPolicy, everyContainer} from '../../support/kyverno-pod-policies.js'
import {runChecks} from '../../support/run-checks.js'

const LABEL = 'pod-security.kubernetes.io/enforce'
const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods', 'pods/ephemeralcontainers']}
const NEW_PODS = {...PODS, operations: ['CREATE'], resources: ['pods']}
const EVERYTHING = {apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*']}
const NO_PRIVILEGED = ['containers', 'initContainers', 'ephemeralContainers'].map(list => `object.spec.?${list}.orValue([]).all(c, !c.?securityContext.?privileged.orValue(false))`)
const SERVER = object('v1', 'Pod', 'kube-system/kube-apiserver-n', {labels: {component: 'kube-apiserver'}, spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver']}]}, status: {phase: 'Running'}})
const NAMESPACES = [namespaceNamed('default'), namespaceNamed('kube-system'), namespaceNamed('shop'), SERVER]
const LABELLED = ['default', 'kube-system', 'shop'].map(name => namespaceNamed(name, {[LABEL]: 'baseline'}))

const vap = (rules: object[] = [PODS], actions?: string[], match?: object): KubeObject[] => [policy({expressions: NO_PRIVILEGED, match: {resourceRules: rules}}), binding({...(actions ? {actions} : {}), ...(match ? {match} : {})})]
const TEMPLATE = object('templates.gatekeeper.sh/v1', 'ConstraintTemplate', 'k121privileged', {spec: {crd: {spec: {names: {kind: kindOf('privileged')}}}, targets: [{target: 'admission.k8s.gatekeeper.sh', rego: regoOf('privileged')}]}})
const constraint = (spec: object = {}): KubeObject => object('constraints.gatekeeper.sh/v1beta1', kindOf('privileged'), 'no', {spec: {match: {kinds: [{apiGroups: [''], kinds: ['Pod']}]}, ...spec}})
const gatekeeper = (fields: object = {}): KubeObject => webhook('validation.gatekeeper.sh', {configuration: 'gatekeeper', rules: [{...EVERYTHING, resources: ['*', 'pods/ephemeralcontainers']}], failurePolicy: 'Ignore', ...fields})
const PRIVILEGED = {pattern: {spec: everyContainer({'=(securityContext)': {'=(privileged)': 'false'}})}}
const kyverno = (action: string, name = 'p', spec: object = {}): KubeObject => clusterPolicy(name, [{...PRIVILEGED, failureAction: action}], {spec})
const kyvernoHook = (policyName: 'Fail' | 'Ignore'): KubeObject => webhook(`validate.kyverno.svc-${policyName.toLowerCase()}`, {rules: [EVERYTHING], failurePolicy: policyName})
const pod = (place: string, spec: object = {}): KubeObject => object('v1', 'Pod', place, {spec: {containers: [{name: 'main'}], ...spec}, status: {phase: 'Running'}})

const line = ({variant, severity, object: {kind, name}, count}: Finding): string => `${variant} ${severity} ${kind}/${name}${count === 1 ? '' : ` ×${count}`}`
async function ran(check: Check, objects: readonly object[], more: object = {}): Promise<{lines: string[]; messages: string[]; skip: string | null | undefined}> {
  const {findings, skips} = await runChecks([check], {objects, minor: 37, ...more})
  return {lines: findings.map(line), messages: findings.map(({message}) => message), skip: skips[check.meta.id]}
}

type Row = [name: string, objects: readonly object[], lines: string[], message?: RegExp]

function table(check: Check, rows: readonly Row[], unread: readonly ReadKey[]): void {
  describe(check.meta.id, () => {
    for (const [name, objects, lines, message] of rows)
      it(name, async () => {
        const found = await ran(check, objects)
        expect(found.lines).to.deep.equal(lines)
        expect(found.skip).to.equal(null)
        if (message !== undefined) expect(found.messages[0]).to.match(message)
      })
    for (const row of unread) it(`is skipped without ${row}`, async () => expect((await ran(check, NAMESPACES, {outcomes: {[row]: 'forbidden'}})).skip).to.equal('forbidden'))
  })
}

table(webhookFailOpen, [
  ['an engine that is all there is', [...NAMESPACES, gatekeeper(), endpoints(), TEMPLATE, constraint()], ['alone medium ValidatingWebhookConfiguration/gatekeeper'], /Ignore: whenever .* \(1 endpoint is ready now\); in 3 namespaces nothing that is known but gatekeeper refuses some control of baseline\.$/],
  ['an engine with Pod Security admission beside it', [...LABELLED, SERVER, gatekeeper(), endpoints(), TEMPLATE, constraint()], ['backed low ValidatingWebhookConfiguration/gatekeeper']],
  ['an engine that only warns', [...NAMESPACES, gatekeeper(), endpoints(), TEMPLATE, constraint({enforcementAction: 'warn'})], []],
  ['an engine that has nothing about pods', [...NAMESPACES, gatekeeper(), endpoints()], []],
  ['one that fails closed', [...NAMESPACES, gatekeeper({failurePolicy: 'Fail'}), endpoints(), TEMPLATE, constraint()], []],
  ['one that nobody answers for, which another check says', [...NAMESPACES, gatekeeper(), endpoints(false), TEMPLATE, constraint()], []],
  ['one that is not asked about pods', [...NAMESPACES, gatekeeper({rules: [{...EVERYTHING, resources: ['services']}]}), endpoints(), TEMPLATE, constraint()], []],
  ['one that selects no namespace', [...NAMESPACES, gatekeeper({namespaceSelector: inNamespaces('gone')}), endpoints(), TEMPLATE, constraint()], []],
  ['that of Kyverno whose policies refuse nothing', [...NAMESPACES, kyvernoHook('Ignore'), kyvernoHook('Fail'), endpoints(), kyverno('Enforce'), kyverno('Audit', 'q', {failurePolicy: 'Ignore'})], []],
  ['that of Kyverno which has the policy', [...NAMESPACES, kyvernoHook('Ignore'), kyvernoHook('Fail'), endpoints(), kyverno('Enforce', 'p', {failurePolicy: 'Ignore'})], ['alone medium ValidatingWebhookConfiguration/validate.kyverno.svc-ignore']],
  ['somebody\'s, about pods', [...NAMESPACES, webhook('pods.x.io', {rules: [PODS], failurePolicy: 'Ignore'}), endpoints()], ['unknown-content low ValidatingWebhookConfiguration/pods.x.io'], /what it judges of pods is not known\.$/],
  ['somebody\'s, about certificates', [...NAMESPACES, webhook('webhook.cert-manager.io', {rules: [{...PODS, apiGroups: ['cert-manager.io'], resources: ['*/*']}], failurePolicy: 'Ignore'}), endpoints()], []],
  ['an injector\'s', [...NAMESPACES, webhook('sidecar.x.io', {rules: [PODS], failurePolicy: 'Ignore', isMutating: true}), endpoints()], []],
  ['AWS\'s about two annotations', [...NAMESPACES, webhook('vpod.vpc.k8s.aws', {rules: [PODS], failurePolicy: 'Ignore'}), endpoints()], []],
], ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'])

table(webhookWithoutEndpoints, [
  ['an engine that fails open', [...NAMESPACES, gatekeeper(), TEMPLATE, constraint()], ['open high ValidatingWebhookConfiguration/gatekeeper'], /has 0 ready endpoints and failurePolicy Ignore: gatekeeper is installed, and refuses no pod now in 3 namespaces\.$/],
  ['an engine whose endpoints are not ready', [...NAMESPACES, gatekeeper(), endpoints(false), TEMPLATE, constraint()], ['open high ValidatingWebhookConfiguration/gatekeeper']],
  ['an engine that fails closed', [...NAMESPACES, gatekeeper({failurePolicy: 'Fail'}), TEMPLATE, constraint()], ['closed medium ValidatingWebhookConfiguration/gatekeeper'], /Fail: new pods, changes of pods and ephemeral containers that it is asked about in 3 namespaces are refused until it answers again\.$/],
  ['one that keeps itself from coming back', [...NAMESPACES, namespaceNamed('engine'), gatekeeper({failurePolicy: 'Fail'})], ['closed medium ValidatingWebhookConfiguration/gatekeeper'], /, its own pods in engine among them\.$/],
  ['one that leaves its own namespace out', [...NAMESPACES, namespaceNamed('engine'), gatekeeper({failurePolicy: 'Fail', namespaceSelector: notInNamespaces('engine')})], ['closed medium ValidatingWebhookConfiguration/gatekeeper'], /until it answers again\.$/],
  ['one that does not ask about its own pods, by their labels', [...NAMESPACES, namespaceNamed('engine'), gatekeeper({failurePolicy: 'Fail', objectSelector: {matchLabels: {a: 'b'}}})], ['closed medium ValidatingWebhookConfiguration/gatekeeper'], /until it answers again\.$/],
  ['an injector\'s that fails open', [...NAMESPACES, webhook('sidecar.x.io', {rules: [NEW_PODS], failurePolicy: 'Ignore', isMutating: true})], ['unchanged low MutatingWebhookConfiguration/sidecar.x.io']],
  ['an injector\'s that fails closed', [...NAMESPACES, webhook('sidecar.x.io', {rules: [NEW_PODS], isMutating: true})], ['closed medium MutatingWebhookConfiguration/sidecar.x.io'], /Fail: new pods that/],
  ['somebody\'s that fails open', [...NAMESPACES, webhook('pods.x.io', {rules: [PODS], failurePolicy: 'Ignore'})], ['open-unknown low ValidatingWebhookConfiguration/pods.x.io']],
  ['one that is reached by URL', [...NAMESPACES, webhook('pods.x.io', {rules: [PODS], clientConfig: {url: 'https://x.io'}})], []],
  ['one for Services', [...NAMESPACES, webhook('x.io')], []],
  ['one that selects no namespace', [...NAMESPACES, webhook('pods.x.io', {rules: [PODS], namespaceSelector: inNamespaces('gone')})], []],
  ['one of a plugin that is off', [...NAMESPACES.slice(0, 3), {...SERVER, spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', '--disable-admission-plugins=ValidatingAdmissionWebhook']}]}}, gatekeeper()], []],
  ['one that somebody answers for', [...NAMESPACES, gatekeeper(), endpoints()], []],
], ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'endpointslices'])

table(podOperationNotCovered, [
  ['all of it is covered', [...NAMESPACES, ...vap()], []],
  ['neither is matched', [...NAMESPACES, ...vap([NEW_PODS])], ['ephemeralcontainers medium ValidatingAdmissionPolicy/p ×3', 'update low ValidatingAdmissionPolicy/p ×3'], /^ValidatingAdmissionPolicy: p refuses new pods by privileged in 3 namespaces, and nothing there refuses the same in ephemeral containers: /],
  ['ephemeral containers are not matched', [...NAMESPACES, ...vap([{...PODS, resources: ['pods']}])], ['ephemeralcontainers medium ValidatingAdmissionPolicy/p ×3']],
  ['Pod Security admission refuses them in some', [...NAMESPACES.slice(0, 2), namespaceNamed('shop', {[LABEL]: 'baseline'}), SERVER, ...vap([NEW_PODS])], ['ephemeralcontainers medium ValidatingAdmissionPolicy/p ×2', 'update low ValidatingAdmissionPolicy/p ×2']],
  ['Pod Security admission refuses them everywhere', [...LABELLED, SERVER, ...vap([NEW_PODS])], []],
  ['a policy that only warns', [...NAMESPACES, ...vap([NEW_PODS], ['Warn'])], []],
  ['a default may refuse them that was not seen', [...NAMESPACES.slice(0, 3), ...vap([{...PODS, resources: ['pods']}])], ['ephemeralcontainers medium ValidatingAdmissionPolicy/p ×3'], /\(unless a default of the API server, which was not seen, does\): /],
  ['something that lets some of them through may refuse them', [...NAMESPACES, ...vap([{...PODS, resources: ['pods']}]), kyvernoHook('Fail'), endpoints(), clusterPolicy('q', [{...PRIVILEGED, failureAction: 'Enforce'}], {rule: {match: {any: [{resources: {kinds: ['Pod'], selector: {matchLabels: {a: 'b'}}}}]}}})], []],
  ['Pod Security admission alone, which judges no resize', [...LABELLED, SERVER], []],
  ['it is not known whether something else refuses them', [...NAMESPACES, ...vap([NEW_PODS]), webhook('pods.x.io', {rules: [PODS]}), endpoints()], []],
], ['namespaces', 'validatingadmissionpolicies', 'validatingwebhookconfigurations', 'validatingadmissionpolicybindings'])

table(policyWithoutBinding, [
  ['a policy without a binding', [...NAMESPACES, vap()[0]!], ['policy medium ValidatingAdmissionPolicy/p'], /judges pods and does nothing: no binding\.$/],
  ['a policy whose binding is for something else', [...NAMESPACES, ...vap([PODS], ['Deny'], {resourceRules: [{...PODS, resources: ['services']}]})], ['policy medium ValidatingAdmissionPolicy/p']],
  ['a policy with its binding', [...NAMESPACES, ...vap()], []],
  ['a policy about Services without a binding', [...NAMESPACES, policy()], []],
  ['a template without a constraint', [...NAMESPACES, TEMPLATE, gatekeeper(), endpoints()], ['template low ConstraintTemplate/k121privileged']],
  ['a template with its constraint', [...NAMESPACES, TEMPLATE, constraint(), gatekeeper(), endpoints()], []],
  ['a template about something else', [...NAMESPACES, {...TEMPLATE, spec: {crd: {spec: {names: {kind: 'K8sRequiredLabels'}}}, targets: []}}, gatekeeper(), endpoints()], []],
  ['a constraint without its template', [...NAMESPACES, constraint(), gatekeeper(), endpoints()], [`constraint medium ${kindOf('privileged')}/no`]],
], ['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'constrainttemplates'])

table(policyAuditOnly, [
  ['a policy of Kyverno that audits', [...NAMESPACES, kyvernoHook('Fail'), endpoints(), kyverno('Audit')], ['kyverno medium ClusterPolicy/p ×3'], /^p only reports of pods that break privileged, and nothing refuses them in 3 namespaces\.$/],
  ['a policy of Kyverno that enforces', [...NAMESPACES, kyvernoHook('Fail'), endpoints(), kyverno('Enforce')], []],
  ['one that audits beside one that enforces', [...NAMESPACES, kyvernoHook('Fail'), endpoints(), kyverno('Audit'), kyverno('Enforce', 'q')], []],
  ['where Pod Security admission refuses it', [...LABELLED, SERVER, kyvernoHook('Fail'), endpoints(), kyverno('Audit')], []],
  ['where it refuses it in some', [namespaceNamed('shop', {[LABEL]: 'baseline'}), ...NAMESPACES.filter(one => one.metadata !== NAMESPACES[2]!.metadata), kyvernoHook('Fail'), endpoints(), kyverno('Audit')], ['kyverno medium ClusterPolicy/p ×2']],
  ['a constraint with dryrun', [...NAMESPACES, gatekeeper(), endpoints(), TEMPLATE, constraint({enforcementAction: 'dryrun'})], [`gatekeeper low ${kindOf('privileged')}/no ×3`]],
  ['where a default may refuse it that was not seen', [...NAMESPACES.slice(0, 3), ...vap([PODS], ['Warn'])], ['vap low ValidatingAdmissionPolicy/p ×3'], /in 3 namespaces \(unless a default/],
  ['a policy that is bound to warn', [...NAMESPACES, ...vap([PODS], ['Warn'])], ['vap low ValidatingAdmissionPolicy/p ×3'], /^p only warns of/],
  ['a policy that refuses changes alone', [...NAMESPACES, ...vap([{...PODS, operations: ['UPDATE']}])], []],
  ['Pod Security admission that warns', ['default', 'kube-system', 'shop'].map(name => namespaceNamed(name, {'pod-security.kubernetes.io/warn': 'baseline'})), []],
], ['namespaces', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingwebhookconfigurations'])

describe('holes where something was not read', () => {
  for (const check of [podOperationNotCovered, policyAuditOnly])
    it(`${check.meta.id} says nothing of what webhooks may refuse that were not read`, async () => {
      const policies = check === policyAuditOnly ? vap([PODS], ['Audit']) : vap([NEW_PODS])
      expect(await ran(check, [...NAMESPACES, ...policies], {outcomes: {validatingwebhookconfigurations: 'forbidden'}})).to.deep.include({lines: [], skip: 'forbidden'})
    })
})

/** Refuses every control of baseline at every operation, where it is. */
const podSecurity = (spec: object = {}): KubeObject => clusterPolicy('pss', [{failureAction: 'Enforce', allowExistingViolations: false, podSecurity: {level: 'baseline', version: 'latest'}}], {spec})

describe('no-pod-enforcement beside other engines', () => {
  const KYVERNO = [object('apps/v1', 'Deployment', 'kyverno/kyverno-admission-controller', {labels: {'app.kubernetes.io/part-of': 'kyverno', 'app.kubernetes.io/version': 'v1.19.1'}}), kyvernoHook('Fail'), endpoints()]
  const found = async (...objects: object[]): Promise<{lines: string[]; messages: string[]}> => ran(noPodEnforcement, [...NAMESPACES.slice(0, 3), pod('shop/web'), pod('default/db', {hostPID: true}), ...objects])

  it('names what a namespace fits, and says that nothing else refuses', async () => {
    const {lines, messages} = await found(SERVER)
    expect(lines).to.deep.equal(['unlabelled medium Namespace/default', 'system info Namespace/kube-system', 'unlabelled medium Namespace/shop'])
    expect(messages[0]).to.match(/: 1 pod; not all of what is here fits baseline; nothing else refuses what baseline refuses\.$/)
    expect(messages[2]).to.match(/: 1 pod; all of it fits baseline; nothing else refuses what baseline refuses\.$/)
  })

  it('says what another engine refuses of it', async () => {
    const {messages} = await found(SERVER, ...vap())
    expect(messages.at(-1)).to.match(/; ValidatingAdmissionPolicy refuses 1 of the 12 controls of baseline \(privileged\)\.$/)
  })

  it('leaves out where another engine refuses all of it', async () => {
    const {lines} = await found(SERVER, ...KYVERNO, podSecurity())
    // As shipped it leaves kube-system to itself.
    expect(lines).to.deep.equal(['system info Namespace/kube-system'])
  })

  it('names engines whose policies were not read, and no rows', async () => {
    const {findings} = await runChecks([noPodEnforcement], {objects: [...NAMESPACES, pod('shop/web')], minor: 37, outcomes: {validatingadmissionpolicies: 'forbidden', validatingadmissionpolicybindings: 'forbidden'}})
    expect(findings.at(-1)?.message).to.match(/; whether ValidatingAdmissionPolicy refuses it is not known\.$/)
  })

  it('does not know of an engine whose content is not known', async () => {
    const {messages} = await found(SERVER, webhook('pods.x.io', {rules: [PODS]}), endpoints())
    expect(messages.at(-1)).to.match(/; whether webhook pods\.x\.io refuses it is not known\.$/)
    const {messages: [several]} = await found(webhook('pods.x.io', {rules: [PODS]}), endpoints())
    expect(several).to.match(/; whether .* or .* refuses it is not known\.$/).and.not.match(/, a default of the API server refuses/)
  })

  const verdictOf = async (...objects: object[]): Promise<string> => (await runChecks([], {objects: [SERVER, ...objects], minor: 37}, [podSecurityVerdict])).fact(podSecurityVerdict)

  it('has a verdict to match', async () => {
    const own = {clientConfig: {service: {namespace: 'engine', name: 'engine'}}}
    expect(await verdictOf(...LABELLED), 'Pod Security admission').to.equal('closed')
    expect(await verdictOf(...NAMESPACES.slice(0, 3)), 'nothing').to.equal('latent')
    expect(await verdictOf(...NAMESPACES.slice(0, 3), ...vap()), 'one control of many').to.equal('latent')
    expect(await verdictOf(...NAMESPACES.slice(0, 3), ...KYVERNO.slice(0, 1), webhook('validate.kyverno.svc-fail', {rules: [EVERYTHING], ...own}), endpoints(), podSecurity()), 'Kyverno').to.not.be.oneOf(['latent', 'closed'])
    expect(await verdictOf(...NAMESPACES.slice(0, 3), webhook('pods.x.io', {rules: [PODS]}), endpoints()), 'somebody').to.equal('unknown')
    expect(await verdictOf(...LABELLED, ...vap([NEW_PODS])), 'more than enough').to.equal('closed')
  })
})
