import {defineFact} from '../audit/fact.js'
import {nameOf, namespaceLabelsOf} from '../kube/object.js'
import {shortList} from '../kube/short-list.js'

export interface NamespacesInfo {
  labels: ReadonlyMap<string, Readonly<Record<string, string>>>
  /** False: there may be others. */
  isWhole: boolean
}

/** The API server makes them, and makes them again. */
const EVERYWHERE: readonly string[] = ['default', 'kube-system']

/** Labels of every namespace, for the selectors of policies and webhooks. */
export const namespaceLabels = defineFact({
  id: 'namespace-labels',
  reads: ['namespaces'],
  create(context) {
    const labels = new Map<string, Readonly<Record<string, string>>>()
    return {
      namespaces: namespace => void labels.set(nameOf(namespace), namespaceLabelsOf(namespace)),
      // A list without the namespaces that every cluster has is no list of all, whatever its source says of it: files hold what somebody put there.
      end: (): NamespacesInfo => ({labels, isWhole: context.outcome('namespaces').outcome === 'complete' && EVERYWHERE.every(name => labels.has(name))}),
    }
  },
})

/** `the namespace a is left out`; empty where none is. */
export function leftOut(names: readonly string[]): string {
  if (names.length === 0) return ''
  return names.length === 1 ? `the namespace ${names[0]} is left out` : `${names.length} namespaces ${fewOf(names)} are left out`
}

/** `a, b, c and 4 more`, sorted. */
function fewOf(names: readonly string[], most = 3): string {
  return shortList(names.toSorted(), most)
}
