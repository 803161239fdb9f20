import {expect} from 'chai'
import type {User} from '../../src/kubeconfig/model.js'
import {judgeUserFiles} from '../../src/trust/judge-files.js'
import type {DeclaredFile} from './declared-files.js'
import {declaredFiles, kubeconfigOf} from './declared-files.js'

const HOME = '/home/user'

function user(body: string, file = '/home/user/work/config'): User {
  const found = kubeconfigOf(`users: [{name: me, user: {${body}}}]`, file).users.get('me')
  if (found === undefined) throw new Error('no user')
  return found
}

describe('judgeUserFiles', () => {
  const rows: [name: string, body: string, files: Record<string, DeclaredFile>, ids: string[], file?: string][] = [
    ['no file', 'token: t', {}, []],
    ['a token beside', 'tokenFile: token', {'/home/user/work/token': 't'}, []],
    ['a token below', 'tokenFile: keys/token', {'/home/user/work/keys/token': 't'}, []],
    ['a token beside, by absolute path', 'tokenFile: /home/user/work/token', {'/home/user/work/token': 't'}, []],
    ['the pod\'s own token', 'tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token', {}, []],
    ['a token elsewhere', 'tokenFile: /etc/shadow', {'/etc/shadow': 'x'}, ['token-file-elsewhere']],
    ['a token up and away', 'tokenFile: ../.ssh/id_rsa', {'/home/user/.ssh/id_rsa': 'x'}, ['token-file-elsewhere']],
    ['a token behind a link', 'tokenFile: token', {'/home/user/work/token': '-> /home/user/.ssh/id_rsa', '/home/user/.ssh/id_rsa': 'x'}, ['token-file-elsewhere']],
    ['a directory with the same beginning', 'tokenFile: /home/user/work2/token', {'/home/user/work2/token': 'x'}, ['token-file-elsewhere']],
    ['a token that is not there', 'tokenFile: token', {}, ['token-file-unreadable']],
    ['a token that may not be read', 'tokenFile: token', {'/home/user/work/token': {kind: 'unreadable'}}, ['token-file-unreadable']],
    ['a FIFO for a token', 'tokenFile: token', {'/home/user/work/token': {kind: 'other'}}, ['token-file-unreadable']],
    ['a token of the size that no token has', 'tokenFile: token', {'/home/user/work/token': 'x'.repeat(65_537)}, ['token-file-unreadable']],
    ['a neighbour in a directory that everybody shares', 'tokenFile: token', {'/tmp/token': 'x'}, ['token-file-elsewhere'], '/tmp/config'],
    ['a token of a private directory below it', 'tokenFile: token', {'/tmp/mine/token': 'x'}, [], '/tmp/mine/config'],
    ['what lies in memory, from standard input', 'tokenFile: shm/token', {'/dev/shm/token': 'x'}, ['token-file-elsewhere'], '/dev/stdin'],
    ['a pod path with more behind it', 'tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token/../../x', {}, ['token-file-unreadable']],
    // From the home directory everything of the user lies below.
    ['a hidden file of the home directory', 'tokenFile: .ssh/id_rsa', {'/home/user/.ssh/id_rsa': 'x'}, ['token-file-elsewhere'], '/home/user/config'],
    ['a hidden token in the home directory', 'tokenFile: .token', {'/home/user/.token': 'x'}, ['token-file-elsewhere'], '/home/user/config'],
    ['a plain token in the home directory', 'tokenFile: token', {'/home/user/token': 'x'}, [], '/home/user/config'],
    ['a subdirectory of the home directory', 'tokenFile: work/token', {'/home/user/work/token': 'x'}, ['token-file-elsewhere'], '/home/user/config'],
    ['from the root directory', 'tokenFile: etc/shadow', {'/etc/shadow': 'x'}, ['token-file-elsewhere'], '/config'],
    ['from the parent of all homes', 'tokenFile: user/work/token', {'/home/user/work/token': 'x'}, ['token-file-elsewhere'], '/home/config'],
    ['certificates beside', 'client-certificate: a.crt, client-key: a.key', {'/home/user/work/a.crt': 'c', '/home/user/work/a.key': 'k'}, []],
    ['certificates of minikube', 'client-certificate: /home/user/.minikube/a.crt, client-key: /home/user/.minikube/a.key', {'/home/user/.minikube/a.crt': 'c', '/home/user/.minikube/a.key': 'k'}, ['client-certificate-elsewhere', 'client-key-elsewhere']],
  ]
  for (const [name, body, files, ids, file] of rows) {
    it(name, () => {
      const {findings} = judgeUserFiles(user(body, file), declaredFiles(files), HOME)
      expect(findings.map(({id}) => id)).to.deep.equal(ids)
      for (const {id, bearing} of findings) expect(bearing).to.equal(id.startsWith('token') ? 'refuse' : 'pass')
    })
  }

  it('knows the home directory behind a link', () => {
    const files = declaredFiles({'/home/user': '-> /data/user', '/data/user/.ssh/id_rsa': 'x'})
    const {findings} = judgeUserFiles(user('tokenFile: .ssh/id_rsa', '/data/user/config'), files, HOME)
    expect(findings.map(({id}) => id)).to.deep.equal(['token-file-elsewhere'])
  })

  it('names the place of the field', () => {
    const [finding] = judgeUserFiles(user('tokenFile: /etc/shadow'), declaredFiles({'/etc/shadow': 'x'}), HOME).findings
    expect(finding).to.include({file: '/home/user/work/config', path: 'users[0].user.tokenFile', line: 1, column: 38})
  })
})
