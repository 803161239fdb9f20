import {expect} from 'chai'
import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {shellQuote} from '../support/canary.js'
import {CLASSIC_SAMPLE, hasProgram} from './support/samples.js'
import {runProcess} from '../support/run-process.js'
import type {World} from '../support/world.js'
import {createWorld} from '../support/world.js'
import type {Machine} from './support/krew.js'
import {krewBinary, krewMachine, serveArchives} from './support/krew.js'
import {nextRelease, packaged} from './support/packaged.js'

const NAMESPACE = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'lorem', labels: {'pod-security.kubernetes.io/enforced': 'baseline'}}}

describe('installed by krew', () => {
  let krew = ''

  before(async function () {
    const built = await krewBinary()
    if (built === null) {
      process.stderr.write('skipped: Go is not installed, and krew is built with it\n')
      return this.skip()
    }
    krew = built
    await packaged()
  })

  /** A machine of its own with the plugin installed on it. */
  async function installed(body: (machine: Machine, world: World) => Promise<void>): Promise<void> {
    await onMachine(krew, async (machine, world) => {
      const {manifest, archive} = await packaged()
      const {status, stderr} = await machine.kubectl(['krew', 'install', `--manifest=${manifest}`, `--archive=${archive}`])
      expect(status, stderr).to.equal(0)
      expect(stderr).to.include('Needs Node 20.19 or newer').and.include('eval "$(kubectl-k121 guard init bash)"')
      await body(machine, world)
    })
  }

  it('answers to kubectl k121, and its help says so', () => installed(async ({kubectl}) => {
    const {version} = await packaged()
    expect((await kubectl(['k121', '--version'])).stdout).to.match(new RegExp(`^kubectl-k121/${version} `))
    const plugins = await kubectl(['plugin', 'list'])
    expect(plugins.stdout).to.include('kubectl-k121')
    // It warns of files that are not executable or stand in each other's way.
    expect(plugins.stdout + plugins.stderr).not.to.match(/warning/i)
    for (const words of [['--help'], ['kubeconfig', 'verify', '--help'], ['help', 'guard', 'init']]) {
      const {status, stdout, stderr} = await kubectl(['k121', ...words])
      expect([status, stderr], words.join(' ')).to.deep.equal([0, ''])
      // The version names the package, and the guard goes by its file name.
      expect(stdout.replaceAll(/kubectl-k121(\/| guard)/g, ''), words.join(' ')).not.to.include('kubectl-k121')
      if (!words.includes('guard')) expect(stdout).to.include('$ kubectl k121 ')
    }
  }))

  it('verifies a kubeconfig, and nothing in it runs', () => installed(async ({kubectl}, world) => {
    world.canary('touch')
    const {status, stdout} = await kubectl(['k121', 'kubeconfig', 'verify', world.kubeconfig(CLASSIC_SAMPLE, 'home/mail.yaml')])
    expect([status, existsSync(world.log)]).to.deep.equal([1, false])
    expect(stdout).to.match(/^dangerous /m).and.include('file-writer')
  }))

  it('audits manifests', () => installed(async ({kubectl}, world) => {
    const input = world.file('namespace.yaml', NAMESPACE)
    const {status, stdout, stderr} = await kubectl(['k121', 'audit', '-f', input, '--server-version', '1.30', '--fail-on', 'medium', '-o', 'json'])
    expect(status, stderr).to.equal(1)
    expect(JSON.stringify(JSON.parse(stdout))).to.include('pod-security-label-invalid')
  }))

  it('an upgrade leaves the guard of an open shell standing', async function () {
    if (!hasProgram('/bin/bash')) this.skip()
    await onMachine(krew, async (machine, world) => {
      const old = await packaged()
      const [first, next] = [nextRelease(old, old.version, world.root), nextRelease(old, '99.0.0', world.root)]
      const {server, homepage} = await serveArchives([first.archive, next.archive])
      try {
        publish(machine, first.manifest(homepage))
        await upgradeUnderAnOpenShell(machine, world, () => publish(machine, next.manifest(homepage)))
      } finally {
        server.close()
      }
    })
  })

  it('leaves nothing behind', () => installed(async ({kubectl, root}) => {
    const uninstall = await kubectl(['krew', 'uninstall', 'k121'])
    expect(uninstall.status, uninstall.stderr).to.equal(0)
    expect(filesBelow(root)).to.deep.equal([])
    const {status, stderr} = await kubectl(['k121', '--version'])
    expect(status).to.equal(1)
    expect(stderr).to.include('unknown command "k121"')
  }))

  for (const [os, arch, isOffered] of [['linux', 'arm64', true], ['darwin', 'amd64', true], ['darwin', 'arm64', true], ['windows', 'amd64', false]] as const) {
    it(`${os}/${arch}: ${isOffered ? 'installs' : 'is not offered'}`, () => onMachine(krew, async ({kubectl}) => {
      const {manifest, archive} = await packaged()
      const {status, stderr} = await kubectl(['krew', 'install', `--manifest=${manifest}`, `--archive=${archive}`], {env: {KREW_OS: os, KREW_ARCH: arch}})
      expect(status === 0, stderr).to.equal(isOffered)
      if (!isOffered) expect(stderr).to.include('does not offer installation for this platform')
    }))
  }

  it('an archive with one byte more is refused', () => onMachine(krew, async ({kubectl, root}, world) => {
    const {manifest, archive} = await packaged()
    const other = join(world.root, 'other.tar.gz')
    writeFileSync(other, Buffer.concat([readFileSync(archive), Buffer.from([0])]))
    const {status, stderr} = await kubectl(['krew', 'install', `--manifest=${manifest}`, `--archive=${other}`])
    expect(status).not.to.equal(0)
    expect(stderr).to.match(/checksum/i)
    expect(existsSync(join(root, 'bin/kubectl-k121'))).to.equal(false)
  }))
})

