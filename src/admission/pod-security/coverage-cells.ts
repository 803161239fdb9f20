import type {CoverageBy, CoverageLine} from '../../audit/audit-report.js'
import type {ControlId} from '../../pod-security/control.js'
import {NEWEST_MINOR} from '../../pod-security/control.js'
import {controlsAt} from '../../pod-security/evaluate.js'
import type {PodGuard, PodOperation} from './pod-guard.js'

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

/**
 * Does anything refuse what a line is about? `open`: nothing. `perhaps-default`:
 * nothing that is known, but for a default of Pod Security admission that no API
 * shows, and that is privileged on nearly every server. Null: something does, or
 * may.
 */
export function opennessOf({answer, by, operation, control}: CoverageLine, guards: readonly PodGuard[]): 'open' | 'perhaps-default' | null {
  if (answer === 'refused') return null
  if (answer !== 'unknown') return 'open'
  return by.some(one => mayRefuse(one, guards, {operation, control})) ? null : 'perhaps-default'
}

/** The default that was not seen does not count. What has no guard was not read, and may do anything. */
function mayRefuse(by: CoverageBy, guards: readonly PodGuard[], {operation, control}: Pick<CoverageLine, 'operation' | 'control'>): boolean {
  const own = guards.filter(({engine, name}) => engine === by.engine && name === by.name)
  const refusing = own.filter(({action, sees, controls}) => action === 'refused' && sees(operation) && (controls === null || controls.has(control as ControlId)))
  return own.length === 0 || refusing.some(({engine, controls}) => engine !== 'pod-security-admission' || controls !== null)
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
