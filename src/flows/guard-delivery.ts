import {basename, join} from 'node:path'
import type {CachedVerdict, Identity, Lookup, Place} from '../adapters/verdict-cache.js'
import {cleanPath} from '../guard/environment.js'
import {choiceOf} from '../guard/connection.js'
import type {ScriptCopy} from '../guard/snapshot.js'
import {besideSnapshot, renderSnapshot} from '../guard/snapshot.js'
import type {FileSource} from '../trust/file-source.js'
import type {ContextJudgement} from '../trust/judge-context.js'
import {SERVICE_ACCOUNT_TOKEN, TOKEN_CAP} from '../trust/judge-files.js'
import {interpreterOf, runProgram} from '../trust/pin.js'
import type {Program, ProgramSource} from '../trust/program.js'
import type {ColdRequest} from './guard.js'

/** What delivering needs: private writes and the identities that the warm road compares. */
export interface DeliveryPorts {
  write(path: string, bytes: string | Uint8Array, mode?: number): void
  /** Takes the secrets out of what earlier contents of the same files left. */
  sweep(directory: string, prefix: string, keep: string): void
  /** Deletes all but the newest cached verdicts. */
  sweepVerdicts(directory: string): void
  digestOf(bytes: string | Uint8Array): string
  identityOf(path: string): string | null
  ownerOf(path: string): string | null
}

interface DeliverySources {
  files: FileSource
  programs(path: string, uid: number): ProgramSource
  delivery: DeliveryPorts
}

export type Delivered = Pick<CachedVerdict, 'snapshot' | 'snapshotDigest' | 'identities' | 'places' | 'lookups'>

export function deliverEmpty(request: ColdRequest, ports: DeliveryPorts, text: string): Delivered {
  const snapshot = join(request.directory.path, 'snapshots', `empty-${ports.digestOf(text).slice(0, 16)}.json`)
  ports.write(snapshot, text)
  return {snapshot, snapshotDigest: ports.digestOf(text), identities: identities([request.kubectl], ports), places: [], lookups: []}
}

/** Writes the snapshot of what was judged, with private copies of what could still change, and lists what the verdict rests on. */
export function deliver(request: ColdRequest, judgement: ContextJudgement, sources: DeliverySources): Delivered {
  const {delivery: ports} = sources
  const snapshot = snapshotPath(request, judgement, ports)
  const source = sources.programs(cleanPath(request.environment['PATH'] ?? ''), request.uid)
  const script = copyScript(request, judgement, sources)
  const text = renderSnapshot(judgement, {tokenFile: copyToken(judgement, snapshot, sources), script})
  ports.write(snapshot, text)
  const programs = judgement.plugin?.judgement.programs ?? []
  const run = judgement.plugin === null ? null : runProgram(judgement.plugin.judgement)
  const interpreter = run === null ? null : interpreterOf(run, source)
  const watched = [
    request.kubectl, ...programs.flatMap(program => [program.path, program.real]), interpreter, script?.path,
    judgement.authority.file, judgement.files?.token?.path, judgement.files?.clientCertificate?.path, judgement.files?.clientKey?.path,
  ]
  return {
    snapshot, snapshotDigest: ports.digestOf(text),
    identities: identities(watched.filter(path => typeof path === 'string'), ports),
    places: [...new Set(programs.flatMap(program => program.places.map(place => place.path)))].map((path): Place => [path, ports.ownerOf(path) ?? '']),
    lookups: programs.flatMap(lookupOf),
  }
}

/**
 * One per list of files, selection and content. What earlier contents of the
 * same files left holds old secrets and goes at once; a kubectl that starts on
 * it in this very moment fails.
 */
function snapshotPath(request: ColdRequest, judgement: ContextJudgement, ports: DeliveryPorts): string {
  const {files} = request.inputs
  const list = ports.digestOf(JSON.stringify(files.map(file => file.file))).slice(0, 16)
  const content = ports.digestOf(JSON.stringify(files.map(file => (file.bytes === null ? null : ports.digestOf(file.bytes))))).slice(0, 16)
  const {contextName, clusterName, userName} = judgement.selection
  const choice = ports.digestOf(JSON.stringify([contextName, clusterName, userName, choiceOf(request.reading.connection).slice(3)])).slice(0, 16)
  const directory = join(request.directory.path, 'snapshots')
  ports.sweep(directory, `${list}-`, content)
  ports.sweepVerdicts(join(request.directory.path, 'cache'))
  return join(directory, `${list}-${choice}-${content}.json`)
}

/** The token file to name in the snapshot: a copy, for what kubectl reads itself may have become another file since. */
function copyToken({files}: ContextJudgement, snapshot: string, sources: DeliverySources): string | null {
  const token = files?.token
  if (!token) return null
  // The pod's own token is rotated in place by kubelet, below directories that only root may write.
  if (SERVICE_ACCOUNT_TOKEN.test(token.path)) return token.path
  const bytes = sources.files.read(token.path, TOKEN_CAP)
  if (bytes === null) throw new Error('a token file that cannot be copied cannot be handed over')
  const copy = besideSnapshot(snapshot, '.token')
  sources.delivery.write(copy, bytes)
  return copy
}

/** Shells that keep `$0` when they are told to read a file (`sh -c '. FILE' NAME ARGS`). */
const SHELLS = /^(sh|bash|dash|zsh|ksh|mksh|ash)$/
/** Ways to ask for the file that is being read, which would be the copy. */
const ASKS_FOR_FILE = /BASH_SOURCE|ZSH_ARGZERO|ZSH_SCRIPT|%x|%N|\.sh\.file|\/proc\/(self|\$\$)|\bcaller\b/

/**
 * A shell script that was judged by its content runs from a private copy: what
 * was read is what runs, also when a token expires an hour later. Other
 * scripts, and those that ask which file they are, run in place.
 */
function copyScript(request: ColdRequest, judgement: ContextJudgement, sources: DeliverySources): ScriptCopy | null {
  const run = judgement.plugin === null ? null : runProgram(judgement.plugin.judgement)
  const isPinned = judgement.decision !== null || judgement.plugin?.policy.entry?.sha256 != null
  if (run === null || run.real === null || run.shebang === undefined || !isPinned) return null
  const shell = interpreterOf(run, sources.programs(cleanPath(request.environment['PATH'] ?? ''), request.uid))
  const isEnv = basename(run.shebang.interpreter) === 'env'
  const options = isEnv || run.shebang.argument === '' ? [] : [run.shebang.argument]
  const isPlain = shell !== null && shell.startsWith('/') && SHELLS.test(basename(shell)) && !(isEnv && /\s/.test(run.shebang.argument)) && options.every(option => /^-[a-z]+$/.test(option))
  const bytes = isPlain ? sources.files.read(run.real, 1 << 20) : null
  if (shell === null || bytes === null || ASKS_FOR_FILE.test(Buffer.from(bytes).toString('latin1'))) return null
  const path = join(request.directory.path, 'programs', sources.delivery.digestOf(bytes))
  sources.delivery.write(path, bytes)
  return {shell, options, path}
}

function lookupOf(program: Program): Lookup[] {
  return program.road === 'bare' && program.path !== null ? [[program.command, program.path]] : []
}

function identities(paths: readonly string[], ports: DeliveryPorts): Identity[] {
  return [...new Set(paths)].map((path): Identity => [path, ports.identityOf(path) ?? ''])
}
