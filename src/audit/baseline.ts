import type {Json} from '../kube/json.js'
import type {GoneFinding} from './audit-report.js'
import type {ComparedFinding} from './compare-reports.js'
import {parseReport} from './compare-reports.js'
import type {BaselineState, Finding} from './finding.js'
import {homeOf} from './scope.js'

/** What an earlier report said, by fingerprint. */
export type Baseline = ReadonlyMap<string, ComparedFinding>

/**
 * The findings of an AuditReport. Identity across clusters is the fingerprint
 * alone, so that a baseline of staging works on production.
 *
 * @returns null when the document is no report of one cluster
 */
export function parseBaseline(document: Json): Baseline | null {
  return parseReport(document)?.findings ?? null
}

export interface Comparing {
  stateOf(finding: Finding): BaselineState
  /** What `stateOf` has answered so far, without checks that turned out not to apply. */
  known(leftOut?: ReadonlySet<string>): {new: number; unchanged: number}
  /** What the baseline has and this audit has not. A check that did not look at everything, or does not apply, proves nothing fixed. */
  gone(isAnswered: (check: string, namespace: string) => boolean, leftOut?: ReadonlySet<string>): GoneFinding[]
}

export function comparing(baseline: Baseline): Comparing {
  const seen = new Set<string>()
  const byCheck = new Map<string, {new: number; unchanged: number}>()
  return {
    stateOf({check, fingerprint}) {
      const state = baseline.has(fingerprint) ? 'unchanged' : 'new'
      if (state === 'unchanged') seen.add(fingerprint)
      const known = byCheck.get(check) ?? {new: 0, unchanged: 0}
      byCheck.set(check, known)
      known[state]++
      return state
    },
    known(leftOut = new Set()) {
      const known = {new: 0, unchanged: 0}
      for (const [check, own] of byCheck) {
        if (leftOut.has(check)) continue
        known.new += own.new
        known.unchanged += own.unchanged
      }
      return known
    },
    gone: (isAnswered, leftOut = new Set()) => [...baseline.values()]
      .filter(({check, fingerprint}) => leftOut.has(check) || !seen.has(fingerprint))
      .map(finding => goneOf(finding, isAnswered(finding.check, homeOf(finding.object)))),
  }
}

function goneOf({check, variant, object, severity, whenActive, fingerprint}: ComparedFinding, isFixed: boolean): GoneFinding {
  const subject = `${object.kind} ${object.namespace === '' ? object.name : `${object.namespace}/${object.name}`}`
  return {check, variant, namespace: object.namespace, subject, severity: whenActive ?? severity, fingerprint, state: isFixed ? 'fixed' : 'unknown'}
}
