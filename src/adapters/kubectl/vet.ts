import {closeSync, openSync, readSync, readdirSync, realpathSync} from 'node:fs'
import {dirname} from 'node:path'
import {digestOf} from '../digest.js'
import type {PrivateDirectory} from '../private-directory.js'
import {identityOf, readSealed, writeSealed} from '../verdict-cache.js'

/**
 * Is this the Google Cloud SDK's dispatcher? It asks the server for its version
 * first (running the helper for every command, `help` included), reads the
 * command line in its own way and lets the server choose which kubectl runs.
 * Told by its siblings `kubectl.1.NN`, or by the version built into it; it is
 * never started to find out.
 */
export function isDispatcher(kubectl: string, directory: PrivateDirectory, uid: number): boolean {
  const real = realpathSync(kubectl)
  return hasVersionedSiblings(dirname(real)) || holdsVersionNow(real, directory, uid)
}

/** Reading 50 MB takes longer than all the rest of a judgement, so the answer is kept for as long as the file is the same. */
function holdsVersionNow(real: string, directory: PrivateDirectory, uid: number): boolean {
  if (directory.ephemeral) return holdsVersion(real)
  const identity = identityOf(real) ?? ''
  const name = `kubectl/${digestOf(`${real}\n${identity}`)}`
  const known = readSealed(directory, name, uid)
  if (known === 'plain' || known === 'dispatcher') return known === 'dispatcher'
  const found = holdsVersion(real)
  // A file that changed meanwhile is asked again.
  if (identityOf(real) === identity) writeSealed(directory, name, found ? 'dispatcher' : 'plain', uid)
  return found
}

function hasVersionedSiblings(directory: string): boolean {
  try {
    return readdirSync(directory).some(name => /^kubectl\.1\.\d+$/.test(name))
  } catch {
    // Not listable, so no sibling can be told; the built-in version still speaks.
    return false
  }
}

/** `v1.32.4-dispatcher` stands in the binary's data. Read in pieces: it has 50 MB. */
function holdsVersion(path: string): boolean {
  const mark = Buffer.from('-dispatcher')
  const descriptor = openSync(path, 'r')
  try {
    const piece = Buffer.allocUnsafe(4 * 1024 * 1024)
    for (let position = 0; ; ) {
      const count = readSync(descriptor, piece, 0, piece.length, position)
      if (count === 0) return false
      const text = piece.subarray(0, count)
      for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1))
        if (/v1\.\d+\.\d+$/.test(text.toString('latin1', Math.max(0, at - 16), at))) return true
      if (count < piece.length) return false
      // The mark may lie across two pieces.
      position += count - 64
    }
  } finally {
    closeSync(descriptor)
  }
}
