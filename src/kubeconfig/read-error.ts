import type {Position} from './node.js'

/** Why a file is refused. `message` is one line without any text of the file; `hint` says what to do. */
export interface ReadFailure extends Position {
  message: string
  hint: string
}

/** Thrown inside the reader only; `readYaml` turns it into a value. */
export class ReadError extends Error {
  override readonly name = 'ReadError'
  constructor(readonly failure: ReadFailure) {
    super(failure.message)
  }
}
