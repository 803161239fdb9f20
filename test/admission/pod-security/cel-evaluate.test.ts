import {expect} from 'chai'
import {evaluateCel} from '../../../src/admission/pod-security/cel-evaluate.js'
import type {Notes} from '../../../src/admission/pod-security/cel-evaluate.js'
import {parseCel} from '../../../src/admission/pod-security/cel-parse.js'
import {ERROR, FALSE, TRUE, absent, among, anything, firstly, otherText, partly} from '../../../src/admission/pod-security/cel-value.js'
import type {Sketch} from '../../../src/admission/pod-security/cel-value.js'

type Answer = 'true' | 'false' | 'error'

const OBJECT: Sketch = {
  yes: true, no: false, two: 2, least: {atLeast: 3}, text: 'abc', other: otherText, gone: absent, open: anything,
  list: ['a', 'b'], empty: [], some: among('a'), first: firstly('a'), inner: {a: 1, gone: absent}, local: {hole: 'other', never: 'localhost/'},
}

function may(expression: string): {answers: Answer[]; notes: Notes} {
  const notes: Notes = {reads: new Set(), strange: new Set(), mayFail: false}
  const cel = parseCel(expression)
  if (cel === null) throw new Error(`no CEL: ${expression}`)
  const variables = new Map([['v', parseCel('object.two + 1')], ['w', parseCel('variables.w')]])
  const bits = evaluateCel(cel, {names: new Map([['object', partly(OBJECT, '')], ['nothing', {kind: 'null'}]]), variables, notes})
  return {notes, answers: [...((bits & TRUE) === 0 ? [] : ['true' as const]), ...((bits & FALSE) === 0 ? [] : ['false' as const]), ...((bits & ERROR) === 0 ? [] : ['error' as const])]}
}

const ANY: Answer[] = ['true', 'false', 'error']
const EITHER: Answer[] = ['true', 'false']

