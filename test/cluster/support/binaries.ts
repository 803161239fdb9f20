import {execFile} from 'node:child_process'
import {constants} from 'node:fs'
import {access, mkdir, mkdtemp, readFile, rename, rm, unlink, writeFile} from 'node:fs/promises'
import {delimiter, join, resolve} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'
import {userCache} from '../../support/kubectl-binaries.js'

const run = promisify(execFile)

/** 1.24 is the last with PodSecurityPolicy; 1.30 has ValidatingAdmissionPolicy; 1.37 is the newest. */
export const SERVER_MINORS = [24, 30, 37] as const
export type ServerMinor = (typeof SERVER_MINORS)[number]

export interface ServerBinaries {
  /** `1.37.2` */
  version: string
  etcd: string
  apiServer: string
  controllerManager: string
}

const LONGEST_BUILD_SECONDS = 1800

const PROGRAMS = ['kube-apiserver', 'kube-controller-manager'] as const

/**
 * Real server binaries of a minor: those of `K121_KUBERNETES_ASSETS`
 * (DIR/VERSION/kube-apiserver), else of the user's cache, else built into it
 * from the public Go module, which takes 3 to 5 minutes once.
 */
export async function serverBinaries(minor: ServerMinor): Promise<ServerBinaries> {
  const lacking = await missing(minor)
  if (lacking !== null) throw new Error(lacking)
  const version = await pinnedVersion(minor)
  const directory = await directoryOf(version) ?? await build(minor, version)
  return {
    version, etcd: await findEtcd(version) ?? '',
    apiServer: join(directory, 'kube-apiserver'), controllerManager: join(directory, 'kube-controller-manager'),
  }
}

/** What a suite that needs this server cannot do without, in one sentence; null when it can run. */
export async function missing(minor: ServerMinor): Promise<string | null> {
  const version = await pinnedVersion(minor)
  if (await findEtcd(version) === null) return 'etcd is neither on PATH nor in K121_KUBERNETES_ASSETS (Debian and Ubuntu: apt-get install etcd-server)'
  if (await directoryOf(version) !== null || await onPath('go') !== null) return null
  return `kube-apiserver ${version} is neither in K121_KUBERNETES_ASSETS nor in ${cacheOf(version)}, and Go, which would build it, is not on PATH`
}

/** The one place that says which patch release is meant is the module that it is built from. */
async function pinnedVersion(minor: ServerMinor): Promise<string> {
  const text = await readFile(join(moduleOf(minor), 'go.mod'), 'utf8')
  const version = /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(text)?.[1]
  if (version === undefined) throw new Error(`go.mod of 1.${minor} requires no k8s.io/kubernetes`)
  return version
}

function moduleOf(minor: ServerMinor): string {
  return fileURLToPath(new URL(`../tools/1.${minor}`, import.meta.url))
}

function cacheOf(version: string): string {
  return join(userCache(), 'kubernetes', version)
}

function assets(): string | null {
  const directory = process.env['K121_KUBERNETES_ASSETS']
  return directory === undefined || directory === '' ? null : resolve(directory)
}

async function directoryOf(version: string): Promise<string | null> {
  const own = assets()
  const places = own === null ? [cacheOf(version)] : [join(own, version), cacheOf(version)]
  for (const place of places)
    if ((await Promise.all(PROGRAMS.map(program => isProgram(join(place, program))))).every(Boolean)) return place
  return null
}

async function findEtcd(version: string): Promise<string | null> {
  const own = assets()
  for (const place of own === null ? [] : [join(own, version, 'etcd'), join(own, 'etcd')])
    if (await isProgram(place)) return place
  return onPath('etcd')
}

async function onPath(program: string): Promise<string | null> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean))
    if (await isProgram(join(directory, program))) return join(directory, program)
  return null
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false)
}

async function build(minor: ServerMinor, version: string): Promise<string> {
  const directory = cacheOf(version)
  await mkdir(directory, {recursive: true, mode: 0o755})
  const lock = join(directory, 'building')
  await holdLock(lock)
  try {
    // Whoever held the lock before may have built it.
    if (await directoryOf(version) === null) await buildInto(directory, minor, version)
  } finally {
    await rm(lock, {force: true})
  }
  return directory
}

async function buildInto(directory: string, minor: ServerMinor, version: string): Promise<void> {
  const scratch = await mkdtemp(join(directory, 'fresh-'))
  try {
    const packages = PROGRAMS.map(program => `k8s.io/kubernetes/cmd/${program}`)
    await run('go', ['build', '-trimpath', '-ldflags', linkerFlags(version), '-o', `${scratch}/`, ...packages], {
      cwd: moduleOf(minor), env: {...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off'}, maxBuffer: 2 ** 26,
    }).catch((error: unknown) => {
      throw new Error(`cannot build kube-apiserver ${version} (offline?): ${String((error as {stderr?: unknown}).stderr ?? error).trim().slice(-1500)}`)
    })
    for (const program of PROGRAMS) await rename(join(scratch, program), join(directory, program))
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
}

/**
 * Both packages have a version of their own; /version answers with one, clients
 * send the other. Old releases reach into the runtime by `go:linkname`, which
 * the linker refuses without -checklinkname=0.
 */
function linkerFlags(version: string): string {
  const minor = version.split('.')[1] ?? ''
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .flatMap(place => [`-X ${place}.gitVersion=v${version}`, `-X ${place}.gitMajor=1`, `-X ${place}.gitMinor=${minor}`, `-X ${place}.gitTreeState=clean`])
  return `-s -w -checklinkname=0 ${stamps.join(' ')}`
}

/** Two builders at once would only waste minutes: the binaries appear by rename. So a lock whose owner is dead is simply taken. */
async function holdLock(path: string): Promise<void> {
  for (let second = 0; second < LONGEST_BUILD_SECONDS; second++) {
    const isOurs = await writeFile(path, String(process.pid), {flag: 'wx'}).then(() => true, () => false)
    if (isOurs) return
    const owner = Number(await readFile(path, 'utf8').catch(() => ''))
    if (owner > 0 && !isAlive(owner)) await unlink(path).catch(() => undefined)
    await sleep(1000)
  }
  throw new Error(`${path} has been held for longer than any build takes: remove it if nothing builds`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Run as a program, it prepares all servers, so that no test waits for a build: `npx tsx test/cluster/support/binaries.ts`. */
async function prepare(): Promise<void> {
  for (const minor of SERVER_MINORS) {
    const outcome = await serverBinaries(minor).then(({apiServer}) => apiServer, (error: unknown) => {
      process.exitCode = 1
      return `skipped: ${error instanceof Error ? error.message : String(error)}`
    })
    console.log(`1.${minor}: ${outcome}`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await prepare()
