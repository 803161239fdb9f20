/** A part of the input that could not be read or understood: any kind of object may have stood there. */
export interface Problem {
  file: string
  /** Null: the file as a whole. */
  line: number | null
  column: number | null
  /** What is wrong, without text of the file. */
  message: string
  /** What to do. */
  hint: string
  /** `partial`: the file was not opened at all. */
  outcome: 'partial' | 'not-understood'
}

export function problemAt(file: string, line: number | null, message: string, hint: string): Problem {
  return {file, line, column: null, message, hint, outcome: 'not-understood'}
}

/** `dump.json:12: the file ends …` */
export function problemText({file, line, column, message}: Problem): string {
  return `${file}${line === null ? '' : `:${line}`}${column === null ? '' : `:${column}`}: ${message}`
}
