import type {Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {Confidence, FilterAddressClass} from '../../audit/finding.js'
import type {Severity} from '../../audit/severity.js'
import {SEVERITIES} from '../../audit/severity.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {addressOf} from '../../filters/endpoint-pairs.js'
import {gravest} from '../../filters/gap.js'
import type {Gap} from '../../filters/gap.js'
import {shortList} from '../../kube/short-list.js'
import {covers, ofFamily} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import type {PolicyCase, VariantOf} from './network-policy-cases.js'
import {POLICY_NEEDS, isManaged} from './network-policy-cases.js'
import {exceptText, isObserved} from './network-policy-fix.js'
import {BESIDE_ROWS, policyVisitor} from './network-policy-visitor.js'
import {andText, blockText, blocksOf, className, hasSelectors, onPorts, podsText} from './network-policy-words.js'
import {ADDRESS_ROWS, skipUntoldAddresses} from './unread-rows.js'

const VARIANTS = {
  metadata: {severity: 'high', title: 'Credentials of the node that one family keeps from pods are open over the other'},
  'metadata-unknown-cloud': {severity: 'info', title: 'Instance metadata may be open over one family; nothing tells the cloud'},
  'pod-identity': {severity: 'info', title: 'The agent of EKS Pod Identity is left out over one family alone'},
  pod: {severity: 'medium', title: 'Pods that one family leaves out are open over the other'},
  node: {severity: 'medium', title: 'Nodes that one family leaves out are open over the other'},
  private: {severity: 'medium', title: 'Private networks that one family leaves out are open over the other'},
  'private-not-in-use': {severity: 'low', title: 'Private IPv4 networks are left out; private IPv6, which nothing here has, is open'},
  service: {severity: 'low', title: 'Services that one family leaves out are open over the other'},
  'link-local': {severity: 'info', title: 'Link-local addresses that one family leaves out are open over the other'},
  public: {severity: 'low', title: 'Public addresses are left out over IPv4, none over IPv6'},
  'managed-metadata': {severity: 'medium', title: 'As metadata, in a policy of kube-system that Helm or an operator manages'},
  'managed-pod-or-node': {severity: 'low', title: 'As pod, node or private, in a policy of kube-system that Helm or an operator manages'},
  'managed-other': {severity: 'info', title: 'As the lower ones, in a policy of kube-system that Helm or an operator manages'},
} as const satisfies Record<string, Variant>
type CarveOut = keyof typeof VARIANTS

/**
 * S1. A policy lets pods out to, or in from, the Internet at large, and leaves
 * something out of it in one family that is open in the other.
 */
export const networkPolicyCarveOutLost = defineCheck({
  meta: {
    id: 'network-policy-carve-out-lost',
    title: 'What a network policy leaves out over one IP family is open over the other',
    topic: 'dual-stack', severity: 'high', variants: VARIANTS,
    reads: ['networkpolicies', 'pods'],
    alsoReads: [...ADDRESS_ROWS, ...BESIDE_ROWS],
    why: 'Who writes `0.0.0.0/0 except 169.254.169.254/32` means that pods must not reach instance metadata. An `::/0` without the IPv6 twin of the exception lets them: any process in such a pod can ask for the credentials of its node, or reach pods, nodes and private networks that the policy was written to shut off. Many IPv6 clusters give pods and nodes global addresses, so leaving out fc00::/7 is no twin of leaving out the private IPv4 blocks. It is latent while no selected pod has the family that is open.',
    remediation: 'Give the open block the same exceptions in its own family: the twin of each metadata address, and the IPv6 ranges of pods, Services and nodes of this cluster.',
    references: [
      {title: 'Network policies: ipBlock', url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors'},
      {title: 'IPv4/IPv6 dual-stack', url: 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/'},
      {title: 'Amazon EC2: instance metadata over IPv6', url: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html'},
    ],
  },
  needs: [...POLICY_NEEDS],

  create: context => policyVisitor(context, {
    variantOf,
    said(one, space) {
      const chief = chiefOf(one.gap, space)?.address ?? 'public'
      return {
        sentence: sentenceOf(one, chief, space), fix: exceptText(one, space), severity: VARIANTS[one.variant as CarveOut].severity, addressClass: chief, confidence: confidenceOf(one, chief, space),
      }
    },
    skipUntold: skipUntoldAddresses,
  }),
})

const variantOf: VariantOf = (found, {space}) => {
  const chief = found.gap.class === 'S1' ? chiefOf(found.gap, space) : undefined
  if (chief === undefined) return null
  return isManaged(found) ? managedOf(VARIANTS[chief.kind].severity) : chief.kind
}

/** The class of addresses that makes it as grave as it is. */
function chiefOf(gap: Gap, space: AddressSpace): {address: FilterAddressClass; kind: CarveOut} | undefined {
  const kinds = gap.addressClasses.map(address => ({address, kind: kindOf(address, gap, space)}))
  return kinds.toSorted((a, b) => SEVERITIES.indexOf(VARIANTS[a.kind].severity) - SEVERITIES.indexOf(VARIANTS[b.kind].severity))[0]
}

function kindOf(kind: FilterAddressClass, {openFamily, endpoints}: Gap, {isUlaInUse, endpoints: known}: AddressSpace): CarveOut {
  if (kind === 'metadata') {
    if (gravest(endpoints.map(({severity}) => severity)) === 'high') return 'metadata'
    return known.some(({severity}) => severity === 'high') ? 'pod-identity' : 'metadata-unknown-cloud'
  }
  if (kind === 'private') return openFamily === 6 && !isUlaInUse ? 'private-not-in-use' : 'private'
  return kind in VARIANTS ? kind as CarveOut : 'public'
}

function managedOf(severity: Severity): CarveOut {
  if (severity === 'high') return 'managed-metadata'
  return severity === 'medium' ? 'managed-pod-or-node' : 'managed-other'
}

function sentenceOf(one: PolicyCase, chief: FilterAddressClass, space: AddressSpace): string {
  const {gap, direction, blame: [first]} = one
  const open = gap.openFamily ?? 6
  const meant = otherFamilyOf(open)
  const block = first === undefined ? '' : blockText(first.block)
  const pods = podsText(one)
  const left = andText(gap.addressClasses.flatMap(kind => leftOut(kind, one, meant)))
  const effect = effectOf(one, chief, open, space)
  return direction === 'egress'
    ? `Over IPv${meant} ${pods} may not reach ${left}; over IPv${open} ${block} lets them${onPorts(one)}: ${effect}`
    : `Over IPv${meant} ${left} may not reach ${pods}; over IPv${open} ${block} lets them in${onPorts(one)}: ${effect}`
}

/** `AWS instance metadata (169.254.169.254)`, `pods`, `8.8.8.8/32` */
function leftOut(kind: FilterAddressClass, one: PolicyCase, meant: Family): string[] {
  if (kind === 'metadata') return one.gap.endpoints.map(pair => `${pair.name} (${addressOf(pair, meant)?.text ?? ''})`)
  if (kind === 'pod' && hasSelectors(one)) return ['pods that no selector matches']
  if (kind !== 'public') return [className(kind)]
  return [shortList([...new Set(blocksOf(one, meant).flatMap(({except}) => except.map(({text}) => text)))], 2) || 'some public addresses']
}

/** What somebody notices. */
function effectOf({gap, direction, blame}: PolicyCase, kind: FilterAddressClass, open: Family, {sets}: AddressSpace): string {
  if (kind === 'metadata') {
    const grave = gap.endpoints.filter(({severity}) => severity === gravest(gap.endpoints.map(one => one.severity)))
    const where = grave.map(pair => `${addressOf(pair, open)?.text ?? ''}${pair.onlyIf === '' || open === 4 ? '' : `, ${pair.onlyIf}`}`).join('; ')
    const isIdentity = grave.every(({name}) => name.includes('Pod Identity'))
    return isIdentity ? `the agent answers at ${where}, to whoever shows a token of the pod` : `whoever runs code there can ask for the credentials of the node at ${where}`
  }
  if (kind === 'public') return 'what is left out by its IPv4 address is open at its IPv6 address, if it has one'
  if (kind === 'service') return `Services are open at their IPv${open} addresses, where the plugin judges before it rewrites these`
  if (direction === 'ingress') return `whoever is shut out comes back over IPv${open}`
  const isEvery = blame.some(({block}) => covers(block.set, ofFamily(sets.pod, open)))
  return kind === 'pod' ? `they get to ${isEvery ? 'every pod of the cluster whose own policies let' : 'those pods there whose own policies let'} them in` : `what listens there, and was shut off on purpose, is open to them over IPv${open}`
}

function confidenceOf({gap}: PolicyCase, kind: FilterAddressClass, space: AddressSpace): Confidence {
  if (kind === 'service') return 'weak'
  if (kind === 'metadata' && gap.endpoints.some(({confidence}) => confidence === 'weak')) return 'weak'
  return isObserved(kind, gap.openFamily ?? 6, space) ? 'derived' : 'certain'
}
