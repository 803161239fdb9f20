import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {CHOICE_FLAGS, INPUT_FLAGS, SCOPE_FLAGS} from '../../wiring/audit-flags.js'
import {CONNECTION_FLAGS} from '../../wiring/connection-flags.js'
import {runPodSecurityPlan} from '../../wiring/pod-security-plan.js'

export default class PodSecurityPlan extends Command {
  static override summary = 'Plan the way to the Pod Security level that everything fits; nothing is applied.'
  static override description = 'Reads the cluster as an audit does, read-only: which level each namespace enforces, which one all that is there fits by the rules of the target version, what stands in the way and which patch lifts it, and the label commands in the order in which nothing that runs is refused, each with what undoes it.'
  // oclif's own lists thirty flags.
  static override usage = 'pod-security plan [--target VERSION] [-n NAMESPACE]... [-f FILE|DIR|-]... [-o table|wide|json] [--out DIR] [FLAGS]'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --target 1.34 --out pod-security-plan',
    '<%= config.bin %> <%= command.id %> -f manifests/ --server-version 1.30 -o wide',
  ]
  static override flags = {
    target: Flags.string({summary: 'The version of Kubernetes to plan for, such as 1.34; the newest that is known when left out.'}),
    output: Flags.option({char: 'o', default: 'table', options: ['table', 'wide', 'json'] as const, summary: 'How to print the plan; wide lists every workload and command.'})(),
    out: Flags.string({summary: 'Directory to write the plan to: scripts, patches and a page that explains them. It must not be there yet, or be empty.'}),
    filename: INPUT_FLAGS.filename,
    namespace: SCOPE_FLAGS.namespace,
    'exclude-namespace': SCOPE_FLAGS['exclude-namespace'],
    'include-crd': CHOICE_FLAGS['include-crd'],
    'admission-config': SCOPE_FLAGS['admission-config'],
    probe: Flags.boolean({summary: 'Also ask what is enforced by default, by dry runs: the creation of a pod, a label on each namespace; they are in the audit log, and stored nowhere.', exclusive: ['filename']}),
    'probe-namespace': Flags.string({default: 'default', summary: 'Where --probe asks.'}),
    'server-version': SCOPE_FLAGS['server-version'],
    'allow-incomplete': Flags.boolean({summary: 'Exit 0 where something could not be read; it is said all the same.'}),
    ...CONNECTION_FLAGS,
  }

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof PodSecurityPlan.flags> = (await this.parse(PodSecurityPlan)).flags
    await runPodSecurityPlan({...flags, 'include-secrets': false}, this.config.version)
  }
}
