import {expect} from 'chai'
import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {CliWorld} from '../support/cli-world.js'
import {execUser, inCliWorld, oneContext} from '../support/cli-world.js'
import {GUARD} from '../support/world.js'

const RECORDER = fileURLToPath(new URL('../support/record-modules.cjs', import.meta.url))
const ROOT = dirname(dirname(GUARD))
/** The running Node, and others where they are named. */
const NODES = [process.execPath, ...(process.env['K121_NODES'] ?? '').split(':').filter(path => path !== '')]
const COSTLY = ['net', 'tls', 'https', 'http', 'http2', 'dns', 'dgram', 'readline', 'repl', 'inspector', 'worker_threads', 'child_process']

interface Loaded {
  hasExecve: boolean
  builtins: string[]
  files: string[]
}

/** Node itself stands in for kubectl: a native program everywhere, and it runs the script `get` of the working directory. */
async function load(world: CliWorld, node: string): Promise<Loaded> {
  const record = join(world.root, 'record.json')
  const argv = ['--require', RECORDER, GUARD, 'guard', '--kubectl', node, '--', 'get', 'pods']
  const outcome = await world.bare(argv, {kubectl: node, env: {K121_RECORD: record}})
  expect([outcome.status, outcome.stdout, outcome.stderr]).to.deep.equal([0, 'stand-in for kubectl: pods', ''])
  const loaded = JSON.parse(readFileSync(record, 'utf8')) as Loaded
  return {...loaded, files: loaded.files.map(file => file.slice(ROOT.length + 1)).sort()}
}

function arrange(world: CliWorld): void {
  writeFileSync(join(world.cwd, 'get'), "process.stdout.write('stand-in for kubectl: ' + process.argv.slice(2).join(' '))")
  world.canary('aws')
  world.kubeconfig(oneContext({user: execUser('aws', ['eks', 'get-token', '--cluster-name', 'x']), server: 'https://abc.gr7.eu-west-1.eks.amazonaws.com'}))
}

for (const node of NODES) {
  describe(`what the guard loads, with ${node}`, () => {
    it('two small files on a warm run, one more on a cold one; no network, no oclif, no second process after execve', () => inCliWorld(async world => {
      arrange(world)
      const cold = await load(world, node)
      // The first use recorded the server's authority: the second run judges once more.
      await load(world, node)
      const warm = await load(world, node)
      expect(cold.files).to.deep.equal(['bin/run.js', 'dist/guard-cold.cjs', 'dist/guard.cjs'])
      expect(warm.files).to.deep.equal(['bin/run.js', 'dist/guard.cjs'])
      // Without execve a careful spawn has to do, and spawn needs pipes and sockets.
      const allowed = warm.hasExecve ? [] : ['child_process', 'net', 'dgram']
      expect(warm.builtins.filter(name => COSTLY.includes(name) && !allowed.includes(name))).to.deep.equal([])
      expect(cold.builtins.filter(name => COSTLY.includes(name) && !['child_process', 'net', 'dgram'].includes(name))).to.deep.equal([])
    }))
  })
}

describe('the bundles of the guard', () => {
  it('hold no package', () => {
    for (const name of ['guard.cjs', 'guard-cold.cjs']) {
      const text = readFileSync(join(ROOT, 'dist', name), 'utf8')
      const required = [...text.matchAll(/require\("([^"]+)"\)/g)].map(match => match[1] ?? '').filter(id => !id.startsWith('node:'))
      expect(required.filter(id => id !== './guard-cold.cjs'), name).to.deep.equal([])
      for (const name of ['@oclif', 'inquirer', 'execa']) expect(text).to.not.include(name)
    }
  })
})
