import {expect} from 'chai'
import {cutMiddle, displayWidth, renderTable, streamTable} from '../../src/report/table.js'

describe('renderTable', () => {
  const rows: [name: string, header: string[], cells: string[][], width: number | null, wanted: string][] = [
    ['columns as wide as their widest cell', ['A', 'B'], [['1', '22'], ['333', '4']], null, 'A     B\n1     22\n333   4\n'],
    ['no rows', ['A', 'B'], [], null, 'A   B\n'],
    ['no blanks at line ends', ['A', 'B'], [['x', '']], null, 'A   B\nx\n'],
    ['a missing cell', ['A', 'B'], [['x']], null, 'A   B\nx\n'],
    ['cuts the widest column to fit', ['NAME', 'PROGRAM'], [['a', 'x'.repeat(40)]], 30, `NAME   PROGRAM\na      ${'x'.repeat(22)}…\n`],
    ['never cuts without a width', ['A'], [['x'.repeat(200)]], null, `A\n${'x'.repeat(200)}\n`],
    ['no column goes below eight', ['A', 'B'], [['x'.repeat(20), 'y'.repeat(20)]], 5, `A          B\n${'x'.repeat(7)}…   ${'y'.repeat(7)}…\n`],
    ['wide characters take two columns', ['A', 'B'], [['漢字', 'x'], ['a', 'y']], null, 'A      B\n漢字   x\na      y\n'],
    ['wide characters are not cut in half', ['A'], [['漢字漢字漢字']], 8, 'A\n漢字漢…\n'],
  ]
  for (const [name, header, cells, width, wanted] of rows) it(name, () => expect(renderTable(header, cells, width)).to.equal(wanted))

  it('knows the width of text', () => expect(['', 'abc', '漢', 'ｱ', 'Ａ', 'é', '🙂'].map(displayWidth)).to.deep.equal([0, 3, 2, 1, 2, 1, 2]))

  it('streams the same as it renders', () => {
    const cells = [['1', '22'], ['333', '漢'], ['x', '']]
    expect([...streamTable(['A', 'B'], () => cells)].join('')).to.equal(renderTable(['A', 'B'], cells, null))
  })

  const names: [name: string, width: number, wanted: string][] = [['abcdefghij', 10, 'abcdefghij'], ['abcdefghijk', 10, 'abcd…ghijk'], ['漢字漢字漢字', 9, '漢字…漢字'], ['abcdefghijk', 5, 'ab…jk']]
  for (const [name, width, wanted] of names) it(`cuts ${name} to ${width} in the middle`, () => expect(cutMiddle(name, width)).to.equal(wanted))
})
