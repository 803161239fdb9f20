import type {CheckContext, Report, Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {labelIndex} from '../../filters/label-index.js'
import type {ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import {networkPolicies} from '../../filters/network-policy/policies.js'
import {POD_VIEW_NEEDS, podViews} from '../../filters/pods.js'
import type {PodView} from '../../filters/pods.js'
import {unenforcedFamilies} from '../../filters/unenforced-families.js'
import {textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {shortList} from '../../kube/short-list.js'
import {cniFamilies} from '../../network/cni-families.js'
import type {Family} from '../../network/ip.js'
import {platform} from '../../network/platform.js'
import {podsText} from './network-policy-words.js'
import {skipRefused, skipUntoldHidden} from './unread-rows.js'

const VARIANTS = {
  'hidden-interface': {severity: 'high', title: 'Pods have a second interface, in another family, that no network policy reaches'},
  'azure-npm': {severity: 'high', title: 'Pods have IPv6, and Azure Network Policy Manager enforces IPv4 alone'},
  'calico-ipv6-off': {severity: 'high', title: 'Pods have IPv6, which Calico was told to leave alone'},
} as const satisfies Record<string, Variant>
type Cause = keyof typeof VARIANTS

/**
 * S5. Pods that some network policy selects have a family that what enforces
 * policies here leaves alone. Clusters that enforce no policy at all are not
 * meant: nobody can see that from outside.
 */
export const podFamilyNotEnforced = defineCheck({
  meta: {
    id: 'pod-family-not-enforced',
    title: 'Network policies select pods that have an IP family which is not enforced',
    topic: 'dual-stack', severity: 'high', variants: VARIANTS,
    reads: ['networkpolicies', 'pods'],
    alsoReads: ['aws-node', 'policy-agents', 'felixconfigurations'],
    why: 'A network policy closes both families on paper. Where the program that enforces it knows one of them, or one interface of the pod, the other is as open as without any policy: a pod under default-deny gets out over it, to instance metadata too where that answers, or is reached over it by anybody. Neither the policy nor the pod shows it.',
    remediation: 'Give the pods the families that are enforced, or have both enforced; until then filter the other family outside of the cluster.',
    references: [
      {title: 'EKS network policies: considerations', url: 'https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html'},
      {title: 'aws-network-policy-agent: IPv4 egress of IPv6 pods', url: 'https://github.com/aws/aws-network-policy-agent/issues/55'},
      {title: 'Calico on EKS with IPv6: the same', url: 'https://github.com/projectcalico/calico/issues/9099'},
      {title: 'AKS: dual-stack networking', url: 'https://learn.microsoft.com/azure/aks/configure-dual-stack'},
      {title: 'Configuring Felix: Ipv6Support', url: 'https://docs.tigera.io/calico/latest/reference/felix/configuration'},
    ],
  },
  needs: [networkPolicies, unenforcedFamilies, platform, ...POD_VIEW_NEEDS],

  create(context) {
    const seen = selected(context)
    return {
      pods: pod => seen.add(pod),
      end() {
        for (const found of seen.found()) context.report(reportOf(context, found))
        skipRefused(context, ['policy-agents', 'felixconfigurations'])
        skipUntoldHidden(context)
      },
    }
  },
})

interface Found {
  namespace: string
  cause: Cause
  family: Family
  pods: number
  names: string[]
  policies: Set<string>
}

/** By namespace and cause. Pods stream past; three names and those of the policies stay. */
function selected(context: CheckContext): {add(pod: KubeObject): void; found(): Iterable<Found>} {
  const view = podViews(context)
  const found = new Map<string, Found>()
  let selecting: ((pod: PodView) => readonly ReadNetworkPolicy[]) | null = null
  return {
    found: () => found.values(),
    add(pod) {
      selecting ??= selector(context.fact(networkPolicies).byNamespace)
      const seen = view(pod)
      const policies = seen === null ? [] : selecting(seen)
      if (seen === null || policies.length === 0) return
      for (const {cause, family, reached} of causesOf(context, seen, textAt(pod, 'spec', 'nodeName') ?? '')) {
        const telling = policies.filter(reached)
        if (telling.length > 0) note(found, seen, {cause, family}, telling)
      }
    },
  }
}

function selector(byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): (pod: PodView) => readonly ReadNetworkPolicy[] {
  const indexes = new Map([...byNamespace].map(([namespace, policies]) => [namespace, labelIndex(policies, ({selector: wanted}) => wanted)]))
  return ({namespace, labels}) => indexes.get(namespace)?.(labels) ?? []
}

interface CauseHere {
  cause: Cause
  family: Family
  /** Policies that mean to close what is open. */
  reached(policy: ReadNetworkPolicy): boolean
}

function causesOf(context: CheckContext, {families}: PodView, node: string): CauseHere[] {
  const {hidden} = context.fact(cniFamilies)
  const {isNpmRunning, isCalicoWithoutV6} = context.fact(unenforcedFamilies)
  const any = (): boolean => true
  const hasV6 = families.includes(6) && hidden?.family !== 6
  return [
    // It leads out only: nobody comes in by it.
    ...(hidden === null ? [] : [{cause: 'hidden-interface' as const, family: hidden.family, reached: ({egress}: ReadNetworkPolicy) => egress !== null}]),
    ...(hasV6 && isNpmRunning ? [{cause: 'azure-npm' as const, family: 6 as const, reached: any}] : []),
    ...(hasV6 && isCalicoWithoutV6(node) ? [{cause: 'calico-ipv6-off' as const, family: 6 as const, reached: any}] : []),
  ]
}

function note(found: Map<string, Found>, {namespace, name}: PodView, {cause, family}: Pick<Found, 'cause' | 'family'>, policies: readonly ReadNetworkPolicy[]): void {
  const key = `${cause} ${namespace}`
  const known = found.get(key) ?? {namespace, cause, family, pods: 0, names: [], policies: new Set<string>()}
  found.set(key, known)
  known.pods++
  if (known.names.length < 3) known.names.push(name)
  for (const {ref} of policies) known.policies.add(ref.name)
}

function reportOf(context: CheckContext, found: Found): Report {
  const {namespace, cause, family, pods} = found
  return {
    object: {apiVersion: 'v1', kind: 'Namespace', namespace: '', name: namespace}, variant: cause, key: `IPv${family}`, count: pods, confidence: 'derived',
    message: `${sentenceOf(context, found)}.`,
    details: {type: 'filter', class: 'S5', direction: cause === 'hidden-interface' ? 'egress' : null, ports: 'all', openFamily: family, blockedFamily: null, addressClass: null},
    fix: {text: FIXES[cause](family)},
  }
}

function sentenceOf(context: CheckContext, found: Found): string {
  const {cause, family, policies} = found
  const named = `${policies.size === 1 ? 'the network policy' : `${policies.size} network policies`} ${shortList([...policies].toSorted(), 2)}`
  const pods = podsText(found)
  switch (cause) {
    case 'hidden-interface': {
      const {hidden} = context.fact(cniFamilies)
      return `Policies apply to the first interface of a pod: whatever ${named} may say of egress, ${pods} can get out over IPv${family} by a second one out of ${hidden?.range ?? ''} (${hidden?.because ?? ''}), to instance metadata too where it answers there`
    }
    case 'azure-npm': return `Azure Network Policy Manager enforces ${named} over IPv4 alone: over IPv6 nothing is closed, anybody who has a route reaches ${pods}, and code there reaches anything`
    case 'calico-ipv6-off': return `Calico enforces ${named} over IPv4 alone (${context.fact(unenforcedFamilies).calicoBecause}): over IPv6 nothing is closed, anybody who has a route reaches ${pods}, and code there reaches anything`
  }
}

const FIXES: Readonly<Record<Cause, (family: Family) => string>> = {
  'hidden-interface': family => `Set ENABLE_V${family}_EGRESS=false on aws-node where pods need no IPv${family}, and recreate the pods; else filter that family by security groups, and require IMDSv2 with a hop limit of 1.`,
  'azure-npm': () => 'Move to a policy engine with IPv6 (AKS: Azure CNI powered by Cilium), or give the pods IPv4 alone.',
  'calico-ipv6-off': () => 'Set FELIX_IPV6SUPPORT=true on calico-node, or ipv6Support: true in its FelixConfiguration.',
}
