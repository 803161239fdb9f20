import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {kyvernoPodGuards} from '../../src/admission/pod-security/kyverno.js'
import type {PodOperation} from '../../src/admission/pod-security/pod-guard.js'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {nameOf} from '../../src/kube/object.js'
import {NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {ControlId} from '../../src/pod-security/control.js'
import {KYVERNO, kyverno, withGoTool} from '../cluster/support/go-tools.js'
import {CASES_OF_TODAY, withoutEphemeral} from '../pods/pods.js'
import type {PodCase} from '../pods/pods.js'
import {NAMESPACES, endpoints, webhook} from '../support/admission-objects.js'
import {factOf, object} from '../support/declared-facts.js'
import {VALIDATIONS, clusterPolicy, everyContainer, validatingPolicy} from '../support/kyverno-pod-policies.js'
import {plainGuards} from '../support/pod-guards.js'
import type {PlainGuard} from '../support/pod-guards.js'
import {POD_POLICIES} from '../support/pod-policies.js'
import {runProcess} from '../support/run-process.js'
import {publishedPolicies} from './kyverno-published.js'

/** What the coverage matrix says of Kyverno's policies, and what Kyverno's engines then do with each pod of test/pods/: the two must be the same. */

const EVERYTHING = {apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*']}
const SERVICE = {clientConfig: {service: {namespace: 'kyverno', name: 'kyverno-svc'}}}
const WORLD = [
  ...NAMESPACES, endpoints(true, 'kyverno/kyverno-svc'),
  ...['validate.kyverno.svc-fail', 'vpol.validate.kyverno.svc-fail'].map(name => webhook(name, {rules: [EVERYTHING], ...SERVICE})),
  object('apps/v1', 'Deployment', 'kyverno/kyverno-admission-controller', {labels: {'app.kubernetes.io/part-of': 'kyverno', 'app.kubernetes.io/version': `v${KYVERNO}`}}),
]

/** What the API itself refuses comes to no webhook. */
const CASES = CASES_OF_TODAY.filter(({refusedByApi}) => refusedByApi === null)

/** Good by rules of newer versions, or for Windows: many policies know neither, and refuse them. */
const NOT_KNOWN_TO_ALL = /windows|user-namespace|engine-type|sysctls\/good-(?:buffers|keepalive|reserved-ports|slow-start)|good-image|annotation|seLinuxOptions\/good-empty/

/** Policies that refuse some of these pods for another reason, or more than the Standards do. */
const OTHER_REASONS: readonly (readonly [policy: RegExp, pod: RegExp])[] = [
  [/^(?:labels|vpol-limits)$/, /./],
  // A pattern about a pod's fields fits no workload.
  [/^mixed-kinds$/, /./], [/^drop-all-pattern$/, /good-drop-all-and-more|good-dropped-dangerous/], [/^vpol-selinux-type$/, /good-container-types/],
  [/host-ports-range$/, /good-zero/], [/disallow-capabilities-strict$/, /good-empty-add/],
]

interface Request {
  name: string
  one: PodCase
  operation: PodOperation
}

const REQUESTS: readonly Request[] = CASES.flatMap(one => {
  const operations: PodOperation[] = one.operation === 'create' ? ['create', 'update', 'workload'] : ['ephemeralcontainers']
  return operations.map(operation => ({name: `${one.id}, ${operation}`, one, operation}))
})

function reviewOf({one: {pod}, operation}: Request): JsonObject {
  const now = {...pod, metadata: {...pod.metadata, namespace: 'shop'}}
  const about = operation === 'workload'
    ? {kind: {group: 'apps', version: 'v1', kind: 'Deployment'}, resource: {group: 'apps', version: 'v1', resource: 'deployments'}}
    : {kind: {group: '', version: 'v1', kind: 'Pod'}, resource: {group: '', version: 'v1', resource: 'pods'}}
  const before = operation === 'update' ? now : operation === 'ephemeralcontainers' ? withoutEphemeral(now) : null
  const labels = {app: 'app'}
  const deployment = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: nameOf(pod), namespace: 'shop'}, spec: {selector: {matchLabels: labels}, template: {metadata: {...pod.metadata, labels}, spec: pod.spec}}}
  return {
    uid: '7f1f0b6e-0000-4000-8000-000000000000', ...about, ...(operation === 'ephemeralcontainers' ? {subResource: operation} : {}), name: nameOf(pod), namespace: 'shop',
    operation: operation === 'create' || operation === 'workload' ? 'CREATE' : 'UPDATE', userInfo: {username: 'dev'},
    object: (operation === 'workload' ? deployment : now) as unknown as JsonObject, oldObject: before as unknown as JsonObject,
  }
}

