import type {Check} from '../audit/check.js'
import {antreaPolicyFamilyGap} from './dual-stack/antrea-policy-family-gap.js'
import {calicoPolicyFamilyGap} from './dual-stack/calico-policy-family-gap.js'
import {ciliumEgressGatewayFamilyGap} from './dual-stack/cilium-egress-gateway-family-gap.js'
import {ciliumPolicyFamilyGap} from './dual-stack/cilium-policy-family-gap.js'
import {clusterNetworkPolicyFamilyGap} from './dual-stack/cluster-network-policy-family-gap.js'
import {egressFirewallFamilyGap} from './dual-stack/egress-firewall-family-gap.js'
import {familyState} from './dual-stack/family-state.js'
import {gatewaySourceFilterThirdParty} from './dual-stack/gateway-source-filter-third-party.js'
import {gatewaySourceFilter} from './dual-stack/gateway-source-filter.js'
import {ingressSourceFilter} from './dual-stack/ingress-source-filter.js'
import {istioAddressMatch} from './dual-stack/istio-address-match.js'
import {istioAuthorizationFamilyGap} from './dual-stack/istio-authorization-family-gap.js'
import {istioSidecarBypass} from './dual-stack/istio-sidecar-bypass.js'
import {linkerdPolicyFamilyGap} from './dual-stack/linkerd-policy-family-gap.js'
import {masqueradeContext} from './dual-stack/masquerade-context.js'
import {multiNetworkPolicyFamilyGap} from './dual-stack/multi-network-policy-family-gap.js'
import {networkPolicyCarveOutLost} from './dual-stack/network-policy-carve-out-lost.js'
import {networkPolicyDeadEntry} from './dual-stack/network-policy-dead-entry.js'
import {networkPolicyFamilyBlocked} from './dual-stack/network-policy-family-blocked.js'
import {networkPolicyIPv6Wider} from './dual-stack/network-policy-ipv6-wider.js'
import {networkPolicyNarrower} from './dual-stack/network-policy-narrower.js'
import {networkPolicyNotation} from './dual-stack/network-policy-notation.js'
import {nodePortAddresses} from './dual-stack/node-port-addresses.js'
import {podAddressContext} from './dual-stack/pod-address-context.js'
import {podFamilyNotEnforced} from './dual-stack/pod-family-not-enforced.js'
import {serviceSourceRanges} from './dual-stack/service-source-ranges.js'
import {execArgocd} from './exec-credentials/exec-argocd.js'
import {execCapi} from './exec-credentials/exec-capi.js'
import {execConfigmap} from './exec-credentials/exec-configmap.js'
import {execFlux} from './exec-credentials/exec-flux.js'
import {denyServiceExternalIPsCheck} from './external-ips/deny-service-external-ips.js'
import {externalIPBlockerGap} from './external-ips/external-ip-blocker-gap.js'
import {externalIPDeprecation} from './external-ips/external-ip-deprecation.js'
import {externalIPWritersCheck} from './external-ips/external-ip-writers.js'
import {serviceExternalIP} from './external-ips/service-external-ip.js'
import {serviceStatusIP} from './external-ips/service-status-ip.js'
import {serviceStatusWriters} from './external-ips/service-status-writers.js'
import {injectedContainer} from './pod-security/injected-container.js'
import {namespaceLabellersCheck} from './pod-security/namespace-labellers.js'
import {noPodEnforcement} from './pod-security/no-pod-enforcement.js'
import {podOperationNotCovered} from './pod-security/pod-operation-not-covered.js'
import {podRefusedAtRestart} from './pod-security/pod-refused-at-restart.js'
import {podSecurityLabelInvalid} from './pod-security/pod-security-label-invalid.js'
import {policyAuditOnly} from './pod-security/policy-audit-only.js'
import {policyWithoutBinding} from './pod-security/policy-without-binding.js'
import {pspInHelmRelease} from './pod-security/psp-in-helm-release.js'
import {pspInUse} from './pod-security/psp-in-use.js'
import {pspLeftovers} from './pod-security/psp-leftovers.js'
import {staticPod} from './pod-security/static-pod.js'
import {webhookFailOpen} from './pod-security/webhook-fail-open.js'
import {webhookWithoutEndpoints} from './pod-security/webhook-without-endpoints.js'

/** Every check, by topic and id. A check that is not in this list does not exist. */
export const CHECKS: readonly Check[] = [
  injectedContainer, namespaceLabellersCheck, noPodEnforcement, podOperationNotCovered, podRefusedAtRestart, podSecurityLabelInvalid, policyAuditOnly, policyWithoutBinding, pspInHelmRelease, pspInUse, pspLeftovers,
  staticPod, webhookFailOpen, webhookWithoutEndpoints,
  denyServiceExternalIPsCheck, externalIPBlockerGap, externalIPDeprecation, externalIPWritersCheck, serviceExternalIP, serviceStatusIP, serviceStatusWriters,
  antreaPolicyFamilyGap, calicoPolicyFamilyGap, ciliumEgressGatewayFamilyGap, ciliumPolicyFamilyGap, clusterNetworkPolicyFamilyGap, egressFirewallFamilyGap, familyState, gatewaySourceFilter, gatewaySourceFilterThirdParty, ingressSourceFilter, istioAddressMatch, istioAuthorizationFamilyGap, istioSidecarBypass,
  linkerdPolicyFamilyGap, masqueradeContext, multiNetworkPolicyFamilyGap,
  networkPolicyCarveOutLost, networkPolicyDeadEntry, networkPolicyFamilyBlocked, networkPolicyIPv6Wider, networkPolicyNarrower, networkPolicyNotation,
  nodePortAddresses, podAddressContext, podFamilyNotEnforced, serviceSourceRanges,
  execArgocd, execCapi, execConfigmap, execFlux,
]
