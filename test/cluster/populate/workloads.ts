import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {Random} from '../../differential/random.js'
import type {Size, Surroundings, Write} from './model.js'
import {hex, randomOf, suffix} from './model.js'
import {enforcedLevel, namespaceName} from './namespaces.js'
import {nodeName, podAddress, podAddress6} from './nodes.js'
import type {PodShape} from './pod-spec.js'
import {podShape} from './pod-spec.js'

/** Owners from the top down, then pods of the last owner. Uids are the server's, so whoever writes fills them in. */
export interface Workload {
  owners: readonly Write[]
  pods: readonly Write[]
}

const APPS = ['api', 'web', 'worker', 'gateway', 'scheduler', 'indexer', 'mailer', 'exporter', 'ledger', 'session', 'pricing', 'stock', 'import', 'audit-log', 'thumbnails']
const KINDS = ['Deployment', 'Deployment', 'Deployment', 'Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'Pod'] as const
type Kind = typeof KINDS[number] | 'ReplicaSet'

interface Identity {
  random: Random
  kind: Kind
  app: string
  namespace: number
}

/** The same for a number whatever else is written: Services find their workload by it. */
export function identityOf({seed, namespaces}: Size, index: number): Identity {
  const random = randomOf(seed, 'workload', index)
  const kind = random.pick(KINDS)
  // A few namespaces hold most pods, as everywhere.
  const namespace = Math.min(random.below(namespaces), random.below(namespaces))
  return {random, kind, namespace, app: `${random.pick(APPS)}-${index}`}
}

/** Until exactly as many pods as asked for are out. */
export function* workloads(size: Size, around: Surroundings): Generator<Workload> {
  for (let index = 0, podIndex = 0; podIndex < size.pods; index++) {
    const {random, ...identity} = identityOf(size, index)
    const wanted = /Pod|Job/.test(identity.kind) ? 1 : identity.kind === 'DaemonSet' ? Math.min(around.nodeCount, 12) : 1 + random.below(7)
    const replicas = Math.min(wanted, size.pods - podIndex)
    yield workload(random, {...identity, replicas, around, podIndex})
    podIndex += replicas
  }
}

interface Wanted extends Omit<Identity, 'random'> {
  replicas: number
  around: Surroundings
  podIndex: number
}

function workload(random: Random, wanted: Wanted): Workload {
  const {app} = wanted
  const shape = podShape(random, app, enforcedLevel(wanted.namespace))
  const labels = {'app.kubernetes.io/name': app, 'app.kubernetes.io/instance': app, 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': `${app}-1.${random.below(30)}.0`}
  const template: JsonObject = {metadata: {labels, annotations: {'checksum/config': hex(random, 64)}}, spec: shape.spec}
  const owners = ownersOf(random, labels, template, wanted)
  const pods = Array.from({length: wanted.replicas}, (_, ordinal) => podOf(random, {...wanted, labels, shape, ordinal, owner: owners.at(-1)?.object}))
  return {owners, pods}
}

function ownersOf(random: Random, labels: JsonObject, template: JsonObject, {kind, app, replicas, namespace}: Wanted): Write[] {
  const make = (kind: Kind, name: string, spec: JsonObject, apiVersion = 'apps/v1'): Write => ({
    managers: [kind === 'ReplicaSet' ? 'kube-controller-manager' : 'helm', 'kube-controller-manager'],
    object: {apiVersion, kind, metadata: {name, namespace: namespaceName(namespace), labels}, spec},
  })
  const set: JsonObject = {selector: {matchLabels: labels}, template}
  const job: JsonObject = {template: {...template, spec: {...template['spec'] as JsonObject, restartPolicy: 'Never'}}}
  switch (kind) {
    case 'Deployment': return [make('Deployment', app, {...set, replicas}), make('ReplicaSet', `${app}-${suffix(random, 10)}`, {...set, replicas})]
    case 'StatefulSet': return [make('StatefulSet', app, {...set, replicas, serviceName: app})]
    case 'DaemonSet': return [make('DaemonSet', app, set)]
    case 'CronJob': return [make('CronJob', app, {schedule: `${random.below(60)} * * * *`, jobTemplate: {spec: job}}, 'batch/v1'), make('Job', `${app}-${29_000_000 + random.below(90_000)}`, job, 'batch/v1')]
    case 'Job': return [make('Job', app, job, 'batch/v1')]
    default: return []
  }
}

interface WantedPod extends Wanted {
  labels: JsonObject
  shape: PodShape
  ordinal: number
  owner: KubeObject | undefined
}

function podOf(random: Random, {kind, app, labels, shape, ordinal, owner, around, namespace, podIndex}: WantedPod): Write {
  const base = String((owner?.['metadata'] as JsonObject | undefined)?.['name'] ?? app)
  const index = podIndex + ordinal
  const node = index % around.nodeCount
  const isFinished = kind === 'Job' || kind === 'CronJob'
  const name = kind === 'StatefulSet' ? `${app}-${ordinal}` : kind === 'Pod' ? app : `${base}-${suffix(random, 5)}`
  return {managers: [owner === undefined ? 'kubectl-create' : 'kube-controller-manager', 'kubelet'], object: {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {name, namespace: namespaceName(namespace), labels, annotations: {
      'checksum/config': hex(random, 64), 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090', 'mesh.example.com/status': `injected-${hex(random, 16)}`,
    }},
    spec: {...shape.spec, nodeName: nodeName(node), ...isFinished ? {restartPolicy: 'Never'} : {}},
    status: podStatus(random, shape, isFinished, addresses(around, node, 2 + Math.floor(index / around.nodeCount))),
  }}
}

function addresses({isDualStack}: Surroundings, node: number, host: number): string[] {
  return [podAddress(node, host), ...isDualStack ? [podAddress6(node, host)] : []]
}

const BEGAN = '2026-11-01T08:00:00Z'

function podStatus(random: Random, {containers}: PodShape, isFinished: boolean, ips: readonly string[]): JsonObject {
  const condition = (type: string): JsonObject => ({type, status: isFinished && type.endsWith('Ready') ? 'False' : 'True', lastTransitionTime: BEGAN})
  const state = isFinished
    ? {terminated: {exitCode: 0, reason: 'Completed', startedAt: BEGAN, finishedAt: '2026-11-01T08:02:00Z'}}
    : {running: {startedAt: BEGAN}}
  const status = ({name, image}: {name: string; image: string}): JsonObject => ({
    name, image, imageID: `${image.split(':')[0]}@sha256:${hex(random, 64)}`, containerID: `containerd://${hex(random, 64)}`, ready: !isFinished, started: !isFinished, restartCount: random.below(3), state,
  })
  return {
    phase: isFinished ? 'Succeeded' : 'Running', startTime: BEGAN, qosClass: 'Burstable', podIP: ips[0]!, podIPs: ips.map(ip => ({ip})),
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition), containerStatuses: containers.map(status),
  }
}
