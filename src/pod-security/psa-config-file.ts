import {isMapping, listAt, mappingAt, textAt} from '../kube/field.js'
import type {Json, JsonObject} from '../kube/json.js'
import {meantField} from './psa-config-fields.js'
import {isAdmissionPlugin} from './psa-config-plugins.js'
import type {ConfigNote, PsaConfig, ServerLimit} from './psa-config.js'
import {BUILT_IN_CONFIG, ConfigMistake, PSA_GROUP, PSA_KIND, parsePsaConfig, pathBelow, withPlaces} from './psa-config.js'

/**
 * The file of `--admission-control-config-file`, read as the API server reads
 * it (apiserver pkg/admission/config.go, at 0.24.17, 0.30.14 and 0.37.2); or a
 * PodSecurityConfiguration by itself, as such a file may name one.
 */
export type ConfigReading =
  | {ok: true; config: PsaConfig}
  /** `isIncluded`: in the file that `path` names. */
  | {ok: false; isIncluded: boolean; path: string; message: string}

const PLUGIN = 'PodSecurity'
const KIND = 'AdmissionConfiguration'
const VERSIONS = ['apiserver.config.k8s.io/v1', 'apiserver.k8s.io/v1alpha1']
const FIELDS = ['apiVersion', 'kind', 'plugins']
const ENTRY_FIELDS = ['name', 'path', 'configuration']
/** From here on the outer file is decoded strictly too; before, what is misspelt in it is not there. */
const STRICT_SINCE = 32
/** Two files without apiVersion and kind that a server still takes, for other plugins. */
const LEGACY = ['imagePolicy', 'podNodeSelectorPluginConfig']

/** @param included what stands in the file that `pathIn` names; undefined: nothing at all, as it has no byte */
export function readAdmissionConfig(document: Json, included?: Json): ConfigReading {
  try {
    return {ok: true, config: isBare(document) ? parsePsaConfig(document) : readOuter(document, included)}
  } catch (error) {
    if (error instanceof IncludedMistake) return {ok: false, isIncluded: true, path: error.path, message: error.message}
    if (error instanceof ConfigMistake) return {ok: false, isIncluded: false, path: error.path, message: error.message}
    throw error
  }
}

/** The file that has to be read as well; null: none. Relative ones are meant from the directory of the file that names them. */
export function pathIn(document: Json): string | null {
  try {
    const [entry] = isBare(document) ? [] : entriesOf(document)
    if (entry === undefined || (entry.value['configuration'] ?? null) !== null) return null
    const path = textAt(entry.value, 'path') ?? ''
    return path === '' ? null : path
  } catch {
    // What is wrong with it is said by whoever reads it.
    return null
  }
}

class IncludedMistake extends ConfigMistake {}

function isBare(document: Json): boolean {
  return isMapping(document) && (document['kind'] === PSA_KIND || (typeof document['apiVersion'] === 'string' && document['apiVersion'].startsWith(`${PSA_GROUP}/`)))
}

interface Entry {
  index: number
  value: JsonObject
}

/** Those named PodSecurity; the first is the one that counts. */
function entriesOf(document: Json): Entry[] {
  return listAt(document, 'plugins').map((_, index) => ({index, value: mappingAt(document, 'plugins', index)})).filter(({value}) => textAt(value, 'name') === PLUGIN)
}

function readOuter(document: Json, included: Json | undefined): PsaConfig {
  return withPlaces(() => {
    if (!isMapping(document)) throw new ConfigMistake('', `is neither an ${KIND} nor a ${PSA_KIND}`)
    if (isLegacy(document)) return {...BUILT_IN_CONFIG, notes: [{path: '', message: `configures another plugin and no ${PLUGIN}: the built-in defaults hold`}]}
    requireKind(document)
    const entries = listAt(document, 'plugins').map((_, index) => mappingAt(document, 'plugins', index))
    const [names, paths] = (['name', 'path'] as const).map(field => entries.map((_, index) => textAt(document, 'plugins', index, field) ?? '')) as [string[], string[]]
    const strict = strictLimits(document, entries)
    const notes = [...strict.map(({path, message}) => ({path, message: `${message}; older servers ignore it`})), ...entryNotes(names)]
    const config = chosenConfig(entries, {names, paths}, included)
    return {...config, limits: [...config.limits, ...strict], notes: [...notes, ...config.notes]}
  })
}

function isKnown(document: JsonObject): boolean {
  return document['kind'] === KIND && VERSIONS.some(version => version === document['apiVersion'])
}

