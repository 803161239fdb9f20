import {expect} from 'chai'
import {BASELINE_CONTROLS, CONTROLS, NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {ControlId} from '../../src/pod-security/control.js'
import {evaluate} from '../../src/pod-security/evaluate.js'
import {POD_CASES} from './pods.js'
import type {PodCase} from './pods.js'

const LEVELS = ['baseline', 'restricted'] as const

function failing(level: (typeof LEVELS)[number], minor: number, {pod}: PodCase): ControlId[] {
  return evaluate(level, {minor, server: NEWEST_MINOR}, {metadata: pod.metadata, spec: pod.spec}).map(({id}) => id)
}

function failsIts(minor: number, one: PodCase): boolean {
  const level = (BASELINE_CONTROLS as readonly ControlId[]).includes(one.control) ? 'baseline' : 'restricted'
  return failing(level, minor, one).includes(one.control)
}

describe('pods of test/pods/', () => {
  for (const control of CONTROLS)
    describe(control, () => {
      const cases = POD_CASES.filter(one => one.control === control)
      it('has pods of both kinds', () => expect(new Set(cases.map(({verdict}) => verdict))).to.deep.equal(new Set(['bad', 'good'])))
      for (const one of cases) {
        const last = one.until ?? NEWEST_MINOR
        it(`${one.verdict}: ${one.why}`, () => {
          for (const level of LEVELS) expect(failing(level, last, one), level).to.deep.equal(one.fails[level])
          expect(one.pod.spec['ephemeralContainers'] !== undefined).to.equal(one.operation === 'ephemeralcontainers')
        })
        if (one.verdict === 'bad')
          it(`${one.verdict}: from 1.${one.from} to 1.${last} and at no other version: ${one.why}`, () => {
            for (let minor = 0; minor <= NEWEST_MINOR; minor++) expect(failsIts(minor, one), `1.${minor}`).to.equal(minor >= one.from && minor <= last)
          })
        else if (one.from > 0)
          it(`${one.verdict}: only since 1.${one.from}: ${one.why}`, () => {
            const before = LEVELS.map(level => failing(level, one.from - 1, one))
            expect(before).to.not.deep.equal(LEVELS.map(level => failing(level, one.from, one)))
          })
      }
    })
})
