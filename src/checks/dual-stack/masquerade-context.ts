import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import {isIncomplete} from '../../audit/outcome.js'
import {itemOf, setOfItems} from '../../filters/edge/source-list.js'
import {OddField, textAt} from '../../kube/field.js'
import {shortList} from '../../kube/short-list.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import {configList} from '../../network/config-list.js'
import {families} from '../../network/families.js'
import {familiesOf} from '../../network/interval-set.js'
import {otherFamilyOf} from '../../network/ip.js'

const AGENT: ObjectRef = {apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'ip-masq-agent'}

/**
 * Fires where ip-masq-agent is told ranges of one family in a cluster whose pods
 * have both. Source: `ip-masq-agent.go`: rules of IPv6 are made with
 * --enable-ipv6 only, and then whatever no range holds gets the node's address.
 * Quiet where pods have one family. masqLinkLocal and masqLinkLocalIPv6 are not
 * looked at: no filter hangs on them.
 */
export const masqueradeContext = defineCheck({
  meta: {
    id: 'masquerade-context',
    title: 'ip-masq-agent knows ranges of one IP family, pods have both',
    topic: 'dual-stack',
    severity: 'info',
    reads: [],
    // Most clusters have none: only where pods have both families does it matter that it was not seen.
    alsoReads: ['ip-masq-agent', 'pods'],
    isPreview: true,
    why: 'Which traffic keeps the address of its pod decides what filters at the other end see. Towards ranges that the agent does not know the node\'s address stands in its place, and a policy or a firewall that looks for the pod\'s finds the node.',
    remediation: 'Name the ranges of the other family too, the pods\' own among them.',
    references: [{title: 'ip-masq-agent', url: 'https://github.com/kubernetes-sigs/ip-masq-agent'}],
  },
  needs: [families, assumedFamilies],

  create(context) {
    let ranges: readonly string[] = []
    return {
      'ip-masq-agent'(map) {
        const read = configList(textAt(map, 'data', 'config') ?? '', ['nonMasqueradeCIDRs'])
        if (!read.ok) throw new OddField('data.config', 'a configuration of ip-masq-agent')
        ranges = read.values
      },
      end() {
        const {counts} = context.fact(families)
        const hasBoth = context.fact(assumedFamilies).isDual || (counts.pods?.dual ?? 0) > 0
        const outcome = context.outcome('ip-masq-agent')
        if (hasBoth || isIncomplete(outcome.outcome)) context.skipUnread('ip-masq-agent', outcome)
        const [named, second] = familiesOf(setOfItems(ranges.map(itemOf)))
        if (!hasBoth && ranges.length > 0) context.skipUnread('pods', context.outcome('pods'))
        if (!hasBoth || named === undefined || second !== undefined) return
        const other = otherFamilyOf(named)
        const without = other === 6 ? ', which it does with --enable-ipv6 only,' : ''
        context.report({
          object: AGENT, path: 'data.config', key: ranges.toSorted().join(' '), confidence: 'weak', count: Math.max(1, counts.pods?.dual ?? 0),
          message: `nonMasqueradeCIDRs names IPv${named} ranges only (${shortList(ranges, 3)}), and pods have both families: where the agent makes rules of IPv${other}${without} every IPv${other} connection that leaves a node, to other pods too, comes from the node's address, and filters that look for the pod's do not find it.`,
          fix: {text: `Add the IPv${other} ranges of pods, Services and nodes to nonMasqueradeCIDRs${other === 6 ? ' where the agent runs with --enable-ipv6; without that flag it refuses a configuration with such a range' : ''}.`},
        })
      },
    }
  },
})
