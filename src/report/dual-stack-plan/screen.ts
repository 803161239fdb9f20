import type {DualStackPlan} from '../../plan/dual-stack/plan.js'
import {counted, thousands} from '../audit/naming.js'
import {cut, renderTable} from '../table.js'
import {wrap} from '../wrap.js'
import {headText} from './head.js'
import {classWords, rangeFlags, tasksOf} from './words.js'

export interface ScreenOptions {
  width: number
  /** Where the plan was written to; null: nowhere. */
  out: string | null
}

/** One screen however many policies there are. */
export function planScreen(plan: DualStackPlan, options: ScreenOptions): string {
  const parts = [headText(plan, options.width), classTable(plan, options), otherTable(plan, options), taskLines(plan, options), nextLines(plan, options)]
  return parts.filter(part => part !== '').join('\n')
}

/** Numbers stand under the end of their heading. */
function numbers(policies: number, pods: number): string[] {
  return [thousands(policies).padStart('POLICIES'.length), thousands(pods).padStart(7)]
}

function classTable({classes, same, policies, isWithoutPolicies}: DualStackPlan, {width}: ScreenOptions): string {
  if (isWithoutPolicies) return ''
  const unread = policies.filter(plan => plan.unread.length > 0)
  const rows = [
    ...classes.map(sum => [sum.class, classWords(sum).meaning, ...numbers(sum.policies, sum.pods), classWords(sum).effect, classWords(sum).answer]),
    ...(unread.length === 0 ? [] : [['?', 'not understood', thousands(unread.length).padStart('POLICIES'.length), '', 'not known', 'look at them']]),
    ...(same.alike.policies === 0 ? [] : [['-', 'both alike', ...numbers(same.alike.policies, same.alike.pods), 'same in both', 'none']]),
    ['-', 'selectors only', ...numbers(same.selectors.policies, same.selectors.pods), 'same in both', 'none'],
  ]
  return renderTable(['CLASS', 'MEANING', 'POLICIES', 'PODS'.padStart(7), 'WHEN IPv6 IS ON', 'ANSWER'], rows, width)
}

/** More scroll the first line out of sight. */
const MOST_ROWS = 8

function otherTable({others}: DualStackPlan, {width}: ScreenOptions): string {
  if (others.length === 0) return ''
  const shown = others.slice(0, MOST_ROWS)
  const rest = others.slice(MOST_ROWS).reduce((sum, {findings, latent}) => sum + findings + latent, 0)
  const rows = shown.map(({check, class: name, findings, latent, isPreview}) => [name, `${check}${isPreview ? ' (preview)' : ''}`, thousands(findings).padStart('FINDINGS'.length), latent === 0 ? '' : `${thousands(latent)} not reached over IPv6`])
  return `${renderTable(['CLASS', 'OTHER FILTERS', 'FINDINGS', ''], rows, width)}${rest === 0 ? '' : `${counted(rest, 'finding')} more.\n`}Which, and what to do: kubectl k121 audit --topic dual-stack --assume dual\n`
}

function taskLines(plan: DualStackPlan, {width, out}: ScreenOptions): string {
  const {applied, managed, ranges, needs, hand} = tasksOf(plan)
  const patches = applied.length + managed.length
  const where = out === null ? '' : ` in ${out}`
  const sentences = [
    patches === 0 ? 'Patches: none.' : `Patches: ${thousands(patches)}${where}${managed.length === 0 ? '.' : `, ${managed.length === patches ? 'all' : thousands(managed.length)} of them for the sources of what Helm, an operator or GitOps writes.`}`,
    ...(ranges.length === 0 ? [] : [`${counted(ranges.length, 'policy needs', 'policies need')} a range that the cluster does not show: ${rangeFlags(needs)}`]),
    ...(hand.length === 0 ? [] : [`${counted(hand.length, 'policy names', 'policies name')} what only you can tell over IPv6: -o wide`]),
  ]
  return sentences.flatMap(text => wrap(text, width).map(line => `${cut(line, width)}\n`)).join('')
}

function nextLines(plan: DualStackPlan, {out}: ScreenOptions): string {
  if (out !== null) return ''
  const {applied, managed} = tasksOf(plan)
  return `${applied.length + managed.length === 0 ? '' : 'Next: the same with --out DIR   patches, a script, what undoes it\n'}${plan.policies.length === 0 ? '' : `${applied.length + managed.length === 0 ? 'Next: ' : '      '}the same with -o wide     each policy and block\n`}`
}
