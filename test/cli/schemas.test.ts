import {expect} from 'chai'
import {readFileSync, readdirSync} from 'node:fs'
import {parse} from 'yaml'
import {parsePolicy} from '../../src/trust/policy.js'
import type {Schema} from '../support/json-schema.js'
import {violations} from '../support/json-schema.js'
import {runProcess} from '../support/run-process.js'
import type {World} from '../support/world.js'
import {GUARD, createWorld} from '../support/world.js'

const schemaOf = (name: string): Schema => JSON.parse(readFileSync(`docs/schemas/${name}.json`, 'utf8')) as Schema
const SAMPLES = 'samples/kubeconfigs'

async function verify(world: World, file: string): Promise<Record<string, unknown>> {
  const {stdout} = await runProcess(process.execPath, [GUARD, 'kubeconfig', 'verify', file, '-o', 'json'], {env: world.env, cwd: process.cwd()})
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('docs/schemas/kubeconfig-verification.json', () => {
  const schema = schemaOf('kubeconfig-verification')
  let world: World
  before(() => {
    world = createWorld('')
    world.script('aws', 'exit 1')
    world.file('bad.yaml', 'users: [\n')
    world.file('empty.yaml', '')
  })
  after(() => world.close())

  for (const name of readdirSync(SAMPLES)) {
    it(`describes the output for ${name}`, async () => {
      const document = await verify(world, `${SAMPLES}/${name}`)
      expect(violations(schema, document)).to.deep.equal([])
      expect(document['users']).to.have.length(1)
    })
  }

  for (const name of ['bad.yaml', 'empty.yaml', 'missing.yaml']) {
    it(`describes the output for ${name}`, async () => expect(violations(schema, await verify(world, `${world.root}/${name}`))).to.deep.equal([]))
  }

  it('notices a field that it does not name, a missing one and a word of no list', async () => {
    const document = await verify(world, `${SAMPLES}/1-classic.yaml`)
    expect(violations(schema, {...document, more: 1})).to.deep.equal(['$ has the unknown key more'])
    expect(violations(schema, {...document, users: undefined})).to.have.length(1)
    expect(violations(schema, {...document, verdict: 'fine'})).to.have.length(1)
    const {files, ...rest} = document
    expect(files).to.be.an('array')
    expect(violations(schema, rest)).to.deep.equal(['$ lacks files'])
  })
})

const HEAD = 'apiVersion: k121.dev/v1\nkind: TrustPolicy\n'
const HEX = 'a'.repeat(64)

/** Rows on which the schema and the program must agree. */
const POLICIES: readonly [text: string, isValid: boolean][] = [
  ['', true],
  ['credentialPluginPolicy: DenyAll\ncatalogue: false\n', true],
  ['plugins: []\n', true],
  ['plugins: [{command: aws}]\n', true],
  [`plugins: [{command: /opt/aws, args: any, env: [AWS_PROFILE], servers: ["https://a.example", {url: "https://*.b.example", ca: system}], sha256: ${HEX}}]\n`, true],
  [`plugins: [{command: /opt/aws, args: [a, b], servers: [{url: "https://a.example:6443", ca: "sha256:${HEX}"}]}]\n`, true],
  ['credentialPluginPolicy: allowlist\n', false],
  ['catalogue: maybe\n', false],
  ['catalog: true\n', false],
  ['plugins: [{}]\n', false],
  ['plugins: [{command: ./aws}]\n', false],
  ['plugins: [{command: aws, args: some}]\n', false],
  ['plugins: [{command: aws, env: [A=B]}]\n', false],
  ['plugins: [{command: aws, sha256: abc}]\n', false],
  ['plugins: [{command: aws, servers: ["http://a.example"]}]\n', false],
  ['plugins: [{command: aws, servers: [{url: "https://a.example", ca: "md5:1"}]}]\n', false],
  ['plugins: [{command: aws, servers: [{url: "https://a.example", fingerprint: x}]}]\n', false],
]

describe('docs/schemas/audit-report.json', () => {
  const schema = schemaOf('audit-report')
  let world: World
  before(() => {
    world = createWorld('')
  })
  after(() => world.close())

  const inputs: [files: string, holds: string][] = [
    ['samples/workloads', '"workloads": ['],
    ['samples/cluster', '"road":"labels"'],
  ]
  for (const [files, holds] of inputs)
    it(`describes all that an audit of ${files} says`, async () => {
      const {stdout} = await runProcess(process.execPath, [GUARD, 'audit', '-f', files, '--full', '-o', 'json'], {env: world.env, cwd: process.cwd()})
      expect(stdout).to.include(holds)
      expect(violations(schema, JSON.parse(stdout))).to.deep.equal([])
    }).timeout(20_000)
})

describe('docs/schemas/trust-policy.json', () => {
  const schema = schemaOf('trust-policy')
  for (const [text, isValid] of POLICIES) {
    it(`${isValid ? 'takes' : 'refuses'}, like the program: ${text.trim() || 'nothing but the head'}`, () => {
      expect(parsePolicy(Buffer.from(HEAD + text)).ok, 'the program').to.equal(isValid)
      expect(violations(schema, parse(HEAD + text)).length === 0, 'the schema').to.equal(isValid)
    })
  }

  it("takes the README's example", () => {
    const example = /```yaml\n(apiVersion: k121\.dev[\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? ''
    expect(parsePolicy(Buffer.from(example))).to.have.property('ok', true)
    expect(violations(schema, parse(example))).to.deep.equal([])
  })
})
