import {expect} from 'chai'
import {OddField} from '../../src/kube/field.js'
import {stepsOf} from '../../src/kube/field-path.js'
import type {Json} from '../../src/kube/json.js'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {evaluate, fits, isAllowed, messageOf} from '../../src/pod-security/evaluate.js'

const RULES = {minor: 37, server: 37}

/** Every field that is read, with values that Kubernetes does not have there. */
const FIELDS: readonly (readonly [path: string, type: 'object' | 'list' | 'text' | 'flag' | 'integer'])[] = [
  ['metadata', 'object'], ['metadata.annotations', 'object'], ['metadata.annotations["container.apparmor.security.beta.kubernetes.io/a"]', 'text'],
  ['metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]', 'text'], ['metadata.annotations["container.seccomp.security.alpha.kubernetes.io/a"]', 'text'],
  ['spec', 'object'], ['spec.hostNetwork', 'flag'], ['spec.hostPID', 'flag'], ['spec.hostIPC', 'flag'], ['spec.hostUsers', 'flag'], ['spec.os', 'object'], ['spec.os.name', 'text'],
  ['spec.volumes', 'list'], ['spec.volumes[1]', 'object'], ['spec.volumes[0].name', 'text'], ['spec.volumes[0].hostPath', 'object'], ['spec.volumes[0].configMap', 'object'], ['spec.volumes[0].image', 'object'], ['spec.volumes[0].nfs', 'object'],
  ['spec.securityContext.sysctls', 'list'], ['spec.securityContext.sysctls[0]', 'object'], ['spec.securityContext.sysctls[0].name', 'text'],
  ...['spec', 'spec.initContainers[0]', 'spec.containers[1]', 'spec.ephemeralContainers[0]'].flatMap(place => ([
    ['', 'object'], ['.seccompProfile', 'object'], ['.seccompProfile.type', 'text'], ['.appArmorProfile', 'object'], ['.appArmorProfile.type', 'text'], ['.seLinuxOptions', 'object'], ['.seLinuxOptions.type', 'text'],
    ['.seLinuxOptions.user', 'text'], ['.seLinuxOptions.role', 'text'], ['.windowsOptions', 'object'], ['.windowsOptions.hostProcess', 'flag'], ['.runAsNonRoot', 'flag'], ['.runAsUser', 'integer'],
  ] as const).map(([field, type]) => [`${place}.securityContext${field}`, type] as const)),
  ...['spec.initContainers', 'spec.containers', 'spec.ephemeralContainers'].flatMap(list => ([
    ['', 'list'], ['[0]', 'object'], ['[0].name', 'text'], ['[0].ports', 'list'], ['[0].ports[0]', 'object'], ['[0].ports[1].hostPort', 'integer'], ['[0].lifecycle', 'object'],
    ['[0].securityContext.privileged', 'flag'], ['[0].securityContext.allowPrivilegeEscalation', 'flag'], ['[0].securityContext.procMount', 'text'], ['[0].securityContext.capabilities', 'object'],
    ['[0].securityContext.capabilities.add', 'list'], ['[0].securityContext.capabilities.add[1]', 'text'], ['[0].securityContext.capabilities.drop', 'list'], ['[0].securityContext.capabilities.drop[1]', 'text'],
    ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle.postStart', 'lifecycle.preStop'].flatMap(probe => ([
      [`[0].${probe}`, 'object'], [`[0].${probe}.httpGet`, 'object'], [`[0].${probe}.httpGet.host`, 'text'], [`[0].${probe}.tcpSocket`, 'object'], [`[0].${probe}.tcpSocket.host`, 'text'],
    ] as const)),
  ] as const).map(([field, type]) => [list + field, type] as const)),
]

const VALUES: readonly (readonly [type: string, value: Json])[] = [['object', {}], ['list', []], ['text', 'x'], ['text', ''], ['flag', true], ['flag', false], ['integer', 0], ['integer', 1], ['fraction', 1.5]]
const WANTED = {object: 'an object', list: 'a list', text: 'a string', flag: 'true or false', integer: 'a whole number'}

