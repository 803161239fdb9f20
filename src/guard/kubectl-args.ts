import {asciiQuote} from '../printable.js'
import {firstWord, searchCommand, without, type Search, type Word} from './command-search.js'
import {connectionOf, isChoosing, type Connection} from './connection.js'
import {isTakingNext, type Decide, type Path} from './flag-arity.js'
import {parseFlags, type Parse, type UsedFlag} from './flag-parse.js'

export type {Connection} from './connection.js'

export interface Reading {
  /** The built-in command, aliases resolved; empty when there is none. */
  command: string[]
  /** The words that plugin lookup uses, up to the first flag. Also for `create WORD` with an unknown word. */
  plugin: string[]
  /** A completion request: all else describes the line that is being completed. */
  complete: boolean
  /** Contacts no server and needs no kubeconfig, in every release of the table. */
  offline: boolean
  connection: Connection
  /** The words before `--` that are neither flags nor their values, command words included. */
  words: string[]
}

/** One line each; text from the command line is quoted and ASCII. */
export type ArgsResult = {ok: true; reading: Reading} | {ok: false; message: string; hint: string}

type Refusal = Extract<ArgsResult, {ok: false}>

/** A reading and the places of its --kubeconfig words. */
interface Full {reading: Reading; cuts: number[]}

/** Two open flags have at most sixteen readings; more than that is no command line that somebody typed. */
const MOST_READINGS = 64

/**
 * What this command line selects, as every kubectl from 1.20 on reads it. Refused where two readings that a kubectl
 * might have (an unknown flag with and without a value) choose different commands or connections.
 */
export function readKubectlArgs(argv: readonly string[]): ArgsResult {
  const result = readAll(argv)
  return 'ok' in result ? result : {ok: true, reading: result.reading}
}

/** The same words without those that `--kubeconfig` takes up. Only for a line that `readKubectlArgs` has accepted. */
export function rewriteKubectlArgs(argv: readonly string[]): string[] {
  const result = readAll(argv)
  if ('ok' in result) throw new Error(`a refused command line cannot be rewritten: ${result.message}`)
  return cut(argv, result.cuts)
}

const cut = (argv: readonly string[], cuts: readonly number[]): string[] => argv.filter((_, at) => !cuts.includes(at))

function readAll(argv: readonly string[]): Full | Refusal {
  const refused = refuseText(argv)
  if (refused) return refused
  const full = readEveryWay(argv)
  if ('ok' in full) return full
  const {reading, cuts} = full
  if (reading.connection.kuberc !== undefined) return KUBERC_REFUSAL
  const flag = reading.command[0] === 'create' && reading.plugin.length > 0 ? connectionFlagIn(argv) : undefined
  if (flag !== undefined) return refuse(`kubectl may give ${asciiQuote(flag)} to a plugin for ${asciiQuote(reading.plugin.join(' '))}`, 'call the plugin without connection flags, or check the spelling after create')
  return cuts.length === 0 || isSameWithout(argv, full) ? full : refuse('this command line means something else without --kubeconfig', 'write --kubeconfig=FILE after the command')
}

/** Taking --kubeconfig out must not change how the rest is read, such as a plugin's name that a flag stood before. */
function isSameWithout(argv: readonly string[], {reading, cuts}: Full): boolean {
  const rest = cut(argv, cuts)
  const other = readEveryWay(rest)
  if ('ok' in other || isLate(argv) !== isLate(rest)) return false
  const {kubeconfig: _, ...connection} = reading.connection
  return JSON.stringify({...reading, connection}) === JSON.stringify(other.reading)
}

/** Cobra adds these commands last. Before that kubectl goes by looks, and `--context x help` is an unknown command `x`. */
const isLate = (argv: readonly string[]): boolean =>
  /^(help|__complete|__completeNoDesc)$/.test(argv.find(word => !word.startsWith('-')) ?? '')

/** Whatever stands around it may be a secret. */
const KUBERC_REFUSAL: Refusal = {ok: false, message: '"--kuberc" would let a file change what kubectl is told to do', hint: 'leave --kuberc out'}

function refuseText(argv: readonly string[]): Refusal | undefined {
  if (argv.some(word => word.includes('\0'))) return refuse('an argument holds a NUL character', 'remove it')
  // Node reads bytes that are no UTF-8 as U+FFFD, and would hand on something else than was typed.
  if (argv.some(word => word.includes('\ufffd'))) return refuse('an argument is not valid UTF-8', 'rename the file, or write the text in UTF-8')
  for (const word of argv) {
    if (word === '--') return undefined
    // kubectl 1.34 to 1.36 look for this text anywhere in a word, be it the value of another flag.
    if (word === '--kuberc' || word.includes('--kuberc=')) return KUBERC_REFUSAL
  }

  return undefined
}

function readEveryWay(argv: readonly string[]): Full | Refusal {
  const words = argv.map((text, at) => ({text, at}))
  let first: Full | undefined
  let isOffline = true
  for (const {full, questions} of readings(words)) {
    if (full === undefined) return unclear(questions)
    if (first && essence(first) !== essence(full)) return unclear(questions)
    first ??= full
    isOffline &&= full.reading.offline
  }

  if (first === undefined) return unclear([])
  return {...first, reading: {...first.reading, offline: isOffline}}
}

const essence = ({reading: {command, plugin, complete, connection}, cuts}: Full): string =>
  JSON.stringify([command, plugin, complete, Object.entries(connection).sort(), cuts])

