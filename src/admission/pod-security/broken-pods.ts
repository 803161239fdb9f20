import {
  ALLOWED_VOLUMES, APP_ARMOR_ANNOTATION, DEFAULT_CAPABILITIES, IMAGE_VOLUME_SINCE, OTHER_VOLUMES, RESTRICTED_CAPABILITY, SELINUX_TYPES, SYSCTLS,
  isAllowedAppArmorAnnotation, isAllowedAppArmorType, isAllowedSeccompType,
} from '../../pod-security/allowed.js'
import type {ControlId} from '../../pod-security/control.js'
import {NEWEST_MINOR} from '../../pod-security/control.js'
import type {Hole, Sketch} from './cel-value.js'
import {absent, among, anything, firstly, otherText} from './cel-value.js'

/** Where in a pod the break is. */
export type Place = 'pod' | 'volumes' | 'annotations' | ContainerList
export const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const
export type ContainerList = (typeof CONTAINER_LISTS)[number]

/** All pods that break a control in one way: what is not written is left open. */
export interface Broken {
  place: Place
  /** What of it somebody would have to refuse, in a few words. */
  what: string
  spec: SketchFields
  metadata?: SketchFields
  /** The same place as the control wants it, to see whether a policy looks there at all. */
  good: {spec: SketchFields; metadata?: SketchFields}
}

type SketchFields = Readonly<Record<string, Sketch>>

export interface BrokenBy {
  /** Fields and words that a policy about this control cannot do without. */
  words: readonly string[]
  ways(known: Known): readonly Broken[]
}

export interface Known {
  /** Texts in the policy: each may be let through. */
  texts: readonly string[]
  /** Whether that word stands in it; what it does not name it does not look at. */
  doesName(word: string): boolean
  minor: number
}

const inLists = (what: string, bad: Sketch, good: Sketch, rest: SketchFields = {}, goodRest: SketchFields = rest): Broken[] =>
  CONTAINER_LISTS.map(place => ({place, what, spec: {...rest, [place]: among(bad)}, good: {spec: {...goodRest, [place]: among(good)}}}))

const inPod = (what: string, spec: SketchFields, good: SketchFields): Broken => ({place: 'pod', what, spec, good: {spec: good}})

/** The pod's own security context, and that of each list of containers. */
function inContexts(what: string, bad: SketchFields, good: SketchFields): Broken[] {
  return [inPod(what, {securityContext: bad}, {securityContext: good}), ...inLists(what, {securityContext: bad}, {securityContext: good})]
}

/** Values that are not allowed: those that the policy itself names, any other, and for the reader's sake a well-known one. */
function badTexts(isAllowed: (text: string) => boolean, examples: readonly string[], {texts}: Known): (string | Hole)[] {
  return [...[...new Set([...examples, ...texts])].filter(text => !isAllowed(text)), otherText]
}

function named(text: Sketch): string {
  return typeof text === 'string' ? JSON.stringify(text) : 'other values'
}

function inSets(rows: readonly {from: number; types?: readonly string[]; names?: readonly string[]}[], minor: number): (text: string) => boolean {
  const all = new Set(rows.filter(({from}) => from <= minor).flatMap(({types, names}) => [...(types ?? []), ...(names ?? [])]))
  return text => all.has(text)
}

/** Since 1.35 a pod in a user namespace may do some things: a policy that leaves it alone is not laxer. */
function outsideUserNamespace({minor, doesName}: Known): SketchFields[] {
  return minor < FIRST_USER_NAMESPACE || !doesName('hostUsers') ? [{}] : [{hostUsers: absent}, {hostUsers: true}]
}
const FIRST_USER_NAMESPACE = 35

/** Some controls leave Windows pods alone. */
function outsideWindows({doesName}: Known): SketchFields[] {
  return doesName('os') ? [{os: absent}, {os: {name: 'linux'}}] : [{}]
}

