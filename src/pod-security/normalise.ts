import {isMapping} from '../kube/field.js'
import type {Json, JsonObject} from '../kube/json.js'
import {ALLOWED_VOLUMES, OTHER_VOLUMES} from './allowed.js'
import type {Judged} from './pod-shape.js'
import {withAppArmorSynced, withSeccompSynced} from './profile-sync.js'

/** The field `image` of a volume; before it the decoder drops it. */
const IMAGE_VOLUME_SERVED = 31
/** From 1.28 on templates keep their ports as they are; a gate that brought the old ways back was off, and went with 1.31. */
const TEMPLATE_PORTS_UNTIL = 27
/** The gate ProcMountType is on by default since then; where it is off, a new object gets the default whatever it asks for. */
const PROC_MOUNT_KEPT = 33

/**
 * What the API server fills in before Pod Security admission sees a pod or a
 * workload's template: objects of a live server have it, manifests do not
 * (kubernetes/kubernetes pkg/apis/core/v1/defaults.go and
 * pkg/registry/core/pod/strategy.go, read at 1.24.17, 1.30.14 and 1.37.2; what
 * changed between them by its pull request). The argument is never changed;
 * what is odd in it stays, for whoever judges it to say so.
 */
export function withServerDefaults(pod: Judged, kind: 'pod' | 'template', server: number): Judged {
  const {metadata, spec} = pod
  if (!isMapping(spec)) return pod
  const filled = {metadata, spec: withProcMounts(withHostPorts(withVolumes(spec, server), kind, server), server)}
  return kind === 'template' ? filled : withAppArmorSynced(withSeccompSynced(filled, server), server)
}

/** A volume that has a name alone is an empty directory. */
function withVolumes(spec: JsonObject, server: number): JsonObject {
  const {volumes} = spec
  if (!Array.isArray(volumes)) return spec
  const sources = [...ALLOWED_VOLUMES, ...OTHER_VOLUMES, ...(server >= IMAGE_VOLUME_SERVED ? ['image'] : [])]
  const isBare = (volume: Json): boolean => volume === null || (isMapping(volume) && sources.every(source => (volume[source] ?? null) === null))
  return {...spec, volumes: (volumes as readonly Json[]).map(volume => (isBare(volume) ? {...(volume as JsonObject | null), emptyDir: {}} : volume))}
}

/** On the host's network a port is the host's port. Ephemeral containers have none. */
function withHostPorts(spec: JsonObject, kind: 'pod' | 'template', server: number): JsonObject {
  if (spec['hostNetwork'] !== true || (kind === 'template' && server > TEMPLATE_PORTS_UNTIL)) return spec
  return {...spec, ...portsOf(spec, 'initContainers'), ...portsOf(spec, 'containers')}
}

function portsOf(spec: JsonObject, list: 'initContainers' | 'containers'): JsonObject {
  return eachIn(spec, list, container => {
    if (!Array.isArray(container['ports'])) return container
    return {...container, ports: (container['ports'] as readonly Json[]).map(withHostPort)}
  })
}

function withHostPort(port: Json): Json {
  if (!isMapping(port) || (port['hostPort'] ?? 0) !== 0 || typeof port['containerPort'] !== 'number') return port
  return {...port, hostPort: port['containerPort']}
}

function withProcMounts(spec: JsonObject, server: number): JsonObject {
  if (server >= PROC_MOUNT_KEPT) return spec
  const plain = (container: JsonObject): JsonObject => {
    const {securityContext} = container
    return isMapping(securityContext) && typeof securityContext['procMount'] === 'string' ? {...container, securityContext: {...securityContext, procMount: 'Default'}} : container
  }
  return {...spec, ...eachIn(spec, 'initContainers', plain), ...eachIn(spec, 'containers', plain), ...eachIn(spec, 'ephemeralContainers', plain)}
}

function eachIn(spec: JsonObject, list: string, change: (container: JsonObject) => JsonObject): JsonObject {
  const containers = spec[list]
  return Array.isArray(containers) ? {[list]: (containers as readonly Json[]).map(container => (isMapping(container) ? change(container) : container))} : {}
}
