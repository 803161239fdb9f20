import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {Ran} from '../../support/run-checks.js'
import {kubernetes, node, pod as podWith, serviceCidr} from '../../network/cluster-objects.js'

/** Pods of the plan *global*: addresses of the Internet for pods and nodes, Services out of a ULA, on AWS. */
export const V4 = ['10.244.0.5']
export const BOTH = ['10.244.0.6', '2600:1f13:aa::6']
export const V6 = ['2600:1f13:aa::7']
export const WORLD: readonly KubeObject[] = [
  kubernetes(), serviceCidr(['10.96.0.0/12', 'fd12:3456::/108']),
  {...node([['InternalIP', '192.168.10.2'], ['InternalIP', '2600:1f13:bb::2']], {podCIDRs: ['10.244.0.0/16', '2600:1f13:aa::/64'], providerID: 'aws:///eu/i-1'}), metadata: {name: 'n1', labels: {role: 'worker'}}},
]

export const RFC = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
export const IMDS = '169.254.169.254/32'

export function podOf(ips: string[], labels: Record<string, string> = {app: 'web'}, namespace = 'shop', spec: JsonObject = {}): KubeObject {
  const made = podWith(ips, {namespace})
  return {...made, metadata: {...made['metadata'] as JsonObject, labels}, spec: {...made['spec'] as JsonObject, ...spec}}
}

/** `latent metadata GlobalNetworkPolicy a spec.egress[0]…` */
export function toldBy({findings}: Ran): string[] {
  return findings.map(({variant, state, object: {kind, name}, path}) => `${state === 'latent' ? 'latent ' : ''}${variant} ${kind} ${name} ${path}`)
}
