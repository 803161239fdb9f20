import {Args, Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {checkNamed, nearestWord} from '../checks/choose.js'
import {CHECKS} from '../checks/registry.js'
import {UsageError} from '../errors.js'
import {controlNamed} from '../pod-security/catalogue.js'
import {CONTROLS} from '../pod-security/control.js'
import {printable} from '../printable.js'
import {explainMarkdown, explainText} from '../report/audit/explain.js'
import {controlMarkdown, controlText} from '../report/control-page.js'
import {controlTemplateText} from '../report/control-template.js'

export default class Explain extends Command {
  static override summary = 'Explain a check, or a control of the Pod Security Standards: what it means, what to do.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> pod-security-label-invalid/misspelt',
    '<%= config.bin %> <%= command.id %> runAsNonRoot',
    '<%= config.bin %> <%= command.id %> --rego runAsNonRoot | kubectl apply -f -',
  ]
  static override args = {check: Args.string({description: 'CHECK, CHECK/VARIANT or CONTROL as reports name it.', required: true})}
  static override flags = {
    output: Flags.option({char: 'o', default: 'text', options: ['text', 'markdown'] as const, summary: 'How to print it.'})(),
    rego: Flags.boolean({summary: 'Print a Gatekeeper template and constraint for a CONTROL instead.', exclusive: ['output']}),
  }

  async run(): Promise<void> {
    const {args, flags}: {args: {check: string}; flags: Interfaces.InferredFlags<typeof Explain.flags>} = await this.parse(Explain)
    process.stdout.write(flags.rego ? regoText(args.check) : explained(args.check, flags.output === 'markdown'))
  }
}

function regoText(name: string): string {
  const page = controlNamed(name)
  if (page !== undefined) return controlTemplateText(page)
  const near = nearestWord(CONTROLS, name)
  throw new UsageError('bad-argument', `there is no control ${printable(name)}`, `${near === null ? '' : `did you mean ${near}? `}the controls: ${CONTROLS.join(', ')}`)
}

function explained(name: string, isMarkdown: boolean): string {
  const width = Math.min(100, process.stdout.columns ?? 80)
  const page = controlNamed(name)
  if (page !== undefined) return isMarkdown ? controlMarkdown(page) : controlText(page, width)
  const [id = '', ...rest] = name.split('/')
  const variant = rest.length === 0 ? undefined : rest.join('/')
  const check = checkNamed(CHECKS, id)
  if (check === undefined) {
    const near = nearestWord([...CHECKS.map(({meta}) => meta.id), ...CONTROLS], id)
    throw new UsageError('bad-argument', `there is no check or control ${printable(id)}`, near === null ? `\`kubectl k121 checks list\` has all checks; the controls: ${CONTROLS.join(', ')}` : `did you mean ${near}? \`kubectl k121 checks list\` has all checks`)
  }
  const variants = Object.keys(check.meta.variants ?? {})
  if (variant !== undefined && variant !== 'latent' && !variants.includes(variant))
    throw new UsageError('bad-argument', `${check.meta.id} has no variant ${printable(variant)}`, variants.length === 0 ? 'it has none' : `its variants: ${variants.join(', ')}`)
  return isMarkdown ? explainMarkdown(check.meta) : explainText(check.meta, variants.includes(variant ?? '') ? (variant ?? null) : null, width)
}
