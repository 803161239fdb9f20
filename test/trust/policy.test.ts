import {expect} from 'chai'
import type {PolicyResult} from '../../src/trust/policy.js'
import {DEFAULT_POLICY, parsePolicy} from '../../src/trust/policy.js'

const HEAD = 'apiVersion: k121.dev/v1\nkind: TrustPolicy\n'
const parse = (body: string, head = HEAD): PolicyResult => parsePolicy(Buffer.from(head + body))
const entry = (body: string): string => `plugins:\n- ${body}`

describe('parsePolicy', () => {
  it('without a word is the allowlist with the catalogue', () => expect(parse('')).to.deep.equal({ok: true, policy: DEFAULT_POLICY}))

  it('reads a whole file', () => {
    const result = parse(`credentialPluginPolicy: AllowAll
catalogue: false
plugins:
  - command: /opt/bin/aws
    args: [eks, get-token]
    env: [AWS_PROFILE]
    servers:
      - https://*.eks.amazonaws.com
      - {url: "https://h:6443", ca: system}
      - {url: "https://i/p", ca: "sha256:${'a'.repeat(64)}"}
    sha256: ${'b'.repeat(64)}
  - command: tsh
    args: any
`)
    if (!result.ok) throw new Error(result.failure.message)
    const {mode, catalogue, plugins} = result.policy
    expect([mode, catalogue, plugins.length]).to.deep.equal(['AllowAll', false, 2])
    expect(plugins[0]).to.deep.include({command: '/opt/bin/aws', absolute: true, args: ['eks', 'get-token'], env: ['AWS_PROFILE'], sha256: 'b'.repeat(64), line: 6})
    expect(plugins[0]?.servers.map(({pattern, ca}) => [pattern.text, ca])).to.deep.equal([['https://*.eks.amazonaws.com', null], ['https://h:6443', 'system'], ['https://i/p', `sha256:${'a'.repeat(64)}`]])
    expect(plugins[1]).to.deep.include({command: 'tsh', absolute: false, args: 'any', env: [], servers: [], sha256: null})
  })

  const refused: [name: string, body: string, place: string, says: RegExp][] = [
    ['a misspelt key', 'catalog: false', '3:10', /one of the keys .*catalogue/],
    ['a misspelt mode', 'credentialPluginPolicy: DenyALL', '3:25', /one of AllowAll, DenyAll, Allowlist/],
    ['an empty mode', 'credentialPluginPolicy: ""', '3:25', /one of AllowAll/],
    ['a mode left blank', 'credentialPluginPolicy:', '3:24', /one of AllowAll/],
    ['a quoted switch', 'catalogue: "false"', '3:12', /true or false/],
    ['a switch left blank', 'catalogue:', '3:11', /true or false/],
    ['a relative command', entry('command: bin/aws'), '4:12', /absolute path or a bare name/],
    ['a relative Windows command', entry('command: bin\\aws'), '4:12', /absolute path or a bare name/],
    ['no command', entry('args: any'), '4:3', /absolute path or a bare name/],
    ['a key of kuberc', entry('name: aws'), '4:9', /one of the keys command, args/],
    ['another word for args', entry('{command: a, args: all}'), '4:22', /"catalogue", "any" or a list/],
    ['args left blank', entry('{command: a, args: }'), '4:21', /"catalogue", "any" or a list/],
    ['a number among args', entry('{command: a, args: [1]}'), '4:23', /a string/],
    ['a value in env', entry('{command: a, env: [A=b]}'), '4:22', /name of an environment variable/],
    ['a server over http', entry('{command: a, servers: ["http://h"]}'), '4:26', /an https URL/],
    ['a wildcard in the middle', entry('{command: a, servers: ["https://a.*.b"]}'), '4:26', /only "\*\."/],
    ['a server for everything', entry('{command: a, servers: ["https://*"]}'), '4:26', /https URL/],
    ['a server without URL', entry('{command: a, servers: [{ca: system}]}'), '4:26', /https URL/],
    ['a fingerprint in upper case', entry(`{command: a, servers: [{url: "https://h", ca: "sha256:${'A'.repeat(64)}"}]}`), '4:49', /"system" or "sha256:"/],
    ['a short digest', entry('{command: a, sha256: abc}'), '4:24', /64 lower-case hex digits/],
    ['a digest left blank', entry('{command: a, sha256: }'), '4:23', /64 lower-case hex digits/],
    ['an empty digest', entry('{command: a, sha256: ""}'), '4:24', /64 lower-case hex digits/],
    ['servers left blank', entry('{command: a, servers: }'), '4:24', /at least one server/],
    ['no server at all', entry('{command: a, servers: []}'), '4:25', /at least one server/],
    ['an authority left blank', entry('{command: a, servers: [{url: "https://h", ca: }]}'), '4:48', /"system" or "sha256:"/],
    ['an empty authority', entry('{command: a, servers: [{url: "https://h", ca: ""}]}'), '4:49', /"system" or "sha256:"/],
    ['a list for everything', '- a', '3:1', /./],
  ]
  for (const [name, body, place, says] of refused) {
    it(`refuses ${name}, at ${place}`, () => {
      const result = parse(body)
      if (result.ok) throw new Error('it was read')
      expect(result.failure.message).to.match(says)
      expect(`${result.failure.line}:${result.failure.column}`).to.equal(place)
    })
  }

  const heads: [name: string, head: string][] = [
    ['an empty file', ''], ['no kind', 'apiVersion: k121.dev/v1\n'], ['another version', 'apiVersion: v1\nkind: TrustPolicy\n'], ['a kubeconfig', 'apiVersion: v1\nkind: Config\n'], ['a second document', `${HEAD}---\n${HEAD}`],
  ]
  for (const [name, head] of heads) it(`refuses ${name}`, () => expect(parse('', head).ok).to.equal(false))
})
