import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {makeDirectories, openPrivateDirectory, readPrivate, writePrivate} from '../../src/adapters/private-directory.js'

const UID = process.geteuid?.() ?? 0
const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('the private directory', () => {
  let root = ''
  const at = (...names: string[]): string => join(root, ...names)
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'k121-test-')))
    for (const name of ['run', 'tmp']) mkdirSync(at(name), {mode: 0o700})
  })
  afterEach(() => rmSync(root, {recursive: true, force: true}))

  const open = (runtimeDir: string | undefined = at('run'), uid = UID): string => {
    const {path, ephemeral} = openPrivateDirectory({runtimeDir, stateDir: at('state'), tempDir: at('tmp'), uid})
    return `${path.slice(root.length + 1).replace(/k121-\w+$/, 'fresh')}${ephemeral ? ' (ephemeral)' : ''}`
  }

  it('is below the runtime directory, for this user alone', () => {
    expect([open(), modeOf(at('run/k121'))]).to.deep.equal(['run/k121', 0o700])
    expect(open()).to.equal('run/k121')
  })

  const elsewhere: [name: string, arrange: () => string | undefined][] = [
    ['there is no runtime directory', () => at('none')],
    ['it is relative', () => 'run'],
    ['it is empty', () => ''],
    ['others may write to it', () => {
      chmodSync(at('run'), 0o777)
      return at('run')
    }],
    ['others may write to it, sticky or not', () => {
      chmodSync(at('run'), 0o1777)
      return at('run')
    }],
    ['it is a link', () => {
      symlinkSync(at('run'), at('link'))
      return at('link')
    }],
    ['its name would split KUBECONFIG', () => {
      mkdirSync(at('a:b'), {mode: 0o700})
      return at('a:b')
    }],
    ['our directory in it is a link', () => {
      symlinkSync(at('tmp'), at('run/k121'))
      return at('run')
    }],
    ['our directory in it is a file', () => {
      writeFileSync(at('run/k121'), '')
      return at('run')
    }],
    ['others may read our directory in it', () => {
      mkdirSync(at('run/k121'))
      chmodSync(at('run/k121'), 0o755)
      return at('run')
    }],
  ]
  for (const [name, arrange] of elsewhere) {
    it(`is below the state directory where ${name}`, () => {
      expect(open(arrange() ?? '')).to.equal('state/run')
      expect(modeOf(at('state/run'))).to.equal(0o700)
    })
  }

  it('is a fresh one in temp where neither will do, never a fixed name', () => {
    mkdirSync(at('state'))
    chmodSync(at('state'), 0o777)
    expect([open(at('none')), open(at('none'))]).to.deep.equal(['tmp/fresh (ephemeral)', 'tmp/fresh (ephemeral)'])
    const made = readdirSync(at('tmp'))
    expect(made).to.have.length(2)
    for (const name of made) expect(modeOf(at('tmp', name))).to.equal(0o700)
  })

  it('is nothing that belongs to somebody else', () => expect(open(at('run'), UID + 1)).to.equal('tmp/fresh (ephemeral)'))

  it('does not wait for ever where no directory can be made', () => {
    if (!existsSync('/proc/self')) return
    expect(() => makeDirectories('/proc/nowhere/at/all')).to.throw(/ENOENT/)
    expect(openPrivateDirectory({runtimeDir: undefined, stateDir: '/proc/nowhere/k121', tempDir: at('tmp'), uid: UID}).ephemeral).to.equal(true)
  })

  describe('its files', () => {
    it('appear whole, 0600 in 0700, and leave no draft', () => {
      writePrivate(at('run/a/b/file'), 'one')
      writePrivate(at('run/a/b/file'), Buffer.from('two'))
      expect([readFileSync(at('run/a/b/file'), 'utf8'), modeOf(at('run/a/b/file')), modeOf(at('run/a')), readdirSync(at('run/a/b'))]).to.deep.equal(['two', 0o600, 0o700, ['file']])
    })

    it('replace a link, and never what it leads to', () => {
      writeFileSync(at('victim'), 'mine')
      symlinkSync(at('victim'), at('run/file'))
      writePrivate(at('run/file'), 'ours')
      expect([readFileSync(at('victim'), 'utf8'), readFileSync(at('run/file'), 'utf8')]).to.deep.equal(['mine', 'ours'])
    })

    it('leave no draft where they cannot be put', () => {
      mkdirSync(at('run/file/full'), {recursive: true})
      expect(() => writePrivate(at('run/file'), 'x')).to.throw()
      expect(readdirSync(dirname(at('run/file')))).to.deep.equal(['file'])
    })

    it('are read only if nobody else could have written them', () => {
      writePrivate(at('run/file'), 'x')
      const read = (path = at('run/file'), uid = UID): string | null => readPrivate(path, uid)?.toString() ?? null
      expect(read()).to.equal('x')
      expect(read(at('run/file'), UID + 1)).to.equal(null)
      for (const mode of [0o640, 0o604, 0o660, 0o644]) {
        chmodSync(at('run/file'), mode)
        expect(read(), mode.toString(8)).to.equal(null)
      }
      chmodSync(at('run/file'), 0o600)
      symlinkSync(at('run/file'), at('run/link'))
      expect([read(at('run/link')), read(at('run')), read(at('run/none'))]).to.deep.equal([null, null, null])
      linkSync(at('run/file'), at('run/hard'))
      execFileSync('mkfifo', ['-m', '600', at('run/fifo')])
      expect(read(at('run/fifo'))).to.equal(null)
    })
  })
})
