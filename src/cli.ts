import {Config, flush, handle, run as runOclif} from '@oclif/core'
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
  const failure = watchOutput()
  try {
    // `help guard` is what people type; oclif's own help command is a plugin.
    await runOclif(words[0] === 'help' ? [...words.slice(1), '--help'] : words, {root})
    // A failed write is told a turn later.
    await new Promise(resolve => setImmediate(resolve))
    if (failure.code === null) await flush()
  } catch (error) {
    return report(error, {words, root})
  }
  // A report that is cut off is no report, whatever was found.
  if (failure.code !== null) await report(new EnvironmentError('store-unwritable', `cannot write to standard output (${failure.code})`, 'make room there: what was printed is not the whole'), {words, root})
}

/** oclif throws where standard output fails, with a stack and the exit code of findings. A reader that has seen enough (`| head`) is no failure. */
function watchOutput(): {code: string | null} {
  const failure: {code: string | null} = {code: null}
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure.code ??= error.code ?? 'unknown'
  })
  return failure
}

interface CommandLine {
  words: readonly string[]
  root: string
}

async function report(error: unknown, line: CommandLine): Promise<void> {
  if (error instanceof UsageError || error instanceof EnvironmentError) {
    process.stderr.write(`error: ${error instanceof UsageError ? placeOf(error) : ''}${lines(error.message)}\n  ${lines(error.hint)}\n`)
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
    const status = error.oclif.exit ?? EXIT.usage
    // Help was shown, and all is well.
    if (status === EXIT.ok) return handle(error)
    process.stderr.write(await misuse(error.message, line))
    process.exitCode = status
    return
  }
  process.stderr.write(`${lines(error instanceof Error ? error.stack ?? error.message : String(error))}\nThis is a bug of kubectl-k121: please report it with the lines above.\n`)
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

/**
 * oclif tells a wrong command line in several lines, followed by the whole help:
 * what is wrong has left the screen then. It repeats words of the command line,
 * and with them names of files.
 */
async function misuse(message: string, line: CommandLine): Promise<string> {
  const [first = '', ...rest] = message.replaceAll(DIM, '').split('\n').map(line => printable(line.trim())).filter(line => line !== '' && line !== 'See more help with --help')
  const unknown = /^command (\S+) not found$/.exec(first)?.[1]?.replaceAll(':', ' ')
  const said = unknown !== undefined ? `there is no command ${unknown}` : first.startsWith('The following error') ? rest.join('; ') : [first.replace(/^Nonexistent flag/, 'unknown flag'), ...rest].join(' ')
  return `error: ${said}\n  kubectl k121 ${[...await commandOf(line, unknown !== undefined), '--help'].join(' ')} says what there is\n`
}

/** The command that was typed; of one that is not there the topic, if it has one. */
async function commandOf({words, root}: CommandLine, isUnknown: boolean): Promise<string[]> {
  const commands = await Config.load({root})
  const [topic = '', verb = ''] = words.slice(0, 2).map(word => (word.startsWith('-') ? '' : word))
  if (isUnknown) return commands.findTopic(topic) === undefined ? [] : [topic]
  return [printable(topic), commands.findCommand(`${topic}:${verb}`) === undefined ? '' : verb].filter(word => word !== '')
}

/** On a terminal some of oclif's lines are dimmed. */
// oxlint-disable-next-line no-control-regex
const DIM = /\u001b\[22?m/g

/** oclif's own errors (unknown command or flag, help was shown) carry the status in `oclif`. */
function isOclif(error: unknown): error is Error & {oclif: {exit?: number}} {
  return error instanceof Error && 'oclif' in error
}
