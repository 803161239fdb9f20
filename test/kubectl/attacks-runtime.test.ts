import {expect} from 'chai'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {shellQuote} from '../support/canary.js'
import type {Case} from '../support/case-table.js'
import {bearer, expectRefused, expectSame, forEachKubectl, inWorld, onNewestKubectl, table} from '../support/case-table.js'
import {exec, simple} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'
import {GUARD} from '../support/world.js'

/** An untrusted plugin; whoever runs it is caught. */
async function hostile(world: World): Promise<void> {
  world.canary('touch')
  world.kubeconfig(simple(await world.server('evil'), exec('touch')))
}

/** From 1.22 on a completion runs the helper; it must stay silent when refused. */
const tab = (...line: string[]): Case => ({
  name: `completing ${JSON.stringify(line)} asks the server`,
  when: minor => minor >= 24,
  async arrange(world) {
    await hostile(world)
    return {argv: ['__complete', ...line]}
  },
  bare: {ran: ['touch'], sent: {evil: [bearer('touch')]}},
  guard: 'harmless',
})

table('completion', [
  tab('config', 'view', '-n', ''),
  tab('config', 'use-context', '--namespace='),
  tab('-An', 'config', ''),
  tab('config', '--namespace', 'd'),
  {...tab('kuberc', 'view', '-n', ''), when: minor => minor >= 36},
  {
    name: 'completing the name of a context after config',
    when: minor => minor >= 24,
    async arrange(world) {
      await hostile(world)
      return {argv: ['__complete', 'config', 'use-context', '']}
    },
    bare: {ran: [], sent: {}, check: ({stdout}) => expect(stdout).to.match(/^main$/m)},
    guard: 'same',
  },
])

