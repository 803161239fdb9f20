import {expect} from 'chai'
import type {Kubeconfig} from '../../src/kubeconfig/model.js'
import {parseKubeconfig} from '../../src/kubeconfig/parse.js'
import type {Choice} from '../../src/kubeconfig/select.js'
import {mergeKubeconfigs, select} from '../../src/kubeconfig/select.js'

function file(name: string, text: string): Kubeconfig {
  const result = parseKubeconfig(Buffer.from(text), `/k/${name}`, '/k')
  if (!result.ok) throw new Error(result.failure.message)
  return result.config
}

const FIRST = file('first', `
current-context: dev
contexts: [{name: dev, context: {cluster: c1, user: u1, namespace: ns}}, {name: half, context: {cluster: c1}}, {name: lost, context: {cluster: gone, user: gone}}]
clusters: [{name: c1, cluster: {server: https://one}}]
users: [{name: u1, user: {token: t}}]`)
const SECOND = file('second', `
current-context: prod
contexts: [{name: dev, context: {cluster: c2, user: u2}}, {name: prod, context: {cluster: c2, user: u1}}]
clusters: [{name: c2, cluster: {server: https://two}}, {name: c1, cluster: {server: https://evil, insecure-skip-tls-verify: true}}]
users: [{name: u2}, {name: u1, user: {username: other}}]`)
const NAMELESS = file('nameless', 'contexts: [{name: "", context: {cluster: c, user: u}}]\nclusters: [{name: c}, {name: ""}]\nusers: [{name: u}, {name: ""}]')

describe('mergeKubeconfigs and select', () => {
  const rows: [name: string, files: Kubeconfig[], choice: Choice, wanted: (string | null)[]][] = [
    ['the current context', [FIRST], {}, ['dev', 'c1', 'u1', null]],
    ['a named context', [FIRST, SECOND], {context: 'prod'}, ['prod', 'c2', 'u1', null]],
    ['the first file\'s current context and entries', [SECOND, FIRST], {}, ['prod', 'c2', 'u1', null]],
    ['another cluster', [FIRST, SECOND], {cluster: 'c2'}, ['dev', 'c2', 'u1', null]],
    ['another user', [FIRST, SECOND], {user: 'u2'}, ['dev', 'c1', 'u2', null]],
    ['empty flags are not given', [FIRST], {context: '', cluster: '', user: ''}, ['dev', 'c1', 'u1', null]],
    ['a missing context', [FIRST], {context: 'x'}, ['x', null, null, 'context']],
    ['a missing context beats a missing user', [FIRST], {context: 'x', user: 'y'}, ['x', null, null, 'context']],
    ['a missing cluster', [FIRST], {cluster: 'x'}, ['dev', null, 'u1', 'cluster']],
    ['a missing user', [FIRST], {user: 'x'}, ['dev', 'c1', null, 'user']],
    ['a context without a user', [FIRST], {context: 'half'}, ['half', 'c1', null, null]],
    ['a context that names what is not there', [FIRST], {context: 'lost'}, ['lost', null, null, null]],
    ['the context called nothing', [NAMELESS], {}, ['', 'c', 'u', null]],
    ['no file at all', [], {}, ['', null, null, null]],
  ]
  for (const [name, files, choice, wanted] of rows) {
    it(name, () => {
      const {contextName, cluster, user, missing} = select(mergeKubeconfigs(files), choice)
      expect([contextName, cluster?.name ?? null, user?.name ?? null, missing]).to.deep.equal(wanted)
    })
  }

  it('takes the first file\'s entry whole: nothing of a later one of the same name', () => {
    const {clusters, users} = mergeKubeconfigs([FIRST, SECOND])
    expect([clusters.get('c1')?.server, clusters.get('c1')?.insecureSkipTlsVerify, users.get('u1')?.username]).to.deep.equal(['https://one', false, ''])
    expect([clusters.get('c1')?.origin.file, clusters.get('c2')?.origin.file]).to.deep.equal(['/k/first', '/k/second'])
  })

  it('is not fooled by names of Object.prototype', () => {
    for (const context of ['__proto__', 'constructor', 'toString']) expect(select(mergeKubeconfigs([FIRST]), {context}).missing).to.equal('context')
  })
})
