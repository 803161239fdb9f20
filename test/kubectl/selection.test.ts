import {expect} from 'chai'
import {join} from 'node:path'
import type {Case, Scene} from '../support/case-table.js'
import {bearer, table} from '../support/case-table.js'
import {cluster, exec, kubeconfig, simple, trusted} from '../support/kubeconfigs.js'
import type {Outcome, World} from '../support/world.js'

/** `good` and `evil` files: the home file runs the trusted helper against `home`, the other `touch` against `evil`. */
async function twoFiles(world: World): Promise<{good: string; evil: string}> {
  const [home, evil] = [await world.server('home'), await world.server('evil', {ca: 'second'})]
  world.trust([trusted(world.canary('helper'), [home])])
  world.canary('touch')
  return {good: world.kubeconfig(simple(home, exec('helper'))), evil: world.kubeconfig(simple(evil, exec('touch')), 'home/work/evil')}
}

/** One file with both users, both clusters and the contexts between them. */
async function oneFile(world: World): Promise<void> {
  const [home, evil] = [await world.server('home'), await world.server('evil', {ca: 'second'})]
  world.trust([trusted(world.canary('helper'), [home])])
  world.canary('touch')
  world.kubeconfig(kubeconfig({
    clusters: {home: cluster(home), evil: cluster(evil)},
    users: {me: exec('helper'), mallory: exec('touch'), alice: exec('touch')},
    contexts: {main: ['home', 'me'], trap: ['evil', 'mallory'], theft: ['evil', 'me'], lost: ['home', 'nobody']},
    current: 'main',
  }))
}

const both = (argv: readonly string[], evil: Partial<Case> = {}): Case => ({
  name: argv.join(' '),
  async arrange(world) {
    await oneFile(world)
    return {argv}
  },
  bare: {ran: ['touch']},
  guard: {says: /touch/},
  ...evil,
})

const harmless = {bare: {ran: ['helper'], sent: {home: [bearer('helper')]}}, guard: 'same'} as const

/** The evil file is named in a way that only some parsers take for the flag. */
const flag = (words: (evil: string) => readonly string[], rest: Pick<Case, 'bare' | 'guard'> & Partial<Case>): Case => ({
  name: words('evil').join(' '),
  async arrange(world) {
    const {evil} = await twoFiles(world)
    return {argv: words(evil)}
  },
  ...rest,
})

const runsEvil = {bare: {ran: ['touch']}, guard: {}} as const

// kubectl is not fooled; the Google build's dispatcher is (it is refused as a whole).
const misread = {bare: {check: ({ranCanaries}: Outcome) => expect(ranCanaries).to.not.include('touch')}, guard: 'safe'} as const

