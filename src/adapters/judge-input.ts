import {homedir} from 'node:os'
import {cleanPath} from '../guard/environment.js'
import {UsageError} from '../errors.js'
import type {JudgeInput} from '../trust/judge-context.js'
import {trustLocations} from '../trust/locations.js'
import {platformOf} from '../trust/paths.js'
import type {TrustPolicy} from '../trust/policy.js'
import {DEFAULT_POLICY, parsePolicy} from '../trust/policy.js'
import {fileSource, readTrustFile} from './files.js'
import {groupsOf, programSource} from './programs.js'
import {loadDecisions} from './trust-store.js'

/**
 * What the commands judge with: the person's trust files and this machine's file system.
 *
 * @param mayBeNew a trust file that was named may be made by this very command
 */
export function loadJudgeInput(trustFile: string | undefined, mayBeNew = false): JudgeInput {
  const {env, platform} = process
  const locations = trustLocations(env, platform)
  return {
    policy: loadPolicy(trustFile ?? locations.policy, trustFile !== undefined && !mayBeNew),
    decisions: loadDecisions(locations.state),
    files: fileSource(),
    source: programSource({path: cleanPath(env['PATH'] ?? ''), uid: process.geteuid?.() ?? 0, ownGroups: groupsOf()}),
    platform: platformOf(platform),
    home: env['HOME'] ?? homedir(),
    now: new Date().toISOString(),
    cwd: process.cwd(),
  }
}

/** Absent: the allowlist with the catalogue. Anything else that cannot be read stops the command: nothing would be trusted. */
function loadPolicy(file: string | null, isNamed: boolean): TrustPolicy {
  if (file === null) return DEFAULT_POLICY
  const outcome = readTrustFile(file, isNamed)
  if (!outcome.ok) {
    if (outcome.reason === 'missing') return DEFAULT_POLICY
    throw new UsageError('bad-trust-file', `the trust file ${outcome.detail}`, 'make it readable: until then nothing is trusted', {file})
  }
  if (outcome.isLoose) throw new UsageError('bad-trust-file', 'the trust file may be changed by others', 'make it yours alone: chmod 600; until then nothing is trusted', {file})
  const result = parsePolicy(outcome.bytes)
  if (result.ok) return result.policy
  const {message, hint, line, column} = result.failure
  throw new UsageError('bad-trust-file', message, hint, {file, line, column})
}

/** The directory of decisions; without a home directory there is none. */
export function stateDirectory(): string | null {
  return trustLocations(process.env, process.platform).state
}