const ROWS: readonly (readonly [expression: string, answers: readonly Answer[]])[] = [
  ['object.yes', ['true']], ['!object.yes', ['false']], ['object.text', ['error']],
  ['object.gone', ['error']], ['object.inner.gone == 1', ['error']], ['has(object.gone)', ['false']], ['has(object.open)', EITHER.slice(0, 1)], ['has(object.unsaid)', EITHER], ['has(object.gone.a)', ['error']],
  ['object.gone || object.yes', ['true']], ['object.yes || object.gone', ['true']], ['object.no && object.gone', ['false']], ['object.no || object.gone', ['error']],
  ['object.open || object.yes', ['true']], ['object.open && object.no', ['false']], ['object.open && object.yes', ANY],
  ['object.two == 2', ['true']], ['object.two == 2.0', ['true']], ['object.two == \'2\'', ['false']], ['object.two != 3', ['true']], ['object.two > 1 && object.two <= 2', ['true']], ['object.two < \'a\'', ['error']],
  ['object.least == 2', ['false']], ['object.least == 3', EITHER], ['object.least > 2', ['true']], ['object.least >= 4', EITHER], ['object.least < 3', ['false']], ['5 < object.least', EITHER], ['2 < object.least', ['true']],
  ['object.text == "abc"', ['true']], ['object.text.startsWith(\'ab\')', ['true']], ['object.text.matches(\'^(abc|d)$\')', ['true']], ['object.text.matches(\'^abd$\')', ['false']], ['object.text in [\'abc\']', ['true']],
  ['object.other == \'abc\'', ['false']], ['object.other == object.other', EITHER], ['object.other in [\'a\', \'b\']', ['false']], ['object.other.startsWith(\'a\')', EITHER], ['object.other.matches(\'^(a|b)$\')', ['false']],
  ['object.local.startsWith(\'localhost/\')', ['false']], ['object.local.startsWith(\'local\')', EITHER],
  ['object.list.all(x, x in [\'a\', \'b\', \'c\'])', ['true']], ['object.list.all(x, x == \'a\')', ['false']], ['object.list.exists(x, x == \'b\')', ['true']], ['object.list.exists_one(x, x == \'b\')', ['true']], ['object.list.exists_one(x, x == \'c\')', ['false']],
  ['object.list.all(x, x.y)', ['error']], ['object.list.all(x, x == \'a\' ? object.gone : false)', ['false']], ['object.empty.all(x, false)', ['true']], ['object.empty.exists(x, true)', ['false']],
  ['object.some.all(x, x == \'b\')', ['false']], ['object.some.all(x, x == \'a\')', ANY], ['object.some.exists(x, x == \'a\')', ['true']], ['object.some.size() == 0', ['false']], ['object.some.size() == 1', EITHER], ['object.some == []', ['false']], ['object.some[0] == \'a\'', ANY],
  ['object.first[0] == \'a\'', ['true']], ['object.first[1] == \'a\'', ANY], ['object.list[1] == \'b\'', ['true']], ['object.list[2] == \'b\'', ['error']],
  ['object.some.filter(x, x == \'a\').size() == 0', ['false']], ['object.list.filter(x, x == \'c\').size() == 0', ['true']], ['\'a\' in object.list.map(x, x)', ['true']], ['size(object.list + object.empty) == 2', ['true']],
  ['(has(object.unsaid) ? object.unsaid : []).all(x, true)', ANY], ['object.list + object.unsaid == []', ['false', 'error']], ['object.list + object.?unsaid.orValue([]) == []', ['false']],
  ['object.?gone.orValue(7) == 7', ['true']], ['object.?two.orValue(7) == 2', ['true']], ['object.?gone.?a.?b.hasValue()', ['false']], ['object.?inner.a.orValue(2) == 1', ['true']], ['object.two.orValue(1) == 2', ANY], ['object.?unsaid.orValue(1) == 1', ANY],
  ['object.?gone.or(optional.of(3)).value() == 3', ['true']], ['object.?gone.value()', ['error']], ['object.list[?5].hasValue()', ['false']], ['object.inner[\'a\'] == 1', ['true']], ['object.inner[?\'gone\'].orValue(4) == 4', ['true']],
  ['[object.list, object.empty].flatten().size() == 2', ['true']], ['[object.some, object.?unsaid.orValue([])].flatten().exists(x, x == \'a\')', ['true']],
  ['variables.v == 3', ['true']], ['variables.w', ANY], ['nothing == null', ['true']], ['object.yes == true', ['true']], ['object.yes == false', ['false']],
  ['{\'a\': 1}.a == 1', ['true']], ['object.inner.exists(k, k == \'a\')', ['true']], ['sets.contains(object.list, [\'a\'])', ['true']], ['sets.intersects([\'c\'], object.list)', ['false']],
  ['r\'a\\d\' == \'a\\\\d\'', ['true']], ['"""a"b""" == \'a"b\'', ['true']], ['0x10 == 16 // sixteen', ['true']], ['-1 < 0', ['true']], ['1 + 2 == 3', ['true']], ['\'a\' + \'b\' == \'ab\'', ANY], ['r\'\\\' == "\\\\"', ['true']], ['has(object.text.a)', ['false', 'error']], ['!!object.text == \'abc\'', ['true']], ['!!!object.yes', ['false']], ['--object.two == 2', ['true']], ['object.yes < true', ANY], ['true ? false : true', ['false']],
]

describe('CEL over partly known pods', () => {
  for (const [expression, answers] of ROWS) it(`${expression}: ${answers.join(' or ')}`, () => expect(may(expression).answers).to.deep.equal(answers))

  it('says what it read and does not know', () => expect([...may('object.unsaid.a == 1 || has(object.other2)').notes.reads]).to.deep.equal(['unsaid', 'unsaid.a', 'other2']))

  it('says what it does not understand, where it is about what is known', () => {
    expect([...may('object.text.reverse() == \'cba\'').notes.strange]).to.deep.equal(['reverse'])
    expect([...may('object.unsaid.reverse() == quantity(\'1\')').notes.strange]).to.deep.equal([])
    expect([...may('unknownName').notes.strange]).to.deep.equal(['unknownName'])
  })

  it('gives up where a policy is made to take for ever', () => {
    const twenty = `[${Array.from({length: 20}, (_, index) => index).join()}]`
    const {answers, notes} = may(`${twenty}.all(a, ${twenty}.all(b, ${twenty}.all(c, ${twenty}.all(d, object.yes))))`)
    expect(answers).to.include('true')
    expect([...notes.strange]).to.include('too long')
  })

  for (const text of ['', 'object.', 'object.a ==', '(object.a', '[1, 2', 'object.a(', '\'a', '"a\n"', 'b\'a\'', '\'\\x41\'', 'a b', '1 ? 2', `${'('.repeat(300)}true${')'.repeat(300)}`, `${'!('.repeat(300)}true${')'.repeat(300)}`, 'x'.repeat(20_001)])
    it(`does not read ${JSON.stringify(text.slice(0, 20))}`, () => expect(parseCel(text)).to.equal(null))
})
