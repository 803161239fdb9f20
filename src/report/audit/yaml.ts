import type {AuditResult} from '../../audit/audit-report.js'
import {documentParts} from './document.js'
import {shownFindings} from './shown.js'
import {yamlItem, yamlMembers} from './yaml-text.js'

/** The same document as JSON. */
export function* renderYaml(result: AuditResult): Generator<string> {
  const {top, before, after} = documentParts(result)
  yield `${yamlMembers(top, '')}clusters:\n${yamlItem(before, '  ')}    findings:`
  let isEmpty = true
  for (const finding of shownFindings(result)) {
    yield `${isEmpty ? '\n' : ''}${yamlItem(finding, '      ')}`
    isEmpty = false
  }
  yield `${isEmpty ? ' []\n' : ''}${yamlMembers(after, '    ')}`
}
