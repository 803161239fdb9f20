import type {Json, JsonObject} from '../kube/json.js'

/** A pod, or a pod template: null and absent are the same. */
export interface Judged {
  metadata: Json | undefined
  spec: Json | undefined
}

/**
 * What the controls read of a pod, typed. `suspectsOf` has seen to it that the
 * types hold, so that the controls need not look again. A null in a list is an
 * empty entry, as it is for the API server's decoder.
 */
export interface Pod {
  annotations: JsonObject
  spec: PodSpec
  /** In the order in which the API server visits them: init, regular, ephemeral. */
  containers: readonly Container[]
  /** How many of them are init containers, and how many regular ones. */
  inits: number
  regulars: number
}

type Maybe<T> = T | null | undefined

export interface PodSpec {
  hostNetwork?: Maybe<boolean>
  hostPID?: Maybe<boolean>
  hostIPC?: Maybe<boolean>
  hostUsers?: Maybe<boolean>
  os?: Maybe<{name?: Maybe<string>}>
  securityContext?: Maybe<PodSecurityContext>
  volumes?: Maybe<readonly Maybe<Volume>[]>
  initContainers?: Maybe<readonly Maybe<Container>[]>
  containers?: Maybe<readonly Maybe<Container>[]>
  ephemeralContainers?: Maybe<readonly Maybe<Container>[]>
}

/** What a pod and a container may both say. */
export interface SharedContext {
  appArmorProfile?: Maybe<{type?: Maybe<string>}>
  seccompProfile?: Maybe<{type?: Maybe<string>}>
  seLinuxOptions?: Maybe<SeLinuxOptions>
  windowsOptions?: Maybe<{hostProcess?: Maybe<boolean>}>
  runAsNonRoot?: Maybe<boolean>
  runAsUser?: Maybe<number>
}

export interface SeLinuxOptions {
  type?: Maybe<string>
  user?: Maybe<string>
  role?: Maybe<string>
}

export interface PodSecurityContext extends SharedContext {
  sysctls?: Maybe<readonly Maybe<{name?: Maybe<string>}>[]>
}

export interface ContainerSecurityContext extends SharedContext {
  privileged?: Maybe<boolean>
  allowPrivilegeEscalation?: Maybe<boolean>
  procMount?: Maybe<string>
  capabilities?: Maybe<{add?: Maybe<readonly Maybe<string>[]>; drop?: Maybe<readonly Maybe<string>[]>}>
}

export interface Container {
  name?: Maybe<string>
  securityContext?: Maybe<ContainerSecurityContext>
  ports?: Maybe<readonly Maybe<{hostPort?: Maybe<number>}>[]>
  livenessProbe?: Maybe<Handler>
  readinessProbe?: Maybe<Handler>
  startupProbe?: Maybe<Handler>
  lifecycle?: Maybe<{postStart?: Maybe<Handler>; preStop?: Maybe<Handler>}>
}

export interface Handler {
  httpGet?: Maybe<{host?: Maybe<string>}>
  tcpSocket?: Maybe<{host?: Maybe<string>}>
}

export interface Volume {
  readonly [source: string]: Json | undefined
}

const NOTHING = {}

/** @param judged its types have been looked at */
export function podOf({metadata, spec}: Judged): Pod {
  const typed = (spec ?? NOTHING) as PodSpec
  const {initContainers: inits, containers: regulars, ephemeralContainers: ephemerals} = typed
  const containers: Container[] = []
  for (const list of [inits, regulars, ephemerals])
    if (list !== null && list !== undefined) for (const container of list) containers.push(container ?? NOTHING)
  const annotations = (metadata as Maybe<{annotations?: Maybe<JsonObject>}>)?.annotations ?? NOTHING
  return {annotations, spec: typed, containers, inits: inits?.length ?? 0, regulars: regulars?.length ?? 0}
}

/** `spec.initContainers[0]`: where the container stands that is visited as number `index`. */
export function placeOf({inits, regulars}: Pod, index: number): string {
  if (index < inits) return `spec.initContainers[${index}]`
  const rest = index - inits
  return rest < regulars ? `spec.containers[${rest}]` : `spec.ephemeralContainers[${rest - regulars}]`
}
