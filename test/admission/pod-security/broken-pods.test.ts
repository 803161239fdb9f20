import {expect} from 'chai'
import type {Broken, Known} from '../../../src/admission/pod-security/broken-pods.js'
import {BROKEN} from '../../../src/admission/pod-security/broken-pods.js'
import type {Hole, Many, Sketch} from '../../../src/admission/pod-security/cel-value.js'
import type {Json} from '../../../src/kube/json.js'
import {BASELINE_CONTROLS, CONTROLS, NEWEST_MINOR} from '../../../src/pod-security/control.js'
import type {ControlId} from '../../../src/pod-security/control.js'
import {evaluate} from '../../../src/pod-security/evaluate.js'

/** The least pod of such a kind: what may be anything is not there. */
function least(sketch: Sketch): Json | undefined {
  if (typeof sketch !== 'object') return sketch
  if (Array.isArray(sketch)) return (sketch as readonly Sketch[]).flatMap(item => least(item) ?? [])
  if ('hole' in sketch) return (sketch as Hole).hole === 'other' ? 'k121-other' : undefined
  if ('many' in sketch) return (sketch as Many).many.flatMap(item => least(item) ?? [])
  if ('atLeast' in sketch) return 8080
  return Object.fromEntries(Object.entries(sketch as Record<string, Sketch>).flatMap(([field, value]) => {
    const own = least(value)
    return own === undefined ? [] : [[field, own]]
  }))
}

function failing(control: ControlId, minor: number, {spec, metadata = {}}: Pick<Broken, 'spec' | 'metadata'>): ControlId[] {
  const level = (BASELINE_CONTROLS as readonly ControlId[]).includes(control) ? 'baseline' : 'restricted'
  const named = Object.fromEntries(Object.entries(least(spec) as Record<string, Json>).map(([field, value]) => [field, /ontainers$/.test(field) ? (value as object[]).map(container => ({name: 'a', ...container})) : value]))
  return evaluate(level, {minor, server: minor}, {metadata: least(metadata) as Json, spec: {containers: [], ...named} as Json}).map(({id}) => id)
}

const known = (minor: number, doesName: boolean, texts: readonly string[]): Known => ({minor, texts, doesName: () => doesName})
const TEXTS = ['CHOWN', 'SYS_PTRACE', 'spc_t', 'container_engine_t', 'net.ipv4.tcp_rmem', 'net.core.somaxconn', 'Localhost', 'Custom', 'runtime/default', '', 'example.org', 'ALL', 'NET_BIND_SERVICE']

describe('pods that break a control', () => {
  for (const control of CONTROLS) {
    const since = control === 'hostProbesAndHostLifecycle' ? 34 : control === 'procMount_restricted' ? 35 : 30
    for (const minor of [since, NEWEST_MINOR]) it(`${control} of 1.${minor}, by Kubernetes' own rules; those beside them do not`, () => {
      for (const doesName of [true, false]) {
        const ways = BROKEN[control].ways(known(minor, doesName, TEXTS))
        expect(ways.length).to.be.above(0)
        for (const way of ways) {
          expect(failing(control, minor, way), JSON.stringify(way.spec)).to.include(control)
          expect(failing(control, minor, way.good), JSON.stringify(way.good.spec)).to.not.include(control)
        }
      }
    })
  }

  it('are tried with each text of a policy that the control does not allow', () => {
    const whats = (control: ControlId, minor: number): string[] => BROKEN[control].ways(known(minor, false, TEXTS)).map(({what}) => what)
    expect(whats('sysctls', 30)).to.include('the sysctl "net.ipv4.tcp_rmem"')
    expect(whats('sysctls', 32)).to.not.include('the sysctl "net.ipv4.tcp_rmem"')
    expect(whats('seLinuxOptions', 30)).to.include('seLinuxOptions.type "container_engine_t"')
    expect(whats('seLinuxOptions', 31)).to.not.include('seLinuxOptions.type "container_engine_t"')
    expect(whats('capabilities_baseline', 37)).to.include('capabilities.add "SYS_PTRACE"').and.not.include('capabilities.add "CHOWN"')
  })
})
