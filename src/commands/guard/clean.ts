import {Command} from '@oclif/core'
import {existsSync, rmSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import {stateDirectory} from '../../adapters/judge-input.js'

export default class GuardClean extends Command {
  static override summary = "Delete the guard's private copies of kubeconfigs and its cached verdicts."
  static override description = 'Decisions and the trust file stay. The next command through the guard judges anew.'

  async run(): Promise<void> {
    await this.parse(GuardClean)
    const {XDG_RUNTIME_DIR: runtime} = process.env
    const stateDir = stateDirectory()
    // Relative or empty, as the guard ignores it too: a directory called k121 below the working directory is not ours.
    const candidates = [...(runtime === undefined || !isAbsolute(runtime) ? [] : [join(runtime, 'k121')]), ...(stateDir === null ? [] : [join(stateDir, 'run'), join(stateDir, 'pending')])]
    const found = candidates.filter(path => existsSync(path))
    for (const path of found) rmSync(path, {recursive: true})
    process.stdout.write(found.length === 0 ? 'Nothing to clean.\n' : found.map(path => `cleaned ${path}\n`).join(''))
  }
}
