import {Command, Flags} from '@oclif/core'

/**
 * Help and manifest of the guard. Typed calls never get here: bin/run.js sends
 * them to entry/guard.ts with their argv untouched, because oclif's parser
 * sorts repeated words together and moves a second `--`.
 */
export default class Guard extends Command {
  static override summary = "Run kubectl on what was judged, so that an untrusted credential plugin never starts."
  static override description = 'Everything after "--" is kubectl\'s. Exit codes: kubectl\'s own; 125 the guard failed or was called wrongly, 126 denied or refused, 127 kubectl not found.'
  static override usage = 'guard [--kubectl PATH] [--trust-file FILE] [--allow-plugin-flags] -- KUBECTL-ARGUMENTS'
  static override examples = [
    '<%= config.bin %> guard -- get pods',
    'eval "$(<%= config.bin %> guard init bash)"',
    "alias kubectl='<%= config.bin %> guard --'",
  ]
  static override strict = false
  static override flags = {
    kubectl: Flags.string({summary: 'The kubectl to run; the first one on PATH when left out.'}),
    'trust-file': Flags.string({summary: 'The trust file; ~/.config/k121/trust.yaml when left out.'}),
    'allow-plugin-flags': Flags.boolean({summary: "Let connection flags stand in a kubectl plugin's own arguments."}),
  }

  async run(): Promise<void> {
    this.error('call the guard as: kubectl-k121 guard -- get pods', {exit: 125})
  }
}
