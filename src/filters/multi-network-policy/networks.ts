import {OddField, at, flagAt, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {annotationsOf, namespaceOf} from '../../kube/object.js'
import type {Family} from '../../network/ip.js'
import {parseIp} from '../../network/ip.js'

/** A network of a pod beside its first, and the families that it has there. */
export interface Attachment {
  /** `shop/storage`: namespace and name of the NetworkAttachmentDefinition. */
  network: string
  families: readonly Family[]
}

const POLICY_FOR = 'k8s.v1.cni.cncf.io/policy-for'
const NETWORK_STATUS = 'k8s.v1.cni.cncf.io/network-status'

/**
 * Networks that a policy is for, those without a namespace in its own; none
 * without the annotation, and then the policy applies nowhere. Source:
 * `generatePolicyRulesForPodAndFamily` of multi-networkpolicy-iptables.
 */
export function networksOf(policy: KubeObject): string[] {
  const names = (annotationsOf(policy)[POLICY_FOR] ?? '').replaceAll(' ', '').split(',').filter(name => name !== '')
  return names.map(name => (name.includes('/') ? name : `${namespaceOf(policy)}/${name}`))
}

/** What Multus wrote into the pod. The first network of the cluster is not one that these policies are for. */
export function attachmentsOf(pod: KubeObject): Attachment[] {
  const text = annotationsOf(pod)[NETWORK_STATUS] ?? ''
  if (text === '') return []
  return listAt(parsed(text)).filter(entry => flagAt(entry, 'default') !== true).map(entry => {
    const ips = textsAt(entry, 'ips').map((ip, index) => {
      const found = parseIp(ip)
      if (found === null) throw new OddField(`${place()}[].ips[${index}]`, 'an IP address')
      return found.family
    })
    return {network: textAt(entry, 'name') ?? '', families: ([4, 6] as const).filter(family => ips.includes(family))}
  })
}

function place(): string {
  return `metadata.annotations[${JSON.stringify(NETWORK_STATUS)}]`
}

function parsed(text: string): Json | undefined {
  try {
    return at({list: JSON.parse(text) as Json}, 'list')
  } catch {
    throw new OddField(place(), 'JSON')
  }
}
