import type {ReadOutcome} from '../../audit/outcome.js'
import type {SnapshotHeader} from '../../audit/snapshot-format.js'
import {SNAPSHOT_START, headerOf, objectStart, otherLine} from '../../audit/snapshot-format.js'
import type {Column} from './object-index.js'
import type {Problem} from './problem.js'
import {problemAt} from './problem.js'
import type {Store} from './store.js'
import {blocksOf, bytesAt, headOf} from './store.js'

export interface SnapshotIndex {
  header: SnapshotHeader
  /** By row: a pod is in two of them, each with the fields that its readers need. */
  columns: Map<string, Column>
  outcomes: Map<string, ReadOutcome>
  problem: Problem | null
}

const AGAIN = 'Take the snapshot again: this one lacks its end or was changed.'
/** Above it a line is no object of ours. */
const HEAD = 256

export function isSnapshot(store: Store): boolean {
  return headOf(store, SNAPSHOT_START.length).toString('latin1') === SNAPSHOT_START
}

/** Where every object of a snapshot lies, and what its live reads answered. */
export function indexSnapshot(store: Store): SnapshotIndex {
  const index: SnapshotIndex = {header: {toolVersion: '', name: store.file, startedAt: ''}, columns: new Map(), outcomes: new Map(), problem: null}
  let lines = 0
  let hasEnd = false
  const damaged = (line: number, message: string): void => void (index.problem ??= problemAt(store.file, line, message, AGAIN))
  for (const line of linesOf(store)) {
    lines++
    if (!line.isWhole) damaged(lines, 'the snapshot ends in the middle of a line')
    else if (lines === 1) index.header = headerOf(line.text()) ?? (damaged(1, 'the header of the snapshot cannot be read'), index.header)
    else if (hasEnd) damaged(lines, 'something stands behind the end of the snapshot')
    else if (!addObject(index, store, line, lines)) {
      const other = line.length > 1024 * 1024 ? null : otherLine(line.text())
      if (other?.type === 'outcome') index.outcomes.set(other.row, other.outcome)
      else if (other?.type === 'end' && other.lines === lines - 1) hasEnd = true
      else damaged(lines, 'a line of the snapshot cannot be read')
    }
  }
  if (!hasEnd) damaged(Math.max(lines, 1), 'the snapshot ends too early')
  return index
}

interface Line {
  offset: number
  length: number
  head: string
  isWhole: boolean
  text(): string
}

function* linesOf(store: Store): Generator<Line> {
  let position = store.start
  let offset = store.start
  let head = ''
  const lineAt = (from: number, end: number, isWhole: boolean, start: string): Line => ({
    offset: from, length: end - from, head: start, isWhole,
    text: () => bytesAt(store, from, end - from).toString('utf8'),
  })
  for (const block of blocksOf(store, store.start, store.size - store.start)) {
    let at = 0
    for (let end = block.indexOf(0x0a, at); at < block.length; end = block.indexOf(0x0a, at)) {
      const stop = end === -1 ? block.length : end
      if (head.length < HEAD) head += block.toString('latin1', at, Math.min(stop, at + HEAD - head.length))
      at = stop + 1
      if (end === -1) break
      yield lineAt(offset, position + stop, true, head)
      offset = position + at
      head = ''
    }
    position += block.length
  }
  if (offset < position) yield lineAt(offset, position, false, head)
}

function addObject(index: SnapshotIndex, store: Store, line: Line, number: number): boolean {
  const start = objectStart(line.head)
  if (start === null) return false
  const column = index.columns.get(start.row) ?? {kind: start.row, apiVersion: '', stores: [], offsets: [], lengths: [], lines: [], lineStarts: [], namespaces: [], keys: new Map<string, number>(), yaml: new Map<number, never>(), superseded: new Set<number>()}
  index.columns.set(start.row, column)
  column.stores.push(store)
  column.offsets.push(line.offset + start.length)
  column.lengths.push(line.length - start.length - 1)
  column.lines.push(number)
  column.lineStarts.push(line.offset)
  column.namespaces.push('')
  return true
}
