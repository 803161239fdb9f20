import {Args, Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {checkNamed, nearestId} from '../checks/choose.js'
import {CHECKS} from '../checks/registry.js'
import {UsageError} from '../errors.js'
import {printable} from '../printable.js'
import {explainMarkdown, explainText} from '../report/audit/explain.js'

export default class Explain extends Command {
  static override summary = 'Explain a check: what it means, what it reads, what to do.'
  static override examples = ['<%= config.bin %> <%= command.id %> pod-security-label-invalid/misspelt']
  static override args = {check: Args.string({description: 'CHECK, or CHECK/VARIANT as reports name it.', required: true})}
  static override flags = {output: Flags.option({char: 'o', default: 'text', options: ['text', 'markdown'] as const, summary: 'How to print it.'})()}

  async run(): Promise<void> {
    const {args, flags}: {args: {check: string}; flags: Interfaces.InferredFlags<typeof Explain.flags>} = await this.parse(Explain)
    const [id = '', ...rest] = args.check.split('/')
    const variant = rest.length === 0 ? undefined : rest.join('/')
    const check = checkNamed(CHECKS, id)
    if (check === undefined) {
      const near = nearestId(CHECKS, id)
      throw new UsageError('bad-argument', `there is no check ${printable(id)}`, `${near === null ? '' : `did you mean ${near}? `}\`kubectl k121 checks list\` has them all`)
    }
    const variants = Object.keys(check.meta.variants ?? {})
    if (variant !== undefined && variant !== 'latent' && !variants.includes(variant))
      throw new UsageError('bad-argument', `${check.meta.id} has no variant ${printable(variant)}`, variants.length === 0 ? 'it has none' : `its variants: ${variants.join(', ')}`)
    const width = Math.min(100, process.stdout.columns ?? 80)
    process.stdout.write(flags.output === 'markdown' ? explainMarkdown(check.meta) : explainText(check.meta, variants.includes(variant ?? '') ? (variant ?? null) : null, width))
  }
}
