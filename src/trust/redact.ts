import type {Helper} from './catalogue/helper.js'
import {words} from './arguments.js'
import {REDACTED, hideSecrets} from '../printable.js'

const SECRET_NAME = /(?:secret|password|passwd|passphrase|token|(?:api|access|private|secret)[-_]?key)s?$/i
const ASSIGNED = /^(-{0,2}[A-Za-z][\w.-]*)=([\s\S]*)$/

/** Arguments for display: secrets are replaced, nothing else changes. */
export function redactArguments(args: readonly string[], helpers: readonly Helper[]): string[] {
  const secrets = new Set(helpers.flatMap(helper => words(helper.secrets)))
  const switches = new Set(helpers.flatMap(helper => words(helper.switches).flatMap(names => names.split('|'))))
  const isSecret = (name: string): boolean => secrets.has(name) || (SECRET_NAME.test(name) && !switches.has(name))
  const shown: string[] = []
  let hideNext = false
  for (const arg of args) {
    shown.push(hideNext ? REDACTED : redactOne(arg, isSecret, secrets))
    // The word after a secret flag is its value even when it starts with a dash, unless it is a long flag itself.
    hideNext = !hideNext && arg.startsWith('-') && !arg.includes('=') && isSecret(arg)
    hideNext &&= !/^--[a-z]/.test(args[shown.length] ?? '')
  }
  return shown
}

function redactOne(arg: string, isSecret: (name: string) => boolean, secrets: ReadonlySet<string>): string {
  const assigned = ASSIGNED.exec(arg)
  if (assigned?.[1] !== undefined && assigned[2] !== '' && isSecret(assigned[1])) return `${assigned[1]}=${REDACTED}`
  const short = arg.slice(0, 2)
  if (/^-[A-Za-z]./.test(arg) && secrets.has(short)) return `${short}${REDACTED}`
  return hideSecrets(arg)
}
