import type {CredentialPlugin} from '../kubeconfig/model.js'
import type {Helper} from './catalogue/helper.js'
import {hasHidden} from './deception.js'
import {quoted} from './quote.js'
import type {Reason} from './reason.js'
import {because} from './reasons.js'
import {hostMatches} from './value-rules.js'

const GROUP = 'client.authentication.k8s.io/'
/** Documentation that any helper's hint may point to. */
const SITES = ['kubernetes.io', 'aws.amazon.com', 'cloud.google.com', 'learn.microsoft.com', 'aka.ms', 'github.com', 'krew.sigs.k8s.io']

/** The fields around the command, arguments and environment. */
export function fieldReasons(plugin: CredentialPlugin, helpers: readonly Helper[]): Reason[] {
  const reasons = [...versionReasons(plugin), ...modeReasons(plugin, helpers.length > 0), ...hintReasons(plugin.installHint, helpers)]
  if (plugin.provideClusterInfo) reasons.push(because('cluster-info-shared', ['exec', 'provideClusterInfo'], 'The helper gets the cluster data of this file.'))
  return reasons
}

function versionReasons(plugin: CredentialPlugin): Reason[] {
  const path = ['exec', 'apiVersion']
  if (plugin.apiVersion === `${GROUP}v1` || plugin.apiVersion === `${GROUP}v1beta1`) return []
  if (plugin.apiVersion === `${GROUP}v1alpha1`) return [because('api-version-dead', path, 'v1alpha1 does not work since kubectl 1.24.')]
  return [because('api-version-unknown', path, `${quoted(plugin.apiVersion)} is no version of the credential API.`)]
}

function modeReasons(plugin: CredentialPlugin, listed: boolean): Reason[] {
  const mode = plugin.interactiveMode
  const path = ['exec', 'interactiveMode']
  if (mode === '' && plugin.apiVersion === `${GROUP}v1`) return [because('interactive-mode-missing', ['exec'], 'v1 needs an interactiveMode: kubectl stops without one.')]
  if (mode === 'Never' || mode === 'IfAvailable' || mode === '') return []
  if (mode !== 'Always') return [because('interactive-mode', path, `${quoted(mode)} is no interactive mode.`, 'warn')]
  return listed ? [] : [because('interactive-mode', path, 'An unlisted program may ask for input on your terminal.')]
}

function hintReasons(hint: string, helpers: readonly Helper[]): Reason[] {
  const allowed = [...SITES, ...helpers.flatMap(helper => helper.sites ?? [])].flatMap(site => [site, `.${site}`])
  const hosts = [...hint.matchAll(/https?:\/\/([^\s/"'<>)]*)/gi)].map(match => match[1] ?? '')
  const pipes = /\|\s*(?:sudo\s+)?(?:\w*sh|python\d?|perl|node|iex|invoke-expression)\b|\$\(|`[^`]*(?:curl|wget)|<\(/i.test(hint)
  const text = hasHidden(hint)
    ? 'holds a hidden character'
    : pipes
      ? 'pipes into a shell'
      : hosts.some(host => !hostMatches(host, allowed))
        ? 'points to a page that is not the vendor\'s'
        : null
  return text === null ? [] : [because('install-hint', ['exec', 'installHint'], `The install hint ${text}: ${quoted(hint)}.`)]
}
