import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import {textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import type {PodConstraintKey} from '../../kube/resources.js'
import {POD_CONSTRAINT_KEYS, RESOURCES} from '../../kube/resources.js'
import {unreadRow} from '../engines/blocker.js'
import type {UnreadRow} from '../engines/blocker.js'

const ROWS: ReadonlyMap<string, PodConstraintKey> = new Map(POD_CONSTRAINT_KEYS.map(key => [RESOURCES[key].kind, key]))

export interface UnusedTemplates {
  /** Templates about the Pod Security Standards of whose kind there is no constraint. */
  templates: readonly {kind: string; object: ObjectRef}[]
  /** Without these it is not known of some. */
  unread: readonly UnreadRow[]
}

export const unusedTemplates = defineFact<'constrainttemplates' | PodConstraintKey, UnusedTemplates>({
  id: 'unused-templates',
  reads: ['constrainttemplates', ...POD_CONSTRAINT_KEYS],
  create(context) {
    const templates = new Map<string, ObjectRef>()
    const used = new Set<string>()
    const use = (constraint: KubeObject): void => void used.add(constraint.kind)
    return {
      ...Object.fromEntries(POD_CONSTRAINT_KEYS.map(key => [key, use])) as Record<PodConstraintKey, typeof use>,
      constrainttemplates(template) {
        const kind = textAt(template, 'spec', 'crd', 'spec', 'names', 'kind') ?? ''
        if (ROWS.has(kind)) templates.set(kind, refOf(template))
      },
      end() {
        const idle = [...templates].filter(([kind]) => !used.has(kind)).map(([kind, object]) => ({kind, object, unread: unreadRow(ROWS.get(kind)!, context.outcome(ROWS.get(kind)!))}))
        return {
          templates: idle.filter(({unread}) => unread.length === 0).map(({kind, object}) => ({kind, object})),
          unread: [...unreadRow('constrainttemplates', context.outcome('constrainttemplates')), ...idle.flatMap(({unread}) => unread)],
        }
      },
    }
  },
})
