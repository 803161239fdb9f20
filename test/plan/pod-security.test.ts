import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import type {NamespacePlan} from '../../src/plan/pod-security/plan.js'
import {LABEL_PREFIX} from '../../src/pod-security/labels.js'
import {asSnapshot} from '../support/as-snapshot.js'
import {declaredSource} from '../support/declared-source.js'
import {object} from '../support/declared-facts.js'
import {barePod, deployment, labelled, namespaceIn, planFrom, planOf, podOfReplicaSet, stepTexts} from '../support/pod-security-plans.js'
import {sampleObjects} from '../pod-security/sample-workloads.js'

const NAMES = 'shop'

interface Row {
  name: string
  labels?: Readonly<Record<string, string>>
  objects: readonly KubeObject[]
  minor?: number
  target?: number
  fits: NamespacePlan['fits']
  enforceable: NamespacePlan['enforceable']
  aim: NamespacePlan['aim']
  steps: readonly string[]
}

describe('the plan for a namespace', () => {
  const rows: readonly Row[] = [
    {
      name: 'everything fits the strictest level', objects: [deployment('shop/web', 'fine')], fits: 'restricted', enforceable: 'restricted', aim: null,
      steps: ['observe restricted latest', 'enforce restricted v1.30', 'pin restricted v1.37 (upgrade)'],
    },
    {
      name: 'baseline fits, and a patch lifts the rest', objects: [deployment('shop/web', 'silent'), deployment('shop/api', 'fine')], fits: 'baseline', enforceable: 'baseline', aim: 'restricted',
      steps: ['observe restricted latest', 'enforce baseline v1.30', 'pin baseline v1.37 (upgrade)', 'raise restricted v1.37 (fixes) (upgrade)'],
    },
    {
      name: 'a patch lifts it to baseline', objects: [deployment('shop/web', 'port')], fits: 'privileged', enforceable: 'privileged', aim: 'baseline',
      steps: ['observe baseline latest', 'raise baseline v1.37 (fixes) (upgrade)'],
    },
    {
      name: 'no patch lifts it', objects: [deployment('shop/logs', 'path')], fits: 'privileged', enforceable: 'privileged', aim: 'baseline',
      steps: ['observe baseline latest'],
    },
    {
      name: 'one of two is not lifted by a patch', objects: [deployment('shop/logs', 'path'), deployment('shop/web', 'port')], fits: 'privileged', enforceable: 'privileged', aim: 'baseline',
      steps: ['observe baseline latest'],
    },
    {
      name: 'a pod of nobody, which must be created anew', objects: [barePod('shop/shell', 'port')], fits: 'privileged', enforceable: 'privileged', aim: 'baseline',
      steps: ['observe baseline latest'],
    },
    {
      name: 'without an upgrade', minor: 37, objects: [deployment('shop/web', 'silent')], fits: 'baseline', enforceable: 'baseline', aim: 'restricted',
      steps: ['observe restricted latest', 'enforce baseline v1.37', 'raise restricted v1.37 (fixes)'],
    },
    {
      name: 'what a later version refuses: the pin holds until it is fixed', objects: [deployment('shop/web', 'probe')], fits: 'privileged', enforceable: 'restricted', aim: 'restricted',
      steps: ['observe restricted latest', 'enforce restricted v1.30', 'pin restricted v1.37 (fixes) (upgrade)'],
    },
    {
      name: 'the same before that version', target: 33, objects: [deployment('shop/web', 'probe')], fits: 'restricted', enforceable: 'restricted', aim: null,
      steps: ['observe restricted latest', 'enforce restricted v1.30', 'pin restricted v1.33 (upgrade)'],
    },
    {
      name: 'what only a later version allows: the upgrade is the fix', objects: [deployment('shop/web', 'newSysctl')], fits: 'restricted', enforceable: 'privileged', aim: 'baseline',
      steps: ['observe baseline latest', 'raise baseline v1.37 (upgrade)'],
    },
    {
      name: 'an enforced level without a version is pinned', labels: {enforce: 'baseline', warn: 'restricted', audit: 'restricted'}, objects: [deployment('shop/web', 'silent')], fits: 'baseline', enforceable: 'baseline', aim: 'restricted',
      steps: ['enforce baseline v1.30', 'pin baseline v1.37 (upgrade)', 'raise restricted v1.37 (fixes) (upgrade)'],
    },
    {
      name: 'an old pin is raised', labels: {enforce: 'restricted', 'enforce-version': 'v1.24', warn: 'restricted', audit: 'restricted'}, objects: [deployment('shop/web', 'fine')], fits: 'restricted', enforceable: 'restricted', aim: null,
      steps: ['enforce restricted v1.30', 'pin restricted v1.37 (upgrade)'],
    },
    {
      name: 'a pin that is newer than the server stays', labels: {enforce: 'restricted', 'enforce-version': 'v1.40', warn: 'restricted', audit: 'restricted'}, objects: [deployment('shop/web', 'fine')], fits: 'restricted', enforceable: 'restricted', aim: null,
      steps: [],
    },
    {
      name: 'a level that what is there fails is neither lowered nor pinned anew before the fixes', labels: {enforce: 'restricted'}, objects: [deployment('shop/web', 'silent')], fits: 'baseline', enforceable: 'baseline', aim: 'restricted',
      steps: ['observe restricted latest', 'pin restricted v1.37 (fixes) (upgrade)'],
    },
    {
      name: 'a level that what is there fails for good', labels: {enforce: 'baseline'}, objects: [deployment('shop/logs', 'path')], fits: 'privileged', enforceable: 'privileged', aim: 'baseline',
      steps: ['observe baseline latest'],
    },
    {
      name: 'stricter warnings stay', labels: {warn: 'restricted', 'warn-version': 'v1.25'}, objects: [deployment('shop/web', 'port')], fits: 'privileged', enforceable: 'privileged', aim: 'baseline',
      steps: ['observe baseline latest', 'raise baseline v1.37 (fixes) (upgrade)'],
    },
    {
      name: 'nothing is there', objects: [], fits: 'restricted', enforceable: 'restricted', aim: null,
      steps: ['observe restricted latest', 'enforce restricted v1.30', 'pin restricted v1.37 (upgrade)'],
    },
    {
      name: 'pods count as templates do', objects: [deployment('shop/web', 'fine'), barePod('shop/shell', 'silent')], fits: 'baseline', enforceable: 'baseline', aim: 'restricted',
      steps: ['observe restricted latest', 'enforce baseline v1.30', 'pin baseline v1.37 (upgrade)'],
    },
  ]
  for (const {name, labels = {}, objects, minor = 30, target = 37, fits, enforceable, aim, steps} of rows)
    it(name, async () => {
      const plan = await planOf({minor, objects: [labelled(NAMES, labels), ...objects]}, {target})
      const namespace = namespaceIn(plan, NAMES)
      expect({fits: namespace.fits, enforceable: namespace.enforceable, aim: namespace.aim, steps: stepTexts(namespace)}).to.deep.equal({fits, enforceable, aim, steps})
    })

  it('each step starts from what the one before leaves', async () => {
    const own = {enforce: 'privileged', 'enforce-version': 'latest', 'warn-version': 'v1.25'}
    const {steps} = namespaceIn(await planOf({objects: [labelled(NAMES, own), deployment('shop/web', 'silent')]}), NAMES)
    const labels: Record<string, string | null> = Object.fromEntries(Object.entries(own).map(([key, value]) => [LABEL_PREFIX + key, value]))
    for (const {changes} of steps)
      for (const {label, from, to} of changes) {
        expect(labels[label] ?? null, label).to.equal(from)
        expect(to).not.to.equal(from)
        labels[label] = to
      }
    expect(steps).to.have.length(4)
    expect(labels).to.deep.equal(Object.fromEntries(Object.entries({
      enforce: 'restricted', 'enforce-version': 'v1.37', warn: 'restricted', 'warn-version': 'latest', audit: 'restricted', 'audit-version': 'latest',
    }).map(([key, value]) => [LABEL_PREFIX + key, value])))
  })
})

