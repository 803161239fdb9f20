/**
 * The types of the package export `kubectl-k121/pod-security`. The build copies
 * this file beside the code as its declarations, so it holds types alone and
 * imports nothing; that they are true is proved where the functions are.
 */

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted'

/** A check of the Pod Security Standards, by its name in the API server. */
export type PodSecurityCheck =
  | 'appArmorProfile' | 'capabilities_baseline' | 'hostNamespaces' | 'hostPathVolumes' | 'hostPorts' | 'hostProbesAndHostLifecycle'
  | 'privileged' | 'procMount' | 'seLinuxOptions' | 'seccompProfile_baseline' | 'sysctls' | 'windowsHostProcess'
  | 'allowPrivilegeEscalation' | 'capabilities_restricted' | 'procMount_restricted' | 'restrictedVolumes' | 'runAsNonRoot' | 'runAsUser' | 'seccompProfile_restricted'

/** A pod, or the template of a workload: `metadata` and `spec` as JSON or YAML has them. */
export interface PodParts {
  /** Only `annotations` is read. */
  metadata?: object | null | undefined
  spec: object
}

export interface PodQuestion extends PodParts {
  level: PodSecurityLevel
  /** Of the rules: 25 for v1.25. `latest`, and whatever is newer than the server, means the server's own. */
  minor: number | 'latest'
  /** Minor version of the API server that would judge; the newest that is known, when left out. */
  server?: number | undefined
}

export interface PodAnswer {
  allowed: boolean
  /** As the API server ends its refusal: `REASON (DETAIL), …`; empty when allowed. */
  message: string
  /** Those that the pod fails, in the server's order. */
  checks: FailedCheck[]
}

export interface FailedCheck {
  id: PodSecurityCheck
  reason: string
  /** May be empty. */
  detail: string
  /** One for each place to change. */
  violations: PlaceToChange[]
}

export interface PlaceToChange {
  /** `spec.containers[0].securityContext.privileged`: also where nothing stands there yet. */
  path: string
  /** Name of the container; null: the pod, or a volume of it. */
  container: string | null
  /** What stands there; null: nothing. */
  current: unknown
  /** What would pass, in words. */
  wanted: string
}

/** What the API server's Pod Security admission says of the pod. Throws where a field has another type than Kubernetes gives it. */
export declare function evaluatePod(question: PodQuestion): PodAnswer

/** The same pod with what the API server fills in before it judges; for manifests. The argument stays as it is. */
export declare function withServerDefaults(pod: PodParts & {kind: 'pod' | 'template'; server?: number | undefined}): {metadata?: object; spec: object}

/** The newest Kubernetes minor whose rules are known here. */
export declare const NEWEST_MINOR: number
