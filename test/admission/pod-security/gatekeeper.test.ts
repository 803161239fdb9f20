import {expect} from 'chai'
import {gatekeeperPodGuards} from '../../../src/admission/pod-security/gatekeeper.js'
import {constraintGuards, withPairs} from '../../../src/admission/pod-security/gatekeeper-guards.js'
import type {World} from '../../../src/admission/pod-security/gatekeeper-guards.js'
import {REGO as EXTERNAL_IPS} from '../../../src/admission/external-ip-fix/gatekeeper-rego.js'
import {podConstraintOf} from '../../../src/admission/pod-security/gatekeeper-constraint.js'
import {FORMS} from '../../../src/admission/pod-security/gatekeeper-forms.js'
import type {Form} from '../../../src/admission/pod-security/gatekeeper-forms.js'
import type {KnownCode} from '../../../src/admission/pod-security/gatekeeper-content.js'
import {POD_OPERATIONS} from '../../../src/admission/pod-security/pod-guard.js'
import type {PodGuard} from '../../../src/admission/pod-security/pod-guard.js'
import {refuserFor} from '../../../src/admission/pod-security/pod-reach.js'
import {podRequestsOf} from '../../../src/admission/pod-security/pod-requests.js'
import {defineFact} from '../../../src/audit/fact.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {ControlId} from '../../../src/pod-security/control.js'
import {CONTROLS} from '../../../src/pod-security/control.js'
import {POD_CONSTRAINT_KEYS, RESOURCES} from '../../../src/kube/resources.js'
import {kindOf, regoOf} from '../../../src/pod-security/rego/template.js'
import type {DeclaredCluster} from '../../support/declared-source.js'
import {factOf, object} from '../../support/declared-facts.js'
import {NAMESPACES, endpoints, inNamespaces, webhook} from '../../support/admission-objects.js'

const NAMES = ['default', 'kube-system', 'shop', 'later']
const LABELS: Readonly<Record<string, Record<string, string>>> = {shop: {team: 'a'}}

interface Plain {
  name: string
  action: string
  controls: Record<string, readonly string[]> | null
  sees: string
  in: string
  gaps: readonly string[]
}

function plain({name, action, controls, sees, isIn, gaps}: PodGuard): Plain {
  return {
    name, action, gaps, controls: controls === null ? null : Object.fromEntries(controls), sees: POD_OPERATIONS.filter(operation => sees(operation)).join(' '),
    in: isIn === null ? 'all' : NAMES.filter(one => isIn(one, {'kubernetes.io/metadata.name': one, ...LABELS[one]})).join(' '),
  }
}

/** Functions compare as what they answer. */
const plainGuards = defineFact({
  id: 'plain-gatekeeper', reads: [], needs: [gatekeeperPodGuards],
  create: context => ({
    end() {
      const {guards, inert, unread = []} = context.fact(gatekeeperPodGuards)
      return {guards: guards.map(plain), inert: inert.map(({name, why}) => `${name}: ${why}`), unread: unread.map(({row}) => row)}
    },
  }),
})

