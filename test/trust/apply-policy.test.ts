import {expect} from 'chai'
import {createHash} from 'node:crypto'
import {applyDecision, applyPolicy} from '../../src/trust/apply-policy.js'
import type {PolicyVerdict} from '../../src/trust/apply-policy.js'
import type {Decision} from '../../src/trust/decisions.js'
import {judgePlugin} from '../../src/trust/judge.js'
import {parsePolicy} from '../../src/trust/policy.js'
import type {Family, Grade, Reason} from '../../src/trust/reason.js'
import type {DeclaredProgram, Stanza} from './declared-world.js'
import {declaredWorld, place, pluginOf} from './declared-world.js'
import {declaredFiles} from './declared-files.js'

const FILES = {'/opt/tools/helper': 'binary', '/usr/local/bin/aws': 'aws binary'}
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

interface World {
  programs?: readonly DeclaredProgram[]
}

function apply(stanza: Stanza, entries: string, {programs = []}: World = {}): PolicyVerdict {
  const policy = parsePolicy(Buffer.from(`apiVersion: k121.dev/v1\nkind: TrustPolicy\nplugins:\n${entries}`))
  if (!policy.ok) throw new Error(policy.failure.message)
  const world = declaredWorld([{path: '/opt/tools/helper'}, {path: '/usr/local/bin/helper'}, {path: '/usr/local/bin/kubectl-mine'}, ...programs])
  const plugin = pluginOf(stanza)
  return applyPolicy(plugin, judgePlugin(plugin, world), policy.policy, declaredFiles(FILES))
}

const HELPER = {command: '/opt/tools/helper', args: ['login']}
const AWS = {command: 'aws', args: ['eks', 'get-token', '--cluster-name', 'x']}
const AWS_SHELL = {command: 'aws', args: ['eks', 'get-token', '--cluster-name', '$(id)']}

