import {expect} from 'chai'
import type {Blocker} from '../../../src/admission/engines/blocker.js'
import {gatekeeperBlockers} from '../../../src/admission/engines/gatekeeper.js'
import {isLike} from '../../../src/admission/engines/gatekeeper-constraint.js'
import {isLibraryCode} from '../../../src/admission/engines/gatekeeper-template.js'
import {KIND as OWN_KIND, REGO as OWN_REGO} from '../../../src/admission/external-ip-fix/gatekeeper-rego.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {NAMESPACES, SERVICES, STATUS, endpoints, inNamespaces, notInNamespaces, webhook} from '../../support/admission-objects.js'

/** The shape of the library's rule, with names of our own. */
const REGO = `
  package k8sexternalips
  # what is listed may pass
  violation[{"msg": msg}] {
    input.review.kind.kind == "Service"
    input.review.kind.group == ""
    listed := {ip | ip := input.parameters.allowedIPs[_]}
    wanted := {ip | ip := input.review.object.spec.externalIPs[_]}
    others := wanted - listed
    count(others) > 0
    msg := sprintf("not allowed: %v", [others])
  }`

const template = (target: object = {rego: REGO}, kind = 'K8sExternalIPs'): KubeObject =>
  object('templates.gatekeeper.sh/v1', 'ConstraintTemplate', kind.toLowerCase(), {spec: {crd: {spec: {names: {kind}}}, targets: [{target: 'admission.k8s.gatekeeper.sh', ...target}]}})
const constraint = (spec: object = {}): KubeObject => object('constraints.gatekeeper.sh/v1beta1', 'K8sExternalIPs', 'c', {spec: {match: {kinds: [{apiGroups: [''], kinds: ['Service']}]}, ...spec}})
const matching = (match: object): KubeObject => constraint({match})
const config = (match: object[]): KubeObject => object('config.gatekeeper.sh/v1alpha1', 'Config', 'gatekeeper-system/config', {spec: {match}})
const hook = (rest: object = {}): KubeObject => webhook('validation.gatekeeper.sh', {configuration: 'gatekeeper-validating-webhook-configuration', ...rest})
const scoped = (action: string, ...points: string[]): KubeObject => constraint({enforcementAction: 'scoped', scopedEnforcementActions: [{action, enforcementPoints: points.map(name => ({name}))}]})

const WITHOUT_IGNORED = {matchExpressions: [{key: 'admission.gatekeeper.sh/ignore', operator: 'DoesNotExist'}]}
const guard = (rest: object = {}): KubeObject => webhook('check-ignore-label.gatekeeper.sh', {rules: [{apiGroups: [''], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['namespaces']}], ...rest})
const GUARD = guard()

const FAIL_OPEN = 'failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through'
const READY = [hook(), endpoints()]
const GOOD = [template(), ...READY]

async function blockers(objects: readonly KubeObject[], rest: Partial<DeclaredCluster> = {}): Promise<readonly Blocker[]> {
  return (await factOf(gatekeeperBlockers, {objects: [...NAMESPACES, ...objects], ...rest})).blockers
}

