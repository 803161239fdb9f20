import {dirname, join} from 'node:path'
import type {ClusterFlags, EffectiveCluster} from '../kubeconfig/effective-cluster.js'
import {effectiveCluster} from '../kubeconfig/effective-cluster.js'
import type {Cluster, Origin, User} from '../kubeconfig/model.js'
import type {Selection} from '../kubeconfig/select.js'
import {hasUnprintable, quote} from '../printable.js'
import type {Authority} from './authority.js'
import {CA_CAP, authorityOf, readAuthority} from './authority.js'
import type {Decision, Decisions, Pin} from './decisions.js'
import {decisionFor} from './decisions.js'
import type {FileFact, FileSource} from './file-source.js'
import type {Bearing, Finding, FindingText} from './finding.js'
import {findingAt} from './finding.js'
import type {JudgeWorld} from './judge.js'
import {judgeAuthProvider} from './judge-auth-provider.js'
import type {UserFiles} from './judge-files.js'
import {isBeside, isPodToken, judgeUserFiles} from './judge-files.js'
import type {PluginStanding} from './judge-plugin-standing.js'
import {judgePluginStanding} from './judge-plugin-standing.js'
import {judgeDestination, judgeRoad} from './judge-server.js'
import {pinOf} from './pin.js'
import type {TrustPolicy} from './policy.js'

/** Flags of the command line that bear on the verdict, beside those that choose. */
export interface ConnectionFlags extends ClusterFlags {
  token?: string | undefined
  username?: string | undefined
  clientCertificate?: string | undefined
}

/** Everything that a judgement rests on beside the files themselves. */
export interface JudgeInput extends JudgeWorld {
  policy: TrustPolicy
  decisions: Decisions
  files: FileSource
  /** ISO 8601: decisions expire. */
  now: string
  cwd: string
}

/** What one command would do: this user's credential, sent to this cluster. */
export interface ContextJudgement {
  selection: Selection
  cluster: EffectiveCluster
  authority: Authority
  files: UserFiles | null
  /** The plugin's standing; null where the user has none. */
  plugin: PluginStanding | null
  findings: Finding[]
  bearing: Bearing
  /** What a decision would pin; null where none would help. */
  pin: Pin | null
  decision: Decision | null
  /** A CA to remember before kubectl starts. */
  record: {server: string; ca: readonly string[]} | null
  /** To be said on every run (AllowAll). */
  notices: string[]
}

export function judgeContext(selection: Selection, flags: ConnectionFlags, input: JudgeInput): ContextJudgement {
  const {user, cluster: entry} = selection
  const cluster = effectiveCluster(entry, flags)
  // Without a cluster entry (--server alone) the place to name is the user's.
  const origin = entry?.origin ?? user?.origin
  const authority = readAuthority(cluster, entry?.origin.dir ?? input.cwd, input.cwd, input.files)
  const files = user === null ? null : judgeUserFiles(user, input.files, input.home)
  const plugin = user === null || user.exec === null ? null : judgePluginStanding(user.exec, input, cluster.url?.canonical)
  const pin = user === null ? null : pinOf({user, cluster, authority, plugin: plugin?.judgement ?? null, files: input.files, source: input.source})
  const decision = pin === null ? null : decisionFor(input.decisions, pin, input.now)
  const standing = plugin === null ? null : plugin.afterDecision(decision)
  const findings: Finding[] = [
    ...names(selection),
    ...(origin === undefined ? [] : judgeRoad(cluster, origin, plugin !== null)),
    ...(entry === null ? [] : authorityFindings(entry, cluster, authority, plugin !== null, input)),
    ...(files?.findings ?? []),
    ...(user?.authProvider ? judgeAuthProvider(user, input) : []),
    ...(standing?.findings ?? []),
    ...prompt(selection, cluster, flags),
  ]
  const destination = destinationOf({selection, cluster, authority, files, plugin: standing, decision, input})
  findings.push(...destination.findings)
  return {
    selection, cluster, authority, files, plugin: standing, findings,
    bearing: worstBearing(findings), pin, decision, record: destination.record, notices: standing?.notices ?? [],
  }
}

