import {flagAt, isMapping, listAt, textAt} from '../kube/field.js'
import {OddField} from '../kube/field.js'
import type {Json} from '../kube/json.js'
import type {Resource} from '../kube/resources.js'
import {RESOURCES, resourceName} from '../kube/resources.js'
import type {SkipReason} from '../audit/outcome.js'
import type {ApiClient, ApiFailure} from './api-client.js'

export type Location =
  /** Versions to try, best first. */
  | {isServed: true; versions: readonly string[]; found?: Pick<Resource, 'kind' | 'isNamespaced'>}
  | {isServed: false; outcome: SkipReason; detail: string}

/** What the server offers, asked only for the groups of rows that are read, and once. */
export interface Discovery {
  locate(row: Resource): Promise<Location>
  /** Does this version of the group have the resource? Null: it does not tell. */
  isIn(row: Resource, version: string): Promise<boolean | null>
}

type Answer = {ok: true; names: readonly string[]} | {ok: false; failure: ApiFailure}

export function discovery(client: ApiClient): Discovery {
  const asked = new Map<string, Promise<Answer>>()
  const once = (path: string, namesOf: (body: Json) => string[]): Promise<Answer> => {
    const known = asked.get(path) ?? ask(path, namesOf, client)
    asked.set(path, known)
    return known
  }
  const isIn = async (row: Resource, version: string): Promise<boolean | null> => {
    const path = row.group === '' ? `/api/${version}` : `/apis/${row.group}/${version}`
    const answer = await once(path, body => listAt(body, 'resources').flatMap(entry => textAt(entry, 'name') ?? []))
    return answer.ok ? answer.names.includes(row.plural) : answer.failure.kind === 'missing' ? false : null
  }
  const isInAny = async (row: Resource, versions: readonly string[]): Promise<boolean> => (await Promise.all(versions.map(version => isIn(row, version)))).some(has => has !== false)
  return {
    isIn,
    async locate(row) {
      if (row.versions.length === 0) return find(row, client)
      // The core group is always there.
      if (row.group === '') return {isServed: true, versions: row.versions}
      const answer = await once(`/apis/${row.group}`, body => listAt(body, 'versions').flatMap(entry => textAt(entry, 'version') ?? []))
      if (!answer.ok) return withoutAnswer(row, answer.failure)
      const versions = row.versions.filter(version => answer.names.includes(version))
      if (versions.length > 0 && isCrowded(row.group) && !(await isInAny(row, versions))) return {isServed: false, outcome: 'not-served', detail: `the server has no ${resourceName(row)}`}
      return versions.length > 0 ? {isServed: true, versions} : unknownVersions(row, answer.names, isIn)
    },
  }
}

/** From here on one request for what a group holds spares many that would be answered 404. */
const CROWD = 5

/** A group of which a cluster seldom has more than a few: Gatekeeper makes a resource of each template. */
function isCrowded(group: string): boolean {
  return Object.values(RESOURCES).filter(row => row.group === group).length >= CROWD && group.endsWith('.gatekeeper.sh')
}

/** A resource of which only group and plural are known. */
async function find(row: Resource, client: ApiClient): Promise<Location> {
  const group = await client.ask({path: `/apis/${row.group}`}).document()
  if (!group.ok) return withoutAnswer(row, group.failure)
  return understood(row, async () => {
    for (const version of listAt(group.value.value as Json, 'versions').flatMap(entry => textAt(entry, 'version') ?? [])) {
      const answer = await client.ask({path: `/apis/${row.group}/${encodeURIComponent(version)}`}).document()
      if (!answer.ok) return withoutAnswer(row, answer.failure)
      const entry = listAt(answer.value.value as Json, 'resources').find(one => textAt(one, 'name') === row.plural)
      if (entry !== undefined) return {isServed: true, versions: [version], found: {kind: textAt(entry, 'kind') ?? '', isNamespaced: flagAt(entry, 'namespaced') === true}}
    }
    return {isServed: false, outcome: 'not-served', detail: `the server has no ${resourceName(row)}`}
  })
}

async function understood(row: Resource, body: () => Promise<Location>): Promise<Location> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof OddField)) throw error
    return {isServed: false, outcome: 'not-understood', detail: `/apis/${row.group}: ${error.message}`}
  }
}

async function ask(path: string, namesOf: (body: Json) => string[], client: ApiClient): Promise<Answer> {
  const result = await client.ask({path}).document()
  if (!result.ok) return result
  try {
    const body = result.value.value as Json
    return isMapping(body) ? {ok: true, names: namesOf(body)} : {ok: false, failure: {kind: 'not-understood', detail: `${path} is no object`}}
  } catch (error) {
    if (!(error instanceof OddField)) throw error
    return {ok: false, failure: {kind: 'not-understood', detail: `${path}: ${error.message}`}}
  }
}

function withoutAnswer(row: Resource, {kind, detail}: ApiFailure): Location {
  if (kind === 'missing') return {isServed: false, outcome: 'not-served', detail: `the server has no API group ${row.group}`}
  // Some clusters show discovery to nobody: then the lists themselves tell.
  if (kind === 'forbidden') return row.versions.length > 0 ? {isServed: true, versions: row.versions} : {isServed: false, outcome: 'forbidden', detail: `/apis/${row.group}: ${detail}`}
  const outcome = kind === 'not-understood' || kind === 'unacceptable' || kind === 'too-large' ? 'not-understood' : 'unreachable'
  return {isServed: false, outcome, detail: `/apis/${row.group}: ${detail}`}
}

/** The group is there in versions that this program does not know: with the resource in one of them it would be wrong to say that there is none. */
async function unknownVersions(row: Resource, served: readonly string[], isIn: Discovery['isIn']): Promise<Location> {
  const answers = await Promise.all(served.map(async version => ({version, has: await isIn(row, version)})))
  const holders = answers.filter(({has}) => has !== false).map(({version}) => version)
  if (holders.length === 0) return {isServed: false, outcome: 'not-served', detail: `the server has no ${resourceName(row)}`}
  return {isServed: false, outcome: 'not-understood', detail: `${resourceName(row)} is served as ${holders.join(', ')} only, and known here as ${row.versions.join(', ')}`}
}
