import {expect} from 'chai'
import type {JsonObject} from '../../../src/kube/json.js'
import {placesOf, secured, spec, windowsOf} from './windows.js'

const said = (who: string, what: string): string => `seLinuxOptions (${who} set forbidden securityContext.seLinuxOptions: ${what})`
const of = (...options: JsonObject[]): JsonObject[] => secured(...options.map(seLinuxOptions => ({seLinuxOptions})))

windowsOf('seLinuxOptions', [
  ['what was always allowed', spec({containers: of({}, {type: ''}, {type: 'container_t'}, {type: 'container_init_t'}, {type: 'container_kvm_t'}, {level: 's0:c1'}, {type: null, user: '', role: null})}), {0: null}],
  ['container_engine_t from 1.31', spec({containers: of({type: 'container_engine_t'})}), {0: said('container "a"', 'type "container_engine_t"'), 31: null}],
  ['an older version stays older on a newer server', spec({securityContext: {seLinuxOptions: {type: 'container_engine_t'}}}), {0: said('pod', 'type "container_engine_t"'), 31: null}],
  ['types, sorted and once', spec({securityContext: {seLinuxOptions: {type: 'spc_t'}}, containers: of({type: 'a_t'}, {type: 'spc_t'})}), {0: said('pod and containers "a", "b"', 'types "a_t", "spc_t"')}],
  ['user and role', spec({containers: of({user: 'u'}, {role: 'r'})}), {0: said('containers "a", "b"', 'user may not be set; role may not be set')}],
  ['all three, in an ephemeral container', spec({ephemeralContainers: of({role: 'r', user: 'u', type: 't'})}), {0: said('container "a"', 'type "t"; user may not be set; role may not be set')}],
  ['servers up to 1.25 do not say user and role alone', spec({containers: of({user: 'u'}, {role: 'r'})}), {0: said('containers "a", "b"', '')}, 25],
  ['but do beside a type', spec({containers: of({user: 'u', type: 't'})}), {0: said('container "a"', 'type "t"; user may not be set')}, 25],
  ['those from 1.26 do', spec({containers: of({role: 'r'})}), {0: said('container "a"', 'role may not be set')}, 26],
])

it('places of SELinux: one for each field', () => expect(placesOf('seLinuxOptions', spec({securityContext: {seLinuxOptions: {user: 'u'}}, containers: of({type: 't', role: 'r'})}))).to.deep.equal([
  'spec.securityContext.seLinuxOptions.user | - | "u" | unset',
  'spec.containers[0].securityContext.seLinuxOptions.type | a | "t" | container_t, container_init_t, container_kvm_t, container_engine_t, or unset',
  'spec.containers[0].securityContext.seLinuxOptions.role | a | "r" | unset',
]))
