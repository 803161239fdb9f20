import {OddField} from '../../kube/field.js'
import {effectiveCluster} from '../../kubeconfig/effective-cluster.js'
import type {Cluster, CredentialPlugin, Kubeconfig, User} from '../../kubeconfig/model.js'
import {parseKubeconfig} from '../../kubeconfig/parse.js'
import {parseServerUrl} from '../../kubeconfig/server-url.js'
import {quote} from '../../printable.js'
import {elsewhere, judgeElsewhere} from '../../trust/elsewhere.js'
import {authProviderVerdict} from '../../trust/judge-auth-provider.js'
import {judgeRoad} from '../../trust/judge-server.js'
import {quoted} from '../../trust/quote.js'
import type {PluginVerdict} from '../../trust/reason.js'
import {worstVerdict} from '../../trust/verification.js'

/** Something in a stored kubeconfig that is worth a finding: a program that is not trusted, or a server that is not checked. */
export interface ExecUse {
  variant: 'dangerous' | 'unknown' | 'insecure-connection'
  /** What makes it another finding than its neighbours: the user or cluster entry. */
  key: string
  /** A clause without its subject: `would run "sh": …`. No secret is in it. */
  text: string
  verdict: PluginVerdict | null
  reasons: readonly string[]
}

const INSECURE = {'insecure-tls': 'does not check whose certificate it is that answers for', 'plain-http-server': 'talks without encryption to'} as const

/**
 * Every program and every connection of a kubeconfig, whichever context is
 * chosen: who uses the file may choose another. `path` is where it stands, for
 * the message about a file that cannot be read as kubectl's would.
 */
export function usesOfKubeconfig(bytes: Uint8Array, path: string): ExecUse[] {
  const parsed = parseKubeconfig(bytes, path, '/')
  if (!parsed.ok) throw new OddField(path, `a kubeconfig that can be read with certainty (line ${parsed.failure.line}: ${parsed.failure.message})`)
  const {config} = parsed
  return [
    ...[...config.users.values()].flatMap(user => [...usesOfUser(user, config), ...legacyUses(user)]),
    ...[...config.clusters.values()].flatMap(cluster => insecureUses(cluster, hasPlugin(cluster, config))),
  ]
}

function usesOfUser(user: User, config: Kubeconfig): ExecUse[] {
  if (user.exec === null) return []
  const servers = [...config.contexts.values()].filter(context => context.user === user.name).map(context => config.clusters.get(context.cluster)?.server ?? '')
  return usesOfPlugin(user.exec, `user ${user.name}`, [...new Set(servers)])
}

/** Some helpers send a token to a server that their arguments name; it has to be the cluster's, for every cluster it is used with. */
export function usesOfPlugin(plugin: CredentialPlugin, key: string, servers: readonly string[]): ExecUse[] {
  const urls = servers.map(server => parseServerUrl(server)?.canonical)
  const judged = (urls.length === 0 ? [undefined] : urls).map(server => judgeElsewhere(plugin, server === undefined ? {} : {server}))
  const verdict = worstVerdict(judged.map(one => one.verdict))
  const worst = judged.find(one => one.verdict === verdict)
  if (worst === undefined || verdict === 'none' || verdict === 'trusted') return []
  const grade = verdict === 'dangerous' ? 'block' : 'warn'
  const why = worst.reasons.find(reason => reason.grade === grade)?.message ?? ''
  const reasons = [...new Set(worst.reasons.filter(reason => reason.grade !== 'info').map(reason => reason.id))]
  return [{variant: verdict, key, text: `would run ${quote(callText(plugin))}: ${withoutWords(why, plugin)}`, verdict, reasons}]
}

/** The program and the names of its flags. Any other word may be a secret: the file lies in a Secret, and this is printed. */
function callText({command, args}: CredentialPlugin): string {
  const words = args.map(shownWord)
  return [command, ...words.filter((word, index) => word !== '…' || words[index - 1] !== '…')].join(' ')
}

/** `--profile=…`, `-p…`: a value may stand in the same word. */
function shownWord(word: string): string {
  if (!word.startsWith('-')) return '…'
  return word.startsWith('--') ? word.replace(/=.*$/s, '=…') : word.replace(/^(-.).+$/s, '$1…')
}

/** Reasons quote the words that they are about. */
function withoutWords(why: string, {args}: CredentialPlugin): string {
  return args.filter(arg => shownWord(arg) !== arg).reduce((text, arg) => text.replaceAll(quoted(arg), 'a word'), why)
}

/** gcp's `cmd-path`, which client-go runs up to 1.25: controllers live longer than that. */
function legacyUses(user: User): ExecUse[] {
  const verdict = authProviderVerdict(user, elsewhere)
  if (verdict === null) return []
  const text = `would run ${quote(user.authProvider?.config.get('cmd-path') ?? '')} where it was built with a client-go before 1.26 (auth-provider).`
  return [{variant: verdict === 'dangerous' ? 'dangerous' : 'unknown', key: `auth-provider ${user.name}`, text, verdict, reasons: ['auth-provider-command']}]
}

function insecureUses(cluster: Cluster, isForPlugin: boolean): ExecUse[] {
  return judgeRoad(effectiveCluster(cluster, {}), cluster.origin, isForPlugin).flatMap(({id}) =>
    id === 'insecure-tls' || id === 'plain-http-server' ? [insecureUse(id, `cluster ${cluster.name}`, cluster.server)] : [])
}

export function insecureUse(id: keyof typeof INSECURE, key: string, server: string): ExecUse {
  return {variant: 'insecure-connection', key: `${id} ${key}`, text: `${INSECURE[id]} ${quote(server)}, so whatever credential it sends can be taken on the way.`, verdict: null, reasons: [id]}
}

function hasPlugin(cluster: Cluster, config: Kubeconfig): boolean {
  return [...config.contexts.values()].some(context => context.cluster === cluster.name && config.users.get(context.user)?.exec != null)
}
