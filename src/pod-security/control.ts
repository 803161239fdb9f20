import type {Json} from '../kube/json.js'

/**
 * The checks of the Pod Security Standards by the ids that the reference
 * implementation gives them (k8s.io/pod-security-admission, policy/). A report
 * names a control by its id. The order is that in which the API server lists
 * them: bytes, baseline first.
 */
export const BASELINE_CONTROLS = [
  'appArmorProfile', 'capabilities_baseline', 'hostNamespaces', 'hostPathVolumes', 'hostPorts', 'hostProbesAndHostLifecycle',
  'privileged', 'procMount', 'seLinuxOptions', 'seccompProfile_baseline', 'sysctls', 'windowsHostProcess',
] as const

export const RESTRICTED_CONTROLS = [
  'allowPrivilegeEscalation', 'capabilities_restricted', 'procMount_restricted', 'restrictedVolumes', 'runAsNonRoot', 'runAsUser', 'seccompProfile_restricted',
] as const

export const CONTROLS = [...BASELINE_CONTROLS, ...RESTRICTED_CONTROLS] as const
export type ControlId = (typeof CONTROLS)[number]

/** The newest Kubernetes minor whose rules are known here. */
export const NEWEST_MINOR = 37

/** One place in a pod that a control refuses. */
export interface Violation {
  /** Below the pod: `spec.containers[0].securityContext.privileged`, also where the field is absent. */
  path: string
  /** Name of the container; null: the pod as a whole, a volume. */
  container: string | null
  /** What stands there; null: nothing. */
  current: Json
  /** What would pass, in a few words: `false`, `unset`, `["ALL"]`, `RuntimeDefault or Localhost`. */
  wanted: string
}

/** A control that a pod fails, in the API server's own words. */
export interface FailedControl {
  id: ControlId
  reason: string
  /** May be empty: then the server prints the reason alone. */
  detail: string
  violations: readonly Violation[]
}
