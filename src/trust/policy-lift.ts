import type {Family, Reason} from './reason.js'

/** What is left when a policy entry or a decision lifts whole families. */
export function liftReasons(reasons: readonly Reason[], lifted: ReadonlySet<Family>): Reason[] {
  return reasons.filter(reason => !lifted.has(reason.family))
}
