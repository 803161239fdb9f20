import {expect} from 'chai'
import type {JsonObject} from '../../../src/kube/json.js'
import {placesOf, secured, spec, windowsOf} from './windows.js'

const not = (who: string): string => `runAsNonRoot != true (${who} must not set securityContext.runAsNonRoot=false)`
const must = (who: string): string => `runAsNonRoot != true (pod or ${who} must set securityContext.runAsNonRoot=true)`
const pod = (runAsNonRoot: boolean | null, ...contexts: (JsonObject | null)[]): JsonObject => ({securityContext: {runAsNonRoot}, containers: secured(...contexts)})
const YES = {runAsNonRoot: true}
const NO = {runAsNonRoot: false}

windowsOf('runAsNonRoot', [
  ['the pod covers all, ephemeral ones too', spec({...pod(true, {}, null), initContainers: [null], ephemeralContainers: [{name: 'debug'}]}), {0: null}],
  ['each container', spec(pod(null, YES, YES)), {0: null}],
  ['the silent ones', spec({...pod(null, YES, {}, {runAsNonRoot: null}), ephemeralContainers: [{name: 'debug'}]}), {0: must('containers "b", "c", "debug"')}],
  ['a container that says false', spec(pod(true, NO, {})), {0: not('container "a"')}],
  ['the pod says false, though every container says true', spec(pod(false, YES)), {0: not('pod')}],
  ['both, and then nothing about silent ones', spec(pod(false, NO, {}, NO)), {0: not('pod and containers "a", "c"')}],
  ['no containers', spec({}), {0: null}],
  ['a user does not help', spec({securityContext: {runAsUser: 1000}, containers: secured({})}), {0: must('container "a"')}],
  ['a user namespace is let be from 1.35', spec({hostUsers: false, ...pod(false, NO)}), {0: not('pod and container "a"'), 35: null}],
  ['Windows is not', spec({os: {name: 'windows'}, containers: secured({})}), {0: must('container "a"')}],
])

const root = (who: string): string => `runAsUser=0 (${who} must not set runAsUser=0)`
const user = (runAsUser: number | null, ...users: (number | null)[]): JsonObject => ({securityContext: {runAsUser}, containers: secured(...users.map(one => ({runAsUser: one})))})

windowsOf('runAsUser', [
  ['unset, null, others', spec(user(null, null, 1000, -1)), {23: null}],
  ['the pod, though its container has another', spec(user(0, 1000)), {23: root('pod')}],
  ['containers', spec(user(1000, 0, 1, 0)), {23: root('containers "a", "c"')}],
  ['both, with an ephemeral one', spec({...user(0), ephemeralContainers: secured({runAsUser: 0})}), {23: root('pod and container "a"')}],
  ['minus nothing', spec(user(-0)), {23: root('pod')}],
  ['a user namespace is let be from 1.35', spec({hostUsers: false, ...user(0, 0)}), {23: root('pod and container "a"'), 35: null}],
  ['Windows is not', spec({os: {name: 'windows'}, ...user(0)}), {23: root('pod')}],
])

describe('places of runAs', () => {
  it('those that say wrong, else those that say nothing', () => {
    expect(placesOf('runAsNonRoot', spec(pod(false, NO, {})))).to.deep.equal(['spec.securityContext.runAsNonRoot | - | false | true', 'spec.containers[0].securityContext.runAsNonRoot | a | false | true'])
    expect(placesOf('runAsNonRoot', spec(pod(null, YES, {})))).to.deep.equal(['spec.containers[1].securityContext.runAsNonRoot | b | null | true, here or at the pod'])
    expect(placesOf('runAsUser', spec(user(0, 0)))).to.deep.equal(['spec.securityContext.runAsUser | - | 0 | another user, or unset', 'spec.containers[0].securityContext.runAsUser | a | 0 | another user, or unset'])
  })
})
