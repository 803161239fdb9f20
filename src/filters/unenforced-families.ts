import {defineFact} from '../audit/fact.js'
import {flagAt, listAt, numberAt, textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {keyOf, nameOf} from '../kube/object.js'

/** What agents that enforce network policies leave alone, by node. */
export interface UnenforcedFamilies {
  /** Azure's Network Policy Manager, which has no IPv6. */
  isNpmRunning: boolean
  /** Does Calico leave the IPv6 of pods on this node alone? False where Calico does not run, and where its eBPF programs see every packet. */
  isCalicoWithoutV6(node: string): boolean
  /** `FELIX_IPV6SUPPORT is false`; empty where Calico has IPv6. */
  calicoBecause: string
}

interface Felix {
  v6: boolean | undefined
  bpf: boolean | undefined
}

const UNSET: Felix = {v6: undefined, bpf: undefined}

/**
 * Felix takes the first that has a value: its environment, then the
 * FelixConfiguration of the node, then the one that is called `default`. With
 * IPv6 off it makes no tables for it, so nothing is filtered. Cilium is not in
 * here: where its IPv6 is off it drops the IPv6 of pods.
 */
export const unenforcedFamilies = defineFact({
  id: 'unenforced-families',
  reads: ['policy-agents', 'felixconfigurations'],
  create() {
    let isNpmRunning = false
    let agent: Felix | null = null
    const configured = new Map<string, Felix>()
    return {
      'policy-agents'(daemonSet) {
        // An agent that is replaced is commonly left with a selector that no node matches.
        if (numberAt(daemonSet, 'status', 'desiredNumberScheduled') === 0) return
        if (keyOf(daemonSet) === 'kube-system/azure-npm') isNpmRunning = true
        else agent = felixIn(daemonSet)
      },
      felixconfigurations(object) {
        configured.set(nameOf(object), {v6: flagAt(object, 'spec', 'ipv6Support'), bpf: flagAt(object, 'spec', 'bpfEnabled')})
      },
      end: (): UnenforcedFamilies => ({isNpmRunning, ...calicoOf(agent, configured)}),
    }
  },
})

function calicoOf(agent: Felix | null, configured: ReadonlyMap<string, Felix>): Pick<UnenforcedFamilies, 'isCalicoWithoutV6' | 'calicoBecause'> {
  if (agent === null) return {isCalicoWithoutV6: () => false, calicoBecause: ''}
  const all = configured.get('default') ?? UNSET
  const isWithout = (node: string): boolean => {
    const own = configured.get(`node.${node}`) ?? UNSET
    // Both are set by default: IPv6 on, eBPF off.
    return (agent.v6 ?? own.v6 ?? all.v6 ?? true) === false && (agent.bpf ?? own.bpf ?? all.bpf ?? false) === false
  }
  return {isCalicoWithoutV6: isWithout, calicoBecause: agent.v6 === false ? 'FELIX_IPV6SUPPORT of calico-node is false' : 'ipv6Support of its FelixConfiguration is false'}
}

function felixIn(daemonSet: KubeObject): Felix {
  const container = listAt(daemonSet, 'spec', 'template', 'spec', 'containers').find(one => textAt(one, 'name') === 'calico-node')
  if (container === undefined) return UNSET
  const valueOf = (name: string): boolean | undefined => {
    const entry = listAt(container, 'env').findLast(one => textAt(one, 'name') === name)
    return entry === undefined ? undefined : booleanOf(textAt(entry, 'value') ?? '')
  }
  return {v6: valueOf('FELIX_IPV6SUPPORT'), bpf: valueOf('FELIX_BPFENABLED')}
}

/** As Felix reads it; anything else is no value. */
function booleanOf(text: string): boolean | undefined {
  if (/^(?:true|1|yes|y|t)$/i.test(text)) return true
  return /^(?:false|0|no|n|f)$/i.test(text) ? false : undefined
}