const ALL = {apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*', 'pods/ephemeralcontainers', 'pods/resize']}
const hook = (rest: object = {}): KubeObject => webhook('validation.gatekeeper.sh', {rules: [ALL], ...rest})
const ownTemplate = (control: ControlId, target: object = {rego: regoOf(control)}): KubeObject => templateOf(kindOf(control), target)
function templateOf(kind: string, target: object): KubeObject {
  return object('templates.gatekeeper.sh/v1', 'ConstraintTemplate', kind.toLowerCase(), {spec: {crd: {spec: {names: {kind}}}, targets: [{target: 'admission.k8s.gatekeeper.sh', ...target}]}})
}
const PODS = {kinds: [{apiGroups: [''], kinds: ['Pod']}]}
const constraint = (spec: object = {}, kind = kindOf('privileged')): KubeObject => object('constraints.gatekeeper.sh/v1beta1', kind, 'c', {spec: {match: PODS, ...spec}})
const matching = (match: object): KubeObject => constraint({match: {...PODS, ...match}})
const scoped = (action: string, ...points: string[]): KubeObject => constraint({enforcementAction: 'scoped', scopedEnforcementActions: [{action, enforcementPoints: points.map(name => ({name}))}]})
const config = (match: object[]): KubeObject => object('config.gatekeeper.sh/v1alpha1', 'Config', 'gatekeeper-system/config', {spec: {match}})
const expansion = (name: string, groups: string[], kinds: string[], {source = 'spec.template', to = 'Pod', action}: {source?: string; to?: string; action?: string} = {}): KubeObject =>
  object('expansion.gatekeeper.sh/v1beta1', 'ExpansionTemplate', name, {spec: {applyTo: [{groups, versions: ['v1'], kinds}], templateSource: source, generatedGVK: {group: to === 'Pod' ? '' : 'batch', version: 'v1', kind: to}, ...(action === undefined ? {} : {enforcementAction: action})}})
const EXPANSIONS = [expansion('apps', ['apps'], ['Deployment', 'StatefulSet', 'DaemonSet']), expansion('jobs', ['batch'], ['Job']), expansion('cronjobs', ['batch'], ['CronJob'], {source: 'spec.jobTemplate', to: 'Job'})]

const WORLD = [...NAMESPACES, hook(), endpoints()]
const GOOD = [ownTemplate('privileged'), ...WORLD]

async function guardsIn(objects: readonly KubeObject[], rest: Partial<DeclaredCluster> = {}): Promise<{guards: Plain[]; inert: string[]; unread: string[]}> {
  return factOf(plainGuards, {objects, ...rest})
}

const PODS_ONLY = 'create update ephemeralcontainers resize'
const NAME = 'K121Privileged/c'
const WHOLE: Plain = {name: NAME, action: 'refused', controls: {privileged: []}, sees: PODS_ONLY, in: 'all', gaps: []}

describe('a constraint of a Gatekeeper template that is known', () => {
  const rows: [name: string, objects: KubeObject[], wanted: Partial<Plain>][] = [
    ['refuses', [constraint(), ...GOOD], {}],
    ['matches everything', [constraint({match: {}}), ...GOOD], {}],
    ['warns', [constraint({enforcementAction: 'warn'}), ...GOOD], {action: 'warned'}],
    ['only audits', [constraint({enforcementAction: 'dryrun'}), ...GOOD], {action: 'audited'}],
    ['refuses at the webhook', [scoped('deny', 'validation.gatekeeper.sh'), ...GOOD], {}],
    ['refuses everywhere', [scoped('deny', '*'), ...GOOD], {}],
    ['warns at the webhook', [scoped('warn', 'audit.gatekeeper.sh', 'validation.gatekeeper.sh'), ...GOOD], {action: 'warned'}],
    ['is for some namespaces', [matching({namespaces: ['shop', 'kube-*']}), ...GOOD], {in: 'kube-system shop'}],
    ['leaves some out', [matching({excludedNamespaces: ['kube-system']}), ...GOOD], {in: 'default shop later'}],
    ['selects by label', [matching({namespaceSelector: {matchLabels: {team: 'a'}}}), ...GOOD], {in: 'shop', gaps: ['a namespace gets past it without its label team']}],
    ['leaves out by label', [matching({namespaceSelector: {matchExpressions: [{key: 'open', operator: 'DoesNotExist'}]}}), ...GOOD], {in: 'default kube-system shop later', gaps: ['a namespace gets past it by its label open']}],
    ['has what the Config leaves out', [config([{excludedNamespaces: ['shop'], processes: ['webhook']}]), constraint(), ...GOOD], {in: 'default kube-system later'}],
    ['has what the Config leaves out of audits', [config([{excludedNamespaces: ['shop'], processes: ['audit']}]), constraint(), ...GOOD], {}],
    ['chooses pods by label', [matching({labelSelector: {matchLabels: {a: 'b'}}}), ...GOOD], {controls: {privileged: ['pods that its labelSelector leaves out: whoever writes the pod chooses its labels']}}],
    ['chooses pods by name', [matching({name: 'a-*'}), ...GOOD], {controls: {privileged: ['pods of other names than it matches']}}],
    ['has a field of tomorrow', [matching({unless: []}), ...GOOD], {controls: {privileged: ['what match.unless leaves out, which is not known']}}],
    ['sees what its webhook is sent', [constraint(), ownTemplate('privileged'), ...NAMESPACES, hook({rules: [{...ALL, operations: ['CREATE'], resources: ['pods']}]}), endpoints()], {sees: 'create'}],
    ['is where its webhook is', [matching({excludedNamespaces: ['default']}), ownTemplate('privileged'), ...NAMESPACES, hook({namespaceSelector: inNamespaces('shop', 'default')}), endpoints()], {in: 'shop'}],
    ['fails open', [constraint(), ownTemplate('privileged'), ...NAMESPACES, hook({failurePolicy: 'Ignore'}), endpoints()], {gaps: ['failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through']}],
    ['is limited to creations by its template', [constraint(), ownTemplate('privileged', {rego: regoOf('privileged'), operations: ['CREATE']}), ...WORLD], {sees: 'create'}],
    ['has its code in the newer form', [constraint(), ownTemplate('privileged', {code: [{engine: 'Rego', source: {rego: `# a comment\n${regoOf('privileged')}\n`}}]}), ...WORLD], {}],
    ['judges workloads that are expanded', [constraint(), ...EXPANSIONS, ...GOOD], {sees: `${PODS_ONLY} workload`}],
    ['judges CronJobs in one step', [constraint(), ...EXPANSIONS.slice(0, 2), expansion('cron', ['batch'], ['CronJob'], {source: 'spec.jobTemplate.spec.template'}), ...GOOD], {sees: `${PODS_ONLY} workload`}],
    ['judges workloads only where all are expanded', [constraint(), ...EXPANSIONS.slice(0, 2), ...GOOD], {}],
    ['judges no workload by another part of it', [constraint(), ...EXPANSIONS.slice(0, 2), expansion('cron', ['batch'], ['CronJob'], {source: 'spec.jobTemplate.spec'}), ...GOOD], {}],
    ['judges pods alone', [matching({source: 'Original'}), ...EXPANSIONS, ...GOOD], {}],
    ['judges workloads alone', [matching({source: 'Generated'}), ...EXPANSIONS, ...GOOD], {sees: 'workload'}],
    ['keeps an action of the expansion that is its own', [constraint(), ...EXPANSIONS.slice(1), expansion('apps', ['apps'], ['Deployment', 'StatefulSet', 'DaemonSet'], {action: 'deny'}), ...GOOD], {sees: `${PODS_ONLY} workload`}],
    ['is another template than it was', [constraint(), ownTemplate('privileged', {rego: regoOf('privileged').replace('privileged == true', 'privileged == "x"')}), ...WORLD], {controls: null}],
    ['has one code more', [constraint(), ownTemplate('privileged', {rego: regoOf('privileged'), code: [{engine: 'K8sNativeValidation', source: {validations: [{expression: 'true'}]}}]}), ...WORLD], {controls: null}],
    ['has a code of another engine', [constraint(), ownTemplate('privileged', {code: [{engine: 'Cedar', source: {}}]}), ...WORLD], {controls: null}],
    ['is of another target', [constraint(), ownTemplate('privileged', {rego: regoOf('privileged'), target: 'other'}), ...WORLD], {controls: null}],
  ]
  for (const [name, objects, wanted] of rows)
    it(name, async () => expect(await guardsIn(objects)).to.deep.equal({guards: [{...WHOLE, ...wanted}], inert: [], unread: []}))

  it('is two guards where an expansion has an action of its own', async () => {
    const {guards} = await guardsIn([constraint(), ...EXPANSIONS.map(one => ({...one, spec: {...(one['spec'] as object), enforcementAction: 'warn'}}) as unknown as KubeObject), ...GOOD])
    expect(guards).to.deep.equal([WHOLE, {...WHOLE, action: 'warned', sees: 'workload'}])
  })

  it('refuses nothing for sure where the Config was not read', async () =>
    expect((await guardsIn([constraint(), ...GOOD], {unread: {gatekeeperconfigs: 'forbidden'}})).guards).to.deep.equal([{...WHOLE, controls: {privileged: ['its Config, which may leave out namespaces, was not read']}}]))

  it('is not known where no template could be read', async () => {
    const {guards, unread} = await guardsIn([constraint(), ...GOOD], {unread: {constrainttemplates: 'forbidden', k8spspprocmount: 'forbidden'}})
    expect(guards).to.deep.equal([{...WHOLE, controls: null}])
    expect(unread).to.deep.equal(['constrainttemplates'])
  })

  it('may be there where its row could not be read', async () =>
    expect(await guardsIn(GOOD, {unread: {k121privileged: 'forbidden', k121hostports: 'forbidden'}})).to.deep.equal({guards: [], inert: [], unread: ['k121privileged']}))

  it('may be asked anything where no webhook could be read', async () =>
    expect((await guardsIn([constraint(), ...GOOD], {unread: {validatingwebhookconfigurations: 'forbidden'}})).guards.map(({controls}) => controls)).to.deep.equal([{privileged: ['webhook configurations could not be read']}]))

  it('has the rules of today, which an older server has not', async () => {
    const version = {apiVersion: 'k121.dev/v1', kind: 'Version', gitVersion: 'v1.30.2', major: '1', minor: '30'} as unknown as KubeObject
    const {guards} = await guardsIn([constraint({}, kindOf('sysctls')), ownTemplate('sysctls'), ...WORLD], {endpoints: {version}})
    expect(guards[0]?.controls).to.deep.equal({sysctls: ['what the Standards allow since 1.37: it has the rules of 1.37']})
  })
})

describe('a constraint of Gatekeeper that does nothing to pods', () => {
  const rows: [name: string, objects: KubeObject[], why: string][] = [
    ['matches other kinds', [constraint({match: {kinds: [{apiGroups: ['apps'], kinds: ['Deployment']}]}}), ...GOOD], 'it does not match Pods'],
    ['matches other scopes', [matching({scope: 'Cluster'}), ...GOOD], 'it matches cluster-scoped objects only'],
    ['has an unknown action', [constraint({enforcementAction: 'Deny'}), ...GOOD], 'its enforcementAction Deny is none that Gatekeeper knows'],
    ['acts in audits', [scoped('deny', 'audit.gatekeeper.sh'), ...GOOD], 'its scoped actions name nothing at admission'],
    ['acts by a policy of the API server', [scoped('deny', 'vap.k8s.io', 'audit.gatekeeper.sh'), ...GOOD], 'it acts by the ValidatingAdmissionPolicy that Gatekeeper makes of it'],
    ['has no template', [constraint(), ...WORLD], 'its template is gone'],
    ['has no webhook', [constraint(), ownTemplate('privileged'), ...NAMESPACES], 'no webhook sends pods to it'],
    ['has nobody behind its webhook', [constraint(), ownTemplate('privileged'), ...NAMESPACES, hook({failurePolicy: 'Ignore'}), endpoints(false)], 'its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now'],
  ]
  for (const [name, objects, why] of rows)
    it(name, async () => expect(await guardsIn(objects)).to.deep.equal({guards: [], inert: [`${NAME}: ${why}`], unread: []}))
})

describe('a Gatekeeper template that is not known', () => {
  const foreign = templateOf('ShopRules', {rego: 'package shop'})
  it('may judge whatever the webhook sends', async () =>
    expect((await guardsIn([foreign, ...WORLD])).guards).to.deep.equal([{...WHOLE, name: 'shoprules', controls: null, sees: `${PODS_ONLY} workload`}]))
  it('is not what external-ips fix prints', async () => expect((await guardsIn([templateOf('K121ExternalIPs', {code: [{engine: 'Rego', source: {rego: EXTERNAL_IPS}}]}), ...WORLD])).guards).to.deep.equal([]))
  it('judges nothing without a webhook', async () => expect((await guardsIn([foreign, ...NAMESPACES])).guards).to.deep.equal([]))
})

it('the rows of our own constraints are those that explain --rego prints', () => {
  const own = POD_CONSTRAINT_KEYS.map(key => RESOURCES[key].kind).filter(kind => kind.startsWith('K121'))
  expect(own.sort()).to.deep.equal(CONTROLS.map(kindOf).sort())
})

describe('constraints of the library\'s templates', () => {
  const code = (form: Form, rest: Partial<KnownCode> = {}): KnownCode => ({enforced: FORMS[form], seesEphemeral: true, seesUpdates: true, hasExemptions: true, ...rest})
  const requests = podRequestsOf(37)

  function guardsOf(kind: string, codes: readonly KnownCode[], spec: object = {}): PodGuard[] {
    const world: World = {
      templates: new Map([[kind, {name: kind.toLowerCase(), kind, codes, operations: []}]]), areTemplatesWhole: true, requests, excludedByConfig: [], configGap: [], expansions: [], minor: 37,
      reach: {state: 'calls', gaps: [], refusers: [refuserFor(() => true)]},
    }
    return constraintGuards(podConstraintOf(constraint(spec, kind)), world)
  }

  const rows: [name: string, codes: KnownCode[], sees: string, blind: string | undefined][] = [
    ['look at everything', [code('privileged')], PODS_ONLY, undefined],
    ['stop at updates', [code('privileged', {seesUpdates: false})], 'create', 'the code of its template stops at every UPDATE'],
    ['do not look at ephemeral containers', [code('privileged', {seesEphemeral: false})], 'create update resize', 'the code of its template does not look at ephemeral containers'],
    ['see what all of their codes see', [code('privileged'), code('privileged', {seesUpdates: false})], 'create', 'the code of its template stops at every UPDATE'],
  ]
  for (const [name, codes, sees, blind] of rows)
    it(name, () => {
      const [guard] = guardsOf('K8sPSPPrivilegedContainer', codes)
      expect(plain(guard!)).to.deep.equal({...WHOLE, name: 'K8sPSPPrivilegedContainer/c', sees})
      expect(guard?.blind?.ephemeralcontainers).to.equal(blind)
    })

  it('are whole in twos where each has half of a control', () => {
    const one = guardsOf('K8sPSPHostNamespace', [code('host-namespaces', {seesUpdates: false})])
    const other = guardsOf('K8sPSPHostNetworkingPorts', [code('host-ports')], {match: {...PODS, excludedNamespaces: ['shop']}})
    const found = withPairs([...one, ...other])
    expect(found).to.have.lengthOf(3)
    expect(plain(found[2]!)).to.deep.equal({...WHOLE, name: 'K8sPSPHostNamespace/c with K8sPSPHostNetworkingPorts/c', controls: {hostNamespaces: []}, sees: 'create', in: 'default kube-system later'})
    expect(withPairs([...one, ...guardsOf('K8sPSPHostNetworkingPorts', [code('host-ports')], {enforcementAction: 'warn'})])).to.have.lengthOf(2)
  })
})