describe('a K8sExternalIPs of Gatekeeper', () => {
  const rows: [name: string, objects: KubeObject[], state: string, gaps: string[], rest?: Partial<DeclaredCluster>][] = [
    ['with its template and a webhook that fails closed', [constraint(), ...GOOD], 'enforcing', []],
    ['that matches everything', [constraint({match: {}}), ...GOOD], 'enforcing', []],
    ['that matches all kinds of the core group', [matching({kinds: [{apiGroups: [''], kinds: ['*']}]}), ...GOOD], 'enforcing', []],
    ['that matches Services of all groups', [matching({kinds: [{apiGroups: ['*'], kinds: ['Service']}]}), ...GOOD], 'enforcing', []],
    ['that names a group and no kind', [matching({kinds: [{apiGroups: ['']}]}), ...GOOD], 'enforcing', []],
    ['that matches Pods', [matching({kinds: [{apiGroups: [''], kinds: ['Pod']}]}), ...GOOD], 'inert', ['it does not match Services']],
    ['that matches Services of another group', [matching({kinds: [{apiGroups: ['serving.knative.dev'], kinds: ['Service']}]}), ...GOOD], 'inert', ['it does not match Services']],
    ['for namespaced objects', [matching({scope: 'Namespaced'}), ...GOOD], 'enforcing', []],
    ['for cluster-scoped objects', [matching({scope: 'Cluster'}), ...GOOD], 'inert', ['it matches cluster-scoped objects only']],
    ['for what people write', [matching({source: 'Original'}), ...GOOD], 'enforcing', []],
    ['for what is generated', [matching({source: 'Generated'}), ...GOOD], 'inert', ['it matches only what expansion generates']],
    ['for some labels', [matching({labelSelector: {matchLabels: {a: 'b'}}}), ...GOOD], 'enforcing', ['a labelSelector: whoever writes the Service chooses its labels']],
    ['with an empty selector', [matching({labelSelector: {}, namespaceSelector: {}}), ...GOOD], 'enforcing', []],
    ['for one name', [matching({name: 'web-*'}), ...GOOD], 'enforcing', ['it matches one name only']],
    ['for any name', [matching({name: '*'}), ...GOOD], 'enforcing', []],
    ['everywhere, also in namespaces that were not seen', [constraint(), ...GOOD], 'enforcing', [], {unread: {namespaces: 'partial'}}],
    ['with namespaces left out, which may be more than were seen', [matching({excludedNamespaces: ['none']}), ...GOOD], 'enforcing', ['which namespaces it leaves out is not known'], {unread: {namespaces: 'partial'}}],
    ['for namespaces by a pattern', [matching({namespaces: ['kube-*', 'sh*p']}), ...GOOD], 'enforcing', ['2 namespaces default, shop are left out']],
    ['for all namespaces by a pattern', [matching({namespaces: ['*']}), ...GOOD], 'enforcing', []],
    ['without some namespaces', [matching({excludedNamespaces: ['*-system']}), ...GOOD], 'enforcing', ['the namespace kube-system is left out']],
    ['for labelled namespaces', [matching({namespaceSelector: {matchLabels: {team: 'a'}}}), ...GOOD], 'enforcing', ['2 namespaces default, kube-system are left out']],
    ['with a field of match that we do not know', [matching({when: 'never'}), ...GOOD], 'enforcing', ['what match.when leaves out is not known']],
    ['with an allow-list', [constraint({parameters: {allowedIPs: ['192.0.2.1']}}), ...GOOD], 'enforcing', ['lets through 192.0.2.1']],

    ['that denies in so many words', [constraint({enforcementAction: 'deny'}), ...GOOD], 'enforcing', []],
    ['that warns', [constraint({enforcementAction: 'warn'}), ...GOOD], 'auditing', ['enforcementAction warn']],
    ['in dry run', [constraint({enforcementAction: 'dryrun'}), ...GOOD], 'auditing', ['enforcementAction dryrun']],
    ['with a word that Gatekeeper does not know', [constraint({enforcementAction: 'Deny'}), ...GOOD], 'unknown', ['enforcementAction Deny']],
    ['scoped: deny at admission', [scoped('deny', 'audit.gatekeeper.sh', 'validation.gatekeeper.sh'), ...GOOD], 'enforcing', []],
    ['scoped: deny everywhere', [scoped('deny', '*'), ...GOOD], 'enforcing', []],
    ['scoped: deny in the audit', [scoped('deny', 'audit.gatekeeper.sh'), ...GOOD], 'auditing', ['its scoped actions do not deny at admission']],
    ['scoped: deny where native policies are made, which Rego is not', [scoped('deny', 'vap.k8s.io'), ...GOOD], 'auditing', ['its scoped actions do not deny at admission']],
    ['scoped: warn at admission', [scoped('warn', 'validation.gatekeeper.sh'), ...GOOD], 'auditing', ['its scoped actions do not deny at admission']],
    ['scoped without a scope', [constraint({enforcementAction: 'scoped'}), ...GOOD], 'auditing', ['its scoped actions do not deny at admission']],

    ['whose template is gone', [constraint(), ...READY], 'inert', ['its template is gone']],
    ['whose template was not read', [constraint(), ...READY], 'unknown', ['its template could not be read: what it refuses is not known'], {unread: {constrainttemplates: 'forbidden'}}],
    ['whose template is another', [constraint(), template({rego: 'package k8sexternalips\nviolation[{"msg": "x"}] { input.review.object.spec.externalIPs[_] == "1.2.3.4" }'}), ...READY], 'unknown', ['its template is not the library\'s: what it refuses is not known']],
    ['whose template is CEL', [constraint(), template({code: [{engine: 'K8sNativeValidation', source: {validations: [{expression: 'true'}]}}]}), ...READY], 'unknown', ['its template is not the library\'s: what it refuses is not known']],
    ['whose template is Rego in the newer place', [constraint(), template({code: [{engine: 'Rego', source: {rego: REGO}}]}), ...READY], 'enforcing', []],
    ['whose template is both, Rego and CEL', [constraint(), template({code: [{engine: 'Rego', source: {rego: REGO}}, {engine: 'K8sNativeValidation', source: {}}]}), ...READY], 'unknown', ['its template is not the library\'s: what it refuses is not known']],
    ['whose template is for CREATE', [constraint(), template({rego: REGO, operations: ['CREATE']}), ...READY], 'enforcing', ['UPDATE is not matched']],

    ['without a webhook', [constraint(), template()], 'inert', ['no webhook sends Services to it']],
    ['whose webhooks were not read', [constraint(), template()], 'unknown', ['webhook configurations could not be read'], {unread: {validatingwebhookconfigurations: 'forbidden'}}],
    ['whose webhook is asked about pods', [constraint(), template(), hook({rules: [{...SERVICES, resources: ['pods']}]}), endpoints()], 'inert', ['no webhook sends Services to it']],
    ['whose webhook is asked about cluster-scoped objects', [constraint(), template(), hook({rules: [{...SERVICES, resources: ['*'], scope: 'Cluster'}]}), endpoints()], 'inert', ['no webhook sends Services to it']],
    ['whose webhook is asked about CREATE', [constraint(), template(), hook({rules: [{...SERVICES, operations: ['CREATE']}]}), endpoints()], 'enforcing', ['UPDATE is not matched']],
    ['as shipped: it fails open and leaves its namespace out', [constraint(), template(), hook({failurePolicy: 'Ignore', namespaceSelector: notInNamespaces('kube-system')}), endpoints()], 'enforcing', ['the namespace kube-system is left out', FAIL_OPEN]],
    ['that fails open with nobody there', [constraint(), template(), hook({failurePolicy: 'Ignore'}), endpoints(false)], 'inert', ['its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now']],
    ['that fails closed with nobody there: all is refused', [constraint(), template(), hook(), endpoints(false)], 'enforcing', []],
    ['whose webhook has matchConditions', [constraint(), template(), hook({matchConditions: [{name: 'x', expression: 'false'}]}), endpoints()], 'enforcing', ['matchConditions leave some requests out']],
    ['whose webhook has an objectSelector', [constraint(), template(), hook({objectSelector: {matchLabels: {a: 'b'}}}), endpoints()], 'enforcing', ['an objectSelector: whoever writes the Service chooses its labels']],
    ['by two webhooks, one for each operation', [constraint(), template(), hook({rules: [{...SERVICES, operations: ['CREATE']}]}), hook({configuration: 'other', rules: [{...SERVICES, operations: ['UPDATE']}]}), endpoints()], 'enforcing', []],
    ['that a label takes a namespace out of', [constraint(), template(), hook({namespaceSelector: WITHOUT_IGNORED}), endpoints()], 'enforcing', ['a namespace gets past it by its label admission.gatekeeper.sh/ignore']],
    ['whose label Gatekeeper itself guards', [constraint(), template(), hook({namespaceSelector: WITHOUT_IGNORED}), GUARD, endpoints()], 'enforcing', []],
    ['whose guard fails open', [constraint(), template(), hook({namespaceSelector: WITHOUT_IGNORED}), guard({failurePolicy: 'Ignore'}), endpoints()], 'enforcing', ['a namespace gets past it by its label admission.gatekeeper.sh/ignore']],
    ['whose guard does not see changes', [constraint(), template(), hook({namespaceSelector: WITHOUT_IGNORED}), guard({rules: [{apiGroups: [''], apiVersions: ['*'], operations: ['CREATE'], resources: ['namespaces']}]}), endpoints()], 'enforcing', ['a namespace gets past it by its label admission.gatekeeper.sh/ignore']],
    ['whose constraint a label takes a namespace out of', [matching({namespaceSelector: {matchExpressions: [{key: 'tier', operator: 'NotIn', values: ['a']}]}}), ...GOOD], 'enforcing', ['a namespace gets past it by its label tier']],
    ['by two webhooks: CREATE everywhere, all of it in one namespace', [constraint(), template(), hook({rules: [{...SERVICES, operations: ['CREATE']}]}), hook({configuration: 'other', namespaceSelector: inNamespaces('shop')}), endpoints()], 'enforcing', ['UPDATE: 2 namespaces default, kube-system are left out']],
    ['in a namespace that the webhook leaves out and another that it leaves out', [matching({namespaces: ['kube-system']}), template(), hook({namespaceSelector: notInNamespaces('kube-system')}), endpoints()], 'inert', ['it covers no namespace that exists']],
    ['with validating webhooks switched off', [constraint(), ...GOOD], 'inert', ['the API server has ValidatingAdmissionWebhook switched off'], {endpoints: {flagz: {apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags: {'disable-admission-plugins': '[ValidatingAdmissionWebhook]'}}}}],

    ['with a Config that leaves a namespace out', [constraint(), ...GOOD, config([{excludedNamespaces: ['kube-*'], processes: ['webhook']}])], 'enforcing', ['the namespace kube-system is left out']],
    ['with a Config that leaves a namespace out of everything', [constraint(), ...GOOD, config([{excludedNamespaces: ['shop'], processes: ['*']}])], 'enforcing', ['the namespace shop is left out']],
    ['with a Config about the audit', [constraint(), ...GOOD, config([{excludedNamespaces: ['shop'], processes: ['audit', 'sync']}])], 'enforcing', []],
    ['whose Config was not read', [constraint(), ...GOOD], 'enforcing', ['its Config, which may leave out namespaces, was not read'], {unread: {gatekeeperconfigs: 'forbidden'}}],
    ['whose Config is not in the files', [constraint(), ...GOOD], 'enforcing', ['its Config, which may leave out namespaces, was not read'], {unread: {gatekeeperconfigs: 'not-in-input'}}],
    ['where no Config can exist', [constraint(), ...GOOD], 'enforcing', [], {unread: {gatekeeperconfigs: 'not-served'}}],
  ]
  for (const [name, objects, state, gaps, rest] of rows)
    it(name, async () => expect((await blockers(objects, rest)).find(one => one.name === 'c')?.spec).to.deep.equal({state, gaps}))
})

