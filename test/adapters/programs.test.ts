import {expect} from 'chai'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {programSource} from '../../src/adapters/programs.js'

describe('programSource', () => {
  let root: string
  before(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
    for (const directory of ['real', 'middle', 'a/b', 'asdf/shims']) mkdirSync(join(root, directory), {recursive: true})
    for (const file of ['real/x', 'a/x', 'asdf/shims/x']) writeFileSync(join(root, file), '', {mode: 0o755})
    const links = {
      cwd: '/proc/self/cwd/real', indirect: 'cwd', 'middle/real': '../real', chain: 'middle/real', up: 'down/../x', down: 'a/b', shims: 'asdf/shims', fd: '/dev/fd',
      file: 'chain/x', dev: '/dev/null', loop: 'loop',
    }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name))
  })
  after(() => rmSync(root, {recursive: true, force: true}))

  const look = (command: string) => programSource({path: '/usr/bin', uid: process.getuid?.() ?? 0, ownGroups: new Set()}).look(command, root)

  for (const command of ['cwd/x', './cwd/x', 'indirect/x', 'fd/0', './dev', '/proc/self/exe'])
    it(`is supplied at run time: ${command}`, () => expect(look(command).location).to.equal('runtime'))
  for (const command of ['./real/x', './chain/x', './file', './up'])
    it(`is an ordinary place: ${command}`, () => expect(look(command)).to.include({location: 'normal', executable: true}))

  it('looks at every directory that holds a link', () => expect(look('./file').places.map(place => place.path)).to.include.members([root, join(root, 'middle'), join(root, 'real'), join(root, 'real/x')]))
  it('follows .. as the kernel does', () => expect(look('./up').real).to.equal(join(root, 'a/x')))
  it('knows shims behind a linked directory', () => expect(look('./shims/x').shim).to.equal('asdf'))
  it('ends on a loop', () => expect(look('./loop/x').path).to.equal(null))
})
