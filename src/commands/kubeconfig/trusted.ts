import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {stateDirectory} from '../../adapters/judge-input.js'
import {loadDecisions} from '../../adapters/trust-store.js'
import {printable, printableJson} from '../../printable.js'
import {renderTable} from '../../report/table.js'
import type {Decision, Decisions} from '../../trust/decisions.js'
import {redactArguments} from '../../trust/redact.js'
import {LISTED_NAMES, helpersNamed} from '../../trust/catalogue/catalogue.js'

export default class KubeconfigTrusted extends Command {
  static override summary = 'List the decisions of this machine and the certificate authorities it remembers.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -o json']
  static override flags = {output: Flags.option({char: 'o', default: 'table', options: ['table', 'json'] as const, summary: 'How to print the list.'})()}

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof KubeconfigTrusted.flags> = (await this.parse(KubeconfigTrusted)).flags
    const decisions = loadDecisions(stateDirectory())
    if (flags.output === 'json') {
      process.stdout.write(`${printableJson(withoutSecrets(decisions))}\n`)
      return
    }
    const width = process.stdout.columns ?? 80
    const rows = decisions.decisions.map(decision => [decision.id, decision.date.slice(0, 10), untilOf(decision), nameOf(decision), decision.pin.server])
    if (rows.length > 0) process.stdout.write(renderTable(['ID', 'SINCE', 'UNTIL', 'PROGRAM', 'SERVER'], rows, width))
    else process.stderr.write('No decisions.\n')
    if (decisions.servers.length === 0) return
    process.stdout.write(`\n${renderTable(['SERVER SEEN', 'SINCE', 'CERTIFICATE AUTHORITY'], decisions.servers.map(({server, date, ca}) => [server, date.slice(0, 10), ca.join(', ')]), width)}`)
  }
}

/** A pin holds the arguments as they stand in the kubeconfig; a list that people paste does not. */
function withoutSecrets(decisions: Decisions): Decisions {
  const helpers = LISTED_NAMES.flatMap(helpersNamed)
  return {...decisions, decisions: decisions.decisions.map(decision => ({...decision, pin: {...decision.pin, args: redactArguments(decision.pin.args, helpers)}}))}
}

function nameOf({pin}: Decision): string {
  return pin.command === '' ? `stored credential ${printable(pin.path)}`.trimEnd() : printable(pin.path)
}

function untilOf({expires, once, dangerous}: Decision): string {
  const words = [once === true ? 'once' : (expires?.slice(0, 16).replace('T', ' ') ?? 'changed'), ...(dangerous === true ? ['(dangerous)'] : [])]
  return words.join(' ')
}