/** All lists with that text in them: it is the first, or one of several. */
function listsWith(text: Sketch): Sketch[] {
  return [[text], firstly(text), among(anything, text)]
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const
const HOOKS = ['postStart', 'preStop'] as const
const HOSTS = ['127.0.0.1'] as const

/** A container that says nothing of a field: without a security context, or with one of other things. */
const silent = (field: string): SketchFields[] => [{securityContext: absent}, {securityContext: {[field]: absent}}]

const procMount: BrokenBy = {
  words: ['procMount'],
  ways: known => outsideUserNamespace(known).flatMap(rest => procMountWays(rest, known)),
}

function procMountWays(rest: SketchFields, known: Known): Broken[] {
  return badTexts(text => text === 'Default', ['Unmasked', ''], known).flatMap(value =>
    inLists(`procMount ${named(value)}`, {securityContext: {procMount: value}}, {securityContext: {procMount: 'Default'}}, rest))
}

/** An API server refuses any other set of sources. */
function volume(field: string): Sketch {
  return among({...NO_SOURCE, [field]: {}})
}

const NO_SOURCE = Object.fromEntries([...ALLOWED_VOLUMES, 'image', ...OTHER_VOLUMES].map(source => [source, absent]))

function profileWays(known: Known): Broken[] {
  return badTexts(isAllowedSeccompType, ['Unconfined', ''], known).flatMap(type => inContexts(`seccompProfile.type ${named(type)}`, {seccompProfile: {type}}, {seccompProfile: {type: 'RuntimeDefault'}}))
}

/** What neither the pod nor a container says, in each way of not saying it. */
function unsaid(what: string, field: string, good: Sketch, rests: readonly SketchFields[]): Broken[] {
  return rests.flatMap(rest => silent(field).flatMap(pod => silent(field).flatMap(container =>
    inLists(what, container, {securityContext: {[field]: good}}, {...rest, ...pod}, {...rest, securityContext: {[field]: good}}))))
}

/** Kyverno's policies let an empty name through, which Pod Security admission refuses; it gives a container nothing. */
function isNoCapability(text: string): boolean {
  return text === ''
}

/** Of a container by a name that no policy has: one that asks for some name lets others through. */
const ANY_CONTAINER = `${APP_ARMOR_ANNOTATION}no-such-name`

const capability = (add: Sketch): Sketch => ({securityContext: {capabilities: {add}}})

/**
 * Every way to break each control, by the rules of one minor. Together the ways
 * of a control are all pods that break it, so a policy that refuses each of them
 * is at least as strict.
 */
export const BROKEN: Readonly<Record<ControlId, BrokenBy>> = {
  appArmorProfile: {
    words: ['appArmorProfile', 'apparmor'],
    ways: known => [
      ...badTexts(isAllowedAppArmorType, ['Unconfined', ''], known).flatMap(type => inContexts(`appArmorProfile.type ${named(type)}`, {appArmorProfile: {type}}, {appArmorProfile: {type: 'RuntimeDefault'}})),
      ...badTexts(isAllowedAppArmorAnnotation, ['unconfined'], known).map(value => (value === otherText ? {...otherText, never: 'localhost/'} : value)).map((value): Broken => ({
        place: 'annotations', what: `the annotation ${named(value)}`, spec: {}, metadata: {annotations: {[ANY_CONTAINER]: value}},
        good: {spec: {}, metadata: {annotations: {[ANY_CONTAINER]: 'runtime/default'}}},
      })),
    ],
  },
  capabilities_baseline: {
    words: ['capabilities'],
    ways: known => badTexts(text => isNoCapability(text) || DEFAULT_CAPABILITIES.has(text), ['SYS_ADMIN', 'ALL'], known).flatMap(added =>
      listsWith(added).flatMap(add => inLists(`capabilities.add ${named(added)}`, capability(add), capability(['CHOWN'])))),
  },
  hostNamespaces: {
    words: ['hostNetwork', 'hostPID', 'hostIPC'],
    ways: () => ['hostNetwork', 'hostPID', 'hostIPC'].map(field => inPod(field, {[field]: true}, {[field]: absent})),
  },
  hostPathVolumes: {
    words: ['hostPath', 'volumes'],
    ways: () => [{place: 'volumes', what: 'hostPath', spec: {volumes: volume('hostPath')}, good: {spec: {volumes: volume('emptyDir')}}}],
  },
  hostPorts: {
    words: ['hostPort'],
    ways: () => inLists('hostPort', {ports: among({hostPort: {atLeast: 1}})}, {ports: [{hostPort: absent}]}),
  },
  hostProbesAndHostLifecycle: {
    words: ['Probe', 'lifecycle', 'httpGet', 'tcpSocket'],
    ways: known => badTexts(text => text === '', HOSTS, known).flatMap(host => ['httpGet', 'tcpSocket'].flatMap(handler => [
      ...PROBES.flatMap(probe => inLists(`${probe}.${handler}.host ${named(host)}`, {[probe]: {[handler]: {host}}}, {[probe]: {[handler]: {host: absent}}})),
      ...HOOKS.flatMap(hook => inLists(`lifecycle.${hook}.${handler}.host ${named(host)}`, {lifecycle: {[hook]: {[handler]: {host}}}}, {lifecycle: {[hook]: {[handler]: {host: absent}}}})),
    ])),
  },
  privileged: {
    words: ['privileged'],
    ways: () => inLists('privileged', {securityContext: {privileged: true}}, {securityContext: {privileged: false}}),
  },
  procMount,
  seLinuxOptions: {
    words: ['seLinuxOptions'],
    ways: known => [
      ...badTexts(inSets(SELINUX_TYPES, known.minor), ['spc_t'], known).flatMap(type => inContexts(`seLinuxOptions.type ${named(type)}`, {seLinuxOptions: {type}}, {seLinuxOptions: {type: 'container_t', user: absent, role: absent}})),
      ...['user', 'role'].flatMap(field => badTexts(text => text === '', [], known).flatMap(value => inContexts(`seLinuxOptions.${field} ${named(value)}`, {seLinuxOptions: {[field]: value}}, {seLinuxOptions: {user: absent, role: absent}}))),
    ],
  },
  seccompProfile_baseline: {words: ['seccompProfile'], ways: profileWays},
  sysctls: {
    words: ['sysctls'],
    ways: known => badTexts(inSets(SYSCTLS, known.minor), ['kernel.msgmax', 'net.core.somaxconn', 'net/ipv4/tcp_syncookies'], known).map(name =>
      inPod(`the sysctl ${named(name)}`, {securityContext: {sysctls: among({name})}}, {securityContext: {sysctls: [{name: 'net.ipv4.tcp_syncookies'}]}})),
  },
  windowsHostProcess: {
    words: ['windowsOptions'],
    ways: () => inContexts('windowsOptions.hostProcess', {windowsOptions: {hostProcess: true}}, {windowsOptions: {hostProcess: false}}),
  },
  allowPrivilegeEscalation: {
    words: ['allowPrivilegeEscalation'],
    ways: known => outsideWindows(known).flatMap(rest => [
      ...silent('allowPrivilegeEscalation').flatMap(container => inLists('an unset allowPrivilegeEscalation', container, {securityContext: {allowPrivilegeEscalation: false}}, rest)),
      ...inLists('allowPrivilegeEscalation', {securityContext: {allowPrivilegeEscalation: true}}, {securityContext: {allowPrivilegeEscalation: false}}, rest),
    ]),
  },
  capabilities_restricted: {words: ['capabilities'], ways: known => outsideWindows(known).flatMap(rest => restrictedCapabilities(rest, known))},
  procMount_restricted: {words: ['procMount'], ways: known => procMountWays({}, known)},
  restrictedVolumes: {
    words: ['volumes'],
    ways: ({minor}) => [...OTHER_VOLUMES, ...(minor < IMAGE_VOLUME_SINCE ? ['image'] : [])].map(field => ({
      place: 'volumes' as const, what: `volumes of type ${field}`, spec: {volumes: volume(field)}, good: {spec: {volumes: volume('emptyDir')}},
    })),
  },
  runAsNonRoot: {
    words: ['runAsNonRoot'],
    ways: known => outsideUserNamespace(known).flatMap(rest => [
      inPod('runAsNonRoot false', {...rest, securityContext: {runAsNonRoot: false}}, {...rest, securityContext: {runAsNonRoot: true}}),
      ...[anything, {runAsNonRoot: true}, absent].flatMap((pod: Sketch) => inLists('runAsNonRoot false', {securityContext: {runAsNonRoot: false}}, {securityContext: {runAsNonRoot: true}}, {...rest, securityContext: pod}, {...rest, securityContext: {runAsNonRoot: true}})),
      ...unsaid('an unset runAsNonRoot', 'runAsNonRoot', true, [rest]),
    ]),
  },
  runAsUser: {
    words: ['runAsUser'],
    ways: known => outsideUserNamespace(known).flatMap(rest => [
      inPod('runAsUser 0', {...rest, securityContext: {runAsUser: 0}}, {...rest, securityContext: {runAsUser: 1000}}),
      ...inLists('runAsUser 0', {securityContext: {runAsUser: 0}}, {securityContext: {runAsUser: 1000}}, rest),
    ]),
  },
  seccompProfile_restricted: {
    words: ['seccompProfile'],
    ways: known => [...profileWays(known), ...unsaid('an unset seccompProfile', 'seccompProfile', {type: 'RuntimeDefault'}, outsideWindows(known))],
  },
}

function restrictedCapabilities(rest: SketchFields, known: Known): Broken[] {
  const good = {securityContext: {capabilities: {drop: ['ALL'], add: absent}}}
  const dropping = (drop: Sketch): Sketch => ({securityContext: {capabilities: {drop}}})
  const without: [string, Sketch][] = [
    ['no dropped capabilities', {securityContext: absent}], ['no dropped capabilities', {securityContext: {capabilities: absent}}], ['no dropped capabilities', dropping(absent)], ['no dropped capabilities', dropping([])],
    ...badTexts(text => text === 'ALL', ['NET_RAW'], known).map((text): [string, Sketch] => ['drops without ALL', dropping([text, otherText])]),
  ]
  const added = badTexts(text => isNoCapability(text) || text === RESTRICTED_CAPABILITY, ['CHOWN', 'ALL'], known)
    .flatMap(text => listsWith(text).map((add): [string, Sketch] => [`capabilities.add ${named(text)}`, {securityContext: {capabilities: {drop: ['ALL'], add}}}]))
  return [...without, ...added].flatMap(([what, bad]) => inLists(what, bad, good, rest))
}

/** The rules of the newest version that is known here, where the server's is not, or is newer. */
export function minorOf(minor: number | null): number {
  return Math.min(minor ?? NEWEST_MINOR, NEWEST_MINOR)
}
