import {accessSync, closeSync, constants, openSync, readSync, writeSync} from 'node:fs'
import type {ChildProcess, SpawnOptions} from 'node:child_process'

export interface Handoff {
  program: string
  /** What the program sees as its own name. */
  name: string
  args: readonly string[]
  environment: Record<string, string | undefined>
  /** Called when the program has ended; where given, we stay until then. */
  afterwards?: () => void
}

type Execve = (file: string, args: readonly string[], env: Record<string, string | undefined>) => never
interface ChildProcessModule {
  spawn(file: string, args: readonly string[], options: SpawnOptions): ChildProcess
}

/**
 * Gives the terminal, the descriptors, the signals and the exit status to a
 * program. `execve` leaves no second process; a failing one aborts Node up to
 * 24, so it is only asked for what is certain to start. stdin and stdout are
 * never touched here: Node would make their pipes non-blocking for the program.
 */
export function handOver(handoff: Handoff): void {
  const execve = (process as {execve?: Execve}).execve
  if (execve === undefined || process.platform === 'win32' || handoff.afterwards !== undefined || !startsAsBinary(handoff.program)) {
    spawnAndMirror(handoff)
    return
  }
  execve.call(process, handoff.program, [handoff.name, ...handoff.args], defined(handoff.environment))
}

/** A script goes through spawn: its interpreter may be missing, and it would inherit our ignored SIGPIPE. */
function startsAsBinary(program: string): boolean {
  try {
    accessSync(program, constants.X_OK)
    const descriptor = openSync(program, 'r')
    const magic = Buffer.alloc(4)
    readSync(descriptor, magic, 0, 4, 0)
    closeSync(descriptor)
    // ELF, and Mach-O in its 64-bit and universal forms.
    return ['7f454c46', 'cffaedfe', 'cafebabe'].includes(magic.toString('hex'))
  } catch {
    // Then spawn tells why, where execve would abort Node.
    return false
  }
}

function spawnAndMirror({program, name, args, environment, afterwards}: Handoff): void {
  const {spawn} = process.getBuiltinModule('node:child_process') as ChildProcessModule
  const child = spawn(program, args, {stdio: 'inherit', env: environment as NodeJS.ProcessEnv, argv0: name})
  // The terminal sends these to the whole group: the program decides, we only
  // outlive it. Without a terminal they were meant for us alone.
  const isFromTerminal = hasTerminal()
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => void (isFromTerminal || child.kill(signal)))
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    afterwards?.()
    writeSync(2, `k121: kubectl could not be started (${'code' in error ? String(error.code) : 'unknown'})\n`)
    process.exitCode = 'code' in error && error.code === 'ENOENT' ? 127 : 125
  })
  child.on('exit', (code, signal) => {
    afterwards?.()
    if (signal === null) process.exitCode = code ?? 125
    else dieOf(signal)
  })
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/** Ends as the program ended. Node ignores SIGPIPE, so there the shell's number has to do. */
function dieOf(signal: NodeJS.Signals): void {
  const {constants: {signals}} = process.getBuiltinModule('node:os')
  process.exitCode = 128 + signals[signal]
  process.removeAllListeners(signal)
  if (signal !== 'SIGPIPE') process.kill(process.pid, signal)
}

function defined(environment: Record<string, string | undefined>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) kept[name] = value
  return kept
}
