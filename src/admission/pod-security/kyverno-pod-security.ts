import {at, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {shortList} from '../../kube/short-list.js'
import {BASELINE_CONTROLS, CONTROLS, NEWEST_MINOR} from '../../pod-security/control.js'
import type {ControlId} from '../../pod-security/control.js'

/** Kyverno's names of the controls (pkg/pss/utils/mapping.go). */
const NAMED: Readonly<Record<string, readonly ControlId[]>> = {
  Capabilities: ['capabilities_baseline', 'capabilities_restricted'], Seccomp: ['seccompProfile_baseline', 'seccompProfile_restricted'],
  'Privileged Containers': ['privileged'], 'Host Ports': ['hostPorts'], '/proc Mount Type': ['procMount', 'procMount_restricted'], HostProcess: ['windowsHostProcess'], SELinux: ['seLinuxOptions'],
  'Host Namespaces': ['hostNamespaces'], 'HostPath Volumes': ['hostPathVolumes'], Sysctls: ['sysctls'], AppArmor: ['appArmorProfile'],
  'Volume Types': ['restrictedVolumes'], 'Privilege Escalation': ['allowPrivilegeEscalation'], 'Running as Non-root': ['runAsNonRoot'], 'Running as Non-root user': ['runAsUser'],
}

/** Excluded without images they are excluded whole; the others then keep what their containers say. */
const OF_THE_POD: readonly string[] = ['Host Namespaces', 'HostPath Volumes', 'Sysctls', 'Volume Types']
const OF_CONTAINERS: readonly string[] = ['Capabilities', 'Privileged Containers', 'Host Ports', '/proc Mount Type', 'Privilege Escalation']

/** Versions after which a control allows what it did not before; `latest` of an engine allows what its own version did. */
const LOOSENED: readonly {control: ControlId; at: number; what: string}[] = [
  {control: 'sysctls', at: 27, what: 'the sysctl of 1.27'}, {control: 'sysctls', at: 29, what: 'the sysctls of 1.29'}, {control: 'sysctls', at: 32, what: 'the sysctls of 1.32'}, {control: 'sysctls', at: 37, what: 'the sysctls of 1.37'},
  {control: 'seLinuxOptions', at: 31, what: 'the SELinux type of 1.31'},
  ...(['allowPrivilegeEscalation', 'capabilities_restricted', 'seccompProfile_restricted'] as const).map(control => ({control, at: 25, what: 'Windows pods'})),
]

export interface PodSecurityEngine {
  /** Of Kyverno; null: nothing tells it. */
  version: string | null
  /** Of the server. */
  minor: number
}

/**
 * `validate.podSecurity`: Kyverno runs Kubernetes' own checks. Unlike the API
 * server it takes the first form of a check also where the pinned version is
 * older than the check (kyverno issues 14521 and 15111), and lets no check stand
 * in for another. User namespaces loosen nothing: that feature stays off.
 */
export function podSecurityControls(value: Json | undefined, {version, minor}: PodSecurityEngine): Map<ControlId, string[]> {
  const isBaseline = textAt(value, 'level') === 'baseline'
  const asked = minorOfVersion(textAt(value, 'version') ?? 'latest')
  const excluded = listAt(value, 'exclude')
  const controls = isBaseline ? [...BASELINE_CONTROLS, 'procMount_restricted' as const] : CONTROLS
  return new Map(controls.flatMap((control): [ControlId, string[]][] => {
    const own = excluded.filter(one => (NAMED[textAt(one, 'controlName') ?? ''] ?? []).includes(control))
    if (own.some(isAll)) return []
    return [[control, [...ageHoles(control, version), ...formHoles(control, asked), ...LOOSENED.filter(one => one.control === control && one.at > minor && one.at <= asked).map(({what}) => `lets through ${what}`), ...own.map(exclusionHole)]]]
  }))
}

function minorOfVersion(version: string): number {
  const [, minor] = /^v?1\.(\d+)$/.exec(version) ?? []
  return minor === undefined ? NEWEST_MINOR : Number(minor)
}

/** The control of Kubernetes 1.34 came with one of these engines; the first that is known to have it. */
const HAS_PROBES = /^(?:1\.(?:1[7-9]|[2-9]\d)|[2-9]\d*)\./

function ageHoles(control: ControlId, version: string | null): string[] {
  if (control !== 'hostProbesAndHostLifecycle' || (version !== null && HAS_PROBES.test(version))) return []
  return [`Kyverno before 1.17 may not know it, and this is ${version ?? 'an unknown version'}`]
}

/** Rules before that minor read annotations alone. */
const FIRST_SECCOMP_FIELDS = 19

function formHoles(control: ControlId, asked: number): string[] {
  return control === 'seccompProfile_baseline' && asked < FIRST_SECCOMP_FIELDS ? ['by the rules of that version seccomp profiles in fields are not looked at'] : []
}

function isAll(exclusion: Json): boolean {
  const name = textAt(exclusion, 'controlName') ?? ''
  if (at(exclusion, 'restrictedField') !== undefined || textsAt(exclusion, 'values').length > 0) return false
  const images = textsAt(exclusion, 'images')
  return images.length === 0 ? OF_THE_POD.includes(name) : OF_CONTAINERS.includes(name) && images.includes('*')
}

function exclusionHole(exclusion: Json): string {
  const images = textsAt(exclusion, 'images')
  const field = textAt(exclusion, 'restrictedField')
  const values = textsAt(exclusion, 'values')
  const what = field === undefined ? 'it' : `${field}${values.length > 0 ? ` of ${shortList(values, 3)}` : ''}`
  return images.length === 0 ? `${what} is excluded` : `${what} is excluded for images ${shortList(images, 3)}`
}
