import type {AuditResult} from '../../src/audit/audit-report.js'
import type {Finding} from '../../src/audit/finding.js'
import {compareFindings} from '../../src/audit/order.js'
import {TOPICS} from '../../src/audit/severity.js'
import type {ClusterSource} from '../../src/audit/source.js'
import {CHECKS} from '../../src/checks/registry.js'
import type {AuditOptions} from '../../src/flows/audit.js'
import {audit} from '../../src/flows/audit.js'
import {reportFacts} from '../../src/wiring/report-facts.js'

/** The real flow with every check, findings in memory, at a time that stands still; `options` beat what is usual. */
export function wholeAudit(source: ClusterSource, options: Partial<AuditOptions> = {}): Promise<AuditResult> {
  const kept: Finding[] = []
  return audit({
    checks: CHECKS, facts: reportFacts(new Set(TOPICS), undefined), topics: TOPICS, narrowed: [], scope: {namespaces: [], excluded: []}, failOn: 'high', minSeverity: 'info',
    allowIncomplete: false, includeSecrets: false, exemptions: [], baseline: null, clusterName: 'test', toolVersion: '0', ...options,
  }, {
    source, now: () => 0, onRead: () => undefined, onFinding: () => undefined,
    spool: {add: finding => void kept.push(finding), sorted: leftOut => kept.filter(({check}) => !leftOut.has(check)).toSorted(compareFindings), remove: () => undefined},
  })
}
