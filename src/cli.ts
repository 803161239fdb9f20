import {flush, handle, run as runOclif} from '@oclif/core'
import {EnvironmentError, RefusedError, UsageError} from './errors.js'
import {EXIT} from './exit-codes.js'
import {placeText, printable} from './printable.js'

/**
 * Runs an oclif command. Failures that a person can mend are one line and a
 * hint; anything else is a bug and prints its stack.
 *
 * @param root the package's own directory (bin/ has a package.json of its own)
 */
export async function run(words: string[], root: string): Promise<void> {
  try {
    // `help guard` is what people type; oclif's own help command is a plugin.
    await runOclif(words[0] === 'help' ? [...words.slice(1), '--help'] : words, {root})
    await flush()
  } catch (error) {
    await report(error)
  }
}

async function report(error: unknown): Promise<void> {
  if (error instanceof UsageError || error instanceof EnvironmentError) {
    process.stderr.write(`error: ${error instanceof UsageError ? placeOf(error) : ''}${error.message}\n  ${error.hint}\n`)
    process.exitCode = exitOf(error)
    return
  }
  if (error instanceof RefusedError) {
    process.stderr.write(error.lines.map(line => `${line}\n`).join(''))
    // A plugin that is not trusted is a finding, whatever was asked for.
    process.exitCode = error.isDenial ? EXIT.findings : EXIT.environment
    return
  }
  if (isOclif(error)) {
    // It repeats words of the command line, and with them names of files.
    error.message = lines(error.message)
    return handle(error)
  }
  process.stderr.write(`${error instanceof Error ? lines(error.stack ?? error.message) : String(error)}\nThis is a bug of kubectl-k121: please report it with the lines above.\n`)
  process.exitCode = EXIT.bug
}

function placeOf({place}: UsageError): string {
  if (place === undefined) return ''
  const {file, line, column = 1} = place
  return `${line === undefined ? printable(file) : placeText({file, line, column})}: `
}

function lines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function exitOf(error: UsageError | EnvironmentError): number {
  if (error instanceof EnvironmentError || error.code === 'bad-trust-file') return EXIT.environment
  return error.code === 'bad-argument' || error.code === 'not-found' ? EXIT.usage : EXIT.incomplete
}

/** oclif's own errors (unknown command or flag, help was shown) carry what to do in `oclif`. */
function isOclif(error: unknown): error is Error {
  return error instanceof Error && 'oclif' in error
}
