import {expect} from 'chai'
import type {JsonObject} from '../../../src/kube/json.js'
import {noted, placesOf, secured, spec, windowsOf} from './windows.js'

const OF = 'container.apparmor.security.beta.kubernetes.io/'
const typed = (type: string | null): JsonObject => ({appArmorProfile: {type}})
const said = (who: string, what: string, count = 1): string => `forbidden AppArmor profile${count === 1 ? '' : 's'} (${who} must not set AppArmor profile type to ${what})`
const mixed = noted({[`${OF}a`]: 'x', [`${OF}gone`]: 'unconfined\u00ad'}, {securityContext: typed('Unconfined'), containers: secured(typed(''), typed('RuntimeDefault'))})

windowsOf('appArmorProfile', [
  ['good fields and annotations', noted({[`${OF}a`]: '', [`${OF}b`]: 'runtime/default', [`${OF}c`]: 'localhost/', [`${OF}d`]: null, [OF]: 'localhost/x', 'container.apparmor.security.beta.kubernetes.iox/a': 'x'}, {
    securityContext: typed('Localhost'), containers: secured(typed('RuntimeDefault'), {appArmorProfile: null}),
  }), {0: null}],
  ['a field', spec({containers: secured(typed('Unconfined'))}), {0: said('container "a"', '"Unconfined"')}],
  ['pod and containers, types sorted and once', spec({securityContext: typed('b'), initContainers: secured(typed('a')), ephemeralContainers: [{name: 'debug', securityContext: typed('b')}]}), {0: said('pod and containers "a", "debug"', '"a", "b"', 2)}],
  ['an annotation, its value in quotes in quotes, also of a container that is not there', noted({[`${OF}gone`]: 'a"\\\u0001\n'}, {}), {0: said('annotation', `"${OF}gone="a\\"\\\\\\x01\\n""`)}],
  ['all of them', mixed, {0: said('pod and container "a" and annotations', `"", "Unconfined", "${OF}a="x"", "${OF}gone="unconfined\\u00ad""`, 4)}],
  ['a server of 1.29 knows no fields', mixed, {0: `forbidden AppArmor profiles (${OF}a="x", ${OF}gone="unconfined\\u00ad")`}, 29],
  ['nor does it refuse them', spec({containers: secured(typed('Unconfined'))}), {0: null}, 29],
  ['one of 1.30 does', spec({containers: secured(typed('Unconfined'))}), {0: said('container "a"', '"Unconfined"')}, 30],
  ['Windows and user namespaces do not help', noted({[`${OF}a`]: 'x'}, {os: {name: 'windows'}, hostUsers: false}), {0: said('annotation', `"${OF}a="x""`)}],
])

it('places of AppArmor', () => expect(placesOf('appArmorProfile', mixed)).to.deep.equal([
  'spec.securityContext.appArmorProfile.type | - | "Unconfined" | RuntimeDefault or Localhost',
  'spec.containers[0].securityContext.appArmorProfile.type | a | "" | RuntimeDefault or Localhost',
  `metadata.annotations["${OF}a"] | a | "x" | runtime/default or localhost/PROFILE`,
  `metadata.annotations["${OF}gone"] | - | ${JSON.stringify('unconfined\u00ad')} | runtime/default or localhost/PROFILE`,
]))
