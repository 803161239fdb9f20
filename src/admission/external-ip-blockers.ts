import type {BlockerInfo} from '../audit/audit-report.js'
import {compareText} from '../audit/order.js'
import {defineFact} from '../audit/fact.js'
import type {ObjectRef} from '../audit/finding.js'
import {engineOfWebhook, readEngineOf} from './engine-webhooks.js'
import {configurationOf, infoOf} from './engines/blocker.js'
import type {Blocker, EngineBlockers, Judgement, UnreadRow} from './engines/blocker.js'
import {capsuleBlockers} from './engines/capsule.js'
import {ciliumBlockers} from './engines/cilium.js'
import {externalIPWebhookBlockers} from './engines/externalip-webhook.js'
import {fileBasedBlockers} from './engines/file-based.js'
import {gatekeeperBlockers} from './engines/gatekeeper.js'
import {kyvernoBlockers} from './engines/kyverno.js'
import {openShiftBlockers} from './engines/openshift.js'
import {otherWebhookBlockers} from './engines/other-webhooks.js'
import {admissionPolicyBlockers} from './engines/validating-admission-policy.js'
import {externalIPProbe} from './probe.js'
import type {ProbeInfo} from './probe.js'
import {webhooks} from './webhooks.js'
import type {Webhook} from './webhooks.js'

const ENGINES = [
  admissionPolicyBlockers, externalIPWebhookBlockers, gatekeeperBlockers, kyvernoBlockers, openShiftBlockers,
  ciliumBlockers, capsuleBlockers, otherWebhookBlockers, fileBasedBlockers,
] as const

/** Every blocker with its judgement per road; the roads and the checks are made from this. */
export const blockersPerRoad = defineFact({
  id: 'external-ip-blockers-per-road',
  reads: [],
  needs: [...ENGINES, externalIPProbe, webhooks],
  create(context) {
    return {
      end(): EngineBlockers {
        const all = ENGINES.map(engine => context.fact(engine))
        const blockers = all.flatMap(one => one.blockers)
        const found = withProbe(blockers, context.fact(externalIPProbe), context.fact(webhooks).all)
        return {blockers: found.toSorted(compareBlockers), unread: uniqueRows(all.flatMap(one => one.unread))}
      },
    }
  },
})

/** What may stand in the way of external IPs, besides the API server's own plugin. */
export const externalIPBlockers = defineFact({
  id: 'external-ip-blockers',
  reads: [],
  needs: [blockersPerRoad],
  create(context) {
    return {end: (): BlockerInfo[] => context.fact(blockersPerRoad).blockers.map(infoOf)}
  },
})

/**
 * Who refused the probe refuses, whatever its objects look like: for that user,
 * in that namespace. A webhook of Gatekeeper's or Kyverno's answers for policies
 * of their own, and which of them refused is not said.
 */
function withProbe(blockers: readonly Blocker[], probe: ProbeInfo | null, all: readonly Webhook[]): Blocker[] {
  const refused = probe === null ? null : refuserOf(probe, all)
  if (probe === null || refused === null) return [...blockers]
  const {engine, name, object, isAnyOfEngine} = refused
  const gap = `seen only in a dry run in ${probe.namespace}`
  const ofEngine = blockers.filter(blocker => blocker.engine === engine)
  const known = isAnyOfEngine ? ofEngine.find(({spec}) => spec?.state === 'enforcing') : ofEngine.find(blocker => blocker.name === name)
  if (known === undefined) return [...blockers, {engine, name, ...(object === null ? {} : {object}), spec: {state: 'enforcing', gaps: [gap]}, status: null}]
  if (known.spec?.state === 'enforcing') return [...blockers]
  const spec: Judgement = {state: 'enforcing', gaps: [gap, ...(known.spec?.gaps ?? [])]}
  return blockers.map(blocker => (blocker === known ? {...known, spec} : blocker))
}

interface Refuser {
  engine: string
  name: string
  object: ObjectRef | null
  /** Any of the engine's policies may be the one that refused. */
  isAnyOfEngine: boolean
}

function refuserOf({meaning}: ProbeInfo, all: readonly Webhook[]): Refuser | null {
  if (meaning.kind === 'policy') return {engine: 'ValidatingAdmissionPolicy', name: meaning.policy, object: null, isAnyOfEngine: false}
  if (meaning.kind !== 'webhook') return null
  const webhook = all.find(({name}) => name === meaning.webhook)
  const read = webhook === undefined ? null : readEngineOf(webhook)
  return {engine: read ?? (webhook === undefined ? 'webhook' : engineOfWebhook(webhook)), name: meaning.webhook, object: webhook === undefined ? null : configurationOf(webhook), isAnyOfEngine: read !== null}
}

function compareBlockers(a: Blocker, b: Blocker): number {
  return compareText(`${a.engine}/${a.name}`, `${b.engine}/${b.name}`)
}

function uniqueRows(rows: readonly UnreadRow[]): UnreadRow[] {
  return [...new Map(rows.map(row => [row.row, row])).values()]
}
