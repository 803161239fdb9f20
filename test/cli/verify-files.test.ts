import {expect} from 'chai'
import {execFileSync, spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parse} from 'yaml'

const RUN = resolve('bin/run.js')
const EMPTY = 'apiVersion: v1\nkind: Config\n'

function kubeconfig(exec: object): string {
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'c', contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
    clusters: [{name: 'c', cluster: {server: 'https://h.example'}}],
    users: [{name: 'u', user: {exec: {apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...exec}}}],
  })
}

describe('kubeconfig verify: what is looked at', () => {
  let root: string
  before(() => { root = realpathSync(mkdtempSync(join(tmpdir(), 'k121-'))) })
  after(() => rmSync(root, {recursive: true, force: true}))

  const verify = (args: string[], options: {input?: string; path?: string} = {}) => spawnSync(process.execPath, [RUN, 'kubeconfig', 'verify', ...args], {
    encoding: 'utf8', timeout: 20_000, cwd: root, env: {HOME: root, PATH: options.path ?? '/usr/bin:/bin'}, ...(options.input === undefined ? {} : {input: options.input}),
  })

  it('an empty FILE is wrong use, not the working directory', () => {
    const {status, stdout, stderr} = verify([''])
    expect([status, stdout]).to.deep.equal([2, ''])
    expect(stderr).to.contain('a FILE is empty')
  })

  function directory(name: string, entries: Record<string, string>): string {
    const path = join(root, name)
    mkdirSync(path)
    for (const [entry, content] of Object.entries(entries)) writeFileSync(join(path, entry), content)
    return path
  }

  it('says what of a directory it leaves out', () => {
    const path = directory('hidden', {config: EMPTY, '.kubeconfig': EMPTY})
    mkdirSync(join(path, 'more'))
    const {status, stderr} = verify([path])
    expect([status, stderr]).to.deep.equal([0, `note: ${path}: 2 hidden files or subdirectories were not looked at; name them to have them judged\n`])
  })

  it('reports a pipe in a directory and does not wait for it', () => {
    const path = directory('pipe', {config: EMPTY})
    execFileSync('mkfifo', [join(path, 'fifo')])
    const {status, stderr, stdout} = verify([path, '-o', 'json'])
    expect(status).to.equal(3)
    expect(stderr).to.contain('fifo: is a pipe')
    expect(JSON.parse(stdout).files.map((file: {verdict: string}) => file.verdict)).to.deep.equal(['none', 'unknown'])
  })

  it('reports a dangling link', () => {
    const path = directory('dangling', {config: EMPTY})
    symlinkSync('nowhere', join(path, 'link'))
    expect(verify([path]).status).to.equal(3)
  })

  it('finds what stands in the last of many files', () => {
    const path = directory('many', Object.fromEntries(Array.from({length: 5}, (_, index) => [`a${index}`, EMPTY])))
    writeFileSync(join(path, 'z'), kubeconfig({command: 'touch', args: ['/tmp/lorem']}))
    expect(verify([path]).status).to.equal(1)
    expect(verify([path, '-o', 'name']).stdout).to.equal('user/u\n')
  })

  it('prints YAML that reads back as the JSON', () => {
    const file = join(root, 'odd.yaml')
    writeFileSync(file, kubeconfig({command: './a\\u001b', args: ['yes', '\u{1f600}']}))
    expect(parse(verify([file, '-o', 'yaml']).stdout)).to.deep.equal(JSON.parse(verify([file, '-o', 'json']).stdout))
  })

  it('says that AllowAll makes unknown plugins count as trusted', () => {
    const [file, policy] = [join(root, 'any.yaml'), join(root, 'policy.yaml')]
    writeFileSync(file, kubeconfig({command: '/usr/bin/id'}))
    writeFileSync(policy, 'apiVersion: k121.dev/v1\nkind: TrustPolicy\ncredentialPluginPolicy: AllowAll\n', {mode: 0o600})
    expect(verify([file, '--trust-file', policy]).stderr).to.contain('AllowAll')
  })

  describe('--cross-check', () => {
    /** A kubectl that prints what it is told, and a helper that must never run. */
    function stand(script: string): string {
      const bin = mkdtempSync(join(root, 'bin-'))
      writeFileSync(join(bin, 'kubectl'), `#!/bin/sh\n${script}\n`)
      writeFileSync(join(bin, 'helper'), `#!/bin/sh\ntouch ${root}/ran\n`)
      for (const name of ['kubectl', 'helper']) chmodSync(join(bin, name), 0o755)
      return `${bin}:/usr/bin:/bin`
    }
    const echo = 'for word; do case $word in --kubeconfig=*) cat "${word#--kubeconfig=}";; esac; done'
    const config = kubeconfig({command: 'helper'})

    it('compares the bytes of standard input', () => expect(verify(['-', '--cross-check', '-o', 'json'], {input: config, path: stand(echo)}).stderr).to.equal(''))
    it('refuses a file that kubectl reads in another way', () => {
      const other = join(root, 'other.json')
      writeFileSync(other, kubeconfig({command: 'evil'}))
      const {status, stderr} = verify(['-', '--cross-check'], {input: config, path: stand(`cat ${other}`)})
      expect([status, /another value at users\.0\.user\.exec\.command/.test(stderr)]).to.deep.equal([3, true])
    })
    it('runs no helper', () => expect(existsSync(join(root, 'ran'))).to.equal(false))
  })
})
