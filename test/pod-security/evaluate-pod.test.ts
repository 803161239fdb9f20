import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {NEWEST_MINOR as NEWEST} from '../../src/pod-security/control.js'
import {NEWEST_MINOR, evaluatePod, withServerDefaults} from '../../src/pod-security/evaluate-pod.js'
import type {PodQuestion} from '../../src/pod-security/evaluate-pod-types.js'

const PAGE = readFileSync('docs/pod-security-library.md', 'utf8')
const PRIVILEGED = {containers: [{name: 'a', securityContext: {privileged: true}}]}
const blockOf = (language: string): string => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(PAGE)?.[1] ?? ''

describe('evaluatePod', () => {
  it('answers with message and checks', () => expect(evaluatePod({level: 'baseline', minor: 'latest', spec: PRIVILEGED})).to.deep.equal({
    allowed: false, message: 'privileged (container "a" must not set securityContext.privileged=true)',
    checks: [{id: 'privileged', reason: 'privileged', detail: 'container "a" must not set securityContext.privileged=true', violations: [{path: 'spec.containers[0].securityContext.privileged', container: 'a', current: true, wanted: 'false'}]}],
  }))

  it('allows', () => expect(evaluatePod({level: 'privileged', minor: 0, spec: PRIVILEGED})).to.deep.equal({allowed: true, message: '', checks: []}))

  it('minor, server, metadata', () => {
    const sysctl = {securityContext: {sysctls: [{name: 'net.ipv4.tcp_notsent_lowat', value: '1'}]}}
    const asked = (rest: Pick<PodQuestion, 'minor' | 'server'>): boolean => evaluatePod({level: 'baseline', spec: sysctl, ...rest}).allowed
    expect([asked({minor: 36}), asked({minor: 37}), asked({minor: 'latest'}), asked({minor: 'latest', server: 36}), asked({minor: 37, server: 36})]).to.deep.equal([false, true, true, false, false])
    const metadata = {annotations: {'container.apparmor.security.beta.kubernetes.io/a': 'unconfined'}}
    expect([evaluatePod({level: 'baseline', minor: 30, metadata, spec: {}}).allowed, evaluatePod({level: 'baseline', minor: 30, metadata: null, spec: {}}).allowed]).to.deep.equal([false, true])
    expect(NEWEST_MINOR).to.equal(NEWEST)
  })

  const refused: [object | string | null, typeof Error, string][] = [
    [{level: 'strict', minor: 1, spec: {}}, RangeError, 'level is "strict"; it must be one of privileged, baseline, restricted'],
    [{level: 'Baseline'.repeat(9), minor: 1, spec: {}}, RangeError, `level is "${'Baseline'.repeat(5)}…"; it must be one of privileged, baseline, restricted`],
    [{minor: 1, spec: {}}, TypeError, 'level is undefined; it must be one of privileged, baseline, restricted'],
    [{level: 'baseline', spec: {}}, TypeError, "minor is undefined; it must be a whole number from 0 to 37, or 'latest'"],
    [{level: 'baseline', minor: 'v1.25', spec: {}}, TypeError, 'minor is "v1.25"; it must be a whole number from 0 to 37, or \'latest\''],
    [{level: 'baseline', minor: 38, spec: {}}, RangeError, "minor is 38; it must be a whole number from 0 to 37, or 'latest'"],
    [{level: 'baseline', minor: -1, spec: {}}, RangeError, "minor is -1; it must be a whole number from 0 to 37, or 'latest'"],
    [{level: 'baseline', minor: 1.25, spec: {}}, RangeError, "minor is 1.25; it must be a whole number from 0 to 37, or 'latest'"],
    [{level: 'baseline', minor: NaN, spec: {}}, RangeError, "minor is NaN; it must be a whole number from 0 to 37, or 'latest'"],
    [{level: 'baseline', minor: 1, server: 38, spec: {}}, RangeError, 'server is 38; it must be a whole number from 0 to 37'],
    [{level: 'baseline', minor: 1, server: 'latest', spec: {}}, TypeError, 'server is "latest"; it must be a whole number from 0 to 37'],
    [{level: 'baseline', minor: 1}, TypeError, 'spec is undefined; it must be an object'],
    [{level: 'baseline', minor: 1, spec: []}, TypeError, 'spec is a list; it must be an object'],
    [{level: 'privileged', minor: 1, spec: 'x'}, TypeError, 'spec is "x"; it must be an object'],
    [null, TypeError, 'the question is null; it must be an object'],
    [{level: 'baseline', minor: 1, spec: {containers: 'x'}}, Error, 'spec.containers is not a list'],
    [{level: 'baseline', minor: 1, metadata: 'x', spec: {}}, Error, 'metadata is not an object'],
  ]
  for (const [question, Kind, message] of refused) it(`refuses: ${message}`, () => expect(() => evaluatePod(question as PodQuestion)).to.throw(Kind, new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)))
})

describe('withServerDefaults of the library', () => {
  it('fills in, for the newest server where none is named', () => {
    const ports = {hostNetwork: true, containers: [{name: 'a', ports: [{containerPort: 80}]}]}
    expect(withServerDefaults({kind: 'template', spec: ports})).to.deep.equal({spec: ports})
    expect(withServerDefaults({kind: 'template', server: 27, spec: ports, metadata: {name: 'x'}})).to.deep.equal({metadata: {name: 'x'}, spec: {hostNetwork: true, containers: [{name: 'a', ports: [{containerPort: 80, hostPort: 80}]}]}})
  })

  it('refuses', () => {
    expect(() => withServerDefaults({kind: 'deployment' as 'pod', spec: {}})).to.throw(RangeError, 'kind is "deployment"; it must be one of pod, template')
    expect(() => withServerDefaults({kind: 'pod', spec: null as never})).to.throw(TypeError, 'spec is null; it must be an object')
    expect(() => withServerDefaults({kind: 'pod', spec: {}, server: 99})).to.throw(RangeError, 'server is 99; it must be a whole number from 0 to 37')
  })
})

/** The build, as other programs import it: by the package's name, from within it. */
describe('the package export', () => {
  it('runs the example of its page, and prints what the page says', () => {
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', blockOf('js')], {encoding: 'utf8'})
    expect(printed).to.equal(blockOf('text'))
    expect(printed).not.to.equal('')
  })

  it('is one file without imports, with its types beside it', () => {
    expect(readFileSync('dist/pod-security.js', 'utf8')).not.to.match(/^import\b|\brequire\(/m)
    expect(readFileSync('dist/pod-security.d.ts', 'utf8')).to.equal(readFileSync('src/pod-security/evaluate-pod-types.ts', 'utf8'))
  })
})
