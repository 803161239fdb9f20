import {expect} from 'chai'
import {existsSync, readFileSync, statSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import type {CliWorld} from '../support/cli-world.js'
import {execUser, FINGERPRINT, inCliWorld, isCalm, oneContext, SERVER} from '../support/cli-world.js'

const trust = (...words: string[]): string[] => ['kubeconfig', 'trust', ...words]
const ID = /trust --id ([0-9a-f]{12})/

/** The home file of a machine with one program that nobody knows. */
function unknown(world: CliWorld, args: readonly string[] = []): string {
  world.canary('helper')
  return world.kubeconfig(oneContext({user: execUser('helper', args)}))
}

interface TrustedList {
  decisions: {id: string; once?: boolean; expires?: string; dangerous?: boolean; pin: {args: string[]; path: string; server: string}}[]
  servers: {server: string; ca: string[]}[]
}

async function trusted(world: CliWorld): Promise<TrustedList> {
  return JSON.parse((await world.k121(['kubeconfig', 'trusted', '-o', 'json'])).stdout) as TrustedList
}

async function idOf(world: CliWorld, argv: readonly string[] = ['get', 'pods']): Promise<string> {
  const {status, stderr, stdout} = await world.guard(argv)
  expect([status, stdout], stderr).to.deep.equal([126, ''])
  return ID.exec(stderr)?.[1] ?? `no id in ${stderr}`
}

const getsThrough = async (world: CliWorld, argv: readonly string[] = ['get', 'pods']): Promise<boolean> => (await world.guard(argv)).status === 0

describe('kubeconfig trust, trusted, untrust', () => {
  it('lets through what the guard refused under an id, and takes it back', () => inCliWorld(async world => {
    unknown(world)
    const id = await idOf(world)
    const answer = await world.k121(trust('--id', id, '--yes'))
    expect([answer.status, answer.stderr]).to.deep.equal([0, ''])
    for (const word of [join(world.bin, 'helper'), SERVER, FINGERPRINT, /sha256 +[0-9a-f]{64}/, `trusted ${id}`]) expect(answer.stdout).to.match(word instanceof RegExp ? word : new RegExp(word.replaceAll('.', '\\.')))
    expect(await getsThrough(world)).to.equal(true)
    expect((await trusted(world)).decisions.map(one => one.id)).to.deep.equal([id])
    expect((await world.k121(['kubeconfig', 'trusted'])).stdout).to.include(id)
    expect((await world.k121(['kubeconfig', 'untrust', id])).status).to.equal(0)
    expect(await getsThrough(world)).to.equal(false)
    expect((await world.k121(['kubeconfig', 'untrust', id])).status).to.equal(2)
  }))

  it('asks again after any change of the stanza or the script', () => inCliWorld(async world => {
    const file = unknown(world)
    await world.k121(trust('--yes'))
    expect(await getsThrough(world)).to.equal(true)
    world.file(file, oneContext({user: execUser('helper', ['more'])}))
    expect(await getsThrough(world)).to.equal(false)
    unknown(world)
    expect(await getsThrough(world)).to.equal(true)
    world.canary('helper', {remark: 'changed'})
    expect(await getsThrough(world)).to.equal(false)
  }))

  it('without a terminal or --yes: 4, and nothing is decided', () => inCliWorld(async world => {
    unknown(world)
    const outcome = await world.k121(trust())
    expect([outcome.status, isCalm(outcome)]).to.deep.equal([4, true])
    expect(outcome.stderr).to.match(/^error: there is no terminal to ask on\n {2}.*--yes/)
    expect((await trusted(world)).decisions).to.deep.equal([])
  }))

  it('--dangerous is needed for what is dangerous, and loader variables stay refused', () => inCliWorld(async world => {
    world.canary('sh')
    const file = world.kubeconfig(oneContext({user: execUser('sh', ['-c', 'id'])}))
    const refused = await world.k121(trust('--yes'))
    expect([refused.status, (await trusted(world)).decisions.length]).to.deep.equal([1, 0])
    expect(refused.stderr).to.include('graded dangerous')
    expect((await world.k121(trust('--yes', '--dangerous'))).status).to.equal(0)
    expect((await trusted(world)).decisions.map(one => one.dangerous)).to.deep.equal([true])
    expect(await getsThrough(world)).to.equal(true)
    world.file(file, oneContext({user: execUser('sh', ['-c', 'id']).replace('args:', 'env: [{name: LD_PRELOAD, value: /x.so}], args:')}))
    const never = await world.k121(trust('--yes', '--dangerous'))
    expect(never.status).to.equal(1)
    expect(never.stderr).to.include('no decision can lift this')
    expect(await getsThrough(world)).to.equal(false)
  }))

  it('--once is used up by one command', () => inCliWorld(async world => {
    unknown(world)
    await world.k121(trust('--yes', '--once'))
    expect([await getsThrough(world), await getsThrough(world)]).to.deep.equal([true, false])
  }))

  it('--once is used up by one of many at the same time', () => inCliWorld(async world => {
    unknown(world)
    await world.k121(trust('--yes', '--once'))
    const through = await Promise.all(Array.from({length: 5}, () => getsThrough(world)))
    expect(through.filter(Boolean)).to.have.length(1)
  }))

  it('--expires', () => inCliWorld(async world => {
    unknown(world)
    const before = Date.now()
    await world.k121(trust('--yes', '--expires', '8h'))
    const [decision] = (await trusted(world)).decisions
    expect(Date.parse(decision?.expires ?? '') - before).to.be.within(8 * 3600e3, 8 * 3600e3 + 60e3)
    for (const wrong of ['8', '0h', '-1h', '8w', '1e3m', '']) expect((await world.k121(trust('--yes', '--expires', wrong))).status, wrong).to.equal(2)
    // Time goes on for warm runs too.
    expect(await getsThrough(world)).to.equal(true)
    const file = join(world.xdg.state, 'k121/decisions.json')
    world.file(file, readFileSync(file, 'utf8').replace(decision?.expires ?? '', new Date(Date.now() - 1000).toISOString()))
    expect(await getsThrough(world)).to.equal(false)
  }))

  it('--user, --all and FILE choose', () => inCliWorld(async world => {
    world.canary('helper')
    world.canary('other')
    const two = oneContext({user: execUser('helper')}).replace('users:', `- name: second\n  context: {cluster: main, user: you}\nusers:\n- name: you\n  user: {${execUser('other')}}`)
    const file = world.file('two', two)
    expect((await world.k121(trust(file, '--user', 'nobody', '--yes'))).status).to.equal(2)
    await world.k121(trust(file, '--user', 'you', '--yes'))
    expect((await trusted(world)).decisions.map(({pin}) => pin.path)).to.deep.equal([join(world.bin, 'other')])
    await world.k121(trust('--kubeconfig', file, '--all', '--yes'))
    expect((await trusted(world)).decisions).to.have.length(2)
    expect((await world.k121(trust(file, '--yes'))).stdout).to.include('Nothing to decide')
    for (const words of [['--user', 'a', '--all'], ['--id', '0123456789ab', '--all'], ['--once', '--expires', '8h'], ['--once', '--share']]) expect((await world.k121(trust(...words))).status, words.join(' ')).to.equal(2)
    expect((await world.k121(trust('--id', '0123456789ab', '--yes'))).status).to.equal(2)
  }))

  it('--share writes an entry for people: comments, order and a link stay', () => inCliWorld(async world => {
    unknown(world, ['login'])
    const real = world.file('dotfiles/trust.yaml', '# ours\napiVersion: k121.dev/v1\nkind: TrustPolicy\n# why\nplugins:\n  - command: tsh # of the office\n    args: any\n')
    world.directory(join(world.xdg.config, 'k121'))
    symlinkSync(real, join(world.xdg.config, 'k121/trust.yaml'))
    expect((await world.k121(trust('--share', '--yes'))).stdout).to.include('listed')
    const text = readFileSync(real, 'utf8')
    for (const part of ['# ours', '# why', '# of the office', join(world.bin, 'helper'), SERVER, FINGERPRINT]) expect(text).to.include(part)
    expect((await trusted(world)).decisions).to.deep.equal([])
    expect(await getsThrough(world)).to.equal(true)
    expect(existsSync(join(world.xdg.config, 'k121/trust.yaml'))).to.equal(true)
  }))

  it('--share makes the file that is missing, for this user alone; --trust-file names another', () => inCliWorld(async world => {
    unknown(world)
    await world.k121(trust('--share', '--yes'))
    expect(statSync(join(world.xdg.config, 'k121/trust.yaml')).mode & 0o777).to.equal(0o600)
    const other = join(world.root, 'other.yaml')
    await world.k121(trust('--share', '--yes', '--trust-file', other))
    expect(readFileSync(other, 'utf8')).to.include(join(world.bin, 'helper'))
    const broken = world.file('broken.yaml', 'kind: [')
    expect((await world.k121(trust('--share', '--yes', '--trust-file', broken))).status).to.equal(4)
    expect(readFileSync(broken, 'utf8')).to.equal('kind: [')
  }))

  it('many at the same time lose nothing', () => inCliWorld(async world => {
    const names = Array.from({length: 6}, (_, index) => `helper${index}`)
    const files = names.map(name => {
      world.canary(name)
      return world.file(name, oneContext({user: execUser(name)}))
    })
    const outcomes = await Promise.all(files.map(file => world.k121(trust(file, '--yes'))))
    expect(outcomes.map(({status}) => status)).to.deep.equal(names.map(() => 0))
    expect((await trusted(world)).decisions.map(({pin}) => pin.path.split('/').at(-1)).sort()).to.deep.equal(names)
    const shared = await Promise.all(files.map(file => world.k121(trust(file, '--yes', '--share'), {env: {XDG_STATE_HOME: join(world.root, 'other-state')}})))
    expect(shared.map(({status}) => status)).to.deep.equal(names.map(() => 0))
    const text = readFileSync(join(world.xdg.config, 'k121/trust.yaml'), 'utf8')
    for (const name of names) expect(text).to.include(join(world.bin, name))
  }))

  it('shows no secret of the arguments', () => inCliWorld(async world => {
    unknown(world, ['--password', 'hush', '--client-secret=hush'])
    const said = [await world.guard(['get', 'pods']), await world.k121(trust('--yes')), await world.k121(['kubeconfig', 'trusted']), await world.k121(['kubeconfig', 'trusted', '-o', 'json'])]
    for (const {stdout, stderr} of said) expect(stdout + stderr).to.not.include('hush')
    expect(await getsThrough(world)).to.equal(true)
  }))

  it('trusted says that there is nothing; damaged decisions stop everything', () => inCliWorld(async world => {
    unknown(world)
    const empty = await world.k121(['kubeconfig', 'trusted'])
    expect([empty.status, empty.stdout, empty.stderr]).to.deep.equal([0, '', 'No decisions.\n'])
    world.file(join(world.xdg.state, 'k121/decisions.json'), '{"decisions": []}')
    for (const argv of [['kubeconfig', 'trusted'], trust('--yes'), ['kubeconfig', 'verify'], ['kubeconfig', 'untrust', 'x']]) {
      const outcome = await world.k121(argv)
      expect([argv.join(' '), outcome.status, isCalm(outcome)], outcome.stderr).to.deep.equal([argv.join(' '), 4, true])
    }
    expect((await world.guard(['get', 'pods'])).status).to.equal(126)
    expect((await world.k121(['kubeconfig', 'trusted', '-o', 'xml'])).status).to.equal(2)
  }))

  it('forgets the authority of a server', () => inCliWorld(async world => {
    world.canary('aws')
    const server = 'https://abc.gr7.eu-west-1.eks.amazonaws.com'
    world.kubeconfig(oneContext({user: execUser('aws', ['eks', 'get-token', '--cluster-name', 'x']), server}))
    const first = await world.guard(['get', 'pods'])
    expect(first.status, first.stderr).to.equal(0)
    expect((await trusted(world)).servers).to.deep.include.members([{...(await trusted(world)).servers[0], server, ca: [FINGERPRINT]}])
    expect((await world.k121(['kubeconfig', 'untrust', server])).status).to.equal(0)
    expect((await trusted(world)).servers).to.deep.equal([])
  }))
})
