/**
 * Writes test/audit/field-types.json: for every kind of the API server that an
 * audit reads, its fields and their types, as /openapi/v2 of a real server has
 * them. Names and types only; run again for a newer server:
 * `npx tsx test/cluster/write-field-types.ts`
 */
import {writeFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import {RESOURCES} from '../../src/kube/resources.js'
import type {Resource} from '../../src/kube/resources.js'
import {startApiServer} from './support/api-server.js'
import {orThrow} from './support/api-client.js'

interface Schema {
  type?: string
  format?: string
  $ref?: string
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: Schema
  'x-kubernetes-group-version-kind'?: readonly {group: string; version: string; kind: string}[]
}

const server = await startApiServer({minor: 37})
try {
  const {definitions} = orThrow('GET /openapi/v2', await server.request('GET', '/openapi/v2')).json as {definitions: Record<string, Schema>}
  const kinds: Record<string, string> = {}
  const types: Record<string, Record<string, string>> = {}
  for (const row of Object.values(RESOURCES) as Resource[]) {
    const found = Object.entries(definitions).find(([, schema]) => schema['x-kubernetes-group-version-kind']?.some(one => one.group === row.group && one.kind === row.kind && row.versions.includes(one.version)))
    if (found !== undefined) kinds[`${row.group}/${row.kind}`] = take(found[0], definitions, types)
  }
  const file = fileURLToPath(new URL('../audit/field-types.json', import.meta.url))
  const lines = (table: Record<string, unknown>): string => Object.keys(table).toSorted().map(name => `  ${JSON.stringify(name)}: ${JSON.stringify(table[name])}`).join(',\n')
  await writeFile(file, `{"server": ${JSON.stringify(server.version)},\n "kinds": {\n${lines(kinds)}},\n "types": {\n${lines(types)}}}\n`)
} finally {
  await server.stop()
}

/** @returns the short name under which the definition and all that it speaks of now stand in `types` */
function take(name: string, definitions: Record<string, Schema>, types: Record<string, Record<string, string>>): string {
  const short = name.replace(/^io\.k8s\.(?:api|apimachinery\.pkg|kube-aggregator\.pkg)\./, '')
  if (types[short] !== undefined) return short
  const fields: Record<string, string> = {}
  types[short] = fields
  const word = (schema: Schema): string => {
    if (schema.$ref !== undefined) {
      const target = schema.$ref.replace('#/definitions/', '')
      const {properties, type = 'any', format} = definitions[target] ?? {}
      return properties === undefined ? (format === 'int-or-string' || type === 'object' ? 'any' : type) : `#${take(target, definitions, types)}`
    }
    if (schema.type === 'array') return `[]${word(schema.items ?? {})}`
    if (schema.additionalProperties !== undefined) return `{}${word(schema.additionalProperties)}`
    return schema.type ?? 'any'
  }
  // Nobody may read them, and they are dropped before anybody could.
  for (const [field, schema] of Object.entries(definitions[name]?.properties ?? {})) if (field !== 'managedFields') fields[field] = word(schema)
  return short
}
