import {expect} from 'chai'
import fc from 'fast-check'
import type {Ports} from '../../src/filters/ports.js'
import {atomsOf, isOn, meetsAny, portsText, rulesOnAtoms} from '../../src/filters/ports.js'

const NONE: ReadonlyMap<string, number> = new Map()
const tcp = (first: number, last = first): {protocol: string; first: number; last: number} => ({protocol: 'TCP', first, last})
const udp = (first: number, last = first): {protocol: string; first: number; last: number} => ({protocol: 'UDP', first, last})
const shown = (rules: readonly Ports[], named = NONE): string[] => atomsOf(rules, named).map(({protocol, first, last, name}) => `${protocol} ${name ?? `${first}-${last}`}`)

describe('atoms of ports', () => {
  const rows: [name: string, rules: readonly Ports[], wanted: readonly string[], named?: ReadonlyMap<string, number>][] = [
    ['no rule', [], []],
    ['all ports', ['all'], ['TCP 1-65535', 'UDP 1-65535', 'SCTP 1-65535']],
    ['one port', [[tcp(443)]], ['TCP 1-442', 'TCP 443-443', 'TCP 444-65535']],
    ['the first and the last port', [[tcp(1), tcp(65_535)]], ['TCP 1-1', 'TCP 2-65534', 'TCP 65535-65535']],
    ['ranges that overlap', [[tcp(10, 20)], [tcp(15, 30)]], ['TCP 1-9', 'TCP 10-14', 'TCP 15-20', 'TCP 21-30', 'TCP 31-65535']],
    ['a rule beside all ports', ['all', [udp(53)]], ['TCP 1-65535', 'UDP 1-52', 'UDP 53-53', 'UDP 54-65535', 'SCTP 1-65535']],
    ['a name that is known', [[{protocol: 'TCP', name: 'web'}]], ['TCP 1-8079', 'TCP 8080-8080', 'TCP 8081-65535'], new Map([['TCP/web', 8080]])],
    ['a name of another protocol', [[{protocol: 'UDP', name: 'web'}]], ['UDP 1-65535', 'UDP web'], new Map([['TCP/web', 8080]])],
    ['a name that is not known', [[{protocol: 'TCP', name: 'web'}, tcp(80)]], ['TCP 1-79', 'TCP 80-80', 'TCP 81-65535', 'TCP web']],
    ['a protocol that is none of the three', [[{protocol: 'ICMP', first: 1, last: 65_535}]], ['ICMP 1-65535']],
  ]
  for (const [name, rules, wanted, named] of rows) it(name, () => expect(shown(rules, named)).to.deep.equal(wanted))

  it('takes a known name for its number, and all ports for any name', () => {
    const named = new Map([['TCP/web', 8080]])
    const rules: Ports[] = [[{protocol: 'TCP', name: 'web'}], [tcp(8080)], [{protocol: 'TCP', name: 'db'}], [tcp(1, 65_535)], [tcp(1, 65_534)], 'all']
    const atoms = atomsOf(rules, named)
    const on = (name: string | null, first: number): boolean[] => rules.map(ports => isOn(ports, atoms.find(atom => atom.protocol === 'TCP' && atom.name === name && atom.first === first)!))
    expect(on(null, 8080)).to.deep.equal([true, true, false, true, true, true])
    expect(on('db', 0)).to.deep.equal([false, false, true, true, false, true])
  })

  const match = fc.oneof(
    fc.record({protocol: fc.constantFrom('TCP', 'UDP'), port: fc.integer({min: 1, max: 30}), more: fc.integer({min: 0, max: 10})}).map(({protocol, port, more}) => ({protocol, first: port, last: port + more})),
    fc.record({protocol: fc.constantFrom('TCP', 'UDP'), name: fc.constantFrom('web', 'db', 'x')}),
    fc.constantFrom({protocol: 'TCP', first: 1, last: 65_535}),
  )
  const anyPorts: fc.Arbitrary<Ports> = fc.oneof(fc.constant('all' as const), fc.array(match, {minLength: 1, maxLength: 4}))
  const known = fc.constantFrom(NONE, new Map([['TCP/web', 12]]), new Map([['TCP/web', 12], ['UDP/db', 12], ['TCP/db', 12]]))

  it('finds the rules of every atom as if each were asked', () => fc.assert(fc.property(fc.array(anyPorts, {maxLength: 6}), known, (rules, named) => {
    const atoms = atomsOf(rules, named)
    expect(rulesOnAtoms(rules, atoms)).to.deep.equal(atoms.map(atom => rules.flatMap((ports, index) => (isOn(ports, atom) ? [index] : []))))
    for (const ports of rules) expect(meetsAny(ports, atoms)).to.equal(atoms.some(atom => isOn(ports, atom)))
  })))

  it('cuts the ports of a protocol into pieces without a hole', () => fc.assert(fc.property(fc.array(anyPorts, {minLength: 1, maxLength: 6}), known, (rules, named) => {
    const atoms = atomsOf(rules, named).filter(({name, protocol}) => name === null && protocol === 'TCP')
    for (const [index, atom] of atoms.entries()) expect(atom.first).to.equal(index === 0 ? 1 : atoms[index - 1]!.last + 1)
    if (atoms.length > 0) expect(atoms.at(-1)?.last).to.equal(65_535)
  })))
})

describe('ports in words', () => {
  const rows: [rules: readonly Ports[], wanted: string][] = [
    [['all'], 'all'],
    [['all', [tcp(443)]], 'all'],
    [[[udp(1, 65_535)]], 'UDP'],
    [[[{protocol: 'TCP', name: 'web'}, tcp(443)]], 'TCP 443, web'],
    [[[tcp(443), udp(53), tcp(8000, 9000)]], 'TCP 443, 8000-9000, UDP 53'],
    [[[tcp(80), tcp(81), tcp(79)]], 'TCP 79-81'],
  ]
  for (const [rules, wanted] of rows) it(wanted, () => expect(portsText(atomsOf(rules, NONE).filter(atom => rules.some(ports => isOn(ports, atom))))).to.equal(wanted))
  it('names the first of very many', () => {
    const ports: Ports = Array.from({length: 500}, (_, index) => ({protocol: 'TCP', first: 2 * index + 1, last: 2 * index + 1}))
    expect(portsText(atomsOf([ports], NONE).filter(atom => isOn(ports, atom)))).to.match(/^TCP 1, 3, 5, [\d, ]+ and 480 more$/)
  })
})
