import type {Json} from '../../../src/kube/json.js'
import type {Surroundings, Write} from './model.js'
import {hex, randomOf} from './model.js'

/** 10.244.0.0/14 holds 1,024 node ranges. */
export const MOST_NODES = 1024

export function nodeName(index: number): string {
  return `ip-${internalAddress(index).replaceAll('.', '-')}.eu-central-1.compute.internal`
}

export function internalAddress(index: number): string {
  return `10.0.${1 + Math.floor(index / 200)}.${10 + index % 200}`
}

/** Every third node stands in a public subnet. */
export function externalAddress(index: number): string | null {
  return index % 3 === 0 ? `3.120.${Math.floor(index / 200)}.${10 + index % 200}` : null
}

export function podAddress(node: number, host: number): string {
  return `10.${244 + (node >> 8)}.${node & 255}.${host}`
}

export function podAddress6(node: number, host: number): string {
  return `fd00:10:244:${node.toString(16)}::${host.toString(16)}`
}

export function* nodes(seed: number, around: Surroundings): Generator<Write> {
  for (let index = 0; index < around.nodeCount; index++) yield node(seed, index, around)
}

function node(seed: number, index: number, {minor, gitVersion, isDualStack}: Surroundings): Write {
  const random = randomOf(seed, 'node', index)
  const zone = `eu-central-1${'abc'[index % 3]}`
  const external = externalAddress(index)
  // Kubelets lag behind while a cluster is upgraded.
  const kubeletVersion = index % 10 === 9 ? `v1.${minor - 1}.4` : gitVersion
  const addresses: Json[] = [
    {type: 'InternalIP', address: internalAddress(index)}, ...isDualStack ? [{type: 'InternalIP', address: `fd00:10::${(index + 16).toString(16)}`}] : [],
    ...external === null ? [] : [{type: 'ExternalIP', address: external}], {type: 'Hostname', address: nodeName(index)},
  ]
  return {managers: ['kube-controller-manager', 'kubelet'], object: {
    apiVersion: 'v1', kind: 'Node',
    metadata: {name: nodeName(index), labels: {
      'kubernetes.io/hostname': nodeName(index), 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64',
      'node.kubernetes.io/instance-type': 'm6i.2xlarge', 'topology.kubernetes.io/zone': zone, 'topology.kubernetes.io/region': 'eu-central-1',
    }},
    spec: {
      podCIDR: `${podAddress(index, 0)}/24`, podCIDRs: [`${podAddress(index, 0)}/24`, ...isDualStack ? [`${podAddress6(index, 0).slice(0, -1)}/64`] : []],
      providerID: `aws:///${zone}/i-${hex(random, 17)}`,
    },
    status: {
      addresses, capacity: {cpu: '8', memory: '32408432Ki', pods: '110'}, allocatable: {cpu: '7910m', memory: '31391600Ki', pods: '110'},
      conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map(type => ({type, status: type === 'Ready' ? 'True' : 'False', reason: `Kubelet${type}`})),
      nodeInfo: {
        architecture: 'amd64', bootID: hex(random, 32), containerRuntimeVersion: 'containerd://1.7.27', kernelVersion: '6.1.140', kubeProxyVersion: kubeletVersion,
        kubeletVersion, machineID: hex(random, 32), operatingSystem: 'linux', osImage: 'Amazon Linux 2023', systemUUID: hex(random, 32),
      },
    },
  }}
}
