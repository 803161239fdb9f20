import {at, flagAt, listAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {annotationsOf} from '../../kube/object.js'
import type {ControlId} from '../../pod-security/control.js'

/** What a policy does to pods that break a control: it refuses them, or it fills in what they leave unset. */
export interface PspControls {
  refused: readonly ControlId[]
  /** Where a pod says nothing, it is made to comply; where it says the wrong thing, it is refused. */
  filled: readonly ControlId[]
}

/** Those that baseline lets a container add. */
export const PLAIN_CAPABILITIES: readonly string[] = ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']
export const PLAIN_VOLUMES: readonly string[] = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']
export const SELINUX_TYPES: readonly string[] = ['', 'container_t', 'container_init_t', 'container_kvm_t']
const SECCOMP = 'seccomp.security.alpha.kubernetes.io/'
const APPARMOR = 'apparmor.security.beta.kubernetes.io/'

/**
 * The controls of the Pod Security Standards that a PodSecurityPolicy holds
 * whole (pkg/security/podsecuritypolicy, read at 1.24.17). Some come close and
 * are left out: with MustRunAsNonRoot a runAsUser is enough without
 * runAsNonRoot, and a 0 at the pod passes where every container has another
 * user; nothing looks at hosts of probes.
 */
export function controlsOfPsp(policy: KubeObject): PspControls {
  const spec = at(policy, 'spec')
  const annotations = annotationsOf(policy)
  const held: [ControlId, boolean][] = [
    ['privileged', flagAt(spec, 'privileged') !== true],
    ['hostNamespaces', ['hostNetwork', 'hostPID', 'hostIPC'].every(field => flagAt(spec, field) !== true)],
    // A container of the host's needs the network of the host too, by validation.
    ['windowsHostProcess', flagAt(spec, 'hostNetwork') !== true],
    ['hostPathVolumes', !textsAt(spec, 'volumes').some(volume => volume === '*' || volume === 'hostPath')],
    ['restrictedVolumes', textsAt(spec, 'volumes').every(volume => PLAIN_VOLUMES.includes(volume))],
    ['hostPorts', listAt(spec, 'hostPorts').every(range => (numberAt(range, 'max') ?? 0) <= 0)],
    ['capabilities_baseline', addable(spec).every(one => PLAIN_CAPABILITIES.includes(one))],
    ['procMount', hasPlainProcMount(spec)],
    ['procMount_restricted', hasPlainProcMount(spec)],
    ['sysctls', textsAt(spec, 'allowedUnsafeSysctls').length === 0],
    ['seccompProfile_baseline', profilesAllowed(annotations, SECCOMP, '').every(isPlainProfile)],
    ['appArmorProfile', profilesAllowed(annotations, APPARMOR, '*').every(isPlainProfile)],
  ]
  const filled: [ControlId, boolean][] = [
    ['seLinuxOptions', textAt(spec, 'seLinux', 'rule') === 'MustRunAs' && hasPlainSeLinux(at(spec, 'seLinux', 'seLinuxOptions'))],
    ['capabilities_restricted', textsAt(spec, 'requiredDropCapabilities').includes('ALL') && addable(spec).every(one => one === 'NET_BIND_SERVICE')],
    ['allowPrivilegeEscalation', flagAt(spec, 'allowPrivilegeEscalation') === false && flagAt(spec, 'defaultAllowPrivilegeEscalation') !== true],
    ['seccompProfile_restricted', demandsSeccomp(annotations)],
  ]
  return {refused: held.flatMap(([id, isHeld]) => (isHeld ? [id] : [])), filled: filled.flatMap(([id, isHeld]) => (isHeld ? [id] : []))}
}

function addable(spec: Json | undefined): string[] {
  return [...textsAt(spec, 'allowedCapabilities'), ...textsAt(spec, 'defaultAddCapabilities')]
}

function hasPlainProcMount(spec: Json | undefined): boolean {
  return textsAt(spec, 'allowedProcMountTypes').every(type => type === 'Default')
}

function hasPlainSeLinux(options: Json | undefined): boolean {
  const option = (name: string): string => textAt(options, name) ?? ''
  return options !== undefined && option('user') === '' && option('role') === '' && SELINUX_TYPES.includes(option('type'))
}

/** @param absent what the annotation means where it is not there: for seccomp, that none may be set; for AppArmor, any */
function profilesAllowed(annotations: Readonly<Record<string, string>>, prefix: string, absent: '' | '*'): string[] {
  return (annotations[`${prefix}allowedProfileNames`] ?? absent).split(',')
}

export function isPlainProfile(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile === 'docker/default' || profile.startsWith('localhost/')
}

/** None unset: nothing on the list, or a default in its place. */
function demandsSeccomp(annotations: Readonly<Record<string, string>>): boolean {
  const allowed = profilesAllowed(annotations, SECCOMP, '')
  const fallback = annotations[`${SECCOMP}defaultProfileName`] ?? ''
  return allowed.every(isPlainProfile) && (!allowed.includes('') || (fallback !== '' && allowed.includes(fallback)))
}