describe('namespaces in which no label is planned', () => {
  const rows: readonly {name: string; namespace: KubeObject; more?: readonly KubeObject[]; by: string | null; why?: RegExp}[] = [
    {name: 'Kubernetes\' own', namespace: labelled('kube-system'), by: 'owner', why: /^Kubernetes$/},
    {name: 'a provider\'s, by its start', namespace: labelled('gke-managed-cim'), by: 'owner', why: /^GKE$/},
    {name: 'a provider\'s, by its label', namespace: labelled('gatekeeper-system', {}, {'kubernetes.azure.com/managedby': 'aks'}), by: 'owner', why: /^AKS$/},
    {name: 'one that the addon manager reconciles', namespace: labelled('addons', {}, {'addonmanager.kubernetes.io/mode': 'Reconcile'}), by: 'owner'},
    {name: 'one that it made once', namespace: labelled('addons', {}, {'addonmanager.kubernetes.io/mode': 'EnsureExists'}), by: null},
    {name: 'one that begins as a provider\'s', namespace: labelled('cattle'), by: null},
    {name: 'one with labels by OpenShift\'s controller', namespace: labelled('shop', {}, {'security.openshift.io/scc.podSecurityLabelSync': 'true'}), by: 'label-sync'},
    {name: 'any on OpenShift', namespace: labelled('shop'), more: [object('config.openshift.io/v1', 'Network', 'cluster')], by: 'label-sync'},
    {name: 'one that OpenShift\'s controller leaves', namespace: labelled('shop', {}, {'security.openshift.io/scc.podSecurityLabelSync': 'false'}), more: [object('config.openshift.io/v1', 'Network', 'cluster')], by: null},
    {name: 'one that OpenShift\'s controller never writes', namespace: labelled('default', {}, {'security.openshift.io/scc.podSecurityLabelSync': 'true'}), more: [object('config.openshift.io/v1', 'Network', 'cluster')], by: null},
    {name: 'a value that could not be put back', namespace: labelled('shop', {enforce: 'Baseline'}), by: 'invalid', why: /enforce=Baseline is invalid/},
    {name: 'a label that does nothing', namespace: labelled('shop', {enforced: 'baseline'}), by: null},
    {name: 'a name that no namespace can have', namespace: labelled('shop; rm -rf ~'), by: 'unseen', why: /no namespace can have this name/},
  ]
  for (const {name, namespace, more = [], by, why} of rows)
    it(name, async () => {
      const [found] = (await planOf({objects: [namespace, ...more]})).namespaces
      expect([found?.held?.by ?? null, found?.steps.length === 0]).to.deep.equal([by, by !== null])
      if (why !== undefined) expect(found?.held?.why).to.match(why)
    })

  it('one that only its workloads name', async () => {
    const found = namespaceIn(await planOf({objects: [deployment('shop/web', 'silent')]}), 'shop')
    expect([found.held?.by, found.today, found.fits, found.aim, found.toFix, found.steps]).to.deep.equal(['unseen', null, 'baseline', 'restricted', 1, []])
  })

  it('an exempt one', async () => {
    const config = {apiVersion: 'k121.dev/v1', kind: 'AdmissionConfig', file: 'psa.yaml', document: {apiVersion: 'pod-security.admission.config.k8s.io/v1', kind: 'PodSecurityConfiguration', exemptions: {namespaces: ['shop'], runtimeClasses: ['kata']}}}
    const plan = await planOf({objects: [labelled('shop'), labelled('bank'), deployment('bank/vm', 'path', {runtimeClassName: 'kata'})], endpoints: {'admission-config': config}})
    expect(namespaceIn(plan, 'shop').held?.by).to.equal('exempt')
    // Pods of an exempt runtime class are not judged.
    expect([namespaceIn(plan, 'bank').fits, namespaceIn(plan, 'bank').enforceable]).to.deep.equal(['privileged', 'restricted'])
  })

  it('on a server that reads no labels', async () => {
    const plan = await planOf({minor: 21, objects: [labelled('shop'), deployment('shop/web', 'port')]})
    expect([namespaceIn(plan, 'shop').steps, plan.remarks[0]]).to.deep.equal([[], 'Pod Security admission does nothing on this server (v1.21): no label is planned, only what must be fixed.'])
    expect(plan.workloads.map(({isNeeded, patch}) => [isNeeded, patch])).to.deep.equal([[true, 'yes']])
  })
})

