import {expect} from 'chai'
import {celJudges} from '../../../src/admission/pod-security/cel-judge.js'
import {controlsOf} from '../../../src/admission/pod-security/policy-controls.js'
import {podRequestsOf} from '../../../src/admission/pod-security/pod-requests.js'
import {NEWEST_MINOR} from '../../../src/pod-security/control.js'
import {LAX_POLICIES} from '../../support/lax-policies.js'

describe('what a policy with a hidden way past refuses', () => {
  for (const {name, control, validations, variables = {}, isFailOpen = false} of LAX_POLICIES)
    it(name, () => {
      const judges = celJudges({validations, variables: Object.entries(variables).map(([of, expression]) => ({name: of, expression})), conditions: []})
      const {controls} = controlsOf({judges, isFailOpen, minor: NEWEST_MINOR}, podRequestsOf(NEWEST_MINOR).create)
      expect(controls.get(control)).not.to.deep.equal([])
    })
})
