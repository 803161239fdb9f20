import {evaluate} from '../../src/audit/engine.js'
import type {Check} from '../../src/audit/check.js'
import type {Fact} from '../../src/audit/fact.js'
import type {Finding} from '../../src/audit/finding.js'
import {makeFinding} from '../../src/audit/make-finding.js'
import type {ReadOutcome, SkipReason} from '../../src/audit/outcome.js'
import {unread} from '../../src/audit/outcome.js'
import {fixedServerVersion, serverVersion} from '../../src/audit/server-version.js'
import type {ClusterSource} from '../../src/audit/source.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {RESOURCES, isEndpoint, isOf} from '../../src/kube/resources.js'

export interface Ran {
  findings: Finding[]
  /** By check id. */
  skips: Record<string, string | null>
  notApplicable: Record<string, string | null>
  fact<T>(fact: Fact<T>): T
}

export interface Cluster {
  objects: readonly object[]
  /** Null: nothing tells it. */
  minor?: number | null
  outcomes?: Partial<Record<ReadKey, SkipReason>>
  mayReadSecrets?: boolean
}

/** Real engine, objects from a list: each row gets what is of it, complete unless said otherwise. */
export async function runChecks(checks: readonly Check[], {objects, minor = 30, outcomes = {}, mayReadSecrets = true}: Cluster, facts: readonly Fact<unknown>[] = []): Promise<Ran> {
  const source: ClusterSource = {
    kind: 'files',
    async *read({key, refs}) {
      const outcome = outcomes[key]
      const mine = isEndpoint(key) ? [] : (objects as readonly KubeObject[]).filter(object => isOf(RESOURCES[key], object) && (refs === undefined || refs.some(ref => isRef(object, ref))))
      if (outcome !== undefined && outcome !== 'partial') return unread(outcome, 'as the test says')
      yield mine
      const ended: ReadOutcome = {outcome: outcome ?? 'complete', scope: 'cluster', oneSnapshot: true, items: mine.length, detail: ''}
      return ended
    },
    placeOf: () => null,
    close: async () => {},
  }
  const findings: Finding[] = []
  const evaluation = await evaluate({
    checks, facts, source, mayReadSecrets,
    version: (minor === null ? null : fixedServerVersion(`v1.${minor}.0`)) ?? serverVersion,
    onReport: (check, report) => void findings.push(makeFinding(check.meta, report, () => null)),
  })
  return {
    findings,
    skips: Object.fromEntries(evaluation.endings.map(({check, skip}) => [check.meta.id, skip?.reason ?? null])),
    notApplicable: Object.fromEntries(evaluation.endings.map(({check, notApplicable}) => [check.meta.id, notApplicable])),
    fact: evaluation.fact,
  }
}

function isRef(object: KubeObject, {namespace, name}: {namespace: string; name: string}): boolean {
  const metadata = object['metadata'] as {namespace?: string; name?: string}
  return metadata.namespace === namespace && metadata.name === name
}