function isLegacy(document: JsonObject): boolean {
  return !isKnown(document) && LEGACY.some(key => Object.hasOwn(document, key))
}

function requireKind(document: JsonObject): void {
  const kind = textAt(document, 'kind') ?? ''
  const apiVersion = textAt(document, 'apiVersion') ?? ''
  if (kind === '' || apiVersion === '') throw new ConfigMistake('', `has no ${kind === '' ? 'kind' : 'apiVersion'}, and the server refuses it`)
  if (kind !== KIND) throw new ConfigMistake('kind', `is neither ${KIND} nor ${PSA_KIND}`)
  if (!VERSIONS.includes(apiVersion)) throw new ConfigMistake('apiVersion', `is none that a server reads: ${VERSIONS.join(', ')}`)
}

/** Unknown fields of the outer file: ignored by older servers, and newer ones do not start. */
function strictLimits(document: JsonObject, entries: readonly JsonObject[]): ServerLimit[] {
  const unknown = [
    ...Object.keys(document).filter(field => !FIELDS.includes(field)).map(field => ({path: pathBelow('', field), field, fields: FIELDS})),
    ...entries.flatMap((entry, index) => Object.keys(entry).filter(field => !ENTRY_FIELDS.includes(field)).map(field => ({path: pathBelow(`plugins[${index}]`, field), field, fields: ENTRY_FIELDS}))),
  ]
  return unknown.map(({path, field, fields}) => {
    const meant = meantField(field, fields)
    return {since: STRICT_SINCE, until: Infinity, path, message: `is no field, and servers from 1.${STRICT_SINCE} on refuse it${meant === null ? '' : `; ${meant} is meant`}`}
  })
}

/** A name that no plugin has is skipped in silence. */
function entryNotes(names: readonly string[]): ConfigNote[] {
  const notes: ConfigNote[] = []
  let seen = 0
  for (const [index, name] of names.entries()) {
    const path = `plugins[${index}].name`
    if (name === PLUGIN && seen++ > 0) notes.push({path, message: `names ${PLUGIN} a second time, and only the first entry counts`})
    if (name === PLUGIN || isAdmissionPlugin(name)) continue
    const isMeant = name.toLowerCase().replace(/[^a-z]/g, '').startsWith('podsecurity')
    notes.push({path, message: name === '' ? 'is missing, and the server skips the entry' : `${JSON.stringify(name)} is no admission plugin, and the server skips the entry${isMeant ? `; ${PLUGIN} is meant` : ''}`})
  }
  return notes
}

/** An inline configuration comes before a path; without either the built-in defaults hold. */
function chosenConfig(entries: readonly JsonObject[], {names, paths}: Record<'names' | 'paths', readonly string[]>, included: Json | undefined): PsaConfig {
  const index = names.indexOf(PLUGIN)
  if (index === -1) return builtIn('', `has no entry for ${PLUGIN}: the built-in defaults hold, and nothing is exempt`)
  const inline = entries[index]?.['configuration'] ?? null
  const here = `plugins[${index}]`
  const hasPath = paths[index] !== ''
  if (inline !== null) {
    const config = below(`${here}.configuration`, ConfigMistake, () => parsePsaConfig(inline))
    return hasPath ? {...config, notes: [...config.notes, {path: `${here}.path`, message: 'is not read, as the configuration stands here too'}]} : config
  }
  if (!hasPath) return builtIn(here, `has neither configuration nor path: the built-in defaults hold, and nothing is exempt`)
  if (included === undefined) return builtIn(`${here}.path`, 'names an empty file: the built-in defaults hold, and nothing is exempt')
  return below('', IncludedMistake, () => parsePsaConfig(included))
}

function builtIn(path: string, message: string): PsaConfig {
  return {...BUILT_IN_CONFIG, notes: [{path, message}]}
}

function below(start: string, as: typeof ConfigMistake, read: () => PsaConfig): PsaConfig {
  const placed = (path: string): string => (path === '' ? start : start === '' ? path : `${start}.${path}`)
  try {
    const config = read()
    const inPlace = <T extends ConfigNote>(note: T): T => ({...note, path: placed(note.path), ...(as === IncludedMistake ? {isIncluded: true} : {})})
    return {...config, limits: config.limits.map(inPlace), notes: config.notes.map(inPlace)}
  } catch (error) {
    throw error instanceof ConfigMistake ? new as(placed(error.path), error.message) : error
  }
}
