import type {CredentialPlugin} from '../kubeconfig/model.js'
import type {Decision} from './decisions.js'
import type {FileSource} from './file-source.js'
import type {PluginJudgement} from './judge.js'
import type {AllowedServer, PolicyEntry, TrustPolicy} from './policy.js'
import type {PluginVerdict, Reason} from './reason.js'
import {verdictOf} from './reason.js'
import {parseServerPattern} from './server-pattern.js'

/** A plugin's verdict once the policy has had its say. */
export interface PolicyVerdict {
  verdict: PluginVerdict
  /** What still stands against it. */
  reasons: readonly Reason[]
  /** What vouches for it. */
  by: 'catalogue' | 'entry' | null
  entry: PolicyEntry | null
  /** Where its token may go without a decision. */
  servers: readonly AllowedServer[]
}

/**
 * The best that the policy's entries and the catalogue can say. Each entry is
 * tried on its own: two entries never add up to more than either allows.
 */
export function applyPolicy(plugin: CredentialPlugin, judgement: PluginJudgement, policy: TrustPolicy, files: FileSource): PolicyVerdict {
  const plain: PolicyVerdict = {
    verdict: verdictOf(judgement.reasons),
    reasons: judgement.reasons,
    by: verdictOf(judgement.reasons) === 'trusted' ? 'catalogue' : null,
    entry: null,
    servers: vendorServers(judgement),
  }
  const offers = policy.plugins
    .flatMap(entry => {
      const subject = subjectOf(entry, plugin, judgement)
      return subject === null ? [] : [withEntry(entry, subject, plugin, judgement, files)]
    })
  // An entry that the person wrote for this very program speaks before the catalogue: its server list is the narrower one.
  return offers.find(offer => offer.verdict === 'trusted') ?? (plain.verdict === 'trusted' && offers.length === 0 ? plain : worstOf(plain, offers))
}

function worstOf(plain: PolicyVerdict, offers: readonly PolicyVerdict[]): PolicyVerdict {
  // Who wrote a digest down wants no other program under that name, known or not.
  const changed = offers.find(offer => offer.reasons.some(reason => reason.id === 'digest-mismatch'))
  if (changed !== undefined) return changed
  if (plain.verdict === 'trusted') return plain
  return offers.find(offer => offer.verdict === 'unknown') ?? offers[0] ?? plain
}

/**
 * What the entry speaks about: the command itself, or (an absolute path to a
 * kubectl plugin) the file that kubectl's own lookup finds by the arguments.
 * An entry for a launcher never vouches for what the launcher is told to start.
 */
type Subject = 'command' | 'args'

function subjectOf(entry: PolicyEntry, plugin: CredentialPlugin, judgement: PluginJudgement): Subject | null {
  const first = judgement.programs[0]
  if (!entry.absolute) return plugin.command === entry.command && first?.road === 'bare' ? 'command' : null
  if (first?.path === entry.command) return 'command'
  return judgement.run?.path === entry.command ? 'args' : null
}

function withEntry(entry: PolicyEntry, subject: Subject, plugin: CredentialPlugin, judgement: PluginJudgement, files: FileSource): PolicyVerdict {
  const refusal = mismatch(entry, plugin, judgement, files)
  const kept = judgement.reasons.filter(reason => !isLifted(reason, entry, subject, plugin))
  const reasons = refusal === null ? kept : [...judgement.reasons, refusal]
  const verdict = verdictOf(reasons)
  const servers = entry.servers.length > 0 ? entry.servers : vendorServers(judgement)
  return {verdict, reasons, by: verdict === 'trusted' ? 'entry' : null, entry, servers}
}

function mismatch(entry: PolicyEntry, plugin: CredentialPlugin, judgement: PluginJudgement, files: FileSource): Reason | null {
  const exact = Array.isArray(entry.args) && (entry.args.length !== plugin.args.length || entry.args.some((word, index) => word !== plugin.args[index]))
  if (exact) {
    return {
      id: 'args-not-listed', family: 'grammar', grade: 'warn', path: ['exec', 'args'],
      message: `The trust file lists this program with other arguments (line ${entry.line}).`,
      remediation: 'Add these arguments to the trust file, or decide on this plugin once.',
    }
  }
  if (entry.sha256 === null) return null
  const program = judgement.programs.find(one => one.path === entry.command) ?? judgement.programs[0]
  // For a shell that is told to run a file the digest may be the file's.
  const isSame = [program, ...judgement.scripts].some(one => one?.real != null && files.digest(one.real) === entry.sha256)
  if (isSame) return null
  return {
    id: 'digest-mismatch', family: 'program', grade: 'block', path: ['exec', 'command'],
    message: `The program is not the one whose SHA-256 stands in the trust file (line ${entry.line}).`,
    remediation: 'Find out who changed the program; write the new digest into the trust file only if the change was yours.',
  }
}

/** See the table in reason.ts. */
function isLifted(reason: Reason, entry: PolicyEntry, subject: Subject, plugin: CredentialPlugin): boolean {
  const open = entry.args !== 'catalogue'
  if (reason.isTail === true && !open) return false
  const isAboutSubject = open || reason.path[1] === subject
  switch (reason.family) {
    case 'unlisted': return isAboutSubject
    case 'place': return entry.absolute && isAboutSubject && reason.grade !== 'block'
    case 'grammar': return open || (entry.absolute && reason.grade !== 'block')
    case 'characters':
    case 'lookup': return entry.args === 'any' && reason.id !== 'program-not-found'
    case 'program': return entry.absolute && open
    case 'env': return isListedVariable(reason, entry, plugin)
    case 'field': return reason.grade === 'info'
    case 'loader':
    case 'deception': return false
  }
}

function isListedVariable(reason: Reason, entry: PolicyEntry, plugin: CredentialPlugin): boolean {
  const index = reason.path[2]
  const variable = typeof index === 'number' ? plugin.env[index] : undefined
  return variable !== undefined && entry.env.includes(variable.name)
}

function vendorServers(judgement: PluginJudgement): AllowedServer[] {
  return judgement.servers.map(parseServerPattern).filter(pattern => pattern !== null).map(pattern => ({pattern, ca: null}))
}

/** A decision lifts what made a plugin unknown; `--dangerous` also lifts `block`, but never loader variables or deception. */
export function applyDecision(reasons: readonly Reason[], decision: Decision): Reason[] {
  return reasons.filter(reason => {
    if (reason.family === 'loader' || reason.family === 'deception') return true
    if (reason.id === 'program-not-found' || reason.id === 'digest-mismatch') return true
    return reason.grade === 'block' ? decision.dangerous !== true : reason.grade === 'info'
  })
}
