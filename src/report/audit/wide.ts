import type {AuditResult} from '../../audit/audit-report.js'
import type {Finding} from '../../audit/finding.js'
import {placeText, printable} from '../../printable.js'
import {streamTable} from '../table.js'
import {coverageTable} from './coverage.js'
import {groupRows} from './groups.js'
import {kubectlName, ruleOf, subjectOf} from './naming.js'
import type {RenderOptions} from './options.js'
import {shownFindings, stateOf} from './shown.js'
import {screenFoot, screenHead} from './table.js'

const HEADER = ['NAMESPACE', 'SEVERITY', 'CHECK', 'OBJECT', 'PATH', 'MESSAGE', 'FIX']

/** The screen with every finding in a row of its own, nothing cut, in the order of the report. */
export function* renderWide(result: AuditResult, options: RenderOptions): Generator<string> {
  const rows = function* (): Generator<string[]> {
    for (const finding of shownFindings(result)) if (stateOf(finding) !== 'exempted') yield rowOf(finding)
  }
  yield* screenHead(result, options)
  yield '\n'
  yield* streamTable(HEADER, rows)
  const coverage = coverageTable(result.report)
  if (coverage !== '') yield `\n${coverage}`
  yield* screenFoot(result, options, groupRows(result)[0]?.rule ?? null)
}

function rowOf(finding: Finding): string[] {
  const {state, severity, path, message, fix, fixableBy, source} = finding
  const subject = subjectOf(finding)
  const place = [printable(path), ...(source === null ? [] : [placeText(source)])].filter(text => text !== '').join(' ')
  return [
    printable(subject.namespace) || '<none>', (state === 'latent' ? state : severity).toUpperCase(), ruleOf(finding), kubectlName(subject), place || '<none>',
    printable(message), fix === null ? '<none>' : `${fixableBy === 'you' ? '' : `(${fixableBy}) `}${printable(fix.text)}`,
  ]
}
