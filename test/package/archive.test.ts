import {expect} from 'chai'
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import {tarEntries} from '../support/archives.js'
import type {Packaged} from './support/packaged.js'
import {build, packaged} from './support/packaged.js'

interface Manifest {
  apiVersion: string
  kind: string
  metadata: {name: string}
  spec: {version: string; homepage?: string; shortDescription: string; description: string; caveats: string; platforms: Array<Record<string, unknown>>}
}

describe('the archive for krew', () => {
  let made: Packaged
  before(async () => {
    made = await packaged()
  })

  const entries = (file = made.archive): ReturnType<typeof tarEntries> => tarEntries(readFileSync(file))

  it('holds files only, owned by nobody in particular, of one age, in order', () => {
    const all = entries()
    expect(all.filter(entry => entry.type !== '0').map(entry => entry.name)).to.deep.equal([])
    expect([...new Set(all.map(({uid, gid, mtime}) => `${uid} ${gid} ${mtime}`))]).to.deep.equal(['0 0 315532800'])
    const names = all.map(entry => entry.name)
    expect(names).to.deep.equal(names.toSorted()).and.have.length(new Set(names).size)
    expect(names.filter(name => name.startsWith('/') || name.includes('..'))).to.deep.equal([])
    expect(all.filter(entry => entry.mode !== 0o644).map(entry => `${entry.name} ${entry.mode.toString(8)}`)).to.deep.equal(['bin/kubectl-k121 755', 'bin/run.js 755'])
  })

  it('holds what a person and oclif look for, and no package', () => {
    const names = entries().map(entry => entry.name)
    expect(names).to.include.members(['LICENSE', 'README.md', 'CHANGELOG.md', 'THIRD-PARTY-LICENSES.txt', 'package.json', 'oclif.manifest.json', 'bin/package.json', 'dist/guard.cjs', 'dist/guard-cold.cjs', 'dist/cli.js', 'dist/help.js'])
    expect(names.filter(name => /node_modules|^(src|test|scripts)\/|\.ts$|^dist\/pod-security\./.test(name))).to.deep.equal([])
  })

  it('has every command of the manifest built in', () => {
    const all = entries()
    const {commands} = JSON.parse(all.find(entry => entry.name === 'oclif.manifest.json')?.bytes.toString('utf8') ?? '{}') as {commands: Record<string, {relativePath: string[]}>}
    expect(Object.keys(commands)).to.include.members(['guard', 'guard:init', 'kubeconfig:verify'])
    for (const {relativePath} of Object.values(commands)) expect(all.map(entry => entry.name)).to.include(relativePath.join('/'))
  })

  it('names the licence of every package whose code is in the bundle', () => {
    const all = entries()
    const notices = all.find(entry => entry.name === 'THIRD-PARTY-LICENSES.txt')?.bytes.toString('utf8') ?? ''
    // The bundler notes above each module where it came from.
    const code = all.filter(entry => /^dist\/.*\.js$/.test(entry.name)).map(entry => entry.bytes.toString('utf8')).join('\n')
    const bundled = new Set([...code.matchAll(/^\/\/ \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm)].map(([, name = '']) => name))
    expect([...bundled]).to.include.members(['@oclif/core', 'yaml', 'inquirer', 'execa'])
    for (const name of bundled) expect(notices, name).to.match(new RegExp(`^${name.replaceAll('.', String.raw`\.`)} \\d`, 'm'))
    expect(notices).not.to.include('no licence text')
  })

  it('is the same bytes a second time, and of the date that it is told', async () => {
    const again = await build()
    expect(readFileSync(again.archive).equals(readFileSync(made.archive))).to.equal(true)
    expect(readFileSync(again.manifest, 'utf8')).to.equal(readFileSync(made.manifest, 'utf8'))
    const dated = entries((await build({SOURCE_DATE_EPOCH: '1000000000'})).archive)
    expect([...new Set(dated.map(entry => entry.mtime))]).to.deep.equal([1_000_000_000])
  })

  it('names no place of the machine that packed it', () => {
    const found = entries().filter(entry => entry.bytes.includes(process.cwd())).map(entry => entry.name)
    expect(found).to.deep.equal([])
  })
})

describe("krew's manifest", () => {
  let text = ''
  let manifest: Manifest
  let made: Packaged
  before(async () => {
    made = await packaged()
    text = readFileSync(made.manifest, 'utf8')
    manifest = parse(text) as Manifest
  })

  it('keeps the rules of the index', () => {
    const {apiVersion, kind, metadata, spec} = manifest
    expect([apiVersion, kind, metadata.name, spec.version]).to.deep.equal(['krew.googlecontainertools.github.com/v1alpha2', 'Plugin', 'k121', `v${made.version}`])
    expect(spec.shortDescription).to.match(/^[^\n]{20,55}$/)
    expect(text.split('\n').filter(line => line.length > 84 && !/^ +(uri|sha256):/.test(line))).to.deep.equal([])
    expect(spec.description.split('\n').filter(line => line.length > 80)).to.deep.equal([])
  })

  it('names the archive as it is', () => {
    const [platform, ...others] = manifest.spec.platforms
    expect(others).to.deep.equal([])
    expect(platform?.['sha256']).to.equal(createHash('sha256').update(readFileSync(made.archive)).digest('hex'))
    expect(platform?.['uri']).to.match(/kubectl-k121-[^/]+-krew\.tar\.gz$/)
    expect(tarEntries(readFileSync(made.archive)).find(entry => entry.name === platform?.['bin'])?.mode).to.equal(0o755)
    expect(platform?.['selector']).to.deep.equal({matchExpressions: [{key: 'os', operator: 'In', values: ['linux', 'darwin']}]})
  })

  it('asks for the Node that package.json asks for', () => {
    const {engines} = JSON.parse(readFileSync('package.json', 'utf8')) as {engines: {node: string}}
    const wanted = /^>=(\d+)\.(\d+)\.0$/.exec(engines.node)
    expect(wanted).not.to.equal(null)
    expect(manifest.spec.caveats).to.include(`Node ${wanted?.[1]}.${wanted?.[2]} or newer`)
    expect(readFileSync('bin/run.js', 'utf8')).to.include(`major < ${wanted?.[1]} || (major === ${wanted?.[1]} && minor < ${wanted?.[2]})`)
  })
})
