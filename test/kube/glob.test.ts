import {expect} from 'chai'
import {isGlobMatch} from '../../src/kube/glob.js'

describe('a pattern with stars and question marks', () => {
  const rows: [pattern: string, text: string, isMatch: boolean][] = [
    ['a', 'a', true], ['a', 'ab', false], ['', '', true], ['', 'a', false], ['*', '', true], ['*', 'anything', true], ['?', '', false], ['?', 'a', true],
    ['prod-*', 'prod-eu', true], ['*-prod', 'eu-prod', true], ['prod-*-eu', 'prod-1-eu', true], ['prod-*-eu', 'prod-1-us', false], ['a*b*c', 'aXbYbZc', true],
    ['a.c', 'abc', false], ['[a]', 'a', false], ['a**b', 'ab', true], ['kube-?', 'kube-system', false], ['*ab', 'aab', true],
  ]
  for (const [pattern, text, wanted] of rows) it(`'${pattern}' ${wanted ? 'matches' : 'does not match'} '${text}'`, () => expect(isGlobMatch(pattern, text)).to.equal(wanted))

  it('takes no time that grows with the square of many stars', () => {
    expect(isGlobMatch(`${'a*'.repeat(200)}b`, 'a'.repeat(20_000))).to.equal(false)
  }).timeout(2000)
})
