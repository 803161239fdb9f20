import type {Helper, Watch} from './catalogue/helper.js'

/** A flag as the helper would read it. */
export interface FlagUse {
  /** The long spelling that all spellings share; as written when unknown. */
  name: string
  written: string
  value: string | null
  /** Index into the arguments. */
  index: number
  joined: boolean
  state: 'known' | 'unknown' | 'ambiguous' | 'no-value' | 'arity-unknown'
  watch?: Watch
  repeats: boolean
  /** Ambiguous prefix: the watches it could mean. */
  candidates?: readonly Watch[]
}

export interface ParsedArguments {
  flags: FlagUse[]
  words: {text: string; index: number}[]
  /** Index of `--`, or -1. */
  dashes: number
}

interface FlagSpec {
  name: string
  takes: 'value' | 'nothing' | 'joined'
  repeats: boolean
  watch?: Watch
}

/** A catalogue list as its words. */
export function words(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(' ')
}

/** Every spelling of every flag of a helper. A watch wins over a plain listing of the same flag. */
export function flagTable(helper: Helper): Map<string, FlagSpec> {
  const table = new Map<string, FlagSpec>()
  const add = (list: string | undefined, takes: FlagSpec['takes'], repeats: boolean): void => {
    for (const spellings of words(list)) {
      const names = spellings.split('|')
      for (const name of names) table.set(name, {name: names[0] ?? name, takes, repeats})
    }
  }
  add(helper.values, 'value', false)
  add(helper.lists, 'value', true)
  add(helper.switches, 'nothing', false)
  add(helper.joined, 'joined', false)
  for (const watch of helper.watch ?? []) {
    for (const name of watch.flags) table.set(name, {name: watch.flags[0] ?? name, takes: watch.takes, repeats: false, watch})
  }
  return table
}

/**
 * Splits arguments into flags and positional words the way the helper would.
 * What cannot be read with certainty is marked, and the caller distrusts it:
 * after such a mark the positional words are no longer proof of anything.
 */
export function parseArguments(args: readonly string[], helper: Helper): ParsedArguments {
  const table = flagTable(helper)
  const parsed: ParsedArguments = {flags: [], words: [], dashes: -1}
  for (let index = 0; index < args.length; index++) {
    const text = args[index] ?? ''
    if (text === '--') {
      parsed.dashes = index
      break
    }
    if (!text.startsWith('-') || text === '-') {
      parsed.words.push({text, index})
      continue
    }
    const use = readFlag(args, index, table, helper)
    parsed.flags.push(use)
    if (use.value !== null && !use.joined) index++
  }
  return parsed
}

function readFlag(args: readonly string[], index: number, table: ReadonlyMap<string, FlagSpec>, helper: Helper): FlagUse {
  const text = args[index] ?? ''
  const equals = text.indexOf('=')
  const written = equals === -1 ? text : text.slice(0, equals)
  const value = equals === -1 ? null : text.slice(equals + 1)
  const base = {name: written, written, value, index, joined: value !== null, repeats: false}
  const found = findSpec(written, table, helper)
  if (Array.isArray(found)) return {...base, state: 'ambiguous', candidates: found.flatMap(spec => spec.watch ?? [])}
  if (found === undefined) return attachedValue(text, index, table) ?? {...base, state: prefixState(written, value, helper)}
  const known = {...base, name: found.name, repeats: found.repeats, ...(found.watch === undefined ? {} : {watch: found.watch})}
  if (found.takes === 'joined') return {...known, state: value === null ? 'arity-unknown' : 'known'}
  if (found.takes === 'nothing' || value !== null) return {...known, state: 'known'}
  const next = args[index + 1]
  return next === undefined ? {...known, state: 'no-value'} : {...known, value: next, joined: false, state: 'known'}
}

function prefixState(written: string, value: string | null, helper: Helper): FlagUse['state'] {
  if (!(helper.prefixes ?? []).some(prefix => written.startsWith(prefix))) return 'unknown'
  return value === null ? 'arity-unknown' : 'known'
}

/** argparse takes any unambiguous prefix of a long flag; several possible flags come back as a list. */
function findSpec(written: string, table: ReadonlyMap<string, FlagSpec>, helper: Helper): FlagSpec | FlagSpec[] | undefined {
  const exact = table.get(written)
  if (exact !== undefined || helper.abbreviates !== true || !/^--\w/.test(written)) return exact
  const hits = [...table].filter(([name]) => name.startsWith(written)).map(([, spec]) => spec)
  const first = hits[0]
  return first !== undefined && hits.every(spec => spec.name === first.name) ? first : hits.length === 0 ? undefined : hits
}

/** `-v5`, `-oyaml`: a short value flag with its value attached. */
function attachedValue(text: string, index: number, table: ReadonlyMap<string, FlagSpec>): FlagUse | undefined {
  const written = text.slice(0, 2)
  const spec = /^-[A-Za-z]./.test(text) ? table.get(written) : undefined
  if (spec === undefined || spec.takes !== 'value') return undefined
  const value = text.slice(2).replace(/^=/, '')
  return {name: spec.name, written, value, index, joined: true, state: 'known', repeats: spec.repeats, ...(spec.watch === undefined ? {} : {watch: spec.watch})}
}
