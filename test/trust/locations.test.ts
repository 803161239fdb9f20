import {expect} from 'chai'
import {trustLocations} from '../../src/trust/locations.js'

describe('trustLocations', () => {
  const rows: [name: string, environment: Record<string, string>, platform: string, policy: string | null, state: string | null][] = [
    ['Linux', {HOME: '/h'}, 'linux', '/h/.config/k121/trust.yaml', '/h/.local/state/k121'],
    ['XDG', {HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s'}, 'linux', '/c/k121/trust.yaml', '/s/k121'],
    ['relative XDG values are ignored', {HOME: '/h', XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: './s'}, 'linux', '/h/.config/k121/trust.yaml', '/h/.local/state/k121'],
    ['empty XDG values are ignored', {HOME: '/h', XDG_CONFIG_HOME: '', XDG_STATE_HOME: ''}, 'linux', '/h/.config/k121/trust.yaml', '/h/.local/state/k121'],
    ['a relative home is none', {HOME: 'h'}, 'linux', null, null],
    ['an empty home is none', {HOME: ''}, 'linux', null, null],
    ['no home', {}, 'linux', null, null],
    ['no home but XDG', {XDG_CONFIG_HOME: '/c'}, 'linux', '/c/k121/trust.yaml', null],
    ['macOS', {HOME: '/h'}, 'darwin', '/h/Library/Application Support/k121/trust.yaml', '/h/Library/Application Support/k121'],
    ['XDG on macOS', {HOME: '/h', XDG_STATE_HOME: '/s'}, 'darwin', '/h/Library/Application Support/k121/trust.yaml', '/s/k121'],
  ]
  for (const [name, environment, platform, policy, state] of rows) {
    it(name, () => expect(trustLocations(environment, platform)).to.deep.equal({policy, state}))
  }
})
