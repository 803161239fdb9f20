import type {Webhook} from './webhooks.js'

/**
 * Whose webhook is it? By the names that the engines give their own. A foreign
 * webhook that is taken for an engine's would lend its rules to policies that it
 * never asks, so the names are whole ones.
 */
export const GATEKEEPER_WEBHOOK = 'validation.gatekeeper.sh'
/** The name that the project's own manifests and chart give it. */
const EXTERNALIP_WEBHOOK = 'validate-externalip.webhook.svc'

export function isGatekeepers({name, isMutating}: Webhook): boolean {
  return !isMutating && name === GATEKEEPER_WEBHOOK
}

/**
 * Labels of namespaces that an engine itself keeps people from setting. The one
 * by which Gatekeeper leaves a namespace out is refused, but for exempt
 * namespaces, by a webhook of its own that is installed to fail closed.
 */
export function guardedLabels(all: readonly Webhook[]): string[] {
  return all.some(isLabelGuard) ? ['admission.gatekeeper.sh/ignore'] : []
}

function isLabelGuard({name, isMutating, failurePolicy, rules}: Webhook): boolean {
  const seesAll = rules.some(({resources, operations}) => resources.some(one => one === 'namespaces' || one === '*') && ['CREATE', 'UPDATE'].every(one => operations.includes(one) || operations.includes('*')))
  return !isMutating && name === 'check-ignore-label.gatekeeper.sh' && failurePolicy === 'Fail' && seesAll
}

/** Of ClusterPolicies and Policies. */
export function isOldKyvernos({name, isMutating}: Webhook): boolean {
  return !isMutating && name.startsWith('validate.kyverno.svc')
}

/** Of ValidatingPolicies and those of one namespace. */
export function isCelKyvernos({name, isMutating}: Webhook): boolean {
  return !isMutating && /^n?vpol\.validate\.kyverno\.svc/.test(name)
}

export function isCapsules({name, isMutating}: Webhook): boolean {
  return !isMutating && /\.(?:projectcapsule\.dev|capsule\.clastix\.io)$/.test(name)
}

/** Capsule has a webhook for each kind of object; this one judges Services. */
export function isCapsulesForServices(webhook: Webhook): boolean {
  return isCapsules(webhook) && /^services?\./.test(webhook.name)
}

export function isExternalIPWebhook({name, isMutating}: Webhook): boolean {
  return !isMutating && name === EXTERNALIP_WEBHOOK
}

export function isKubewardens({name}: Webhook): boolean {
  return name.endsWith('.kubewarden.admission')
}

/** It refuses by a mutating webhook. */
export function isKRails({name, isMutating}: Webhook): boolean {
  return isMutating && name === 'k-rail.cruise-automation.github.com'
}

/** The engine whose policies we read behind this webhook; null for those of which only the webhook is known. */
export function readEngineOf(webhook: Webhook): 'gatekeeper' | 'kyverno' | 'capsule' | 'externalip-webhook' | null {
  if (isGatekeepers(webhook)) return 'gatekeeper'
  if (isOldKyvernos(webhook) || isCelKyvernos(webhook)) return 'kyverno'
  if (isCapsulesForServices(webhook)) return 'capsule'
  return isExternalIPWebhook(webhook) ? 'externalip-webhook' : null
}

/** What reports call a webhook of which only the configuration is known. */
export function engineOfWebhook(webhook: Webhook): string {
  if (isKRails(webhook)) return 'k-rail'
  return isKubewardens(webhook) ? 'kubewarden' : 'webhook'
}
