import {at, listAt, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'

/** What Gatekeeper makes of an object before it judges: a pod of a Deployment, a Job of a CronJob. */
interface Expansion {
  from: readonly string[]
  to: string
  /** In the place of the constraint's own; empty: the constraint's. */
  action: string
}

/** Where the template of a pod stands, or of the Job that has it. */
const SOURCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'apps/v1/Deployment': {'/v1/Pod': 'spec.template'}, 'apps/v1/StatefulSet': {'/v1/Pod': 'spec.template'}, 'apps/v1/DaemonSet': {'/v1/Pod': 'spec.template'},
  'apps/v1/ReplicaSet': {'/v1/Pod': 'spec.template'}, '/v1/ReplicationController': {'/v1/Pod': 'spec.template'}, 'batch/v1/Job': {'/v1/Pod': 'spec.template'},
  'batch/v1/CronJob': {'batch/v1/Job': 'spec.jobTemplate', '/v1/Pod': 'spec.jobTemplate.spec.template'},
}

/** Of a template that takes the pod from somewhere else nothing is claimed. */
export function expansionOf(template: KubeObject): Expansion {
  const generated = at(template, 'spec', 'generatedGVK')
  const to = `${textAt(generated, 'group') ?? ''}/${textAt(generated, 'version') ?? ''}/${textAt(generated, 'kind') ?? ''}`
  const source = textAt(template, 'spec', 'templateSource')
  const from = listAt(template, 'spec', 'applyTo').flatMap(entry => product(textsAt(entry, 'groups'), textsAt(entry, 'versions'), textsAt(entry, 'kinds')))
  return {from: from.filter(one => SOURCES[one]?.[to] === source), to, action: textAt(template, 'spec', 'enforcementAction') ?? ''}
}

function product(groups: readonly string[], versions: readonly string[], kinds: readonly string[]): string[] {
  return groups.flatMap(group => versions.flatMap(version => kinds.map(kind => `${group}/${version}/${kind}`)))
}

/** The action that replaces the constraint's for the pods of a kind (`apps/v1/Deployment`); null: no pod is made of it. */
export function actionFor(kind: string, expansions: readonly Expansion[], depth = 0): string | null {
  for (const {from, to, action} of expansions) {
    if (!from.includes(kind)) continue
    const found = to === '/v1/Pod' ? action : depth < 2 ? actionFor(to, expansions, depth + 1) : null
    if (found !== null) return found
  }
  return null
}
