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

  const named = (name: string): PodPolicy => POD_POLICIES.find(policy => policy.name === name)!
  const HOLES: readonly (readonly [policy: string, control: ControlId, holes: readonly string[] | undefined])[] = [
    ['privileged-containers-only', 'privileged', ['init containers are not looked at']],
    ['privileged-first-container', 'privileged', ['init containers are not looked at', 'lets through some of: privileged']],
    ['privileged-some-images', 'privileged', ['what it refuses depends on spec.containers.image, spec.initContainers.image']],
    ['privileged-by-label', 'privileged', ['what it refuses depends on metadata.labels']],
    ['host-namespaces-two', 'hostNamespaces', ['lets through hostNetwork']],
    ['host-ports-range', 'hostPorts', ['lets through some of: hostPort']],
    ['host-path-some', 'hostPathVolumes', ['what it refuses depends on spec.volumes.hostPath.path']],
    ['capabilities-net-raw', 'capabilities_baseline', ['lets through capabilities.add "NET_RAW"']],
    ['escalation-when-set', 'allowPrivilegeEscalation', ['lets through an unset allowPrivilegeEscalation']],
    ['selinux-type', 'seLinuxOptions', [
      'lets through seLinuxOptions.user "container_t", seLinuxOptions.user other values, seLinuxOptions.role "container_t" and 1 more',
      'lets through seLinuxOptions.type "spc_t", seLinuxOptions.type other values (the fields of the pod itself)',
    ]],
    ['limits', 'privileged', undefined],
  ]
  for (const [policy, control, holes] of HOLES) it(`and what it lets through: ${policy}`, () => expect(judged(named(policy), 'create').controls.get(control)).to.deep.equal(holes))

  it('everything that stands in what may not be there', () => {
    expect(whole(judged({validations: ['object.spec.containers.all(c, !has(c.securityContext))', '!has(object.spec.initContainers)']}, 'create'))).to.include.members(['privileged', 'procMount'])
    expect(whole(judged({validations: ['!has(object.spec.ephemeralContainers)']}, 'ephemeralcontainers'))).to.have.lengthOf(15)
  })

  it('no more than the least of several workloads', () => {
    const deployments = 'object.kind != \'Deployment\' || object.spec.template.spec.containers.all(c, !c.?securityContext.?privileged.orValue(false))'
    expect([...judged({validations: [deployments]}, 'workload').controls.keys()]).to.deep.equal([])
  })

  it('not what takes too long to find out', () => {
    const long = Array.from({length: 200}, () => named('probe-hosts').validations[0]!)
    expect(judged({...named('probe-hosts'), validations: Array.from({length: 100}, () => long.slice(0, 90).join(' && '))}, 'create')).to.deep.equal({controls: new Map(), isWhole: false})
  })
})
