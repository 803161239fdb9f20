import type {ReadKey} from '../kube/resources.js'
import type {Check, CheckContext, Report} from './check.js'
import type {Fact} from './fact.js'
import type {ReadOutcome, SkipReason} from './outcome.js'
import {isIncomplete, unread} from './outcome.js'
import type {Part} from './read-all.js'
import {outcomeIn, readAll} from './read-all.js'
import type {ServerVersion} from './server-version.js'
import {effectiveMinor} from './server-version.js'
import type {ClusterSource} from './source.js'

export interface EvaluateOptions {
  checks: readonly Check[]
  /** Asked for by the report itself. */
  facts: readonly Fact<unknown>[]
  /** Answers `serverMinor()`; another fact of the same id takes its place with `--server-version`. */
  version: Fact<ServerVersion>
  source: ClusterSource
  /** Every report of a check, in the order in which it was made. */
  onReport(check: Check, report: Report): void
  /** Before a row is read. */
  onRead?(key: ReadKey): void
  mayReadSecrets: boolean
}

/** How a check ended, before findings are counted. */
export interface Ending {
  check: Check
  looked: number
  /** Null: it ran on everything that it reads. */
  skip: {reason: SkipReason; key: ReadKey | null; detail: string; unblock: string} | null
  /** Null: it applies. */
  notApplicable: string | null
}

export interface Evaluation {
  outcomes: ReadonlyMap<ReadKey, ReadOutcome>
  endings: readonly Ending[]
  /** Rows with objects that some fact or check could not read, each with the first: for who asks no check. */
  notUnderstood: ReadonlyMap<ReadKey, string>
  fact<T>(fact: Fact<T>): T
}

/** Objects in, endings out, one object at a time: nothing is kept here but counts. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const facts = inOrderOfNeed([options.version, ...options.facts], options.checks.flatMap(check => check.needs))
  const run: Run = new Map()
  const outcomes = new Map<ReadKey, ReadOutcome>()
  const valueOf = <T>(fact: Fact<T>): T => {
    const entry = run.get(fact.id)
    if (entry === undefined || !entry.isEnded) throw new Error(`the fact ${fact.id} was asked for without being named in needs, or before its rows were read`)
    return entry.value as T
  }
  // All that a fact rests on has its entry before it: they come in order of need.
  const partsOf = (needs: readonly Fact<unknown>[]): Part[] => [...new Set(needs.flatMap(({id}) => run.get(id)?.parts ?? []))]
  for (const fact of facts) {
    const part = newPart(fact.reads)
    const needed = partsOf(fact.needs)
    const visitor = fact.create({outcome: key => outcomeFor(part, key, outcomes, needed), fact: valueOf})
    part.visitor = visitor
    run.set(fact.id, {part, parts: [part, ...needed], needs: fact.needs, end: () => visitor.end(), isEnded: false})
  }
  const checks = options.checks.map(check => startCheck(check, {outcomes, valueOf, options, needed: partsOf(check.needs)}))
  const parts = [...run.values()].map(entry => entry.part).concat(checks.map(one => one.part))
  await readAll(parts, outcomes, {...options, onSettled: settled => endFacts(run, settled)})
  const notUnderstood = new Map(parts.flatMap(({odd}) => [...odd].map(([key, {count, first}]) => [key, oddText({count, first})] as const)))
  return {outcomes, endings: checks.map(one => one.end()), notUnderstood, fact: valueOf}
}

function oddText({count, first}: {count: number; first: string}): string {
  return `${first}${count > 1 ? `, and ${count - 1} more` : ''}`
}

interface FactRun {
  part: Part
  /** Its own, and those of all that it rests on. */
  parts: readonly Part[]
  needs: readonly Fact<unknown>[]
  end(): unknown
  value?: unknown
  isEnded: boolean
}

/** By id, in order of need. */
type Run = Map<string, FactRun>

/** A fact ends as soon as all that it rests on is read, so that whoever looks at later rows may ask for it. */
function endFacts(run: Run, settled: ReadonlySet<ReadKey>): void {
  for (const entry of run.values()) {
    if (entry.isEnded || !entry.part.reads.every(key => settled.has(key)) || !entry.needs.every(need => run.get(need.id)?.isEnded)) continue
    entry.value = entry.end()
    entry.isEnded = true
  }
}

/** Each fact once, after all that it needs. One that is asked for by itself takes the place of all others of its id: `--server-version`. */
function inOrderOfNeed(asked: readonly Fact<unknown>[], needed: readonly Fact<unknown>[]): Fact<unknown>[] {
  const given = new Map(asked.toReversed().map(fact => [fact.id, fact]))
  const ordered = new Map<string, Fact<unknown>>()
  const visit = ({id, ...rest}: Fact<unknown>): void => {
    const fact = given.get(id) ?? {id, ...rest}
    if (ordered.has(id)) return
    fact.needs.forEach(visit)
    ordered.set(id, fact)
  }
  asked.forEach(visit)
  needed.forEach(visit)
  return [...ordered.values()]
}

