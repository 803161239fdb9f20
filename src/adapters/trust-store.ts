import {closeSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, unlinkSync, writeSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {EnvironmentError, UsageError} from '../errors.js'
import type {Decision, Decisions, PendingUse, RecordedCa} from '../trust/decisions.js'
import {NO_DECISIONS, parseDecisions} from '../trust/decisions.js'
import {DECISIONS_FILE} from '../trust/locations.js'
import {writePrivate} from './private-directory.js'
import {readCapped} from './files.js'

/** How long a writer waits for another one, and when a lock is taken to be left by a crash. */
const WAIT_MS = 10_000
const STALE_MS = 5_000

export function decisionsPath(stateDir: string): string {
  return join(stateDir, DECISIONS_FILE)
}

/** Absent means none; damaged means that somebody has to look. */
export function loadDecisions(stateDir: string | null): Decisions {
  if (stateDir === null) return NO_DECISIONS
  const file = decisionsPath(stateDir)
  const outcome = readCapped(file)
  if (!outcome.ok) {
    if (outcome.reason === 'missing') return NO_DECISIONS
    throw new UsageError('unreadable', `the file of decisions ${outcome.detail}`, 'make it readable, or move it away and decide again', {file})
  }
  if (outcome.isLoose) throw new UsageError('bad-trust-file', 'the file of decisions may be changed by others', 'look at it, then make it yours alone: chmod 600', {file})
  const decisions = parseDecisions(outcome.bytes.toString('utf8'))
  if (decisions === null) throw new UsageError('bad-trust-file', 'the file of decisions is damaged', 'move it away and decide again', {file})
  return decisions
}

/**
 * Reads, changes and writes under a lock, so that concurrent writers keep each
 * other's work; the new file replaces the old one by rename, so that a crash
 * leaves one of the two.
 */
export function updateDecisions(stateDir: string, change: (decisions: Decisions) => Decisions): Decisions {
  try {
    mkdirSync(stateDir, {recursive: true, mode: 0o700})
  } catch (error) {
    throw new EnvironmentError('store-unwritable', `decisions cannot be kept in ${JSON.stringify(stateDir)} (${codeOf(error)})`, 'make the directory writable, or set XDG_STATE_HOME')
  }
  const unlock = lock(join(stateDir, `${DECISIONS_FILE}.lock`))
  try {
    const next = change(loadDecisions(stateDir))
    writePrivate(decisionsPath(stateDir), `${JSON.stringify(next, null, 2)}\n`)
    return next
  } finally {
    unlock()
  }
}

/** An exclusive file with our pid in it; one whose owner is gone is moved aside by exactly one of the waiting. */
function lock(path: string): () => void {
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    try {
      const descriptor = openSync(path, 'wx', 0o600)
      writeSync(descriptor, String(process.pid))
      closeSync(descriptor)
      return () => unlinkSync(path)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST')
        throw new EnvironmentError('store-unwritable', `decisions cannot be written in ${JSON.stringify(dirname(path))} (${codeOf(error)})`, 'make the directory writable, or set XDG_STATE_HOME')
    }
    if (isStale(path)) steal(path)
    else if (Date.now() > deadline) throw new EnvironmentError('store-unwritable', 'another process holds the lock on the decisions', `if none runs, delete ${JSON.stringify(path)}`)
    else pause(5 + Math.random() * 20)
  }
}

function isStale(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    const age = Date.now() - statSync(path).mtimeMs
    return Number.isInteger(pid) && pid > 0 ? !isAlive(pid) : age > STALE_MS
  } catch {
    // It was released just now.
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Rename first: of several who find the same stale lock one wins, and a lock that was taken since is put back. */
function steal(path: string): void {
  const aside = `${path}.${process.pid}`
  try {
    const seen = lstatSync(path).ino
    renameSync(path, aside)
    if (lstatSync(aside).ino === seen) unlinkSync(aside)
    else renameSync(aside, path)
  } catch {
    // Somebody else was faster.
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

/** Replaces an earlier decision about the same pin. */
export function decide(stateDir: string, decision: Decision): Decisions {
  return updateDecisions(stateDir, decisions => ({
    ...decisions, decisions: [...decisions.decisions.filter(other => other.id !== decision.id), decision],
  }))
}

/** The first record of a server stays: a later one would be a changed authority, which is asked about. */
export function record(stateDir: string, ca: RecordedCa): Decisions {
  return updateDecisions(stateDir, decisions => (
    decisions.servers.some(other => other.server === ca.server) ? decisions : {...decisions, servers: [...decisions.servers, ca]}
  ))
}

/**
 * A decision for one use is gone once it is used.
 *
 * @returns false where another process was faster
 */
export function spend(stateDir: string, id: string): boolean {
  const isIt = (decision: Decision): boolean => decision.id === id && decision.once === true
  let isOurs = false
  updateDecisions(stateDir, decisions => {
    isOurs = decisions.decisions.some(isIt)
    return {...decisions, decisions: decisions.decisions.filter(decision => !isIt(decision))}
  })
  return isOurs
}

const PENDING_CAP = 100

/** A refused use, so that `trust --id` finds it again. Only paths and names; the newest hundred are kept. */
export function pend(stateDir: string, id: string, use: PendingUse): void {
  const directory = join(stateDir, 'pending')
  writePrivate(join(directory, `${id}.json`), JSON.stringify(use))
  const files = readdirSync(directory).map(name => join(directory, name))
  if (files.length <= PENDING_CAP) return
  const byAge = files.map(file => ({file, time: statSync(file, {throwIfNoEntry: false})?.mtimeMs ?? 0})).sort((a, b) => b.time - a.time)
  for (const {file} of byAge.slice(PENDING_CAP)) rmSync(file, {force: true})
}

/** @returns null where no use of that id was refused here */
export function pendingUse(stateDir: string, id: string): PendingUse | null {
  if (!/^[0-9a-f]{12}$/.test(id)) return null
  const outcome = readCapped(join(stateDir, 'pending', `${id}.json`), 1 << 20)
  return outcome.ok ? (JSON.parse(outcome.bytes.toString('utf8')) as PendingUse) : null
}