/** All readings, one for each way to answer the questions that turn up; an absent one says that there are too many. */
function* readings(words: readonly Word[]): Generator<{full?: Full; questions: readonly string[]}> {
  let answers: boolean[] = []
  for (let count = 1; ; count++) {
    const questions: string[] = []
    const decide: Decide = question => {
      const known = questions.indexOf(question)
      const at = known === -1 ? questions.push(question) - 1 : known
      return (answers[at] ??= false)
    }

    const full = readOnce(words, decide)
    if (count > MOST_READINGS) yield {questions}
    yield {full, questions}
    const last = answers.lastIndexOf(false)
    if (last === -1) return
    answers = [...answers.slice(0, last), true]
  }
}

function unclear(questions: readonly string[]): Refusal {
  const flags = questions.filter(question => question !== 'removal' && question !== 'completion').map(question => question.replace(/^\w+ /, ''))
  const flag = flags.at(-1)
  if (flag === undefined) return refuse('kubectl releases read this command line differently', 'write the command first and its flags as --flag=value')
  const name = flag.startsWith('-') ? flag : `--${flag}`
  return refuse(`cannot tell whether ${asciiQuote(name)} takes the word after it`, 'write it as --flag=value, or after all other flags')
}

function readOnce(words: readonly Word[], decide: Decide): Full {
  const request = firstWord(words, [], decide)
  if (request && /^__complete(NoDesc)?$/.test(request.text)) {
    return readLine(lineBeingCompleted(without(words, request, decide), decide), true, decide)
  }

  return readLine(words, false, decide)
}

/** The last word is still being typed. Before it, `-sURL` may count as a flag `-L` that waits for its value and go too. */
function lineBeingCompleted(words: readonly Word[], decide: Decide): readonly Word[] {
  const line = words.slice(0, -1)
  const last = line.at(-1)?.text ?? ''
  return /^-[^-=][^=]/.test(last) && decide('completion') ? line.slice(0, -1) : line
}

function readLine(words: readonly Word[], complete: boolean, decide: Decide): Full {
  const search = searchCommand(words, decide)
  const {path, rest, next} = search
  const isUnknown = path.length === 0 && next !== undefined
  if ((isUnknown && !isFlag(words[0])) || isCreatePlugin(path, rest)) return readPlugin(path, words, complete)
  const parse = parseFlags(rest, path, decide)
  const reading: Reading = {
    command: [...path],
    plugin: [],
    complete,
    offline: !complete && !isUnknown && isOffline(path, parse),
    connection: connectionOf(parse.flags, path),
    words: inOrder(search, parse),
  }
  return {reading, cuts: parse.flags.filter(flag => flag.name === 'kubeconfig').flatMap(flag => flag.places)}
}

const isFlag = (word: Word | undefined): boolean => word?.text.startsWith('-') ?? false

/** From 1.29 on `create WORD` looks for a plugin; the built-in create refuses any further word. */
const isCreatePlugin = (path: Path, rest: readonly Word[]): boolean =>
  path.length === 1 && path[0] === 'create' && rest.length > 0 && !isFlag(rest[0])

/** A plugin's flags are its own affair; kubectl itself reads none of them. */
function readPlugin(path: Path, words: readonly Word[], complete: boolean): Full {
  const end = words.findIndex(isFlag)
  const plugin = words.slice(0, end === -1 ? undefined : end).map(word => word.text)
  return {reading: {command: [...path], plugin, complete, offline: false, connection: {asOther: false}, words: plugin}, cuts: []}
}

const inOrder = ({typed}: Search, {words}: Parse): string[] =>
  [...typed, ...words].sort((a, b) => a.at - b.at).map(word => word.text)

const OFFLINE = new Set(['', 'help', 'options', 'completion', 'plugin', 'plugin list', 'kustomize'])

/** Go's strconv.ParseBool. */
const isTrue = (flag: UsedFlag | undefined): boolean => /^(1|t|T|true|True|TRUE)$/.test(flag?.value ?? '')

function isOffline(path: Path, {flags}: Parse): boolean {
  const last = (name: string) => flags.findLast(flag => flag.name === name)
  if (isTrue(last('help')) || OFFLINE.has(path.join(' '))) return true
  return path.join(' ') === 'version' && isTrue(last('client'))
}

/**
 * The first word that a plugin may read as a connection flag, also in the form `-kubeconfig` of Go's own flag package.
 * Namespace and impersonation are not among them: they choose neither a file, nor a server, nor a credential.
 *
 * @returns the flag without its value, which may be a secret
 */
export function connectionFlagIn(argv: readonly string[]): string | undefined {
  for (const word of argv) {
    if (word === '--') return undefined
    const [flag, name] = /^--?([^=]+)/.exec(word) ?? []
    if (name === undefined) continue
    if (isChoosing(name.replaceAll('_', '-'))) return flag
    if (!word.startsWith('--') && isServerCluster(name)) return '-s'
  }

  return undefined
}

/** `-As URL` and `-sURL`, but not `-ojson`, where kubectl's -o takes the rest. */
function isServerCluster(letters: string): boolean {
  for (const letter of letters) {
    if (letter === 's') return true
    if (isTakingNext([], `-${letter}`, () => false)) return false
  }

  return false
}

const refuse = (message: string, hint: string): Refusal => ({ok: false, message, hint})
