import {defineFact} from '../../audit/fact.js'
import {textAt} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'
import {platform} from '../../network/platform.js'
import {HIDDEN_KUBE_PROXY, isReplacing, replacementIn, serviceProxies} from '../service-proxies.js'
import type {ServiceProxies} from '../service-proxies.js'
import type {EngineBlockers, Judgement} from './blocker.js'
import {NO_BLOCKERS, unreadRow} from './blocker.js'

interface CiliumSettings {
  replacement: string
  isMitigationOff: boolean
  /** Sockets of pods are left alone, for service meshes; their packets are looked at instead. */
  isForHostsOnly: boolean
}

/** bpf/bpf_sock.c, bpf/lib/nodeport.h: the mitigation passes over an address of the node that the program runs on, and over what comes in from outside. */
const NODES_GAP = 'an address of a node is taken all the same, there and by whatever reaches that node'

/**
 * Cilium in place of kube-proxy does not send traffic of the cluster to
 * `spec.externalIPs`, unless that is switched off or the address is a node's. It
 * says nothing about the status of load balancers, and the API still takes the
 * field.
 */
export const ciliumBlockers = defineFact({
  id: 'external-ip-cilium',
  reads: ['network-configmaps'],
  needs: [platform, serviceProxies],
  create(context) {
    let settings: CiliumSettings | null = null
    return {
      'network-configmaps'(map) {
        if (nameOf(map) !== 'cilium-config') return
        const isTrue = (key: string): boolean => textAt(map, 'data', key)?.toLowerCase() === 'true'
        settings = {replacement: replacementIn(map), isMitigationOff: isTrue('disable-external-ip-mitigation'), isForHostsOnly: isTrue('bpf-lb-sock-hostns-only')}
      },
      end(): EngineBlockers {
        const unread = unreadRow('network-configmaps', context.outcome('network-configmaps'))
        if (settings === null) return {...NO_BLOCKERS, unread}
        const hidesKubeProxy = HIDDEN_KUBE_PROXY.includes(context.fact(platform)?.name ?? '')
        return {blockers: [{engine: 'cilium', name: 'cilium-config', spec: judge(settings, context.fact(serviceProxies), hidesKubeProxy), status: null}], unread}
      },
    }
  },
})

function judge({replacement, isMitigationOff, isForHostsOnly}: CiliumSettings, {hasCilium, hasKubeProxy, areWhole}: ServiceProxies, hidesKubeProxy: boolean): Judgement {
  if (!isReplacing(replacement)) return {state: 'inert', gaps: ['it does not replace kube-proxy']}
  if (isMitigationOff) return {state: 'inert', gaps: ['disable-external-ip-mitigation is true']}
  if (!hasCilium) return areWhole ? {state: 'inert', gaps: ['no DaemonSet of Cilium: its configuration is a leftover']} : {state: 'unknown', gaps: ['whether Cilium runs is not known']}
  if (!['true', 'strict'].includes(replacement)) return {state: 'unknown', gaps: [`it replaces kube-proxy in part (${replacement})`]}
  // The check stands in the program for sockets.
  const gaps = [NODES_GAP, ...(isForHostsOnly ? ['bpf-lb-sock-hostns-only is true: whether it holds for pods is not known'] : [])]
  if (hasKubeProxy) return {state: 'enforcing', gaps: [...gaps, 'kube-proxy is installed beside it']}
  return {state: 'enforcing', gaps: [...gaps, ...(areWhole && !hidesKubeProxy ? [] : ['whether kube-proxy runs beside it is not known'])]}
}

/** Is nothing but the addresses of nodes served? */
export function isMitigated({state, gaps}: Judgement): boolean {
  return state === 'enforcing' && gaps.every(gap => gap === NODES_GAP)
}
