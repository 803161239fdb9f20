import {listAt, numberAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {nameOf, namespaceOf} from '../kube/object.js'
import type {Ip} from '../network/ip.js'
import {parseIp} from '../network/ip.js'

/** One address that a Service takes traffic for, besides its own cluster IPs. */
export interface Claim {
  namespace: string
  name: string
  road: 'spec' | 'status'
  /** `spec.externalIPs[0]` */
  path: string
  /** As it is written. */
  text: string
  /** Null: no address that Kubernetes reads. */
  ip: Ip | null
  /** `53/UDP` */
  ports: readonly string[]
  /** Why kube-proxy takes no notice of it; null: it does. `ipMode`: Proxy, which it heeds from 1.30 on (KEP-1860). */
  ignored: 'headless' | 'ExternalName' | 'ipMode' | null
  /** Not of type LoadBalancer: no controller writes a status there. */
  isStray: boolean
}

/** Both roads. No claim: entries with only a host name. */
export function claimsOf(service: KubeObject): Claim[] {
  const type = textAt(service, 'spec', 'type') ?? 'ClusterIP'
  const [namespace, name, ports, isStray] = [namespaceOf(service), nameOf(service), portsOf(service), type !== 'LoadBalancer']
  const unheard = type === 'ExternalName' ? 'ExternalName' : textAt(service, 'spec', 'clusterIP') === 'None' ? 'headless' : null
  // A literal, no spread of what they share: V8 makes a shape of its own for each object that is spread and grown, of 500 bytes.
  const claim = (road: Claim['road'], path: string, text: string, ignored: Claim['ignored']): Claim => ({namespace, name, road, path, text, ip: parseIp(text), ports, ignored, isStray})
  const spec = textsAt(service, 'spec', 'externalIPs').map((text, index) => claim('spec', `spec.externalIPs[${index}]`, text, unheard))
  const status = listAt(service, 'status', 'loadBalancer', 'ingress').flatMap((entry, index) => {
    const text = textAt(entry, 'ip') ?? ''
    const ignored = unheard ?? (textAt(entry, 'ipMode') === 'Proxy' ? 'ipMode' : null)
    return text === '' ? [] : [claim('status', `status.loadBalancer.ingress[${index}].ip`, text, ignored)]
  })
  return [...spec, ...status]
}

/** Addresses in `spec.externalIPs` that kube-proxy takes notice of. */
export function servedExternalIPs(service: KubeObject): Claim[] {
  return claimsOf(service).filter(({road, ignored}) => road === 'spec' && ignored === null)
}

export function portsOf(service: KubeObject): string[] {
  return listAt(service, 'spec', 'ports').map(port => `${numberAt(port, 'port') ?? 0}/${textAt(port, 'protocol') ?? 'TCP'}`)
}
