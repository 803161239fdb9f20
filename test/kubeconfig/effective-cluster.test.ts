import {expect} from 'chai'
import type {ClusterFlags} from '../../src/kubeconfig/effective-cluster.js'
import {effectiveCluster} from '../../src/kubeconfig/effective-cluster.js'
import type {Cluster} from '../../src/kubeconfig/model.js'
import {parseKubeconfig} from '../../src/kubeconfig/parse.js'

function cluster(body: string): Cluster | null {
  const result = parseKubeconfig(Buffer.from(`clusters: [{name: c, cluster: {${body}}}]`), '/k/config', '/k')
  return result.ok ? (result.config.clusters.get('c') ?? null) : null
}

const FULL = cluster('server: https://file:1, tls-server-name: name, certificate-authority: ca.crt, proxy-url: http://p')
const DATA = cluster('server: https://file:1, certificate-authority: ca.crt, certificate-authority-data: YQ==')
const LOOSE = cluster('server: https://file:1, insecure-skip-tls-verify: true')
const FROM_FILE = {file: 'ca.crt', fromFlag: false}
const FROM_FLAG = {file: '/flag.crt', fromFlag: true}

describe('effectiveCluster', () => {
  const rows: [name: string, entry: Cluster | null, flags: ClusterFlags, wanted: object][] = [
    ['the file alone', FULL, {}, {server: 'https://file:1', serverFromFlag: false, tlsServerName: 'name', insecure: false, proxyUrl: 'http://p', ca: FROM_FILE}],
    ['inline data wins over a file', DATA, {}, {ca: {data: Buffer.from('a')}}],
    ['--server takes the file\'s TLS name away', FULL, {server: 'https://flag'}, {server: 'https://flag', serverFromFlag: true, tlsServerName: '', ca: FROM_FILE, proxyUrl: 'http://p'}],
    ['--tls-server-name', FULL, {tlsServerName: 'other'}, {tlsServerName: 'other'}],
    ['--certificate-authority', DATA, {certificateAuthority: '/flag.crt'}, {ca: FROM_FLAG, insecure: false}],
    ['--certificate-authority mends a loose file', LOOSE, {certificateAuthority: '/flag.crt'}, {ca: FROM_FLAG, insecure: false}],
    ['--insecure-skip-tls-verify drops the CA', FULL, {insecureSkipTlsVerify: 'true'}, {insecure: true, ca: null}],
    ['its other spellings', FULL, {insecureSkipTlsVerify: 'T'}, {insecure: true}],
    ['=false leaves the file as it is', LOOSE, {insecureSkipTlsVerify: 'false'}, {insecure: true}],
    ['empty flags are not given', FULL, {server: '', tlsServerName: '', certificateAuthority: '', insecureSkipTlsVerify: ''}, {server: 'https://file:1', tlsServerName: 'name', ca: FROM_FILE}],
    ['no cluster', null, {}, {server: '', url: null, ca: null, insecure: false, proxyUrl: ''}],
    ['no cluster but --server', null, {server: 'https://flag'}, {server: 'https://flag', serverFromFlag: true, ca: null}],
    ['a server that reads two ways', cluster('server: "https://a@b"'), {}, {url: null, server: 'https://a@b'}],
  ]
  for (const [name, entry, flags, wanted] of rows) it(name, () => expect(effectiveCluster(entry, flags)).to.deep.include(wanted))
})
