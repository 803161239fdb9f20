import type {CoverageLine} from '../../audit/audit-report.js'
import {opennessOf} from '../../admission/pod-security/coverage-cells.js'
import type {PodGuard} from '../../admission/pod-security/pod-guard.js'

/** Of what rests on a default that no API shows. */
export const UNLESS = ' (unless a default of the API server, which was not seen, does)'

/** Lines of which nothing that is known refuses what they are about. */
export function openLines(lines: readonly CoverageLine[], guards: readonly PodGuard[]): {line: CoverageLine; openness: 'open' | 'perhaps-default'}[] {
  return lines.flatMap(line => {
    const openness = opennessOf(line, guards)
    return openness === null ? [] : [{line, openness}]
  })
}
