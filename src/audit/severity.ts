export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

export const TOPICS = ['pod-security', 'external-ips', 'dual-stack', 'exec-credentials'] as const
export type Topic = (typeof TOPICS)[number]

export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold)
}
