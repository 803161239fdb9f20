import {proveEmpty, writeNewDirectory} from '../adapters/new-directory.js'
import {EXIT} from '../exit-codes.js'
import {FACTS_AS_OF} from '../flows/audit.js'
import {printable} from '../printable.js'
import type {PlanFile} from '../report/plan-script.js'

/** What every plan's command has: where it goes, and whether it may be one of a part. */
export interface DeliveryFlags {
  output: 'table' | 'wide' | 'json'
  out?: string | undefined
  'allow-incomplete': boolean
}

/** The forms of one kind of plan. `out`: the directory that it was written to, printable; null: none. */
export interface PlanForms<P> {
  files(plan: P, tool: Tool): readonly PlanFile[]
  json(plan: P, tool: Tool): string
  wide(plan: P, width: number, out: string | null): Iterable<string>
  screen(plan: P, options: {width: number; out: string | null}): string
}

interface Tool {
  version: string
  factsAsOf: string
}

/** The plan on standard output, or in files with the screen beside; what was not read is said in each of them. */
export async function deliverPlan<P extends {incomplete: readonly unknown[]}>(flags: DeliveryFlags, version: string, make: () => Promise<P>, forms: PlanForms<P>): Promise<void> {
  // Before a cluster is read.
  if (flags.out !== undefined) proveEmpty(flags.out)
  const plan = await make()
  const tool = {version, factsAsOf: FACTS_AS_OF}
  if (flags.out !== undefined) {
    const files = forms.files(plan, tool)
    writeNewDirectory(flags.out, files)
    process.stderr.write(`wrote ${files.length} files to ${printable(flags.out)}: begin with its README.md\n`)
  }
  const width = process.stdout.columns ?? 80
  const out = flags.out === undefined ? null : printable(flags.out)
  if (flags.output === 'json') process.stdout.write(forms.json(plan, tool))
  else if (flags.output === 'wide') for (const chunk of forms.wide(plan, width, out)) process.stdout.write(chunk)
  else process.stdout.write(forms.screen(plan, {width, out}))
  process.exitCode = plan.incomplete.length === 0 || flags['allow-incomplete'] ? EXIT.ok : EXIT.incomplete
}