describe('what was not seen', () => {
  it('nothing is said to fit where pods were not read', async () => {
    const plan = await planOf({objects: [labelled('shop'), deployment('shop/web', 'fine')], unread: {pods: 'forbidden'}})
    const found = namespaceIn(plan, 'shop')
    expect([found.fits, found.enforceable, stepTexts(found)]).to.deep.equal([null, null, ['observe restricted latest']])
    expect(plan.incomplete).to.deep.equal([{resource: 'pods', outcome: 'forbidden', detail: 'pods: forbidden'}])
  })

  it('an odd template leaves it open', async () => {
    const plan = await planOf({objects: [labelled('shop'), object('argoproj.io/v1alpha1', 'Rollout', 'shop/web', {spec: {template: {spec: {containers: 'none'}}}})]})
    expect([namespaceIn(plan, 'shop').fits, stepTexts(namespaceIn(plan, 'shop'))]).to.deep.equal([null, ['observe restricted latest']])
    expect(plan.incomplete.map(({outcome}) => outcome)).to.deep.equal(['not-understood'])
  })

  it('nothing is enforced where the server\'s version is not known', async () => {
    const plan = await planFrom(declaredSource({objects: [labelled('shop'), deployment('shop/web', 'fine')]}))
    expect(stepTexts(namespaceIn(plan, 'shop'))).to.deep.equal(['observe restricted latest'])
    expect(plan.remarks[0]).to.match(/--server-version/)
  })

  it('says that PodSecurityPolicy goes on the way', async () => {
    const rule = {rule: 'RunAsAny'}
    const rbac = (kind: string, rest: object): KubeObject => object('rbac.authorization.k8s.io/v1', kind, 'use', rest as Record<string, unknown>)
    const objects = [
      labelled('shop'), object('policy/v1beta1', 'PodSecurityPolicy', 'tight', {spec: {privileged: false, volumes: ['emptyDir'], runAsUser: rule, seLinux: rule, fsGroup: rule, supplementalGroups: rule}}),
      rbac('ClusterRole', {rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use'], resourceNames: ['tight']}]}),
      rbac('ClusterRoleBinding', {roleRef: {kind: 'ClusterRole', name: 'use'}, subjects: [{kind: 'Group', name: 'system:serviceaccounts'}]}),
      object('v1', 'Pod', 'kube-system/kube-apiserver-cp', {labels: {component: 'kube-apiserver'}, status: {phase: 'Running'}, spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', '--authorization-mode=RBAC', '--enable-admission-plugins=PodSecurityPolicy']}]}}),
    ]
    const told = async (target: number): Promise<string[]> => (await planOf({objects, minor: 24}, {target})).remarks.filter(text => text.includes('PodSecurityPolicy'))
    expect(await told(37)).to.deep.equal(['PodSecurityPolicy, which refuses pods in 1 namespace, is gone from v1.25: from then on it refuses nothing and sets nothing in pods.'])
    expect(await told(24)).to.deep.equal([])
  })

  it('says which version it is for where the one that answered is not the oldest', async () => {
    const apiServer = (minor: number): KubeObject => object('v1', 'Pod', `kube-system/kube-apiserver-${minor}`, {labels: {component: 'kube-apiserver'}, status: {phase: 'Running'}, spec: {containers: [{name: 'kube-apiserver', image: `registry.k8s.io/kube-apiserver:v1.${minor}.1`, command: ['kube-apiserver']}]}})
    const remarks = async (...objects: KubeObject[]): Promise<string> => (await planOf({objects: [labelled('shop'), ...objects], minor: 31})).remarks.join('\n')
    expect(await remarks(apiServer(31), apiServer(30))).to.match(/^Planned as for v1\.30, the oldest that is served: GET \/version; an API-server pod is older/m)
    expect(await remarks(apiServer(31))).to.not.match(/Planned as for/)
  })

  it('a namespace that was asked for and is not there', async () => {
    const plan = await planOf({objects: [labelled('shop')]}, {scope: {namespaces: ['shop', 'shpo'], excluded: []}})
    expect([plan.namespaces.map(({name}) => name), plan.incomplete.map(({resource}) => resource)]).to.deep.equal([['shop'], ['namespace shpo']])
  })
})

describe('the plan for a workload', () => {
  const only = async (...objects: KubeObject[]) => (await planOf({objects: [labelled('shop'), ...objects]})).workloads

  it('has the patch for the level that its namespace aims at, and for the next one elsewhere', async () => {
    const plans = await only(deployment('shop/a', 'port'), deployment('shop/b', 'silent'), deployment('shop/c', 'fine'))
    expect(plans.map(({owner, to, isNeeded, patch, fix}) => [owner.name, to, isNeeded, patch, fix?.to ?? null])).to.deep.equal([
      ['a', 'baseline', true, 'yes', 'baseline'], ['b', 'restricted', false, 'yes', 'restricted'], ['c', null, false, 'yes', null],
    ])
  })

  it('says in part where something is left', async () => {
    const [plan] = await only(deployment('shop/a', 'path', {hostNetwork: false, containers: [{name: 'main', image: 'i', ports: [{containerPort: 80, hostPort: 80}]}]}))
    expect([plan?.patch, plan?.failing.map(({control, patch}) => [control, patch])]).to.deep.equal(['in part', [['hostPathVolumes', 'no'], ['hostPorts', 'yes']]])
  })

  it('blames what changes pods on the way', async () => {
    const template = deployment('shop/web', 'fine')
    const pod = barePod('shop/web-1', 'injected', {ownerReferences: [{apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '', controller: true}]})
    const [plan] = await only(template, pod)
    expect([plan?.patch, plan?.remarks]).to.deep.equal(['no', ['something puts the container proxy into its pods, and no template has it']])
  })

  it('and then patches only a part, and the next level waits', async () => {
    const pod = barePod('shop/web-1', 'injected', {ownerReferences: [{apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '', controller: true}]})
    const plan = await planOf({objects: [labelled('shop'), deployment('shop/web', 'port'), pod]})
    expect([plan.workloads[0]?.patch, stepTexts(namespaceIn(plan, 'shop'))]).to.deep.equal(['in part', ['observe baseline latest']])
  })

  it('names what makes the pods where no template was seen', async () => {
    const [plan] = await only(podOfReplicaSet('shop/web-1', 'port'))
    expect(plan?.patch).to.equal('no')
    expect(plan?.remarks.join()).to.match(/no template of|delete it and create it anew/)
  })

  it('does not patch what something else made', async () => {
    const made = object('apps/v1', 'StatefulSet', 'shop/db-0', {spec: {template: {spec: {containers: [{name: 'main', ports: [{containerPort: 1, hostPort: 1}]}]}}}})
    const metadata = {...(made['metadata'] as object), ownerReferences: [{apiVersion: 'db.example.com/v1', kind: 'Database', name: 'db', uid: 'x', controller: true}]}
    const [plan] = await only({...made, metadata} as unknown as KubeObject)
    expect([plan?.owner.kind, plan?.patch, plan?.remarks]).to.deep.equal(['Database', 'no', ['Database db made what has the template: change it there']])
  })

  it('makes no patch of what it does not understand, and says so', async () => {
    const [plan] = await only(deployment('shop/web', 'port', {containers: [{name: 'main', image: 7, ports: [{containerPort: 80, hostPort: 80}]}]}))
    expect([plan?.fits, plan?.patch, plan?.remarks]).to.deep.equal(['privileged', 'no', ['no patch was made: it has several templates, or a field that is not understood']])
  })

  it('tells what each version newly refuses', async () => {
    const plan = await planOf({objects: [labelled('shop', {enforce: 'restricted'}), deployment('shop/web', 'probe')]})
    expect(plan.workloads[0]?.forecast.map(({minor, level, isEnforced, controls}) => [minor, level, isEnforced, controls])).to.deep.equal([
      [34, 'restricted', true, ['hostProbesAndHostLifecycle']], [34, 'baseline', false, ['hostProbesAndHostLifecycle']],
    ])
    expect(plan.upgrade.map(({release}) => release)).to.deep.equal(['v1.34'])
  })
})

describe('the plan for the sample of workloads', () => {
  it('is the same for a snapshot of it', async () => {
    const source = declaredSource({objects: sampleObjects()})
    expect(await planFrom(asSnapshot(declaredSource({objects: sampleObjects()})))).to.deep.equal(await planFrom(source))
  })

  it('counts each control by the workloads that fail it', async () => {
    const {inTheWay, workloads} = await planFrom(declaredSource({objects: sampleObjects()}))
    for (const {control, workloads: count} of inTheWay) expect(workloads.filter(({isNeeded, failing}) => isNeeded && failing.some(one => one.control === control)).length, control).to.equal(count)
    expect(inTheWay).not.to.deep.equal([])
  })
})