table('an alias in the place of a command that this kubectl lacks', [{
  name: 'kuberc is an alias with a file of its own',
  when: minor => minor === 34 || minor === 35,
  async arrange(world) {
    await hostile(world)
    const evil = world.file('home/evil', simple(world.servers[0]!, exec('touch')))
    world.kubeconfig(simple(world.servers[0]!, {token: 'hush-own'}))
    const aliases = [{name: 'kuberc', command: 'get', appendArgs: ['pods', `--kubeconfig=${evil}`]}]
    world.file('home/.kube/kuberc', {apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference', aliases})
    return {argv: ['kuberc']}
  },
  bare: {ran: ['touch'], sent: {evil: [bearer('touch')]}},
  guard: {says: /alias for "kuberc"/},
}])

onNewestKubectl('kuberc and config', minor => {
  inWorld('a verdict on kuberc says nothing about config', minor, async world => {
    await hostile(world)
    world.file('home/.kube/kuberc', {apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference', defaults: [{command: 'view', options: [{name: 'raw', default: 'true'}]}]})
    const before = await world.guarded(['config', 'view'])
    expectRefused(before, {says: /kuberc/})
    expect((await world.guarded(['kuberc', 'view'])).status).to.equal(0)
    expectRefused(await world.guarded(['config', 'view']), {says: /kuberc/})
  })
})

onNewestKubectl('several guards at once', minor => {
  inWorld('a decision for one use lets one command through', minor, async world => {
    world.canary('helper')
    const file = world.kubeconfig(simple(await world.server('home'), exec('helper')))
    for (let round = 0; round < 3; round++) {
      expect((await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--once', '--yes'])).status).to.equal(0)
      const outcomes = await Promise.all(Array.from({length: 5}, () => world.guarded(['get', 'pods'])))
      expect(outcomes.map(({status}) => status).sort()).to.deep.equal([0, 126, 126, 126, 126])
    }
  })

  inWorld('clear away what the same file left before, and none fails', minor, async world => {
    const server = await world.server('home')
    for (let round = 0; round < 4; round++) {
      const namespaces = Array.from({length: 12}, (_, index) => ['get', 'pods', '-n', `n${round}-${index}`])
      world.kubeconfig(simple(server, {token: `hush-${round}`}))
      const outcomes = await Promise.all(namespaces.map(argv => world.guarded(argv)))
      expect(outcomes.map(({status, stderr}) => `${status} ${stderr}`)).to.deep.equal(namespaces.map(() => '0 '))
    }
  })
})

onNewestKubectl('a disk that takes nothing', minor => {
  inWorld('leaves a refusal a refusal', minor, async world => {
    await hostile(world)
    world.canary('unknown')
    world.kubeconfig(simple(world.servers[0]!, exec('unknown')))
    // A file in the place of a directory stops root too.
    world.file('home/.local/state/k121/pending', '')
    const outcome = await world.guarded(['get', 'pods'])
    expectRefused(outcome, {says: /unlisted-program/})
    expect(outcome.stderr).to.not.include('--id')
  })
})

onNewestKubectl('bytes that are no UTF-8', minor => {
  // Node cannot write such bytes itself, so a shell does.
  const typed = (line: string) => ['-c', line, process.execPath, GUARD]
  const lines: [name: string, line: string, says: RegExp][] = [
    ['in an argument', String.raw`exec "$0" "$1" guard --kubectl "$KUBECTL" -- get pods "$(printf 'a\377')"`, /argument is not valid UTF-8/],
    ['in an argument of another program', String.raw`exec "$0" "$1" guard --kubectl "$KUBECTL" -- exec pod -- printf "$(printf 'a\377')"`, /argument is not valid UTF-8/],
    ['in KUBECONFIG', String.raw`KUBECONFIG="$(printf "$HOME/\377")" exec "$0" "$1" guard --kubectl "$KUBECTL" -- get pods`, /KUBECONFIG is not valid UTF-8/],
    ['in KUBECONFIG of config', String.raw`KUBECONFIG="$(printf "$HOME/\377")" exec "$0" "$1" guard --kubectl "$KUBECTL" -- config view`, /KUBECONFIG is not valid UTF-8/],
    ['in the working directory', String.raw`/bin/mkdir "$(printf 'd\377')"; cd "$(printf 'd\377')"; exec "$0" "$1" guard --kubectl "$KUBECTL" -- get pods --kubeconfig=config`, /kubeconfig is not valid UTF-8/],
  ]
  for (const [name, line, says] of lines) {
    inWorld(`${name} are refused, not changed`, minor, async world => {
      await hostile(world)
      expectRefused(await world.bare(typed(line), {kubectl: '/bin/sh', env: {KUBECTL: world.kubectl}}), {says})
    })
  }
})

onNewestKubectl('without a place for private files', minor => {
  for (const [name, directory] of [['a relative directory', '.'], ['a directory that would split KUBECONFIG', '/tmp/a:b']] as const) {
    inWorld(`${name} is none`, minor, async world => {
      world.kubeconfig(simple(await world.server('home'), {token: 'hush-static'}))
      const env = {TMPDIR: directory, XDG_RUNTIME_DIR: undefined, XDG_STATE_HOME: undefined, HOME: undefined, KUBECONFIG: `${world.home}/.kube/config`}
      expectRefused(await world.guarded(['get', 'pods'], {env}), {status: 125})
    })
  }
})

onNewestKubectl('first lines of pinned scripts', minor => {
  const lines = ['#!/bin/sh', '#! /bin/sh -e', '#!/bin/sh \t ', '#!/bin/sh\r', '#!/bin/sh\u00a0', '#!sh', '\ufeff#!/bin/sh', '']
  for (const line of lines) {
    inWorld(`${JSON.stringify(line)} means what it means to the kernel`, minor, async world => {
      const helper = world.canary('helper')
      writeFileSync(helper, readFileSync(helper, 'utf8').replace('#!/bin/sh', line))
      const file = world.kubeconfig(simple(await world.server('home'), exec('helper')))
      await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--yes'])
      await expectSame(world, {argv: ['get', 'pods']})
    })
  }
})

forEachKubectl('a snapshot that another guard supersedes', minor => {
  inWorld('guard: stops the kubectl that starts on it', minor, async world => {
    const server = await world.server('home')
    const file = world.kubeconfig(simple(server, {token: 'hush-1'}))
    const other = world.file('home/other', simple(server, {token: 'hush-2'}))
    const second = [process.execPath, GUARD, 'guard', '--kubectl', world.kubectl, '--', 'get', 'pods'].map(shellQuote).join(' ')
    const kubectl = world.script('slow-kubectl', `/bin/cp -f ${shellQuote(other)} ${shellQuote(file)}\n(unset KUBECONFIG KUBERC; ${second})\nexec ${shellQuote(world.kubectl)} "$@"`, world.root)
    const {status, stdout, stderr, requests} = await world.guarded(['get', 'pods'], {kubectl})
    expect(stdout, 'the second guard did its work').to.include('pod-0')
    expect(requests.map(({authorization}) => authorization)).to.not.include('Bearer hush-1')
    expect(status).to.equal(1)
    // Not http://localhost:8080, where whoever listens would get the request.
    expect(stderr).to.include('run the command again').and.not.include('localhost')
  })
})

onNewestKubectl('the directory of a kubeconfig', minor => {
  inWorld('becomes a link to a secret place as soon as the kubeconfig was read', minor, async world => {
    world.file('home/secrets/token', 'hush-vault')
    world.file('eve/kube/token', 'hush-own')
    const file = world.file('eve/kube/config', simple(await world.server('evil'), {tokenFile: 'token'}))
    const [kube, away, secrets] = [`${world.root}/eve/kube`, `${world.root}/eve/away`, `${world.home}/secrets`].map(path => JSON.stringify(path))
    // The swap that a patient attacker gets by trying often, made certain: it happens when the file is closed.
    const swap = world.file('swap.cjs', `
      const fs = require('node:fs'), {closeSync} = fs
      fs.closeSync = descriptor => {
        const name = fs.readlinkSync('/proc/self/fd/' + descriptor)
        closeSync(descriptor)
        if (name === ${JSON.stringify(file)}) fs.renameSync(${kube}, ${away}), fs.symlinkSync(${secrets}, ${kube})
      }`)
    const argv = ['--require', swap, GUARD, 'guard', '--kubectl', world.kubectl, '--', 'get', 'pods', '--kubeconfig', file]
    const outcome = await world.bare(argv, {kubectl: process.execPath})
    expect(existsSync(`${world.root}/eve/away`), 'swapped').to.equal(true)
    expectRefused(outcome, {says: /token-file-elsewhere/})
  })
})

table('config prints what stands in the file', [
  {
    name: 'a name that stands twice: kubectl prints the list with its tokens',
    async arrange(world) {
      world.file('home/.kube/config', 'users:\n- {name: a, user: {token: hush-one}}\n- {name: a, user: {token: hush-two}}\n')
      return {argv: ['config', 'get-contexts']}
    },
    bare: {ran: [], check: ({stdout, stderr}) => expect(stdout + stderr).to.contain('hush-one')},
    guard: {says: /is the name of another user of this file/},
  },
  {
    name: 'a name with an escape sequence',
    async arrange(world) {
      world.file('home/.kube/config', 'contexts:\n- name: "\\e[31mred"\n  context: {user: u, cluster: c}\n')
      return {argv: ['config', 'get-contexts']}
    },
    bare: {ran: [], check: ({stdout}) => expect(stdout).to.contain('\u001b[31m')},
    guard: {says: /holds characters that a terminal obeys/},
  },
])
