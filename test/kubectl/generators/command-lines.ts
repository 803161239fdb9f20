import fc from 'fast-check'
import {among} from './kubeconfigs.js'

/** kubectl's words with placeholders; see the arena for what stands in braces. */
export type CommandLine = readonly string[]

/** None of these waits, listens or opens an editor. */
const verbs = among<readonly string[]>([
  [70, ['get', 'pods']], [3, ['version']], [2, ['get', 'pods', '-o', 'name']], [2, ['api-resources']], [1, ['api-versions']], [1, ['cluster-info']], [2, ['auth', 'can-i', 'get', 'pods']],
  [1, ['logs', 'pod-0']], [1, ['get', 'namespaces', '-ojson']], [1, ['explain', 'pods']], [1, ['get', '--raw', '/version']],
  [1, ['version', '--client']], [1, ['help']], [1, ['get', '-h']], [1, []], [1, ['options']], [1, ['plugin', 'list']], [1, ['completion', 'bash']],
  [1, ['config', 'view']], [1, ['config', 'current-context']], [1, ['config', 'get-contexts']], [1, ['config', 'use-context', 'other']], [1, ['config', 'set-cluster', 'home', '--server={url:evil}']],
  [1, ['create', 'clusterrolebinding', 'x', '--clusterrole=y', '--user=fixed', '--dry-run=client']], [1, ['create', 'plug']], [1, ['create', 'configmap', 'x', '--dry-run=client', '-oname']],
  [2, ['plug']], [1, ['plug', 'get', 'pods']], [1, ['evil-plug']], [1, ['nosuch', 'thing']], [2, ['__complete', 'get', 'pods', '']], [1, ['__completeNoDesc', 'get', 'po']], [1, ['__complete', '--context', '']],
  [1, ['exec', 'pod-0', '--', 'date']], [1, ['kuberc', 'view']], [1, ['get', 'pod', 'pod-0', 'pod-1']], [1, ['delete', 'pod', 'pod-0', '--wait=false']],
])

const values: Readonly<Record<string, readonly string[]>> = {
  kubeconfig: ['{home}/.kube/config', '{attack}/a', '{attack}/swap', 'b', '../attack/a', '', '{attack}/missing', '~/.kube/config'],
  context: ['main', 'other', 'fixed', 'beside', '', 'nowhere'],
  cluster: ['home', 'main', '', 'nowhere'],
  user: ['me', 'fixed', 'main', 'beside', '', 'nowhere'],
  server: ['{url:home}', '{url:evil}', '{url:plain}', '{url:other}', '', '127.0.0.1:{port:plain}'],
  token: ['typed', ''],
  'certificate-authority': ['{home}/.kube/ca.crt', '{attack}/second.crt'],
  'insecure-skip-tls-verify': ['true', 'false', '1', ''],
  'tls-server-name': ['api.cluster.test', ''],
  namespace: ['default', 'kube-system', '--kubeconfig={attack}/swap'],
  username: ['typed', ''],
  'client-certificate': ['{attack}/x.crt'],
  as: ['root'],
  'request-timeout': ['5s', '0'],
  'cache-dir': ['{attack}/cache'],
  kuberc: ['{attack}/kuberc'],
  selector: ['a=b', '--kubeconfig={attack}/swap', 'x--kuberc={attack}/kuberc', '--server={url:evil}'],
  output: ['name', 'json', '--context=other'],
  'unheard-of': ['x', '--kubeconfig={attack}/swap'],
  v: ['0'],
}

const SHORT: Readonly<Record<string, string>> = {server: 's', namespace: 'n', selector: 'l', output: 'o', v: 'v'}

/** One flag in one of its spellings, as the words that it takes up. */
const flag: fc.Arbitrary<readonly string[]> = among<string>([
  [4, 'kubeconfig'], [6, 'context'], [3, 'cluster'], [4, 'user'], [5, 'server'], ...Object.keys(values).slice(5).map((name): [number, string] => [1, name]),
]).chain(name => fc.tuple(fc.constantFrom(...(values[name] ?? [''])), fc.nat(9)).map(([value, form]) => spellFlag(name, value, form)))

function spellFlag(name: string, value: string, form: number): readonly string[] {
  const short = SHORT[name]
  if (short !== undefined && form > 6) return form === 7 ? [`-${short}`, value] : form === 8 ? [`-${short}${value}`] : [`-A${short}`, value]
  if (form === 5) return [`--${name.replaceAll('-', '_')}=${value}`]
  if (form === 6) return [`-${name}=${value}`]
  if (name === 'insecure-skip-tls-verify' && form < 2) return [`--${name}`]
  return form < 3 ? [`--${name}=${value}`] : [`--${name}`, value]
}

/** Words that may eat the next one, or end the flags. */
const eater = fc.constantFrom<readonly string[]>(['-l'], ['-o'], ['-n'], ['--'], ['-A'], ['--unknown'], ['-f'], ['--dry-run'], ['-As'], ['--all'], ['-w=false'], ['--v'], ['--context'], ['--kubeconfig'])

const piece = fc.record({
  words: fc.oneof({withCrossShrink: true}, {weight: 5, arbitrary: flag}, {weight: 1, arbitrary: eater}),
  /** Where among the words so far, counted round. */
  at: fc.oneof({withCrossShrink: true}, {weight: 3, arbitrary: fc.constant(99)}, {weight: 2, arbitrary: fc.nat(6)}),
})

export const commandLine: fc.Arbitrary<CommandLine> = fc.tuple(
  verbs,
  fc.oneof({withCrossShrink: true}, {weight: 6, arbitrary: fc.constant([])}, {weight: 4, arbitrary: fc.array(piece, {minLength: 1, maxLength: 3})}),
).map(([verb, pieces]) => pieces.reduce<readonly string[]>((words, {words: added, at}) => {
  const place = at === 99 ? words.length : at % (words.length + 1)
  return [...words.slice(0, place), ...added, ...words.slice(place)]
}, verb))
