import {expect} from 'chai'
import type {GuardOptions} from '../../src/guard/options.js'
import {readGuardOptions} from '../../src/guard/options.js'

describe('readGuardOptions', () => {
  const read: [argv: string[], wanted: Partial<GuardOptions>][] = [
    [['--'], {args: [], allowPluginFlags: false}],
    [['--', 'get', 'pods'], {args: ['get', 'pods']}],
    [['--', '--', 'x'], {args: ['--', 'x']}],
    [['--', '--kubectl', '/evil'], {args: ['--kubectl', '/evil']}],
    [['--kubectl', '/k', '--'], {kubectl: '/k', args: []}],
    [['--kubectl=/k=1', '--'], {kubectl: '/k=1'}],
    [['--trust-file', 't', '--kubectl', '/k', '--', 'get'], {trustFile: 't', kubectl: '/k', args: ['get']}],
    [['--kubectl', '/a', '--kubectl', '/b', '--'], {kubectl: '/b'}],
    [['--allow-plugin-flags', '--', 'x'], {allowPluginFlags: true, args: ['x']}],
    [['--kubectl', '--trust-file', '--'], {kubectl: '--trust-file'}],
  ]
  for (const [argv, wanted] of read) {
    it(argv.join(' '), () => {
      const result = readGuardOptions(argv)
      if (!result.ok) throw new Error(result.message)
      expect(result.options).to.deep.include(wanted)
    })
  }

  const refused: [argv: string[], says: RegExp][] = [
    [[], /expected '--'/],
    [['get', 'pods'], /expected '--'/],
    [['get', '--', 'pods'], /expected '--'/],
    [['--kubectl', '/k'], /expected '--'/],
    [['--kubectl'], /needs a path/],
    [['--kubectl', '--'], /needs a path/],
    [['--kubectl=', '--'], /needs a path/],
    [['--kubectl', '', '--'], /needs a path/],
    [['--allow-plugin-flags=true', '--'], /expected '--'/],
    [['--kubect', '/k', '--'], /expected '--'/],
    [['-h'], /expected '--'/],
  ]
  for (const [argv, says] of refused) {
    it(`refuses ${JSON.stringify(argv)}`, () => {
      const result = readGuardOptions(argv)
      expect(result.ok ? 'read' : result.message).to.match(says)
    })
  }
})
