import type {CredentialPlugin} from '../kubeconfig/model.js'
import type {PolicyVerdict} from './apply-policy.js'
import {applyDecision, applyPolicy} from './apply-policy.js'
import type {Decision} from './decisions.js'
import type {FileSource} from './file-source.js'
import type {Finding} from './finding.js'
import {findingAt, findingOf} from './finding.js'
import type {JudgeWorld, PluginJudgement} from './judge.js'
import {judgePlugin} from './judge.js'
import type {AllowedServer, TrustPolicy} from './policy.js'
import type {PluginVerdict} from './reason.js'
import {verdictOf} from './reason.js'

/** Where a plugin stands after catalogue, policy and decision. */
export interface PluginStanding {
  judgement: PluginJudgement
  verdict: PluginVerdict
  by: 'catalogue' | 'entry' | 'decision' | 'allow-all' | null
  policy: PolicyVerdict
  servers: readonly AllowedServer[]
  allowsAnyServer: boolean
  findings: Finding[]
  notices: string[]
  /** The same plugin with a person's decision about exactly this use. */
  afterDecision(decision: Decision | null): PluginStanding
}

/** @param server canonical URL of the cluster, where one is known: some helpers must send their token there and nowhere else */
export function judgePluginStanding(plugin: CredentialPlugin, input: JudgeWorld & {policy: TrustPolicy; files: FileSource}, server?: string): PluginStanding {
  const judgement = judgePlugin(plugin, input, {catalogue: input.policy.catalogue, ...(server === undefined ? {} : {server})})
  const policy = applyPolicy(plugin, judgement, input.policy, input.files)
  const standing = (decision: Decision | null): PluginStanding => {
    const reasons = decision === null ? policy.reasons : applyDecision(policy.reasons, decision)
    const verdict = verdictOf(reasons)
    const isAllowAll = input.policy.mode === 'AllowAll' && verdict === 'unknown'
    const findings = reasons.map(reason => findingOf(plugin.origin, reason))
    return {
      judgement,
      verdict: isAllowAll ? 'trusted' : verdict,
      by: isAllowAll ? 'allow-all' : verdict !== 'trusted' ? null : decision !== null && policy.by === null ? 'decision' : policy.by,
      policy,
      servers: policy.servers,
      allowsAnyServer: input.policy.mode === 'AllowAll',
      findings: deny(plugin, input.policy, isAllowAll ? findings.map(silenced) : findings),
      notices: input.policy.mode === 'AllowAll' ? ['AllowAll in the trust file: unknown credential plugins run, and their tokens go to any server.'] : [],
      afterDecision: standing,
    }
  }
  return standing(null)
}

function silenced(finding: Finding): Finding {
  return finding.bearing === 'ask' ? {...finding, bearing: 'pass'} : finding
}

function deny(plugin: CredentialPlugin, policy: TrustPolicy, findings: Finding[]): Finding[] {
  if (policy.mode !== 'DenyAll') return findings
  return [...findings, findingAt(plugin.origin, ['exec'], {
    id: 'policy-deny-all', severity: 'high', bearing: 'refuse',
    message: 'The trust file says DenyAll: no credential plugin may run.',
    remediation: 'Change credentialPluginPolicy in the trust file if that is not what you want.',
  })]
}
