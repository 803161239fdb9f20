import {defineFact} from '../audit/fact.js'
import {textAt} from '../kube/field.js'
import {nameOf} from '../kube/object.js'
import {configScalar} from './config-scalar.js'

export interface KubeProxyInfo {
  /** Null: its configuration was not seen. */
  isIpvs: boolean | null
  /** The gate AllowServiceExternalIPs, where the configuration names it; null: the release's default. */
  servesExternalIPs: boolean | null
}

/** How kube-proxy is configured, on clusters that keep its configuration in `kube-system/kube-proxy` as kubeadm does. */
export const kubeProxy = defineFact({
  id: 'kube-proxy',
  reads: ['network-configmaps'],
  create() {
    let info: KubeProxyInfo = {isIpvs: null, servesExternalIPs: null}
    return {
      'network-configmaps'(map) {
        if (nameOf(map) !== 'kube-proxy') return
        const file = textAt(map, 'data', 'config.conf')
        if (file === undefined) return
        const mode = configScalar(file, ['mode'])
        const gate = configScalar(file, ['featureGates', 'AllowServiceExternalIPs'])
        info = {isIpvs: mode.ok ? mode.value === 'ipvs' : null, servesExternalIPs: gate.ok && gate.value !== '' ? gate.value === 'true' : null}
      },
      end: () => info,
    }
  },
})
