import {expect} from 'chai'
import type {JsonObject} from '../../src/kube/json.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {evaluate, messageOf} from '../../src/pod-security/evaluate.js'
import {withServerDefaults} from '../../src/pod-security/normalise.js'

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/'
const SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/'
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'

const pod = (spec: JsonObject, annotations?: JsonObject): Judged => ({metadata: annotations === undefined ? undefined : {annotations}, spec})
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen)
  return Object.freeze(value)
}

/** From which server on a row holds, up to the next. */
type Expected = Readonly<Record<number, Judged>>
type Row = readonly [name: string, kind: 'pod' | 'template', given: Judged, expected: Expected]

const bare = pod({volumes: [{name: 'v'}, null, {name: 'w', nfs: {}}, {name: 'x', emptyDir: null}, {name: 'y', image: {}}, {name: 'z', teleport: {}}]})
const filled = (image: JsonObject): Judged => pod({volumes: [{name: 'v', emptyDir: {}}, {emptyDir: {}}, {name: 'w', nfs: {}}, {name: 'x', emptyDir: {}}, {name: 'y', image: {}, ...image}, {name: 'z', teleport: {}, emptyDir: {}}]})

const ported = (port: JsonObject): JsonObject => ({ports: [port, {containerPort: 2, hostPort: 3}, null, {name: 'none'}]})
const onHost = (port: JsonObject, ephemeral: JsonObject = {containerPort: 9}): Judged => pod({hostNetwork: true, initContainers: [ported(port)], containers: [ported(port), null, {ports: null}], ephemeralContainers: [{ports: [ephemeral]}]})
const plain = onHost({containerPort: 1, hostPort: 0})
const bound = onHost({containerPort: 1, hostPort: 1})

const mounted = (procMount: string): Judged => pod({containers: [{securityContext: {procMount, privileged: true}}, {securityContext: {procMount: null}}, {}, null], initContainers: [{securityContext: {procMount}}], ephemeralContainers: [{securityContext: {procMount}}]})

const type = (field: string, value: string, file?: string): JsonObject => ({securityContext: {[field]: {type: value, ...(file === undefined ? {} : {localhostProfile: file})}}})
const seccomp = (value: string, file?: string): JsonObject => type('seccompProfile', value, file)
const armor = (value: string, file?: string): JsonObject => type('appArmorProfile', value, file)

const noted = pod({containers: [{name: 'a'}, {name: 'b'}, {name: 'c', ...seccomp('RuntimeDefault')}, {name: 'd'}], initContainers: [{name: 'i'}]}, {
  [SECCOMP_POD]: 'docker/default', [`${SECCOMP}a`]: 'unconfined', [`${SECCOMP}b`]: 'localhost/x', [`${SECCOMP}c`]: 'unconfined', [`${SECCOMP}d`]: 'localhost/', [`${SECCOMP}i`]: 'runtime/default',
})
const notedFields = pod({...seccomp('RuntimeDefault'), containers: [{name: 'a', ...seccomp('Unconfined')}, {name: 'b', ...seccomp('Localhost', 'x')}, {name: 'c', ...seccomp('RuntimeDefault')}, {name: 'd'}], initContainers: [{name: 'i', ...seccomp('RuntimeDefault')}]}, {
  [SECCOMP_POD]: 'docker/default', [`${SECCOMP}a`]: 'unconfined', [`${SECCOMP}b`]: 'localhost/x', [`${SECCOMP}c`]: 'unconfined', [`${SECCOMP}d`]: 'localhost/', [`${SECCOMP}i`]: 'runtime/default',
})
const fields = pod({...seccomp('Unconfined'), containers: [{name: 'a', ...seccomp('Localhost', 'x')}, {name: 'b', ...seccomp('Localhost')}, {name: 'c', ...seccomp('other')}]})
const fieldsNoted = {...fields, metadata: {annotations: {[SECCOMP_POD]: 'unconfined', [`${SECCOMP}a`]: 'localhost/x'}}}

const armored = pod({containers: [{name: 'a'}, {name: 'b', securityContext: {privileged: true}}, {name: 'c'}, {name: 'd', ...armor('Unconfined')}, {name: 'e'}, {name: 'f'}]}, {
  [`${APP_ARMOR}a`]: 'unconfined', [`${APP_ARMOR}b`]: 'runtime/default', [`${APP_ARMOR}c`]: 'localhost/x', [`${APP_ARMOR}d`]: 'runtime/default', [`${APP_ARMOR}e`]: 'localhost/ x', [`${APP_ARMOR}f`]: null,
})
const armoredFields: Judged = {...armored, spec: {containers: [
  {name: 'a', ...armor('Unconfined')}, {name: 'b', securityContext: {privileged: true, appArmorProfile: {type: 'RuntimeDefault'}}}, {name: 'c', ...armor('Localhost', 'x')}, {name: 'd', ...armor('Unconfined')}, {name: 'e'}, {name: 'f'},
]}}
const samePod = pod({...armor('Localhost', 'x'), containers: [{name: 'a'}]}, {[`${APP_ARMOR}a`]: 'localhost/x'})
const byField = pod({...armor('RuntimeDefault'), containers: [{name: 'a', ...armor('Unconfined')}, {name: 'b'}]})
const byFieldNoted = {...byField, metadata: {annotations: {[`${APP_ARMOR}a`]: 'unconfined', [`${APP_ARMOR}b`]: 'runtime/default'}}}
const onWindows = pod({os: {name: 'windows'}, containers: [{name: 'a'}]}, {[`${APP_ARMOR}a`]: 'unconfined'})

