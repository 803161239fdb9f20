import {expect} from 'chai'
import {reasonWithoutOpenssl} from './certificates.js'
import {HUSH} from './kubeconfigs.js'
import {kubectlBinary, minorsOfThisRun} from './kubectl-binaries.js'
import type {Outcome, RunOptions, World} from './world.js'
import {createWorld} from './world.js'

export interface Scene {
  argv: readonly string[]
  options?: RunOptions
}

/** What must be visible of a run. Left out: not looked at. */
export interface Expected {
  /** Canaries that ran, sorted. */
  ran?: readonly string[]
  /** Server name → every Authorization header it saw, each once. A server that is not named saw nothing. */
  sent?: Readonly<Record<string, readonly string[]>>
  status?: number
  check?(outcome: Outcome, world: World): void
}

export interface Refusal {
  status?: 125 | 126 | 127
  says?: RegExp
}

export interface Case {
  name: string
  /** On which kubectl the case makes sense; all when left out. */
  when?(minor: number): boolean
  arrange(world: World, minor: number): Scene | Promise<Scene>
  /** The danger, or the normal behaviour, shown on kubectl alone. */
  bare: Expected | ((minor: number) => Expected)
  /** `same`: cold and warm runs that nobody can tell from bare kubectl. */
  guard: Wanted | ((minor: number) => Wanted)
}

/**
 * `safe`: refused or the same as bare kubectl; for what the laws leave open.
 * `harmless`: no canary and no request, whatever is printed; for variables that kubectl does not get.
 */
export type Wanted = 'same' | 'safe' | 'harmless' | Refusal

export const bearer = (name: string): string => `Bearer token-of-${name}`

/** Declares every case for every kubectl of this run: first kubectl alone, then behind the guard. */
export function table(topic: string, cases: readonly Case[]): void {
  forEachKubectl(topic, minor => {
    for (const one of cases.filter(({when}) => when?.(minor) ?? true)) {
      inWorld(`bare: ${one.name}`, minor, async world => {
        const {argv, options} = await one.arrange(world, minor)
        expectOutcome(await world.bare(argv, options), chosen(one.bare, minor), world)
      })
      inWorld(`guard: ${one.name}`, minor, async world => {
        const scene = await one.arrange(world, minor)
        const wanted = chosen(one.guard, minor)
        if (wanted === 'same') await expectSame(world, scene)
        else if (wanted === 'safe') await expectSafe(world, scene)
        else if (wanted === 'harmless') expectOutcome(await world.guarded(scene.argv, scene.options), {ran: [], sent: {}}, world)
        else expectRefused(await world.guarded(scene.argv, scene.options), wanted)
      })
    }
  })
}

function chosen<T>(value: T | ((minor: number) => T), minor: number): T {
  return typeof value === 'function' ? (value as (minor: number) => T)(minor) : value
}

/** A `describe` per kubectl version, skipped with a printed reason where no certificates can be made. */
export function forEachKubectl(topic: string, body: (minor: number) => void, minors = minorsOfThisRun()): void {
  describe(topic, () => {
    const reason = reasonWithoutOpenssl()
    if (reason !== null) {
      it.skip(reason)
      return
    }
    for (const minor of minors) describe(`kubectl 1.${minor}`, () => body(minor))
  })
}

/** For what is ours alone and cannot differ between versions of kubectl. */
export function onNewestKubectl(topic: string, body: (minor: number) => void): void {
  forEachKubectl(topic, body, [Math.max(...minorsOfThisRun())])
}

export function inWorld(name: string, minor: number, body: (world: World) => Promise<void>): void {
  it(name, async () => {
    const world = createWorld(await kubectlBinary(minor))
    try {
      await body(world)
    } finally {
      await world.close()
    }
  })
}

export function expectOutcome(outcome: Outcome, {ran, sent, status, check}: Expected, world: World): void {
  const seen = JSON.stringify({status: outcome.status, stdout: outcome.stdout, stderr: outcome.stderr}).slice(0, 2000)
  if (ran !== undefined) expect(outcome.ranCanaries, seen).to.deep.equal(ran)
  if (sent !== undefined) expect(authorizations(outcome), seen).to.deep.equal(sent)
  if (status !== undefined) expect(outcome.status, seen).to.equal(status)
  check?.(outcome, world)
}

export function authorizations({requests}: Outcome): Record<string, string[]> {
  const servers = [...new Set(requests.map(request => request.server))].sort()
  const of = (name: string): string[] => [...new Set(requests.filter(({server}) => server === name).map(({authorization}) => authorization))]
  return Object.fromEntries(servers.map(name => [name, of(name)]))
}

/** The proof of a block: no canary, no request, and our words only. */
export function expectRefused(outcome: Outcome, {status = 126, says}: Refusal = {}): void {
  const seen = JSON.stringify({status: outcome.status, stdout: outcome.stdout, stderr: outcome.stderr, sent: authorizations(outcome)}).slice(0, 2000)
  expect(outcome.ranCanaries, `a helper ran: ${seen}`).to.deep.equal([])
  expect(outcome.requests, `a request was made: ${seen}`).to.have.length(0)
  expect(outcome.status, seen).to.equal(status)
  expect(outcome.stdout, seen).to.equal('')
  expectOurWords(outcome.stderr)
  if (says !== undefined) expect(outcome.stderr).to.match(says)
}

/** Every line carries the prefix, none a secret, none a control or bidirectional character. */
export function expectOurWords(stderr: string): void {
  expect(stderr, 'nothing was said').to.not.equal('')
  for (const line of stderr.replace(/\n$/, '').split('\n')) expect(line).to.match(/^k121: /)
  expect(stderr, 'a secret').to.not.include(HUSH)
  // eslint-disable-next-line no-control-regex -- control characters are what we look for
  expect(stderr, 'raw control characters').to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/)
}

/** The proof of a pass: bare kubectl, a cold guard and a warm guard do the same. */
export async function expectSame(world: World, {argv, options}: Scene): Promise<void> {
  const bare = comparable(await world.bare(argv, options))
  expect(comparable(await world.guarded(argv, options)), 'cold run').to.deep.equal(bare)
  expect(comparable(await world.guarded(argv, options)), 'warm run').to.deep.equal(bare)
}

async function expectSafe(world: World, scene: Scene): Promise<void> {
  const outcome = await world.guarded(scene.argv, scene.options)
  if (outcome.status === 126) expectRefused(outcome)
  else expect(comparable(outcome)).to.deep.equal(comparable(await world.bare(scene.argv, scene.options)))
}

export function comparable({status, signal, stdout, stderr, runs, requests}: Outcome): object {
  const helpers = runs.map(({name, argv, cwd}) => ({name, cwd, argv: argv.slice(1)}))
  // Discovery asks in parallel: the order of requests is not the same twice, not even for kubectl alone.
  const asked = requests.map(request => JSON.stringify(request)).sort()
  // klog's prefix holds the time and the process.
  const said = stderr.replaceAll(/^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /gm, '$1 ')
  return {status, signal, stdout, stderr: said, helpers, requests: asked}
}
