import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import type {JsonObject} from '../../src/kube/json.js'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import {NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {ControlId} from '../../src/pod-security/control.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {controlsAt, evaluate} from '../../src/pod-security/evaluate.js'
import {withServerDefaults} from '../../src/pod-security/normalise.js'
import {referenceDirectory} from './pod-security.js'

/**
 * The pods that Kubernetes tests its own evaluator with, out of the module
 * itself: `test/testdata/LEVEL/v1.N/{pass,fail}/NAME.yaml`, 4,537 of them.
 */
const FEWEST = 4500

interface Fixture {
  place: string
  level: 'baseline' | 'restricted'
  minor: number
  verdict: string
  /** `base`, or a check in lower case; its number is dropped. */
  name: string
  pod: Judged
}

describe('the pods that Kubernetes tests its own evaluator with', function () {
  this.timeout(120_000)
  const fixtures: Fixture[] = []
  before(function () {
    const directory = fixturesOrNone()
    if (directory === null) {
      console.log('      skipped: no Go here, or the module that holds them is out of reach')
      this.skip()
    }
    fixtures.push(...readAll(directory))
  })

  it('are all there', () => expect(fixtures.length).to.be.above(FEWEST))

  it('pass where they should', () => {
    const refused = fixtures.filter(({verdict}) => verdict === 'pass').flatMap(fixture => failedIds(fixture).map(id => `${fixture.place}: ${id}`))
    expect(refused).to.eql([])
  })

  it('are refused where they should be, by the check that they are named after', () => {
    const wrong = fixtures.filter(({verdict}) => verdict === 'fail').filter(fixture => {
      const failed = failedIds(fixture)
      const runs = controlsAt(fixture.level, {minor: fixture.minor, server: NEWEST_MINOR}).some(id => id.toLowerCase() === fixture.name)
      // At restricted, a check of baseline may be overridden: then another one refuses.
      return failed.length === 0 || (runs && !failed.some(id => id.toLowerCase() === fixture.name))
    })
    expect(wrong.map(({place}) => place)).to.eql([])
  })
})

function fixturesOrNone(): string | null {
  try {
    return join(referenceDirectory(), 'test', 'testdata')
  } catch {
    return null
  }
}

function readAll(root: string): Fixture[] {
  return readdirSync(root, {recursive: true, encoding: 'utf8'}).filter(place => place.endsWith('.yaml')).map(place => {
    const [level, version, verdict, file] = place.split('/')
    const read = readYaml(readFileSync(join(root, place)))
    if (!read.ok) throw new Error(`${place}: ${read.failure.message}`)
    const {metadata, spec} = jsonOf(read.root) as JsonObject
    return {
      place, level: level as Fixture['level'], minor: Number(version?.slice('v1.'.length)), verdict: verdict ?? '',
      name: file?.replace(/\d*\.yaml$/, '') ?? '', pod: withServerDefaults({metadata, spec}, 'pod', NEWEST_MINOR),
    }
  })
}

function failedIds({level, minor, pod}: Fixture): ControlId[] {
  return evaluate(level, {minor, server: NEWEST_MINOR}, pod).map(({id}) => id)
}
