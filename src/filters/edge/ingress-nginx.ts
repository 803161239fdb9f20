import {listAt, textAt} from '../../kube/field.js'
import {flagValues} from '../../kube/command-flags.js'
import type {KubeObject} from '../../kube/json.js'
import {annotationsOf, namespaceOf} from '../../kube/object.js'
import type {Door} from './door.js'
import type {ListReader, Places} from './list-of.js'
import {annotationIn, annotationPath, besideAllow, listOf} from './list-of.js'
import {statusDoor} from './reach.js'
import type {ListKind, SourceList} from './source-list.js'
import {itemsIn} from './source-list.js'

/**
 * ingress-nginx writes `allow` lines and then `deny all`, or `deny` lines alone
 * (`ipallowlist`, `ipdenylist`, `nginx.tmpl`). A list with an entry that is none
 * denies the location to everybody.
 */
const ALLOW = {mode: 'allow', otherFamily: 'closed', because: 'nginx ends an allow list with deny all', whenUnreadable: 'closes'} as const
const DENY = {mode: 'deny', otherFamily: 'open', because: 'nginx lets in what no line denies', whenUnreadable: 'closes'} as const
/** As long as its own test of the file fails, nginx goes on with the one before. */
const IN_FILE = {whenUnreadable: 'unknown'} as const

const PREFIX = 'nginx.ingress.kubernetes.io'
/** Of the time before 0.9: nobody named nginx reads it any more, unless a flag says so. */
const OLD_PREFIX = 'ingress.kubernetes.io'
const ALLOW_NAMES = ['allowlist-source-range', 'whitelist-source-range'] as const
const DENY_NAMES = ['denylist-source-range'] as const

/** The lists of one Ingress: first those of its own annotations, the newer name before the older. */
export function nginxIngressLists(ingress: KubeObject, places: Places, prefix = PREFIX): {allow: SourceList[]; deny: SourceList[]} {
  const door = statusDoor(ingress)
  const lists = (names: readonly string[], kind: Omit<ListKind, 'words'>): SourceList[] => {
    const found = annotationIn(ingress, names.map(name => `${prefix}/${name}`))
    return found === null ? [] : listOf(ingress, places, {kind: {...kind, words: `The annotation ${found.name}`}, path: annotationPath(found.name), items: itemsIn(found.value), door})
  }
  return {allow: lists(ALLOW_NAMES, ALLOW), deny: lists(DENY_NAMES, DENY)}
}

/** Clients that rate limits do not count. Over a family that is not named they are counted. */
export const limitExemptionLists: ListReader = (ingress, places) => {
  const found = annotationIn(ingress, ['limit-allowlist', 'limit-whitelist'].map(name => `${PREFIX}/${name}`))
  return found === null ? [] : listOf(ingress, places, {kind: {...ALLOW, words: `The annotation ${found.name}`}, path: annotationPath(found.name), items: itemsIn(found.value), door: statusDoor(ingress)})
}

/** What one controller of ingress-nginx tells by its flags. */
export interface NginxController {
  namespace: string
  /** `namespace/name` */
  configMaps: readonly string[]
  /** Without its end: `nginx.ingress.kubernetes.io` */
  prefix: string
}

export function nginxControllerOf(workload: KubeObject): NginxController {
  const containers = listAt(workload, 'spec', 'template', 'spec', 'containers')
  const namespace = namespaceOf(workload)
  return {
    namespace, configMaps: containers.flatMap(one => flagValues(one, 'configmap')).map(value => value.replace('$(POD_NAMESPACE)', namespace)),
    prefix: containers.flatMap(one => flagValues(one, 'annotations-prefix')).at(-1) ?? PREFIX,
  }
}

export interface NginxConfig {
  key: string
  allow: readonly SourceList[]
  deny: readonly SourceList[]
  /** Proxies whose word for the client's address is taken; null: nobody's word is asked for. */
  trusted: SourceList | null
}

