import type {Size} from '../../test/cluster/populate/model.js'

/** A cluster of so many pods, with what usually stands around them. */
export function sizeOf(pods: number): Size {
  return {pods, namespaces: Math.max(10, Math.round(pods / 100)), services: Math.max(10, Math.round(pods / 10)), seed: 1}
}
