import type {CoverageLine} from '../../audit/audit-report.js'
import type {ControlId} from '../../pod-security/control.js'
import {NEWEST_MINOR} from '../../pod-security/control.js'
import {controlsAt} from '../../pod-security/evaluate.js'
import type {PodOperation} from './pod-guard.js'

/** The controls that baseline has on a server of that minor; null: on one of today. */
export function baselineOn(minor: number | null): readonly ControlId[] {
  const server = minor ?? NEWEST_MINOR
  return controlsAt('baseline', {minor: server, server})
}

export interface CellOf {
  operation: PodOperation
  controls: readonly ControlId[]
}

/** Lines of the matrix about one operation and some controls. */
export function linesAbout(lines: readonly CoverageLine[], {operation, controls}: CellOf): CoverageLine[] {
  return lines.filter(line => line.operation === operation && (controls as readonly string[]).includes(line.control))
}

export interface NamespaceCover {
  refused: string[]
  /** Nobody knows what becomes of a pod that breaks these. */
  unknown: string[]
  /** Nothing refuses a pod that breaks these. */
  open: string[]
  /** Engines that refuse, and those of which it is not known. */
  refusing: Set<string>
  doubtful: Map<string, string>
}

/** What becomes of new pods in each namespace, control by control. */
export function coverByNamespace(lines: readonly CoverageLine[]): ReadonlyMap<string, NamespaceCover> {
  const found = new Map<string, NamespaceCover>()
  for (const {namespaces, control, answer, by} of lines)
    for (const name of namespaces) {
      const cover: NamespaceCover = found.get(name) ?? {refused: [], unknown: [], open: [], refusing: new Set<string>(), doubtful: new Map<string, string>()}
      found.set(name, cover)
      cover[answer === 'refused' || answer === 'unknown' ? answer : 'open'].push(control)
      if (answer === 'refused') for (const {engine} of by) cover.refusing.add(engine)
      if (answer === 'unknown') for (const one of by) cover.doubtful.set(`${one.engine} ${one.name}`, one.engine)
    }
  return found
}
