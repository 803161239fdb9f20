import {expect} from 'chai'
import {existsSync, readFileSync} from 'node:fs'
import {constants} from 'node:os'
import {join} from 'node:path'
import {shellQuote} from '../support/canary.js'
import type {ApiServerOptions} from '../support/api-server.js'
import type {Case} from '../support/case-table.js'
import {expectOurWords, expectRefused, expectSame, forEachKubectl, inWorld, onNewestKubectl, table} from '../support/case-table.js'
import {exec, HUSH, kubeconfig, simple, trusted} from '../support/kubeconfigs.js'
import type {Outcome, World} from '../support/world.js'
import {GUARD} from '../support/world.js'

async function settled(world: World, options: ApiServerOptions = {}): Promise<void> {
  const server = await world.server('home', options)
  world.trust([trusted(world.canary('helper'), [server])])
  world.kubeconfig(simple(server, exec('helper')))
}

/** As a shell sees it: 128 and the signal. */
const shellStatus = ({status, signal}: Outcome): number => status ?? 128 + constants.signals[signal!]

const same = (argv: readonly string[], input?: string, server: ApiServerOptions = {}): Case => ({
  name: argv.join(' '),
  async arrange(world) {
    await settled(world, server)
    return {argv, ...(input === undefined ? {} : {options: {input}})}
  },
  bare: {ran: ['helper']},
  guard: 'same',
})

table('handing over', [
  same(['apply', '--validate=false', '-f', '-'], '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'),
  same(['get', 'pods'], undefined, {pods: 20_000}),
  same(['get', 'nonsense']),
  same(['get', 'pods', 'one', '-o', 'jsonpath={.metadata.name} {"ä"}']),
  same(['get', 'pods', '-l', 'a=b', '-l', 'c=d', '--', 'x']),
  {
    name: 'two files keep their order',
    async arrange(world) {
      await settled(world)
      const files = ['b', 'a'].map(name => world.file(`home/work/${name}.json`, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"}}`))
      return {argv: ['apply', '--validate=false', ...files.flatMap(file => ['-f', file])]}
    },
    bare: {ran: ['helper'], check: ({stdout}) => expect(stdout).to.equal('configmap/b created\nconfigmap/a created\n')},
    guard: 'same',
  },
])

forEachKubectl('signals and exit codes', minor => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    inWorld(`guard: ${signal} to the guard ends kubectl as ${signal} to kubectl does`, minor, async world => {
      await settled(world, {hang: /pods/})
      const options = {signalOnRequest: signal}
      const bare = await world.bare(['get', 'pods'], options)
      const guarded = await world.guarded(['get', 'pods'], options)
      expect(shellStatus(guarded)).to.equal(shellStatus(bare))
      expect(guarded.stdout).to.equal(bare.stdout)
    })
  }

  inWorld('guard: a closed pipe ends it as it ends kubectl', minor, async world => {
    await settled(world, {pods: 5000})
    const file = join(world.root, 'status')
    // A real pipe of a real shell: what a child of Node gets for its output is a socket.
    const kubectl = world.script('piped', `{ "$@"; printf %s "$?" > ${shellQuote(file)}; } | /usr/bin/head -c 20`, world.root)
    const wanted = String(128 + constants.signals.SIGPIPE)
    for (const words of [[], [process.execPath, GUARD, 'guard', '--kubectl', world.kubectl, '--']]) {
      const {stdout, stderr} = await world.bare([...(words.length === 0 ? [world.kubectl] : words), 'logs', 'one'], {kubectl})
      expect({stdout, stderr, status: readFileSync(file, 'utf8')}).to.deep.equal({stdout: 'a line of a log\na li', stderr: '', status: wanted})
    }
  })

  inWorld('guard: the status of kubectl is its own', minor, async world => {
    await settled(world)
    for (const status of [0, 1, 42, 125, 126, 127, 255]) {
      const kubectl = world.script('kubectl-with-status', `exit ${status}`, world.root)
      const outcome = await world.guarded(['get', 'pods'], {kubectl})
      expect(outcome.status).to.equal(status)
      expect(outcome.stderr).to.equal('')
    }
  })

  inWorld('guard: a kubectl that is not there is 127', minor, async world => {
    await settled(world)
    expectRefused(await world.guarded(['get', 'pods'], {kubectl: join(world.root, 'nothing')}), {status: 127})
  })

  inWorld('guard: no kubectl in PATH is 127', minor, async world => {
    await settled(world)
    expectRefused(await world.k121(['guard', '--', 'get', 'pods']), {status: 127})
  })

  inWorld('guard: kubectl found in PATH', minor, async world => {
    await settled(world)
    world.script('kubectl', `exec ${shellQuote(world.kubectl)} "$@"`)
    const outcome = await world.k121(['guard', '--', 'get', 'pods'])
    expect(outcome.stdout).to.equal('NAME\npod-0\npod-1\n')
  })

  for (const argv of [['guard', '--bogus', '--', 'get', 'pods'], ['guard', '--kubectl'], ['guard', '--trust-file', '--', 'get', 'pods']]) {
    inWorld(`guard: wrong use is 125: ${argv.join(' ')}`, minor, async world => {
      await settled(world)
      expectRefused(await world.k121(argv), {status: 125})
    })
  }

  inWorld('guard: a refusal does not start kubectl at all', minor, async world => {
    world.kubeconfig(simple(await world.server('home'), exec(world.canary('touch'))))
    const marker = join(world.root, 'started')
    const kubectl = world.script('noting-kubectl', `: > ${shellQuote(marker)}\nexec ${shellQuote(world.kubectl)} "$@"`, world.root)
    expectRefused(await world.guarded(['get', 'pods'], {kubectl}))
    expect(existsSync(marker)).to.equal(false)
  })

  inWorld('guard: --trust-file in place of the usual one', minor, async world => {
    await settled(world)
    const empty = world.file('home/empty.yaml', {apiVersion: 'k121.dev/v1', kind: 'TrustPolicy'})
    expectRefused(await world.guarded(['get', 'pods'], {guardFlags: ['--trust-file', empty]}))
    await expectSame(world, {argv: ['get', 'pods'], options: {guardFlags: ['--trust-file', join(world.xdg.config, 'k121/trust.yaml')]}})
    expectRefused(await world.guarded(['get', 'pods'], {guardFlags: ['--trust-file', join(world.root, 'nothing.yaml')]}), {})
  })
})

