import {expect} from 'chai'
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {isDispatcher} from '../../src/adapters/kubectl/vet.js'

const UID = process.geteuid?.() ?? 0

describe('isDispatcher', () => {
  let root: string
  let kubectl: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'k121-vet-'))
    kubectl = join(root, 'kubectl')
  })
  afterEach(() => rmSync(root, {recursive: true}))
  const ask = (ephemeral = false): boolean => isDispatcher(kubectl, {path: join(root, 'private'), ephemeral}, UID)
  const padding = Buffer.alloc(5 * 1024 * 1024, 'x')

  it('tells it by the version in the binary, also across two pieces', () => {
    for (const before of [0, 4 * 1024 * 1024 - 8, 4 * 1024 * 1024 + 100]) {
      writeFileSync(kubectl, Buffer.concat([padding.subarray(0, before), Buffer.from('v1.32.4-dispatcher'), padding]))
      expect(ask(true), `after ${before} bytes`).to.equal(true)
    }
  })

  it('does not take the bare word for a version', () => {
    writeFileSync(kubectl, 'event-dispatcher v1.32.4 x-dispatcher')
    expect(ask()).to.equal(false)
  })

  it('tells it by its siblings, whatever was remembered', () => {
    writeFileSync(kubectl, 'plain')
    expect(ask()).to.equal(false)
    writeFileSync(join(root, 'kubectl.1.31'), '')
    expect(ask()).to.equal(true)
  })

  it('remembers the answer for this very file only', () => {
    writeFileSync(kubectl, 'plain')
    expect(ask()).to.equal(false)
    expect(readdirSync(join(root, 'private/kubectl'))).to.have.length(1)
    rmSync(kubectl)
    writeFileSync(kubectl, 'v1.32.4-dispatcher')
    expect(ask()).to.equal(true)
  })

  it('does not believe a note that somebody else wrote', () => {
    writeFileSync(kubectl, 'v1.32.4-dispatcher')
    expect(ask()).to.equal(true)
    const [note = ''] = readdirSync(join(root, 'private/kubectl'))
    writeFileSync(join(root, 'private/kubectl', note), `${'0'.repeat(64)}\nplain`, {mode: 0o600})
    expect(ask()).to.equal(true)
  })

  it('keeps nothing in a directory that goes away', () => {
    writeFileSync(kubectl, 'plain')
    expect(ask(true)).to.equal(false)
    expect(readdirSync(root)).to.deep.equal(['kubectl'])
  })
})
