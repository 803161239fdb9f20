import {expect} from 'chai'
import {renderJunit} from '../../../src/report/audit/junit.js'
import {check, resultOf} from './sample.js'

const junit = (result = resultOf()): string => [...renderJunit(result)].join('')

/** Enough of XML 1.0 for our own output: tags in pairs, attributes quoted, entities known, characters allowed. */
function xmlError(text: string): string | null {
  const open: string[] = []
  let rest = text.replace(/^<\?xml [^?]*\?>/, '')
  while (rest !== '') {
    const token = /^(?:<(\w+)((?: [\w]+="(?:[^"<&]|&(?:amp|lt|gt|quot|apos);)*")*)(\/?)>|<\/(\w+)>|(?:[^<&]|&(?:amp|lt|gt|quot|apos);)+)/.exec(rest)
    if (token === null) return rest.slice(0, 60)
    const [whole, opened, , empty, closed] = token
    if (opened !== undefined && empty === '') open.push(opened)
    if (closed !== undefined && open.pop() !== closed) return `</${closed}>`
    rest = rest.slice(whole.length)
  }
  return open.length === 0 && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text) ? null : 'not closed, or a forbidden character'
}

describe('JUnit', () => {
  it('is well-formed whatever the names are', () => expect(xmlError(junit())).to.equal(null))

  it('the check of that can fail', () => {
    for (const bad of ['<a>', '<a></b>', '<a>&x;</a>', '<a b="<"/>', '<a>\u0001</a>']) expect(xmlError(bad), bad).to.not.equal(null)
  })

  it('counts what it holds', () => {
    const text = junit()
    const [, tests, failures, errors, skipped] = /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(text) ?? []
    const held = (tag: string): string => String(text.split(`<${tag} `).length - 1)
    expect([tests, failures, errors, skipped]).to.deep.equal([held('testcase'), held('failure'), held('error'), held('skipped')])
  })

  it('calls what could not be looked at an error, an opt-in skipped, and a clean check passed', () => {
    const skip = {resource: 'secrets', detail: 'x', unblock: 'y'}
    const text = junit(resultOf([
      check('exec-argocd', 'skipped', {skip: {...skip, reason: 'forbidden'}}), check('exec-flux', 'skipped', {skip: {...skip, reason: 'not-requested'}}),
      check('policy-carve-out', 'passed'), check('no-pod-enforcement', 'not-applicable', {detail: 'too new'}),
    ], []))
    expect(text).to.include('name="exec-argocd"><error message="secrets: x" type="forbidden">y</error>').and.include('name="exec-flux"><skipped').and.include('name="policy-carve-out"/>').and.include('<skipped message="too new" type="not-applicable">')
  })

  it('a failed check whose findings are hidden does not vanish', () => {
    expect(junit(resultOf([check('policy-carve-out', 'failed')], []))).to.include('name="policy-carve-out"><skipped message="its findings are below')
  })
})
