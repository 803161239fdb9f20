import type {EngineInfo} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {textAt} from '../kube/field.js'
import {labelsOf, nameOf} from '../kube/object.js'
import {isCapsules, isCelKyvernos, isExternalIPWebhook, isGatekeepers, isKRails, isKubewardens, isOldKyvernos} from './engine-webhooks.js'
import {versionIn} from './engines/kyverno-version.js'
import type {Webhook, WebhooksInfo} from './webhooks.js'
import {webhooks} from './webhooks.js'

type Row = 'constrainttemplates' | 'clusterpolicies' | 'validatingpolicies' | 'clusteradmissionpolicies' | 'jspolicies' | 'validatingadmissionpolicybindings' | 'securitycontextconstraints' | 'tenants'

interface Engine {
  name: string
  /** Webhooks by which it judges; none for what is built into the API server. */
  isOwn(webhook: Webhook): boolean
  /** Objects of its own that stay behind when it is gone. */
  rows: readonly Row[]
  /** Deployments that carry its version: `app.kubernetes.io/part-of`, or this name. */
  deployments: readonly string[]
}

const ENGINES: readonly Engine[] = [
  {name: 'pod-security-webhook', isOwn: ({name}) => name.endsWith('pod-security-webhook.kubernetes.io'), rows: [], deployments: ['pod-security-webhook']},
  {name: 'gatekeeper', isOwn: isGatekeepers, rows: ['constrainttemplates'], deployments: ['gatekeeper-controller-manager']},
  {name: 'kyverno', isOwn: webhook => isOldKyvernos(webhook) || isCelKyvernos(webhook), rows: ['clusterpolicies', 'validatingpolicies'], deployments: ['kyverno', 'kyverno-admission-controller']},
  {name: 'kubewarden', isOwn: isKubewardens, rows: ['clusteradmissionpolicies'], deployments: ['kubewarden-controller']},
  {name: 'k-rail', isOwn: isKRails, rows: [], deployments: ['k-rail']},
  // It names webhooks after its policies, and reaches them all by its own Service.
  {name: 'jspolicy', isOwn: ({name, configuration, service}) => /jspolicy/i.test(`${name} ${configuration} ${service ?? ''}`), rows: ['jspolicies'], deployments: ['jspolicy']},
  {name: 'externalip-webhook', isOwn: isExternalIPWebhook, rows: [], deployments: ['externalip-validation-webhook']},
  {name: 'capsule', isOwn: isCapsules, rows: ['tenants'], deployments: ['capsule-controller-manager']},
]

/** Built in: what is bound acts; there is nothing that could be down. */
const BUILT_IN: readonly {name: string; row: Row}[] = [
  {name: 'ValidatingAdmissionPolicy', row: 'validatingadmissionpolicybindings'},
  {name: 'openshift-scc', row: 'securitycontextconstraints'},
]

const ROWS = ['constrainttemplates', 'clusterpolicies', 'validatingpolicies', 'clusteradmissionpolicies', 'jspolicies', 'validatingadmissionpolicybindings', 'securitycontextconstraints', 'tenants'] as const

/** Which admission engines are installed, and whether they answer now. */
export const engines = defineFact({
  id: 'engines',
  reads: [...ROWS, 'deployments'],
  needs: [webhooks],
  create(context) {
    const counts = new Map<Row, number>()
    const versions = new Map<string, string>()
    const modes = new Set<string>()
    const countRow = (row: Row): void => void counts.set(row, (counts.get(row) ?? 0) + 1)
    return {
      ...counters(countRow),
      clusteradmissionpolicies(policy) {
        countRow('clusteradmissionpolicies')
        modes.add(textAt(policy, 'spec', 'mode') ?? 'protect')
      },
      deployments(deployment) {
        const engine = ENGINES.find(one => one.deployments.includes(nameOf(deployment)))
        const version = versionIn(labelsOf(deployment))
        if (engine !== undefined && version !== null) versions.set(engine.name, version)
      },
      end(): EngineInfo[] {
        const info = context.fact(webhooks)
        const countOf = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + (counts.get(row) ?? 0), 0)
        const isMonitored = modes.size === 1 && modes.has('monitor')
        const installed = ENGINES.flatMap(engine => infoOf(engine, countOf(engine.rows), info, versions.get(engine.name) ?? null))
          .map(one => (one.name === 'kubewarden' && one.state === 'acting' && isMonitored ? {...one, state: 'auditing' as const} : one))
        return [...installed, ...BUILT_IN.flatMap(({name, row}) => builtIn(name, counts.get(row) ?? 0))]
      },
    }
  },
})

/** One counting visitor for every row. */
function counters(countRow: (row: Row) => void): Record<Row, () => void> {
  return Object.fromEntries(ROWS.map(row => [row, () => countRow(row)])) as Record<Row, () => void>
}

function infoOf(engine: Engine, objects: number, info: WebhooksInfo, version: string | null): EngineInfo[] {
  const own = info.all.filter(webhook => engine.isOwn(webhook))
  if (own.length > 0) return [{name: engine.name, version, ...stateOf(own, info)}]
  if (version === null && objects === 0) return []
  // Without a webhook nobody asks it, whatever objects and programs are there.
  const state = !info.isWhole ? 'unknown' : version === null ? 'leftover' : 'installed'
  return [{name: engine.name, version, state, endpointsReady: null, failurePolicy: null}]
}

/** The least that stands behind any of its webhooks; one webhook without anybody is enough to be down. */
function stateOf(own: readonly Webhook[], info: WebhooksInfo): Omit<EngineInfo, 'name' | 'version'> {
  const ready = own.map(webhook => info.ready(webhook))
  const known = ready.filter(count => count !== null)
  const endpointsReady = known.length === 0 ? null : Math.min(...known)
  const policies = new Set(own.map(webhook => webhook.failurePolicy))
  const failurePolicy = policies.size > 1 ? 'mixed' : (own[0]?.failurePolicy ?? null)
  return {state: endpointsReady === null ? 'unknown' : endpointsReady === 0 ? 'down' : 'acting', endpointsReady, failurePolicy}
}

function builtIn(name: string, objects: number): EngineInfo[] {
  return objects === 0 ? [] : [{name, version: null, state: 'acting', endpointsReady: null, failurePolicy: null}]
}
