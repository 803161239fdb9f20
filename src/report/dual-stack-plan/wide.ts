import type {DualStackPlan, PlanItem, PolicyPlan} from '../../plan/dual-stack/plan.js'
import {printable} from '../../printable.js'
import {whereText} from '../audit/naming.js'
import {streamTable} from '../table.js'
import {planScreen} from './screen.js'
import {answerText, toDoText} from './words.js'

/** The screen, and every gap of every rule in a row of its own, nothing cut: for a wide terminal, a pager, or grep. */
export function* planWide(plan: DualStackPlan, width: number, out: string | null): Generator<string> {
  yield planScreen(plan, {width, out})
  if (plan.policies.length === 0) return
  yield '\n'
  yield* streamTable(['POLICY', 'PODS', 'CLASS', 'DIRECTION', 'PORTS', 'ANSWER', 'WHAT', 'BLOCKS', 'WRITTEN BY'], () => rowsOf(plan))
}

function* rowsOf({policies}: DualStackPlan): Generator<string[]> {
  for (const plan of policies) {
    for (const item of plan.items) yield itemRow(plan, item)
    for (const {path, text} of plan.unread) yield [whereText(plan.policy), String(plan.pods), '?', '', '', 'by hand', 'What it lets through is not known.', `${path} ${text}`, plan.manager ?? '-'].map(printable)
  }
}

function itemRow({policy, pods, manager}: PolicyPlan, item: PlanItem): string[] {
  const blocks = item.blocks.map(({path, text}) => `${path} ${text}`).join('; ')
  return [whereText(policy), String(pods), item.class, item.direction, item.ports, answerText(item), toDoText(item), blocks, manager ?? '-'].map(printable)
}
