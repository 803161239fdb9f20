import {evaluate} from '../../src/audit/engine.js'
import type {Fact} from '../../src/audit/fact.js'
import {serverVersion} from '../../src/audit/server-version.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {DeclaredCluster} from './declared-source.js'
import {declaredSource} from './declared-source.js'

/** The value of a fact in a declared cluster, by the real engine. */
export async function factOf<T>(fact: Fact<T>, cluster: DeclaredCluster): Promise<T> {
  const evaluation = await evaluate({checks: [], facts: [fact], version: serverVersion, source: declaredSource(cluster), mayReadSecrets: false, onReport: () => undefined})
  return evaluation.fact(fact)
}

/** An object in few words. */
export function object(apiVersion: string, kind: string, name: string, rest: Record<string, unknown> = {}): KubeObject {
  const [namespace, own] = name.includes('/') ? name.split('/') : ['', name]
  const {labels, annotations, ...fields} = rest
  const metadata = {name: own, ...(namespace ? {namespace} : {}), ...(labels ? {labels} : {}), ...(annotations ? {annotations} : {})}
  return {apiVersion, kind, metadata, ...fields} as unknown as KubeObject
}
