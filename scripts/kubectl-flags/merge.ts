/**
 * `tsx scripts/kubectl-flags/merge.ts [DIR]`: with DIR, merges the dumps DIR/<minor>.json into flags.json;
 * always writes src/guard/kubectl-flags.ts from flags.json.
 */
import {readFileSync, readdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {renderTable} from './table.js'

interface DumpedFlag {name: string; short?: string; noOpt?: string}
interface DumpedCommand {path: string[]; aliases?: string[]; flags?: DumpedFlag[]; rawArgs?: boolean; stopsAtWord?: boolean; unknownFlags?: boolean; traverse?: boolean}

/** A flag's entry reads `value 20-37`, or `switch 20-25, value 26-37` where the releases disagree. */
export interface Command {releases: string; aliases?: string[]; flags: Record<string, string>}
export interface Merged {releases: string; commands: Record<string, Command>}

const here = dirname(fileURLToPath(import.meta.url))

/** A switch has a NoOptDefVal in pflag's words: it never takes the next word. */
const arity = (flag: DumpedFlag) => (flag.noOpt ? 'switch' : 'value')

const spans = (minors: readonly number[]) => {
  const found: string[] = []
  for (let i = 0, start = 0; i < minors.length; i++) {
    if (minors[i + 1] === (minors[i] ?? 0) + 1) continue
    found.push(start === i ? `${minors[i]}` : `${minors[start]}-${minors[i]}`)
    start = i + 1
  }

  return found.join('+')
}

/** `--add_dir_header` and `--add-dir-header` are one flag to kubectl. */
const label = (flag: DumpedFlag) => flag.name.replaceAll('_', '-') + (flag.short ? `,${flag.short}` : '')

class Tally {
  readonly seen = new Map<string, Map<string, number[]>>()
  add(key: string, value: string, minor: number): void {
    const values = this.seen.get(key) ?? new Map<string, number[]>()
    values.set(value, [...(values.get(value) ?? []), minor])
    this.seen.set(key, values)
  }
}

function readDump(file: string): DumpedCommand[] {
  const commands = JSON.parse(readFileSync(file, 'utf8')) as DumpedCommand[]
  // No kubectl has had one of these, and the reader does not know them.
  const odd = commands.find(command => command.rawArgs || command.stopsAtWord || command.unknownFlags || command.traverse)
  if (odd) throw new Error(`${file}: ${odd.path.join(' ')} parses its flags in a way of its own`)
  return commands
}

function merge(directory: string): Merged {
  const minors = readdirSync(directory).flatMap(name => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : [])).sort((a, b) => a - b)
  const commands = new Map<string, {minors: number[]; aliases: Set<string>; flags: Tally}>()
  for (const minor of minors) {
    for (const {path, aliases, flags} of readDump(join(directory, `${minor}.json`))) {
      const key = path.join(' ')
      const entry = commands.get(key) ?? {minors: [], aliases: new Set<string>(), flags: new Tally()}
      commands.set(key, entry)
      entry.minors.push(minor)
      for (const alias of aliases ?? []) entry.aliases.add(alias)
      for (const flag of flags ?? []) entry.flags.add(label(flag), arity(flag), minor)
    }
  }

  return {releases: spans(minors), commands: Object.fromEntries([...commands].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, shape(entry)]))}
}

function shape({minors, aliases, flags}: {minors: number[]; aliases: Set<string>; flags: Tally}): Command {
  const rows = [...flags.seen].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    releases: spans(minors),
    ...(aliases.size > 0 ? {aliases: [...aliases].sort()} : {}),
    flags: Object.fromEntries(rows.map(([name, arities]) => [name, [...arities].map(([kind, at]) => `${kind} ${spans(at)}`).join(', ')])),
  }
}

const data = join(here, 'flags.json')
const dumps = process.argv[2]
if (dumps) writeFileSync(data, `${JSON.stringify(merge(dumps), undefined, 1)}\n`)
writeFileSync(join(here, '../../src/guard/kubectl-flags.ts'), renderTable(JSON.parse(readFileSync(data, 'utf8')) as Merged))
