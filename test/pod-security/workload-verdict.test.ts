import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {Judged, Rules} from '../../src/pod-security/evaluate.js'
import {evaluate, fits} from '../../src/pod-security/evaluate.js'
import {LEVELS} from '../../src/pod-security/labels.js'
import {SERVER_CHANGES, brokenRules, failedAt, fitsAt} from '../../src/pod-security/workload-verdict.js'
import {POD_CASES} from '../pods/pods.js'

const judged = ({metadata, spec}: KubeObject): Judged => ({metadata: metadata as Judged['metadata'], spec: spec as Judged['spec']})
const MINORS = Array.from({length: NEWEST_MINOR + 1}, (_, minor) => minor)
/** Every build that reads labels, and every version that one may be asked for. */
const VERSIONS: readonly Rules[] = [22, 23, 24, 25, 26, 29, 30, 32, 33, 34, 35, 36, 37].flatMap(server => MINORS.filter(minor => minor <= server).map(minor => ({minor, server})))

describe('what a pod breaks', () => {
  it('tells what the evaluator says, at every level, version and build', () => {
    for (const {id, pod} of POD_CASES) {
      const own = judged(pod)
      const broken = brokenRules(own)
      for (const rules of VERSIONS) {
        const place = `${id} ${JSON.stringify(rules)}`
        if (fitsAt(broken, rules) !== fits(rules, own)) expect(fitsAt(broken, rules), place).to.equal(fits(rules, own))
        for (const level of LEVELS) {
          const expected = evaluate(level, rules, own).map(one => one.id)
          if (String(failedAt(broken, level, rules)) !== String(expected)) expect(failedAt(broken, level, rules), `${place} ${level}`).to.deep.equal(expected)
        }
      }
    }
  })

  it('changes with no other server version than those that are named', () => {
    const stays = MINORS.filter(minor => minor > 0 && !SERVER_CHANGES.includes(minor))
    expect(stays).to.have.length.above(15)
    for (const {id, pod} of POD_CASES) {
      const broken = brokenRules(judged(pod))
      for (const minor of stays) expect(fitsAt(broken, {minor, server: minor}), `${id} ${minor}`).to.equal(fitsAt(broken, {minor: minor - 1, server: minor - 1}))
    }
  })

  it('is nothing for a pod that everything lets in', () => expect(brokenRules({metadata: null, spec: {containers: []}})).to.equal(0))
})
