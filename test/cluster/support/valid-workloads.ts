import type {KubeObject} from '../../../src/kube/json.js'
import type {Draft} from '../../differential/pod-fields.js'
import type {Random} from '../../differential/random.js'

interface Workload {
  object: KubeObject
  /** Where it is created; NAMESPACE stands for the namespace. */
  path: string
}

const labels = {app: 'a'}

/** Any of the kinds whose templates Pod Security admission looks at. */
export function workloadOf(random: Random, pod: {metadata: Draft; spec: Draft}, name: string): Workload {
  const template = {metadata: {...pod.metadata, labels}, spec: pod.spec}
  const once = {...template, spec: {...pod.spec, restartPolicy: 'Never'}}
  const apps = (kind: string, spec: Draft = {}): Workload => workload('apps/v1', kind, name, {spec: {selector: {matchLabels: labels}, template, ...spec}})
  return random.pick([
    () => apps('Deployment'), () => apps('ReplicaSet'), () => apps('StatefulSet', {serviceName: 's'}), () => apps('DaemonSet'),
    () => workload('batch/v1', 'Job', name, {spec: {template: once}}),
    () => workload('batch/v1', 'CronJob', name, {spec: {schedule: '0 0 * * *', jobTemplate: {spec: {template: once}}}}),
    () => workload('v1', 'ReplicationController', name, {spec: {selector: labels, template}}),
    () => workload('v1', 'PodTemplate', name, {template}),
  ])()
}

function workload(apiVersion: string, kind: string, name: string, rest: Draft): Workload {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  return {object: {apiVersion, kind, metadata: {name}, ...rest} as unknown as KubeObject, path: `${root}/namespaces/NAMESPACE/${kind.toLowerCase()}s`}
}
