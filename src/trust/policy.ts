import {DecodeError, Field} from '../kubeconfig/decode.js'
import type {ReadFailure} from '../kubeconfig/read-yaml.js'
import {readYaml} from '../kubeconfig/read-yaml.js'
import type {ServerPattern} from './server-pattern.js'
import {parseServerPattern} from './server-pattern.js'

/** kuberc's words (KEP-3104): everything, nothing, or what is listed. */
export const MODES = ['AllowAll', 'DenyAll', 'Allowlist'] as const
export type Mode = (typeof MODES)[number]

/** Where a token may go. `ca` null: recorded at first use. */
export interface AllowedServer {
  pattern: ServerPattern
  ca: string | null
}

export interface PolicyEntry {
  /** An absolute path (compared with what kubectl's own lookup finds, symlinks unresolved) or a bare name. */
  command: string
  absolute: boolean
  args: 'catalogue' | 'any' | readonly string[]
  env: readonly string[]
  servers: readonly AllowedServer[]
  sha256: string | null
  line: number
}

/** `trust.yaml`: what people write and share. */
export interface TrustPolicy {
  mode: Mode
  catalogue: boolean
  plugins: readonly PolicyEntry[]
}

export const DEFAULT_POLICY: TrustPolicy = {mode: 'Allowlist', catalogue: true, plugins: []}

export type PolicyResult = {ok: true; policy: TrustPolicy} | {ok: false; failure: ReadFailure}

/**
 * Strict on purpose: a misspelt key in a security policy is an error with a
 * line, never an ignored wish (kuberc's default path fails open there).
 */
export function parsePolicy(bytes: Uint8Array): PolicyResult {
  const read = readYaml(bytes)
  if (!read.ok) return read
  try {
    return {ok: true, policy: decode(new Field(read.root, [], read.root))}
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const {message, line, column} = error
    return {ok: false, failure: {message, line, column, hint: 'Until it is mended every credential plugin is denied.'}}
  }
}

function decode(top: Field): TrustPolicy {
  only(top, ['apiVersion', 'kind', 'credentialPluginPolicy', 'catalogue', 'plugins'])
  if (top.get('apiVersion').string() !== 'k121.dev/v1') top.get('apiVersion').fail('"k121.dev/v1"')
  if (top.get('kind').string() !== 'TrustPolicy') top.get('kind').fail('"TrustPolicy"')
  const modeField = top.get('credentialPluginPolicy')
  const mode = modeField.node === undefined ? 'Allowlist' : MODES.find(word => word === modeField.string())
  const catalogue = top.get('catalogue')
  return {
    mode: mode ?? modeField.fail(`one of ${MODES.join(', ')}`),
    catalogue: catalogue.node === undefined ? true : required(catalogue).bool(),
    plugins: top.get('plugins').items().map(entry),
  }
}

function entry(field: Field): PolicyEntry {
  only(field, ['command', 'args', 'env', 'servers', 'sha256'])
  const command = field.get('command')
  const name = command.string()
  const absolute = /^(\/|[A-Za-z]:[\\/])/.test(name)
  if (name === '' || (!absolute && /[\\/]/.test(name))) command.fail('an absolute path or a bare name')
  const digest = field.get('sha256')
  // A key without a value is a limit that got lost (a template, an editor), never the wish for none.
  if (digest.node !== undefined && !/^[0-9a-f]{64}$/.test(digest.string())) digest.fail('64 lower-case hex digits')
  return {
    command: name,
    absolute,
    args: args(field.get('args')),
    env: field.get('env').items().map(envName),
    servers: servers(field.get('servers')),
    sha256: digest.isNull ? null : digest.string(),
    line: field.node?.line ?? 1,
  }
}

function args(field: Field): PolicyEntry['args'] {
  if (field.node === undefined) return 'catalogue'
  if (field.node.kind === 'sequence') return field.strings()
  const word = field.string()
  return word === 'any' || word === 'catalogue' ? word : field.fail('"catalogue", "any" or a list of arguments')
}

function envName(field: Field): string {
  const name = field.string()
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : field.fail('the name of an environment variable')
}

function servers(field: Field): AllowedServer[] {
  const items = field.items()
  return field.node === undefined || items.length > 0 ? items.map(server) : field.fail('a list of at least one server')
}

function server(field: Field): AllowedServer {
  const short = field.node?.kind === 'scalar'
  if (!short) only(field, ['url', 'ca'])
  const url = short ? field : field.get('url')
  const pattern = parseServerPattern(url.string())
  if (pattern === null) return url.fail('an https URL of a server; only "*." in front of a domain is a wildcard')
  if (short || field.get('ca').node === undefined) return {pattern, ca: null}
  const ca = field.get('ca').string()
  return /^(system|sha256:[0-9a-f]{64})$/.test(ca) ? {pattern, ca} : field.get('ca').fail('"system" or "sha256:" and 64 lower-case hex digits')
}

function required(field: Field): Field {
  return field.isNull ? field.fail('true or false') : field
}

function only(field: Field, known: readonly string[]): void {
  for (const key of field.keys())
    if (!known.includes(key)) field.get(key).fail(`one of the keys ${known.join(', ')}`)
}
