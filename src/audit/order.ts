import type {Finding} from './finding.js'
import {SEVERITIES, TOPICS} from './severity.js'

/** The one order of every report: topic, severity, check, variant, namespace, kind, name, path, then whatever still differs. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    TOPICS.indexOf(a.topic) - TOPICS.indexOf(b.topic) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.check, b.check) || compareText(a.variant, b.variant) ||
    compareText(a.object.namespace, b.object.namespace) || compareText(a.object.kind, b.object.kind) || compareText(a.object.name, b.object.name) ||
    compareText(a.path, b.path) || compareText(a.fingerprint, b.fingerprint) || compareText(a.message, b.message)
  )
}

/** By code unit: a locale would order differently on another machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
