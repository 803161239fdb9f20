import {expect} from 'chai'
import type {Choice} from '../../src/kubeconfig/select.js'
import {mergeKubeconfigs, select} from '../../src/kubeconfig/select.js'
import type {Decision} from '../../src/trust/decisions.js'
import {NO_DECISIONS} from '../../src/trust/decisions.js'
import type {ConnectionFlags, ContextJudgement, JudgeInput} from '../../src/trust/judge-context.js'
import {judgeContext} from '../../src/trust/judge-context.js'
import {pinId} from '../../src/trust/pin.js'
import {DEFAULT_POLICY} from '../../src/trust/policy.js'
import {caData, declaredFiles, fingerprint, judgeInput, kubeconfigOf, NOW, pem} from './declared-files.js'
import {declaredWorld} from './declared-world.js'

const EKS = 'https://abc.gr7.eu-west-1.eks.amazonaws.com'
const AWS = 'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, get-token, --cluster-name, x]}'
const MINE = 'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /opt/helper}'
const WORLD = declaredWorld([{path: '/opt/helper'}])
const data = (name = 'a'): string => `certificate-authority-data: ${caData(name)}`

interface Row {
  name: string
  user?: string
  cluster?: string
  /** Where the cluster stands, if not in the user's file. */
  clusterFile?: string
  context?: string
  flags?: ConnectionFlags & Choice
  input?: Partial<JudgeInput>
  bearing: ContextJudgement['bearing']
  ids: string[]
}

function judge({user = 'token: t', cluster = `server: https://h, ${data()}`, clusterFile, context = '{cluster: c, user: u}', flags = {}, input = {}}: Omit<Row, 'name' | 'bearing' | 'ids'>): ContextJudgement {
  const [clusters, rest] = [`clusters: [{name: c, cluster: {${cluster}}}]`, `current-context: k\ncontexts: [{name: k, context: ${context}}]\nusers: [{name: u, user: {${user}}}]`]
  const files = clusterFile === undefined ? [kubeconfigOf(`${clusters}\n${rest}`)] : [kubeconfigOf(rest), kubeconfigOf(clusters, clusterFile)]
  return judgeContext(select(mergeKubeconfigs(files), flags), flags, judgeInput({...WORLD, ...input}))
}

