import {isDeepStrictEqual} from 'node:util'
import {OddField} from '../../src/kube/field.js'
import type {Json} from '../../src/kube/json.js'
import {NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {FailedControl} from '../../src/pod-security/control.js'
import type {Judged, Rules} from '../../src/pod-security/evaluate.js'
import {aggregateMessageOf, evaluate, fits, isAllowed, messageOf} from '../../src/pod-security/evaluate.js'
import type {ReferenceAnswer, Stretch} from './pod-security.js'
import {ASKED} from './pod-security.js'
import type {Shapes} from './pod-shapes.js'

export interface Tally {
  pods: number
  /** Level and version pairs that were compared. */
  results: number
  refused: number
  /** Pods that both sides could not read. */
  unreadable: number
  /** Pods that only the reference could not read, because of a field that no check looks at. */
  lenient: number
  /** Pods that only we could not read, because of a field that the release does not know yet. */
  stricter: number
  differences: number
  notUnderstood: Set<string>
}

export function newTally(): Tally {
  return {pods: 0, results: 0, refused: 0, unreadable: 0, lenient: 0, stricter: 0, differences: 0, notUnderstood: new Set()}
}

interface Setting {
  /** The minor of the build. */
  server: number
  /** The minor that the server plays, where it plays an older one. */
  emulated?: number | undefined
  tally: Tally
  shapes: Shapes
}

/** What differs, in a few lines; null: nothing. */
export function compareOne(pod: Judged, answer: ReferenceAnswer, setting: Setting): string | null {
  const {server, tally} = setting
  tally.pods++
  const difference = 'error' in answer ? compareUnreadable(pod, answer.error, server, tally) : compareLevels(pod, answer.levels, setting)
  if (difference !== null) tally.differences++
  return difference
}

/** Of many characters in a pod: the text alone, once. */
export function compareMessage(pod: Judged, answer: ReferenceAnswer, {server, tally}: Setting): string | null {
  tally.pods++
  tally.results++
  const theirs = 'error' in answer ? answer.error : answer.levels.baseline[0]!.message
  const ours = messageOf(evaluate('baseline', {minor: server, server}, pod))
  if (ours === theirs) return null
  tally.differences++
  const at = [...ours].findIndex((character, index) => character !== [...theirs][index])
  return `  at ${at}: ours ${JSON.stringify(ours.slice(at, at + 40))}, theirs ${JSON.stringify(theirs.slice(at, at + 40))}`
}

/** Fields that the checks read. What stands elsewhere is the API server's to refuse. */
const READ = /\b(hostNetwork|hostPID|hostIPC|hostUsers|os|securityContext|volumes|initContainers|containers|ephemeralContainers|annotations|ports|livenessProbe|readinessProbe|startupProbe|lifecycle)\b/
const NOT_READ = new RegExp(`\\b(${[
  'runAsGroup', 'fsGroup', 'supplementalGroups', 'readOnlyRootFilesystem', 'localhostProfile', 'level', 'runAsUserName', 'value', 'containerPort', 'hostIP', 'protocol', 'path', 'port', 'service',
  'command', 'exec', 'grpc', 'stopSignal', 'image', 'env', 'volumeMounts', 'restartPolicy', 'targetContainerName',
].join('|')})\\b|VolumeSource\\.\\w+\\.\\w`)

/** @param field as Go's error names it */
function isReadIn(pod: Judged, field: string): boolean {
  if (!READ.test(field) || NOT_READ.test(field)) return false
  if (field.endsWith('annotations')) return hasOddAnnotation(pod)
  return !/VolumeSource\.(?!hostPath)\w+$/.test(field) || !hasMixedVolume(pod)
}

/** @param error Go's: it names the field by its path of types, `Container.spec.containers.name` */
function compareUnreadable(pod: Judged, error: string, server: number, tally: Tally): string | null {
  const odd = oddFieldOf(() => evaluate('restricted', {minor: server, server}, pod)) ?? oddFieldOf(() => evaluate('restricted', {minor: 0, server}, pod))
  if (odd !== null) {
    tally.unreadable++
    return null
  }
  const field = /field (\S+) of/.exec(error)?.[1] ?? error
  tally.lenient++
  tally.notUnderstood.add(field)
  return isReadIn(pod, field) ? `  the reference cannot read it, we can: ${error}` : null
}

/** One good source settles what the check says of a volume, whatever else it has. */
function hasMixedVolume({spec}: Judged): boolean {
  const volumes = (spec as {volumes?: Json} | null)?.volumes
  return Array.isArray(volumes) && (volumes as Json[]).some(volume => typeof volume === 'object' && volume !== null && Object.keys(volume).length > 2)
}

/** Of annotations only those are looked at that are about a profile. */
function hasOddAnnotation({metadata}: Judged): boolean {
  const annotations = (metadata as {annotations?: Json} | null)?.annotations
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) return true
  const isRead = (key: string): boolean => /^container\.(apparmor\.security\.beta|seccomp\.security\.alpha)\.kubernetes\.io\/|^seccomp\.security\.alpha\.kubernetes\.io\/pod$/.test(key)
  return Object.entries(annotations).some(([key, value]) => isRead(key) && typeof value !== 'string' && value !== null)
}

