import type {Whose} from '../../plan/dual-stack/carve-outs.js'
import {WHOSE} from '../../plan/dual-stack/carve-outs.js'
import type {Answer, ClassSum, DualStackPlan, PlanItem, PolicyPlan} from '../../plan/dual-stack/plan.js'
import {isAddressable} from '../plan-script.js'

interface ClassWords {
  meaning: string
  /** With both families on. */
  effect: string
  answer: string
}

const CLASSES: ReadonlyMap<string, ClassWords> = new Map([
  ['S1 6', {meaning: 'carve-out lost', effect: 'open over IPv6', answer: 'add exceptions'}],
  ['S1 4', {meaning: 'carve-out lost', effect: 'open on IPv4 now', answer: 'see the audit'}],
  ['S2 6', {meaning: 'IPv6 wider', effect: 'all of IPv6 open', answer: 'narrow the list'}],
  ['A1 6', {meaning: 'family blocked', effect: 'IPv6 refused', answer: 'add IPv6 blocks'}],
  ['A1 4', {meaning: 'family blocked', effect: 'IPv4 refused now', answer: 'see the audit'}],
  ['A2 6', {meaning: 'IPv6 narrower', effect: 'part refused', answer: 'your choice'}],
])

export function classWords({class: name, family}: Pick<ClassSum, 'class' | 'family'>): ClassWords {
  return CLASSES.get(`${name} ${family}`) ?? {meaning: '', effect: '', answer: 'see the audit'}
}

const ANSWERS: Readonly<Record<Answer, string>> = {
  add: 'add', except: 'add', range: 'needs a range', none: 'nothing', hand: 'by hand', choice: 'your choice', today: 'see the audit',
}

export function answerText({answer}: PlanItem): string {
  return ANSWERS[answer]
}

/** `add ::/0 except fc00::/7`, or why nothing can be written: for a cell. */
export function toDoText(item: PlanItem): string {
  if (item.answer === 'range') return `needs ${rangeFlags(item.needs)}`
  return [...item.lines, ...(item.why === '' ? [] : [item.why])].join('; ')
}

/** `--range pod=CIDR --range node=CIDR` */
export function rangeFlags(needs: readonly Whose[]): string {
  return WHOSE.filter(whose => needs.includes(whose)).map(whose => `--range ${whose}=CIDR`).join(' ')
}

/** What becomes of the plan's policies, each in the first group that fits. */
export interface Tasks {
  /** By apply.sh. */
  applied: readonly PolicyPlan[]
  /** A patch that goes into the source: something writes the object again and again. */
  managed: readonly PolicyPlan[]
  /** Some rule of them needs a range, whatever else is done. */
  ranges: readonly PolicyPlan[]
  needs: readonly Whose[]
  hand: readonly PolicyPlan[]
}

export function tasksOf({policies}: DualStackPlan): Tasks {
  const withPatch = policies.filter(({patch, policy}) => patch !== null && isAddressable(policy))
  const ranges = policies.filter(({items}) => items.some(({answer}) => answer === 'range'))
  return {
    applied: withPatch.filter(({manager}) => manager === null), managed: withPatch.filter(({manager}) => manager !== null),
    ranges, needs: WHOSE.filter(whose => ranges.some(({items}) => items.some(({needs}) => needs.includes(whose)))),
    hand: policies.filter(plan => plan.items.some(({answer}) => answer === 'hand') || plan.unread.length > 0 || (plan.patch !== null && !isAddressable(plan.policy))),
  }
}
