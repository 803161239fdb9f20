import {expect} from 'chai'
import {readFileSync, readdirSync} from 'node:fs'
import {CONNECTION_FINDINGS} from '../../src/trust/connection-findings.js'
import {REASONS} from '../../src/trust/reasons.js'

const SOURCES = ['src/trust/apply-policy.ts', 'src/kubeconfig/parse.ts', ...readdirSync('src/trust').filter(name => /^judge-/.test(name)).map(name => `src/trust/${name}`)]

/** Every spelling in which the judge names a finding: `id: 'x'`, `isPlain ? 'x' : 'y'` behind `id:`, `ask('x'`, and the two files of a user. */
function idsIn(text: string): string[] {
  const plain = [...text.matchAll(/\bid: '([a-z-]+)'/g), ...text.matchAll(/\bask\('([a-z-]+)'/g)].map(match => match[1] ?? '')
  const chosen = [...text.matchAll(/\bid: \w+ \? '([a-z-]+)' : '([a-z-]+)'/g)].flatMap(match => [match[1] ?? '', match[2] ?? ''])
  const fields = /id: `\$\{field\}-elsewhere`/.test(text) ? ['client-certificate-elsewhere', 'client-key-elsewhere'] : []
  return [...plain, ...chosen, ...fields]
}

describe('the table of connection findings', () => {
  const used = new Set(SOURCES.flatMap(file => idsIn(readFileSync(file, 'utf8'))))
  const known = Object.keys(CONNECTION_FINDINGS)

  it('has every id that the judge uses, and no other', () => {
    expect([...used].filter(id => !(id in REASONS)).toSorted()).to.deep.equal(known.toSorted())
  })

  it('finds ids at all', () => expect(used.size).to.be.greaterThan(25))

  it('shares no id with the reasons about plugins', () => expect(known.filter(id => id in REASONS)).to.deep.equal([]))

  it('has whole sentences and something to do', () => {
    for (const [id, {title, meaning, remedy}] of Object.entries(CONNECTION_FINDINGS)) {
      expect(title, id).to.match(/^\S.*[^.]$/)
      expect(meaning, id).to.match(/\.$/)
      expect(remedy, id).to.match(/\.$/)
    }
  })
})
