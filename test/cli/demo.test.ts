import {expect} from 'chai'
import {spawnSync} from 'node:child_process'

function demo(path: string): {status: number | null; stdout: string} {
  return spawnSync(process.execPath, ['scripts/demo.js'], {encoding: 'utf8', env: {PATH: path, HOME: '/nonexistent'}, timeout: 15_000})
}

describe('npm run demo', () => {
  const {status, stdout} = demo('/nonexistent')

  it('ends well without kubectl, and says that a stand-in takes its place', () => {
    expect(status, stdout).to.equal(0)
    expect(stdout).to.match(/No kubectl .* stand-in takes its place\./)
    expect(stdout).to.match(/With the guard: the stand-in was never started\.\n\nAll went as it should\.\n$/)
  })

  it('fits 80 columns and drives no terminal', () => {
    expect(stdout.split('\n').filter(line => line.length > 80)).to.deep.equal([])
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.to.match(/[\u0000-\u0009\u000b-\u001f]/)
  })

  it('shows every sample', () => expect(stdout.match(/^--- /gm)).to.have.length(5))
})
