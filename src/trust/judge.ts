import type {CredentialPlugin} from '../kubeconfig/model.js'
import {argumentReasons} from './argument-rules.js'
import {helpersNamed} from './catalogue/catalogue.js'
import type {Helper} from './catalogue/helper.js'
import {judgeEnv} from './env-rules.js'
import {fieldReasons} from './field-rules.js'
import {judgeCommand} from './judge-command.js'
import {pluginNames} from './kubectl-plugin.js'
import {programName} from './paths.js'
import type {Program, ProgramSource} from './program.js'
import type {PluginVerdict, Reason} from './reason.js'
import {verdictOf} from './reason.js'
import {because} from './reasons.js'
import {redactArguments} from './redact.js'

export interface JudgeWorld {
  platform: 'linux' | 'darwin' | 'win32'
  home: string | undefined
  source: ProgramSource
}

export interface JudgeOptions {
  /** False: the policy does not use the catalogue, so nothing is vouched for. */
  catalogue?: boolean
  /** The cluster's server, where one is known: some helpers must send their token to it and nowhere else. */
  server?: string
}

export interface PluginJudgement {
  verdict: PluginVerdict
  /** Catalogue id. */
  helper: string | null
  /** All of them: characters, place, program, grammar, names, environment and fields, in this order. */
  reasons: Reason[]
  /** Every program looked at: the command, the kubectl plugin file, a launcher's tail. */
  programs: Program[]
  /** Those of `programs` that a shell or interpreter is told to run. */
  scripts: readonly Program[]
  /**
   * What would run after kubectl's own plugin lookup: for `command: kubectl` the
   * plugin file and the arguments behind its words, otherwise the command
   * itself. Null when not found.
   */
  run: {path: string; args: string[]} | null
  /** Vendor patterns of the servers where this helper's token normally goes; empty when none is known. */
  servers: readonly string[]
  /** Hosts that the helper itself sends credentials to. */
  hosts: string[]
  /** Arguments for display: secrets hidden, nothing else changed. */
  redactedArgs: string[]
}

/**
 * Judges a credential plugin by what the file says and where its program lies.
 * Nothing is run. Trusted means: a listed helper, inside its grammar, from a
 * place the catalogue may vouch for, with an environment it is known to have.
 * Whatever is not that has a reason of grade warn or block.
 */
export function judgePlugin(plugin: CredentialPlugin, world: JudgeWorld, options: JudgeOptions = {}): PluginJudgement {
  const shown = redactArguments(plugin.args, possibleHelpers(plugin, world))
  const surroundings = {platform: world.platform, home: world.home, server: options.server}
  const judged = judgeCommand(
    {command: plugin.command, args: plugin.args, shown, offset: 0, path: ['exec', 'command'], depth: 0},
    {...surroundings, source: world.source, dir: plugin.origin.dir},
  )
  const env = judgeEnv(plugin.env, judged.helpers, surroundings)
  const off = options.catalogue === false ? [because('catalogue-off', ['exec', 'command'], 'The policy does not use the catalogue.')] : []
  const reasons = [
    ...judged.stages.characters,
    ...argumentReasons(plugin.args, shown),
    ...judged.stages.place,
    ...judged.stages.program,
    ...off,
    ...judged.stages.grammar,
    ...judged.stages.names,
    ...env.reasons,
    ...fieldReasons(plugin, judged.helpers),
  ]
  return {
    verdict: verdictOf(reasons),
    helper: judged.helpers[0]?.id ?? null,
    reasons,
    programs: judged.programs,
    scripts: judged.scripts,
    run: judged.run,
    servers: judged.helpers.at(-1)?.servers ?? [],
    hosts: [...new Set([...judged.hosts, ...env.hosts])],
    redactedArgs: shown,
  }
}

/** Every helper that could be meant, so that nothing secret is printed for want of knowing which one it is. */
function possibleHelpers(plugin: CredentialPlugin, world: JudgeWorld): Helper[] {
  const names = [plugin.command, ...plugin.args].map(word => programName(word, world.platform))
  const plugins = programName(plugin.command, world.platform) === 'kubectl' ? pluginNames(plugin.args) : []
  return [...new Set([...names, ...plugins])].flatMap(name => helpersNamed(name))
}
