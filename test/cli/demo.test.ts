import {expect} from 'chai'
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'

function demo(path: string): {status: number | null; stdout: string} {
  return spawnSync(process.execPath, ['scripts/demo.js'], {encoding: 'utf8', env: {PATH: path, HOME: '/nonexistent'}, timeout: 15_000})
}

describe('npm run demo', () => {
  const {status, stdout} = demo('/nonexistent')

  it('ends well without kubectl, and says that a stand-in takes its place', () => {
    expect(status, stdout).to.equal(0)
    expect(stdout).to.match(/No kubectl .* stand-in takes its place\./)
    expect(stdout).to.match(/With the guard: the stand-in was never started\.\n/)
    expect(stdout).to.match(/\nAll went as it should\.\n$/)
  })

  it('fits 80 columns and drives no terminal', () => {
    expect(stdout.split('\n').filter(line => line.length > 80)).to.deep.equal([])
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.to.match(/[\u0000-\u0009\u000b-\u001f]/)
  })

  it('shows every sample', () => expect(stdout.match(/^--- /gm)).to.have.length(5))
})

const GOLDEN = 'test/cli/sample-cluster.golden.json'

interface Report {
  clusters: [{
    findings: {check: string; variant: string; severity: string; state: string}[]
    checks: {id: string; status: string; skip: {reason: string} | null}[]
    summary: {verdicts: object}
    completeness: {complete: boolean}
  }]
}

/** What a person would notice of a change: how many findings of each rule, how each check ended, the verdicts. */
function totals(): object {
  const {stdout, stderr} = spawnSync(process.execPath, ['bin/run.js', 'audit', '-f', 'samples/cluster', '-o', 'json'], {encoding: 'utf8', env: {HOME: '/nonexistent'}, timeout: 15_000})
  expect(stderr).to.equal('')
  const {clusters: [{findings, checks, summary, completeness}]} = JSON.parse(stdout) as Report
  const rules: Record<string, number> = {}
  for (const {check, variant, severity, state} of findings) {
    const rule = `${check}${variant === '' ? '' : `/${variant}`} ${state === 'latent' ? 'latent' : severity}`
    rules[rule] = (rules[rule] ?? 0) + 1
  }
  const ends = Object.fromEntries(checks.toSorted((a, b) => a.id.localeCompare(b.id)).map(({id, status, skip}) => [id, skip === null ? status : `${status}: ${skip.reason}`]))
  return {complete: completeness.complete, verdicts: summary.verdicts, checks: ends, rules: Object.fromEntries(Object.entries(rules).toSorted(([a], [b]) => a.localeCompare(b)))}
}

describe('the sample cluster', () => {
  it('gives the totals of the golden file', () => {
    const now = `${JSON.stringify(totals(), null, 2)}\n`
    const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
    if (isUpdate) writeFileSync(GOLDEN, now)
    // A new check may find something here; a person reads what changed before it passes.
    expect(isUpdate, 'golden file rewritten: read the diff, then run without UPDATE_GOLDEN').to.equal(false)
    expect(JSON.parse(now)).to.deep.equal(JSON.parse(readFileSync(GOLDEN, 'utf8')))
  })

  it('has something to find in every topic that needs no Secret', () => {
    const found = JSON.stringify(totals())
    for (const check of ['no-pod-enforcement', 'pod-security-label-invalid', 'psp-leftovers', 'service-external-ip', 'service-status-ip', 'external-ip-writers', 'family-state', 'exec-configmap']) expect(found, check).to.match(new RegExp(`"${check}[/ ]`))
  })
})
