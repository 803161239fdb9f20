import {expect} from 'chai'
import {OddField} from '../../../src/kube/field.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import {fixOf} from '../../../src/pod-security/fix/fix-of.js'

const RULES = {minor: 37, server: 37}
const deep = (levels: number): Json => JSON.parse(`${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`) as Json

function deployment(spec: JsonObject, annotations: JsonObject = {}): KubeObject {
  return {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'web', namespace: 'shop'}, spec: {template: {metadata: {annotations}, spec}}}
}

/** Everything that has a fix, in each container. */
function container(index: number): JsonObject {
  const name = `c${index}`
  return {
    name, ports: [{containerPort: 80, hostPort: 1 + index}], livenessProbe: {httpGet: {host: `h${index}`}},
    securityContext: {capabilities: {add: [`X${index}`]}, procMount: 'Unmasked', runAsUser: 0, seccompProfile: {type: 'Unconfined'}, seLinuxOptions: {type: `t${index}`, user: 'u'}, appArmorProfile: {type: 'Unconfined'}},
  }
}

function many(count: number): KubeObject {
  const containers = Array.from({length: count}, (_, index) => container(index))
  const annotations = Object.fromEntries(containers.flatMap(({name}) => [`container.apparmor.security.beta.kubernetes.io/${String(name)}`, `container.seccomp.security.alpha.kubernetes.io/${String(name)}`].map(key => [key, 'unconfined'])))
  return deployment({containers}, annotations)
}

const msOf = (work: () => unknown): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

describe('a workload whose writer means no good', () => {
  for (const level of ['baseline', 'restricted'] as const)
    it(`of ten times the containers takes no hundred times as long: ${level}`, () => {
      fixOf(many(200), level, RULES)
      const small = msOf(() => fixOf(many(200), level, RULES))
      const large = msOf(() => fixOf(many(2000), level, RULES))
      // Ten, and room for a machine that has other work; a square would be a hundred.
      expect(large / Math.max(small, 20)).to.be.below(40)
    }).timeout(60_000)

  it('that leaves what is deep alone, is patched around it', () => {
    const fix = fixOf(deployment({containers: [{name: 'a', x: deep(5000), securityContext: {capabilities: {add: ['SYS_TIME']}}}], affinity: deep(5000)}), 'baseline', RULES)
    expect(fix?.patches.json.map(({op, path}) => `${op} ${path}`)).to.deep.equal([
      'test /spec/template/spec/containers/0/name', 'test /spec/template/spec/containers/0/securityContext/capabilities/add', 'remove /spec/template/spec/containers/0/securityContext/capabilities/add',
    ])
    expect(fix?.patches.merge).to.deep.include({spec: {template: {spec: {containers: [{name: 'a', securityContext: {capabilities: {add: null}}}]}}}})
  })

  for (const levels of [50, 5000])
    it(`is not understood where what must go is ${levels * 2} levels deep`, () => {
      const object = deployment({securityContext: {sysctls: [{name: 'kernel.x', value: '1', x: deep(levels)}]}, containers: [{name: 'a'}]})
      expect(() => fixOf(object, 'baseline', RULES)).to.throw(OddField, 'spec.securityContext.sysctls is not within 32 levels')
    })

  it('may have names of ten million characters', () => {
    const name = `${'x'.repeat(5_000_000)}${'"'.repeat(5_000_000)}`
    const fix = fixOf(deployment({containers: [{name}]}, {[`container.apparmor.security.beta.kubernetes.io/${name}`]: 'unconfined'}), 'baseline', RULES)
    expect([fix?.reached, fix?.patches.json.map(({op}) => op)]).to.deep.equal(['baseline', ['test', 'remove']])
  })

  for (const key of ['__proto__', 'constructor', 'toString'])
    it(`may have keys called ${key}`, () => {
      const spec = JSON.parse(`{"${key}": {"a": 1}, "containers": [{"name": "${key}", "${key}": {"b": 2}, "securityContext": {"${key}": 3, "procMount": "Unmasked"}}]}`) as JsonObject
      const object = deployment(spec, JSON.parse(`{"${key}": "x", "container.apparmor.security.beta.kubernetes.io/${key}": "unconfined"}`) as JsonObject)
      const before = JSON.stringify(object)
      const fix = fixOf(object, 'baseline', RULES)
      expect([fix?.reached, fix?.patches.json.filter(({op}) => op !== 'test').map(({path}) => path)]).to.deep.equal(['baseline', [
        `/spec/template/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1${key}`, '/spec/template/spec/containers/0/securityContext/procMount',
      ]])
      expect(JSON.stringify(object)).to.equal(before)
    })
})
