import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {FIX_TARGETS} from '../../admission/external-ip-fix/fix.js'
import {INPUT_FLAGS, SCOPE_FLAGS} from '../../wiring/audit-flags.js'
import {CONNECTION_FLAGS} from '../../wiring/connection-flags.js'
import {runExternalIPFix} from '../../wiring/external-ip-fix.js'

export default class ExternalIPsFix extends Command {
  static override summary = 'Print what closes the external-IP doors of this cluster; nothing is applied.'
  static override description = 'Reads the cluster as an audit does, read-only, so that the external IPs that Services hold and the load-balancer controllers that are there get through. Each document says what it does, what it does not close, and how to undo it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --to vap | kubectl apply -f -',
    '<%= config.bin %> <%= command.id %> --to vap --allow 203.0.113.0/28',
    '<%= config.bin %> <%= command.id %> --to deny-plugin',
  ]
  static override flags = {
    to: Flags.option({required: true, options: FIX_TARGETS, summary: 'By what: the admission plugin, or policies of the API server, Gatekeeper or Kyverno.'})(),
    allow: Flags.string({multiple: true, summary: 'External IPs that may be new: an address or a block (CIDR); may be repeated.'}),
    controller: Flags.string({multiple: true, summary: 'User name of a load-balancer controller that is not recognised, such as system:serviceaccount:NAMESPACE:NAME; may be repeated.'}),
    out: Flags.string({summary: 'Directory to write the documents to, a file each; printed when left out.'}),
    output: Flags.option({char: 'o', default: 'yaml', options: ['yaml'] as const, summary: 'How to print it.'})(),
    filename: INPUT_FLAGS.filename,
    'server-version': SCOPE_FLAGS['server-version'],
    'allow-incomplete': Flags.boolean({summary: 'Exit 0 where something could not be read or closed; it is said all the same.'}),
    ...CONNECTION_FLAGS,
  }

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof ExternalIPsFix.flags> = (await this.parse(ExternalIPsFix)).flags
    await runExternalIPFix({...flags, 'include-secrets': false}, this.config.version)
  }
}
