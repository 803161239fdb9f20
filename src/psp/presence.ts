import {defineFact} from '../audit/fact.js'
import type {OwnerLink, Owners} from '../audit/owners.js'
import {linkOf, owners, topOwner} from '../audit/owners.js'
import type {ObjectRef} from '../audit/finding.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {flagAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {annotationsOf, nameOf} from '../kube/object.js'
import {isFinished} from '../kube/pod.js'

/** The admission plugin writes it on every pod that it lets in (podsecuritypolicy/admission.go up to 1.24). */
export const PSP_ANNOTATION = 'kubernetes.io/psp'
/** PodSecurityPolicy is gone from here on. */
export const GONE_MINOR = 25

export interface PspUse {
  policy: string
  /** Pods that carry its annotation and are not finished. */
  pods: number
  /** They by what a person would edit. */
  owners: readonly {owner: ObjectRef; pods: number}[]
}

export interface PspPresence {
  /** How the list of policies went: `not-served` where the API is not there, which is an answer too. */
  policies: ReadOutcome
  uses: readonly PspUse[]
  /** The youngest pod carries no annotation: the plugin does not act any more, or never did on it. */
  isYoungestWithout: boolean
}

/** What is left of, or still done by, PodSecurityPolicy. */
export const pspPresence = defineFact<'podsecuritypolicies' | 'pods', PspPresence>({
  id: 'psp-presence',
  reads: ['podsecuritypolicies', 'pods'],
  needs: [owners],
  create(context) {
    const links = new Map<string, Map<string, {link: OwnerLink; pods: number}>>()
    let newestWith = ''
    let newestWithout = ''
    return {
      pods(pod) {
        if (isFinished(pod)) return
        const policy = annotationsOf(pod)[PSP_ANNOTATION]
        const created = textAt(pod, 'metadata', 'creationTimestamp') ?? ''
        if (policy === undefined) newestWithout = created > newestWithout ? created : newestWithout
        else {
          newestWith = created > newestWith ? created : newestWith
          countLink(links, policy, linkOf(pod))
        }
      },
      end() {
        const known = context.fact(owners)
        const uses = [...links].map(([policy, byOwner]) => useOf(policy, byOwner, known)).toSorted((a, b) => (a.policy < b.policy ? -1 : 1))
        return {policies: context.outcome('podsecuritypolicies'), uses, isYoungestWithout: newestWithout > newestWith}
      },
    }
  },
})

/** One entry for each controller, not for each pod. */
function countLink(links: Map<string, Map<string, {link: OwnerLink; pods: number}>>, policy: string, link: OwnerLink): void {
  const byOwner = links.get(policy) ?? new Map<string, {link: OwnerLink; pods: number}>()
  links.set(policy, byOwner)
  const {kind, namespace, name} = link.controller?.ref ?? link.object
  const key = `${kind}/${namespace}/${name}`
  const known = byOwner.get(key)
  if (known === undefined) byOwner.set(key, {link, pods: 1})
  else known.pods++
}

function useOf(policy: string, byOwner: ReadonlyMap<string, {link: OwnerLink; pods: number}>, known: Owners): PspUse {
  const tops = new Map<string, {owner: ObjectRef; pods: number}>()
  let pods = 0
  for (const entry of byOwner.values()) {
    const owner = topOwner(known, entry.link)
    const key = `${owner.namespace}/${owner.kind}/${owner.name}`
    const top = tops.get(key) ?? {owner, pods: 0}
    tops.set(key, {owner, pods: top.pods + entry.pods})
    pods += entry.pods
  }
  return {policy, pods, owners: [...tops].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, top]) => top)}
}

/** What a check keeps of a policy. */
export interface PolicySummary {
  name: string
  /** It lets privileged containers, the host and every volume in, as `eks.privileged` does: whoever may use it is not restricted. */
  isOpen: boolean
}

export function summaryOf(policy: KubeObject): PolicySummary {
  const isAny = (field: string): boolean => textAt(policy, 'spec', field, 'rule') === 'RunAsAny'
  const isOpen =
    ['privileged', 'hostPID', 'hostIPC', 'hostNetwork'].every(field => flagAt(policy, 'spec', field) === true) &&
    flagAt(policy, 'spec', 'allowPrivilegeEscalation') !== false && flagAt(policy, 'spec', 'readOnlyRootFilesystem') !== true &&
    ['volumes', 'allowedCapabilities'].every(field => textsAt(policy, 'spec', field).includes('*')) &&
    ['runAsUser', 'seLinux', 'fsGroup', 'supplementalGroups'].every(isAny)
  return {name: nameOf(policy), isOpen}
}
