import type {CheckResult} from '../../audit/audit-report.js'
import type {CheckMeta} from '../../audit/check.js'
import {isPreview} from '../../audit/check.js'
import type {Finding, ObjectRef} from '../../audit/finding.js'
import {isIncomplete} from '../../audit/outcome.js'
import {printable} from '../../printable.js'
import {subjectOf} from './naming.js'
import {cutTo} from './sarif-rules.js'
import {stateOf} from './shown.js'

export const RESULTS = ['pass', 'fail', 'warn', 'error', 'skip'] as const
export type PolicyOutcome = (typeof RESULTS)[number]

/** One entry of `results[]`, the same in both APIs. Only `policy` is required there; time is left out, as it would change every report. */
export interface PolicyResult {
  source: string
  policy: string
  rule?: string
  category: string
  severity?: string
  result: PolicyOutcome
  scored: boolean
  message: string
  resources?: object[]
  properties?: Record<string, string>
}

const SOURCE = 'kubectl-k121'

/** Longer ones are cut and end in an ellipsis: the whole text is in `-o json`. */
const MOST_CHARACTERS = 1024

/** Named by its top owner, so that what one workload does stands together whatever its pods are called. */
export function findingResult(finding: Finding, meta: CheckMeta | undefined): PolicyResult {
  const {check, variant, topic, severity, severityWhenActive, path, fingerprint, fix, exemption, count, baseline} = finding
  const state = stateOf(finding)
  return {
    source: SOURCE, policy: check, ...(variant === '' ? {} : {rule: variant}), category: topic, severity,
    result: state === 'exempted' ? 'skip' : state === 'latent' || isPreview(meta ?? {}, variant) ? 'warn' : 'fail',
    scored: state === 'active' && !isPreview(meta ?? {}, variant),
    message: cutTo(printable(finding.message), MOST_CHARACTERS),
    resources: [resourceOf(subjectOf(finding))],
    properties: stringsOf({
      path, fingerprint, count: count === 1 ? '' : String(count), state: state === 'active' ? '' : state,
      severityWhenActive: severityWhenActive ?? '', exemption: exemption ?? '', baseline: baseline ?? '', remediation: fix?.text ?? '',
    }),
  }
}

/** A check that found nothing, or could not look. One that failed and looked at all is told by its findings. */
export function checkResultOf(check: CheckResult): PolicyResult | null {
  const {id, topic, status, skip, detail} = check
  const common = {source: SOURCE, policy: id, category: topic, scored: false}
  if (status === 'not-applicable') return {...common, result: 'skip', message: cutTo(printable(`not applicable: ${detail}`), MOST_CHARACTERS)}
  if (skip !== null) {
    const message = `not looked at (${skip.reason}): ${[skip.resource, skip.detail].filter(text => text !== '').join(': ')}`
    return {...common, result: isIncomplete(skip.reason) ? 'error' : 'skip', message: cutTo(printable(message), MOST_CHARACTERS), properties: stringsOf({reason: skip.reason, unblock: skip.unblock})}
  }
  return status === 'passed' ? {...common, result: 'pass', scored: true, message: 'nothing found'} : null
}

function resourceOf({apiVersion, kind, namespace, name}: ObjectRef): object {
  return {apiVersion: printable(apiVersion), kind: printable(kind), ...(namespace === '' ? {} : {namespace: printable(namespace)}), name: printable(name)}
}

function stringsOf(given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([, text]) => text !== '').map(([name, text]) => [name, cutTo(printable(text), MOST_CHARACTERS)]))
}
