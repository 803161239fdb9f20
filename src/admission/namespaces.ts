import {defineFact} from '../audit/fact.js'
import {isSelected} from '../kube/label-selector.js'
import type {LabelSelector} from '../kube/label-selector.js'
import {labelsOf, nameOf} from '../kube/object.js'
import {shortList} from '../network/short-list.js'

export interface NamespacesInfo {
  labels: ReadonlyMap<string, Readonly<Record<string, string>>>
  /** False: there may be others. */
  isWhole: boolean
}

/** Labels of every namespace, for the selectors of policies and webhooks. */
export const namespaceLabels = defineFact({
  id: 'namespace-labels',
  reads: ['namespaces'],
  create(context) {
    const labels = new Map<string, Readonly<Record<string, string>>>()
    return {
      namespaces(namespace) {
        const name = nameOf(namespace)
        // The API server sets this label on every namespace since 1.21; files may lack it.
        labels.set(name, {...labelsOf(namespace), 'kubernetes.io/metadata.name': name})
      },
      end: (): NamespacesInfo => ({labels, isWhole: context.outcome('namespaces').outcome === 'complete'}),
    }
  },
})

/** Namespaces that the test does not hold for, as a gap; none where it holds for all. */
export function namespaceGap({labels, isWhole}: NamespacesInfo, isCovered: (name: string, labels: Readonly<Record<string, string>>) => boolean): string[] {
  const left = [...labels].filter(([name, own]) => !isCovered(name, own)).map(([name]) => name)
  if (left.length > 0) return [`${left.length === 1 ? 'the namespace' : `${left.length} namespaces`} ${fewOf(left)} ${left.length === 1 ? 'is' : 'are'} left out`]
  return isWhole ? [] : ['which namespaces it leaves out is not known']
}

export function selectorGap(info: NamespacesInfo, selector: LabelSelector): string[] {
  return selector.length === 0 ? [] : namespaceGap(info, (_, labels) => isSelected(selector, labels))
}

/** `a, b, c and 4 more`, sorted. */
export function fewOf(names: readonly string[], most = 3): string {
  return shortList(names.toSorted(), most)
}