const NASTY = {
  'an escape sequence': 'a\u001b]0;owned\u0007\u001b[2J',
  'a C1 control': 'a\u009b2J',
  'a line of ours': 'a\nk121: trusted, all is well',
  'a carriage return': 'a\rk121: trusted',
  'a right-to-left override': 'a\u202egnp',
  'a zero-width space': 'to\u200buch',
}

onNewestKubectl('what the guard prints', minor => {
  for (const [name, text] of Object.entries(NASTY)) {
    for (const place of ['user', 'context', 'command', 'argument', 'installHint', 'file'] as const) {
      inWorld(`guard: ${name} in the ${place} does not reach the terminal`, minor, async world => {
        const server = await world.server('home')
        const user = exec(place === 'command' ? text : world.canary('touch'), place === 'argument' ? [text] : [], place === 'installHint' ? {installHint: text} : {})
        const [who, context] = [place === 'user' ? text : 'me', place === 'context' ? text : 'main']
        const {cluster} = (simple(server, user)['clusters'] as {cluster: object}[])[0]!
        // JSON with escapes, for raw control characters are refused before anything is judged.
        const content = JSON.stringify(kubeconfig({clusters: {main: cluster}, users: {[who]: user}, contexts: {[context]: ['main', who]}, current: context}))
        const file = world.kubeconfig(content.replaceAll(/[\u0080-\uffff]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`), place === 'file' ? `home/work/${text}` : undefined)
        expectRefused(await world.guarded(['get', 'pods', `--kubeconfig=${file}`]))
      })
    }
  }

  inWorld('guard: no secret of the file', minor, async world => {
    const server = await world.server('home')
    const user = exec(world.canary('touch'), ['--token=hush-argument', '--client-secret', 'hush-separate', '--password', 'hush-password'], {env: [{name: 'SECRET_KEY', value: 'hush-env'}]})
    world.kubeconfig(simple(server, {...user, password: 'hush-password'}))
    const outcome = await world.guarded(['get', 'pods'])
    expectRefused(outcome)
    expect(outcome.stdout + outcome.stderr).to.not.include(HUSH)
  })

  inWorld('guard: no secret of a file that cannot be read to its end', minor, async world => {
    world.kubeconfig('users:\n- name: me\n  user:\n    token: hush-token\n    password: "hush-open\n')
    const outcome = await world.guarded(['get', 'pods'])
    expectRefused(outcome)
    expectOurWords(outcome.stderr)
  })

  inWorld('guard: no secret of the command line', minor, async world => {
    world.kubeconfig(simple(await world.server('home'), exec(world.canary('touch'))))
    for (const flags of [['--context=nowhere'], ['-s', 'https://127.0.0.1:1'], ['--bogus']]) {
      const {ranCanaries, stdout, stderr} = await world.guarded(['get', 'pods', ...flags, '--token=hush-flag', '--password', 'hush-word'])
      expect(ranCanaries).to.deep.equal([])
      expect(stdout + stderr).to.not.include(HUSH)
    }
  })
})