function worstBearing(findings: readonly Finding[]): Bearing {
  if (findings.some(finding => finding.bearing === 'refuse')) return 'refuse'
  return findings.some(finding => finding.bearing === 'ask') ? 'ask' : 'pass'
}

interface DestinationInput {
  selection: Selection
  cluster: EffectiveCluster
  authority: Authority
  files: UserFiles | null
  plugin: PluginStanding | null
  decision: Decision | null
  input: JudgeInput
}

/** Law 2: a helper's token, or a static one that crosses files, goes only where somebody said that it may go. */
function destinationOf({selection, cluster, authority, files, plugin, decision, input}: DestinationInput): Pick<ContextJudgement, 'findings' | 'record'> {
  const nothing = {findings: [], record: null}
  const {user, cluster: entry} = selection
  if (user === null || decision !== null || cluster.url === null || cluster.url.scheme === 'http') return nothing
  if (plugin !== null) {
    // A dangerous plugin is refused for itself; where its token would go is beside the point.
    if (plugin.allowsAnyServer || plugin.verdict === 'dangerous') return nothing
    const isOneFile = entry !== null && entry.origin.file === user.origin.file
    const destination = judgeDestination({cluster, authority, allowed: plugin.servers, decisions: input.decisions, origin: entry?.origin ?? user.origin, isOneFile})
    if (entry !== null && !isOneFile && !cluster.serverFromFlag && destination.findings.length === 0) destination.findings.push(twoFiles(user, entry, cluster.url.canonical, 'pass'))
    return destination
  }
  if (entry === null || cluster.serverFromFlag) return nothing
  // Outside a pod there is no such token, and nobody but root could put one there.
  if (files?.token && isPodToken(files.token) && files.token.kind !== 'missing' && (cluster.insecure || !isPodAuthority(files.token, authority, input))) return {record: null, findings: [strangePod(entry, cluster.url.canonical)]}
  if (entry.origin.file === user.origin.file) return nothing
  const sendsSecret = user.token !== null || user.tokenFile !== '' || user.username !== ''
  return {record: null, findings: [twoFiles(user, entry, cluster.url.canonical, sendsSecret ? 'ask' : 'pass')]}
}

/** Whoever writes one of the files decides where the credential of the other goes: worth a word even where the server may have it. */
function twoFiles(user: User, entry: Cluster, server: string, bearing: 'ask' | 'pass'): Finding {
  return findingAt(entry.origin, ['server'], {
    id: 'mixed-provenance', severity: bearing === 'ask' ? 'high' : 'medium', bearing,
    message: `The user ${quote(user.name)} comes from ${quote(user.origin.file)}, but the server ${server} from another file.`,
    remediation: 'Put the user and its cluster into one file, or decide on this pair once.',
  })
}

/** A pod's token is not the file's: it belongs to the cluster whose authority kubelet mounts beside it. */
function isPodAuthority(token: FileFact, authority: Authority, {files}: JudgeInput): boolean {
  const file = join(dirname(token.path), 'ca.crt')
  const bytes = files.read(file, CA_CAP)
  const own = bytes === null ? [] : authorityOf(bytes, file).fingerprints
  return authority.fingerprints.length > 0 && authority.fingerprints.every(print => own.includes(print))
}

function strangePod(entry: Cluster, server: string): Finding {
  return findingAt(entry.origin, ['server'], {
    id: 'mixed-provenance', severity: 'high', bearing: 'ask',
    message: `kubectl would send the token of this pod to ${server}, whose authority is not the one of the pod's cluster.`,
    remediation: 'Name the ca.crt beside the token as certificate-authority, or decide on this pair once.',
  })
}

