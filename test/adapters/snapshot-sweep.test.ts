import {expect} from 'chai'
import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {sweep, sweepVerdicts} from '../../src/adapters/snapshot-sweep.js'

describe('sweep', () => {
  let directory: string
  const at = (name: string): string => join(directory, name)
  const age = (name: string): void => utimesSync(at(name), new Date(0), new Date(0))

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'k121-sweep-'))
    for (const name of ['list-choice-old.json', 'list-choice-old.token', 'list-choice-new.json', 'list-choice-new.token', 'list-choice-old.json.0a.tmp', 'other-choice-old.json']) writeFileSync(at(name), 'hush')
  })

  afterEach(() => rmSync(directory, {recursive: true, force: true}))

  const holders = (): string[] => readdirSync(directory).filter(name => readFileSync(at(name), 'utf8').includes('hush')).sort()

  it('takes the secrets out of what the same files left, and spares a draft that is being written', () => {
    sweep(directory, 'list-', 'new')
    expect(holders()).to.deep.equal(['list-choice-new.json', 'list-choice-new.token', 'list-choice-old.json.0a.tmp', 'other-choice-old.json'])
    expect(JSON.parse(readFileSync(at('list-choice-old.json'), 'utf8'))).to.have.property('kind').that.includes('run the command again')
  })

  it('removes what is left of them a minute later', () => {
    sweep(directory, 'list-', 'new')
    sweep(directory, 'list-', 'new')
    expect(existsSync(at('list-choice-old.json'))).to.equal(true)
    for (const name of ['list-choice-old.json', 'list-choice-old.json.0a.tmp']) age(name)
    sweep(directory, 'list-', 'new')
    expect(readdirSync(directory).filter(name => name.includes('old'))).to.deep.equal(['other-choice-old.json'])
  })

  it('keeps the newest two hundred verdicts', () => {
    for (let index = 0; index < 210; index++) {
      writeFileSync(at(`v${index}`), '')
      utimesSync(at(`v${index}`), index + 1, index + 1)
    }
    sweepVerdicts(directory)
    const left = readdirSync(directory)
    expect(left).to.have.length(200)
    expect(left).to.include('v209').and.not.include('v15')
    sweepVerdicts(at('none'))
  })

  it('has nothing to do before the first snapshot', () => expect(() => sweep(at('none'), 'list-', 'new')).to.not.throw())
})
