import {expect} from 'chai'
import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {cleanUp, layOut, open, openText, read} from './support.js'

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n'
const LIST = `{
  "apiVersion": "v1",
  "items": [
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "x"}, "spec": {"externalIPs": ["192.0.2.1"]}},
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b", "namespace": "x"}, "spec": {"externalIPs": ["192.0.2.2"], "t": "\\"}\\\\"}}
  ],
  "kind": "List"
}
`

describe('files that are broken or meant to harm', () => {
  afterEach(cleanUp)

  it('audits lists in lists, and says what is no object', async () => {
    const service = (name: string): string => `{"apiVersion":"v1","kind":"Service","metadata":{"name":"${name}","namespace":"x"}}`
    const {objects} = await read(await openText(`[${service('a')},[${service('b')}],5,"x"]`, 'a.json'), 'services')
    expect(objects.map(({metadata}) => (metadata as {name: string}).name).toSorted()).to.deep.equal(['a', 'b'])
    const cut = await openText(`[${service('a')},[${service('b')}],{"apiV`, 'a.json')
    expect((await read(cut, 'services')).outcome.outcome).to.equal('not-understood')
    expect((await read(cut, 'services')).objects).to.have.length(2)
  })

  it('shows nothing of a file in what it says of it', async () => {
    for (const line of ['password: |hunter2secret', 'password: !h!hunter2secret x', 'password: "a" hunter2secret']) {
      const {problems} = await openText(`${SERVICE}data:\n  ${line}\n`)
      expect(problems, line).to.have.length(1)
      expect(JSON.stringify(problems), line).to.not.include('hunter2')
    }
  })

  it('finds keys that stand twice in the time of reading', async () => {
    const keys = Array.from({length: 32_000}, (_, index) => `  k${index}: v\n`).join('')
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: &x {a: b}\ny:\n  <<: *x\ndata:\n${keys}`
    expect((await openText(text)).problems).to.deep.equal([])
    expect((await openText(`${text}  k7: again\n`)).problems[0]?.message).to.match(/twice/)
  }).timeout(6000)

  it('takes a link to itself for a file that cannot be read', async () => {
    const root = layOut({'a.yaml': SERVICE})
    symlinkSync('b.yaml', join(root, 'b.yaml'))
    expect((await open([root])).problems.map(({file}) => file)).to.deep.equal([join(root, 'b.yaml')])
  })

  it('reads a named pipe, which can be opened once only', async function () {
    if (process.platform === 'win32') return this.skip()
    const pipe = join(layOut({'keep.txt': ''}), 'pipe.yaml')
    execFileSync('mkfifo', [pipe])
    const writer = spawn('/bin/sh', ['-c', 'cat > "$1"', 'sh', pipe], {stdio: ['pipe', 'ignore', 'ignore']})
    writer.stdin.end(LIST)
    expect((await read(await open([pipe]), 'services')).names).to.deep.equal(['x/a', 'x/b'])
  })

  it('does not take nothing for an answer', async () => {
    const root = layOut({'empty.yaml': '', 'only/readme.txt': 'x', 'some/values.yaml': '', 'some/a.yaml': SERVICE})
    mkdirSync(join(root, 'bare'))
    for (const name of ['empty.yaml', 'only', 'bare']) {
      const files = await open([join(root, name)])
      expect(files.problems.map(({file}) => file), name).to.deep.equal([join(root, name)])
      expect((await read(files, 'services')).outcome.outcome, name).to.equal('not-understood')
    }
    expect((await open([join(root, 'some')])).problems).to.deep.equal([])
  })

  it('unpacks without a warning of Node', async () => {
    const warnings: string[] = []
    const note = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', note)
    const list = JSON.stringify({apiVersion: 'v1', kind: 'List', items: Array.from({length: 30_000}, (_, index) => ({apiVersion: 'v1', kind: 'Service', metadata: {name: `s${index}`, namespace: 'x', uid: String(Math.random())}}))})
    expect((await open([join(layOut({'a.json.gz': gzipSync(list, {level: 0})}), 'a.json.gz')])).problems).to.deep.equal([])
    await new Promise(resolve => setImmediate(resolve))
    process.off('warning', note)
    expect(warnings).to.deep.equal([])
  })

  describe('are never clean', () => {
    const rows: {name: string; file: string; content: string | Uint8Array; says: RegExp}[] = [
      {name: 'an empty standard input', file: '-', content: '', says: /nothing came/},
      {name: 'text', file: 'a.yaml', content: 'hello world\n', says: /:1: this is no object/},
      {name: 'a list at the top', file: 'a.yaml', content: `- ${SERVICE.replaceAll('\n', '\n  ')}`, says: /no object of Kubernetes/},
      {name: 'an object without kind', file: 'a.yaml', content: 'apiVersion: v1\nmetadata: {name: a}\n', says: /lacks kind/},
      {name: 'an object without apiVersion', file: 'a.json', content: '{"kind":"Service","metadata":{"name":"a"}}', says: /lacks kind/},
      {name: 'a kind that is a number', file: 'a.json', content: '{"apiVersion":"v1","kind":1}', says: /lacks kind/},
      {name: 'a List with text among its items', file: 'a.json', content: '{"apiVersion":"v1","kind":"List","items":["x"]}', says: /no object/},
      {name: 'a NUL in YAML', file: 'a.yaml', content: `${SERVICE}\0`, says: /U\+0000/},
      {name: 'a NUL in JSON', file: 'a.json', content: '{"apiVersion":"v1",\0"kind":"Service"}', says: /0x00/},
      {name: 'invalid UTF-8 in YAML', file: 'a.yaml', content: Buffer.concat([Buffer.from(SERVICE), Buffer.from([0xff, 0xfe])]), says: /UTF-8/},
      {name: 'a template', file: 'a.yaml', content: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-web\n', says: /not valid YAML/},
      {name: 'a key twice in YAML', file: 'a.yaml', content: `${SERVICE}kind: Pod\n`, says: /unique|twice/},
      {name: 'a tab for indentation', file: 'a.yaml', content: 'apiVersion: v1\nkind: Service\nmetadata:\n\tname: a\n', says: /YAML/},
      {name: 'an alias bomb', file: 'a.yaml', content: bomb(), says: /aliases|alias/i},
      {name: 'an alias inside its own anchor', file: 'a.yaml', content: `${SERVICE}spec: &a\n  b: *a\n`, says: /alias|anchor/},
      {name: 'an alias without an anchor', file: 'a.yaml', content: `${SERVICE}spec: *nowhere\n`, says: /alias/i},
      {name: 'YAML nested without end', file: 'a.yaml', content: `${SERVICE}spec: ${'['.repeat(20_000)}`, says: /YAML/},
      {name: 'JSON nested without end', file: 'a.json', content: `{"apiVersion":"v1","kind":"Service","spec":${'['.repeat(20_000)}`, says: /levels of nesting/},
      {name: 'a comma too many', file: 'a.json', content: '{"apiVersion":"v1","kind":"Service",}', says: /bracket/},
      {name: 'single quotes', file: 'a.json', content: "{'apiVersion':'v1'}", says: /unexpected character \(\x27\)/},
      {name: 'a bracket of the other kind', file: 'a.json', content: '{"apiVersion":"v1","kind":"Service","spec":[}', says: /bracket/},
      {name: 'text behind the end', file: 'a.json', content: '{"apiVersion":"v1","kind":"Service"} "x"', says: /text stands/},
      {name: 'two words', file: 'a.json', content: '{"apiVersion":"v1","kind":"Service","a":1 2}', says: /unexpected character/},
      {name: 'damaged gzip', file: 'a.json.gz', content: gzipSync(LIST).fill(0x55, 20, 60), says: /damaged or cut off/},
      {name: 'gzip that was cut off', file: 'a.json.gz', content: gzipSync(LIST).subarray(0, 100), says: /damaged or cut off/},
      {name: 'lists in lists in lists', file: 'a.json', content: nestedLists(12), says: /lists in lists/},
    ]
    for (const {name, file, content, says} of rows) {
      it(name, async () => {
        const source = await (file === '-' ? open(['-']) : openText(content, file))
        expect(source.problems.map(({message, line}) => `:${line}: ${message}`).join('\n')).to.match(says)
        for (const key of ['services', 'nodes', 'version'] as const) expect((await read(source, key)).outcome.outcome).to.equal('not-understood')
        await source.source.close()
      })
    }
  })

  it('what is complete in front of the break is audited', async () => {
    const source = await openText(LIST.slice(0, LIST.indexOf('192.0.2.2')), 'dump.json')
    const {names, outcome} = await read(source, 'services')
    expect(names).to.deep.equal(['x/a'])
    expect(outcome).to.include({outcome: 'not-understood', items: 1})
    expect(outcome.detail).to.match(/dump\.json:5: the file ends in the middle of an object$/)
  })

  it('a broken document leaves the others of its file to be read', async () => {
    const source = await openText(`kind: [\n---\n${SERVICE}`)
    expect((await read(source, 'services')).names).to.deep.equal(['/a'])
    expect(source.problems[0]).to.deep.include({line: 2, outcome: 'not-understood'})
  })

  it('an object that JSON.parse refuses makes its row not understood, and no other', async () => {
    const source = await openText('{"apiVersion":"v1","kind":"Service","a":tru}\n{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}\n', 'a.json')
    expect((await read(source, 'services')).outcome).to.include({outcome: 'not-understood', items: 0})
    expect((await read(source, 'nodes')).outcome.outcome).to.equal('complete')
  })

  const oddObjects = [
    {name: 'invalid UTF-8', text: Buffer.concat([Buffer.from('{"apiVersion":"v1","kind":"Service","metadata":{"name":"a'), Buffer.from([0xff]), Buffer.from('"}}')])},
    {name: 'metadata that is a list', text: '{"apiVersion":"v1","kind":"Service","metadata":[]}'},
    {name: 'a namespace that is a number', text: '{"apiVersion":"v1","kind":"Service","metadata":{"namespace":1}}'},
    {name: 'a version that nobody reads here', text: '{"apiVersion":"v7","kind":"Service"}'},
    {name: 'a kind that turns null at its end', text: '{"apiVersion":"v1","kind":"Service","kind":null,"kind":{"a":1}}'},
  ]
  for (const {name, text} of oddObjects) {
    it(`${name}: not understood`, async () => {
      const source = await openText(text, 'a.json')
      expect((await read(source, 'services')).outcome.outcome).to.equal('not-understood')
    })
  }

  it('an Ingress of a group that is gone is said', async () => {
    const source = await openText('{"apiVersion":"extensions/v1beta1","kind":"Ingress","metadata":{"name":"a"}}', 'a.json')
    expect((await read(source, 'ingresses')).outcome.outcome).to.equal('not-understood')
  })

  it('strings of megabytes, names of megabytes, blocks that end anywhere', async () => {
    const long = 'x\\"'.repeat(1_000_000)
    const text = `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"a":"${long}"},"name":"a"}},{"apiVersion":"v1","kind":"Service","metadata":{"name":"${'n'.repeat(1_000_000)}"}},{"apiVersion":"v1","kind":"Service","metadata":{"name":"c"}}]}`
    const source = await openText(text, 'a.json')
    expect(source.problems).to.deep.equal([])
    expect((await read(source, 'services')).names.map(name => name.length)).to.deep.equal([2, 1_000_001, 2])
  })

  it('backslashes and quotes at every place of a block', async () => {
    for (let shift = 0; shift < 12; shift++) {
      const pad = ' '.repeat(256 * 1024 - 60 + shift)
      const source = await openText(`${pad}{"apiVersion":"v1","kind":"Service","metadata":{"name":"a\\\\\\"b\\\\"}}`, 'a.json')
      expect(source.problems).to.deep.equal([])
      expect((await read(source, 'services')).names).to.deep.equal(['/a\\"b\\'])
    }
  })

  for (const [name, text] of Object.entries({
    'blanks in front of a document': `${' '.repeat(300)}{apiVersion: v1, kind: Service, metadata: {name: a}}\n`,
    'blanks behind a marker': `---${' '.repeat(300)}{apiVersion: v1, kind: Service, metadata: {name: a}}\n`,
    'blanks behind a key named NOTES': `${SERVICE}---\nNOTES:${' '.repeat(300)}x\n`,
  })) {
    it(`${name} hide nothing`, async () => {
      const source = await openText(text)
      expect((await read(source, 'services')).names.length + source.problems.length).to.be.at.least(1)
    })
  }

  const small = {
    json: LIST,
    jsonl: '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"}}\n{"apiVersion":"v1","kind":"Service","metadata":{"name":"b"}}\n',
  }
  for (const [kind, text] of Object.entries(small)) {
    it(`${kind} cut off at every byte is never clean and never a crash`, async () => {
      const root = layOut({[`a.${kind}`]: text})
      const whole = readFileSync(join(root, `a.${kind}`))
      for (let length = 1; length < text.trimEnd().length; length++) {
        const source = await openText(whole.subarray(0, length), `a.${kind}`)
        const {names, outcome} = await read(source, 'services')
        // Between two lines of JSON lines nothing is cut: the rest is a whole file by itself.
        if (kind === 'jsonl' && [60, 61].includes(length)) expect(names).to.deep.equal(['/a'])
        else expect(outcome.outcome, `${length} bytes`).to.equal('not-understood')
        await source.source.close()
      }
    })
  }

  it('a long YAML list is read item by item, with the places of its items', async () => {
    const filler = 'x'.repeat(6000)
    const items = Array.from({length: 120}, (_, i) => `- apiVersion: v1\n  kind: Service\n  metadata:\n    annotations:\n      a: |\n        - kind: Pod\n        ${filler}\n    name: s${i}\n  spec:\n    externalIPs:\n    - 192.0.2.${i}\n`).join('')
    for (const indent of ['', '  ']) {
      const text = `apiVersion: v1\nitems:\n${items.replaceAll(/^/gm, indent).trimEnd()}\nkind: List\nmetadata:\n  resourceVersion: ""\n`
      const source = await openText(text)
      const {objects, places} = await read(source, 'services', {path: 'spec.externalIPs[0]'})
      expect(source.problems).to.deep.equal([])
      expect(objects).to.have.length(120)
      expect(places[0]).to.equal(`13:${7 + indent.length}`)
      expect(places[119]).to.equal(`${2 + 120 * 11}:${7 + indent.length}`)
    }
  })
})

function bomb(): string {
  const levels = Array.from({length: 10}, (_, i) => `  l${i}: &l${i} [${Array.from({length: 10}, () => (i === 0 ? 'x' : `*l${i - 1}`)).join(', ')}]\n`)
  return `${SERVICE}spec:\n${levels.join('')}`
}

function nestedLists(depth: number): string {
  return depth === 0 ? '{"apiVersion":"v1","kind":"Service"}' : `{"apiVersion":"v1","kind":"List","items":[${nestedLists(depth - 1)}]}`
}
