import {defineCheck} from '../../audit/check.js'
import type {Report} from '../../audit/check.js'
import {groupBy} from '../../filters/group-by.js'
import type {DeadEntry} from '../../filters/network-policy/network-policy-gaps.js'
import {networkPolicyGaps} from '../../filters/network-policy/network-policy-gaps.js'
import {counted} from '../../kube/counted.js'
import {shortList} from '../../kube/short-list.js'
import {platform} from '../../network/platform.js'
import type {BlockPlaces} from './network-policy-cases.js'
import {blockPlaces, skipUnreadBlocks} from './network-policy-cases.js'
import {blockText} from './network-policy-words.js'
import {skipUntoldHidden} from './unread-rows.js'

/** D. Blocks of a family that no selected pod has: they do nothing today. */
export const networkPolicyDeadEntry = defineCheck({
  meta: {
    id: 'network-policy-dead-entry',
    title: 'A network policy names blocks of an IP family that none of its pods has',
    topic: 'dual-stack', severity: 'info', isOnRequest: true,
    reads: ['networkpolicies', 'pods'],
    alsoReads: ['aws-node'],
    why: 'Such a block does nothing now. It may be there for the day on which the pods get both families, or be left of a cluster that had them, or be a list of which somebody believes that it filters. Nothing needs to be done, so it is told only to whoever asks for it.',
    remediation: 'Leave it where both families are planned; else take it away.',
    references: [{title: 'Network policies: ipBlock', url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors'}],
  },
  needs: [networkPolicyGaps, platform],

  create(context) {
    const places = blockPlaces(context)
    return {
      networkpolicies: policy => places.add(policy),
      end() {
        for (const one of perPolicy(context.fact(networkPolicyGaps).dead)) context.report(reportOf(one, places))
        skipUnreadBlocks(context)
        skipUntoldHidden(context)
      },
    }
  },
})

/** One for each policy, direction and family. */
function perPolicy(dead: readonly DeadEntry[]): DeadEntry[][] {
  return [...groupBy(dead, ({direction, block, policy: {ref}}) => `${direction} ${block.cidr.family} ${ref.namespace}/${ref.name}`).values()]
}

function reportOf(dead: readonly DeadEntry[], places: BlockPlaces): Report {
  const [first] = dead
  if (first === undefined) throw new Error('a dead entry without a block')
  const {direction, pods, block: {cidr: {family}}} = first
  const others = dead.slice(1).map(({block}) => block.path)
  const texts = [...new Set(dead.map(({block}) => blockText(block)))]
  return {
    object: first.policy.ref, path: first.block.path, source: places.of(first), count: pods,
    key: [direction, 'D', `IPv${family}`, ...[...new Set(dead.map(({block}) => block.text))].toSorted()].join(' '),
    message: `${shortList(texts, 2)} ${texts.length === 1 ? 'does' : 'do'} nothing today: the ${counted(pods, 'pod')} that this policy selects ${pods === 1 ? 'has' : 'have'} no IPv${family} address${others.length === 0 ? '' : `; also ${shortList(others, 2)}`}.`,
    details: {type: 'filter', class: 'D', direction, ports: 'all', openFamily: null, blockedFamily: null, addressClass: null},
  }
}
