import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {printableJson} from '../../printable.js'
import {checksTable} from '../../report/audit/explain.js'
import {CHOICE_FLAGS} from '../../wiring/audit-flags.js'
import {chosenChecks} from '../../wiring/run-audit.js'

export default class ChecksList extends Command {
  static override summary = 'List every check, by topic.'
  static override examples = ['<%= config.bin %> <%= command.id %> --topic external-ips']
  static override flags = {
    topic: CHOICE_FLAGS.topic,
    output: Flags.option({char: 'o', default: 'table', options: ['table', 'wide', 'json', 'name'] as const, summary: 'How to print the list.'})(),
  }

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof ChecksList.flags> = (await this.parse(ChecksList)).flags
    const metas = chosenChecks(flags, {withOnRequest: true}).map(check => check.meta)
    if (flags.output === 'json') process.stdout.write(`${printableJson({apiVersion: 'k121.dev/v1', kind: 'CheckList', checks: metas})}\n`)
    else if (flags.output === 'name') process.stdout.write(metas.map(({id}) => `${id}\n`).join(''))
    else process.stdout.write(checksTable(metas, flags.output === 'wide' ? null : (process.stdout.columns ?? 80)))
  }
}
