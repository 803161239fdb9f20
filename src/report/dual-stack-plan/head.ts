import {WHOSE} from '../../plan/dual-stack/carve-outs.js'
import type {DualStackPlan} from '../../plan/dual-stack/plan.js'
import {printable} from '../../printable.js'
import {familiesText} from '../audit/heading.js'
import type {MissingWords} from '../missing-text.js'
import {missingText} from '../missing-text.js'
import {cut, headingLines} from '../table.js'
import {wrap} from '../wrap.js'
import {rangeFlags} from './words.js'

const WORDS: MissingWords = {first: ['networkpolicies.networking.k8s.io', 'pods', 'services', 'nodes'], meaning: 'What is there and was not seen may lack more.', topic: 'dual-stack'}

/** Which cluster, what is assumed, and above all else what was not seen. */
export function headText(plan: DualStackPlan, width: number): string {
  const {cluster, families, incomplete, remarks} = plan
  const head = ['DUAL-STACK PLAN', printable(cluster.name), `now ${familiesText(families)}`, 'assumed dual', 'nothing applied']
  const missing = missingText(incomplete, WORDS)
  const lines = [...(missing === '' ? [] : [missing]), rangesText(plan), ...remarks]
  return [...headingLines(head, width), ...lines.flatMap(text => wrap(printable(text), width).map(line => cut(line, width)))].map(line => `${line}\n`).join('')
}

const NAMES = {pod: 'pods', service: 'Services', node: 'nodes'} as const
const MOST_CIDRS = 3

/** `IPv6 ranges: pods fd10:244::/56, Services unknown, nodes unknown (--range service=CIDR --range node=CIDR)` */
export function rangesText({ranges}: Pick<DualStackPlan, 'ranges'>): string {
  const unknown = WHOSE.filter(whose => ranges[whose].isUnknown)
  const texts = WHOSE.map(whose => {
    const {cidrs, isUnknown} = ranges[whose]
    const shown = cidrs.length > MOST_CIDRS ? `${cidrs.slice(0, MOST_CIDRS).join(' ')} and ${cidrs.length - MOST_CIDRS} more` : cidrs.join(' ')
    return `${NAMES[whose]} ${[shown, isUnknown ? (shown === '' ? 'unknown' : 'and others') : ''].filter(text => text !== '').join(' ')}`
  })
  return `IPv6 ranges: ${texts.join(', ')}${unknown.length === 0 ? '' : ` (${rangeFlags(unknown)})`}`
}
