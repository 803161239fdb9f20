import type {CoverageBy, CoverageLine} from '../../audit/audit-report.js'
import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import {POD_CONSTRAINT_KEYS, READ_KEYS} from '../../kube/resources.js'
import type {ReadKey} from '../../kube/resources.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import {REASONS} from '../../audit/outcome.js'
import {readName} from '../../audit/summary.js'
import {isLabelGap} from '../coverage.js'
import {isCelKyvernos, isGatekeepers, isOldKyvernos} from '../engine-webhooks.js'
import {unreadRow} from '../engines/blocker.js'
import type {UnreadRow} from '../engines/blocker.js'
import {labellersText, namespaceLabellers} from '../namespace-labellers.js'
import type {NamespacesInfo} from '../namespaces.js'
import {namespaceLabels} from '../namespaces.js'
import type {Webhook, WebhooksInfo} from '../webhooks.js'
import {webhooks} from '../webhooks.js'
import {coverageOf} from './coverage.js'
import {gatekeeperPodGuards} from './gatekeeper.js'
import {kRailPodGuards} from './k-rail.js'
import {kyvernoPodGuards} from './kyverno.js'
import type {PodGuard, PodGuards, PodOperation} from './pod-guard.js'
import {POD_OPERATIONS} from './pod-guard.js'
import {guardsOf, podReachOf} from './pod-reach.js'
import type {PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'
import {psaWebhookPodGuards} from './psa-webhook.js'
import {psaPodGuards} from './psa.js'
import {pspPodGuards} from './psp.js'
import {sccPodGuards} from './scc.js'
import {vapPodGuards} from './vap.js'
import {webhookPodGuards} from './webhook-guards.js'

interface Engine {
  /** As reports name it. */
  engine: string
  fact: Fact<PodGuards>
  /**
   * Rows of objects that refuse only what these webhooks bring: where there is
   * none, nobody asks the engine, whatever objects of it were not read. Where it
   * is there, other rows of the fact refuse nothing: exceptions let through.
   */
  asks?: readonly {rows: readonly ReadKey[]; isOwn(webhook: Webhook): boolean}[]
}

/** Who judges pods. */
const ENGINES: readonly Engine[] = [
  {engine: 'pod-security-admission', fact: psaPodGuards},
  {engine: 'gatekeeper', fact: gatekeeperPodGuards, asks: [{rows: ['constrainttemplates', ...POD_CONSTRAINT_KEYS], isOwn: isGatekeepers}]},
  {engine: 'kyverno', fact: kyvernoPodGuards, asks: [{rows: ['clusterpolicies', 'kyvernopolicies'], isOwn: isOldKyvernos}, {rows: ['validatingpolicies', 'namespacedvalidatingpolicies'], isOwn: isCelKyvernos}]},
  {engine: 'ValidatingAdmissionPolicy', fact: vapPodGuards},
  {engine: 'pod-security-webhook', fact: psaWebhookPodGuards},
  {engine: 'psp', fact: pspPodGuards},
  {engine: 'openshift-scc', fact: sccPodGuards},
  {engine: 'k-rail', fact: kRailPodGuards},
  {engine: 'webhook', fact: webhookPodGuards},
]

/** Everything that judges pods, for the matrix and for the checks that look for holes in it. */
export interface AllPodGuards {
  guards: readonly PodGuard[]
  inert: PodGuards['inert']
  /** What could not be read, and may refuse anything. */
  unread: readonly CoverageBy[]
  /** The same by row. */
  unreadRows: readonly UnreadRow[]
  namespaces: NamespacesInfo
  /** Those that the server serves. */
  operations: readonly PodOperation[]
}

export interface PodCoverage {
  lines: readonly CoverageLine[]
  inert: PodGuards['inert']
  /** False: there may be other namespaces. */
  isWhole: boolean
}

export const podGuards = defineFact({
  id: 'pod-guards',
  // Of facts that do not say which rows they lack: each of theirs.
  reads: rowsOf(ENGINES),
  needs: [...ENGINES.map(({fact}) => fact), namespaceLabels, namespaceLabellers, podRequests, serverVersion, webhooks],
  create(context) {
    return {
      end(): AllPodGuards {
        const info = context.fact(webhooks)
        const requests = context.fact(podRequests)
        const minor = effectiveMinor(context.fact(serverVersion))
        const each = ENGINES.map(engine => ({...engine, found: context.fact(engine.fact)}))
        const lacking = each.flatMap(({found, fact, ...engine}) => (found.unread ?? fact.reads.flatMap(row => unreadRow(row, context.outcome(row))))
          .filter(({row}) => !isUnborn(row, minor)).map(row => lackOf(row, engine, info, requests)))
        const unread = lacking.filter(({isAnywhere}) => isAnywhere)
        return {
          guards: withLabellers([...each.flatMap(({found}) => found.guards), ...lacking.flatMap(({guards}) => guards)], labellersText(context.fact(namespaceLabellers))),
          inert: each.flatMap(({found}) => found.inert),
          unread: uniqueBy(unread.map(({engine, row}) => unreadBy(engine, row))), unreadRows: lacking.filter(({isAnywhere, guards}) => isAnywhere || guards.length > 0).map(({row}) => row),
          namespaces: context.fact(namespaceLabels), operations: POD_OPERATIONS.filter(operation => requests[operation].length > 0),
        }
      },
    }
  },
})

/** What becomes of a pod that breaks a control, in each namespace. */
export const podCoverage = defineFact({
  id: 'pod-coverage',
  reads: [],
  needs: [podGuards],
  create(context) {
    return {
      end(): PodCoverage {
        const all = context.fact(podGuards)
        return {lines: coverageOf(all), inert: all.inert, isWhole: all.namespaces.isWhole}
      },
    }
  },
})

interface Lack {
  engine: string
  row: UnreadRow
  /** It may refuse anything. */
  isAnywhere: boolean
  /** It may refuse what webhooks bring to its engine. */
  guards: readonly PodGuard[]
}

/** What may be in a row that was not read whole. */
function lackOf(row: UnreadRow, {engine, asks}: Pick<Engine, 'engine' | 'asks'>, info: WebhooksInfo, requests: PodRequests): Lack {
  const lack = {engine, row, isAnywhere: false, guards: []}
  const ask = asks?.find(({rows}) => rows.includes(row.row))
  if (asks === undefined || !info.isWhole && ask !== undefined) return {...lack, isAnywhere: true}
  if (ask === undefined) return lack
  const {refusers} = podReachOf(info, ask.isOwn, requests)
  const {name, why} = unreadBy(engine, row)
  const guards = guardsOf(refusers, {engine, name, object: null, action: 'refused', controls: null}, requests)
  return {...lack, guards: guards.map(guard => ({...guard, gaps: [why]}))}
}

/** No server before 1.26 has such an API, asked for or not (KEP-3488). */
const FIRST_POLICIES = 26

function isUnborn(row: ReadKey, minor: number | null): boolean {
  return minor !== null && minor < FIRST_POLICIES && (row === 'validatingadmissionpolicies' || row === 'validatingadmissionpolicybindings')
}

/** Whoever changes labels of namespaces opens these ways past; the levels of Pod Security admission are labels themselves. */
const BY_LABELS: readonly string[] = ['pod-security-admission', 'pod-security-webhook']

function withLabellers(guards: readonly PodGuard[], text: string): PodGuard[] {
  const isOpen = ({engine, action, controls, gaps}: PodGuard): boolean => action === 'refused' && controls !== null && (BY_LABELS.includes(engine) || gaps.some(isLabelGap))
  return guards.map(guard => (text !== '' && isOpen(guard) ? {...guard, gaps: [...guard.gaps, text]} : guard))
}

function rowsOf(engines: readonly Engine[]): ReadKey[] {
  const rows = new Set(engines.flatMap(({fact}) => fact.reads))
  return READ_KEYS.filter(key => rows.has(key))
}

/** Configurations of webhooks hold those of every engine. */
function unreadBy(engine: string, {row, outcome}: UnreadRow): CoverageBy {
  const isShared = row === 'validatingwebhookconfigurations' || row === 'mutatingwebhookconfigurations'
  return {engine: isShared ? 'webhook' : engine, name: readName(row), why: `not read: ${outcome === 'complete' ? outcome : REASONS[outcome]}`}
}

/** A row that two engines read is told once. */
function uniqueBy(by: readonly CoverageBy[]): CoverageBy[] {
  return [...new Map(by.toReversed().map(one => [one.name, one])).values()].toReversed()
}
