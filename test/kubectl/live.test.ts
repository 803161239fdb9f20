import {expect} from 'chai'
import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {ReadOutcome} from '../../src/audit/outcome.js'
import {kubectlBinary, minorsOfThisRun} from '../support/kubectl-binaries.js'
import {exec, simple, trusted} from '../support/kubeconfigs.js'
import type {PageServer} from '../support/page-server.js'
import {podList, startPageServer, status} from '../support/page-server.js'
import type {Outcome, RunOptions, World} from '../support/world.js'
import {createWorld} from '../support/world.js'

const PROGRAM = fileURLToPath(new URL('../support/read-live.ts', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx'))

interface Result extends Outcome {
  said: {items?: number; outcome?: ReadOutcome; denied?: string[]; code?: string; message?: string; posted?: number | null}
}

async function readLive(world: World, mode: string, connection: readonly string[] = [], options: RunOptions = {}): Promise<Result> {
  const outcome = await world.bare(['--import', TSX, PROGRAM, mode, world.kubectl, ...connection], {...options, kubectl: process.execPath})
  return {...outcome, said: (outcome.stdout === '' ? {} : JSON.parse(outcome.stdout)) as Result['said']}
}

/** A directory of ours in temp, or a kubectl that serves a socket in it. tsx keeps a directory of its own there. */
function leftOvers({env}: World): string[] {
  const temp = env['TMPDIR'] ?? ''
  const files = readdirSync(temp).filter(name => name.startsWith('k121'))
  const processes = readdirSync('/proc').filter(id => /^\d+$/.test(id)).map(commandOf).filter(command => command.includes(temp) && command.startsWith('kubectl'))
  return [...files, ...processes]
}

function commandOf(id: string): string {
  try {
    return readFileSync(join('/proc', id, 'cmdline'), 'utf8')
  } catch {
    // It ended meanwhile.
    return ''
  }
}

for (const minor of minorsOfThisRun()) {
  describe(`reading a cluster through kubectl 1.${minor}`, () => {
    let world: World
    let pages: PageServer
    beforeEach(async () => {
      world = createWorld(await kubectlBinary(minor))
      pages = await startPageServer({port: 0})
      pages.lists.set('/api/v1/pods', podList(1300))
      world.kubeconfig(plain(pages.url))
    })
    afterEach(async () => {
      expect(leftOvers(world)).to.deep.equal([])
      await Promise.all([world.close(), pages.close()])
    })

    it('reads all pages and leaves nothing', async () => {
      const {said, stderr, status} = await readLive(world, 'read')
      expect([status, stderr, said.items, said.outcome?.outcome]).to.deep.equal([0, '', 1300, 'complete'])
      expect(pages.requests.every(({method}) => method === 'GET')).to.equal(true)
      const last = pages.requests.at(-1)
      // Loopback: nothing is compressed.
      expect([last?.headers['user-agent'], last?.headers['accept-encoding']]).to.deep.equal(['kubectl-k121/0', 'identity'])
    })

    it('without the socket: page by page, no port', async () => {
      const {said} = await readLive(world, 'read', [], {env: {K121_NO_SOCKET: '1'}})
      expect([said.items, said.outcome?.outcome]).to.deep.equal([1300, 'complete'])
    })

    it('without the socket: a refusal keeps its meaning', async () => {
      pages.fault(seen => (seen.resource.endsWith('/pods') ? status(403, 'pods is forbidden: User "me" cannot list', {reason: 'Forbidden'}) : undefined))
      const {said} = await readLive(world, 'read', [], {env: {K121_NO_SOCKET: '1'}})
      expect(said.outcome).to.deep.include({outcome: 'forbidden', detail: 'HTTP 403: pods is forbidden: User "me" cannot list'})
    })

    it('kubectl itself refuses to write', async () => {
      expect((await readLive(world, 'post')).said.posted).to.equal(403)
      expect(pages.requests.every(({method}) => method === 'GET')).to.equal(true)
    })

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      it(`${signal} ends us and kubectl`, async () => {
        const outcome = await readLive(world, 'slow', [], {signal: {name: signal, when: () => pages.requests.length > 1}})
        expect([outcome.signal, outcome.stdout]).to.deep.equal([signal, ''])
      })

    it('an exception that nobody catches leaves nothing either', async () => {
      const outcome = await readLive(world, 'throw')
      expect([outcome.status, outcome.stderr.includes('a bug of ours')]).to.deep.equal([1, true])
    })

    it('a kubectl that dies half-way: the rest is said to be missing', async () => {
      const {said} = await readLive(world, 'kill')
      expect(said.outcome?.outcome).to.equal('partial')
      expect(said.outcome?.detail).to.match(/^stopped at pods page \d: kubectl proxy /)
      expect(said.items).to.be.within(250, 1250)
    })

    it('a server out of reach, a file without a cluster, a context that is not there', async () => {
      world.kubeconfig(plain('http://127.0.0.1:1'))
      const unreachable = await readLive(world, 'read')
      expect([unreachable.status, unreachable.said.code]).to.deep.equal([4, 'server-unreachable'])
      expect(unreachable.said.message).to.match(/^"http:\/\/127\.0\.0\.1:1" gave no answer: .*refused/)
      expect((await readLive(world, 'read', ['--context', 'gone'])).said).to.deep.equal({code: 'no-cluster', message: 'there is no cluster for the context "gone"'})
      world.kubeconfig({apiVersion: 'v1', kind: 'Config'})
      expect((await readLive(world, 'read')).said.code).to.equal('no-cluster')
    })

    it('kubectl that is not there', async () => {
      const outcome = await world.bare(['--import', TSX, PROGRAM, 'read', '/nowhere/kubectl'], {kubectl: process.execPath})
      expect(JSON.parse(outcome.stdout)).to.include({code: 'kubectl-missing'})
    })

    it('an unknown helper: nothing runs, nothing is contacted', async () => {
      const server = await world.server('home')
      world.canary('stranger')
      world.kubeconfig(simple(server, exec('stranger')))
      const {said, ranCanaries, requests, status} = await readLive(world, 'read')
      expect([status, ranCanaries, requests]).to.deep.equal([1, [], []])
      expect(said.denied?.join('\n')).to.include('stranger')
    })

    it('a trusted helper runs once, its words reach the person, and flags of kubectl reach the server', async () => {
      const server = await world.server('home')
      world.trust([trusted(world.canary('helper', {before: 'echo "open https://login.example and type ABCD" >&2'}), [server])])
      world.kubeconfig(simple(server, exec('helper')))
      const {said, runs, requests, stderr} = await readLive(world, 'read', ['--as', 'auditor'])
      expect(said.outcome?.outcome).to.equal('complete')
      expect([runs.length, stderr]).to.deep.equal([1, 'open https://login.example and type ABCD\n'])
      expect(new Set(requests.map(({authorization, impersonateUser}) => `${authorization} ${impersonateUser}`))).to.deep.equal(new Set(['Bearer token-of-helper auditor']))
    })
  })
}

function plain(server: string): object {
  return {
    apiVersion: 'v1', kind: 'Config', 'current-context': 'c',
    clusters: [{name: 'c', cluster: {server}}], users: [{name: 'u', user: {token: 'x'}}], contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
  }
}
