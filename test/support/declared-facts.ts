import {expect} from 'chai'
import {evaluate} from '../../src/audit/engine.js'
import type {Fact} from '../../src/audit/fact.js'
import {serverVersion} from '../../src/audit/server-version.js'
import type {ClusterSource} from '../../src/audit/source.js'
import type {KubeObject} from '../../src/kube/json.js'
import {asSnapshot} from './as-snapshot.js'
import type {DeclaredCluster} from './declared-source.js'
import {declaredSource} from './declared-source.js'

/** The value of a fact in a declared cluster, by the real engine; what a snapshot keeps of that cluster must give the same. */
export async function factOf<T>(fact: Fact<T>, cluster: DeclaredCluster): Promise<T> {
  const valueIn = async (source: ClusterSource): Promise<T> =>
    (await evaluate({checks: [], facts: [fact], version: serverVersion, source, mayReadSecrets: false, onReport: () => undefined})).fact(fact)
  const value = await valueIn(declaredSource(cluster))
  expect(await valueIn(asSnapshot(declaredSource(cluster))), `${fact.id} of a snapshot: does src/kube/prune-paths.ts lack a field that it reads?`).to.deep.equal(value)
  return value
}

/** An object in few words. */
export function object(apiVersion: string, kind: string, name: string, rest: Record<string, unknown> = {}): KubeObject {
  const [namespace, own] = name.includes('/') ? name.split('/') : ['', name]
  const {labels, annotations, ...fields} = rest
  const metadata = {name: own, ...(namespace ? {namespace} : {}), ...(labels ? {labels} : {}), ...(annotations ? {annotations} : {})}
  return {apiVersion, kind, metadata, ...fields} as unknown as KubeObject
}
