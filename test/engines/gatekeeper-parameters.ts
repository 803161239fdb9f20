import type {JsonObject} from '../../src/kube/json.js'

const RESTRICTED_VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']
const SYSCTLS = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']

/** What people give the templates of Gatekeeper's library: as strict as the Standards, nothing at all, and odd things. */
export const PARAMETERS: Readonly<Record<string, readonly JsonObject[]>> = {
  K8sPSPPrivilegedContainer: [{}, {exemptImages: ['other/*']}],
  K8sPSPAllowPrivilegeEscalationContainer: [{}],
  K8sPSPHostNamespace: [{}],
  K8sPSPHostNetworkingPorts: [{}, {hostNetwork: false, min: 0, max: 0}, {hostNetwork: true, min: 1, max: 0}, {min: 80, max: 9000}],
  K8sPSPHostProcess: [{}],
  K8sPSPHostProbesLifecycle: [{}],
  K8sPSPVolumeTypes: [{}, {volumes: RESTRICTED_VOLUMES}, {volumes: []}, {volumes: ['nfs', ...RESTRICTED_VOLUMES]}, {volumes: ['*']}],
  K8sPSPHostFilesystem: [{}, {allowedHostPaths: []}, {allowedHostPaths: [{pathPrefix: '/var/log', readOnly: true}]}],
  K8sPSPForbiddenSysctls: [{}, {forbiddenSysctls: ['*']}, {forbiddenSysctls: [], allowedSysctls: SYSCTLS}, {allowedSysctls: SYSCTLS}, {forbiddenSysctls: ['kernel.*'], allowedSysctls: ['*']}, {forbiddenSysctls: [], allowedSysctls: []}],
  K8sPSPCapabilities: [{}, {requiredDropCapabilities: ['ALL']}, {allowedCapabilities: ['NET_BIND_SERVICE'], requiredDropCapabilities: ['ALL']}, {allowedCapabilities: ['CHOWN', 'SETUID']}, {allowedCapabilities: ['*'], requiredDropCapabilities: ['ALL']}, {requiredDropCapabilities: ['KILL']}],
  K8sPSPProcMount: [{}, {procMount: 'Default'}, {procMount: 'Unmasked'}],
  K8sPSPAppArmor: [{}, {allowedProfiles: ['runtime/default']}, {allowedProfiles: []}, {allowedProfiles: ['runtime/default', 'unconfined']}],
  K8sPSPSELinux: [{}, {allowedSELinuxOptions: {level: 's0'}}],
  K8sPSPSELinuxV2: [{}, {allowedSELinuxOptions: []}, {allowedSELinuxOptions: [{level: 's0:c123,c456', type: 'container_t'}]}, {allowedSELinuxOptions: [{user: 'system_u', type: 'container_t'}]}],
  K8sPSPSeccomp: [{}, {allowedProfiles: ['runtime/default', 'docker/default']}, {allowedProfiles: ['RuntimeDefault', 'Localhost'], allowedLocalhostFiles: ['*']}, {allowedProfiles: ['RuntimeDefault', 'not configured']}],
  K8sPSPSeccompV2: [{}, {allowedProfiles: ['RuntimeDefault']}, {allowedProfiles: ['RuntimeDefault', 'Localhost'], allowedLocalhostFiles: ['*']}, {allowedProfiles: ['RuntimeDefault', 'not configured']}],
  K8sPSPAllowedUsers: [{}, {runAsUser: {rule: 'MustRunAsNonRoot'}}, {runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 65535}]}}, {runAsUser: {rule: 'RunAsAny'}}],
}
