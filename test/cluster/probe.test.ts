import {expect} from 'chai'
import type {DenyPluginInfo} from '../../src/audit/audit-report.js'
import type {KubeObject} from '../../src/kube/json.js'
import {keyOf} from '../../src/kube/object.js'
import {SERVER_MINORS} from './support/binaries.js'
import {withMachine} from './support/machine.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'
import {isDryRun, writesOf} from './support/writes.js'

/** May read everything in the API, nothing beside it, and create Services: so no other road is open. */
const PROBER = 'prober'
const READER = 'reader'
const READ = {apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list']}

const QUIET = ['--topic', 'external-ips', '--fail-on', 'critical']

describe('audit --probe', () => {
  for (const minor of SERVER_MINORS) for (const isOn of [true, false]) describe(`1.${minor}, DenyServiceExternalIPs ${isOn ? 'on' : 'off'}`, () => {
    // What kubectl makes of a refusal is read from its words, so each speaks for its own release; there is none of 1.37 yet.
    const machine = withMachine(Math.min(minor, 36))
    const server = withServer({minor, auditLog: true, users: {[PROBER]: [], [READER]: []}, admissionPlugins: isOn ? ['DenyServiceExternalIPs'] : []})
    let probes = 0
    before(async () => {
      await server().allow(PROBER, [READ, {apiGroups: [''], resources: ['services'], verbs: ['create']}])
      await server().allow(READER, [READ])
      await until('the grants are known', async () => (await server().request('GET', '/api/v1/pods', undefined, {user: READER})).status === 200)
    })

    const pluginSeenBy = async (user: string, ...flags: string[]): Promise<DenyPluginInfo> => {
      const {cluster} = await machine().audit(server(), user, [...QUIET, ...flags])
      expect(cluster.facts.denyServiceExternalIPs).to.not.equal(null)
      return cluster.facts.denyServiceExternalIPs!
    }
    const resultOf = ({tried}: DenyPluginInfo): string | undefined => tried.find(({road}) => road === 'probe')?.result

    it('answers where no other road does', async () => {
      const plugin = await pluginSeenBy(PROBER, '--probe')
      probes++
      expect(plugin).to.deep.include({state: isOn ? 'on' : 'off', road: 'probe', strength: 'strong'})
      expect(resultOf(plugin)).to.match(isOn ? /^on: it refused a dry run in default/ : /^off: a dry run in default got past it/)
    })

    it('agrees with the roads that an administrator has', async () => {
      const plugin = await pluginSeenBy('admin', '--probe')
      expect(plugin).to.deep.include({state: isOn ? 'on' : 'off', road: minor === 37 ? 'flagz' : 'metrics'})
      expect(resultOf(plugin)).to.match(isOn ? /^on: / : /^off: /)
    })

    it('says so where it cannot tell, and never off', async () => {
      const forbidden = await pluginSeenBy(READER, '--probe')
      expect([forbidden.state, resultOf(forbidden)]).to.deep.equal(['unknown', 'these credentials may not create Services there'])
      const missing = await pluginSeenBy(PROBER, '--probe', '--probe-namespace', 'nowhere')
      probes++
      expect([missing.state, resultOf(missing)]).to.deep.equal(['unknown', 'the namespace does not exist'])
    })

    it('without the flag is not asked, and nothing is written', async () => {
      const before = (await writesOf(server(), PROBER)).length
      const plugin = await pluginSeenBy(PROBER)
      expect(plugin).to.include({state: 'unknown', road: 'none'})
      expect(resultOf(plugin)).to.match(/^not-requested/)
      expect(await writesOf(server(), PROBER)).to.have.length(before)
    })

    it('has written nothing in all of this, and left no Service', async () => {
      const writes = await writesOf(server(), PROBER)
      expect(writes.map(({verb, objectRef}) => `${verb} ${objectRef?.resource}`)).to.deep.equal(Array.from({length: probes}, () => 'create services'))
      const byAll = [...writes, ...await writesOf(server(), READER), ...(await writesOf(server(), 'admin')).filter(({objectRef}) => objectRef?.resource === 'services')]
      expect(byAll.length).to.be.above(probes)
      expect(byAll.filter(event => !isDryRun(event)).map(({verb, requestURI}) => `${verb} ${requestURI}`)).to.deep.equal([])
      const services = (await server().request('GET', '/api/v1/services')).json.items as KubeObject[]
      expect(services.map(keyOf)).to.deep.equal(['default/kubernetes'])
    })
  })
})

describe('audit --probe, families of Services', () => {
  for (const minor of SERVER_MINORS) for (const isDualStack of [true, false]) describe(`1.${minor}, ${isDualStack ? 'two ranges' : 'one range'}`, () => {
    // The oldest kubectl that we know, and others of the server's release.
    const machine = withMachine(minor === 24 ? 20 : Math.min(minor, 36))
    const server = withServer({minor, isDualStack, auditLog: true, users: {[PROBER]: [], [READER]: []}})
    before(async () => {
      await server().allow(PROBER, [READ, {apiGroups: [''], resources: ['services'], verbs: ['create']}])
      await server().allow(READER, [READ])
      await until('the grants are known', async () => (await server().request('GET', '/api/v1/pods', undefined, {user: READER})).status === 200)
    })

    const seenBy = async (user: string, ...flags: string[]): Promise<{services: readonly number[]; told: string | undefined}> => {
      const {cluster} = await machine().audit(server(), user, ['--check', 'family-state', '--allow-incomplete', ...flags])
      const {services = [], evidence = []} = cluster.facts.families ?? {}
      return {services, told: evidence.find(({signal}) => signal === 10)?.value}
    }

    it('tells how many there are', async () => {
      expect(await seenBy(PROBER, '--probe')).to.deep.equal({services: isDualStack ? [4, 6] : [4], told: `dry run of a dual-stack Service: ${isDualStack ? 'both families' : 'one family'}`})
    })

    it('says so where it cannot tell', async () => {
      expect((await seenBy(READER, '--probe')).told).to.equal('dry run of a dual-stack Service: unknown (these credentials may not create Services there)')
      expect((await seenBy(PROBER, '--probe', '--probe-namespace', 'nowhere')).told).to.equal('dry run of a dual-stack Service: unknown (the namespace does not exist)')
      expect((await seenBy(PROBER)).told).to.equal(undefined)
    })

    it('has written nothing in all of this, and holds no address', async () => {
      const writes = [...await writesOf(server(), PROBER), ...await writesOf(server(), READER)]
      expect(writes.map(({verb, objectRef}) => `${verb} ${objectRef?.resource}`)).to.deep.equal(['create services', 'create services', 'create services'])
      expect(writes.filter(event => !isDryRun(event))).to.deep.equal([])
      const services = (await server().request('GET', '/api/v1/services')).json.items as KubeObject[]
      expect(services.map(keyOf)).to.deep.equal(['default/kubernetes'])
    })
  })
})
