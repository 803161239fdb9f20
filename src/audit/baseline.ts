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
  /** What `stateOf` has answered so far. */
  known(): {new: number; unchanged: number}
  /** What the baseline has and this audit has not. A check that did not look at everything proves nothing fixed. */
  gone(isAnswered: (check: string, namespace: string) => boolean): GoneFinding[]
}

export function comparing(baseline: Baseline): Comparing {
  const seen = new Set<string>()
  const known = {new: 0, unchanged: 0}
  return {
    stateOf({fingerprint}) {
      const state = baseline.has(fingerprint) ? 'unchanged' : 'new'
      if (state === 'unchanged') seen.add(fingerprint)
      known[state]++
      return state
    },
    known: () => ({...known}),
    gone: isAnswered => [...baseline.values()]
      .filter(({fingerprint}) => !seen.has(fingerprint))
      .map(finding => goneOf(finding, isAnswered(finding.check, homeOf(finding.object)))),
  }
}

function goneOf({check, variant, object, severity, whenActive, fingerprint}: ComparedFinding, isFixed: boolean): GoneFinding {
  const subject = `${object.kind} ${object.namespace === '' ? object.name : `${object.namespace}/${object.name}`}`
  return {check, variant, namespace: object.namespace, subject, severity: whenActive ?? severity, fingerprint, state: isFixed ? 'fixed' : 'unknown'}
}
