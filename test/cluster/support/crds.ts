import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import {RESOURCES} from '../../../src/kube/resources.js'
import type {Resource, ResourceKey} from '../../../src/kube/resources.js'
import type {RealApiServer} from './api-server.js'
import {REPORT_KINDS, reportSchema} from './report-schema.js'
import {until} from './until.js'

/** What a definition needs to know; a row of what audits read fits. */
interface Definition extends Pick<Resource, 'group' | 'versions' | 'plural' | 'kind' | 'isNamespaced'> {
  schema: JsonObject
  /** As upstream: reports have none, what controllers own has. */
  hasStatus: boolean
}

const ANYTHING: JsonObject = {type: 'object', 'x-kubernetes-preserve-unknown-fields': true}

/** Groups that the API server itself serves. */
const BUILT_IN: readonly string[] = ['', 'apps', 'batch', 'policy', 'admissionregistration.k8s.io', 'discovery.k8s.io', 'networking.k8s.io', 'rbac.authorization.k8s.io']

/** All rows that exist only where somebody installed them. */
export const CUSTOM_ROWS: readonly ResourceKey[] = (Object.keys(RESOURCES) as ResourceKey[]).filter(key => !BUILT_IN.includes(RESOURCES[key].group))

/**
 * Serves these rows in all versions that we know, with a schema that accepts
 * anything: enough for objects that no controller here reads.
 */
export async function installCustomResources(server: RealApiServer, rows: readonly ResourceKey[] = CUSTOM_ROWS): Promise<void> {
  const builtIn = rows.filter(key => !CUSTOM_ROWS.includes(key))
  if (builtIn.length > 0) throw new Error(`no custom resources: ${builtIn.join(', ')}`)
  await install(server, rows.map(key => ({...RESOURCES[key], schema: ANYTHING, hasStatus: true})))
}

/** wgpolicyk8s.io and openreports.io, with schemas that refuse what upstream's refuse. */
export async function installReportResources(server: RealApiServer): Promise<void> {
  await install(server, REPORT_KINDS.map(kind => ({...kind, schema: reportSchema(kind.group), hasStatus: false})))
}

async function install(server: RealApiServer, definitions: readonly Definition[]): Promise<void> {
  const byName = new Map(definitions.map(one => [`${one.plural}.${one.group}`, one]))
  await server.create(...[...byName].map(([name, definition]) => customResourceDefinition(name, definition)))
  await Promise.all([...byName.values()].map(definition => served(server, definition)))
}

function customResourceDefinition(name: string, {group, versions, plural, kind, isNamespaced, schema, hasStatus}: Definition): KubeObject {
  const version = (version: string, index: number): Json => ({
    name: version, served: true, storage: index === 0, schema: {openAPIV3Schema: schema}, ...hasStatus ? {subresources: {status: {}}} : {},
  })
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
    // The server refuses *.k8s.io without a word on who approved it; what starts so counts as one.
    metadata: {name, annotations: group.endsWith('.k8s.io') ? {'api-approved.kubernetes.io': 'unapproved, for tests'} : {}},
    spec: {
      group, scope: isNamespaced ? 'Namespaced' : 'Cluster', names: {plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List`},
      versions: versions.map(version),
    },
  }
}

/** Served means: listed by discovery, and answered. The second comes a moment after the first. */
async function served(server: RealApiServer, {group, versions, plural}: Definition): Promise<void> {
  for (const version of versions) await until(`${plural}.${group} is served as ${version}`, async () => {
    const discovered = await server.request('GET', `/apis/${group}/${version}`)
    const isListed = discovered.status === 200 && (discovered.json.resources as {name: string}[]).some(one => one.name === plural)
    return isListed && (await server.request('GET', `/apis/${group}/${version}/${plural}?limit=1`)).status === 200
  })
}
