import {createHash} from 'node:crypto'
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {krewManifest} from '../../../scripts/package/krew-manifest.js'
import {tar} from '../../../scripts/package/tar.js'
import {tarEntries} from '../../support/archives.js'
import {runProcess} from '../../support/run-process.js'

export interface Packaged {
  version: string
  archive: string
  manifest: string
}

const TSX = join(process.cwd(), 'node_modules/.bin/tsx')
let once: Promise<Packaged> | undefined

/** What `npm run package` writes, built once for all suites, in a directory of its own. */
export function packaged(): Promise<Packaged> {
  once ??= build()
  return once
}

export async function build(env: Record<string, string> = {}): Promise<Packaged> {
  const out = mkdtempSync(join(tmpdir(), 'k121-package-'))
  process.once('exit', () => rmSync(out, {recursive: true, force: true}))
  const {status, stdout, stderr} = await runProcess(TSX, ['scripts/package.ts', '--out', out], {cwd: process.cwd(), env: {PATH: process.env['PATH'] ?? '', HOME: out, ...env}, timeout: 120_000})
  if (status !== 0) throw new Error(`packaging failed: ${stdout}${stderr}`)
  const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}
  return {version, archive: join(out, `kubectl-k121-${version}-krew.tar.gz`), manifest: join(out, 'k121.yaml')}
}

export function unpack(archive: string, directory: string): void {
  for (const {name, bytes, mode} of tarEntries(readFileSync(archive))) {
    const path = join(directory, name)
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(path, bytes)
    chmodSync(path, mode)
  }
}

/** The same program under a later version, as the next release would be published. */
export function nextRelease({archive}: Packaged, version: string, directory: string): {archive: string; manifest(homepage: string | null): string} {
  const entries = tarEntries(readFileSync(archive)).map(({name, bytes, mode}) => ({name, isProgram: mode === 0o755, bytes: name === 'package.json' ? withVersion(bytes, version) : bytes}))
  const packed = gzipSync(tar(entries, 0))
  const file = join(directory, `kubectl-k121-${version}-krew.tar.gz`)
  writeFileSync(file, packed)
  const sha256 = createHash('sha256').update(packed).digest('hex')
  return {archive: file, manifest: homepage => krewManifest({version, homepage, archive: `kubectl-k121-${version}-krew.tar.gz`, sha256})}
}

function withVersion(bytes: Buffer, version: string): Buffer {
  return Buffer.from(JSON.stringify({...(JSON.parse(bytes.toString('utf8')) as object), version}))
}
