import {expect} from 'chai'
import {comparing, parseBaseline} from '../../src/audit/baseline.js'
import {fingerprintOf} from '../../src/audit/fingerprint.js'
import {makeFinding} from '../../src/audit/make-finding.js'
import {compareFindings} from '../../src/audit/order.js'
import {homeOf, inScope} from '../../src/audit/scope.js'
import {isGlobMatch} from '../../src/kube/glob.js'
import {exitCodeOf} from '../../src/audit/exit.js'
import type {CheckMeta} from '../../src/audit/check.js'
import type {KubeObject} from '../../src/kube/json.js'
import {findingNamed} from '../support/findings.js'

const meta: CheckMeta = {
  id: 'c', title: 't', topic: 'external-ips', severity: 'high', variants: {bad: {severity: 'critical', title: 'bad'}},
  reads: ['services'], why: 'w', remediation: 'r', references: [],
}
const pod = (metadata: KubeObject['metadata']): KubeObject => ({apiVersion: 'v1', kind: 'Pod', metadata})
const none = (): null => null

describe('a finding', () => {
  const base = {check: 'c', variant: '', object: {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'web'}, generateName: '', key: ''}

  it('is the same one whatever version of the API showed it', () => {
    expect(fingerprintOf(base)).to.match(/^k1:[0-9a-f]{32}$/)
    expect(fingerprintOf({...base, object: {...base.object, apiVersion: 'apps/v1beta2'}})).to.equal(fingerprintOf(base))
  })

  for (const change of [{check: 'd'}, {variant: 'v'}, {key: 'k'}, {object: {...base.object, namespace: 'm'}}, {object: {...base.object, name: 'x'}}, {object: {...base.object, apiVersion: 'batch/v1'}}])
    it(`is another one with ${JSON.stringify(change)}`, () => expect(fingerprintOf({...base, ...change})).to.not.equal(fingerprintOf(base)))

  it('takes generateName for the name that a controller made up, and the owner for both', () => {
    const print = (report: Parameters<typeof makeFinding>[1]): string => makeFinding(meta, report, none).fingerprint
    const [first, second] = ['x1', 'x2'].map(name => print({object: pod({name, namespace: 'n', generateName: 'web-'}), message: 'm'}))
    expect(first).to.equal(second)
    const owner = {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'web'}
    expect(print({object: pod({name: 'a', namespace: 'n'}), owner, message: 'm'})).to.equal(print({object: pod({name: 'b', namespace: 'n'}), owner, message: 'm'}))
  })

  it('has the severity of its variant; a latent one is info and remembers it', () => {
    expect(makeFinding(meta, {object: pod({name: 'a'}), variant: 'bad', message: 'm'}, none)).to.include({severity: 'critical', state: 'active', severityWhenActive: null})
    expect(makeFinding(meta, {object: pod({name: 'a'}), variant: 'bad', message: 'm', isLatent: true}, none)).to.include({severity: 'info', state: 'latent', severityWhenActive: 'critical'})
    expect(() => makeFinding(meta, {object: pod({name: 'a'}), variant: 'none', message: 'm'}, none)).to.throw(/no variant/)
  })
})

describe('the order of findings', () => {
  it('is topic, severity, check, variant, namespace, kind, name, path', () => {
    const object = (namespace: string, kind: string, name: string): {apiVersion: string; kind: string; namespace: string; name: string} => ({apiVersion: 'v1', kind, namespace, name})
    const ordered = [
      findingNamed({topic: 'pod-security', severity: 'low'}),
      findingNamed({severity: 'critical', check: 'z'}),
      findingNamed({check: 'a', variant: 'b'}),
      findingNamed({check: 'b', variant: 'a', object: object('a', 'Z', 'z')}),
      findingNamed({check: 'b', variant: 'a', object: object('b', 'A', 'z')}),
      findingNamed({check: 'b', variant: 'a', object: object('b', 'B', 'a')}),
      findingNamed({check: 'b', variant: 'a', object: object('b', 'B', 'b'), path: 'a'}),
      findingNamed({check: 'b', variant: 'a', object: object('b', 'B', 'b'), path: 'b'}),
      findingNamed({topic: 'dual-stack', severity: 'critical'}),
    ]
    expect(ordered.toReversed().toSorted(compareFindings)).to.deep.equal(ordered)
  })
})

