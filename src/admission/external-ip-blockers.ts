import type {BlockerInfo} from '../audit/audit-report.js'
import {compareText} from '../audit/order.js'
import {defineFact} from '../audit/fact.js'
import {infoOf} from './engines/blocker.js'
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

/** A blocker that refused the probe enforces, whatever its objects look like: for that user, in that namespace. */
function withProbe(blockers: readonly Blocker[], probe: ProbeInfo | null, all: readonly Webhook[]): Blocker[] {
  if (probe === null) return [...blockers]
  const {meaning, namespace} = probe
  const name = meaning.kind === 'policy' ? meaning.policy : meaning.kind === 'webhook' ? meaning.webhook : null
  if (name === null) return [...blockers]
  const proven: Judgement = {state: 'enforcing', gaps: [`seen only in a dry run in ${namespace}`]}
  const known = blockers.find(blocker => blocker.name === name)
  if (known === undefined) return [...blockers, ...(isEngines(name, all) ? [] : [{engine: meaning.kind === 'policy' ? 'ValidatingAdmissionPolicy' : 'webhook', name, spec: proven, status: null}])]
  return blockers.map(blocker => (blocker === known && known.spec?.state !== 'enforcing' ? {...known, spec: {...proven, gaps: [...proven.gaps, ...(known.spec?.gaps ?? [])]}} : blocker))
}

/** Gatekeeper and Kyverno answer for policies of their own: which of them refused stands in no list of ours. */
function isEngines(name: string, all: readonly Webhook[]): boolean {
  return all.some(webhook => webhook.name === name) && /gatekeeper|kyverno/.test(name)
}

function compareBlockers(a: Blocker, b: Blocker): number {
  return compareText(`${a.engine}/${a.name}`, `${b.engine}/${b.name}`)
}

function uniqueRows(rows: readonly UnreadRow[]): UnreadRow[] {
  return [...new Map(rows.map(row => [row.row, row])).values()]
}
