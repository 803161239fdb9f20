import {OddField, isMapping, listAt, mappingAt, pathOf, textAt} from '../kube/field.js'
import type {Json, JsonObject} from '../kube/json.js'
import {duplicateOf, meantField} from './psa-config-fields.js'
import {userNotes} from './psa-config-users.js'
import type {Level, LevelVersion, Mode} from './labels.js'
import {BUILT_IN_DEFAULTS, LEVELS, MODES, isVersion, levelOf} from './labels.js'

/**
 * The configuration of Pod Security admission, read as the API server reads it:
 * strictly, so that what it would not start with is a mistake here too
 * (pod-security-admission admission/api/load and validation, read at 0.24.17,
 * 0.30.14 and 0.37.2).
 */
export interface PsaConfig {
  defaults: Readonly<Record<Mode, LevelVersion>>
  exemptions: PsaExemptions
  /** Servers that do not start with it. */
  limits: readonly ServerLimit[]
  /** What it says and the server does not do. */
  notes: readonly ConfigNote[]
}

/** Compared byte for byte with the name of the namespace, the user and the runtime class. */
export interface PsaExemptions {
  namespaces: readonly string[]
  usernames: readonly string[]
  runtimeClasses: readonly string[]
}

/** Minors, both inclusive. */
export interface ServerLimit extends ConfigNote {
  since: number
  until: number
}

export interface ConfigNote {
  /** Below the root of its file: `plugins[0].name`; empty: the file as a whole. */
  path: string
  message: string
  /** It is about the file that the first one names. */
  isIncluded?: boolean
}

export const BUILT_IN_CONFIG: PsaConfig = {defaults: BUILT_IN_DEFAULTS, exemptions: {namespaces: [], usernames: [], runtimeClasses: []}, limits: [], notes: []}

/** Where and why a server refuses to start; `path` is below the root of its file. */
export class ConfigMistake extends Error {
  override readonly name = 'ConfigMistake'
  constructor(readonly path: string, message: string) {
    super(message)
  }
}

export const PSA_GROUP = 'pod-security.admission.config.k8s.io'
export const PSA_KIND = 'PodSecurityConfiguration'

/** Versions of the group, each with the first server that reads it; none was taken away up to 1.37. */
const READ_SINCE: ReadonlyMap<string, number> = new Map([['v1alpha1', 22], ['v1beta1', 23], ['v1', 25]])

const FIELDS = ['apiVersion', 'kind', 'defaults', 'exemptions']
const DEFAULT_FIELDS = MODES.flatMap(mode => [mode, `${mode}-version`])
const EXEMPTION_FIELDS = ['usernames', 'namespaces', 'runtimeClasses'] as const

/** @throws ConfigMistake; its path is below `document` */
export function parsePsaConfig(document: Json): PsaConfig {
  return withPlaces(() => {
    if (!isMapping(document)) throw new ConfigMistake('', `is no ${PSA_KIND}`)
    const since = firstServerOf(document)
    refuseUnknown(document, FIELDS, '')
    const exemptions = exemptionsIn(document)
    return {
      defaults: defaultsIn(document),
      exemptions,
      limits: since <= 22 ? [] : [{since: 0, until: since - 1, path: 'apiVersion', message: `is one that servers read from 1.${since} on only`}],
      notes: userNotes(exemptions),
    }
  })
}

/** A field of another type is what the decoder refuses too. */
export function withPlaces<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof OddField ? new ConfigMistake(error.path, `is not ${error.wanted}`) : error
  }
}

function firstServerOf(document: JsonObject): number {
  const apiVersion = textAt(document, 'apiVersion') ?? ''
  const kind = textAt(document, 'kind') ?? ''
  if (kind === '') throw new ConfigMistake('', 'has no kind, and the server refuses it')
  if (apiVersion === '') throw new ConfigMistake('', 'has no apiVersion, and the server refuses it')
  const [group, version = ''] = apiVersion.split('/')
  const since = READ_SINCE.get(version)
  if (group !== PSA_GROUP || since === undefined || apiVersion.split('/').length !== 2) throw new ConfigMistake('apiVersion', `is none that a server reads: ${PSA_GROUP}/${[...READ_SINCE.keys()].join(', ')}`)
  if (kind !== PSA_KIND) throw new ConfigMistake('kind', `is not ${PSA_KIND}`)
  return since
}

