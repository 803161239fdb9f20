import type {Confidence} from '../audit/finding.js'
import type {Severity} from '../audit/severity.js'
import type {Family, Ip} from '../network/ip.js'
import {ipOf} from '../network/ip.js'
import {KNOWN_BLOCKS} from '../network/well-known.js'

/** An endpoint that gives out credentials or user data, and the addresses at which it answers in each family. */
export interface EndpointPair {
  /** `AWS instance metadata` */
  name: string
  ipv4: Ip
  /** Null: none is known, so nothing is compared. */
  ipv6: Ip | null
  /** How bad it is that a filter keeps pods from one of the two and not from the other. */
  severity: Severity
  /** `weak`: the IPv6 address is known from third parties' code only. */
  confidence: Confidence
  /** What must hold for the IPv6 address to answer, which no cluster shows; empty: nothing. */
  onlyIf: string
  /** Nothing tells the cloud: that this one is here is a guess. */
  isGuess: boolean
}

type Row = readonly [provider: string, name: string, ipv4: string, ipv6: string | null, severity: Severity, confidence?: Confidence, onlyIf?: string]

/** Addresses are those of the table of well-known blocks. */
const ROWS: readonly Row[] = [
  // Off for each instance until somebody turns it on: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
  ['aws', 'AWS instance metadata', '169.254.169.254', 'fd00:ec2::254', 'high', 'certain', 'if the IPv6 endpoint is enabled on the instance'],
  // It answers only whoever shows a token that is projected into the pod: not a leak by itself.
  ['aws', 'EKS Pod Identity agent', '169.254.170.23', 'fd00:ec2::23', 'info'],
  ['aws', 'AWS ECS task metadata', '169.254.170.2', null, 'info'],
  // Named by programs of third parties; of machines with both families Google wrote that they reach it over IPv4 alone:
  // https://cloud.google.com/compute/docs/ip-addresses/configure-ipv6-address
  ['gce', 'Google Cloud metadata', '169.254.169.254', 'fd20:ce::254', 'high', 'weak', 'if it answers there as other programs say'],
  ['gce', 'GKE metadata server', '169.254.169.252', null, 'info'],
  // https://docs.openstack.org/nova/latest/admin/metadata-service.html; no router forwards such a packet (RFC 4291, 2.5.6).
  ['openstack', 'OpenStack metadata', '169.254.169.254', 'fe80::a9fe:a9fe', 'high', 'certain', 'if pods are on the link of their node, as no router passes link-local addresses on'],
  ['scaleway', 'Scaleway metadata', '169.254.42.42', 'fd00:42::42', 'high', 'weak', 'if it answers there as other programs say'],
  ['azure', 'Azure instance metadata', '169.254.169.254', null, 'info'],
  ['azure', 'Azure platform (WireServer)', '168.63.129.16', null, 'info'],
  ['alicloud', 'Alibaba Cloud metadata', '100.100.100.200', null, 'info'],
]

const KNOWN: ReadonlyMap<string, Ip> = new Map(KNOWN_BLOCKS.filter(({kind}) => kind === 'metadata').map(({cidr}) => {
  const ip = ipOf(cidr.family, cidr.first)
  return [ip.text, ip]
}))

/**
 * The endpoints of the cloud that the nodes stand in: the scheme of Node
 * `spec.providerID`. Where nothing tells it, the pair of instance metadata that
 * is most often there, as a mere hint.
 */
export function endpointsOf(provider: string | null): readonly EndpointPair[] {
  if (provider === null) return ROWS.slice(0, 1).map(row => ({...pairOf(row), severity: 'info' as const, isGuess: true, onlyIf: 'if the nodes are instances of AWS with the IPv6 endpoint enabled'}))
  return ROWS.filter(([of]) => of === provider).map(pairOf)
}

function pairOf([, name, ipv4, ipv6, severity, confidence = 'certain', onlyIf = '']: Row): EndpointPair {
  return {name, ipv4: known(ipv4), ipv6: ipv6 === null ? null : known(ipv6), severity, confidence, onlyIf, isGuess: false}
}

function known(text: string): Ip {
  const ip = KNOWN.get(text)
  if (ip === undefined) throw new Error(`${text} is not in the table of known blocks`)
  return ip
}

export function addressOf({ipv4, ipv6}: EndpointPair, family: Family): Ip | null {
  return family === 4 ? ipv4 : ipv6
}
