import {expect} from 'chai'
import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {PodPlace} from '../../src/wiring/pod-kubeconfig.js'
import {podKubeconfig} from '../../src/wiring/pod-kubeconfig.js'

describe('a kubeconfig for a pod', () => {
  let mount: string
  beforeEach(() => {
    mount = mkdtempSync(join(tmpdir(), 'mount-'))
    for (const [name, text] of [['token', 'hush'], ['ca.crt', 'x'], ['namespace', 'audit\n']] as const) writeFileSync(join(mount, name), text)
  })
  afterEach(() => rmSync(mount, {recursive: true}))

  const place = (more: Partial<PodPlace> = {}): PodPlace => ({
    flag: undefined, cwd: '/', mount, ...more,
    environment: {KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443', HOME: mount, ...more.environment},
  })

  it('names the mounted files, holds no token, is private and goes again', () => {
    const made = podKubeconfig(place())
    if (made === null) throw new Error('none was made')
    const text = readFileSync(made.file, 'utf8')
    expect([statSync(made.file).mode & 0o777, statSync(dirname(made.file)).mode & 0o777]).to.deep.equal([0o600, 0o700])
    expect(text).to.not.include('hush')
    expect(JSON.parse(text)).to.deep.include({
      clusters: [{name: 'in-cluster', cluster: {server: 'https://10.96.0.1:443', 'certificate-authority': join(mount, 'ca.crt')}}],
      users: [{name: 'in-cluster', user: {tokenFile: join(mount, 'token')}}],
      contexts: [{name: 'in-cluster', context: {cluster: 'in-cluster', user: 'in-cluster', namespace: 'audit'}}],
    })
    made.remove()
    expect(existsSync(dirname(made.file))).to.equal(false)
  })

  it('puts brackets around IPv6', () => {
    const made = podKubeconfig(place({environment: {KUBERNETES_SERVICE_HOST: 'fd00::1'}}))
    expect(readFileSync(made?.file ?? '', 'utf8')).to.include('"https://[fd00::1]:443"')
    made?.remove()
  })

  const none: [name: string, place: () => PodPlace][] = [
    ['outside a pod', () => place({environment: {KUBERNETES_SERVICE_HOST: undefined}})],
    ['without a token', () => place({mount: '/nowhere'})],
    ['with --kubeconfig', () => place({flag: '/some/file'})],
    ['where KUBECONFIG names a file that is there', () => place({environment: {KUBECONFIG: join(mount, 'token')}})],
  ]
  for (const [name, where] of none) it(`is not made ${name}`, () => expect(podKubeconfig(where())).to.equal(null))
})
