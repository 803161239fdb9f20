import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {judgeElsewhere} from '../../src/trust/elsewhere.js'
import {judgePlugin} from '../../src/trust/judge.js'
import {declaredWorld, place, pluginOf} from './declared-world.js'

const EKS = ['eks', 'get-token', '--cluster-name', 'x', '--region', 'eu-west-1']

describe('judgeElsewhere', () => {
  const rows: [string, string, string[], string, string[]][] = [
    ['a listed helper by its name', 'aws', EKS, 'trusted', []],
    ['a listed helper by its path', '/usr/local/bin/argocd-k8s-auth', ['aws', '--cluster-name', 'x'], 'trusted', []],
    ['a kubectl plugin of the catalogue', 'kubectl', ['oidc-login', 'get-token', '--oidc-issuer-url=https://a.example.com', '--oidc-client-id=x'], 'trusted', []],
    ['another kubectl plugin', 'kubectl', ['foo'], 'unknown', ['plugin-not-found']],
    ['an unlisted program', '/custom/tool', [], 'unknown', ['unlisted-program']],
    ['a shell', 'sh', ['-c', 'id'], 'dangerous', ['shell-inline-code']],
    ['a shell behind a launcher', 'env', ['sh', '-c', 'id'], 'dangerous', ['program-launcher', 'shell-inline-code']],
    ['a listed name in /tmp', '/tmp/aws', EKS, 'unknown', ['shared-directory', 'unvouched-place']],
    ['a listed name in /dev/shm', '/dev/shm/aws', EKS, 'dangerous', ['runtime-path', 'shared-directory', 'unvouched-place']],
    ['a relative name', './aws', EKS, 'unknown', ['relative-command', 'unvouched-place']],
    ['a path on the network', '//host/aws', EKS, 'dangerous', ['network-path']],
    ['a flag that moves the token', 'aws', [...EKS, '--endpoint-url', 'https://evil.example'], 'dangerous', ['flag-moves-token']],
    ['nothing', '', [], 'unknown', ['empty-command', 'program-not-found', 'unlisted-program']],
  ]
  for (const [name, command, args, verdict, reasons] of rows) {
    it(name, () => {
      const judged = judgeElsewhere(pluginOf({command, args}))
      expect([judged.verdict, judged.reasons.filter(({grade}) => grade !== 'info').map(({id}) => id)]).to.deep.equal([verdict, reasons])
    })
  }

  it('speaks of the machine that runs it', () => {
    expect(judgeElsewhere(pluginOf({command: './aws', args: EKS})).reasons[0]?.message).not.to.include('kubeconfig')
    expect(judgeElsewhere(pluginOf({command: 'kubectl', args: ['foo']})).reasons[0]?.message).not.to.include('installed')
  })

  it('leaves the guard as it was: place and absence still count there', () => {
    const open = declaredWorld([{path: '/usr/local/bin/aws', places: [place({worldWritable: true})]}])
    expect(judgePlugin(pluginOf({command: 'aws', args: EKS}), open).verdict).to.equal('dangerous')
    expect(judgePlugin(pluginOf({command: 'aws', args: EKS}), declaredWorld([], ['aws'])).reasons.map(({id}) => id)).to.deep.equal(['program-not-found'])
    expect(judgePlugin(pluginOf({command: '/opt/aws', args: EKS}), declaredWorld([{path: '/opt/aws', places: [place({owner: 'user'})]}])).verdict).to.equal('unknown')
  })

  it('is used by checks alone', () => {
    const users = (readdirSync('src', {recursive: true}) as string[]).filter(file => file.endsWith('.ts') && /['/]elsewhere\.js'/.test(readFileSync(join('src', file), 'utf8')))
    expect(users.every(file => file.startsWith('checks/exec-credentials/')), users.join(' ')).to.equal(true)
  })
})
