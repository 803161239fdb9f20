import {OddField, isMapping, mappingAt, textAt, textsAt, flagAt} from '../../kube/field.js'
import type {Json, JsonObject, KubeObject} from '../../kube/json.js'
import {secretBytes, utf8} from '../../kube/secret-data.js'
import type {CredentialPlugin} from '../../kubeconfig/model.js'
import {nullNode} from '../../kubeconfig/new-node.js'
import {readYaml} from '../../kubeconfig/read-yaml.js'

const PATH = 'data.config'

export interface ArgoCluster {
  server: string
  plugin: CredentialPlugin | null
  isInsecure: boolean
  /** Argo CD looks at the exec only where neither of these is so. */
  ignored: 'in-cluster' | 'aws' | null
}

/** Names that Argo CD reads, as Go's JSON decoder compares them: without case. */
const NAMES = [
  'execProviderConfig', 'awsAuthConfig', 'tlsClientConfig', 'username', 'password', 'bearerToken', 'insecure', 'command', 'args', 'env', 'apiVersion', 'installHint',
]

/** What stands in a cluster Secret of Argo CD (pkg/apis/application/v1alpha1, type ClusterConfig). */
export function argoCluster(secret: KubeObject): ArgoCluster {
  const server = textOf(secret, 'server')
  const config = canonical(parse(textOf(secret, 'config')))
  const exec = mappingAt(config, 'execProviderConfig')
  const isInCluster = server.replace(/\/$/, '') === 'https://kubernetes.default.svc'
  return {
    server, plugin: Object.keys(exec).length === 0 ? null : pluginOf(exec),
    isInsecure: flagAt(config, 'tlsClientConfig', 'insecure') === true,
    ignored: isInCluster ? 'in-cluster' : isMapping(config['awsAuthConfig']) ? 'aws' : null,
  }
}

function textOf(secret: KubeObject, key: string): string {
  const bytes = secretBytes(secret, key)
  return bytes === undefined ? '' : utf8(bytes, `data.${key}`)
}

function parse(text: string): JsonObject {
  if (text.trim() === '') return {}
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    // The parser's own message quotes the text.
    throw new OddField(PATH, 'JSON')
  }
  if (!isMapping(value)) throw new OddField(PATH, 'a JSON object')
  // Of a key that stands twice Go merges both values, JSON.parse keeps one: our strict reader refuses it.
  const strict = readYaml(Buffer.from(text, 'utf8'))
  if (!strict.ok) throw new OddField(PATH, `JSON that every reader reads alike (line ${strict.failure.line}: ${strict.failure.message})`)
  return value
}

function canonical(value: JsonObject, isMap = false): JsonObject {
  const found = new Map<string, Json | undefined>()
  for (const [key, given] of Object.entries(value)) {
    const name = isMap ? key : (NAMES.find(one => fold(one) === fold(key)) ?? key)
    if (found.has(name)) throw new OddField(PATH, `JSON in which ${name} stands once`)
    found.set(name, isMapping(given) ? canonical(given, name === 'env') : given)
  }
  return Object.fromEntries(found)
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll('\u017f', 's').replaceAll('\u212a', 'k')
}

function pluginOf(exec: JsonObject): CredentialPlugin {
  const env = mappingAt(exec, 'env')
  return {
    apiVersion: textAt(exec, 'apiVersion') ?? '', command: textAt(exec, 'command') ?? '', args: textsAt(exec, 'args'),
    env: Object.keys(env).toSorted().map(name => ({name, value: textAt(env, name) ?? ''})),
    // Argo CD sets it itself.
    interactiveMode: 'Never', provideClusterInfo: false, installHint: textAt(exec, 'installHint') ?? '',
    origin: {file: PATH, dir: '/', root: nullNode({line: 1, column: 1}), path: ['execProviderConfig']},
  }
}
