import type {Ending} from '../../src/audit/engine.js'
import type {Finding} from '../../src/audit/finding.js'
import {isIncomplete} from '../../src/audit/outcome.js'
import type {ClusterSource} from '../../src/audit/source.js'
import {mapPages} from '../../src/audit/source.js'
import type {KubeObject} from '../../src/kube/json.js'
import {prune} from '../../src/kube/prune.js'

/** The same cluster with what a snapshot would hold of it; Secrets, which none holds, stay as they are. */
export function asSnapshot(source: ClusterSource): ClusterSource {
  return {...source, read: request => mapPages(source.read(request), page => page.map(object => (prune(request.key, object)?.object ?? object) as KubeObject))}
}

export interface CheckedRun {
  findings: readonly Finding[]
  endings: readonly Ending[]
}

/** A snapshot that lacks a field which a check reads would make that check say something else, without a word. */
export function expectSame(live: CheckedRun, snapshot: CheckedRun): void {
  for (const {check: {meta: {id}}, skip} of snapshot.endings) {
    // What is left out on purpose is said.
    if (skip !== null && isIncomplete(skip.reason)) continue
    const [before, after] = [live, snapshot].map(({findings}) => findings.filter(({check}) => check === id).map(finding => JSON.stringify(finding)))
    const lost = before!.find((text, index) => text !== after![index]) ?? after![before!.length]
    if (lost !== undefined) throw new Error(`${id} says something else of a snapshot: does src/kube/prune-paths.ts lack a field that it reads?\n${lost}`)
  }
}
