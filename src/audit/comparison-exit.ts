import {shortList} from '../kube/short-list.js'
import type {Change, Comparison, ReportSide} from './compare-reports.js'
import {weightOf} from './compare-reports.js'
import {exitCodeOf} from './exit.js'
import {SEVERITIES, isAtLeast} from './severity.js'
import type {Severity} from './severity.js'

export interface ComparisonExit {
  failOn: Severity
  allowIncomplete: boolean
  /** Shown, and never counted. */
  isPreview(finding: {check: string; variant: string}): boolean
}

/** 1: something new, or something that became worse, at or above the threshold. 3: nothing of the kind was seen, and the second report did not look everywhere. */
export function exitCodeOfComparison(comparison: Comparison, {failOn, allowIncomplete, isPreview}: ComparisonExit): number {
  const failing = [...comparison.new, ...comparison.unchanged.filter(isWorse)].filter(({finding}) => weightOf(finding) >= weightOfSeverity(failOn) && !isPreview(finding))
  return exitCodeOf({failing: failing.length, complete: gapsOf(comparison, failOn).length === 0, allowIncomplete})
}

export function isWorse({finding, before}: Change): boolean {
  return before !== null && weightOf(finding) > weightOf(before)
}

function weightOfSeverity(severity: Severity): number {
  return SEVERITIES.length - SEVERITIES.indexOf(severity)
}

/**
 * Why the second report cannot show everything that is new, one sentence each.
 * Reasons that nobody can change (a hidden control plane, an API that is not
 * served) are not among them, as in the audit itself.
 */
export function gapsOf({before, after}: Comparison, failOn: Severity): string[] {
  const lost = [...before.checks].filter(([check, gap]) => gap === null && isLost(after.checks.get(check))).map(([check]) => check)
  return [
    ...(after.isComplete ? [] : ['the second report is incomplete: something could not be read or understood']),
    ...(lost.length === 0 ? [] : [`the second report lacks what the first one has checked: ${shortList(lost, lost.length > 4 ? 3 : 4)}`]),
    ...(isNarrower(after, before) ? ['the second report speaks of fewer namespaces than the first one'] : []),
    ...(isHiding(after, failOn) ? ['the second report was written without its findings of some severities (--min-severity)'] : []),
  ]
}

/** Not run, or without what the first run was given: Secrets, or files that hold the kind. `undefined`: the report has no such check. */
function isLost(gap: string | null | undefined): boolean {
  return gap === undefined || gap !== null && /^not-(?:requested|in-input)\b/.test(gap)
}

function isNarrower({scope: {namespaces, excluded}}: ReportSide, {scope: earlier}: ReportSide): boolean {
  const hasFewer = namespaces.length > 0 && (earlier.namespaces.length === 0 || earlier.namespaces.some(name => !namespaces.includes(name)))
  return hasFewer || excluded.some(glob => !earlier.excluded.includes(glob))
}

function isHiding({hidden}: ReportSide, failOn: Severity): boolean {
  return [...hidden].some(kind => SEVERITIES.some(severity => kind.endsWith(`/${severity}`) && isAtLeast(severity, failOn)))
}