function authorityFindings(entry: Cluster, cluster: EffectiveCluster, authority: Authority, hasPlugin: boolean, input: JudgeInput): Finding[] {
  const findings: Finding[] = []
  const at = (field: string, text: FindingText): void => void findings.push(findingAt(entry.origin, [field], text))
  if (authority.file !== null && cluster.ca !== null && 'file' in cluster.ca && !cluster.ca.fromFlag) {
    const fact = input.files.look(authority.file)
    if (!isBeside(fact, entry.origin.dir, input.files, input.home)) {
      at('certificate-authority', {
        id: 'ca-file-elsewhere', severity: 'medium', bearing: 'pass',
        message: `The certificate authority is read from ${quote(fact.real ?? fact.path)}, outside the kubeconfig's directory.`,
        remediation: 'Normal for minikube and other local tools; otherwise put it into certificate-authority-data.',
      })
    }
  }
  if (authority.problem === 'unreadable' || (authority.problem !== null && hasPlugin)) {
    at(authority.file === null ? 'certificate-authority-data' : 'certificate-authority', {
      id: 'ca-unreadable', severity: 'high', bearing: 'refuse',
      message: `The certificate authority ${authority.file === null ? 'in the file' : quote(authority.file)} ${authority.problem === 'unreadable' ? 'cannot be read' : 'holds no certificate'}.`,
      remediation: 'Put the PEM certificate of the authority there.',
    })
  }
  if (entry.certificateAuthority !== '' && entry.certificateAuthorityData !== null) {
    at('certificate-authority', {
      id: 'ca-twice', severity: 'high', bearing: 'refuse',
      message: 'certificate-authority and certificate-authority-data are both set: kubectl refuses that.',
      remediation: 'Keep one of the two.',
    })
  }
  return findings
}

/** kubectl would ask on the terminal for a user name and a password, and send them to the server. */
function prompt(selection: Selection, cluster: EffectiveCluster, flags: ConnectionFlags): Finding[] {
  const isTls = cluster.url?.scheme === 'https' || (cluster.server !== '' && cluster.url === null)
  if (!isTls || flags.token || flags.username || flags.clientCertificate) return []
  const {user} = selection
  if (user !== null && identifies(user)) return []
  const origin: Origin | undefined = user?.origin ?? selection.context?.origin ?? selection.cluster?.origin
  if (origin === undefined) return []
  return [findingAt(origin, [], {
    id: 'password-prompt', severity: 'high', bearing: 'refuse',
    message: `${user === null ? `There is no user ${quote(selection.userName)}` : `The user ${quote(selection.userName)} has no credential`}: kubectl would ask for a user name and password and send them to ${quote(cluster.server)}.`,
    remediation: 'Give the context a user with a credential.',
  })]
}

/** client-go canIdentifyUser: a password alone does not count. */
function identifies(user: User): boolean {
  return (
    user.token !== null || user.tokenFile !== '' || user.username !== '' || user.clientCertificate !== '' ||
    user.clientCertificateData !== '' || user.exec !== null || user.authProvider !== null
  )
}

/** Names reach the terminal raw in kubectl's own messages (measured: all versions), so a name that a terminal obeys is refused. */
function names(selection: Selection): Finding[] {
  const {context, cluster, user} = selection
  const entries = [
    {what: 'context', origin: context?.origin, texts: [selection.contextName, context?.namespace ?? '', selection.clusterName, selection.userName]},
    {what: 'cluster', origin: cluster?.origin, texts: [cluster?.server ?? '', cluster?.tlsServerName ?? '', cluster?.proxyUrl ?? '', cluster?.certificateAuthority ?? '']},
    {what: 'user', origin: user?.origin, texts: user === null ? [] : [user.tokenFile, user.username, user.clientCertificate, user.clientKey, user.impersonate.as, user.impersonate.uid, ...user.impersonate.groups]},
  ]
  return entries.flatMap(({what, origin, texts}) => {
    const bad = texts.find(hasUnprintable)
    if (bad === undefined || origin === undefined) return []
    return [findingAt(origin, [], {
      id: 'deceptive-text', severity: 'high', bearing: 'refuse',
      message: `This ${what} holds characters that a terminal obeys or nobody sees: ${quote(bad)}.`,
      remediation: 'Rename it; no tool writes such names.',
    })]
  })
}
