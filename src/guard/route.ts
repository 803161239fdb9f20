import type {Reading} from './kubectl-args.js'
import {connectionFlagIn} from './kubectl-args.js'

/**
 * What a command line needs from a configuration.
 *
 * - `original`: the person's own files; kubectl starts no helper for `config`
 * - `preferences`: `kuberc` reads and writes the preferences file and asks no server
 * - `own`: our own program, which judges for itself
 * - `empty`: no server is needed, so there is nothing to judge
 * - `names`: the shell completes the name of a context, cluster or user: names are all it gets
 * - `judged`: everything else runs on the snapshot of what was judged
 */
export type RouteKind = 'original' | 'preferences' | 'own' | 'empty' | 'names' | 'judged'

export type Route =
  | {kind: RouteKind}
  | {kind: 'refused'; message: string; hint: string}

/** Plugins that exist to change the person's own kubeconfig: on a snapshot their work would be lost. */
const FILE_WRITERS = ['ctx', 'ns', 'konfig', 'kc', 'switch']

export function routeOf(reading: Reading, args: readonly string[], allowPluginFlags: boolean): Route {
  const [plugin] = reading.plugin
  // Flags before a plugin's name are an error that kubectl itself reports.
  if (plugin === 'k121' && args[0] === 'k121') return {kind: 'own'}
  if (plugin !== undefined && FILE_WRITERS.includes(plugin)) {
    return {
      kind: 'refused', message: `the plugin "${plugin}" changes kubeconfig files, and the guard would hand it a private copy`,
      hint: 'run it without the guard on files you trust: command kubectl …',
    }
  }
  if (plugin !== undefined && !allowPluginFlags) {
    const flag = connectionFlagIn(args)
    if (flag !== undefined) {
      return {
        kind: 'refused', message: `a plugin's own arguments are its own affair, but ${flag} may choose another connection than the one judged`,
        hint: 'set KUBECONFIG or the current context instead, or pass --allow-plugin-flags to the guard',
      }
    }
  }
  if (reading.complete) return {kind: isNameCompletion(reading, args) ? 'names' : 'judged'}
  const [command] = reading.command
  if (command === 'config') return {kind: 'original'}
  if (command === 'kuberc') return {kind: 'preferences'}
  return {kind: reading.offline ? 'empty' : 'judged'}
}

/**
 * `kubectl --context <TAB>` and `kubectl config use-context <TAB>`. Should
 * kubectl read the line in another way, it finds names without servers or
 * credentials, and nothing can run. A flag on a line of `config` is something
 * else: `config -n <TAB>` asks the server for its namespaces, by the helper.
 */
function isNameCompletion({command}: Reading, args: readonly string[]): boolean {
  const [flag, word] = [args.at(-2), args.at(-1)]
  if (/^--(context|cluster|user)$/.test(flag ?? '') || /^--(context|cluster|user)=/.test(word ?? '')) return true
  return command[0] === 'config' && !args.some(other => other.startsWith('-'))
}
