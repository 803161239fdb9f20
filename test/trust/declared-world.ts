import {LISTED_NAMES} from '../../src/trust/catalogue/catalogue.js'
import type {JudgeWorld} from '../../src/trust/judge.js'
import type {PlaceFact, Program} from '../../src/trust/program.js'
import type {CredentialPlugin, EnvVar} from '../../src/kubeconfig/model.js'

/** A machine as a table: what is installed, and what is odd about it. */
export interface DeclaredProgram extends Partial<Program> {
  path: string
}

const PLACE: PlaceFact = {path: '/usr/local/bin', owner: 'root', worldWritable: false, sticky: false, groupWritable: 'no'}

export function place(fact: Partial<PlaceFact>): PlaceFact {
  return {...PLACE, ...fact}
}

/** The catalogue's helpers, kubectl and its plugins in /usr/local/bin; extra programs by path. Later ones win. */
export function declaredWorld(extra: readonly DeclaredProgram[] = [], missing: readonly string[] = [], platform: JudgeWorld['platform'] = 'linux'): JudgeWorld {
  const installed = new Map<string, DeclaredProgram>()
  for (const name of ['kubectl', ...LISTED_NAMES]) installed.set(`/usr/local/bin/${name}`, {path: `/usr/local/bin/${name}`})
  for (const program of extra) installed.set(program.path, program)
  for (const name of missing) installed.delete(`/usr/local/bin/${name}`)
  return {platform, home: '/home/user', source: {look: (command, dir) => look(command, dir, installed)}}
}

function look(command: string, dir: string, installed: ReadonlyMap<string, DeclaredProgram>): Program {
  const road = command.startsWith('/') ? 'absolute' : command.includes('/') ? 'relative' : 'bare'
  const path = road === 'bare' ? `/usr/local/bin/${command}` : road === 'absolute' ? command : `${dir}/${command.replace(/^\.\//, '')}`
  const found = installed.get(path)
  const base: Program = {command, road, path: null, real: null, executable: false, location: 'normal', places: []}
  if (found === undefined) return base
  return {...base, real: found.path, executable: true, places: [PLACE], ...found}
}

export interface Stanza {
  command: string
  args?: readonly string[]
  env?: readonly EnvVar[]
}

export function pluginOf({command, args = [], env = []}: Stanza, more: Partial<CredentialPlugin> = {}): CredentialPlugin {
  return {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command,
    args,
    env,
    interactiveMode: '',
    provideClusterInfo: false,
    installHint: '',
    origin: {file: '/home/user/work/config', dir: '/home/user/work', root: {kind: 'mapping', entries: [], line: 1, column: 1}, path: ['users', 0, 'user']},
    ...more,
  }
}
