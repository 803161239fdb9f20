import {DecodeError, Field} from './decode.js'
import type {AuthProvider, Cluster, Context, CredentialPlugin, Kubeconfig, Origin, Remark, User} from './model.js'
import type {YamlNode} from './node.js'
import {pathText} from './node.js'
import {jsonOf, roundedInteger} from './node-json.js'
import type {ReadFailure} from './read-yaml.js'
import {readYaml} from './read-yaml.js'
import {Secret} from './secret.js'

export type ParseResult = {ok: true; config: Kubeconfig} | {ok: false; failure: ReadFailure}

/** The cluster extension that client-go hands to a plugin with provideClusterInfo. */
const EXEC_EXTENSION = 'client.authentication.k8s.io/exec'

/** kubectl's own message holds the whole list, inline tokens included. */
const SAME_NAME = 'kubectl refuses this file too; rename one of the two.'

/** Keys of an auth-provider that name programs or hosts; every other value may be a secret. */
const OPEN_PROVIDER_KEYS = ['cmd-path', 'cmd-args', 'idp-issuer-url', 'idp-certificate-authority']

const FIELDS: Record<string, readonly string[]> = {
  config: ['kind', 'apiVersion', 'preferences', 'clusters', 'users', 'contexts', 'current-context', 'extensions'],
  cluster: [
    'server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority', 'certificate-authority-data',
    'proxy-url', 'disable-compression', 'extensions',
  ],
  user: [
    'client-certificate', 'client-certificate-data', 'client-key', 'client-key-data', 'token', 'tokenFile', 'as',
    'as-uid', 'as-groups', 'as-user-extra', 'username', 'password', 'auth-provider', 'exec', 'extensions',
  ],
  context: ['cluster', 'user', 'namespace', 'extensions'],
  exec: ['command', 'args', 'env', 'apiVersion', 'installHint', 'provideClusterInfo', 'interactiveMode'],
}

/**
 * Bytes of one kubeconfig → model, or the first place where our reading and
 * kubectl's could differ. Type errors count anywhere in the file, as they do
 * for kubectl, whichever user is selected.
 *
 * @param file absolute path as kubectl would open it; used for origins only
 */
export function parseKubeconfig(bytes: Uint8Array, file: string, dir: string): ParseResult {
  const read = readYaml(bytes)
  if (!read.ok) return read
  try {
    return {ok: true, config: decode(read.root, file, dir)}
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return {ok: false, failure: {message: error.message, hint: error.hint, line: error.line, column: error.column}}
  }
}

function decode(root: YamlNode, file: string, dir: string): Kubeconfig {
  const remarks: Remark[] = []
  const top = new Field(root, [], root)
  checkType(top)
  noteFields(top, 'config', remarks)
  const origin = (field: Field): Origin => ({file, dir, root, path: field.path})
  const preferences = top.get('preferences')
  preferences.get('colors').bool()
  extension(preferences, '')
  extension(top, '')
  const clusters = named(top.get('clusters'), 'cluster', (name, field) => cluster(name, field, origin(field), remarks))
  const users = named(top.get('users'), 'user', (name, field) => user(name, field, origin(field), remarks))
  const contexts = named(top.get('contexts'), 'context', (name, field) => context(name, field, origin(field), remarks))
  const currentContext = top.get('current-context').string()
  const empty = clusters.size + users.size + contexts.size === 0
  return {file, dir, root, currentContext, contexts, clusters, users, remarks, empty}
}

/**
 * Kubernetes detects the type with a case-insensitive decoder first
 * (serializer/json/meta.go), so `Kind:` or even `\u212aind:` counts there and
 * nowhere else: such a key is refused.
 */
function checkType(top: Field): void {
  for (const key of top.keys()) {
    const folded = key.toLowerCase().replaceAll('\u212a', 'k').replaceAll('\u017f', 's')
    if ((folded === 'kind' || folded === 'apiversion') && key !== 'kind' && key !== 'apiVersion')
      top.get(key).fail('spelt exactly "kind" or "apiVersion", or left out')
  }
  const kind = top.get('kind')
  if (!['', 'Config'].includes(kind.string())) kind.fail('"Config"')
  const version = top.get('apiVersion')
  if (!['', 'v1', '/v1'].includes(version.string())) version.fail('"v1"')
}

function named<T>(list: Field, what: string, make: (name: string, field: Field) => T): Map<string, T> {
  const found = new Map<string, T>()
  for (const item of list.items()) {
    const name = item.get('name')
    if (found.has(name.string())) name.reject(`is the name of another ${what} of this file`, SAME_NAME)
    found.set(name.string(), make(name.string(), item.get(what)))
  }
  return found
}

