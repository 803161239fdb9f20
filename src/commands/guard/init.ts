import {Args, Command} from '@oclif/core'
import {lastingScript} from '../../adapters/lasting-script.js'
import {shellFunction} from '../../report/shell-function.js'

export default class GuardInit extends Command {
  static override summary = 'Print the shell function that puts the guard in front of kubectl.'
  static override examples = ['eval "$(<%= config.bin %> guard init bash)"']
  static override args = {shell: Args.string({description: 'bash or zsh.', options: ['bash', 'zsh'], required: true})}

  async run(): Promise<void> {
    await this.parse(GuardInit)
    process.stdout.write(shellFunction(process.execPath, lastingScript(this.config.root)))
  }
}
