import {expect} from 'chai'
import {createHash} from 'node:crypto'
import {effectiveCluster} from '../../src/kubeconfig/effective-cluster.js'
import type {ClusterFlags} from '../../src/kubeconfig/effective-cluster.js'
import {readAuthority} from '../../src/trust/authority.js'
import type {Pin} from '../../src/trust/decisions.js'
import {judgePlugin} from '../../src/trust/judge.js'
import {interpreterOf, pinOf} from '../../src/trust/pin.js'
import type {DeclaredFile} from './declared-files.js'
import {caData, declaredFiles, fingerprint, kubeconfigOf} from './declared-files.js'
import type {DeclaredProgram} from './declared-world.js'
import {declaredWorld} from './declared-world.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const DATA = `certificate-authority-data: ${caData('a')}`

interface Machine {
  programs?: DeclaredProgram[]
  files?: Record<string, DeclaredFile>
  flags?: ClusterFlags
}

function pin(user: string, cluster = `server: https://H:443/, ${DATA}`, {programs = [], files = {}, flags = {}}: Machine = {}): Pin | null {
  const config = kubeconfigOf(`users: [{name: me, user: {${user}}}]\nclusters: [{name: c, cluster: {${cluster}}}]`)
  const [found, entry] = [config.users.get('me'), config.clusters.get('c')]
  if (found === undefined || entry === undefined) throw new Error('no user or cluster')
  const [source, effective] = [declaredFiles(files), effectiveCluster(entry, flags)]
  const world = declaredWorld([{path: '/opt/helper'}, {path: '/usr/local/bin/bash'}, ...programs])
  return pinOf({
    user: found, cluster: effective, authority: readAuthority(effective, '/home/user/work', '/cwd', source),
    plugin: found.exec === null ? null : judgePlugin(found.exec, world), files: source, source: world.source,
  })
}

const SCRIPT = {path: '/opt/script', shebang: {interpreter: '/usr/bin/env', argument: 'bash'}}

describe('pinOf', () => {
  it('pins everything of a plugin, values of variables by their digest', () => {
    expect(pin('exec: {command: /opt/helper, args: [a, b], env: [{name: A, value: hush}]}')).to.deep.equal({
      command: '/opt/helper', path: '/opt/helper', args: ['a', 'b'], env: [{name: 'A', sha256: sha256('hush')}], script: null,
      file: '/home/user/work/config', user: 'me', server: 'https://h', ca: [fingerprint('a')], proxyUrl: '', tlsServerName: '',
    })
  })

  it('pins a script by content and by the interpreter that PATH gives it', () => {
    const found = pin('exec: {command: /opt/script}', undefined, {programs: [SCRIPT], files: {'/opt/script': '#!x'}})
    expect(found?.script).to.deep.equal({sha256: sha256('#!x'), interpreter: '/usr/local/bin/bash'})
  })

  it('pins what a helper is told about its cluster', () => {
    const told = (provides: boolean, extension: string): string | undefined => pin(`exec: {command: /opt/helper, provideClusterInfo: ${String(provides)}}`, `server: https://h, ${DATA}, extensions: [{name: client.authentication.k8s.io/exec, extension: ${extension}}]`)?.clusterInfo
    expect(told(true, '{a: 1}')).to.equal(sha256('{"a":1}')).and.not.equal(told(true, '{a: 2}'))
    expect(told(false, '{a: 1}')).to.equal(undefined)
  })

  it('pins a static credential without a word about programs', () => {
    expect(pin('token: t')).to.deep.include({command: '', path: '', args: [], env: [], script: null, user: 'me'})
  })

  it('pins proxy, TLS name and the server of a flag', () => {
    expect(pin('token: t', `server: https://h, ${DATA}, proxy-url: "http://p:1", tls-server-name: name`)).to.include({proxyUrl: 'http://p:1', tlsServerName: 'name'})
    expect(pin('token: t', undefined, {flags: {server: 'https://flag:6443'}})).to.include({server: 'https://flag:6443'})
  })

  it('pins each authority once, in one order', () => {
    const two = (first: string, second: string): readonly string[] | undefined => pin('token: t', `server: https://h, certificate-authority-data: ${Buffer.from([first, second, first].map(one => Buffer.from(caData(one), 'base64').toString()).join('')).toString('base64')}`)?.ca
    expect(two('a', 'b')).to.deep.equal([fingerprint('a'), fingerprint('b')].sort())
    expect(two('b', 'a')).to.deep.equal(two('a', 'b'))
  })

  const none: [name: string, user: string, cluster?: string | undefined, machine?: Machine][] = [
    ['a server that reads two ways', 'token: t', `server: "https://a@b", ${DATA}`],
    ['no server', 'token: t', DATA],
    ['TLS that proves nothing', 'token: t', 'server: https://h, insecure-skip-tls-verify: true'],
    ['an authority that is none', 'token: t', `server: https://h, certificate-authority-data: ${Buffer.from('hello').toString('base64')}`],
    ['an authority that cannot be read', 'token: t', 'server: https://h, certificate-authority: ca.crt'],
    ['a program that is not there', 'exec: {command: nowhere}'],
    ['a script that cannot be read', 'exec: {command: /opt/script}', undefined, {programs: [SCRIPT]}],
  ]
  for (const [name, user, cluster, machine] of none) it(`is none for ${name}`, () => expect(pin(user, cluster, machine)).to.equal(null))
})

describe('interpreterOf', () => {
  const rows: [interpreter: string, argument: string, wanted: string][] = [
    ['/bin/sh', '', '/bin/sh'],
    ['/bin/sh', '-e', '/bin/sh'],
    ['/usr/bin/env', 'bash', '/usr/local/bin/bash'],
    ['/usr/bin/env', '-S bash -e', '/usr/local/bin/bash'],
    ['/usr/bin/env', 'nowhere', '/usr/bin/env'],
    ['/usr/bin/env', '', '/usr/bin/env'],
    ['/opt/myenv', 'bash', '/opt/myenv'],
  ]
  const {source} = declaredWorld([{path: '/usr/local/bin/bash'}])
  for (const [interpreter, argument, wanted] of rows) {
    it(`#!${interpreter} ${argument}`, () => {
      expect(interpreterOf({command: 'x', road: 'bare', path: '/x', real: '/x', executable: true, location: 'normal', places: [], shebang: {interpreter, argument}}, source)).to.equal(wanted)
    })
  }
})
