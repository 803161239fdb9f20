import type {Store} from './store.js'
import {blocksOf} from './store.js'

/** Part of a file that is YAML by itself. */
export interface YamlChunk {
  offset: number
  length: number
  /** 1-based, of its first byte. */
  line: number
}

/** The first bytes of a line, enough to tell markers, keys and dashes. */
interface LineHead {
  offset: number
  line: number
  head: string
}

const HEAD = 24

/** Nothing but blanks and a comment from here on. A head that is full says nothing about the rest of its line. */
function isVoid(rest: string, head: string): boolean {
  return /^[ \t\r]*#/.test(rest) || head.length < HEAD && /^[ \t\r]*$/.test(rest)
}

/** Every line of a range, by its first bytes alone: a file is cut up without being held. */
function* linesOf(store: Store, range: YamlChunk): Generator<LineHead> {
  let {line} = range
  let position = range.offset
  let start = range.offset
  let head: number[] = []
  for (const block of blocksOf(store, range.offset, range.length)) {
    let at = 0
    while (at < block.length) {
      const end = block.indexOf(0x0a, at)
      const stop = end === -1 ? block.length : end
      for (let i = at; i < stop && head.length < HEAD; i++) head.push(block[i]!)
      if (end === -1) break
      yield {offset: start, line, head: Buffer.from(head).toString('latin1')}
      head = []
      at = end + 1
      start = position + at
      line++
    }
    position += block.length
  }
  if (head.length > 0) yield {offset: start, line, head: Buffer.from(head).toString('latin1')}
}

/**
 * Documents end at `---` at the start of a line, wherever that line stands. What
 * `helm install` prints below `NOTES:` is for people, up to the next document.
 */
export function documentsOf(store: Store): YamlChunk[] {
  const chunks: YamlChunk[] = []
  let current: YamlChunk = {offset: store.start, length: 0, line: 1}
  let hasContent = false
  let hasDirective = false
  let isInNotes = false
  const end = (offset: number): void => {
    if (!isInNotes) current.length = offset - current.offset
    if (hasContent) chunks.push(current)
  }
  for (const {offset, line, head} of linesOf(store, {offset: store.start, length: store.size - store.start, line: 1})) {
    if (/^---(?:[ \t\r]|$)/.test(head)) {
      end(offset)
      // Directives belong to the document behind the marker.
      if (hasContent || !hasDirective) current = {offset, length: 0, line}
      hasDirective = false
      hasContent = !isVoid(head.slice(3), head)
      isInNotes = false
    } else if (!isInNotes && head.startsWith('NOTES:') && isVoid(head.slice(6), head)) {
      current.length = offset - current.offset
      isInNotes = true
    } else if (!isInNotes && !hasContent && head.startsWith('%')) hasDirective = true
    else if (!isInNotes && !isVoid(head, head)) hasContent = true
  }
  end(store.size)
  return chunks
}

export interface YamlList {
  /** The list itself without its items: what stands before and behind them. */
  frame: readonly YamlChunk[]
  items: readonly YamlChunk[]
}

/**
 * The items of a List that is written one key a line, as kubectl and every other
 * program writes it, so that a long one is read item by item. Null: not such a list.
 */
export function itemsOf(store: Store, document: YamlChunk): YamlList | null {
  const items: YamlChunk[] = []
  let dash: number | null = null
  let state: 'before' | 'inside' | 'behind' = 'before'
  let tail: YamlChunk | null = null
  let first = document.offset
  const end = (offset: number): void => {
    const last = items.at(-1)
    if (last !== undefined && last.length === 0) last.length = offset - last.offset
  }
  for (const {offset, line, head} of linesOf(store, document)) {
    if (state === 'before') {
      if (!head.startsWith('items:') || !isVoid(head.slice(6), head)) continue
      state = 'inside'
      first = offset
      continue
    }
    if (state === 'behind' || /^\s*(?:#|$)/.test(head)) continue
    const indent = head.search(/[^ ]/)
    const isDash = /^-(?:[ \r]|$)/.test(head.slice(indent))
    if (dash === null && !isDash) return null
    dash ??= indent
    if (indent === dash && isDash) {
      end(offset)
      items.push({offset, length: 0, line})
    } else if (indent <= dash) {
      end(offset)
      state = 'behind'
      tail = {offset, length: document.offset + document.length - offset, line}
    }
  }
  if (items.length === 0) return null
  end(document.offset + document.length)
  const before = {offset: document.offset, length: first - document.offset, line: document.line}
  return {frame: tail === null ? [before] : [before, tail], items}
}
