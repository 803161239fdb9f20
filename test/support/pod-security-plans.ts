import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import type {PlanOptions} from '../../src/flows/plan-pod-security.js'
import {planPodSecurity} from '../../src/flows/plan-pod-security.js'
import {serverVersion} from '../../src/audit/server-version.js'
import type {ClusterSource} from '../../src/audit/source.js'
import type {NamespacePlan, PodSecurityPlan} from '../../src/plan/pod-security/plan.js'
import {LABEL_PREFIX} from '../../src/pod-security/labels.js'
import {object} from './declared-facts.js'
import type {DeclaredCluster} from './declared-source.js'
import {declaredSource} from './declared-source.js'

export function planFrom(source: ClusterSource, options: Partial<PlanOptions> = {}): Promise<PodSecurityPlan> {
  return planPodSecurity({clusterName: 'test', version: serverVersion, target: 37, included: [], scope: {namespaces: [], excluded: []}, ...options}, {source, onRead: () => undefined})
}

/** The plan of a cluster that a test writes down. */
export function planOf(cluster: DeclaredCluster & {minor?: number}, options: Partial<PlanOptions> = {}): Promise<PodSecurityPlan> {
  const {minor = 30, endpoints = {}} = cluster
  return planFrom(declaredSource({...cluster, endpoints: {version: version(minor), ...endpoints}}), options)
}

function version(minor: number): KubeObject {
  return {apiVersion: 'k121.dev/v1', kind: 'Version', gitVersion: `v1.${minor}.2`, major: '1', minor: String(minor)}
}

/** Labels of Pod Security by their last part: `{enforce: 'baseline'}`. */
export function labelled(name: string, labels: Readonly<Record<string, string>> = {}, others: Readonly<Record<string, string>> = {}): KubeObject {
  return object('v1', 'Namespace', name, {labels: {...others, ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [LABEL_PREFIX + key, value]))}})
}

const GOOD: JsonObject = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}
const GOOD_POD: JsonObject = {securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}}
const main = (more: JsonObject = {}): JsonObject => ({name: 'main', image: 'registry.example.com/main:1', ...more})

/** Specs of pods by what is the matter with them. */
export const SPECS = {
  fine: {...GOOD_POD, containers: [main({securityContext: GOOD})]},
  silent: {containers: [main()]},
  port: {containers: [main({ports: [{containerPort: 80, hostPort: 80}]})]},
  path: {containers: [main()], volumes: [{name: 'logs', hostPath: {path: '/var/log'}}]},
  /** Refused from 1.34 on. */
  probe: {...GOOD_POD, containers: [main({securityContext: GOOD, livenessProbe: {tcpSocket: {host: '127.0.0.1', port: 80}}})]},
  /** Allowed from 1.32 on. */
  newSysctl: {securityContext: {...(GOOD_POD['securityContext'] as JsonObject), sysctls: [{name: 'net.ipv4.tcp_rmem', value: '1'}]}, containers: [main({securityContext: GOOD})]},
  injected: {...GOOD_POD, containers: [main({securityContext: GOOD}), {name: 'proxy', image: 'registry.example.com/proxy:1', securityContext: {privileged: true}}]},
} satisfies Record<string, JsonObject>
export type SpecName = keyof typeof SPECS

export function deployment(place: string, spec: SpecName, more: JsonObject = {}): KubeObject {
  return object('apps/v1', 'Deployment', place, {spec: {replicas: 1, template: {metadata: {labels: {app: 'a'}}, spec: {...SPECS[spec], ...more}}}})
}

export function barePod(place: string, spec: SpecName, metadata: JsonObject = {}): KubeObject {
  const pod = object('v1', 'Pod', place, {spec: SPECS[spec], status: {phase: 'Running'}})
  return {...pod, metadata: {...(pod['metadata'] as JsonObject), ...metadata}}
}

/** Of a ReplicaSet that is not in the cluster. */
export function podOfReplicaSet(place: string, spec: SpecName): KubeObject {
  return barePod(place, spec, {ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gone', uid: 'u', controller: true}]})
}

export function namespaceIn({namespaces}: PodSecurityPlan, name: string): NamespacePlan {
  const found = namespaces.find(namespace => namespace.name === name)
  if (found === undefined) throw new Error(`no namespace ${name} in the plan`)
  return found
}

/** `enforce baseline v1.30`, with what must be done first. */
export function stepTexts({steps}: NamespacePlan): string[] {
  return steps.map(({stage, level, version: pinned, needs}) => [stage, level, pinned, ...needs.map(need => `(${need})`)].join(' '))
}
