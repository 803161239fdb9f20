import type {AuditReport, AuditResult} from '../../audit/audit-report.js'

/**
 * The AuditReport document without its findings, which stream between `before`
 * and `after`. Schema: docs/schemas/audit-report.json. Text from the cluster
 * stands in it as it is.
 */
export function documentParts({report}: AuditResult): {top: object; before: object; after: object} {
  const {tool, run, cluster, completeness, checks} = report
  return {
    top: {apiVersion: 'k121.dev/v1', kind: 'AuditReport', tool, run},
    before: {id: cluster.id, name: cluster.name, facts: cluster.facts, completeness, checks},
    after: afterOf(report),
  }
}

function afterOf({namespaces, exemptions, gone, upgrade, summary}: AuditReport): object {
  return {namespaces, exemptions, gone, ...(upgrade === undefined ? {} : {upgrade}), summary}
}
