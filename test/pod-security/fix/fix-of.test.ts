import {expect} from 'chai'
import {OddField, at} from '../../../src/kube/field.js'
import {stepsOf} from '../../../src/kube/field-path.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {CONTROL_TABLE} from '../../../src/pod-security/controls/table.js'
import type {Rules} from '../../../src/pod-security/evaluate.js'
import type {WorkloadFix} from '../../../src/pod-security/fix/fix.js'
import {fixOf} from '../../../src/pod-security/fix/fix-of.js'
import {isReached} from '../../../src/pod-security/fix/patches.js'
import {TEMPLATE_KINDS} from '../../../src/pod-security/templates.js'
import {podCase} from '../../differential/pod-cases.js'
import {randomFrom} from '../../differential/random.js'
import {POD_CASES, withoutEphemeral} from '../../pods/pods.js'
import {applyJsonPatch} from './apply-json-patch.js'
import {refusedOf, withChanges, workloadWith} from './fixed-workloads.js'

/** `K121_FULL=1` makes it many. */
const PODS = process.env['K121_FULL'] === '1' ? 30_000 : 1500

const LEVELS = ['baseline', 'restricted'] as const

/** All that is promised of a fix, told from the outside. */
function holds(object: KubeObject, fix: WorkloadFix | null, level: (typeof LEVELS)[number], rules: Rules): void {
  const before = refusedOf(object, level, rules)
  expect(fix === null, 'null means that it passes').to.equal(before.length === 0)
  if (fix === null) return
  const after = withChanges(object, fix.changes)
  // What was added to a running pod stands in no manifest.
  const manifest = withChanges(object, fix.changes.filter(({path}) => path === 'spec.ephemeralContainers'))
  const left = new Set(refusedOf(after, level, rules).map(({id}) => id))
  // Before 1.24 these report beside the one that overrides them.
  for (const {id, overrides} of CONTROL_TABLE) if (overrides !== undefined && left.has(id)) left.delete(overrides)
  expect(left, 'what is left is blocked').to.deep.equal(new Set(fix.blocked.map(({control}) => control)))
  expect(isReached(fix)).to.equal(left.size === 0)
  for (const {path, before: was, after: is} of fix.changes) {
    expect(at(manifest, ...stepsOf(path)) ?? null, path).to.deep.equal(was)
    expect(at(after, ...stepsOf(path)) ?? null, path).to.deep.equal(is)
  }
  expect(new Set(fix.changes.map(({path}) => path)).size, 'each field once').to.equal(fix.changes.length)
  expect(applyJsonPatch(manifest, fix.patches.json), 'the JSON patch').to.deep.equal(after)
}

describe('changes that lift a workload', () => {
  for (const kind of TEMPLATE_KINDS)
    for (const level of LEVELS)
      it(`${kind.group}/${kind.kind} with each pod of test/pods/, to ${level}, at several versions`, () => {
        for (const one of POD_CASES)
          for (const minor of kind.kind === 'Deployment' ? [one.until ?? 37, 37, 30, 24, 21] : [one.until ?? 37, 24]) {
            const rules = {minor, server: minor}
            const object = workloadWith(kind, kind.path === '' ? one.pod as never : withoutEphemeral(one.pod) as never)
            try {
              holds(object, fixOf(object, level, rules), level, rules)
            } catch (error) {
              throw new Error(`${one.id} at 1.${minor}: ${String(error)}`, {cause: error})
            }
          }
      })

  it('holds for whatever stands in a pod', () => {
    const random = randomFrom(20261125)
    let fixed = 0
    for (let count = 0; count < PODS; count++) {
      const kind = random.pick(TEMPLATE_KINDS)
      const minor = random.pick([18, 22, 24, 25, 26, 27, 30, 32, 34, 35, 37])
      const server = random.chance(0.7) ? minor : 37
      const object = workloadWith(kind, podCase(random))
      const level = random.pick(LEVELS)
      try {
        const fix = fixOf(object, level, {minor, server})
        holds(object, fix, level, {minor, server})
        if (fix !== null) fixed++
      } catch (error) {
        // Odd types are the caller's to report.
        if (error instanceof OddField) continue
        throw new Error(`${JSON.stringify(object)} to ${level} at 1.${minor} on 1.${server}: ${String(error)}`, {cause: error})
      }
    }
    expect(fixed).to.be.above(PODS / 2)
  })

  it('has no strategic merge for custom kinds', () => {
    for (const kind of TEMPLATE_KINDS) {
      const fix = fixOf(workloadWith(kind, {metadata: {}, spec: {containers: [{name: 'a'}]}}), 'restricted', {minor: 37, server: 37})
      expect(fix === null ? undefined : fix.patches.merge === null, kind.group).to.equal(!['', 'apps', 'batch'].includes(kind.group))
    }
  })
})
