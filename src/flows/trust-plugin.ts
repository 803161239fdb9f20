import type {LoadedKubeconfig} from '../kubeconfig/load.js'
import type {Merged, Selection} from '../kubeconfig/select.js'
import {mergeKubeconfigs, select} from '../kubeconfig/select.js'
import type {Decision, PendingUse} from '../trust/decisions.js'
import type {ConnectionFlags, ContextJudgement, JudgeInput} from '../trust/judge-context.js'
import {judgeContext} from '../trust/judge-context.js'
import {pinId} from '../trust/pin.js'

/** A use of a credential that the guard does not let through by itself. */
export interface Candidate {
  /** Null where no decision can help; `why` says what stands in the way then. */
  id: string | null
  judgement: ContextJudgement
  /** Contexts that a decision would open: the same program, arguments, server and authority. */
  contexts: string[]
  isDangerous: boolean
  /** SHA-256 of the program that would start; null for a static credential. */
  digest: string | null
}

/**
 * The exceptions of a group of files: one candidate per distinct use, however
 * many contexts share it. What is let through already is none.
 */
export function candidatesOf(group: readonly LoadedKubeconfig[], input: JudgeInput): Candidate[] {
  const merged = mergedOf(group)
  const found = new Map<string, Candidate>()
  const names = [...merged.contexts.keys()]
  const selections = [...names.map(context => select(merged, {context})), ...(merged.contexts.has(merged.currentContext) ? [] : [select(merged, {})])]
  for (const selection of selections) {
    const candidate = candidateOf(selection, {}, input)
    if (candidate === null) continue
    const key = candidate.id ?? JSON.stringify([selection.contextName])
    const known = found.get(key)
    if (known !== undefined) known.contexts.push(selection.contextName)
    else found.set(key, candidate)
  }
  return [...found.values()]
}

/** The use that the guard refused, with the flags that were typed then. */
export function candidateAt(group: readonly LoadedKubeconfig[], flags: PendingUse['flags'], input: JudgeInput): Candidate[] {
  const candidate = candidateOf(select(mergedOf(group), flags), flags, input)
  return candidate === null ? [] : [candidate]
}

function mergedOf(group: readonly LoadedKubeconfig[]): Merged {
  return mergeKubeconfigs(group.flatMap(loaded => (loaded.ok ? [loaded.config] : [])))
}

/** null where there is nothing to send, or the guard lets it through already. */
function candidateOf(selection: Selection, flags: ConnectionFlags, input: JudgeInput): Candidate | null {
  if (selection.user === null && selection.cluster === null) return null
  const judgement = judgeContext(selection, flags, input)
  if (judgement.bearing === 'pass') return null
  return {
    id: decidable(judgement, flags, input), judgement, contexts: [selection.contextName],
    isDangerous: judgement.plugin?.verdict === 'dangerous', digest: digestOf(judgement, input),
  }
}

/** The id of the decision that would let this through; null where even a `--dangerous` one would not. */
function decidable(judgement: ContextJudgement, flags: ConnectionFlags, input: JudgeInput): string | null {
  if (judgement.pin === null) return null
  const trial = decisionOn(judgement, {now: input.now, dangerous: true})
  const after = judgeContext(judgement.selection, flags, {...input, decisions: {...input.decisions, decisions: [...input.decisions.decisions, trial]}})
  return after.bearing === 'pass' ? trial.id : null
}

export interface DecisionOptions {
  now: string
  dangerous?: boolean
  once?: boolean
  expires?: string
}

export function decisionOn(judgement: ContextJudgement, {now, dangerous, once, expires}: DecisionOptions): Decision {
  if (judgement.pin === null) throw new Error('a use without a pin cannot be decided')
  return {
    id: pinId(judgement.pin), date: now, pin: judgement.pin,
    ...(dangerous === true ? {dangerous} : {}), ...(once === true ? {once} : {}), ...(expires === undefined ? {} : {expires}),
  }
}

function digestOf({plugin}: ContextJudgement, {files}: JudgeInput): string | null {
  const program = plugin?.judgement.programs.find(one => one.path === plugin.judgement.run?.path)
  return program?.real == null ? null : files.digest(program.real)
}
