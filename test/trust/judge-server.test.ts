import {expect} from 'chai'
import {createHash} from 'node:crypto'
import {effectiveCluster} from '../../src/kubeconfig/effective-cluster.js'
import type {Cluster, Origin} from '../../src/kubeconfig/model.js'
import type {Authority} from '../../src/trust/authority.js'
import type {Decisions} from '../../src/trust/decisions.js'
import {NO_DECISIONS} from '../../src/trust/decisions.js'
import {judgeDestination} from '../../src/trust/judge-server.js'
import type {AllowedServer} from '../../src/trust/policy.js'
import {parseServerPattern} from '../../src/trust/server-pattern.js'

const origin: Origin = {file: '/f', dir: '/', root: {kind: 'mapping', entries: [], line: 1, column: 1}, path: ['clusters', 0, 'cluster']}
const SERVER = 'https://abc.eks.amazonaws.com'
const print = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
const [OWN, OTHER] = [print('own'), print('other')]

function cluster(more: Partial<Cluster> = {}): Cluster {
  return {
    name: 'c', server: SERVER, tlsServerName: '', insecureSkipTlsVerify: false, certificateAuthority: '', certificateAuthorityData: null,
    proxyUrl: '', disableCompression: false, origin, ...more,
  }
}

function allow(url: string, ca: string | null = null): AllowedServer {
  const pattern = parseServerPattern(url)
  if (pattern === null) throw new Error(url)
  return {pattern, ca}
}

const recorded = (ca: string): Decisions => ({...NO_DECISIONS, servers: [{server: SERVER, ca: [ca], date: ''}]})
const vendor = allow('https://*.eks.amazonaws.com')

interface Row {
  name: string
  cluster?: Partial<Cluster>
  /** One fingerprint, or those of a bundle. */
  ca: string | string[]
  allowed?: AllowedServer[]
  decisions?: Decisions
  isOneFile?: boolean
  /** The id of the question, or `pass` (known) or `record` (first use). */
  says: string
}

describe('judgeDestination', () => {
  const proxyUrl = 'http://proxy.example:3128'
  const rows: Row[] = [
    {name: 'a first use', ca: OWN, says: 'record'},
    {name: 'a recorded authority', ca: OWN, decisions: recorded(OWN), says: 'pass'},
    {name: 'another authority than the recorded one', ca: OTHER, decisions: recorded(OWN), says: 'ca-changed'},
    {name: 'system roots after another authority', ca: 'system', decisions: recorded(OWN), says: 'ca-changed'},
    {name: 'a first use through a proxy', cluster: {proxyUrl}, ca: OWN, says: 'ca-unknown'},
    // The record is made before anybody answered: a first context poisons it, a second one sends the token through the proxy.
    {name: 'a recorded authority through a proxy', cluster: {proxyUrl}, ca: OWN, decisions: recorded(OWN), says: 'ca-unknown'},
    {name: 'a recorded authority under another name', cluster: {tlsServerName: 'x.example'}, ca: OWN, decisions: recorded(OWN), says: 'ca-unknown'},
    {name: 'a listed authority through a proxy', cluster: {proxyUrl}, ca: OWN, allowed: [allow(SERVER, OWN)], says: 'pass'},
    {name: 'a listed authority under another name', cluster: {tlsServerName: 'x.example'}, ca: OWN, allowed: [allow(SERVER, OWN)], says: 'pass'},
    {name: 'another file, first use', ca: OWN, isOneFile: false, says: 'ca-unknown'},
    {name: 'system roots through a proxy', cluster: {proxyUrl}, ca: 'system', says: 'record'},
    // Everybody can have a certificate for a name of his own.
    {name: 'system roots, the attacker\'s name and proxy', cluster: {proxyUrl, tlsServerName: 'evil.example'}, ca: 'system', says: 'server-not-listed'},
    {name: 'system roots and the attacker\'s name', cluster: {tlsServerName: 'evil.example'}, ca: 'system', says: 'server-not-listed'},
    {name: 'recorded system roots and the attacker\'s name', cluster: {tlsServerName: 'evil.example'}, ca: 'system', decisions: recorded('system'), says: 'server-not-listed'},
    {name: 'listed system roots and the attacker\'s name', cluster: {tlsServerName: 'evil.example'}, ca: 'system', allowed: [allow(SERVER, 'system')], says: 'server-not-listed'},
    {name: 'a name that only ends like a listed one', cluster: {tlsServerName: 'evil-eks.amazonaws.com'}, ca: 'system', says: 'server-not-listed'},
    {name: 'a name with a port', cluster: {tlsServerName: 'b.eks.amazonaws.com:443'}, ca: 'system', says: 'server-not-listed'},
    {name: 'system roots and a listed name', cluster: {tlsServerName: 'B.eks.amazonaws.com'}, ca: 'system', says: 'record'},
    // Whoever holds any of the keys can answer: every one has to be known.
    {name: 'a listed authority beside another', ca: [OWN, OTHER].sort(), allowed: [allow(SERVER, OWN)], says: 'ca-not-listed'},
    {name: 'a bundle whose authorities are all listed', ca: [OWN, OTHER].sort(), allowed: [allow(SERVER, OWN), allow(SERVER, OTHER)], says: 'pass'},
    {name: 'a recorded authority beside another', ca: [OWN, OTHER].sort(), decisions: recorded(OWN), says: 'ca-changed'},
    {name: 'a server that is not listed', cluster: {server: 'https://eks.amazonaws.com.evil.example'}, ca: 'system', says: 'server-not-listed'},
  ]
  for (const {name, cluster: more = {}, ca, allowed = [vendor], decisions = NO_DECISIONS, isOneFile = true, says} of rows) {
    it(`${name}: ${says}`, () => {
      const authority: Authority = {fingerprints: [ca].flat(), bundle: null, file: null, problem: null}
      const verdict = judgeDestination({cluster: effectiveCluster(cluster(more), {}), authority, allowed, decisions, origin, isOneFile})
      expect(verdict.findings.map(finding => finding.id).join() || (verdict.record === null ? 'pass' : 'record')).to.equal(says)
    })
  }
})
