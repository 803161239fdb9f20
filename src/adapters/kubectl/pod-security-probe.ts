import {randomBytes} from 'node:crypto'
import {unread} from '../../audit/outcome.js'
import {hideSecrets} from '../../printable.js'
import {oneLine} from '../api-road.js'
import type {ProbeAnswer} from './external-ip-probe.js'
import {answerOf, runToEnd, warningsIn} from './external-ip-probe.js'
import type {Launch} from './launch.js'

/** A kubectl for these words, behind the guard; or why there is none. */
export type Launcher = (words: readonly string[]) => {ok: true; launch: Launch} | {ok: false; why: string}

/** Of every namespace of the cluster together. */
const LABEL_MS = 120_000

function podArguments(namespace: string): string[] {
  return ['create', '--raw', `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`, '-f', '-']
}

/**
 * A level that differs from whatever is there, for its version is one that
 * nobody pins: only a change is looked at, and only there an exemption is told.
 */
function labelArguments(which: string): string[] {
  return ['label', 'namespaces', which, 'pod-security.kubernetes.io/enforce=restricted', 'pod-security.kubernetes.io/enforce-version=v1.0', '--overwrite', '--dry-run=server']
}

/**
 * What Pod Security admission really does, by dry runs: the creation of a pod
 * in one namespace, and a change of the label of every namespace, at which an
 * exempt one says so (servers from 1.25 on). The second needs the right to patch
 * namespaces; it is tried on one before all of them are asked.
 */
export async function podSecurityProbe(launcher: Launcher, namespace: string): Promise<ProbeAnswer> {
  const pod = await start(launcher, podArguments(namespace), podText(namespace))
  if (typeof pod === 'string') return {object: null, outcome: unread('unreachable', pod)}
  const answer = pod.code === 0 && pod.stdout.trim() !== '' ? {status: 201, message: ''} : answerOf(pod.stderr)
  if (answer === null) return {object: null, outcome: unread('unreachable', `kubectl create --raw failed: ${oneLine(hideSecrets(pod.stderr))}`)}
  return {
    object: {apiVersion: 'k121.dev/v1', kind: 'PodSecurityProbe', namespace, ...answer, warnings: warningsIn(pod.stderr), exemptions: {asked: true, ...await exemptions(launcher, namespace)}},
    outcome: {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: 1, detail: ''},
  }
}

interface Exemptions {
  answered: string[]
  exempt: string[]
  /** Empty: every namespace answered. */
  problem: string
}

async function exemptions(launcher: Launcher, namespace: string): Promise<Exemptions> {
  const first = exemptionsIn(await start(launcher, labelArguments(namespace), ''))
  return first.problem === '' ? exemptionsIn(await start(launcher, labelArguments('--all'), '')) : first
}

type Ended = Awaited<ReturnType<typeof runToEnd>>

export function exemptionsIn(ended: Ended | string): Exemptions {
  if (typeof ended === 'string') return {answered: [], exempt: [], problem: ended}
  const {code, stdout, stderr} = ended
  const named = (pattern: RegExp, text: string): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name)
  // `not labeled`: it had this very label, and nothing was changed. Before 1.26 kubectl does not say that it was a dry run, which it is (measured from 1.20 on).
  const answered = named(/^namespace\/(\S+) labeled(?: \(server dry run\))?\r?$/gm, stdout)
  const exempt = named(/^Warning: namespace "([^"]+)" is exempt from Pod Security, /gm, stderr)
  return {answered, exempt: exempt.filter(name => answered.includes(name)), problem: code === 0 ? '' : problemOf(stderr, code)}
}

function problemOf(stderr: string, code: number | null): string {
  if (code === null) return `kubectl label gave no answer within ${LABEL_MS / 1000} seconds`
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !line.startsWith('Warning: '))
  return oneLine(hideSecrets(lines[0] ?? `kubectl label ended with ${code}`), 200)
}

async function start(launcher: Launcher, words: readonly string[], input: string): Promise<Ended | string> {
  const guarded = launcher(words)
  return guarded.ok ? runToEnd(guarded.launch, {input, cap: 16 * 1024 * 1024, timeoutMs: LABEL_MS}) : guarded.why
}

/**
 * It asks for the process table of its node, which every version of baseline
 * refuses. Its name is new each time, and nothing of it is ever run or stored.
 */
function podText(namespace: string): string {
  const name = `k121-probe-${randomBytes(4).toString('hex')}`
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace},
    spec: {hostPID: true, automountServiceAccountToken: false, containers: [{name: 'probe', image: 'k121-probe.invalid/never-pulled', resources: {requests: {cpu: '1m', memory: '1Mi'}, limits: {cpu: '1m', memory: '1Mi'}}}]},
  })
}
