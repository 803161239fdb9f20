import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {parse, parseAllDocuments} from 'yaml'
import {hasUnprintable} from '../../../src/printable.js'
import {FORMATS, renderAudit} from '../../../src/report/audit/formats.js'
import type {AuditFormat} from '../../../src/report/audit/formats.js'
import {PLAIN} from '../../../src/report/audit/options.js'
import {AUDIT_REPORT_SCHEMA} from '../../../scripts/pages/audit-schema.js'
import {violations} from '../../support/json-schema.js'
import {FINDINGS, resultOf} from './sample.js'

const ALL = Object.keys(FORMATS) as AuditFormat[]
const text = (format: AuditFormat, result = resultOf(), options = PLAIN): string => [...renderAudit(format, result, options)].join('')
const golden = (format: AuditFormat): string => fileURLToPath(new URL(`golden/${format}.txt`, import.meta.url))

describe('every format of an audit', () => {
  for (const format of ALL) {
    it(`${format} is what its golden file says`, () => {
      const now = text(format, resultOf(), {...PLAIN, showPassed: true})
      const isUpdate = process.env['UPDATE_GOLDEN'] === '1' || !existsSync(golden(format))
      if (isUpdate) writeFileSync(golden(format), now)
      expect(isUpdate, 'golden file rewritten: read the diff, then run without UPDATE_GOLDEN').to.equal(false)
      expect(now).to.equal(readFileSync(golden(format), 'utf8'))
    })

    it(`${format} gives the same bytes twice`, () => expect(text(format)).to.equal(text(format)))

    it(`${format} holds nothing that a terminal obeys or a reader cannot see`, () => {
      expect(hasUnprintable(text(format).replaceAll('\n', ''))).to.equal(false)
    })

    it(`${format} prints no secret`, () => expect(text(format)).to.not.include('hunter2'))
  }

  it('machine formats are ASCII', () => {
    for (const format of ['json', 'yaml', 'sarif', 'policyreport', 'openreports'] as const) expect(text(format), format).to.match(/^[ -~\n]*$/)
  })

  it('stream: 60,000 findings pass through a small heap', function () {
    this.timeout(120_000)
    const program = fileURLToPath(new URL('many.ts', import.meta.url))
    const {status, stdout, stderr} = spawnSync(process.execPath, ['--import', 'tsx', '--max-old-space-size=36', program, '60000'], {encoding: 'utf8'})
    expect(status, stderr.slice(0, 500)).to.equal(0)
    expect(stdout.trim().split('\n')).to.have.length(ALL.length)
  })
})

describe('the AuditReport document', () => {
  const document = JSON.parse(text('json')) as {clusters: [{findings: unknown[]}]}

  it('is as its schema says', () => expect(violations(AUDIT_REPORT_SCHEMA, document)).to.deep.equal([]))

  it('is the same in YAML, but for half a character, which YAML has none of', () => {
    expect(parse(text('yaml'))).to.deep.equal(JSON.parse(text('json').replaceAll(String.raw`\ud800`, String.raw`\ufffd`)))
  })

  it('the schema refuses what is not so', () => {
    expect(violations(AUDIT_REPORT_SCHEMA, {...document, more: 1})).to.have.length(1)
    expect(violations(AUDIT_REPORT_SCHEMA, JSON.parse(text('json').replace('"severity":"medium"', '"severity":"bad"')))).to.have.length(1)
  })

  it('is well-formed without findings and without checks', () => {
    const empty = resultOf([], [])
    expect(violations(AUDIT_REPORT_SCHEMA, JSON.parse(text('json', empty)))).to.deep.equal([])
    expect(parse(text('yaml', empty))).to.deep.equal(JSON.parse(text('json', empty)))
  })
})

describe('counts', () => {
  const {summary} = resultOf().report
  const active = summary.critical + summary.high + summary.medium + summary.low + summary.info

  it('are those of the summary in every format', () => {
    const counts = {
      wide: (text('wide').split('\n\n')[2] ?? '').trimEnd().split('\n').length - 1,
      json: FINDINGS.length - summary.exempted,
      junit: text('junit').split('<failure ').length - 1 + (text('junit').split('type="latent"').length - 1),
      ...Object.fromEntries((['policyreport', 'openreports'] as const).map(format => {
        const results = parseAllDocuments(text(format)).flatMap(one => (one.toJS() as {results: {severity?: string; result: string}[]}).results)
        return [format, results.filter(one => one.severity !== undefined && one.result !== 'skip').length]
      })),
    }
    for (const [format, count] of Object.entries(counts)) expect(count, format).to.equal(active + summary.latent)
  })

  it('SARIF has those of every topic that it has', () => {
    const log = JSON.parse(text('sarif')) as {runs: {automationDetails: {id: string}; results: {suppressions?: unknown}[]}[]}
    for (const [topic, of] of Object.entries(summary.topics)) {
      const run = log.runs.find(({automationDetails: {id}}) => id.endsWith(`/${topic}/`))
      const wanted = of.critical + of.high + of.medium + of.low + of.info + of.latent
      if (topic === 'exec-credentials') expect(run, topic).to.equal(undefined)
      else expect(run?.results.filter(({suppressions}) => suppressions === undefined).length, topic).to.equal(wanted)
    }
  })

  it('tables show the summary', () => {
    expect(text('table')).to.match(/^external-ips +open +1 +1 +0 +1 +0 +0 +1$/m)
    expect(text('markdown')).to.include('| external-ips | **open** | 1 | 1 | 0 | 1 | 0 | 0 | 1 |')
  })
})
