import type {ControlId} from '../../pod-security/control.js'
import {NEWEST_MINOR} from '../../pod-security/control.js'
import type {Rules} from '../../pod-security/evaluate.js'
import {controlsAt} from '../../pod-security/evaluate.js'
import type {Level, LevelVersion, Mode} from '../../pod-security/labels.js'
import {MODES, minorOfVersion} from '../../pod-security/labels.js'
import type {Refuser} from '../coverage.js'
import {eachWithEach} from '../coverage.js'
import type {PodGuard, PodOperation} from './pod-guard.js'
import {guardsOf} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'

export interface PsaNamespace extends Readonly<Record<Mode, LevelVersion>> {
  name: string
  /** False: its configuration was not seen, and may exempt the namespace, or users anywhere. */
  isExemptionKnown: boolean
  /** Who else writes its labels, as a way past them. */
  writtenBy?: string
}

/** Pod Security admission, built in or as a webhook, with the levels that it holds each namespace to. */
export interface PsaWorld {
  engine: string
  /** The server's newest rules, and its build; null: judged as a server of today. */
  minor: number | null
  build: number | null
  namespaces: readonly PsaNamespace[]
  /** Users that are exempt, servers that have it off. */
  gaps: readonly string[]
  /** What of the pods is exempt. */
  holes: readonly string[]
  requests: PodRequests
  /** How requests get to it. */
  reach: readonly Refuser<PodRequest>[]
}

const ACTION = {enforce: 'refused', audit: 'audited', warn: 'warned'} as const

/**
 * One guard for each level that a mode has somewhere. `enforce` is for pods
 * alone; what makes pods is only warned about and audited. Of changes of a pod
 * it judges those of images and of the number of containers, and none by
 * `pods/resize` (admission.go of pod-security-admission, isSignificantPodUpdate).
 */
export function psaGuards(world: PsaWorld): PodGuard[] {
  return MODES.flatMap(mode => [...levelsOf(world.namespaces, mode).values()].flatMap(found => guardsAt(mode, found, world)))
}

interface Found extends LevelVersion {
  isExemptionKnown: boolean
  writtenBy: string
  names: Set<string>
}

function levelsOf(namespaces: PsaWorld['namespaces'], mode: Mode): Map<string, Found> {
  const found = new Map<string, Found>()
  for (const {name, isExemptionKnown, writtenBy = '', [mode]: {level, version}} of namespaces) {
    if (level === 'privileged') continue
    const key = `${level}:${version}:${isExemptionKnown}:${writtenBy}`
    const known = found.get(key)
    if (known === undefined) found.set(key, {level, version, isExemptionKnown, writtenBy, names: new Set([name])})
    else known.names.add(name)
  }
  return found
}

const WHOLE: readonly PodOperation[] = ['create', 'ephemeralcontainers', 'workload']
const BLIND = {resize: 'by design: a resize changes nothing that it judges'}
const ENFORCE_BLIND = {...BLIND, workload: 'by design: it enforces on pods, not on what makes them'}
/** An image, and what a new container brings, is all that a change of a pod can break a control by. */
export const SOME_CHANGES = 'of changes it judges those of images and of the number of containers'

const EXEMPTION = 'whom its configuration exempts was not seen'

function guardsAt(mode: Mode, {level, version, isExemptionKnown, writtenBy, names}: Found, {engine, minor, build, gaps, holes, requests, reach}: PsaWorld): PodGuard[] {
  const own = (operations: readonly PodOperation[], more: readonly string[]): Refuser<PodRequest> => ({
    sees: ({of}) => operations.includes(of) && !(mode === 'enforce' && of === 'workload'),
    isIn: name => names.has(name), gaps: [...gaps, ...(isExemptionKnown ? [] : [EXEMPTION]), ...(writtenBy === '' ? [] : [writtenBy]), ...more], holes,
  })
  const server = build ?? NEWEST_MINOR
  const controls = new Map(coveredControls(level, {minor: Math.min(minorOfVersion(version) ?? Infinity, minor ?? server), server}).map(id => [id, id === 'seccompProfile_baseline' && isByAnnotations(version, minor) ? [BY_ANNOTATIONS] : []] as const))
  const content = {engine, name: `${mode}=${level}:${version}`, object: null, action: ACTION[mode], controls}
  return guardsOf(eachWithEach(reach, [own(WHOLE, []), own(['update'], [SOME_CHANGES])]), content, requests).map(guard => ({...guard, blind: mode === 'enforce' ? ENFORCE_BLIND : BLIND}))
}

/** The seccomp rule of versions before 1.19 reads annotations alone, which no server of today heeds. */
const BY_ANNOTATIONS = 'by the rules of that version seccomp profiles in fields are not looked at'
const FIRST_SECCOMP_FIELDS = 19

function isByAnnotations(version: LevelVersion['version'], minor: number | null): boolean {
  return Math.min(minorOfVersion(version) ?? Infinity, minor ?? Infinity) < FIRST_SECCOMP_FIELDS
}

/** The rule of it that also holds for pods with a user namespace was the only one until then. */
const PROC_MOUNT_SPLIT = 35

/**
 * The controls that a level judges whole. At restricted the overridden ones of
 * baseline are judged by those that override them: only Windows pods are let off
 * there, and the fields in question are refused for them by validation.
 */
export function coveredControls(level: Level, rules: Rules): ControlId[] {
  const run = [...controlsAt(level, rules), ...(level === 'restricted' ? controlsAt('baseline', rules) : [])]
  const split: ControlId[] = run.includes('procMount') && rules.minor < PROC_MOUNT_SPLIT ? ['procMount_restricted'] : []
  return [...new Set([...run, ...split])]
}
