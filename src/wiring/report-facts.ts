import type {Fact} from '../audit/fact.js'
import {kubelets} from '../audit/kubelets.js'
import type {Topic} from '../audit/severity.js'
import {denyServiceExternalIPs} from '../admission/deny-plugin.js'
import {engines} from '../admission/engines.js'
import {externalIPUpgrade} from '../admission/external-ip-upgrade.js'
import {externalIPVerdict} from '../admission/external-ip-verdict.js'
import {externalIPBlockers} from '../admission/external-ip-blockers.js'
import type {ReportFacts} from '../flows/audit.js'
import {families} from '../network/families.js'
import {platform} from '../network/platform.js'
import {namespaceLevels} from '../pod-security/namespace-levels.js'
import {podSecurityVerdict} from '../pod-security/verdict.js'
import {versionFrom} from './server-version-flag.js'

/** The head of the report, as far as the chosen topics ask for it: `--topic external-ips` must not read what only Pod Security needs. */
export function reportFacts(topics: ReadonlySet<Topic>, version: string | undefined): ReportFacts {
  const ifAsked = <T>(topic: Topic, fact: Fact<T>): Fact<T> | null => (topics.has(topic) ? fact : null)
  return {
    version: versionFrom(version),
    kubelets, platform,
    families: ifAsked('dual-stack', families),
    denyPlugin: ifAsked('external-ips', denyServiceExternalIPs),
    blockers: ifAsked('external-ips', externalIPBlockers),
    engines: ifAsked('pod-security', engines),
    namespaces: ifAsked('pod-security', namespaceLevels),
    upgrade: ifAsked('external-ips', externalIPUpgrade),
    verdicts: {...(topics.has('pod-security') ? {'pod-security': podSecurityVerdict} : {}), ...(topics.has('external-ips') ? {'external-ips': externalIPVerdict} : {})},
  }
}
