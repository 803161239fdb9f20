import {expect} from 'chai'
import {placesOf, secured, spec, windowsOf} from './windows.js'

const WINDOWS = {os: {name: 'windows'}}
const bad = (words: string): string => `allowPrivilegeEscalation != false (${words} must set securityContext.allowPrivilegeEscalation=false)`

windowsOf('privileged', [
  ['unset', spec({containers: secured(null, {}, {privileged: null}, {privileged: false})}), {0: null}],
  ['one', spec({containers: secured({privileged: true})}), {0: 'privileged (container "a" must not set securityContext.privileged=true)'}],
  ['of several: init, regular and ephemeral in that order', spec({
    ephemeralContainers: [{name: 'debug', securityContext: {privileged: true}}], containers: secured({privileged: true}, {}), initContainers: [{name: 'z', securityContext: {privileged: true}}],
  }), {0: 'privileged (containers "z", "a", "debug" must not set securityContext.privileged=true)'}],
  ['a sidecar is an init container', spec({initContainers: [{name: 'mesh', restartPolicy: 'Always', securityContext: {privileged: true}}]}), {0: 'privileged (container "mesh" must not set securityContext.privileged=true)'}],
  ['no help from Windows or a user namespace', spec({...WINDOWS, hostUsers: false, containers: secured({privileged: true})}), {0: 'privileged (container "a" must not set securityContext.privileged=true)'}],
  ['a container without a name, and one that is null', spec({containers: [{securityContext: {privileged: true}}, null]}), {0: 'privileged (container "" must not set securityContext.privileged=true)'}],
])

windowsOf('allowPrivilegeEscalation', [
  ['false', spec({containers: secured({allowPrivilegeEscalation: false})}), {8: null}],
  ['unset, null, true, no context, null container', spec({containers: [...secured({}, {allowPrivilegeEscalation: null}, {allowPrivilegeEscalation: true}, null), null]}), {8: bad('containers "a", "b", "c", "d", ""')}],
  ['ephemeral', spec({containers: secured({allowPrivilegeEscalation: false}), ephemeralContainers: [{name: 'debug'}]}), {8: bad('container "debug"')}],
  ['Windows is let be from 1.25', spec({...WINDOWS, containers: secured({})}), {8: bad('container "a"'), 25: null}],
  ['Linux is not', spec({os: {name: 'linux'}, containers: secured({})}), {8: bad('container "a"')}],
  ['a node selector is no os', spec({nodeSelector: {'kubernetes.io/os': 'windows'}, containers: secured({})}), {8: bad('container "a"')}],
  ['a user namespace does not help', spec({hostUsers: false, containers: secured({})}), {8: bad('container "a"')}],
  ['no containers at all', spec({}), {8: null}],
])

describe('places of container flags', () => {
  it('names the field also where it is absent', () => {
    const pod = spec({initContainers: secured({allowPrivilegeEscalation: true}), containers: secured({}), ephemeralContainers: [{name: 'debug'}]})
    expect(placesOf('allowPrivilegeEscalation', pod)).to.deep.equal([
      'spec.initContainers[0].securityContext.allowPrivilegeEscalation | a | true | false',
      'spec.containers[0].securityContext.allowPrivilegeEscalation | a | null | false',
      'spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation | debug | null | false',
    ])
    expect(placesOf('privileged', spec({containers: secured({}, {privileged: true})}))).to.deep.equal(['spec.containers[1].securityContext.privileged | b | true | false'])
  })
})
