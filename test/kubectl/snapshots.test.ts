import {expect} from 'chai'
import {chmodSync, existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {shellQuote} from '../support/canary.js'
import {authorizations, bearer, expectOutcome, expectRefused, expectSame, inWorld, onNewestKubectl} from '../support/case-table.js'
import {exec, HUSH, simple, trusted} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'

const pods = ['get', 'pods']

async function settled(world: World, entry: object = {}): Promise<string> {
  const server = await world.server('home')
  world.trust([trusted(world.canary('helper'), [server], entry)])
  return world.kubeconfig(simple(server, exec('helper')))
}

function everythingBelow(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, {recursive: true, encoding: 'utf8'}).map(path => join(directory, path))
}

const passes = async (world: World): Promise<void> =>
  expectOutcome(await world.guarded(pods), {ran: ['helper'], status: 0, sent: {home: [bearer('helper')]}}, world)

onNewestKubectl('snapshots', minor => {
  inWorld('guard: lie in directories of mode 0700 as files of mode 0600', minor, async world => {
    const server = await world.server('home')
    world.kubeconfig(simple(server, {token: 'hush-static'}))
    expect((await world.guarded(pods)).status).to.equal(0)
    const paths = everythingBelow(world.root).filter(path => /\/k121(\/|$)/.test(path.slice(world.root.length)))
    expect(paths).to.not.have.length(0)
    for (const path of paths) {
      const entry = lstatSync(path)
      expect(entry.mode & 0o777, path).to.equal(entry.isDirectory() ? 0o700 : 0o600)
    }
    const holders = everythingBelow(world.root).filter(path => lstatSync(path).isFile() && readFileSync(path, 'utf8').includes(HUSH))
    expect(holders.filter(path => path !== join(world.home, '.kube/config')).every(path => path.startsWith(join(world.xdg.runtime, 'k121')))).to.equal(true)
  })

  inWorld('guard: a runtime directory that is a link is not followed', minor, async world => {
    await settled(world)
    const elsewhere = world.directory('elsewhere')
    symlinkSync(elsewhere, join(world.xdg.runtime, 'k121'))
    const outcome = await world.guarded(pods)
    expect(readdirSync(elsewhere)).to.deep.equal([])
    if (outcome.status !== 0) expect([125, 126]).to.include(outcome.status)
  })

  inWorld('guard: a world-writable runtime directory is not used', minor, async world => {
    await settled(world)
    chmodSync(world.xdg.runtime, 0o777)
    const outcome = await world.guarded(pods)
    expect(readdirSync(world.xdg.runtime)).to.deep.equal([])
    if (outcome.status !== 0) expect([125, 126]).to.include(outcome.status)
  })

  inWorld('guard: a directory of ours with open modes is not trusted', minor, async world => {
    await settled(world)
    const ours = world.directory('run/k121')
    chmodSync(ours, 0o777)
    const outcome = await world.guarded(pods)
    const mode = statSync(ours).mode & 0o777
    if (outcome.status === 0 && mode !== 0o700) expect(readdirSync(ours)).to.deep.equal([])
  })

  inWorld('guard: without a runtime directory it still passes, and leaves nothing in shared temp with a fixed name', minor, async world => {
    await settled(world)
    const outcome = await world.guarded(pods, {env: {XDG_RUNTIME_DIR: undefined}})
    expectOutcome(outcome, {ran: ['helper'], status: 0}, world)
    expect(existsSync(join(world.root, 'tmp/k121'))).to.equal(false)
  })

  inWorld('guard: a helper that rewrites the snapshot it was given gains nothing on the next run', minor, async world => {
    await settled(world)
    const evil = await world.server('evil', {ca: 'second'})
    const planted = world.file('home/planted', simple(evil, exec(world.canary('touch'))))
    world.canary('helper', {before: `[ -n "$KUBECONFIG" ] && /bin/cp -f ${shellQuote(planted)} "$KUBECONFIG"`})
    await world.guarded(pods)
    for (const run of ['second', 'third']) {
      const outcome = await world.guarded(pods)
      expect(outcome.ranCanaries, run).to.not.include('touch')
      expect(authorizations(outcome)['evil'], run).to.equal(undefined)
    }
  })

  inWorld('guard: a helper that rewrites everything in the private directory gains nothing', minor, async world => {
    await settled(world)
    const evil = await world.server('evil', {ca: 'second'})
    await passes(world)
    const planted = JSON.stringify(simple(evil, exec(world.canary('touch'))))
    for (const path of everythingBelow(join(world.xdg.runtime, 'k121')).filter(file => statSync(file).isFile())) writeFileSync(path, planted)
    const outcome = await world.guarded(pods)
    expect(outcome.ranCanaries).to.not.include('touch')
    expect(authorizations(outcome)['evil']).to.equal(undefined)
  })
})

