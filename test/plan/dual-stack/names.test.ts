import {expect} from 'chai'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import {dualPlanOf} from '../../support/dual-stack-plans.js'

function policy(metadata: Record<string, Json>, cidr: string): KubeObject {
  return {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: [{ipBlock: {cidr}}]}]}}
}

describe('dual-stack plan: names in files', () => {
  it('a policy without a namespace is planned as any other', async () => {
    const {policies, same} = await dualPlanOf({objects: [policy({name: 'a'}, '0.0.0.0/0'), policy({name: 'b'}, 'nonsense')]})
    expect(policies.map(({policy: {name}, items, unread}) => `${name} ${items.map(item => item.class).join()} ${unread.length}`)).to.deep.equal(['a A1 0', 'b  1'])
    expect(same.selectors.policies).to.equal(0)
  })

  it('policies that nothing tells apart are planned by nobody, and that is said', async () => {
    const objects = [policy({namespace: 'shop', generateName: 'c-'}, '0.0.0.0/0'), policy({namespace: 'shop', generateName: 'd-'}, '::/0'), policy({namespace: 'shop', name: 'a'}, '0.0.0.0/0')]
    const {policies, incomplete} = await dualPlanOf({objects})
    expect(policies.map(({policy: {name}}) => name)).to.deep.equal(['a'])
    expect(incomplete.map(({outcome, detail}) => `${outcome}: ${detail}`)).to.deep.equal(['not-understood: 2 NetworkPolicies of shop have no name that tells them apart: name them, and plan again'])
  })

  it('one without a name is planned, and in no script', async () => {
    const {policies} = await dualPlanOf({objects: [policy({namespace: 'shop', generateName: 'c-'}, '0.0.0.0/0')]})
    expect(policies.map(({policy: {name}, items}) => [name, items.map(item => item.class)])).to.deep.equal([['', ['A1']]])
  })
})
