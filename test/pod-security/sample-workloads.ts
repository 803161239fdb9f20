import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import type {KubeObject} from '../../src/kube/json.js'
import type {ControlId} from '../../src/pod-security/control.js'
import type {Level} from '../../src/pod-security/labels.js'

export const SAMPLE = 'samples/workloads'

export function sampleObjects(): KubeObject[] {
  const files = readdirSync(SAMPLE).filter(file => file.endsWith('.yaml')).toSorted()
  return files.flatMap(file => parseAllDocuments(readFileSync(join(SAMPLE, file), 'utf8')).map(document => document.toJS() as KubeObject))
}

interface Expected {
  level: Level
  /** What baseline refuses, and what restricted does: that one asks its own question in place of some of baseline's. */
  baseline: readonly ControlId[]
  restricted: readonly ControlId[]
}

/** What a pod fails that says nothing of security, and nothing wrong. */
const SILENT: readonly ControlId[] = ['allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot', 'seccompProfile_restricted']

const RESTRICTED: Expected = {level: 'restricted', baseline: [], restricted: []}
const baseline = (...restricted: ControlId[]): Expected => ({level: 'baseline', baseline: [], restricted})
const privileged = (refused: ControlId[], restricted: ControlId[]): Expected => ({level: 'privileged', baseline: refused, restricted})

/**
 * By hand, from the Standards and from what the manifests say: each workload at
 * 1.30, its server, and where that is something else at 1.37. Templates count as
 * the pods that the server makes of them, and the pods that run count too.
 */
export const EXPECTED: readonly [workload: string, at30: Expected, at37?: Expected][] = [
  // Drops `all`, which is not ALL.
  ['kube-system/Deployment/coredns', baseline('capabilities_restricted', 'runAsNonRoot', 'seccompProfile_restricted')],
  // On the host's network its port 9879 is the host's.
  ['kube-system/DaemonSet/netlink-agent', privileged(['capabilities_baseline', 'hostNamespaces', 'hostPathVolumes', 'hostPorts', 'seLinuxOptions'], ['hostNamespaces', 'hostPorts', 'seLinuxOptions', ...SILENT, 'restrictedVolumes'])],
  ['kube-system/DaemonSet/gpu-device-plugin', privileged(['hostPathVolumes'], ['restrictedVolumes', 'runAsNonRoot', 'seccompProfile_restricted'])],
  // Its probe names a host: refused from 1.34 on.
  [
    'kube-system/Pod/kube-apiserver-cp-1',
    privileged(['hostNamespaces', 'hostPathVolumes'], ['hostNamespaces', 'allowPrivilegeEscalation', 'capabilities_restricted', 'restrictedVolumes', 'runAsNonRoot']),
    privileged(['hostNamespaces', 'hostPathVolumes', 'hostProbesAndHostLifecycle'], ['hostNamespaces', 'hostProbesAndHostLifecycle', 'allowPrivilegeEscalation', 'capabilities_restricted', 'restrictedVolumes', 'runAsNonRoot']),
  ],

  ['storefront/Deployment/web', baseline(...SILENT)],
  ['storefront/Deployment/catalog', RESTRICTED],
  ['storefront/Deployment/media', baseline(...SILENT)],
  ['storefront/Deployment/status', baseline(...SILENT), privileged(['hostProbesAndHostLifecycle'], ['hostProbesAndHostLifecycle', ...SILENT])],
  ['storefront/Job/import-2026-11', baseline(...SILENT, 'runAsUser')],
  // Its second container is silent.
  ['storefront/Service/thumbnails', baseline(...SILENT)],

  ['checkout/Deployment/gateway', RESTRICTED],
  // A user that is not root does not say that root must not be.
  ['checkout/StatefulSet/ledger', baseline('runAsNonRoot')],
  ['checkout/CronJob/settle', baseline(...SILENT)],

  // CHOWN and DAC_OVERRIDE are of the default set, so baseline has nothing against the init container.
  ['data/StatefulSet/postgres', baseline('capabilities_restricted', 'runAsNonRoot', 'runAsUser')],
  ['data/StatefulSet/cache', privileged(['sysctls'], ['sysctls', 'allowPrivilegeEscalation', 'capabilities_restricted', 'seccompProfile_restricted'])],
  ['data/StatefulSet/search', privileged(['privileged'], ['privileged', ...SILENT])],
  ['data/CronJob/postgres-backup', baseline('restrictedVolumes')],
  ['data/ReplicaSet/cache-trial', privileged(['hostPorts'], ['hostPorts', ...SILENT])],
  // net.ipv4.tcp_rmem: from 1.32 on.
  ['data/Deployment/pooler', privileged(['sysctls'], ['sysctls']), RESTRICTED],

  // NET_BIND_SERVICE is the one capability that restricted lets be added.
  ['edge/DaemonSet/ingress', privileged(['hostPorts'], ['hostPorts'])],
  ['edge/Deployment/dns-updater', RESTRICTED],
  ['edge/Pod/floating-ip-worker-1', privileged(['capabilities_baseline', 'hostNamespaces'], ['hostNamespaces', ...SILENT])],

  ['observability/DaemonSet/node-exporter', privileged(['capabilities_baseline', 'hostNamespaces', 'hostPathVolumes', 'hostPorts'], ['hostNamespaces', 'hostPorts', 'capabilities_restricted', 'restrictedVolumes', 'seccompProfile_restricted'])],
  ['observability/DaemonSet/log-shipper', privileged(['hostPathVolumes'], [...SILENT, 'restrictedVolumes'])],
  ['observability/StatefulSet/metrics-store', baseline('allowPrivilegeEscalation', 'capabilities_restricted')],
  ['observability/Deployment/dashboards', baseline('seccompProfile_restricted')],

  ['ci/Deployment/runner', privileged(['privileged'], ['privileged', ...SILENT])],
  // container_engine_t: from 1.31 on.
  ['ci/Deployment/image-builder', privileged(['seLinuxOptions'], ['seLinuxOptions', ...SILENT]), baseline(...SILENT)],
  ['ci/Rollout/preview', baseline('capabilities_restricted', 'runAsNonRoot', 'seccompProfile_restricted')],
  ['ci/CronJob/image-sweep', privileged(['hostPathVolumes'], [...SILENT, 'restrictedVolumes'])],
  // The debugging container; what the pod says of users and profiles covers it.
  ['ci/Pod/toolbox', privileged(['capabilities_baseline'], ['allowPrivilegeEscalation', 'capabilities_restricted'])],
  // Root in a user namespace: from 1.35 on.
  ['ci/Deployment/rootless-builder', baseline('runAsNonRoot', 'runAsUser'), RESTRICTED],

  ['cert-manager/Deployment/cert-manager', RESTRICTED],

  // All of it the injected init container's: the template is restricted.
  ['travel/Deployment/booking', privileged(['capabilities_baseline'], ['allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot', 'runAsUser'])],
  ['travel/Deployment/rates', RESTRICTED],

  // Windows is spared three of restricted's checks, from 1.25 on.
  ['backoffice/Deployment/reports', RESTRICTED],
  ['backoffice/DaemonSet/windows-exporter', privileged(['hostNamespaces', 'windowsHostProcess'], ['hostNamespaces', 'windowsHostProcess', 'runAsNonRoot'])],
  ['backoffice/DeploymentConfig/ldap-sync', baseline('allowPrivilegeEscalation', 'capabilities_restricted')],
  ['backoffice/Deployment/terminal', privileged(['appArmorProfile'], ['appArmorProfile'])],
  ['backoffice/ReplicationController/branch-monitor', privileged(['capabilities_baseline'], SILENT.slice())],
]
