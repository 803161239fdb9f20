import {execFile} from 'node:child_process'
import {constants} from 'node:fs'
import {access, mkdir, mkdtemp, readdir, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {promisify} from 'node:util'
import {userCache} from '../../support/kubectl-binaries.js'

const run = promisify(execFile)

export const GATOR = '3.23.1'
export const KYVERNO = '1.19.1'

export interface GoTool {
  /** One directory for each version below the user's cache. */
  name: string
  programs: readonly string[]
  /** Arguments of `go` that put the programs into a directory, and where it is called. */
  build(into: string): {argv: readonly string[]; cwd?: string; env?: Record<string, string>}
}

/** Runs Gatekeeper's templates as its webhook would. */
export const gator: GoTool = {
  name: `gator-${GATOR}`, programs: ['gator'],
  build: into => ({argv: ['install', `github.com/open-policy-agent/gatekeeper/v3/cmd/gator@v${GATOR}`], env: {GOBIN: into}}),
}

/** Judges requests by Kyverno's policies of both generations. About five minutes. */
export const kyverno: GoTool = {
  name: `kyverno-${KYVERNO}`, programs: ['kyverno'],
  build: into => ({
    argv: ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${into}/`, '.'],
    cwd: fileURLToPath(new URL('../tools/kyverno', import.meta.url)), env: {CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off'},
  }),
}

/** The directory of a tool's programs, built on first use; null where Go is not installed. */
export async function goTool(tool: GoTool): Promise<string | null> {
  const directory = join(userCache(), 'tools', tool.name)
  if (await isWhole(directory, tool)) return directory
  if (!await run('go', ['version']).then(() => true, () => false)) return null
  await mkdir(directory, {recursive: true, mode: 0o755})
  const scratch = await mkdtemp(join(directory, 'fresh-'))
  try {
    const {argv, cwd, env = {}} = tool.build(scratch)
    await run('go', argv, {...(cwd === undefined ? {} : {cwd}), env: {...process.env, ...env}, maxBuffer: 2 ** 26})
      .catch((error: unknown) => Promise.reject(new Error(`cannot build ${tool.name} (offline?): ${String((error as {stderr?: unknown}).stderr ?? error).trim().slice(-1500)}`)))
    // Whoever of several comes last replaces the programs by the same ones.
    for (const program of await readdir(scratch)) await rename(join(scratch, program), join(directory, program))
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
  return directory
}

async function isWhole(directory: string, {programs}: GoTool): Promise<boolean> {
  const found = await Promise.all(programs.map(program => access(join(directory, program), constants.X_OK).then(() => true, () => false)))
  return found.every(Boolean)
}

const LONGEST_BUILD_MS = 1_800_000

/** A tool that is there for one `describe`; its tests are skipped, with the reason, where it cannot be had. */
export function withGoTool(tool: GoTool): (program: string) => string {
  let directory: string | null = null
  before(async function () {
    this.timeout(LONGEST_BUILD_MS)
    directory = await goTool(tool)
    if (directory !== null) return
    console.log(`    skipped: ${tool.name} is not in ${join(userCache(), 'tools')}, and Go, which would build it, is not on PATH`)
    this.skip()
  })
  return program => join(directory!, program)
}

/** Run as a program, it builds both, so that no test waits for that: `npx tsx test/cluster/support/go-tools.ts`. */
async function prepare(): Promise<void> {
  for (const tool of [gator, kyverno]) {
    const outcome = await goTool(tool).catch((error: unknown) => {
      process.exitCode = 1
      return `skipped: ${error instanceof Error ? error.message : String(error)}`
    })
    console.log(`${tool.name}: ${outcome ?? 'skipped: Go is not on PATH'}`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await prepare()