describe('a ConstraintTemplate of another kind', () => {
  const foreign = template({rego: 'package x\nviolation[{"msg": "m"}] { input.review.object.spec.externalIPs }'}, 'NoIPs')
  const onStatus = template({rego: 'package x\nviolation[{"msg": "m"}] { input.review.object.status.loadBalancer }'}, 'NoStatus')

  it('that names the field is unknown', async () => {
    expect((await blockers([foreign, ...READY]))[0]).to.deep.include({name: 'noips', object: {apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate', namespace: '', name: 'noips'}, spec: {state: 'unknown', gaps: ['a template that mentions externalIPs, whose constraints are not read']}, status: null})
  })

  it('is unknown on the status where the webhook sends it', async () => {
    expect((await blockers([onStatus, hook({rules: [STATUS]}), endpoints()]))[0]).to.have.nested.property('status.state', 'unknown')
    expect((await blockers([onStatus, ...READY]))[0]).to.deep.include({spec: null, status: null})
  })

  it('about other things is none of ours', async () => {
    expect(await blockers([template({rego: 'package x'}, 'Other'), ...READY])).to.deep.equal([])
  })
})

describe('the library\'s Rego', () => {
  const rows: [name: string, code: string, isLibrary: boolean][] = [
    ['as published', REGO, true],
    ['with the future keywords', REGO.replace('violation[{"msg": msg}] {', 'import future.keywords.in\nimport future.keywords.contains\nimport future.keywords.if\nviolation contains {"msg": msg} if {'), true],
    ['of version 1', REGO.replace('violation[{"msg": msg}] {', 'import rego.v1\nviolation contains {"msg": msg} if {').replace(/ip := (input[^[]+)\[_\]/g, 'some ip in $1'), true],
    ['with another package', REGO.replace('package k8sexternalips', 'package other'), false],
    ['with a second condition', REGO.replace('count(others) > 0', 'count(others) > 0\ninput.review.operation == "CREATE"'), false],
    ['with another kind', REGO.replace('"Service"', '"Services"'), false],
    ['with a blank in the kind', REGO.replace('"Service"', '"Service "'), false],
    ['with a blank for the group', REGO.replace('== ""', '== " "'), false],
    ['with a number that no list reaches', REGO.replace('> 0', '> 99'), false],
    ['with the difference turned round', REGO.replace('wanted - listed', 'listed - wanted'), false],
    ['with a second rule', `${REGO}\nother { true }`, false],
    ['with a rule that is commented out', REGO.replace('count(others) > 0', '# count(others) > 0'), false],
    ['with a # in its message', REGO.replace('not allowed', 'not # allowed'), true],
    ['with an end that stands in a comment', REGO.replace('[others])', '[others]); false # '), false],
  ]
  for (const [name, code, wanted] of rows) it(name, () => expect(isLibraryCode(code)).to.equal(wanted))
})

describe('a pattern of Gatekeeper', () => {
  const rows: [string, string, boolean][] = [['a', 'a', true], ['a', 'ab', false], ['a*', 'ab', true], ['*b', 'ab', true], ['*a*', 'bab', true], ['*', 'x', true], ['a*b', 'axb', false], ['a*b', 'a*b', true]]
  for (const [pattern, name, wanted] of rows) it(`${pattern} and ${name}: ${wanted}`, () => expect(isLike(pattern, name)).to.equal(wanted))
})

describe('what external-ips fix prints for Gatekeeper', () => {
  const OWN = {rego: OWN_REGO}
  const fix = (parameters: object = {}): KubeObject => object('constraints.gatekeeper.sh/v1beta1', 'K121ExternalIPs', 'f', {spec: {enforcementAction: 'deny', match: {kinds: [{apiGroups: [''], kinds: ['Service']}]}, parameters}})
  const both = hook({rules: [SERVICES, STATUS]})
  const rows: [name: string, objects: KubeObject[], spec: string, specGaps: string[], status: string, statusGaps: string[]][] = [
    ['with its template and a webhook for both', [fix(), template(OWN, OWN_KIND), both, endpoints()], 'enforcing', [], 'enforcing', []],
    ['behind a webhook that does not get the status', [fix(), template(OWN, OWN_KIND), ...READY], 'enforcing', [], 'inert', ['no webhook sends services/status to it']],
    ['with ranges that may pass', [fix({allowedCIDRs: ['192.0.2.0/24']}), template(OWN, OWN_KIND), both, endpoints()], 'enforcing', ['lets through 192.0.2.0/24'], 'enforcing', []],
    ['with a controller', [fix({controllers: ['system:serviceaccount:metallb-system:controller']}), template(OWN, OWN_KIND), both, endpoints()], 'enforcing', [], 'enforcing', []],
    ['with somebody who is none', [fix({controllers: ['dev']}), template(OWN, OWN_KIND), both, endpoints()], 'enforcing', [], 'enforcing', ['its controllers let through whatever dev does']],
    ['whose template is another', [fix(), template({rego: `${OWN_REGO}\nis_held(a) { true }`}, OWN_KIND), both, endpoints()], 'unknown', ['its template is not what external-ips fix prints: what it refuses is not known'], 'unknown', ['its template is not what external-ips fix prints: what it refuses is not known']],
    ['whose template is the library\'s', [fix(), template({rego: REGO}, OWN_KIND), both, endpoints()], 'unknown', ['its template is not what external-ips fix prints: what it refuses is not known'], 'unknown', ['its template is not what external-ips fix prints: what it refuses is not known']],
    ['without its template', [fix(), both, endpoints()], 'inert', ['its template is gone'], 'inert', ['its template is gone']],
  ]
  for (const [name, objects, spec, specGaps, status, statusGaps] of rows)
    it(name, async () => {
      const [found] = await blockers(objects)
      expect([found?.spec, found?.status]).to.deep.equal([{state: spec, gaps: specGaps}, {state: status, gaps: statusGaps}])
      expect(found?.object).to.deep.equal({apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: 'K121ExternalIPs', namespace: '', name: 'f'})
    })
})
