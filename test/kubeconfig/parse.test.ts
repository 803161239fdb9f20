import {expect} from 'chai'
import {inspect} from 'node:util'
import type {Kubeconfig} from '../../src/kubeconfig/model.js'
import type {ParseResult} from '../../src/kubeconfig/parse.js'
import {parseKubeconfig} from '../../src/kubeconfig/parse.js'
import {hasUnprintable} from '../../src/printable.js'

const parse = (text: string): ParseResult => parseKubeconfig(Buffer.from(text), '/home/me/config', '/home/me')

function config(text: string): Kubeconfig {
  const result = parse(text)
  if (!result.ok) throw new Error(result.failure.message)
  return result.config
}

const user = (body: string): string => `users:\n- name: me\n  user: {${body}}`

describe('parseKubeconfig', () => {
  const refused: [name: string, text: string, place: string, says: RegExp][] = [
    ['a list for the top', '- a', '1:1', /^the file must be a mapping, found a list$/],
    ['a text for the top', 'hello', '1:1', /^the file must be a mapping, found a string$/],
    ['a mapping of users', 'users: {a: 1}', '1:8', /^users must be a list, found a mapping$/],
    ['a number for a name', 'clusters:\n- name: 5', '2:9', /^clusters\[0\]\.name must be a string \(in quotes\), found an int$/],
    ['a quoted switch', 'clusters:\n- name: a\n  cluster:\n    insecure-skip-tls-verify: "true"', '4:31', /must be true or false \(without quotes\), found a string/],
    ['base64 without padding', 'clusters:\n- name: a\n  cluster:\n    certificate-authority-data: YWI', '4:33', /must be base64 with padding/],
    ['an integer for a plugin that would be rounded', 'clusters:\n- name: a\n  cluster:\n    extensions: [{name: client.authentication.k8s.io/exec, extension: {a: [9007199254740993]}}]', '4:76', /too large/],
    ['base64 of the URL alphabet', user('client-key-data: "-_-_"'), '3:27', /base64/],
    ['a name twice', 'users:\n- {name: a}\n- {name: a}', '3:10', /^users\[1\]\.name /],
    ['an empty name twice', 'contexts:\n- {}\n- {}', '3:3', /^contexts\[1\]\.name /],
    ['another kind', 'kind: Secret', '1:7', /^kind must be "Config"/],
    ['another version', 'apiVersion: v2', '1:13', /^apiVersion must be "v1"/],
    ['a kind in another case', 'Kind: Config', '1:7', /spelt exactly/],
    ['a kind with the Kelvin sign', '"\\u212aind": Config', '1:14', /spelt exactly/],
    ['a list as current context', 'current-context: [a]', '1:18', /must be a string/],
    ['a plugin as one text', user('exec: aws eks'), '3:16', /users\[0\]\.user\.exec must be a mapping/],
    ['arguments as one text', user('exec: {args: get-token}'), '3:23', /exec\.args must be a list/],
    ['a number among arguments', user('exec: {args: [a, 5]}'), '3:27', /exec\.args\[1\] must be a string/],
    ['an environment as a mapping', user('exec: {env: {A: b}}'), '3:22', /exec\.env must be a list/],
    ['a date-like token stays text, a number does not', user('token: 12345'), '3:17', /token must be a string/],
    ['a wrong type in an entry that nobody selects', 'users: [{name: a}, {name: b, user: {tokenFile: [x]}}]', '1:48', /users\[1\]\.user\.tokenFile/],
  ]
  for (const [name, text, place, says] of refused) {
    it(`refuses ${name}, at ${place}`, () => {
      const result = parse(text)
      if (result.ok) throw new Error('it was read')
      expect(`${result.failure.line}:${result.failure.column}`).to.equal(place)
      expect(result.failure.message).to.match(says)
      expect(result.failure.hint).to.not.equal('')
    })
  }

  it('reads every null as nothing', () => {
    const {users, clusters, contexts, currentContext, empty} = config('apiVersion: v1\nkind: Config\nusers:\nclusters: ~\ncontexts: null\ncurrent-context:\npreferences:')
    expect([users.size, clusters.size, contexts.size, currentContext, empty]).to.deep.equal([0, 0, 0, '', true])
  })

  it('reads an entry without its mapping', () => {
    const {users, empty} = config('users: [{name: a}]')
    expect([users.get('a')?.exec, users.get('a')?.token, empty]).to.deep.equal([null, null, false])
  })

  it('keeps order and duplicates of env', () => {
    const exec = config(user('exec: {command: x, env: [{name: A, value: "1"}, {name: A, value: "2"}, {name: B}]}')).users.get('me')?.exec
    expect(exec?.env).to.deep.equal([{name: 'A', value: '1'}, {name: 'A', value: '2'}, {name: 'B', value: ''}])
  })

  it('knows where each entry stands', () => {
    const origin = config(user('exec: {command: x}')).users.get('me')?.origin
    expect([origin?.file, origin?.dir, origin?.path]).to.deep.equal(['/home/me/config', '/home/me', ['users', 0, 'user']])
  })

  it('keeps base64 with line breaks inside', () => {
    const cluster = config('clusters: [{name: a, cluster: {certificate-authority-data: "aGVs\\nbG8="}}]').clusters.get('a')
    expect(Buffer.from(cluster?.certificateAuthorityData ?? []).toString()).to.equal('hello')
  })

  it('says a word about keys that kubectl ignores', () => {
    const {remarks} = config('colour: x\nusers:\n- name: me\n  user: {Exec: {command: x}, "to\\u212aen": y, tokenfile: z}')
    expect(remarks.map(({id, path}) => [id, path.join('.')])).to.deep.equal([
      ['unknown-field', 'colour'], ['ignored-field', 'users.0.user.Exec'], ['ignored-field', 'users.0.user.to\u212aen'], ['ignored-field', 'users.0.user.tokenfile'],
    ])
  })

  it('keeps of an auth-provider only what names programs and hosts', () => {
    const provider = config(user('auth-provider: {name: gcp, config: {cmd-path: /x, access-token: hush, id-token: hush}}')).users.get('me')?.authProvider
    expect([...(provider?.config ?? [])]).to.deep.equal([['cmd-path', '/x']])
    expect(provider?.keys).to.deep.equal(['cmd-path', 'access-token', 'id-token'])
  })

  it('takes the exec extension of a cluster, whole', () => {
    const cluster = config('clusters: [{name: a, cluster: {extensions: [{name: client.authentication.k8s.io/exec, extension: {a: [1, 0x10, 1.5, true, null, __proto__]}}]}}]').clusters.get('a')
    expect(JSON.stringify(cluster?.execExtension)).to.equal('{"a":[1,16,1.5,true,null,"__proto__"]}')
  })

  // Law 5: keys and values of the file stand in messages, and a terminal obeys C1 as it obeys ESC.
  const hostile = '\\u009b31m\\u202e\\e]0;x\\a'
  for (const text of [user(`as-user-extra: {"${hostile}": 5}`), `"${hostile}": 1`, user(`auth-provider: {config: {"${hostile}": [1]}}`), `users:\n- {name: "${hostile}"}\n- {name: "${hostile}"}`]) {
    it(`prints no character that a terminal obeys: ${JSON.stringify(text.slice(0, 40))}`, () => {
      const result = parse(text)
      const messages = result.ok ? result.config.remarks.map(remark => remark.message) : [result.failure.message]
      expect(messages).to.have.length(1)
      expect(messages.filter(hasUnprintable)).to.deep.equal([])
    })
  }

  it('lets no secret out of its box', () => {
    const read = config(user('token: hush-1, password: hush-2, client-key-data: aHVzaA=='))
    const {root: _root, ...rest} = read
    const users = [...rest.users.values()].map(({origin: _origin, ...fields}) => fields)
    for (const text of [JSON.stringify(users), inspect(users, {depth: 9, showHidden: true}), String(users[0]?.token), `${users[0]?.password}`])
      expect(text).to.not.match(/hush|aHVza/)
  })
})
