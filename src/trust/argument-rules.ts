import type {PathStep} from '../kubeconfig/node.js'
import {hasHidden, hasLineBreak} from './deception.js'
import {quoted} from './quote.js'
import type {Reason} from './reason.js'
import {because} from './reasons.js'
import {withoutPlaceholders} from './template.js'

const PEM_FLAG = /^--[\w-]*-(?:data|bundle)$/
const META = /[;&|<>`\n]|\$\(|\$\{|\$IFS|%[A-Za-z_]\w*%/

/** Rules for every argument, whatever the program. `shown` is the redacted form for messages. */
export function argumentReasons(args: readonly string[], shown: readonly string[]): Reason[] {
  const reasons: Reason[] = []
  if (args.length > 64 || args.join(' ').length > 8192) {
    const bundles = args.filter((_, index) => isPemArgument(args, index)).join('').length
    if (args.length > 64 || args.join(' ').length - bundles > 8192) {
      reasons.push(because('too-many-arguments', ['exec', 'args'], `${args.length} arguments are too many to review.`))
    }
  }
  args.forEach((arg, index) => {
    reasons.push(...oneArgument(arg, quoted(shown[index] ?? ''), isPemArgument(args, index), ['exec', 'args', index]))
  })
  return reasons
}

function oneArgument(arg: string, shown: string, isPem: boolean, path: readonly PathStep[]): Reason[] {
  const reasons: Reason[] = []
  if (hasHidden(arg)) reasons.push(because('control-character', path, `The argument ${shown} holds a hidden character.`))
  if (hasLineBreak(arg)) reasons.push(because('line-break-in-text', path, `The argument ${shown} has a line break or tab.`))
  else if (META.test(withoutPlaceholders(arg))) reasons.push(because('shell-metacharacter', path, `The argument ${shown} has characters that a shell acts on.`))
  if (isPem) return reasons
  if (arg.length > 1024) reasons.push(because('long-argument', path, `The argument ${shown} has ${arg.length} characters.`))
  else if (/[A-Za-z0-9+/_-]{200,}={0,2}/.test(arg)) reasons.push(because('encoded-argument', path, `The argument ${shown} holds an encoded blob.`))
  return reasons
}

/** The value of a `*-data` or `*-bundle` flag that is base64 of PEM text, joined or as the next word. */
function isPemArgument(args: readonly string[], index: number): boolean {
  const arg = args[index] ?? ''
  const equals = arg.indexOf('=')
  if (equals !== -1 && PEM_FLAG.test(arg.slice(0, equals))) return isPem(arg.slice(equals + 1))
  return PEM_FLAG.test(args[index - 1] ?? '') && isPem(arg)
}

/** base64 of `-----BEGIN ` starts so, in the only alignment it can have. */
function isPem(text: string): boolean {
  return /^LS0tLS1CRUdJTi[A-Za-z0-9+/\n]+={0,2}$/.test(text)
}
