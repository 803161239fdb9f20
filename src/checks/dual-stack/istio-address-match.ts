import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {AddressMatch} from '../../filters/istio/address-matches.js'
import {serviceEntryMatches, virtualServiceMatches} from '../../filters/istio/address-matches.js'
import {shortList} from '../../kube/short-list.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import {familiesIn} from '../../network/evidence.js'
import {FAMILIES} from '../../network/interval-set.js'
import {podFamilies} from '../../network/pod-families.js'
import {familyName} from './edge-report.js'
import {skipUnreadKinds} from './unread-rows.js'

const ROWS = ['serviceentries', 'virtualservices'] as const

/**
 * Tells where Istio knows traffic by addresses of one family while pods have the
 * other. No danger by itself: what is not known falls through to whatever the
 * mesh does with unknown traffic. Quiet while no pod has the other family.
 */
export const istioAddressMatch = defineCheck({
  meta: {
    id: 'istio-address-match',
    title: 'Istio knows traffic by addresses of one IP family',
    topic: 'dual-stack',
    severity: 'info',
    variants: {
      'service-entry': {severity: 'info', title: 'A ServiceEntry with addresses of one family'},
      'destination-subnets': {severity: 'info', title: 'A VirtualService that matches destinations of one family'},
      'source-subnet': {severity: 'info', title: 'A VirtualService that matches sources of one family'},
    },
    isPreview: true,
    reads: ['pods'],
    alsoReads: ROWS,
    why: 'Plain TCP and TLS have no host name that Istio could go by, so addresses tell it which service or route a connection is for. Over the family that is not named it is for none: it goes where unknown traffic goes, straight to its destination, or nowhere with REGISTRY_ONLY, and what the mesh does for that service does not happen.',
    remediation: 'Name the addresses of both families.',
    references: [
      {title: 'Istio: ServiceEntry', url: 'https://istio.io/latest/docs/reference/config/networking/service-entry/'},
      {title: 'Istio: L4MatchAttributes of VirtualService', url: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#L4MatchAttributes'},
    ],
  },
  needs: [podFamilies, assumedFamilies],

  create(context) {
    const found: AddressMatch[] = []
    return {
      serviceentries: object => void found.push(...serviceEntryMatches(object)),
      virtualservices: object => void found.push(...virtualServiceMatches(object)),
      end() {
        const {counts} = context.fact(podFamilies)
        const families = context.fact(assumedFamilies).isDual ? FAMILIES : counts === null ? [] : familiesIn(counts)
        for (const one of found) if (families.includes(one.missing)) report(context, one)
        skipUnreadKinds(context, ROWS, 'the API server serves no networking API of Istio')
      },
    }
  },
})

const WHAT: Readonly<Record<AddressMatch['what'], (family: string) => string>> = {
  'service-entry': family => `connections to it over ${family} are not known as traffic for this service`,
  'destination-subnets': family => `connections to destinations of ${family} match none of its routes by address`,
  'source-subnet': family => `connections from clients of ${family} match none of its routes by source`,
}

function report(context: CheckContext, {object, what, path, texts, missing}: AddressMatch): void {
  const family = familyName(missing)
  const distinct = [...new Set(texts)]
  context.report({
    object, variant: what, path, key: `${what} IPv${missing} ${distinct.toSorted().join(' ')}`, confidence: 'derived',
    message: `Its addresses are of one family (${shortList(distinct, 3)}), and pods have ${family}: ${WHAT[what](family)}, and what the mesh does for it is not done.`,
    fix: {text: `Add addresses of ${family} beside those that are there.`},
  })
}
