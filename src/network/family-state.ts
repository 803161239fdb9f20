import type {FamiliesInfo, FamilyCounts} from '../audit/audit-report.js'
import type {Family} from './ip.js'

export interface StateInputs {
  /** Null: pods are not readable. */
  pods: FamilyCounts | null
  /** Were all pods read? What holds for some of them is no state, but for a mixture, which more pods cannot undo. */
  isEveryPodSeen: boolean
  hidden: Family | null
  /** Of the Service range; empty: unknown. */
  services: readonly Family[]
  edge: readonly Family[]
}

/**
 * The state of a cluster, as a whole. Single states are claims about every pod
 * and about the Service range, so without either there is none.
 */
export function familyState({pods, isEveryPodSeen, hidden, services, edge}: StateInputs): FamiliesInfo['state'] {
  if (hidden !== null) return 'hidden-second-family'
  if (pods === null) return 'unknown'
  const kinds = [pods.v4, pods.v6, pods.dual].filter(number => number > 0).length
  if (kinds > 1) return 'mixed'
  if (kinds === 0 || !isEveryPodSeen || services.length === 0) return 'unknown'
  const hasBoth = services.length === 2
  if (pods.dual > 0) return hasBoth ? 'dual' : 'dual-pods'
  if (hasBoth) return 'dual-services'
  const family: Family = pods.v4 > 0 ? 4 : 6
  // Evidence that contradicts itself: Services of one family and pods of the other cannot work.
  if (services[0] !== family) return 'unknown'
  if (family === 4 && edge.includes(6)) return 'edge-dual'
  return family === 4 ? 'v4' : 'v6'
}
