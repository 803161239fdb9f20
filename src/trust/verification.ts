import type {ReadFailure} from '../kubeconfig/read-yaml.js'
import type {Finding} from './finding.js'
import type {PluginVerdict} from './reason.js'

/** `none`: no credential plugin. */
export type Verdict = 'none' | PluginVerdict

export interface FileReport {
  path: string
  /** Of the bytes that were read; null where none were. */
  sha256: string | null
  verdict: Verdict
  /** Why the file was not looked at; such a file is never more than unknown. */
  error: ReadFailure | null
}

export interface PluginReport {
  /** As written. */
  command: string
  /** What kubectl would start; null when not found. */
  resolved: string | null
  /** Catalogue id. */
  helper: string | null
  /** Secrets hidden. */
  args: readonly string[]
  /** Names only. */
  env: readonly string[]
  by: 'catalogue' | 'entry' | 'decision' | 'allow-all' | null
}

export interface UserReport {
  name: string
  file: string
  verdict: Verdict
  plugin: PluginReport | null
  /** Ids; the findings themselves stand in `findings`. */
  findings: readonly string[]
}

export interface ContextReport {
  name: string
  file: string
  cluster: string
  user: string
  server: string
  ca: readonly string[]
  verdict: Verdict
  /** What the guard would do with a command in this context. */
  guard: 'allow' | 'ask' | 'refuse'
  findings: readonly string[]
}

export interface Verification {
  verdict: Verdict
  files: FileReport[]
  users: UserReport[]
  contexts: ContextReport[]
  findings: Finding[]
  /** False when a file that was asked for could not be read or understood. */
  isComplete: boolean
}

const ORDER: readonly Verdict[] = ['none', 'trusted', 'unknown', 'dangerous']

export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return ORDER[Math.max(0, ...verdicts.map(verdict => ORDER.indexOf(verdict)))] ?? 'none'
}
