import {expect} from 'chai'
import type {Judgement} from '../../../src/admission/engines/blocker.js'
import {admissionPolicyBlockers} from '../../../src/admission/engines/validating-admission-policy.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {DENIES, NAMESPACES, SERVICES, STATUS, binding, inNamespaces, notInNamespaces, policy} from '../../support/admission-objects.js'

const CREATE = {...SERVICES, operations: ['CREATE']}
const UPDATE = {...SERVICES, operations: ['UPDATE']}
const NAMES = 'it matches Services of some names only'
const SELECTOR = 'an objectSelector: whoever writes the Service chooses its labels'

const flagz = (flags: Record<string, string>): Partial<DeclaredCluster> => ({endpoints: {flagz: {apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags}}})
const pod = (name: string, ...flags: string[]): KubeObject => object('v1', 'Pod', `kube-system/${name}`, {
  labels: {component: 'kube-apiserver'}, spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', ...flags]}]}, status: {phase: 'Running'},
})

const version = (gitVersion: string): Partial<DeclaredCluster> => ({endpoints: {version: {apiVersion: 'k121.dev/v1', kind: 'Version', gitVersion} as unknown as KubeObject}})

async function judge(objects: KubeObject[], rest: Partial<DeclaredCluster> = {}): Promise<Judgement | null> {
  const {blockers} = await factOf(admissionPolicyBlockers, {objects: [...NAMESPACES, ...objects], ...rest})
  return blockers[0]?.spec ?? null
}

