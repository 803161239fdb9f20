import type {AuditResult} from '../../audit/audit-report.js'
import {renderJson} from './json.js'
import {renderJunit} from './junit.js'
import {renderMarkdown} from './markdown.js'
import {renderNames} from './name.js'
import type {RenderOptions} from './options.js'
import {OPENREPORTS, WGPOLICY, renderPolicyReports} from './policy-report.js'
import {renderSarif} from './sarif.js'
import {renderScreen} from './table.js'
import {renderWide} from './wide.js'
import {renderYaml} from './yaml.js'

export interface Format {
  /** One line of the documentation. */
  summary: string
  render(result: AuditResult, options: RenderOptions): Iterable<string>
}

function formats<K extends string>(table: Record<K, Format>): Record<K, Format> {
  return table
}

export const FORMATS = formats({
  table: {summary: 'The screen: a verdict per topic, the worst findings, what was not looked at', render: renderScreen},
  wide: {summary: 'The screen with a row for every finding, nothing cut', render: renderWide},
  json: {summary: 'Everything, as docs/schemas/audit-report.json describes it; one finding a line', render: renderJson},
  yaml: {summary: 'The same document as YAML', render: renderYaml},
  name: {summary: 'Objects with a finding, as kind.group/name, for scripts', render: renderNames},
  sarif: {summary: 'SARIF 2.1.0 for code scanning, one run per topic', render: renderSarif},
  junit: {summary: 'JUnit XML for CI: a suite per topic, a case per finding or check', render: renderJunit},
  markdown: {summary: 'Tables for a pull request comment or a wiki', render: renderMarkdown},
  policyreport: {summary: 'PolicyReport and ClusterPolicyReport objects (wgpolicyk8s.io/v1alpha2), to apply', render: result => renderPolicyReports(result, WGPOLICY)},
  openreports: {summary: 'Report and ClusterReport objects (openreports.io/v1alpha1), to apply', render: result => renderPolicyReports(result, OPENREPORTS)},
})

export type AuditFormat = keyof typeof FORMATS

/** Chunks of some 64 KiB: a finding each would be a system call each. */
const CHUNK = 65_536

/** May be called several times, with one format each, on one result. */
export function* renderAudit(format: AuditFormat, result: AuditResult, options: RenderOptions): Generator<string> {
  let pending: string[] = []
  let length = 0
  for (const text of FORMATS[format].render(result, options)) {
    pending.push(text)
    length += text.length
    if (length < CHUNK) continue
    yield pending.join('')
    pending = []
    length = 0
  }
  if (length > 0) yield pending.join('')
}
