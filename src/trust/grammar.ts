import type {PathStep} from '../kubeconfig/node.js'
import type {FlagUse, ParsedArguments} from './arguments.js'
import {parseArguments, words} from './arguments.js'
import type {Helper, Watch} from './catalogue/helper.js'
import {quoted} from './quote.js'
import type {Grade, Reason} from './reason.js'
import {because} from './reasons.js'
import {isPlaceholder, withoutPlaceholders} from './template.js'
import {judgeUrl} from './urls.js'
import type {ValueWorld} from './value-rules.js'
import {gradeOfValue} from './value-rules.js'

/** A command line inside the plugin's arguments. */
export interface CallArguments {
  args: readonly string[]
  /** The same arguments with secrets hidden, for messages. */
  shown: readonly string[]
  /** Index of `args[0]` in the plugin's own list. */
  offset: number
}

export interface GrammarResult {
  reasons: Reason[]
  /** Hosts the helper itself sends credentials to. */
  hosts: string[]
  unknownFlags: number
}

/** Sub-commands that act, or rewrite files, each time kubectl is called. */
const ACTS = new Set(
  'exec ssh scp cp run run-command apply delete install configure update-kubeconfig convert-kubeconfig get-credentials'.split(' '),
)
const REGION_FLAGS = new Set(['--region', '--region-id', '--location'])
const OFF = /^(?:false|f|0)$/i
const SWITCH_VALUE = /^(?:true|t|1|false|f|0)$/i

/** Is this call one that the catalogue entry documents? No reason beyond `info` means yes. */
export function judgeGrammar(helper: Helper, call: CallArguments, world: ValueWorld): GrammarResult {
  const result: GrammarResult = {reasons: [], hosts: [], unknownFlags: 0}
  const text = (index: number): string => quoted(call.shown[index] ?? '')
  const at = (index: number): PathStep[] => ['exec', 'args', call.offset + index]
  if (call.args.length === 0 && !helper.calls.includes('')) {
    result.reasons.push(because('helper-without-arguments', ['exec'], `${quoted(helper.names[0] ?? '')} is called without arguments.`))
    return result
  }
  const parsed = parseArguments(call.args, helper)
  judgeWords(helper, parsed, result, at, text)
  for (const flag of parsed.flags) judgeFlag(helper, flag, result, at, text, world)
  judgeRepeats(parsed.flags, result, at, text)
  judgeRequired(helper, parsed.flags, result)
  return result
}

type At = (index: number) => PathStep[]
type Text = (index: number) => string

function judgeWords(helper: Helper, parsed: ParsedArguments, result: GrammarResult, at: At, text: Text): void {
  const said = parsed.words.map(word => word.text)
  if (parsed.dashes !== -1) result.reasons.push(because('words-after-dashes', at(parsed.dashes), 'Words follow `--`, but this helper starts no other program.'))
  const call = longestCall(helper, said)
  if (call === undefined) {
    const act = parsed.words.find(word => ACTS.has(word.text))
    if (act !== undefined) result.reasons.push(because('subcommand-acts', at(act.index), `The sub-command ${text(act.index)} acts; it prints no credential.`))
    else result.reasons.push(because('subcommand-not-listed', ['exec', 'args'], `The words are not a credential call of ${helper.id}: ${plainCalls(helper)}.`))
    return
  }
  const operands = parsed.words.slice(call.length)
  const [least, most] = helper.operands ?? [0, 0]
  const extra = operands[most]
  if (extra !== undefined) result.reasons.push(because('extra-words', at(extra.index), `${text(extra.index)} stands beyond the documented call.`))
  if (operands.length < least) result.reasons.push(because('subcommand-not-listed', ['exec', 'args'], 'A word is missing after the call.'))
  for (const operand of operands) {
    if (helper.operandHosts === true) judgeHost(operand.text, result, at(operand.index))
    else judgeReference(operand.text, true, result, at(operand.index), text(operand.index))
  }
}

function longestCall(helper: Helper, said: readonly string[]): string[] | undefined {
  return helper.calls
    .map(call => words(call))
    .filter(call => call.every((word, index) => said[index] === word))
    .toSorted((a, b) => b.length - a.length)[0]
}

function plainCalls(helper: Helper): string {
  return helper.calls.map(call => `${helper.names[0]} ${call}`.trim()).join(', ')
}

function judgeFlag(helper: Helper, flag: FlagUse, result: GrammarResult, at: At, text: Text, world: ValueWorld): void {
  const add = (reason: Reason): void => void result.reasons.push(reason)
  const where = at(flag.index)
  const name = quoted(flag.written)
  if (flag.state === 'unknown' && isTemplateFlag(flag.written)) {
    add(because('template-flag', where, `${name} is a placeholder that was not filled in.`))
  } else if (flag.state === 'unknown') {
    result.unknownFlags++
    add(because('unknown-flag', where, `The flag ${name} is not known for ${helper.id}.`))
  }
  if (flag.state === 'ambiguous') add(because('unknown-flag', where, `${name} abbreviates more than one flag.`, worst(flag.candidates ?? [])))
  if (flag.state === 'arity-unknown') add(because('flag-arity-unknown', where, `${name} may take the next word.`))
  if (flag.state === 'no-value') add(because('flag-without-value', where, `${name} has no value.`))
  if (flag.state === 'known') judgeKnownFlag(helper, flag, result, at, text, world)
  // `--flag --other`: cobra takes the second as the value, argparse refuses.
  if (flag.value?.startsWith('-') === true && !flag.joined) add(because('value-looks-like-flag', at(flag.index + 1), `The value of ${name} looks like a flag: ${text(flag.index + 1)}.`))
  if (flag.value === '' && isSuspiciouslyEmpty(flag)) add(because('flag-without-value', where, `${name} has an empty value.`))
}

