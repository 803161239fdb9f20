import {expect} from 'chai'
import {exceptUsers} from '../../src/admission/external-ip-fix/cel-rules.js'
import {conditionGaps} from '../../src/admission/match-conditions.js'

const except = (...users: string[]): string[] => [`!(request.userInfo.username in [${users.map(user => `'${user}'`).join(', ')}])`]
const METALLB = 'system:serviceaccount:metallb-system:controller'
const GENERIC = 'matchConditions leave some requests out'
const lets = (who: string): string => `matchConditions let through whatever ${who}`

describe('matchConditions', () => {
  const rows: [name: string, expressions: string[], spec: string[], status: string[]][] = [
    ['none', [], [], []],
    ['but for a controller, which may write the status', except(METALLB), [lets(`${METALLB} does`)], []],
    ['but for a controller that is a user', except('system:cloud-controller-manager'), [lets('system:cloud-controller-manager does')], []],
    ['but for somebody else', except('eve'), [lets('eve does')], [lets('eve does')]],
    ['but for a user by the name of a controller\'s account', except('controller'), [lets('controller does')], [lets('controller does')]],
    ['but for a controller and somebody else', except(METALLB, 'eve'), [lets(`eve, ${METALLB} do`)], [lets('eve does')]],
    ['but for many', except('d', 'c', 'b', 'a'), [lets('a, b, c and 1 more do')], [lets('a, b, c and 1 more do')]],
    ['only for some', [except(METALLB)[0]!.slice(1)], [GENERIC], [GENERIC]],
    ['by groups', ["!('x' in request.userInfo.groups)"], [GENERIC], [GENERIC]],
    ['by something more', [`${except(METALLB)[0]} && false`], [GENERIC], [GENERIC]],
    ['by two', [...except(METALLB), 'true'], [GENERIC], [GENERIC]],
    ['by nothing that we know', ['true'], [GENERIC], [GENERIC]],
    ['by an escape', [String.raw`!(request.userInfo.username in ["\x65ve"])`], [GENERIC], [GENERIC]],
  ]
  for (const [name, expressions, spec, status] of rows)
    it(name, () => expect([conditionGaps(expressions, 'spec'), conditionGaps(expressions, 'status')]).to.deep.equal([spec, status]))

  it('that we print ourselves are read again', () => {
    expect(conditionGaps(exceptUsers([METALLB]).map(one => String(one['expression'])), 'status')).to.deep.equal([])
  })
})
