import {Help} from '@oclif/core'
import type {Command, Interfaces} from '@oclif/core'

/** Help that reads the way people type it: `kubectl k121 …` when kubectl started us (argv[0] is its plugin file). */
export default class K121Help extends Help {
  constructor(config: Interfaces.Config, options?: Partial<Interfaces.HelpOptions>) {
    super(config, options)
  }

  protected override formatCommand(command: Command.Loadable): string {
    return asTyped(super.formatCommand(command))
  }

  override formatRoot(): string {
    return asTyped(super.formatRoot())
  }

  protected override formatCommands(commands: Command.Loadable[]): string {
    return asTyped(super.formatCommands(commands))
  }
}

/** The guard is called by its file name: through kubectl's plugin lookup it would start kubectl twice. */
function asTyped(text: string): string {
  return text.replaceAll(/kubectl-k121(?! guard)/g, 'kubectl k121')
}