/** Decoding is strict and exact: `Defaults` and `runtimeClassNames` stop the server. */
function refuseUnknown(object: JsonObject, fields: readonly string[], below: string): void {
  const unknown = Object.keys(object).find(field => !fields.includes(field))
  if (unknown === undefined) return
  const meant = meantField(unknown, fields)
  throw new ConfigMistake(pathBelow(below, unknown), `is no field, and the server refuses it${meant === null ? ` (${fields.join(', ')})` : `; ${meant} is meant`}`)
}

/** Keys are anybody's: one with a dot in it is quoted. */
export function pathBelow(start: string, key: string): string {
  return start === '' ? pathOf([key]) : `${start}${pathOf(['x', key]).slice(1)}`
}

function defaultsIn(document: JsonObject): PsaConfig['defaults'] {
  const defaults = mappingAt(document, 'defaults')
  refuseUnknown(defaults, DEFAULT_FIELDS, 'defaults')
  const read = (mode: Mode): LevelVersion => ({level: levelIn(document, mode), version: versionIn(document, mode)})
  return {enforce: read('enforce'), audit: read('audit'), warn: read('warn')}
}

/** Empty is as good as absent. */
function levelIn(document: JsonObject, mode: Mode): Level {
  const text = textAt(document, 'defaults', mode) ?? ''
  const level = text === '' ? BUILT_IN_DEFAULTS[mode].level : levelOf(text)
  if (level === null) throw new ConfigMistake(`defaults.${mode}`, `is no level (${LEVELS.join(', ')})`)
  return level
}

function versionIn(document: JsonObject, mode: Mode): string {
  const field = `${mode}-version`
  const text = textAt(document, 'defaults', field) ?? ''
  if (text !== '' && !isVersion(text)) throw new ConfigMistake(`defaults.${field}`, 'is no version (latest, or v1.29 and the like)')
  return text === '' ? BUILT_IN_DEFAULTS[mode].version : text
}

function exemptionsIn(document: JsonObject): PsaExemptions {
  refuseUnknown(mappingAt(document, 'exemptions'), EXEMPTION_FIELDS, 'exemptions')
  const [usernames, namespaces, runtimeClasses] = EXEMPTION_FIELDS.map(field => namesIn(document, field))
  return {usernames, namespaces, runtimeClasses} as PsaExemptions
}

/** What kinds of names a server takes: no wildcards anywhere. */
const NAMES: Readonly<Record<(typeof EXEMPTION_FIELDS)[number], {test: (name: string) => boolean; words: string}>> = {
  usernames: {test: name => name !== '', words: 'is empty'},
  namespaces: {test: isLabel, words: 'is the name of no namespace: the server takes exact names, and no patterns'},
  runtimeClasses: {test: isSubdomain, words: 'is the name of no runtime class: the server takes exact names, and no patterns'},
}

function namesIn(document: JsonObject, field: (typeof EXEMPTION_FIELDS)[number]): string[] {
  const {test, words} = NAMES[field]
  // An entry of null is the empty string to the decoder.
  const names = listAt(document, 'exemptions', field).map((_, index) => textAt(document, 'exemptions', field, index) ?? '')
  const odd = names.findIndex(name => !test(name))
  if (odd !== -1) throw new ConfigMistake(`exemptions.${field}[${odd}]`, words)
  const twice = duplicateOf(names)
  if (twice !== -1) throw new ConfigMistake(`exemptions.${field}[${twice}]`, 'stands there twice, and the server refuses it')
  return names
}

function isLabel(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(name)
}

function isSubdomain(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(name)
}

/** Null: this server starts with it. */
export function limitFor({limits}: PsaConfig, minor: number | null): ServerLimit | null {
  return minor === null ? null : (limits.find(({since, until}) => minor >= since && minor <= until) ?? null)
}
