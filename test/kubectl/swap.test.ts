import {expect} from 'chai'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {shellQuote, writeCanary} from '../support/canary.js'
import {authority} from '../support/certificates.js'
import {authorizations, bearer, forEachKubectl, inWorld} from '../support/case-table.js'
import {exec, simple, trusted} from '../support/kubeconfigs.js'
import type {Outcome, World} from '../support/world.js'

/**
 * Law 3, as sharp as it gets: the swap happens between the judgement and
 * kubectl's first instruction, because a script in kubectl's place does it.
 */
interface Swap {
  name: string
  /** Prepares the world; returns the shell lines that swap. */
  arrange(world: World): Promise<string>
  /** Bare kubectl behind the same script: the danger is real. */
  bare(outcome: Outcome): void
  guard(outcome: Outcome): void
  /** The guard may refuse before anything is swapped. */
  mayBeRefused?: boolean
}

const copy = (from: string, to: string): string => `/bin/cp -f ${shellQuote(from)} ${shellQuote(to)}`
const ran = (names: readonly string[]) => ({ranCanaries}: Outcome): void => void expect(ranCanaries).to.deep.equal(names)
const never = (name: string) => ({ranCanaries}: Outcome): void => void expect(ranCanaries).to.not.include(name)
const sends = (wanted: object) => (outcome: Outcome): void => void expect(authorizations(outcome)).to.deep.equal(wanted)
const neverSends = (header: string) => ({requests}: Outcome): void => void expect(requests.map(({authorization}) => authorization)).to.not.include(header)

/** A trusted helper at a listed server. */
async function settled(world: World, entry: object = {}): Promise<void> {
  const server = await world.server('home')
  world.trust([trusted(world.canary('helper'), [server], entry)])
  world.kubeconfig(simple(server, exec('helper')))
}

