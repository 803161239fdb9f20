import type {EffectiveCluster} from '../kubeconfig/effective-cluster.js'
import type {Origin} from '../kubeconfig/model.js'
import {parseServerUrl} from '../kubeconfig/server-url.js'
import {quote} from '../printable.js'
import type {Authority} from './authority.js'
import type {Decisions} from './decisions.js'
import type {Finding, FindingText} from './finding.js'
import {findingAt} from './finding.js'
import type {AllowedServer} from './policy.js'
import {matchesServer} from './server-pattern.js'

/** Whether a token may go to a server, and what TLS has to do with it. */
export interface ServerVerdict {
  findings: Finding[]
  /** The CA to remember, when this is the first use of an allowed server. */
  record: {server: string; ca: readonly string[]} | null
}

/**
 * Redirection: what a file does to the way to its server, whatever credential
 * is used. `hasPlugin` tells whether a helper's token would travel that way.
 */
export function judgeRoad(cluster: EffectiveCluster, origin: Origin, hasPlugin: boolean): Finding[] {
  const findings: Finding[] = []
  const add = (field: string, text: FindingText): void => {
    findings.push(findingAt(origin, [field], text))
  }
  if (cluster.server !== '' && cluster.url === null) {
    add('server', {
      id: 'server-url-ambiguous', severity: 'high', bearing: 'refuse',
      message: `${quote(cluster.server)} is no plain server URL: two programs may read different hosts in it.`,
      remediation: 'Write https://host[:port][/path] in ASCII, without user info, query, fragment, backslash or percent sign.',
    })
  } else if (cluster.url?.scheme === 'http') {
    add('server', {
      id: 'plain-http-server', severity: 'medium', bearing: 'pass',
      message: `${cluster.url.canonical} is not encrypted: kubectl sends no credential there, but everything else in the clear.`,
      remediation: 'Use the https address of the API server.',
    })
  }
  if (cluster.insecure) {
    add('insecure-skip-tls-verify', {
      id: 'insecure-tls', severity: hasPlugin ? 'high' : 'medium', bearing: hasPlugin ? 'refuse' : 'pass',
      message: `The server's certificate is not checked: ${hasPlugin ? "the plugin's token" : 'whatever is sent'} goes to whoever answers.`,
      remediation: 'Remove insecure-skip-tls-verify and put the certificate authority of the server into the file.',
    })
  }
  if (cluster.proxyUrl !== '') findings.push(...judgeProxy(cluster.proxyUrl, origin))
  if (cluster.tlsServerName !== '') {
    add('tls-server-name', {
      id: 'tls-server-name', severity: 'medium', bearing: 'pass',
      message: `The server only has to prove that it is ${quote(cluster.tlsServerName)}, not the host in its URL.`,
      remediation: 'Expected behind a tunnel; otherwise remove tls-server-name.',
    })
  }
  return findings
}

function judgeProxy(proxyUrl: string, origin: Origin): Finding[] {
  const isPlain = /^(https?|socks5):\/\/[A-Za-z0-9.[\]:_-]+\/?$/.test(proxyUrl)
  return [findingAt(origin, ['proxy-url'], {
    id: isPlain ? 'proxy-url' : 'proxy-url-ambiguous', severity: isPlain ? 'medium' : 'high', bearing: isPlain ? 'pass' : 'refuse',
    message: isPlain
      ? `All traffic goes through ${quote(proxyUrl)}, which the file chose.`
      : 'The proxy URL is no plain http, https or socks5 URL, or it carries a user name.',
    remediation: isPlain ? 'Check that the proxy is yours.' : 'Write http://host:port without user info; proxies with a password are not supported by the guard yet.',
  })]
}

export interface DestinationInput {
  cluster: EffectiveCluster
  authority: Authority
  allowed: readonly AllowedServer[]
  decisions: Decisions
  origin: Origin
  /** User and cluster come from the same file; otherwise a first use proves nothing. */
  isOneFile: boolean
}

/**
 * A token goes only to a server that it may go to, and a match counts only if
 * TLS proves it: the CA is written down, remembered from the first use, or one
 * of the system's, and those vouch for every name on the web, so there the name
 * that TLS checks must be a listed one. What was remembered is what a file said
 * before anybody had answered: behind a proxy or under another TLS name, where
 * the file chooses who answers, it proves nothing.
 */
export function judgeDestination(input: DestinationInput): ServerVerdict {
  const {cluster, authority, allowed, origin} = input
  const {url} = cluster
  // Over http the helper never runs; an ambiguous URL is refused elsewhere.
  if (url === null || url.scheme === 'http') return {findings: [], record: null}
  const ask: Ask = (id, message, remediation) => ({
    findings: [findingAt(origin, ['server'], {id, severity: 'high', bearing: 'ask', message, remediation})], record: null,
  })
  const matching = allowed.filter(server => matchesServer(server.pattern, url))
  if (matching.length === 0) {
    return ask('server-not-listed', `Nothing says that the plugin's token may go to ${url.canonical}.`,
      'Decide on it once, or list the server for this plugin in the trust file.')
  }
  if (authority.fingerprints.length === 0) {
    return ask('ca-unreadable', `The certificate authority of ${url.canonical} cannot be read, so nobody can tell who answers.`,
      'Put the PEM certificate of the authority into certificate-authority-data.')
  }
  if (isSystem(authority) && !isListedName(cluster, matching)) {
    return ask('server-not-listed', `With the system's authorities ${quote(cluster.tlsServerName)} is all that the server has to prove, and nothing says that the token may go there.`,
      'Remove tls-server-name, or put the certificate authority of the server into the file.')
  }
  const pinned = matching.map(server => server.ca).filter(ca => ca !== null)
  if (authority.fingerprints.every(print => pinned.includes(print))) return {findings: [], record: null}
  if (pinned.length === matching.length) {
    return ask('ca-not-listed', `${url.canonical} is listed, but with another certificate authority.`,
      'Find out why the authority changed; write the new fingerprint into the trust file only if the change was yours.')
  }
  return firstUse(input, ask)
}

type Ask = (id: string, message: string, remediation: string) => ServerVerdict

function firstUse({cluster, authority, decisions, isOneFile}: DestinationInput, ask: Ask): ServerVerdict {
  const server = cluster.url?.canonical ?? ''
  const known = decisions.servers.find(record => record.server === server)
  if (known !== undefined && known.ca.join() !== authority.fingerprints.join()) {
    return ask('ca-changed', `The certificate authority of ${server} is not the one that was seen first.`,
      'Find out why it changed; decide on the new one only if the change was yours.')
  }
  const isDirect = cluster.proxyUrl === '' && cluster.tlsServerName === ''
  if (!isSystem(authority) && (!isDirect || (known === undefined && !isOneFile))) {
    return ask('ca-unknown', `The certificate authority of ${server} is the file's own word, and a proxy, another TLS name or another file stands between.`,
      'Decide on it once, or write its fingerprint into the trust file.')
  }
  return {findings: [], record: known === undefined ? {server, ca: authority.fingerprints} : null}
}

function isSystem(authority: Authority): boolean {
  return authority.fingerprints.join() === 'system'
}

/** The name that the certificate must carry, as the host of the very URL that is listed. */
function isListedName({tlsServerName, url}: EffectiveCluster, allowed: readonly AllowedServer[]): boolean {
  if (tlsServerName === '' || url === null) return true
  const named = parseServerUrl(`https://${tlsServerName}`)
  if (named === null || named.port !== 443 || named.path !== '' || tlsServerName.includes(':')) return false
  return allowed.some(({pattern}) => matchesServer(pattern, {...url, host: named.host}))
}
