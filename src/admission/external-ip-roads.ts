import type {DenyPluginInfo} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {DENY_PLUGIN, denyServiceExternalIPs} from './deny-plugin.js'
import type {Blocker, EngineBlockers, Judgement} from './engines/blocker.js'
import {blockersPerRoad} from './external-ip-blockers.js'
import {externalIPProbe} from './probe.js'
import type {ProbeInfo} from './probe.js'

/** Is new use of a road refused? `partly`: something refuses it, with ways past. */
export interface RoadState {
  blocked: 'yes' | 'no' | 'partly' | 'unknown'
  /** Who refuses it, for `yes` and `partly`. */
  by: readonly string[]
  /** Ways past, for `partly`; what is not known, for `unknown`. */
  gaps: readonly string[]
}

export interface RoadsInfo {
  spec: RoadState
  status: RoadState
}

/** The two roads of CVE-2020-8554, and what stands in each. */
export const externalIPRoads = defineFact({
  id: 'external-ip-roads',
  reads: [],
  needs: [denyServiceExternalIPs, blockersPerRoad, externalIPProbe],
  create(context) {
    return {
      end(): RoadsInfo {
        const blockers = context.fact(blockersPerRoad)
        return {
          spec: specRoad(context.fact(denyServiceExternalIPs), blockers, context.fact(externalIPProbe)),
          status: road(blockers, 'status'),
        }
      },
    }
  },
})

export function specRoad(plugin: DenyPluginInfo, blockers: EngineBlockers, probe: ProbeInfo | null): RoadState {
  const others = road(blockers, 'spec')
  const isOpenTo = probe?.meaning.kind === 'open' ? probe.namespace : null
  if (isOpenTo !== null) return seenOpen(plugin, others, isOpenTo)
  if (plugin.state === 'on') return {blocked: 'yes', by: [DENY_PLUGIN, ...others.by], gaps: []}
  if (others.blocked === 'yes') return others
  if (plugin.state === 'partly') return {blocked: 'partly', by: [DENY_PLUGIN, ...others.by], gaps: ['not every API server is known to have the plugin on', ...others.gaps]}
  if (others.blocked === 'partly' || plugin.state === 'off') return others
  return {blocked: 'unknown', by: others.by, gaps: [unknownPlugin(plugin), ...others.gaps]}
}

function unknownPlugin({state}: DenyPluginInfo): string {
  const likely = state === 'likely-on' ? ', likely on' : state === 'likely-off' ? ', likely off' : ''
  return `whether ${DENY_PLUGIN} is on is not known${likely}`
}

/** The API server itself said that it would store such a Service: nothing else can be a whole block. */
function seenOpen(plugin: DenyPluginInfo, others: RoadState, namespace: string): RoadState {
  const gap = `a dry run in ${namespace} was let through`
  const by = [...(plugin.state === 'on' || plugin.state === 'partly' ? [DENY_PLUGIN] : []), ...others.by]
  return by.length > 0 ? {blocked: 'partly', by, gaps: [gap, ...others.gaps]} : {blocked: 'no', by: [], gaps: []}
}

/** Rows of engines that never look at `services/status`. */
const SPEC_ONLY: readonly string[] = ['openshift-network', 'network-configmaps', 'tenants', 'k8sexternalips', 'gatekeeperconfigs']

/** One blocker without a gap closes the road; several with gaps never do, for nobody knows that their gaps differ. */
export function road({blockers, unread}: EngineBlockers, which: 'spec' | 'status'): RoadState {
  const judged = blockers.flatMap(blocker => (blocker[which] === null ? [] : [{blocker, judgement: blocker[which]}]))
  const enforcing = judged.filter(({judgement}) => judgement.state === 'enforcing')
  const whole = enforcing.filter(({judgement}) => judgement.gaps.length === 0)
  if (whole.length > 0) return {blocked: 'yes', by: whole.map(({blocker}) => nameOfBlocker(blocker)), gaps: []}
  if (enforcing.length > 0) return {blocked: 'partly', by: enforcing.map(({blocker}) => nameOfBlocker(blocker)), gaps: enforcing.flatMap(gapsOf)}
  const unknown = judged.filter(({judgement}) => judgement.state === 'unknown')
  if (unknown.length > 0) return {blocked: 'unknown', by: [], gaps: unknown.flatMap(gapsOf)}
  const missing = unread.filter(({row}) => which === 'spec' || !SPEC_ONLY.includes(row)).map(({row}) => row)
  if (missing.length > 0) return {blocked: 'unknown', by: [], gaps: [`not read: ${missing.join(', ')}`]}
  return {blocked: 'no', by: [], gaps: []}
}

export function nameOfBlocker({engine, name}: Blocker): string {
  return `${engine} ${name}`
}

function gapsOf({blocker, judgement}: {blocker: Blocker; judgement: Judgement}): string[] {
  return judgement.gaps.map(gap => `${nameOfBlocker(blocker)}: ${gap}`)
}