/** The ConfigMap that a controller names: defaults for all of its Ingresses, and lists for the whole server. */
export function nginxConfigOf(map: KubeObject, places: Places): NginxConfig {
  const isOn = (key: string): boolean => textAt(map, 'data', key)?.trim() === 'true'
  const door: Door = isOn('disable-ipv6')
    ? {by: 'families', families: [4], because: 'disable-ipv6 is true'}
    : {by: 'controller', names: ['ingress-nginx'], namespace: namespaceOf(map)}
  const list = (key: string, kind: Omit<ListKind, 'words'>, byDefault = ''): SourceList[] =>
    listOf(map, places, {kind: {...kind, ...IN_FILE, words: key}, path: `data["${key}"]`, items: itemsIn(textAt(map, 'data', key) ?? byDefault), door})
  const isAsked = ['use-proxy-protocol', 'use-forwarded-headers', 'enable-real-ip'].some(isOn)
  return {
    key: `${namespaceOf(map)}/${textAt(map, 'metadata', 'name') ?? ''}`,
    allow: list('whitelist-source-range', ALLOW), deny: [...list('denylist-source-range', DENY), ...list('block-cidrs', DENY)],
    // `ReadConfig`: one IPv4 block where the key is missing.
    trusted: isAsked ? (list('proxy-real-ip-cidr', ALLOW, '0.0.0.0/0')[0] ?? null) : null,
  }
}

/** Deny lists as they work: whom an allow list of the same place keeps out need not be denied. */
export function effectiveLists(own: {allow: readonly SourceList[]; deny: readonly SourceList[]}, defaults: readonly SourceList[]): SourceList[] {
  if (own.allow.length > 0) return besideAllow(own.allow, own.deny)
  const beside = besideAllow(defaults, own.deny)
  return beside.filter(list => !defaults.includes(list))
}

export interface DeadList {
  name: string
  isAllow: boolean
  value: string
  /** Why nobody acts on it: a clause. */
  because: string
}

/** Classes of controllers that never read an annotation of ingress-nginx, by the names that their own manifests give them. */
const OTHER_CLASSES: readonly string[] = ['alb', 'azure-application-gateway', 'azure/application-gateway', 'contour', 'gce', 'gce-internal', 'haproxy', 'kong']

/** Is it, by its class, of a controller that reads no annotation of ingress-nginx? */
export function isOfOtherClass(ingress: KubeObject): boolean {
  return OTHER_CLASSES.includes(classOf(ingress))
}

function classOf(ingress: KubeObject): string {
  return textAt(ingress, 'spec', 'ingressClassName') ?? annotationsOf(ingress)['kubernetes.io/ingress.class'] ?? ''
}

/**
 * Lists in annotations that nobody reads, by the class of the Ingress: those of
 * ingress-nginx where the class is another controller's, and those with a prefix
 * that no controller of nginx has. Where a live one stands beside them, somebody
 * is moving, and nothing is said.
 */
export function deadNginxLists(ingress: KubeObject, prefixes: readonly string[]): DeadList[] {
  const name = classOf(ingress)
  const isNginx = name.includes('nginx')
  if (!isNginx && !OTHER_CLASSES.includes(name)) return []
  const live = isNginx ? prefixes : []
  const dead = (isNginx ? [OLD_PREFIX, PREFIX] : [PREFIX]).filter(prefix => !live.includes(prefix))
  const because = isNginx ? `controllers of class ${name} read annotations of ${live.join(' and ')}` : `the controller of class ${name} does not read annotations of ingress-nginx`
  const named = (all: readonly string[], names: readonly string[]): string[] => all.flatMap(prefix => names.map(suffix => `${prefix}/${suffix}`))
  return [[ALLOW_NAMES, true] as const, [DENY_NAMES, false] as const].flatMap(([names, isAllow]) => {
    const found = annotationIn(ingress, named(live, names)) === null ? annotationIn(ingress, named(dead, names)) : null
    return found === null ? [] : [{...found, isAllow, because}]
  })
}

export const DEFAULT_PREFIX = PREFIX
