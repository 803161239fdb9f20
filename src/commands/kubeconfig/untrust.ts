import {Args, Command} from '@oclif/core'
import {stateDirectory} from '../../adapters/judge-input.js'
import {loadDecisions, updateDecisions} from '../../adapters/trust-store.js'
import {UsageError} from '../../errors.js'
import {quote} from '../../printable.js'

export default class KubeconfigUntrust extends Command {
  static override summary = 'Take back a decision, or forget the certificate authority of a server.'
  static override examples = ['<%= config.bin %> <%= command.id %> 4f2a90c1d3e7', '<%= config.bin %> <%= command.id %> https://api.example.com:6443']
  static override args = {id: Args.string({description: 'Id of a decision, or URL of a recorded server, as `kubeconfig trusted` lists them.', required: true})}

  async run(): Promise<void> {
    const {id} = (await this.parse(KubeconfigUntrust)).args
    const stateDir = stateDirectory()
    const before = loadDecisions(stateDir)
    const isKnown = before.decisions.some(decision => decision.id === id) || before.servers.some(record => record.server === id)
    if (stateDir === null || !isKnown) throw new UsageError('not-found', `nothing is trusted under ${quote(id)}`, 'kubectl k121 kubeconfig trusted lists what is')
    updateDecisions(stateDir, decisions => ({
      ...decisions,
      decisions: decisions.decisions.filter(decision => decision.id !== id),
      servers: decisions.servers.filter(record => record.server !== id),
    }))
    process.stdout.write(`forgotten ${quote(id)}\n`)
  }
}
