import {shortList} from '../../kube/short-list.js'
import type {Cidr} from '../../network/cidr.js'
import {blockText} from './allowed-blocks.js'
import type {PresentClaims} from './present-claims.js'
import type {StatusWriters} from './status-writers.js'

/** Sentences that several documents say. */
export function claimsText({services, first}: PresentClaims): string[] {
  if (services === 0) return []
  const shown = shortList(first.slice(0, 5).map(({service, addresses}) => `${service} (${shortList(addresses, 3)})`), 5)
  const more = services > Math.min(first.length, 5) ? `${shown}, ${services} in all` : shown
  return [`Services that hold external IPs now keep them: ${more}. Judge them yourself: some may be the attack.`]
}

/** Notes about what a person may miss later. */
export function claimsNotes({services, first}: PresentClaims): string[] {
  if (services === 0) return []
  const addresses = [...new Set(first.flatMap(one => one.addresses))]
  return [`a Service that is deleted and created anew (kubectl replace --force, a restored backup) loses its external IPs, unless --allow covers them: ${shortList(addresses, 5)}`]
}

export function claimsWarnings({outcome}: PresentClaims): string[] {
  return outcome.outcome === 'complete' ? [] : [`the external IPs that Services hold now could not all be read (services: ${outcome.outcome})`]
}

/** Ends "refuses new spec.externalIPs of Services"; empty where none may be new. */
export function butFor(allow: readonly Cidr[]): string {
  return allow.length === 0 ? '' : ` but for those in ${allow.map(blockText).join(', ')}`
}

export function writersText({named, refused}: StatusWriters): string[] {
  return [
    named.length === 0 ? 'No account is let through.' : `Let through, by name: ${named.join(', ')}. Whoever can act as one of them gets through too.`,
    ...(refused.length === 0 ? [] : [`Hold the right and are refused from now on: ${shortList(refused, 6)}. --controller USER lets one through.`]),
  ]
}

export const SPELLING = 'Addresses are compared as they are written, as the admission plugin does: another spelling of the same IPv6 address is a new one.'
