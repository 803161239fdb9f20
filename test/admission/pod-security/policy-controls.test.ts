import {expect} from 'chai'
import {celJudges} from '../../../src/admission/pod-security/cel-judge.js'
import {controlsOf} from '../../../src/admission/pod-security/policy-controls.js'
import type {Judged} from '../../../src/admission/pod-security/policy-controls.js'
import {podRequestsOf} from '../../../src/admission/pod-security/pod-requests.js'
import {NEWEST_MINOR} from '../../../src/pod-security/control.js'
import type {ControlId} from '../../../src/pod-security/control.js'
import type {PodPolicy} from '../../support/pod-policies.js'
import {POD_POLICIES} from '../../support/pod-policies.js'

const REQUESTS = podRequestsOf(NEWEST_MINOR)

function judged(policy: Pick<PodPolicy, 'validations' | 'variables'>, of: 'create' | 'update' | 'ephemeralcontainers' | 'workload', conditions: readonly string[] = []): Judged {
  const variables = Object.entries(policy.variables ?? {}).map(([name, expression]) => ({name, expression}))
  return controlsOf({judges: celJudges({validations: policy.validations, variables, conditions}), isFailOpen: false, minor: NEWEST_MINOR}, REQUESTS[of])
}

function whole({controls}: Judged): ControlId[] {
  return [...controls].filter(([, holes]) => holes.length === 0).map(([control]) => control)
}

describe('what a policy in CEL refuses', () => {
  for (const policy of POD_POLICIES)
    it(policy.name, () => {
      expect(whole(judged(policy, 'create'))).to.deep.equal(policy.whole)
      expect(whole(judged(policy, 'ephemeralcontainers'))).to.deep.equal(policy.ephemeral)
      expect(judged(policy, 'create').isWhole).to.equal(true)
    })
})
