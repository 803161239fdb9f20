import {expect} from 'chai'
import {readFileSync, writeFileSync} from 'node:fs'
import {EXIT_MEANINGS} from '../../src/exit-codes.js'
import {loadManifest} from '../../scripts/manifest.js'

const GOLDEN = 'test/cli/surface.golden.json'

/** What people and scripts rely on: names, short forms, defaults, allowed values, exit codes. No prose. */
async function surface(): Promise<object> {
  const {commands} = await loadManifest()
  return {
    exitCodes: EXIT_MEANINGS.map(({code, of}) => `${code} ${of}`),
    commands: Object.fromEntries(Object.values(commands).toSorted((a, b) => a.id.localeCompare(b.id)).map(command => [command.id.replaceAll(':', ' '), {
      arguments: Object.values(command.args).map(({name, required, options}) => ({name, required: required === true, ...(options === undefined ? {} : {options})})),
      flags: Object.values(command.flags).toSorted((a, b) => a.name.localeCompare(b.name)).map(({name, char, type, options, default: usual, exclusive}) => ({
        name, ...(char === undefined ? {} : {char}), type, ...(options === undefined ? {} : {options}), ...(usual === undefined ? {} : {default: usual}), ...(exclusive === undefined ? {} : {exclusive}),
      })),
    }])),
  }
}

describe('the surface that people rely on', () => {
  it('is the one of the golden file', async () => {
    const now = `${JSON.stringify(await surface(), null, 2)}\n`
    const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
    if (isUpdate) writeFileSync(GOLDEN, now)
    // A rename is a decision: the rewritten golden is read by a person before it passes.
    expect(isUpdate, 'golden file rewritten: read the diff, then run without UPDATE_GOLDEN').to.equal(false)
    expect(JSON.parse(now)).to.deep.equal(JSON.parse(readFileSync(GOLDEN, 'utf8')))
  })

  it('has commands, flags and exit codes', async () => {
    expect(Object.keys((await loadManifest()).commands)).to.include.members(['guard', 'kubeconfig:verify', 'kubeconfig:trust'])
  })
})
