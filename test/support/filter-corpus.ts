import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import type {Fact} from '../../src/audit/fact.js'
import type {SkipReason} from '../../src/audit/outcome.js'
import {CHECKS} from '../../src/checks/registry.js'
import {FILTER_KEYS} from '../../src/kube/filter-rows.js'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import {isMapping} from '../../src/kube/field.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {isOf, rowOf} from '../../src/kube/resources.js'
import {assume, NOTHING_ASSUMED} from '../../src/network/assumed-families.js'
import {FAMILIES} from '../../src/network/interval-set.js'
import type {Family} from '../../src/network/ip.js'
import type {Ran} from './run-checks.js'
import {runChecks} from './run-checks.js'

/** Small clusters with filters as people write them, by us: one folder each. */
export const CORPUS = 'test/corpus/filters'
export const CORPUS_CLUSTERS: readonly string[] = readdirSync(CORPUS, {withFileTypes: true}).filter(entry => entry.isDirectory()).map(({name}) => name).toSorted()

/** Every check of the topic, those on request too. */
export const TOPIC_CHECKS = CHECKS.filter(({meta}) => meta.topic === 'dual-stack')

/** As the folder has it: pods, nodes and Services with both families. */
export function corpusObjects(cluster: string): KubeObject[] {
  const folder = join(CORPUS, cluster)
  return readdirSync(folder).toSorted().flatMap(file => parseAllDocuments(readFileSync(join(folder, file), 'utf8'))).map(document => document.toJS() as JsonObject).flatMap(object => (object['kind'] === 'List' ? object['items'] as KubeObject[] : [object as KubeObject]))
}

/** What a cluster may be like, and what is assumed of it. */
export const STATES = {
  v4: {families: [4], isAssumed: false},
  dual: {families: FAMILIES, isAssumed: false},
  v6: {families: [6], isAssumed: false},
  'v4, assumed dual': {families: [4], isAssumed: true},
} as const satisfies Record<string, {families: readonly Family[]; isAssumed: boolean}>
export type State = keyof typeof STATES
export const STATE_NAMES = Object.keys(STATES) as State[]

/** All checks of the topic over one cluster in one state. Kinds of which there is no object are not served. */
export function runCorpus(cluster: string, state: State): Promise<Ran> {
  const {families, isAssumed} = STATES[state]
  const objects = withFamilies(corpusObjects(cluster), families)
  const outcomes = Object.fromEntries(FILTER_KEYS.filter(key => rowOf(key).group !== 'networking.k8s.io' && !objects.some(object => isOf(rowOf(key), object))).map(key => [key, 'not-served'])) as Partial<Record<ReadKey, SkipReason>>
  const facts: Fact<unknown>[] = isAssumed ? [assume({...NOTHING_ASSUMED, isDual: true})] : []
  return runChecks(TOPIC_CHECKS, {objects, outcomes, minor: 34}, facts)
}

/** The same cluster with the addresses of these families alone, as it would be had it been made so. What people wrote stays as it is. */
export function withFamilies(objects: readonly KubeObject[], families: readonly Family[]): KubeObject[] {
  if (families.length === 2) return [...objects]
  return objects.map(object => (WITH[object.kind]?.(object, families[0]!) ?? object))
}

const isOfFamily = (text: Json, family: Family): boolean => String(text).includes(':') === (family === 6)

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

function changed(object: KubeObject, field: 'spec' | 'status' | 'data', change: (value: JsonObject) => JsonObject): KubeObject {
  const value = object[field]
  return isMapping(value) ? {...object, [field]: change(value as JsonObject)} : object
}

/** Entries of a list with an address in them: `{ip}`, `{address}`. */
function entries(value: Json | undefined, field: string, family: Family): Json[] {
  return listOf(value).filter(entry => !isMapping(entry) || entry[field] === undefined || isOfFamily(entry[field] as Json, family))
}

const WITH: Readonly<Record<string, (object: KubeObject, family: Family) => KubeObject>> = {
  Pod: (pod, family) => changed(pod, 'status', status => {
    const podIPs = entries(status['podIPs'], 'ip', family)
    return {...status, podIPs, podIP: (podIPs[0] as JsonObject | undefined)?.['ip'] ?? ''}
  }),
  Node: (node, family) => changed(
    changed(node, 'spec', spec => ({...spec, podCIDRs: listOf(spec['podCIDRs']).filter(text => isOfFamily(text, family))})),
    'status', status => ({...status, addresses: entries(status['addresses'], 'address', family)}),
  ),
  ServiceCIDR: (range, family) => changed(range, 'spec', spec => ({...spec, cidrs: listOf(spec['cidrs']).filter(text => isOfFamily(text, family))})),
  ConfigMap: (map, family) => changed(map, 'data', data => Object.fromEntries(Object.entries(data).map(([key, value]) => [key, key === 'ClusterConfiguration' ? oneOfLists(String(value), family) : value ?? null]))),
  Service: (service, family) => {
    const named = changed(service, 'spec', spec => serviceSpec(spec, family, String((service['metadata'] as JsonObject)['name'])))
    return statusOf(named, family)
  },
  Ingress: statusOf, HTTPProxy: statusOf,
}

/** `podSubnet: 10.244.0.0/16,fd10:244::/56` keeps one of the two. */
function oneOfLists(text: string, family: Family): string {
  return text.replaceAll(/(Subnet: )(\S+)/g, (_, key: string, list: string) => key + list.split(',').filter(part => isOfFamily(part, family)).join(','))
}

/** A Service of one family on a server of the other gets an address of that one. */
function serviceSpec(spec: JsonObject, family: Family, name: string): JsonObject {
  const ips = listOf(spec['clusterIPs'])
  if (ips.length === 0 || ips[0] === 'None') return spec
  const kept = ips.filter(text => isOfFamily(text, family))
  const clusterIPs = kept.length > 0 ? kept : [family === 6 ? `fd12:3456::${name.length.toString(16)}` : `10.96.0.${name.length}`]
  return {...spec, clusterIPs, clusterIP: clusterIPs[0] ?? '', ipFamilies: [`IPv${family}`], ipFamilyPolicy: 'SingleStack'}
}

function statusOf(object: KubeObject, family: Family): KubeObject {
  return changed(object, 'status', status => {
    const balancer = status['loadBalancer']
    return isMapping(balancer) ? {...status, loadBalancer: {...balancer, ingress: entries(balancer['ingress'], 'ip', family)} as JsonObject} : status
  })
}
