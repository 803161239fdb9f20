import type {User} from '../kubeconfig/model.js'
import {quote} from '../printable.js'
import type {Finding} from './finding.js'
import {findingAt} from './finding.js'
import type {JudgeWorld} from './judge.js'
import {judgePlugin} from './judge.js'
import type {PluginVerdict} from './reason.js'

/** The legacy door: kubectl runs gcp's `cmd-path` up to 1.25, oidc writes refreshed tokens back into the file, azure sends a stored token. */
export function judgeAuthProvider(user: User, world: JudgeWorld): Finding[] {
  const provider = user.authProvider
  if (provider === null) return []
  const command = provider.config.get('cmd-path')
  if (command !== undefined && command !== '') {
    const verdict = authProviderVerdict(user, world)
    return [findingAt(user.origin, ['auth-provider', 'config', 'cmd-path'], {
      id: 'auth-provider-command', severity: 'high', bearing: 'refuse',
      message: `kubectl up to 1.25 (and other clients still) would run ${quote(command)} for this user; the program is ${verdict}.`,
      remediation: 'Use an exec credential plugin (gke-gcloud-auth-plugin) instead of auth-provider.',
    })]
  }
  if (provider.name === 'oidc') {
    return [findingAt(user.origin, ['auth-provider'], {
      id: 'auth-provider-writes-back', severity: 'high', bearing: 'refuse',
      message: 'The oidc auth-provider writes refreshed tokens back into the kubeconfig; the guard runs kubectl on a private copy, so they would be lost.',
      remediation: 'Use an exec credential plugin (kubelogin) instead; the guard does not support this one yet.',
    })]
  }
  return [findingAt(user.origin, ['auth-provider'], {
    id: 'auth-provider-legacy', severity: 'high', bearing: 'refuse',
    message: `The auth-provider ${quote(provider.name)} is gone from kubectl since 1.26 and sends stored tokens before that.`,
    remediation: 'Use an exec credential plugin instead.',
  })]
}

/** The program of `cmd-path`, judged like an exec command: gcp splits it on white space when `cmd-args` is absent. */
export function authProviderVerdict(user: User, world: JudgeWorld): PluginVerdict | null {
  const config = user.authProvider?.config
  const command = config?.get('cmd-path')
  if (config === undefined || command === undefined || command === '') return null
  const words = (config.has('cmd-args') ? `${command} ${config.get('cmd-args')}` : command).split(/\s+/).filter(word => word !== '')
  const [program = '', ...args] = words
  const judgement = judgePlugin({
    apiVersion: 'client.authentication.k8s.io/v1beta1', command: program, args, env: [],
    interactiveMode: '', provideClusterInfo: false, installHint: '', origin: user.origin,
  }, world)
  // No catalogue entry describes this door, so a helper that is fine as exec is still no more than unknown here.
  return judgement.verdict === 'dangerous' ? 'dangerous' : 'unknown'
}
