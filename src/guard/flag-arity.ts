import {COMMANDS, GLOBAL_SWITCHES, GLOBAL_VALUES, LOCAL_SWITCHES, LOCAL_VALUES, ODD, PARENT_SWITCHES, SHADOWS, UNSURE} from './kubectl-flags.js'

/** Answers a question that the table leaves open; the same question gets the same answer within one reading. */
export type Decide = (question: string) => boolean

/** A canonical command path, such as `['create', 'secret', 'tls']`. */
export type Path = readonly string[]

const has = (list: string | undefined, word: string): boolean =>
  list !== undefined && word !== '' && !word.includes(' ') && list.includes(` ${word} `)

const isGlobal = (flag: string): boolean => has(GLOBAL_SWITCHES, flag) || has(GLOBAL_VALUES, flag)

export const isShadowed = (path: Path, flag: string): boolean => has(SHADOWS[path.join(' ')], flag)

const isKnown = (flag: string): boolean =>
  isGlobal(flag) || has(LOCAL_SWITCHES, flag) || has(LOCAL_VALUES, flag) || has(UNSURE, flag)

/** The sub-command that cobra finds for this word, with its real name for an alias. */
export function childOf(path: Path, word: string): string | undefined {
  const children = COMMANDS[path.join(' ')]
  if (children === undefined || !/^[\w-]+$/.test(word)) return undefined
  if (has(children, word)) return word
  const at = children.indexOf(` ${word}>`)
  if (at === -1) return undefined
  return children.slice(at + word.length + 2, children.indexOf(' ', at + 1))
}

/**
 * Whether cobra, still looking for the sub-command of `path`, skips the word after this flag. It asks only the flags of
 * `path`: one that belongs to a sub-command is unknown here, and an unknown flag is taken to have a value.
 */
export function isSkippingNext(path: Path, flag: string, decide: Decide): boolean {
  const own = PARENT_SWITCHES[path.join(' ')]
  if (has(GLOBAL_SWITCHES, flag) || has(own, flag)) return false
  if (isKnown(flag) && !has(own, `${flag}?`)) return true
  return decide(`search ${flag}`)
}

/** Whether pflag, parsing for the found command, gives the next word to this flag. */
export function isTakingNext(path: Path, flag: string, decide: Decide): boolean {
  const odd = ODD[`${path.join(' ')} ${flag}`]
  if (odd !== undefined) return odd === 'v'
  if (has(GLOBAL_SWITCHES, flag) || has(LOCAL_SWITCHES, flag)) return false
  if (has(GLOBAL_VALUES, flag) || has(LOCAL_VALUES, flag)) return true
  return decide(`parse ${flag}`)
}
