import type {CoverageBy, CoverageLine} from '../../audit/audit-report.js'
import type {ControlId} from '../../pod-security/control.js'
import {unique} from '../engines/blocker.js'
import type {PodGuard, PodOperation} from './pod-guard.js'
import {ANSWERS} from './pod-guard.js'

/** A guard that is in the namespace and bears on the control, or may: its content is not known. */
export interface Asked {
  guard: PodGuard
  /** Such a request gets to it. */
  isSeen: boolean
}

interface Cell {
  control: ControlId
  operation: PodOperation
}

/**
 * Guards that share what makes pods between them add up: each kind is asked
 * about, and the worst answer is that of all.
 */
export function answerOf(asked: readonly Asked[], cell: Cell, unread: readonly CoverageBy[]): Pick<CoverageLine, 'answer' | 'by'> {
  const shared = cell.operation === 'workload' ? asked.flatMap(({guard}) => (guard.kinds === undefined ? [] : [...guard.kinds.keys()])) : []
  if (shared.length === 0) return answerTo(asked, cell, unread)
  const answers = unique(shared).map(kind => answerTo(asked.map(({guard, isSeen}) => ({guard, isSeen: isSeen || guard.kinds?.get(kind) === true})), cell, unread))
  const worst = answers.toSorted((a, b) => ANSWERS.indexOf(a.answer) - ANSWERS.indexOf(b.answer))[0]!.answer
  return {answer: worst, by: merged(answers.filter(({answer}) => answer === worst).flatMap(({by}) => by))}
}

/**
 * What becomes of a request that breaks a control. `refused` only by a guard
 * that sees it, judges the control whole and acts now; that it can be got past
 * by other ways than the pod is told, and changes nothing. What may refuse, for
 * all that is known, makes it `unknown`, whatever else only warns. For the rest,
 * whoever would refuse and does not see such a request is named.
 */
function answerTo(asked: readonly Asked[], cell: Cell, unread: readonly CoverageBy[]): Pick<CoverageLine, 'answer' | 'by'> {
  const byOf = ({engine, name, kinds}: PodGuard, whys: readonly string[]): CoverageBy => ({engine, name, why: [...(cell.operation === 'workload' && kinds !== undefined ? [kindsText(kinds)] : []), ...whys].join('; ')})
  const seeing = asked.filter(({isSeen}) => isSeen).map(({guard}) => guard)
  const refusing = seeing.filter(({action}) => action === 'refused')
  const whole = refusing.filter(guard => holesOf(guard, cell)?.length === 0)
  if (whole.length > 0) return {answer: 'refused', by: merged(whole.toSorted((a, b) => a.gaps.length - b.gaps.length).map(guard => byOf(guard, guard.gaps)))}
  const speaking = seeing.filter(({action}) => action !== 'refused')
  const known = speaking.filter(({controls}) => controls !== null)
  // One policy may stand here twice, for creations and for changes.
  const isHeard = ({engine, name}: PodGuard): boolean => seeing.some(other => other.engine === engine && other.name === name)
  const missing = asked.filter(({isSeen, guard}) => !isSeen && guard.action === 'refused' && guard.controls !== null && !isHeard(guard)).map(({guard}) => byOf(guard, cell.operation === 'workload' && guard.kinds !== undefined ? [] : [guard.blind?.[cell.operation] ?? `it does not see ${WORDS[cell.operation]}`]))
  const said = (answer: CoverageLine['answer'], ...by: readonly CoverageBy[]): Pick<CoverageLine, 'answer' | 'by'> => ({answer, by: merged([...by, ...missing])})
  const spoken = known.toSorted((a, b) => RANK[a.action] - RANK[b.action]).map(guard => byOf(guard, [...(ACTS[guard.action] ?? []), ...holesOf(guard, cell)!, ...guard.gaps]))
  if (refusing.length > 0 || unread.length > 0) return said('unknown', ...refusing.map(guard => byOf(guard, holesOf(guard, cell) ?? [UNKNOWN, ...guard.gaps])), ...unread, ...spoken)
  if (known.some(({action}) => action === 'warned')) return said('warned', ...spoken)
  if (known.length > 0) return said('audited', ...spoken)
  // It refuses nothing for sure; whether it tells anybody is not known.
  if (speaking.length > 0) return said('unknown', ...speaking.map(guard => byOf(guard, [`${ACTS[guard.action]?.[0] ?? ''}, and ${UNKNOWN}`])))
  return said('ignored')
}

const UNKNOWN = 'what it judges is not known'
const RANK = {refused: 0, warned: 1, audited: 2} as const
const ACTS: Readonly<Partial<Record<PodGuard['action'], readonly string[]>>> = {warned: ['it only warns'], audited: ['it only audits']}

export const WORDS: Readonly<Record<PodOperation, string>> = {
  create: 'the creation of pods', update: 'changes of pods', ephemeralcontainers: 'ephemeral containers', resize: 'resizes', workload: 'what makes pods (Deployments and the like)',
}

/** What of the control it lets through; null: its content is not known. */
function holesOf({controls}: PodGuard, {control}: Cell): readonly string[] | null {
  return controls === null ? null : (controls.get(control) ?? [])
}

function kindsText(kinds: ReadonlyMap<string, boolean>): string {
  return `of what makes pods it sees ${[...kinds].filter(([, isSeen]) => isSeen).map(([kind]) => kind).join(', ')} alone`
}

/** One entry for each name: a policy by three bindings is one policy. The one with least to say stands first and counts. */
function merged(by: readonly CoverageBy[]): CoverageBy[] {
  const entries = new Map<string, CoverageBy>()
  for (const one of by) {
    const key = `${one.engine}\n${one.name}`
    const known = entries.get(key)
    if (known === undefined) entries.set(key, one)
    else if (known.why !== '') entries.set(key, {...known, why: unique([...known.why.split('; '), ...one.why.split('; ')]).join('; ')})
  }
  return [...entries.values()]
}
