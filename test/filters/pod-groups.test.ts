import {expect} from 'chai'
import fc from 'fast-check'
import {groupPods} from '../../src/filters/pod-groups.js'
import {labelIndex} from '../../src/filters/label-index.js'
import type {PodView} from '../../src/filters/pods.js'
import type {LabelSelector, Requirement} from '../../src/kube/label-selector.js'
import {isSelected} from '../../src/kube/label-selector.js'

const view = (name: string, rest: Partial<PodView> = {}): PodView => ({namespace: 'a', name, labels: {}, serviceAccount: 'default', families: [4], namedPorts: new Map(), ...rest})

describe('groups of pods', () => {
  it('keeps a count and three names', () => {
    const groups = groupPods(() => ['p'])
    for (let index = 0; index < 1000; index++) groups.add(view(`pod-${index}`))
    expect(groups.groups()).to.deep.equal([{namespace: 'a', policies: ['p'], families: [4], pods: 1000, names: ['pod-0', 'pod-1', 'pod-2'], namedPorts: new Map()}])
  })

  it('are apart by namespace, families, policies, and the numbers of names that policies use', () => {
    const groups = groupPods<string>(({labels}) => Object.keys(labels), policy => (policy === 'named' ? ['TCP/web'] : []))
    const web = (number: number): ReadonlyMap<string, number> => new Map([['TCP/web', number]])
    const pods = [
      view('one', {labels: {p: '', q: ''}}), view('two', {labels: {q: '', p: ''}}), view('three', {labels: {p: ''}}), view('four', {labels: {p: ''}, namespace: 'b'}), view('five', {labels: {p: ''}, families: [4, 6]}),
      view('six', {labels: {p: ''}, namedPorts: web(1)}), view('seven', {labels: {named: ''}, namedPorts: web(1)}), view('eight', {labels: {named: ''}, namedPorts: web(2)}), view('nine', {labels: {named: ''}}),
    ]
    pods.forEach(pod => groups.add(pod))
    expect(groups.groups().map(({names}) => names)).to.deep.equal([['one', 'two'], ['three', 'six'], ['four'], ['five'], ['seven'], ['eight'], ['nine']])
    expect(groups.groups().map(({namedPorts}) => namedPorts.get('TCP/web'))).to.deep.equal([undefined, undefined, undefined, undefined, 1, 2, undefined])
  })
})

describe('an index of selectors', () => {
  const key = fc.constantFrom('app', 'tier', 'x')
  const value = fc.constantFrom('a', 'b', 'c')
  const requirement: fc.Arbitrary<Requirement> = fc.record({key, operator: fc.constantFrom<Requirement['operator']>('In', 'NotIn', 'Exists', 'DoesNotExist'), values: fc.array(value, {minLength: 1, maxLength: 2})})
  const selector: fc.Arbitrary<LabelSelector> = fc.array(requirement, {maxLength: 3})

  it('answers as if each selector were asked, and equal labels with one list', () => fc.assert(fc.property(fc.array(selector, {maxLength: 8}), fc.array(fc.dictionary(key, value), {minLength: 1, maxLength: 8}), (selectors, all) => {
    const items = selectors.map((one, index) => ({one, index}))
    const index = labelIndex(items, ({one}) => one)
    for (const labels of all) {
      expect(index(labels)).to.deep.equal(items.filter(({one}) => isSelected(one, labels)))
      expect(index({...labels, unlooked: 'at'})).to.equal(index(labels))
    }
  })))
})
