import {writeSync} from 'node:fs'
import * as handoff from '../adapters/kubectl/handoff.js'
import {GUARD_EXIT} from '../exit-codes.js'
import type {ColdRoad} from '../flows/guard.js'
import {guard} from '../flows/guard.js'
import {printable} from '../printable.js'
import {guardPorts} from '../wiring/guard-ports.js'

/** The bundle beside this one; not resolved by the bundler. */
declare const require: (id: string) => unknown

/**
 * The guard's own door: raw argv in, exit code out, no oclif. stdout belongs to
 * kubectl alone; whatever we say goes to stderr, each line with `k121:` before it.
 */
export function main(argv: readonly string[], script: string): void {
  // What fails here is expected (files that are not there) or ends in one line: nobody reads these stacks, and they cost.
  Error.stackTraceLimit = 0
  try {
    const code = guard(argv, guardPorts({
      script, handoff,
      say: line => void writeSync(2, `${line}\n`),
      cold: () => require('./guard-cold.cjs') as ColdRoad,
    }))
    if (code !== undefined) process.exitCode = code
  } catch (error) {
    // Whatever failed, kubectl was not started: fail closed and say so in one line.
    writeSync(2, `k121: the guard failed, so kubectl was not started: ${printable(error instanceof Error ? error.message : 'unknown error')}\n`)
    process.exitCode = GUARD_EXIT.failed
  }
}
