import {isTakingNext, type Decide, type Path} from './flag-arity.js'
import type {Word} from './command-search.js'

/** One use of a flag, and the places of the words that it takes up. */
export interface UsedFlag {name: string; value: string; places: readonly number[]}

export interface Parse {flags: readonly UsedFlag[]; words: readonly Word[]}

const LONG_NAMES: Readonly<Record<string, string>> = {n: 'namespace', s: 'server', h: 'help'}

/**
 * What pflag makes of the words (spf13/pflag flag.go, `parseArgs`). An error of kubectl ends the parse; what was read
 * until then stands, since kubectl then contacts nothing.
 */
export function parseFlags(words: readonly Word[], path: Path, decide: Decide): Parse {
  const state: State = {words, at: 0, path, decide, flags: [], positional: []}
  while (state.at < words.length) {
    const word = words[state.at++]
    if (word === undefined || word.text === '--') break
    if (word.text.length < 2 || !word.text.startsWith('-')) state.positional.push(word)
    else if (!(word.text.startsWith('--') ? parseLong(word, state) : parseCluster(word, state))) break
  }

  return {flags: state.flags, words: state.positional}
}

interface State {
  words: readonly Word[]
  at: number
  path: Path
  decide: Decide
  flags: UsedFlag[]
  positional: Word[]
}

function parseLong(word: Word, state: State): boolean {
  const text = word.text.slice(2)
  if (text.startsWith('-') || text.startsWith('=')) return false
  const equals = text.indexOf('=')
  const name = (equals === -1 ? text : text.slice(0, equals)).replaceAll('_', '-')
  if (equals !== -1) return use(state, name, text.slice(equals + 1), [word.at])
  if (!isTakingNext(state.path, name, state.decide)) return use(state, name, 'true', [word.at])
  return useNext(state, name, word)
}

function parseCluster(word: Word, state: State): boolean {
  for (let rest = word.text.slice(1); rest !== ''; rest = rest.slice(1)) {
    const letter = rest.charAt(0)
    const name = LONG_NAMES[letter] ?? `-${letter}`
    // `-n=` gives `=` to -n: the form with an equals sign needs a value behind it.
    if (rest.length > 2 && rest[1] === '=') return use(state, name, rest.slice(2), [word.at])
    if (isTakingNext(state.path, `-${letter}`, state.decide)) {
      return rest.length > 1 ? use(state, name, rest.slice(1), [word.at]) : useNext(state, name, word)
    }

    use(state, name, 'true', [word.at])
  }

  return true
}

function use(state: State, name: string, value: string, places: readonly number[]): boolean {
  state.flags.push({name, value, places})
  return true
}

/** The next word is the value whatever it looks like, `--` included. */
function useNext(state: State, name: string, word: Word): boolean {
  const next = state.words[state.at++]
  return next !== undefined && use(state, name, next.text, [word.at, next.at])
}