describe('judgeContext', () => {
  const rows: Row[] = [
    {name: 'a token and its server in one file', bearing: 'pass', ids: []},
    {name: 'a client certificate', user: 'client-certificate-data: YQ==, client-key-data: YQ==', bearing: 'pass', ids: []},
    {name: 'a known helper at its vendor\'s server', user: AWS, cluster: `server: ${EKS}, ${data()}`, bearing: 'pass', ids: []},
    {name: 'a known helper at another server', user: AWS, bearing: 'ask', ids: ['server-not-listed']},
    {name: 'a known helper, TLS unproved', user: AWS, cluster: `server: ${EKS}, insecure-skip-tls-verify: true`, bearing: 'refuse', ids: ['insecure-tls']},
    {name: 'a known helper, TLS unproved by a flag', user: AWS, cluster: `server: ${EKS}, ${data()}`, flags: {insecureSkipTlsVerify: 'true'}, bearing: 'refuse', ids: ['insecure-tls']},
    {name: 'a known helper, sent elsewhere by --server', user: AWS, cluster: `server: ${EKS}, ${data()}`, flags: {server: 'https://evil'}, bearing: 'ask', ids: ['server-not-listed']},
    {name: 'an unlisted program', user: MINE, bearing: 'ask', ids: ['unlisted-program', 'server-not-listed']},
    {name: 'a shell', user: 'exec: {command: sh, args: [-c, id]}', input: declaredWorld([{path: '/usr/local/bin/sh'}]), bearing: 'refuse', ids: ['shell-inline-code']},
    {name: 'DenyAll', user: AWS, cluster: `server: ${EKS}, ${data()}`, input: {policy: {...DEFAULT_POLICY, mode: 'DenyAll'}}, bearing: 'refuse', ids: ['policy-deny-all']},
    {name: 'AllowAll lets an unknown program pass, to any server', user: MINE, input: {policy: {...DEFAULT_POLICY, mode: 'AllowAll'}}, bearing: 'pass', ids: ['unlisted-program']},
    {name: 'AllowAll lifts nothing dangerous', user: 'exec: {command: sh, args: [-c, id]}', input: {...declaredWorld([{path: '/usr/local/bin/sh'}]), policy: {...DEFAULT_POLICY, mode: 'AllowAll'}}, bearing: 'refuse', ids: ['shell-inline-code']},
    {name: 'AllowAll proves no server', user: MINE, cluster: 'server: https://h, insecure-skip-tls-verify: true', input: {policy: {...DEFAULT_POLICY, mode: 'AllowAll'}}, bearing: 'refuse', ids: ['insecure-tls']},
    {name: 'a token for a server of another file', clusterFile: '/home/user/work/other', bearing: 'ask', ids: ['mixed-provenance']},
    {name: 'a known helper for its vendor\'s server in another file, under the system\'s authorities', user: AWS, cluster: `server: ${EKS}`, clusterFile: '/home/user/work/other', bearing: 'pass', ids: ['mixed-provenance']},
    {name: 'a certificate for a server of another file', user: 'client-certificate-data: YQ==, client-key-data: YQ==', clusterFile: '/home/user/work/other', bearing: 'pass', ids: ['mixed-provenance']},
    {name: 'a token that a person sends elsewhere', flags: {server: 'https://typed'}, clusterFile: '/home/user/work/other', bearing: 'pass', ids: []},
    {name: 'a server that reads two ways', cluster: 'server: "https://a@b"', bearing: 'refuse', ids: ['server-url-ambiguous']},
    {name: 'plain http', cluster: 'server: http://h', bearing: 'pass', ids: ['plain-http-server']},
    {name: 'a proxy', cluster: `server: https://h, ${data()}, proxy-url: "http://p:1"`, bearing: 'pass', ids: ['proxy-url']},
    {name: 'a proxy with a password', cluster: `server: https://h, ${data()}, proxy-url: "http://u:p@p:1"`, bearing: 'refuse', ids: ['proxy-url-ambiguous']},
    {name: 'a password prompt', user: '', bearing: 'refuse', ids: ['password-prompt']},
    {name: 'a password alone is no credential', user: 'password: p', bearing: 'refuse', ids: ['password-prompt']},
    {name: 'a user that is not there', context: '{cluster: c, user: nobody}', bearing: 'refuse', ids: ['password-prompt']},
    {name: 'a token on the command line in place of a user', user: '', flags: {token: 't'}, bearing: 'pass', ids: []},
    {name: 'an authority twice', cluster: `server: https://h, ${data()}, certificate-authority: ca.crt`, input: {files: declaredFiles({'/home/user/work/ca.crt': pem('a')})}, bearing: 'refuse', ids: ['ca-twice']},
    {name: 'an authority beside', cluster: 'server: https://h, certificate-authority: ca.crt', input: {files: declaredFiles({'/home/user/work/ca.crt': pem('a')})}, bearing: 'pass', ids: []},
    {name: 'an authority elsewhere', cluster: 'server: https://h, certificate-authority: /etc/ca.crt', input: {files: declaredFiles({'/etc/ca.crt': pem('a')})}, bearing: 'pass', ids: ['ca-file-elsewhere']},
    {name: 'an authority that is not there', cluster: 'server: https://h, certificate-authority: ca.crt', bearing: 'refuse', ids: ['ca-unreadable']},
    {name: 'a token file elsewhere', user: 'tokenFile: /etc/shadow', input: {files: declaredFiles({'/etc/shadow': 'x'})}, bearing: 'refuse', ids: ['token-file-elsewhere']},
    {name: 'a name that a terminal obeys', context: '{cluster: c, user: u, namespace: "a\\e[31m"}', bearing: 'refuse', ids: ['deceptive-text']},
    {name: 'the oidc door', user: 'auth-provider: {name: oidc}', bearing: 'refuse', ids: ['auth-provider-writes-back']},
  ]
  for (const {name, bearing, ids, ...row} of rows) {
    it(`${bearing}: ${name}`, () => {
      const judgement = judge(row)
      // Of a refusal, what refuses; else everything that a table shows.
      const shown = judgement.findings.filter(finding => (bearing === 'refuse' ? finding.bearing === 'refuse' : finding.severity !== 'info'))
      expect([judgement.bearing, shown.map(({id}) => id)]).to.deep.equal([bearing, ids])
    })
  }

  it('says on every run what AllowAll means', () => {
    expect(judge({user: MINE, input: {policy: {...DEFAULT_POLICY, mode: 'AllowAll'}}}).notices).to.have.length(1)
    expect(judge({user: MINE}).notices).to.deep.equal([])
  })

  it('remembers the authority of an allowed server at first use, and asks when it changes', () => {
    const cluster = `server: ${EKS}, ${data()}`
    const first = judge({user: AWS, cluster})
    expect(first.record).to.deep.equal({server: EKS, ca: [fingerprint('a')]})
    const servers = [{...first.record as {server: string; ca: string[]}, date: NOW}]
    expect(judge({user: AWS, cluster, input: {decisions: {...NO_DECISIONS, servers}}})).to.include({bearing: 'pass', record: null})
    const changed = judge({user: AWS, cluster: `server: ${EKS}, ${data('b')}`, input: {decisions: {...NO_DECISIONS, servers}}})
    expect([changed.bearing, changed.findings.map(({id}) => id)]).to.deep.equal(['ask', ['ca-changed']])
  })

  describe('with a decision', () => {
    const decided = (row: Parameters<typeof judge>[0], more: Partial<Decision> = {}): ContextJudgement => {
      const {pin} = judge(row)
      if (pin === null) throw new Error('nothing to pin')
      return judge({...row, input: {...row.input, decisions: {...NO_DECISIONS, decisions: [{id: pinId(pin), date: NOW, pin, ...more}]}}})
    }
    const shell = {user: 'exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: [-c, id]}', input: declaredWorld([{path: '/usr/local/bin/sh'}])}

    it('an unlisted program passes', () => expect(decided({user: MINE})).to.include({bearing: 'pass'}))
    it('not after it has expired', () => expect(decided({user: MINE}, {expires: NOW})).to.include({bearing: 'ask', decision: null}))
    it('a mixed pair passes', () => expect(decided({clusterFile: '/home/user/work/other'})).to.include({bearing: 'pass'}))
    it('a shell stays refused', () => expect(decided(shell).bearing).to.equal('refuse'))
    it('unless it was decided with --dangerous', () => expect(decided(shell, {dangerous: true}).bearing).to.equal('pass'))
    it('DenyAll is stronger', () => expect(decided({user: MINE, input: {policy: {...DEFAULT_POLICY, mode: 'DenyAll'}}}).bearing).to.equal('refuse'))
    it('a token file elsewhere stays refused', () => {
      const files = declaredFiles({'/etc/shadow': 'x'})
      expect(decided({user: 'tokenFile: /etc/shadow', input: {files}}, {dangerous: true}).bearing).to.equal('refuse')
    })
    it('is about this server only', () => {
      const {pin} = judge({user: MINE})
      if (pin === null) throw new Error('nothing to pin')
      const decisions = {...NO_DECISIONS, decisions: [{id: pinId(pin), date: NOW, pin}]}
      expect(judge({user: MINE, cluster: `server: https://i, ${data()}`, input: {decisions}}).bearing).to.equal('ask')
      expect(judge({user: MINE, flags: {server: 'https://i'}, input: {decisions}}).bearing).to.equal('ask')
      expect(judge({user: MINE, cluster: `server: https://h, ${data('b')}`, input: {decisions}}).bearing).to.equal('ask')
    })
  })
})
