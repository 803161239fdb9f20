import {expect} from 'chai'
import {mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileSource} from '../../src/adapters/files.js'

/** A swap between the look and the read: what was judged by its real path must not become another file. */
describe('the file system as the judge asks about it', () => {
  let root: string
  const at = (name: string): string => join(root, name)

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'k121-files-')))
    for (const name of ['kube', 'secret']) {
      mkdirSync(at(name))
      writeFileSync(at(`${name}/token`), name)
    }
    symlinkSync('token', at('kube/link'))
  })

  afterEach(() => rmSync(root, {recursive: true, force: true}))

  const swaps: {name: string; path: string; swap(): void; reads: string | null}[] = [
    {name: 'nothing', path: 'kube/token', swap: () => undefined, reads: 'kube'},
    {name: 'a link that was there before', path: 'kube/link', swap: () => undefined, reads: 'kube'},
    {
      name: 'the file becomes a link', path: 'kube/token', reads: null,
      swap: () => (unlinkSync(at('kube/token')), symlinkSync(at('secret/token'), at('kube/token'))),
    },
    {
      name: 'its directory becomes a link', path: 'kube/token', reads: null,
      swap: () => (renameSync(at('kube'), at('old')), symlinkSync(at('secret'), at('kube'))),
    },
    {
      name: 'the end of its link becomes a link', path: 'kube/link', reads: null,
      swap: () => (unlinkSync(at('kube/token')), symlinkSync(at('secret/token'), at('kube/token'))),
    },
    {
      name: 'the link itself leads elsewhere', path: 'kube/link', reads: 'kube',
      swap: () => (unlinkSync(at('kube/link')), symlinkSync(at('secret/token'), at('kube/link'))),
    },
  ]

  for (const {name, path, swap, reads} of swaps) {
    it(name, () => {
      const files = fileSource()
      expect(files.look(at(path)).real).to.equal(at('kube/token'))
      swap()
      expect(files.read(at(path), 100)?.toString() ?? null).to.equal(reads)
    })
  }
})
