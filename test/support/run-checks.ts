import type {Evaluation} from '../../src/audit/engine.js'
import {evaluate} from '../../src/audit/engine.js'
import type {Check} from '../../src/audit/check.js'
import type {Fact} from '../../src/audit/fact.js'
import type {Finding} from '../../src/audit/finding.js'
import {makeFinding} from '../../src/audit/make-finding.js'
import type {SkipReason} from '../../src/audit/outcome.js'
import {fixedServerVersion, serverVersion} from '../../src/audit/server-version.js'
import type {ClusterSource} from '../../src/audit/source.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {asSnapshot, expectSame} from './as-snapshot.js'
import {declaredSource} from './declared-source.js'

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
  /** Answers of endpoint rows. */
  endpoints?: Partial<Record<ReadKey, KubeObject>>
  mayReadSecrets?: boolean
}

/** Real engine, objects from a list: each row gets what is of it, complete unless said otherwise. What a snapshot keeps of them must say the same. */
export async function runChecks(checks: readonly Check[], {objects, minor = 30, outcomes = {}, endpoints = {}, mayReadSecrets = true}: Cluster, facts: readonly Fact<unknown>[] = []): Promise<Ran> {
  const source = declaredSource({objects: objects as readonly KubeObject[], unread: outcomes, endpoints})
  const run = async (from: ClusterSource): Promise<{findings: Finding[]; evaluation: Evaluation}> => {
    const findings: Finding[] = []
    const evaluation = await evaluate({
      checks, facts, source: from, mayReadSecrets,
      version: (minor === null ? null : fixedServerVersion(`v1.${minor}.0`)) ?? serverVersion,
      onReport: (check, report) => void findings.push(makeFinding(check.meta, report, () => null)),
    })
    return {findings, evaluation}
  }
  const {findings, evaluation} = await run(source)
  const snapshot = await run(asSnapshot(source))
  expectSame({findings, endings: evaluation.endings}, {findings: snapshot.findings, endings: snapshot.evaluation.endings})
  return {
    findings,
    skips: Object.fromEntries(evaluation.endings.map(({check, skip}) => [check.meta.id, skip?.reason ?? null])),
    notApplicable: Object.fromEntries(evaluation.endings.map(({check, notApplicable}) => [check.meta.id, notApplicable])),
    fact: evaluation.fact,
  }
}
