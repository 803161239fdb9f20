import {spawn} from 'node:child_process'
import type {Writable} from 'node:stream'

/**
 * A server process that cannot outlive the one that started it. A small shell
 * holds the read end of a pipe; when the write end closes, for whatever reason
 * (stop(), a crash, Ctrl-C, SIGKILL), the shell kills the server and removes
 * the directory; nothing stops it between the two. So no signal handler is needed, and none can be forgotten.
 */
const LEASH = `
directory=$1; shift
"$@" 3<&- &
server=$!
{ cat <&3 >/dev/null; trap '' TERM; kill -9 $server; rm -rf "$directory"; } >/dev/null 2>&1 &
leash=$!
wait $server
status=$?
kill $leash 2>/dev/null
exit $status
`

export interface Leashed {
  /** The end of what it wrote, for messages about failures. */
  tail(): string
  /** Settles when the server has ended. */
  ended: Promise<void>
  hasEnded(): boolean
  /** Kills the server; nothing it holds is worth a graceful end. */
  stop(): Promise<void>
}

const TAIL_BYTES = 16_384

/** @param directory removed when the server is let go of */
export function startLeashed(program: string, argv: readonly string[], directory: string): Leashed {
  const shell = spawn('/bin/sh', ['-c', LEASH, 'leash', directory, program, ...argv], {
    cwd: '/', stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: {PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory},
  })
  let written = ''
  let isOver = false
  for (const stream of [shell.stdout, shell.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written = (written + text).slice(-TAIL_BYTES)
    })
  const end = shell.stdio[3] as Writable
  end.on('error', () => undefined)
  const ended = new Promise<void>(resolve => {
    const over = (): void => {
      isOver = true
      resolve()
    }
    shell.on('exit', over)
    shell.on('error', error => {
      written += String(error)
      over()
    })
  })
  return {
    ended,
    tail: () => written,
    hasEnded: () => isOver,
    stop: () => {
      end.destroy()
      return ended
    },
  }
}
