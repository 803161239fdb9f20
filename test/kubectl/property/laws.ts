import {expect} from 'chai'
import {expectOurWords} from '../../support/case-table.js'
import {tokenOf} from '../../support/canary.js'
import type {Outcome, World} from '../../support/world.js'

/** Plugins that a person may start by typing their name: then no credential is asked of them. */
const PLUGINS = ['plug', 'evil-plug']

export interface Subject {
  world: World
  argv: readonly string[]
  outcome: Outcome
}

/** Laws 1 and 3: the one trusted helper, by its own path and without foreign code in it, or nothing. */
export function expectOnlyTrusted({world, argv, outcome}: Subject): void {
  for (const {name, argv: words, env} of outcome.runs) {
    const seen = JSON.stringify({name, words, env, status: outcome.status, stderr: outcome.stderr}).slice(0, 1500)
    if (PLUGINS.includes(name)) {
      expect(env['KUBERNETES_EXEC_INFO'], `a plugin was asked for a credential: ${seen}`).to.equal('')
      expect(argv.join(' '), `a plugin that nobody typed ran: ${seen}`).to.include(name)
      continue
    }
    expect(name, `law 1: an untrusted program ran: ${seen}`).to.equal('helper')
    expect(words[0], `law 1: the helper ran by another path: ${seen}`).to.equal(`${world.bin}/helper`)
    expect(env['LD_PRELOAD'], `law 1: foreign code in the helper: ${seen}`).to.equal('')
    expect(env['PATH'], `law 1: foreign or relative directories on the helper's PATH: ${seen}`).to.match(/^\/[^:]*(:\/[^:]*)*$/)
  }
}

/** Law 2: each secret at its own server, or where the person typed that it should go. */
export function expectSecretsAtHome({world, argv, outcome}: Subject): void {
  const typed = world.servers.filter(({port}) => argv.some(word => word.includes(`:${port}`))).map(({name}) => name)
  for (const request of outcome.requests) {
    const text = JSON.stringify(request)
    expect(text, 'law 2: the content of a private file left').to.not.match(/hush-(vault|key)/)
    if (request.server !== 'home') expect(text, "law 2: the helper's token left").to.not.include(tokenOf('helper'))
    if (request.server !== 'home' && !typed.includes(request.server)) expect(text, 'law 2: a static token left').to.not.match(/hush-(fixed|beside)/)
  }
}

/** Laws 4 and 5 for a run that the guard stopped: nothing happened, and only our words were said. */
export function expectStopped({argv, outcome}: Subject): void {
  const seen = JSON.stringify({status: outcome.status, stdout: outcome.stdout, stderr: outcome.stderr}).slice(0, 1500)
  expect(outcome.status, `the guard itself failed: ${seen}`).to.equal(126)
  expect(outcome.runs, `stopped, and yet something ran: ${seen}`).to.deep.equal([])
  expect(outcome.requests, `stopped, and yet something was asked: ${seen}`).to.deep.equal([])
  expect(outcome.stdout, seen).to.equal('')
  const isCompletion = argv.some(word => word.startsWith('__complete'))
  if (!isCompletion || outcome.stderr !== '') expectOurWords(outcome.stderr)
}
