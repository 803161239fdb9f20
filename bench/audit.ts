// How long an audit makes people wait, and how much memory it takes: against a
// raw paged download + JSON.parse of the same lists (the floor) and against
// `kubectl get` of the same, on a real API server and on a page server that
// costs nothing. Runs are interleaved, medians are compared. Prints figures
// beside the aims; never fails.
//
//   tsx bench/audit.ts                    5,000 pods, both servers
//   tsx bench/audit.ts --full             20,000 and 60,000 too
//   tsx bench/audit.ts --server pages --pods 60000 --rounds 1
//   tsx bench/audit.ts --server files     a dump of 600 MB and a snapshot of it
import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {availableParallelism, loadavg, tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {populate} from '../test/cluster/populate.js'
import {startApiServer} from '../test/cluster/support/api-server.js'
import {missing} from '../test/cluster/support/binaries.js'
import {kubectlBinary} from '../test/support/kubectl-binaries.js'
import {offline} from './audit/files.js'
import {listsOf, resourcesTyped} from './audit/lists.js'
import {firstShown, interleaved, measure, median} from './audit/measure.js'
import type {Program, Run} from './audit/measure.js'
import {sizeOf} from './audit/sizes.js'

const ROOT = resolve(import.meta.dirname, '..')
const RUN = join(ROOT, 'bin/run.js')
const AIMS = {ratio: 1.25, megabytes: 150, firstLineMs: 1000}

const {values} = parseArgs({options: {pods: {type: 'string'}, rounds: {type: 'string'}, server: {type: 'string', default: 'pages,real,files'}, full: {type: 'boolean', default: false}, minor: {type: 'string', default: '33'}}})
const sizes = values.pods === undefined ? (values.full ? [5000, 20_000, 60_000] : [5000]) : values.pods.split(',').map(Number)
const servers = values.server.split(',')
const directory = mkdtempSync(join(tmpdir(), 'k121-bench-'))

try {
  const kubectl = await kubectlBinary(Number(values.minor))
  console.log(`Node ${process.versions.node}, ${kubectl}`)
  if ((loadavg()[0] ?? 0) > availableParallelism() / 2) console.log(`This machine is busy (load ${loadavg()[0]?.toFixed(1)}): times are too long, ratios roughly hold.`)
  for (const pods of sizes) {
    if (servers.includes('pages')) await onPages(pods, kubectl)
    if (servers.includes('real')) await onReal(pods, kubectl)
  }
  if (servers.includes('files')) await offline({directory, program: RUN, rounds: roundsFor(60_000), snapshot: await snapshotOf(60_000, kubectl)})
} finally {
  rmSync(directory, {recursive: true, force: true})
}

function roundsFor(pods: number): number {
  return values.rounds === undefined ? (pods <= 5000 ? 5 : pods <= 20_000 ? 3 : 1) : Number(values.rounds)
}

async function onPages(pods: number, kubectl: string): Promise<void> {
  // It has no discovery that kubectl could use, so the peer is left out.
  await withPages(pods, kubeconfig => compare(`page server, ${pods} pods`, {kubectl, kubeconfig, pods, hasPeer: false}))
}

/** What `kubectl k121 snapshot` makes of a page server. */
async function snapshotOf(pods: number, kubectl: string): Promise<string | null> {
  const out = join(directory, 'cluster.jsonl.gz')
  await withPages(pods, async kubeconfig => {
    const {seconds, megabytes, status} = await measure({argv: [process.execPath, RUN, 'snapshot', '--kubectl', kubectl, '--out', out, '--allow-incomplete'], env: {KUBECONFIG: kubeconfig}})
    console.log(`\nsnapshot of ${pods} pods: ${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB${status === 0 ? '' : '  FAILED'}`)
  })
  return existsSync(out) ? out : null
}

async function withPages(pods: number, body: (kubeconfig: string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'bench/audit/page-server.ts'), String(pods)], {stdio: ['pipe', 'pipe', 'inherit']})
  try {
    const url = await new Promise<string>((done, fail) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => done(text.trim()))
      child.once('exit', () => fail(new Error('the page server ended')))
    })
    const kubeconfig = join(directory, 'pages.yaml')
    writeFileSync(kubeconfig, JSON.stringify({apiVersion: 'v1', kind: 'Config', 'current-context': 'c', clusters: [{name: 'c', cluster: {server: url}}], users: [{name: 'u', user: {token: 'x'}}], contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}]}), {mode: 0o600})
    await body(kubeconfig)
  } finally {
    child.kill()
  }
}

