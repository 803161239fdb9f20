import {symlinkSync} from 'node:fs'
import {stringify} from 'yaml'
import type {ApiServer} from '../support/api-server.js'
import type {Case} from '../support/case-table.js'
import {bearer, table} from '../support/case-table.js'
import {exec, simple, trusted} from '../support/kubeconfigs.js'
import type {Content, World} from '../support/world.js'

const V = 'apiVersion: client.authentication.k8s.io/v1beta1'
const HIDDEN = `{${V}, command: touch}`
const GOOD = `{${V}, command: helper}`

/** A file around one user's mapping, written out so that each byte of it is ours. */
function around(server: ApiServer, user: string, top = ''): string {
  return `apiVersion: v1
kind: Config
${top}clusters:
- name: main
  cluster: {server: "${server.url}", certificate-authority-data: ${server.ca.base64}}
contexts:
- name: main
  context: {cluster: main, user: me}
current-context: main
users:
- name: me
  user:
${user}
`
}

async function arrange(world: World, write: (server: ApiServer) => Content): Promise<{argv: string[]}> {
  const server = await world.server('home')
  world.trust([trusted(world.canary('helper'), [server])])
  world.canary('touch')
  world.kubeconfig(write(server))
  return {argv: ['get', 'pods']}
}

function utf16(text: string, bigEndian: boolean): Buffer {
  const little = Buffer.from(`\ufeff${text}`, 'utf16le')
  return bigEndian ? little.swap16() : little
}

/** kubectl runs `touch`; a reader that is not go-yaml v2 sees `helper`, or nothing. */
const hidden: Record<string, (server: ApiServer) => Content> = {
  'duplicate exec, the last wins': server => around(server, `    exec: ${GOOD}\n    exec: ${HIDDEN}`),
  'duplicate command': server => around(server, `    exec: {${V}, command: helper, command: touch}`),
  'duplicate users': server => `${around(server, `    exec: ${GOOD}`)}users:\n- name: me\n  user: {exec: ${HIDDEN}}\n`,
  'duplicate current-context': server => `${around(server, `    exec: ${HIDDEN}`)}current-context: ""\ncurrent-context: main\n`,
  'a merge key after an explicit key': server => around(server, '    exec:\n      command: helper\n      <<: *evil', `x-evil: &evil ${HIDDEN}\n`),
  'a list of merges': server => around(server, '    exec:\n      <<: [*evil, *good]', `x-evil: &evil ${HIDDEN}\nx-good: &good ${GOOD}\n`),
  'a merge at the top level': server => `x: &x\n  users:\n  - name: me\n    user: {exec: ${HIDDEN}}\n${around(server, `    exec: ${GOOD}`)}<<: *x\n`,
  'an alias': server => around(server, '    exec: *evil', `x-evil: &evil ${HIDDEN}\n`),
  'an anchor defined twice': server => around(server, '    exec: *e', `x-a: &e ${GOOD}\nx-b: &e ${HIDDEN}\n`),
  'a key in base64': server => around(server, `    !!binary ZXhlYw==: ${HIDDEN}`),
  'a command in base64': server => around(server, `    exec: {${V}, command: !!binary dG91Y2g=}`),
  'an explicit key': server => around(server, `    ? exec\n    : ${HIDDEN}`),
  'a null tag on a mapping': server => around(server, `    exec: !!null ${HIDDEN}`),
  'a set tag on a mapping': server => around(server, `    exec: !!set ${HIDDEN}`),
  'a comment that U+2028 ends': server => around(server, `    # quiet\u2028    exec: ${HIDDEN}`),
  'a comment that U+0085 ends': server => around(server, `    # quiet\u0085    exec: ${HIDDEN}`),
  'a comment that a lone CR ends': server => around(server, `    # quiet\r    exec: ${HIDDEN}`),
  'a second document with another user': server => `${around(server, `    exec: ${HIDDEN}`)}---\n${around(server, '    {}')}`,
  'UTF-16 little endian': server => utf16(around(server, `    exec: ${HIDDEN}`), false),
  'UTF-16 big endian': server => utf16(around(server, `    exec: ${HIDDEN}`), true),
  'a BOM': server => `\ufeff${around(server, `    exec: ${HIDDEN}`)}`,
  'JSON': server => JSON.stringify(simple(server, exec('touch'))),
  'JSON with a key twice': server => JSON.stringify(simple(server, exec('helper'))).replace('"command":"helper"', '"command":"helper","command":"touch"'),
  'JSON with comments and trailing commas': server => `# a comment\n${JSON.stringify(simple(server, exec('touch')), null, '\t').replaceAll(/\n(\t*)\]/g, ',\n$1]').replace('[,', '[')}`,
  'a JSON object in front of another': server => `${JSON.stringify(simple(server, exec('touch')))}\n${JSON.stringify(simple(server, {}))}\n`,
}

