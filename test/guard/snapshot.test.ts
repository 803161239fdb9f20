import {expect} from 'chai'
import fc from 'fast-check'
import {inspect} from 'node:util'

import type {PrivateCopies} from '../../src/guard/snapshot.js'
import {asciiJson, besideSnapshot, renderEmptySnapshot, renderSnapshot} from '../../src/guard/snapshot.js'
import type {Json} from '../../src/kubeconfig/model.js'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import {mergeKubeconfigs, select} from '../../src/kubeconfig/select.js'
import {denialLines} from '../../src/report/denial.js'
import {questionText} from '../../src/report/trust-question.js'
import type {ConnectionFlags, ContextJudgement, JudgeInput} from '../../src/trust/judge-context.js'
import {judgeContext} from '../../src/trust/judge-context.js'
import {caData, declaredFiles, judgeInput, kubeconfigOf, pem} from '../trust/declared-files.js'
import {declaredWorld} from '../trust/declared-world.js'

const NO_COPIES: PrivateCopies = {tokenFile: null, script: null}

function judge(user: string, cluster: string, {flags = {}, input = {}}: {flags?: ConnectionFlags; input?: Partial<JudgeInput>} = {}): ContextJudgement {
  const file = kubeconfigOf(`current-context: k
contexts: [{name: k, context: {cluster: c, user: u, namespace: ns}}, {name: other, context: {cluster: c, user: spare}}]
clusters: [{name: c, cluster: {${cluster}}}, {name: unused, cluster: {server: https://unused}}]
users: [{name: u, user: {${user}}}, {name: spare, user: {token: hush-spare}}]`)
  return judgeContext(select(mergeKubeconfigs([file]), {}), flags, judgeInput({...declaredWorld([{path: '/opt/helper'}]), ...input}))
}

interface Snapshot {
  'current-context': string
  contexts: {name: string; context: Record<string, unknown>}[]
  clusters: {name: string; cluster: Record<string, unknown>}[]
  users: {name: string; user: Record<string, unknown> & {exec?: Record<string, unknown>}}[]
}

const snapshotOf = (judgement: ContextJudgement, copies = NO_COPIES): Snapshot => JSON.parse(renderSnapshot(judgement, copies)) as Snapshot

