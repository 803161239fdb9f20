import {readdirSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {UsageError} from '../errors.js'
import type {Decision, Decisions, PendingUse, RecordedCa} from '../trust/decisions.js'
import {NO_DECISIONS, parseDecisions} from '../trust/decisions.js'
import {DECISIONS_FILE} from '../trust/locations.js'
import {withLock} from './lock.js'
import {writePrivate} from './private-directory.js'
import {readCapped} from './files.js'

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
  return withLock(join(stateDir, `${DECISIONS_FILE}.lock`), () => {
    const value = change(loadDecisions(stateDir))
    return {value, commit: () => writePrivate(decisionsPath(stateDir), `${JSON.stringify(value, null, 2)}\n`, 0o600, true)}
  })
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
  return outcome.ok ? parsePending(outcome.bytes.toString('utf8')) : null
}

function parsePending(text: string): PendingUse | null {
  try {
    const use = JSON.parse(text) as Partial<PendingUse> | null
    const isUse = Array.isArray(use?.files) && typeof use.flags === 'object' && [...use.files, ...Object.values(use.flags)].every(word => typeof word === 'string')
    return isUse ? (use as PendingUse) : null
  } catch {
    // Not what we write: as good as not there.
    return null
  }
}
