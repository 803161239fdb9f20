import {expect} from 'chai'
import type {Exemption} from '../../src/audit/exemptions.js'
import {exempting} from '../../src/audit/exemptions.js'
import {parseExemptions} from '../../src/audit/exemptions-file.js'
import type {Json} from '../../src/kube/json.js'
import {findingNamed} from '../support/findings.js'

const one: Exemption = {id: 'e1', check: 'service-external-ip', namespaces: [], kind: null, name: null, fingerprint: null, reason: 'agreed', until: '2026-12-31'}
const TODAY = '2026-11-25'

describe('exemptions', () => {
  const cases: {name: string; exemption: Partial<Exemption>; covered: boolean}[] = [
    {name: 'the check', exemption: {}, covered: true},
    {name: 'its variant', exemption: {check: 'service-external-ip/public'}, covered: true},
    {name: 'another variant', exemption: {check: 'service-external-ip/node'}, covered: false},
    {name: 'another check', exemption: {check: 'other'}, covered: false},
    {name: 'a glob of the namespace', exemption: {namespaces: ['pay*']}, covered: true},
    {name: 'another namespace', exemption: {namespaces: ['pay', 'shop*']}, covered: false},
    {name: 'the name', exemption: {kind: 'Service', name: 'vip-*'}, covered: true},
    {name: 'another kind', exemption: {kind: 'Deployment', name: 'vip-1'}, covered: false},
    {name: 'the fingerprint', exemption: {fingerprint: 'k1:1'}, covered: true},
    {name: 'another fingerprint', exemption: {fingerprint: 'k1:2'}, covered: false},
    {name: 'its last day', exemption: {until: TODAY}, covered: true},
    {name: 'the day after', exemption: {until: '2026-11-24'}, covered: false},
  ]
  for (const {name, exemption, covered} of cases) {
    it(`${covered ? 'cover' : 'do not cover'} ${name}`, () => {
      const finding = findingNamed({check: 'service-external-ip', variant: 'public', object: {apiVersion: 'v1', kind: 'Service', namespace: 'payments', name: 'vip-1'}, fingerprint: 'k1:1'})
      expect(exempting([{...one, ...exemption}], TODAY).cover(finding)).to.equal(covered ? 'e1' : null)
    })
  }

  it('are reported as active, expired or unused, with their matches', () => {
    const all = exempting([one, {...one, id: 'e2', until: '2026-01-01'}, {...one, id: 'e3', check: 'other'}], TODAY)
    all.cover(findingNamed({check: 'service-external-ip'}))
    expect(all.uses(new Set(['service-external-ip'])).map(({status, matches}) => `${status} ${matches}`), 'a check that does not apply matches nothing').to.deep.equal(['unused 0', 'expired 0', 'unused 0'])
    expect(all.uses().map(({id, status, matches}) => `${id} ${status} ${matches}`)).to.deep.equal(['e1 active 1', 'e2 expired 1', 'e3 unused 0'])
  })
})

describe('an exemptions file', () => {
  const good = {id: 'e1', check: 'known', reason: 'agreed', until: '2026-12-31'}
  const document = (entry: object): Json => ({apiVersion: 'k121.dev/v1', kind: 'Exemptions', exemptions: [entry as Json]})
  const ruleOf = (text: string): string | null => (text === 'known' || text === 'former' ? 'known' : null)

  it('is read under a former name of its check too', () => {
    const parsed = parseExemptions(document({...good, check: 'former'}), ruleOf)
    expect(parsed.ok && parsed.exemptions.map(({check}) => check)).to.deep.equal(['known'])
  })

  it('is read', () => {
    expect(parseExemptions(document(good), ruleOf)).to.deep.include({ok: true})
  })

  const mistakes: {name: string; document: Json; path: string}[] = [
    {name: 'another kind', document: {apiVersion: 'k121.dev/v1', kind: 'TrustPolicy'}, path: ''},
    {name: 'no reason', document: document({...good, reason: ' '}), path: 'exemptions[0].reason'},
    {name: 'no end date', document: document({...good, until: undefined}), path: 'exemptions[0].until'},
    {name: 'a day that is none', document: document({...good, until: '2026-02-30'}), path: 'exemptions[0].until'},
    {name: 'a check that nobody has', document: document({...good, check: 'unknown'}), path: 'exemptions[0].check'},
    {name: 'a misspelt field', document: document({...good, namespace: ['a']}), path: 'exemptions[0].namespace'},
    {name: 'a list that is none', document: document({...good, namespaces: 'a'}), path: 'exemptions[0].namespaces'},
    {name: 'one id twice', document: {apiVersion: 'k121.dev/v1', kind: 'Exemptions', exemptions: [good, good]}, path: 'exemptions'},
  ]
  for (const {name, document: given, path} of mistakes) {
    it(`with ${name} is refused, with its place`, () => {
      expect(parseExemptions(given, ruleOf)).to.deep.include({ok: false, path})
    })
  }
})
