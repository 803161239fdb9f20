import {expect} from 'chai'
import {createHash} from 'node:crypto'
import {keyOf} from '../../src/flows/guard-key.js'
import {readKubectlArgs} from '../../src/guard/kubectl-args.js'

const MISSING = {ok: false, reason: 'missing', detail: ''} as const

function key(argv: string[], {bytes = 'a', cwd = '/w', path = '/bin', isLoose = false} = {}): string {
  const read = readKubectlArgs(argv)
  if (!read.ok) throw new Error(read.message)
  const files = [{file: '/f', dir: '/', realDir: '/', bytes: Buffer.from(bytes)}]
  return keyOf(
    {inputs: {files, policy: {ok: true, bytes: Buffer.from('p'), isLoose}, decisions: MISSING, kuberc: MISSING}, reading: read.reading, route: 'judged', kubectl: '/k', path, home: '/h', cwd, uid: 1, policy: '/p'},
    text => createHash('sha256').update(text).digest('hex'),
  )
}

describe('keyOf', () => {
  const plain = key(['get', 'pods'])
  for (const argv of [['get', 'svc', '-n', 'x'], ['-n=x', 'describe', 'pod', 'y'], ['get', 'pods', '--request-timeout=1s'], ['get', 'pods', '--as', 'me']])
    it(`one verdict also for ${argv.join(' ')}`, () => expect(key(argv)).to.equal(plain))
  for (const flag of ['--context=c', '--cluster=c', '--user=u', '--server=https://x', '-shttps://x', '--token=t', '--username=u', '--tls-server-name=n', '--insecure-skip-tls-verify', '--certificate-authority=ca', '--client-certificate=c'])
    it(`another verdict with ${flag}`, () => expect(key(['get', 'pods', flag])).to.not.equal(plain))
  it('another verdict for other bytes', () => expect(key(['get', 'pods'], {bytes: 'b'})).to.not.equal(plain))
  it('another verdict for a trust file that others may change', () => expect(key(['get', 'pods'], {isLoose: true})).to.not.equal(plain))
  it('another verdict for another PATH', () => expect(key(['get', 'pods'], {path: '/bin:/b'})).to.not.equal(plain))
  it('the working directory counts only for a path on the command line', () => {
    expect(key(['get', 'pods'], {cwd: '/v'})).to.equal(plain)
    const argv = ['get', 'pods', '--certificate-authority=ca']
    expect(key(argv, {cwd: '/v'})).to.not.equal(key(argv))
  })
})