function newPart(reads: readonly ReadKey[]): Part {
  return {reads, visitor: {}, looked: 0, odd: new Map()}
}

/** What this part knows of a row: how it was read, and whether this part, and those that it rests on, understood all of it. */
function outcomeFor(part: Part, key: ReadKey, outcomes: ReadonlyMap<ReadKey, ReadOutcome>, needed: readonly Part[] = []): ReadOutcome {
  if (!part.reads.includes(key)) throw new Error(`the row ${key} was asked about without being named in reads`)
  const outcome = outcomeIn(outcomes, key) ?? unread('unreachable', 'was not reached')
  const odd = oddIn([part, ...needed], key)
  if (odd === undefined || outcome.outcome !== 'complete') return outcome
  return {...outcome, outcome: 'not-understood', detail: oddText(odd)}
}

function oddIn(parts: readonly Part[], key: ReadKey): {count: number; first: string} | undefined {
  return parts.map(part => part.odd.get(key)).find(odd => odd !== undefined)
}

interface Shared {
  outcomes: ReadonlyMap<ReadKey, ReadOutcome>
  valueOf<T>(fact: Fact<T>): T
  options: EvaluateOptions
  /** The facts that the check needs, and what those need: a row that they did not understand is not understood by the check. */
  needed: readonly Part[]
}

function startCheck(check: Check, {outcomes, valueOf, options, needed}: Shared): {part: Part; end: () => Ending} {
  const {meta} = check
  const part = newPart([...meta.reads, ...(meta.alsoReads ?? [])])
  let skip: Ending['skip'] = null
  let notApplicable: string | null = null
  const serverMinor = (): number | null => effectiveMinor(valueOf(options.version))
  const context: CheckContext = {
    report: report => options.onReport(check, report),
    fact: valueOf,
    outcome: key => outcomeFor(part, key, outcomes, needed),
    skip: (reason, detail, unblock = '') => {
      skip = graver(skip, {reason, key: null, detail, unblock})
    },
    skipUnread: (key, {outcome, detail}) => {
      if (outcome !== 'complete' && outcome !== 'not-served') skip = graver(skip, {reason: outcome, key, detail, unblock: ''})
    },
    notApplicable: detail => void (notApplicable ??= detail),
    place: (object, path) => options.source.placeOf(object, path),
    serverMinor,
  }
  const visitor = check.create(context)
  part.visitor = visitor
  return {
    part,
    end: () => {
      visitor.end?.()
      const range = outsideOf(check, serverMinor())
      if (range !== null && range.reason === null) notApplicable ??= range.detail
      skip = graver(skip, unreadOf(check, context.outcome, key => oddIn([part, ...needed], key) !== undefined))
      if (range?.reason) skip ??= {reason: range.reason, key: null, detail: range.detail, unblock: '--server-version 1.NN'}
      return {check, looked: part.looked, skip: notApplicable === null ? skip : null, notApplicable}
    },
  }
}

/** The first; but what somebody can change by asking again is never hidden behind what nobody can. */
function graver(first: Ending['skip'], second: Ending['skip']): Ending['skip'] {
  if (first === null || second === null) return first ?? second
  return !isIncomplete(first.reason) && isIncomplete(second.reason) ? second : first
}

/** Null: the danger exists on this server. */
function outsideOf({meta: {since, until}}: Check, minor: number | null): {reason: SkipReason | null; detail: string} | null {
  if (since === undefined && until === undefined) return null
  if (minor === null) return {reason: 'not-in-input', detail: 'nothing tells the version of the server'}
  if (since !== undefined && minor < since) return {reason: null, detail: `from 1.${since} on; the server is 1.${minor}`}
  if (until !== undefined && minor > until) return {reason: null, detail: `up to 1.${until}; the server is 1.${minor}`}
  return null
}

/** The gravest of the rows that the check cannot do without. */
function unreadOf({meta}: Check, outcomeOf: (key: ReadKey) => ReadOutcome, isOdd: (key: ReadKey) => boolean): Ending['skip'] {
  const missing = meta.reads.map(key => ({key, outcome: outcomeOf(key)})).filter(({outcome}) => outcome.outcome !== 'complete')
  // What an optional row holds and we could not read is missing all the same.
  const odd = (meta.alsoReads ?? []).filter(isOdd).map(key => ({key, outcome: outcomeOf(key)}))
  const worst = [...missing, ...odd].find(({outcome}) => isIncomplete(outcome.outcome)) ?? missing[0]
  if (worst === undefined || worst.outcome.outcome === 'complete') return null
  return {reason: worst.outcome.outcome, key: worst.key, detail: worst.outcome.detail, unblock: ''}
}
