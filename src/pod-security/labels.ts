import type {NamespaceLevel} from '../audit/audit-report.js'
import type {LabelMistake} from './misspelt.js'
import {misspeltLabels} from './misspelt.js'

/**
 * What the PodSecurity admission plugin makes of a namespace's labels
 * (pod-security-admission api/helpers.go, read at 0.24.17, 0.30.14 and 0.37.2).
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

export interface LevelVersion {
  level: Level
  /** As the server names it in its messages: `latest`, `v1.29`. One that is newer than the server means the server's newest. */
  version: string
}

export type Defaults = Readonly<Record<Mode, LevelVersion>>

const PRIVILEGED: LevelVersion = {level: 'privileged', version: 'latest'}
/** Of a server without a configuration of its own. */
export const BUILT_IN_DEFAULTS: Defaults = {enforce: PRIVILEGED, audit: PRIVILEGED, warn: PRIVILEGED}

/** `enforce`: only of warn, which follows it. */
export type LevelSource = 'label' | 'default' | 'enforce'

export interface ModeLevel extends NamespaceLevel, LevelVersion {
  level: Level
  from: {level: LevelSource; version: LevelSource}
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

type Strings = Readonly<Record<string, string>>

/**
 * @param minor the server's; null where nothing tells it, and then it is judged as a server of today
 * @param defaults what stands for a label that is not there, each part by itself
 */
export function readLabels(labels: Strings, annotations: Strings, minor: number | null, defaults: Defaults = BUILT_IN_DEFAULTS): NamespaceLabels {
  const mistakes = misspeltLabels(labels, annotations)
  const problems: LabelProblem[] = []
  const modeOf = (mode: Mode): ModeLevel => readMode(mode, {labels, minor, mistakes, fallback: defaults[mode]}, problems)
  const enforce = modeOf('enforce')
  const levels = {enforce, audit: modeOf('audit'), warn: followEnforce(modeOf('warn'), enforce, labels, minor)}
  return {levels, hasEnforce: labels[`${LABEL_PREFIX}enforce`] !== undefined, problems: [...problems, ...mistakes], isPinned: MODES.some(mode => minorOfVersion(labels[`${LABEL_PREFIX}${mode}-version`] ?? '') !== null)}
}

interface Reading {
  labels: Strings
  minor: number | null
  mistakes: readonly LabelMistake[]
  fallback: LevelVersion
}

function readMode(mode: Mode, {labels, minor, mistakes, fallback}: Reading, problems: LabelProblem[]): ModeLevel {
  const levelLabel = `${LABEL_PREFIX}${mode}`
  const versionLabel = `${levelLabel}-version`
  const given = labels[levelLabel]
  const pinned = labels[versionLabel]
  const before = problems.length
  const level = given === undefined ? fallback.level : (levelOf(given) ?? insteadOf(mode))
  const isKnown = pinned === undefined || isVersion(pinned)
  if (given !== undefined && levelOf(given) === null) problems.push({kind: 'invalid', label: levelLabel, value: given, mode, part: 'level', effect: `${mode} is ${insteadOf(mode)}`, meant: nearestLevel(given)})
  if (!isKnown) problems.push({kind: 'invalid', label: versionLabel, value: pinned, mode, part: 'version', effect: `${mode} follows the latest version`, meant: nearestVersion(pinned)})
  const isInvalid = problems.length > before
  const isNewer = pinned !== undefined && isNewerThan(pinned, minor)
  if (isNewer) problems.push({kind: 'newer-than-server', label: versionLabel, value: pinned, mode})
  return {
    level, version: isKnown ? (pinned ?? fallback.version) : 'latest',
    labels: stateOf({isInvalid, isNewer, isGiven: given !== undefined || pinned !== undefined, isMissed: mistakes.some(mistake => mistake.mode === mode)}),
    from: {level: given === undefined ? 'default' : 'label', version: pinned === undefined ? 'default' : 'label'},
  }
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

/** Only a label leads it: a default of enforce has a default of warn beside it. */
function followEnforce(warn: ModeLevel, enforce: ModeLevel, labels: Strings, minor: number | null): ModeLevel {
  if (minor !== null && minor < WARN_FOLLOWS_SINCE) return warn
  const level = levelOf(labels[`${LABEL_PREFIX}enforce`] ?? '')
  if (labels[`${LABEL_PREFIX}warn`] !== undefined || level === null || !isStricter(level, warn.level)) return warn
  const hasVersion = labels[`${LABEL_PREFIX}warn-version`] !== undefined
  return {...warn, level, version: hasVersion ? warn.version : enforce.version, from: {level: 'enforce', version: hasVersion ? 'label' : 'enforce'}}
}

export function isStricter(level: Level, than: Level): boolean {
  return LEVELS.indexOf(level) > LEVELS.indexOf(than)
}

function isNewerThan(version: string, minor: number | null): boolean {
  const asked = minorOfVersion(version)
  return asked !== null && minor !== null && asked > minor
}

export function levelOf(value: string): Level | null {
  return LEVELS.find(level => level === value) ?? null
}

export function isVersion(text: string): boolean {
  return text === 'latest' || minorOfVersion(text) !== null
}

/** Go's int on the servers that there are. */
const MAX_INT = 2n ** 63n - 1n

/** `v1.29` → 29; null for `latest` and what is no version. */
export function minorOfVersion(version: string): number | null {
  const [, digits] = /^v1\.(0|[1-9]\d*)$/.exec(version) ?? []
  return digits === undefined || BigInt(digits) > MAX_INT ? null : Number(digits)
}

function nearestLevel(value: string): string | null {
  const plain = value.toLowerCase().trim()
  return LEVELS.find(level => level === plain || plain.startsWith(level.slice(0, 6)) || level.startsWith(plain.slice(0, 6).padEnd(6, '?'))) ?? null
}

function nearestVersion(value: string): string | null {
  const match = /^[vV]?1[.-](\d{1,3})(?:\.\d+)?$/.exec(value)
  return match === null ? (value.toLowerCase() === 'latest' ? 'latest' : null) : `v1.${Number(match[1])}`
}
