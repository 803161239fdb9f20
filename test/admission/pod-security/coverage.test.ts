import {expect} from 'chai'
import {coverageOf} from '../../../src/admission/pod-security/coverage.js'
import type {Answer, PodGuard, PodOperation} from '../../../src/admission/pod-security/pod-guard.js'
import type {CoverageBy} from '../../../src/audit/audit-report.js'
import type {ControlId} from '../../../src/pod-security/control.js'
import {CONTROLS} from '../../../src/pod-security/control.js'

interface Guard extends Partial<Omit<PodGuard, 'controls' | 'sees' | 'isIn'>> {
  controls?: Partial<Record<ControlId, string[]>> | null
  sees?: string
  namespaces?: string[]
}

/** Refuses privileged pods everywhere, on whatever is asked. */
function guard({controls = {privileged: []}, sees = 'create update ephemeralcontainers resize workload', namespaces, ...rest}: Guard = {}): PodGuard {
  return {
    engine: 'e', name: 'n', object: null, action: 'refused', gaps: [], ...rest,
    controls: controls === null ? null : new Map(Object.entries(controls) as [ControlId, string[]][]),
    sees: operation => sees.split(' ').includes(operation), isIn: namespaces === undefined ? null : name => namespaces.includes(name),
  }
}

const NAMESPACES = {labels: new Map(['b', 'a', 'c'].map(name => [name, {}])), isWhole: true}
const UNREAD: CoverageBy = {engine: 'x', name: 'row', why: 'not read (forbidden)'}

function lines(guards: PodGuard[], {control = 'privileged', operation = 'create', unread = []}: {control?: ControlId; operation?: PodOperation; unread?: CoverageBy[]} = {}): object[] {
  return coverageOf({guards, unread, namespaces: NAMESPACES, operations: ['create', 'ephemeralcontainers']})
    .filter(line => line.control === control && line.operation === operation)
    .map(({namespaces, answer, by}) => [namespaces.join(' '), answer, ...by.map(({engine, name, why}) => `${engine}/${name}: ${why}`)])
}

describe('what becomes of a pod that breaks a control', () => {
  const BLIND = 'it does not see the creation of pods'
  const rows: [name: string, guards: Guard[], answer: Answer, ...by: string[]][] = [
    ['nobody', [], 'ignored'],
    ['refused by one that judges it whole', [{}], 'refused', 'e/n: '],
    ['another control', [{controls: {hostPorts: []}}], 'ignored'],
    ['another operation: who would refuse it is named', [{sees: 'update'}], 'ignored', `e/n: ${BLIND}`],
    ['another operation, and why', [{sees: 'update', blind: {create: 'by design'}}], 'ignored', 'e/n: by design'],
    ['another operation, of one that only warns', [{sees: 'update', action: 'warned'}], 'ignored'],
    ['a way past that does not lie in the pod', [{gaps: ['it fails open', 'a label']}], 'refused', 'e/n: it fails open; a label'],
    ['a hole in the content', [{controls: {privileged: ['lets through images of a/*']}}], 'unknown', 'e/n: lets through images of a/*'],
    ['a hole, and one that is whole', [{controls: {privileged: ['x']}}, {name: 'm'}], 'refused', 'e/m: '],
    ['two holes, which may be one', [{controls: {privileged: ['x']}}, {name: 'm', controls: {privileged: ['y']}}], 'unknown', 'e/n: x', 'e/m: y'],
    ['content that is not known', [{controls: null}], 'unknown', 'e/n: what it judges is not known'],
    ['content that is not known, and why', [{controls: null, gaps: ['it was not read']}], 'unknown', 'e/n: what it judges is not known; it was not read'],
    ['content that is not known, beside one that refuses', [{controls: null}, {name: 'm'}], 'refused', 'e/m: '],
    ['content that is not known, beside one that warns', [{controls: null}, {name: 'm', action: 'warned'}], 'unknown', 'e/n: what it judges is not known', 'e/m: it only warns'],
    ['content that is not known, of one that does not see it', [{controls: null, sees: 'update'}], 'ignored'],
    ['warned', [{action: 'warned'}], 'warned', 'e/n: it only warns'],
    ['warned, with a hole', [{action: 'warned', controls: {privileged: ['x']}}], 'warned', 'e/n: it only warns; x'],
    ['audited', [{action: 'audited'}], 'audited', 'e/n: it only audits'],
    ['warned and audited: the louder', [{action: 'audited'}, {name: 'm', action: 'warned'}], 'warned', 'e/m: it only warns', 'e/n: it only audits'],
    ['warned and refused', [{action: 'warned'}, {name: 'm'}], 'refused', 'e/m: '],
    ['warned, and refused elsewhere', [{action: 'warned'}, {name: 'm', sees: 'update'}], 'warned', 'e/n: it only warns', `e/m: ${BLIND}`],
    ['content that is not known, of one that only audits', [{controls: null, action: 'audited'}], 'unknown', 'e/n: it only audits, and what it judges is not known'],
    ['content that is not known, of one that only audits, beside one that audits', [{controls: null, action: 'audited'}, {name: 'm', action: 'audited'}], 'audited', 'e/m: it only audits'],
    ['the one with the fewest ways past first', [{gaps: ['x']}, {name: 'm'}], 'refused', 'e/m: ', 'e/n: x'],
    ['a policy by two bindings, one of them without a way past, once', [{gaps: ['x']}, {}], 'refused', 'e/n: '],
    ['a policy by two bindings, each with its way past, once', [{gaps: ['x']}, {gaps: ['x', 'y']}], 'refused', 'e/n: x; y'],
  ]
  for (const [name, guards, answer, ...by] of rows)
    it(name, () => expect(lines(guards.map(guard))).to.deep.equal([['a b c', answer, ...by]]))

  it('is not ignored where something was not read', () => {
    expect(lines([], {unread: [UNREAD]})).to.deep.equal([['a b c', 'unknown', 'x/row: not read (forbidden)']])
    expect(lines([guard({action: 'warned'})], {unread: [UNREAD]})).to.deep.equal([['a b c', 'unknown', 'x/row: not read (forbidden)', 'e/n: it only warns']])
  })

  it('is refused all the same', () => {
    expect(lines([guard()], {unread: [UNREAD]})).to.deep.equal([['a b c', 'refused', 'e/n: ']])
  })
})