describe('renderSnapshot', () => {
  it('holds the one context that was judged, under its own names, and nothing else', () => {
    const snapshot = snapshotOf(judge('token: hush', `server: https://H:443/, ${`certificate-authority-data: ${caData('a')}`}`))
    expect(snapshot).to.deep.equal({
      apiVersion: 'v1', kind: 'Config', 'current-context': 'k',
      contexts: [{name: 'k', context: {cluster: 'c', user: 'u', namespace: 'ns'}}],
      clusters: [{name: 'c', cluster: {server: 'https://h', 'certificate-authority-data': caData('a')}}],
      users: [{name: 'u', user: {token: 'hush'}}],
    })
  })

  it('names the program by what the lookup found', () => {
    const {users} = snapshotOf(judge('exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [a], env: [{name: A, value: b}], interactiveMode: Never, provideClusterInfo: true, installHint: hi}', 'server: https://h'))
    expect(users[0]?.user.exec).to.deep.equal({apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', provideClusterInfo: true, command: '/usr/local/bin/aws', args: ['a'], env: [{name: 'A', value: 'b'}]})
  })

  it('runs a script from its copy, under its own name', () => {
    const {users} = snapshotOf(judge('exec: {command: /opt/helper, args: [a]}', 'server: https://h'), {tokenFile: null, script: {shell: '/bin/sh', options: ['-e'], path: "/run/it's"}})
    expect(users[0]?.user.exec).to.include({command: '/bin/sh'})
    expect(users[0]?.user.exec?.['args']).to.deep.equal(['-e', '-c', ". '/run/it'\\''s'", '/opt/helper', 'a'])
  })

  it('takes file names apart from the directory they were read in', () => {
    const files = declaredFiles({'/home/user/work/token': 't', '/home/user/work/a.crt': '-> /home/user/work/b.crt', '/home/user/work/b.crt': 'c'})
    const judgement = judge('tokenFile: token, client-certificate: a.crt, client-key: gone.key', 'server: https://h', {input: {files}})
    expect(snapshotOf(judgement, {...NO_COPIES, tokenFile: '/run/x.token'}).users[0]?.user).to.deep.equal({
      tokenFile: '/run/x.token', 'client-certificate': '/home/user/work/b.crt', 'client-key': '/home/user/work/gone.key',
    })
  })

  it('carries an authority file as the bytes that were judged', () => {
    const files = declaredFiles({'/home/user/work/ca.crt': `# mine\n${pem('a')}`})
    const cluster = 'server: https://h, certificate-authority: ca.crt'
    const carried = (user: string): string => Buffer.from(String(snapshotOf(judge(user, cluster, {input: {files}})).clusters[0]?.cluster['certificate-authority-data']), 'base64').toString()
    expect(carried('token: t')).to.equal(`# mine\n${pem('a')}`)
    // A plugin's token goes only where exactly these certificates lead.
    expect(carried('exec: {command: aws}')).to.equal(pem('a'))
  })

  it('leaves what a flag says to the flag', () => {
    const judgement = judge('token: t', 'server: https://file, tls-server-name: name', {flags: {server: 'https://flag', certificateAuthority: '/f.crt'}, input: {files: declaredFiles({'/f.crt': pem('f')})}})
    expect(snapshotOf(judgement).clusters[0]?.cluster).to.deep.equal({server: 'https://file', 'tls-server-name': 'name'})
  })

  it('hands cluster information to a plugin, and to nobody else', () => {
    const cluster = 'server: https://h, extensions: [{name: client.authentication.k8s.io/exec, extension: {a: 1}}, {name: other, extension: {b: 2}}]'
    expect(snapshotOf(judge('exec: {command: aws}', cluster)).clusters[0]?.cluster['extensions']).to.deep.equal([{name: 'client.authentication.k8s.io/exec', extension: {a: 1}}])
    expect(snapshotOf(judge('token: t', cluster)).clusters[0]?.cluster).to.not.have.property('extensions')
  })

  it('keeps impersonation', () => {
    const {users} = snapshotOf(judge('token: t, as: root, as-uid: "1", as-groups: [g], as-user-extra: {k: [v]}', 'server: https://h'))
    expect(users[0]?.user).to.deep.equal({token: 't', as: 'root', 'as-uid': '1', 'as-groups': ['g'], 'as-user-extra': {k: ['v']}})
  })

  it('never hands over a plugin that was not found', () => {
    expect(() => snapshotOf(judge('exec: {command: nowhere}', 'server: https://h'))).to.throw(/not found/)
  })

  it('is the only text that holds a secret', () => {
    const judgement = judge('token: hush-1, password: hush-2, username: me, client-key-data: aHVzaC0z, exec: {command: /opt/helper, args: [--password, hush-4], env: [{name: PASSWORD, value: hush-5}]}', 'server: https://h')
    expect(renderSnapshot(judgement, NO_COPIES)).to.match(/hush-1/).and.match(/hush-2/).and.match(/aHVzaC0z/).and.match(/hush-5/)
    const {selection: _selection, cluster: _cluster, ...rest} = judgement
    const said = [...denialLines(judgement, 'id'), questionText({judgement, contexts: ['k'], digest: null}), JSON.stringify(judgement.findings), inspect(rest.files, {depth: 9})]
    for (const text of said) expect(text).to.not.match(/hush|aHVzaC0z/)
  })

  it('keeps every key below the limit of go-yaml', () => {
    expect(() => asciiJson({['k'.repeat(1001)]: 1})).to.throw(/longer/)
    expect(asciiJson({['k'.repeat(1000)]: 1})).to.have.length(1006)
  })
})

describe('asciiJson', () => {
  const key = fc.string({unit: 'binary', maxLength: 20})
  // Go's YAML reader has no unpaired surrogates, NUL only escaped, and no number beyond a double.
  const json = fc.letrec<{value: Json}>(tie => ({
    value: fc.oneof({maxDepth: 4}, fc.string({unit: 'binary'}), fc.boolean(), fc.constant(null), fc.integer(), fc.array(tie('value') as fc.Arbitrary<Json>, {maxLength: 4}), fc.dictionary(key, tie('value') as fc.Arbitrary<Json>, {maxKeys: 4}) as fc.Arbitrary<Json>),
  })).value

  it('reads back unchanged, as JSON and as the YAML that kubectl reads', () => {
    fc.assert(fc.property(json, value => {
      const text = asciiJson(value)
      expect(text).to.match(/^[\x20-\x7e\u{10000}-\u{10ffff}]*$/u)
      const plain = JSON.parse(JSON.stringify(value)) as Json
      expect(JSON.parse(text)).to.deep.equal(plain)
      const read = readYaml(Buffer.from(text))
      if (!read.ok) throw new Error(`${read.failure.message}: ${text}`)
      expect(JSON.parse(JSON.stringify(jsonOf(read.root)))).to.deep.equal(plain)
    }), {numRuns: 500})
  })
})

describe('renderEmptySnapshot', () => {
  it('holds nothing but a name', () => {
    expect(JSON.parse(renderEmptySnapshot('k'))).to.deep.equal({apiVersion: 'v1', kind: 'Config', 'current-context': 'k', contexts: [], clusters: [], users: []})
  })
})

describe('besideSnapshot', () => {
  it('keeps directory and stem', () => expect(besideSnapshot('/run/k121/a-b.json', '.token')).to.equal('/run/k121/a-b.token'))
})
