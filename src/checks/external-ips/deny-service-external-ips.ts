import {DENY_PLUGIN, denyServiceExternalIPs} from '../../admission/deny-plugin.js'
import {externalIPRoads} from '../../admission/external-ip-roads.js'
import {externalIPService} from '../../admission/external-ip-service.js'
import {whenOf} from '../../admission/external-ip-timeline.js'
import type {DenyPluginInfo} from '../../audit/audit-report.js'
import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {isIncomplete} from '../../audit/outcome.js'
import {platform} from '../../network/platform.js'
import {shortList} from '../../kube/short-list.js'
import {API_SERVER, MANAGED} from '../api-server-ref.js'
import {EXTERNAL_IP_REFERENCES} from './claim-report.js'

/**
 * Fires where the API server's own plugin against external IPs is off, or not
 * on in every instance. Where nothing shows its flags, that is said and nothing
 * is claimed: a provider's published list is no look at this cluster.
 */
export const denyServiceExternalIPsCheck = defineCheck({
  meta: {
    id: 'deny-service-external-ips',
    title: 'The admission plugin DenyServiceExternalIPs is not on',
    topic: 'external-ips',
    severity: 'medium',
    variants: {
      off: {severity: 'medium', title: 'Off, and nothing else closes the road'},
      partly: {severity: 'medium', title: 'On in some API servers, and off or not seen in others: which one answers decides'},
      replaced: {severity: 'info', title: 'Off, but something else refuses new external IPs, or nothing acts on them'},
    },
    reads: [],
    alsoReads: ['flagz', 'control-plane-pods', 'metrics', 'external-ip-probe'],
    since: 21,
    // A flag that names it keeps later servers from starting.
    until: whenOf('plugin-gone').minor - 1,
    why: 'The plugin is off in every version of Kubernetes unless somebody turns it on; without it, or a policy in its place, any address is taken in spec.externalIPs. Older editions of the CIS benchmark, and Trivy\'s KCV-0003 after them, ask for the opposite: there the plugin counts as a fault, which this check does not follow.',
    remediation: 'Add DenyServiceExternalIPs to the plugins that --enable-admission-plugins already names, on every API server: `kubectl k121 external-ips fix --to deny-plugin` prints the line. Existing Services stay as they are.',
    references: EXTERNAL_IP_REFERENCES,
    crossReferences: [{source: 'CIS', id: '1.8 1.2.3'}, {source: 'Trivy', id: 'KCV-0003'}],
  },
  needs: [denyServiceExternalIPs, externalIPRoads, externalIPService, platform],

  create: context => ({
    end() {
      const plugin = context.fact(denyServiceExternalIPs)
      const isManaged = MANAGED.includes(context.fact(platform)?.name ?? '')
      if (plugin.state === 'on') return
      if (plugin.state !== 'off' && plugin.state !== 'partly') return skipUnknown(context, plugin)
      const {spec} = context.fact(externalIPRoads)
      const {isServed, why} = context.fact(externalIPService)
      const other = spec.blocked === 'yes' ? `${shortList(spec.by, 2)} refuses new external IPs` : isServed ? '' : why
      const variant = other !== '' ? 'replaced' : plugin.state
      context.report({
        object: API_SERVER, variant, message: `${stateText(plugin)}${other === '' ? '' : `; ${other}`}.`,
        confidence: plugin.strength === 'proof' ? 'certain' : 'derived', fixableBy: isManaged ? 'provider' : 'you',
        ...(isManaged ? {fix: {text: 'The flags of this API server are the provider\'s: use a policy, `kubectl k121 external-ips fix --to vap`.'}} : {}),
      })
    },
  }),
})

function stateText({state, road, tried}: DenyPluginInfo): string {
  const results = tried.filter(one => one.road === road).map(({result}) => result)
  const how = `${road === 'pods' ? 'the API server pods' : road === 'probe' ? 'the probe' : `/${road}`}: ${results.join('; ')}`
  if (state === 'off') return `${DENY_PLUGIN} is off (${how})`
  const others = tried.filter(one => one.road !== road && /^(?:on|off)\b|names? the plugin/.test(one.result)).map(one => `${one.road}: ${one.result}`)
  return `${DENY_PLUGIN} is not on, or not known to be on, in every API server (${[how, ...others].join(', ')})`
}

/** `likely off` is said, and stays unknown. */
function skipUnknown(context: CheckContext, {state, tried}: DenyPluginInfo): void {
  const pods = context.outcome('control-plane-pods')
  if (pods.outcome === 'not-in-input') return context.skip('not-in-input', 'the input holds no API server pod that shows its flags', 'add the pods of kube-system to the files')
  if (isIncomplete(pods.outcome)) return context.skipUnread('control-plane-pods', pods)
  const likely = state === 'likely-on' ? 'likely on, ' : state === 'likely-off' ? 'likely off, ' : ''
  const roads = tried.map(({road, result}) => `${road} ${result.split(': ')[0] ?? ''}`)
  context.skip('not-observable', `${likely}no road shows it: ${roads.join(', ')}`, '--probe, or the right to get /metrics')
}