/** What a warm run must notice. Every change follows two passes, so that the verdict is surely remembered. */
const changes: Record<string, (world: World, file: string) => void> = {
  'the kubeconfig names another helper': (world, file) => {
    world.canary('touch')
    writeFileSync(file, readFileSync(file, 'utf8').replace('command: helper', 'command: touch '))
  },
  'the kubeconfig changes with its size and times kept': (world, file) => {
    world.canary('hilper')
    const {atime, mtime} = statSync(file)
    writeFileSync(file, readFileSync(file, 'utf8').replace('command: helper', 'command: hilper'))
    utimesSync(file, atime, mtime)
  },
  'trust.yaml loses the entry': world => void world.trust([]),
  'trust.yaml becomes malformed': world => void world.file(join(world.xdg.config, 'k121/trust.yaml'), 'apiVersion: ['),
  'trust.yaml denies all': world => void world.trust([], {credentialPluginPolicy: 'DenyAll'}),
}

onNewestKubectl('a remembered verdict', minor => {
  for (const [name, change] of Object.entries(changes)) {
    inWorld(`guard: is forgotten when ${name}`, minor, async world => {
      const file = await settled(world)
      await passes(world)
      await passes(world)
      change(world, file)
      expectRefused(await world.guarded(pods))
    })
  }

  inWorld('guard: is forgotten when PATH finds another program', minor, async world => {
    await settled(world)
    await passes(world)
    const early = world.directory('home/early')
    world.canary('helper', {directory: early})
    expectRefused(await world.guarded(pods, {env: {PATH: `${early}:${world.bin}`}}))
  })

  inWorld('guard: is forgotten when an earlier PATH directory, empty until now, gets the name', minor, async world => {
    await settled(world)
    const early = world.directory('home/early')
    const options = {env: {PATH: `${early}:${world.bin}`}}
    await world.guarded(pods, options)
    expectOutcome(await world.guarded(pods, options), {ran: ['helper'], status: 0}, world)
    world.canary('helper', {directory: early})
    // Bare kubectl would run the new file; the remembered path must not hide the question.
    expectRefused(await world.guarded(pods, options))
  })

  inWorld('guard: is forgotten when the script with a digest changes', minor, async world => {
    const {createHash} = await import('node:crypto')
    const sha256 = createHash('sha256').update(readFileSync(world.canary('helper'))).digest('hex')
    await settled(world, {sha256})
    await passes(world)
    await passes(world)
    world.canary('helper', {remark: 'another line'})
    expectRefused(await world.guarded(pods))
  })

  inWorld('guard: is forgotten when a decision is taken back', minor, async world => {
    const file = world.kubeconfig(simple(await world.server('home'), exec(world.canary('helper'))))
    expectRefused(await world.guarded(pods))
    const trust = await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--yes'])
    expect(trust.status, trust.stderr).to.equal(0)
    await expectSame(world, {argv: pods})
    const {decisions} = JSON.parse(readFileSync(join(world.xdg.state, 'k121/decisions.json'), 'utf8')) as {decisions: {id: string}[]}
    const untrust = await world.k121(['kubeconfig', 'untrust', decisions[0]?.id ?? ''])
    expect(untrust.status, untrust.stderr).to.equal(0)
    expectRefused(await world.guarded(pods))
  })

  inWorld('guard: is forgotten when the script that a decision pins changes', minor, async world => {
    const file = world.kubeconfig(simple(await world.server('home'), exec(world.canary('helper'))))
    const trust = await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--yes'])
    expect(trust.status, trust.stderr).to.equal(0)
    await expectSame(world, {argv: pods})
    world.canary('helper', {remark: 'another line'})
    expectRefused(await world.guarded(pods))
  })

  inWorld('guard: --yes alone does not lift a dangerous stanza, --dangerous does', minor, async world => {
    const hidden = world.canary('hidden')
    const file = world.kubeconfig(simple(await world.server('home'), exec('/bin/sh', ['-c', hidden])))
    const mild = await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--yes'])
    expect(mild.status).to.not.equal(0)
    expectRefused(await world.guarded(pods))
    const firm = await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--yes', '--dangerous'])
    expect(firm.status, firm.stderr).to.equal(0)
    expect((await world.guarded(pods)).ranCanaries).to.deep.equal(['hidden'])
  })
})
