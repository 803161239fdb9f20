import type {ChainGap} from './chain-gaps.js'
import type {ChainRule} from './chain.js'

/** Without gaps that exempt rules alone are to blame for: they are meant, or another check's. Where both are, those that are not exempt come first. */
export function ownGaps(gaps: readonly ChainGap[], exempt: ReadonlySet<ChainRule>): ChainGap[] {
  return gaps.flatMap(gap => {
    const own = gap.rules.filter(rule => !exempt.has(rule))
    return own.length === 0 ? [] : [{...gap, rules: [...own, ...gap.rules.filter(rule => exempt.has(rule))]}]
  })
}
