import {closeSync, constants, openSync, readSync, writeSync} from 'node:fs'
import {ReadStream} from 'node:tty'

/**
 * A question on the controlling terminal, asked while stdin and stdout belong
 * to kubectl. Nothing goes to stdout; what was typed before the question is
 * thrown away, so that a paste or a terminal's own reply cannot answer it.
 */
export interface Terminal {
  /** @returns what was typed, without the line end; null at end of input */
  ask(lines: readonly string[], question: string): string | null
}

/** @returns null where there is no terminal: nobody can be asked */
export function openTerminal(): Terminal | null {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY))
  } catch {
    return null
  }
  return {ask}
}

function ask(lines: readonly string[], question: string): string | null {
  discardPending()
  const descriptor = openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY)
  try {
    writeSync(descriptor, `${lines.join('\n')}\n${question}`)
    return readLine(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function readLine(descriptor: number): string | null {
  const byte = Buffer.alloc(1)
  let line = ''
  while (line.length < 200) {
    if (readSync(descriptor, byte, 0, 1, null) === 0) return line === '' ? null : line
    const character = byte.toString('latin1')
    if (character === '\n') return line
    line += character
  }
  return line
}

/** In raw mode a half-typed line can be read too, so everything that waits is drained. */
function discardPending(): void {
  const descriptor = openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  const stream = new ReadStream(descriptor)
  stream.setRawMode(true)
  const drain = openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
  try {
    const buffer = Buffer.alloc(1024)
    while (readSync(drain, buffer, 0, buffer.length, null) > 0);
  } catch {
    // EAGAIN: nothing waits any more.
  } finally {
    closeSync(drain)
    stream.setRawMode(false)
    stream.destroy()
  }
}
