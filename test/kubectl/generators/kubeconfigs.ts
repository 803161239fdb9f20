import fc from 'fast-check'
import type {Spelling} from './spelling.js'
import {spelling} from './spelling.js'
import type {Mapping, Tree} from './tree.js'
import {mapping} from './tree.js'
import type {Trick} from './tricks.js'
import {trick} from './tricks.js'

/** A kubeconfig of the attacker. Braces name places and servers of the arena. */
export interface HostileFile {
  tree: Mapping
  tricks: readonly Trick[]
  spelling: Spelling
}

type Weighted<T> = readonly (readonly [weight: number, value: T])[]
export const among = <T>(choices: Weighted<T>): fc.Arbitrary<T> => fc.oneof({withCrossShrink: true}, ...choices.map(([weight, value]) => ({weight, arbitrary: fc.constant(value)})))
const sometimes = <T>(weight: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({withCrossShrink: true}, {weight: 24 - weight, arbitrary: fc.constant(undefined)}, {weight, arbitrary: value})

const commands = among<readonly [string, ...string[]]>([
  [60, ['helper']], [30, ['{bin}/helper']], [50, ['evil']], [24, ['{attack}/evil']], [14, ['./evil']], [1, ['sub/../evil']], [1, ['../attack/evil']],
  [1, ['native']], [1, ['planted']], [1, ['{bin}/../attack/evil']], [1, ['{bin}//helper']], [1, ['{attack}/link']], [1, ['/proc/self/cwd/planted']],
  [1, ['helper ']], [1, ['HELPER']], [1, ['{bin}/./helper']], [1, ['{early}/helper']], [1, ['./helper']], [1, ['{attack}/to-bin/helper']],
  [1, ['/bin/sh', '-c', 'exec {attack}/evil']], [1, ['/usr/bin/env', 'evil']], [1, ['sh', '{attack}/evil']], [1, ['{bin}/env', '{bin}/helper', 'evil']],
  [1, ['kubectl', 'plug']], [1, ['kubectl', 'evil-plug', 'get-token']], [1, ['kubectl', 'helper']], [1, ['{bin}/kubectl', 'plug']], [1, ['kubectl', '--kubeconfig={attack}/swap', 'get', 'pods']],
  [1, ['aws', 'eks', 'get-token', '--cluster-name', 'x']], [1, ['gke-gcloud-auth-plugin']], [1, ['kubelogin', 'get-token', '--login', 'azurecli', '--server-id', 'x']],
  [1, ['aws-iam-authenticator', 'token', '-i', 'x']], [1, ['']], [1, ['/usr/bin/touch', '{attack}/x']],
])

const environment = among<readonly [string, string]>([
  [3, ['AWS_PROFILE', 'x']], [2, ['LD_PRELOAD', '{attack}/preload.so']], [1, ['LD_PRELOAD={attack}/preload.so:', 'x']], [1, ['PATH', '{attack}:{bin}']],
  [1, ['KUBECONFIG', '{attack}/swap']], [1, ['ENV', '{attack}/evil']], [1, ['BASH_ENV', '{attack}/evil']], [1, ['', 'x']], [1, ['=X', 'y']], [1, ['HOME', '{attack}']],
  [1, ['KUBERNETES_EXEC_INFO', '{}']], [1, ['GODEBUG', 'execerrdot=0']], [1, ['ld_preload', 'x']], [1, ['HTTPS_PROXY', '{proxy:lying}']],
])

const exec: fc.Arbitrary<Mapping> = fc.record({
  words: commands,
  args: among<readonly string[]>([[8, []], [1, ['-x', 'y z']], [1, ['$(evil)']], [1, ['--']]]),
  env: fc.oneof({withCrossShrink: true}, {weight: 4, arbitrary: fc.constant<(readonly [string, string])[]>([])}, {weight: 1, arbitrary: fc.array(environment, {minLength: 1, maxLength: 2})}),
  version: among([[40, 'v1beta1'], [8, 'v1'], [1, 'v1alpha1'], [1, 'v9']]),
  mode: among<string | undefined>([[30, 'Never'], [10, 'IfAvailable'], [1, 'Always'], [1, undefined], [1, 'never']]),
  info: sometimes(1, fc.constant(true)),
}).map(({words, args, env, version, mode, info}) => mapping({
  apiVersion: `client.authentication.k8s.io/${version}`,
  command: words[0],
  args: words.length + args.length === 1 ? undefined : [...words.slice(1), ...args],
  env: env.length === 0 ? undefined : env.map(([name, value]) => mapping({name, value})),
  interactiveMode: mode,
  provideClusterInfo: info,
}))

const provider = (name: string, config: Readonly<Record<string, string>>): Mapping => mapping({'auth-provider': mapping({name, config: mapping(config)})})

const oddUsers = among<Tree>([
  [3, mapping({token: 'hush-inline'})], [1, mapping({token: ''})], [1, mapping({token: null})],
  [2, mapping({tokenFile: '{home}/.vault-token'})], [1, mapping({tokenFile: '../.kube/token'})], [1, mapping({tokenFile: 'link-to-secret'})], [1, mapping({tokenFile: 'token'})], [1, mapping({token: 'hush-inline', tokenFile: '../.vault-token'})],
  [1, mapping({username: 'u', password: 'hush-password'})], [1, mapping({password: 'hush-password'})],
  [2, provider('gcp', {'cmd-path': '{attack}/evil', 'cmd-args': 'x', 'token-key': '{.t}', 'expiry-key': '{.e}'})], [1, provider('gcp', {'cmd-path': '{attack}/evil'})],
  [1, provider('oidc', {'idp-issuer-url': '{url:evil}', 'client-id': 'x', 'refresh-token': 'hush-refresh', 'id-token': 'a.b.c'})], [1, provider('azure', {'access-token': 'hush-azure'})],
  [1, mapping({'client-certificate': '{home}/.ssh/id', 'client-key': '{home}/.ssh/id'})], [1, mapping({})], [1, null], [1, 'text'],
  [1, mapping({as: 'root', token: 'hush-inline'})],
])

const user: fc.Arbitrary<Tree> = fc.oneof(
  {weight: 8, arbitrary: exec.map(plugin => mapping({exec: plugin}))},
  {weight: 1, arbitrary: exec.map(plugin => mapping({token: 'hush-inline', exec: plugin}))},
  {weight: 1, arbitrary: exec.map(plugin => mapping({exec: plugin, 'client-certificate': 'x.crt', username: 'u'}))},
  {weight: 3, arbitrary: oddUsers},
)

const server = among([
  [60, '{url:home}'], [12, '{url:evil}'], [1, '{url:plain}'], [1, '{url:other}'], [1, '{url:home}/'], [1, '{url:evil}#.{host:home}'], [1, '{url:evil}?{url:home}'], [1, '{url:evil}/../'],
  [1, 'https://x@127.0.0.1:{port:home}'], [1, 'https://x:y@127.0.0.1:{port:evil}'], [1, 'HTTPS://127.0.0.1:{port:home}'], [1, 'https://localhost:{port:home}'], [1, 'https://127.1:{port:evil}'],
  [1, '127.0.0.1:{port:plain}'], [1, 'https://127.0.0.1:{port:evil}\\@127.0.0.1:{port:home}'], [1, ' {url:home}'], [1, 'https://127.0.0.1:1'], [1, '{url:home}/base/path'], [1, ''],
])

/** Roads on which the attacker answers in the listed server's name: each needs several fields at once. */
const trap = fc.constantFrom<Readonly<Record<string, Tree>>>(
  {server: '{url:home}', 'certificate-authority-data': '{ca:both}', 'proxy-url': '{proxy:lying}'},
  {server: '{url:home}', 'certificate-authority-data': '{ca:second}', 'proxy-url': '{proxy:lying}'},
  {server: '{url:home}', 'certificate-authority-data': '{ca:first}', 'proxy-url': '{proxy:lying}'},
  {server: '{url:home}', 'certificate-authority': 'ca.crt', 'proxy-url': '{proxy:lying}'},
  {server: '{url:home}', 'insecure-skip-tls-verify': true, 'proxy-url': '{proxy:lying}'},
  {server: '{url:home}', 'certificate-authority-data': '{ca:both}', 'proxy-url': '{proxy:lying}', 'tls-server-name': 'api.cluster.test'},
  {server: '{url:evil}', 'insecure-skip-tls-verify': true}, {server: '{url:evil}', 'certificate-authority-data': '{ca:both}'}, {server: '{url:evil}'},
).map(mapping)

const mixedCluster: fc.Arbitrary<Tree> = fc.record({
  server: fc.oneof({withCrossShrink: true}, {weight: 60, arbitrary: server}, {weight: 1, arbitrary: fc.constant(undefined)}),
  'certificate-authority-data': among<string | undefined>([[60, '{ca:first}'], [6, '{ca:second}'], [4, '{ca:both}'], [2, undefined], [1, 'bm90IGEgY2VydGlmaWNhdGU='], [1, '']]),
  'certificate-authority': sometimes(1, fc.constantFrom('ca.crt', '{home}/.kube/ca.crt', '{attack}/second.crt', '{home}/.vault-token')),
  'insecure-skip-tls-verify': sometimes(1, fc.boolean()),
  'tls-server-name': sometimes(1, fc.constantFrom('api.cluster.test', 'localhost', 'elsewhere.test')),
  'proxy-url': sometimes(1, fc.constantFrom('{proxy:honest}', '{proxy:lying}', 'socks5://127.0.0.1:1', 'ftp://127.0.0.1:1')),
}).map(fields => mapping(fields['certificate-authority'] !== undefined && fields.server?.length !== 0 ? {...fields, 'certificate-authority-data': undefined} : fields))

const cluster = fc.oneof({withCrossShrink: true}, {weight: 5, arbitrary: mixedCluster}, {weight: 1, arbitrary: trap})

/** Mostly the usual name, sometimes another one beside it, rarely the same name twice. */
const named = (key: string, usual: string, names: fc.Arbitrary<string>, value: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc.tuple(fc.record({name: among([[15, usual], [1, '']]), value}), fc.option(fc.record({name: names, value}), {freq: 3}), fc.nat(19)).map(([one, more, again]) =>
    [one, ...(more === null || (more.name === one.name && again !== 19) ? [] : [more])].map(item => mapping({name: item.name, [key]: item.value})))

const clusterName = among([[40, 'home'], [3, 'main'], [1, ''], [1, 'caf\u00e9']])
const userName = among([[30, 'me'], [3, 'fixed'], [2, 'main'], [1, 'beside'], [1, '']])
const contextName = among([[5, 'other'], [1, 'fixed'], [1, ''], [1, 'main']])
const namespace = sometimes(1, fc.constantFrom('default', 'kube-system', ''))
const context = fc.record({cluster: clusterName, user: userName, namespace}).map(fields => mapping(fields))

const tree: fc.Arbitrary<Mapping> = fc.record({
  apiVersion: among<Tree | undefined>([[60, 'v1'], [2, undefined], [1, 'v2']]),
  kind: among<Tree | undefined>([[60, 'Config'], [2, undefined], [1, null]]),
  'current-context': among<Tree | undefined>([[40, 'main'], [2, 'other'], [2, undefined], [1, ''], [1, 'nowhere']]),
  clusters: fc.oneof({withCrossShrink: true}, {weight: 40, arbitrary: named('cluster', 'home', clusterName, cluster)}, {weight: 1, arbitrary: fc.constant(null)}),
  users: fc.oneof({withCrossShrink: true}, {weight: 40, arbitrary: named('user', 'me', userName, user)}, {weight: 1, arbitrary: fc.constant(null)}),
  contexts: fc.oneof({withCrossShrink: true}, {weight: 40, arbitrary: named('context', 'main', contextName, context)}, {weight: 1, arbitrary: fc.constant(undefined)}),
  preferences: sometimes(2, fc.constant(mapping({}))),
}).map(fields => mapping(fields))

export const hostileFile: fc.Arbitrary<HostileFile> = fc.record({
  tree,
  tricks: fc.oneof({withCrossShrink: true}, {weight: 3, arbitrary: fc.constant([])}, {weight: 2, arbitrary: fc.array(trick, {minLength: 1, maxLength: 3})}),
  spelling,
})
