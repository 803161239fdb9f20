import type {FileList} from '../kubeconfig/file-list.js'
import {kubeconfigList} from '../kubeconfig/file-list.js'
import type * as files from '../adapters/guard-inputs.js'
import type * as handoff from '../adapters/kubectl/handoff.js'
import type * as locate from '../adapters/kubectl/locate.js'
import type {PrivateDirectory} from '../adapters/private-directory.js'
import type * as cache from '../adapters/verdict-cache.js'
import type {Environment} from '../guard/environment.js'
import {cleanPath, garbledPlace, kubectlEnvironment, originalEnvironment} from '../guard/environment.js'
import {readKubectlArgs, rewriteKubectlArgs} from '../guard/kubectl-args.js'
import type {Reading} from '../guard/kubectl-args.js'
import type {GuardOptions} from '../guard/options.js'
import type {RouteKind} from '../guard/route.js'
import {readGuardOptions} from '../guard/options.js'
import {routeOf} from '../guard/route.js'
import {GUARD_EXIT} from '../exit-codes.js'
import {DECISIONS_FILE, trustLocations} from '../trust/locations.js'
import {quote} from '../printable.js'
import {keyOf} from './guard-key.js'

/** Everything the warm road touches; the cold road adds the judge. */
export interface GuardPorts {
  environment: Environment
  cwd: string
  platform: string
  uid: number
  now(): number
  /** Our own program, to recognise ourselves on PATH and to run `kubectl k121 …`. */
  ourselves: {node: string; script: string; realScript: string}
  say(line: string): void
  openDirectory(stateDir: string | null): PrivateDirectory
  lookPath(name: string, path: string): string | undefined
  readPrivate(path: string, uid: number): Buffer | null
  removeDirectory(path: string): void
  inputs: typeof files
  locate: typeof locate
  handoff: typeof handoff
  cache: typeof cache
  digestOf(bytes: Uint8Array | string): string
  /** Loaded on a miss only: the parser, the catalogue and the judge. */
  cold(): ColdRoad
}

export interface ColdRequest {
  reading: Reading
  route: RouteKind
  kubectl: string
  inputs: files.GuardInputs
  trustFile: string | null
  stateDir: string | null
  directory: PrivateDirectory
  environment: Environment
  cwd: string
  platform: string
  uid: number
  now: number
}

export type ColdOutcome =
  | {allow: true; verdict: cache.CachedVerdict; isCacheable: boolean}
  /** `isDenial`: what was judged is not trusted; otherwise it could not be judged. */
  | {allow: false; isDenial: boolean; lines: readonly string[]}

export interface ColdRoad {
  judgeCommand(request: ColdRequest): ColdOutcome
}

/** Runs kubectl on what was judged, or says why not. Returns an exit code where kubectl was not started. */
export function guard(argv: readonly string[], ports: GuardPorts): number | undefined {
  const parsed = readGuardOptions(argv)
  if (!parsed.ok) return fail(ports, GUARD_EXIT.failed, `${parsed.message}; usage: kubectl-k121 guard [--kubectl PATH] [--trust-file FILE] -- get pods`)
  const {options} = parsed
  const read = readKubectlArgs(options.args)
  if (!read.ok) return fail(ports, GUARD_EXIT.denied, read.message, read.hint)
  const {reading} = read
  // Nothing may be said while the shell completes a word: a refused file completes nothing.
  const quiet: GuardPorts = reading.complete ? {...ports, say: () => undefined} : ports
  const garbled = garbledPlace(ports.environment)
  if (garbled !== undefined) return fail(quiet, GUARD_EXIT.denied, `${garbled} is not valid UTF-8`, 'rename the directories in it')
  const route = routeOf(reading, options.args, options.allowPluginFlags)
  if (route.kind === 'refused') return fail(quiet, GUARD_EXIT.denied, route.message, route.hint)
  if (route.kind === 'own') return runOurselves(options, ports)
  const kubectl = ports.locate.locateKubectl(options.kubectl, ports.environment['PATH'] ?? '', ports.cwd, [ports.ourselves.realScript])
  if (kubectl === null) return fail(quiet, GUARD_EXIT.notFound, 'kubectl was not found', 'install it, or name it with --kubectl PATH')
  return runGuarded({reading, options, kubectl, route: route.kind}, quiet)
}

interface Run {
  reading: Reading
  options: GuardOptions
  kubectl: string
  route: RouteKind
}

