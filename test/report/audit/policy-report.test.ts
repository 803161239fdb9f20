import {expect} from 'chai'
import {parseAllDocuments} from 'yaml'
import type {AuditResult} from '../../../src/audit/audit-report.js'
import {OPENREPORTS, WGPOLICY, renderPolicyReports} from '../../../src/report/audit/policy-report.js'
import {RESULTS} from '../../../src/report/audit/policy-result.js'
import {manyFindings} from './many.js'
import {FINDINGS, resultOf} from './sample.js'

interface Report {
  apiVersion: string
  kind: string
  metadata: {name: string; namespace?: string}
  results: {policy: string; result: string; message: string; resources?: {namespace?: string}[]; properties?: Record<string, string>}[]
  summary: Record<string, number>
}

const reports = (result: AuditResult = resultOf(), api = WGPOLICY): Report[] => parseAllDocuments([...renderPolicyReports(result, api)].join('')).map(one => one.toJS() as Report)

describe('policy reports', () => {
  it('are one for the cluster and one for each namespace', () => {
    expect(reports().map(({kind, metadata: {name, namespace}}) => [kind, name, namespace])).to.deep.equal([
      ['ClusterPolicyReport', 'k121-cluster-1', undefined], ['PolicyReport', 'k121-flux-1', 'flux'], ['PolicyReport', 'k121-payments-1', 'payments'], ['PolicyReport', 'k121-shop-1', 'shop'],
    ])
    expect(new Set(reports(resultOf(), OPENREPORTS).map(({apiVersion, kind}) => `${apiVersion} ${kind}`))).to.deep.equal(new Set(['openreports.io/v1alpha1 ClusterReport', 'openreports.io/v1alpha1 Report']))
  })

  it('sum up what they hold', () => {
    for (const {results, summary} of reports()) for (const result of RESULTS) expect(summary[result]).to.equal(results.filter(one => one.result === result).length)
  })

  it('properties are strings, and a namespace that no server has is the cluster\'s', () => {
    const [cluster] = reports()
    expect(cluster?.results.filter(({policy}) => policy === 'service-external-ip')).to.have.length(1)
    for (const {results} of reports()) for (const {properties = {}} of results) for (const value of Object.values(properties)) expect(value).to.be.a('string')
  })

  it('nothing is lost between portions and parts, and every part can be applied', () => {
    const all = reports(manyFindings(11_000))
    expect(all.reduce((sum, {results}) => sum + results.filter(({policy}) => policy === 'policy-carve-out').length, 0)).to.equal(11_000)
    expect(new Set(all.map(({metadata: {name}}) => name)).size).to.equal(all.length)
    for (const report of all) expect(JSON.stringify(report).length).to.be.below(262_144)
  }).timeout(60_000)

  it('a namespace that is too large has several parts', () => {
    const findings = Array.from({length: 900}, (_, index) => ({...FINDINGS[0]!, object: {apiVersion: 'v1', kind: 'Service', namespace: 'a', name: `s${index}`}, message: '<&>'.repeat(100)}))
    const parts = reports(resultOf([], findings)).filter(({metadata: {namespace}}) => namespace === 'a')
    expect(parts.map(({metadata: {name}}) => name)).to.deep.equal(parts.map((_, index) => `k121-a-${index + 1}`)).and.have.length.above(5)
    for (const {results, summary} of parts) expect(summary['fail']).to.equal(results.length)
    // As the annotation of `kubectl apply` holds it.
    for (const part of parts) expect(JSON.stringify(part).replace(/[<>&]/g, '\\u003c').length).to.be.below(262_144)
  })
})
