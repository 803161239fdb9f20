import type {JsonProblem} from './json-tokens.js'
import {jsonTokens} from './json-tokens.js'
import type {Store} from './store.js'
import {blocksOf} from './store.js'

/** Where an object lies, and what it calls itself. */
export interface FoundObject {
  offset: number
  length: number
  /** 1-based, and the offset at which that line starts. */
  line: number
  lineStart: number
  apiVersion: string
  kind: string
  namespace: string
  name: string
}

export interface JsonScan {
  problem: JsonProblem | null
  /** Lines of values that are no objects of Kubernetes: neither kind nor apiVersion. */
  strangers: readonly number[]
}

/** An object whose end has not been seen. */
interface Frame extends FoundObject {
  hasItems: boolean
  /** The key whose value comes next. */
  key: string | null
  metadataKey: string | null
  isInMetadata: boolean
}

interface Range {
  offset: number
  length: number
  line: number
  lineStart: number
}

/** Lists in lists in lists are no dump of anybody's. */
const MAX_NESTING = 8

/**
 * Finds the objects of a file without building any: the object itself, the items
 * of a List or of a typed list, and so on for lists in lists. In kubectl's dumps
 * `kind` stands behind `items`, so a list is known as one only at its end.
 */
export function scanObjects(store: Store, found: (object: FoundObject) => void): JsonScan {
  let ranges: Range[] = [{offset: store.start, length: store.size - store.start, line: 1, lineStart: store.start}]
  const strangers: number[] = []
  let problem: JsonProblem | null = null
  for (let nesting = 0; ranges.length > 0; nesting++) {
    if (nesting === MAX_NESTING) return {problem: {line: ranges[0]!.line, message: `lists in lists, more than ${MAX_NESTING} deep`, isTruncated: false}, strangers}
    const deeper: Range[] = []
    for (const range of ranges) {
      const broken = scanRange(store, range, {found, strangers, deeper})
      problem ??= broken
    }
    // What is whole is looked at all the same.
    ranges = deeper
  }
  return {problem, strangers}
}

interface Sinks {
  found(object: FoundObject): void
  strangers: number[]
  deeper: Range[]
}

function scanRange(store: Store, range: Range, sinks: Sinks): JsonProblem | null {
  let top: Frame | null = null
  let item: Frame | null = null
  let items: Frame[] = []
  let oddItem: number | null = null
  let element: Frame | null = null

  const emit = (frame: Frame): void => {
    if (frame.hasItems && isList(frame.kind)) sinks.deeper.push(frame)
    else if (frame.kind === '' && frame.apiVersion === '') sinks.strangers.push(frame.line)
    else sinks.found(frame)
  }
  const finish = (): void => {
    const list = top
    if (list === null) return
    if (!list.hasItems || !isList(list.kind)) emit(list)
    else for (const one of items) emit(inherit(one, list))
    if (isList(list.kind) && oddItem !== null) sinks.strangers.push(oddItem)
    top = null
    items = []
  }

  const tokens = jsonTokens({
    open(isArray, depth, offset, line, lineStart) {
      if (depth === 1) {
        items = []
        oddItem = null
        top = isArray ? null : frameAt(offset, line, lineStart)
      } else if (depth === 2 && top === null) element = frameAt(offset, line, lineStart)
      else if (depth === 2 || depth === 4) enter(depth === 2 ? top : item, isArray)
      else if (depth === 3 && isInItems(top)) {
        item = isArray ? null : frameAt(offset, line, lineStart)
        if (isArray) oddItem ??= line
      }
    },
    close(_isArray, depth, end) {
      if (depth === 4 && item !== null) item.isInMetadata = false
      else if (depth === 3 && item !== null) {
        items.push(ended(item, end))
        item = null
      } else if (depth === 2 && top !== null) top.isInMetadata = false
      else if (depth === 2 && element !== null) sinks.deeper.push(ended(element, end))
      else if (depth === 1 && top !== null) {
        ended(top, end)
        finish()
      }
    },
    key(text, depth) {
      if (depth === 1 && top !== null) top.key = text
      else if (depth === 2 && top?.isInMetadata === true) top.metadataKey = text
      else if (depth === 3 && item !== null) item.key = text
      else if (depth === 4 && item?.isInMetadata === true) item.metadataKey = text
    },
    text(text, depth) {
      if (depth === 1 || depth === 3) name(depth === 1 ? top : item, text)
      else nameInMetadata(depth === 2 ? top : item, text)
      if (depth === 2 && isInItems(top) && top?.isInMetadata === false) oddItem ??= top.line
    },
    scalar(depth) {
      if (depth === 2 && isInItems(top) && top?.isInMetadata === false) oddItem ??= top.line
    },
  }, range)

  for (const block of blocksOf(store, range.offset, range.length)) if (!tokens.feed(block)) break
  const problem = tokens.end()
  // What was complete before the break is audited, where it says what it is.
  if (problem !== null) for (const one of items) if (one.kind !== '' && one.apiVersion !== '') emit(one)
  return problem
}

function frameAt(offset: number, line: number, lineStart: number): Frame {
  return {offset, length: 0, line, lineStart, apiVersion: '', kind: '', namespace: '', name: '', hasItems: false, key: null, metadataKey: null, isInMetadata: false}
}

function ended(frame: Frame, end: number): Frame {
  frame.length = end - frame.offset
  return frame
}

function isInItems(frame: Frame | null): boolean {
  return frame !== null && frame.hasItems && frame.key === 'items'
}

function enter(frame: Frame | null, isArray: boolean): void {
  if (frame === null) return
  if (isArray && frame.key === 'items') frame.hasItems = true
  if (isArray || frame.key !== 'metadata') return
  // Of two with the same name JSON.parse keeps the second.
  Object.assign(frame, {isInMetadata: true, namespace: '', name: ''})
}

function name(frame: Frame | null, text: string | null): void {
  if (frame === null || frame.isInMetadata) return
  if (frame.key === 'kind') frame.kind = text ?? ''
  else if (frame.key === 'apiVersion') frame.apiVersion = text ?? ''
}

function nameInMetadata(frame: Frame | null, text: string | null): void {
  if (frame === null || !frame.isInMetadata) return
  if (frame.metadataKey === 'namespace') frame.namespace = text ?? ''
  else if (frame.metadataKey === 'name') frame.name = text ?? ''
}

export function isList(kind: string): boolean {
  return kind.endsWith('List') && kind !== ''
}

/** A typed list leaves kind and version out at its items. */
function inherit(frame: Frame, list: Frame): Frame {
  const kind = list.kind.slice(0, -'List'.length)
  if (frame.kind === '' && kind !== '') frame.kind = kind
  if (frame.apiVersion === '' && kind !== '') frame.apiVersion = list.apiVersion
  return frame
}
