import type {AuditResult} from '../../audit/audit-report.js'
import {kubectlName} from './naming.js'
import {stateOf} from './shown.js'

/** Objects with a finding that nobody has accepted: sorted, each once. Only the names are held. */
export function* renderNames(result: AuditResult): Generator<string> {
  const names = new Set<string>()
  for (const finding of result.findings()) if (stateOf(finding) !== 'exempted') names.add(kubectlName(finding.object))
  for (const name of [...names].sort()) yield `${name}\n`
}
