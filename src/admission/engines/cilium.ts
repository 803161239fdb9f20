import {defineFact} from '../../audit/fact.js'
import {textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {labelsOf, nameOf} from '../../kube/object.js'
import {platform} from '../../network/platform.js'
import type {EngineBlockers, Judgement} from './blocker.js'
import {NO_BLOCKERS, unreadRow} from './blocker.js'

interface CiliumSettings {
  replacement: string
  isMitigationOff: boolean
}

interface Agents {
  hasCilium: boolean
  hasKubeProxy: boolean
  /** False: there may be others. */
  areWhole: boolean
  /** This distribution runs kube-proxy without a DaemonSet. */
  hidesKubeProxy: boolean
}

/** kube-proxy inside the distribution's own program, as a static pod or as a service of the host. */
const HIDING: readonly string[] = ['k3s', 'rke2', 'microk8s']

/**
 * Cilium in place of kube-proxy does not send traffic of the cluster to
 * `spec.externalIPs`, unless that is switched off. It says nothing about the
 * status of load balancers, and the API still takes the field.
 */
export const ciliumBlockers = defineFact({
  id: 'external-ip-cilium',
  reads: ['network-configmaps', 'daemonsets'],
  needs: [platform],
  create(context) {
    let settings: CiliumSettings | null = null
    let hasCilium = false
    let hasKubeProxy = false
    return {
      'network-configmaps'(map) {
        if (nameOf(map) !== 'cilium-config') return
        settings = {
          replacement: (textAt(map, 'data', 'kube-proxy-replacement') ?? '').toLowerCase(),
          isMitigationOff: textAt(map, 'data', 'disable-external-ip-mitigation')?.toLowerCase() === 'true',
        }
      },
      daemonsets(set) {
        hasCilium ||= isAgent(set, /^(?:cilium|anetd)$/, 'cilium')
        hasKubeProxy ||= isAgent(set, /^kube-proxy(?:-.+)?$/, 'kube-proxy')
      },
      end(): EngineBlockers {
        const unread = unreadRow('network-configmaps', context.outcome('network-configmaps'))
        if (settings === null) return {...NO_BLOCKERS, unread}
        const agents: Agents = {
          hasCilium, hasKubeProxy, areWhole: context.outcome('daemonsets').outcome === 'complete',
          hidesKubeProxy: HIDING.includes(context.fact(platform)?.name ?? ''),
        }
        return {blockers: [{engine: 'cilium', name: 'cilium-config', spec: judge(settings, agents), status: null}], unread}
      },
    }
  },
})

/** By its name or by the label that its own manifests give it; GKE calls Cilium's anetd. */
function isAgent(set: KubeObject, name: RegExp, label: string): boolean {
  return name.test(nameOf(set)) || labelsOf(set)['k8s-app'] === label
}

function judge({replacement, isMitigationOff}: CiliumSettings, {hasCilium, hasKubeProxy, areWhole, hidesKubeProxy}: Agents): Judgement {
  if (['', 'false', 'disabled'].includes(replacement)) return {state: 'inert', gaps: ['it does not replace kube-proxy']}
  if (isMitigationOff) return {state: 'inert', gaps: ['disable-external-ip-mitigation is true']}
  if (!hasCilium) return areWhole ? {state: 'inert', gaps: ['no DaemonSet of Cilium: its configuration is a leftover']} : {state: 'unknown', gaps: ['whether Cilium runs is not known']}
  if (!['true', 'strict'].includes(replacement)) return {state: 'unknown', gaps: [`it replaces kube-proxy in part (${replacement})`]}
  if (hasKubeProxy) return {state: 'enforcing', gaps: ['kube-proxy is installed beside it']}
  return {state: 'enforcing', gaps: areWhole && !hidesKubeProxy ? [] : ['whether kube-proxy runs beside it is not known']}
}