async function onReal(pods: number, kubectl: string): Promise<void> {
  const lacking = await missing(37)
  if (lacking !== null) return console.log(`\nreal API server: skipped, ${lacking}`)
  const server = await startApiServer({minor: 37})
  try {
    console.log(`\nfilling a real API server with ${pods} pods …`)
    await populate({url: server.url, ca: readFileSync(server.caFile), token: server.tokens['admin'] ?? ''}, sizeOf(pods))
    const kubeconfig = await server.kubeconfig('admin', join(directory, 'real.yaml'))
    await compare(`API server ${server.version}, ${pods} pods`, {kubectl, kubeconfig, pods, hasPeer: true})
  } finally {
    await server.stop()
  }
}

interface Setting {
  kubectl: string
  kubeconfig: string
  pods: number
  hasPeer: boolean
}

async function compare(title: string, {kubectl, kubeconfig, pods, hasPeer}: Setting): Promise<void> {
  const env = {KUBECONFIG: kubeconfig}
  const ours = (...args: string[]): Program => ({argv: [process.execPath, RUN, 'audit', '--kubectl', kubectl, '-o', 'json', ...args], env})
  const floor = (lists: unknown): Program => ({argv: [process.execPath, join(ROOT, 'bench/audit/floor.js'), kubectl, JSON.stringify(lists)], env, keepsOutput: true})
  const programs: Record<string, Program> = {
    'audit': ours(), 'floor of the same': floor(listsOf()),
    'audit --topic external-ips': ours('--topic', 'external-ips'), 'floor of that': floor(listsOf(['external-ips'])),
    ...(hasPeer ? {'kubectl get -o json': {argv: [kubectl, 'get', resourcesTyped(), '-A', '-o', 'json'], env}} : {}),
  }
  // The guard looks into a kubectl that it has never seen, once.
  await measure(ours('--check', 'pod-security-label-invalid'))
  const runs = await interleaved(programs, roundsFor(pods))
  const megabytes = bytesOf(runs['floor of the same']) / 1e6
  console.log(`\n${title}: ${megabytes.toFixed(0)} MB of lists, ${roundsFor(pods)} rounds, medians\n`)
  for (const [name, own] of Object.entries(runs)) {
    const bytes = bytesOf(name.includes('external') || name.includes('that') ? runs['floor of that'] : runs['floor of the same'])
    const seconds = median(own.map(run => run.seconds))
    console.log(`  ${name.padEnd(28)} ${seconds.toFixed(2).padStart(7)} s ${(bytes / 1e6 / seconds).toFixed(0).padStart(5)} MB/s ${peak(own).toFixed(0).padStart(6)} MB, kubectl ${median(own.map(run => run.kubectlMegabytes)).toFixed(0)} MB${own.some(({status}) => status === null || status > 3) ? '  FAILED' : ''}`)
  }
  const line = await firstShown([process.execPath, RUN, 'audit', '--kubectl', kubectl, '--kubeconfig', kubeconfig, '--topic', 'dual-stack'], 'reading')
  console.log('\n  aim                                     measured   aim')
  aim('audit / floor', ratio(runs, 'audit', 'floor of the same'), AIMS.ratio)
  aim('audit of external-ips / floor', ratio(runs, 'audit --topic external-ips', 'floor of that'), AIMS.ratio)
  if (hasPeer) aim('audit / kubectl get', ratio(runs, 'audit', 'kubectl get -o json'), 1)
  aim('peak memory, MB', Math.max(peak(runs['audit']), peak(runs['audit --topic external-ips'])), AIMS.megabytes)
  aim('first line on a terminal, ms', line ?? Number.NaN, AIMS.firstLineMs)
}

function bytesOf(runs: readonly Run[] = []): number {
  return (JSON.parse(runs[0]?.stdout || '{"bytes":0}') as {bytes: number}).bytes
}

function peak(runs: readonly Run[] = []): number {
  return Math.max(...runs.map(run => run.megabytes))
}

function ratio(runs: Record<string, Run[]>, ours: string, other: string): number {
  return median((runs[ours] ?? []).map(run => run.seconds)) / median((runs[other] ?? []).map(run => run.seconds))
}

function aim(name: string, value: number, most: number): void {
  console.log(`  ${name.padEnd(38)} ${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${String(most).padStart(5)}  ${value <= most ? 'met' : 'MISSED'}`)
}
