import {expect} from 'chai'
import {defineCheck} from '../../src/audit/check.js'
import type {Outcome, ReadOutcome} from '../../src/audit/outcome.js'
import {answerables, isAllPermitted} from '../../src/audit/preflight.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {preflightTable} from '../../src/report/audit/preflight.js'

const check = defineCheck({
  meta: {id: 'c', topic: 'external-ips', title: '', severity: 'low', reads: ['services'], alsoReads: ['nodes', 'metrics'], why: '', remediation: '', references: []},
  create: () => ({}),
})

describe('the preflight', () => {
  const rows: {outcomes: Partial<Record<ReadKey, Outcome>>; answer: string; isPermitted: boolean}[] = [
    {outcomes: {}, answer: 'yes', isPermitted: true},
    {outcomes: {services: 'forbidden'}, answer: 'no', isPermitted: false},
    {outcomes: {services: 'not-requested'}, answer: 'no', isPermitted: true},
    {outcomes: {nodes: 'forbidden'}, answer: 'partly', isPermitted: false},
    {outcomes: {nodes: 'not-served'}, answer: 'yes', isPermitted: true},
    {outcomes: {metrics: 'forbidden'}, answer: 'yes', isPermitted: true},
  ]
  for (const {outcomes, answer, isPermitted} of rows) {
    it(`answers ${answer} for ${JSON.stringify(outcomes)}`, () => {
      const read = (outcome: Outcome): ReadOutcome => ({outcome, scope: 'cluster', oneSnapshot: true, items: 0, detail: ''})
      const answers = answerables([check], new Map((['services', 'nodes', 'metrics'] as const).map(key => [key, read(outcomes[key] ?? 'complete')])))
      expect(answers.map(one => one.answer)).to.deep.equal([answer])
      expect(isAllPermitted(answers)).to.equal(isPermitted)
    })
  }
})

describe('the table of the preflight', () => {
  const row = (outcome: Outcome, id: string): Parameters<typeof preflightTable>[0][number] => ({
    check: id, topic: 'external-ips', answer: outcome === 'not-served' ? 'yes' : 'no', missing: [{key: 'validatingadmissionpolicies', outcome, detail: ''}, {key: 'services', outcome, detail: ''}],
  })

  it('names every check and row whole, and is silent about an API that is not there', () => {
    const text = preflightTable([row('forbidden', 'a-check-with-a-long-name-here'), row('not-served', 'b')], 80)
    expect(text).to.not.include('…')
    expect(text).to.match(/^external-ips +a-check-with-a-long-name-here +no\n {15}not permitted:\n {15}validatingadmissionpolicies\.admissionregistration\.k8s\.io,\n {15}services\nexternal-ips +b +yes\n\n1 of 2 checks can/m)
    expect(text.split('\n').every(line => line.length <= 80)).to.equal(true)
  })

  it('names a few of many that are missing, and all of them where there is room', () => {
    const keys = ['pods', 'services', 'nodes', 'ingresses', 'networkpolicies'] as const
    const answers = [{check: 'a', topic: 'dual-stack', answer: 'no' as const, missing: keys.map(key => ({key, outcome: 'forbidden' as const, detail: ''}))}]
    expect(preflightTable(answers, 80)).to.match(/^ +not permitted: pods, services, nodes and 2 more$/m).and.match(/kubectl k121 rbac {3}all that is missing: -o wide\n$/)
    expect(preflightTable(answers, null)).to.match(/nodes, ingresses\.networking\.k8s\.io, networkpolicies\.networking\.k8s\.io *$/m)
  })
})
