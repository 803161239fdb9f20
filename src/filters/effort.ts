/**
 * How much comparing is still affordable. An object of the size that an API
 * server takes can hold ten thousand rules whose ranges of ports all overlap, and
 * ask for hours; who may write one must not be able to keep an audit from ending.
 * What would take more is left, and said not to be understood.
 */
export interface Effort {
  /** For one group of pods. False: that is too much for it, or for what is left for all. */
  begin(): (steps: number) => boolean
}

/** Some 5 seconds. Fifty rules on fifty ports are a quarter of a million. */
const MOST_FOR_ONE = 150_000_000
const MOST_FOR_ALL = 800_000_000

/** Rules on ranges of ports: each is kept. */
export const MOST_PAIRS = 10_000_000

export function newEffort(): Effort {
  let all = MOST_FOR_ALL
  return {
    begin() {
      let own = MOST_FOR_ONE
      return steps => {
        if (steps > Math.min(own, all)) return false
        own -= steps
        all -= steps
        return true
      }
    },
  }
}
