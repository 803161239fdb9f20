// Builds what krew installs: an archive of JavaScript and its manifest, in out/
// or where --out says. The same source gives the same bytes.
import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {basename, join, relative, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {gzipSync} from 'node:zlib'
import {bundle} from './bundle.js'
import {loadManifest} from './manifest.js'
import {krewManifest} from './package/krew-manifest.js'
import type {TarEntry} from './package/tar.js'
import {tar} from './package/tar.js'
import {bundledPackages, thirdPartyNotices} from './package/third-party.js'

interface PackageJson {
  version: string
  homepage?: string
}

/** 1980-01-01: tar warns of files that are older. */
const NO_DATE = 315_532_800

const {values: {out}} = parseArgs({options: {out: {type: 'string', default: 'out'}}})
const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson
const archive = `kubectl-k121-${packageJson.version}-krew.tar.gz`
// Below the repository, as dist/ is: the bundler's notes name files from there.
const stage = mkdtempSync(resolve('dist.package-'))
try {
  const bytes = compress(tar(await fill(), Number(process.env['SOURCE_DATE_EPOCH'] || NO_DATE)))
  const homepage = packageJson.homepage?.replace(/#.*$/, '').replace(/\/$/, '') ?? null
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  mkdirSync(out, {recursive: true})
  writeFileSync(join(out, archive), bytes)
  // krew wants the file to be called like the plugin.
  writeFileSync(join(out, 'k121.yaml'), krewManifest({version: packageJson.version, homepage, archive, sha256}))
  process.stdout.write(`${join(out, archive)}  ${bytes.length} bytes  sha256 ${sha256}\n${join(out, 'k121.yaml')}\n`)
  if (homepage === null) process.stderr.write('package.json names no homepage, so the manifest has no address to download from: it installs with --archive only\n')
} finally {
  rmSync(stage, {recursive: true, force: true})
}

/** Lays the package out as oclif expects it, and returns all of its files. */
async function fill(): Promise<TarEntry[]> {
  const metafile = await bundle(join(stage, 'dist'))
  // Nobody imports from a plugin.
  for (const file of ['pod-security.js', 'pod-security.d.ts']) rmSync(join(stage, 'dist', file))
  write('package.json', json(withoutTools(packageJson)))
  write('oclif.manifest.json', json(await loadManifest(stage)))
  write('THIRD-PARTY-LICENSES.txt', thirdPartyNotices(bundledPackages(metafile)))
  const given = ['LICENSE', 'README.md', 'CHANGELOG.md', 'bin/package.json', 'bin/run.js', ...filesBelow('docs')]
  return [
    ...filesBelow(stage).map(file => entry(relative(stage, file), file)),
    ...given.map(file => entry(file, file)),
    entry('bin/kubectl-k121', 'scripts/package/kubectl-k121'),
  ]
}

/** What Node and oclif read. Everything else is bundled, and nothing is installed afterwards. */
function withoutTools(whole: object): object {
  const kept = ['name', 'version', 'description', 'license', 'homepage', 'type', 'engines', 'oclif']
  return Object.fromEntries(Object.entries(whole).filter(([name]) => kept.includes(name)))
}

function entry(name: string, file: string): TarEntry {
  return {name, bytes: readFileSync(file), isProgram: ['run.js', 'kubectl-k121'].includes(basename(name))}
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, {recursive: true}).map(name => join(directory, String(name))).filter(file => statSync(file).isFile())
}

function write(name: string, text: string): void {
  writeFileSync(join(stage, name), text)
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function compress(bytes: Buffer): Buffer {
  const packed = gzipSync(bytes, {level: 9})
  // The header names the system it was packed on; 255 is "unknown".
  packed[9] = 255
  return packed
}
