import type {NamespaceLevel} from '../audit/audit-report.js'
import type {LabelMistake} from './misspelt.js'
import {misspeltLabels} from './misspelt.js'

/**
 * What the PodSecurity admission plugin makes of a namespace's labels
 * (pod-security-admission api/helpers.go, read at 0.24.17, 0.30.14 and 0.37.2).
 * The configured defaults cannot be read through the API; those built in are
 * taken: privileged and latest for all three modes.
 */
export const MODES = ['enforce', 'audit', 'warn'] as const
export type Mode = (typeof MODES)[number]

export const LEVELS = ['privileged', 'baseline', 'restricted'] as const
export type Level = (typeof LEVELS)[number]

export const LABEL_PREFIX = 'pod-security.kubernetes.io/'
/** On by default, and the first version of which anybody enforces anything. */
export const FIRST_MINOR = 23
/** From here on `warn` follows a stricter `enforce` unless it is labelled itself. */
const WARN_FOLLOWS_SINCE = 26

export interface ModeLevel extends NamespaceLevel {
  level: Level
  /** As the server names it in its messages: `latest`, `v1.29`. One that is newer than the server means the server's newest. */
  version: string
}

/** Labels that do not mean what whoever wrote them wanted. */
export type LabelProblem =
  /** The value is none: what the server does instead. */
  | {kind: 'invalid'; label: string; value: string; mode: Mode; part: 'level' | 'version'; effect: string; meant: string | null}
  | LabelMistake
  | {kind: 'newer-than-server'; label: string; value: string; mode: Mode}

export interface NamespaceLabels {
  /** The label enforce itself is there, whatever it says; a version alone labels nothing. */
  hasEnforce: boolean
  levels: Readonly<Record<Mode, ModeLevel>>
  problems: readonly LabelProblem[]
  /** A version is pinned: without the server's it cannot be told whether it is newer. */
  isPinned: boolean
}

/** @param minor the server's; null where nothing tells it, and then it is judged as a server of today */
export function readLabels(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>, minor: number | null): NamespaceLabels {
  const mistakes = misspeltLabels(labels, annotations)
  const problems: LabelProblem[] = []
  const modeOf = (mode: Mode): ModeLevel => readMode(mode, labels, minor, mistakes, problems)
  const enforce = modeOf('enforce')
  const levels = {enforce, audit: modeOf('audit'), warn: followEnforce(modeOf('warn'), enforce, labels, minor)}
  return {levels, hasEnforce: labels[`${LABEL_PREFIX}enforce`] !== undefined, problems: [...problems, ...mistakes], isPinned: MODES.some(mode => minorOfVersion(labels[`${LABEL_PREFIX}${mode}-version`] ?? '') !== null)}
}

function readMode(mode: Mode, labels: Readonly<Record<string, string>>, minor: number | null, mistakes: readonly LabelMistake[], problems: LabelProblem[]): ModeLevel {
  const levelLabel = `${LABEL_PREFIX}${mode}`
  const versionLabel = `${levelLabel}-version`
  const given = labels[levelLabel]
  const pinned = labels[versionLabel]
  const before = problems.length
  const level = given === undefined ? 'privileged' : (levelOf(given) ?? insteadOf(mode))
  const isVersion = pinned === undefined || pinned === 'latest' || minorOfVersion(pinned) !== null
  if (given !== undefined && levelOf(given) === null) problems.push({kind: 'invalid', label: levelLabel, value: given, mode, part: 'level', effect: `${mode} is ${insteadOf(mode)}`, meant: nearestLevel(given)})
  if (!isVersion) problems.push({kind: 'invalid', label: versionLabel, value: pinned, mode, part: 'version', effect: `${mode} follows the latest version`, meant: nearestVersion(pinned)})
  const isInvalid = problems.length > before
  const isNewer = pinned !== undefined && isNewerThan(pinned, minor)
  if (isNewer) problems.push({kind: 'newer-than-server', label: versionLabel, value: pinned, mode})
  return {level, version: isVersion ? (pinned ?? 'latest') : 'latest', labels: stateOf({isInvalid, isNewer, isGiven: given !== undefined || pinned !== undefined, isMissed: mistakes.some(mistake => mistake.mode === mode)})}
}

function stateOf({isInvalid, isNewer, isGiven, isMissed}: Record<'isInvalid' | 'isNewer' | 'isGiven' | 'isMissed', boolean>): NamespaceLevel['labels'] {
  if (isInvalid) return 'invalid'
  if (isNewer) return 'newer-than-server'
  if (isGiven) return 'valid'
  return isMissed ? 'misspelt' : 'absent'
}

/** An invalid level closes `enforce` and opens the two that only speak. */
function insteadOf(mode: Mode): Level {
  return mode === 'enforce' ? 'restricted' : 'privileged'
}

function followEnforce(warn: ModeLevel, enforce: ModeLevel, labels: Readonly<Record<string, string>>, minor: number | null): ModeLevel {
  if (minor !== null && minor < WARN_FOLLOWS_SINCE) return warn
  const level = labels[`${LABEL_PREFIX}enforce`]
  if (labels[`${LABEL_PREFIX}warn`] !== undefined || level === undefined || levelOf(level) === null || level === 'privileged') return warn
  const hasVersion = labels[`${LABEL_PREFIX}warn-version`] !== undefined
  return {...warn, level: enforce.level, version: hasVersion ? warn.version : enforce.version}
}

function isNewerThan(version: string, minor: number | null): boolean {
  const asked = minorOfVersion(version)
  return asked !== null && minor !== null && asked > minor
}

export function levelOf(value: string): Level | null {
  return LEVELS.find(level => level === value) ?? null
}

/** `v1.29` → 29; null for `latest` and what is no version. */
export function minorOfVersion(version: string): number | null {
  const match = /^v1\.(0|[1-9]\d*)$/.exec(version)
  return match === null ? null : Number(match[1])
}

function nearestLevel(value: string): string | null {
  const plain = value.toLowerCase().trim()
  return LEVELS.find(level => level === plain || plain.startsWith(level.slice(0, 6)) || level.startsWith(plain.slice(0, 6).padEnd(6, '?'))) ?? null
}

function nearestVersion(value: string): string | null {
  const match = /^[vV]?1[.-](\d{1,3})(?:\.\d+)?$/.exec(value)
  return match === null ? (value.toLowerCase() === 'latest' ? 'latest' : null) : `v1.${Number(match[1])}`
}
