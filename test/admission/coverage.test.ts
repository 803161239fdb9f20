import {expect} from 'chai'
import type {Refuser} from '../../src/admission/coverage.js'
import {LATER, judgeTogether} from '../../src/admission/coverage.js'
import type {NamespacesInfo} from '../../src/admission/namespaces.js'
import {REQUESTS} from '../../src/admission/request-rules.js'

const world = (names: string[], isWhole = true): NamespacesInfo => ({isWhole, labels: new Map(names.map(name => [name, {}]))})
const refuser = (operations: string, namespaces: string[] | null, ...gaps: string[]): Refuser => ({
  sees: ({operation}) => operations.includes(operation), isIn: namespaces === null ? null : name => namespaces.includes(name), gaps,
})
const BOTH = 'CREATE UPDATE'

describe('what several refuse together', () => {
  const rows: [name: string, refusers: Refuser[], namespaces: NamespacesInfo, state: string, gaps: string[]][] = [
    ['one, everywhere', [refuser(BOTH, null)], world(['a', 'b']), 'enforcing', []],
    ['one for each operation', [refuser('CREATE', null), refuser('UPDATE', null)], world(['a']), 'enforcing', []],
    ['one for each namespace that there is', [refuser(BOTH, ['a']), refuser(BOTH, ['b'])], world(['a', 'b']), 'enforcing', [LATER]],
    ['one for a namespace, and one for the others', [refuser(BOTH, ['a']), {...refuser(BOTH, null), isIn: name => name !== 'a'}], world(['a', 'b']), 'enforcing', []],
    ['one for labels, which a namespace made later has not', [{...refuser(BOTH, null), isIn: (_, labels) => labels['on'] === 'y'}], {isWhole: true, labels: new Map([['a', {on: 'y'}]])}, 'enforcing', [LATER]],
    ['one without a label, which none has', [{...refuser(BOTH, null), isIn: (_, labels) => labels['off'] === undefined}], world(['a']), 'enforcing', []],
    ['creations in the namespaces that there are', [refuser('CREATE', ['a']), refuser('UPDATE', null)], world(['a']), 'enforcing', [LATER]],
    ['an operation of one is not the namespaces of another', [refuser('CREATE', null), refuser(BOTH, ['a'])], world(['a', 'b']), 'enforcing', ['UPDATE: the namespace b is left out']],
    ['crosswise: both are short of something', [refuser('CREATE', ['a']), refuser('UPDATE', ['b'])], world(['a', 'b']), 'enforcing', ['CREATE: the namespace b is left out', 'UPDATE: the namespace a is left out']],
    ['an operation that nobody sees', [refuser('CREATE', null)], world(['a']), 'enforcing', ['UPDATE is not matched']],
    ['a namespace that all leave out, once', [refuser(BOTH, ['a'])], world(['a', 'b']), 'enforcing', ['the namespace b is left out']],
    ['a gap that another has not', [refuser(BOTH, null, 'x'), refuser(BOTH, null)], world(['a']), 'enforcing', []],
    ['gaps that differ do not cancel out', [refuser(BOTH, null, 'x'), refuser(BOTH, null, 'y')], world(['a']), 'enforcing', ['x']],
    ['a clean one in one namespace hides no gap in another', [refuser(BOTH, null, 'x'), refuser(BOTH, ['a'])], world(['a', 'b']), 'enforcing', ['x']],
    ['a clean one for creations hides no gap of changes', [refuser(BOTH, null, 'x'), refuser('CREATE', null)], world(['a']), 'enforcing', ['x']],
    ['namespaces that were not read', [refuser(BOTH, ['a'])], world(['a'], false), 'enforcing', ['which namespaces it leaves out is not known']],
    ['namespaces that were not read, and one that asks for none', [refuser(BOTH, null)], world([], false), 'enforcing', []],
    ['namespaces that were not read, and its gap', [refuser(BOTH, null, 'x')], world([], false), 'enforcing', ['x']],
    ['no namespace at all', [refuser(BOTH, ['z'])], world(['a']), 'inert', ['it covers no namespace that exists']],
    ['no such namespace, of those that were read', [refuser(BOTH, ['z'])], world(['a'], false), 'enforcing', ['the namespace a is left out', 'which namespaces it leaves out is not known']],
    ['nobody who sees it', [refuser('', null)], world(['a']), 'inert', ['no such request gets to it']],
    ['nobody', [], world(['a']), 'inert', ['no such request gets to it']],
  ]
  for (const [name, refusers, namespaces, state, gaps] of rows)
    it(name, () => expect(judgeTogether(refusers, REQUESTS.spec, namespaces)).to.deep.equal({state, gaps}))
})