function runGuarded(run: Run, ports: GuardPorts): number | undefined {
  const {environment, cwd, uid} = ports
  const locations = trustLocations(environment, ports.platform)
  const policy = run.options.trustFile ?? locations.policy
  const decisions = locations.state === null ? null : `${locations.state}/${DECISIONS_FILE}`
  const list = listOf(run, ports)
  if (list === null) return fail(ports, GUARD_EXIT.denied, 'HOME is not set, so kubectl would take .kube/config of the working directory', 'set HOME or KUBECONFIG')
  // The working directory is in it where a path is relative.
  if (list.paths.some(({file}) => file.includes('\ufffd'))) return fail(ports, GUARD_EXIT.denied, 'the path of a kubeconfig is not valid UTF-8', 'rename the directories in it')
  const paths = {list, policy, isPolicyNamed: run.options.trustFile !== undefined, decisions, kuberc: kubercPath(environment)}
  const loaded = ports.inputs.readGuardInputs(paths)
  if (!loaded.ok) return fail(ports, GUARD_EXIT.denied, `${quote(loaded.file, 200)} ${loaded.detail}`, 'kubectl was not started')
  const directory = ports.openDirectory(locations.state)
  const key = keyOf({
    inputs: loaded.inputs, reading: run.reading, route: run.route,
    kubectl: run.kubectl, path: cleanPath(environment['PATH'] ?? ''), home: environment['HOME'] ?? '', cwd, uid, policy: policy ?? '',
  }, ports.digestOf)
  const warm = directory.ephemeral ? null : ports.cache.readVerdict(directory, key, uid)
  if (warm !== null && isStillTrue(warm, run, ports)) return start(warm, run, directory, ports)
  const outcome = ports.cold().judgeCommand({
    reading: run.reading, route: run.route, kubectl: run.kubectl, inputs: loaded.inputs,
    trustFile: policy, stateDir: locations.state, directory, environment, cwd, platform: ports.platform, uid, now: ports.now(),
  })
  if (!outcome.allow) {
    if (directory.ephemeral) ports.removeDirectory(directory.path)
    for (const line of outcome.lines) ports.say(line)
    return GUARD_EXIT.denied
  }
  if (outcome.isCacheable && !directory.ephemeral) ports.cache.writeVerdict(directory, key, outcome.verdict, uid)
  return start(outcome.verdict, run, directory, ports)
}

/** Commands that need no server are not judged on any file. `config` may make the file that it is told to use. */
function listOf(run: Run, {environment, cwd}: GuardPorts): FileList | null {
  if (run.route === 'preferences' || run.route === 'empty') return {paths: [], isExplicit: false}
  const list = kubeconfigList({flag: run.reading.connection.kubeconfig, variable: environment['KUBECONFIG'], home: environment['HOME'], cwd})
  return list === null || run.route !== 'original' ? list : {...list, isExplicit: false}
}

function kubercPath(environment: Environment): string | null {
  const {KUBERC: named, HOME: home} = environment
  if (named === 'off' || environment['KUBECTL_KUBERC'] === 'false') return null
  return named ? named : home ? `${home}/.kube/kuberc` : null
}

/** The verdict rests on files, directories and lookups that are not in the key; each must be as it was. */
function isStillTrue(verdict: cache.CachedVerdict, run: Run, ports: GuardPorts): boolean {
  const path = cleanPath(ports.environment['PATH'] ?? '')
  const words = [...run.reading.command, ...run.reading.words]
  const snapshot = ports.readPrivate(verdict.snapshot, ports.uid)
  return (
    !verdict.touches.some(word => words.includes(word)) &&
    ports.cache.isUnchanged(verdict, ports.now()) &&
    verdict.lookups.every(([name, found]) => ports.lookPath(name, path) === found) &&
    snapshot !== null && ports.digestOf(snapshot) === verdict.snapshotDigest
  )
}

function start(verdict: cache.CachedVerdict, run: Run, directory: PrivateDirectory, ports: GuardPorts): undefined {
  for (const notice of verdict.notices) ports.say(`k121: ${notice}`)
  // Without a home directory kubectl would take the working directory's.
  const keepKuberc = run.route === 'preferences' && kubercPath(ports.environment) !== null
  ports.handoff.handOver({
    program: run.kubectl,
    name: 'kubectl',
    args: run.route === 'original' ? run.options.args : rewriteKubectlArgs(run.options.args),
    environment: kubectlEnvironment(ports.environment, {snapshot: run.route === 'original' ? null : verdict.snapshot, keepKuberc}),
    ...(directory.ephemeral ? {afterwards: () => ports.removeDirectory(directory.path)} : {}),
  })
}

/** `kubectl k121 …`: our own program judges for itself, with the original arguments, environment and files. */
function runOurselves({args}: GuardOptions, ports: GuardPorts): undefined {
  const {node, script} = ports.ourselves
  ports.handoff.handOver({program: node, name: node, args: [script, ...args.slice(1)], environment: originalEnvironment(ports.environment)})
}

function fail(ports: GuardPorts, code: number, message: string, hint?: string): number {
  ports.say(`k121: ${message}`)
  if (hint !== undefined) ports.say(`k121: ${hint}`)
  return code
}
