import type {FamilyCounts} from '../../audit/audit-report.js'
import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {isIncomplete} from '../../audit/outcome.js'
import {cniFamilies} from '../../network/cni-families.js'
import {edgeFamilies} from '../../network/edge-families.js'
import {familiesIn, familiesText} from '../../network/evidence.js'
import {families} from '../../network/families.js'
import {otherFamilyOf} from '../../network/ip.js'
import {platform} from '../../network/platform.js'
import {podFamilies} from '../../network/pod-families.js'
import {serviceFamilies} from '../../network/service-families.js'

/** The Service of the API server: it exists on every cluster and shows its primary family. */
const CLUSTER: ObjectRef = {apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'kubernetes'}
const AWS_NODE: ObjectRef = {apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node'}

/**
 * Tells where the IP families of pods, Services and load balancers differ, and
 * where pods have a family that no status shows. Quiet on a cluster that has
 * the same one or two families everywhere: having both is no danger.
 */
export const familyState = defineCheck({
  meta: {
    id: 'family-state',
    title: 'IP families differ between pods, Services and load balancers',
    topic: 'dual-stack',
    severity: 'info',
    variants: {
      'hidden-second-family': {severity: 'low', title: 'Pods reach out over a family that no address of theirs shows'},
      'edge-family': {severity: 'info', title: 'Load balancers have a family that pods lack'},
      'mixed-pods': {severity: 'info', title: 'Some pods have both families, these have one'},
      'dual-pods-single-services': {severity: 'info', title: 'Dual-stack pods, Services of one family'},
      'dual-services-single-pods': {severity: 'info', title: 'A Service range of both families, pods of one'},
    },
    reads: ['pods', 'services'],
    alsoReads: ['nodes', 'servicecidrs', 'control-plane-pods', 'network-configmaps', 'ippools', 'felixconfigurations', 'aws-node', 'ingresses'],
    why: 'A filter that names one family says nothing of the other. Where families differ within a cluster, what such a filter lets through depends on the pod, the Service or the load balancer that is asked. A hidden family is graded low, because no network policy reaches its interface; the pods that a policy selects all the same are told by pod-family-not-enforced, as high. The others are information: they are legal, and often a step on the way to both families.',
    remediation: 'Look at the filters of the family that was forgotten, or give every pod, Service and load balancer the same families.',
    references: [
      {title: 'IPv4/IPv6 dual-stack', url: 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/'},
      {title: 'Validate IPv4/IPv6 dual-stack', url: 'https://kubernetes.io/docs/tasks/network/validate-dual-stack/'},
      {title: 'Amazon VPC CNI: ENABLE_V4_EGRESS, ENABLE_V6_EGRESS', url: 'https://github.com/aws/amazon-vpc-cni-k8s#enable_v4_egress-v1151'},
      {title: 'EKS network policies: considerations', url: 'https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html'},
    ],
  },
  needs: [families, podFamilies, serviceFamilies, edgeFamilies, cniFamilies, platform],

  create: context => ({
    end() {
      reportHidden(context)
      const {counts, services, state} = context.fact(families)
      if (counts.pods !== null) {
        reportMixed(context, counts.pods)
        if (context.fact(podFamilies).outcome.outcome === 'complete') reportDifferences(context, counts.pods, services)
      }
      skipUnseen(context, state === 'unknown')
    },
  }),
})

function reportHidden(context: CheckContext): void {
  const {hidden} = context.fact(cniFamilies)
  if (hidden === null) return
  const where = hidden.family === 6 ? ' on nodes that have an IPv6 address' : ''
  const switchName = `ENABLE_V${hidden.family}_EGRESS`
  context.report({
    object: AWS_NODE, variant: 'hidden-second-family', path: 'spec.template.spec.containers', key: `IPv${hidden.family}`, confidence: 'derived',
    message: `New pods${where} get a second interface for IPv${hidden.family} out of ${hidden.range} (${hidden.because}); network policies do not reach it, and where some select pods that is told as pod-family-not-enforced.`,
    fix: {text: `Set ${switchName}=false on aws-node where pods need no IPv${hidden.family}, and recreate the pods; else filter that family outside of the cluster.`},
  })
}

/** One line per namespace that has pods of a single family, once any pod of the cluster has both. */
function reportMixed(context: CheckContext, all: FamilyCounts): void {
  if (all.dual === 0 || all.v4 + all.v6 === 0) return
  for (const [name, {v4, v6}] of context.fact(podFamilies).byNamespace) {
    const single = v4 + v6
    if (single === 0) continue
    const have = [v4 > 0 ? `${v4} IPv4` : '', v6 > 0 ? `${v6} IPv6` : ''].filter(text => text !== '').join(' and ')
    context.report({
      object: {apiVersion: 'v1', kind: 'Namespace', namespace: '', name}, variant: 'mixed-pods', count: single, confidence: 'certain',
      message: `${have} alone: ${single === 1 ? 'this pod has' : 'these pods have'} one family while ${all.dual} ${all.dual === 1 ? 'pod' : 'pods'} of the cluster ${all.dual === 1 ? 'has' : 'have'} both; a pod that is older than a conversion stays as it is until it is recreated.`,
      fix: {text: 'Recreate the pods (kubectl rollout restart), and see whether their nodes give both families.'},
    })
  }
}

/** Needs all pods: every line is a claim about each of them. */
function reportDifferences(context: CheckContext, pods: FamilyCounts, services: readonly (4 | 6)[]): void {
  const found = familiesIn(pods)
  const [only] = found
  if (pods.dual > 0 && services.length === 1) {
    context.report({
      object: CLUSTER, variant: 'dual-pods-single-services', path: 'spec.clusterIPs', confidence: 'derived', count: pods.dual,
      message: `${pods.dual} pods have both families and the Service range is ${familiesText(services)} alone: over the other family pods are reached directly or not at all, so filters on Services do not stand in the way.`,
    })
  }
  if (only === undefined || found.length !== 1) return
  if (services.length === 2) {
    context.report({
      object: CLUSTER, variant: 'dual-services-single-pods', path: 'spec.clusterIPs', confidence: 'derived',
      message: `The Service range has both families and every running pod is v${only} alone: a Service that takes both gets an address in the other family that no pod answers.`,
    })
  }
  const other = otherFamilyOf(only)
  const first = context.fact(edgeFamilies).firstOf[other]
  if (first === undefined) return
  context.report({
    object: first, variant: 'edge-family', path: 'status.loadBalancer.ingress', key: `IPv${other}`, confidence: 'derived',
    message: `The load balancer has IPv${other} in front of a cluster whose pods are IPv${only} alone: source filters that name IPv${only} ranges only are worth a look, because clients come over IPv${other}.`,
  })
}

/** What was not seen may differ: the engine knows of pods and Services, not of what the facts could not understand. */
function skipUnseen(context: CheckContext, isUnknown: boolean): void {
  const edge = context.fact(edgeFamilies).outcomes
  const cni = context.fact(cniFamilies).outcome
  const rows: [string, ReadOutcome][] = [
    ['pods', context.fact(podFamilies).outcome], ['services', context.fact(serviceFamilies).outcome],
    ['services', edge.services], ['ingresses', edge.ingresses], ['daemonsets (kube-system/aws-node)', cni], ['servicecidrs', context.outcome('servicecidrs')],
  ]
  for (const [resource, {outcome, detail}] of rows) if (outcome !== 'complete' && isIncomplete(outcome)) return context.skip(outcome, `${resource}: ${detail || outcome}`)
  // Only there is the DaemonSet sure to be missing from the input, not from the cluster.
  if (cni.outcome === 'not-in-input' && context.fact(platform)?.name === 'eks') return context.skip(cni.outcome, 'the DaemonSet kube-system/aws-node, which tells a hidden family')
  if (isUnknown) context.skip('not-observable', 'no running pod shows an address of its own, or nothing tells the family of the Service range')
}
