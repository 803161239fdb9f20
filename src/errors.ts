/**
 * The two kinds of failure that a person can do something about. Everything
 * else that is thrown is a bug of ours and prints its stack.
 */

export type UsageCode = 'bad-argument' | 'bad-file' | 'bad-trust-file' | 'not-found' | 'unreadable'

export type EnvironmentCode = 'kubectl-missing' | 'kubectl-failed' | 'no-cluster' | 'server-unreachable' | 'store-unwritable' | 'no-terminal'

/** Where in a file: `line` and `column` are 1-based. */
export interface FilePlace {
  file: string
  line?: number
  column?: number
}

/** The person can fix the call or a file. `message` is one line, `hint` says what to do next. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  constructor(
    readonly code: UsageCode,
    message: string,
    readonly hint: string,
    readonly place?: FilePlace,
  ) {
    super(message)
  }
}

/** The machine lacks something: kubectl, a directory that can be written, a terminal. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  constructor(
    readonly code: EnvironmentCode,
    message: string,
    readonly hint: string,
  ) {
    super(message)
  }
}

/** The guard said no: its own lines tell what and why. Nothing was started and nothing contacted. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** @param isDenial what was judged is not trusted; false: it could not be judged at all */
  constructor(readonly lines: readonly string[], readonly isDenial: boolean) {
    super(lines.join('\n'))
  }
}
