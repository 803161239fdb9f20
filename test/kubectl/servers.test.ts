import {expect} from 'chai'
import {authority} from '../support/certificates.js'
import type {Case} from '../support/case-table.js'
import {bearer, table} from '../support/case-table.js'
import {exec, simple, trusted} from '../support/kubeconfigs.js'
import type {World} from '../support/world.js'

const pods = {argv: ['get', 'pods']}

/** The policy says: `helper` may authenticate to `home` under the first CA. */
async function listed(world: World, entry: object = {}): Promise<Awaited<ReturnType<World['server']>>> {
  const server = await world.server('home')
  world.trust([{...trusted(world.canary('helper'), [server]), ...entry}])
  return server
}

const leaks = {ran: ['helper'], sent: {home: [bearer('helper')]}} as const
const helper = exec('helper')

const cases: Case[] = [
  {
    name: 'the listed URL under another CA',
    async arrange(world) {
      const server = await world.server('home', {ca: 'second'})
      world.trust([{command: world.canary('helper'), args: 'any', servers: [{url: server.url, ca: authority('first').fingerprint}]}])
      world.kubeconfig(simple(server, helper))
      return pods
    },
    bare: leaks,
    guard: {},
  },
  {
    name: 'a bundle of the listed CA and another one',
    async arrange(world) {
      const server = await world.server('home', {ca: 'second'})
      const [first, second] = [authority('first'), authority('second')]
      world.trust([{command: world.canary('helper'), args: 'any', servers: [{url: server.url, ca: first.fingerprint}]}])
      world.kubeconfig(simple(server, helper, {'certificate-authority-data': Buffer.from(first.certificate + second.certificate).toString('base64')}))
      return pods
    },
    bare: leaks,
    guard: {},
  },
  {
    name: 'insecure-skip-tls-verify in the file',
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined}))
      return pods
    },
    bare: leaks,
    guard: {},
  },
  {
    name: '--insecure-skip-tls-verify on the command line',
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {'certificate-authority-data': undefined}))
      return {argv: ['get', 'pods', '--insecure-skip-tls-verify']}
    },
    bare: leaks,
    guard: {},
  },
  {
    name: 'a CA file of the command line',
    async arrange(world) {
      const server = await world.server('home', {ca: 'second'})
      world.trust([{command: world.canary('helper'), args: 'any', servers: [{url: server.url, ca: authority('first').fingerprint}]}])
      const file = world.file('home/second.crt', server.ca.certificate)
      world.kubeconfig(simple(server, helper, {'certificate-authority-data': undefined}))
      return {argv: ['get', 'pods', `--certificate-authority=${file}`]}
    },
    bare: leaks,
    guard: {},
  },
  {
    name: 'the system roots where the listed CA is expected',
    async arrange(world) {
      const server = await listed(world)
      const roots = world.file('home/roots.pem', server.ca.certificate)
      world.kubeconfig(simple(server, helper, {'certificate-authority-data': undefined}))
      return {argv: ['get', 'pods'], options: {env: {SSL_CERT_FILE: roots}}}
    },
    bare: leaks,
    guard: {},
  },
  {
    name: 'a static token, insecure, in one file (nothing of another is at stake)',
    async arrange(world) {
      const server = await world.server('home')
      world.kubeconfig(simple(server, {token: 'hush-static'}, {'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined}))
      return pods
    },
    bare: {status: 0, sent: {home: ['Bearer hush-static']}},
    guard: 'same',
  },
  {
    name: 'tls-server-name with a CA that is pinned',
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {'tls-server-name': 'api.cluster.test'}))
      return pods
    },
    bare: {...leaks, check: ({requests}) => expect(requests[0]?.serverName).to.equal('api.cluster.test')},
    guard: 'same',
  },
  {
    name: 'tls-server-name with a CA that nobody pinned',
    async arrange(world) {
      const server = await world.server('home')
      world.trust([{command: world.canary('helper'), args: 'any', servers: [server.url]}])
      world.kubeconfig(simple(server, helper, {'tls-server-name': 'api.cluster.test'}))
      return pods
    },
    bare: leaks,
    guard: {},
  },
  {
    // Anybody has a certificate of the system's roots for some name of his own.
    name: 'tls-server-name under the system roots',
    async arrange(world) {
      const server = await world.server('home')
      world.trust([{command: world.canary('helper'), args: 'any', servers: [{url: server.url, ca: 'system'}]}])
      const roots = world.file('home/roots.pem', server.ca.certificate)
      world.kubeconfig(simple(server, helper, {'tls-server-name': 'api.cluster.test', 'certificate-authority-data': undefined}))
      return {argv: ['get', 'pods'], options: {env: {SSL_CERT_FILE: roots}}}
    },
    bare: leaks,
    guard: {},
  },
  {
    name: 'proxy-url with a CA that is pinned',
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {'proxy-url': (await world.proxy()).url}))
      return pods
    },
    bare: {...leaks, check: (_outcome, world) => expect(world.proxies[0]?.targets).to.include(`127.0.0.1:${world.servers[0]?.port}`)},
    guard: 'same',
  },
  {
    name: 'proxy-url with a CA that nobody pinned',
    async arrange(world) {
      const server = await world.server('home')
      world.trust([{command: world.canary('helper'), args: 'any', servers: [server.url]}])
      world.kubeconfig(simple(server, helper, {'proxy-url': (await world.proxy()).url}))
      return pods
    },
    bare: leaks,
    guard: {},
  },
  {
    name: 'a listed server without a CA: recorded at first use',
    async arrange(world) {
      const server = await world.server('home')
      world.trust([{command: world.canary('helper'), args: 'any', servers: [server.url]}])
      world.kubeconfig(simple(server, helper))
      return pods
    },
    bare: leaks,
    guard: 'same',
  },
  ...['#.eks.amazonaws.com', '?.eks.amazonaws.com', '/%2e%2e'].map((tail): Case => ({
    name: `a server URL that parsers read differently: …${tail}`,
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {server: server.url + tail}))
      return pods
    },
    bare: {ran: ['helper']},
    guard: {},
  })),
  ...['/k8s/clusters/b', '/k8s/clusters/a/../b', '/k8s/clusters/ab', '/', ''].map((path): Case => ({
    name: `another path than the listed one on a shared host: "${path}"`,
    async arrange(world) {
      const server = await world.server('home')
      world.trust([{command: world.canary('helper'), args: 'any', servers: [{url: `${server.url}/k8s/clusters/a`, ca: server.ca.fingerprint}]}])
      world.kubeconfig(simple(server, helper, {server: server.url + path}))
      return pods
    },
    bare: leaks,
    guard: {},
  })),
  {
    name: 'a user name in the server URL',
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {server: server.url.replace('https://', 'https://trusted.example:443@')}))
      return pods
    },
    bare: {ran: ['helper']},
    guard: {},
  },
  {
    name: 'HTTPS:// in capitals',
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {server: server.url.replace('https', 'HTTPS')}))
      return pods
    },
    bare: leaks,
    guard: 'same',
  },
  {
    name: 'the other port of the same host',
    async arrange(world) {
      await listed(world)
      const other = await world.server('other')
      world.kubeconfig(simple(other, helper))
      return pods
    },
    bare: {ran: ['helper'], sent: {other: [bearer('helper')]}},
    guard: {},
  },
  {
    name: 'the other name of the same server',
    async arrange(world) {
      const server = await listed(world)
      world.kubeconfig(simple(server, helper, {server: server.url.replace('127.0.0.1', 'localhost')}))
      return pods
    },
    bare: {ran: ['helper']},
    guard: {},
  },
  {
    name: 'plain http: no credential is sent, none is judged',
    async arrange(world) {
      const server = await world.server('home', {plain: true})
      world.canary('touch')
      world.kubeconfig(simple(server, exec('touch')))
      return pods
    },
    bare: {ran: [], status: 0, sent: {home: ['']}},
    guard: 'safe',
  },
  {
    name: 'a trusted server that redirects (the limit that the threat model names)',
    async arrange(world) {
      const other = await world.server('other')
      const server = await world.server('home', {redirect: other.url})
      world.trust([trusted(world.canary('helper'), [server])])
      world.kubeconfig(simple(server, helper))
      return pods
    },
    bare: {ran: ['helper']},
    guard: 'same',
  },
]

table('servers and their proof', cases)
