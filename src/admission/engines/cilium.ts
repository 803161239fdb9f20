import {defineFact} from '../../audit/fact.js'
import {textAt} from '../../kube/field.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {EngineBlockers, Judgement} from './blocker.js'
import {NO_BLOCKERS, unreadRow} from './blocker.js'

interface CiliumSettings {
  replacement: string
  isMitigationOff: boolean
}

/**
 * Cilium in place of kube-proxy does not send traffic of the cluster to
 * `spec.externalIPs`, unless that is switched off. It says nothing about the
 * status of load balancers, and the API still takes the field.
 */
export const ciliumBlockers = defineFact({
  id: 'external-ip-cilium',
  reads: ['network-configmaps', 'daemonsets'],
  create(context) {
    let settings: CiliumSettings | null = null
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
        if (namespaceOf(set) === 'kube-system' && nameOf(set) === 'kube-proxy') hasKubeProxy = true
      },
      end(): EngineBlockers {
        const unread = unreadRow('network-configmaps', context.outcome('network-configmaps'))
        if (settings === null) return {...NO_BLOCKERS, unread}
        const areSetsWhole = context.outcome('daemonsets').outcome === 'complete'
        return {blockers: [{engine: 'cilium', name: 'cilium-config', spec: judge(settings, hasKubeProxy, areSetsWhole), status: null}], unread}
      },
    }
  },
})

function judge({replacement, isMitigationOff}: CiliumSettings, hasKubeProxy: boolean, areSetsWhole: boolean): Judgement {
  if (['', 'false', 'disabled'].includes(replacement)) return {state: 'inert', gaps: ['it does not replace kube-proxy']}
  if (isMitigationOff) return {state: 'inert', gaps: ['disable-external-ip-mitigation is true']}
  if (!['true', 'strict'].includes(replacement)) return {state: 'unknown', gaps: [`it replaces kube-proxy in part (${replacement})`]}
  if (hasKubeProxy) return {state: 'enforcing', gaps: ['kube-proxy is installed beside it']}
  return {state: 'enforcing', gaps: areSetsWhole ? [] : ['whether kube-proxy runs beside it is not known']}
}
