import type {Finding} from '../audit/finding.js'
import {printable} from '../printable.js'
import {ruleOf, thousands} from '../report/audit/naming.js'

export interface Progress {
  reading(what: string): void
  /** Objects of the row that is being read, so far. */
  objects(count: number): void
  found(finding: Finding): void
  end(): void
}

const REDRAW_MS = 100

/**
 * One line on standard error that is redrawn, and the first finding as soon as
 * there is one. Where standard error is no terminal nothing is said at all.
 */
export function progressOn(stream: NodeJS.WriteStream, now: () => number): Progress {
  if (!stream.isTTY) return {reading: () => undefined, objects: () => undefined, found: () => undefined, end: () => undefined}
  let what = ''
  let started = now()
  let drawn = 0
  let isFirst = true
  const draw = (text: string): void => void stream.write(`\r\u001b[K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`)
  return {
    reading(next) {
      what = next
      started = now()
      drawn = started
      draw(`reading ${what}`)
    },
    objects(count) {
      const time = now()
      if (time - drawn < REDRAW_MS) return
      drawn = time
      const seconds = (time - started) / 1000
      draw(`reading ${what}   ${thousands(count)} objects   ${thousands(Math.round(count / Math.max(seconds, 0.001)))}/s`)
    },
    found(finding) {
      if (!isFirst) return
      isFirst = false
      const {severity, object, message} = finding
      const where = object.namespace === '' ? object.name : `${object.namespace}/${object.name}`
      stream.write(`\r\u001b[Kfirst finding: ${severity} ${ruleOf(finding)} ${printable(where)}: ${printable(message)}\n`)
    },
    end: () => void stream.write('\r\u001b[K'),
  }
}
