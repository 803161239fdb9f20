import type {Check} from '../../../src/audit/check.js'
import type {Finding} from '../../../src/audit/finding.js'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

/** A cluster on AWS with ranges of both families, so that every class of addresses has a twin. */
export const WORLD: readonly KubeObject[] = [
  {apiVersion: 'v1', kind: 'Node', metadata: {name: 'n1'}, spec: {podCIDRs: ['10.244.0.0/16', '2600:1f13:aa::/64'], providerID: 'aws:///a/i-1'}, status: {addresses: [{type: 'InternalIP', address: '192.168.10.5'}, {type: 'InternalIP', address: '2600:1f13:bb::5'}]}},
  {apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: {name: 'kubernetes'}, spec: {cidrs: ['10.96.0.0/12', 'fd12:3456::/108']}},
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop', labels: {team: 'red'}}},
]

export const IPS = {dual: ['10.244.0.9', '2600:1f13:aa::9'], v4: ['10.244.0.9'], v6: ['2600:1f13:aa::9']} as const
export type FamiliesOfPods = keyof typeof IPS

let serial = 0

export function podOf(families: FamiliesOfPods, labels: Record<string, string> = {app: 'web'}, rest: {namespace?: string; spec?: JsonObject; annotations?: Record<string, string>} = {}): KubeObject {
  const {namespace = 'shop', spec = {}, annotations = {}} = rest
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: {namespace, name: `p${serial++}`, labels, annotations}, spec: {containers: [{name: 'main', ports: [{name: 'web', containerPort: 8080, protocol: 'TCP'}]}], ...spec},
    status: {phase: 'Running', podIPs: IPS[families].map(ip => ({ip}))},
  }
}

/** One line for each finding: variant, state, object, path, openness. */
export function lineOf({variant, state, object: {kind, namespace, name}, path, details}: Finding): string {
  const families = details?.type === 'filter' ? ` ${details.class}${details.openFamily === null ? '' : ` open ${details.openFamily}`}${details.blockedFamily === null ? '' : ` blocked ${details.blockedFamily}`}` : ''
  return `${state === 'latent' ? 'L:' : ''}${variant} ${kind} ${namespace === '' ? name : `${namespace}/${name}`} ${path}${families}`
}

export async function ranIn(check: Check, objects: readonly KubeObject[], rest: Omit<Cluster, 'objects'> = {}): Promise<Ran & {lines: string[]; skip: string | null}> {
  const ran = await runChecks([check], {objects: [...WORLD, ...objects], ...rest})
  return {...ran, lines: ran.findings.map(lineOf).toSorted(), skip: ran.skips[check.meta.id] ?? null}
}
