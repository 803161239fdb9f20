import {defineFact} from '../audit/fact.js'
import {textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {labelsOf} from '../kube/object.js'

export interface PlatformInfo {
  /** Who runs or packs this cluster: `eks`, `k3s`, `openshift`; else the cloud that its nodes stand in. */
  name: string
  evidence: string
  /** The cloud: scheme of Node `spec.providerID`; null where no node has one. */
  provider: string | null
}

interface Mark {
  name: string
  /** Start of a node label's key. */
  label?: string
  /** In the version of a kubelet or of the server. */
  version?: RegExp
  scheme?: string
  osImage?: RegExp
}

/** First match wins: a distribution before the cloud that its nodes stand in. */
const MARKS: readonly Mark[] = [
  {name: 'openshift', label: 'node.openshift.io/'},
  {name: 'rke2', version: /\+rke2r\d/},
  {name: 'k3s', version: /\+k3s\d/, scheme: 'k3s'},
  {name: 'k0s', version: /\+k0s/},
  {name: 'eks', version: /-eks-/, label: 'eks.amazonaws.com/'},
  {name: 'gke', version: /-gke\.\d/, label: 'cloud.google.com/gke-'},
  {name: 'aks', label: 'kubernetes.azure.com/'},
  {name: 'doks', label: 'doks.digitalocean.com/'},
  {name: 'kind', scheme: 'kind'},
  {name: 'minikube', label: 'minikube.k8s.io/'},
  {name: 'microk8s', label: 'microk8s.io/cluster'},
  {name: 'talos', osImage: /^Talos /},
]

/** Schemes that stand for a cluster in a box, not for a cloud. */
const NO_CLOUD: readonly string[] = ['kind', 'k3s']

interface Sign {
  name: string
  evidence: string
}

/**
 * The platform that most nodes speak of. Nodes carry the best evidence; without
 * them the server's version and OpenShift's own configuration are asked. Null:
 * nothing tells it, which is not the same as "none".
 */
export const platform = defineFact({
  id: 'platform',
  reads: ['version', 'openshift-network', 'nodes'],
  create() {
    const signs = new Map<string, {sign: Sign; count: number}>()
    const schemes = new Map<string, number>()
    let nodes = 0
    let fromVersion: Sign | null = null
    let isOpenShift = false
    return {
      version(object) {
        const gitVersion = textAt(object, 'gitVersion') ?? ''
        const mark = MARKS.find(({version}) => version?.test(gitVersion))
        if (mark !== undefined) fromVersion = {name: mark.name, evidence: `server version ${gitVersion}`}
      },
      'openshift-network'() {
        isOpenShift = true
      },
      nodes(node) {
        nodes++
        const scheme = schemeOf(textAt(node, 'spec', 'providerID') ?? '')
        if (scheme !== null && !NO_CLOUD.includes(scheme)) schemes.set(scheme, (schemes.get(scheme) ?? 0) + 1)
        const sign = signOf(node, scheme)
        if (sign === null) return
        const seen = signs.get(sign.name)
        signs.set(sign.name, {sign: seen?.sign ?? sign, count: (seen?.count ?? 0) + 1})
      },
      end(): PlatformInfo | null {
        const provider = mostOf(schemes)
        if (isOpenShift) return {name: 'openshift', evidence: 'Network cluster of config.openshift.io', provider}
        const {name, evidence} = fromNodes(signs, nodes) ?? fromVersion ?? {name: null, evidence: ''}
        return name === null ? null : {name, evidence, provider}
      },
    }
  },
})

function fromNodes(signs: ReadonlyMap<string, {sign: Sign; count: number}>, nodes: number): Sign | null {
  const name = mostOf(new Map([...signs].map(([key, {count}]) => [key, count])))
  const found = name === null ? undefined : signs.get(name)
  if (found === undefined) return null
  const {sign, count} = found
  return count === nodes ? sign : {...sign, evidence: `${sign.evidence} (${count} of ${nodes} nodes)`}
}

function signOf(node: KubeObject, scheme: string | null): Sign | null {
  const labels = Object.keys(labelsOf(node))
  const kubelet = textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? ''
  const osImage = textAt(node, 'status', 'nodeInfo', 'osImage') ?? ''
  for (const mark of MARKS) {
    if (mark.version?.test(kubelet) === true) return {name: mark.name, evidence: `kubelet version ${kubelet}`}
    const label = mark.label === undefined ? undefined : labels.find(key => key.startsWith(mark.label ?? ''))
    if (label !== undefined) return {name: mark.name, evidence: `Node label ${label}`}
    if (mark.scheme !== undefined && mark.scheme === scheme) return {name: mark.name, evidence: 'Node spec.providerID'}
    if (mark.osImage?.test(osImage) === true) return {name: mark.name, evidence: 'Node status.nodeInfo.osImage'}
  }
  return scheme === null ? null : {name: scheme, evidence: 'Node spec.providerID'}
}

/** Alibaba's older controllers write `REGION.INSTANCE` without a scheme. */
function schemeOf(providerId: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(providerId)?.[1]
  return scheme ?? (/^[a-z]{2}-[a-z]+(?:-\d+)?\.i-\w+$/.test(providerId) ? 'alicloud' : null)
}

/** The most frequent; the first by name among equals, so that the answer does not hang on the order of nodes. */
function mostOf(counts: ReadonlyMap<string, number>): string | null {
  const [first] = [...counts].toSorted(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))
  return first?.[0] ?? null
}
