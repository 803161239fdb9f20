import {expect} from 'chai'
import {placesOf, secured, spec, windowsOf} from './windows.js'

const said = (who: string, what: string): string => `procMount (${who} must not set securityContext.procMount to ${what})`
const unmasked = secured({procMount: 'Unmasked'})

windowsOf('procMount', [
  ['Default, null, unset', spec({containers: secured({procMount: 'Default'}, {procMount: null}, {}, null)}), {0: null}],
  ['Unmasked', spec({containers: unmasked}), {0: said('container "a"', '"Unmasked"')}],
  ['the empty one is bad; sorted', spec({containers: secured({procMount: 'x'}, {procMount: ''}, {procMount: 'x'})}), {0: said('containers "a", "b", "c"', '"", "x"')}],
  ['a user namespace is let be from 1.35', spec({hostUsers: false, containers: unmasked}), {0: said('container "a"', '"Unmasked"'), 35: null}],
  ['hostUsers true or null is none', spec({hostUsers: null, containers: unmasked}), {0: said('container "a"', '"Unmasked"')}],
  ['ephemeral', spec({ephemeralContainers: unmasked}), {0: said('container "a"', '"Unmasked"')}],
])

windowsOf('procMount_restricted', [
  ['in a user namespace too', spec({hostUsers: false, containers: unmasked}), {35: said('container "a"', '"Unmasked"')}],
  ['Default', spec({containers: secured({procMount: 'Default'})}), {35: null}],
])

it('places of procMount', () => expect(placesOf('procMount', spec({initContainers: unmasked}))).to.deep.equal(['spec.initContainers[0].securityContext.procMount | a | "Unmasked" | Default, or unset']))
