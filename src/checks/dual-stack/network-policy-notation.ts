import {defineCheck} from '../../audit/check.js'
import type {CheckContext, Report, Variant} from '../../audit/check.js'
import type {SourcePlace} from '../../audit/finding.js'
import {groupBy} from '../../filters/group-by.js'
import type {Notation, NotationKind} from '../../filters/network-policy/notation.js'
import {networkPolicies} from '../../filters/network-policy/policies.js'
import {keyOf} from '../../kube/object.js'
import {shortList} from '../../kube/short-list.js'

/** From this release on the API server refuses them in fields that change (StrictIPCIDRValidation). */
const STRICT_SINCE = 36

const VARIANTS = {
  mapped: {severity: 'info', title: 'An IPv4 block that is written as IPv6'},
  'leading-zero': {severity: 'info', title: 'A number with leading zeros, which others read as octal'},
  'host-bits': {severity: 'info', title: 'Bits behind the prefix, which are ignored'},
  unreadable: {severity: 'info', title: 'No address block'},
} as const satisfies Record<NotationKind, Variant>

/** N. Blocks of network policies in a spelling that programs read differently. */
export const networkPolicyNotation = defineCheck({
  meta: {
    id: 'network-policy-notation',
    title: 'A network policy spells a block in a way that programs read differently',
    topic: 'dual-stack', severity: 'info', variants: VARIANTS,
    reads: ['networkpolicies'],
    why: 'Kubernetes once took any spelling: `010.0.0.0/8` is 10.0.0.0/8 to it and 8.0.0.0/8 to a program that reads octal, `::ffff:10.0.0.0/104` is IPv4 to it and IPv6 to some network plugins, and of 10.1.2.3/8 only 10.0.0.0/8 counts. What is written and what is enforced may differ. Servers from 1.36 on refuse such a value as soon as its field is changed; what is stored stays.',
    remediation: 'Write the block as Kubernetes prints it.',
    references: [
      {title: 'KEP-4858: IP/CIDR validation improvements', url: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/4858-ip-cidr-validation'},
      {title: 'CVE-2021-29923: octal in Go before 1.17', url: 'https://github.com/golang/go/issues/30999'},
    ],
  },
  needs: [networkPolicies],

  create(context) {
    const places = new Map<string, SourcePlace>()
    return {
      networkpolicies(policy) {
        const place = context.place(policy, 'spec')
        if (place !== null) places.set(keyOf(policy), place)
      },
      end() {
        const {notation} = context.fact(networkPolicies)
        for (const group of groupsOf(notation)) context.report(reportOf(context, group, places))
        const unreadable = notation.find(({kind}) => kind === 'unreadable')
        if (unreadable !== undefined) context.skip('not-understood', `NetworkPolicy ${unreadable.policy.namespace}/${unreadable.policy.name}: ${unreadable.path} is no address block (${unreadable.text})`)
      },
    }
  },
})

/** One line for each kind in each policy and direction. */
function groupsOf(notation: readonly Notation[]): Notation[][] {
  return [...groupBy(notation, ({kind, direction, policy}) => `${kind} ${direction} ${policy.namespace}/${policy.name}`).values()]
}

function reportOf(context: CheckContext, group: readonly Notation[], places: ReadonlyMap<string, SourcePlace>): Report {
  const [first] = group
  if (first === undefined) throw new Error('a group of nothing')
  const {kind, policy, direction, path, text} = first
  const others = group.slice(1).map(one => `${one.path} (${one.text})`)
  const isStrict = (context.serverMinor() ?? STRICT_SINCE - 1) >= STRICT_SINCE
  const edit = kind === 'unreadable' ? '' : isStrict ? '; the next edit of this field will be refused' : `; from 1.${STRICT_SINCE} on the next edit of this field will be refused`
  return {
    object: policy, variant: kind, path, source: places.get(`${policy.namespace}/${policy.name}`) ?? null,
    key: [direction, ...[...new Set(group.map(one => one.text))].toSorted()].join(' '),
    message: [`${sentenceOf(first)}${edit}.`, ...(others.length === 0 ? [] : [`Also ${shortList(others, 2)}.`])].join(' '),
    details: {type: 'filter', class: 'N', direction, ports: 'all', openFamily: null, blockedFamily: null, addressClass: null},
    fix: {text: first.meaning === null ? `Write a block in the place of ${text}, such as 10.0.0.0/8 or 2001:db8::/32.` : `Write ${first.meaning} in the place of ${text}, if that is what is meant.`},
  }
}

function sentenceOf({kind, text, meaning}: Notation): string {
  switch (kind) {
    case 'mapped': return `${text} is the IPv4 block ${meaning ?? ''} to Kubernetes; network plugins may take it for IPv6, or for nothing`
    case 'leading-zero': return `Kubernetes reads ${text} as ${meaning ?? ''}; whoever takes leading zeros for octal reads another block`
    case 'host-bits': return `Of ${text} all of ${meaning ?? ''} counts: what is written behind the prefix is ignored`
    case 'unreadable': return `${text === '' ? 'An empty text' : text} is no address block: what the rule allows is not known`
  }
}
