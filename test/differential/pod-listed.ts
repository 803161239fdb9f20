import type {Json, JsonObject} from '../../src/kube/json.js'
import {NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import type {Draft} from './pod-fields.js'
import {CAPABILITIES, FREE_SOURCES, OTHER_SOURCES, SELINUX_TYPES, SYSCTLS} from './pod-fields.js'

/**
 * What chance reaches too seldom: each value of each list by itself, each pair
 * of volume sources; for the newest, which knows all fields, each field with a
 * value of each type.
 */
export function listedPods(server: number): Judged[] {
  return [...volumePods(), ...valuePods(), ...(server === NEWEST_MINOR ? typePods() : [])].map(pod => JSON.parse(JSON.stringify(pod)) as Judged)
}

/** Which of two sources names the type; one at a time, so that no other name comes between. */
function volumePods(): Judged[] {
  const pairs = OTHER_SOURCES.flatMap((one, index) => OTHER_SOURCES.slice(index + 1).map(other => [one, other]))
  const mixed = FREE_SOURCES.flatMap(one => OTHER_SOURCES.map(other => [other, one]))
  return [...pairs, ...mixed, ...[...OTHER_SOURCES, ...FREE_SOURCES].map(one => [one])].map(sources => podOf({volumes: [{name: 'v', ...Object.fromEntries(sources.map(source => [source, {}]))}]}))
}

function valuePods(): Judged[] {
  const inContainer = (securityContext: Draft): Judged => podOf({containers: [{name: 'a', securityContext: {...GOOD, ...securityContext}}]})
  return [
    // Empty entries: the server refuses most of them later.
    podOf({volumes: [null] as unknown as Draft[]}), podOf({volumes: [{}]}), podOf({containers: [null] as unknown as Draft[]}), podOf({securityContext: {...GOOD_POD, sysctls: [null] as unknown as Draft[]}}),
    podOf({containers: [{ports: [null], securityContext: GOOD}] as unknown as Draft[]}), inContainer({capabilities: {add: [null], drop: ['ALL']}}), inContainer({capabilities: {drop: [null]}}),
    ...SYSCTLS.map(name => podOf({securityContext: {...GOOD_POD, sysctls: [{name, value: '1'}]}})),
    ...SELINUX_TYPES.flatMap(type => [podOf({securityContext: {...GOOD_POD, seLinuxOptions: {type}}}), inContainer({seLinuxOptions: {type}})]),
    ...CAPABILITIES.flatMap(name => [inContainer({capabilities: {add: [name], drop: ['ALL']}}), inContainer({capabilities: {drop: [name]}})]),
  ]
}

const GOOD: Draft = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}
const GOOD_POD: Draft = {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}

function podOf(spec: Draft): Judged {
  return {metadata: {}, spec: {securityContext: GOOD_POD, containers: [{name: 'a', securityContext: GOOD}], ...spec} as JsonObject}
}

const OF_ALL_TYPES: readonly Json[] = [null, 0, 1, 1.5, '', 'x', true, false, [], ['x'], [null], {}, {x: 1}]

/** A pod that has every field that a check reads, with any one of its values replaced. */
function typePods(): Judged[] {
  return placesIn(FULL).flatMap(steps => OF_ALL_TYPES.map(value => replaced(FULL, steps, value) as unknown as Judged))
}

const SHARED: JsonObject = {
  appArmorProfile: {type: 'RuntimeDefault'}, seccompProfile: {type: 'RuntimeDefault'}, seLinuxOptions: {type: 'container_t', user: '', role: ''},
  windowsOptions: {hostProcess: false}, runAsNonRoot: true, runAsUser: 1000,
}
const HANDLER: JsonObject = {httpGet: {host: '', port: 80}, tcpSocket: {host: '', port: 80}}
const CONTAINER: JsonObject = {
  name: 'a', ports: [{containerPort: 80, hostPort: 0}], livenessProbe: HANDLER, readinessProbe: HANDLER, startupProbe: HANDLER, lifecycle: {postStart: HANDLER, preStop: HANDLER},
  securityContext: {...SHARED, privileged: false, allowPrivilegeEscalation: false, procMount: 'Default', capabilities: {add: ['NET_BIND_SERVICE'], drop: ['ALL']}},
}
const FULL: JsonObject = {
  metadata: {annotations: {
    'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default', 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default', 'container.seccomp.security.alpha.kubernetes.io/a': 'runtime/default',
  }},
  spec: {
    hostNetwork: false, hostPID: false, hostIPC: false, hostUsers: true, os: {name: 'linux'}, securityContext: {...SHARED, sysctls: [{name: 'net.ipv4.tcp_syncookies', value: '1'}]},
    volumes: [...FREE_SOURCES, ...OTHER_SOURCES].map(source => ({name: source, [source]: {}})),
    initContainers: [{...CONTAINER, name: 'i'}], containers: [CONTAINER], ephemeralContainers: [{...CONTAINER, name: 'e'}],
  },
}

function placesIn(value: Json | undefined): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value as JsonObject).flatMap(([key, inner]) => [[key], ...placesIn(inner).map(rest => [key, ...rest])])
}

function replaced(value: Json | undefined, [step, ...rest]: readonly string[], by: Json): Json {
  if (step === undefined) return by
  const inner = replaced((value as JsonObject)[step], rest, by)
  return Array.isArray(value) ? (value as readonly Json[]).with(Number(step), inner) : {...value as JsonObject, [step]: inner}
}
