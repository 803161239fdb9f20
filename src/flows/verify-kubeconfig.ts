import type {LoadedKubeconfig} from '../kubeconfig/load.js'
import type {User} from '../kubeconfig/model.js'
import type {Merged, Selection} from '../kubeconfig/select.js'
import {mergeKubeconfigs, select} from '../kubeconfig/select.js'
import {hideSecrets} from '../printable.js'
import {judgeAuthProvider, authProviderVerdict} from '../trust/judge-auth-provider.js'
import type {ContextJudgement, JudgeInput} from '../trust/judge-context.js'
import {judgeContext} from '../trust/judge-context.js'
import {judgeUserFiles} from '../trust/judge-files.js'
import {judgePluginStanding} from '../trust/judge-plugin-standing.js'
import type {Finding} from '../trust/finding.js'
import {fileFindings} from '../trust/judge-hygiene.js'
import type {ContextReport, FileReport, UserReport, Verdict, Verification} from '../trust/verification.js'
import {worstVerdict} from '../trust/verification.js'

/**
 * One group of files that kubectl would read as one configuration: a file on
 * its own, or the KUBECONFIG list. Judged are all users of all files, and every
 * context as the merged configuration combines it.
 */
export function verifyGroup(group: readonly LoadedKubeconfig[], input: JudgeInput): Verification {
  const configs = group.flatMap(loaded => (loaded.ok ? [loaded.config] : []))
  const merged = mergeKubeconfigs(configs)
  const judged = contextsOf(merged).map(selection => judgeContext(selection, {}, input))
  const users = configs.flatMap(config => [...config.users.values()].map(user => reportUser(user, judged, input)))
  const contexts = judged.map(reportContext)
  const findings = unique([
    ...group.flatMap(fileFindings),
    ...users.flatMap(user => user.all),
    ...judged.flatMap(judgement => judgement.findings),
  ])
  const files = group.map(loaded => reportFile(loaded, users, contexts))
  return {
    verdict: worstVerdict([...files.map(file => file.verdict), ...users.map(user => user.report.verdict), ...contexts.map(context => context.verdict)]),
    files,
    users: users.map(user => user.report),
    contexts,
    findings,
    isComplete: group.every(loaded => loaded.ok || loaded.reason === 'absent'),
  }
}

export function joinVerifications(parts: readonly Verification[]): Verification {
  return {
    verdict: worstVerdict(parts.map(part => part.verdict)),
    files: parts.flatMap(part => part.files),
    users: parts.flatMap(part => part.users),
    contexts: parts.flatMap(part => part.contexts),
    findings: parts.flatMap(part => part.findings),
    isComplete: parts.every(part => part.isComplete),
  }
}

/** Every context, and what is used without one: the user and cluster called `''`. */
function contextsOf(merged: Merged): Selection[] {
  const named = [...merged.contexts.keys()].map(context => select({...merged, currentContext: context}, {}))
  const bare = select(merged, {})
  const isBare = bare.context === null && bare.missing === null && (bare.user !== null || bare.cluster !== null)
  return isBare ? [...named, bare] : named
}

interface JudgedUser {
  report: UserReport
  all: Finding[]
}

function reportUser(user: User, judged: readonly ContextJudgement[], input: JudgeInput): JudgedUser {
  const used = judged.filter(judgement => judgement.selection.user === user)
  const standing = user.exec === null ? null : judgePluginStanding(user.exec, input)
  const decided = used.length > 0 && used.every(judgement => judgement.plugin?.verdict === 'trusted')
  // Context judgements already carry what a decision lifted; a user that no context names speaks for itself.
  const own = used.length > 0 ? [] : [
    ...(standing?.findings ?? []), ...judgeUserFiles(user, input.files, input.home).findings,
    ...(user.authProvider === null ? [] : judgeAuthProvider(user, input)),
  ]
  const all = [...own, ...used.flatMap(judgement => judgement.findings.filter(finding => isOf(user, finding)))]
  const verdict: Verdict = standing === null ? (authProviderVerdict(user, input) ?? 'none') : decided ? 'trusted' : standing.verdict
  return {
    all: own,
    report: {
      name: user.name, file: user.origin.file, verdict,
      plugin: standing === null || user.exec === null ? null : {
        command: hideSecrets(user.exec.command), resolved: standing.judgement.run?.path ?? null, helper: standing.judgement.helper,
        args: standing.judgement.redactedArgs, env: user.exec.env.map(variable => variable.name), by: standing.by,
      },
      findings: [...new Set(all.map(finding => finding.id))],
    },
  }
}

function isOf(user: User, finding: Finding): boolean {
  return finding.file === user.origin.file && finding.path.startsWith(`users[${String(user.origin.path[1])}]`)
}

function reportContext(judgement: ContextJudgement): ContextReport {
  const {selection, plugin, bearing, cluster, authority} = judgement
  const isUndecided = plugin?.verdict === 'trusted' && judgement.findings.some(finding => finding.bearing !== 'pass')
  return {
    name: selection.contextName,
    file: (selection.context ?? selection.user ?? selection.cluster)?.origin.file ?? '',
    cluster: selection.clusterName,
    user: selection.userName,
    server: cluster.url?.canonical ?? hideSecrets(cluster.server),
    ca: authority.fingerprints,
    verdict: plugin === null ? 'none' : isUndecided ? 'unknown' : plugin.verdict,
    guard: bearing === 'pass' ? 'allow' : bearing,
    findings: [...new Set(judgement.findings.map(finding => finding.id))],
  }
}

function reportFile(loaded: LoadedKubeconfig, users: readonly JudgedUser[], contexts: readonly ContextReport[]): FileReport {
  const {file} = loaded
  if (!loaded.ok) return {path: file, sha256: loaded.sha256, verdict: loaded.reason === 'absent' ? 'none' : 'unknown', error: loaded.reason === 'absent' ? null : loaded.failure}
  const verdicts = [...users.map(user => user.report), ...contexts].filter(part => part.file === file).map(part => part.verdict)
  return {path: file, sha256: loaded.sha256, verdict: worstVerdict(verdicts), error: null}
}

/** The same observation made through several contexts is one finding. */
function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.file, finding.line, finding.column, finding.path, finding.id, finding.message])
    if (!seen.has(key)) seen.set(key, finding)
  }
  return [...seen.values()]
}

