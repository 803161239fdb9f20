import {spawn} from 'node:child_process'

export interface ProcessOptions {
  env: Record<string, string>
  cwd: string
  input?: string
  /** Close our end of stdout once so many bytes have come: what `| head` does. */
  closeStdoutAfter?: number
  signal?: {name: NodeJS.Signals; when: () => boolean}
  timeout?: number
}

export interface ProcessResult {
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Runs a program with exactly this environment and waits for its end. A run past `timeout` is killed and rejected: a guard that hangs is a finding. */
export function runProcess(program: string, argv: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  const {env, cwd, input, closeStdoutAfter, signal, timeout = 30_000} = options
  const child = spawn(program, argv, {env, cwd, stdio: ['pipe', 'pipe', 'pipe']})
  const chunks = {stdout: [] as Buffer[], stderr: [] as Buffer[]}
  let received = 0
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.stdout.push(chunk)
    received += chunk.length
    if (closeStdoutAfter !== undefined && received >= closeStdoutAfter) child.stdout.destroy()
  })
  child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk))
  // kubectl may end without reading its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')

  const poll = signal === undefined ? undefined : setInterval(() => {
    if (!signal.when()) return
    clearInterval(poll)
    setTimeout(() => child.kill(signal.name), 150)
  }, 20)

  return new Promise((resolve, reject) => {
    const text = (of: keyof typeof chunks): string => Buffer.concat(chunks[of]).toString('utf8')
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${program} ${argv.join(' ')} did not end in ${timeout} ms; stdout: ${text('stdout')} stderr: ${text('stderr')}`))
    }, timeout)
    const done = (): void => {
      clearTimeout(late)
      clearInterval(poll)
    }
    child.on('error', error => {
      done()
      reject(error)
    })
    child.on('close', (status, ended) => {
      done()
      resolve({status, signal: ended, stdout: text('stdout'), stderr: text('stderr')})
    })
  })
}
