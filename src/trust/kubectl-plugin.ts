import type {PathStep} from '../kubeconfig/node.js'
import type {Program, ProgramSource} from './program.js'
import {quoted} from './quote.js'
import type {Reason} from './reason.js'
import {because} from './reasons.js'

/** kubectl's own commands, 1.20 to 1.37: cobra finds these before any plugin. */
const BUILT_IN = new Set(
  `annotate api-resources api-versions apply attach auth autoscale certificate cluster-info completion config cordon cp create debug delete describe diff
  drain edit events exec explain expose get help kuberc kustomize label logs options patch plugin port-forward proxy replace rollout run scale set taint top
  uncordon version wait alpha convert __complete __completeNoDesc`.split(/\s+/),
)
/** These act on the cluster, start programs or write files. */
const ACTING = new Set(
  `annotate apply attach autoscale certificate config cordon cp create debug delete drain edit exec expose kuberc kustomize label patch plugin port-forward
  proxy replace rollout run scale set taint uncordon diff alpha`.split(/\s+/),
)

/** Each word costs a look at every directory of PATH; no plugin has a name of this many. */
const MOST_WORDS = 32

export interface PluginLookup {
  /** The plugin that kubectl would start, with the number of words its name took. */
  found: {program: Program; words: number} | null
  /** File names that were looked for, longest first. */
  candidates: string[]
  reasons: Reason[]
}

/** kubectl's lookup: words up to the first dash, `-` mapped to `_`, longest name first. */
export function lookUpPlugin(args: readonly string[], source: ProgramSource, dir: string): PluginLookup {
  const path: PathStep[] = ['exec', 'args', 0]
  const first = args[0]
  const refuse = (reason: Reason): PluginLookup => ({found: null, candidates: [], reasons: [reason]})
  if (first === undefined) return refuse(because('kubectl-without-plugin', ['exec', 'args'], 'kubectl is called without a plugin.'))
  if (first.startsWith('-')) return refuse(because('kubectl-flag-before-plugin', path, `${quoted(first)} stands before the plugin.`))
  if (BUILT_IN.has(first)) {
    return refuse(because('kubectl-builtin', path, `${quoted(first)} is a command of kubectl itself.`, ACTING.has(first) ? 'block' : 'warn'))
  }
  const end = args.findIndex(arg => arg.startsWith('-'))
  const said = end === -1 ? args : args.slice(0, end)
  if (said.length > MOST_WORDS) return refuse(because('too-many-arguments', ['exec', 'args'], `${said.length} words are too many for the name of a plugin.`))
  // A separator in any word takes the lookup out of PATH: `kubectl-pass-a/b` is a file below the working directory.
  const odd = said.findIndex(word => /[\\/:]|^$|[^\x20-\x7e]/.test(word))
  if (odd === 0) return refuse(because('kubectl-plugin-word', path, `${quoted(first)} is no name of a plugin.`))
  if (odd > 0) {
    return refuse(because('kubectl-plugin-word', ['exec', 'args', odd], `${quoted(said[odd] ?? '')} would be part of the plugin's path.`))
  }
  return search(said, source, dir, path)
}

/** File names of the plugins that these words may mean, the longest first. */
export function pluginNames(said: readonly string[]): string[] {
  const parts = said.slice(0, MOST_WORDS).map(word => word.replaceAll('-', '_'))
  return parts.map((_, index) => `kubectl-${parts.slice(0, parts.length - index).join('-')}`)
}

function search(said: readonly string[], source: ProgramSource, dir: string, path: readonly PathStep[]): PluginLookup {
  const candidates = pluginNames(said)
  for (const [index, name] of candidates.entries()) {
    const program = source.look(name, dir)
    if (program.path !== null) return {found: {program, words: candidates.length - index}, candidates, reasons: []}
  }
  const missing = because('plugin-not-found', path, `No plugin for ${quoted(`kubectl ${said.join(' ')}`)} is installed.`)
  return {found: null, candidates, reasons: [missing]}
}
