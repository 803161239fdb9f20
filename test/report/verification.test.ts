import {expect} from 'chai'
import {renderNames, renderVerification, verificationDocument} from '../../src/report/verification.js'
import type {Verification} from '../../src/trust/verification.js'

const FINDING = {id: 'x-id', severity: 'medium', bearing: 'pass', file: '/w/k', path: 'users[0]', line: 3, column: 5, message: 'Something is so.', remediation: 'Do this.'} as const
const USER = {name: 'me', file: '/w/k', verdict: 'unknown', plugin: {command: 'helper', resolved: '/bin/helper', helper: null, args: ['a b', '--x'], env: ['A'], by: null}, findings: ['x-id']} as const

function verification(more: Partial<Verification> = {}): Verification {
  return {verdict: 'unknown', files: [{path: '/w/k', sha256: 'd', verdict: 'unknown', error: null}], users: [USER], contexts: [], findings: [FINDING], isComplete: true, ...more}
}

const render = (given: Verification, wide = false): string => renderVerification(given, {wide, width: 80, shorten: path => path.replace('/w/', '')})

describe('renderVerification', () => {
  it('says who would run what, then each finding with its place, then the sum', () => {
    expect(render(verification())).to.equal([
      'VERDICT   USER   CREDENTIAL PLUGIN', 'unknown   me     helper "a b" --x (env A)', '',
      'MEDIUM   x-id   k:3:5', '         users[0]', '         Something is so.', '         -> Do this.', '',
      'Verdict: unknown. 1 medium. 1 file.', '',
    ].join('\n'))
  })

  it('puts what is worse first, and info only where it is wide', () => {
    const findings = (['info', 'medium', 'high', 'low', 'high'] as const).map((severity, index) => ({...FINDING, severity, id: `f${index}`}))
    const order = (text: string): string[] => [...text.matchAll(/ (f\d) /g)].map(match => match[1] ?? '')
    expect([order(render(verification({findings}))), order(render(verification({findings}), true))]).to.deep.equal([['f2', 'f4', 'f1', 'f3'], ['f2', 'f4', 'f1', 'f3', 'f0']])
  })

  it('never takes "not looked at" for clean', () => {
    const text = render(verification({isComplete: false, users: [], findings: [], files: [{path: '/w/k', sha256: null, verdict: 'unknown', error: {line: 1, column: 1, message: 'm', hint: 'h'}}]}))
    expect(text).to.include('INCOMPLETE: 1 not looked at').and.not.include('No user')
  })

  it('names the file where there are several', () => {
    const file = {path: '/w/other', sha256: 'e', verdict: 'none', error: null} as const
    expect(render(verification({files: [...verification().files, file]}))).to.match(/CREDENTIAL PLUGIN +FILE/)
  })
})

describe('for scripts', () => {
  it('the document keeps its keys', () => {
    const document = verificationDocument(verification()) as Record<string, unknown>
    expect(Object.keys(document)).to.deep.equal(['apiVersion', 'kind', 'verdict', 'files', 'users', 'contexts', 'findings'])
    expect((document['findings'] as object[])[0]).to.have.all.keys('id', 'severity', 'file', 'path', 'line', 'column', 'message', 'remediation', 'guard')
  })

  it('names are those that are not trusted, one a line', () => {
    const users = (['none', 'trusted', 'unknown', 'dangerous'] as const).map(verdict => ({...USER, verdict, name: `${verdict}\n`}))
    expect(renderNames(verification({users}))).to.equal('user/unknown\\u{a}\nuser/dangerous\\u{a}\n')
  })
})
