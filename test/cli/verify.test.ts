import {expect} from 'chai'
import {execFileSync, spawn} from 'node:child_process'
import {chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse} from 'yaml'
import {asciiJson} from '../../src/guard/snapshot.js'
import type {CliWorld} from '../support/cli-world.js'
import {execUser, inCliWorld, isCalm, oneContext} from '../support/cli-world.js'

const verify = (...words: string[]): string[] => ['kubeconfig', 'verify', ...words]
const TOKEN = oneContext({user: 'token: hush'})
const UNKNOWN = oneContext({user: execUser('helper')})
const CLASSIC = oneContext({user: execUser('touch', ['/tmp/lorem'])})

interface Printed {
  apiVersion: string
  kind: string
  verdict: string
  users: {plugin: {args: string[]}}[]
  findings: object[]
}

/** A file that each row makes, and what must be said about it. */
interface Bad {
  name: string
  make(world: CliWorld): string | Buffer | null
  /** Behind `error: FILE`. */
  says: RegExp
  status?: number
}

const bad: Bad[] = [
  {name: 'invalid UTF-8', make: () => Buffer.concat([Buffer.from('users:\n- name: a'), Buffer.from([0xc3, 0x28])]), says: /:2:10: the file is not valid UTF-8/},
  {name: 'invalid UTF-16', make: () => Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x00, 0xd8, 0x61, 0x00]), says: /:1:2: the file is not valid UTF-16/},
  {name: 'NUL', make: () => Buffer.from('kind: Config\nusers: \0'), says: /:2:8: the character U\+0000 may not stand/},
  {name: 'NUL first', make: () => Buffer.from('\0'), says: /:1:1: the character U\+0000 may not stand/},
  {name: 'a YAML syntax error', make: () => 'users:\n- name: a\n   b: c\n', says: /:3:\d+: /},
  {name: 'a JSON syntax error', make: () => '{"kind": "Config",\n "users": [}', says: /:2:12: /},
  {name: 'an unclosed quote', make: () => 'kind: "Config', says: /:1:\d+: /},
  {name: 'a tab for indentation', make: () => 'users:\n\t- name: a', says: /:2:1: /},
  {name: 'wrong types', make: () => 'users:\n- name: a\n  user: {token: 5}', says: /:3:17: users\[0\]\.user\.token must be a string/},
  {name: 'a list of everything', make: () => '- a', says: /:1:1: the file must be a mapping/},
  {name: 'an alias bomb', make: () => `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${`*${String.fromCharCode(97 + at)},`.repeat(9)}]`).join('\n')}\n`, says: /:\d+:\d+: /},
  {name: 'a depth bomb', make: () => `users: ${'['.repeat(200_000)}`, says: /:1:\d+: /},
  {name: 'a depth bomb of blocks', make: () => '- '.repeat(100_000), says: /:1:\d+: /},
  {name: 'two documents', make: () => `${TOKEN}---\n${CLASSIC}`, says: /:13:\d+: |:14:\d+: /},
  {name: 'a hostile key', make: () => 'users:\n- name: a\n  user: {as-user-extra: {"\\u009b31m\\u202e": 5}}', says: /:3:\d+: users\[0\]\.user\.as-user-extra\["\\u009b31m\\u202e"\] must be a list/},
  {name: '100 MB of nothing', make: ({root}) => {
    writeFileSync(join(root, 'bad'), '')
    truncateSync(join(root, 'bad'), 100 * 1024 * 1024)
    return null
  }, says: /: is larger than 64 MB/},
  {name: 'a loop of links', make: ({root}) => {
    symlinkSync('bad', join(root, 'bad'))
    return null
  }, says: /: is a loop of symbolic links/},
  {name: 'a link to nowhere', make: ({root}) => {
    symlinkSync('/nowhere/at/all', join(root, 'bad'))
    return null
  }, says: /: does not exist/},
  {name: 'a missing file', make: () => null, says: /: does not exist/},
  {name: 'a file below a file', make: ({root}) => {
    symlinkSync('/etc/passwd/config', join(root, 'bad'))
    return null
  }, says: /: lies below something that is no directory/},
]

describe('kubeconfig verify', () => {
  describe('says of bad input what is wrong, where, and what to do', () => {
    for (const {name, make, says, status = 3} of bad) {
      it(name, () => inCliWorld(async world => {
        const content = make(world)
        if (content !== null) world.file('bad', content)
        const outcome = await world.k121(verify(join(world.root, 'bad')))
        expect(outcome.status, outcome.stderr).to.equal(status)
        expect(isCalm(outcome), outcome.stderr.slice(0, 300)).to.equal(true)
        const [line = '', hint = '', ...rest] = outcome.stderr.trimEnd().split('\n')
        expect(line.startsWith(`error: ${join(world.root, 'bad')}`), line).to.equal(true)
        expect(line.slice(`error: ${join(world.root, 'bad')}`.length)).to.match(says)
        expect(hint).to.match(/^ {2}\S/)
        expect(rest).to.deep.equal([])
        expect(outcome.stdout).to.include('INCOMPLETE')
      }))
    }

    it('/dev/zero', () => inCliWorld(async world => {
      const outcome = await world.k121(verify('/dev/zero'))
      expect([outcome.status, outcome.stderr.split('\n')[0]]).to.deep.equal([3, 'error: /dev/zero: is larger than 64 MB'])
    }))

    it('a wrong flag, a wrong value, an empty FILE: 2', () => inCliWorld(async world => {
      for (const words of [['--no-such-flag'], ['-o', 'xml'], ['--fail-on', 'never'], [''], ['--kubeconfig', 'x', 'y']]) {
        const outcome = await world.k121(verify(...words))
        expect([words.join(' '), outcome.status, isCalm(outcome)], outcome.stderr).to.deep.equal([words.join(' '), 2, true])
      }
    }))
  })

  describe('reads', () => {
    it('an empty file: verdict none', () => inCliWorld(async world => {
      const {status, stdout, stderr} = await world.k121(verify(world.file('empty', '')))
      expect([status, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.include('Verdict: none')
    }))

    it('a FIFO', () => inCliWorld(async world => {
      const fifo = join(world.root, 'fifo')
      execFileSync('/usr/bin/mkfifo', [fifo])
      const writer = spawn('/bin/sh', ['-c', `/bin/cat > ${JSON.stringify(fifo)}`], {stdio: ['pipe', 'ignore', 'ignore']})
      writer.stdin.end(CLASSIC)
      const {status, stdout} = await world.k121(verify(fifo))
      expect(status).to.equal(1)
      expect(stdout).to.include('touch')
    }))

    it('standard input', () => inCliWorld(async world => {
      const {status, stdout} = await world.k121(verify('-'), {input: TOKEN})
      expect(status, stdout).to.equal(0)
      expect((await world.k121(verify('-'), {input: CLASSIC})).status).to.equal(1)
      const broken = await world.k121(verify('-'), {input: 'users: ['})
      expect([broken.status, broken.stderr.split('\n')[0]]).to.satisfy(([code, line]: [number, string]) => code === 3 && /^error: -:1:\d+: /.test(line))
    }))

    it('standard input that is a directory, or closed', () => inCliWorld(async world => {
      for (const redirection of ['< /', '<&-']) {
        const outcome = await world.bare(['-c', `"$0" "$1" kubeconfig verify - ${redirection}`, process.execPath, join(process.cwd(), 'bin/run.js')], {kubectl: '/bin/sh'})
        expect(isCalm(outcome), outcome.stderr).to.equal(true)
        expect(outcome.status, outcome.stderr).to.equal(redirection === '<&-' ? 0 : 3)
      }
    }))

    it('a pipe that does not block and is slow', () => inCliWorld(async world => {
      const script = `const {spawn} = require('node:child_process')
        const net = require('node:net')
        const server = net.createServer(socket => { setTimeout(() => socket.end(${JSON.stringify(CLASSIC)}), 400) }).listen(${JSON.stringify(join(world.root, 's'))}, () => {
          const client = net.connect(${JSON.stringify(join(world.root, 's'))}, () => {
            spawn(process.execPath, [${JSON.stringify(join(process.cwd(), 'bin/run.js'))}, 'kubeconfig', 'verify', '-'], {stdio: [client, 'inherit', 'inherit']})
              .on('exit', code => { process.exitCode = code; server.close(); client.destroy() })
          })
        })`
      const outcome = await world.bare(['-e', script], {kubectl: process.execPath})
      expect(isCalm(outcome), outcome.stderr).to.equal(true)
      expect(outcome.status, outcome.stderr).to.equal(1)
    }))

    it('what kubectl would load: the flag, KUBECONFIG, the home file', () => inCliWorld(async world => {
      world.kubeconfig(TOKEN)
      expect((await world.k121(verify())).status).to.equal(0)
      const classic = world.file('classic', CLASSIC)
      expect((await world.k121(verify(), {env: {KUBECONFIG: `/nowhere:${classic}`}})).status).to.equal(1)
      expect((await world.k121(verify('--kubeconfig', classic))).status).to.equal(1)
      expect((await world.k121(verify('--kubeconfig', '/nowhere'))).status).to.equal(3)
      expect((await world.k121(verify(), {env: {HOME: undefined, KUBECONFIG: undefined}})).status).to.equal(2)
    }))

    it('several files and a directory, each on its own: 1 beats 3', () => inCliWorld(async world => {
      const files = [world.file('d/a', TOKEN), world.file('d/b', CLASSIC), world.file('d/c', 'users: [')]
      mkdirSync(join(world.root, 'd/sub'))
      for (const words of [files, [join(world.root, 'd')]]) {
        const {status, stderr, stdout} = await world.k121(verify(...words))
        expect(status).to.equal(1)
        expect(stderr.replace(/^note: .*\n/, '')).to.match(/^error: \S+d\/c:1:\d+: .*\n {2}.*\n$/)
        expect(stdout).to.include('3 files')
      }
      rmSync(files[1] ?? '')
      expect((await world.k121(verify(join(world.root, 'd')))).status).to.equal(3)
      rmSync(files[2] ?? '')
      expect((await world.k121(verify(join(world.root, 'd')))).status).to.equal(0)
      expect((await world.k121(verify(world.directory('empty')))).status).to.equal(2)
    }))
  })

  describe('exit codes by severity', () => {
    const rows: [name: string, content: string, failOn: string, status: number][] = [
      ['nothing found', TOKEN, 'info', 0],
      ['medium below high', oneContext({user: 'token: hush', server: 'http://api.cluster.test'}), 'high', 0],
      ['medium at medium', oneContext({user: 'token: hush', server: 'http://api.cluster.test'}), 'medium', 1],
      ['dangerous', CLASSIC, 'high', 1],
    ]
    for (const [name, content, failOn, status] of rows) {
      it(`${name}: ${status}`, () => inCliWorld(async world => {
        expect((await world.k121(verify('--fail-on', failOn, world.file('k', content)))).status).to.equal(status)
      }))
    }

    it('an unknown plugin is 1, whatever --fail-on says', () => inCliWorld(async world => {
      world.canary('helper')
      const {status, ranCanaries} = await world.k121(verify('--fail-on', 'high', world.file('k', UNKNOWN)))
      expect([status, ranCanaries]).to.deep.equal([1, []])
    }))
  })

  describe('output', () => {
    it('-o json has the documented shape and no secret', () => inCliWorld(async world => {
      world.canary('helper')
      const file = world.file('k', oneContext({user: `token: hush, ${execUser('helper', ['--password', 'hush', '--plain=x'])}`}))
      const {stdout} = await world.k121(verify('-o', 'json', file))
      const document = JSON.parse(stdout) as Printed
      expect(Object.keys(document)).to.deep.equal(['apiVersion', 'kind', 'verdict', 'files', 'users', 'contexts', 'findings'])
      expect([document.apiVersion, document.kind, document.verdict]).to.deep.equal(['k121.dev/v1', 'KubeconfigVerification', 'unknown'])
      expect(document.users[0]?.plugin).to.include({command: 'helper', resolved: join(world.bin, 'helper')})
      expect(document.users[0]?.plugin.args).to.deep.equal(['--password', '<redacted>', '--plain=x'])
      for (const finding of document.findings) expect(finding).to.include.all.keys('id', 'severity', 'file', 'path', 'line', 'column', 'message', 'remediation')
      expect(stdout).to.not.include('hush')
    }))

    it('-o yaml says the same', () => inCliWorld(async world => {
      const file = world.file('k', CLASSIC)
      const [json, yaml] = [await world.k121(verify('-o', 'json', file)), await world.k121(verify('-o', 'yaml', file))]
      expect(parse(yaml.stdout)).to.deep.equal(JSON.parse(json.stdout))
    }))

    it('-o name lists users for scripts, -o wide names programs', () => inCliWorld(async world => {
      world.canary('helper')
      const file = world.file('k', UNKNOWN)
      expect((await world.k121(verify('-o', 'name', file))).stdout).to.equal('user/me\n')
      expect((await world.k121(verify('-o', 'wide', file))).stdout).to.match(/VERDICT +USER +CREDENTIAL PLUGIN +PROGRAM/).and.include(join(world.bin, 'helper'))
      expect((await world.k121(verify('-o', 'name', world.file('t', TOKEN)))).stdout).to.equal('')
    }))

    for (const format of ['table', 'wide', 'json', 'yaml', 'name']) {
      it(`-o ${format} prints nothing that a terminal obeys`, () => inCliWorld(async world => {
        const evil = '\u001b]0;x\u0007\u009b31m\u202e'
        const program = `${world.bin}/e${evil}`
        writeFileSync(program, '#!/bin/sh\n')
        chmodSync(program, 0o755)
        const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: program, args: [evil], env: [{name: `A${evil}`, value: 'x'}]}
        const file = world.file(`k${evil}`, asciiJson({
          'current-context': evil, contexts: [{name: evil, context: {cluster: evil, user: evil, namespace: evil}}],
          clusters: [{name: evil, cluster: {server: `https://${evil}`, 'tls-server-name': evil}}], users: [{name: evil, user: {exec}}], [`strange${evil}`]: 1,
        }))
        const outcome = await world.k121(verify('-o', format, file))
        expect(outcome.status, outcome.stderr).to.equal(1)
        expect(isCalm(outcome), JSON.stringify(outcome.stdout + outcome.stderr)).to.equal(true)
      }))
    }
  })

  it('--trust-file decides, and a broken one stops the command: 4', () => inCliWorld(async world => {
    world.canary('helper')
    const file = world.file('k', UNKNOWN)
    const trust = world.file('trust.yaml', {apiVersion: 'k121.dev/v1', kind: 'TrustPolicy', plugins: [{command: join(world.bin, 'helper'), args: 'any', servers: ['https://api.cluster.test:6443']}]})
    expect((await world.k121(verify('--trust-file', trust, file))).status).to.equal(0)
    const broken = await world.k121(verify('--trust-file', world.file('broken.yaml', 'apiVersion: k121.dev/v1\nkind: TrustPolicy\ncatalog: false\n'), file))
    expect([broken.status, broken.stdout]).to.deep.equal([4, ''])
    expect(broken.stderr).to.match(/^error: \S+broken\.yaml:3:10: .*\n {2}.*\n$/)
    expect((await world.k121(verify('--trust-file', join(world.root, 'absent.yaml'), file))).status).to.equal(4)
  }))

  it('--cross-check asks a kubectl, and refuses what it reads in another way', () => inCliWorld(async world => {
    const file = world.file('k', oneContext({user: 'token: hush'}))
    const says = (json: string): string => world.script('other-kubectl', `echo '${json}'`)
    expect((await world.k121(verify('--cross-check', '--kubectl', says('{"users":[{"name":"me","user":{"exec":{"command":"evil"}}}]}'), file))).status).to.equal(3)
    expect((await world.k121(verify('--cross-check', '--kubectl', world.script('failing-kubectl', 'exit 1'), file))).status).to.equal(3)
    expect((await world.k121(verify('--cross-check', '--kubectl', '/nowhere', file))).status).to.equal(4)
  }))
})
