import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import {kubernetes, node, pod} from '../../network/cluster-objects.js'

export const RFC = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
export const LL = '169.254.0.0/16'

export interface Written {
  name?: string
  namespace?: string
  selector?: JsonObject
  labels?: Record<string, string>
  ports?: Json[]
  /** Peers beside the blocks. */
  peers?: JsonObject[]
}

/** One rule for each block: `0.0.0.0/0`, `0.0.0.0/0 except 10.0.0.0/8, 1.1.1.1/32`. */
export function policy(direction: 'ingress' | 'egress', blocks: readonly string[], {name = 'p', namespace = 'shop', selector = {}, labels = {}, ports, peers = []}: Written = {}): KubeObject {
  const side = direction === 'egress' ? 'to' : 'from'
  const all = [...blocks.map((text): JsonObject => ({ipBlock: blockOf(text)})), ...peers]
  const spec = {podSelector: selector, policyTypes: [direction === 'egress' ? 'Egress' : 'Ingress'], [direction]: all.map(peer => ({[side]: [peer], ...(ports === undefined ? {} : {ports})}))}
  return {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace, name, labels}, spec}
}

function blockOf(text: string): JsonObject {
  const [cidr = '', exceptions] = text.split(' except ')
  return exceptions === undefined ? {cidr} : {cidr, except: exceptions.split(', ')}
}

export const V4 = ['10.244.0.5']
export const V6 = ['2600:1f13:aa::5']
export const DUAL = ['10.244.0.6', '2600:1f13:aa::6']

/** Pods and nodes with global IPv6 addresses, in AWS unless said otherwise. */
export function ground(providerID: string | null = 'aws:///eu-west-1a/i-1'): KubeObject[] {
  const plain = node([['InternalIP', '192.168.10.1'], ['InternalIP', '2600:1f13:bb::1']], {podCIDRs: ['10.244.0.0/24', '2600:1f13:aa::/64'], ...(providerID === null ? {} : {providerID})})
  return [kubernetes(), plain]
}

export function pods(number: number, ips: string[], namespace = 'shop', labels: Record<string, string> = {}): KubeObject[] {
  return Array.from({length: number}, () => {
    const one = pod(ips, {namespace})
    return {...one, metadata: {...one['metadata'] as JsonObject, labels}}
  })
}
