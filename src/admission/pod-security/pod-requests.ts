import {defineFact} from '../../audit/fact.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import type {ApiRequest, GroupVersion} from '../request-rules.js'
import type {PodOperation} from './pod-guard.js'

/** One kind of request that may bring a pod, or a change of one. */
export interface PodRequest extends ApiRequest {
  of: PodOperation
  kind: string
}

/** What each operation asks for; empty where the server does not serve it. Whoever covers an operation sees all its requests. */
export type PodRequests = Readonly<Record<PodOperation, readonly PodRequest[]>>

const CORE: GroupVersion = {group: '', version: 'v1'}
const BATCH: GroupVersion = {group: 'batch', version: 'v1'}
const OLD_BATCH: GroupVersion = {group: 'batch', version: 'v1beta1'}

/** Ephemeral containers are on by default from here on (KEP-277), `pods/resize` (KEP-1287) from there. */
const FIRST_EPHEMERAL = 23
const FIRST_RESIZE = 33
/** The last that serves CronJobs in two versions. */
const LAST_OLD_BATCH = 24

/** @param minor of the server; null where nothing tells it: then as a server of today */
export function podRequestsOf(minor: number | null): PodRequests {
  const onPod = (of: PodOperation, operation: ApiRequest['operation'], subresource = ''): PodRequest => ({of, operation, ...CORE, resource: 'pods', subresource, kind: 'Pod', equivalents: []})
  const isSince = (first: number): boolean => minor === null || minor >= first
  return {
    create: [onPod('create', 'CREATE')],
    update: [onPod('update', 'UPDATE')],
    ephemeralcontainers: isSince(FIRST_EPHEMERAL) ? [onPod('ephemeralcontainers', 'UPDATE', 'ephemeralcontainers')] : [],
    resize: isSince(FIRST_RESIZE) ? [onPod('resize', 'UPDATE', 'resize')] : [],
    workload: [
      ...WRITTEN.map(([group, resource, kind]) => creation({group, version: 'v1'}, resource, kind)),
      ...(isSince(LAST_OLD_BATCH + 1) ? [creation(BATCH, 'cronjobs', 'CronJob')] : [creation(BATCH, 'cronjobs', 'CronJob', OLD_BATCH), creation(OLD_BATCH, 'cronjobs', 'CronJob', BATCH)]),
    ],
  }
}

/** What people write. ReplicaSets, ReplicationControllers and PodTemplates are seldom their own, and what is made of them comes as a pod. */
const WRITTEN: readonly (readonly [group: string, resource: string, kind: string])[] = [
  ['apps', 'deployments', 'Deployment'], ['apps', 'statefulsets', 'StatefulSet'], ['apps', 'daemonsets', 'DaemonSet'], ['batch', 'jobs', 'Job'],
]

function creation(groupVersion: GroupVersion, resource: string, kind: string, ...equivalents: readonly GroupVersion[]): PodRequest {
  return {of: 'workload', operation: 'CREATE', ...groupVersion, resource, subresource: '', kind, equivalents}
}

/** The requests that this server takes. */
export const podRequests = defineFact({
  id: 'pod-requests',
  reads: [],
  needs: [serverVersion],
  create: context => ({end: (): PodRequests => podRequestsOf(effectiveMinor(context.fact(serverVersion)))}),
})