function cluster(name: string, field: Field, origin: Origin, remarks: Remark[]): Cluster {
  noteFields(field, 'cluster', remarks)
  const data = field.get('certificate-authority-data').base64()
  const exec = extension(field, EXEC_EXTENSION)
  const rounded = exec && roundedInteger(exec)
  if (rounded !== undefined) throw new DecodeError('this integer is too large to be handed to the plugin unchanged', 'Write it as a string.', rounded.line, rounded.column)
  return {
    name,
    server: field.get('server').string(),
    tlsServerName: field.get('tls-server-name').string(),
    insecureSkipTlsVerify: field.get('insecure-skip-tls-verify').bool(),
    certificateAuthority: field.get('certificate-authority').string(),
    certificateAuthorityData: data === '' ? null : Buffer.from(data, 'base64'),
    proxyUrl: field.get('proxy-url').string(),
    disableCompression: field.get('disable-compression').bool(),
    ...(exec === undefined ? {} : {execExtension: jsonOf(exec)}),
    origin,
  }
}

function user(name: string, field: Field, origin: Origin, remarks: Remark[]): User {
  noteFields(field, 'user', remarks)
  extension(field, '')
  const extra = field.get('as-user-extra')
  return {
    name,
    token: secret(field.get('token').string()),
    tokenFile: field.get('tokenFile').string(),
    username: field.get('username').string(),
    password: secret(field.get('password').string()),
    clientCertificate: field.get('client-certificate').string(),
    clientCertificateData: field.get('client-certificate-data').base64(),
    clientKey: field.get('client-key').string(),
    clientKeyData: secret(field.get('client-key-data').base64()),
    impersonate: {
      as: field.get('as').string(),
      uid: field.get('as-uid').string(),
      groups: field.get('as-groups').strings(),
      extra: new Map(extra.keys().map(key => [key, extra.get(key).strings()])),
    },
    exec: plugin(field.get('exec'), origin, remarks),
    authProvider: provider(field.get('auth-provider')),
    origin,
  }
}

function context(name: string, field: Field, origin: Origin, remarks: Remark[]): Context {
  noteFields(field, 'context', remarks)
  extension(field, '')
  return {
    name,
    cluster: field.get('cluster').string(),
    user: field.get('user').string(),
    namespace: field.get('namespace').string(),
    origin,
  }
}

function plugin(field: Field, origin: Origin, remarks: Remark[]): CredentialPlugin | null {
  if (field.isNull) return null
  noteFields(field, 'exec', remarks)
  return {
    apiVersion: field.get('apiVersion').string(),
    command: field.get('command').string(),
    args: field.get('args').strings(),
    env: field.get('env').items().map(item => ({name: item.get('name').string(), value: item.get('value').string()})),
    interactiveMode: field.get('interactiveMode').string(),
    provideClusterInfo: field.get('provideClusterInfo').bool(),
    installHint: field.get('installHint').string(),
    origin,
  }
}

function provider(field: Field): AuthProvider | null {
  if (field.isNull) return null
  const config = field.get('config').stringMap()
  return {
    name: field.get('name').string(),
    config: new Map([...config].filter(([key]) => OPEN_PROVIDER_KEYS.includes(key))),
    keys: [...config.keys()],
  }
}

/** The extension of that name; two of one name in a list are an error for kubectl, so they are one here. */
function extension(owner: Field, name: string): YamlNode | undefined {
  const seen = new Set<string>()
  let found: YamlNode | undefined
  for (const item of owner.get('extensions').items()) {
    const own = item.get('name')
    if (seen.has(own.string())) own.reject('is the name of another extension here', SAME_NAME)
    seen.add(own.string())
    if (own.string() === name && name !== '') found = item.get('extension').node
  }
  return found
}

function secret(text: string): Secret | null {
  return text === '' ? null : new Secret(text)
}

/** Keys that kubectl ignores: a wrong case (`Exec:`) deserves a word, since a person or another client reads it as the field. */
function noteFields(field: Field, kind: string, remarks: Remark[]): void {
  const known = FIELDS[kind] ?? []
  for (const key of field.keys()) {
    if (known.includes(key)) continue
    const near = known.find(name => fold(name) === fold(key))
    const path = [...field.path, key]
    if (near === undefined) remarks.push({id: 'unknown-field', path, message: `${pathText(path)} is no field of a kubeconfig: kubectl ignores it.`})
    else remarks.push({id: 'ignored-field', path, message: `${pathText(path)} looks like ${near}, but kubectl ignores it.`})
  }
}

function fold(key: string): string {
  return key.toLowerCase().replaceAll(/[-_\s]/g, '').replaceAll('\u212a', 'k').replaceAll('\u017f', 's')
}
