import {expect} from 'chai'
import type {JsonObject} from '../../src/kube/json.js'
import {BASELINE_CONTROLS, CONTROLS, NEWEST_MINOR, RESTRICTED_CONTROLS} from '../../src/pod-security/control.js'
import type {ControlId} from '../../src/pod-security/control.js'
import {CONTROL_TABLE} from '../../src/pod-security/controls/table.js'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {RULE_CHANGES, aggregateMessageOf, controlsAt, evaluate, fits, isAllowed, messageOf} from '../../src/pod-security/evaluate.js'
import type {Level} from '../../src/pod-security/labels.js'

const rules = (minor: number, server = NEWEST_MINOR): {minor: number; server: number} => ({minor, server})
const spec = (fields: JsonObject): Judged => ({metadata: undefined, spec: fields})

/** Restricted asks for no more than this, at every version. */
const GOOD = spec({
  securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
  initContainers: [{name: 'mesh', restartPolicy: 'Always', securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}}],
  containers: [{name: 'app', securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL'], add: ['NET_BIND_SERVICE']}}}],
  volumes: [{name: 'tmp', emptyDir: {}}],
})

/** Fails everything there is. */
const WORST: Judged = {
  metadata: {annotations: {'container.apparmor.security.beta.kubernetes.io/a': 'x', 'seccomp.security.alpha.kubernetes.io/pod': 'x'}},
  spec: {
    hostNetwork: true,
    securityContext: {sysctls: [{name: 'x'}], seccompProfile: {type: 'x'}, seLinuxOptions: {user: 'u'}, windowsOptions: {hostProcess: true}, runAsUser: 0, runAsNonRoot: false},
    containers: [{name: 'a', ports: [{hostPort: 1}], livenessProbe: {httpGet: {host: 'h'}}, securityContext: {privileged: true, procMount: 'x', capabilities: {add: ['x']}}}],
    volumes: [{name: 'v', hostPath: {path: '/'}}],
  },
}

describe('controlsAt', () => {
  const without = (ids: readonly ControlId[], ...left: ControlId[]): ControlId[] => ids.filter(id => !left.includes(id))
  const OVERRIDDEN: ControlId[] = ['capabilities_baseline', 'hostPathVolumes', 'procMount', 'seccompProfile_baseline']
  const rows: [string, Level, number, number, readonly ControlId[]][] = [
    ['privileged runs nothing', 'privileged', 37, 37, []],
    ['baseline of today', 'baseline', 37, 37, BASELINE_CONTROLS],
    ['baseline before 1.34', 'baseline', 33, 37, without(BASELINE_CONTROLS, 'hostProbesAndHostLifecycle')],
    ['restricted of today', 'restricted', 37, 37, without(CONTROLS, ...OVERRIDDEN)],
    ['restricted before 1.35: the baseline procMount', 'restricted', 34, 37, without(CONTROLS, 'procMount_restricted', 'capabilities_baseline', 'hostPathVolumes', 'seccompProfile_baseline')],
    ['restricted at 1.22', 'restricted', 22, 37, without(CONTROLS, 'hostProbesAndHostLifecycle', 'procMount_restricted', 'runAsUser', 'capabilities_baseline', 'hostPathVolumes', 'seccompProfile_baseline')],
    ['restricted at 1.21: the baseline capabilities', 'restricted', 21, 37, without(CONTROLS, 'hostProbesAndHostLifecycle', 'procMount_restricted', 'runAsUser', 'capabilities_restricted', 'hostPathVolumes', 'seccompProfile_baseline')],
    ['restricted at 1.18: the baseline seccomp', 'restricted', 18, 37, without(CONTROLS, 'hostProbesAndHostLifecycle', 'procMount_restricted', 'runAsUser', 'capabilities_restricted', 'seccompProfile_restricted', 'hostPathVolumes')],
    ['restricted at 1.0', 'restricted', 0, 37, [...without(BASELINE_CONTROLS, 'hostProbesAndHostLifecycle', 'hostPathVolumes'), 'restrictedVolumes', 'runAsNonRoot']],
    ['servers of 1.23 know no overrides', 'restricted', 23, 23, [...without(BASELINE_CONTROLS, 'hostProbesAndHostLifecycle'), ...without(RESTRICTED_CONTROLS, 'procMount_restricted')]],
    ['servers of 1.24 do', 'restricted', 24, 24, without(CONTROLS, 'hostProbesAndHostLifecycle', 'procMount_restricted', 'capabilities_baseline', 'hostPathVolumes', 'seccompProfile_baseline')],
    ['newer than the server is the server', 'baseline', 34, 33, without(BASELINE_CONTROLS, 'hostProbesAndHostLifecycle')],
    ['a server newer than any known', 'baseline', 90, 99, BASELINE_CONTROLS],
  ]
  for (const [name, level, minor, server, expected] of rows) it(name, () => expect(controlsAt(level, rules(minor, server))).to.deep.equal(expected))
})

describe('the table of controls', () => {
  it('has them all, in the order of the server', () => {
    expect(CONTROL_TABLE.map(({id}) => id)).to.deep.equal(CONTROLS)
    expect(BASELINE_CONTROLS).to.deep.equal(BASELINE_CONTROLS.toSorted())
    expect(RESTRICTED_CONTROLS).to.deep.equal(RESTRICTED_CONTROLS.toSorted())
  })

  it('has its windows oldest first, none newer than the newest minor', () => {
    for (const {id, windows, builds = []} of CONTROL_TABLE)
      for (const list of [windows, ...builds.map(build => build.windows)]) {
        const minors = list.map(({from}) => from)
        expect(minors, id).to.deep.equal([...new Set(minors)].toSorted((a, b) => a - b))
        expect(Math.max(...minors), id).to.be.at.most(NEWEST_MINOR)
      }
  })

  it('says with which minors a rule changes', () => expect(RULE_CHANGES).to.deep.equal([0, 8, 19, 22, 23, 25, 27, 29, 31, 32, 34, 35, 37]))
})

describe('evaluate', () => {
  it('a good pod passes at every version of every server', () => {
    for (let server = 22; server <= NEWEST_MINOR; server++)
      for (let minor = 0; minor <= server; minor++) for (const level of ['privileged', 'baseline', 'restricted'] as const) expect(messageOf(evaluate(level, rules(minor, server), GOOD)), `${level} 1.${minor} on 1.${server}`).to.equal('')
  })

  it('the worst fails all that run, in order; every answer agrees with the others', () => {
    for (let server = 22; server <= NEWEST_MINOR; server++)
      for (let minor = 0; minor <= server; minor++) {
        for (const level of ['privileged', 'baseline', 'restricted'] as const) {
          const failed = evaluate(level, rules(minor, server), WORST)
          expect(failed.map(({id}) => id)).to.deep.equal(controlsAt(level, rules(minor, server)))
          expect(isAllowed(level, rules(minor, server), WORST)).to.equal(level === 'privileged')
          for (const {id, violations} of failed) expect(violations.length, id).to.be.greaterThan(0)
        }
        expect(fits(rules(minor, server), WORST)).to.equal('privileged')
      }
  })

  it('messages: details in brackets, reasons alone, nothing for nothing', () => {
    const failed = evaluate('baseline', rules(37), spec({hostPID: true, containers: [{name: 'a', securityContext: {privileged: true}}]}))
    expect(messageOf(failed)).to.equal('host namespaces (hostPID=true), privileged (container "a" must not set securityContext.privileged=true)')
    expect(aggregateMessageOf(failed)).to.equal('host namespaces, privileged')
    expect(messageOf([{id: 'privileged', reason: 'privileged', detail: '', violations: []}])).to.equal('privileged')
    expect([messageOf([]), aggregateMessageOf([])]).to.deep.equal(['', ''])
  })

  it('servers of 1.22 and 1.23 report twice what later ones report once', () => {
    const pod = spec({containers: [{name: 'a', securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, seccompProfile: {type: 'RuntimeDefault'}, capabilities: {drop: ['ALL'], add: ['SYS_ADMIN']}}}], volumes: [{name: 'v', hostPath: {path: '/'}}]})
    const RESTRICTED = 'unrestricted capabilities (container "a" must not include "SYS_ADMIN" in securityContext.capabilities.add), restricted volume types (volume "v" uses restricted volume type "hostPath")'
    expect(messageOf(evaluate('restricted', rules(23, 23), pod))).to.equal(`non-default capabilities (container "a" must not include "SYS_ADMIN" in securityContext.capabilities.add), hostPath volumes (volume "v"), ${RESTRICTED}`)
    expect(messageOf(evaluate('restricted', rules(23, 24), pod))).to.equal(RESTRICTED)
  })

  it('a null in a list is an empty entry, also where it stands alone', () => {
    const said = (fields: JsonObject): string => messageOf(evaluate('restricted', rules(37), spec(fields)))
    expect(said({containers: [null]})).to.equal([
      'allowPrivilegeEscalation != false (container "" must set securityContext.allowPrivilegeEscalation=false)', 'unrestricted capabilities (container "" must set securityContext.capabilities.drop=["ALL"])',
      'runAsNonRoot != true (pod or container "" must set securityContext.runAsNonRoot=true)', 'seccompProfile (pod or container "" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ].join(', '))
    expect(said({volumes: [null]})).to.equal('restricted volume types (volume "" uses restricted volume type "unknown")')
  })

  it('a level can be passed that a weaker one refuses', () => {
    const windows = spec({os: {name: 'windows'}, securityContext: {runAsNonRoot: true}, containers: [{name: 'a', securityContext: {capabilities: {add: ['SYS_ADMIN']}}}]})
    expect([isAllowed('baseline', rules(37), windows), isAllowed('restricted', rules(37), windows), fits(rules(37), windows)]).to.deep.equal([false, true, 'restricted'])
  })

  const fitting: [string, Judged, Level][] = [
    ['restricted', GOOD, 'restricted'], ['baseline', spec({containers: [{name: 'a'}]}), 'baseline'], ['privileged', spec({hostPID: true, containers: []}), 'privileged'], ['nothing at all', spec({}), 'restricted'],
  ]
  for (const [name, pod, level] of fitting) it(`fits: ${name}`, () => expect(fits(rules(37), pod)).to.equal(level))
})
