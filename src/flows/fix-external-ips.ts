import {admissionFlags} from '../audit/admission-flags.js'
import {denyServiceExternalIPs} from '../admission/deny-plugin.js'
import {isGatekeepers} from '../admission/engine-webhooks.js'
import {kyvernoVersion} from '../admission/engines/kyverno-version.js'
import {askedBy} from '../admission/external-ip-fix/asked.js'
import {denyPluginFix} from '../admission/external-ip-fix/deny-plugin.js'
import type {Fix, FixTarget} from '../admission/external-ip-fix/fix.js'
import {gatekeeperFix} from '../admission/external-ip-fix/gatekeeper.js'
import {kyvernoFix} from '../admission/external-ip-fix/kyverno.js'
import {presentClaims} from '../admission/external-ip-fix/present-claims.js'
import {statusWriters} from '../admission/external-ip-fix/status-writers.js'
import {vapFix} from '../admission/external-ip-fix/vap.js'
import {externalIPWriters} from '../admission/external-ip-writers.js'
import {webhooks} from '../admission/webhooks.js'
import type {Evaluation} from '../audit/engine.js'
import {evaluate} from '../audit/engine.js'
import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import type {ServerVersion} from '../audit/server-version.js'
import {effectiveMinor} from '../audit/server-version.js'
import type {ClusterSource} from '../audit/source.js'
import type {ReadKey} from '../kube/resources.js'
import type {Cidr} from '../network/cidr.js'
import {platform} from '../network/platform.js'

export interface FixOptions {
  target: FixTarget
  /** External IPs that may be new. */
  allow: readonly Cidr[]
  /** User names that go on writing load-balancer statuses, besides those recognised. */
  controllers: readonly string[]
  version: Fact<ServerVersion>
}

export interface FixPorts {
  source: ClusterSource
  onRead(key: ReadKey): void
}

/** A row that is asked for only to learn how it is answered: whether the API server serves it, whether it may be read. */
function answerOf(row: ReadKey): Fact<ReadOutcome> {
  return defineFact({id: `answer of ${row}`, reads: [row], create: context => ({end: () => context.outcome(row)})})
}

const serverPods = answerOf('control-plane-pods')
const policies = answerOf('validatingadmissionpolicies')
const templates = answerOf('constrainttemplates')
const [oldKyverno, celKyverno] = [answerOf('clusterpolicies'), answerOf('validatingpolicies')]

/** What each way of closing the door needs to know, and no row more. */
const FACTS: Readonly<Record<FixTarget, readonly Fact<unknown>[]>> = {
  'deny-plugin': [presentClaims, admissionFlags, denyServiceExternalIPs, serverPods, platform],
  vap: [presentClaims, externalIPWriters, admissionFlags, policies],
  gatekeeper: [presentClaims, externalIPWriters, webhooks, templates],
  kyverno: [presentClaims, externalIPWriters, kyvernoVersion, oldKyverno, celKyverno],
}

/** Reads the cluster as an audit does and answers what closes the door there. Nothing is applied. */
export async function fixExternalIPs(options: FixOptions, {source, onRead}: FixPorts): Promise<Fix> {
  const evaluation = await evaluate({
    checks: [], facts: FACTS[options.target], version: options.version, source, onRead,
    onReport: () => undefined, mayReadSecrets: false,
  })
  return RENDER[options.target](evaluation, options)
}

const RENDER: Readonly<Record<FixTarget, (evaluation: Evaluation, options: FixOptions) => Fix>> = {
  'deny-plugin': ({fact}, {version}) => denyPluginFix({
    minor: effectiveMinor(fact(version)), platform: fact(platform)?.name ?? null, flags: fact(admissionFlags), pods: fact(serverPods),
    state: fact(denyServiceExternalIPs), claims: fact(presentClaims),
  }),
  vap: (evaluation, options) => vapFix({
    ...sharedBy(evaluation, options), minor: effectiveMinor(evaluation.fact(options.version)), served: evaluation.fact(policies), flags: evaluation.fact(admissionFlags),
  }),
  gatekeeper: (evaluation, options) => gatekeeperFix({
    ...sharedBy(evaluation, options), served: evaluation.fact(templates),
    asked: askedBy(evaluation.fact(webhooks), isGatekeepers),
  }),
  kyverno: (evaluation, options) => kyvernoFix({
    ...sharedBy(evaluation, options), old: evaluation.fact(oldKyverno), cel: evaluation.fact(celKyverno), version: evaluation.fact(kyvernoVersion),
  }),
}

function sharedBy({fact}: Evaluation, {allow, controllers}: FixOptions): Pick<Parameters<typeof vapFix>[0], 'claims' | 'writers' | 'allow'> {
  const claims = fact(presentClaims)
  return {claims, allow, writers: statusWriters(fact(externalIPWriters), claims, controllers)}
}
