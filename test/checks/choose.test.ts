import {expect} from 'chai'
import type {Check} from '../../src/audit/check.js'
import {defineCheck} from '../../src/audit/check.js'
import type {Choice} from '../../src/checks/choose.js'
import {chooseChecks, nearestId, ruleNamed} from '../../src/checks/choose.js'
import {checksTable, explainMarkdown, explainText} from '../../src/report/audit/explain.js'

const check = (id: string, topic: 'external-ips' | 'pod-security', aliases: string[] = []): Check =>
  defineCheck({meta: {id, topic, aliases, title: '', severity: 'low', reads: [], why: '', remediation: '', references: []}, create: () => ({})})
const ALL = [check('service-external-ip', 'external-ips', ['old-name']), check('external-ip-writers', 'external-ips'), check('psp-in-use', 'pod-security')]
const NOTHING: Choice = {topics: [], only: [], skip: []}

describe('a rule by its name', () => {
  const withVariant = defineCheck({meta: {id: 'c', topic: 'external-ips', variants: {v: {severity: 'low', title: ''}}, aliases: ['old'], title: '', severity: 'low', reads: [], why: '', remediation: '', references: []}, create: () => ({})})
  const rows: [string, string | null][] = [['c', 'c null'], ['old', 'c null'], ['c/v', 'c v'], ['old/v', 'c v'], ['c/x', null], ['c/v/x', null], ['c/', null], ['x', null], ['c/constructor', null]]
  for (const [text, wanted] of rows) it(`${text} is ${wanted}`, () => {
    const rule = ruleNamed([withVariant], text)
    expect(rule === null ? null : `${rule.check.meta.id} ${rule.variant}`).to.equal(wanted)
  })
})

describe('a check on request', () => {
  const asked = defineCheck({meta: {id: 'asked', topic: 'external-ips', aliases: ['once'], isOnRequest: true, title: 'T', severity: 'info', reads: [], why: '', remediation: '', references: []}, create: () => ({})})
  const cases: {name: string; choice: Partial<Choice>; runs: boolean}[] = [
    {name: 'nothing said', choice: {}, runs: false},
    {name: 'its topic', choice: {topics: ['external-ips']}, runs: false},
    {name: 'its id', choice: {only: ['asked']}, runs: true},
    {name: 'its former id', choice: {only: ['once', 'psp-in-use']}, runs: true},
    {name: 'another id', choice: {only: ['external-ip-writers']}, runs: false},
    {name: 'its id, of another topic', choice: {only: ['asked'], topics: ['pod-security']}, runs: false},
    {name: 'its id, and to skip it', choice: {only: ['asked'], skip: ['asked']}, runs: false},
    {name: 'a list of what there is', choice: {withOnRequest: true}, runs: true},
    {name: 'a list of another topic', choice: {withOnRequest: true, topics: ['pod-security']}, runs: false},
    {name: 'a list of another id', choice: {withOnRequest: true, only: ['psp-in-use']}, runs: false},
  ]
  for (const {name, choice, runs} of cases) it(`${runs ? 'is' : 'is not'} taken for ${name}`, () => {
    const chosen = chooseChecks([...ALL, asked], {...NOTHING, ...choice})
    expect(chosen.ok && chosen.checks.includes(asked)).to.equal(runs)
  })

  it('says so in the list and on its page', () => {
    expect(checksTable([asked.meta], 100)).to.contain('T (on request)')
    expect(explainText(asked.meta, null).split('\n')[0]).to.equal('asked   info   external-ips   on request: --check asked')
    expect(explainMarkdown(asked.meta)).to.contain('- On request: --check asked')
    expect(checksTable([ALL[0]!.meta], 100)).not.to.contain('on request')
  })
})

describe('choosing checks', () => {
  const cases: {name: string; choice: Partial<Choice>; ids: string[]}[] = [
    {name: 'nothing said', choice: {}, ids: ['service-external-ip', 'external-ip-writers', 'psp-in-use']},
    {name: 'a topic', choice: {topics: ['pod-security']}, ids: ['psp-in-use']},
    {name: 'an id', choice: {only: ['external-ip-writers']}, ids: ['external-ip-writers']},
    {name: 'a former name', choice: {only: ['old-name']}, ids: ['service-external-ip']},
    {name: 'a topic without one', choice: {topics: ['external-ips'], skip: ['service-external-ip']}, ids: ['external-ip-writers']},
    {name: 'a topic and an id of another', choice: {topics: ['external-ips'], only: ['psp-in-use']}, ids: []},
  ]
  for (const {name, choice, ids} of cases) {
    it(`takes ${ids.join(', ') || 'none'} for ${name}`, () => {
      const chosen = chooseChecks(ALL, {...NOTHING, ...choice})
      expect(chosen.ok && chosen.checks.map(({meta}) => meta.id)).to.deep.equal(ids)
    })
  }

  for (const field of ['only', 'skip'] as const)
    it(`takes an unknown id in ${field} for a mistake, and names the nearest`, () => expect(chooseChecks(ALL, {...NOTHING, [field]: ['psp-in-us']})).to.deep.equal({ok: false, unknown: 'psp-in-us', near: 'psp-in-use'}))

  it('names no id that has nothing to do with it', () => expect(nearestId(ALL, 'zzzzzzzz')).to.equal(null))
})