/** What real tools and editors write. The guard reads it and behaves as if it were not there. */
const written: Record<string, (server: ApiServer) => Content> = {
  'block YAML': server => simple(server, exec('helper')),
  'JSON': server => JSON.stringify(simple(server, exec('helper')), null, 2),
  'JSON with tabs': server => JSON.stringify(simple(server, exec('helper')), null, '\t'),
  'CRLF': server => stringify(simple(server, exec('helper'))).replaceAll('\n', '\r\n'),
  'a BOM': server => `\ufeff${stringify(simple(server, exec('helper')))}`,
  'UTF-16 with BOM': server => utf16(stringify(simple(server, exec('helper'))), false),
  'comments': server => `# made by hand\n${around(server, `    exec: ${GOOD} # ours`)}`,
  'anchors': server => around(server, '    exec: *helper', `x-helper: &helper ${GOOD}\n`),
  'a document start and unknown fields': server => `---\npreferences: {}\nx-note: [1, 2]\n${around(server, `    exec: ${GOOD}`)}`,
  'quoted and folded strings': server => around(server, `    exec:\n      apiVersion: 'client.authentication.k8s.io/v1beta1'\n      command: "helper"\n      args:\n      - >-\n        get\n        token\n      - |\n        two\n        lines`),
  'args of numbers in quotes and unusual letters': server => simple(server, exec('helper', ['1', 'true', 'ä', '€', 'a b', '"', '\\', '😀', ''])),
}

/** kubectl itself fails; so must we, and with our own words. */
const refusedByAll: Record<string, (server: ApiServer) => Content> = {
  'the same user name twice': server => `${around(server, `    exec: ${GOOD}`)}- name: me\n  user: {token: hush-twice}\n`,
  'UTF-16 without BOM': server => utf16(around(server, `    exec: ${GOOD}`), false).subarray(2),
  'invalid UTF-8': server => Buffer.concat([Buffer.from(around(server, `    exec: ${GOOD}`)), Buffer.from([0x23, 0xff, 0x0a])]),
  'an alias bomb': server => around(server, `    exec: ${GOOD}`, bomb()),
  'a tab as indentation': server => around(server, `\texec: ${GOOD}`),
  'a boolean for a command': server => around(server, `    exec: {${V}, command: yes}`),
}

function bomb(): string {
  const level = (index: number): string => `x${index}: &x${index} [${Array.from({length: 10}, () => (index === 0 ? 'a' : `*x${index - 1}`)).join(', ')}]\n`
  return Array.from({length: 8}, (_, index) => level(index)).join('')
}

const cases: Case[] = [
  ...Object.entries(hidden).map(([name, write]): Case => ({
    name: `a helper hidden by: ${name}`,
    arrange: world => arrange(world, write),
    bare: {ran: ['touch'], sent: {home: [bearer('touch')]}},
    guard: {},
  })),
  ...Object.entries(written).map(([name, write]): Case => ({
    name: `a trusted helper written as: ${name}`,
    arrange: world => arrange(world, write),
    bare: {ran: ['helper'], status: 0, sent: {home: [bearer('helper')]}},
    guard: 'same',
  })),
  ...Object.entries(refusedByAll).map(([name, write]): Case => ({
    name: `a file that kubectl refuses: ${name}`,
    arrange: world => arrange(world, write),
    bare: {ran: [], sent: {}, status: 1},
    guard: {says: /config/},
  })),
  {
    name: 'a directory as kubeconfig',
    async arrange(world) {
      world.directory('home/.kube/config')
      return {argv: ['get', 'pods']}
    },
    bare: {status: 1},
    guard: {},
  },
  {
    name: 'a kubeconfig behind a symlink, its relative CA beside the link',
    async arrange(world) {
      const server = await world.server('home')
      world.trust([trusted(world.canary('helper'), [server])])
      world.file('home/.kube/ca.crt', server.ca.certificate)
      const real = world.file('home/elsewhere/config', simple(server, exec('helper'), {'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt'}))
      symlinkSync(real, `${world.home}/.kube/config`)
      return {argv: ['get', 'pods']}
    },
    bare: {ran: ['helper'], status: 0},
    guard: 'same',
  },
]

table('reading a kubeconfig', cases)
