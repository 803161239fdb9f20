import {expect} from 'chai'
import {configList} from '../../src/network/config-list.js'

describe('configList', () => {
  const rows: [name: string, file: string, values: string[] | null][] = [
    ['a block list', 'a:\n  b:\n  - 10.0.0.0/8\n  - "::/0"\n', ['10.0.0.0/8', '::/0']],
    ['a flow list', 'a: {b: [primary]}', ['primary']],
    ['JSON', '{"a":{"b":["10.0.0.0/8"]}}', ['10.0.0.0/8']],
    ['absent', 'a: {c: [x]}', []],
    ['null', 'a: {b: null}', []],
    ['a text in the place of the list', 'a: {b: 10.0.0.0/8}', null],
    ['an entry that is no text', 'a: {b: [[x]]}', null],
    ['a null among the entries', 'a: {b: [x, null]}', null],
    ['no YAML', 'a: [', null],
  ]
  for (const [name, file, values] of rows)
    it(name, () => expect(configList(file, ['a', 'b'])).to.deep.equal(values === null ? {ok: false} : {ok: true, values}))
})
