import {expect} from 'chai'
import type {JsonObject} from '../../../src/kube/json.js'
import {placesOf, secured, spec, windowsOf} from './windows.js'

const ALLOWED = ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']
const add = (...list: (string | null)[]): {capabilities: {add: (string | null)[]}} => ({capabilities: {add: list}})
const both = (drop: (string | null)[], added?: string[]): JsonObject => ({capabilities: {drop, ...(added === undefined ? {} : {add: added})}})
const MISSING = 'must set securityContext.capabilities.drop=["ALL"]'

windowsOf('capabilities_baseline', [
  ['all thirteen, and none', spec({containers: secured(add(...ALLOWED), {}, {capabilities: null}, {capabilities: {add: null}})}), {0: null}],
  ['NET_RAW is no default here', spec({containers: secured(add('NET_RAW'))}), {0: 'non-default capabilities (container "a" must not include "NET_RAW" in securityContext.capabilities.add)'}],
  ['other spellings, sorted by bytes, once each', spec({containers: secured(add('chown', 'CAP_CHOWN', 'NET_RAW'), add('NET_RAW', '', 'ALL'))}), {
    0: 'non-default capabilities (containers "a", "b" must not include "", "ALL", "CAP_CHOWN", "NET_RAW", "chown" in securityContext.capabilities.add)',
  }],
  ['null in the list is the empty name', spec({containers: secured(add(null))}), {0: 'non-default capabilities (container "a" must not include "" in securityContext.capabilities.add)'}],
  ['ephemeral', spec({ephemeralContainers: secured(add('SYS_PTRACE'))}), {0: 'non-default capabilities (container "a" must not include "SYS_PTRACE" in securityContext.capabilities.add)'}],
  ['names that need more than two bytes sort after those of fewer', spec({containers: secured(add('\u{1f600}', '\uff21', '\ue000'))}), {
    0: 'non-default capabilities (container "a" must not include "\ue000", "\uff21", "\u{1f600}" in securityContext.capabilities.add)',
  }],
  ['half a surrogate pair', spec({containers: secured(add('\ud800', '\udc00x'))}), {0: 'non-default capabilities (container "a" must not include "\ufffd", "\ufffdx" in securityContext.capabilities.add)'}],
])

windowsOf('capabilities_restricted', [
  ['ALL dropped, NET_BIND_SERVICE kept', spec({containers: secured(both(['ALL'], ['NET_BIND_SERVICE']), both(['NET_RAW', 'ALL']))}), {22: null}],
  ['nothing said: only the drop is missing', spec({containers: secured({}, {capabilities: {}}, null)}), {22: `unrestricted capabilities (containers "a", "b", "c" ${MISSING})`}],
  ['ALL in these bytes alone', spec({containers: secured(both(['all']), both(['CAP_ALL']), both([null]))}), {22: `unrestricted capabilities (containers "a", "b", "c" ${MISSING})`}],
  ['a default capability is too much here', spec({containers: secured(both(['ALL'], ['CHOWN']))}), {22: 'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)'}],
  ['both parts', spec({containers: secured(both([], ['SYS_ADMIN', 'NET_BIND_SERVICE']), both(['ALL'], ['ALL']), {})}), {
    22: `unrestricted capabilities (containers "a", "c" ${MISSING}; containers "a", "b" must not include "ALL", "SYS_ADMIN" in securityContext.capabilities.add)`,
  }],
  ['Windows is let be from 1.25, even with a bad add', spec({os: {name: 'windows'}, containers: secured(both([], ['SYS_ADMIN']))}), {
    22: `unrestricted capabilities (container "a" ${MISSING}; container "a" must not include "SYS_ADMIN" in securityContext.capabilities.add)`, 25: null,
  }],
  ['ephemeral', spec({containers: secured(both(['ALL'])), ephemeralContainers: [{name: 'debug'}]}), {22: `unrestricted capabilities (container "debug" ${MISSING})`}],
])

describe('places of capabilities', () => {
  it('one for each entry, one for each missing drop', () => {
    const pod = spec({initContainers: secured({}), containers: secured(both(['NET_RAW'], ['KILL', 'SYS_ADMIN']))})
    expect(placesOf('capabilities_baseline', pod)).to.deep.equal(['spec.containers[0].securityContext.capabilities.add[1] | a | "SYS_ADMIN" | removed'])
    expect(placesOf('capabilities_restricted', pod)).to.deep.equal([
      'spec.initContainers[0].securityContext.capabilities.drop | a | null | ["ALL"]',
      'spec.containers[0].securityContext.capabilities.drop | a | ["NET_RAW"] | ["ALL"]',
      'spec.containers[0].securityContext.capabilities.add[0] | a | "KILL" | removed (NET_BIND_SERVICE alone may stay)',
      'spec.containers[0].securityContext.capabilities.add[1] | a | "SYS_ADMIN" | removed (NET_BIND_SERVICE alone may stay)',
    ])
  })
})
