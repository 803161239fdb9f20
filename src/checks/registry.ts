import type {Check} from '../audit/check.js'
import {familyState} from './dual-stack/family-state.js'
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
import {noPodEnforcement} from './pod-security/no-pod-enforcement.js'
import {podSecurityLabelInvalid} from './pod-security/pod-security-label-invalid.js'
import {pspInHelmRelease} from './pod-security/psp-in-helm-release.js'
import {pspInUse} from './pod-security/psp-in-use.js'
import {pspLeftovers} from './pod-security/psp-leftovers.js'

/** Every check, by topic and id. A check that is not in this list does not exist. */
export const CHECKS: readonly Check[] = [
  noPodEnforcement, podSecurityLabelInvalid, pspInHelmRelease, pspInUse, pspLeftovers,
  denyServiceExternalIPsCheck, externalIPBlockerGap, externalIPDeprecation, externalIPWritersCheck, serviceExternalIP, serviceStatusIP, serviceStatusWriters,
  familyState,
  execArgocd, execCapi, execConfigmap, execFlux,
]
