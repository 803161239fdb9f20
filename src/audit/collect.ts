import type {KubeObject} from '../kube/json.js'
import type {Comparing} from './baseline.js'
import type {CheckMeta, Report} from './check.js'
import {isPreview} from './check.js'
import type {Exempting} from './exemptions.js'
import type {Finding, SourcePlace} from './finding.js'
import {makeFinding} from './make-finding.js'
import type {Scope} from './scope.js'
import {homeOf, inScope} from './scope.js'
import type {Severity} from './severity.js'
import {isAtLeast} from './severity.js'
import type {Tally} from './tally.js'
import {count, newTally} from './tally.js'

/** Where findings wait for the end of the audit, in memory or on disk. */
export interface FindingSpool {
  add(finding: Finding): void
  /** In the order of `compareFindings`, without those of `leftOut` checks. May be asked for several times. */
  sorted(leftOut: ReadonlySet<string>): Iterable<Finding>
  remove(): void
}

export interface Collector {
  onReport(meta: CheckMeta, report: Report): void
  tallyOf(check: string): Tally
  /** Active, accepted by nobody, at or above the threshold and, with a baseline, new. */
  failingOf(check: string): number
}

export interface CollectOptions {
  spool: FindingSpool
  scope: Scope
  exempting: Exempting
  comparing: Comparing | null
  failOn: Severity
  minSeverity: Severity
  placeOf(object: KubeObject, path: string): SourcePlace | null
  onFinding?(finding: Finding): void
}

/** Turns reports into findings, counts them and puts them away. Scope and severity narrow what is shown; what is hidden by severity is still counted. */
export function collector(options: CollectOptions): Collector {
  const tallies = new Map<string, {tally: Tally; failing: number}>()
  const entryOf = (check: string): {tally: Tally; failing: number} => {
    const known = tallies.get(check) ?? {tally: newTally(), failing: 0}
    tallies.set(check, known)
    return known
  }
  return {
    onReport(meta, report) {
      const made = makeFinding(meta, report, options.placeOf)
      if (!inScope(homeOf(made.object), options.scope)) return
      const finding: Finding = {...made, exemption: options.exempting.cover(made), baseline: options.comparing?.stateOf(made) ?? null}
      const entry = entryOf(meta.id)
      count(entry.tally, finding)
      if (isFailing(finding, meta, options.failOn)) entry.failing++
      if (!isAtLeast(finding.severityWhenActive ?? finding.severity, options.minSeverity)) return
      options.spool.add(finding)
      options.onFinding?.(finding)
    },
    tallyOf: check => entryOf(check).tally,
    failingOf: check => entryOf(check).failing,
  }
}

function isFailing({variant, state, exemption, baseline, severity}: Finding, meta: CheckMeta, failOn: Severity): boolean {
  return state === 'active' && exemption === null && !isPreview(meta, variant) && isAtLeast(severity, failOn) && (baseline === null || baseline === 'new')
}
