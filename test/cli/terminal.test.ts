import {expect} from 'chai'
import {accessSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {CliWorld} from '../support/cli-world.js'
import {execUser, inCliWorld, oneContext} from '../support/cli-world.js'
import {GUARD} from '../support/world.js'

const PYTHON = ['/usr/bin/python3', '/usr/local/bin/python3'].find(path => {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
})
const DRIVER = fileURLToPath(new URL('../support/on-terminal.py', import.meta.url))

interface Step {
  /** Wait until the screen shows this. */
  await?: string
  type: string
  /** Seconds to wait before typing. */
  after?: number
}

interface Played {
  status: number
  screen: string
  left: Step[]
}

async function play(world: CliWorld, argv: readonly string[], steps: readonly Step[]): Promise<Played> {
  const driver = [DRIVER, JSON.stringify(steps), '--', process.execPath, GUARD, ...argv]
  const {stdout, stderr} = await world.bare(driver, {kubectl: PYTHON ?? '', env: {TERM: 'xterm'}})
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Played
}

const onGuard = (world: CliWorld, steps: readonly Step[]): Promise<Played> => play(world, ['guard', '--kubectl', world.kubectl, '--', 'get', 'pods'], steps)
const onTrust = (world: CliWorld, steps: readonly Step[], ...words: string[]): Promise<Played> => play(world, ['kubeconfig', 'trust', ...words], steps)

function unknown(world: CliWorld): void {
  world.canary('helper')
  world.kubeconfig(oneContext({user: execUser('helper', ['login'])}))
}

async function decisions(world: CliWorld): Promise<number> {
  const {stdout} = await world.k121(['kubeconfig', 'trusted', '-o', 'json'])
  return (JSON.parse(stdout) as {decisions: object[]}).decisions.length
}

const QUESTION = 'anything else for no: '

describe('on a terminal', () => {
  if (PYTHON === undefined) {
    it.skip('python3 is not installed: nothing else here can open a terminal')
    return
  }

  describe('the guard asks about an unknown plugin', () => {
    it('and "trust" lets it run, from then on', () => inCliWorld(async world => {
      unknown(world)
      const {status, screen} = await onGuard(world, [{await: QUESTION, type: 'trust\n'}])
      expect(status, screen).to.equal(0)
      for (const text of [join(world.bin, 'helper'), '"login"', 'https://api.cluster.test:6443', 'stand-in for kubectl: get pods']) expect(screen).to.include(text)
      expect([await decisions(world), (await world.guard(['get', 'pods'])).status]).to.deep.equal([1, 0])
    }))

    it('and "once" lets it run this time', () => inCliWorld(async world => {
      unknown(world)
      expect((await onGuard(world, [{await: QUESTION, type: 'once\n'}])).status).to.equal(0)
      expect([await decisions(world), (await world.guard(['get', 'pods'])).status]).to.deep.equal([0, 126])
    }))

    for (const answer of ['\n', 'y\n', 'yes\n', 'TRUST\n', 'trust me\n', 'trusted\n', '\u0004', 'trust\u0008\u0008x\n']) {
      it(`and ${JSON.stringify(answer)} denies`, () => inCliWorld(async world => {
        unknown(world)
        const {status, screen} = await onGuard(world, [{await: QUESTION, type: answer}])
        expect(status, screen).to.equal(126)
        expect(screen).to.not.include('stand-in')
        expect(await decisions(world)).to.equal(0)
      }))
    }

    it('and what was typed before the question is no answer', () => inCliWorld(async world => {
      unknown(world)
      const {status, screen} = await onGuard(world, [{type: 'trust\ntrust\n'}, {await: QUESTION, type: '\n', after: 0.3}])
      expect(status, screen).to.equal(126)
      expect(await decisions(world)).to.equal(0)
    }))

    it('on at most one screen, in plain characters', () => inCliWorld(async world => {
      world.canary('helper')
      world.kubeconfig(oneContext({user: execUser('helper', Array.from({length: 50}, (_, index) => `${index}${'x'.repeat(200)}`))}))
      const {screen} = await onGuard(world, [{await: QUESTION, type: '\n'}])
      const asked = screen.slice(0, screen.indexOf(QUESTION))
      expect(asked.split('\n').length).to.be.lessThan(16)
      expect(asked.length).to.be.lessThan(80 * 24)
    }))
  })

  it('the guard never asks about what is dangerous', () => inCliWorld(async world => {
    world.canary('touch')
    world.kubeconfig(oneContext({user: execUser('touch', ['/tmp/lorem'])}))
    const {status, screen, left} = await onGuard(world, [{await: QUESTION, type: 'trust\n'}])
    expect([status, left.length], screen).to.deep.equal([126, 1])
  }))

  it('trust asks, and takes yes and no', () => inCliWorld(async world => {
    unknown(world)
    const no = await onTrust(world, [{await: 'Let it run?', type: '\r'}])
    expect([no.status, await decisions(world)], no.screen).to.deep.equal([0, 0])
    const yes = await onTrust(world, [{await: 'Let it run?', type: 'y\r', after: 0.3}])
    expect([yes.status, await decisions(world)], yes.screen).to.deep.equal([0, 1])
  }))

  it('trust asks in other words about what is dangerous, and not without --dangerous', () => inCliWorld(async world => {
    world.canary('touch')
    world.kubeconfig(oneContext({user: execUser('touch', ['/tmp/lorem'])}))
    const unasked = await onTrust(world, [{await: 'Let it run', type: 'y\r'}])
    expect([unasked.status, unasked.left.length], unasked.screen).to.deep.equal([1, 1])
    const asked = await onTrust(world, [{await: 'DANGEROUS', type: 'y\r', after: 0.3}], '--dangerous')
    expect([asked.status, await decisions(world)], asked.screen).to.deep.equal([0, 1])
  }))

  it('an audit says at once what it waits for, and clears that line before anything else is said', () => inCliWorld(async world => {
    world.kubeconfig(oneContext({user: 'token: x'}))
    const {status, screen} = await play(world, ['audit', '--kubectl', world.kubectl], [])
    expect(status).to.equal(4)
    // oxlint-disable-next-line no-control-regex
    expect(screen).to.match(/\r\u001b\[Kreading \/version\r\u001b\[K(?:[^\n]*\n)*(?:\r\u001b\[K)*error: /)
  }))
})
