import type {Fact} from '../audit/fact.js'
import {kubelets} from '../audit/kubelets.js'
import type {Topic} from '../audit/severity.js'
import {denyServiceExternalIPs} from '../admission/deny-plugin.js'
import {engines} from '../admission/engines.js'
import {externalIPUpgrade} from '../admission/external-ip-upgrade.js'
import {externalIPVerdict} from '../admission/external-ip-verdict.js'
import {externalIPBlockers} from '../admission/external-ip-blockers.js'
import {podCoverage} from '../admission/pod-security/pod-coverage.js'
import {podSecurityVerdict} from '../admission/pod-security/verdict.js'
import type {ReportFacts} from '../flows/audit.js'
import type {AssumedFamilies} from '../network/assumed-families.js'
import {assume} from '../network/assumed-families.js'
import {families} from '../network/families.js'
import {platform} from '../network/platform.js'
import {workloadLevelsOf} from '../pod-security/workload-levels.js'
import type {WorkloadOptions} from '../pod-security/workload-levels.js'
import {fittedNamespaces} from '../pod-security/workload-namespaces.js'
import {workloadList} from '../pod-security/workload-list.js'
import {podUpgrade} from '../pod-security/workload-upgrade.js'
import {versionFrom} from './server-version-flag.js'

/** The head of the report, as far as the chosen topics ask for it: `--topic external-ips` must not read what only Pod Security needs. */
export function reportFacts(topics: ReadonlySet<Topic>, version: string | undefined, {assumed = null, ...workloads}: WorkloadOptions & {assumed?: AssumedFamilies | null} = {}): ReportFacts {
  const ifAsked = <T>(topic: Topic, fact: Fact<T>): Fact<T> | null => (topics.has(topic) ? fact : null)
  return {
    version: versionFrom(version),
    kubelets, platform,
    families: ifAsked('dual-stack', families),
    assumed: assumed === null ? null : assume(assumed),
    denyPlugin: ifAsked('external-ips', denyServiceExternalIPs),
    blockers: ifAsked('external-ips', externalIPBlockers),
    engines: ifAsked('pod-security', engines),
    namespaces: ifAsked('pod-security', fittedNamespaces),
    coverage: ifAsked('pod-security', podCoverage),
    upgrade: [ifAsked('external-ips', externalIPUpgrade), ifAsked('pod-security', podUpgrade)].filter(fact => fact !== null),
    workloads: topics.has('pod-security') ? {levels: workloadLevelsOf(workloads), list: workloadList} : null,
    verdicts: {...(topics.has('pod-security') ? {'pod-security': podSecurityVerdict} : {}), ...(topics.has('external-ips') ? {'external-ips': externalIPVerdict} : {})},
  }
}
