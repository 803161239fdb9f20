import type {LoadedKubeconfig} from '../kubeconfig/load.js'
import {mergeKubeconfigs, select} from '../kubeconfig/select.js'
import type {Decision} from '../trust/decisions.js'
import type {ContextJudgement, JudgeInput} from '../trust/judge-context.js'
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
  const merged = mergeKubeconfigs(group.flatMap(loaded => (loaded.ok ? [loaded.config] : [])))
  const found = new Map<string, Candidate>()
  const names = [...merged.contexts.keys()]
  const selections = [...names.map(context => select(merged, {context})), ...(merged.contexts.has(merged.currentContext) ? [] : [select(merged, {})])]
  for (const selection of selections) {
    if (selection.user === null && selection.cluster === null) continue
    const judgement = judgeContext(selection, {}, input)
    if (judgement.bearing === 'pass') continue
    const id = decidable(judgement, input)
    const key = id ?? JSON.stringify([selection.contextName])
    const known = found.get(key)
    if (known !== undefined) known.contexts.push(selection.contextName)
    else found.set(key, {id, judgement, contexts: [selection.contextName], isDangerous: judgement.plugin?.verdict === 'dangerous', digest: digestOf(judgement, input)})
  }
  return [...found.values()]
}

/** The id of the decision that would let this through; null where even a `--dangerous` one would not. */
function decidable(judgement: ContextJudgement, input: JudgeInput): string | null {
  if (judgement.pin === null) return null
  const trial = decisionOn(judgement, {now: input.now, dangerous: true})
  const after = judgeContext(judgement.selection, {}, {...input, decisions: {...input.decisions, decisions: [...input.decisions.decisions, trial]}})
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
