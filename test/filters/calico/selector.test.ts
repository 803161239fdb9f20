import {expect} from 'chai'
import {SelectorError, parseSelector} from '../../../src/filters/calico/selector.js'

type Labels = Record<string, string | null>

const lookup = (labels: Labels) => (label: string): string | undefined | null => (Object.hasOwn(labels, label) ? labels[label] : undefined)
const matches = (text: string, labels: Labels): boolean | null => parseSelector(text).matches(lookup(labels))

/** Grammar and meaning: libcalico-go/lib/selector, parser_test.go and tokenizer_test.go of projectcalico/calico. */
describe('calico selector', () => {
  const rows: {text: string; yes?: Labels[]; no?: Labels[]}[] = [
    {text: '', yes: [{}, {a: 'b'}]},
    {text: ' \t', yes: [{}]},
    {text: 'all()', yes: [{}, {a: 'b'}]},
    {text: ' all( ) ', yes: [{}]},
    {text: 'global()', yes: [{}, {a: 'b'}]},
    {text: `a == 'b'`, yes: [{a: 'b'}, {a: 'b', c: 'd'}], no: [{}, {a: 'c'}, {c: 'b'}]},
    {text: 'a=="b"', yes: [{a: 'b'}], no: [{a: ''}]},
    {text: `a != 'b'`, yes: [{}, {a: 'c'}], no: [{a: 'b'}]},
    {text: 'has(a)', yes: [{a: ''}], no: [{}, {b: 'a'}]},
    {text: 'has( a.b/c-d_e )', yes: [{'a.b/c-d_e': 'x'}], no: [{}]},
    {text: '!has(a)', yes: [{}], no: [{a: ''}]},
    {text: '! ! has(a)', yes: [{a: 'x'}], no: [{}]},
    {text: `a in {'b', "c"}`, yes: [{a: 'b'}, {a: 'c'}], no: [{}, {a: 'd'}]},
    {text: `a in{'b',}`, yes: [{a: 'b'}], no: [{a: 'c'}]},
    {text: 'a in {}', no: [{}, {a: 'b'}]},
    {text: `a not in {'b', 'c'}`, yes: [{}, {a: 'd'}], no: [{a: 'b'}]},
    {text: `a notin {'b'}`, yes: [{}], no: [{a: 'b'}]},
    {text: `!a in {'b'}`, yes: [{}, {a: 'c'}], no: [{a: 'b'}]},
    {text: `a contains 'b'`, yes: [{a: 'abc'}], no: [{}, {a: 'ac'}]},
    {text: `contains contains 'contains'`, yes: [{contains: 'contains'}], no: [{}]},
    {text: `a starts with 'b'`, yes: [{a: 'bc'}], no: [{}, {a: 'cb'}]},
    {text: `a startswith'b'`, yes: [{a: 'bc'}], no: [{a: 'cb'}]},
    {text: `a ends  with "c"`, yes: [{a: 'bc'}], no: [{}, {a: 'cb'}]},
    {text: `a == 'b' && c == 'd'`, yes: [{a: 'b', c: 'd'}], no: [{a: 'b'}, {c: 'd'}]},
    {text: `a == 'b' || c == 'd'`, yes: [{a: 'b'}, {c: 'd'}], no: [{}, {a: 'd'}]},
    {text: `has(a) || has(b) && has(c)`, yes: [{a: ''}, {b: '', c: ''}], no: [{b: ''}, {c: ''}]},
    {text: `(has(a) || has(b)) && has(c)`, yes: [{a: '', c: ''}], no: [{a: ''}, {c: ''}]},
    {text: '!(!has(a) || has(b))', yes: [{a: ''}], no: [{}, {a: '', b: ''}]},
    {text: `a == "it's" && b == 'say "x"'`, yes: [{a: `it's`, b: 'say "x"'}], no: [{a: 'its'}]},
    {text: `in == 'b'`, yes: [{in: 'b'}], no: [{}]},
    {text: `all == 'b'`, yes: [{all: 'b'}], no: [{}]},
  ]
  for (const {text, yes = [], no = []} of rows)
    it(text === '' ? '(nothing)' : text, () => {
      for (const labels of yes) expect(matches(text, labels), JSON.stringify(labels)).to.equal(true)
      for (const labels of no) expect(matches(text, labels), JSON.stringify(labels)).to.equal(false)
    })

  const wrong = [
    'b == b', 'b contains b', `'b1' == b`, 'b', 'a b', '!', `a == 'b' &`, `a == 'b' |`, 'a != ||', `a in {"", ||`, 'a in ""', '"FOO', `"FOO'`, '(', `(a == 'b'`, ')', '()', '%', `a == 'b' && %`,
    'has(foo) &&', 'has(', 'has()', 'all(', `a = 'b'`, `a == 'b' c`, `a not 'b'`, `a inn {'b'}`, `has (a)`, `${'x'.repeat(513)} == 'b'`, `a\n== 'b'`,
  ]
  for (const text of wrong) it(`is none: ${text.slice(0, 40)}`, () => expect(() => parseSelector(text)).to.throw(SelectorError))

  it('leaves open what hangs on a label that is not known, and only that', () => {
    expect(matches(`a == 'b'`, {a: null})).to.equal(null)
    expect(matches(`!has(a)`, {a: null})).to.equal(null)
    expect(matches(`a == 'b' && has(c)`, {a: null})).to.equal(false)
    expect(matches(`has(c) && a == 'b'`, {a: null, c: ''})).to.equal(null)
    expect(matches(`a == 'b' || has(c)`, {a: null, c: ''})).to.equal(true)
    expect(matches(`has(c) || a == 'b'`, {a: null})).to.equal(null)
  })

  it('puts a prefix in front of labels, and knows what all() and global() are about', () => {
    const options = {prefix: 'pcns.', allHave: 'projectcalico.org/namespace'}
    const own = {'pcns.env': 'prod', 'projectcalico.org/namespace': 'shop'}
    expect(parseSelector(`env == 'prod'`, options).matches(lookup(own))).to.equal(true)
    expect(parseSelector(`env == 'prod'`, options).matches(lookup({env: 'prod'}))).to.equal(false)
    expect([own, {}].map(labels => parseSelector('all()', options).matches(lookup(labels)))).to.deep.equal([true, false])
    expect([own, {}].map(labels => parseSelector('global()', options).matches(lookup(labels)))).to.deep.equal([false, true])
    expect([...parseSelector(`has(a) && b in {'c'}`, {prefix: 'x.'}).labels]).to.deep.equal(['x.a', 'x.b'])
  })
})