const flags: Case[] = [
  flag(evil => ['get', 'pods', `--kubeconfig=${evil}`], runsEvil),
  flag(evil => ['--kubeconfig', evil, 'get', 'pods'], runsEvil),
  flag(() => ['get', 'pods', '--kubeconfig=evil'], runsEvil),
  flag(evil => ['get', 'pods', '-A', `--kubeconfig=${evil}`], runsEvil),
  flag(evil => ['get', 'pods', `--kubeconfig=${evil}x`, `--kubeconfig=${evil}`], runsEvil),
  flag(evil => ['get', 'pods', '--kubeconfig=', '--kubeconfig', evil], runsEvil),
  flag(evil => ['get', 'pods', `--kubeconfig=${evil}`, '--kubeconfig='], harmless),
  // The words that stand where a value is expected: nothing for kubectl, a connection flag for a careless reader.
  flag(evil => ['get', 'pods', '-l', `--kubeconfig=${evil}`], misread),
  flag(evil => ['get', 'pods', '-n', `--kubeconfig=${evil}`], misread),
  flag(evil => ['get', 'pods', '-o', '--kubeconfig', evil], misread),
  flag(() => ['get', 'pods', '-l', '--user=mallory'], misread),
  both(['get', 'pods', '--context=trap']),
  both(['get', 'pods', '--context', 'trap']),
  both(['--context=main', 'get', 'pods', '--context=trap']),
  both(['get', 'pods', '--user=mallory']),
  both(['get', '--user', 'mallory', 'pods']),
  both(['get', 'pods', '--cluster=evil'], {bare: {ran: ['helper'], sent: {evil: [bearer('helper')]}}, guard: {}}),
  both(['get', 'pods', '--context=theft'], {bare: {ran: ['helper'], sent: {evil: [bearer('helper')]}}, guard: {}}),
  both(['get', 'pods', '--context=trap', '--context=main'], harmless),
  both(['get', 'pods', '--user=me'], harmless),
  both(['get', 'pods', '--context='], harmless),
  both(['get', 'pods', '--context=nowhere'], {bare: {ran: [], status: 1}, guard: 'safe'}),
  both(['get', 'pods', '--context=lost'], {bare: {ran: []}, guard: {}}),
  both(['get', 'pods', '--token=hush-flag'], {bare: {ran: [], sent: {home: ['Bearer hush-flag']}}, guard: 'same'}),
  both(['get', 'pods', '--token='], harmless),
  both(['create', 'clusterrolebinding', 'b', '--clusterrole=view', '--user=alice', '--dry-run=client', '-o', 'name'], {bare: {ran: [], status: 0}, guard: 'same'}),
  both(['create', 'rolebinding', 'b', '--clusterrole=view', '--user', 'mallory', '--dry-run=client', '-o', 'name'], {bare: {ran: [], status: 0}, guard: 'same'}),
  both(['set', 'subject', 'clusterrolebinding', 'b', '--user=alice', '--dry-run=client', '--local', '-f', '-', '-o', 'name'], {
    async arrange(world) {
      await oneFile(world)
      const binding = {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: {name: 'b'}, roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view'}}
      return {argv: ['set', 'subject', '--user=alice', '--local', '-f', '-', '-o', 'yaml'], options: {input: JSON.stringify(binding)}}
    },
    bare: {ran: [], status: 0},
    guard: 'same',
  }),
]

/** `--server` in all its spellings: the trusted token goes to the evil server. */
const servers = [['-s', 'URL'], ['-sURL'], ['--server', 'URL'], ['--server=URL'], ['-As', 'URL'], ['-AsURL'], ['-A', '-s=URL']].map((form): Case => ({
  name: `get pods ${form.join(' ')}`,
  async arrange(world) {
    await oneFile(world)
    const url = world.servers[1]!.url
    return {argv: ['get', 'pods', '--insecure-skip-tls-verify', ...form.map(word => word.replace('URL', url))]}
  },
  bare: {ran: ['helper']},
  guard: {},
}))

const list = (world: World, argv: readonly string[], files: readonly string[]): Scene => ({argv, options: {env: {KUBECONFIG: files.map(file => join(world.home, file)).join(':')}}})

const lists: Case[] = [
  {
    name: 'KUBECONFIG: a hostile file in front shadows the user',
    async arrange(world) {
      await twoFiles(world)
      return list(world, ['get', 'pods'], ['work/evil', '.kube/config'])
    },
    bare: {ran: ['touch']},
    guard: {says: /touch/},
  },
  {
    name: 'KUBECONFIG: a hostile file behind changes nothing',
    async arrange(world) {
      await twoFiles(world)
      return list(world, ['get', 'pods'], ['.kube/config', 'work/evil'])
    },
    bare: {ran: ['helper'], sent: {home: [bearer('helper')]}},
    guard: 'same',
  },
  {
    name: 'KUBECONFIG: a hostile cluster for the trusted user of another file',
    async arrange(world) {
      await twoFiles(world)
      const evil = cluster(world.servers[1]!)
      world.kubeconfig(kubeconfig({clusters: {evil}, contexts: {theft: ['evil', 'me']}, current: 'theft'}), 'home/work/theft')
      return list(world, ['get', 'pods'], ['work/theft', '.kube/config'])
    },
    bare: {ran: ['helper'], sent: {evil: [bearer('helper')]}},
    guard: {},
  },
  {
    name: 'KUBECONFIG: a static token of one file for the cluster of another',
    async arrange(world) {
      const [home, evil] = [await world.server('home'), await world.server('evil', {ca: 'second'})]
      world.kubeconfig(simple(home, {token: 'hush-mine'}))
      world.kubeconfig(kubeconfig({clusters: {evil: cluster(evil)}, contexts: {theft: ['evil', 'me']}, current: 'theft'}), 'home/work/theft')
      return list(world, ['get', 'pods'], ['work/theft', '.kube/config'])
    },
    bare: {sent: {evil: ['Bearer hush-mine']}},
    guard: {},
  },
  {
    name: 'KUBECONFIG: the first file shadows the cluster',
    async arrange(world) {
      await twoFiles(world)
      world.kubeconfig(kubeconfig({clusters: {main: cluster(world.servers[1]!)}}), 'home/work/theft')
      return list(world, ['get', 'pods'], ['work/theft', '.kube/config'])
    },
    bare: {ran: ['helper'], sent: {evil: [bearer('helper')]}},
    guard: {},
  },
  {
    name: 'KUBECONFIG: an empty user in front hides the helper (and kubectl asks for a password)',
    async arrange(world) {
      await twoFiles(world)
      world.kubeconfig(kubeconfig({users: {me: {}}}), 'home/work/front')
      return list(world, ['get', 'pods'], ['work/front', '.kube/config'])
    },
    bare: {ran: []},
    guard: {},
  },
  {
    name: 'KUBECONFIG: a missing file is skipped',
    // Up to 1.27 kubectl says so on stderr with its own time stamp; 1.28 is silent.
    when: minor => minor >= 28,
    async arrange(world) {
      await twoFiles(world)
      return list(world, ['get', 'pods'], ['nothing', '.kube/config'])
    },
    bare: {ran: ['helper'], status: 0},
    guard: 'same',
  },
  {
    name: 'KUBECONFIG: a malformed file anywhere fails the command',
    async arrange(world) {
      await twoFiles(world)
      world.kubeconfig('users: [', 'home/work/broken')
      return list(world, ['get', 'pods'], ['.kube/config', 'work/broken'])
    },
    bare: {ran: [], status: 1},
    guard: {says: /broken/},
  },
  {
    name: 'KUBECONFIG: a relative entry',
    async arrange(world) {
      await twoFiles(world)
      return {argv: ['get', 'pods'], options: {env: {KUBECONFIG: 'evil'}}}
    },
    bare: {ran: ['touch']},
    guard: {},
  },
  {
    name: 'KUBECONFIG=":" loads nothing',
    async arrange(world) {
      await twoFiles(world)
      return {argv: ['get', 'pods', '--request-timeout=2s'], options: {env: {KUBECONFIG: ':'}}}
    },
    bare: {ran: [], sent: {}, status: 1},
    guard: 'same',
  },
  {
    name: 'no current-context and named contexts: nothing is selected',
    async arrange(world) {
      const server = await world.server('home')
      world.canary('touch')
      world.kubeconfig({...simple(server, exec('touch')), 'current-context': ''})
      return {argv: ['version', '--client', '-o', 'json']}
    },
    bare: {ran: [], status: 0},
    guard: 'same',
  },
]

table('selection by flags', [...flags, ...servers])
table('selection by KUBECONFIG', lists)
