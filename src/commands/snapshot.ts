import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {CHOICE_FLAGS, RESULT_FLAGS, SCOPE_FLAGS} from '../wiring/audit-flags.js'
import {CONNECTION_FLAGS} from '../wiring/connection-flags.js'
import {takeSnapshot} from '../wiring/take-snapshot.js'

export default class Snapshot extends Command {
  static override summary = 'Write what an audit reads of a cluster to one file, to be audited elsewhere with audit -f.'
  static override description = 'Everything the checks read and nothing else: no Secrets, no last-applied-configuration or other annotations that no check reads, no managedFields, environment values and command lines only where a check names the pod and the setting, ConfigMaps only by name. What could not be read is written down as such. Exits 3 where something that the checks read was forbidden or unreachable.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --out cluster.jsonl.gz',
    '<%= config.bin %> <%= command.id %> --out - | ssh audit@host kubectl-k121 audit -f -',
  ]
  static override flags = {
    out: Flags.string({required: true, summary: 'The file to write, readable by you alone; "-" is standard output.'}),
    force: Flags.boolean({summary: 'Overwrite the file.'}),
    ...CHOICE_FLAGS,
    namespace: Flags.string({char: 'n', multiple: true, summary: 'Where listing the whole cluster is forbidden, list this namespace; may be repeated.', helpGroup: 'SCOPE'}),
    'all-namespaces': SCOPE_FLAGS['all-namespaces'],
    probe: Flags.boolean({summary: 'Also ask by a dry-run creation of a Service; it is written to the audit log and stored nowhere.', helpGroup: 'SCOPE'}),
    'probe-namespace': SCOPE_FLAGS['probe-namespace'],
    'allow-incomplete': RESULT_FLAGS['allow-incomplete'],
    ...CONNECTION_FLAGS,
  }

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof Snapshot.flags> = (await this.parse(Snapshot)).flags
    process.exitCode = await takeSnapshot({...flags, 'include-secrets': false}, this.config.version)
  }
}
