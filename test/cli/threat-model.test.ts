import {expect} from 'chai'
import {existsSync, readFileSync} from 'node:fs'

const PAGE = readFileSync('docs/threat-model.md', 'utf8')

describe('docs/threat-model.md', () => {
  const proofs = [...PAGE.matchAll(/^- `(test\/[^`]+)`: "([^"]+)"$/gm)].map(([, file = '', title = '']) => ({file, title}))

  for (const {file, title} of proofs) {
    it(`names a test that exists: ${title}`, () => expect(readFileSync(file, 'utf8')).to.include(title))
  }

  it('has a proof for each of the six laws', () => {
    const laws = PAGE.split('## What is not protected')[0]?.split(/^### \d\. /m).slice(1) ?? []
    expect(laws).to.have.length(6)
    for (const law of laws) expect(law).to.match(/^- `test\//m)
  })
})

describe('links between documents', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/threat-model.md', 'docs/architecture.md']) {
    it(`lead somewhere in ${page}`, () => {
      const folder = page.includes('/') ? 'docs/' : ''
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => folder + target)
      expect(links.filter(link => !existsSync(link))).to.deep.equal([])
    })
  }
})
