import {createHmac, randomBytes, timingSafeEqual} from 'node:crypto'
import {lstatSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {PrivateDirectory} from './private-directory.js'
import {readPrivate, writePrivate} from './private-directory.js'

/**
 * Verdicts that need no second look: everything they rest on is in the key or
 * in the record, the record is MACed with a key of the directory, and nothing
 * in it is secret. Whatever does not fit exactly is a miss.
 */

/** A file as it was judged: device, inode, size, and both times in nanoseconds. */
export type Identity = readonly [path: string, identity: string]
/** A directory on the way to a program: owner and mode are part of the verdict, its times are not. */
export type Place = readonly [path: string, owner: string]
/** A bare name and what PATH held for it. */
export type Lookup = readonly [name: string, path: string]

export interface CachedVerdict {
  snapshot: string
  snapshotDigest: string
  identities: readonly Identity[]
  places: readonly Place[]
  lookups: readonly Lookup[]
  /** Words that the person's kuberc has defaults or aliases for. */
  touches: readonly string[]
  /** Said on every run. */
  notices: readonly string[]
  /** Milliseconds since the epoch; a decision expires then. */
  expires: number | null
}

export function identityOf(path: string): string | null {
  try {
    const stat = statSync(path, {bigint: true})
    return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':')
  } catch {
    return null
  }
}

export function ownerOf(path: string): string | null {
  try {
    const stat = lstatSync(path)
    return [stat.mode, stat.uid, stat.gid].join(':')
  } catch {
    return null
  }
}

export function readVerdict(directory: PrivateDirectory, key: string, uid: number): CachedVerdict | null {
  const body = readSealed(directory, fileOf(key), uid)
  return body === null ? null : (JSON.parse(body) as CachedVerdict)
}

export function writeVerdict(directory: PrivateDirectory, key: string, verdict: CachedVerdict, uid: number): void {
  writeSealed(directory, fileOf(key), JSON.stringify(verdict), uid)
}

/** Text that we wrote, under the name that we wrote it under; null for anything else. */
export function readSealed(directory: PrivateDirectory, name: string, uid: number): string | null {
  const secret = readPrivate(join(directory.path, 'key'), uid)
  const stored = readPrivate(join(directory.path, name), uid)
  if (secret === null || secret.length !== 32 || stored === null) return null
  const text = stored.toString('utf8')
  const body = text.slice(65)
  const given = Buffer.from(text.slice(0, 64), 'hex')
  const wanted = macOf(secret, name, body)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null
  return body
}

export function writeSealed(directory: PrivateDirectory, name: string, body: string, uid: number): void {
  const keyFile = join(directory.path, 'key')
  let secret = readPrivate(keyFile, uid)
  if (secret === null || secret.length !== 32) {
    secret = randomBytes(32)
    writePrivate(keyFile, secret)
  }
  writePrivate(join(directory.path, name), `${macOf(secret, name, body).toString('hex')}\n${body}`)
}

/** Does everything still look as it did? The caller compares lookups, which need PATH. */
export function isUnchanged(verdict: CachedVerdict, now: number): boolean {
  return (
    (verdict.expires === null || verdict.expires > now) &&
    verdict.identities.every(([path, identity]) => identityOf(path) === identity) &&
    verdict.places.every(([path, owner]) => ownerOf(path) === owner)
  )
}

function macOf(secret: Buffer, name: string, body: string): Buffer {
  return createHmac('sha256', secret).update(`${name}\n${body}`).digest()
}

function fileOf(key: string): string {
  return `cache/${key}.json`
}
