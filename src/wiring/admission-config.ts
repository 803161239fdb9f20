import {dirname, isAbsolute, join} from 'node:path'
import {readCapped} from '../adapters/files.js'
import {unread} from '../audit/outcome.js'
import type {ClusterSource, Pages} from '../audit/source.js'
import {UsageError} from '../errors.js'
import {stepsOf} from '../kube/field-path.js'
import type {Json, KubeObject} from '../kube/json.js'
import {minorOf} from '../kube/version.js'
import type {YamlNode} from '../kubeconfig/node.js'
import {positionOf} from '../kubeconfig/node.js'
import {jsonOf} from '../kubeconfig/node-json.js'
import {readYaml} from '../kubeconfig/read-yaml.js'
import type {ConfigNote} from '../pod-security/psa-config.js'
import {limitFor} from '../pod-security/psa-config.js'
import {pathIn, readAdmissionConfig} from '../pod-security/psa-config-file.js'
import {placeText, printable} from '../printable.js'

/** `--admission-config`: what the row of that name answers, and what its reader should know. */
export interface GivenAdmissionConfig {
  object: KubeObject
  notes: readonly string[]
}

interface ReadFile {
  file: string
  root: YamlNode
  document: Json
}

/**
 * The API server's own file, which no API shows. What that server would refuse
 * to start with stops the audit, with its place.
 *
 * @param serverVersion as `--server-version` has it
 */
export function loadAdmissionConfig(file: string, serverVersion: string | undefined): GivenAdmissionConfig {
  const outer = readFile(file)
  const path = pathIn(outer.document)
  const included = path === null ? null : readIncluded(isAbsolute(path) ? path : join(dirname(file), path), path, outer)
  const reading = readAdmissionConfig(outer.document, included?.document)
  const placeOf = (note: ConfigNote): {file: string; line: number; column: number} => placeIn(note.isIncluded === true && included !== null ? included : outer, note.path)
  const refuse = (note: ConfigNote, hint: string): UsageError => new UsageError('bad-argument', `${printable(note.path)}${note.path === '' ? 'the file' : ''} ${printable(note.message)}`, hint, placeOf(note))
  if (!reading.ok) throw refuse(reading, 'no API server starts with this file: give the one that yours runs with; nothing was audited')
  const minor = serverVersion === undefined ? null : minorOf(serverVersion)
  const limit = limitFor(reading.config, minor)
  if (limit !== null) throw refuse(limit, `a server of 1.${minor} does not start with this file; nothing was audited`)
  return {
    object: {apiVersion: 'k121.dev/v1', kind: 'AdmissionConfig', file, document: outer.document, ...(included === null ? {} : {included: included.document})},
    notes: reading.config.notes.map(note => `${placeText(placeOf(note))}: ${printable(note.path)}${note.path === '' ? '' : ' '}${printable(note.message)}`),
  }
}

function placeIn({file, root}: ReadFile, path: string): {file: string; line: number; column: number} {
  const {line, column} = positionOf(root, stepsOf(path))
  return {file, line, column}
}

const HINT = 'name a file that can be read'

function readFile(file: string): ReadFile {
  const outcome = readCapped(file)
  if (!outcome.ok) throw new UsageError('bad-argument', `the admission configuration ${outcome.detail}`, HINT, {file})
  return parse(file, outcome.bytes)
}

/** Null: it has no byte, and the server takes that for no configuration at all. */
function readIncluded(file: string, path: string, outer: ReadFile): ReadFile | null {
  const outcome = readCapped(file)
  if (!outcome.ok) throw new UsageError('bad-argument', `the configuration of PodSecurity is in ${printable(path)}, which ${outcome.detail}`, 'put it where this file looks for it, or give that file itself to --admission-config', {file: outer.file})
  return outcome.bytes.length === 0 ? null : parse(file, outcome.bytes)
}

function parse(file: string, bytes: Uint8Array): ReadFile {
  const read = readYaml(bytes)
  if (!read.ok) throw new UsageError('bad-argument', read.failure.message, 'write it so that every reader takes it for the same; nothing was audited', {file, line: read.failure.line, column: read.failure.column})
  return {file, root: read.root, document: jsonOf(read.root) as Json}
}

/** A cluster together with a file that only its owner has. */
export function withAdmissionConfig(source: ClusterSource, {object}: GivenAdmissionConfig): ClusterSource {
  return {
    kind: source.kind,
    read: request => (request.key === 'admission-config' ? given(object) : source.read(request)),
    placeOf: (of, path) => source.placeOf(of, path),
    close: () => source.close(),
  }
}

async function* given(object: KubeObject): Pages {
  yield [object]
  return {...unread('not-requested', ''), outcome: 'complete', items: 1}
}
