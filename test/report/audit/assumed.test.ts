import {expect} from 'chai'
import type {AuditResult} from '../../../src/audit/audit-report.js'
import {TOPICS} from '../../../src/audit/severity.js'
import type {AuditFormat} from '../../../src/report/audit/formats.js'
import {renderAudit} from '../../../src/report/audit/formats.js'
import {PLAIN} from '../../../src/report/audit/options.js'
import type {AssumedFlags} from '../../../src/wiring/assumed-flags.js'
import {assumedIn} from '../../../src/wiring/assumed-flags.js'
import {reportFacts} from '../../../src/wiring/report-facts.js'
import {kubernetes, node, pod, serviceCidr} from '../../network/cluster-objects.js'
import {declaredSource} from '../../support/declared-source.js'
import {wholeAudit} from '../../support/whole-audit.js'

const OBJECTS = [kubernetes(), serviceCidr(['10.96.0.0/12']), pod(['10.244.0.5']), node([['InternalIP', '192.168.10.4']])]
const RANGES = ['pod=fd10:244::/56', 'service=fd00:96::/108']

function run(flags: AssumedFlags): Promise<AuditResult> {
  return wholeAudit(declaredSource({objects: OBJECTS}), {facts: reportFacts(new Set(TOPICS), '1.30', {assumed: assumedIn(flags)})})
}

async function shown(format: AuditFormat, flags: AssumedFlags): Promise<string> {
  return [...renderAudit(format, await run(flags), PLAIN)].join('')
}

describe('an audit under an assumption', () => {
  it('reports the families as they are, and what was assumed beside', async () => {
    const {report} = await run({assume: 'dual', range: RANGES})
    const families = report.cluster.facts.families!
    expect([families.state, families.services, families.counts.pods]).to.deep.equal(['v4', [4], {v4: 1, v6: 0, dual: 0}])
    expect(families.assumed).to.deep.equal({isDual: true, ranges: {pods: ['fd10:244::/56'], services: ['fd00:96::/108'], nodes: []}})
    // Where ranges are asked for, those that were given count.
    expect(families.ranges).to.deep.equal({pods: ['10.244.0.5/32', 'fd10:244::/56'], services: ['10.96.0.0/12', 'fd00:96::/108'], nodes: ['192.168.10.4/32']})
    expect(families.rangesFrom.services).to.equal('ServiceCIDR kubernetes; --range')
  })

  it('has no such field where nothing was', async () => {
    expect((await run({})).report.cluster.facts.families).to.not.have.property('assumed')
  })

  const DUAL = 'Assumed dual-stack: filters of pods, Services and load balancers are judged as if each had both families.'
  const GIVEN = 'Ranges given: pod=fd10:244::/56 service=fd00:96::/108.'
  const flat = (text: string): string => text.replace(/\s+/g, ' ')
  for (const format of ['table', 'wide', 'markdown', 'junit', 'sarif', 'policyreport', 'openreports'] as const)
    it(`says so in ${format}`, async () => {
      expect(flat(await shown(format, {assume: 'dual', range: RANGES}))).to.include(`${DUAL} ${GIVEN}`)
      expect(flat(await shown(format, {range: RANGES}))).to.include(GIVEN).and.not.include('Assumed dual-stack')
      expect(await shown(format, {})).to.not.match(/[Aa]ssumed|Ranges given/)
    })

  it('names the families that the cluster has in the heading', async () => {
    expect((await shown('table', {assume: 'dual'})).split('\n')[0]).to.match(/ {3}IPv4$/)
  })

  it('is a category of its own for code scanning, so that it closes no alert of the cluster as it is', async () => {
    const ids = async (flags: AssumedFlags): Promise<string[]> => [...(await shown('sarif', flags)).matchAll(/"id":"(k121\/[^"]*)"/g)].map(([, id = '']) => id)
    expect(await ids({})).to.include('k121/offline/dual-stack/').and.include('k121/offline/external-ips/')
    expect(await ids({range: RANGES})).to.include('k121/offline/dual-stack/')
    expect(await ids({assume: 'dual'})).to.include('k121/offline/dual-stack/assumed-dual/').and.include('k121/offline/external-ips/').and.not.include('k121/offline/dual-stack/')
  })
})
