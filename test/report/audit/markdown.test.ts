import {expect} from 'chai'
import {codeSpan, markdownCell} from '../../../src/report/audit/markdown-text.js'
import {renderMarkdown} from '../../../src/report/audit/markdown.js'
import {PLAIN} from '../../../src/report/audit/options.js'
import {check, finding, resultOf} from './sample.js'

describe('Markdown', () => {
  const cells: [name: string, given: string, wanted: string][] = [
    ['plain words', 'a plain-word (here).', 'a plain-word (here).'],
    ['markup', '*a* _b_ <i>', String.raw`\*a\* \_b\_ \<i\>`],
    ['the end of a cell', 'a|b', String.raw`a\|b`],
    ['a link', '[a](b)', String.raw`\[a\](b)`],
    ['an image', '![a](b)', String.raw`!\[a\](b)`],
    ['a mention', 'ask @all', '`ask @all`'],
    ['an issue', 'see #12', '`see #12`'],
    ['an address', 'at https://x.y', '`at https://x.y`'],
    ['an address without a scheme', 'at www.x.y', '`at www.x.y`'],
    ['a commit', 'in 0123abc', '`in 0123abc`'],
    ['a mention with a bar and a backtick', '@a|`b', '`` @a\\|`b ``'],
    ['a new line', 'a\nb', String.raw`a\\u\{a\}b`],
    ['an entity', '&lt;', '`&lt;`'],
    ['an ampersand', 'a & b', String.raw`a \& b`],
  ]
  for (const [name, given, wanted] of cells) it(`makes nothing of ${name}`, () => expect(markdownCell(given)).to.equal(wanted))

  it('a code span holds any run of backticks', () => expect(codeSpan('a``b`')).to.equal('``` a``b` ```'))

  it('has as many cells in every row as the table has columns', () => {
    for (const block of [...renderMarkdown(resultOf(), PLAIN)].join('').split('\n\n').filter(text => text.startsWith('|'))) {
      const widths = block.trimEnd().split('\n').map(line => line.replace(/\\[|]/g, '').split('|').length)
      expect(new Set(widths).size, block).to.equal(1)
    }
  })

  it('stays below what a comment holds', () => {
    const findings = Array.from({length: 500}, (_, index) => ({...finding('policy-carve-out', {message: 'x'.repeat(5000)}), check: `rule-${index}`}))
    const text = [...renderMarkdown(resultOf([check('policy-carve-out', 'failed')], findings), PLAIN)].join('')
    expect(text.length).to.be.below(65_536)
    expect(text).to.include('440 findings not shown here')
  })
})
