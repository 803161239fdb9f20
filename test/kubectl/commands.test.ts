import {expect} from 'chai'
import {readFileSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {shellQuote} from '../support/canary.js'
import type {Case} from '../support/case-table.js'
import {comparable, expectRefused, forEachKubectl, inWorld, table} from '../support/case-table.js'
import {exec, simple, trusted} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'
import {GUARD} from '../support/world.js'

async function hostile(world: World): Promise<void> {
  world.kubeconfig(simple(await world.server('evil'), exec(world.canary('touch'))))
}

async function friendly(world: World): Promise<void> {
  const server = await world.server('home')
  world.trust([trusted(world.canary('helper'), [server])])
  world.kubeconfig(simple(server, exec('helper')))
}

const configCommands = [
  ['config', 'use-context', 'main'],
  ['config', 'use-context', 'nowhere'],
  ['config', 'set-context', 'other', '--cluster=main', '--user=me', '--namespace=n'],
  ['config', 'set-context', '--current', '--namespace=n'],
  ['config', 'set-credentials', 'x', '--token=hush-new'],
  ['config', 'set-cluster', 'c', '--server=https://127.0.0.1:1'],
  ['config', 'set', 'clusters.main.server', 'https://127.0.0.1:1'],
  ['config', 'unset', 'current-context'],
  ['config', 'rename-context', 'main', 'renamed'],
  ['config', 'delete-user', 'me'],
  ['config', 'view'],
  ['config', 'view', '--minify', '-o', 'json'],
  ['config', 'get-contexts'],
  ['config', 'current-context'],
  ['--context=main', 'config', 'view', '--minify'],
]

forEachKubectl('config commands', minor => {
  for (const argv of configCommands) {
    inWorld(`guard: the real file after ${argv.join(' ')}`, minor, async world => {
      await hostile(world)
      const file = join(world.home, '.kube/config')
      const before = readFileSync(file)
      const bare = await world.bare(argv)
      const written = readFileSync(file, 'utf8')
      world.kubeconfig(before)
      const guarded = await world.guarded(argv)
      expect(comparable(guarded)).to.deep.equal(comparable(bare))
      expect(readFileSync(file, 'utf8')).to.equal(written)
    })
  }
})

const quiet = [[], ['help'], ['version', '--client', '-o', 'json'], ['options'], ['completion', 'bash'], ['get', '--help'], ['plugin', 'list']]

const startsNothing: Case[] = quiet.map(argv => ({
  name: `kubectl ${argv.join(' ')}`,
  async arrange(world) {
    await hostile(world)
    return {argv}
  },
  bare: {ran: [], sent: {}},
  guard: 'safe',
}))

const completion: Case[] = ['__complete', '__completeNoDesc'].map(word => ({
  name: `${word} of a trusted helper`,
  // 1.20 and 1.21 complete nothing that way.
  when: minor => minor >= 22,
  async arrange(world) {
    await friendly(world)
    return {argv: [word, 'get', 'pods', '']}
  },
  bare: {ran: ['helper'], status: 0},
  guard: 'same',
}))

table('commands that start no helper', startsNothing)
table('completion', completion)

forEachKubectl('completion of a hostile file', minor => {
  inWorld('bare: TAB runs the helper', minor, async world => {
    await hostile(world)
    expect((await world.bare(['__complete', 'get', 'pods', ''])).ranCanaries).to.deep.equal(minor >= 22 ? ['touch'] : [])
  })
  for (const word of ['__complete', '__completeNoDesc']) {
    inWorld(`guard: ${word} completes nothing and says nothing`, minor, async world => {
      await hostile(world)
      const {ranCanaries, requests, stdout, stderr} = await world.guarded([word, 'get', 'pods', ''])
      expect({ranCanaries, requests, stdout, stderr}).to.deep.equal({ranCanaries: [], requests: [], stdout: '', stderr: ''})
    })
  }
})

/** A plugin that shows which kubeconfig it was given, and its arguments. */
function plugin(world: World, name: string): void {
  world.script(`kubectl-${name}`, `printf '%s\\n' "$@"\n/bin/cat "\${KUBECONFIG:-$HOME/.kube/config}"`)
}

forEachKubectl('plugins of kubectl', minor => {
  inWorld('bare: a plugin reads the file of the user', minor, async world => {
    await hostile(world)
    plugin(world, 'foo')
    const {stdout} = await world.bare(['foo', 'a b', '-n', 'x'])
    expect(stdout).to.include('a b\n-n\nx\n').and.to.include('command: ')
  })

  inWorld('guard: a plugin gets its arguments and the snapshot', minor, async world => {
    await friendly(world)
    plugin(world, 'foo')
    const {stdout, status, stderr} = await world.guarded(['foo', 'a b', '-n', 'x'])
    expect(status, stderr).to.equal(0)
    expect(stdout.startsWith('a b\n-n\nx\n')).to.equal(true)
    const snapshot = JSON.parse(stdout.slice('a b\n-n\nx\n'.length)) as {users: {user: {exec: {command: string}}}[]}
    expect(snapshot.users.map(({user}) => user.exec.command)).to.deep.equal([join(world.bin, 'helper')])
  })

  inWorld('guard: no plugin is started on a hostile file', minor, async world => {
    await hostile(world)
    plugin(world, 'foo')
    expectRefused(await world.guarded(['foo']))
  })

  inWorld('guard: a connection flag of the plugin is refused, unless it is allowed', minor, async world => {
    await friendly(world)
    plugin(world, 'foo')
    const evil = world.kubeconfig(simple(await world.server('evil'), exec(world.canary('touch'))), 'home/work/evil')
    for (const flag of [`--kubeconfig=${evil}`, '--context=main', '--server=https://127.0.0.1:1']) expectRefused(await world.guarded(['foo', flag]))
    const allowed = await world.guarded(['foo', '--context=main'], {guardFlags: ['--allow-plugin-flags']})
    expect(allowed.status, allowed.stderr).to.equal(0)
    expect(allowed.stdout.startsWith('--context=main\n')).to.equal(true)
  })

  inWorld('guard: a plugin cannot stand in for a built-in command', minor, async world => {
    await friendly(world)
    world.canary('kubectl-get')
    expect((await world.guarded(['get', 'pods'])).ranCanaries).to.deep.equal(['helper'])
  })

  inWorld('guard: a plugin planted in the working directory does not run', minor, async world => {
    await friendly(world)
    world.canary('kubectl-planted', {directory: world.cwd})
    const options = {env: {PATH: `.:${world.bin}`}}
    expect((await world.bare(['planted'], options)).ranCanaries, 'bare').to.deep.equal(['kubectl-planted'])
    expect((await world.guarded(['planted'], options)).ranCanaries, 'guarded').to.deep.equal([])
  })
})

forEachKubectl('our own commands through the dispatch of kubectl', minor => {
  const installed = async (world: World): Promise<void> => {
    await hostile(world)
    world.script('kubectl-k121', `exec ${shellQuote(process.execPath)} ${shellQuote(GUARD)} "$@"`)
    symlinkSync(world.kubectl, join(world.bin, 'kubectl'))
  }

  inWorld('kubectl k121 kubeconfig verify', minor, async world => {
    await installed(world)
    const {status, stdout, stderr, ranCanaries} = await world.bare(['k121', 'kubeconfig', 'verify', join(world.home, '.kube/config')])
    expect(status, stderr).to.equal(1)
    expect(stdout).to.match(/touch/)
    expect(ranCanaries).to.deep.equal([])
  })

  inWorld('kubectl k121 guard -- get pods', minor, async world => {
    await installed(world)
    expectRefused(await world.bare(['k121', 'guard', '--', 'get', 'pods']))
  })

  inWorld('guard: kubectl k121 … runs our own program unjudged, with the original file', minor, async world => {
    await installed(world)
    const {status, stdout, stderr, ranCanaries} = await world.guarded(['k121', 'kubeconfig', 'verify', join(world.home, '.kube/config')])
    expect(status, stderr).to.equal(1)
    expect(stdout).to.match(/touch/)
    expect(ranCanaries).to.deep.equal([])
  })

  inWorld('guard: another program called kubectl-k121 gets no free pass', minor, async world => {
    await hostile(world)
    world.script('kubectl-k121', `exec ${shellQuote(world.kubectl)} get pods`)
    const {ranCanaries} = await world.guarded(['k121', 'kubeconfig', 'verify'], {env: {PATH: `${dirname(world.kubectl)}:${world.bin}`}})
    expect(ranCanaries).to.deep.equal([])
  })
})
