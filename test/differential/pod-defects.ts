import type {Json} from '../../src/kube/json.js'
import {ANNOTATION_KEYS, ANNOTATION_VALUES, CONTAINER_FIELDS, CONTAINER_SECURITY, POD_FIELDS, POD_SECURITY, volume} from './pod-fields.js'
import type {Draft} from './pod-fields.js'
import {textOf} from './pod-text.js'
import type {Random} from './random.js'

type Defect = (random: Random, pod: Draft) => void

/** One field of a good pod is given another value, or taken away. */
export const DEFECTS: readonly Defect[] = [
  ...Object.keys(POD_SECURITY).map<Defect>(field => (random, pod) => set(random, context(specOf(pod)), field, POD_SECURITY[field]!)),
  ...Object.keys(CONTAINER_SECURITY).flatMap<Defect>(field => [
    (random, pod) => set(random, context(anyContainer(random, pod)), field, CONTAINER_SECURITY[field]!),
    (random, pod) => containersOf(pod).forEach(container => set(random, context(container), field, CONTAINER_SECURITY[field]!)),
  ]),
  ...['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'].map<Defect>(field => (random, pod) => set(random, anyContainer(random, pod), field, CONTAINER_FIELDS[field]!)),
  ...['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers', 'os'].map<Defect>(field => (random, pod) => set(random, specOf(pod), field, POD_FIELDS[field]!)),
  (random, pod) => {
    const volumes = (specOf(pod)['volumes'] ?? []) as Draft[]
    specOf(pod)['volumes'] = [...volumes, ...Array.from({length: 1 + random.below(2)}, (_, index) => volume(random, index))]
  },
  (random, pod) => {
    const metadata = pod['metadata'] as Draft
    metadata['annotations'] = {...metadata['annotations'] as Draft, [random.pick(ANNOTATION_KEYS)]: textOf(random, ANNOTATION_VALUES, 0.2)}
  },
  (random, pod) => delete anyContainer(random, pod)['securityContext'],
  (_, pod) => delete specOf(pod)['securityContext'],
  // A name twice: the server refuses it later, the texts show it twice or once.
  (random, pod) => {
    anyContainer(random, pod)['name'] = textOf(random, ['c0', 'c1', 'i0', 'debug'], 0.4)
  },
]

function set(random: Random, object: Draft, field: string, value: (random: Random) => Json | Draft): void {
  if (random.chance(0.15)) delete object[field]
  else object[field] = random.chance(0.04) ? null : value(random)
}

function specOf(pod: Draft): Draft {
  return pod['spec'] as Draft
}

function context(owner: Draft): Draft {
  owner['securityContext'] ??= {}
  return owner['securityContext'] as Draft
}

export function containersOf(pod: Draft): Draft[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list => (specOf(pod)[list] ?? []) as Draft[])
}

function anyContainer(random: Random, pod: Draft): Draft {
  return random.pick(containersOf(pod))
}
