import type {AuditResult} from '../../audit/audit-report.js'
import {escapeUnit, printableJson} from '../../printable.js'
import {documentParts} from './document.js'
import {PLAIN} from './options.js'
import type {RenderOptions} from './options.js'
import {shownFindings} from './shown.js'

/** On one line, in ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escapeUnit)
}

/** The contract's document. One finding a line: so many are read with line tools, and a changed one is one line of a diff. */
export function* renderJson(result: AuditResult, {isFull}: RenderOptions = PLAIN): Generator<string> {
  const {top, before, after} = documentParts(result)
  yield `{\n${members(top, '  ')},\n  "clusters": [\n    {\n${members(before, '      ')},\n      "findings": [`
  yield* elements(shownFindings(result), '        ')
  yield '\n      ],\n'
  if (result.report.coverage !== undefined) {
    yield '      "coverage": ['
    yield* elements(result.report.coverage, '        ')
    yield '\n      ],\n'
  }
  // As long as the cluster is large.
  if (isFull && result.workloads !== undefined) {
    yield '      "workloads": ['
    yield* elements(result.workloads(), '        ')
    yield '\n      ],\n'
  }
  yield `${members(after, '      ')}\n    }\n  ]\n}\n`
}

/** Array elements, each on a line of its own. */
export function* elements(values: Iterable<unknown>, indent: string): Generator<string> {
  let separator = '\n'
  for (const value of values) {
    yield `${separator}${indent}${asciiJson(value)}`
    separator = ',\n'
  }
}

function members(value: object, indent: string): string {
  return Object.entries(value)
    .map(([key, member]) => `${indent}${JSON.stringify(key)}: ${printableJson(member).replaceAll('\n', `\n${indent}`)}`)
    .join(',\n')
}