/** A pod with one thing in it, at this place; lists before it hold nulls. */
function podWith(path: string, value: Json): Judged {
  const root: {[key: string]: Json} = {}
  const steps = stepsOf(path)
  let here = root as {[key: string | number]: Json}
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1]
    if (typeof step === 'number') for (let before = 0; before < step; before++) here[before] = null
    here[step] = next === undefined ? value : typeof next === 'number' ? [] : {}
    here = here[step] as typeof here
  }
  return {metadata: root['metadata'], spec: root['spec']}
}

describe('fields of another type', () => {
  for (const [path, type] of FIELDS)
    it(path, () => {
      for (const [own, value] of VALUES) {
        const pod = podWith(path, value)
        for (const ask of [() => evaluate('baseline', RULES, pod), () => evaluate('restricted', {minor: 0, server: 22}, pod), () => isAllowed('restricted', RULES, pod), () => fits(RULES, pod)])
          if (own === type) expect(ask, JSON.stringify(value)).not.to.throw()
          else expect(ask, JSON.stringify(value)).to.throw(OddField, `${path} is not ${WANTED[type]}`)
      }
      const nothing = podWith(path, null)
      expect(() => evaluate('restricted', RULES, nothing), 'null').not.to.throw()
    })

  it('is found behind a field that is bad already', () => {
    expect(() => evaluate('baseline', RULES, {metadata: null, spec: {hostNetwork: true, hostIPC: 'yes'}})).to.throw(OddField, 'spec.hostIPC is not true or false')
    const container = {livenessProbe: {httpGet: {host: 'h'}}, readinessProbe: {tcpSocket: {host: 5}}}
    expect(() => evaluate('baseline', RULES, {metadata: null, spec: {containers: [container]}})).to.throw(OddField, 'spec.containers[0].readinessProbe.tcpSocket.host is not a string')
  })

  it('does not matter where nothing runs', () => expect(evaluate('privileged', RULES, {metadata: 'x', spec: 'y'})).to.deep.equal([]))
})

describe('keys that every object inherits', () => {
  const BAD = '{"containers": [{"name": "a", "securityContext": {"privileged": true}}], "hostNetwork": true}'
  const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
  for (const key of KEYS) {
    it(`${key} is a key: JSON`, () => {
      expect(messageOf(evaluate('baseline', RULES, {metadata: null, spec: JSON.parse(`{"${key}": ${BAD}}`) as Json}))).to.equal('')
      expect(messageOf(evaluate('baseline', RULES, {metadata: null, spec: JSON.parse(`{"${key}": {}, ${BAD.slice(1)}`) as Json}))).to.equal('host namespaces (hostNetwork=true), privileged (container "a" must not set securityContext.privileged=true)')
    })

    it(`${key} is a key: YAML`, () => {
      const read = readYaml(Buffer.from(`${key}: ${BAD}\n`))
      if (!read.ok) throw new Error(read.failure.message)
      expect(messageOf(evaluate('baseline', RULES, {metadata: null, spec: jsonOf(read.root)}))).to.equal('')
    })

    it(`${key} as a container's name, a capability, a volume's source, an annotation`, () => {
      const pod = {
        metadata: {annotations: JSON.parse(`{"${key}": "x"}`) as Json},
        spec: {containers: [{name: key, securityContext: {capabilities: {add: [key]}}}], volumes: [JSON.parse(`{"name": "v", "${key}": {}}`) as Json]},
      }
      expect(messageOf(evaluate('baseline', {minor: 18, server: 37}, pod))).to.equal(`non-default capabilities (container "${key}" must not include "${key}" in securityContext.capabilities.add)`)
      expect(evaluate('restricted', RULES, pod).find(({id}) => id === 'restrictedVolumes')?.detail).to.equal('volume "v" uses restricted volume type "unknown"')
    })
  }
})
