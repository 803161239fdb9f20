import type {ExemptionUse} from './audit-report.js'
import type {Finding} from './finding.js'
import {isGlobMatch} from '../kube/glob.js'
import {homeOf} from './scope.js'

/**
 * Accepted findings: who writes one says why, and until when. They stand in a
 * file of their own, never as annotations in the objects: whoever may write an
 * object must not be able to silence what is said about it.
 */
export interface Exemption {
  id: string
  /** `service-external-ip`, or `service-external-ip/public`. */
  check: string
  /** Globs; empty lists match everything. A namespace glob never matches a cluster-scoped object but `''`. */
  namespaces: readonly string[]
  kind: string | null
  name: string | null
  /** `k1:…`: exactly this one. */
  fingerprint: string | null
  reason: string
  /** Last day on which it holds, `YYYY-MM-DD`. */
  until: string
}

export interface Exempting {
  /** The id of the first exemption that covers a finding; null: none does, or only expired ones. */
  cover(finding: Finding): string | null
  /** @param leftOut checks that turned out not to apply: what they said is no finding, and nothing was matched */
  uses(leftOut?: ReadonlySet<string>): ExemptionUse[]
}

/** @param today `YYYY-MM-DD` */
export function exempting(exemptions: readonly Exemption[], today: string): Exempting {
  // By exemption, and by check.
  const matches = new Map(exemptions.map(({id}) => [id, new Map<string, number>()]))
  return {
    cover(finding) {
      const found = exemptions.filter(exemption => isCovered(finding, exemption))
      for (const {id} of found) matches.get(id)?.set(finding.check, (matches.get(id)?.get(finding.check) ?? 0) + 1)
      return found.find(({until}) => until >= today)?.id ?? null
    },
    uses: (leftOut = new Set()) => exemptions.map(({id, until, reason}) => {
      const count = [...(matches.get(id) ?? [])].reduce((sum, [check, own]) => (leftOut.has(check) ? sum : sum + own), 0)
      return {id, until, reason, matches: count, status: until < today ? 'expired' : count === 0 ? 'unused' : 'active'}
    }),
  }
}

function isCovered({check, variant, object, owner, fingerprint}: Finding, exemption: Exemption): boolean {
  if (exemption.check !== check && exemption.check !== `${check}/${variant}`) return false
  if (exemption.fingerprint !== null && exemption.fingerprint !== fingerprint) return false
  if (exemption.namespaces.length > 0 && !exemption.namespaces.some(glob => isGlobMatch(glob, homeOf(object)))) return false
  const subjects = owner === null ? [object] : [object, owner]
  return subjects.some(({kind, name}) => (exemption.kind === null || exemption.kind === kind) && (exemption.name === null || isGlobMatch(exemption.name, name)))
}
