import {expect} from 'chai'
import {placesOf, secured, spec, windowsOf} from './windows.js'

const said = (who: string): string => `hostProcess (${who} must not set securityContext.windowsOptions.hostProcess=true)`
const PROCESS = {windowsOptions: {hostProcess: true}}

windowsOf('windowsHostProcess', [
  ['false, null, unset', spec({securityContext: {windowsOptions: {hostProcess: false}}, containers: secured({windowsOptions: {hostProcess: null}}, {windowsOptions: null}, {windowsOptions: {}})}), {0: null}],
  ['the pod', spec({securityContext: PROCESS}), {0: said('pod')}],
  ['containers', spec({initContainers: secured(PROCESS, {}), ephemeralContainers: [{name: 'debug', securityContext: PROCESS}]}), {0: said('containers "a", "debug"')}],
  ['both, on Windows too', spec({os: {name: 'windows'}, securityContext: PROCESS, containers: secured(PROCESS)}), {0: said('pod and container "a"')}],
])

it('places of hostProcess', () => expect(placesOf('windowsHostProcess', spec({securityContext: PROCESS, containers: secured(PROCESS)}))).to.deep.equal([
  'spec.securityContext.windowsOptions.hostProcess | - | true | false', 'spec.containers[0].securityContext.windowsOptions.hostProcess | a | true | false',
]))
