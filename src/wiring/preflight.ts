import {progressOn} from '../adapters/progress.js'
import {answerables, isAllPermitted} from '../audit/preflight.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {readsOf} from '../audit/reads.js'
import {UsageError} from '../errors.js'
import {EXIT} from '../exit-codes.js'
import {factsOf} from '../flows/audit.js'
import type {ReadKey} from '../kube/resources.js'
import {preflightJson, preflightTable} from '../report/audit/preflight.js'
import {includedCrds} from './included-crds.js'
import {openLiveCluster} from './live-cluster.js'
import type {ClusterFlags} from './open-cluster.js'
import {liveOptions} from './open-cluster.js'
import type {Output} from './outputs.js'
import {reportFacts} from './report-facts.js'
import type {RunFlags} from './run-audit.js'
import {chosenChecks, topicsOf} from './run-audit.js'
import {shownReads} from './shown-reads.js'

/** Which checks these credentials can answer: every row is asked for one object, and none is looked at. */
export async function preflight(flags: ClusterFlags & Pick<RunFlags, 'topic' | 'check' | 'skip' | 'include-crd' | 'allow-incomplete'>, outputs: readonly Output[], version: string): Promise<void> {
  const [{format, file} = {format: 'table', file: null}] = outputs
  if (outputs.length > 1 || file !== null || !['table', 'wide', 'json'].includes(format)) throw new UsageError('bad-argument', '--preflight has one output: table, wide or json', 'give one of them')
  const checks = chosenChecks(flags)
  const keys = readsOf(checks, factsOf(reportFacts(topicsOf(checks), undefined, {included: includedCrds(flags['include-crd'])})))
  const progress = progressOn(process.stderr, Date.now)
  const live = await openLiveCluster({...liveOptions(flags, progress, version), isPreflight: true}).finally(() => progress.end())
  const outcomes = new Map<ReadKey, ReadOutcome>()
  const onRead = shownReads(progress, flags)
  try {
    for (const key of keys) {
      onRead(key)
      const pages = live.source.read({key, refs: []})
      let page = await pages.next()
      while (!page.done) page = await pages.next()
      outcomes.set(key, page.value)
    }
  } finally {
    progress.end()
    await live.source.close()
  }
  const answers = answerables(checks, outcomes)
  process.stdout.write(format === 'json' ? preflightJson(answers) : preflightTable(answers, format === 'wide' ? null : (process.stdout.columns ?? 80)))
  process.exitCode = isAllPermitted(answers) || flags['allow-incomplete'] ? EXIT.ok : EXIT.incomplete
}
