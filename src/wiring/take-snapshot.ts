import {progressOn} from '../adapters/progress.js'
import {openSnapshotFile} from '../adapters/snapshot-writer.js'
import {isIncomplete} from '../audit/outcome.js'
import {readsOf} from '../audit/reads.js'
import {isComplete, readName} from '../audit/summary.js'
import {EXIT} from '../exit-codes.js'
import {factsOf} from '../flows/audit.js'
import type {SnapshotSummary} from '../flows/snapshot.js'
import {writeSnapshot} from '../flows/snapshot.js'
import {isEndpoint} from '../kube/resources.js'
import {printable} from '../printable.js'
import {counted} from '../report/audit/naming.js'
import {includedCrds} from './included-crds.js'
import {openLiveCluster} from './live-cluster.js'
import type {ClusterFlags} from './open-cluster.js'
import {liveOptions} from './open-cluster.js'
import {reportFacts} from './report-facts.js'
import type {RunFlags} from './run-audit.js'
import {chosenChecks, topicsOf} from './run-audit.js'
import {shownReads} from './shown-reads.js'

export interface SnapshotFlags extends ClusterFlags, Pick<RunFlags, 'topic' | 'check' | 'skip' | 'include-crd' | 'allow-incomplete'> {
  'include-secrets': false
  out: string
  force: boolean
}

/** Writes what the chosen checks read of a live cluster; @returns the exit code */
export async function takeSnapshot(flags: SnapshotFlags, version: string): Promise<number> {
  const checks = chosenChecks(flags)
  const rows = readsOf(checks, factsOf(reportFacts(topicsOf(checks), undefined, {included: includedCrds(flags['include-crd'])})))
  const progress = progressOn(process.stderr, Date.now)
  const options = liveOptions(flags, progress, version)
  // A place that cannot be written is told before a cluster is read for minutes.
  const out = await openSnapshotFile(flags.out, {isForced: flags.force})
  const live = await openLiveCluster(options).catch(async (error: unknown) => {
    progress.end()
    await out.discard()
    throw error
  })
  try {
    const summary = await writeSnapshot({
      source: live.source, rows, out, header: {toolVersion: version, name: live.contextName, startedAt: new Date().toISOString()},
      onRead: shownReads(progress, flags),
    })
    progress.end()
    process.stderr.write(summaryText(summary, flags.out))
    return flags['allow-incomplete'] || isComplete([], summary.outcomes) ? EXIT.ok : EXIT.incomplete
  } finally {
    progress.end()
    await live.source.close()
  }
}

function summaryText({outcomes, objects, leftOut}: SnapshotSummary, out: string): string {
  // Paths outside the API's resources are one of several roads, as in the audit.
  const gaps = [...outcomes].filter(([row, {outcome}]) => !isEndpoint(row) && isIncomplete(outcome))
  return [
    `${counted(objects, 'object')} written to ${out === '-' ? 'standard output' : printable(out)}, none of them a Secret.`,
    ...leftOut.map(one => `left out: ${printable(one)}`),
    ...gaps.map(([row, {outcome, detail}]) => `incomplete: ${printable(`${readName(row)}: ${outcome}: ${detail}`)}`),
    ...(gaps.some(([, {outcome}]) => outcome === 'forbidden') ? ['The roles that are needed: kubectl k121 rbac'] : []),
  ].map(line => `${line}\n`).join('')
}
