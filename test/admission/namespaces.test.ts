import {expect} from 'chai'
import {namespaceLabels} from '../../src/admission/namespaces.js'
import {NAMESPACES, namespaceNamed} from '../support/admission-objects.js'
import {factOf} from '../support/declared-facts.js'

describe('the namespaces of a cluster', () => {
  it('are known where all were read', async () => {
    const {labels, isWhole} = await factOf(namespaceLabels, {objects: NAMESPACES})
    expect([isWhole, [...labels.keys()]]).to.deep.equal([true, ['default', 'kube-system', 'shop']])
  })
  it('are not where the list was cut short', async () => expect((await factOf(namespaceLabels, {objects: NAMESPACES, unread: {namespaces: 'partial'}})).isWhole).to.equal(false))
  for (const name of ['default', 'kube-system']) it(`are not where ${name} is not among them, as in files`, async () => {
    expect((await factOf(namespaceLabels, {objects: NAMESPACES.filter(one => (one['metadata'] as {name: string}).name !== name)})).isWhole).to.equal(false)
  })
  it('have the label that the API server sets, whatever files say', async () => {
    const {labels} = await factOf(namespaceLabels, {objects: [namespaceNamed('a', {'kubernetes.io/metadata.name': 'b'})]})
    expect(labels.get('a')).to.deep.equal({'kubernetes.io/metadata.name': 'a'})
  })
})