async function onMachine(krew: string, body: (machine: Machine, world: World) => Promise<void>): Promise<void> {
  const world = createWorld('')
  try {
    await body(await krewMachine(world, krew), world)
  } finally {
    await world.close()
  }
}

/** An index of krew is a directory with manifests; git, which krew looks for, only brings it up to date. */
function publish({root}: Machine, manifest: string): void {
  const file = join(root, 'index/local/plugins/k121.yaml')
  for (const directory of [dirname(file), join(root, 'index/local/.git')]) mkdirSync(directory, {recursive: true})
  writeFileSync(file, manifest)
}

/** The function that a shell took before the upgrade is all that the shell has after it. */
async function upgradeUnderAnOpenShell(machine: Machine, world: World, publishNext: () => void): Promise<void> {
  const {kubectl, root, env} = machine
  const install = await kubectl(['krew', 'install', 'local/k121', '--no-update-index'])
  expect(install.status, install.stderr).to.equal(0)
  const taken = (await runProcess(join(root, 'bin/kubectl-k121'), ['guard', 'init', 'bash'], {env, cwd: world.cwd})).stdout
  expect(taken).to.include(shellQuote(join(root, 'bin/kubectl-k121'))).and.not.include('/store/')
  const before = readdirSync(join(root, 'store/k121'))
  expect(await guardedInShell(taken, machine, world)).to.deep.equal([126, true, []])

  publishNext()
  const upgrade = await kubectl(['krew', 'upgrade', 'k121', '--no-update-index'])
  expect(upgrade.status, upgrade.stderr).to.equal(0)
  expect(readdirSync(join(root, 'store/k121'))).to.deep.equal(['v99.0.0']).and.not.deep.equal(before)
  expect(await guardedInShell(taken, machine, world)).to.deep.equal([126, true, []])
  expect((await kubectl(['k121', '--version'])).stdout).to.match(/^kubectl-k121\/99\.0\.0 /)

  // With the plugin gone the shell has no kubectl, rather than one without a guard.
  const uninstall = await kubectl(['krew', 'uninstall', 'k121'])
  expect(uninstall.status, uninstall.stderr).to.equal(0)
  const [status, isRefused, canaries] = await guardedInShell(taken, machine, world)
  expect([status === 0, isRefused, canaries]).to.deep.equal([false, false, []])
}

/** The classic kubeconfig, with a node, a kubectl and a guard of somebody else in the working directory. */
async function guardedInShell(taken: string, {env}: Machine, world: World): Promise<[status: number | null, isRefused: boolean, canaries: string[]]> {
  for (const name of ['node', 'kubectl', 'kubectl-k121', 'touch']) world.canary(name, {directory: world.cwd})
  const file = world.kubeconfig(CLASSIC_SAMPLE, 'home/mail.yaml')
  const {status, stderr, ranCanaries} = await world.bare(['-c', `${taken}\nkubectl --kubeconfig ${shellQuote(file)} get pods`], {kubectl: '/bin/bash', env: {...env, PATH: `.::${env['PATH']}`}})
  return [status, stderr.includes('k121: refused'), ranCanaries]
}

function filesBelow(root: string): string[] {
  return readdirSync(root, {recursive: true, withFileTypes: true}).filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name))
}
