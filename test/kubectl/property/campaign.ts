import fc from 'fast-check'
import {kubectlBinary} from '../../support/kubectl-binaries.js'
import type {Scenario} from '../generators/scenario.js'
import {scenario} from '../generators/scenario.js'
import type {Arena} from './arena.js'
import {createArena} from './arena.js'
import type {Result} from './examine.js'
import {examine} from './examine.js'

export interface CampaignOptions {
  runs: number
  seed: number
  minor: number
  /** fast-check's way to one counterexample: `12:3:0`. */
  path?: string
  /** Called now and then. */
  progress?(tally: Tally): void
}

export interface Tally {
  runs: number
  'let through': number
  denied: number
  refused: number
  helperRan: number
  compared: number
  bareAsked: number
  /** Runs of kubectl alone in which something ran that nobody trusts. */
  bareRobbed: number
}

export interface CampaignResult {
  tally: Tally
  /** Null: every law held. */
  failure: string | null
}

/** Kubectl alone is asked where the guard let something through, and for every third other run, which is enough to count by. */
const BARE_EVERY = 3

/** Attempts at a smaller counterexample; a half minimal one after two minutes is good enough. */
const MOST_SHRINKS = 400

export async function campaign({runs, seed, minor, path, progress}: CampaignOptions): Promise<CampaignResult> {
  const arena = await createArena(await kubectlBinary(minor))
  const tally: Tally = {runs: 0, 'let through': 0, denied: 0, refused: 0, helperRan: 0, compared: 0, bareAsked: 0, bareRobbed: 0}
  let [asked, failures, shrinks] = [0, 0, 0]
  const property = fc.asyncProperty(scenario, async one => {
    if (failures > 0 && ++shrinks > MOST_SHRINKS) return
    try {
      count(tally, await examine(arena, one, asked++ % BARE_EVERY === 0))
    } catch (error) {
      failures++
      throw error
    }
    if (tally.runs % 100 === 0) progress?.(tally)
  })
  try {
    const details = await fc.check(property, {numRuns: runs, seed, ...(path === undefined ? {} : {path})})
    return {tally, failure: details.failed ? report(arena, details, minor) : null}
  } finally {
    await arena.close()
  }
}

function count(tally: Tally, {guard, helperRan, bare, compared}: Result): void {
  tally.runs++
  tally[guard]++
  if (helperRan) tally.helperRan++
  if (compared) tally.compared++
  if (bare === null) return
  tally.bareAsked++
  if (bare.ran.some(name => name !== 'helper')) tally.bareRobbed++
}

function report(arena: Arena, details: fc.RunDetails<[Scenario]>, minor: number): string {
  const found = details.counterexample?.[0]
  const error = details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance)
  return [
    `kubectl 1.${minor}: ${error}`,
    diffOf(details.errorInstance),
    found === undefined ? '' : picture(arena, found),
    `again: npm run fuzz:guard -- --minor ${minor} --seed ${details.seed} --path ${details.counterexamplePath ?? ''}`,
  ].join('\n')
}

function diffOf(error: unknown): string {
  if (!(error instanceof Error) || !('actual' in error) || !('expected' in error)) return ''
  return `behind the guard: ${JSON.stringify(error.actual)}\nwanted: ${JSON.stringify(error.expected)}`.slice(0, 6000)
}

/** The scenario as a person would set it up by hand; certificates are cut short. */
function picture(arena: Arena, found: Scenario): string {
  const files = Object.entries(arena.files(found)).map(([path, bytes]) => `--- ${path}\n${readable(bytes)}`)
  return [
    `argv: ${JSON.stringify(found.argv)}`,
    `swap: ${found.swap}; surroundings: ${JSON.stringify(found.surroundings)}`,
    ...files,
  ].join('\n')
}

function readable(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff || bytes[0] === 0xfe || bytes[1] === 0
  const text = isWide ? `(utf-16) ${bytes.toString('latin1').replaceAll('\0', '')}` : bytes.toString('utf8')
  return text.replace(/[A-Za-z0-9+/=]{200,}/g, long => `${long.slice(0, 12)}…`).replace(/[\u0085\u2028\u2029\r]/g, odd => `<U+${odd.charCodeAt(0).toString(16).padStart(4, '0')}>\n`)
}
