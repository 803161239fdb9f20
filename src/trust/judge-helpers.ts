import type {Helper} from './catalogue/helper.js'
import type {CallArguments, GrammarResult} from './grammar.js'
import {judgeGrammar} from './grammar.js'
import type {Reason} from './reason.js'
import {verdictOf} from './reason.js'
import {because} from './reasons.js'
import type {ValueWorld} from './value-rules.js'

export interface HelperJudgement {
  helper: Helper
  reasons: Reason[]
  hosts: string[]
  /** Launchers: index of the first word of the command line behind `--`. */
  tail: number | null
}

/** Chooses among the helpers that share a name by their flags, and judges the call. */
export function judgeHelpers(helpers: readonly Helper[], call: CallArguments, world: ValueWorld): HelperJudgement {
  const judged = helpers.map(helper => judgeOne(helper, call, world))
  const clean = judged.filter(candidate => verdictOf(candidate.reasons) === 'trusted')
  const best = clean[0] ?? judged.toSorted((a, b) => a.unknownFlags - b.unknownFlags)[0]
  if (best === undefined) throw new Error('judgeHelpers was called without a helper')
  if (clean.length > 1) return {...best, reasons: [...best.reasons, because('kubelogin-ambiguous', ['exec', 'args'], 'The arguments fit both programs of this name.')]}
  if (clean.length === 1 || judged.length === 1) return best
  return {...best, reasons: mixedReasons(best, judged)}
}

type Candidate = HelperJudgement & Pick<GrammarResult, 'unknownFlags'>

/** No reading is clean: keep what is dangerous under any of them. */
function mixedReasons(best: Candidate, judged: readonly Candidate[]): Reason[] {
  const others = judged.filter(candidate => candidate !== best)
  const dangers = others.flatMap(candidate => candidate.reasons.filter(reason => reason.grade === 'block' && !best.reasons.some(known => known.id === reason.id && known.grade === 'block')))
  const mixed = best.unknownFlags > 0 ? [because('kubelogin-mixed', ['exec', 'args'], 'The flags belong to no single program of this name.')] : []
  return [...best.reasons, ...dangers, ...mixed]
}

function judgeOne(helper: Helper, call: CallArguments, world: ValueWorld): Candidate {
  if (helper.launcher !== true || call.args.length === 0) return {helper, tail: null, ...judgeGrammar(helper, call, world)}
  const dashes = call.args.indexOf('--')
  const head = {...call, args: dashes === -1 ? call.args : call.args.slice(0, dashes)}
  const result = judgeGrammar(helper, head, world)
  if (dashes !== -1 && call.args[dashes + 1] !== undefined) return {helper, tail: dashes + 1, ...result}
  result.reasons.push(because('launcher-without-command', ['exec', 'args'], 'No command follows `--`, so a shell would start.'))
  return {helper, tail: null, ...result}
}
