import type {Merged} from './merge.js'

type Kind = 'switch' | 'value' | 'both'

interface Use {command: string; name: string; short?: string; kind: Kind}

const kindOf = (entry: string): Kind => (entry.includes('switch') ? (entry.includes('value') ? 'both' : 'switch') : 'value')

const usesOf = ({commands}: Merged): Use[] =>
  Object.entries(commands).flatMap(([command, {flags}]) =>
    Object.entries(flags).map(([label, entry]) => {
      const [name = '', short] = label.split(',')
      return {command, name, kind: kindOf(entry), ...(short ? {short} : {})}
    }))

interface Arities {switches: string[]; values: string[]; unsure: string[]; odd: Record<string, string>}

/** One name, all its local uses: the arity of most, the commands where it is another, or unsure where releases disagree. */
function split(uses: readonly Use[], nameOf: (use: Use) => string | undefined): Arities {
  const kinds = new Map<string, Map<string, Kind>>()
  for (const use of uses) {
    const name = nameOf(use)
    if (!name) continue
    const at = kinds.get(name) ?? new Map<string, Kind>()
    at.set(use.command, at.has(use.command) && at.get(use.command) !== use.kind ? 'both' : use.kind)
    kinds.set(name, at)
  }

  const found: Arities = {switches: [], values: [], unsure: [], odd: {}}
  for (const [name, at] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) place(found, name, at)
  return found
}

function place(found: Arities, name: string, at: ReadonlyMap<string, Kind>): void {
  const count = (kind: Kind) => [...at.values()].filter(other => other === kind).length
  if (count('both') > 0) {
    found.unsure.push(name)
    return
  }

  const usual: Kind = count('switch') > count('value') ? 'switch' : 'value'
  ;(usual === 'switch' ? found.switches : found.values).push(name)
  for (const [command, kind] of at) if (kind !== usual) found.odd[`${command} ${name}`] = kind[0] ?? ''
}

function tree({commands}: Merged): Record<string, string> {
  const children: Record<string, string[]> = {}
  for (const [path, {aliases}] of Object.entries(commands)) {
    const words = path.split(' ')
    const name = words.pop()
    if (!name) continue
    const list = (children[words.join(' ')] ??= [])
    list.push(name, ...(aliases ?? []).map(alias => `${alias}>${name}`))
  }

  return Object.fromEntries(Object.entries(children).map(([path, words]) => [path, ` ${words.join(' ')} `]))
}

/** A `?` marks what not every release with this command has: there cobra's search takes it for an unknown flag. */
function parentSwitches({commands}: Merged, uses: readonly Use[], parents: ReadonlySet<string>): Record<string, string> {
  const found: Record<string, Set<string>> = {}
  for (const {command, name, short, kind} of uses) {
    if (command === '' || kind === 'value' || !parents.has(command)) continue
    const owner = commands[command]
    const isSure = owner?.flags[short ? `${name},${short}` : name] === `switch ${owner?.releases}`
    for (const word of short ? [name, `-${short}`] : [name]) (found[command] ??= new Set()).add(isSure ? word : `${word}?`)
  }

  return Object.fromEntries(Object.entries(found).map(([command, names]) => [command, ` ${[...names].join(' ')} `]))
}

const CONNECTION = ('as as-group as-uid as-user-extra cache-dir certificate-authority client-certificate client-key cluster context '
  + 'disable-compression insecure-skip-tls-verify kubeconfig kuberc namespace password request-timeout server tls-server-name token user username').split(' ')

function shadows(uses: readonly Use[]): Record<string, string> {
  const found: Record<string, string[]> = {}
  for (const {command, name} of uses) {
    // `config --kubeconfig` is a flag of its own with the meaning of the global one.
    if (command !== '' && CONNECTION.includes(name) && !(command === 'config' && name === 'kubeconfig')) (found[command] ??= []).push(name)
  }

  return Object.fromEntries(Object.entries(found).map(([command, names]) => [command, ` ${[...new Set(names)].join(' ')} `]))
}

const quote = (text: string) => `'${text}'`
const record = (entries: Record<string, string>) => `{\n${Object.entries(entries).map(([key, text]) => `  ${/^[a-z]+$/.test(key) ? key : quote(key)}: ${quote(text)},\n`).join('')}}`
const words = (names: readonly string[]) => quote(` ${names.join(' ')} `)

/** The reader asks for one arity of a global flag, also where a command has a flag of that name. */
function refuseOddGlobals(globals: readonly Use[], locals: readonly Use[]): void {
  for (const {name, kind} of globals) {
    const other = locals.find(use => use.name === name && use.kind !== kind)
    if (kind === 'both' || other) throw new Error(`--${name} has two arities${other ? ` (${other.command})` : ''}`)
  }
}

export function renderTable(merged: Merged): string {
  const uses = usesOf(merged)
  const globals = uses.filter(use => use.command === '')
  const locals = uses.filter(use => use.command !== '')
  const long = split(locals, use => use.name)
  const short = split(locals, use => use.short && `-${use.short}`)
  const children = tree(merged)
  const parents = parentSwitches(merged, uses, new Set(Object.keys(children)))
  const globalNames = (kind: Kind) => globals.filter(use => use.kind === kind).flatMap(use => (use.short ? [use.name, `-${use.short}`] : [use.name]))
  refuseOddGlobals(globals, locals)
  return `// Generated by scripts/kubectl-flags/merge.ts from kubectl 1.${merged.releases.replaceAll('-', ' to 1.')}. Words stand between spaces, shorthands with their dash.

/** Children of each command path; \`cm>configmap\` is an alias. */
export const COMMANDS: Readonly<Record<string, string>> = ${record(children)}

/** Flags of every command. A switch never takes the next word, a value always does. */
export const GLOBAL_SWITCHES = ${words(globalNames('switch'))}
export const GLOBAL_VALUES = ${words(globalNames('value'))}

/** Flags of single commands, with the arity that they have in most. */
export const LOCAL_SWITCHES = ${words(['help', ...long.switches, '-h', ...short.switches])}
export const LOCAL_VALUES = ${words([...long.values, ...short.values])}

/** Flags whose arity changed between releases. */
export const UNSURE = ${words([...long.unsure, ...short.unsure])}

/** Commands where it is another: s(witch) or v(alue). */
export const ODD: Readonly<Record<string, string>> = ${record({...long.odd, ...short.odd})}

/** Switches of commands that have sub-commands: cobra looks at them before it knows the sub-command. */
export const PARENT_SWITCHES: Readonly<Record<string, string>> = ${record(parents)}

/** Flags named like a connection flag that mean something else in these commands. */
export const SHADOWS: Readonly<Record<string, string>> = ${record(shadows(uses))}
`
}
