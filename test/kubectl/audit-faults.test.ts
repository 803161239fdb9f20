import {expect} from 'chai'
import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {PageServer, SeenGet} from '../support/page-server.js'
import {status} from '../support/page-server.js'
import {startFaultyCluster} from '../faults/faulty-cluster.js'
import {kubectlBinary, minorsOfThisRun} from '../support/kubectl-binaries.js'
import type {World} from '../support/world.js'
import {createWorld} from '../support/world.js'

interface Report {
  run: {exitCode: number}
  clusters: [{
    completeness: {complete: boolean; resources: {resource: string; outcome: string; detail: string}[]}
    checks: {id: string; status: string; skip: {reason: string; detail: string} | null}[]
    findings: {check: string}[]
    summary: {verdicts: Record<string, string>}
  }]
}

type Decide = Parameters<typeof startFaultyCluster>[0]

const isPods = ({resource}: SeenGet): boolean => resource === '/api/v1/pods'
/** kubectl of this world: nobody else's command line has our directory in it. */
function kubectlsOf({env}: World): number[] {
  return readdirSync('/proc').filter(id => /^\d+$/.test(id)).map(Number).filter(id => {
    try {
      const command = readFileSync(join('/proc', String(id), 'cmdline'), 'utf8')
      return command.startsWith('kubectl') && command.includes(env['TMPDIR'] ?? '?')
    } catch {
      // It ended meanwhile.
      return false
    }
  })
}

const minor = Math.max(...minorsOfThisRun())
describe(`the whole program in front of kubectl 1.${minor}, while something goes wrong`, () => {
  let world: World
  let server: PageServer
  beforeEach(async () => {
    world = createWorld(await kubectlBinary(minor))
  })
  afterEach(async () => {
    expect(kubectlsOf(world)).to.deep.equal([])
    expect(readdirSync(world.env['TMPDIR'] ?? '').filter(name => name.startsWith('k121'))).to.deep.equal([])
    await Promise.all([world.close(), server.close()])
  })

  async function run(fault: Decide, args: readonly string[] = []): Promise<{code: number | null; stderr: string; report: Report}> {
    server = await startFaultyCluster(fault, 0)
    world.kubeconfig({
      apiVersion: 'v1', kind: 'Config', 'current-context': 'c',
      clusters: [{name: 'c', cluster: {server: server.url}}], users: [{name: 'u', user: {token: 'x'}}], contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
    })
    const outcome = await world.k121(['audit', '--kubectl', world.kubectl, '-o', 'json', '--fail-on', 'critical', ...args])
    return {code: outcome.status, stderr: outcome.stderr, report: JSON.parse(outcome.stdout) as Report}
  }

  function expectStopped({code, stderr, report: {run: {exitCode}, clusters: [cluster]}}: Awaited<ReturnType<typeof run>>, resource: string, outcome: string, detail: RegExp): void {
    expect([code, exitCode, cluster.completeness.complete, stderr]).to.deep.equal([3, 3, false, ''])
    const row = cluster.completeness.resources.find(one => one.resource === resource)
    expect([row?.outcome, row?.detail]).to.satisfy(([what, text]: string[]) => what === outcome && detail.test(text ?? ''), JSON.stringify(row))
    const blind = cluster.checks.filter(({skip}) => skip?.detail.includes(row?.detail ?? '?'))
    expect(blind).to.not.deep.equal([])
    for (const {id, status: ended} of blind) expect([id, ended]).to.not.deep.equal([id, 'passed'])
    // What had been found before is there.
    expect(cluster.findings.map(({check}) => check)).to.include('pod-security-label-invalid')
    expect(Object.values(cluster.summary.verdicts)).to.not.include('closed')
  }

  it('nothing does: complete', async () => {
    const {code, report: {clusters: [{completeness}]}} = await run(() => undefined)
    expect([code, completeness.complete]).to.deep.equal([0, true])
  })

  it('kubectl dies while pods are read', async () => {
    const result = await run(seen => {
      if (!isPods(seen) || seen.token === '') return undefined
      for (const id of kubectlsOf(world)) process.kill(id, 'SIGKILL')
      return {delayMs: 200}
    })
    expectStopped(result, 'pods', 'partial', /^stopped at pods page 2: kubectl proxy ended/)
  })

  it('credentials expire while pods are read', async () => {
    expectStopped(await run(seen => (isPods(seen) && seen.token !== '' ? status(401, 'Unauthorized') : undefined)), 'pods', 'partial', /takes these credentials no longer/)
  })

  it('Services are forbidden', async () => {
    expectStopped(await run(seen => (seen.resource === '/api/v1/services' ? status(403, 'services is forbidden') : undefined)), 'services', 'forbidden', /services is forbidden/)
  })

  it('the server falls silent', async () => {
    expectStopped(await run(seen => (isPods(seen) ? {delayMs: 4000} : undefined), ['--request-timeout', '700ms']), 'pods', 'unreachable', /no whole answer within 0\.7 s/)
  })

  it('pages break off in the middle', async () => {
    expectStopped(await run(seen => (isPods(seen) && seen.token !== '' ? {reset: true} : undefined)), 'pods', 'partial', /^stopped at pods page 2/)
  })
})
