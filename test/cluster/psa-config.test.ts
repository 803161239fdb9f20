import {expect} from 'chai'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Json} from '../../src/kube/json.js'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import {readLabels} from '../../src/pod-security/labels.js'
import {readAdmissionConfig} from '../../src/pod-security/psa-config-file.js'
import type {PsaConfig} from '../../src/pod-security/psa-config.js'
import {limitFor} from '../../src/pod-security/psa-config.js'
import type {ConfigFile} from '../pod-security/psa-config-files.js'
import {BARE_CONFIG, CONFIG_FILES} from '../pod-security/psa-config-files.js'
import type {RealApiServer} from './support/api-server.js'
import {startApiServer} from './support/api-server.js'
import {SERVER_MINORS, missing} from './support/binaries.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

const HOST_POD = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'probe'}, spec: {hostPID: true, containers: [{name: 'a', image: 'a'}]}}
const HOST_DEPLOYMENT = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'probe'}, spec: {selector: {matchLabels: {a: 'b'}}, template: {metadata: {labels: {a: 'b'}}, spec: HOST_POD.spec}}}

/** `LEVEL:VERSION` that a pod which only privileged lets in is held to, and that it is warned of. */
async function heldTo(server: RealApiServer, namespace: string, {user = 'admin', spec = {}}: {user?: string; spec?: object} = {}): Promise<{enforce: string; warn: string}> {
  const pod = {...HOST_POD, spec: {...HOST_POD.spec, ...spec}}
  const answer = await server.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod, {user})
  const deployment = {...HOST_DEPLOYMENT, spec: {...HOST_DEPLOYMENT.spec, template: {...HOST_DEPLOYMENT.spec.template, spec: pod.spec}}}
  const warned = await server.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`, deployment, {user})
  const [, enforce] = /violates PodSecurity "([^"]+)"/.exec(answer.text.replaceAll('\\"', '"')) ?? []
  const [, warn] = /would violate PodSecurity \\?"([^"\\]+)/.exec(String(warned.headers['warning'] ?? '')) ?? []
  if (enforce === undefined && answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
  return {enforce: enforce ?? 'let in', warn: warn ?? 'silent'}
}

function directoryFor({text, included}: Pick<ConfigFile, 'text' | 'included'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'k121-psa-'))
  writeFileSync(join(directory, 'admission.yaml'), text)
  if (included !== undefined) writeFileSync(join(directory, 'included.yaml'), included)
  return directory
}

function documentOf(text: string): Json {
  const read = readYaml(Buffer.from(text))
  if (!read.ok) throw new Error(read.failure.message)
  return jsonOf(read.root) as Json
}

function configOf({text, included}: Pick<ConfigFile, 'text' | 'included'>): PsaConfig | null {
  const reading = readAdmissionConfig(documentOf(text), included === undefined || included === '' ? undefined : documentOf(included))
  return reading.ok ? reading.config : null
}

/** A level that refuses nothing is not named. */
function shown({level, version}: {level: string; version: string}, silence: string): string {
  return level === 'privileged' ? silence : `${level}:${version}`
}

for (const minor of SERVER_MINORS) describe(`the configuration of Pod Security admission, 1.${minor}`, () => {
  before(async function () {
    if (await missing(minor) !== null) this.skip()
  })

  for (const file of CONFIG_FILES) {
    const config = configOf(file)
    const isTaken = config !== null && limitFor(config, minor) === null
    it(`${file.name}: ${isTaken ? 'starts, with our defaults' : 'does not start'}`, async () => {
      const directory = directoryFor(file)
      const starting = startApiServer({minor, extraFlags: [`--admission-control-config-file=${join(directory, 'admission.yaml')}`]})
      try {
        if (config === null || !isTaken) {
          const outcome = await starting.then(server => server.stop().then(() => 'it started'), (error: unknown) => String(error))
          expect(outcome).to.match(/command failed[^]*(?:PodSecurity|plugin config)/)
          return
        }
        const server = await starting
        try {
          const {enforce, warn} = config.defaults
          expect(await heldTo(server, 'default')).to.deep.equal({enforce: shown(enforce, 'let in'), warn: shown(warn, 'silent')})
        } finally {
          await server.stop()
        }
      } finally {
        rmSync(directory, {recursive: true})
      }
    })
  }

  describe('defaults, labels and exemptions together', () => {
    const file = {
      text: 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- {name: PodSecurity, path: included.yaml}\n',
      included: BARE_CONFIG('defaults: {enforce: baseline, enforce-version: v1.22, audit: restricted, warn: baseline, warn-version: v1.23}\nexemptions: {namespaces: [kube-system, exempt], usernames: [eve], runtimeClasses: [kata]}\n'),
    }
    const directory = directoryFor(file)
    const server = withServer({minor, auditLog: true, users: {eve: ['system:masters']}, extraFlags: [`--admission-control-config-file=${join(directory, 'admission.yaml')}`]})
    after(() => rmSync(directory, {recursive: true}))

    const labels: Record<string, Record<string, string>> = {
      none: {}, level: {enforce: 'restricted'}, version: {'enforce-version': 'v1.24'}, both: {enforce: 'restricted', 'enforce-version': 'v1.24'}, looser: {enforce: 'privileged'},
      same: {enforce: 'baseline', 'enforce-version': 'v1.24'}, warned: {enforce: 'restricted', warn: 'privileged'}, 'warn-version': {enforce: 'restricted', 'warn-version': 'v1.20'},
      audited: {audit: 'baseline', 'audit-version': 'v1.21'}, future: {enforce: 'baseline', 'enforce-version': 'v1.99'}, exempt: {enforce: 'restricted'},
    }
    const prefixed = (name: string): Record<string, string> => Object.fromEntries(Object.entries(labels[name] ?? {}).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]))
    before(async () => {
      await server().create(...Object.keys(labels).map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels: prefixed(name)}})))
      await server().create({apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: {name: 'kata'}, handler: 'kata'} as never)
      await until('the namespaces and the runtime class are known', async () => (await heldTo(server(), 'exempt')).enforce === 'let in' && (await server().request('POST', '/api/v1/namespaces/exempt/pods?dryRun=All', {...HOST_POD, spec: {...HOST_POD.spec, runtimeClassName: 'kata'}})).status === 201)
    })

    it('gives each namespace the level that we say', async () => {
      const config = configOf(file)!
      for (const name of [...Object.keys(labels), 'kube-system', 'default']) {
        const {levels} = readLabels(prefixed(name), {}, minor, config.defaults)
        const isExempt = config.exemptions.namespaces.includes(name)
        const expected = isExempt ? {enforce: 'let in', warn: 'silent'} : {enforce: shown(levels.enforce, 'let in'), warn: shown(levels.warn, 'silent')}
        expect(await heldTo(server(), name), name).to.deep.equal(expected)
      }
    })

    it('audits what we say', async () => {
      const config = configOf(file)!
      const events = (await server().auditEvents()).filter(({verb, objectRef}) => verb === 'create' && objectRef?.resource === 'deployments')
      const audited = new Map(events.map(({objectRef, annotations = {}}) => [objectRef?.namespace, /would violate PodSecurity "([^"]+)"/.exec(annotations['pod-security.kubernetes.io/audit-violations'] ?? '')?.[1] ?? 'silent']))
      for (const name of Object.keys(labels)) {
        const {audit} = readLabels(prefixed(name), {}, minor, config.defaults).levels
        expect(audited.get(name), name).to.equal(config.exemptions.namespaces.includes(name) ? 'silent' : shown(audit, 'silent'))
      }
    })

    it('frees the exempt user and the exempt runtime class', async () => {
      expect(await heldTo(server(), 'none', {user: 'eve'})).to.deep.equal({enforce: 'let in', warn: 'silent'})
      expect(await heldTo(server(), 'none', {spec: {runtimeClassName: 'kata'}})).to.deep.equal({enforce: 'let in', warn: 'silent'})
    })
  })
})
