import {expect} from 'chai'
import type {Json, JsonObject} from '../../../src/kube/json.js'
import type {ControlId, Violation} from '../../../src/pod-security/control.js'
import {BASELINE_CONTROLS, NEWEST_MINOR} from '../../../src/pod-security/control.js'
import type {Judged} from '../../../src/pod-security/evaluate.js'
import {controlsAt, evaluate, isAllowed, messageOf} from '../../../src/pod-security/evaluate.js'

/** What a control says from this minor on, until the next entry; null: it passes the pod. Before the first entry it does not run. */
export type Says = Readonly<Record<number, string | null>>
export type Row = readonly [name: string, pod: Judged, says: Says, server?: number]

export const spec = (fields: JsonObject): Judged => ({metadata: undefined, spec: fields})
export const noted = (annotations: JsonObject, fields: JsonObject): Judged => ({metadata: {annotations}, spec: fields})

/** One container for each, called a, b, c … */
export const containers = (...list: readonly JsonObject[]): JsonObject[] => list.map((fields, index) => ({name: 'abcdefgh'[index]!, ...fields}))
export const secured = (...contexts: readonly Json[]): JsonObject[] => containers(...contexts.map(securityContext => ({securityContext})))

/** Asks the control at every minor that the server knows. */
export function windowsOf(id: ControlId, rows: readonly Row[]): void {
  describe(id, () => {
    for (const [name, pod, says, server = NEWEST_MINOR] of rows)
      it(name, () => {
        for (let minor = 0; minor <= server; minor++) expect(saidAt(id, minor, server, pod), `at 1.${minor} on 1.${server}`).to.equal(expectedAt(says, minor))
      })
  })
}

function expectedAt(says: Says, minor: number): string | null | undefined {
  const from = Object.keys(says).map(Number).filter(one => one <= minor).toSorted((a, b) => a - b).at(-1)
  return from === undefined ? undefined : says[from]
}

function saidAt(id: ControlId, minor: number, server: number, pod: Judged): string | null | undefined {
  const level = BASELINE_CONTROLS.some(one => one === id) ? 'baseline' : 'restricted'
  const failed = evaluate(level, {minor, server}, pod)
  expect(isAllowed(level, {minor, server}, pod)).to.equal(failed.length === 0)
  if (!controlsAt(level, {minor, server}).includes(id)) return undefined
  const own = failed.filter(one => one.id === id)
  return own.length === 0 ? null : messageOf(own)
}

/** The places that a control names at the newest minor: `path | container | current | wanted`. */
export function placesOf(id: ControlId, pod: Judged, minor = NEWEST_MINOR): string[] {
  const level = BASELINE_CONTROLS.some(one => one === id) ? 'baseline' : 'restricted'
  const violations: readonly Violation[] = evaluate(level, {minor, server: NEWEST_MINOR}, pod).find(one => one.id === id)?.violations ?? []
  return violations.map(({path, container, current, wanted}) => [path, container ?? '-', JSON.stringify(current), wanted].join(' | '))
}
