import type {CheckContext, Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import {linkOf, owners, topOwner} from '../../audit/owners.js'
import {ROOT_NAMESPACE, hasSidecar} from '../../filters/istio/mesh.js'
import type {RangeGap} from '../../filters/istio/sidecar-ranges.js'
import {rangeGaps} from '../../filters/istio/sidecar-ranges.js'
import {POD_VIEW_NEEDS, podViews} from '../../filters/pods.js'
import {counted} from '../../kube/counted.js'
import type {Family} from '../../network/ip.js'
import {platform} from '../../network/platform.js'
import {podAddresses} from '../../network/pod-families.js'
import {familyName} from './edge-report.js'
import {skipUntoldHidden} from './unread-rows.js'

/**
 * Fires where a pod with a sidecar sends one family past it: by an annotation
 * that names ranges of the other alone, and perhaps by a sidecar that was not
 * told of dual-stack. Quiet where the annotation is `*`, empty or names both.
 */
export const istioSidecarBypass = defineCheck({
  meta: {
    id: 'istio-sidecar-bypass',
    title: 'Traffic of one IP family passes beside the Istio sidecar',
    topic: 'dual-stack',
    severity: 'medium',
    variants: {
      'include-ranges': {severity: 'medium', title: 'Outbound ranges for the sidecar name one family'},
      'exclude-ranges': {severity: 'info', title: 'Outbound ranges that pass beside the sidecar name one family'},
      'dual-stack-not-seen': {severity: 'info', title: 'Sidecars of pods with both families, which may take IPv4 alone'},
    },
    isPreview: true,
    reads: ['pods'],
    alsoReads: ['aws-node'],
    why: 'A sidecar takes what the rules of its init container send to it, and these are written for each family by itself. Where the included ranges are of IPv4, connections over IPv6 leave the pod without mutual TLS, routing, telemetry or an egress policy of the mesh. And in a pod whose first address is IPv4 Istio writes no rules for IPv6 at all unless ISTIO_DUAL_STACK is true for its sidecar, which is not the default: then IPv6 goes around the sidecar both ways, and no AuthorizationPolicy is asked.',
    remediation: 'Name the ranges of both families, or `*`; in a dual-stack mesh set ISTIO_DUAL_STACK=true for istiod and in proxyMetadata, and restart the pods.',
    references: [
      {title: 'Istio: resource annotations', url: 'https://istio.io/latest/docs/reference/config/annotations/'},
      {title: 'Istio: install in dual-stack mode', url: 'https://istio.io/latest/docs/setup/additional-setup/dual-stack/'},
    ],
  },
  needs: [...POD_VIEW_NEEDS, owners, platform],

  create(context) {
    const viewOf = podViews(context)
    const found = new Map<string, Found>()
    let dual = 0
    return {
      pods(pod) {
        const view = hasSidecar(pod) ? viewOf(pod) : null
        if (view === null) return
        if (view.families.length === 2 && podAddresses(pod)[0]?.family === 4) dual++
        for (const gap of rangeGaps(pod)) add(found, {gap, owner: topOwner(context.fact(owners), linkOf(pod)), families: view.families})
      },
      end() {
        for (const one of found.values()) for (const report of rangeReport(one)) context.report(report)
        if (dual > 0) reportDual(context, dual)
        if (found.size > 0) skipUntoldHidden(context)
      },
    }
  },
})

/** Pods of one owner are made alike; those that were recreated since may have more families. */
interface Found {
  owner: ObjectRef
  gap: RangeGap
  pods: number
  having: number
  hasIPv4: boolean
}

function add(found: Map<string, Found>, {gap, owner, families}: {gap: RangeGap; owner: ObjectRef; families: readonly Family[]}): void {
  const key = JSON.stringify([owner, gap])
  const known = found.get(key) ?? {owner, gap, pods: 0, having: 0, hasIPv4: false}
  found.set(key, known)
  known.pods++
  if (families.includes(gap.missing)) known.having++
  if (families.includes(4)) known.hasIPv4 = true
}

function rangeReport({owner, gap: {list, annotation, text, missing}, pods, having, hasIPv4}: Found): Report[] {
  const isLatent = having === 0
  // Nobody waits for IPv4 where only IPv6 is.
  if (isLatent && !hasIPv4) return []
  const family = familyName(missing)
  const path = `metadata.annotations["${annotation}"]`
  const isInclude = list === 'include'
  const effect = isInclude ? `no connection over ${family} goes through it: they leave without mutual TLS and without the policies of the mesh` : `what was meant to pass beside the sidecar goes through it over ${family}`
  const later = isLatent ? `; ${pods === 1 ? 'the pod has' : 'its pods have'} no ${family} now, and it becomes ${isInclude ? 'medium' : 'info'} when that is enabled` : ''
  return [{
    object: owner, variant: `${list}-ranges`, path: owner.kind === 'Pod' ? path : `spec.template.${path}`, isLatent, count: isLatent ? pods : having, confidence: 'derived',
    key: `egress ${list} IPv${missing} ${text.split(',').map(part => part.trim()).toSorted().join(' ')}`,
    message: `The ranges that ${isInclude ? 'go through' : 'pass beside'} the sidecar name no ${family} (${text.slice(0, 80)}), so ${effect}${later}.`,
    details: {type: 'filter', class: isInclude ? 'S4' : 'A3', direction: 'egress', ports: 'TCP', openFamily: isInclude ? missing : null, blockedFamily: isInclude ? null : missing, addressClass: null},
    fix: {text: `Add ranges of ${family} to the annotation, for example ${missing === 6 ? 'fc00::/7' : '10.0.0.0/8'}${isInclude ? ', or write `*`' : ''}.`},
  }]
}

/** Which it is stands in variables of the containers, which are not read. */
function reportDual(context: CheckContext, pods: number): void {
  context.report({
    object: {apiVersion: 'v1', kind: 'Namespace', namespace: '', name: ROOT_NAMESPACE}, variant: 'dual-stack-not-seen', key: 'IPv6', count: pods, confidence: 'weak',
    message: `${counted(pods, 'pod')} with a sidecar ${pods === 1 ? 'has' : 'have'} both families, IPv4 first: unless ISTIO_DUAL_STACK is true for the sidecars, which is not looked at, IPv6 goes around them both ways and no AuthorizationPolicy is asked.`,
    fix: {text: 'See whether meshConfig.defaultConfig.proxyMetadata has ISTIO_DUAL_STACK: "true"; where it has not, set it for istiod and the proxies and restart the pods.'},
  })
}
