import {readFileSync, writeFileSync} from 'node:fs'
import {expect} from 'chai'
import {openFiles} from '../../../src/adapters/manifests/open-files.js'
import type {Finding, ObjectRef} from '../../../src/audit/finding.js'
import {FILTER_KEYS} from '../../../src/kube/filter-rows.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {annotationsOf, nameOf, namespaceOf} from '../../../src/kube/object.js'
import {isOf, rowOf} from '../../../src/kube/resources.js'
import {CORPUS, CORPUS_CLUSTERS, STATE_NAMES, TOPIC_CHECKS, corpusObjects, runCorpus} from '../../support/filter-corpus.js'
import type {Ran} from '../../support/run-checks.js'
import {wholeAudit} from '../../support/whole-audit.js'

const GOLDEN = new URL('corpus.golden.json', import.meta.url)
/** What somebody expected of a filter, by hand and before the checks were asked. */
const EXPECTED = 'corpus.example.com/dual'

/** Cluster and state: `check/variant` of what is active, and of what is latent, and how many; checks that did not see all. */
type Golden = Record<string, Record<string, number | string>>

const runs = new Map<string, Ran>()
const ranIn = (cluster: string, state: (typeof STATE_NAMES)[number]): Ran => runs.get(`${cluster}, ${state}`)!

function countsOf({findings, skips}: Ran): Record<string, number | string> {
  const counts = new Map<string, number>()
  for (const finding of findings) {
    const key = `${idOf(finding)}${finding.state === 'latent' ? ' latent' : ''}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const skipped = Object.entries(skips).flatMap(([check, reason]): [string, string][] => (reason === null ? [] : [[check, reason]]))
  return Object.fromEntries([...counts, ...skipped].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function idOf({check, variant}: Finding): string {
  return variant === '' ? check : `${check}/${variant}`
}

function keyOf({kind, namespace, name}: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`
}

/** Of the kinds that hold filters: on others, findings are about what they say together. */
function isFilter(object: KubeObject): boolean {
  return ['Service', 'Ingress', 'ConfigMap'].includes(object.kind) || FILTER_KEYS.some(key => isOf(rowOf(key), object))
}

describe('filters as people write them', function () {
  this.timeout(60_000)

  before(async () => {
    for (const cluster of CORPUS_CLUSTERS) for (const state of STATE_NAMES) runs.set(`${cluster}, ${state}`, await runCorpus(cluster, state))
  })

  it('are a hundred network policies and thirty others, at least', () => {
    const objects = CORPUS_CLUSTERS.flatMap(corpusObjects)
    const policies = objects.filter(object => isOf(rowOf('networkpolicies'), object))
    const others = objects.filter(object => isFilter(object) && !policies.includes(object) && annotationsOf(object)[EXPECTED] !== undefined)
    expect(policies.length).to.be.at.least(100)
    expect(others.length).to.be.at.least(30)
    expect(policies.filter(policy => !JSON.stringify(policy).includes('"cidr"')).length / policies.length).to.be.within(0.2, 0.4)
  })

  for (const cluster of CORPUS_CLUSTERS)
    it(`are told of as expected where pods have both families: ${cluster}`, () => {
      const {findings} = ranIn(cluster, 'dual')
      const wrong = corpusObjects(cluster).filter(isFilter).flatMap(object => {
        const key = keyOf({kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)})
        const found = findings.filter(finding => keyOf(finding.object) === key && finding.object.apiVersion === object.apiVersion)
        const told = found.map(finding => (finding.check.startsWith('network-policy-') ? idOf(finding).slice('network-policy-'.length) : finding.variant)).toSorted().join(' ')
        const expected = annotationsOf(object)[EXPECTED]
        const wanted = expected === undefined ? null : expected.split(' ').toSorted().join(' ')
        return (wanted === null ? found.length === 0 : found.length > 0 && told === wanted) ? [] : [`${key}: ${wanted === null ? 'nothing' : `"${wanted}"`} expected, told "${told}"`]
      })
      expect(wrong).to.deep.equal([])
    })

  it('make every check of the topic speak', () => {
    const spoken = new Set([...runs.values()].flatMap(({findings}) => findings.map(({check}) => check)))
    expect(TOPIC_CHECKS.map(({meta}) => meta.id).filter(id => !spoken.has(id))).to.deep.equal([])
  })

  it('of pods are live for the families that pods have', () => {
    const wrong = CORPUS_CLUSTERS.flatMap(cluster => ([['v4', 4], ['v6', 6]] as const).flatMap(([state, family]) => ranIn(cluster, state).findings.filter(({check, state: is, details}) => {
      if (!check.startsWith('network-policy-') || details?.type !== 'filter' || details.class === 'N' || details.class === 'D') return false
      const about = details.openFamily ?? details.blockedFamily
      return is === 'active' ? about !== family : about === family || about === 4
    }).map(({message}) => `${cluster}, ${state}: ${message}`)))
    expect(wrong).to.deep.equal([])
  })

  it('are the same in files, as a user names them', async () => {
    for (const cluster of CORPUS_CLUSTERS) {
      const {source, problems, notes} = await openFiles([`${CORPUS}/${cluster}`], {stdin: (async function* () {})(), mayReadSecrets: true})
      expect({problems, notes}, cluster).to.deep.equal({problems: [], notes: []})
      const {findings} = await wholeAudit(source, {checks: TOPIC_CHECKS, topics: ['dual-stack'], includeSecrets: true})
      expect([...findings()].map(({fingerprint}) => fingerprint).toSorted(), cluster).to.deep.equal(ranIn(cluster, 'dual').findings.map(({fingerprint}) => fingerprint).toSorted())
      await source.close()
    }
  })

  it('are told of as often as a person found right', () => {
    const golden: Golden = Object.fromEntries([...runs].map(([name, ran]) => [name, countsOf(ran)]))
    const text = `${JSON.stringify(golden, null, 1)}\n`
    const before = process.env['UPDATE_GOLDEN'] === undefined ? readFileSync(GOLDEN, 'utf8') : ''
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(GOLDEN, text)
    expect(golden).to.deep.equal(before === '' ? {} : JSON.parse(before))
  })
})