describe('a ValidatingAdmissionPolicy against spec.externalIPs', () => {
  const rows: [name: string, objects: KubeObject[], state: string, gaps: string[], rest?: Partial<DeclaredCluster>][] = [
    ['bound everywhere', [policy(), binding()], 'enforcing', []],
    ['without a binding', [policy()], 'inert', ['no binding: it does nothing']],
    ['with a binding of another policy', [policy(), binding({policyName: 'q'})], 'inert', ['no binding: it does nothing']],
    ['that only warns and audits', [policy(), binding({actions: ['Warn', 'Audit']})], 'auditing', ['its bindings only warn and audit']],
    ['that warns by one binding and denies by another', [policy(), binding({actions: ['Warn']}), binding()], 'enforcing', []],
    ['that warns everywhere and denies in one namespace', [policy(), binding({actions: ['Warn']}), binding({match: {namespaceSelector: inNamespaces('shop')}})], 'enforcing', ['2 namespaces default, kube-system are left out']],
    ['whose bindings were not read', [policy()], 'unknown', ['its bindings could not be read'], {unread: {validatingadmissionpolicybindings: 'forbidden'}}],
    ['with actions left out, as the first alpha had it', [policy({version: 'v1alpha1'}), binding({version: 'v1alpha1', actions: []})], 'enforcing', ['admissionregistration.k8s.io/v1alpha1 acts only where its feature gate is on']],
    ['with actions left out, which later does nothing', [policy(), binding({actions: []})], 'auditing', ['its bindings only ']],

    ['for some names only', [policy({match: {resourceRules: [{...SERVICES, resourceNames: ['web']}]}}), binding()], 'enforcing', [NAMES]],
    ['for some names on CREATE, for all on UPDATE', [policy({match: {resourceRules: [{...CREATE, resourceNames: ['web']}, UPDATE]}}), binding()], 'enforcing', [NAMES]],
    ['for some names, and for all', [policy({match: {resourceRules: [{...SERVICES, resourceNames: ['web']}, SERVICES]}}), binding()], 'enforcing', []],
    ['for CREATE only', [policy({match: {resourceRules: [CREATE]}}), binding()], 'enforcing', ['UPDATE is not matched']],
    ['for each operation by a rule of its own', [policy({match: {resourceRules: [CREATE, UPDATE]}}), binding()], 'enforcing', []],
    ['that excludes UPDATE', [policy({match: {excludeResourceRules: [UPDATE]}}), binding()], 'enforcing', ['UPDATE is not matched']],
    ['that excludes some names', [policy({match: {excludeResourceRules: [{...SERVICES, resourceNames: ['web']}]}}), binding()], 'enforcing', ['Services of some names are excluded']],
    ['that excludes names of pods', [policy({match: {excludeResourceRules: [{...SERVICES, resources: ['pods'], resourceNames: ['web']}]}}), binding()], 'enforcing', []],
    ['with Exact matching', [policy({match: {matchPolicy: 'Exact'}}), binding()], 'enforcing', []],
    ['with an objectSelector', [policy({match: {objectSelector: {matchLabels: {a: 'b'}}}}), binding()], 'enforcing', [SELECTOR]],
    ['with matchConditions', [policy({spec: {matchConditions: [{name: 'x', expression: 'true'}]}}), binding()], 'enforcing', ['matchConditions leave some requests out']],
    ['that fails open', [policy({spec: {failurePolicy: 'Ignore'}}), binding()], 'enforcing', ['failurePolicy Ignore: an error in the evaluation lets the request through']],
    ['for one namespace', [policy({match: {namespaceSelector: inNamespaces('shop')}}), binding()], 'enforcing', ['2 namespaces default, kube-system are left out']],
    ['that a label takes a namespace out of', [policy({match: {namespaceSelector: {matchExpressions: [{key: 'x', operator: 'DoesNotExist'}]}}}), binding()], 'enforcing', ['a namespace gets past it by its label x']],
    ['whose binding a label takes a namespace out of', [policy(), binding({match: {namespaceSelector: {matchExpressions: [{key: 'x', operator: 'NotIn', values: ['y']}]}}})], 'enforcing', ['a namespace gets past it by its label x']],
    ['for namespaces that are not there', [policy({match: {namespaceSelector: inNamespaces('nowhere')}}), binding()], 'inert', ['it covers no namespace that exists']],
    ['for namespaces, which were not read', [policy({match: {namespaceSelector: notInNamespaces('x')}}), binding()], 'enforcing', ['which namespaces it leaves out is not known'], {unread: {namespaces: 'partial'}}],
    ['with an allow-list', [policy({expressions: ["!has(object.spec.externalIPs) || object.spec.externalIPs.all(ip, ip in ['192.0.2.1'])"]}), binding()], 'enforcing', ['lets through 192.0.2.1']],
    ['with an expression that we do not know', [policy({expressions: ['object.spec.externalIPs.size() < 3']}), binding()], 'unknown', ['its expressions are none that we know: what they refuse is not known']],
    ['with the decision in a variable', [policy({expressions: ['variables.ok'], spec: {variables: [{name: 'ok', expression: DENIES}]}}), binding()], 'unknown', ['its expressions are none that we know: what they refuse is not known']],
    ['with one that we know beside one that we do not', [policy({expressions: ['object.spec.externalIPs.size() < 3', DENIES]}), binding()], 'enforcing', []],

    ['whose binding has names', [policy(), binding({match: {resourceRules: [{...SERVICES, resourceNames: ['web']}]}})], 'enforcing', [NAMES]],
    ['whose binding has CREATE', [policy(), binding({match: {resourceRules: [CREATE]}})], 'enforcing', ['UPDATE is not matched']],
    ['whose binding has other resources', [policy(), binding({match: {resourceRules: [{...SERVICES, resources: ['pods']}]}})], 'inert', ['no binding matches Services']],
    ['whose binding only excludes: CREATE', [policy(), binding({match: {excludeResourceRules: [CREATE]}})], 'enforcing', ['CREATE is not matched']],
    ['whose binding only excludes: everything', [policy(), binding({match: {excludeResourceRules: [SERVICES]}})], 'inert', ['no binding matches Services']],
    ['whose binding only excludes: some names', [policy(), binding({match: {excludeResourceRules: [{...SERVICES, resourceNames: ['web']}]}})], 'enforcing', ['Services of some names are excluded']],
    ['whose binding has what the policy has not', [policy({match: {resourceRules: [CREATE]}}), binding({match: {resourceRules: [UPDATE]}})], 'inert', ['no binding matches Services']],
    ['whose binding has an objectSelector', [policy(), binding({match: {objectSelector: {matchLabels: {a: 'b'}}}})], 'enforcing', [SELECTOR]],
    ['whose binding may lack parameters', [policy({spec: {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}), binding({spec: {paramRef: {name: 'x', parameterNotFoundAction: 'Allow'}}})], 'enforcing', ['parameterNotFoundAction Allow: without its parameters it refuses nothing']],
    ['whose binding must have parameters', [policy({spec: {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}), binding({spec: {paramRef: {name: 'x', parameterNotFoundAction: 'Deny'}}})], 'enforcing', []],

    ['by two bindings that share the namespaces', [policy(), binding({match: {namespaceSelector: inNamespaces('shop')}}), binding({match: {namespaceSelector: notInNamespaces('shop')}})], 'enforcing', []],
    ['by two bindings that share the operations', [policy(), binding({match: {resourceRules: [CREATE]}}), binding({match: {resourceRules: [UPDATE]}})], 'enforcing', []],
    ['by two bindings: CREATE everywhere, all of it in one namespace', [policy(), binding({match: {resourceRules: [CREATE]}}), binding({match: {namespaceSelector: inNamespaces('shop')}})], 'enforcing', ['UPDATE: 2 namespaces default, kube-system are left out']],
    ['by two bindings: labels here, namespaces there', [policy(), binding({match: {objectSelector: {matchLabels: {a: 'b'}}}}), binding({match: {namespaceSelector: inNamespaces('shop')}})], 'enforcing', [SELECTOR]],
    ['by two bindings: no parameters here, one namespace there', [policy({spec: {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}), binding({spec: {paramRef: {name: 'x', parameterNotFoundAction: 'Allow'}}}), binding({match: {namespaceSelector: inNamespaces('shop')}})], 'enforcing', ['parameterNotFoundAction Allow: without its parameters it refuses nothing']],

    ['that judges who asks', [policy({expressions: ['request.userInfo.username == "root"']}), binding()], 'unknown', ['its expressions are none that we know: what they refuse is not known']],
    ['that judges who asks besides', [policy({expressions: ['request.userInfo.username == "root"', DENIES]}), binding()], 'enforcing', []],
    ['of a version that this server does not serve yet', [policy(), binding()], 'enforcing', ['admissionregistration.k8s.io/v1 has policies from 1.30 on'], version('v1.29.4')],
    ['of the version that it serves', [policy(), binding()], 'enforcing', [], version('v1.30.0')],
    ['whose plugin is off', [policy(), binding()], 'inert', ['the API server has ValidatingAdmissionPolicy switched off'], flagz({'disable-admission-plugins': '[ValidatingAdmissionPolicy]'})],
    ['whose plugin the older flag leaves out', [policy(), binding()], 'inert', ['the API server has ValidatingAdmissionPolicy switched off'], flagz({'admission-control': '[NodeRestriction]'})],
    ['whose plugin is off on one of two', [policy(), binding(), pod('a'), pod('b', '--disable-admission-plugins=ValidatingAdmissionPolicy')], 'enforcing', ['an API server has ValidatingAdmissionPolicy switched off']],
  ]
  for (const [name, objects, state, gaps, rest] of rows) it(name, async () => expect(await judge(objects, rest)).to.deep.equal({state, gaps}))

  const none: [name: string, objects: KubeObject[]][] = [
    ['rules for cluster-scoped objects', [policy({match: {resourceRules: [{...SERVICES, scope: 'Cluster'}]}}), binding()]],
    ['rules for pods', [policy({match: {resourceRules: [{...SERVICES, resources: ['pods']}]}}), binding()]],
    ['no rules', [policy({match: {resourceRules: []}}), binding()]],
    ['everything excluded', [policy({match: {excludeResourceRules: [{...SERVICES, operations: ['*'], resources: ['*/*']}]}}), binding()]],
    ['another field', [policy({expressions: ['has(object.spec.type)']}), binding()]],
    ['who asks, about everything', [policy({expressions: ['request.userInfo.username == "root"'], match: {resourceRules: [{...SERVICES, resources: ['*']}]}}), binding()]],
  ]
  for (const [name, objects] of none) it(`is none of ours: ${name}`, async () => expect(await judge(objects)).to.equal(null))
})

describe('a ValidatingAdmissionPolicy against the status', () => {
  const STATUS_DENIES = '!has(object.status.loadBalancer) || !has(object.status.loadBalancer.ingress)'
  const judgeStatus = async (objects: KubeObject[]): Promise<unknown> => (await factOf(admissionPolicyBlockers, {objects: [...NAMESPACES, ...objects]})).blockers[0]

  it('refuses, and says nothing about the other road', async () => {
    const found = await judgeStatus([policy({expressions: [STATUS_DENIES], match: {resourceRules: [STATUS]}}), binding()])
    expect(found).to.deep.equal({engine: 'ValidatingAdmissionPolicy', name: 'p', spec: null, status: {state: 'enforcing', gaps: []}})
  })

  it('has no gap for creations, which drop the status', async () => {
    const found = await judgeStatus([policy({expressions: [STATUS_DENIES], match: {resourceRules: [{...SERVICES, operations: ['*'], resources: ['services/*']}]}}), binding({match: {resourceRules: [STATUS]}})])
    expect(found).to.nested.include({'status.state': 'enforcing'})
    expect(found).to.have.nested.property('status.gaps').that.deep.equals([])
  })

  it('that judges who asks may refuse, and what is not known', async () => {
    const WHO = ['request.userInfo.username in ["system:serviceaccount:metallb-system:controller"]']
    for (const resources of [['services/status'], ['services/*'], ['*/status'], ['pods', 'services/status']])
      expect(await judgeStatus([policy({expressions: WHO, match: {resourceRules: [{...STATUS, resources}]}}), binding()])).to.deep.equal({
        engine: 'ValidatingAdmissionPolicy', name: 'p', spec: null, status: {state: 'unknown', gaps: ['its expressions are none that we know: what they refuse is not known']},
      })
    expect(await judgeStatus([policy({expressions: WHO, match: {resourceRules: [{...STATUS, resources: ['*/*']}]}}), binding()])).to.equal(undefined)
    expect(await judgeStatus([policy({expressions: ['object.spec.type != "NodePort"', ...WHO], match: {resourceRules: [STATUS]}}), binding()])).to.have.nested.property('status.state', 'unknown')
  })

  it('that only looks at the other field does nothing here', async () => {
    const found = await judgeStatus([policy({match: {resourceRules: [SERVICES, STATUS]}}), binding()])
    expect(found).to.deep.include({status: null})
  })

  it('does not look at the status by a rule for Services alone', async () => {
    expect(await judgeStatus([policy({expressions: [STATUS_DENIES]}), binding()])).to.equal(undefined)
  })
})
