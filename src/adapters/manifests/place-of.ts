import type {SourcePlace} from '../../audit/finding.js'
import {stepsOf} from '../../kube/field-path.js'
import type {YamlNode} from '../../kubeconfig/node.js'
import {positionOf} from '../../kubeconfig/node.js'
import {offsetOf} from './json-place.js'
import type {Found} from './read-row.js'
import {bytesAt} from './store.js'
import type {YamlOrigin} from './yaml-objects.js'
import {rootOf} from './yaml-objects.js'

/** A line longer than this is a minified dump: its columns are counted in bytes. */
const LONG_LINE = 64 * 1024

/** Line and column of a field, or of the object where `path` is empty or leads nowhere. */
export function placeFinder(): (found: Found, path: string) => SourcePlace {
  let last: {origin: YamlOrigin; root: YamlNode | null} | null = null
  return ({column, place}, path) => {
    const origin = column.yaml.get(place)
    if (origin === undefined) return jsonPlace({column, place}, stepsOf(path))
    // Findings about one document come one after another.
    if (last?.origin.chunk !== origin.chunk) last = {origin, root: rootOf(origin)}
    const line = column.lines[place]!
    if (last.root === null) return {file: origin.store.file, line, column: 1}
    const position = positionOf(last.root, [...origin.way, ...stepsOf(path)])
    return {file: origin.store.file, line: origin.chunk.line + position.line - 1, column: position.column}
  }
}

function jsonPlace({column, place}: Found, steps: readonly (string | number)[]): SourcePlace {
  const store = column.stores[place]!
  const start = column.offsets[place]!
  const bytes = bytesAt(store, start, column.lengths[place]!)
  const at = offsetOf(bytes, steps)
  let line = column.lines[place]!
  let lineStart = column.lineStarts[place]!
  for (let end = bytes.indexOf(0x0a); end !== -1 && end < at; end = bytes.indexOf(0x0a, end + 1)) {
    line++
    lineStart = start + end + 1
  }
  return {file: store.file, line, column: columnOf(bytesBefore(store, lineStart, start + at))}
}

function bytesBefore(store: Found['column']['stores'][number], from: number, to: number): Buffer | number {
  return to - from > LONG_LINE ? to - from : bytesAt(store, from, to - from)
}

function columnOf(before: Buffer | number): number {
  return 1 + (typeof before === 'number' ? before : before.toString('utf8').length)
}
