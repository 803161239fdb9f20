import {defineFact} from '../../audit/fact.js'
import type {FilterAddressClass} from '../../audit/finding.js'
import {textAt} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'

export interface CidrMatch {
  /** Classes of addresses that no block of a policy matches, because the engine knows them by identity. */
  unmatched: readonly FilterAddressClass[]
  isCilium: boolean
}

/**
 * Cilium matches blocks with what is outside of the cluster: pods never, nodes
 * only in a mode of their own: https://docs.cilium.io/en/stable/security/policy/language/#selecting-nodes-with-cidr-ipblock
 */
export const cidrMatch = defineFact({
  id: 'cidr-match',
  reads: ['network-configmaps'],
  create() {
    let mode: string | null = null
    return {
      'network-configmaps'(map) {
        if (nameOf(map) === 'cilium-config') mode = textAt(map, 'data', 'policy-cidr-match-mode') ?? ''
      },
      end(): CidrMatch {
        if (mode === null) return {unmatched: [], isCilium: false}
        return {unmatched: mode.split(/[\s,]+/).includes('nodes') ? ['pod'] : ['pod', 'node'], isCilium: true}
      },
    }
  },
})