describe('withServerDefaults', () => {
  const rows: readonly Row[] = [
    ['a volume without a source; images are one from 1.31', 'pod', bare, {0: filled({emptyDir: {}}), 31: filled({})}],
    ['the same in templates', 'template', bare, {0: filled({emptyDir: {}}), 31: filled({})}],
    ['ports on the host network', 'pod', plain, {0: bound}],
    ['of templates until 1.27', 'template', plain, {0: bound, 28: plain}],
    ['ports elsewhere', 'pod', pod({containers: [{ports: [{containerPort: 1}]}]}), {0: pod({containers: [{ports: [{containerPort: 1}]}]})}],
    ...(['pod', 'template'] as const).map((kind): Row => [`procMount of a ${kind} until 1.32`, kind, mounted('Unmasked'), {0: mounted('Default'), 33: mounted('Unmasked')}]),
    ['seccomp annotations, 1.19 to 1.26', 'pod', noted, {0: noted, 19: notedFields, 27: noted}],
    ['seccomp fields, 1.19 to 1.24', 'pod', fields, {0: fields, 19: fieldsNoted, 25: fields}],
    ['seccomp of templates', 'template', noted, {0: noted}],
    ['AppArmor annotations from 1.30', 'pod', armored, {0: armored, 30: armoredFields}],
    ['AppArmor as the pod has it already', 'pod', samePod, {0: samePod}],
    ['AppArmor fields, 1.30 to 1.33', 'pod', byField, {0: byField, 30: byFieldNoted, 34: byField}],
    ['AppArmor on Windows', 'pod', onWindows, {0: onWindows}],
    ['AppArmor of templates', 'template', armored, {0: armored}],
    ...([pod('x' as never), pod({volumes: 'x', containers: 'y', hostNetwork: true}), {metadata: 'x', spec: {containers: [{name: 'a', ...armor('Unconfined')}, 'y', {name: 5, securityContext: 'x'}]}}, {metadata: {annotations: 'x'}, spec: {}}, {metadata: undefined, spec: undefined}] as Judged[])
      .map((odd): Row => [`what is odd stays: ${JSON.stringify(odd)}`, 'pod', odd, {0: odd}]),
    ['a profile of an odd type is not covered up', 'pod', pod({containers: [{name: 'a', securityContext: {appArmorProfile: 'x'}}]}, {[`${APP_ARMOR}a`]: 'unconfined'}), {0: pod({containers: [{name: 'a', securityContext: {appArmorProfile: 'x'}}]}, {[`${APP_ARMOR}a`]: 'unconfined'})}],
  ]

  for (const [name, kind, given, expected] of rows)
    it(name, () => {
      for (let server = 15; server <= 37; server++) {
        const from = Object.keys(expected).map(Number).filter(one => one <= server).toSorted((a, b) => a - b).at(-1) ?? 0
        if (name.startsWith('what is odd') && server >= 30 && server <= 33) continue
        expect(JSON.parse(JSON.stringify(withServerDefaults(frozen(given), kind, server))), `on 1.${server}`).to.deep.equal(JSON.parse(JSON.stringify(expected[from])))
      }
    })

  it('a pod on the host network fails twice, its template once', () => {
    const said = (kind: 'pod' | 'template'): string => messageOf(evaluate('baseline', {minor: 37, server: 37}, withServerDefaults(pod({hostNetwork: true, containers: [{name: 'a', ports: [{containerPort: 80}]}]}), kind, 37)))
    expect([said('pod'), said('template')]).to.deep.equal(['host namespaces (hostNetwork=true), hostPort (container "a" uses hostPort 80)', 'host namespaces (hostNetwork=true)'])
  })

  it('servers of 1.30 to 1.33 report a bad AppArmor field twice, later ones once', () => {
    const said = (server: number): string => messageOf(evaluate('baseline', {minor: server, server}, withServerDefaults(pod({containers: [{name: 'a', ...armor('Unconfined')}]}), 'pod', server)))
    const NOTE = `"Unconfined", "${APP_ARMOR}a="unconfined""`
    expect([29, 30, 33, 34].map(said)).to.deep.equal([
      '', `forbidden AppArmor profiles (container "a" and annotation must not set AppArmor profile type to ${NOTE})`, `forbidden AppArmor profiles (container "a" and annotation must not set AppArmor profile type to ${NOTE})`,
      'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")',
    ])
  })
})
