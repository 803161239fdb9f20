import {readSync} from 'node:fs'
import type {FindingSpool} from '../audit/collect.js'
import type {Finding} from '../audit/finding.js'
import {compareFindings} from '../audit/order.js'
import type {Spool} from './manifests/store.js'
import {openSpool} from './manifests/store.js'

/** Findings kept in memory before a sorted run of them goes to disk: about 5 MB. */
const RUN_LENGTH = 4000
/** Runs merged at once: a read buffer each. */
const CHUNK = 64 * 1024

/**
 * Findings of any number in flat memory: sorted runs in a private file, merged
 * when they are read. A small audit never touches the disk.
 */
export function findingSpool(runLength = RUN_LENGTH): FindingSpool {
  let pending: Finding[] = []
  let spool: Spool | null = null
  const runs: {start: number; end: number}[] = []

  const flush = (): void => {
    spool ??= openSpool('findings')
    const start = spool.size
    pending.sort(compareFindings)
    for (let from = 0; from < pending.length; from += 500) spool.write(Buffer.from(pending.slice(from, from + 500).map(finding => `${JSON.stringify(finding)}\n`).join('')))
    runs.push({start, end: spool.size})
    pending = []
  }

  return {
    add(finding) {
      pending.push(finding)
      if (pending.length >= runLength) flush()
    },
    *sorted(leftOut) {
      pending.sort(compareFindings)
      const sources = [pending[Symbol.iterator](), ...(spool === null ? [] : runs.map(run => readRun((spool as Spool).descriptor, run)))]
      for (const finding of merged(sources)) if (!leftOut.has(finding.check)) yield finding
    },
    remove() {
      spool?.close()
      spool = null
    },
  }
}

function* readRun(descriptor: number, {start, end}: {start: number; end: number}): Generator<Finding> {
  const chunk = Buffer.allocUnsafe(CHUNK)
  let rest: Buffer = Buffer.alloc(0)
  for (let at = start; at < end; ) {
    const count = readSync(descriptor, chunk, 0, Math.min(chunk.length, end - at), at)
    if (count === 0) throw new Error('the file of findings became shorter while it was read')
    at += count
    rest = Buffer.concat([rest, chunk.subarray(0, count)])
    let from = 0
    for (let newline = rest.indexOf(10); newline !== -1; newline = rest.indexOf(10, from)) {
      yield JSON.parse(rest.toString('utf8', from, newline)) as Finding
      from = newline + 1
    }
    rest = rest.subarray(from)
  }
}

/** A heap of the runs' heads: with many runs a scan of all heads would take longer than the reading. */
function* merged(sources: readonly Iterator<Finding>[]): Generator<Finding> {
  const heap: {finding: Finding; source: Iterator<Finding>; index: number}[] = []
  const isBefore = (a: number, b: number): boolean => {
    const [left, right] = [heap[a], heap[b]]
    if (left === undefined || right === undefined) return false
    return (compareFindings(left.finding, right.finding) || left.index - right.index) < 0
  }
  const swap = (a: number, b: number): void => {
    const [left, right] = [heap[a], heap[b]]
    if (left !== undefined && right !== undefined) [heap[a], heap[b]] = [right, left]
  }
  const sink = (): void => {
    for (let at = 0; ; ) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && isBefore(child, least)) least = child
      if (least === at) return
      swap(at, least)
      at = least
    }
  }
  for (const [index, source] of sources.entries()) {
    const next = source.next()
    if (next.done) continue
    heap.push({finding: next.value, source, index})
    for (let at = heap.length - 1; at > 0 && isBefore(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1)
  }
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    yield head.finding
    const next = head.source.next()
    if (next.done) {
      const last = heap.pop()
      if (heap.length > 0 && last !== undefined) heap[0] = last
    } else head.finding = next.value
    sink()
  }
}