describe('the namespaces of an answer', () => {
  it('are together where it is the same, in order', () => {
    expect(lines([guard({namespaces: ['c']}), guard({name: 'm', controls: {hostPorts: []}, namespaces: ['a']})])).to.deep.equal([['a b', 'ignored'], ['c', 'refused', 'e/n: ']])
  })

  it('are apart where somebody else does it', () => {
    expect(lines([guard({namespaces: ['c', 'a']}), guard({name: 'm', namespaces: ['b']})])).to.deep.equal([['a c', 'refused', 'e/n: '], ['b', 'refused', 'e/m: ']])
  })

  it('are each in one line of every control and operation', () => {
    const all = coverageOf({guards: [guard({namespaces: ['a']}), guard({controls: null, namespaces: ['b']})], unread: [], namespaces: NAMESPACES, operations: ['create', 'resize']})
    for (const control of CONTROLS) for (const operation of ['create', 'resize'])
      expect(all.filter(line => line.control === control && line.operation === operation).flatMap(({namespaces}) => namespaces).toSorted(), `${control} ${operation}`).to.deep.equal(['a', 'b', 'c'])
  })

  it('are ten thousand in a second or so', () => {
    const labels = new Map(Array.from({length: 10_000}, (_, index) => [`ns-${index}`, {team: `t${index % 50}`}]))
    const guards = Array.from({length: 100}, (_, index) => ({...guard({name: `g${index}`, controls: {[CONTROLS[index % 19]!]: []}}), isIn: index % 3 === 0 ? null : (_: string, own: Readonly<Record<string, string>>) => own['team'] !== `t${index % 50}`}))
    const before = process.cpuUsage()
    coverageOf({guards, unread: [], namespaces: {labels, isWhole: true}, operations: ['create', 'update', 'ephemeralcontainers', 'resize', 'workload']})
    expect(process.cpuUsage(before).user / 1000).to.be.below(3000)
  })
})

describe('what becomes of what makes pods', () => {
  const ALL = ['Deployment', 'Job', 'CronJob']
  const some = (kinds: string, rest: Guard = {}): PodGuard => guard({sees: 'create', kinds: new Map(ALL.map(kind => [kind, kinds.split(' ').includes(kind)])), ...rest})
  const alone = (kinds: string): string => `of what makes pods it sees ${kinds} alone`
  const rows: [name: string, guards: PodGuard[], answer: Answer, ...by: string[]][] = [
    ['some kinds of it alone', [some('Deployment')], 'ignored', `e/n: ${alone('Deployment')}`],
    ['shared by two that have all of it', [some('Deployment Job'), some('CronJob', {name: 'm'})], 'refused', `e/n: ${alone('Deployment, Job')}`, `e/m: ${alone('CronJob')}`],
    ['shared by two that lack some', [some('Deployment'), some('Job', {name: 'm'})], 'ignored', `e/n: ${alone('Deployment')}`, `e/m: ${alone('Job')}`],
    ['shared, and by one only warned about', [some('Deployment Job'), some('CronJob', {name: 'm', action: 'warned'})], 'warned', `e/m: ${alone('CronJob')}; it only warns`, `e/n: ${alone('Deployment, Job')}`],
    ['shared, and by one in a way that is not known', [some('Deployment Job'), some('CronJob', {name: 'm', controls: null})], 'unknown', `e/m: ${alone('CronJob')}; what it judges is not known`, `e/n: ${alone('Deployment, Job')}`],
    ['shared, and of another control', [some('Deployment Job'), some('CronJob', {name: 'm', controls: {hostPorts: []}})], 'ignored', `e/n: ${alone('Deployment, Job')}`],
    ['some of it, beside one that sees all', [some('Deployment'), guard({name: 'm'})], 'refused', `e/n: ${alone('Deployment')}`, 'e/m: '],
    ['some of it, beside one that warns about all', [some('Deployment'), guard({name: 'm', action: 'warned'})], 'warned', 'e/m: it only warns', `e/n: ${alone('Deployment')}`],
  ]
  for (const [name, guards, answer, ...by] of rows)
    it(`${name}: ${answer}`, () => {
      const [line] = coverageOf({guards, unread: [], namespaces: NAMESPACES, operations: ['workload']}).filter(({control}) => control === 'privileged')
      expect([line!.answer, ...line!.by.map(({engine, name: own, why}) => `${engine}/${own}: ${why}`).toSorted()]).to.deep.equal([answer, ...by.toSorted()])
    })
})
