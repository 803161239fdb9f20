import {createHash} from 'node:crypto'
import {resolve} from 'node:path'
import type {EffectiveCluster} from '../kubeconfig/effective-cluster.js'
import type {User} from '../kubeconfig/model.js'
import type {Authority} from './authority.js'
import type {Pin} from './decisions.js'
import {canonicalPin} from './decisions.js'
import type {FileSource} from './file-source.js'
import type {PluginJudgement} from './judge.js'
import type {Program, ProgramSource} from './program.js'

export interface PinInput {
  user: User
  cluster: EffectiveCluster
  authority: Authority
  plugin: PluginJudgement | null
  files: FileSource
  source: ProgramSource
}

/**
 * The exact use that a decision would allow. Null where no decision can: the
 * program is not there, the server or its authority cannot be told for certain.
 */
export function pinOf({user, cluster, authority, plugin, files, source}: PinInput): Pin | null {
  if (cluster.url === null || cluster.insecure || authority.fingerprints.length === 0) return null
  const where = {
    file: user.origin.file, user: user.name, server: cluster.url.canonical, ca: authority.fingerprints,
    proxyUrl: cluster.proxyUrl, tlsServerName: cluster.tlsServerName,
  }
  const {exec} = user
  if (exec === null) return {command: '', path: user.tokenFile === '' ? '' : resolve(user.origin.dir, user.tokenFile), args: [], env: [], script: null, ...where}
  if (plugin === null || plugin.run === null) return null
  const script = scriptOf(plugin, files, source)
  if (script === 'unreadable') return null
  const env = exec.env.map(({name, value}) => ({name, sha256: sha256(value)}))
  return {command: exec.command, path: plugin.run.path, args: exec.args, env, ...(exec.provideClusterInfo ? {clusterInfo: sha256(JSON.stringify(cluster.entry?.execExtension ?? null))} : {}), script, ...where}
}

/** The program that would really start: the kubectl plugin's file, or the command itself. */
export function runProgram(plugin: PluginJudgement): Program | null {
  return plugin.programs.find(program => program.path !== null && program.path === plugin.run?.path) ?? null
}

/** `#!/usr/bin/env bash` is resolved through PATH as it is now: a pin names the interpreter that will run. */
export function interpreterOf(program: Program, source: ProgramSource): string | null {
  if (program.shebang === undefined) return null
  const {interpreter, argument} = program.shebang
  const name = /(^|\/)env$/.test(interpreter) ? argument.replace(/^-S\s+/, '').split(/\s+/)[0] : undefined
  return name === undefined || name === '' ? interpreter : (source.look(name, '/').path ?? interpreter)
}

/** What starts is pinned by its text wherever it is one: the program, a launcher's tail, a file handed to a shell. */
function scriptOf(plugin: PluginJudgement, files: FileSource, source: ProgramSource): Pin['script'] | 'unreadable' {
  const program = runProgram(plugin)
  if (program === null) return null
  // A kubectl in front of its plugin is not started again.
  const started = plugin.programs.slice(plugin.programs.indexOf(program))
  const texts = started.filter(one => one.shebang !== undefined || plugin.scripts.includes(one))
  const first = texts[0]
  if (first === undefined) return null
  const digests = texts.map(one => (one.real === null ? null : files.digest(one.real)))
  if (digests.includes(null)) return 'unreadable'
  return {sha256: digests.length === 1 ? digests[0] ?? '' : sha256(digests.join()), interpreter: interpreterOf(first, source) ?? plugin.run?.path ?? ''}
}

/** Twelve hex digits that name a use: shown by the guard, taken by `kubeconfig trust --id`. */
export function pinId(pin: Pin): string {
  return sha256(canonicalPin(pin)).slice(0, 12)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