interface Verdict {
  policy: string
  status: string
  message: string
}

/** True: the matrix says that it is refused. Null: it says that something is, and not what. */
function said(guards: readonly PlainGuard[], {one, operation}: Request): boolean | null {
  const failing: readonly ControlId[] = [...new Set([...one.fails.baseline, ...one.fails.restricted])]
  const asked = guards.filter(guard => guard.action === 'refused' && guard.operations.includes(operation)).map(({controls}) => controls)
  if (asked.some(controls => failing.some(control => controls?.[control]?.length === 0))) return true
  if (asked.some(controls => controls === null || failing.some(control => controls[control] !== undefined))) return null
  return asked.length > 0 && NOT_KNOWN_TO_ALL.test(one.id) ? null : false
}

describe('what is said of Kyverno\'s policies about pods, in Kyverno\'s engines', () => {
  const program = withGoTool(kyverno)
  const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']
  const kinds = (...of: string[]): object => ({rule: {match: {any: [{resources: {kinds: of}}]}}})
  const template = {pattern: {spec: {'=(template)': {spec: everyContainer({'=(securityContext)': {'=(privileged)': 'false'}})}, '=(jobTemplate)': {spec: {template: {spec: everyContainer({'=(securityContext)': {'=(privileged)': 'false'}})}}}}}}
  const own = [clusterPolicy('mixed-kinds', VALIDATIONS['privileged']!, kinds('Pod', ...WORKLOADS)), clusterPolicy('workloads-alone', [template], kinds(...WORKLOADS)), ...Object.entries(VALIDATIONS).map(([name, validations]) => clusterPolicy(name, validations)), ...POD_POLICIES.map(policy => validatingPolicy({...policy, name: `vpol-${policy.name}`}))]

  async function verdictsOf(policies: readonly KubeObject[]): Promise<Verdict[][]> {
    const directory = await mkdtemp(join(tmpdir(), 'k121-engines-'))
    try {
      const files = policies.map(policy => join(directory, `${nameOf(policy)}.yaml`))
      for (const [index, file] of files.entries()) await writeFile(file, JSON.stringify(policies[index]))
      const input = REQUESTS.map(request => `${JSON.stringify(reviewOf(request))}\n`).join('')
      const {status, stdout, stderr} = await runProcess(program('kyverno'), files, {cwd: directory, env: {HOME: directory}, input, timeout: 300_000})
      expect(status, stderr.slice(0, 2000)).to.equal(0)
      return stdout.trim().split('\n').map(line => JSON.parse(line) as Verdict[])
    } finally {
      await rm(directory, {recursive: true})
    }
  }

  function compare(what: string, policiesOf: () => Promise<readonly KubeObject[]>): void {
    it(what, async function () {
      const policies = await policiesOf()
      if (policies.length === 0) {
        console.log(`      skipped: Go, which would fetch the module of Kyverno ${KYVERNO}, is not on PATH`)
        this.skip()
      }
      const verdicts = await verdictsOf(policies)
      const version = object('version', 'Version', '', {major: '1', minor: String(NEWEST_MINOR), gitVersion: `v1.${NEWEST_MINOR}.0`})
      const wrong: string[] = []
      const claims = {refused: 0, passed: 0, open: 0}
      for (const policy of policies) {
        const {guards} = await factOf(plainGuards(kyvernoPodGuards), {objects: [...WORLD, policy], endpoints: {version}})
        for (const [index, request] of REQUESTS.entries()) {
          const claim = said(guards, request)
          const done = verdicts[index]!.some(one => one.policy === nameOf(policy) && (one.status === 'fail' || one.status === 'error'))
          claims[claim === null ? 'open' : claim ? 'refused' : 'passed']++
          if (claim !== null && claim !== done && !(done && OTHER_REASONS.some(([of, pod]) => of.test(nameOf(policy)) && pod.test(request.one.id)))) wrong.push(`${nameOf(policy)}: ${request.name}: ${claim ? 'said to refuse it' : 'said to let it through'}`)
        }
      }
      console.log(`      ${policies.length} policies, ${REQUESTS.length} requests each: ${claims.refused} said to be refused, ${claims.passed} to pass, ${claims.open} left open`)
      expect(wrong).to.deep.equal([])
      expect(claims.refused).to.be.above(policies.length * 5)
    }).timeout(400_000)
  }

  compare('policies of our own', () => Promise.resolve(own))
  compare('those that Kyverno publishes', publishedPolicies)
})
