import {expect} from 'chai'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {lastingScript} from '../../src/adapters/lasting-script.js'

const OURS = 'krew/store/k121/v1.0.0'

/** @param link what `krew/bin/kubectl-k121` leads to; null: there is none */
function lasting(link: string | null, {launcher = true} = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'k121-lasting-')))
  try {
    const files = [`${OURS}/bin/run.js`, 'krew/store/k121/v2.0.0/bin/kubectl-k121', 'elsewhere/kubectl-k121', ...(launcher ? [`${OURS}/bin/kubectl-k121`] : [])]
    for (const file of [...files, 'krew/bin/x'].map(name => join(root, name))) {
      mkdirSync(dirname(file), {recursive: true})
      writeFileSync(file, '')
    }
    if (link !== null) symlinkSync(link.replace('ROOT', root), join(root, 'krew/bin/kubectl-k121'))
    return lastingScript(join(root, OURS)).slice(root.length + 1)
  } finally {
    rmSync(root, {recursive: true, force: true})
  }
}

describe('lastingScript', () => {
  const own = `${OURS}/bin/run.js`
  const rows: ReadonlyArray<[name: string, link: string | null, wanted: string]> = [
    ["krew's link to us", `ROOT/${OURS}/bin/kubectl-k121`, 'krew/bin/kubectl-k121'],
    ['a relative one', '../store/k121/v1.0.0/bin/kubectl-k121', 'krew/bin/kubectl-k121'],
    ['no link', null, own],
    ['a link to another version', 'ROOT/krew/store/k121/v2.0.0/bin/kubectl-k121', own],
    ["a link to somebody else's file", 'ROOT/elsewhere/kubectl-k121', own],
    ['a link to nothing', 'ROOT/nothing', own],
    ['a link that sh alone could be given', `ROOT/${OURS}/bin/run.js`, own],
  ]
  for (const [name, link, wanted] of rows) it(name, () => expect(lasting(link)).to.equal(wanted))

  // npm's link leads to run.js, and its directory keeps its name at an upgrade.
  it('a package without the launcher', () => expect(lasting('ROOT/elsewhere/kubectl-k121', {launcher: false})).to.equal(own))
})
