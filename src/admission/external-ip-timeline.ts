/** KEP-5707: what becomes of `spec.externalIPs`. Releases that are not out yet are plans, and plans move. */
export const TIMELINE_FACTS_AS_OF = '2026-11-24'

export interface TimelineRow {
  minor: number
  isTentative: boolean
  /** What happens then, to whom. */
  effect: 'deprecated' | 'goes-dark' | 'gone' | 'plugin-gone'
  text: string
}

export const TIMELINE: readonly TimelineRow[] = [
  {minor: 36, isTentative: false, effect: 'deprecated', text: 'spec.externalIPs is deprecated; kube-proxy still serves it while its gate AllowServiceExternalIPs is on'},
  {minor: 40, isTentative: true, effect: 'goes-dark', text: 'the gate AllowServiceExternalIPs is off by default: the API keeps taking the field, and kube-proxy ignores it'},
  {minor: 43, isTentative: true, effect: 'gone', text: 'the gate cannot be turned on any more'},
  {minor: 46, isTentative: true, effect: 'plugin-gone', text: 'the admission plugin DenyServiceExternalIPs is removed: kube-apiserver does not start while a flag names it'},
]

/** When a thing happens. */
export function whenOf(effect: TimelineRow['effect']): TimelineRow {
  const row = TIMELINE.find(one => one.effect === effect)
  if (row === undefined) throw new Error(`the timeline has no ${effect}`)
  return row
}

/** `1.40 (tentative)` */
export function releaseText({minor, isTentative}: TimelineRow): string {
  return `1.${minor}${isTentative ? ' (tentative)' : ''}`
}
