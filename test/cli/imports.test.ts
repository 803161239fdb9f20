import {expect} from 'chai'
import {ROWS, importsOf, violationsOf} from '../../scripts/import-rows.js'

describe('import rows', () => {
  const rows: readonly [file: string, source: string, isFine: boolean][] = [
    ['trust/judge.ts', "import {x} from '../kubeconfig/model.js'", true],
    ['trust/judge.ts', "import {createHash} from 'node:crypto'", true],
    ['trust/judge.ts', "import type {Stats} from 'node:fs'", true],
    ['flows/guard.ts', "import type {Terminal} from '../adapters/terminal.js'", true],
    ['guard/snapshot.ts', "import {openSecret} from '../kubeconfig/secret.js'", true],
    ['commands/kubeconfig/verify.ts', "import {\n  a,\n  b,\n} from '../../adapters/files.js'", true],
    ['trust/judge.ts', "import {readFileSync} from 'node:fs'", false],
    ['trust/judge.ts', "import {parse} from 'yaml'", false],
    ['trust/judge.ts', "import 'node:fs'", false],
    ['trust/judge.ts', "const fs = await import('node:fs')", false],
    ['kubeconfig/parse.ts', "import {x} from '../trust/judge.js'", false],
    ['kubeconfig/parse.ts', "import type {X} from '../trust/judge.js'", false],
    ['trust/judge.ts', "export {x} from '../guard/route.js'", false],
    ['flows/guard.ts', "import {openTerminal} from '../adapters/terminal.js'", false],
    ['adapters/files.ts', "import {guard} from '../flows/guard.js'", false],
    ['entry/guard.ts', "import {Command} from '@oclif/core'", false],
    ['report/table.ts', "import {openSecret} from '../kubeconfig/secret.js'", false],
    ['commands/x.ts', "import {\n  openSecret,\n} from '../kubeconfig/secret.js'", false],
    ['errors.ts', "import {quote} from './printable.js'", false],
    ['misc/new.ts', '', false],
  ]

  for (const [file, source, isFine] of rows) {
    it(`${isFine ? 'allows' : 'refuses'} in ${file}: ${source.replaceAll('\n', ' ')}`, () => {
      expect(violationsOf(file, importsOf(source))).to.have.length(isFine ? 0 : 1)
    })
  }

  it('are numbered without a gap', () => expect(ROWS.map(row => row.row)).to.deep.equal([8, 7, 6, 5, 4, 3, 2, 1, 0]))
})
