import {expect} from 'chai'
import type {Decision, Decisions, Pin} from '../../src/trust/decisions.js'
import {canonicalPin, decisionFor, NO_DECISIONS, parseDecisions} from '../../src/trust/decisions.js'
import {pinId} from '../../src/trust/pin.js'

const PIN: Pin = {
  command: 'aws', path: '/usr/bin/aws', args: ['a', 'b'], env: [{name: 'A', sha256: '1'}], script: {sha256: '2', interpreter: '/bin/sh'},
  file: '/home/me/.kube/config', user: 'me', server: 'https://h', ca: ['sha256:1', 'sha256:2'], proxyUrl: '', tlsServerName: '',
}
const NOW = '2026-11-25T12:00:00.000Z'
const decision = (more: Partial<Decision> = {}): Decision => ({id: pinId(PIN), date: NOW, pin: PIN, ...more})
const store = (...decisions: Decision[]): Decisions => ({...NO_DECISIONS, decisions})

describe('pins', () => {
  const changes: [name: string, change: Partial<Pin>][] = [
    ['command', {command: '/usr/bin/aws'}], ['path', {path: '/opt/aws'}], ['argument', {args: ['a', 'c']}], ['argument more', {args: ['a', 'b', '']}],
    ['arguments split elsewhere', {args: ['a b']}], ['order of arguments', {args: ['b', 'a']}], ['value of a variable', {env: [{name: 'A', sha256: '9'}]}],
    ['variable', {env: []}], ['script', {script: {sha256: '3', interpreter: '/bin/sh'}}], ['interpreter', {script: {sha256: '2', interpreter: '/bin/bash'}}],
    ['script that became a binary', {script: null}], ['file', {file: '/tmp/config'}], ['user', {user: 'you'}], ['server', {server: 'https://i'}],
    ['authority', {ca: ['sha256:1']}], ['proxy', {proxyUrl: 'http://p'}], ['TLS name', {tlsServerName: 'n'}],
    ['word about its cluster', {clusterInfo: '1'}],
  ]
  for (const [name, change] of changes) {
    it(`another ${name} is another pin`, () => {
      const other = {...PIN, ...change}
      expect(canonicalPin(other)).to.not.equal(canonicalPin(PIN))
      expect(pinId(other)).to.not.equal(pinId(PIN))
      expect(decisionFor(store(decision()), other, NOW)).to.equal(null)
    })
  }

  it('covers every field of a pin', () => {
    const covered = new Set(changes.flatMap(([, change]) => Object.keys(change)))
    expect([...covered].sort()).to.deep.equal([...Object.keys(PIN), 'clusterInfo'].sort())
  })

  it('does not depend on the order of keys', () => {
    const turned = Object.fromEntries(Object.entries(PIN).reverse()) as unknown as Pin
    expect(canonicalPin(turned)).to.equal(canonicalPin(PIN))
  })

  it('has an id of twelve hex digits', () => expect(pinId(PIN)).to.match(/^[0-9a-f]{12}$/))
})

describe('decisionFor', () => {
  const rows: [name: string, decisions: Decisions, isFound: boolean][] = [
    ['nothing', NO_DECISIONS, false],
    ['a decision', store(decision()), true],
    ['one that expires later', store(decision({expires: '2026-11-25T12:00:00.001Z'})), true],
    ['one that expires now', store(decision({expires: NOW})), false],
    ['an expired one before a live one', store(decision({expires: '2020-01-01T00:00:00.000Z'}), decision()), true],
    // The id is a name for people; only the pin itself counts.
    ['a forged id', store(decision({pin: {...PIN, path: '/evil'}})), false],
  ]
  for (const [name, decisions, isFound] of rows) it(name, () => expect(decisionFor(decisions, PIN, NOW) !== null).to.equal(isFound))
})

describe('parseDecisions', () => {
  const good = {...store(decision({once: true, expires: NOW, dangerous: true})), servers: [{server: 'https://h', ca: ['system'], date: NOW}]}
  it('reads what we write', () => expect(parseDecisions(JSON.stringify(good))).to.deep.equal(good))
  it('reads a static credential', () => {
    const text = JSON.stringify(store(decision({pin: {...PIN, command: '', path: '', args: [], env: [], script: null}})))
    expect(parseDecisions(text)?.decisions).to.have.length(1)
  })

  const broken: [name: string, text: string][] = [
    ['nothing', ''], ['half of it', JSON.stringify(good).slice(0, -9)], ['null', 'null'], ['a list', '[]'], ['another version', JSON.stringify({...good, apiVersion: 'k121.dev/v2'})],
    ['another kind', JSON.stringify({...good, kind: 'TrustPolicy'})], ['no servers', JSON.stringify({...good, servers: undefined})], ['decisions by id', JSON.stringify({...good, decisions: {}})],
    ['a CA that is a text', JSON.stringify({...good, servers: [{server: 's', date: NOW, ca: 'system'}]})],
    ...Object.keys(PIN).map((key): [string, string] => [`a pin without ${key}`, JSON.stringify(store(decision({pin: {...PIN, [key]: undefined}})))]),
    ...(['id', 'date', 'pin'] as const).map((key): [string, string] => [`a decision without ${key}`, JSON.stringify(store(decision({[key]: undefined})))]),
    ['dangerous as a text', JSON.stringify(store(decision({dangerous: 'no' as never})))],
    ['expiry as a number', JSON.stringify(store(decision({expires: 5 as never})))],
    ['arguments with a number', JSON.stringify(store(decision({pin: {...PIN, args: [1 as never]}})))],
  ]
  for (const [name, text] of broken) it(`refuses ${name} whole`, () => expect(parseDecisions(text)).to.equal(null))
})