describe('the scope of a report', () => {
  const rows = [
    {namespaces: [], excluded: [], namespace: 'a', is: true},
    {namespaces: ['a'], excluded: [], namespace: 'b', is: false},
    {namespaces: ['a'], excluded: [], namespace: '', is: true},
    {namespaces: [], excluded: ['kube-*'], namespace: 'kube-system', is: false},
    {namespaces: [], excluded: ['kube-*'], namespace: 'my-kube-x', is: true},
    {namespaces: ['a'], excluded: ['a'], namespace: 'a', is: false},
  ]
  for (const {namespace, is, ...scope} of rows) it(`${is ? 'holds' : 'leaves out'} ${JSON.stringify(namespace)} with ${JSON.stringify(scope)}`, () => expect(inScope(namespace, scope)).to.equal(is))

  it('counts a Namespace as its own, and nothing else without one', () => {
    const named = {apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'shop'}
    expect([homeOf(named), homeOf({...named, kind: 'Node'}), homeOf({...named, apiVersion: 'example.com/v1'}), homeOf({...named, kind: 'Pod', namespace: 'a'})]).to.deep.equal(['shop', '', '', 'a'])
  })

  it('matches globs as a regular expression would, in linear time', () => {
    for (const glob of ['a*b', '*', '**', 'a?c', '', 'a*b*c', '*b', 'ab'])
      for (const text of ['', 'a', 'ab', 'abc', 'aXbYc', 'b', 'aab'])
        expect(isGlobMatch(glob, text), `${glob} ${text}`).to.equal(new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text))
    expect(isGlobMatch(`${'a*'.repeat(500)}b`, 'a'.repeat(5000))).to.equal(false)
  })
})

describe('a baseline', () => {
  const report = (...findings: object[]): never => ({apiVersion: 'k121.dev/v1', kind: 'AuditReport', clusters: [{findings}]}) as never
  const known = {check: 'c', variant: '', fingerprint: 'k1:a', severity: 'high', object: {kind: 'Service', namespace: 'n', name: 's'}}

  it('tells new from unchanged, and fixed from not looked at', () => {
    const baseline = parseBaseline(report(known, {...known, fingerprint: 'k1:b'}, {...known, fingerprint: 'k1:c', check: 'd'}))
    const compare = comparing(baseline ?? new Map())
    expect(compare.stateOf(findingNamed({fingerprint: 'k1:a'}))).to.equal('unchanged')
    expect(compare.stateOf(findingNamed({fingerprint: 'k1:z'}))).to.equal('new')
    expect(compare.known()).to.deep.equal({new: 1, unchanged: 1})
    expect(compare.gone(check => check === 'c').map(({fingerprint, state}) => `${fingerprint} ${state}`)).to.deep.equal(['k1:b fixed', 'k1:c unknown'])
  })

  it('does not count what was said by a check that turned out not to apply', () => {
    const compare = comparing(parseBaseline(report(known)) ?? new Map())
    compare.stateOf(findingNamed({check: 'c', fingerprint: 'k1:a'}))
    compare.stateOf(findingNamed({check: 'c', fingerprint: 'k1:z'}))
    expect([compare.known(new Set(['c'])), compare.gone(() => false, new Set(['c'])).map(({state}) => state)]).to.deep.equal([{new: 0, unchanged: 0}, ['unknown']])
    expect([compare.known(), compare.gone(() => false)]).to.deep.equal([{new: 1, unchanged: 1}, []])
  })

  it('is nothing else than a report', () => {
    for (const document of [null, [], {kind: 'List'}, {apiVersion: 'k121.dev/v1', kind: 'AuditReport', clusters: 'x'}]) expect(parseBaseline(document)).to.equal(null)
  })
})

describe('the exit code', () => {
  const rows = [
    {failing: 1, complete: false, allowIncomplete: true, code: 1},
    {failing: 0, complete: false, allowIncomplete: false, code: 3},
    {failing: 0, complete: false, allowIncomplete: true, code: 0},
    {failing: 0, complete: true, allowIncomplete: false, code: 0},
  ]
  for (const {code, ...input} of rows) it(`is ${code} for ${JSON.stringify(input)}`, () => expect(exitCodeOf(input)).to.equal(code))
})
