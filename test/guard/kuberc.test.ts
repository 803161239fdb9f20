import {expect} from 'chai'
import type {Kuberc} from '../../src/guard/kuberc.js'
import {isAllowedByKuberc, parseKuberc} from '../../src/guard/kuberc.js'

const HEAD = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n'

function kuberc(body: string): Kuberc {
  const result = parseKuberc(Buffer.from(HEAD + body))
  if (!result.ok) throw new Error(result.message)
  return result.kuberc
}

describe('parseKuberc', () => {
  const touched: [name: string, body: string, touches: string[]][] = [
    ['nothing', '', []],
    ['defaults of a command', 'defaults: [{command: delete, options: [{name: interactive, default: "true"}]}]', ['delete']],
    ['defaults of a subcommand count by its last word', 'defaults: [{command: create configmap}]', ['configmap']],
    ['overrides, as v1alpha1 calls them', 'overrides: [{command: apply}]', ['apply']],
    ['aliases', 'aliases: [{name: getn, command: get, appendArgs: [--, x]}]', ['getn']],
    ['entries without a word', 'defaults: [{options: []}]\naliases: [{}]', []],
  ]
  for (const [name, body, touches] of touched) it(`touches: ${name}`, () => expect(kuberc(body).touches).to.deep.equal(touches))

  const refused: [name: string, body: string, line: number][] = [
    ['an unknown key', 'alias: []', 3], ['an unknown policy', 'credentialPluginPolicy: Deny', 3], ['a policy that is a list', 'credentialPluginPolicy: [DenyAll]', 3],
    ['broken YAML', 'defaults: [', 3], ['two documents', '---\nkind: x', 4], ['defaults as a mapping', 'defaults: {a: b}', 3],
  ]
  for (const [name, body, line] of refused) {
    it(`refuses ${name}`, () => {
      const result = parseKuberc(Buffer.from(HEAD + body))
      expect(result.ok ? 'read' : result.line).to.equal(line)
    })
  }
})

describe('isAllowedByKuberc', () => {
  const rows: [name: string, body: string, command: string, isAllowed: boolean][] = [
    ['no policy', '', 'aws', true],
    ['AllowAll', 'credentialPluginPolicy: AllowAll', 'aws', true],
    ['DenyAll', 'credentialPluginPolicy: DenyAll', 'aws', false],
    ['an empty allowlist', 'credentialPluginPolicy: Allowlist', 'aws', false],
    ['the bare name', 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: aws}]', 'aws', true],
    ['the name under its older key', 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: aws}]', 'aws', true],
    ['the path that is found', 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: /usr/bin/aws}]', 'aws', true],
    ['another path', 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: /opt/aws}]', 'aws', false],
    ['a list without the policy', 'credentialPluginAllowlist: [{command: other}]', 'aws', true],
  ]
  for (const [name, body, command, isAllowed] of rows) it(name, () => expect(isAllowedByKuberc(kuberc(body), command, '/usr/bin/aws')).to.equal(isAllowed))
})
