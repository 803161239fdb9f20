import {expect} from 'chai'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {UsageError} from '../../../src/errors.js'
import {cleanUp, layOut, open, openText, read} from './support.js'

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: x\nspec:\n  externalIPs:\n  - 192.0.2.1\n  - "192.0.2.2"\n'
const SERVICE_JSON = JSON.stringify({apiVersion: 'v1', kind: 'Service', metadata: {name: 'a', namespace: 'x'}, spec: {externalIPs: ['192.0.2.1', '192.0.2.2']}}, null, 4)
/** As kubectl writes it: `kind` behind the items. */
const LIST = `{\n    "apiVersion": "v1",\n    "items": [\n        ${SERVICE_JSON.replaceAll('\n', '\n        ')}\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n`

/** Found by looking at the text, not by reading it. */
function placeOfText(text: string): string {
  const at = Math.max(text.indexOf('192.0.2.2'), 0)
  const start = text[at - 1] === '"' ? at - 1 : at
  const lines = text.replace('\ufeff', '').slice(0, start - (text.startsWith('\ufeff') ? 1 : 0)).split('\n')
  return `${lines.length}:${lines.at(-1)!.length + 1}`
}

describe('files as a source', () => {
  afterEach(cleanUp)

  const rows = [
    {name: 'a manifest', file: 'a.yaml', text: SERVICE},
    {name: 'a manifest with CRLF', file: 'a.yaml', text: SERVICE.replaceAll('\n', '\r\n')},
    {name: 'a manifest with a byte order mark', file: 'a.yaml', text: `\ufeff${SERVICE}`},
    {name: 'the second of two documents', file: 'a.yml', text: `# first\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n--- # here\n${SERVICE}`},
    {name: 'Helm output with comments, empty documents and notes', file: 'a.yaml', text: `---\n# Source: web/templates/empty.yaml\n---\n---\n# Source: web/templates/service.yaml\n${SERVICE}\nNOTES:\n1. Get the URL: it's [not YAML\n`},
    {name: 'a helm install report', file: 'a.yaml', text: `NAME: web\nLAST DEPLOYED: today\nSTATUS: pending-install\nREVISION: 1\nHOOKS:\nMANIFEST:\n---\n${SERVICE}`},
    {name: 'directives', file: 'a.yaml', text: `%YAML 1.1\n---\n${SERVICE}`},
    {name: 'a merge key', file: 'a.yaml', text: `x-base: &base {type: ClusterIP}\n${SERVICE.replace('spec:\n', 'spec:\n  <<: *base\n')}`},
    {name: 'a YAML list', file: 'a.yaml', text: `apiVersion: v1\nitems:\n- ${SERVICE.trimEnd().replaceAll('\n', '\n  ')}\nkind: List\n`},
    {name: 'JSON', file: 'a.json', text: SERVICE_JSON},
    {name: 'JSON in a file named yaml', file: 'a.yaml', text: SERVICE_JSON},
    {name: 'YAML that begins like JSON', file: 'a.yaml', text: '{apiVersion: v1, kind: Service, metadata: {name: a, namespace: x}, spec: {externalIPs: [192.0.2.1, 192.0.2.2]}}'},
    {name: 'a kubectl dump', file: 'a.json', text: LIST},
    {name: 'a typed list', file: 'a.json', text: '{"kind":"ServiceList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a","namespace":"x"},"spec":{"externalIPs":["192.0.2.1","192.0.2.2"]}}]}'},
    {name: 'a list in a list', file: 'a.json', text: `{"apiVersion":"v1","kind":"List","items":[${LIST}]}`},
    {name: 'an array of objects', file: 'a.json', text: `[${SERVICE_JSON}]`},
    {name: 'JSON lines', file: 'a.jsonl', text: '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}\n{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"x"},"spec":{"externalIPs":["192.0.2.1","192.0.2.2"]}}\n'},
    {name: 'letters beyond ASCII before the field', file: 'a.json', text: '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"x","annotations":{"a":"äöü😀"}},"spec":{"externalIPs":["192.0.2.1","192.0.2.2"]}}'},
    {name: 'a key twice: the second is what JSON means', file: 'a.json', text: '{"apiVersion":"v1","kind":"Pod","kind":"Service","metadata":{"name":"z"},"metadata":{"name":"a","namespace":"x"},"spec":{"externalIPs":["192.0.2.1","192.0.2.2"]}}'},
    {name: 'escaped names of fields', file: 'a.json', text: '{"apiVersion":"v1","k\\u0069nd":"Serv\\u0069ce","metadata":{"name":"a","namespace":"x"},"spec":{"externalIPs":["192.0.2.1","192.0.2.2"]}}'},
  ]
  for (const {name, file, text} of rows) {
    for (const form of ['plain', 'gzip'] as const) {
      it(`${name}, ${form}: the object and the place of a field`, async () => {
        const source = await openText(form === 'gzip' ? gzipSync(text) : text, form === 'gzip' ? `${file}.gz` : file)
        const {objects, places, outcome} = await read(source, 'services', {path: 'spec.externalIPs[1]'})
        expect(source.problems).to.deep.equal([])
        expect(objects).to.have.length(1)
        expect(objects[0]).to.deep.include({apiVersion: 'v1', kind: 'Service'})
        expect(objects[0]!['spec']).to.have.property('externalIPs').that.deep.equals(['192.0.2.1', '192.0.2.2'])
        expect(places).to.deep.equal([placeOfText(text)])
        expect(outcome).to.deep.equal({outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: 1, detail: ''})
        await source.source.close()
      })
    }
  }

  it('UTF-16, as PowerShell writes it', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(LIST, 'utf16le')])
    const source = await openText(bytes, 'dump.json')
    expect((await read(source, 'services')).names).to.deep.equal(['x/a'])
  })

  it('standard input, once', async () => {
    async function* stdin() {
      yield Buffer.from(SERVICE.slice(0, 20))
      yield Buffer.from(SERVICE.slice(20))
    }
    const source = await open(['-'], {stdin: stdin()})
    const {names, objects} = await read(source, 'services')
    expect(names).to.deep.equal(['x/a'])
    expect(source.source.placeOf(objects[0]!, 'spec')).to.deep.equal({file: 'stdin', line: 7, column: 3})
  })

  it('a directory: by the order of names, with what was left out', async () => {
    const root = layOut({'b/two.yaml': SERVICE.replace('name: a', 'name: two'), 'a.yml': SERVICE.replace('name: a', 'name: one'), 'README.md': 'x', 'b/Makefile': 'x', 'values.yaml': 'replicas: 2\n', '.git/config.yaml': 'kind: ['})
    const source = await open([root])
    expect((await read(source, 'services')).names).to.deep.equal(['x/one', 'x/two'])
    expect(source.problems).to.deep.equal([])
    expect(source.notes.join('\n')).to.contain('3 files left out').and.to.contain('values.yaml')
  })

  it('a kind that no file holds is not in the input; nor are the answers of a server', async () => {
    const source = await openText(SERVICE)
    expect((await read(source, 'nodes')).outcome).to.deep.include({outcome: 'not-in-input', items: 0})
    expect((await read(source, 'version')).outcome.outcome).to.equal('not-in-input')
    expect((await read(source, 'control-plane-pods')).outcome.outcome).to.equal('not-in-input')
  })

  it('an empty list tells no kind', async () => {
    const source = await openText('{"apiVersion":"v1","items":[],"kind":"List","metadata":{"resourceVersion":""}}', 'empty.json')
    expect(source.problems).to.deep.equal([])
    expect((await read(source, 'services')).outcome.outcome).to.equal('not-in-input')
  })

  it('rows of some objects only: by selector and by reference', async () => {
    const pod = (name: string, namespace: string, label: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {component: ${label}}}\n---\n`
    const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: kube-system}\n---\n`
    const source = await openText(pod('api', 'kube-system', 'kube-apiserver') + pod('api', 'x', 'kube-apiserver') + pod('etcd', 'kube-system', 'etcd') + map('kube-proxy') + map('other'))
    expect((await read(source, 'control-plane-pods')).names).to.deep.equal(['kube-system/api'])
    expect((await read(source, 'pods')).names).to.have.length(3)
    expect((await read(source, 'network-configmaps')).names).to.deep.equal(['kube-system/kube-proxy'])
    const followed = await read(source, 'flux-configmaps', {refs: [{namespace: 'kube-system', name: 'other'}, {namespace: 'x', name: 'gone'}]})
    expect(followed.names).to.deep.equal(['kube-system/other'])
    expect((await read(source, 'flux-configmaps', {refs: [{namespace: 'x', name: 'gone'}]})).outcome.outcome).to.equal('not-in-input')
  })

  it('of two objects with one name the later counts, and both are said', async () => {
    const root = layOut({'1.yaml': SERVICE, '2.json': SERVICE_JSON.replace('192.0.2.1', '192.0.2.9')})
    const source = await open([join(root, '1.yaml'), join(root, '2.json')])
    const {objects} = await read(source, 'services')
    expect(objects).to.have.length(1)
    expect(JSON.stringify(objects[0])).to.contain('192.0.2.9')
    expect(source.notes).to.have.length(1)
    expect(source.notes[0]).to.contain('1.yaml:1').and.to.contain('2.json:1')
  })

  it('objects with generated names are as many as they are', async () => {
    const one = '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"a-"}}\n'
    expect((await read(await openText(one + one, 'a.json'), 'pods')).objects).to.have.length(2)
  })

  it('Secrets stay where they are unless asked for', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, labels: {argocd.argoproj.io/secret-type: cluster}}\n'
    const root = layOut({'s.yaml': secret})
    expect((await read(await open([root], {mayReadSecrets: true}), 'argocd-secrets')).objects).to.have.length(1)
    expect((await read(await open([root]), 'argocd-secrets')).objects).to.have.length(0)
  })

  it('words of YAML 1.1 as kubectl reads them', async () => {
    const source = await openText('apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  a: yes\n  b: "yes"\n  c: 0o17\n  d: 010\n  e: 1_000\n  f: 2001-01-01\n  g: ~\n  h: Off\n  i: 12:30\n')
    const {objects: [object]} = await read(source, 'services')
    expect({...object!['spec'] as object}).to.deep.equal({a: true, b: 'yes', c: 15, d: 8, e: 1000, f: '2001-01-01', g: null, h: false, i: '12:30'})
  })

  it('a path that does not exist is wrong use', async () => {
    let error: unknown
    await open(['/nowhere/at-all.yaml']).catch(caught => (error = caught))
    expect(error).to.be.instanceOf(UsageError).and.to.include({code: 'not-found'})
  })
})
