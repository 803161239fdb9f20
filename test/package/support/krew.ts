import {execFile} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, symlinkSync} from 'node:fs'
import type {Server} from 'node:http'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {basename, join} from 'node:path'
import {promisify} from 'node:util'
import {kubectlBinary, userCache} from '../../support/kubectl-binaries.js'
import type {ProcessOptions, ProcessResult} from '../../support/run-process.js'
import {runProcess} from '../../support/run-process.js'
import type {World} from '../../support/world.js'

const run = promisify(execFile)

/** The newest client that is served as a Go module. */
const KREW = 'v0.4.3'

/** Builds krew into the user's cache on first use; null where Go is not installed. */
export async function krewBinary(): Promise<string | null> {
  const directory = join(userCache(), 'krew', KREW)
  const path = join(directory, 'krew')
  if (existsSync(path)) return path
  if (!await run('go', ['version']).then(() => true, () => false)) return null
  mkdirSync(directory, {recursive: true})
  await run('go', ['install', `sigs.k8s.io/krew/cmd/krew@${KREW}`], {env: {...process.env, GOBIN: directory}})
  return path
}

export interface Machine {
  /** krew's root. */
  root: string
  env: Record<string, string>
  kubectl(argv: readonly string[], options?: Partial<ProcessOptions>): Promise<ProcessResult>
}

/** A person's machine with kubectl, krew and Node on PATH, and krew's bin/ in front as krew asks for. */
export async function krewMachine(world: World, krew: string, minor = 36): Promise<Machine> {
  const kubectl = await kubectlBinary(minor)
  for (const [name, target] of [['kubectl', kubectl], ['kubectl-krew', krew], ['node', process.execPath]] as const) symlinkSync(target, join(world.bin, name))
  const root = join(world.home, 'my krew')
  // To uninstall, krew wants an index to have been cloned; it looks no further than for this directory.
  mkdirSync(join(root, 'index/default/.git'), {recursive: true})
  // Its check for a newer krew would ask the network now and then.
  const env = {...world.env, KREW_ROOT: root, KREW_NO_UPGRADE_CHECK: '1', PATH: `${join(root, 'bin')}:${world.bin}`}
  return {root, env, kubectl: (argv, options) => runProcess(join(world.bin, 'kubectl'), argv, {cwd: world.cwd, timeout: 120_000, ...options, env: {...env, ...options?.env}})}
}

/** Serves the archives under their names, as a release page would. */
export async function serveArchives(archives: readonly string[]): Promise<{server: Server; homepage: string}> {
  const server = createServer((request, response) => {
    const found = archives.find(file => basename(file) === basename(request.url ?? ''))
    response.writeHead(found === undefined ? 404 : 200).end(found === undefined ? undefined : readFileSync(found))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {server, homepage: `http://127.0.0.1:${(server.address() as AddressInfo).port}`}
}
