import {expect} from 'chai'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {BARE_CONFIG} from '../pod-security/psa-config-files.js'
import {SERVER_MINORS} from './support/binaries.js'
import type {Audited} from './support/machine.js'
import {withMachine} from './support/machine.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'
import {isDryRun, writesOf} from './support/writes.js'

const READ = {apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list']}
const CREATE = {apiGroups: [''], resources: ['pods'], verbs: ['create']}
const PATCH = {apiGroups: [''], resources: ['namespaces'], verbs: ['patch']}
/** May do both, the first alone, neither; and one who may do the first and is exempt. */
const [PROBER, CREATOR, READER, FREED] = ['prober', 'creator', 'reader', 'freed'] as const
const SAYS_EXEMPT_SINCE = 25
const LABELS = {'pod-security.kubernetes.io/enforce': 'restricted'}

describe('audit --probe, Pod Security', () => {
  for (const minor of SERVER_MINORS) describe(`1.${minor}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'k121-psa-probe-'))
    const file = join(directory, 'admission.yaml')
    const included = BARE_CONFIG('defaults: {enforce: baseline, enforce-version: v1.22}\nexemptions: {namespaces: [kube-system, exempt], usernames: [freed]}\n')
    writeFileSync(file, `apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: PodSecurity, path: included.yaml}]\n`)
    writeFileSync(join(directory, 'included.yaml'), included)
    after(() => rmSync(directory, {recursive: true}))

    // What kubectl prints is read from its words: the last one that does not call its dry run one, and others of the server's release; there is none of 1.37 yet.
    const machine = withMachine(minor === 30 ? 25 : Math.min(minor, 36))
    const server = withServer({minor, auditLog: true, users: {[PROBER]: [], [CREATOR]: [], [READER]: [], [FREED]: []}, extraFlags: [`--admission-control-config-file=${file}`]})
    before(async () => {
      await server().allow(PROBER, [READ, CREATE, PATCH])
      await server().allow(CREATOR, [READ, CREATE])
      await server().allow(FREED, [READ, CREATE])
      await server().allow(READER, [READ])
      await server().create(...['open', 'exempt'].map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})), {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'labelled', labels: LABELS}})
      await until('the grants are known', async () => (await server().request('GET', '/api/v1/pods', undefined, {user: READER})).status === 200)
    })

    const namespacesSeenBy = async (user: string, ...flags: string[]): Promise<Record<string, string>> => {
      const {cluster} = await machine().audit(server(), user, ['--topic', 'pod-security', '--allow-incomplete', ...flags])
      const namespaces = (cluster as Audited['cluster'] & {namespaces: {name: string; exempt: boolean | null; enforce: {level: string; version: string; from: {level: string}}}[]}).namespaces
      return Object.fromEntries(namespaces.filter(({name}) => ['open', 'exempt', 'labelled', 'kube-system'].includes(name)).map(({name, exempt, enforce}) => [name, `${enforce.level}:${enforce.version} by ${enforce.from.level}, exempt ${exempt}`]))
    }

    it('finds the default, and what is exempt', async () => {
      const isTold = minor >= SAYS_EXEMPT_SINCE
      expect(await namespacesSeenBy(PROBER, '--probe')).to.deep.equal({
        open: `baseline:v1.22 by default, exempt ${isTold ? 'false' : 'null'}`,
        labelled: `restricted:v1.22 by label, exempt ${isTold ? 'false' : 'null'}`,
        exempt: isTold ? 'privileged:v1.22 by default, exempt true' : 'baseline:v1.22 by default, exempt null',
        'kube-system': isTold ? 'privileged:v1.22 by default, exempt true' : 'baseline:v1.22 by default, exempt null',
      })
    })

    it('says the same as the file', async () => {
      const [probed, given] = [await namespacesSeenBy(PROBER, '--probe'), await namespacesSeenBy(READER, '--admission-config', file)]
      expect(given).to.deep.equal({open: 'baseline:v1.22 by default, exempt false', labelled: 'restricted:v1.22 by label, exempt false', exempt: 'privileged:v1.22 by default, exempt true', 'kube-system': 'privileged:v1.22 by default, exempt true'})
      if (minor >= SAYS_EXEMPT_SINCE) expect(probed).to.deep.equal(given)
    })

    it('contradicts a file that is another server\'s', async () => {
      const other = join(directory, 'other.yaml')
      writeFileSync(other, included.replace('enforce: baseline', 'enforce: restricted'))
      const {cluster, status} = await machine().audit(server(), PROBER, ['--topic', 'pod-security', '--admission-config', other, '--probe', '--fail-on', 'critical'])
      expect(cluster.checks.find(({id}) => id === 'no-pod-enforcement')?.skip?.detail).to.include('was held to baseline:v1.22, and the file says restricted:v1.22')
      expect(status).to.equal(3)
    })

    it('finds less with fewer rights, and says nothing that it does not know', async () => {
      const own = {open: 'baseline:v1.22 by default, exempt null', labelled: 'restricted:v1.22 by label, exempt null', exempt: 'baseline:v1.22 by default, exempt null', 'kube-system': 'baseline:v1.22 by default, exempt null'}
      expect(await namespacesSeenBy(CREATOR, '--probe')).to.deep.equal(own)
      const assumed = {open: 'privileged:latest by default, exempt null', labelled: 'restricted:latest by label, exempt null', exempt: 'privileged:latest by default, exempt null', 'kube-system': 'privileged:latest by default, exempt null'}
      expect(await namespacesSeenBy(READER, '--probe')).to.deep.equal(assumed)
      expect(await namespacesSeenBy(PROBER), 'without the flag').to.deep.equal(assumed)
      expect(await namespacesSeenBy(CREATOR, '--probe', '--probe-namespace', 'labelled'), 'a label of its own is no default').to.deep.equal(assumed)
    })

    it('finds that an exempt user is let in against a label', async () => {
      const {cluster} = await machine().audit(server(), FREED, ['--topic', 'pod-security', '--allow-incomplete', '--probe', '--probe-namespace', 'labelled'])
      expect(cluster.findings.filter(({variant}) => variant === 'let-in').map(({object}) => object.name)).to.deep.equal(['labelled'])
      const {cluster: held} = await machine().audit(server(), CREATOR, ['--topic', 'pod-security', '--allow-incomplete', '--probe', '--probe-namespace', 'labelled'])
      expect(held.findings.filter(({variant}) => variant === 'let-in')).to.deep.equal([])
    })

    it('tells a plan what is enforced already, and whom labels do not bind', async () => {
      const kubeconfig = await server().kubeconfig(PROBER, join(machine().world.home, 'plan.kubeconfig'))
      const planned = async (...flags: string[]): Promise<string[]> => {
        const {stdout, stderr} = await machine().kubectl(['k121', 'pod-security', 'plan', '-o', 'json', '-n', 'open', '-n', 'exempt', '--allow-incomplete', '--kubeconfig', kubeconfig, ...flags])
        expect(stdout, stderr).to.match(/^\{/)
        const {namespaces} = JSON.parse(stdout) as {namespaces: {name: string; today: {enforce: {level: string}} | null; held: {by: string} | null}[]}
        return namespaces.map(({name, today, held}) => `${name} ${today?.enforce.level} ${held?.by ?? ''}`)
      }
      expect(await planned()).to.deep.equal(['exempt privileged ', 'open privileged '])
      expect(await planned('--probe')).to.deep.equal(minor >= SAYS_EXEMPT_SINCE ? ['exempt privileged exempt', 'open baseline '] : ['exempt baseline ', 'open baseline '])
    })

    it('has written nothing in all of this', async () => {
      const writes = (await Promise.all([PROBER, CREATOR, READER, FREED].map(user => writesOf(server(), user)))).flat()
      const kinds = new Set(writes.map(({verb, objectRef}) => `${verb} ${objectRef?.resource}`))
      expect([...kinds].toSorted()).to.deep.equal(['create pods', 'patch namespaces'])
      expect(writes.filter(event => !isDryRun(event)).map(({verb, requestURI}) => `${verb} ${requestURI}`)).to.deep.equal([])
      const namespaces = (await server().request('GET', '/api/v1/namespaces')).json.items as {metadata: {name: string; labels: Record<string, string>}}[]
      expect(namespaces.filter(({metadata: {labels}}) => Object.keys(labels).some(label => label.startsWith('pod-security'))).map(({metadata: {name, labels}}) => [name, labels['pod-security.kubernetes.io/enforce']])).to.deep.equal([['labelled', 'restricted']])
      expect((await server().request('GET', '/api/v1/pods')).json.items).to.deep.equal([])
    })
  })
})
