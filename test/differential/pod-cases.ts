import type {Json} from '../../src/kube/json.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {DEFECTS, containersOf} from './pod-defects.js'
import {ANNOTATION_KEYS, ANNOTATION_VALUES, CONTAINER_FIELDS, CONTAINER_SECURITY, POD_FIELDS, POD_SECURITY, volume} from './pod-fields.js'
import type {Draft, Fields} from './pod-fields.js'
import {oddText, textOf} from './pod-text.js'
import type {Random} from './random.js'

/**
 * Pods of three kinds: such as pass a level, with a defect or two, which is
 * where texts and prefilters go wrong; and wild ones, where every field may
 * hold anything that Kubernetes' own types can.
 */
export function podCase(random: Random): Judged {
  const pod = wellTyped(random)
  // As it comes out of a file or off the wire: nothing undefined, nothing shared.
  const parsed = JSON.parse(JSON.stringify(pod)) as Judged
  return random.chance(0.03) ? mistyped(random, parsed) : parsed
}

function wellTyped(random: Random): Judged {
  const kind = random.below(10)
  if (kind < 5) return broken(random, restrictedPod(random))
  if (kind < 7) return broken(random, plainPod(random))
  return wildPod(random)
}

function broken(random: Random, pod: Draft): Judged {
  for (let count = random.pick([0, 1, 1, 1, 2, 2, 3]); count > 0; count--) random.pick(DEFECTS)(random, pod)
  return judged(pod)
}

function judged(pod: Draft): Judged {
  return {metadata: pod['metadata'] as Json | undefined, spec: pod['spec'] as Json | undefined}
}

/** Passes restricted, in one of the ways in which a pod can. */
export function restrictedPod(random: Random): Draft {
  const pod = plainPod(random)
  const spec = pod['spec'] as Draft
  const isByPod = random.chance(0.7)
  const shared = {runAsNonRoot: true, seccompProfile: {type: random.pick(['RuntimeDefault', 'RuntimeDefault', 'Localhost'])}}
  if (isByPod) spec['securityContext'] = {...shared, ...(random.chance(0.4) ? {runAsUser: 1000, fsGroup: 1000} : {})}
  for (const container of containersOf(pod)) container['securityContext'] = {
    allowPrivilegeEscalation: false, capabilities: {drop: ['ALL'], ...(random.chance(0.2) ? {add: ['NET_BIND_SERVICE']} : {})},
    ...(isByPod && random.chance(0.7) ? {} : shared),
  }
  return pod
}

/** What people write who have never heard of all this: it passes baseline. */
export function plainPod(random: Random): Draft {
  const spec: Draft = {containers: Array.from({length: 1 + random.below(3)}, (_, index) => plainContainer(random, `c${index}`))}
  if (random.chance(0.4)) spec['initContainers'] = Array.from({length: 1 + random.below(2)}, (_, index) => ({...plainContainer(random, `i${index}`), ...(random.chance(0.5) ? {restartPolicy: 'Always'} : {})}))
  if (random.chance(0.25)) spec['ephemeralContainers'] = [{...plainContainer(random, 'debug'), ...(random.chance(0.5) ? {targetContainerName: 'c0'} : {})}]
  if (random.chance(0.5)) spec['volumes'] = [{name: 'config', configMap: {name: 'c'}}, {name: 'tmp', emptyDir: {}}]
  if (random.chance(0.1)) spec['os'] = {name: random.pick(['linux', 'windows'])}
  if (random.chance(0.15)) spec['hostUsers'] = random.chance(0.6) ? false : true
  return {metadata: {name: 'pod', ...(random.chance(0.3) ? {annotations: {'example.com/owner': 'team'}} : {})}, spec}
}

