import type {CheckContext, Report} from '../../audit/check.js'
import {gravestOf} from '../../audit/outcome.js'
import type {Blocked, ObjectRef, SourcePlace} from '../../audit/finding.js'
import type {AddressBook} from '../../admission/address-book.js'
import type {Classified} from '../../admission/address-class.js'
import type {RoadState} from '../../admission/external-ip-roads.js'
import type {Claim} from '../../admission/service-claims.js'
import {claimsOf} from '../../admission/service-claims.js'
import type {KubeObject} from '../../kube/json.js'

export const EXTERNAL_IP_REFERENCES = [
  {title: 'CVE-2020-8554', url: 'https://github.com/kubernetes/kubernetes/issues/97076'},
  {title: 'DenyServiceExternalIPs', url: 'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips'},
]

export function serviceRef({namespace, name}: Claim): ObjectRef {
  return {apiVersion: 'v1', kind: 'Service', namespace, name}
}

/** Places of claims while their Services are at hand: files only. */
export function claimPlaces(context: CheckContext, road: Claim['road']): {visit(service: KubeObject): void; of(claim: Claim): SourcePlace | null} {
  const places = new Map<string, SourcePlace>()
  const keyOf = ({namespace, name, path}: Claim): string => `${namespace}/${name} ${path}`
  return {
    visit(service) {
      for (const claim of claimsOf(service)) {
        const place = claim.road === road ? context.place(service, claim.path) : null
        if (place !== null) places.set(keyOf(claim), place)
      }
    },
    of: claim => places.get(keyOf(claim)) ?? null,
  }
}

/** `partly` has a way past, so the answer to "is it refused" is no. */
function blockedOf({blocked}: RoadState): Blocked {
  return blocked === 'partly' ? 'no' : blocked
}

export interface ClaimFinding {
  claim: Claim
  variant: string
  message: string
  classified: Classified | null
  road: RoadState
  source: SourcePlace | null
}

/** What every finding about one address has, whatever its variant. */
export function claimReport({claim, variant, message, classified, road, source}: ClaimFinding): Report {
  const address = claim.ip?.text ?? claim.text
  return {
    object: serviceRef(claim), variant, message, path: claim.path, key: address, source,
    ...(classified === null ? {} : {
      confidence: classified.isOnlyInRange ? 'derived' as const : 'certain' as const,
      details: {type: 'external-ip' as const, address, addressClass: classified.addressClass, road: claim.road, clashesWith: classified.clashesWith, blocked: blockedOf(road)},
    }),
  }
}

export function unreadableReport({claim, road, source}: Pick<ClaimFinding, 'claim' | 'road' | 'source'>): Report {
  const message = `The text ${JSON.stringify(claim.text.slice(0, 60))} is no address that Kubernetes reads: what kube-proxy makes of it is not known.`
  return claimReport({claim, road, source, variant: 'unreadable', classified: null, message})
}

/** Every claim may be somebody's address that was not seen: findings stand, and the check says what it does not know. */
export function skipUnseen(context: CheckContext, {unseen}: AddressBook, claims: readonly Claim[]): void {
  const first = gravestOf(unseen)
  if (first !== undefined && claims.length > 0) context.skipUnread(first.row, {...first, detail: `${unseen.map(({what}) => what).join(', ')} not seen: ${first.detail}`})
}
