import {expect} from 'chai'
import {mkdirSync, mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {childMessages} from '../../../src/adapters/kubectl/child-messages.js'
import {makeSocketDirectory, socketPathIn} from '../../../src/adapters/kubectl/proxy.js'

describe('the directory of the socket', () => {
  it('is ours alone', () => {
    const directory = makeSocketDirectory()
    expect(statSync(directory).mode & 0o777).to.equal(0o700)
    rmSync(directory, {recursive: true})
  })

  it('lies elsewhere where the usual place has too long a name for a socket', () => {
    const root = mkdtempSync(join(tmpdir(), 'long-'))
    const long = join(root, 'x'.repeat(100))
    mkdirSync(long)
    const directory = makeSocketDirectory(long)
    expect(dirname(directory)).to.equal('/tmp')
    expect(Buffer.byteLength(socketPathIn(directory))).to.be.at.most(100)
    rmSync(root, {recursive: true})
    rmSync(directory, {recursive: true})
  })

  it('never lies in a working directory', () => {
    const directory = makeSocketDirectory('relative')
    expect(dirname(directory)).to.equal('/tmp')
    rmSync(directory, {recursive: true})
  })
})

describe('what kubectl says on stderr', () => {
  const heard = (...chunks: string[]): {said: string; tail: string} => {
    let said = ''
    const messages = childMessages(text => void (said += text))
    for (const chunk of chunks) messages.push(Buffer.from(chunk))
    return {said, tail: messages.tail()}
  }

  it('passes on the words of a helper, unfinished ones too', () => expect(heard('To sign in, open https://x.example\nCode: ').said).to.equal('To sign in, open https://x.example\nCode: '))
  it('keeps its own log and errors', () => {
    expect(heard('E1125 04:47:11.014921   11407 proxy_server.go:147] Error while proxying request: EOF\nError from server (Forbidden): no\n'))
      .to.deep.equal({said: '', tail: 'Error while proxying request: EOF Error from server (Forbidden): no'})
  })
  it('shows neither escapes nor secrets', () => expect(heard('\u001B[2Jtoken: abcdef\n').said).to.equal('\\u{1b}[2Jtoken: <redacted>\n'))
})