function plainContainer(random: Random, name: string): Draft {
  return {
    name, image: 'registry.example.com/app:1',
    ...(random.chance(0.4) ? {ports: [{containerPort: 8080}, ...(random.chance(0.3) ? [{containerPort: 9090, protocol: 'TCP'}] : [])]} : {}),
    ...(random.chance(0.3) ? {livenessProbe: {httpGet: {path: '/', port: 8080}}, readinessProbe: {tcpSocket: {port: 8080}}} : {}),
    ...(random.chance(0.1) ? {lifecycle: {preStop: {exec: {command: ['sleep', '5']}}}} : {}),
  }
}

function wildPod(random: Random): Judged {
  // From nearly empty to everything at once: a check must not lean on what another field says.
  const heat = random.pick([0.05, 0.15, 0.3, 0.6])
  if (random.chance(0.01)) return {metadata: random.pick([undefined, null, {}]), spec: random.pick([undefined, null, {}])}
  const spec = fill(random, heat, POD_FIELDS)
  spec['securityContext'] = maybeContext(random, heat, POD_SECURITY)
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'])
    if (list === 'containers' || random.chance(heat + 0.1)) spec[list] = wildContainers(random, heat)
  if (random.chance(heat + 0.1)) spec['volumes'] = random.chance(0.05) ? null : Array.from({length: random.below(4)}, (_, index) => volume(random, index))
  return judged({metadata: random.chance(0.05) ? {annotations: random.pick([null, {}])} : {name: 'wild', annotations: annotations(random, heat)}, spec: shuffled(random, spec)})
}

function wildContainers(random: Random, heat: number): Draft | Draft[] | null {
  if (random.chance(0.02)) return null
  return Array.from({length: random.below(4)}, () => {
    // The API server refuses an empty entry later; the evaluator sees a container without a name.
    if (random.chance(0.01)) return null as unknown as Draft
    const container = fill(random, heat, CONTAINER_FIELDS)
    if (random.chance(0.97)) container['name'] = textOf(random, ['a', 'b', 'c', 'main', 'B', 'a-1'])
    container['securityContext'] = maybeContext(random, heat + 0.1, CONTAINER_SECURITY)
    return shuffled(random, container)
  })
}

function maybeContext(random: Random, heat: number, fields: Fields): Draft | null | undefined {
  if (random.chance(0.15)) return random.pick([undefined, null, {}])
  return fill(random, heat, fields)
}

function fill(random: Random, heat: number, fields: Fields): Draft {
  const made: Draft = {}
  for (const [name, value] of Object.entries(fields))
    if (random.chance(heat)) made[name] = random.chance(0.04) ? null : value(random)
  return made
}

/** Servers write fields in an order of their own, people in theirs. */
function shuffled(random: Random, object: Draft): Draft {
  if (random.chance(0.5)) return object
  const entries = Object.entries(object)
  for (let last = entries.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    ;[entries[last], entries[other]] = [entries[other]!, entries[last]!]
  }
  return Object.fromEntries(entries)
}

function annotations(random: Random, heat: number): Draft {
  const made: Draft = {}
  for (let count = random.chance(heat + 0.2) ? 1 + random.below(4) : 0; count > 0; count--)
    made[random.chance(0.05) ? oddText(random) : random.pick(ANNOTATION_KEYS) + (random.chance(0.1) ? oddText(random) : '')] = random.chance(0.03) ? null : textOf(random, ANNOTATION_VALUES, 0.2)
  return made
}

/** One value anywhere is replaced by one that may not stand there. */
function mistyped(random: Random, pod: Judged): Judged {
  const wrong = random.pick<Json>([null, 0, 1.5, '', 'x', true, [], ['x'], {}, {x: 1}])
  let here = pod as unknown as Record<string, Json>
  for (;;) {
    const key = random.pick(Object.keys(here))
    const next = here[key]
    const isLeaf = typeof next !== 'object' || next === null || Object.keys(next).length === 0
    if (isLeaf || random.chance(0.15)) {
      here[key] = wrong
      return pod
    }
    here = next as unknown as Record<string, Json>
  }
}
