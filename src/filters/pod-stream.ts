import type {FactContext} from '../audit/fact.js'
import type {KubeObject} from '../kube/json.js'
import {once} from './once.js'
import type {PodGroup} from './pod-groups.js'
import {groupPods} from './pod-groups.js'
import type {PodView} from './pods.js'
import {podViews} from './pods.js'

export interface PodStream<P> {
  /** For the visitor of pods. */
  visit(pod: KubeObject): void
  groups(): PodGroup<P>[]
}

/**
 * Pods in groups as they stream past. A fact that uses it names
 * `POD_VIEW_NEEDS` in `needs`.
 *
 * @param selector policies that select a pod; made with the first one, when all
 *   that it rests on is read
 */
export function podStream<P>(context: Pick<FactContext, 'fact'>, selector: () => (pod: PodView) => readonly P[], portNames?: (policy: P) => readonly string[]): PodStream<P> {
  const viewOf = podViews(context)
  const selecting = once(selector)
  const grouped = groupPods<P>(pod => selecting()(pod), portNames)
  return {
    visit(pod) {
      const view = viewOf(pod)
      if (view !== null) grouped.add(view)
    },
    groups: () => grouped.groups(),
  }
}
