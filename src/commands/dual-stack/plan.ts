import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {RANGE_FLAG} from '../../wiring/assumed-flags.js'
import {INPUT_FLAGS, SCOPE_FLAGS} from '../../wiring/audit-flags.js'
import {CONNECTION_FLAGS} from '../../wiring/connection-flags.js'
import {runDualStackPlan} from '../../wiring/dual-stack-plan.js'

export default class DualStackPlan extends Command {
  static override summary = 'Plan what filters need before IPv6 is switched on; nothing is applied.'
  static override description = 'Reads the cluster as an audit does, read-only, and judges it as if every pod, Service and load balancer had both IP families: which NetworkPolicies would refuse IPv6 or leave open over it what they close over IPv4, and the IPv6 blocks to add to each, with the real ranges of the cluster, as patches and with what undoes them.'
  // oclif's own lists thirty flags.
  static override usage = 'dual-stack plan [--range pod=CIDR|service=CIDR|node=CIDR]... [-n NAMESPACE]... [-f FILE|DIR|-]... [-o table|wide|json] [--out DIR] [FLAGS]'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --range pod=fd10:244::/56 --range service=fd00:96::/108 --range node=2001:db8:1::/64 --out dual-stack-plan',
    '<%= config.bin %> <%= command.id %> -f cluster.jsonl.gz -o wide',
  ]
  static override flags = {
    ...RANGE_FLAG,
    output: Flags.option({char: 'o', default: 'table', options: ['table', 'wide', 'json'] as const, summary: 'How to print the plan; wide lists every policy and block.'})(),
    out: Flags.string({summary: 'Directory to write the plan to: patches, a script that applies them, what undoes it, and a page that explains them. It must not be there yet, or be empty.'}),
    filename: INPUT_FLAGS.filename,
    namespace: SCOPE_FLAGS.namespace,
    'exclude-namespace': SCOPE_FLAGS['exclude-namespace'],
    'allow-incomplete': Flags.boolean({summary: 'Exit 0 where something could not be read; it is said all the same.'}),
    ...CONNECTION_FLAGS,
  }

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof DualStackPlan.flags> = (await this.parse(DualStackPlan)).flags
    await runDualStackPlan({...flags, 'include-secrets': false}, this.config.version)
  }
}
