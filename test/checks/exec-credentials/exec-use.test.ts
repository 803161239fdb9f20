import {expect} from 'chai'
import {usesOfKubeconfig} from '../../../src/checks/exec-credentials/exec-use.js'
import {CATALOGUE} from '../../../src/trust/catalogue/catalogue.js'

const SECRET = 'hunter2-canary'

function textsOf(command: string, args: readonly string[]): string {
  const file = {
    apiVersion: 'v1', kind: 'Config', clusters: [{name: 'c', cluster: {server: 'https://a.example.com'}}], contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
    users: [{name: 'u', user: {exec: {apiVersion: 'client.authentication.k8s.io/v1', command, args, env: [{name: 'X', value: SECRET}], interactiveMode: 'Never'}}}],
  }
  return JSON.stringify(usesOfKubeconfig(Buffer.from(JSON.stringify(file)), 'data.config'))
}

describe('what is said of a kubeconfig out of a Secret', () => {
  const commands = ['./x', '/bin/sh', 'sh', 'kubectl', 'kubectl-oidc_login', ...CATALOGUE.flatMap(({names}) => names)]
  const calls: (readonly string[])[] = [[SECRET], ['-c', `echo ${SECRET}`], [`--password=${SECRET}`], ['--password', SECRET], [`-p${SECRET}`], [`-p=${SECRET}`], ['get-token', `${SECRET} with blanks`], [SECRET.repeat(40)], ['--', SECRET]]
  for (const command of new Set(commands))
    it(`${command}: no word of its arguments that may be a value`, () => {
      // kubectl's first word is the name of a plugin, and so of a program.
      for (const args of calls.filter(([first = '']) => command !== 'kubectl' || first.startsWith('-'))) expect(textsOf(command, args)).not.to.include(SECRET)
    })

  it('the program and its flags are named', () => expect(textsOf('/opt/x', ['get', '--profile=prod', 'a', 'b', '-n'])).to.include('would run \\"/opt/x … --profile=… … -n\\"'))
})
