import {expect} from 'chai'
import {accessSync, chmodSync, existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {CliWorld} from '../support/cli-world.js'
import {execUser, inCliWorld, isCalm, oneContext} from '../support/cli-world.js'
import {shellQuote} from '../support/canary.js'
import {GUARD} from '../support/world.js'

const TOKEN = oneContext({user: 'token: hush'})
const CLASSIC = oneContext({user: execUser('touch', ['/tmp/lorem'])})
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const isOurs = (stderr: string): boolean => stderr.trimEnd().split('\n').every(line => line.startsWith('k121: '))

function hasProgram(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

describe('guard, in front of a stand-in for kubectl', () => {
  it('lets a judged file through, on a private copy of one context', () => inCliWorld(async world => {
    world.kubeconfig(TOKEN)
    const {status, stdout, stderr} = await world.guard(['get', 'pods', '-o', 'wide'])
    expect([status, stderr]).to.deep.equal([0, ''])
    const [line = '', snapshot = ''] = stdout.split('\n')
    expect(line).to.equal('stand-in for kubectl: get pods -o wide')
    expect(JSON.parse(snapshot)).to.include({'current-context': 'main'})
    for (const name of readdirSync(join(world.xdg.runtime, 'k121/snapshots'))) expect(statSync(join(world.xdg.runtime, 'k121/snapshots', name)).mode & 0o777).to.equal(0o600)
    expect(statSync(join(world.xdg.runtime, 'k121')).mode & 0o777).to.equal(0o700)
  }))

  it('hands on the status of kubectl, whatever it is', () => inCliWorld(async world => {
    world.kubeconfig(TOKEN)
    for (const code of [1, 42, 125, 126, 127]) expect((await world.guarded(['get', 'pods'], {kubectl: world.script('failing', `exit ${code}`)})).status).to.equal(code)
  }))

  it('refuses: 126, every line with our prefix, where and why and what to do', () => inCliWorld(async world => {
    world.canary('touch')
    const file = world.kubeconfig(CLASSIC)
    const {status, stdout, stderr, ranCanaries} = await world.guard(['get', 'pods'])
    expect([status, stdout, ranCanaries, isOurs(stderr)]).to.deep.equal([126, '', [], true])
    expect(stderr).to.include('"touch"').and.include(`${file}:12:`)
  }))

  it('wrong use: 125; no kubectl: 127', () => inCliWorld(async world => {
    world.kubeconfig(TOKEN)
    for (const words of [['get', 'pods'], ['--kubectl'], ['--wrong', '--', 'get']]) {
      const {status, stderr} = await world.k121(['guard', ...words])
      expect([words.join(' '), status, isOurs(stderr)]).to.deep.equal([words.join(' '), 125, true])
    }
    expect((await world.guarded(['get', 'pods'], {kubectl: '/nowhere'})).status).to.equal(127)
    expect((await world.k121(['guard', '--', 'get', 'pods'], {env: {PATH: '/nowhere'}})).status).to.equal(127)
  }))

  it('--trust-file and --allow-plugin-flags', () => inCliWorld(async world => {
    world.canary('helper')
    world.kubeconfig(oneContext({user: execUser('helper')}))
    const trust = world.file('t.yaml', {apiVersion: 'k121.dev/v1', kind: 'TrustPolicy', plugins: [{command: 'helper', args: 'any', servers: ['https://api.cluster.test:6443']}]})
    expect((await world.guard(['get', 'pods'])).status).to.equal(126)
    const listed = await world.guard(['get', 'pods'], {guardFlags: ['--trust-file', trust]})
    expect(listed.status, listed.stderr).to.equal(0)
    expect((await world.guard(['get', 'pods'], {guardFlags: ['--trust-file', `${trust}.absent`]})).stderr).to.include('does not exist, so nothing is trusted')
    const plugin = (...guardFlags: string[]): Promise<{status: number | null}> => world.guard(['foo', '--context', 'main'], {guardFlags: ['--trust-file', trust, ...guardFlags]})
    expect([(await plugin()).status, (await plugin('--allow-plugin-flags')).status]).to.deep.equal([126, 0])
  }))

  it('says what AllowAll means, on each run, and still refuses what is dangerous', () => inCliWorld(async world => {
    world.canary('helper')
    world.trust([], {credentialPluginPolicy: 'AllowAll'})
    world.kubeconfig(oneContext({user: execUser('helper')}))
    for (let run = 0; run < 3; run++) {
      const {status, stderr} = await world.guard(['get', 'pods'])
      expect(status).to.equal(0)
      expect(stderr).to.match(/^k121: AllowAll .*\n$/)
    }
    world.canary('touch')
    world.kubeconfig(CLASSIC)
    expect((await world.guard(['get', 'pods'])).status).to.equal(126)
  }))

  const unreadable: [name: string, content: string | Buffer][] = [
    ['invalid UTF-8', Buffer.from([0xff, 0x61])], ['a syntax error', 'users: ['], ['wrong types', 'users: 5'], ['an alias bomb', `a: &a [x,x,x]\nb: &b [*a,*a]\nusers: *b\n`], ['a depth bomb', '['.repeat(100_000)],
  ]
  for (const [name, content] of unreadable) {
    it(`refuses ${name}, with the place`, () => inCliWorld(async world => {
      const file = world.kubeconfig(content)
      const outcome = await world.guard(['get', 'pods'])
      expect([outcome.status, outcome.stdout, isOurs(outcome.stderr), isCalm(outcome)], outcome.stderr).to.deep.equal([126, '', true, true])
      expect(outcome.stderr).to.match(new RegExp(`^k121: ${file}:\\d+:\\d+: `))
    }))
  }

  it('is quiet while a word is completed', () => inCliWorld(async world => {
    world.canary('touch')
    world.kubeconfig(CLASSIC)
    const {stdout, stderr} = await world.guard(['__complete', 'get', 'pods', ''])
    expect([stdout, stderr]).to.deep.equal(['', ''])
  }))

  it('many first runs at the same time all get through', () => inCliWorld(async world => {
    world.canary('aws')
    const contexts = [...'abcdef']
    world.kubeconfig(`clusters:\n${contexts.map(name => `- {name: ${name}, cluster: {server: "https://${name}.gr7.eu-west-1.eks.amazonaws.com"}}`).join('\n')}\ncontexts:\n${contexts.map(name => `- {name: ${name}, context: {cluster: ${name}, user: me}}`).join('\n')}\nusers:\n- name: me\n  user: {${execUser('aws', ['eks', 'get-token', '--cluster-name', 'x'])}}\n`)
    const outcomes = await Promise.all([...contexts, ...contexts].map(name => world.guard(['--context', name, 'get', 'pods'])))
    expect(outcomes.map(({status, stderr}) => [status, stderr])).to.deep.equal(outcomes.map(() => [0, '']))
    const {stdout} = await world.k121(['kubeconfig', 'trusted', '-o', 'json'])
    expect((JSON.parse(stdout) as {servers: object[]}).servers).to.have.length(contexts.length)
  }))

  it('writes nothing where it has no directory of its own, and leaves nothing behind', () => inCliWorld(async world => {
    world.kubeconfig(TOKEN)
    chmodSync(world.xdg.runtime, 0o777)
    const {status, stderr} = await world.guard(['get', 'pods'], {env: {XDG_STATE_HOME: '/proc/nowhere'}})
    expect(status, stderr).to.equal(0)
    expect(readdirSync(world.xdg.runtime)).to.deep.equal([])
    expect(readdirSync(join(world.root, 'tmp'))).to.deep.equal([])
  }))
})

describe('guard clean', () => {
  it('deletes snapshots and verdicts, not decisions', () => inCliWorld(async world => {
    world.kubeconfig(TOKEN)
    await world.guard(['get', 'pods'])
    world.file(join(world.xdg.state, 'k121/decisions.json'), '{"apiVersion":"k121.dev/v1","kind":"TrustDecisions","decisions":[],"servers":[]}')
    const {status, stdout} = await world.k121(['guard', 'clean'])
    expect([status, stdout]).to.deep.equal([0, `cleaned ${join(world.xdg.runtime, 'k121')}\n`])
    expect([existsSync(join(world.xdg.runtime, 'k121')), existsSync(join(world.xdg.state, 'k121/decisions.json'))]).to.deep.equal([false, true])
    expect((await world.k121(['guard', 'clean'])).stdout).to.equal('Nothing to clean.\n')
  }))

  for (const runtime of ['', '.', 'run']) {
    it(`touches nothing below the working directory with XDG_RUNTIME_DIR=${runtime}`, () => inCliWorld(async world => {
      for (const path of ['k121', 'run/k121']) world.file(join(world.cwd, path, 'mine'), 'x')
      await world.k121(['guard', 'clean'], {env: {XDG_RUNTIME_DIR: runtime}})
      for (const path of ['k121', 'run/k121']) expect(existsSync(join(world.cwd, path, 'mine')), path).to.equal(true)
    }))
  }
})

/** What a person's shell makes of the lines that we print. */
async function inShell(world: CliWorld, shell: string, script: string, env: Record<string, string> = {}): Promise<{stdout: string; stderr: string; status: number | null; ranCanaries: string[]}> {
  return await world.bare(['-c', script], {kubectl: shell, env})
}

for (const shell of ['/bin/bash', '/usr/bin/zsh']) {
  describe(`guard init ${shell.split('/').at(-1)}`, () => {
    if (!hasProgram(shell)) {
      it.skip(`${shell} is not installed`)
      return
    }
    const name = shell.split('/').at(-1) ?? ''
    const init = `eval "$(${shellQuote(process.execPath)} ${shellQuote(GUARD)} guard init ${name})"`

    it('puts the guard in front of kubectl, words untouched', () => inCliWorld(async world => {
      world.kubeconfig(TOKEN)
      const {stdout, stderr} = await inShell(world, shell, `${init}; kubectl get 'a b' "" '*' '$x' -- -f`)
      expect(stderr).to.equal('')
      expect(stdout).to.include('stand-in for kubectl: get a b  * $x -- -f').and.include('"current-context":"main"')
      world.canary('touch')
      world.kubeconfig(CLASSIC)
      const refused = await inShell(world, shell, `alias kubectl=false; ${init}\nkubectl get pods; echo "status $?"`)
      expect([refused.stdout, refused.ranCanaries]).to.deep.equal(['status 126\n', []])
    }))

    it('runs no node and no kubectl of the working directory', () => inCliWorld(async world => {
      world.kubeconfig(TOKEN)
      for (const program of ['node', 'kubectl', 'kubectl-k121']) world.canary(program, {directory: world.cwd})
      const {stdout, ranCanaries} = await inShell(world, shell, `${init}; kubectl get pods`, {PATH: `.::${world.cwd}/.:${world.bin}`.replace(`${world.cwd}/.:`, '')})
      expect(ranCanaries).to.deep.equal([])
      expect(stdout).to.include('stand-in for kubectl: get pods')
    }))

    it('keeps code of NODE_OPTIONS out of the guard, and gives the variable back to kubectl', () => inCliWorld(async world => {
      world.kubeconfig(TOKEN)
      const evil = world.file('evil.cjs', `require('node:fs').writeFileSync(${JSON.stringify(join(world.root, 'ran'))}, 'x')`)
      const shows = world.script('shows', 'echo "$NODE_OPTIONS"')
      const {stdout} = await inShell(world, shell, `${init}; export NODE_OPTIONS='--require ${evil}'; PATH=${shellQuote(dirname(shows))}; kubectl version --client; /bin/cp ${shellQuote(shows)} ${shellQuote(join(world.bin, 'kubectl'))}; kubectl get pods`)
      expect(existsSync(join(world.root, 'ran'))).to.equal(false)
      expect(stdout).to.include(`--require ${evil}`)
    }))
  })
}

describe('other ways in', () => {
  it('guard init without or with an unknown shell: 2', () => inCliWorld(async world => {
    for (const words of [[], ['fish']]) expect((await world.k121(['guard', 'init', ...words])).status).to.equal(2)
  }))

  it('a plain alias', function () {
    if (!hasProgram('/bin/bash')) this.skip()
    return inCliWorld(async world => {
      world.kubeconfig(TOKEN)
      const alias = `shopt -s expand_aliases\nalias kubectl="${process.execPath} ${GUARD} guard --"\n`
      expect((await inShell(world, '/bin/bash', `${alias}kubectl get pods -n x`)).stdout).to.include('stand-in for kubectl: get pods -n x')
    })
  })

  it('help and version', () => inCliWorld(async world => {
    for (const words of [['guard', '--help'], ['--help'], ['--version']]) {
      const {status, stdout} = await world.k121(words)
      expect([words.join(' '), status]).to.deep.equal([words.join(' '), 0])
      expect(stdout).to.match(words[0] === '--version' ? /^kubectl-k121\/\d/ : /USAGE/)
    }
  }))

  it('an unknown command: 2', () => inCliWorld(async world => {
    const outcome = await world.k121(['kubeconfig', 'verfy'])
    expect([outcome.status, isCalm(outcome)], outcome.stderr).to.deep.equal([2, true])
  }))
})

describe('the optional keychain module', () => {
  it('is asked for nowhere, so everything works without it', () => {
    const files = readdirSync(join(ROOT, 'dist'), {recursive: true}).map(String).filter(name => /\.c?js$/.test(name))
    expect(files).to.include('guard.cjs')
    for (const file of files) expect(readFileSync(join(ROOT, 'dist', file), 'utf8'), file).to.not.match(/(require|import|from)\s*\(?\s*["'](@github\/)?keytar/)
  })
})

