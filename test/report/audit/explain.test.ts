import {expect} from 'chai'
import {CHECKS} from '../../../src/checks/registry.js'
import type {CheckMeta} from '../../../src/audit/check.js'
import {checksTable, explainMarkdown, explainText} from '../../../src/report/audit/explain.js'
import {METAS} from './sample.js'

const [meta] = METAS
if (meta === undefined) throw new Error('no meta')

describe('explain', () => {
  it('says what a check is, what it reads, and what else calls it', () => {
    const text = explainText(meta, null)
    for (const part of ['service-external-ip   low   external-ips', 'cluster-dns   critical   A Service claims', 'Why service-external-ip matters.', 'Undo service-external-ip.', 'list  services', 'list  nodes', 'CIS 1.8 5.7.1', 'Trivy KSV-0108', 'https://example.org/kep-1', 'external-ip\n', '1.7 to 1.42'])
      expect(text).to.include(part)
    for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(80)
  })

  it('names the limits of what is read, and what is only read where permitted', () => {
    expect(explainText(meta, null).replace(/\s+/g, ' ')).to.include('list pods with component=kube-apiserver in kube-system (where permitted)').and.include('get /metrics (where permitted)')
    const secrets = METAS.find(({id}) => id === 'exec-argocd')!
    expect(explainText(secrets, null).replace(/\s+/g, ' ')).to.include('list secrets (only with --include-secrets) with argocd.argoproj.io/secret-type=cluster').and.include('get secrets (only with --include-secrets) named in kustomizations, helmreleases')
  })

  it('says of whose names an object is read, in words of the API', () => {
    const own: CheckMeta = {...meta, reads: ['ingress-nginx-configmaps'], alsoReads: [], factReads: []}
    expect(explainText(own, null).replace(/\s+/g, ' ')).to.include('get configmaps (only with --include-secrets) named in deployments with app.kubernetes.io/name=ingress-nginx, daemonsets with app.kubernetes.io/name=ingress-nginx')
  })

  it('cuts no meaning of a variant', () => {
    const title = 'A sentence that is longer than the column which is left for it beside the other two'
    const text = explainText({...meta, variants: {...meta.variants, node: {severity: 'high', title}}}, null)
    expect(text.replace(/\s+/g, ' ')).to.include(title).and.not.include('…')
    for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(80)
  })

  it('fits every check and variant into 80 columns, but for addresses of pages', () => {
    const texts = CHECKS.flatMap(({meta: of}) => [null, ...Object.keys(of.variants ?? {})].map(variant => explainText(of, variant)))
    for (const line of texts.flatMap(text => text.split('\n'))) if (!line.includes('http')) expect(line.length, line).to.be.at.most(80)
  })

  it('of a variant gives its own severity and title', () => {
    expect(explainText(meta, 'node')).to.include('service-external-ip/node   high   external-ips').and.include('A Service claims a node address.').and.not.include('VARIANT')
  })

  it('has a page with the same content', () => {
    expect(explainMarkdown(meta)).to.include('# service-external-ip\n').and.include('| `node` | high | A Service claims a node address |').and.include('- [KEP-1](https://example.org/kep-1)')
  })

  it('lists checks with their severities, worst first', () => {
    const narrow = checksTable(METAS, 80)
    expect(narrow).to.match(/^TOPIC +CHECK +SEVERITY$/m).and.match(/^external-ips +service-external-ip +critical,high,low\n {19}Title/m).and.not.include('…')
    expect(checksTable(METAS, null)).to.match(/^TOPIC +CHECK +SEVERITY +TITLE$/m).and.match(/^external-ips +service-external-ip +critical,high,low +Title/m).and.match(/psp-leftovers .*\(preview\)$/m)
  })
})
