import {defineFact} from '../audit/fact.js'
import {listAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import type {ReadFlag} from '../kube/command-flags.js'
import {flagValues} from '../kube/command-flags.js'
import {labelsOf, nameOf} from '../kube/object.js'
import {isFinished} from '../kube/pod.js'
import type {Cidr} from './cidr.js'
import {parseCidr} from './cidr.js'
import {configScalar} from './config-scalar.js'
import type {Evidence} from './evidence.js'
import {evidenceOf} from './evidence.js'

/** Ranges that one signal names. */
export interface Named {
  cidrs: Cidr[]
  /** Values that are no range: an unexpanded `$(VARIABLE)`, rubbish, a file that we do not understand. */
  odd: string[]
}

export interface ConfiguredRanges {
  evidence: readonly Evidence[]
  /** Signal 2: what the API server allocates from. */
  serviceCidr: Named
  /** Signal 6. */
  flags: {services: Named; pods: Named}
  /** Signal 7: written when the cluster was made, and may be stale. */
  files: {services: Named; pods: Named}
}

/** Signals 2, 6 and 7: the ranges that the cluster was told to use. */
export const configuredRanges = defineFact({
  id: 'configured-ranges',
  reads: ['servicecidrs', 'control-plane-pods', 'network-configmaps'],
  create(context) {
    const serviceCidr = nothing()
    const flags = {services: nothing(), pods: nothing()}
    const files = {services: nothing(), pods: nothing()}
    return {
      servicecidrs(object) {
        // Other ServiceCIDR objects prove nothing, even when they are Ready.
        if (nameOf(object) === 'kubernetes') textsAt(object, 'spec', 'cidrs').forEach(text => addTo(serviceCidr, text))
      },
      'control-plane-pods'(pod) {
        if (isFinished(pod)) return
        lastFlag(pod, 'service-cluster-ip-range').forEach(text => addTo(flags.services, text))
        if (labelsOf(pod)['component'] === 'kube-controller-manager') lastFlag(pod, 'cluster-cidr').forEach(text => addTo(flags.pods, text))
      },
      'network-configmaps'(map) {
        readConfigMap(map, files)
      },
      end: (): ConfiguredRanges => ({
        serviceCidr, flags, files,
        evidence: [
          evidenceOf(2, context.outcome('servicecidrs'), `ServiceCIDR kubernetes: ${namedText(serviceCidr) || 'not there'}`),
          evidenceOf(6, context.outcome('control-plane-pods'), `control plane flags: ${bothText(flags) || 'none seen'}`),
          evidenceOf(7, context.outcome('network-configmaps'), `kubeadm-config and kube-proxy: ${bothText(files) || 'name no range'}`),
        ],
      }),
    }
  },
})

export function nothing(): Named {
  return {cidrs: [], odd: []}
}

/** Reads a list of ranges, one per family, separated by commas. */
export function addTo(named: Named, list: string): void {
  for (const text of list.split(',').map(part => part.trim()).filter(part => part !== '')) {
    const cidr = parseCidr(text)
    if (cidr === null) addOnce(named.odd, text)
    else if (!named.cidrs.some(other => other.text === cidr.text)) named.cidrs.push(cidr)
  }
}

function addOnce(list: string[], text: string): void {
  if (!list.includes(text)) list.push(text)
}

/** The last one holds where a flag is repeated. */
function lastFlag(pod: KubeObject, flag: ReadFlag): string[] {
  return listAt(pod, 'spec', 'containers').flatMap(container => flagValues(container, flag).slice(-1))
}

function readConfigMap(map: KubeObject, files: {services: Named; pods: Named}): void {
  const name = nameOf(map)
  const take = (named: Named, key: string, path: readonly string[]): void => {
    const found = configScalar(textAt(map, 'data', key) ?? '', path)
    if (found.ok) addTo(named, found.value)
    else addOnce(named.odd, `ConfigMap ${name}`)
  }
  if (name === 'kubeadm-config') {
    take(files.pods, 'ClusterConfiguration', ['networking', 'podSubnet'])
    take(files.services, 'ClusterConfiguration', ['networking', 'serviceSubnet'])
  }
  if (name === 'kube-proxy') take(files.pods, 'config.conf', ['clusterCIDR'])
}

export function namedText({cidrs, odd}: Named): string {
  return [...cidrs.map(({text}) => text), ...odd.map(text => `${text} (not understood)`)].join(', ')
}

function bothText({services, pods}: {services: Named; pods: Named}): string {
  const parts = [{word: 'services', text: namedText(services)}, {word: 'pods', text: namedText(pods)}]
  return parts.filter(({text}) => text !== '').map(({word, text}) => `${word} ${text}`).join('; ')
}
