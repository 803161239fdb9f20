import {expect} from 'chai'
import type {JsonObject} from '../../../src/kube/json.js'
import {containers, noted, placesOf, secured, spec, windowsOf} from './windows.js'

const POD = 'seccomp.security.alpha.kubernetes.io/pod'
const OF = 'container.seccomp.security.alpha.kubernetes.io/'
const typed = (type: string | null): JsonObject => ({seccompProfile: {type}})
const bad = (who: string, what: string): string => `seccompProfile (${who} must not set securityContext.seccompProfile.type to ${what})`
const must = (who: string): string => `seccompProfile (pod or ${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`
const pod = (own: string | null, ...types: (string | null)[]): JsonObject => ({
  ...(own === null ? {} : {securityContext: typed(own)}), containers: secured(...types.map(type => (type === null ? {} : typed(type)))),
})

windowsOf('seccompProfile_baseline', [
  ['annotations until 1.19', noted({[POD]: 'runtime/default', [`${OF}a`]: 'docker/default', [`${OF}b`]: 'localhost/x', [`${OF}gone`]: 'unconfined'}, {containers: containers({}, {})}), {0: null}],
  ['bad ones, each for a container that exists', noted({[`${OF}a`]: 'x\u200b"', [POD]: 'unconfined', [`${OF}b`]: ''}, {initContainers: [{name: 'b'}], containers: containers({}), ephemeralContainers: [{name: 'a'}]}), {
    0: `seccompProfile (forbidden annotations ${OF}a="x\\u200b\\"", ${OF}b="", ${POD}="unconfined")`, 19: null,
  }],
  ['one', noted({[`${OF}debug`]: 'unconfined'}, {ephemeralContainers: [{name: 'debug'}]}), {0: `seccompProfile (forbidden annotation ${OF}debug="unconfined")`, 19: null}],
  ['a null annotation is an empty one', noted({[POD]: null}, {}), {0: `seccompProfile (forbidden annotation ${POD}="")`, 19: null}],
  ['fields from 1.19', spec(pod('Unconfined', 'RuntimeDefault', 'Localhost', null)), {0: null, 19: bad('pod', '"Unconfined"')}],
  ['a profile without type, null type', spec({securityContext: {seccompProfile: {}}, containers: secured(typed(null), typed('x'), {seccompProfile: null})}), {0: null, 19: bad('pod and containers "a", "b"', '"", "x"')}],
  ['Windows is not let be', spec({os: {name: 'windows'}, ...pod('x')}), {0: null, 19: bad('pod', '"x"')}],
])

windowsOf('seccompProfile_restricted', [
  ['the pod covers the silent, ephemeral ones too', spec({...pod('RuntimeDefault', null, 'Localhost'), ephemeralContainers: [{name: 'debug'}]}), {19: null}],
  ['each container', spec(pod(null, 'RuntimeDefault', 'Localhost')), {19: null}],
  ['silent', spec({...pod(null, 'RuntimeDefault', null), ephemeralContainers: [null]}), {19: must('containers "b", ""')}],
  ['a bad one hides the silent', spec(pod(null, 'Unconfined', null)), {19: bad('container "a"', '"Unconfined"')}],
  ['a bad pod, though its container is good', spec(pod('Unconfined', 'Localhost')), {19: bad('pod', '"Unconfined"')}],
  ['Windows is let be from 1.25', spec({os: {name: 'windows'}, ...pod('x', null)}), {19: bad('pod', '"x"'), 25: null}],
  ['annotations say nothing here', noted({[POD]: 'runtime/default'}, {containers: containers({})}), {19: must('container "a"')}],
])

describe('places of seccomp', () => {
  it('annotations, types, absent types', () => {
    expect(placesOf('seccompProfile_baseline', noted({[`${OF}a`]: 'x', [POD]: 'y'}, {containers: containers({})}), 18)).to.deep.equal([
      `metadata.annotations["${POD}"] | - | "y" | runtime/default or localhost/PROFILE`, `metadata.annotations["${OF}a"] | a | "x" | runtime/default or localhost/PROFILE`,
    ])
    expect(placesOf('seccompProfile_baseline', spec(pod('x', 'y')))).to.deep.equal([
      'spec.securityContext.seccompProfile.type | - | "x" | RuntimeDefault or Localhost', 'spec.containers[0].securityContext.seccompProfile.type | a | "y" | RuntimeDefault or Localhost',
    ])
    expect(placesOf('seccompProfile_restricted', spec(pod(null, null)))).to.deep.equal(['spec.containers[0].securityContext.seccompProfile.type | a | null | RuntimeDefault or Localhost, here or at the pod'])
  })
})
