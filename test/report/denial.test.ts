import {expect} from 'chai'
import {mergeKubeconfigs, select} from '../../src/kubeconfig/select.js'
import {denialLines} from '../../src/report/denial.js'
import {questionText, shortQuestion} from '../../src/report/trust-question.js'
import type {ContextJudgement} from '../../src/trust/judge-context.js'
import {judgeContext} from '../../src/trust/judge-context.js'
import {caData, judgeInput, kubeconfigOf} from '../trust/declared-files.js'
import {declaredWorld} from '../trust/declared-world.js'

function judge(user: string, cluster = `server: https://h, certificate-authority-data: ${caData('a')}`, file = '/home/user/work/config'): ContextJudgement {
  const config = kubeconfigOf(`current-context: k
contexts: [{name: k, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {${cluster}}}]
users:
- name: u
  user: {${user}}`, file)
  return judgeContext(select(mergeKubeconfigs([config]), {}), {}, judgeInput(declaredWorld([{path: '/opt/helper'}, {path: '/usr/local/bin/sh'}])))
}

describe('denialLines', () => {
  it('says who would run what for whom, where it stands, why, and what to type', () => {
    const lines = denialLines(judge('exec: {apiVersion: client.authentication.k8s.io/v1, command: /opt/helper, args: [login, --password, hush]}'), '0123456789ab')
    expect(lines[0]).to.equal('denied: user "u" would run "/opt/helper" "login" "--password" "<redacted>" for https://h')
    expect(lines).to.include('/home/user/work/config:6:71: users[0].user.exec.command')
    expect(lines.at(-1)).to.equal('to allow exactly this: kubectl k121 kubeconfig trust --id 0123456789ab')
  })

  it('leaves out what could be decided where something is refused', () => {
    const lines = denialLines(judge('exec: {command: sh, args: [-c, id]}'), null)
    expect(lines[0]).to.match(/^refused: /)
    expect(lines.join('\n')).to.include('shell-inline-code').and.not.include('server-not-listed').and.not.include('trust --id')
  })

  it('shows five reasons at most', () => {
    const env = Array.from({length: 12}, (_, index) => `{name: LD_PRELOAD${index === 0 ? '' : index}, value: /x}`).join(', ')
    const lines = denialLines(judge(`exec: {command: sh, args: [-c, "id\\u202e", "\\e", "\\u009b", "\\a"], env: [{name: LD_PRELOAD, value: x}, {name: LD_LIBRARY_PATH, value: x}, {name: BASH_ENV, value: x}, ${env}]}`), null)
    expect(lines.length).to.be.lessThan(14)
    expect(lines.join('\n')).to.match(/and \d+ more: kubectl k121 kubeconfig verify/)
  })

  const evil = '\\e]0;x\\a\\u009b31m\\u202e'
  const hostile: [name: string, judgement: () => ContextJudgement][] = [
    ['a command', () => judge(`exec: {command: "/opt/${evil}", args: ["${evil}"], env: [{name: "${evil}", value: "${evil}"}]}`)],
    ['a server', () => judge('exec: {command: /opt/helper}', `server: "https://${evil}", proxy-url: "${evil}", tls-server-name: "${evil}"`)],
    ['a file name', () => judge('exec: {command: /opt/helper}', undefined, '/home/user/\u001b]0;x\u0007\u009b31m\u202e/config')],
    ['paths', () => judge(`tokenFile: "${evil}", client-certificate: "${evil}", client-key: "${evil}"`, `server: https://h, certificate-authority: "${evil}"`)],
  ]
  for (const [name, judgement] of hostile) {
    it(`prints ${name} so that no terminal obeys it`, () => {
      // oxlint-disable-next-line no-control-regex
      const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/
      for (const line of denialLines(judgement(), '0123456789ab')) expect(line).to.not.match(raw).and.not.include('\n')
      expect(questionText({judgement: judgement(), contexts: ['k\u001b'], digest: null})).to.not.match(raw)
    })
  }
})

describe('both questions', () => {
  it('name what TLS proves where it is not the host of the server', () => {
    const judgement = judge('exec: {apiVersion: client.authentication.k8s.io/v1, command: /opt/helper}', 'server: https://h, tls-server-name: evil.example')
    expect(questionText({judgement, contexts: ['k'], digest: null})).to.match(/^TLS name   "evil.example"$/m)
    expect(shortQuestion(judgement)).to.include('k121: TLS name "evil.example"')
  })
})
