import {expect} from 'chai'
import {doesCover, doesCoverNames, requestRulesOf, serviceRequest} from '../../src/admission/request-rules.js'

const rule = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services']}

describe('a rule of a webhook or a policy', () => {
  const rows: [name: string, rule: object, create: boolean, update: boolean, status: boolean][] = [
    ['as it should be', rule, true, false, false],
    ['all operations', {...rule, operations: ['*']}, true, true, false],
    ['another operation', {...rule, operations: ['DELETE']}, false, false, false],
    ['all groups', {...rule, apiGroups: ['*']}, true, false, false],
    ['another group', {...rule, apiGroups: ['apps']}, false, false, false],
    ['all versions', {...rule, apiVersions: ['*']}, true, false, false],
    // Core Services have one version: nothing is equivalent to it.
    ['another version', {...rule, apiVersions: ['v1beta1']}, false, false, false],
    ['all resources: no subresource', {...rule, resources: ['*'], operations: ['*']}, true, true, false],
    ['all resources and subresources', {...rule, resources: ['*/*'], operations: ['*']}, true, true, true],
    ['all of Services', {...rule, resources: ['services/*'], operations: ['UPDATE']}, false, true, true],
    ['the status alone', {...rule, resources: ['services/status'], operations: ['UPDATE']}, false, false, true],
    ['the status of everything', {...rule, resources: ['*/status'], operations: ['UPDATE']}, false, false, true],
    ['other resources', {...rule, resources: ['pods', 'services/proxy']}, false, false, false],
    ['namespaced objects', {...rule, scope: 'Namespaced'}, true, false, false],
    ['any scope', {...rule, scope: '*'}, true, false, false],
    ['cluster-scoped objects', {...rule, scope: 'Cluster'}, false, false, false],
    ['a scope that nobody knows', {...rule, scope: 'namespaced'}, false, false, false],
    ['one name', {...rule, resourceNames: ['a']}, false, false, false],
    ['nothing', {}, false, false, false],
  ]
  for (const [name, one, create, update, status] of rows)
    it(name, () => {
      const rules = requestRulesOf({rules: [one]} as never, 'rules')
      const seen = [doesCover(rules, serviceRequest('CREATE')), doesCover(rules, serviceRequest('UPDATE')), doesCover(rules, serviceRequest('UPDATE', 'status'))]
      expect(seen).to.deep.equal([create, update, status])
    })

  it('of some names is told apart', () => {
    const rules = requestRulesOf({rules: [{...rule, resourceNames: ['a']}]}, 'rules')
    expect(doesCoverNames(rules, serviceRequest('CREATE'))).to.equal(true)
    expect(doesCoverNames(rules, serviceRequest('UPDATE'))).to.equal(false)
  })
})
