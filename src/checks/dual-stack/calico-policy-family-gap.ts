import type {CheckContext, Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {isIncomplete} from '../../audit/outcome.js'
import {addressSpace} from '../../filters/address-space.js'
import {calicoGaps, hostPolicies} from '../../filters/calico/calico-gaps.js'
import type {CalicoObjects} from '../../filters/calico/objects.js'
import {ALL_CALICO_ROWS, CALICO_ROWS} from '../../filters/calico/objects.js'
import type {ChainRule} from '../../filters/chain/chain.js'
import {POLICY_API_ROWS} from '../../filters/policy-api/cluster-policies.js'
import {shortList} from '../../kube/short-list.js'
import {chainReports, chainVariants} from './chain-report.js'
import {skipTooMuch} from './too-much.js'
import {ADDRESS_ROWS, skipRefused, skipUntoldAddresses} from './unread-rows.js'

/**
 * Fires where policies of Calico, with the NetworkPolicies that it evaluates
 * among them, leave pods open in one family and closed in the other. A rule
 * with `nets` or `notNets` of one family alone is none for the other: a Deny
 * denies nothing there, an Allow lets nothing through. Quiet about rules that
 * say `ipVersion`, and where the end of the tier closes what a Deny forgot.
 */
export const calicoPolicyFamilyGap = defineCheck({
  meta: {
    id: 'calico-policy-family-gap',
    title: 'Calico policies treat IPv4 and IPv6 differently',
    topic: 'dual-stack',
    severity: 'medium',
    variants: {
      ...chainVariants(),
      'of-hosts': {severity: 'info', title: 'A policy for hosts names blocks of one family; what it does to hosts is not judged'},
    },
    reads: ['pods'],
    alsoReads: [...ALL_CALICO_ROWS, 'calico-hostendpoints', 'namespaces', 'networkpolicies', ...ADDRESS_ROWS, ...POLICY_API_ROWS],
    why: 'Calico leaves a rule out for a family if one of its lists of blocks (nets or notNets, source or destination) has entries and none of that family. So a Deny of 10.0.0.0/8 and 169.254.169.254 denies nothing over IPv6, and whatever comes behind it decides: an Allow without blocks, a tier that passes on, or the profile of the namespace, which allows everything. An Allow of IPv4 blocks lets no IPv6 through. Blocks of network sets are other: a set without addresses of a family matches nothing there, and leaves a rule that excludes it (notSelector) open. Rules for ICMP, which is another protocol in each family, and for protocols without ports are not compared.',
    remediation: 'Write a rule of its own with the blocks of the other family beside each rule that names blocks of one: Calico\'s own tools refuse both families in one rule.',
    references: [
      {title: 'Calico: network policy', url: 'https://docs.tigera.io/calico/latest/reference/resources/networkpolicy'},
      {title: 'Calico: global network policy', url: 'https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy'},
      {title: 'Calico: how a rule is made for one IP version (FilterRuleToIPVersion)', url: 'https://github.com/projectcalico/calico/blob/master/felix/rules/policy.go'},
      {title: 'Calico: dual stack', url: 'https://docs.tigera.io/calico/latest/networking/ipam/ipv6'},
    ],
  },
  needs: [calicoGaps, addressSpace],

  create: context => ({
    end() {
      if (ALL_CALICO_ROWS.every(key => context.outcome(key).outcome === 'not-served')) return context.notApplicable('the API server serves no policies of Calico')
      const {cases, objects, unknown, tooMuch} = context.fact(calicoGaps)
      const note = adminNote(context)
      for (const report of chainReports(cases.map(one => (note === '' ? one : {...one, note})), {whereToAdd}, context.fact(addressSpace))) context.report(report)
      for (const report of hostReports(objects)) context.report(report)
      skipUnread(context, objects)
      skipTooMuch(context, tooMuch)
      if (unknown.length > 0) context.skip('not-observable', `pods whose policies were not compared: ${shortList(unknown, 2)}`)
    },
  }),
})

/** A set may hold both families, a rule may not: https://github.com/tigera/operator/issues/4894 */
function whereToAdd({entries: [entry]}: ChainRule): string {
  return entry?.path.endsWith('elector') === true ? 'to that network set, or to one with the same labels' : 'in a rule of its own, as Calico\'s tools refuse both families in one'
}

function adminNote(context: CheckContext): string {
  const isAny = POLICY_API_ROWS.some(key => context.outcome(key).items > 0)
  return isAny ? 'policies of policy.networking.k8s.io, which Calico asks before and behind its own, are not in this' : ''
}

function hostReports(objects: CalicoObjects): Report[] {
  return hostPolicies(objects).map(({ref, why}) => ({
    object: ref, variant: 'of-hosts', key: 'hosts', path: why === 'HostEndpoints' ? 'spec.selector' : `spec.${why}`,
    message: `It applies to hosts (${why}) and has rules with blocks of one family alone, which are none for the other: whether that opens or closes anything on the hosts is not judged here.`,
    fix: {text: 'Compare its rules with what the nodes have: where they have both families, each rule needs a twin.'},
  }))
}

/**
 * One of the two lists of a kind is enough, as long as it is not the empty one
 * of a store that is no longer used. A kind that an input lacks is none if the
 * input has another.
 */
function skipUnread(context: CheckContext, {policies}: CalicoObjects): void {
  const isSomeRead = ALL_CALICO_ROWS.some(key => context.outcome(key).outcome === 'complete')
  const isStoreFilled = Object.values(CALICO_ROWS).some(([own]) => context.outcome(own).items > 0)
  for (const [own, api] of Object.values(CALICO_ROWS)) {
    const [store, served] = [context.outcome(own), context.outcome(api)]
    if (served.outcome === 'complete') continue
    if (isIncomplete(store.outcome) || !isSomeRead) context.skipUnread(own, store)
    const isStoreInUse = store.outcome === 'complete' && (isStoreFilled || served.outcome === 'unreachable')
    if (!isStoreInUse && isIncomplete(served.outcome)) context.skipUnread(api, served)
  }
  skipRefused(context, ['calico-hostendpoints', 'namespaces', 'networkpolicies', 'services', ...POLICY_API_ROWS])
  if (policies.length > 0) skipUntoldAddresses(context)
}
