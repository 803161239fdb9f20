import {childOf, isSkippingNext, type Decide, type Path} from './flag-arity.js'

/** A word of the command line and its place there. */
export interface Word {text: string; at: number}

export interface Search {
  path: Path
  /** The words that led there, as typed. */
  typed: readonly Word[]
  /** What is left for the flag parser. */
  rest: readonly Word[]
  /** The first word that is no flag and, as cobra sees it, no flag's value; undefined when there is none. */
  next: Word | undefined
}

/**
 * Cobra looks for the command before any flag is parsed, and guesses which words are values (spf13/cobra command.go,
 * `Find`, `stripFlags`, `argsMinusFirstX`). The guess differs from the parse: `-An x` skips nothing here.
 */
export function searchCommand(words: readonly Word[], decide: Decide): Search {
  let path: Path = []
  let rest = words
  const typed: Word[] = []
  for (;;) {
    const next = firstWord(rest, path, decide)
    const child = next && childOf(path, next.text)
    if (next === undefined || child === undefined) return {path, typed, rest, next}
    rest = without(rest, next, decide)
    typed.push(next)
    path = [...path, child]
  }
}

export function firstWord(words: readonly Word[], path: Path, decide: Decide): Word | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    if (word === undefined || word.text === '--') return undefined
    const flag = flagBeforeValue(word.text)
    if (flag !== undefined && isSkippingNext(path, flag, decide)) i++
    else if (word.text !== '' && !word.text.startsWith('-')) return word
  }

  return undefined
}

/** Only `--name` and `-n` can swallow a word here: nothing with `=`, no cluster of shorthands. */
function flagBeforeValue(text: string): string | undefined {
  if (!text.startsWith('-') || text.includes('=')) return undefined
  if (text.startsWith('--')) return text.slice(2).replaceAll('_', '-')
  return /^-[\0-\x7F]$/.test(text) ? text : undefined
}

/** Up to cobra 1.5 (kubectl 1.25) the first equal word went, be it a flag's value: `--user get -v get`. */
export function without(words: readonly Word[], found: Word, decide: Decide): Word[] {
  const first = words.find(word => word.text === found.text)
  const gone = first !== found && decide('removal') ? first : found
  return words.filter(word => word !== gone)
}
