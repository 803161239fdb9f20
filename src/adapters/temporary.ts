import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {EnvironmentError} from '../errors.js'
import {printable} from '../printable.js'
import {codeOf} from './error-code.js'

/** A fresh directory of mode 0700, for as long as we run. */
export function temporaryDirectory(place = tmpdir()): string {
  return writingTo(place, () => mkdtempSync(join(place, 'k121-')))
}

/** A directory that cannot be written and a disk that is full are the machine's, not the input's and not ours. */
export function writingTo<T>(place: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new EnvironmentError('store-unwritable', `cannot write temporary files to ${printable(place)} (${codeOf(error)})`, 'make room there, or set TMPDIR to a directory that you may write')
  }
}
