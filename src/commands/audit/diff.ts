import {Args, Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {isPreview} from '../../audit/check.js'
import {compareReports} from '../../audit/compare-reports.js'
import {exitCodeOfComparison, gapsOf} from '../../audit/comparison-exit.js'
import {CHECKS} from '../../checks/registry.js'
import {UsageError} from '../../errors.js'
import {printable} from '../../printable.js'
import {renderDiff, renderDiffJson} from '../../report/audit/diff.js'
import {RESULT_FLAGS} from '../../wiring/audit-flags.js'
import {loadReportSide} from '../../wiring/audit-inputs.js'
import {isColourWanted} from '../../wiring/screen.js'

export default class AuditDiff extends Command {
  static override summary = 'Compare two audit reports: what is new, fixed, unchanged, and what nobody can say.'
  static override description = 'Both are files written by `kubectl k121 audit -o json=FILE`; "-" reads one of them from standard input. What the second audit did not look at is unknown, never fixed. Exits 1 for something new or worse at or above --fail-on, else 3 where the second report did not look everywhere that the first one did.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> monday.json friday.json',
    'kubectl k121 audit -o json | <%= config.bin %> <%= command.id %> baseline.json - -o json',
  ]
  static override args = {
    before: Args.string({description: 'The earlier report.', required: true}),
    after: Args.string({description: 'The later report.', required: true}),
  }
  static override flags = {
    output: Flags.option({char: 'o', default: 'table', options: ['table', 'json'] as const, summary: 'How to print the comparison.'})(),
    'fail-on': RESULT_FLAGS['fail-on'],
    'allow-incomplete': RESULT_FLAGS['allow-incomplete'],
    full: RESULT_FLAGS.full,
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(AuditDiff)
    const flags: Interfaces.InferredFlags<typeof AuditDiff.flags> = given
    if (args.before === '-' && args.after === '-') throw new UsageError('bad-argument', 'standard input holds one report, not two', 'name a file for one of them')
    const comparison = compareReports(loadReportSide(args.before), loadReportSide(args.after))
    const failOn = flags['fail-on']
    for (const gap of gapsOf(comparison, failOn)) process.stderr.write(`incomplete: ${printable(gap)}\n`)
    process.stdout.write(flags.output === 'json' ? renderDiffJson(comparison) : renderDiff(comparison, {
      width: process.stdout.columns ?? 80, isColoured: isColourWanted(process.stdout, process.env), isFull: flags.full, showPassed: false,
    }))
    const metas = new Map(CHECKS.map(({meta}) => [meta.id, meta]))
    process.exitCode = exitCodeOfComparison(comparison, {failOn, allowIncomplete: flags['allow-incomplete'], isPreview: ({check, variant}) => isPreview(metas.get(check) ?? {}, variant)})
  }
}