/** `--flag ""` names nothing and is plain to see; `--flag=` is easily read as a switch. */
function isSuspiciouslyEmpty(flag: FlagUse): boolean {
  if (flag.watch?.rule?.kind === 'home' && flag.watch.rule.emptyOk === true) return false
  return flag.joined || flag.watch !== undefined
}

/** Literally there is no such flag, so every helper stops on it: the template was not rendered. */
function isTemplateFlag(written: string): boolean {
  return written.startsWith('--{{') && isPlaceholder(written.slice(2))
}

function worst(watches: readonly Watch[]): Grade {
  return watches.some(watch => watch.grade === 'block') ? 'block' : 'warn'
}

function judgeKnownFlag(helper: Helper, flag: FlagUse, result: GrammarResult, at: At, text: Text, world: ValueWorld): void {
  const where = at(flag.joined || flag.value === null ? flag.index : flag.index + 1)
  const shown = flag.joined ? text(flag.index) : flag.value === null ? quoted(flag.written) : `${quoted(flag.written)} ${text(flag.index + 1)}`
  if (flag.watch !== undefined) judgeWatched(flag.watch, flag, result, where, shown, world)
  else if (takesNothing(helper, flag) && flag.value !== null && !SWITCH_VALUE.test(flag.value)) {
    result.reasons.push(because('unknown-flag', where, `The switch ${quoted(flag.written)} takes no value.`))
  }
  const value = flag.value
  if (value === null) return
  if (words(helper.hosts).includes(flag.name)) judgeHost(value, result, where)
  else if (flag.watch === undefined) judgeReference(value, helper.abbreviates === true, result, where, shown)
  if (REGION_FLAGS.has(flag.name) && !isRegion(value)) result.reasons.push(because('region-malformed', where, `${shown} is not a region.`))
  if (words(helper.secrets).includes(flag.name) && flag.watch === undefined) {
    result.reasons.push(because('secret-in-arguments', where, `The value of ${quoted(flag.written)} is a secret that stands in the file.`))
  }
}

function takesNothing(helper: Helper, flag: FlagUse): boolean {
  return words(helper.switches).some(names => names.split('|').includes(flag.name))
}

function judgeWatched(watch: Watch, flag: FlagUse, result: GrammarResult, where: PathStep[], shown: string, world: ValueWorld): void {
  if (watch.takes === 'nothing' && flag.value !== null && OFF.test(flag.value)) return
  const grade = watch.rule === undefined || flag.value === null ? watch.grade : gradeOfValue(watch.rule, flag.value, watch.grade, world)
  if (grade !== null) result.reasons.push(because(watch.id, where, `${shown} needs a second look.`, grade))
}

function judgeHost(value: string, result: GrammarResult, where: PathStep[]): void {
  const judged = judgeUrl(value, where)
  if (judged.host !== null) result.hosts.push(judged.host)
  result.reasons.push(...judged.reasons)
}

/** aws and oci replace such a value by what the file or URL holds. */
function judgeReference(value: string, urlsToo: boolean, result: GrammarResult, where: PathStep[], shown: string): void {
  if (/^(?:@|file(?:b)?:)/i.test(value) || (urlsToo && /^https?:/i.test(value))) {
    result.reasons.push(because('file-reference', where, `${shown} refers to a file or URL.`))
  }
}

/** A region becomes a label of a host name, so nothing in it may end the host, not even inside a placeholder. */
export function isRegion(value: string): boolean {
  if (/[/#?@:\\]/.test(value)) return false
  return isPlaceholder(value) || /^[A-Za-z0-9-]+$/.test(withoutPlaceholders(value))
}

function judgeRepeats(flags: readonly FlagUse[], result: GrammarResult, at: At, text: Text): void {
  const first = new Map<string, string>()
  for (const flag of flags) {
    if (flag.repeats) continue
    const value = flag.value ?? 'true'
    const before = first.get(flag.name)
    if (before === undefined) first.set(flag.name, value)
    else if (before !== value) result.reasons.push(because('repeated-flag', at(flag.index), `${text(flag.index)} repeats a flag with another value.`))
  }
}

function judgeRequired(helper: Helper, flags: readonly FlagUse[], result: GrammarResult): void {
  const required = helper.requires
  if (required === undefined) return
  const has = flags.some(flag => required.includes(flag.name) && !(flag.value !== null && OFF.test(flag.value)))
  if (!has) result.reasons.push(because('missing-flag', ['exec', 'args'], `${required.join(' or ')} is missing.`))
}
