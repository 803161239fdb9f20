import {expect} from 'chai'
import {parseAllDocuments} from 'yaml'
import {CATALOGUE} from '../../src/pod-security/catalogue.js'
import {kindOf, regoOf} from '../../src/pod-security/rego/template.js'
import {controlMarkdown, controlText} from '../../src/report/control-page.js'
import {controlTemplateText} from '../../src/report/control-template.js'

describe('explain CONTROL', () => {
  for (const page of CATALOGUE) {
    it(`${page.id} in 80 columns: what it is, what is allowed, what Trivy makes of it`, () => {
      const text = controlText(page)
      const flat = text.replace(/\s+/g, ' ')
      for (const part of [`${page.id} ${page.level} pod-security`, page.title, page.why, page.remediation, page.risk, ...page.trivy.map(({id}) => `${id} (AVD-${id})`), `kubectl k121 explain --rego ${page.id}`, ...page.references.map(({url}) => url)])
        expect(flat).to.include(part)
      for (const line of text.split('\n')) if (!line.includes('http')) expect(line.length, line).to.be.at.most(80)
    })

    it(`${page.id} as a page has the same content`, () => {
      const markdown = controlMarkdown(page)
      for (const part of [`# ${page.id}\n`, page.why, page.remediation, page.risk, ...page.trivy.map(({file}) => `/checks/kubernetes/${file}.rego)`), ...page.references.map(({url}) => `(${url})`)]) expect(markdown).to.include(part)
    })

    it(`${page.id} as a template for Gatekeeper: the Rego is whole, comments say what it leaves open`, () => {
      const text = controlTemplateText(page)
      const [template, constraint, ...more] = parseAllDocuments(text).map(document => document.toJS() as {kind: string; spec: {targets?: {rego: string}[]}})
      expect(more).to.deep.equal([])
      expect(template?.spec.targets?.map(({rego}) => rego)).to.deep.equal([regoOf(page.id)])
      expect(constraint).to.deep.include({kind: kindOf(page.id), spec: {enforcementAction: 'deny', match: {kinds: [{apiGroups: [''], kinds: ['Pod']}], excludedNamespaces: ['kube-system']}}})
      const comments = text.split('\n').filter(line => line.startsWith('#')).map(line => line.replace(/^#\s*/, '')).join(' ')
      for (const part of ['CREATE and UPDATE of pods and of pods/ephemeralcontainers', 'by the rules of v1.37', 'labels and images can be changed', 'kubectl delete constrainttemplate']) expect(comments).to.include(part)
    })
  }

  it('says where there is no check of Trivy\'s, and where one agrees', () => {
    const textOf = (id: string): string => controlText(CATALOGUE.find(page => page.id === id)!)
    expect(textOf('hostProbesAndHostLifecycle')).to.include('Trivy has no check for this control.')
    expect(textOf('hostPathVolumes')).to.include('  KSV-0023 (AVD-KSV-0023)\n    - agrees with the Standards\n').and.include('KSV-0006 (AVD-KSV-0006): /var/run/docker.sock only\n    - misses ')
  })
})
