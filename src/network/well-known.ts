import type {Cidr} from './cidr.js'
import {isIn, parseCidr} from './cidr.js'
import type {Ip} from './ip.js'

/** Blocks that mean the same in every cluster. */
export type KnownKind = 'metadata' | 'unspecified' | 'loopback' | 'link-local' | 'multicast' | 'documentation' | 'private' | 'shared' | 'reserved'

export interface KnownBlock {
  kind: KnownKind
  cidr: Cidr
  /** What stands there, for people. */
  name: string
  source: string
  /** Metadata and platform addresses: the scheme of Node `spec.providerID` where they mean this; null: several clouds. */
  provider: string | null
}

const RFC6890 = 'https://www.iana.org/assignments/iana-ipv4-special-registry'
const RFC6890_V6 = 'https://www.iana.org/assignments/iana-ipv6-special-registry'
const AWS_IMDS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html'
const EKS_POD_IDENTITY = 'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html'
const GCE = 'https://cloud.google.com/compute/docs/metadata/querying-metadata'

type Row = readonly [kind: KnownKind, cidr: string, name: string, source: string, provider?: string]

/** First match wins: the narrow meaning before the block that it lies in. */
const ROWS: readonly Row[] = [
  ['metadata', '169.254.169.254/32', 'instance metadata of most clouds', AWS_IMDS],
  ['metadata', 'fd00:ec2::254/128', 'AWS instance metadata', AWS_IMDS, 'aws'],
  ['metadata', '169.254.170.23/32', 'EKS Pod Identity agent', EKS_POD_IDENTITY, 'aws'],
  ['metadata', 'fd00:ec2::23/128', 'EKS Pod Identity agent', EKS_POD_IDENTITY, 'aws'],
  ['metadata', '169.254.170.2/32', 'AWS ECS task metadata', 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html', 'aws'],
  ['metadata', '169.254.169.252/32', 'GKE metadata server', 'https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity', 'gce'],
  // Known from third-party code only.
  ['metadata', 'fd20:ce::254/128', 'Google Cloud metadata', GCE, 'gce'],
  ['metadata', 'fe80::a9fe:a9fe/128', 'OpenStack metadata', 'https://docs.openstack.org/nova/latest/user/metadata.html', 'openstack'],
  ['metadata', '169.254.42.42/32', 'Scaleway metadata', 'https://www.scaleway.com/en/docs/instances/how-to/use-cloud-init/', 'scaleway'],
  ['metadata', 'fd00:42::42/128', 'Scaleway metadata', 'https://www.scaleway.com/en/docs/instances/how-to/use-cloud-init/', 'scaleway'],
  ['metadata', '168.63.129.16/32', 'Azure platform (WireServer)', 'https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16', 'azure'],
  ['metadata', '100.100.100.200/32', 'Alibaba Cloud metadata', 'https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata', 'alicloud'],
  ['unspecified', '0.0.0.0/32', 'the unspecified address', 'RFC 1122'],
  ['unspecified', '::/128', 'the unspecified address', 'RFC 4291'],
  ['loopback', '127.0.0.0/8', 'loopback', 'RFC 1122'],
  ['loopback', '::1/128', 'loopback', 'RFC 4291'],
  ['link-local', '169.254.0.0/16', 'link-local', 'RFC 3927'],
  ['link-local', 'fe80::/10', 'link-local', 'RFC 4291'],
  ['multicast', '224.0.0.0/4', 'multicast', 'RFC 5771'],
  ['multicast', 'ff00::/8', 'multicast', 'RFC 4291'],
  ['documentation', '192.0.2.0/24', 'documentation (TEST-NET-1)', 'RFC 5737'],
  ['documentation', '198.51.100.0/24', 'documentation (TEST-NET-2)', 'RFC 5737'],
  ['documentation', '203.0.113.0/24', 'documentation (TEST-NET-3)', 'RFC 5737'],
  ['documentation', '2001:db8::/32', 'documentation', 'RFC 3849'],
  ['documentation', '3fff::/20', 'documentation', 'RFC 9637'],
  ['private', '10.0.0.0/8', 'private', 'RFC 1918'],
  ['private', '172.16.0.0/12', 'private', 'RFC 1918'],
  ['private', '192.168.0.0/16', 'private', 'RFC 1918'],
  ['private', 'fc00::/7', 'unique local', 'RFC 4193'],
  ['shared', '100.64.0.0/10', 'shared by carriers (CGNAT)', 'RFC 6598'],
  ['reserved', '0.0.0.0/8', 'this network', RFC6890],
  ['reserved', '192.0.0.0/24', 'IETF protocol assignments', RFC6890],
  ['reserved', '198.18.0.0/15', 'benchmarking', 'RFC 2544'],
  ['reserved', '240.0.0.0/4', 'reserved', 'RFC 1112'],
  ['reserved', '64:ff9b::/96', 'NAT64: stands for an IPv4 address', 'RFC 6052'],
  ['reserved', '64:ff9b:1::/48', 'local NAT64', 'RFC 8215'],
  ['reserved', '100::/64', 'discard only', 'RFC 6666'],
  ['reserved', '2001::/23', 'IETF protocol assignments', RFC6890_V6],
  ['reserved', '2002::/16', '6to4', 'RFC 3056'],
  ['reserved', 'fec0::/10', 'site-local, withdrawn', 'RFC 3879'],
]

export const KNOWN_BLOCKS: readonly KnownBlock[] = ROWS.map(([kind, text, name, source, provider]) => {
  const cidr = parseCidr(text)
  if (cidr === null) throw new Error(`${text} in the table of known blocks is no block`)
  return {kind, cidr, name, source, provider: provider ?? null}
})

/** The first block of the table that holds the address; null: an ordinary public one. */
export function knownBlockOf(ip: Ip): KnownBlock | null {
  return KNOWN_BLOCKS.find(({cidr}) => isIn(ip, cidr)) ?? null
}

/** All blocks of these kinds. */
export function blocksOf(...kinds: readonly KnownKind[]): Cidr[] {
  return KNOWN_BLOCKS.filter(({kind}) => kinds.includes(kind)).map(({cidr}) => cidr)
}