const swaps: Swap[] = [
  {
    name: 'the kubeconfig names another helper',
    async arrange(world) {
      await settled(world)
      world.canary('touch')
      const other = world.file('home/other', simple(world.servers[0]!, exec('touch')))
      return copy(other, join(world.home, '.kube/config'))
    },
    bare: ran(['touch']),
    guard: ran(['helper']),
  },
  {
    name: 'the kubeconfig names another server',
    async arrange(world) {
      await settled(world)
      const other = world.file('home/other', simple(await world.server('evil', {ca: 'second'}), exec('helper')))
      return copy(other, join(world.home, '.kube/config'))
    },
    bare: sends({evil: [bearer('helper')]}),
    guard: sends({home: [bearer('helper')]}),
  },
  {
    name: 'an earlier PATH directory gets a helper of the same name',
    async arrange(world) {
      await settled(world)
      const early = world.directory('home/early')
      return copy(writeCanary(join(world.home, 'planted'), 'planted', {log: world.log}), join(early, 'helper'))
    },
    bare: ran(['planted']),
    guard: ran(['helper']),
  },
  {
    name: 'the script with a digest in trust.yaml is rewritten in place',
    async arrange(world) {
      const {createHash} = await import('node:crypto')
      const {readFileSync} = await import('node:fs')
      const sha256 = createHash('sha256').update(readFileSync(world.canary('helper'))).digest('hex')
      await settled(world, {sha256})
      return copy(writeCanary(join(world.home, 'planted'), 'planted', {log: world.log}), join(world.bin, 'helper'))
    },
    bare: ran(['planted']),
    guard: never('planted'),
  },
  {
    name: 'the script that a decision pins is rewritten in place',
    async arrange(world) {
      world.canary('helper')
      const file = world.kubeconfig(simple(await world.server('home'), exec('helper')))
      world.trust([])
      // Decides only where our program exists: the bare half needs no decision.
      await world.k121(['kubeconfig', 'trust', file, '--user', 'me', '--yes'])
      return copy(writeCanary(join(world.home, 'planted'), 'planted', {log: world.log}), join(world.bin, 'helper'))
    },
    bare: ran(['planted']),
    guard: never('planted'),
  },
  {
    name: 'the CA file becomes the CA of the attacker who answers at the listed address',
    async arrange(world) {
      const server = await world.server('home', {ca: 'second'})
      world.trust([{command: world.canary('helper'), args: 'any', servers: [{url: server.url, ca: authority('first').fingerprint}]}])
      const ca = world.file('home/.kube/ca.crt', authority('first').certificate)
      world.kubeconfig(simple(server, exec('helper'), {'certificate-authority-data': undefined, 'certificate-authority': ca}))
      return copy(world.file('home/second.crt', authority('second').certificate), ca)
    },
    bare: sends({home: [bearer('helper')]}),
    guard: neverSends(bearer('helper')),
  },
  {
    name: 'the token file beside the kubeconfig becomes a link to a secret',
    async arrange(world) {
      const secret = world.file('home/.vault-token', 'hush-vault')
      const token = world.file('home/.kube/token', 'hush-own')
      world.kubeconfig(simple(await world.server('evil'), {tokenFile: 'token'}))
      return `/bin/ln -sf ${shellQuote(secret)} ${shellQuote(token)}`
    },
    bare: sends({evil: ['Bearer hush-vault']}),
    guard: neverSends('Bearer hush-vault'),
  },
  ...[
    {what: 'too large for a copy', token: 'token', content: 'x'.repeat(100_000)},
    {what: "below a directory named like a pod's", token: 'secrets/kubernetes.io/serviceaccount/token', content: 'hush-own'},
  ].map(({what, token, content}): Swap => ({
    name: `a token file ${what} becomes a link to a secret`,
    async arrange(world) {
      const secret = world.file('home/.vault-token', 'hush-vault')
      const path = world.file(`home/.kube/${token}`, content)
      world.kubeconfig(simple(await world.server('evil'), {tokenFile: token}))
      return `/bin/ln -sf ${shellQuote(secret)} ${shellQuote(path)}`
    },
    bare: sends({evil: ['Bearer hush-vault']}),
    guard: neverSends('Bearer hush-vault'),
    mayBeRefused: true,
  })),
  {
    name: 'a kuberc appears',
    async arrange(world) {
      await settled(world)
      world.canary('touch')
      const evil = world.file('home/other', simple(world.servers[0]!, exec('touch')))
      const rc = {apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference', defaults: [{command: 'get', options: [{name: 'kubeconfig', default: evil}]}]}
      return copy(world.file('home/rc', rc), join(world.home, '.kube/kuberc'))
    },
    bare: ({ranCanaries}) => void expect([['touch'], ['helper']]).to.deep.include(ranCanaries),
    guard: ran(['helper']),
  },
]

forEachKubectl('a swap after the judgement', minor => {
  for (const {name, arrange, bare, guard, mayBeRefused = false} of swaps) {
    for (const half of ['bare', 'guard'] as const) {
      inWorld(`${half}: ${name}`, minor, async world => {
        const lines = await arrange(world)
        const marker = join(world.root, 'swapped')
        const kubectl = world.script('swapping-kubectl', `${lines}\n: > ${shellQuote(marker)}\nexec ${shellQuote(world.kubectl)} "$@"`, world.root)
        const options = {kubectl, env: {PATH: `${join(world.home, 'early')}:${world.bin}`}}
        const outcome = half === 'bare' ? await world.bare(['get', 'pods'], options) : await world.guarded(['get', 'pods'], options)
        const seen = `status ${outcome.status}: ${outcome.stderr}`
        if (!(mayBeRefused && half === 'guard' && outcome.status === 126)) expect(existsSync(marker), `nothing was swapped, so nothing is proved; ${seen}`).to.equal(true)
        if (half === 'bare') bare(outcome)
        else guard(outcome)
      })
    }
  }
})
