import type {PathStep} from '../kubeconfig/node.js'
import type {Origin} from '../kubeconfig/model.js'
import {pathText, positionOf} from '../kubeconfig/node.js'
import type {Grade, Reason} from './reason.js'

export const SEVERITIES = ['high', 'medium', 'low', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** How a finding bears on the guard: `refuse` cannot be decided away, `ask` can be decided once, `pass` never stops it. */
export type Bearing = 'refuse' | 'ask' | 'pass'

/** One observation about a kubeconfig, with the place it is about. */
export interface Finding {
  id: string
  severity: Severity
  bearing: Bearing
  file: string
  /** `users[0].user.exec.command` */
  path: string
  line: number
  column: number
  /** One sentence; values from the file are quoted, never raw. */
  message: string
  remediation: string
}

export type FindingText = Pick<Finding, 'id' | 'severity' | 'bearing' | 'message' | 'remediation'>

/** A finding at a place below an entry: `steps` are relative to the entry's own mapping. */
export function findingAt(origin: Origin, steps: readonly PathStep[], text: FindingText): Finding {
  const path = [...origin.path, ...steps]
  return {...text, file: origin.file, path: pathText(path), ...positionOf(origin.root, path)}
}

const SEVERITY_OF: Record<Grade, Severity> = {block: 'high', warn: 'medium', info: 'info'}
const BEARING_OF: Record<Grade, Bearing> = {block: 'refuse', warn: 'ask', info: 'pass'}

/** A reason about a plugin as a finding: block = high, warn = medium, info = info. */
export function findingOf(origin: Origin, reason: Reason): Finding {
  return findingAt(origin, reason.path, {
    id: reason.id,
    severity: SEVERITY_OF[reason.grade],
    bearing: BEARING_OF[reason.grade],
    message: reason.message,
    remediation: reason.remediation,
  })
}
