import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import {listAt, textAt} from '../../kube/field.js'
import {labelsOf} from '../../kube/object.js'

/** The oldest minor of 1.x that an agent of Cilium runs, by the tags of their images; null: none tells. */
export const ciliumMinor: Fact<number | null> = defineFact({
  id: 'cilium-minor',
  reads: ['pods'],
  create() {
    let oldest: number | null = null
    return {
      pods(pod) {
        if (labelsOf(pod)['k8s-app'] !== 'cilium') return
        const agent = listAt(pod, 'spec', 'containers').find(container => textAt(container, 'name') === 'cilium-agent')
        const minor = /:v?1\.(\d+)/.exec(textAt(agent, 'image') ?? '')?.[1]
        if (minor !== undefined) oldest = Math.min(oldest ?? Infinity, Number(minor))
      },
      end: () => oldest,
    }
  },
})
