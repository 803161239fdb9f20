import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {ServerMinor} from '../support/binaries.js'

/** What a check must find on a real server, and what it must not. */
export interface CheckCase {
  check: string
  /** The servers on which this can be; all that the check knows where absent. */
  minors?: readonly ServerMinor[]
  bad: readonly KubeObject[]
  found: {variant: string; kind: string; namespace?: string; name: string; state?: 'latent'}
  /** Clean twins: beside the others on the server of the bad, and alone on one where nothing is bad. */
  good: readonly KubeObject[]
  /** Only where nothing is bad: it would be in the way of the bad. */
  shut?: readonly KubeObject[]
}

export function object(apiVersion: string, kind: string, place: string, rest: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  const [name = '', namespace] = place.split('/').toReversed()
  return {apiVersion, kind, metadata: {name, ...(namespace === undefined ? {} : {namespace}), ...metadata}, ...rest}
}

export function namespace(name: string, labels: Record<string, string> = {}): KubeObject {
  return object('v1', 'Namespace', name, {}, {labels})
}

/** With addresses it is running, as a kubelet would report it. */
export function pod(place: string, ips: readonly string[] = [], metadata: JsonObject = {}): KubeObject {
  const status = ips[0] === undefined ? {} : {status: {phase: 'Running', podIP: ips[0], podIPs: ips.map(ip => ({ip}))}}
  return object('v1', 'Pod', place, {spec: {containers: [{name: 'main', image: 'registry.example.com/main:1'}]}, ...status}, metadata)
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
