import {expect} from 'chai'
import type {CheckResult, Verdict} from '../../src/audit/audit-report.js'
import type {Collector} from '../../src/audit/collect.js'
import {summarise} from '../../src/audit/summary.js'
import type {Tally} from '../../src/audit/tally.js'
import {newTally} from '../../src/audit/tally.js'

const passed: CheckResult = {id: 'c', topic: 'pod-security', status: 'passed', looked: 1, skip: null, detail: '', isPreview: false}
const skipped: CheckResult = {...passed, status: 'skipped', skip: {reason: 'not-requested', resource: '', detail: '', unblock: ''}}

describe('the verdict of a topic', () => {
  const rows: {check: CheckResult; tally?: Partial<Tally>; best?: Verdict; isNarrowed?: boolean; verdict: Verdict}[] = [
    {check: passed, verdict: 'closed'},
    {check: passed, best: 'latent', verdict: 'latent'},
    {check: passed, best: 'unknown', verdict: 'unknown'},
    {check: passed, tally: {latent: 1}, verdict: 'latent'},
    {check: passed, tally: {exempted: 1}, verdict: 'closed'},
    {check: passed, isNarrowed: true, verdict: 'unknown'},
    {check: passed, tally: {high: 1}, isNarrowed: true, verdict: 'open'},
    {check: skipped, verdict: 'unknown'},
    {check: skipped, best: 'latent', verdict: 'unknown'},
    {check: passed, tally: {low: 1}, best: 'latent', verdict: 'partly'},
    {check: skipped, tally: {medium: 1}, verdict: 'partly'},
    {check: skipped, tally: {high: 1}, best: 'closed', verdict: 'open'},
  ]
  for (const {check, tally = {}, best, isNarrowed = false, verdict} of rows) {
    it(`is ${verdict} for a check that was ${check.status}, ${JSON.stringify(tally)}${best === undefined ? '' : `, at best ${best}`}${isNarrowed ? ', beside others that were left out' : ''}`, () => {
      const collector: Collector = {onReport: () => undefined, tallyOf: () => ({...newTally(), ...tally}), failingOf: () => 0}
      const {verdicts} = summarise({checks: [check], collector, gone: [], known: null, narrowed: isNarrowed ? ['pod-security'] : [], verdicts: best === undefined ? {} : {'pod-security': best}})
      expect(verdicts).to.deep.equal({'pod-security': verdict})
    })
  }
})
