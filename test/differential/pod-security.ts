import {execFileSync} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Judged} from '../../src/pod-security/evaluate.js'

/**
 * The last patch of k8s.io/pod-security-admission for each minor: what a server
 * of that minor links. 1.22 had it behind a gate that was off.
 */
export const RELEASES: Readonly<Record<number, string>> = {
  23: 'v0.23.17', 24: 'v0.24.17', 25: 'v0.25.16', 26: 'v0.26.15', 27: 'v0.27.16', 28: 'v0.28.15', 29: 'v0.29.14',
  30: 'v0.30.14', 31: 'v0.31.14', 32: 'v0.32.13', 33: 'v0.33.13', 34: 'v0.34.13', 35: 'v0.35.10', 36: 'v0.36.6', 37: 'v0.37.2',
}

/** The minors at which the program answers; the last stands for `latest`. Those that are newer than any server mean its newest. */
export const ASKED: readonly (number | 'latest')[] = [...Array.from({length: 41}, (_, minor) => minor), 'latest']

export interface ReferenceFailure {
  id: string
  reason: string
  detail: string
}

/** Versions in a row with the same results: up to the next one's `from`. */
export interface Stretch {
  from: string
  failed: readonly ReferenceFailure[]
  message: string
  reasons: string
}

export type ReferenceAnswer = {error: string} | {levels: Readonly<Record<'baseline' | 'restricted', readonly Stretch[]>>}

export interface Reference {
  binary: string
  judge(pods: readonly Judged[], flags?: readonly string[]): ReferenceAnswer[]
  /** With `hasCoverage`: how much of the policy package was reached, and the lines of what was not. */
  coverage(): {share: string; missed: string[]}
  remove(): void
}

const HOME = fileURLToPath(new URL('pod-security', import.meta.url))
const POLICY = 'k8s.io/pod-security-admission/policy'

/** Builds the program against the release that a server of this minor links. */
export function buildReference(server: number, {hasCoverage = false} = {}): Reference {
  const directory = mkdtempSync(join(tmpdir(), `pod-security-${server}-`))
  const binary = join(directory, 'judge')
  const counters = join(directory, 'counters')
  mkdirSync(counters)
  const cover = hasCoverage ? ['-cover', `-coverpkg=./...,${POLICY}`] : []
  const {module, flags} = moduleFor(server, directory)
  execFileSync('go', ['build', ...flags, ...cover, '-o', binary, '.'], {cwd: module, stdio: ['ignore', 'ignore', 'pipe'], env: goEnvironment()})
  return {
    binary,
    judge(pods, flags = []) {
      const input = pods.map(({metadata, spec}) => `${JSON.stringify({metadata, spec})}\n`).join('')
      const output = execFileSync(binary, ['judge', ...flags], {input, maxBuffer: 2 ** 31 - 1, env: {...process.env, GOCOVERDIR: counters}})
      return output.toString('utf8').trimEnd().split('\n').map(line => JSON.parse(line) as ReferenceAnswer)
    },
    coverage: () => coverageOf(directory, counters),
    remove: () => rmSync(directory, {recursive: true, force: true}),
  }
}

/**
 * The newest has its sums pinned here. An older one gets a module of its own in
 * which the release is the only requirement: its go.mod decides the rest, and
 * Go proves all of it by the public checksum database.
 */
function moduleFor(server: number, directory: string): {module: string; flags: string[]} {
  if (server === 37) return {module: HOME, flags: []}
  const release = RELEASES[server]
  if (release === undefined) throw new Error(`no release of the reference is known for 1.${server}`)
  const module = join(directory, 'module')
  mkdirSync(module)
  copyFileSync(join(HOME, 'main.go'), join(module, 'main.go'))
  writeFileSync(join(module, 'go.mod'), `module k121.dev/pod-security\n\ngo 1.22\n\nrequire k8s.io/pod-security-admission ${release}\n`)
  return {module, flags: ['-mod=mod']}
}

function goEnvironment(): NodeJS.ProcessEnv {
  return {...process.env, GOWORK: 'off'}
}

/** Where the module of the newest release lies on this machine; it is fetched where it does not. */
export function referenceDirectory(): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', 'k8s.io/pod-security-admission'], {cwd: HOME, stdio: ['ignore', 'pipe', 'pipe'], env: goEnvironment()})
  return (JSON.parse(answer.toString('utf8')) as {Dir: string}).Dir
}

function coverageOf(directory: string, counters: string): {share: string; missed: string[]} {
  const profile = join(directory, 'profile')
  const go = (...args: string[]): string => execFileSync('go', ['tool', 'covdata', ...args, `-i=${counters}`]).toString('utf8')
  const share = new RegExp(`${POLICY}\\s+coverage: (\\S+)`).exec(go('percent'))?.[1] ?? 'none'
  go('textfmt', `-o=${profile}`)
  const missed = readFileSync(profile, 'utf8').split('\n').toSorted().filter(line => line.endsWith(' 0')).map(line => line.replace(`${POLICY}/`, '').replace(/ \d+ 0$/, ''))
  return {share, missed}
}
