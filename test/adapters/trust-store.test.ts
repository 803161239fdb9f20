import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, lstatSync, writeFileSync, chmodSync, mkdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {addToPolicy} from '../../src/adapters/policy-writer.js'
import {decide, loadDecisions, pendingUse} from '../../src/adapters/trust-store.js'
import type {Pin} from '../../src/trust/decisions.js'
import {parsePolicy} from '../../src/trust/policy.js'

const pin = (more: Partial<Pin> = {}): Pin => ({
  command: 'x', path: '/opt/x', args: [], env: [], script: null, file: '/f', user: 'u', server: 'https://h.example', ca: ['system'], proxyUrl: '', tlsServerName: '', ...more,
})

describe('trust store', () => {
  let root: string
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'k121-')) })
  afterEach(() => rmSync(root, {recursive: true, force: true}))

  /** A process of its own that decides `count` times, named `name`. */
  const writer = (name: string, count: number) => spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', `
    import {decide} from ${JSON.stringify(pathToFileURL(resolve('src/adapters/trust-store.ts')).href)}
    for (let i = 0; i < ${count}; i++) { decide(${JSON.stringify(root)}, {id: '${name}-' + i, date: '', pin: ${JSON.stringify(pin())}}); process.stdout.write('${name}-' + i + '\\n') }
  `], {stdio: ['ignore', 'pipe', 'inherit']})

  const finished = (child: ReturnType<typeof writer>): Promise<string[]> => new Promise(done => {
    let text = ''
    child.stdout?.on('data', chunk => { text += String(chunk) })
    child.on('close', () => done(text.split('\n').filter(line => line !== '')))
  })

  it('keeps what every writer was told is kept, also when writers are killed', async function () {
    this.timeout(60_000)
    const steady = ['a', 'b', 'c'].map(name => finished(writer(name, 30)))
    const killed = ['d', 'e', 'f'].map(name => {
      const child = writer(name, 1000)
      setTimeout(() => child.kill('SIGKILL'), 700 + Math.random() * 1500)
      return finished(child)
    })
    const told = (await Promise.all([...steady, ...killed])).flat()
    const kept = new Set(loadDecisions(root).decisions.map(decision => decision.id))
    expect(told.filter(id => !kept.has(id))).to.deep.equal([])
    decide(root, {id: 'last', date: '', pin: pin()})
    expect(readdirSync(root).filter(name => name.includes('.lock'))).to.deep.equal([])
  })

  for (const [name, lock] of [['of a process that is gone', '4194304'], ['left empty long ago', '']] as const) {
    it(`takes over a lock ${name}`, function () {
      const path = join(root, 'decisions.json.lock')
      writeFileSync(path, lock)
      if (lock === '') this.timeout(10_000)
      decide(root, {id: 'x', date: '', pin: pin()})
      expect(loadDecisions(root).decisions.map(decision => decision.id)).to.deep.equal(['x'])
    })
  }

  for (const text of ['{', '[]', 'null', '{"files":[1],"flags":{}}', '{"files":["/f"]}', '{"files":["/f"],"flags":{"user":1}}'])
    it(`takes a damaged note of a refused use for none: ${text}`, () => {
      mkdirSync(join(root, 'pending'))
      writeFileSync(join(root, 'pending/0123456789ab.json'), text)
      expect(pendingUse(root, '0123456789ab')).to.equal(null)
    })

  describe('sharing', () => {
    const HEAD = '# ours\napiVersion: k121.dev/v1\nkind: TrustPolicy\ncatalogue: yes # on\n'
    const OLD = `${HEAD}plugins:\n  # the old one\n  - command: /opt/o\n    args: ['on', "0o17"] # odd\n    servers: [https://o.example]\n`

    it('keeps comments, links, modes and everything else, and writes words that read back', async () => {
      const [real, link] = [join(root, 'real.yaml'), join(root, 'trust.yaml')]
      writeFileSync(real, OLD)
      chmodSync(real, 0o644)
      symlinkSync(real, link)
      const args = ['yes', 'on', '0o17', '1_0', '~', '<<', '12:30', '', ' x', '# x', 'a\nb', '\u001b\u{1f600}é', '*a', '&a', '- x', '=']
      await addToPolicy(link, pin({args}))
      const text = readFileSync(real, 'utf8')
      expect(lstatSync(link).isSymbolicLink()).to.equal(true)
      expect(lstatSync(real).mode & 0o777).to.equal(0o644)
      for (const comment of ['# ours', '# on', '# the old one', '# odd']) expect(text).to.contain(comment)
      const read = parsePolicy(Buffer.from(text))
      if (!read.ok) throw new Error(read.failure.message)
      expect(read.policy.plugins.map(entry => entry.args)).to.deep.equal([['on', '0o17'], args])
    })

    it('loses no entry of several who share at once', async () => {
      const file = join(root, 'trust.yaml')
      await Promise.all(Array.from({length: 8}, (_, index) => addToPolicy(file, pin({args: [String(index)]}))))
      expect(readFileSync(file, 'utf8').match(/command/g)).to.have.length(8)
    })

    const refused: [string, string, Pin][] = [
      ['a stored credential', HEAD, pin({command: ''})],
      ['a file that is not a policy', 'kind: Other\n', pin()],
      ['a server without TLS', HEAD, pin({server: 'http://h'})],
    ]
    for (const [what, before, use] of refused) {
      it(`writes nothing for ${what}`, async () => {
        const file = join(root, 'trust.yaml')
        writeFileSync(file, before)
        const failure = await addToPolicy(file, use).catch((error: unknown) => error)
        expect(failure).to.have.property('name', 'UsageError')
        expect(readFileSync(file, 'utf8')).to.equal(before)
      })
    }
  })
})
