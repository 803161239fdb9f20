import {expect} from 'chai'
import {renderYaml} from '../../src/adapters/yaml-text.js'
import {pathText} from '../../src/kubeconfig/node.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import {hideSecrets, printableJson} from '../../src/printable.js'
import {renderVerification} from '../../src/report/verification.js'
import {judgeEnv} from '../../src/trust/env-rules.js'
import {helpersNamed} from '../../src/trust/catalogue/catalogue.js'

const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\uffff]/

describe('hideSecrets', () => {
  const S = 'hush1234'
  const hidden = [
    `https://u:${S}@h/x`, `https://${S}@h/x`, `u:${S}@host`, `{"status":{"token":"${S}"}}`, `{"token" : "${S}"}`,
    `export AWS_SECRET_ACCESS_KEY=${S}; aws`, `--header=Authorization: Bearer ${S}`, `X-Vault-Token: ${S}`, `aws --secret-key ${S} x`,
    `PASSWORD='${S}'`, `https://h/?a=b&token=${S}`, `https://h/?sig=${S}`, `curl --token ${S}`, `k8s-aws-v1.${S}${S}`, `sha256~${S}${S}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${S}\n-----END`, `LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVk${S}`, `--db-password=${S}`,
  ]
  for (const text of hidden) it(`hides ${JSON.stringify(text)}`, () => expect([hideSecrets(text).includes(S), hideSecrets(text).includes('<redacted>')]).to.deep.equal([false, true]))

  const plain = [
    'aws eks get-token --cluster-name x', 'https://h.example:6443/k8s/clusters/c-1', '--token-cache-dir=/home/u/x', 'img:1@sha256:abc',
    'arn:aws:iam::1:role/a', 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==', 'git@github.com:a/b', 'https://[::1]:6443', '--oidc-extra-scope=email',
  ]
  for (const text of plain) it(`leaves ${text}`, () => expect(hideSecrets(text)).to.equal(text))

  it('takes no time over what an attacker would choose', () => {
    const started = Date.now()
    for (const piece of ['a://', 'token', '--x-token ', '-----BEGIN ', 'LS0tLS1CRUdJTi', 'a:', 'eyJ.', '"token"  ', 'a.']) hideSecrets(piece.repeat(100_000))
    expect(Date.now() - started).to.be.below(3000)
  })
})

describe('output', () => {
  const wild = 'a\u001b[31m\u009bx\u202e\ufeff\u{e0041}\u{1f600}"\\\nyes'

  it('is ASCII in JSON and YAML, and reads back the same', async () => {
    const value = {a: wild, b: ['yes', '0o17', '1_0', '~', '12:30', '<<', '', ' x', '# x'], c: 1, d: null, e: true}
    expect(printableJson(value)).to.not.match(RAW)
    expect(JSON.parse(printableJson(value))).to.deep.equal(value)
    const text = await renderYaml(value)
    expect(text).to.not.match(RAW)
    const read = readYaml(Buffer.from(text))
    if (!read.ok) throw new Error(read.failure.message)
    expect(JSON.parse(JSON.stringify(jsonOf(read.root)))).to.deep.equal(value)
  })

  it('names keys without their characters', () => expect(pathText(['users', 0, wild])).to.not.match(RAW))

  it('shows a resolved program without its characters', () => {
    const user = {name: 'u', file: '/f', verdict: 'unknown' as const, findings: [], plugin: {command: 'x', resolved: `/${wild}`, helper: null, args: [], env: [], by: null}}
    const verification = {verdict: 'unknown' as const, files: [], users: [user], contexts: [], findings: [], isComplete: true}
    expect(renderVerification(verification, {wide: true, width: 80, shorten: path => path})).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ufeff]/)
  })
})

describe('messages about variables', () => {
  const rows = [['AWS_PAGER', 'aws'], ['AWS_REGION', 'aws'], ['OS_AUTH_URL', 'client-keystone-auth'], ['KOPS_STATE_STORE', 'kops'], ['TELEPORT_PROXY', 'tsh'], ['SCW_CONFIG_PATH', 'scw']] as const
  for (const [name, helper] of rows) {
    for (const value of ['u:hush@/ x', 'http://hush', 'hush@x/'])
      it(`hold no value of ${name}: ${value}`, () => {
        const {reasons} = judgeEnv([{name, value}], helpersNamed(helper), {platform: 'linux', home: '/home/u', server: undefined})
        expect(reasons.map(reason => reason.message).join()).to.not.contain('hush')
      })
  }
})
