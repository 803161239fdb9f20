import type {AuditResult} from '../../../src/audit/audit-report.js'
import type {Finding} from '../../../src/audit/finding.js'
import {FORMATS, renderAudit} from '../../../src/report/audit/formats.js'
import type {AuditFormat} from '../../../src/report/audit/formats.js'
import {PLAIN} from '../../../src/report/audit/options.js'
import {check, finding, reportOf} from './sample.js'

/** So many findings of one topic, made when asked for and held by nobody: 300 namespaces, names all different. */
export function manyFindings(count: number): AuditResult {
  const findings = function* (): Generator<Finding> {
    for (let index = 0; index < count; index++)
      yield finding('policy-carve-out', {
        object: {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: `team-${index % 300}`, name: `policy-${index}`},
        path: `spec.ingress[${index % 7}].from[0]`, message: `Lets in everybody but 10.${index % 256}.0.0/16, and all of IPv6 once it is on.`, fingerprint: `k1:${index.toString(16).padStart(32, '0')}`,
      })
  }
  const checks = [check('policy-carve-out', 'failed')]
  const report = reportOf(checks, [], {completeness: {complete: true, resources: []}})
  return {report: {...report, summary: {...report.summary, high: count}}, metas: new Map(), findings}
}

// Run as a program: every format in turn, with the most memory seen in each.
if (process.argv[2] !== undefined && process.argv[1]?.endsWith('many.ts')) {
  const result = manyFindings(Number(process.argv[2]))
  for (const format of Object.keys(FORMATS) as AuditFormat[]) {
    const start = process.hrtime.bigint()
    let bytes = 0
    let heap = 0
    for (const chunk of renderAudit(format, result, PLAIN)) {
      bytes += chunk.length
      heap = Math.max(heap, process.memoryUsage().heapUsed)
    }
    const ms = Number((process.hrtime.bigint() - start) / 1_000_000n)
    process.stdout.write(`${JSON.stringify({format, ms, megabytes: Math.round(bytes / 1e6), heap: Math.round(heap / 1e6)})}\n`)
  }
}
