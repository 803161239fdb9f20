import {expect} from 'chai'
import {parse} from 'yaml'
import type {CoverageLine} from '../../../src/audit/audit-report.js'
import {hasUnprintable} from '../../../src/printable.js'
import {CONTROLS} from '../../../src/pod-security/control.js'
import {coverageTable, uncoveredText} from '../../../src/report/audit/coverage.js'
import {renderAudit} from '../../../src/report/audit/formats.js'
import {PLAIN} from '../../../src/report/audit/options.js'
import {AUDIT_REPORT_SCHEMA} from '../../../scripts/pages/audit-schema.js'
import {violations} from '../../support/json-schema.js'
import {HOSTILE, reportOf, resultOf} from './sample.js'

type Cell = [namespaces: string, answer: CoverageLine['answer'], ...by: [engine: string, name: string, why: string][]]

/** The same answers for every control; those of some controls may differ. */
function coverage(all: Cell[], own: Partial<Record<string, Cell[]>> = {}, operations: CoverageLine['operation'][] = ['create', 'workload']): CoverageLine[] {
  return CONTROLS.flatMap(control => operations.flatMap(operation => (own[control] ?? all).map(([namespaces, answer, ...by]) => (
    {namespaces: namespaces.split(' '), control, operation, answer, by: by.map(([engine, name, why]) => ({engine, name, why}))}
  ))))
}

const report = (lines: CoverageLine[]): ReturnType<typeof reportOf> => reportOf([], [], {coverage: lines})
const PSA: Cell = ['a b', 'refused', ['pod-security-admission', 'enforce=baseline:latest', '']]

describe('who refuses what, as a table', () => {
  it('is one row where every control is answered alike', () => {
    const [header, ...rows] = coverageTable(report(coverage([PSA]))).trimEnd().split('\n')
    expect(header).to.match(/^A POD THAT BREAKS +CREATE +WORKLOAD +BY$/)
    expect(rows[0]).to.match(/^appArmorProfile, .* refused +refused +pod-security-admission$/)
    // The names of the others go on below it.
    expect(rows.slice(1).every(row => !row.includes('refused'))).to.equal(true)
    expect(rows.map(row => row.slice(0, 44).trim()).join(' ').split(', ').map(name => name.trim().split(/ /)[0])).to.deep.equal([...CONTROLS])
  })

  it('has a row for a control that is answered differently, with the namespaces counted', () => {
    const text = coverageTable(report(coverage([PSA], {sysctls: [['a', 'refused', ['psp', 'p', '']], ['b', 'ignored']]})))
    expect(text).to.match(/^sysctls +refused 1, ignored 1 +refused 1, ignored 1 +psp$/m)
  })

  it('names who might, where nobody refuses, and nobody', () => {
    expect(coverageTable(report(coverage([['a', 'unknown', ['webhook', 'x', 'w']]])))).to.match(/ unknown +unknown +webhook$/m)
    expect(coverageTable(report(coverage([['a', 'ignored']])))).to.match(/ ignored +ignored +<none>$/m)
  })

  it('tells remarks once, and not too many', () => {
    const text = coverageTable(report(coverage([['a', 'refused', ['e', 'n', 'it fails open']]])))
    expect(text.match(/it fails open/g)).to.have.length(1)
    const many = coverageTable(report(coverage([['a', 'refused', ...Array.from({length: 20}, (_, index): [string, string, string] => ['e', `n${index}`, 'w'])]])))
    expect(many.match(/^e +n\d+ +w$/gm)).to.have.length(12)
    expect(many).to.match(/^8 remarks more: -o json$/m)
  })

  it('is not there where nothing was asked, or no namespace is known', () => {
    expect([coverageTable(reportOf([], [])), coverageTable(report([]))]).to.deep.equal(['', ''])
  })
})

describe('what is not covered, on the short screen', () => {
  const rows: [name: string, lines: CoverageLine[], text: string][] = [
    ['nothing where all is refused', coverage([PSA]), ''],
    ['nothing of what only restricted asks', coverage([PSA], {runAsNonRoot: [['a b', 'ignored']]}), ''],
    ['namespaces with one open control', coverage([PSA], {hostPorts: [['a', 'refused'], ['b', 'warned']]}), 'In 1 of 2 namespaces not every control of baseline is refused when a pod is made: -o wide for who refuses what.'],
    ['namespaces of which it is not known', coverage([PSA], {hostPorts: [['a', 'refused'], ['b', 'unknown']]}), 'In 1 of 2 namespaces it is not known whether every control of baseline is refused when a pod is made: -o wide for who refuses what.'],
    ['both', coverage([['a b', 'refused'], ['c', 'unknown'], ['d', 'ignored']]), 'In 1 of 4 namespaces not every control of baseline is refused when a pod is made, and in 1 more that is not known: -o wide for who refuses what.'],
    ['an open one once, also where another of its controls is not known', coverage([['a', 'ignored']], {privileged: [['a', 'unknown']]}), 'In 1 of 1 namespace not every control of baseline is refused when a pod is made: -o wide for who refuses what.'],
    ['nothing where nobody asked', [], ''],
  ]
  for (const [name, lines, text] of rows)
    it(name, () => expect(uncoveredText(report(lines))).to.equal(text))

  it('is not about other operations', () => expect(uncoveredText(report(coverage([['a', 'ignored']], {}, ['workload'])))).to.equal(''))
})

describe('coverage in a report', () => {
  const lines = coverage([['a', 'refused', ['e', 'n', '']], [HOSTILE.replaceAll(' ', ''), 'unknown', [HOSTILE, HOSTILE, HOSTILE]]])
  const result = resultOf(undefined, undefined, {coverage: lines})
  const text = (format: 'json' | 'yaml' | 'wide' | 'table'): string => [...renderAudit(format, result, PLAIN)].join('')

  it('is as its schema says, one line of JSON for each', () => {
    expect(violations(AUDIT_REPORT_SCHEMA, JSON.parse(text('json')))).to.deep.equal([])
    expect(text('json').split('\n').filter(line => line.includes('"operation":"create"'))).to.have.length(2 * CONTROLS.length)
    expect(violations(AUDIT_REPORT_SCHEMA, JSON.parse(text('json').replace('"answer":"refused"', '"answer":"covered"')))).to.have.length(1)
  })

  it('is the same in YAML', () => {
    expect(parse(text('yaml'))).to.deep.equal(JSON.parse(text('json').replaceAll(String.raw`\ud800`, String.raw`\ufffd`)))
  })

  it('holds nothing on screens that a terminal obeys', () => {
    for (const format of ['wide', 'table'] as const) expect(hasUnprintable(text(format).replaceAll('\n', '')), format).to.equal(false)
    expect(text('wide')).to.include('A POD THAT BREAKS')
    expect(text('table')).to.not.include('A POD THAT BREAKS')
    expect(text('table').replace(/\s+/g, ' ')).to.include('it is not known whether every control of baseline')
  })
})
