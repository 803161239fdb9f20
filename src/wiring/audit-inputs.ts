import type {Baseline} from '../audit/baseline.js'
import {parseBaseline} from '../audit/baseline.js'
import type {ReportSide} from '../audit/compare-reports.js'
import {parseReport} from '../audit/compare-reports.js'
import type {Exemption} from '../audit/exemptions.js'
import {parseExemptions} from '../audit/exemptions-file.js'
import {readCapped, readStandardInput} from '../adapters/files.js'
import {CHECKS} from '../checks/registry.js'
import {ruleNamed} from '../checks/choose.js'
import {UsageError} from '../errors.js'
import {stepsOf} from '../kube/field-path.js'
import type {Json} from '../kube/json.js'
import {positionOf} from '../kubeconfig/node.js'
import {jsonOf} from '../kubeconfig/node-json.js'
import {readYaml} from '../kubeconfig/read-yaml.js'
import {printable} from '../printable.js'

/** Accepted findings from a YAML or JSON file; a mistake in it stops the audit, with its place. */
export function loadExemptions(file: string): Exemption[] {
  const outcome = readCapped(file)
  if (!outcome.ok) throw new UsageError('bad-argument', `the exemptions file ${outcome.detail}`, 'name a file that can be read', {file})
  const read = readYaml(outcome.bytes)
  if (!read.ok) throw new UsageError('bad-argument', read.failure.message, read.failure.hint, {file, line: read.failure.line, column: read.failure.column})
  const parsed = parseExemptions(jsonOf(read.root) as Json, presentRule)
  if (parsed.ok) return parsed.exemptions
  const position = positionOf(read.root, stepsOf(parsed.path))
  throw new UsageError('bad-argument', `${printable(parsed.path)}${parsed.path === '' ? '' : ' '}${printable(parsed.message)}`, 'mend it: nothing was audited', {file, line: position.line, column: position.column})
}

/** An exemption under a name that a check had before goes on holding. */
function presentRule(text: string): string | null {
  const rule = ruleNamed(CHECKS, text)
  return rule === null ? null : `${rule.check.meta.id}${rule.variant === null ? '' : `/${rule.variant}`}`
}

const REPORT_HINT = 'name a report written by `kubectl k121 audit -o json=FILE`'
/** 100,000 findings have about 100 MB. */
const REPORT_CAP = 400 * 1024 * 1024

/** A report of an earlier audit, written with `-o json`; `-` is standard input. */
function loadReport(file: string): Json {
  const outcome = file === '-' ? readStandardInput(REPORT_CAP) : readCapped(file, REPORT_CAP)
  if (!outcome.ok) throw new UsageError('bad-argument', outcome.detail, REPORT_HINT, {file})
  try {
    return JSON.parse(outcome.bytes.toString('utf8')) as Json
  } catch {
    throw new UsageError('bad-argument', 'is no JSON', REPORT_HINT, {file})
  }
}

export function loadReportSide(file: string): ReportSide {
  const side = parseReport(loadReport(file))
  if (side === null) throw new UsageError('bad-argument', 'is no AuditReport of apiVersion k121.dev/v1', REPORT_HINT, {file})
  return side
}

export function loadBaseline(file: string): Baseline {
  const baseline = parseBaseline(loadReport(file))
  if (baseline === null) throw new UsageError('bad-argument', 'is no AuditReport of apiVersion k121.dev/v1', REPORT_HINT, {file})
  return baseline
}