function oddFieldOf(run: () => unknown): string | null {
  try {
    run()
    return null
  } catch (error) {
    if (error instanceof OddField) return error.message
    throw error
  }
}

function compareLevels(pod: Judged, levels: Readonly<Record<'baseline' | 'restricted', readonly Stretch[]>>, {server, emulated, tally, shapes}: Setting): string | null {
  for (const level of ['baseline', 'restricted'] as const) {
    const stretches = levels[level]
    for (const {failed} of stretches) for (const {id, detail} of failed) shapes.count(id, detail)
    let at = 0
    for (const asked of ASKED) {
      if (stretches[at + 1]?.from === (asked === 'latest' ? asked : `v1.${asked}`)) at++
      const newest = emulated ?? server
      // What is newer than the server is left to the evaluator.
      const rules = {minor: asked === 'latest' ? newest : emulated === undefined ? asked : Math.min(asked, emulated), server}
      tally.results++
      if (stretches[at]!.failed.length > 0) tally.refused++
      const difference = compareResult(pod, level, rules, stretches[at]!)
      if (difference === UNREAD && server < NEWEST_MINOR) {
        tally.stricter++
        return null
      }
      if (difference !== null) return `  ${level} ${asked}: ${difference}`
    }
  }
  return null
}

const UNREAD = 'the reference reads it, we do not'

function compareResult(pod: Judged, level: 'baseline' | 'restricted', rules: Rules, theirs: Stretch): string | null {
  let ours: readonly FailedControl[] = []
  const odd = oddFieldOf(() => {
    ours = evaluate(level, rules, pod)
  })
  if (odd !== null) return UNREAD
  const bare = ours.map(({id, reason, detail}) => ({id, reason, detail}))
  if (!isSame(bare, theirs.failed)) return `\n    ours:   ${JSON.stringify(bare)}\n    theirs: ${JSON.stringify(theirs.failed)}`
  if (messageOf(ours) !== theirs.message) return `message\n    ours:   ${messageOf(ours)}\n    theirs: ${theirs.message}`
  if (aggregateMessageOf(ours) !== theirs.reasons) return `reasons\n    ours:   ${aggregateMessageOf(ours)}\n    theirs: ${theirs.reasons}`
  if (isAllowed(level, rules, pod) !== (ours.length === 0)) return `isAllowed says ${ours.length > 0}, evaluate finds ${ours.length}`
  const strictest = fits(rules, pod)
  // A pod can pass restricted and not baseline: an override lets a Windows pod's profile through, or a hostPath beside a claim.
  const isSettled = level === 'restricted' || strictest !== 'restricted'
  if (isSettled && (strictest === level) !== (ours.length === 0)) return `fits says ${strictest}, evaluate finds ${ours.length}`
  return violationsOf(ours, pod)
}

function isSame(ours: readonly {id: string; reason: string; detail: string}[], theirs: Stretch['failed']): boolean {
  return ours.length === theirs.length && ours.every(({id, reason, detail}, index) => id === theirs[index]!.id && reason === theirs[index]!.reason && detail === theirs[index]!.detail)
}

/** Every failure names its places, and what it says stands there does. */
function violationsOf(failed: readonly FailedControl[], pod: Judged): string | null {
  for (const {id, violations} of failed) {
    if (violations.length === 0) return `${id} names no place`
    for (const {path, current} of violations)
      if (!isWhatStands(valueAt(pod as unknown as Json, path) ?? null, current, path)) return `${id} says that ${path} is ${JSON.stringify(current)}, it is ${JSON.stringify(valueAt(pod as unknown as Json, path))}`
  }
  return null
}

/** A null is what Go makes of it; of a volume it is the source that stands there or does not. */
function isWhatStands(found: Json, current: Json, path: string): boolean {
  return isDeepStrictEqual(found, current) || (found === null && current === '') || (/^spec\.volumes\[\d+\]$/.test(path) && current === null)
}

function valueAt(root: Json, path: string): Json | undefined {
  let here: Json | undefined = root
  for (const [, field, index, quoted] of path.matchAll(/([\w-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    const step = field ?? (quoted === undefined ? Number(index) : JSON.parse(quoted) as string)
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Record<string | number, Json>)[step]
  }
  return here
}
