import {EXIT} from '../exit-codes.js'
import type {Severity} from '../trust/finding.js'
import {SEVERITIES} from '../trust/finding.js'
import type {Verification} from '../trust/verification.js'

/** 1 beats 3: what was found is found. A plugin that is not trusted exits 1 whatever the threshold. */
export function exitCodeOf(verification: Verification, failOn: Severity): number {
  const threshold = SEVERITIES.indexOf(failOn)
  const isFound = verification.findings.some(finding => SEVERITIES.indexOf(finding.severity) <= threshold)
  const isUntrusted = [...verification.users, ...verification.contexts].some(part => part.verdict === 'unknown' || part.verdict === 'dangerous')
  if (isFound || isUntrusted) return EXIT.findings
  return verification.isComplete ? EXIT.ok : EXIT.incomplete
}
