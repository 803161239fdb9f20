import type {Claim} from '../../admission/service-claims.js'
import type {AddressClass} from '../../audit/finding.js'
import type {KubeProxyInfo} from '../../network/kube-proxy.js'
import {shortList} from '../../kube/short-list.js'

/** One claim for each address of a Service and road, however often and in whatever spelling it stands there; an entry that is heeded is not hidden by one that is not. */
export function distinctClaims(claims: readonly Claim[], road: Claim['road']): Claim[] {
  const seen = new Set<string>()
  return claims.filter(claim => {
    const key = `${claim.namespace}/${claim.name} ${claim.ip?.text ?? claim.text} ${claim.ignored ?? ''}`
    if (claim.road !== road || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** `gets the traffic on 53/UDP` */
export function trafficText({ports}: Claim): string {
  return `gets the traffic${ports.length === 0 ? '' : ` on ${shortList(ports, 3)}`}`
}

export function effectOf(addressClass: AddressClass, {isIpvs}: KubeProxyInfo): string {
  if (addressClass !== 'node') return ''
  if (isIpvs === true) return '; kube-proxy in IPVS mode binds it on every node, so that no node can reach that one any more'
  return isIpvs === null ? '; in IPVS mode nodes would lose each other, and the mode of kube-proxy was not seen' : ''
}
