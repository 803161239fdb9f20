import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {accessSync, constants, readdirSync, realpathSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'
import {expectRefused} from '../support/case-table.js'
import {reasonWithoutOpenssl} from '../support/certificates.js'
import {exec, simple, trusted} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'
import {createWorld} from '../support/world.js'

/**
 * The Google Cloud SDK's kubectl asks the server for its version before every
 * command, with credentials and its own reading of argv, then starts a sibling
 * `kubectl.1.NN`. Found without a request: by its siblings or its version.
 */
function findDispatcher(): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).filter(directory => directory.startsWith('/')).map(directory => join(directory, 'kubectl'))
  return candidates.find(path => isExecutable(path) && (hasSiblings(path) || saysDispatcher(path)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function hasSiblings(path: string): boolean {
  return readdirSync(dirname(realpathSync(path))).some(name => /^kubectl\.1\.\d+$/.test(name))
}

function saysDispatcher(path: string): boolean {
  try {
    const env = {HOME: '/nonexistent', KUBECONFIG: '/nonexistent/config'}
    return execFileSync(path, ['version', '--client', '--server=http://127.0.0.1:1'], {env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).includes('dispatcher')
  } catch {
    return false
  }
}

async function trustedWorld(world: World): Promise<void> {
  const server = await world.server('home')
  world.trust([trusted(world.canary('helper'), [server])])
  world.kubeconfig(simple(server, exec('helper')))
}

describe('the dispatcher build of kubectl', () => {
  const dispatcher = findDispatcher()
  const reason = dispatcher === undefined ? 'no Google Cloud SDK kubectl in PATH' : reasonWithoutOpenssl()
  if (reason !== null) {
    it.skip(reason)
    return
  }

  const inDispatcherWorld = (name: string, body: (world: World) => Promise<void>): void => {
    it(name, async () => {
      const world = createWorld(dispatcher!)
      try {
        await trustedWorld(world)
        await body(world)
      } finally {
        await world.close()
      }
    })
  }

  for (const argv of [['get', 'pods'], ['help'], ['config', 'view'], ['version', '--client']]) {
    inDispatcherWorld(`bare: the helper runs for ${argv.join(' ')}`, async world => {
      expect((await world.bare(argv)).ranCanaries).to.deep.equal(['helper'])
    })
    inDispatcherWorld(`guard: refused for ${argv.join(' ')}, although the helper is trusted`, async world => {
      const outcome = await world.guarded(argv)
      expect([125, 126]).to.include(outcome.status)
      expectRefused(outcome, {status: outcome.status as 125 | 126, says: /dispatcher|Google/i})
    })
  }

  inDispatcherWorld('guard: refused when it is found in PATH', async world => {
    const outcome = await world.k121(['guard', '--', 'get', 'pods'], {env: {PATH: `${world.bin}:${dirname(dispatcher!)}`}})
    expect([125, 126]).to.include(outcome.status)
    expectRefused(outcome, {status: outcome.status as 125 | 126, says: /dispatcher|Google/i})
  })
})
