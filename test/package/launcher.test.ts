import {expect} from 'chai'
import {build} from 'esbuild'
import {existsSync, mkdirSync, readdirSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {kubectlBinary} from '../support/kubectl-binaries.js'
import type {Outcome, RunOptions, World} from '../support/world.js'
import {createWorld} from '../support/world.js'
import {oldNode} from './support/old-node.js'
import {packaged, unpack} from './support/packaged.js'
import {CLASSIC_SAMPLE, hasProgram} from './support/samples.js'

interface Unpacked {
  world: World
  /** The package's own directory; its name has a space in it. */
  root: string
  launcher: string
  /** The launcher with this PATH and nothing else of ours: HOME is empty, the working directory somebody else's. */
  start(argv: readonly string[], path?: string, options?: RunOptions): Promise<Outcome>
}

async function inUnpacked(body: (unpacked: Unpacked) => Promise<void>): Promise<void> {
  const world = createWorld('')
  try {
    const root = join(world.root, 'some where/k121')
    unpack((await packaged()).archive, root)
    symlinkSync(process.execPath, join(world.bin, 'node'))
    const launcher = join(root, 'bin/kubectl-k121')
    await body({world, root, launcher, start: (argv, path = world.bin, options = {}) => world.bare(argv, {kubectl: launcher, ...options, env: {...options.env, PATH: path}})})
  } finally {
    await world.close()
  }
}

describe('the archive, unpacked anywhere', () => {
  before(() => packaged())

  it('works with an empty home directory and no packages around', () => inUnpacked(async ({world, start}) => {
    expect((await start(['--version'])).stdout).to.match(/^kubectl-k121\/\S+ \S+ node-v\S+\n$/)
    const file = world.file('else/where.yaml', CLASSIC_SAMPLE)
    for (const format of ['json', 'yaml', 'table']) {
      const {status, stdout, stderr} = await start(['kubeconfig', 'verify', file, '-o', format])
      expect([status, stderr], format).to.deep.equal([1, ''])
      expect(stdout, format).to.include('file-writer')
    }
    expect((await start(['kubeconfig', 'trusted'])).status).to.equal(0)
  }))

  it('holds everything that it imports, but for the optional keychain', () => inUnpacked(async ({root}) => {
    const files = readdirSync(join(root, 'dist'), {recursive: true}).map(name => join(root, 'dist', String(name))).filter(name => /\.c?js$/.test(name))
    expect(files.length).to.be.greaterThan(5)
    // What cannot be resolved is an error of the bundler, or a warning where the code is ready for it.
    const {warnings} = await build({entryPoints: files, outdir: 'unused', bundle: true, write: false, platform: 'node', format: 'esm', splitting: true, external: ['keytar'], logLevel: 'silent'})
    expect(warnings.map(warning => warning.text).filter(text => text.includes('resolve'))).to.deep.equal([])
  }))

  it('starts through a chain of links, absolute and relative', () => inUnpacked(async ({world, launcher, start}) => {
    const [first, second, third] = ['a', 'b/kubectl-k121', 'c'].map(name => join(world.root, 'links', name)) as [string, string, string]
    mkdirSync(dirname(second), {recursive: true})
    symlinkSync(launcher, first)
    symlinkSync('../a', second)
    symlinkSync('b/kubectl-k121', third)
    for (const kubectl of [first, second, third]) expect((await start(['--version'], world.bin, {kubectl})).stdout, kubectl).to.match(/^kubectl-k121\//)
    // By name, as kubectl finds it.
    expect((await start(['kubectl-k121', '--version'], `${dirname(second)}:${world.bin}`, {kubectl: '/usr/bin/env'})).stdout).to.match(/^kubectl-k121\//)
  }))

  for (const [shell, ...words] of [['/bin/dash'], ['/bin/bash', '--posix'], ['/bin/zsh', '--emulate', 'sh'], ['/bin/busybox', 'sh']] as const) {
    it(`${[shell, ...words].join(' ')} reads the launcher as sh does`, function () {
      if (!hasProgram(shell)) this.skip()
      return inUnpacked(async ({world, launcher, start}) => {
        const {status, stdout, stderr} = await start([...words, launcher, 'kubeconfig', 'verify', '-o', 'a b*'], world.bin, {kubectl: shell})
        expect([status, stdout]).to.deep.equal([2, ''])
        expect(stderr).to.include('a b*')
      })
    })
  }

  it('runs no node of the working directory, and none of a relative entry', () => inUnpacked(async ({world, start}) => {
    world.canary('node', {directory: world.cwd})
    world.canary('node', {directory: world.directory(join(world.cwd, 'sub'))})
    for (const path of [`.:${world.bin}`, `:${world.bin}`, `${world.bin}:`, `sub:./sub::.:${world.bin}`]) {
      const {status, ranCanaries} = await start(['--version'], path)
      expect([status, ranCanaries], path).to.deep.equal([0, []])
    }
    const none = await start(['--version'], '.::sub')
    expect([none.status, none.ranCanaries]).to.deep.equal([4, []])
  }))

  it('passes over a directory and a file that is no program, both called node', () => inUnpacked(async ({world, start}) => {
    mkdirSync(join(world.root, 'one/node'), {recursive: true})
    world.file('two/node', '#!/bin/sh\nexit 9\n')
    expect((await start(['--version'], `${world.root}/one:${world.root}/two:${world.bin}`)).status).to.equal(0)
  }))
})

describe('the archive without the Node that it needs', () => {
  const rows: ReadonlyArray<[name: string, words: string[], status: number]> = [
    ['an audit', ['audit'], 4], ['verify', ['kubeconfig', 'verify'], 4], ['the guard', ['guard', '--', 'get', 'pods'], 125],
  ]

  for (const [name, words, status] of rows) {
    it(`no Node on PATH: ${name} says so in one line`, () => inUnpacked(async ({start}) => {
      const outcome = await start(words, '/nonexistent')
      expect([outcome.status, outcome.stdout]).to.deep.equal([status, ''])
      expect(outcome.stderr).to.match(/^k121: Node is not on PATH .*20\.19.*\n$/)
    }))

    for (const version of ['10.24.1', '18.20.8', '20.18.3']) {
      it(`Node ${version}: ${name} says so in one line`, async function () {
        const node = await oldNode(version)
        if (node === null) return this.skip()
        await inUnpacked(async ({start}) => {
          const outcome = await start(words, dirname(node))
          expect([outcome.status, outcome.stdout]).to.deep.equal([status, ''])
          expect(outcome.stderr).to.match(new RegExp(`^k121: this is Node ${version} \\(${node}\\).* 20\\.19 .*\n$`))
        })
      })
    }
  }
})

describe('the guard behind the launcher', () => {
  it('keeps code of NODE_OPTIONS out of itself, and gives the variable back to kubectl', () => inUnpacked(async ({world, start}) => {
    const evil = world.file('evil.cjs', `require('fs').writeFileSync(${JSON.stringify(join(world.root, 'ran'))}, 'x')`)
    const kubectl = world.script('kubectl', 'echo "options: $NODE_OPTIONS, held: ${K121_NODE_OPTIONS-none}"')
    const {stdout, stderr} = await start(['guard', '--kubectl', kubectl, '--', 'version', '--client'], world.bin, {env: {NODE_OPTIONS: `--require ${evil}`}})
    expect(stdout, stderr).to.equal(`options: --require ${evil}, held: none\n`)
    expect(existsSync(join(world.root, 'ran'))).to.equal(false)
  }))

  it('refuses the classic kubeconfig in front of a real kubectl', async () => {
    const kubectl = await kubectlBinary(36)
    await inUnpacked(async ({world, start}) => {
      world.canary('touch')
      world.kubeconfig(CLASSIC_SAMPLE)
      const {status, stderr, ranCanaries} = await start(['guard', '--kubectl', kubectl, '--', 'get', 'pods'])
      expect([status, ranCanaries]).to.deep.equal([126, []])
      expect(stderr).to.include('k121: refused')
    })
  })
})
