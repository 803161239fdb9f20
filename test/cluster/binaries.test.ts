import {chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {missing, serverBinaries} from './support/binaries.js'

async function program(path: string, text = '#!/bin/sh\n'): Promise<void> {
  await writeFile(path, text)
  await chmod(path, 0o755)
}

/** Stands in for the Go command: the only thing looked at here is who calls it, how often, and what becomes of its output. */
const GO = `#!/bin/sh
echo "$*" >>"$LOG"
while [ "$1" != -o ]; do shift; done
/bin/sleep 0.2
for name in kube-apiserver kube-controller-manager; do echo built >"$2$name"; /bin/chmod 755 "$2$name"; done
`

describe('where server binaries come from', () => {
  const VARIABLES = ['PATH', 'XDG_CACHE_HOME', 'K121_KUBERNETES_ASSETS', 'LOG'] as const
  const saved = VARIABLES.map(name => [name, process.env[name]] as const)
  let root = ''

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'k121-binaries-'))
    for (const name of ['bin', 'cache', 'assets/1.37.2']) await mkdir(join(root, name), {recursive: true})
    Object.assign(process.env, {PATH: join(root, 'bin'), XDG_CACHE_HOME: join(root, 'cache'), K121_KUBERNETES_ASSETS: '', LOG: join(root, 'log')})
  })

  afterEach(async () => {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    await rm(root, {recursive: true})
  })

  it('says what is lacking, and fails with the same words', async () => {
    expect(await missing(37)).to.match(/^etcd is neither on PATH nor .*apt-get install etcd-server/)
    await program(join(root, 'bin/etcd'))
    expect(await missing(37)).to.match(/^kube-apiserver 1\.37\.2 is neither in .* and Go, which would build it, is not on PATH$/)
    expect(await serverBinaries(37).catch((error: Error) => error.message)).to.equal(await missing(37))
  })

  it('takes given binaries first', async () => {
    process.env['K121_KUBERNETES_ASSETS'] = join(root, 'assets')
    for (const name of ['1.37.2/kube-apiserver', '1.37.2/kube-controller-manager', 'etcd']) await program(join(root, 'assets', name))
    expect(await missing(37)).to.equal(null)
    expect(await serverBinaries(37)).to.eql({
      version: '1.37.2', etcd: join(root, 'assets/etcd'),
      apiServer: join(root, 'assets/1.37.2/kube-apiserver'), controllerManager: join(root, 'assets/1.37.2/kube-controller-manager'),
    })
    expect(await missing(30)).to.match(/^kube-apiserver 1\.30\.14 is neither/)
  })

  it('builds once, however many ask, and leaves nothing but the binaries', async () => {
    await program(join(root, 'bin/etcd'))
    await program(join(root, 'bin/go'), GO)
    const asked = await Promise.all([serverBinaries(24), serverBinaries(24), serverBinaries(24)])
    const directory = join(root, 'cache/k121/kubernetes/1.24.17')
    expect(asked.map(({apiServer}) => apiServer)).to.eql(Array.from({length: 3}, () => join(directory, 'kube-apiserver')))
    expect((await readdir(directory)).toSorted()).to.eql(['kube-apiserver', 'kube-controller-manager'])
    const calls = (await readFile(join(root, 'log'), 'utf8')).trim().split('\n')
    expect(calls).to.have.lengthOf(1)
    expect(calls[0]).to.match(/-checklinkname=0 .*component-base\/version\.gitVersion=v1\.24\.17 .*client-go\/pkg\/version\.gitMinor=24/)
  })

  it('takes over the lock of a builder that died, and reports a build that fails', async () => {
    await program(join(root, 'bin/etcd'))
    await program(join(root, 'bin/go'), '#!/bin/sh\necho no network >&2\nexit 1\n')
    const directory = join(root, 'cache/k121/kubernetes/1.30.14')
    await mkdir(directory, {recursive: true})
    // No process has so high a number on any system that we know.
    await writeFile(join(directory, 'building'), '2147483646')
    expect(await serverBinaries(30).catch((error: Error) => error.message)).to.equal('cannot build kube-apiserver 1.30.14 (offline?): no network')
    expect(await readdir(directory)).to.eql([])
  })
})
