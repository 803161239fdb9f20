import type {AdmissionFlagsInfo, SwitchedOff} from '../audit/admission-flags.js'
import {admissionFlags} from '../audit/admission-flags.js'
import {defineFact} from '../audit/fact.js'
import {effectiveMinor, serverVersion} from '../audit/server-version.js'
import {textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {labelsOf, nameOf} from '../kube/object.js'
import type {Defaults, LevelVersion} from './labels.js'
import {LABEL_PREFIX} from './labels.js'
import type {FreedWorkloads} from './psa-config-users.js'
import {freedWorkloads} from './psa-config-users.js'
import type {ConfigReading} from './psa-config-file.js'
import {readAdmissionConfig} from './psa-config-file.js'
import type {PsaConfig, PsaExemptions} from './psa-config.js'
import {BUILT_IN_CONFIG, limitFor} from './psa-config.js'
import type {PodSecurityProbe} from './psa-probe.js'
import {podSecurityProbe} from './psa-probe.js'
import type {ConfigFlag} from './psa-switch.js'
import {configFlag, podSecurityOff} from './psa-switch.js'

/** What holds for every namespace of this server before any label is read. */
export interface PodSecurityState {
  /** On how many of the API servers that are seen it does nothing. */
  off: SwitchedOff
  defaults: Defaults
  /** All of them only where the configuration is known. */
  exemptions: PsaExemptions
  /** Workloads of the whole cluster that an exempt user frees. */
  freed: readonly FreedWorkloads[]
  /**
   * `file`: as `--admission-config` has it; `none`: every API server runs
   * without one, and so with the built-in defaults; `probe`: the default of
   * enforce answered a probe, and no more is known; `unseen`: the built-in
   * defaults are assumed.
   */
  config: 'file' | 'none' | 'probe' | 'unseen'
  /** How that is known, as a clause. */
  evidence: string
  /** Why the file that was given is not what this server runs with; null: nothing speaks against it. */
  mismatch: string | null
  probe: PodSecurityProbe | null
}

export const podSecurityState = defineFact({
  id: 'pod-security-state',
  reads: ['admission-config', 'control-plane-pods', 'namespaces'],
  needs: [serverVersion, admissionFlags, podSecurityProbe],
  create(context) {
    let given: {file: string; reading: ConfigReading} | null = null
    const levelled = new Set<string>()
    return {
      'admission-config'(object) {
        given = {file: textAt(object, 'file') ?? '', reading: readGiven(object)}
      },
      namespaces(namespace) {
        // The two that change the level of enforce: what a probe is answered there is no default.
        if (Object.keys(labelsOf(namespace)).some(label => label === `${LABEL_PREFIX}enforce` || label === `${LABEL_PREFIX}enforce-version`)) levelled.add(nameOf(namespace))
      },
      end(): PodSecurityState {
        const flags = context.fact(admissionFlags)
        const minor = effectiveMinor(context.fact(serverVersion))
        const probe = context.fact(podSecurityProbe)
        const answered = context.outcome('namespaces').outcome === 'complete' && probe !== null && !levelled.has(probe.namespace) ? probe : null
        const off = podSecurityOff(flags, minor)
        const known = decide({given, minor, named: configFlag(flags, context.outcome('control-plane-pods').outcome === 'complete'), flags, probe: off === 'no' ? answered : null})
        return {off, probe, freed: freedWorkloads(known.exemptions), ...known}
      },
    }
  },
})

/** The file as it was given, and what stands in the one that it names. */
function readGiven(object: KubeObject): ConfigReading {
  return readAdmissionConfig(object['document'] ?? null, object['included'])
}

interface Evidence {
  given: {file: string; reading: ConfigReading} | null
  minor: number | null
  named: ConfigFlag
  flags: AdmissionFlagsInfo
  /** Of a namespace that leaves enforce to the default. */
  probe: PodSecurityProbe | null
}

type Known = Pick<PodSecurityState, 'defaults' | 'exemptions' | 'config' | 'evidence' | 'mismatch'>

function decide({given, minor, named, flags, probe}: Evidence): Known {
  if (given === null) return withoutFile(named, flags, probe)
  const {file, reading} = given
  const mismatch = reading.ok ? mismatchOf(reading.config, {minor, named, probe}) : `${reading.path} ${reading.message}`
  if (mismatch !== null || !reading.ok) return {...withoutFile(named, flags, probe), mismatch: mismatch ?? 'it cannot be read'}
  const {defaults, exemptions} = reading.config
  return {defaults, exemptions, config: 'file', evidence: `by ${file}, as --admission-config has it`, mismatch: null}
}

/** What shows that a server runs with another configuration than the one that was given. */
function mismatchOf(config: PsaConfig, {minor, named, probe}: Pick<Evidence, 'minor' | 'named' | 'probe'>): string | null {
  const limit = limitFor(config, minor)
  if (limit !== null) return `the server is 1.${minor} and would not start with it: ${limit.path} ${limit.message}`
  if (named === 'none') return 'no API server names a file in --admission-control-config-file'
  if (named === 'some') return 'only some API servers name a file in --admission-control-config-file'
  return probe === null ? null : contradiction(config, probe)
}

function contradiction({defaults: {enforce}, exemptions: {namespaces, usernames}}: PsaConfig, {namespace, meaning}: PodSecurityProbe): string | null {
  const says = `and the file says ${enforce.level}:${enforce.version}`
  if (meaning.kind === 'refused') {
    if (namespaces.includes(namespace)) return `a dry run in ${namespace} was refused, and the file exempts that namespace`
    return meaning.level === enforce.level && meaning.version === enforce.version ? null : `a dry run in ${namespace} was held to ${meaning.level}:${meaning.version}, ${says}`
  }
  // An exempt user may be whoever asked.
  const mayPass = enforce.level === 'privileged' || namespaces.includes(namespace) || usernames.length > 0
  return meaning.kind === 'let-in' && !mayPass ? `a dry run in ${namespace} was let in, ${says}` : null
}

function withoutFile(named: ConfigFlag, {pods}: AdmissionFlagsInfo, probe: PodSecurityProbe | null): Known {
  const {defaults, exemptions} = BUILT_IN_CONFIG
  const known = (config: Known['config'], evidence: string, enforce: LevelVersion = defaults.enforce): Known => ({defaults: {...defaults, enforce}, exemptions, config, evidence, mismatch: null})
  if (named === 'none') return known('none', `built in, as ${pods.length === 1 ? 'the API server names' : 'the API servers name'} no configuration file`)
  if (probe?.meaning.kind === 'refused') {
    const {level, version} = probe.meaning
    return known('probe', `as a dry run in ${probe.namespace} was answered`, {level, version})
  }
  const mixed = named === 'some' ? ', and not every API server names the same' : ''
  return known('unseen', `assumed: no API shows the configuration of the API server${mixed}`)
}