describe('applyPolicy', () => {
  const rows: [name: string, stanza: Stanza, entries: string, verdict: PolicyVerdict['verdict'], by: PolicyVerdict['by'], world?: World][] = [
    ['nobody vouches', HELPER, '', 'unknown', null],
    ['the catalogue vouches', AWS, '', 'trusted', 'catalogue'],
    ['an absolute path, any arguments', HELPER, '- {command: /opt/tools/helper, args: any}', 'trusted', 'entry'],
    ['an absolute path, the exact arguments', HELPER, '- {command: /opt/tools/helper, args: [login]}', 'trusted', 'entry'],
    ['other arguments', HELPER, '- {command: /opt/tools/helper, args: [logout]}', 'unknown', null],
    ['one argument more', HELPER, '- {command: /opt/tools/helper, args: [login, x]}', 'unknown', null],
    ['another program of the name', {command: 'helper', args: ['login']}, '- {command: /opt/tools/helper, args: any}', 'unknown', null],
    ['a bare name found through PATH', {command: 'helper'}, '- {command: helper, args: any}', 'trusted', 'entry'],
    ['a bare entry says nothing about a path', HELPER, '- {command: helper, args: any}', 'unknown', null],
    ['an absolute entry for what PATH finds', {command: 'helper'}, '- {command: /usr/local/bin/helper, args: any}', 'trusted', 'entry'],
    ['two entries never add up', HELPER, '- {command: /opt/tools/helper, args: [x]}\n- {command: helper, args: any}', 'unknown', null],
    ['the second entry fits', HELPER, '- {command: /opt/tools/helper, args: [x]}\n- {command: /opt/tools/helper, args: any}', 'trusted', 'entry'],
    ['an entry that does not fit keeps a known helper from the catalogue', AWS, '- {command: aws, args: [other]}', 'trusted', 'catalogue'],
    ['the digest fits', HELPER, `- {command: /opt/tools/helper, args: any, sha256: ${digest('binary')}}`, 'trusted', 'entry'],
    ['the digest does not fit', HELPER, `- {command: /opt/tools/helper, args: any, sha256: ${digest('other')}}`, 'dangerous', null],
    ['a digest of what cannot be read', {command: 'helper'}, `- {command: helper, args: any, sha256: ${digest('binary')}}`, 'dangerous', null],
    ['shell syntax in arguments of a known helper', AWS_SHELL, '- {command: aws}', 'unknown', null],
    ['a listed variable', {...HELPER, env: [{name: 'TOOL_HOME', value: 'x'}]}, '- {command: /opt/tools/helper, args: any, env: [TOOL_HOME]}', 'trusted', 'entry'],
    ['a variable that is not listed', {...HELPER, env: [{name: 'TOOL_HOME', value: 'x'}]}, '- {command: /opt/tools/helper, args: any}', 'unknown', null],
    ['a loader variable, though listed', {...HELPER, env: [{name: 'LD_PRELOAD', value: '/x.so'}]}, '- {command: /opt/tools/helper, args: any, env: [LD_PRELOAD]}', 'dangerous', null],
    ['a deceptive name, though listed', {command: '/opt/tools/h\u0435lper'}, '- {command: "/opt/tools/h\\u0435lper", args: any}', 'dangerous', null, {programs: [{path: '/opt/tools/h\u0435lper'}]}],
    ['a place that everybody may write, though listed', HELPER, '- {command: /opt/tools/helper, args: any}', 'dangerous', null, {programs: [{path: '/opt/tools/helper', places: [place({path: '/opt/tools', worldWritable: true})]}]}],
    ['a shared place, listed', HELPER, '- {command: /opt/tools/helper, args: any}', 'trusted', 'entry', {programs: [{path: '/opt/tools/helper', places: [place({path: '/tmp', sticky: true})]}]}],
    ['a shell by its absolute path does not vouch for code', {command: '/bin/sh', args: ['-c', 'id']}, '- {command: /bin/sh}', 'dangerous', null, {programs: [{path: '/bin/sh'}]}],
    ['a shell with exactly this code', {command: '/bin/sh', args: ['-c', 'id']}, '- {command: /bin/sh, args: [-c, id]}', 'trusted', 'entry', {programs: [{path: '/bin/sh'}]}],
    ['kubectl does not vouch for its plugins', {command: 'kubectl', args: ['mine']}, '- {command: kubectl}', 'unknown', null],
    ['the plugin that kubectl finds, with exactly these words', {command: 'kubectl', args: ['mine']}, '- {command: /usr/local/bin/kubectl-mine, args: [mine]}', 'trusted', 'entry'],
    ['another plugin than the listed one', {command: 'kubectl', args: ['mine']}, '- {command: /opt/tools/helper, args: any}', 'unknown', null],
    ['a known helper with another digest', AWS, `- {command: /usr/local/bin/aws, sha256: ${digest('other')}}`, 'dangerous', null],
    ['a known helper with its digest', AWS, `- {command: /usr/local/bin/aws, sha256: ${digest('aws binary')}}`, 'trusted', 'entry'],
    ['one of two digests', AWS, `- {command: aws, sha256: ${digest('other')}}\n- {command: aws, sha256: ${digest('aws binary')}}`, 'trusted', 'entry'],
    ['an absolute launcher does not vouch for the call it starts', {command: 'aws-vault', args: ['exec', 'dev', '--', 'aws', 'iam', 'create-access-key']}, '- {command: /usr/local/bin/aws-vault}', 'unknown', null],
    ['an exact list vouches for the whole line', {command: 'aws-vault', args: ['exec', 'dev', '--', 'aws', 'x']}, '- {command: /usr/local/bin/aws-vault, args: [exec, dev, --, aws, x]}', 'trusted', 'entry'],
    ['a launcher does not vouch for what it starts', {command: 'aws-vault', args: ['exec', 'dev', '--', 'helper', 'login']}, '- {command: aws-vault}', 'unknown', null],
    ['a program that is not there', {command: 'nowhere'}, '- {command: nowhere, args: any}', 'unknown', null],
  ]
  for (const [name, stanza, entries, verdict, by, world] of rows) {
    it(name, () => {
      const applied = apply(stanza, entries, world)
      expect([applied.verdict, applied.by], JSON.stringify(applied.reasons.map(({id}) => id))).to.deep.equal([verdict, by])
    })
  }

  it('sends the token where the entry says, not where the vendor does', () => {
    const servers = (entries: string): string[] => apply(AWS, entries).servers.map(({pattern}) => pattern.text)
    expect(servers('')).to.include('https://*.eks.amazonaws.com')
    expect(servers('- {command: aws, servers: ["https://mine"]}')).to.deep.equal(['https://mine'])
    expect(servers('- {command: aws}')).to.deep.equal(servers(''))
  })
})

describe('applyDecision', () => {
  const families: Family[] = ['unlisted', 'place', 'grammar', 'characters', 'lookup', 'program', 'env', 'field', 'loader', 'deception']
  const reason = (family: Family, grade: Grade, id = 'x'): Reason => ({id, family, grade, path: [], message: '', remediation: ''})
  const lifts = (one: Reason, dangerous?: boolean): boolean => applyDecision([one], {dangerous} as Decision).length === 0

  for (const family of families) {
    const isNever = family === 'loader' || family === 'deception'
    it(`${family}: ${isNever ? 'never' : 'warn by a decision, block by --dangerous only'}`, () => {
      expect([lifts(reason(family, 'warn')), lifts(reason(family, 'block')), lifts(reason(family, 'block'), true)]).to.deep.equal(isNever ? [false, false, false] : [true, false, true])
    })
  }

  for (const id of ['program-not-found', 'digest-mismatch']) it(`never: ${id}`, () => expect(lifts(reason('program', 'warn', id), true)).to.equal(false))
  it('keeps what is only worth a word', () => expect(lifts(reason('place', 'info'), true)).to.equal(false))
})
