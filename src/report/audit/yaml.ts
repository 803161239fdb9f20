import type {AuditResult} from '../../audit/audit-report.js'
import {documentParts} from './document.js'
import {PLAIN} from './options.js'
import type {RenderOptions} from './options.js'
import {shownFindings} from './shown.js'
import {yamlItem, yamlMembers} from './yaml-text.js'

/** The same document as JSON. */
export function* renderYaml(result: AuditResult, {isFull}: RenderOptions = PLAIN): Generator<string> {
  const {top, before, after} = documentParts(result)
  yield `${yamlMembers(top, '')}clusters:\n${yamlItem(before, '  ')}    findings:`
  yield* items(shownFindings(result))
  if (result.report.coverage !== undefined) {
    yield '    coverage:'
    yield* items(result.report.coverage)
  }
  if (isFull && result.workloads !== undefined) {
    yield '    workloads:'
    yield* items(result.workloads())
  }
  yield yamlMembers(after, '    ')
}

function* items(values: Iterable<object>): Generator<string> {
  let isEmpty = true
  for (const value of values) {
    yield `${isEmpty ? '\n' : ''}${yamlItem(value, '      ')}`
    isEmpty = false
  }
  if (isEmpty) yield ' []\n'
}
